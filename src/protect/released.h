/* A figure that may leave the house.
 *
 * `released` is opaque: protect alone makes one, from exact counts and only after the rules were applied;
 * publish and the pages of serve take nothing else. */
#ifndef PEIL_PROTECT_RELEASED_H
#define PEIL_PROTECT_RELEASED_H

#include "protect/exact.h"

typedef enum released_state {
    RELEASED_VALUE,        /* a number, as protected */
    RELEASED_CONFIDENTIAL, /* hidden: Statistics Netherlands ".", accessible [c] */
    RELEASED_UNKNOWN,      /* not available: ".", [x] */
    RELEASED_IMPOSSIBLE,   /* cannot occur: empty, [z] */
    RELEASED_LOW           /* a percentage or mean that is not zero but shows as zero: "0", [low]; never a count, since it
                            * would tell that somebody is there */
} released_state;

typedef struct released_cell {
    released_state state;
    double value;       /* count, percentage 0..100 or mean; NaN unless state is RELEASED_VALUE (or LOW: 0) */
    int decimals;       /* how many may be shown */
    const char *reason; /* word id: why it is hidden or what was done to it, never NULL; the same for every count that
                         * was treated alike, so that it tells nothing about the exact one */
    double step;        /* of a mean, deviation or median: what it is a multiple of; 0: of its last decimal */
} released_cell;

typedef struct released released;

const char *released_figure(const released *r); /* "2.2" */
exact_measure released_measure(const released *r);
const exact_axis *released_rows(const released *r);
const exact_axis *released_columns(const released *r);
bool released_published(const released *r); /* made of figures that were public already: passed through */
released_cell released_at(const released *r, size_t row, size_t column);

#endif
