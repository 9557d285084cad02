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

static status
fit(arena *out, const cox_work *w, cox_result *r, double *coef)
{
    int p = w->in->p;
    newton_result fitted;
    double *robust = NULL, *zph;
    int *zph_df;
    CHECK(newton_fit(out, p, evaluate, w, &fitted));
    r->converged = fitted.converged, r->iterations = fitted.iterations, r->df = fitted.df, r->score = fitted.score;
    r->loglik[0] = fitted.loglik[0], r->loglik[1] = fitted.loglik[1];
    r->lrt = 2 * (r->loglik[1] - r->loglik[0]);
    r->variance = fitted.variance;
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
    SCRATCH(tmp);
    cox_work w;
    CHECK(cox_work_new(tmp, in, &w));
    cox_result r = {.p = in->p, .loglik = {0, 0}, .score = NAN, .lrt = NAN, .wald = NAN};
    double *coef, *nothing;
    ALLOC(out, coef, in->p);
    ALLOC(out, nothing, in->p * in->p);
    for (int a = 0; a < in->p; a++) coef[a] = NAN;
    r.coef = coef, r.variance = nothing;
    for (size_t j = 0; j < w.risk.times; j++) r.events += w.ties[j];
    if (r.events) CHECK(fit(out, &w, &r, coef));
    *result = r;
    return ST_OK;
}
