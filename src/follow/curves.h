/* Kaplan-Meier, Nelson-Aalen and their intervals. */
#ifndef PEIL_FOLLOW_CURVES_H
#define PEIL_FOLLOW_CURVES_H

#include "follow/counts.h"

typedef enum follow_interval { INTERVAL_LOG, INTERVAL_LOG_LOG, INTERVAL_PLAIN } follow_interval;

typedef struct follow_curve_options {
    follow_interval interval;
    double level; /* 0.95; 0 means 0.95 */
} follow_curve_options;

/* One value a row of the counts. */
typedef struct follow_curve {
    const double *survival;       /* [rows] 0..1 */
    const double *std_error;      /* [rows] of the survival itself; NaN once survival is 0 */
    const double *lower, *upper;  /* [rows] NaN where the interval does not exist */
    const double *hazard;         /* [rows] Nelson-Aalen cumulative hazard */
    const double *hazard_error;   /* [rows] its standard error */
    const double *hazard_lower, *hazard_upper; /* [rows] on the log scale; NaN while the hazard is 0 */
} follow_curve;

/* Kaplan-Meier survival with Greenwood standard errors, and the Nelson-Aalen cumulative hazard.
 *
 * c        counts; events of all causes are events
 * Ties     events precede censorings at the same time
 * Empty    no rows
 * Errors   ST_NO_MEMORY; result untouched on error
 * Cost     O(rows)
 * Source   Kaplan & Meier 1958, doi:10.1080/01621459.1958.10501452; Aalen 1978, doi:10.1214/aos/1176344247
 * Checked  tests/reference/follow/km (R survival; version in make.R) */
status follow_km(arena *out, const follow_counts *c, const follow_curve_options *options, follow_curve *result);

/* The first time at which survival is at most q; NaN when it never is. group 0..groups-1. */
double follow_quantile(const follow_counts *c, const follow_curve *k, int32_t group, double q);

#endif
