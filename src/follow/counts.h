/* Counts by (group, day, status) in one pass: every estimator but Cox reads these. */
#ifndef PEIL_FOLLOW_COUNTS_H
#define PEIL_FOLLOW_COUNTS_H

#include "follow/spans.h"

typedef struct follow_counts {
    int32_t groups, causes;
    size_t rows;            /* distinct (group, time), ascending */
    const size_t *first;    /* [groups + 1] rows of a group */
    const double *time;     /* [rows] */
    const int64_t *at_risk; /* [rows] under observation just before the time */
    const int64_t *exits;   /* [rows * (causes + 1)] spans that end, by status; 0 = censored */
} follow_counts;

/* Number of exits of any cause, and censored, in a row. */
static inline int64_t
counts_events(const follow_counts *c, size_t row)
{
    int64_t sum = 0;
    for (int32_t k = 1; k <= c->causes; k++) sum += c->exits[row * (size_t)(c->causes + 1) + (size_t)k];
    return sum;
}

/* Count spans (cleaned by follow_spans_clean).
 *
 * Ties     a span (start, time] is at risk at u when start < u <= time: events precede censorings and entries of a day
 * Empty    n = 0 gives no rows
 * Errors   ST_NO_MEMORY
 * Cost     O(n log n)
 * Checked  tests/follow/test_curves.c */
status follow_count(arena *out, const spans *s, follow_counts *result);

/* The same from columns of whole days as a snapshot holds them, without a copy.
 *
 * time     [n] 0..max_day
 * outcome  [n] 0..causes
 * group    [n] 0..groups-1, or NULL
 * max_day  at most 1,000,000
 * Errors   ST_INVALID (a day, status or group out of range, by row), ST_NO_MEMORY
 * Memory   8 * groups * (max_day + 1) * (causes + 1) bytes, whatever n
 * Cost     O(n + groups * days * causes) */
typedef struct follow_days {
    size_t n;
    const int32_t *time;
    const int8_t *outcome, *group;
    int32_t groups, causes, max_day;
} follow_days;

status follow_count_days(arena *out, const follow_days *d, follow_counts *result);

#endif
