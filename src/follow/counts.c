#include "follow/counts.h"

#include <stdlib.h>

typedef struct ending {
    int32_t group, status;
    double time;
} ending;

static int
by_group_time(const void *a, const void *b)
{
    const ending *x = a, *y = b;
    if (x->group != y->group) return x->group < y->group ? -1 : 1;
    if (x->time != y->time) return x->time < y->time ? -1 : 1;
    return (x->status > y->status) - (x->status < y->status);
}

static status
sorted(arena *tmp, const spans *s, const double *time, ending **result)
{
    ending *e;
    ALLOC(tmp, e, s->n);
    for (size_t i = 0; i < s->n; i++) e[i] = (ending){s->group ? s->group[i] : 0, s->status[i], time[i]};
    qsort(e, s->n, sizeof *e, by_group_time);
    *result = e;
    return ST_OK;
}

/* Persons at risk: those who entered before, less those who left before. */
static void
fill_at_risk(const follow_counts *c, size_t n, const ending *entry, const size_t size[], int64_t *at_risk)
{
    size_t at = 0, width = (size_t)c->causes + 1;
    for (int32_t g = 0; g < c->groups; g++) {
        int64_t present = entry ? 0 : (int64_t)size[g];
        while (entry && at < n && entry[at].group < g) at++;
        for (size_t r = c->first[g]; r < c->first[g + 1]; r++) {
            for (; entry && at < n && entry[at].group == g && entry[at].time < c->time[r]; at++) present++;
            at_risk[r] = present;
            for (size_t k = 0; k < width; k++) present -= c->exits[r * width + k];
        }
    }
}

/* Whole days in a range small enough for a cell per (group, day, status): the last day; -1 when not. */
static int64_t
last_day(const spans *s)
{
    double last = 0;
    for (size_t i = 0; i < s->n; i++) {
        double t = s->time[i], b = s->start ? s->start[i] : 0;
        if (t != (double)(int32_t)t || b != (double)(int32_t)b || t < 0 || t > 1e6 || b < 0) return -1;
        if (t > last) last = t;
    }
    return (last + 1) * s->groups * (s->causes + 1) <= (double)s->n / 2 + 65536 ? (int64_t)last : -1;
}

static bool is_used(const int64_t *cell, size_t width);

/* Where each (group, day) with an exit becomes a row. */
static status
count_days(arena *out, const spans *s, size_t days, follow_counts *result)
{
    SCRATCH(tmp);
    size_t width = (size_t)s->causes + 1, cells = (size_t)s->groups * days, rows = 0;
    int64_t *cell, *entered, *at_risk, *exits;
    double *time;
    size_t *first;
    ALLOC(tmp, cell, cells * width);
    ALLOC(tmp, entered, cells);
    for (size_t i = 0; i < s->n; i++) {
        size_t g = s->group ? (size_t)s->group[i] : 0;
        cell[(g * days + (size_t)s->time[i]) * width + (size_t)s->status[i]]++;
        entered[g * days + (s->start ? (size_t)s->start[i] : 0)]++;
    }
    for (size_t c = 0; c < cells; c++) rows += is_used(cell + c * width, width);
    ALLOC(out, first, s->groups + 1);
    ALLOC(out, time, rows);
    ALLOC(out, at_risk, rows);
    ALLOC(out, exits, rows * width);
    rows = 0;
    for (size_t g = 0; g < (size_t)s->groups; g++) {
        int64_t present = 0;
        first[g] = rows;
        for (size_t day = 0; day < days; day++) {
            size_t c = g * days + day;
            if (!s->start) present += entered[c]; /* from before day 0 */
            if (is_used(cell + c * width, width)) {
                time[rows] = (double)day;
                at_risk[rows] = present;
                memcpy(exits + rows * width, cell + c * width, width * sizeof *exits);
                for (size_t k = 0; k < width; k++) present -= cell[c * width + k];
                rows++;
            }
            if (s->start) present += entered[c];
        }
    }
    first[s->groups] = rows;
    *result = (follow_counts){s->groups, s->causes, rows, first, time, at_risk, exits};
    return ST_OK;
}

