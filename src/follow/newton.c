#include "follow/newton.h"
#include "follow/matrix.h"

#include <math.h>
#include <string.h>

typedef struct newton {
    int p;
    newton_evaluate *evaluate;
    const void *model;
    double *trial, *step, *factor;
    newton_point at, next;
    newton_result *r;
    bool runs_away;
} newton;

static status
point_new(arena *tmp, int p, newton_point *at)
{
    ALLOC(tmp, at->gradient, p);
    ALLOC(tmp, at->information, p * p);
    return ST_OK;
}

/* Newton's step and what it promises: gradient' information^-1 gradient. */
static double
find_step(newton *s)
{
    int p = s->p;
    memcpy(s->factor, s->at.information, (size_t)p * (size_t)p * sizeof *s->factor);
    matrix_cholesky(p, s->factor, s->r->kept);
    matrix_solve(p, s->factor, s->r->kept, s->at.gradient, s->step);
    double promise = 0;
    for (int a = 0; a < p; a++) promise += s->at.gradient[a] * s->step[a];
    return promise;
}

/* Go along the step, halving it until the likelihood does not fall. */
static bool
move(newton *s)
{
    double slack = 1e-12 * fabs(s->at.loglik);
    for (double part = 1; part > 1e-6; part /= 2) {
        for (int a = 0; a < s->p; a++) s->trial[a] = s->r->coef[a] + part * s->step[a];
        s->evaluate(s->model, s->trial, &s->next);
        if (!isfinite(s->next.loglik) || s->next.loglik < s->at.loglik - slack) continue;
        memcpy(s->r->coef, s->trial, (size_t)s->p * sizeof *s->trial);
        newton_point old = s->at;
        s->at = s->next;
        s->next = old;
        return true;
    }
    return false;
}

enum { MOST_ITERATIONS = 40 };

static const double small = 1e-14; /* 1e-7 standard errors, squared: one more step ends at rounding */

/* Near a maximum each step promises far less than the one before (Newton's method squares the error); towards infinity the promise only
 * falls by a constant factor. */
static double
iterate(newton *s)
{
    double promise = find_step(s), before = INFINITY, fall[3] = {0, 0, 0};
    s->r->score = promise;
    while (s->r->iterations < MOST_ITERATIONS && promise >= 1e-20) {
        if (promise < small && promise >= before) break; /* rounding is all that is left */
        if (!move(s)) break;
        before = promise;
        promise = find_step(s);
        fall[s->r->iterations++ % 3] = promise / before;
    }
    s->runs_away = fmin(fall[0], fmin(fall[1], fall[2])) > 0.05;
    return promise;
}

static int
rank_of(const newton *s)
{
    int rank = 0;
    for (int a = 0; a < s->p; a++) rank += s->r->kept[a];
    return rank;
}

status
newton_fit(arena *out, int p, newton_evaluate *evaluate, const void *model, newton_result *result)
{
    SCRATCH(tmp);
    newton_result r = {.p = p};
    newton s = {.p = p, .evaluate = evaluate, .model = model, .r = &r};
    ALLOC(out, r.coef, p);
    ALLOC(out, r.kept, p);
    ALLOC(out, r.variance, p * p);
    ALLOC(out, r.information, p * p);
    ALLOC(tmp, s.trial, p);
    ALLOC(tmp, s.step, p);
    ALLOC(tmp, s.factor, p * p);
    CHECK(point_new(tmp, p, &s.at));
    CHECK(point_new(tmp, p, &s.next));
    evaluate(model, r.coef, &s.at);
    r.loglik[0] = s.at.loglik;
    (void)find_step(&s);
    int rank = rank_of(&s);
    double promise = iterate(&s);
    if (promise < small)
        for (int a = 0; a < p; a++) r.coef[a] += s.step[a];
    r.loglik[1] = s.at.loglik;
    r.df = rank_of(&s);
    r.converged = promise < small && !s.runs_away && r.df == rank; /* no direction lost its information on the way */
    memcpy(r.information, s.at.information, (size_t)p * (size_t)p * sizeof(double));
    matrix_inverse(p, s.factor, r.kept, r.variance);
    *result = r;
    return ST_OK;
}

status
newton_wald(int p, const double *variance, const double *coef, const bool *kept, double *value)
{
    SCRATCH(tmp);
    double *v, *b;
    ALLOC(tmp, v, p * p);
    ALLOC(tmp, b, p);
    int k = 0, at = 0;
    for (int a = 0; a < p; a++) {
        if (!kept[a]) continue;
        b[k++] = coef[a];
        for (int c = 0; c < p; c++)
            if (kept[c]) v[at++] = variance[a * p + c];
    }
    return matrix_quadratic(tmp, k, v, b, value, NULL);
}
