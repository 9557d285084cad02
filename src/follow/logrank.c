#include "follow/logrank.h"
#include "follow/matrix.h"
#include "follow/risk.h"

#include <math.h>
#define MATHLIB_STANDALONE
#include <Rmath.h>

/* Changes of the number at risk, and events, per (time, group). */
static status
tabulate(arena *tmp, const spans *s, const risk_index *r, int64_t **change, int64_t **events)
{
    size_t k = (size_t)s->groups;
    int64_t *at, *ev;
    ALLOC(tmp, at, (r->times + 1) * k);
    ALLOC(tmp, ev, (r->times + 1) * k);
    for (size_t i = 0; i < s->n; i++) {
        size_t g = s->group ? (size_t)s->group[i] : 0, last = r->exit[i];
        if (s->status[i] > 0) ev[(last - 1) * k + g]++;
        if (last > 0) at[(last - 1) * k + g]++; /* at risk up to here ... */
        if (r->entry && r->entry[i] > 0) at[(r->entry[i] - 1) * k + g]--; /* ... and not up to here */
    }
    *change = at;
    *events = ev;
    return ST_OK;
}

static void
add_time(int32_t groups, const int64_t *at_risk, const int64_t *events, double *expected, double *variance)
{
    double n = 0, d = 0;
    for (int32_t g = 0; g < groups; g++) n += (double)at_risk[g], d += (double)events[g];
    for (int32_t g = 0; g < groups; g++) expected[g] += d * (double)at_risk[g] / n;
    if (n <= 1) return;
    double factor = d * (n - d) / (n - 1);
    for (int32_t g = 0; g < groups; g++) {
        double share = (double)at_risk[g] / n;
        for (int32_t h = 0; h < groups; h++) {
            double other = (double)at_risk[h] / n;
            variance[g * groups + h] += factor * share * ((g == h) - other);
        }
    }
}

/* (O - E)' V^-1 (O - E) over the groups with expected events, one left out. */
static status
statistic(const double *observed, const double *expected, const double *variance, int32_t groups, follow_logrank_result *result)
{
    SCRATCH(tmp);
    int *used;
    double *v, *u;
    ALLOC(tmp, used, groups);
    ALLOC(tmp, v, groups * groups);
    ALLOC(tmp, u, groups);
    int k = 0;
    for (int32_t g = 0; g < groups; g++)
        if (expected[g] > 0) used[k++] = g;
    result->df = k > 0 ? k - 1 : 0;
    result->chisq = k < 2 ? 0 : NAN; /* nobody to compare with: as expected, on no degrees of freedom */
    result->p = k < 2 ? 1 : NAN;
    if (k < 2) return ST_OK;
    for (int a = 1; a < k; a++) {
        u[a - 1] = observed[used[a]] - expected[used[a]];
        for (int b = 1; b < k; b++) v[(a - 1) * (k - 1) + b - 1] = variance[used[a] * groups + used[b]];
    }
    int rank;
    double chisq;
    CHECK(matrix_quadratic(tmp, k - 1, v, u, &chisq, &rank));
    if (rank == 0) return ST_OK;
    result->chisq = chisq;
    result->p = pchisq(chisq, result->df, 0, 0);
    return ST_OK;
}

status
follow_logrank(arena *out, const spans *s, const int32_t *stratum, int32_t strata, follow_logrank_result *result)
{
    SCRATCH(tmp);
    size_t k = (size_t)s->groups;
    int8_t *event;
    ALLOC(tmp, event, s->n);
    for (size_t i = 0; i < s->n; i++) event[i] = s->status[i] > 0;
    risk_index r;
    CHECK(follow_risk(tmp, &(risk_input){s->n, s->start, s->time, event, stratum, stratum ? strata : 1}, &r));
    int64_t *change, *events, *n, *now;
    double *observed, *expected, *variance;
    CHECK(tabulate(tmp, s, &r, &change, &events));
    ALLOC(tmp, now, k);
    ALLOC(out, n, k);
    ALLOC(out, observed, k);
    ALLOC(out, expected, k);
    ALLOC(out, variance, k * k);
    for (size_t i = 0; i < s->n; i++) {
        size_t g = s->group ? (size_t)s->group[i] : 0;
        n[g]++;
        observed[g] += s->status[i] > 0;
    }
    for (int32_t st = 0; st < r.strata; st++) {
        memset(now, 0, k * sizeof *now);
        for (size_t j = r.first[st + 1]; j-- > r.first[st];) {
            for (size_t g = 0; g < k; g++) now[g] += change[j * k + g];
            add_time(s->groups, now, events + j * k, expected, variance);
        }
    }
    follow_logrank_result found = {s->groups, n, observed, expected, variance, NAN, NAN, 0};
    CHECK(statistic(observed, expected, variance, s->groups, &found));
    *result = found;
    return ST_OK;
}
