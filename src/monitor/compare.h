/* Figures of kind "compare": rows, or columns, that are parts of different populations or of different variables. */
#ifndef PEIL_MONITOR_COMPARE_H
#define PEIL_MONITOR_COMPARE_H

#include "monitor/figure.h"

/* Each part is tabulated as a figure of its own over the blocks of the other side; `variable` of a part stands in for the variable of
 * the first of them. Parts are never added up: each says which population it counts.
 * Errors  ST_CONFIG (parts whose items differ, a mean) and those of a table */
status figure_compare(arena *out, const figure_source *source, const monitor_figure *f, exact_table *result);

#endif
