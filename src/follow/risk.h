/* Risk sets: the distinct event times of each stratum, and which of them a span is at risk at. */
#ifndef PEIL_FOLLOW_RISK_H
#define PEIL_FOLLOW_RISK_H

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct risk_input {
    size_t n;
    const double *start;    /* NULL: from before the first time */
    const double *time;
    const int8_t *event;    /* 1 = the event */
    const int32_t *stratum; /* NULL: one */
    int32_t strata;
} risk_input;

typedef struct risk_index {
    int32_t strata;
    size_t times;        /* distinct (stratum, event time), ascending */
    const size_t *first; /* [strata + 1] times of a stratum */
    const double *time;  /* [times] */
    const uint32_t *exit;  /* [n] 1 + the last time at risk (an event: its own), 0 = at risk at none */
    const uint32_t *entry; /* [n] 1 + the last time before being at risk, 0 = from the first of the stratum; NULL: all 0 */
} risk_index;

/* Errors  ST_NO_MEMORY. Cost O(n); with delayed entry and times that are not whole days O(n log n). Memory 4 n bytes (8 n with
 * delayed entry), 16 n while sorting. */
status follow_risk(arena *out, const risk_input *in, risk_index *result);

/* Times are whole days, and few enough for a table of (stratum, day): nothing needs sorting. */
bool follow_risk_is_days(const risk_input *in);

#endif
