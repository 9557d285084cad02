/* Walks through the tables that agree with everything: each proves values possible. Private to the audit. */
#ifndef PEIL_PROTECT_WALK_H
#define PEIL_PROTECT_WALK_H

#include "protect/insider.h"
#include "protect/move.h"

/* What the attack on some cells has proven so far. */
typedef struct evidence {
    const attack *t;
    const int64_t *start;
    const insiders *insiders;
    size_t n;
    const uint32_t *cell;
    uint32_t *place;       /* [counts] which of the attacked cells; SYSTEM_NONE: none */
    int64_t *least, *most; /* [counts] values that whole tables have */
    uint64_t *open;        /* [n][words] loners for whom the cell is not yet shown to be open */
    double *activity;      /* [rows] of the start */
    size_t programs;
} evidence;

status evidence_new(arena *a, const attack *t, const int64_t start[], const insiders *insiders, size_t n, const uint32_t cell[],
                    evidence *e);

/* Is the attacked cell not shown to have two values, for everybody? */
bool evidence_lacks(const evidence *e, size_t i);
uint32_t evidence_loner(const evidence *e, size_t i); /* one for whom it is not; SYSTEM_NONE: none */

/* A table was found elsewhere that keeps the cell from this loner. */
void evidence_clear(evidence *e, size_t i, uint32_t loner);

/* Apply a move (change [counts]) to the start, both ways and as often as it goes, if every row and bound allows it. */
typedef struct walker walker;
status walker_new(arena *a, const evidence *e, const move_maker *maker, walker **result);
void walker_try(walker *w, const int8_t change[]);
void walker_merge(const walker *w, evidence *e);

/* Walk from the start towards both ends of each of these attacked cells by random moves, `tries` a side; every cell has its
 * own random stream. ends: to the ends of what it may be; else only until it lacks nothing. */
status walk_all(evidence *e, size_t n, const uint32_t which[], int tries, bool ends);

#endif
