/* The log-rank test, plain and stratified. */
#ifndef PEIL_FOLLOW_LOGRANK_H
#define PEIL_FOLLOW_LOGRANK_H

#include "follow/spans.h"

typedef struct follow_logrank_result {
    int32_t groups;
    const int64_t *n;           /* [groups] spans */
    const double *observed;     /* [groups] events */
    const double *expected;     /* [groups] events if the groups did not differ */
    const double *variance;     /* [groups * groups] of observed - expected */
    double chisq, p;            /* 0 and 1 (df 0) when no two groups have expected events; NaN when these have no variance */
    int df;                     /* groups with expected events, less one */
} follow_logrank_result;

/* Log-rank test of equal hazards in all groups, summed over strata.
 *
 * s        spans; any status above 0 is an event
 * stratum  [n] 0..strata-1, or NULL
 * Ties     hypergeometric variance
 * Errors   ST_NO_MEMORY
 * Cost     O(n + times * groups^2)
 * Source   Mantel 1966; Peto & Peto 1972, doi:10.2307/2344317
 * Checked  tests/reference/follow/logrank (R survdiff) */
status follow_logrank(arena *out, const spans *s, const int32_t *stratum, int32_t strata, follow_logrank_result *result);

#endif
