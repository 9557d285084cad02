#include "follow/cox.h"
#include "follow/cox_work.h"
#include "follow/newton.h"

#include <math.h>

static void
evaluate(const void *model, const double *coef, newton_point *at)
{
    cox_point point = {.base = *at};
    cox_evaluate(model, coef, &point);
    at->loglik = point.base.loglik;
}

enum { SAMPLE = 65536, SAMPLE_FROM = 4 * SAMPLE, SAMPLE_EVERY = 16 };

/* Every so many-th row, for the steps of a fit of many rows; none where strata are small, as a sample of them tells nothing,
 * or times are few, as an evaluation is cheap then. */
static status
sample_new(arena *tmp, const cox_work *w, cox_work *sample, newton_sample *s)
{
    cox_input *in;
    size_t n = w->in->n, every = n / SAMPLE < SAMPLE_EVERY ? n / SAMPLE : SAMPLE_EVERY, rows;
    *s = (newton_sample){NULL, 0, 0};
    if (!w->ordered || n < SAMPLE_FROM || n / (size_t)w->strata < SAMPLE_FROM) return ST_OK;
    rows = n / every;
    double **x, *start = NULL, *time;
    int8_t *event;
    int32_t *stratum = NULL;
    ALLOC(tmp, in, 1);
    ALLOC(tmp, x, w->in->p);
    for (int a = 0; a < w->in->p; a++) ALLOC(tmp, x[a], rows);
    ALLOC(tmp, time, rows);
    ALLOC(tmp, event, rows);
    if (w->in->start) ALLOC(tmp, start, rows);
    if (w->in->stratum) ALLOC(tmp, stratum, rows);
    for (size_t i = 0; i < rows; i++) {
        for (int a = 0; a < w->in->p; a++) x[a][i] = w->in->x[a][i * every];
        time[i] = w->in->time[i * every], event[i] = w->in->event[i * every];
        if (start) start[i] = w->in->start[i * every];
        if (stratum) stratum[i] = w->in->stratum[i * every];
    }
    *in = (cox_input){.n = rows, .p = w->in->p, .x = (const double *const *)x, .start = start, .time = time, .event = event,
                      .stratum = stratum, .strata = w->in->strata, .breslow = w->in->breslow};
    CHECK(cox_work_new(tmp, in, sample));
    if (sample->events) *s = (newton_sample){sample, (double)w->events / (double)sample->events, 2e-16 * (double)w->events};
    return ST_OK;
}

static status
fit(arena *out, arena *tmp, cox_work *w, cox_result *r, double *coef)
{
    int p = w->in->p;
    newton_result fitted;
    double *robust = NULL, *zph;
    int *zph_df;
    cox_work sampled;
    newton_sample sample;
    CHECK(sample_new(tmp, w, &sampled, &sample));
    CHECK(newton_fit(out, p, evaluate, w, sample.model ? &sample : NULL, &fitted));
    r->converged = fitted.converged, r->iterations = fitted.iterations, r->df = fitted.df, r->score = fitted.score;
    r->loglik[0] = fitted.loglik[0], r->loglik[1] = fitted.loglik[1];
    r->lrt = 2 * (r->loglik[1] - r->loglik[0]);
    r->variance = fitted.variance;
    if (w->in->cluster || w->in->zph) CHECK(cox_work_index(tmp, w));
    if (w->in->cluster) {
        ALLOC(out, robust, p * p);
        CHECK(cox_robust(w, fitted.coef, fitted.variance, robust));
    }
    r->robust = robust;
    CHECK(newton_wald(p, robust ? robust : fitted.variance, fitted.coef, fitted.kept, &r->wald));
    for (int a = 0; a < p; a++) coef[a] = fitted.converged && fitted.kept[a] ? fitted.coef[a] : NAN;
    if (!w->in->zph || !fitted.converged) return ST_OK;
    for (int a = 0; a < p; a++) r->terms = w->in->term ? w->in->term[a] + 1 : p;
    ALLOC(out, zph, r->terms + 1);
    ALLOC(out, zph_df, r->terms + 1);
    CHECK(cox_zph(w, fitted.coef, fitted.kept, r->terms, zph, zph_df));
    r->zph = zph, r->zph_df = zph_df;
    return ST_OK;
}

status
follow_cox(arena *out, const cox_input *in, cox_result *result)
{
    if (in->p < 1 || in->p > COX_MOST) FAIL(ST_INVALID, "expected 1 to %d covariates", COX_MOST);
    if (in->n > INT32_MAX) FAIL(ST_INVALID, "expected at most %d rows", INT32_MAX);
    SCRATCH(tmp);
    cox_work w;
    CHECK(cox_work_new(tmp, in, &w));
    cox_result r = {.p = in->p, .loglik = {0, 0}, .score = NAN, .lrt = NAN, .wald = NAN};
    double *coef, *nothing;
    ALLOC(out, coef, in->p);
    ALLOC(out, nothing, in->p * in->p);
    for (int a = 0; a < in->p; a++) coef[a] = NAN;
    r.coef = coef, r.variance = nothing;
    r.events = w.events;
    if (r.events) CHECK(fit(out, tmp, &w, &r, coef));
    *result = r;
    return ST_OK;
}
