/* What may be printed of a family of tests: digits of statistics, and on which side of the usual bounds adjusted p-values lie. */
#ifndef PEIL_PROTECT_FAMILY_H
#define PEIL_PROTECT_FAMILY_H

#include "protect/trial.h"

typedef struct family_said {
    int digits[TRIAL_ITEMS];        /* 0: withheld */
    double below[ADJUSTED_WAYS];    /* the adjusted p is below 0.001, 0.01 or 0.05; 1: not below 0.05; NaN: withheld */
} family_said;

/* Decide for all trials of a family together, so that every count keeps at least `values` values beside everything that is printed of all.
 *
 * way    ADJUSTED_HOLM, ADJUSTED_BH: first the adjusted p-values that way, to three bounds, else to 0.05 alone, else withheld; then the items of each
 *        trial, in the order of the trials; then the other way of adjusting, where there is room left. ADJUSTED_NOT: the items first, then p by
 *        itself where the first item is withheld
 * trials gathered with the grid; those of one group share counts
 * Errors ST_NO_MEMORY
 * Source docs/methods/leak-gate.md
 * Checked tests/protect/test_family.c */
status family_decide(size_t n, const trial *const trials[], const adjusted_grid *g, adjusted_by way, int values, family_said said[]);

#endif
