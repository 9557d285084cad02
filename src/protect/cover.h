/* How few counts could be hidden at all? A lower bound by cutting planes, and the choice it comes from. Private to suppress.c. */
#ifndef PEIL_PROTECT_COVER_H
#define PEIL_PROTECT_COVER_H

#include "protect/lattice.h"

typedef struct cover_input {
    const protect_system *system;
    const lattice *moves;    /* everything hidden: all rows */
    const uint8_t *primary;  /* [n] hidden in any case */
    const uint8_t *zero;     /* [n] never moves */
    size_t loners;           /* who else attacks: each knows some counts */
    const size_t *first;     /* [loners + 1] loner i knows own[first[i] .. first[i + 1]) */
    const uint32_t *own;
    int programs;            /* linear programs at most */
} cover_input;

typedef struct cover_result {
    size_t least;     /* nobody hides fewer */
    double *weight;   /* [n] of the last relaxation: 1 hidden, 0 shown */
    bool settled;     /* the weights are whole and no attack succeeds: they are a best choice, as far as sums tell */
    size_t cuts, programs;
} cover_result;

/* If all counts of a set are shown and a sensitive count is a sum of multiples of these, it is given away: so one of them is
 * hidden. Such sets are found by an attack on the weights so far, a linear program for each sensitive count and attacker.
 * Source  Fischetti & Salazar 2001, doi:10.1287/mnsc.47.7.1008.9804
 * Errors  ST_NO_MEMORY */
status protect_cover(arena *out, const cover_input *in, cover_result *result);

#endif
