#include "follow/risk.h"
#include "follow/order.h"

#include <math.h>

static int32_t
stratum_of(const risk_input *in, size_t i)
{
    return in->stratum ? in->stratum[i] : 0;
}

/* Days small enough for a table of (stratum, day): the highest one; -1 when not. */
static int64_t
last_day(const risk_input *in)
{
    double highest = 0;
    for (size_t i = 0; i < in->n; i++) {
        double t = in->time[i], s = in->start ? in->start[i] : 0;
        if (t != floor(t) || s != floor(s) || t < 0 || s < 0 || t > 1e6) return -1;
        if (t > highest) highest = t;
    }
    double cells = (highest + 1) * in->strata;
    return cells <= (double)in->n / 2 + 65536 ? (int64_t)highest : -1;
}

/* 0 where no time of the stratum has come yet. */
static uint32_t
above(uint32_t index, uint32_t none)
{
    return index > none ? index : 0;
}

/* Whole days: mark the days with events, number them, look every span up. */
static status
index_days(arena *out, const risk_input *in, size_t days, risk_index *result)
{
    SCRATCH(tmp);
    uint32_t *upto; /* [strata * days] event times of all strata up to and at the day */
    ALLOC(tmp, upto, (size_t)in->strata * days + 1);
    for (size_t i = 0; i < in->n; i++)
        if (in->event[i]) upto[(size_t)stratum_of(in, i) * days + (size_t)in->time[i]] = 1;
    size_t times = 0;
    for (size_t c = 0; c < (size_t)in->strata * days; c++) times += upto[c];
    size_t *first;
    double *time;
    uint32_t *exit, *entry = NULL;
    ALLOC(out, first, in->strata + 1);
    ALLOC(out, time, times);
    ALLOC(out, exit, in->n);
    if (in->start) ALLOC(out, entry, in->n);
    size_t seen = 0;
    for (int32_t s = 0; s < in->strata; s++) {
        first[s] = seen;
        for (size_t d = 0; d < days; d++) {
            uint32_t *cell = &upto[(size_t)s * days + d];
            if (*cell) time[seen++] = (double)d;
            *cell = (uint32_t)seen;
        }
    }
    first[in->strata] = seen;
    for (size_t i = 0; i < in->n; i++) {
        const uint32_t *row = upto + (size_t)stratum_of(in, i) * days;
        uint32_t none = (uint32_t)first[stratum_of(in, i)];
        exit[i] = above(row[(size_t)in->time[i]], none);
        if (entry) entry[i] = above(row[(size_t)in->start[i]], none);
    }
    *result = (risk_index){in->strata, times, first, time, exit, entry};
    return ST_OK;
}

static uint32_t
upto(const risk_index *r, int32_t stratum, double t)
{
    size_t low = r->first[stratum], high = r->first[stratum + 1];
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (r->time[middle] <= t)
            low = middle + 1;
        else
            high = middle;
    }
    return (uint32_t)low;
}

/* The distinct event times, from the rows in order; NULL `time` only counts. */
static size_t
event_times(const risk_input *in, const uint32_t *order, size_t *first, double *time)
{
    size_t times = 0;
    double last = 0;
    int32_t stratum = -1;
    for (size_t k = 0; k < in->n; k++) {
        size_t i = order[k];
        if (!in->event[i] || (stratum_of(in, i) == stratum && in->time[i] == last)) continue;
        stratum = stratum_of(in, i), last = in->time[i];
        if (time) {
            time[times] = last;
            first[stratum + 1]++;
        }
        times++;
    }
    return times;
}

static status
index_sorted(arena *out, const risk_input *in, risk_index *result)
{
    SCRATCH(tmp);
    size_t *first;
    double *time;
    uint32_t *order, *exit, *entry = NULL;
    CHECK(follow_order_rows(tmp, &(order_input){in->n, in->time, NULL, in->stratum, in->strata}, &order, NULL));
    size_t times = event_times(in, order, NULL, NULL);
    ALLOC(out, first, in->strata + 1);
    ALLOC(out, time, times);
    ALLOC(out, exit, in->n);
    if (in->start) ALLOC(out, entry, in->n);
    event_times(in, order, first, time);
    for (int32_t s = 0; s < in->strata; s++) first[s + 1] += first[s];
    risk_index r = {in->strata, times, first, time, exit, entry};
    size_t j = 0;
    for (size_t k = 0; k < in->n; k++) {
        size_t i = order[k], none = first[stratum_of(in, i)], end = first[stratum_of(in, i) + 1];
        if (j < none) j = none;
        while (j < end && time[j] <= in->time[i]) j++;
        exit[i] = above((uint32_t)j, (uint32_t)none);
        if (entry) entry[i] = above(upto(&r, stratum_of(in, i), in->start[i]), (uint32_t)none);
    }
    *result = r;
    return ST_OK;
}

bool
follow_risk_is_days(const risk_input *in)
{
    return last_day(in) >= 0;
}

status
follow_risk(arena *out, const risk_input *in, risk_index *result)
{
    int64_t last = last_day(in);
    return last >= 0 ? index_days(out, in, (size_t)last + 1, result) : index_sorted(out, in, result);
}
