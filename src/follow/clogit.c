#include "follow/clogit.h"
#include "follow/cox_sums.h"
#include "follow/newton.h"

#include <math.h>
#include <string.h>

enum { CLOGIT_MOST = 64 };

typedef struct clogit_work {
    const clogit_input *in;
    size_t *begin;   /* [sets + 1] */
    size_t *member;  /* [n] by set */
    int32_t *cases;  /* [sets] */
    double *sums;    /* [(most cases + 1) * width] sums over subsets of k members: 1, x, x x' of the subset's sum */
    double *eta;     /* [largest set] */
} clogit_work;

static status
work_new(arena *tmp, const clogit_input *in, clogit_work *w)
{
    size_t sets = (size_t)in->sets, *next, largest = 0;
    int32_t most = 0;
    *w = (clogit_work){.in = in};
    ALLOC(tmp, w->begin, sets + 2);
    ALLOC(tmp, w->member, in->n);
    ALLOC(tmp, w->cases, sets);
    ALLOC(tmp, next, sets + 1);
    for (size_t i = 0; i < in->n; i++) {
        w->begin[in->set[i] + 1]++;
        w->cases[in->set[i]] += in->is_case[i];
    }
    for (size_t s = 0; s < sets; s++) {
        if (w->begin[s + 1] > largest) largest = w->begin[s + 1];
        if (w->cases[s] > most) most = w->cases[s];
        w->begin[s + 1] += w->begin[s];
        next[s] = w->begin[s];
    }
    for (size_t i = 0; i < in->n; i++) w->member[next[in->set[i]]++] = i;
    ALLOC(tmp, w->sums, ((size_t)most + 1) * sums_width(in->p));
    ALLOC(tmp, w->eta, largest);
    return ST_OK;
}

/* Subsets with this member: B(k) += r * (B(k - 1), with x added to the subset's sum). */
static void
add_member(int p, double r, const double *x, const double *less, double *to)
{
    const double *less2 = less + 1 + p;
    double *to2 = to + 1 + p;
    to[0] += r * less[0];
    for (int a = 0; a < p; a++) {
        to[1 + a] += r * (less[1 + a] + x[a] * less[0]);
        for (int b = 0; b <= a; b++, less2++, to2++)
            *to2 += r * (*less2 + x[a] * less[1 + b] + x[b] * less[1 + a] + x[a] * x[b] * less[0]);
    }
}

/* A covariate less that of the first of the set, so that one which is the same for a whole set is 0 in it, and not nearly so. */
static double
centred(const clogit_work *w, size_t set, size_t i, int a)
{
    return w->in->x[a][i] - w->in->x[a][w->member[w->begin[set]]];
}

static double
predictors(const clogit_work *w, const double *coef, size_t set)
{
    double highest = -INFINITY;
    for (size_t m = w->begin[set]; m < w->begin[set + 1]; m++) {
        double eta = 0;
        for (int a = 0; a < w->in->p; a++) eta += coef[a] * centred(w, set, w->member[m], a);
        w->eta[m - w->begin[set]] = eta;
        if (eta > highest) highest = eta;
    }
    return highest;
}

static void
add_set(const clogit_work *w, const double *coef, size_t set, newton_point *at)
{
    int p = w->in->p;
    size_t width = sums_width(p), n = w->begin[set + 1] - w->begin[set], d = (size_t)w->cases[set];
    double x[CLOGIT_MOST], highest = predictors(w, coef, set);
    memset(w->sums, 0, (d + 1) * width * sizeof(double));
    w->sums[0] = 1;
    for (size_t m = 0; m < n; m++) {
        size_t i = w->member[w->begin[set] + m];
        for (int a = 0; a < p; a++) x[a] = centred(w, set, i, a);
        double r = exp(w->eta[m] - highest);
        for (size_t k = m + 1 < d ? m + 1 : d; k > 0; k--) add_member(p, r, x, w->sums + (k - 1) * width, w->sums + k * width);
        if (!w->in->is_case[i]) continue;
        at->loglik += w->eta[m] - highest;
        for (int a = 0; a < p; a++) at->gradient[a] += x[a];
    }
    const double *b = w->sums + d * width, *second = b + 1 + p;
    at->loglik -= log(b[0]);
    for (int a = 0; a < p; a++) {
        double mean = b[1 + a] / b[0];
        at->gradient[a] -= mean;
        for (int c = 0; c <= a; c++) at->information[a * p + c] += *second++ / b[0] - mean * (b[1 + c] / b[0]);
    }
}

static void
evaluate(const void *model, const double *coef, newton_point *at)
{
    const clogit_work *w = model;
    int p = w->in->p;
    at->loglik = 0;
    memset(at->gradient, 0, (size_t)p * sizeof(double));
    memset(at->information, 0, (size_t)p * (size_t)p * sizeof(double));
    for (size_t s = 0; s < (size_t)w->in->sets; s++) {
        size_t n = w->begin[s + 1] - w->begin[s];
        if (w->cases[s] > 0 && (size_t)w->cases[s] < n) add_set(w, coef, s, at);
    }
    for (int a = 0; a < p; a++)
        for (int b = 0; b < a; b++) at->information[b * p + a] = at->information[a * p + b];
}

status
follow_clogit(arena *out, const clogit_input *in, clogit_result *result)
{
    if (in->p < 1 || in->p > CLOGIT_MOST) FAIL(ST_INVALID, "expected 1 to %d covariates", CLOGIT_MOST);
    SCRATCH(tmp);
    clogit_work w;
    CHECK(work_new(tmp, in, &w));
    clogit_result r = {.p = in->p, .score = NAN, .lrt = NAN, .wald = NAN};
    double *coef, *nothing;
    ALLOC(out, coef, in->p);
    ALLOC(out, nothing, in->p * in->p);
    r.coef = coef, r.variance = nothing;
    for (int a = 0; a < in->p; a++) coef[a] = NAN;
    for (size_t s = 0; s < (size_t)in->sets; s++) {
        r.cases += w.cases[s];
        r.informative += w.cases[s] > 0 && (size_t)w.cases[s] < w.begin[s + 1] - w.begin[s];
    }
    if (r.informative) {
        newton_result fitted;
        CHECK(newton_fit(out, in->p, evaluate, &w, NULL, &fitted));
        CHECK(newton_wald(in->p, fitted.variance, fitted.coef, fitted.kept, &r.wald));
        r.df = fitted.df, r.converged = fitted.converged, r.iterations = fitted.iterations, r.score = fitted.score;
        r.loglik[0] = fitted.loglik[0], r.loglik[1] = fitted.loglik[1];
        r.lrt = 2 * (r.loglik[1] - r.loglik[0]);
        r.variance = fitted.variance;
        for (int a = 0; a < in->p; a++) coef[a] = fitted.converged && fitted.kept[a] ? fitted.coef[a] : NAN;
    }
    *result = r;
    return ST_OK;
}
