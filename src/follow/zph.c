/* What follows a Cox fit: robust errors and the test of proportional hazards. */
#include "follow/cox_work.h"
#include "follow/counts.h"
#include "follow/curves.h"
#include "follow/matrix.h"

#include <math.h>
#include <string.h>

/* Sums up to and at each event time of a stratum. */
typedef struct hazard_sums {
    int p;
    const cox_work *w;
    double *a, *b;    /* [times], [times * p]: sum of hazard, of hazard times mean x */
    double *c, *d;    /* the share of these that the events of the time did not live through (Efron) */
    double *mean;     /* [times * p] mean x over the Efron terms */
} hazard_sums;

static void
keep_time(void *context, size_t j, const cox_time *t)
{
    hazard_sums *h = context;
    double ties = (double)h->w->ties[j];
    h->a[j] = t->s1;
    h->c[j] = t->c1;
    for (int k = 0; k < h->p; k++) {
        size_t at = j * (size_t)h->p + (size_t)k;
        h->b[at] = t->alpha[k] * t->s1 + t->beta[k] * t->s2;
        h->d[at] = t->alpha[k] * t->c1 + t->beta[k] * t->c2;
        h->mean[at] = t->alpha[k] + t->beta[k] * t->s1 / ties;
    }
}

static void
accumulate(const hazard_sums *h)
{
    size_t p = (size_t)h->p;
    for (int32_t s = 0; s < h->w->strata; s++)
        for (size_t j = h->w->risk.first[s] + 1; j < h->w->risk.first[s + 1]; j++) {
            h->a[j] += h->a[j - 1];
            for (size_t k = 0; k < p; k++) h->b[j * p + k] += h->b[(j - 1) * p + k];
        }
}

/* Score residual of a span, added to its cluster. */
static void
add_residual(const hazard_sums *h, const double *coef, size_t i, double *to)
{
    const cox_work *w = h->w;
    size_t p = (size_t)h->p, last = w->risk.exit[i], entry = w->risk.entry ? w->risk.entry[i] : 0;
    if (!last) return;
    double x[COX_MOST], weight = cox_weight(w, coef, i, x);
    bool event = w->in->event[i];
    double lived = h->a[last - 1] - (entry ? h->a[entry - 1] : 0) - (event ? h->c[last - 1] : 0);
    for (size_t k = 0; k < p; k++) {
        size_t at = (last - 1) * p + k;
        double mean = h->b[at] - (entry ? h->b[(entry - 1) * p + k] : 0) - (event ? h->d[at] : 0);
        to[k] += (event ? x[k] - h->mean[at] : 0) - weight * (x[k] * lived - mean);
    }
}

static status
hazard_sums_new(arena *tmp, const cox_work *w, hazard_sums *h)
{
    size_t times = w->risk.times, p = (size_t)w->in->p;
    *h = (hazard_sums){.p = w->in->p, .w = w};
    ALLOC(tmp, h->a, times);
    ALLOC(tmp, h->c, times);
    ALLOC(tmp, h->b, times * p);
    ALLOC(tmp, h->d, times * p);
    ALLOC(tmp, h->mean, times * p);
    return ST_OK;
}

status
cox_robust(const cox_work *w, const double *coef, const double *variance, double *robust)
{
    SCRATCH(tmp);
    int p = w->in->p;
    hazard_sums h;
    CHECK(hazard_sums_new(tmp, w, &h));
    cox_point at = {.visit = keep_time, .context = &h};
    double *score, shift[COX_MOST];
    ALLOC(tmp, at.base.gradient, p);
    ALLOC(tmp, at.base.information, p * p);
    ALLOC(tmp, score, (size_t)w->in->clusters * (size_t)p);
    cox_evaluate(w, coef, &at, NULL);
    accumulate(&h);
    for (size_t i = 0; i < w->in->n; i++) add_residual(&h, coef, i, score + (size_t)w->in->cluster[i] * (size_t)p);
    memset(robust, 0, (size_t)p * (size_t)p * sizeof *robust);
    for (int32_t c = 0; c < w->in->clusters; c++) {
        const double *u = score + (size_t)c * (size_t)p;
        for (int a = 0; a < p; a++) {
            shift[a] = 0;
            for (int b = 0; b < p; b++) shift[a] += variance[a * p + b] * u[b];
        }
        for (int a = 0; a < p; a++)
            for (int b = 0; b < p; b++) robust[a * p + b] += shift[a] * shift[b];
    }
    return ST_OK;
}

