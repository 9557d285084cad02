/* The columns of a window: who was met again within so many years, of what, and how following ended. */
#ifndef PEIL_MONITOR_WINDOWED_H
#define PEIL_MONITOR_WINDOWED_H

#include "monitor/joined.h"

/* Run one window over the events of its register and add its columns (see joined_columns); the events stay for populations of kind
 * events. Rows of one case (`same`) are one event, and that of the index incident is none. */
status windowed_add(joining *j, const monitor_window *w, window_events *events);

#endif
