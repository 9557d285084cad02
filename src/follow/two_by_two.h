/* Exact p of a 2 x 2 table of any size, cheap enough for the leak gate; and the tail of a printed chi-square. */
#ifndef PEIL_FOLLOW_TWO_BY_TWO_H
#define PEIL_FOLLOW_TWO_BY_TWO_H

#include <stdint.h>

/* Fisher's exact test, two-sided: tables with these margins that are not likelier than this one (within a relative 1e-7).
 *
 * table    [4] a, b, c, d row-major; totals below 2^52
 * Missing  NaN where a count is below zero; 1 where a margin is empty
 * Cost     O(smallest margin): ratios of neighbouring tables, no logarithms of factorials
 * Source   Fisher 1935, J. R. Stat. Soc. 98, 39-82
 * Checked  tests/follow/test_again.c (against follow_fisher) */
double follow_two_by_two(const int64_t table[4]);

/* P(X >= x) of a chi-square with df degrees of freedom. */
double follow_chisq_tail(double x, double df);

#endif
