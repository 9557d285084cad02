#include "follow/cox.h"
#include "follow/cox_work.h"
#include "follow/newton.h"

#include <math.h>
#include <string.h>

/* A column that tells nobody at risk from another has no information, not even that of rounding. */
static void
drop_flat(const cox_work *w, newton_point *at)
{
    int p = w->in->p;
    for (int a = 0; a < p; a++) {
        if (at->information[a * p + a] > w->flat[a]) continue;
        at->gradient[a] = 0;
        for (int b = 0; b < p; b++) at->information[a * p + b] = at->information[b * p + a] = 0;
    }
}

static void
evaluate(const void *model, const double *coef, newton_point *at)
{
    cox_point point = {.base = *at};
    cox_evaluate(model, coef, &point, NULL);
    at->loglik = point.base.loglik;
    drop_flat(model, at);
}

static void
evaluate_both(const void *model, const double *coef, newton_point *zero, newton_point *at)
{
    static const double nothing[COX_MOST];
    const cox_work *w = model;
    cox_point point = {.base = *at};
    if (!w->ordered) evaluate(model, nothing, zero);
    cox_evaluate(model, coef, &point, w->ordered ? zero : NULL);
    at->loglik = point.base.loglik;
    drop_flat(w, zero);
    drop_flat(w, at);
}

/* A sample is runs of rows, whole lines of the columns. With fewer events it says too little. */
enum { SAMPLE = 3 << 14, SAMPLE_FROM = 1 << 18, SAMPLE_RUN = 16, SAMPLE_EVENTS = 256 };

/* One run of every `every`. */
static status
sample_rows(arena *a, const cox_input *from, size_t every, cox_input *in)
{
    size_t rows = from->n / SAMPLE_RUN / every * SAMPLE_RUN;
    double **x, *start = NULL, *time;
    int8_t *event;
    int32_t *stratum = NULL;
    ALLOC(a, x, from->p);
    for (int k = 0; k < from->p; k++) ALLOC(a, x[k], rows);
    ALLOC(a, time, rows);
    ALLOC(a, event, rows);
    if (from->start) ALLOC(a, start, rows);
    if (from->stratum) ALLOC(a, stratum, rows);
    for (size_t to = 0; to < rows; to += SAMPLE_RUN) {
        size_t at = to * every;
        for (int k = 0; k < from->p; k++) memcpy(x[k] + to, from->x[k] + at, SAMPLE_RUN * sizeof **x);
        memcpy(time + to, from->time + at, SAMPLE_RUN * sizeof *time);
        memcpy(event + to, from->event + at, SAMPLE_RUN * sizeof *event);
        if (start) memcpy(start + to, from->start + at, SAMPLE_RUN * sizeof *start);
        if (stratum) memcpy(stratum + to, from->stratum + at, SAMPLE_RUN * sizeof *stratum);
    }
    *in = (cox_input){.n = rows, .p = from->p, .x = (const double *const *)x, .start = start, .time = time, .event = event,
                      .stratum = stratum, .strata = from->strata, .breslow = from->breslow};
    return ST_OK;
}

/* For the fit of many rows; none where strata are small, as a sample of them tells nothing, or times few, as an evaluation is cheap then. */
static status
sample_new(arena *tmp, const cox_work *w, newton_sample *s)
{
    cox_input *in;
    cox_work *work;
    *s = (newton_sample){NULL};
    if (!w->ordered || w->in->n / (size_t)w->strata < SAMPLE_FROM) return ST_OK;
    ALLOC(tmp, in, 1);
    ALLOC(tmp, work, 1);
    CHECK(sample_rows(tmp, w->in, w->in->n / SAMPLE, in));
    CHECK(cox_work_new(tmp, in, work));
    if (work->events < SAMPLE_EVENTS) return ST_OK;
    *s = (newton_sample){work, (double)work->events, (double)w->events, evaluate_both, w->ordered && in->p <= COX_THIRD};
    return ST_OK;
}

static status
fit(arena *out, arena *tmp, cox_work *w, cox_result *r, double *coef)
{
    int p = w->in->p;
    newton_result fitted;
    double *robust = NULL, *zph;
    int *zph_df;
    newton_sample sample;
    CHECK(sample_new(tmp, w, &sample));
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
