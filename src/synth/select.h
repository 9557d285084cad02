/* Draw exactly so many of a list, each with its own chance: how shares are met to the person. */
#ifndef PEIL_SYNTH_SELECT_H
#define PEIL_SYNTH_SELECT_H

#include "base/arena.h"
#include "base/rng.h"

#include <stdbool.h>

/* Mark exactly `count` of n: those with the largest logit(chance) plus logistic noise.
 *
 * chance  [n] 0..1; chances of 0 are taken only when nothing else is left, chances of 1 first
 * chosen  [n] output; when the chances add up to about `count` they are about the shares that come out
 * Errors  ST_INFEASIBLE when count is below 0 or above n, ST_NO_MEMORY
 * Cost    O(n log n) */
status synth_select(rng *r, size_t n, const double chance[], int64_t count, bool chosen[]);

/* One of n by weight; n - 1 when all weights are 0. */
size_t synth_choose(rng *r, size_t n, const double weight[]);

/* True with this chance. */
bool synth_happens(rng *r, double chance);

/* low .. high, both in. */
int synth_between(rng *r, int low, int high);

#endif
