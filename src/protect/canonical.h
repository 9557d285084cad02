/* An order of the counts that depends on the counts and their sums alone: not on names, files, columns or rows.
 * Private to suppression and its audit. */
#ifndef PEIL_PROTECT_CANONICAL_H
#define PEIL_PROTECT_CANONICAL_H

#include "protect/system.h"

/* The system with its counts and sums in that order: n, value, zero, source, rows and row only.
 *
 * mark      [n] what else tells counts apart (sensitive, public); NULL: nothing
 * from      [n] in `a`: which count of `s` the i-th of the result is
 * Order     by dimension, that of most codes first, and in each by code, the largest first: so that like slices are treated alike
 * Ties      are broken by what stands around a count, eight sums away; what that does not tell apart stays as in `s`
 * Errors    ST_NO_MEMORY
 * Cost      O(n log n + eight passes over the sums)
 * Source    colour refinement, Weisfeiler & Leman 1968
 * Checked   tests/protect/test_suppress.c (other names and orders: the same counts hidden) */
status protect_canonical(arena *a, const protect_system *s, const uint8_t mark[], protect_system *result, uint32_t **from);

#endif
