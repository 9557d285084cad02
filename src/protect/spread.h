/* Mean, standard deviation and median of amounts or durations, rounded so that no one person shows in them. */
#ifndef PEIL_PROTECT_SPREAD_H
#define PEIL_PROTECT_SPREAD_H

#include "protect/report.h"

typedef struct spread_values {
    size_t n;
    const double *value; /* [n] ascending */
} spread_values;

/* A number as it may be printed. */
typedef struct spread_number {
    double value, step; /* a multiple of step; NaN: withheld */
} spread_number;

typedef struct spread_numbers {
    spread_number mean, sd, median;
} spread_numbers;

/* Round each number to the smallest step (1, 2 or 5 times a power of ten, from 0.1 on) that is no smaller than leaving out any one person would move it.
 * The median moreover needs `least` persons within half a step of what is printed. Withheld where a step would be more than half of the number, or
 * with fewer than `least` persons.
 *
 * v        at least two values for a standard deviation (n - 1 in its denominator)
 * Cost     O(n)
 * Source   docs/methods/tests.md, "Means and medians"
 * Checked  tests/protect/test_spread.c */
spread_numbers spread_of(const spread_values *v, size_t least);

/* The figure to be shown: rows mean, sd and median in the place of the one row of means.
 * means    the exact figure; a column whose mean was hidden stays hidden
 * v        [columns] the values behind it
 * Errors   ST_INVALID (other persons than the figure counts), ST_NO_MEMORY */
status protect_spread(arena *out, const exact_table *means, const released *from, const spread_values v[], released **result);

#endif