status
follow_count(arena *out, const spans *s, follow_counts *result)
{
    int64_t last = last_day(s);
    if (last >= 0) return count_days(out, s, (size_t)last + 1, result);
    SCRATCH(tmp);
    ending *e, *entry = NULL;
    CHECK(sorted(tmp, s, s->time, &e));
    if (s->start) CHECK(sorted(tmp, s, s->start, &entry));
    size_t rows = 0, width = (size_t)s->causes + 1;
    for (size_t i = 0; i < s->n; i++) rows += i == 0 || e[i].group != e[i - 1].group || e[i].time != e[i - 1].time;
    size_t *first, *size;
    double *time;
    int64_t *at_risk, *exits;
    ALLOC(out, first, s->groups + 1);
    ALLOC(out, time, rows);
    ALLOC(out, at_risk, rows);
    ALLOC(out, exits, rows * width);
    ALLOC(tmp, size, s->groups + 1);
    size_t r = 0;
    for (size_t i = 0; i < s->n; i++) {
        if (i && (e[i].group != e[i - 1].group || e[i].time != e[i - 1].time)) r++;
        time[r] = e[i].time;
        exits[r * width + (size_t)e[i].status]++;
        first[e[i].group + 1] = r + 1;
        size[e[i].group]++;
    }
    for (int32_t g = 1; g <= s->groups; g++)
        if (first[g] < first[g - 1]) first[g] = first[g - 1];
    follow_counts c = {s->groups, s->causes, rows, first, time, at_risk, exits};
    fill_at_risk(&c, s->n, entry, size, at_risk);
    *result = c;
    return ST_OK;
}

/* One pass over the columns: a cell per (group, day, status). */
static status
tally(const follow_days *d, int64_t *cell)
{
    size_t days = (size_t)d->max_day + 1, width = (size_t)d->causes + 1;
    for (size_t i = 0; i < d->n; i++) {
        int32_t day = d->time[i], state = d->outcome[i], g = d->group ? d->group[i] : 0;
        if ((uint32_t)day > (uint32_t)d->max_day || (uint32_t)state > (uint32_t)d->causes || (uint32_t)g >= (uint32_t)d->groups)
            FAIL(ST_INVALID, "row %zu: expected a day from 0 to %d, a status from 0 to %d and a group from 0 to %d", i + 1, d->max_day,
                 d->causes, d->groups - 1);
        cell[((size_t)g * days + (size_t)day) * width + (size_t)state]++;
    }
    return ST_OK;
}

static bool
is_used(const int64_t *cell, size_t width)
{
    for (size_t k = 0; k < width; k++)
        if (cell[k]) return true;
    return false;
}

/* Keep the rows where something happens, at the front. */
static size_t
compact(const follow_days *d, int64_t *cell, double *time, size_t *first, size_t *size)
{
    size_t days = (size_t)d->max_day + 1, width = (size_t)d->causes + 1, rows = 0;
    for (int32_t g = 0; g < d->groups; g++) {
        first[g] = rows;
        for (size_t day = 0; day < days; day++) {
            const int64_t *from = cell + ((size_t)g * days + day) * width;
            if (!is_used(from, width)) continue;
            for (size_t k = 0; k < width; k++) {
                cell[rows * width + k] = from[k];
                size[g] += (size_t)from[k];
            }
            time[rows++] = (double)day;
        }
    }
    first[d->groups] = rows;
    return rows;
}

status
follow_count_days(arena *out, const follow_days *d, follow_counts *result)
{
    if (d->groups < 1 || d->causes < 1 || d->max_day < 0 || d->max_day > 1000000)
        FAIL(ST_INVALID, "expected at least one group, one status and days up to 1000000");
    SCRATCH(tmp);
    size_t cells = (size_t)d->groups * ((size_t)d->max_day + 1);
    int64_t *cell, *at_risk;
    double *time;
    size_t *first, *size;
    ALLOC(out, cell, cells * ((size_t)d->causes + 1));
    ALLOC(tmp, time, cells);
    ALLOC(tmp, size, d->groups);
    ALLOC(out, first, d->groups + 1);
    CHECK(tally(d, cell));
    size_t rows = compact(d, cell, time, first, size);
    double *kept;
    ALLOC(out, kept, rows);
    ALLOC(out, at_risk, rows);
    if (rows) memcpy(kept, time, rows * sizeof *kept);
    follow_counts c = {d->groups, d->causes, rows, first, kept, at_risk, cell};
    fill_at_risk(&c, 0, NULL, size, at_risk);
    *result = c;
    return ST_OK;
}
