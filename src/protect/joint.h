/* Two releases in one system: what stands in both is one count, and what the earlier one alone has bounds it too. Private to release*.c. */
#ifndef PEIL_PROTECT_JOINT_H
#define PEIL_PROTECT_JOINT_H

#include "protect/spec.h"

/* One of the two: its names, sums and counts. */
typedef struct joint_side {
    const protect_spec *spec;
    const protect_system *system;
} joint_side;

typedef struct joint {
    protect_system system;  /* the counts of the release come first, in their order; then those of the earlier one alone; then differences */
    size_t own, earlier;    /* the release's counts; the earlier one's alone behind them */
    int64_t *before;        /* [system.n] the earlier number; -1: none, or hidden */
    uint8_t *less;          /* [system.n] 1: the difference of an earlier and a present count, which stands in no table */
} joint;

/* Codes of one name are one code, unless they are groups (or totals) of other codes: 2016 to 2019 then, 2017 to 2020 now. What was
 * put together is known to be the sum of its parts. Where the persons of one code are all among those of another one of the other release,
 * the difference of the two is a count as well.
 * Errors ST_LIMIT, ST_NO_MEMORY */
status joint_make(arena *a, const joint_side *now, const joint_side *before, joint *result);

/* Nothing came before. */
joint joint_alone(const protect_system *s, int64_t none[], uint8_t less[]);

/* Counts that today's exact ones do not give, so that everything agrees. x [system.n]: the first `own` are exact; lower, upper: what is
 * known; those of the earlier release that cannot be true any more are widened to 0..most, how many in `unusable`. found false: nothing
 * agrees. */
status joint_complete(const joint *j, int64_t most, int64_t lower[], int64_t upper[], int64_t x[], size_t *unusable, bool *found);

#endif
