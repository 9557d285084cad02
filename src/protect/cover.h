/* How few counts could be hidden at all? A lower bound by cutting planes, and the choice it comes from. Private to suppress.c. */
#ifndef PEIL_PROTECT_COVER_H
#define PEIL_PROTECT_COVER_H

#include "protect/lattice.h"

typedef struct cover_input {
    const protect_system *system;
    const lattice *moves;    /* everything hidden: all rows; who is alone in a count attacks too, where it names them */
    const uint8_t *primary;  /* [n] hidden in any case */
    const uint8_t *zero;     /* [n] never moves */
    size_t enough;           /* so many are hidden already: no need to prove more */
    int64_t work;            /* steps of the simplex method, at most about that many */
} cover_input;

typedef struct cover_result {
    size_t least;     /* nobody hides fewer */
    double relaxed;   /* the bound before it was rounded up */
    double *weight;   /* [n] of the last relaxation: 1 hidden, 0 shown */
    bool settled;     /* the relaxation could not be cut any more, or is whole and no attack succeeds */
    size_t cuts, programs;
    int64_t work;
} cover_result;

/* If all counts of a set are shown and a sensitive count is a sum of multiples of these, it is given away: so one of them is
 * hidden. For who is alone, and knows his own counts, the set may hold these besides. And of a count that is hidden although
 * the shown ones give it away nobody has anything: if it is hidden, then another of each such set is too. The sets are found
 * by attacks on the weights so far, linear programs; the moves that these find settle other attacks without one.
 * Source  Fischetti & Salazar 2001, doi:10.1287/mnsc.47.7.1008.9804 (cover and bridgeless inequalities); those against who is alone:
 *         docs/methods/suppress.md
 * Errors  ST_NO_MEMORY
 * Checked tests/protect/test_suppress.c against all choices on tiny tables */
status protect_cover(arena *out, const cover_input *in, cover_result *result);

#endif
