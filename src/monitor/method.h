/* How a table of counts is tested: by its shape, its released counts and whether its columns were matched. */
#ifndef PEIL_MONITOR_METHOD_H
#define PEIL_MONITOR_METHOD_H

#include "follow/stratified.h"
#include "protect/statistic.h"

/* What a method works out of a table. */
enum { METHOD_STATISTIC, METHOD_P, METHOD_EFFECT, METHOD_LOWER, METHOD_UPPER, METHOD_BESIDE, METHOD_DF, METHOD_NUMBERS };

/* What is printed of it, in the order the gate is asked. */
enum { METHOD_ITEM_STATISTIC, METHOD_ITEM_EFFECT, METHOD_ITEM_BESIDE, METHOD_ITEM_DF };

typedef struct method_input {
    size_t rows, columns;
    const int64_t *rounded;          /* released counts: the choice is made by them, so that it tells nothing */
    const follow_stratified *strata; /* matched columns; NULL: they are not, or the test ignores it */
    bool beside;                     /* also the test that ignores the matching */
    bool ordered;                    /* rows are classes in their order: a rank test */
} method_input;

/* Pearson where every expected count is 5 or more by the released counts, else Fisher's exact test of 2 x 2 and the Monte-Carlo test (3,999
 * tables) of larger tables. Matched: Mantel-Haenszel, or the exact conditional test. Exact p-values below 0.001 are one value: less is not printed.
 * Ordered rows: Kruskal and Wallis, of two groups that of Wilcoxon.
 * part    "pearson", "fisher", "monte_carlo", "mantel_haenszel", "exact_stratified", "kruskal_wallis"
 * Errors  ST_NO_MEMORY */
status method_choose(arena *a, const method_input *in, protect_method *result);

/* Every p below 0.001 as one number. */
double method_printable(double p);

/* Is the number a chi-square (else an exact p, or t)? */
bool method_is_chisq(const char *part);

#endif
