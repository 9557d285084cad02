/* From released numbers to the attack on them: what each says by itself, and what printed means add. */
#ifndef PEIL_PROTECT_CHECK_H
#define PEIL_PROTECT_CHECK_H

#include "protect/audit.h"
#include "protect/exact.h"
#include "protect/figures.h"
#include "protect/round.h"

/* Means as they are printed. */
typedef struct check_means {
    size_t n;
    const exact_table **table;   /* [n] figures of means */
    const figure_cells **cells;  /* [n] */
    const uint8_t **shown;       /* [n][cells of the figure] */
} check_means;

/* The same for means [s->n] that are right to within half [s->n]; NaN: not printed. Adds to the list. */
status check_clues(arena *a, const protect_system *s, const double mean[], const double half[], size_t *n, audit_clue list[]);

/* What the printed means say about the counts behind them: the sum over the parts is the sum of the whole. */
status check_mean_clues(arena *a, const protect_system *s, const check_means *means, size_t *n, audit_clue **clues);

/* Attack a rounding. hidden [s->n]: 1 where the count itself is not shown; NULL: all are. reach: how far a released
 * number can be from the exact one. */
status check_rounding(arena *out, const protect_system *s, int base, int64_t reach, const int64_t value[], const uint8_t hidden[],
                      size_t clues, const audit_clue clue[], audit_result *result);

/* How far a released number can be from the exact one, as the certificate says it. */
int64_t check_reach(const protect_rounding *r, int base);

#endif
