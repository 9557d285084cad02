/* The two-by-two tables of whole persons that round to what is printed. */
#ifndef PEIL_FOLLOW_CHECK_TABLES_H
#define PEIL_FOLLOW_CHECK_TABLES_H

#include <stdbool.h>
#include <stddef.h>

typedef struct check_range {
    double low, high;
} check_range;

/* A group: persons, those with and without the outcome, and the share with it. What is not printed has the widest range. */
typedef struct check_part {
    const char *name;
    bool has_n, has_with;
    check_range n, with, without, share;
} check_part;

typedef struct check_pair {
    const check_part *a, *b;
    check_range total; /* persons of both */
} check_pair;

/* The range of the Pearson statistic over these tables; low > high: there is none. Ranges too wide to walk through are sampled with both ends. */
check_range check_chi2_range(const check_pair *pair);

/* The same for three groups or more, by bounds on each share and on that of all: never too narrow, perhaps too wide. */
check_range check_chi2_groups(size_t n, const check_part parts[]);

/* The same for any table. cell [rows * columns], row-major. */
check_range check_chi2_cells(size_t rows, size_t columns, const check_range cell[]);

/* The tables whose statistic prints as `chi2`. */
typedef struct check_fits {
    bool decided;        /* false: too many tables to look at */
    bool any;
    bool small;          /* all of them have an expected count below 5 */
    double least_p;      /* the smallest exact one-sided p-value of any */
} check_fits;

check_fits check_whole_tables(const check_pair *pair, double chi2, double half);

#endif
