/* What the audit's two attacks share: everything known, as rows and bounds. Private to audit.c and attack_program.c. */
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
} attack;

status attack_new(arena *a, const audit_input *in, attack *result);

/* Does the table agree with every row and bound? */
bool attack_agrees(const attack *t, const int64_t x[]);

/* One side of a cell that is still open. */
typedef struct attack_side {
    uint32_t cell;
    int sign;        /* -1 lower, 1 upper */
    double outer;    /* set: the bound that the programs prove */
} attack_side;

/* Bounds of the open sides by linear programs. least, most [n]: widened by whole tables found on the way. */
status attack_programs(const attack *t, size_t n, attack_side side[], int64_t least[], int64_t most[], size_t *programs);

/* For each of these cells a table that differs from `start` by one there and by as little as possible elsewhere: such least
 * differences mostly are in whole numbers where the bounds of linear programs are not. */
status attack_circuits(const attack *t, const int64_t start[], size_t n, const uint32_t cell[], int64_t least[], int64_t most[],
                       size_t *programs);

/* A table that agrees with everything; found false: none, or none found. */
status attack_start(const attack *t, int64_t x[], bool *found);

#endif
