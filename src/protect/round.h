/* Controlled rounding: every count to a multiple next to it, every sum kept. */
#ifndef PEIL_PROTECT_ROUND_H
#define PEIL_PROTECT_ROUND_H

#include "protect/system.h"

typedef struct protect_round_options {
    int base;
    uint64_t seed;
    int64_t iterations; /* simplex iterations to spend on coming closer; never seconds. 0: the preset */
    int64_t effort;     /* of the annealing: prices looked up for each count; 0: the preset */
    const int64_t *earlier; /* [n] released before, negative: not; kept where it is still a neighbour; NULL: none */
} protect_round_options;

typedef struct protect_rounding {
    int64_t *value;      /* [n] released */
    bool additive;       /* every equation holds */
    bool restricted;     /* every count went to one of its two neighbouring multiples */
    bool ordered;        /* no part is above its whole, also where parts overlap */
    size_t beyond;       /* counts further away than a neighbouring multiple: 0 when restricted */
    bool impossible;     /* proven: not every count can go to a neighbour */
    uint32_t conflict;   /* a row of the system in which it showed that not every count can go to a neighbour; SYSTEM_NONE */
    size_t moved;        /* not to the nearest one */
    int64_t largest;     /* |value - exact| */
    double mean;
    double bound;        /* no additive rounding of this kind has a smaller mean (relaxed program); NaN: unknown */
    size_t unknowns;     /* left for the solver after reduction */
    int64_t iterations;
    const char *solver;
} protect_rounding;

/* Round the whole system so that every equation holds (zero-restricted: a multiple stays, others go to a neighbour).
 *
 * s         the exact counts and their sums
 * result    in `out`; untouched on error
 * Method    0/1 variables reduced by their sums; linear relaxation; first solution by a feasibility pump that rounds with
 *           consequences; then large-neighbourhood search until the iterations are spent. Where there is no zero-restricted
 *           solution, or none is found, annealing over additive roundings: `beyond` and `largest` say how far it went
 * Errors    ST_INFEASIBLE (no additive rounding was found), ST_NO_MEMORY
 * Cost      about 3 CPU seconds for 2,800 linked cells
 * Source    docs/methods/round.md
 * Checked   tests/protect/test_round.c against enumeration of all roundings of small tables */
status protect_round_controlled(arena *out, const protect_system *s, const protect_round_options *o, protect_rounding *result);

/* Each count to its nearest multiple, alone. */
status protect_round_conventional(arena *out, const protect_system *s, const protect_round_options *o, protect_rounding *result);

/* Deviations and additivity of values. */
void protect_round_measure(const protect_system *s, int base, protect_rounding *r);

/* The seed of a system: of its counts and names in canonical order, so that neither row order nor threads matter. */
uint64_t protect_round_seed(const protect_system *s, uint64_t seed);

#endif
