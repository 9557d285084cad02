/* The counts of a figure by what controls were matched on. */
#ifndef PEIL_MONITOR_STRATA_H
#define PEIL_MONITOR_STRATA_H

#include "monitor/figure.h"

typedef struct figure_strata {
    size_t n, rows, columns;
    const int64_t *count; /* [n * columns * rows] */
    const int64_t *base;  /* the same: of shares everybody the row is a share of; else NULL */
} figure_strata;

/* Count a figure whose columns are cases and controls once more, for each combination of the values of `controls.match`. A person without such
 * a value is in a stratum of her own kind.
 * Errors  ST_CONFIG (a figure of kind table over a population with controls, its columns the variable that tells them apart), ST_NO_MEMORY
 * Cost    O(rows of the population)
 * Checked tests/monitor/test_people.c */
status strata_count(arena *out, const figure_source *source, const monitor_figure *f, figure_strata *result);

/* The controls of a population, or of the one it is a part of; NULL: it has none. */
const monitor_controls *strata_controls(const monitor_definition *d, const char *population);

#endif
