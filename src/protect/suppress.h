/* Suppression: exact counts, small ones hidden, and others with them so that no sum gives them away. */
#ifndef PEIL_PROTECT_SUPPRESS_H
#define PEIL_PROTECT_SUPPRESS_H

#include "protect/system.h"

typedef struct suppress_options {
    int minimum;          /* counts from 1 to minimum - 1 are sensitive */
    bool hide_zero;       /* zeros too */
    const uint8_t *sensitive; /* [n] 1: sensitive for a reason of its own (dominance); NULL: none */
    bool hide_full;       /* and a count that holds all of a whole that has other possible parts */
    bool outsiders_only;  /* do not mind who is alone in a count and knows it */
    const uint8_t *known; /* [n] public already, of an earlier release: shown whatever they are; NULL: none */
    const uint8_t *apart; /* [n] 1: of an earlier release, or a difference of two: hidden now unless known, and not counted; NULL: none */
    int runs;             /* orders that are tried; 0: the preset, fewer for larger systems */
    int64_t work;         /* for the bound: about as many steps of the simplex method; 0: the preset */
} suppress_options;

typedef struct suppression {
    uint8_t *hidden;      /* [n] */
    uint8_t *sensitive;   /* [n] what must not be found out: hidden as primary ones */
    size_t primary, suppressed; /* sensitive counts; all that are hidden; none of those apart */
    size_t least;         /* nobody can hide fewer, proven; 0: not looked into (large systems) */
    size_t runs;          /* orders that were tried */
    const char *solver;
} suppression;

/* Hide sensitive counts (primary) and others (secondary) over all linked tables at once.
 *
 * Counts are shown from the largest down, as long as every sensitive count keeps a move in whole numbers that changes it,
 * no shown count, and makes no count negative: another table that looks the same. Against a loner (alone in a count, and
 * knowing it) each keeps a move that leaves his counts alone. So the result is proven as it is made, and whoever releases it
 * has it attacked by the audit all the same. Small systems: other orders too, those to which the weights of a relaxation lead and those near the
 * best; the least hidden wins, and the search ends when it is proven that nobody can hide fewer. Names and order of
 * dimensions, codes and counts do not matter.
 * Errors    ST_INFEASIBLE (a sensitive count is known already, or follows from what is), ST_LIMIT, ST_NO_MEMORY
 * Cost      about ten CPU s of orders; 14,580 counts of a table of five dimensions: 11 for the one that is tried
 * Source    docs/methods/suppress.md; the order after Langsrud 2024, doi:10.1007/978-3-031-69651-0_6; the bound after
 *           Fischetti & Salazar 2001, doi:10.1287/mnsc.47.7.1008.9804
 * Checked   tests/protect/test_suppress.c against enumeration */
status protect_suppress(arena *out, const protect_system *s, const suppress_options *o, suppression *result);

#endif
