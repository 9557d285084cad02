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

/* Persons by themselves: a leaf (a code that is not divided further) in each dimension. */
size_t move_leaves(const move_maker *m, size_t dimension);
bool move_under(const move_maker *m, size_t dimension, uint32_t leaf, uint16_t code); /* does the code contain the leaf? */

/* A random person who stands in count `cell`; leaf [dimensions]. False: there is none. */
bool move_draw(const move_maker *m, uint32_t cell, rng *random, uint32_t leaf[]);

/* The counts in which this person stands, each by 1. False: there are none, or too many. */
bool move_person(const move_maker *m, uint16_t population, const uint32_t leaf[], protect_move *move);

#endif
