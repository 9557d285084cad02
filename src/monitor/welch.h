/* Welch's test of two means as they are printed. */
#ifndef PEIL_MONITOR_WELCH_H
#define PEIL_MONITOR_WELCH_H

#include "protect/statistic.h"

/* Means, standard deviations and numbers of persons of two columns of a released figure of kind spread. Nothing but these is looked at, so that the test says
 * nothing that they do not. Each can be off by half its step, a number of persons by `reach`: t, degrees of freedom and the difference with its limits have
 * the digits that this leaves, and p is the largest there can be.
 *
 * persons  [2] released
 * result   part "welch"; nothing is evaluated where a mean or deviation is withheld
 * Errors   ST_NO_MEMORY
 * Source   Welch 1947, doi:10.1093/biomet/34.1-2.28
 * Checked  tests/monitor/test_method.c */
status welch_choose(arena *a, const released *means, const size_t column[2], const int64_t persons[2], int reach, protect_method *result);

#endif
