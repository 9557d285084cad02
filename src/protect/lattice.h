/* Moves in whole numbers: differences between two tables that agree with every sum and with every count that is shown.
 *
 * All moves together are a lattice. It is kept as rows, whole numbers a row for each count, and starts with a row for each
 * finest count (a person more there, and in everything that contains it). To show a count is to leave the moves that do not
 * change it: one row is taken out, and subtracted from the others that change the count so that they no longer do.
 * A row that no count forbids (none falls below nobody) is at once a proof: add it to the exact table and another one
 * stands there that agrees with everything shown. */
#ifndef PEIL_PROTECT_LATTICE_H
#define PEIL_PROTECT_LATTICE_H

#include "protect/system.h"

typedef struct lattice lattice;

/* Who is to be kept from knowing a count. */
typedef enum lattice_against {
    LATTICE_OUTSIDERS,  /* who knows what is shown */
    LATTICE_LONERS      /* and whoever is alone in a count and knows that he is */
} lattice_against;

/* zero [n]: 1 where everybody knows that there is nobody; such counts never move.
 * Errors ST_LIMIT (too large), ST_NO_MEMORY */
status lattice_new(arena *a, const protect_system *s, const int64_t value[], const uint8_t zero[], lattice_against against,
                   lattice **result);

/* From now on this count must keep a move (against each loner one without his own counts). false: it has none. */
status lattice_watch(lattice *l, uint32_t cell, bool *kept);

/* Show a count, unless a watched one would be left without its moves: then nothing has changed. tries: how many ways are
 * tried to take the row out. */
status lattice_show(lattice *l, uint32_t cell, int tries, bool *shown);

/* Show a count whatever follows. */
status lattice_fix(lattice *l, uint32_t cell);

/* Make rows shorter: take one from another, or add it, where fewer counts are left that the row changes. The moves that the
 * rows make together stay the same. Shorter ones more often leave every count with somebody. */
void lattice_shorten(lattice *l);

/* Leave only the moves that change none of these counts, until they are let go: what somebody knows besides. Nothing is shown
 * in between. */
status lattice_hold(lattice *l, size_t n, const uint32_t cell[]);
void lattice_let_go(lattice *l);

/* Look harder for what keeps watched count i: any two rows together, too. */
void lattice_seek(lattice *l, size_t i);

/* How many moves keep watched count i (in the order of watching), and the k-th of them. */
size_t lattice_kept(const lattice *l, size_t i);
void lattice_keeper_move(const lattice *l, size_t i, size_t k, int8_t move[]);

/* Who is alone: how many such persons, and which of them stands behind a count of one (SYSTEM_NONE: nobody alone). */
size_t lattice_loners(const lattice *l);
uint32_t lattice_loner(const lattice *l, uint32_t cell);

/* Are all moves there still? false: some had entries too large and were left out. */
bool lattice_complete(const lattice *l);

/* The rows that are left, each a move. */
size_t lattice_rows(const lattice *l);
void lattice_move(const lattice *l, size_t i, int8_t move[]);

#endif
