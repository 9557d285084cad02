#include "follow/mcf.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

typedef struct pair {
    double s, m; /* influence on the survival and on the mean */
} pair;

typedef struct span_key {
    int32_t major;
    double first, second;
    int64_t third; /* person and status: sums do not depend on the order of rows */
    size_t at;
} span_key;

/* Events of a person precede the censoring or the end of the same time. */
static int64_t
third_of(const spans *s, size_t i)
{
    return (s->person ? (int64_t)s->person[i] * 4 : 0) + (s->status[i] + 2) % 3;
}

static int
by_key(const void *a, const void *b)
{
    const span_key *x = a, *y = b;
    if (x->major != y->major) return x->major < y->major ? -1 : 1;
    if (x->first != y->first) return x->first < y->first ? -1 : 1;
    if (x->second != y->second) return x->second < y->second ? -1 : 1;
    if (x->third != y->third) return x->third < y->third ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

/* A person's spans follow on one another, and do not overlap. */
static status
chain(arena *a, const spans *in, spans *result)
{
    SCRATCH(tmp);
    span_key *k;
    double *start;
    ALLOC(tmp, k, in->n);
    ALLOC(a, start, in->n);
    for (size_t i = 0; i < in->n; i++)
        k[i] = (span_key){in->person ? in->person[i] : (int32_t)i, in->time[i], in->start ? in->start[i] : 0, third_of(in, i), i};
    qsort(k, in->n, sizeof *k, by_key);
    for (size_t i = 0; i < in->n; i++) {
        bool same = i && k[i].major == k[i - 1].major;
        size_t at = k[i].at;
        start[at] = in->start ? in->start[at] : same ? in->time[k[i - 1].at] : -1; /* at risk on day 0 */
        if (same && start[at] < in->time[k[i - 1].at])
            FAIL(ST_INVALID, "row %zu: this span of a person overlaps another one of hers", at + 2);
        if (same && in->group && in->group[at] != in->group[k[i - 1].at])
            FAIL(ST_INVALID, "row %zu: a person in two groups; expected one group a person", at + 2);
    }
    *result = *in;
    result->start = start;
    return ST_OK;
}

/* What a group's curve has come to. */
typedef struct moving {
    double survival, mean;
    pair shared;        /* influence of somebody at risk from the start */
    pair v;             /* sum of influences over those at risk */
    double ss, sm, mm;  /* sums of squares and products over all persons */
    double most;        /* the largest mm has been */
} moving;

typedef struct member {
    pair less;             /* at entry: own influence less the shared one; at exit: own influence */
    double survival, mean; /* of the curve then */
} member;

static pair
carry(pair u, const member *then, const moving *now)
{
    if (then->survival <= 0) return (pair){0, u.m};
    return (pair){u.s * now->survival / then->survival, u.m + u.s * (now->mean - then->mean) / then->survival};
}

static void
step(moving *now, double n, double events, double deaths)
{
    double rate = events / n, hazard = deaths / n, stay = 1 - hazard, s = now->survival;
    pair gain = {s * hazard / n, -s * rate / n};
    now->mm += 2 * rate * now->sm + rate * rate * now->ss;
    now->sm = (now->sm + rate * now->ss) * stay;
    now->ss *= stay * stay;
    now->v = (pair){now->v.s * stay, now->v.m + now->v.s * rate};
    now->shared = (pair){now->shared.s * stay + gain.s, now->shared.m + now->shared.s * rate + gain.m};
    now->ss += 2 * now->v.s * gain.s + n * gain.s * gain.s;
    now->sm += now->v.s * gain.m + now->v.m * gain.s + n * gain.s * gain.m;
    now->mm += 2 * now->v.m * gain.m + n * gain.m * gain.m;
    now->v.s += n * gain.s, now->v.m += n * gain.m;
    now->mean += s * rate;
    now->survival = deaths == n ? 0 : s * stay;
}

static void
jump(moving *now, pair *u, double s, double m)
{
    pair before = *u;
    u->s += s, u->m += m;
    now->ss += u->s * u->s - before.s * before.s;
    now->sm += u->s * u->m - before.s * before.m;
    now->mm += u->m * u->m - before.m * before.m;
}

typedef struct work {
    const spans *s;
    const span_key *exit, *entry; /* by group, time (start) */
    member *person;               /* influence when last seen */
    member *span;                 /* at entry */
    bool terminal;
} work;

static void
enter(const work *w, moving *now, size_t i)
{
    if (w->s->start[i] == w->s->time[i]) return;
    const member *p = &w->person[w->s->person ? (size_t)w->s->person[i] : i];
    pair own = carry(p->less, p, now);
    now->v.s += own.s, now->v.m += own.m;
    w->span[i] = (member){{own.s - now->shared.s, own.m - now->shared.m}, now->survival, now->mean};
}

static void
leave(const work *w, moving *now, size_t i, double s_before, double n)
{
    member *p = &w->person[w->s->person ? (size_t)w->s->person[i] : i];
    bool empty = w->s->start[i] == w->s->time[i];
    pair own = empty ? carry(p->less, p, now) : carry(w->span[i].less, &w->span[i], now);
    if (!empty) {
        own.s += now->shared.s, own.m += now->shared.m;
        now->v.s -= own.s, now->v.m -= own.m;
    }
    if (w->s->status[i] == 1 && n > 0) jump(now, &own, 0, s_before / n);
    if (w->s->status[i] == 2 && w->terminal && n > 0) jump(now, &own, now->survival > 0 ? -s_before / n : -own.s, 0);
    *p = (member){own, now->survival, now->mean};
}

static status
keys(arena *tmp, const spans *s, bool at_start, span_key **result)
{
    span_key *k;
    ALLOC(tmp, k, s->n);
    for (size_t i = 0; i < s->n; i++)
        k[i] = (span_key){s->group ? s->group[i] : 0, at_start ? s->start[i] : s->time[i], at_start ? s->time[i] : s->start[i], third_of(s, i), i};
    qsort(k, s->n, sizeof *k, by_key);
    *result = k;
    return ST_OK;
}

typedef struct mean_arrays {
    double *mean, *error, *survival;
} mean_arrays;

/* Squares that cancel (everybody had as many events) leave rounding, which a root would blow up. */
static double
error_of(moving *now)
{
    now->most = fmax(now->most, now->mm);
    return now->mm > 32 * DBL_EPSILON * now->most ? sqrt(now->mm) : 0;
}

static void
fill(const follow_counts *c, const work *w, const mean_arrays *to)
{
    size_t in = 0, gone = 0, width = (size_t)c->causes + 1, n = w->s->n;
    for (int32_t g = 0; g < c->groups; g++) {
        moving now = {.survival = 1};
        while (in < n && w->entry[in].major < g) in++;
        for (size_t r = c->first[g]; r < c->first[g + 1]; r++) {
            for (; in < n && w->entry[in].major == g && w->entry[in].first < c->time[r]; in++) enter(w, &now, w->entry[in].at);
            double present = (double)c->at_risk[r], before = now.survival;
            double deaths = w->terminal && c->causes > 1 ? (double)c->exits[r * width + 2] : 0;
            if (present > 0) step(&now, present, (double)c->exits[r * width + 1], deaths);
            now.most = fmax(now.most, now.mm);
            for (; gone < n && w->exit[gone].major == g && w->exit[gone].first == c->time[r]; gone++)
                leave(w, &now, w->exit[gone].at, before, present);
            if (now.survival <= 0) now.ss = now.sm = now.v.s = now.shared.s = 0; /* zero for good, whoever comes later */
            to->mean[r] = now.mean;
            to->error[r] = error_of(&now);
            to->survival[r] = now.survival;
        }
    }
}

status
follow_mcf(arena *out, const spans *in, bool terminal, follow_mean *result)
{
    SCRATCH(tmp);
    spans s;
    CHECK(chain(tmp, in, &s));
    follow_counts c;
    CHECK(follow_count(out, &s, &c));
    work w = {.s = &s, .terminal = terminal};
    span_key *exit, *entry;
    CHECK(keys(tmp, &s, false, &exit));
    CHECK(keys(tmp, &s, true, &entry));
    w.exit = exit, w.entry = entry;
    size_t persons = s.person ? (size_t)s.persons : s.n;
    ALLOC(tmp, w.person, persons);
    ALLOC(tmp, w.span, s.n);
    for (size_t i = 0; i < persons; i++) w.person[i].survival = 1;
    mean_arrays to;
    ALLOC(out, to.mean, c.rows);
    ALLOC(out, to.error, c.rows);
    ALLOC(out, to.survival, c.rows);
    fill(&c, &w, &to);
    *result = (follow_mean){c, to.mean, to.error, to.survival};
    return ST_OK;
}
