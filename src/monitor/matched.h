/* Controls beside the persons of a population. */
#ifndef PEIL_MONITOR_MATCHED_H
#define PEIL_MONITOR_MATCHED_H

#include "monitor/people.h"

/* Draw controls for the persons of x that `controls.where` names and add a row for each: person and matched columns are hers, the rest
 * is copied from her case. A column named by `controls.variable` tells cases from controls; rows ascend by person again.
 * Errors  those of follow_controls; ST_CONFIG */
status matched_add(arena *out, const monitor_definition *d, const registers *r, population *x);

#endif
