/* From figures to one system of constraints. */
#ifndef PEIL_PROTECT_FIGURES_H
#define PEIL_PROTECT_FIGURES_H

#include "protect/exact.h"
#include "protect/system.h"

/* Where the counts of a figure stand in the system; SYSTEM_NONE: unknown or impossible to place. */
typedef struct figure_cells {
    uint32_t *count; /* [rows.n * columns.n] */
    uint32_t *base;  /* the same for the denominators of shares; NULL: no share */
} figure_cells;

/* n figures, of which those with use[i] enter. cells [n] in `a`. */
status figures_system(arena *a, size_t n, const exact_table tables[], const bool use[], protect_system *s, figure_cells cells[]);

#endif
