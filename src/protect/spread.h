/* Mean, standard deviation and median of amounts or durations, rounded so that no one person shows in them. */
#ifndef PEIL_PROTECT_SPREAD_H
#define PEIL_PROTECT_SPREAD_H

#include "protect/released.h"

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

/* The smallest step (1, 2 or 5 times a power of ten, from 0.1 on) that is no smaller than `moved`, and the number as a multiple of it; withheld where the
 * step is more than half of the number. */
spread_number spread_round(double value, double moved);

/* The mean of n values from `low` to `high`, by steps that leaving out any one person would not exceed. n >= 2 */
spread_number spread_mean(int64_t n, double sum, double low, double high);

/* Round each number to the smallest step that is no smaller than leaving out any one person would move it. The median moreover needs `least` persons within
 * half a step of what is printed. Withheld with fewer than `least` persons. All of them together: whoever knows the number of everybody else exactly must reckon,
 * for the last person, with a range half as wide as the farthest person is from the mean; else the standard deviation gets wider steps, then the median.
 *
 * v        fewer than five values: withheld
 * Cost     O(n)
 * Source   docs/methods/tests.md, "Means and medians"
 * Checked  tests/protect/test_spread.c */
spread_numbers spread_of(const spread_values *v, size_t least);

/* Rows of the figure. */
enum { SPREAD_MEAN, SPREAD_SD, SPREAD_MEDIAN, SPREAD_ROWS };

/* The figure to be shown: rows mean, sd and median in the place of the one row of means.
 * means    the exact figure; a column whose mean was hidden stays hidden
 * v        [columns] the values behind it
 * Errors   ST_INVALID (other persons than the figure counts), ST_NO_MEMORY */
status protect_spread(arena *out, const exact_table *means, const released *from, const spread_values v[], released **result);

#endif
