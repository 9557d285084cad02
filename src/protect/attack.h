/* What the audit's two attacks share: everything known, as rows and bounds. Private to the audit's files. */
#ifndef PEIL_PROTECT_ATTACK_H
#define PEIL_PROTECT_ATTACK_H

#include "protect/audit.h"

typedef struct attack {
    const audit_input *in;
    size_t n, rows;
    uint32_t *start, *cell;  /* row i: cell[start[i] .. start[i + 1]) */
    double *coefficient;
    double *lower, *upper;   /* of rows; infinite: none */
    uint32_t *first, *row;   /* of cells: row[first[j] .. first[j + 1]) */
    double *weight;          /* the coefficient there */
    int64_t *low, *high;     /* of cells: what the rows leave of their bounds, one row after the other */
    size_t free;             /* cells that are not known */
} attack;

status attack_new(arena *a, const audit_input *in, attack *result);

/* Does the table agree with every row and bound? */
bool attack_agrees(const attack *t, const int64_t x[]);

double attack_activity(const attack *t, size_t row, const int64_t x[]);
bool attack_row_holds(const attack *t, size_t row, double activity);

/* One side of a cell that is still open. */
typedef struct attack_side {
    uint32_t cell;
    int sign;        /* -1 lower, 1 upper */
    double outer;    /* set: the bound that the programs prove */
} attack_side;

/* Bounds of the open sides by linear programs. least, most [n]: widened by whole tables found on the way. */
status attack_programs(const attack *t, size_t n, attack_side side[], int64_t least[], int64_t most[], size_t *programs);

/* A cell, and who must not find it out. */
typedef struct attack_pair {
    uint32_t cell;
    size_t n;
    const uint32_t *known; /* counts that he knows: nobody moves them */
    bool found;            /* set: such a table was found */
} attack_pair;

/* For each a table that differs from `start` by one there, not at all where he knows, and by as little as possible elsewhere:
 * such least differences mostly are in whole numbers where the bounds of linear programs are not. */
status attack_circuits(const attack *t, const int64_t start[], size_t n, attack_pair pair[], int64_t least[], int64_t most[],
                       size_t *programs);

/* A table that agrees with everything; found false: none, or none found. */
status attack_start(const attack *t, int64_t x[], bool *found);

#endif
