/* Follow-up of persons as spans (start, time] with a status at the end: what every estimator of time to event reads. */
#ifndef PEIL_FOLLOW_SPANS_H
#define PEIL_FOLLOW_SPANS_H

#include "table/table.h"

typedef struct spans {
    size_t n;
    const double *start;   /* [n] under observation after `start`; NULL: from before the first time */
    const double *time;    /* [n] end of the span, days (any unit), >= 0 */
    const int32_t *status; /* [n] 0 = censored, 1..causes */
    const int32_t *group;  /* [n] 0..groups-1; NULL: one group */
    const int32_t *person; /* [n] spans of one person share a number 0..persons-1; NULL: one span each */
    int32_t groups, causes, persons;
} spans;

/* What follow_spans_clean left out, by name. */
typedef struct spans_excluded {
    size_t missing; /* a value the method needs is empty */
    size_t empty;   /* start equals time: nobody was under observation */
} spans_excluded;

/* Leave out spans that cannot be used, counting them, and treat times that differ by rounding alone as equal.
 *
 * in        NaN in start or time, negative status or group: missing
 * result    the spans that remain, in their order; row[i] is the index in `in`; memory in `out`
 * Ties      times nearer than 1.5e-8 (absolutely or to the mean time) are one time, as R's survival has it
 * Errors    ST_INVALID (a negative time, an end before its start; the row is named, header = row 1), ST_NO_MEMORY
 * Cost      O(n log n); O(n) when all times are whole days
 * Checked   tests/follow/test_curves.c */
status follow_spans_clean(arena *out, const spans *in, spans *result, const size_t **row, spans_excluded *excluded);

/* Join spans of a person that touch (the first censored where the second starts): one span without a break.
 * Spans of one person that overlap are ST_INVALID. `*gaps`: persons who come back after a break. */
status follow_spans_join(arena *out, const spans *in, spans *result, size_t *gaps);

#endif
