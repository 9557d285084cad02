/* The axis of a figure, bound to a table: what protect and publish see, and what tabulate counts by. */
#ifndef PEIL_MONITOR_AXIS_H
#define PEIL_MONITOR_AXIS_H

#include "monitor/figure.h"
#include "tabulate/cells.h"

typedef struct figure_axis {
    exact_axis exact;
    tabulate_axis counts;
    tabulate_axis whole; /* the same shape of blocks, each dimension one item: the denominators of shares */
} figure_axis;

/* t NULL: a frequency table, whose items the definition lists. */
status figure_axis_bind(arena *out, const figure_source *source, const monitor_figure *f, const monitor_axis *axis,
                        const table *t, figure_axis *result);

#endif
