/* A table of two groups by a yes or no, stratified: its Mantel-Haenszel test, and that of tables near it, for the leak gate. */
#ifndef PEIL_FOLLOW_STRATIFIED_H
#define PEIL_FOLLOW_STRATIFIED_H

#include "follow/shares.h"

typedef struct follow_stratified follow_stratified;

typedef struct stratified_test {
    double chisq, p;    /* Mantel-Haenszel, no continuity correction, 1 df */
    double exact;       /* exact conditional p; NaN: not asked for */
    effect risk_ratio;  /* common, Greenland & Robins */
} stratified_test;

/* n strata of 2 x 2: groups in rows, yes in the first column; memory in `a`, the tables are copied. Errors ST_NO_MEMORY */
status follow_stratified_new(arena *a, size_t n, const int64_t *tables, follow_stratified **result);

/* The test when the strata together are `sum` (the same layout): persons too many or too few are taken from or put into strata that have most
 * of their kind, so that the others need not be gone through again. With the sum of the strata as given it is their own test.
 *
 * of      where the effect is taken: the strata as before, then made to add up to `of` (released counts), so that it says of the exact ones only what
 *         their shares over the strata say; NULL: where the test is
 * exact   also the exact test: two-sided, sums of hypergeometric counts that are not likelier than the one seen (within a relative 1e-7);
 *         where the chi-square exceeds 100 with 12 or more of the first kind it is taken for 0
 * Returns false: the strata cannot be made to add up so
 * Source  Mantel & Haenszel 1959; Greenland & Robins 1985, doi:10.2307/2530643; exact: Mehta, Patel & Gray 1985, doi:10.2307/2288562
 * Checked tests/follow/test_stratified.c (against follow_mantel_haenszel, and against sums worked out table by table) */
bool follow_stratified_at(const follow_stratified *x, const int64_t sum[4], const int64_t of[4], bool exact, stratified_test *result);

#endif
