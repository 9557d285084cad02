/* Moves between tables that agree with every sum: a person more, or one who changes some of his codes for others.
 *
 * With the counts of a system go virtual persons, a code for each dimension. A person added, or the signed corners of a
 * person who toggles a set of dimensions between two codes, change all counts he stands in and keep every sum. */
#ifndef PEIL_PROTECT_MOVE_H
#define PEIL_PROTECT_MOVE_H

#include "base/rng.h"
#include "protect/system.h"

typedef struct protect_move {
    size_t n;
    uint32_t *cell;
    int8_t *change; /* -1 or 1 */
} protect_move;

typedef struct move_maker move_maker; /* read-only once made: shared by threads */

status move_maker_new(arena *a, const protect_system *s, move_maker **result);

/* Room for one move of this maker; each thread has its own. */
status move_new(arena *a, const move_maker *m, protect_move *move);

/* A random move that changes count `cell` by +1 (negate it for -1). False when this draw gave none; draw again.
 * most: at most so many dimensions toggle; 0 adds a person. */
bool move_at(const move_maker *m, uint32_t cell, int most, rng *random, protect_move *move);

#endif
