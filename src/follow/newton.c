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
    const newton_sample *sample;
    newton_point here, there; /* the sample at coef and where it leads */
    double *guess, *shift, *bent;
    bool *bent_kept;
    newton_result *r;
    double small; /* promise, squared standard errors: one more step ends at rounding */
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

/* Gradient (into `shift`) and information (into `bent`) at `guess` as the sample leads one to expect them. */
static void
expect(newton *s)
{
    int p = s->p;
    double scale = s->sample->scale;
    s->evaluate(s->sample->model, s->guess, &s->there);
    for (int a = 0; a < p; a++) {
        s->shift[a] = s->at.gradient[a] + scale * (s->there.gradient[a] - s->here.gradient[a]);
        for (int b = 0; b < p; b++) {
            int k = a * p + b;
            s->shift[a] -= (s->at.information[k] - scale * s->here.information[k]) * (s->guess[b] - s->r->coef[b]);
            s->bent[k] = s->at.information[k] + scale * (s->there.information[k] - s->here.information[k]);
        }
    }
}

enum { MOST_GUESSES = 8 };

/* Bend the step by the sample; it stays Newton's where the sample does not lead to a maximum nearby. `here` is the sample at coef. */
static void
bend_step(newton *s)
{
    int p = s->p, rank = 0;
    double before = INFINITY;
    for (int a = 0; a < p; a++) rank += s->r->kept[a];
    s->evaluate(s->sample->model, s->r->coef, &s->here);
    for (int a = 0; a < p; a++) s->guess[a] = s->r->coef[a] + s->step[a];
    for (int guesses = 0; guesses < MOST_GUESSES; guesses++) {
        expect(s);
        if (matrix_cholesky(p, s->bent, s->bent_kept) != rank || memcmp(s->bent_kept, s->r->kept, (size_t)p * sizeof(bool)) != 0) return;
        double *gradient = s->trial, promise = 0;
        memcpy(gradient, s->shift, (size_t)p * sizeof *gradient);
        matrix_solve(p, s->bent, s->bent_kept, gradient, s->shift);
        for (int a = 0; a < p; a++) {
            promise += gradient[a] * s->shift[a];
            s->guess[a] += s->shift[a];
        }
        if (!(promise < before)) return;
        before = promise;
        if (promise > 1e-6) continue; /* the next would be its square */
        for (int a = 0; a < p; a++) s->step[a] = s->guess[a] - s->r->coef[a];
        return;
    }
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

/* Near a maximum each step promises far less than the one before (Newton's method squares the error); towards infinity the promise only
 * falls by a constant factor. */
static double
iterate(newton *s)
{
    double promise = find_step(s), before = INFINITY, fall[3] = {0, 0, 0};
    s->r->score = promise;
    while (s->r->iterations < MOST_ITERATIONS && promise >= 1e-20) {
        if (promise < s->small && (s->sample || promise >= before)) break; /* rounding is all that is left */
        if (s->sample && promise >= s->small) bend_step(s);
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

static status
sample_new(arena *tmp, newton *s)
{
    ALLOC(tmp, s->guess, s->p);
    ALLOC(tmp, s->shift, s->p);
    ALLOC(tmp, s->bent, s->p * s->p);
    ALLOC(tmp, s->bent_kept, s->p);
    CHECK(point_new(tmp, s->p, &s->here));
    return point_new(tmp, s->p, &s->there);
}

/* The last step, and the information behind it. With a sample the information follows by what it changes there. */
static void
finish(newton *s, double promise)
{
    int p = s->p;
    for (int a = 0; a < p; a++) s->r->coef[a] += s->step[a];
    s->r->loglik[1] += promise / 2;
    if (!s->sample) return;
    s->evaluate(s->sample->model, s->r->coef, &s->there);
    for (int a = 0; a < p; a++) s->trial[a] = s->r->coef[a] - s->step[a];
    s->evaluate(s->sample->model, s->trial, &s->here);
    for (int k = 0; k < p * p; k++) s->at.information[k] += s->sample->scale * (s->there.information[k] - s->here.information[k]);
    memcpy(s->factor, s->at.information, (size_t)p * (size_t)p * sizeof *s->factor);
    matrix_cholesky(p, s->factor, s->r->kept);
}

status
newton_fit(arena *out, int p, newton_evaluate *evaluate, const void *model, const newton_sample *sample, newton_result *result)
{
    SCRATCH(tmp);
    newton_result r = {.p = p};
    newton s = {.p = p, .evaluate = evaluate, .model = model, .sample = sample, .r = &r, .small = sample ? sample->near : 1e-14};
    ALLOC(out, r.coef, p);
    ALLOC(out, r.kept, p);
    ALLOC(out, r.variance, p * p);
    ALLOC(out, r.information, p * p);
    ALLOC(tmp, s.trial, p);
    ALLOC(tmp, s.step, p);
    ALLOC(tmp, s.factor, p * p);
    CHECK(point_new(tmp, p, &s.at));
    CHECK(point_new(tmp, p, &s.next));
    if (sample) CHECK(sample_new(tmp, &s));
    evaluate(model, r.coef, &s.at);
    r.loglik[0] = s.at.loglik;
    (void)find_step(&s);
    int rank = rank_of(&s);
    double promise = iterate(&s);
    r.loglik[1] = s.at.loglik;
    if (promise < s.small) finish(&s, promise);
    r.df = rank_of(&s);
    r.converged = promise < s.small && !s.runs_away && r.df == rank; /* no direction lost its information on the way */
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