/* 1 - Kaplan-Meier of everybody just before each event time, less its mean over the events. */
static status
transform_times(arena *tmp, const cox_work *w, double *g)
{
    int32_t *outcome;
    const cox_input *in = w->in;
    ALLOC(tmp, outcome, in->n);
    for (size_t i = 0; i < in->n; i++) outcome[i] = in->event[i];
    spans s = {.n = in->n, .start = in->start, .time = in->time, .status = outcome, .groups = 1, .causes = 1};
    follow_counts c;
    follow_curve k;
    CHECK(follow_count(tmp, &s, &c));
    CHECK(follow_km(tmp, &c, NULL, &k));
    double sum = 0, events = 0;
    for (size_t j = 0; j < w->risk.times; j++) {
        size_t low = 0, high = c.rows;
        while (low < high) {
            size_t middle = low + (high - low) / 2;
            if (c.time[middle] < w->risk.time[j])
                low = middle + 1;
            else
                high = middle;
        }
        g[j] = low ? 1 - k.survival[low - 1] : 0;
        sum += g[j] * (double)w->ties[j];
        events += (double)w->ties[j];
    }
    for (size_t j = 0; j < w->risk.times; j++) g[j] -= sum / events;
    return ST_OK;
}

/* Score test of the terms g(time) * x for those of `tested`, given all of x. */
static status
test_terms(int p, const cox_point *at, const bool *kept, const bool *tested, double *chisq, int *df)
{
    SCRATCH(tmp);
    int *from, n = 0, k = 0;
    double *m, *u;
    ALLOC(tmp, from, 2 * p);
    for (int a = 0; a < p; a++)
        if (kept[a]) from[n++] = a;
    for (int a = 0; a < p; a++)
        if (kept[a] && tested[a]) from[n++] = a + p, k++;
    ALLOC(tmp, m, n * n);
    ALLOC(tmp, u, n);
    for (int a = 0; a < n; a++) {
        u[a] = from[a] < p ? 0 : at->gradient_g[from[a] - p];
        for (int b = 0; b < n; b++) {
            int above = (from[a] >= p) + (from[b] >= p), cell = from[a] % p * p + from[b] % p;
            m[a * n + b] = above == 0 ? at->base.information[cell] : above == 1 ? at->information_g[cell] : at->information_gg[cell];
        }
    }
    int rank;
    double value;
    CHECK(matrix_quadratic(tmp, n, m, u, &value, &rank));
    *chisq = rank == n && k ? value : NAN;
    *df = k;
    return ST_OK;
}

status
cox_zph(const cox_work *w, const double *coef, const bool *kept, int terms, double *chisq, int *df)
{
    SCRATCH(tmp);
    int p = w->in->p;
    cox_point at = {0};
    double *g;
    bool *tested;
    ALLOC(tmp, g, w->risk.times);
    ALLOC(tmp, at.base.gradient, p);
    ALLOC(tmp, at.base.information, p * p);
    ALLOC(tmp, at.gradient_g, p);
    ALLOC(tmp, at.information_g, p * p);
    ALLOC(tmp, at.information_gg, p * p);
    ALLOC(tmp, tested, p);
    CHECK(transform_times(tmp, w, g));
    at.g = g;
    cox_evaluate(w, coef, &at, NULL);
    for (int a = 0; a <= terms; a++) {
        for (int b = 0; b < p; b++) tested[b] = a == terms || a == (w->in->term ? w->in->term[b] : b);
        CHECK(test_terms(p, &at, kept, tested, &chisq[a], &df[a]));
    }
    return ST_OK;
}
