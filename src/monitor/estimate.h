/* Figures of kind "estimate": how many persons nobody reported, from the overlap of the reporters' lists. */
#ifndef PEIL_MONITOR_ESTIMATE_H
#define PEIL_MONITOR_ESTIMATE_H

#include "monitor/figure.h"

/* Rows are groups of persons (any blocks), or, over an overlap table named by `table`, the methods: stepwise, bic,
 * decomposable, latent, independence. Columns are items named observed, estimate, lower, upper (any of them); lower and upper are
 * the wide interval where there is a bootstrap. `value` names the set of reporters. Where no estimate exists, or a
 * method's own checks speak against it, the cell is unknown.
 *
 * Errors  ST_CONFIG (the variable is no set, an unknown column or method), those of overlap_read */
status figure_estimate(arena *out, const figure_source *source, const monitor_figure *f, exact_table *result);

#endif
