/* Figures of kind "curve": how many were again met, or died, by each year of a window, everybody counted for as long as she was followed. */
#ifndef PEIL_MONITOR_CURVE_H
#define PEIL_MONITOR_CURVE_H

#include "monitor/figure.h"
#include "protect/released.h"

/* The counts behind the curve: rows are how following ended, columns in which year. `value` names the window. They are protected as any
 * counts; the curve is computed from the protected ones. */
status figure_curve(arena *out, const figure_source *source, const monitor_figure *f, exact_table *result);

/* The figure to be shown: rows again and died, a column a year, percentages.
 * Method  life table by year (Aalen-Johansen with death as a competing risk; those who left or were not followed on during a year count
 *         for half of it): docs/methods/aj.md
 * Errors  ST_NO_MEMORY */
status curve_release(arena *out, const exact_table *counts, const released *from, released **result);

#endif
