#include "follow/spans.h"

#include <math.h>
#include <stdlib.h>

typedef struct moment {
    double time;
    size_t at; /* span, doubled; odd: its start */
} moment;

static int
by_time(const void *a, const void *b)
{
    const moment *x = a, *y = b;
    return (x->time > y->time) - (x->time < y->time);
}

static bool
whole_days(const spans *s)
{
    for (size_t i = 0; i < s->n; i++) {
        if (s->time[i] != floor(s->time[i]) || s->time[i] > 1e9) return false;
        if (s->start && s->start[i] != floor(s->start[i])) return false;
    }
    return true;
}

/* Mean of the distinct absolute times, in their order. */
static double
mean_distinct(size_t n, const moment *m)
{
    double sum = 0;
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        if (i == 0 || m[i].time != m[i - 1].time) sum += fabs(m[i].time), count++;
    return count ? sum / (double)count : 1;
}

/* Times that differ by rounding alone become the first of them. */
static status
fix_ties(spans *s, double *time, double *start)
{
    static const double tolerance = 1.4901161193847656e-8; /* the square root of the machine's precision */
    if (whole_days(s)) return ST_OK;
    SCRATCH(tmp);
    size_t n = s->n * (start ? 2 : 1);
    moment *m;
    ALLOC(tmp, m, n);
    for (size_t i = 0; i < s->n; i++) {
        m[i] = (moment){time[i], 2 * i};
        if (start) m[s->n + i] = (moment){start[i], 2 * i + 1};
    }
    qsort(m, n, sizeof *m, by_time);
    double mean = mean_distinct(n, m), before = n ? m[0].time : 0, cut = before;
    for (size_t i = 0; i < n; i++) {
        double gap = m[i].time - before;
        before = m[i].time;
        if (gap > tolerance && gap / mean > tolerance) cut = m[i].time;
        if (m[i].at & 1)
            start[m[i].at / 2] = cut;
        else
            time[m[i].at / 2] = cut;
    }
    return ST_OK;
}

static bool
is_missing(const spans *s, size_t i)
{
    return isnan(s->time[i]) || s->status[i] < 0 || (s->start && isnan(s->start[i])) || (s->group && s->group[i] < 0) ||
           (s->person && s->person[i] < 0);
}

static status
check_span(const spans *s, size_t i)
{
    if (s->time[i] < 0) FAIL(ST_INVALID, "row %zu: a negative time; expected days since the start of follow-up", i + 2);
    if (s->start && s->start[i] > s->time[i]) FAIL(ST_INVALID, "row %zu: the span ends before it starts", i + 2);
    if (s->status[i] > s->causes) FAIL(ST_INVALID, "row %zu: an unknown status; expected 0 to %d", i + 2, s->causes);
    return ST_OK;
}

status
follow_spans_clean(arena *out, const spans *in, spans *result, const size_t **row, spans_excluded *excluded)
{
    double *time, *start = NULL;
    int32_t *status_of, *group = NULL, *person = NULL;
    size_t *from;
    ALLOC(out, time, in->n);
    ALLOC(out, status_of, in->n);
    ALLOC(out, from, in->n);
    if (in->start) ALLOC(out, start, in->n);
    if (in->group) ALLOC(out, group, in->n);
    if (in->person) ALLOC(out, person, in->n);
    spans_excluded left = {0};
    size_t n = 0;
    for (size_t i = 0; i < in->n; i++) {
        if (is_missing(in, i)) {
            left.missing++;
            continue;
        }
        CHECK(check_span(in, i));
        if (in->start && in->start[i] == in->time[i]) { /* before ties are looked for: nobody is there at such a time */
            left.empty++;
            continue;
        }
        time[n] = in->time[i];
        status_of[n] = in->status[i];
        if (start) start[n] = in->start[i];
        if (group) group[n] = in->group[i];
        if (person) person[n] = in->person[i];
        from[n++] = i;
    }
    spans s = {n, start, time, status_of, group, person, in->groups, in->causes, in->persons};
    CHECK(fix_ties(&s, time, start));
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (start && start[i] >= time[i]) {
            left.empty++;
            continue;
        }
        time[kept] = time[i], status_of[kept] = status_of[i], from[kept] = from[i];
        if (start) start[kept] = start[i];
        if (group) group[kept] = group[i];
        if (person) person[kept] = person[i];
        kept++;
    }
    s.n = kept;
    *result = s;
    *row = from;
    *excluded = left;
    return ST_OK;
}

typedef struct piece {
    int32_t person;
    double start, time;
    size_t at;
} piece;

static int
by_person(const void *a, const void *b)
{
    const piece *x = a, *y = b;
    if (x->person != y->person) return x->person < y->person ? -1 : 1;
    if (x->time != y->time) return x->time < y->time ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

status
follow_spans_join(arena *out, const spans *in, spans *result, size_t *gaps)
{
    SCRATCH(tmp);
    piece *p;
    ALLOC(tmp, p, in->n);
    for (size_t i = 0; i < in->n; i++)
        p[i] = (piece){in->person ? in->person[i] : (int32_t)i, in->start ? in->start[i] : 0, in->time[i], i};
    qsort(p, in->n, sizeof *p, by_person);
    double *time, *start;
    int32_t *status_of, *group, *person;
    ALLOC(out, time, in->n);
    ALLOC(out, start, in->n);
    ALLOC(out, status_of, in->n);
    ALLOC(out, group, in->n);
    ALLOC(out, person, in->n);
    size_t n = 0, broken = 0;
    for (size_t i = 0; i < in->n; i++) {
        int32_t g = in->group ? in->group[p[i].at] : 0;
        bool same = n && person[n - 1] == p[i].person;
        if (same && p[i].start < time[n - 1])
            FAIL(ST_INVALID, "row %zu: this span of a person overlaps another one of hers", p[i].at + 2);
        if (same && p[i].start == time[n - 1] && status_of[n - 1] == 0 && group[n - 1] == g) {
            n--; /* goes on */
        } else {
            broken += same;
            start[n] = p[i].start;
        }
        time[n] = p[i].time, status_of[n] = in->status[p[i].at], group[n] = g, person[n] = p[i].person;
        n++;
    }
    *gaps = broken;
    *result = (spans){n, in->start ? start : NULL, time, status_of, in->group ? group : NULL, person, in->groups, in->causes,
                      in->persons};
    return ST_OK;
}
