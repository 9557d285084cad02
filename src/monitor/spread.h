/* Figures of kind "spread": mean, standard deviation and median of a number of persons, a column a group. */
#ifndef PEIL_MONITOR_SPREAD_H
#define PEIL_MONITOR_SPREAD_H

#include "monitor/figure.h"
#include "protect/released.h"

/* The means and numbers of persons behind it: one row, a column a part (as kind compare); protected as any. `value` of the figure, or of a part.
 * Errors  ST_CONFIG, those of figure_compare */
status figure_spread(arena *out, const figure_source *source, const monitor_figure *f, exact_table *result);

/* The figure to be shown: see protect_spread. */
status spread_release(arena *out, const figure_source *source, const monitor_figure *f, const exact_table *means, const released *from,
                      released **result);

#endif
