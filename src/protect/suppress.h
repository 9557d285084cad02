/* Suppression: exact counts, small ones hidden, and others with them so that no sum gives them away. */
#ifndef PEIL_PROTECT_SUPPRESS_H
#define PEIL_PROTECT_SUPPRESS_H

#include "protect/system.h"

typedef struct suppress_options {
    int minimum;    /* counts from 1 to minimum - 1 are sensitive */
    bool hide_zero; /* zeros too */
    const uint8_t *sensitive; /* [n] 1: sensitive for a reason of its own (dominance); NULL: none */
    bool hide_full; /* and a count that holds all of a whole that has other possible parts */
} suppress_options;

typedef struct suppression {
    uint8_t *hidden;   /* [n] */
    size_t primary, suppressed; /* sensitive counts; all that are hidden */
    const char *solver;
} suppression;

/* Hide sensitive counts (primary) and others (secondary) over all linked tables at once.
 *
 * Start     counts from the largest down: one is shown as long as no hidden sensitive count follows from the shown ones
 *           (Gaussian elimination over the parts, after Langsrud 2024, doi:10.1007/978-3-031-69651-0_6)
 * Then      what is hidden is attacked with whole numbers and non-negativity in mind; more is hidden until nothing is
 *           exposed, also to one who is the only person in another hidden count; and what need not be hidden is shown again
 * Errors    ST_INFEASIBLE (nothing left to hide), ST_NO_MEMORY
 * Source    docs/methods/suppress.md
 * Checked   tests/protect/test_suppress.c against enumeration */
status protect_suppress(arena *out, const protect_system *s, const suppress_options *o, suppression *result);

#endif
