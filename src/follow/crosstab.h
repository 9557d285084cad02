/* Tests and effects of tables of counts.
 *
 * The plain functions take a table row-major and give NaN where the statistic does not exist; they allocate nothing, so that the
 * leak gate can call them on millions of candidate tables. Rows or columns without counts are left out (they carry no information). */
#ifndef PEIL_FOLLOW_CROSSTAB_H
#define PEIL_FOLLOW_CROSSTAB_H

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>

typedef double follow_statistic(const int64_t *table, size_t rows, size_t cols);

double follow_pearson(const int64_t *table, size_t rows, size_t cols);      /* chi-square, no continuity correction */
double follow_yates(const int64_t *table, size_t rows, size_t cols);        /* with Yates' correction; 2 x 2 only */
double follow_g2(const int64_t *table, size_t rows, size_t cols);           /* likelihood ratio */
double follow_cramers_v(const int64_t *table, size_t rows, size_t cols);
double follow_least_expected(const int64_t *table, size_t rows, size_t cols);
double follow_table_df(const int64_t *table, size_t rows, size_t cols);     /* of the rows and columns with counts */
double follow_pearson_p(const int64_t *table, size_t rows, size_t cols);    /* p of follow_pearson */
/* 2 x 2 with groups in rows and the outcome in the first column. */
double follow_risk_difference(const int64_t *table, size_t rows, size_t cols);
double follow_risk_ratio(const int64_t *table, size_t rows, size_t cols);
double follow_odds_ratio(const int64_t *table, size_t rows, size_t cols);

/* The statistic of that name ("pearson", "yates", "g2", "cramers_v", "rd", "rr", "or", "p"); NULL: no such. */
follow_statistic *follow_statistic_find(const char *name);

typedef struct effect {
    double estimate, lower, upper; /* NaN: does not exist */
} effect;

/* Intervals at `level`. 2 x 2. */
effect follow_effect_rd(const int64_t *table, double level);       /* Wald */
effect follow_effect_newcombe(const int64_t *table, double level); /* risk difference, hybrid score: Newcombe 1998, method 10 */
effect follow_effect_rr(const int64_t *table, double level);       /* log scale */
effect follow_effect_or(const int64_t *table, double level);       /* log scale (Woolf) */
effect follow_effect_or_exact(const int64_t *table, double level); /* conditional maximum likelihood, exact limits */
/* Any table: Cramer's V with limits from the non-central chi-square (Smithson 2003). */
effect follow_effect_v(const int64_t *table, size_t rows, size_t cols, double level);

typedef struct fisher_result {
    bool done;    /* false: the table is too large to enumerate within the limit; p is NaN */
    double p;     /* two-sided: tables not likelier than this one */
    double point; /* probability of this table given its margins */
} fisher_result;

/* Fisher's exact test of a table of any shape.
 *
 * Method  columns one by one; the margins still to fill are nodes, equal ones are merged; what is certainly counted or certainly
 *         not is cut off by the longest and shortest way to the end (network algorithm, Mehta & Patel 1983)
 * Limit   min(rows, cols) at most 8, 65535 counts, 40 million steps
 * Ties    a table counts as equally likely within a relative 1e-7, as R's fisher.test has it
 * Errors  ST_NO_MEMORY
 * Source  Mehta & Patel 1983, doi:10.1080/01621459.1983.10477989
 * Checked tests/reference/follow/tables (R fisher.test), full enumeration in tests/follow/test_tables.c */
status follow_fisher(const int64_t *table, size_t rows, size_t cols, fisher_result *result);

/* Monte-Carlo test of the Pearson statistic: (1 + tables at least as extreme) / (samples + 1) over tables with the same margins.
 * Reproducible: sample i uses stream i of `seed`. Errors ST_NO_MEMORY. */
status follow_monte_carlo(const int64_t *table, size_t rows, size_t cols, uint64_t seed, size_t samples, double *p);

/* The Monte-Carlo test for many tables in a row, as the leak gate needs it: what is drawn is kept for the next table with the same margins, and
 * p allocates nothing. The same p as follow_monte_carlo. */
typedef struct follow_null follow_null;

status follow_null_new(arena *a, size_t rows, size_t cols, uint64_t seed, size_t samples, follow_null **result);
double follow_null_p(follow_null *null, const int64_t *table); /* NaN: no statistic */

#endif
