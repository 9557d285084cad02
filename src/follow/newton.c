#include "follow/newton.h"
#include "follow/matrix.h"

#include <math.h>
#include <string.h>

typedef struct newton {
    int p;
    newton_evaluate *evaluate;
    const void *model;
    double *trial, *step, *factor;
    newton_point at, next; /* at coef; after a step, where coef was before */
    const newton_sample *sample;
    double *guess, *rest, *turned, *way; /* way: the step taken last */
    bool *kept;                          /* by the sample */
    newton_result *r;
    bool settled; /* one more step ends at rounding */
    bool runs_away;
} newton;

static status
point_new(arena *tmp, int p, bool third, newton_point *at)
{
    *at = (newton_point){.loglik = 0};
    ALLOC(tmp, at->gradient, p);
    ALLOC(tmp, at->information, p * p);
    if (third) ALLOC(tmp, at->third, p * p * p);
    return ST_OK;
}

static int
rank_of(const newton *s)
{
    int rank = 0;
    for (int a = 0; a < s->p; a++) rank += s->r->kept[a];
    return rank;
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

/* How much of the information (add `part` of it to m) a way changes. */
static void
turn(const newton *s, const newton_point *at, const double *way, double part, double *m)
{
    int p = s->p;
    for (int k = 0; at->third && k < p * p; k++)
        for (int c = 0; c < p; c++) m[k] += part * at->third[k * p + c] * way[c];
}

static double
square(int p, const double *m, const double *v)
{
    double sum = 0;
    for (int a = 0; a < p; a++)
        for (int b = 0; b < p; b++) sum += v[a] * m[a * p + b] * v[b];
    return sum;
}

enum { MOST_BENDS = 20 };

/* Bend the step to where the gradient ends with its third derivatives; it stays Newton's where that is not nearby. */
static void
bend_step(newton *s)
{
    int p = s->p;
    double before = INFINITY;
    memcpy(s->guess, s->step, (size_t)p * sizeof *s->guess);
    for (int bends = 0; s->at.third && bends < MOST_BENDS; bends++) {
        memset(s->turned, 0, (size_t)(p * p) * sizeof *s->turned);
        turn(s, &s->at, s->guess, 0.5, s->turned);
        memcpy(s->rest, s->at.gradient, (size_t)p * sizeof *s->rest);
        for (int a = 0; a < p; a++)
            for (int b = 0; b < p; b++) s->rest[a] -= s->turned[a * p + b] * s->guess[b];
        matrix_solve(p, s->factor, s->r->kept, s->rest, s->trial);
        for (int a = 0; a < p; a++) {
            s->rest[a] = s->trial[a] - s->guess[a];
            s->guess[a] = s->trial[a];
        }
        double change = square(p, s->at.information, s->rest); /* squared standard errors */
        if (!(change < before / 4)) return;
        before = change;
        if (change > 1e-16) continue;
        memcpy(s->step, s->guess, (size_t)p * sizeof *s->step);
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
        for (int a = 0; s->sample && a < s->p; a++) s->way[a] = part * s->step[a];
        memcpy(s->r->coef, s->trial, (size_t)s->p * sizeof *s->trial);
        newton_point old = s->at;
        s->at = s->next;
        s->next = old;
        return true;
    }
    return false;
}

enum { MOST_ITERATIONS = 40 };

/* Is the rest for one last step that is not evaluated? It leaves about promise / sqrt(events) standard errors; and the information behind it
 * is told by the third derivatives, as wrong as they were on the way here, in proportion to the way. */
static bool
is_near(newton *s, double promise, double before)
{
    int p = s->p;
    double wrong = 0, *left = s->turned;
    if (!(promise < 3e-10 * sqrt(s->sample->all_events))) return false;
    for (int k = 0; k < p * p; k++) left[k] = s->next.information[k] - s->at.information[k];
    turn(s, &s->at, s->way, 0.5, left);
    turn(s, &s->next, s->way, 0.5, left);
    for (int a = 0; a < p; a++)
        for (int b = 0; b < p; b++)
            if (s->r->kept[a] && s->r->kept[b])
                wrong = fmax(wrong, fabs(left[a * p + b]) / sqrt(s->at.information[a * p + a] * s->at.information[b * p + b]));
    return wrong * sqrt(promise / before) < 3e-10;
}

enum { MOST_SLOW = 8 };

/* Near a maximum each step promises far less than the one before: Newton's method squares the error, from a thousandth of a standard error to
 * rounding in three steps. Towards infinity the promise falls by a constant factor (near e), so that this takes eighteen. */
static void
iterate(newton *s, double *last)
{
    double promise = find_step(s), before = INFINITY;
    int slow = 0;
    bool moved = false;
    for (;;) {
        s->settled = promise < 1e-14 || (s->sample && moved && is_near(s, promise, before));
        if (s->r->iterations == MOST_ITERATIONS || promise < 1e-20 || s->runs_away) break;
        if (s->settled && (s->sample || promise >= before)) break; /* rounding is all that is left */
        if (s->sample) bend_step(s);
        if (!move(s)) break;
        moved = true, before = promise;
        promise = find_step(s);
        s->r->iterations++;
        slow += before < 1e-6 && promise > 1e-13;
        s->runs_away = slow > MOST_SLOW;
    }
    *last = promise;
}

static status
sample_new(arena *tmp, newton *s)
{
    ALLOC(tmp, s->guess, s->p);
    ALLOC(tmp, s->rest, s->p);
    ALLOC(tmp, s->way, s->p);
    ALLOC(tmp, s->turned, s->p * s->p);
    ALLOC(tmp, s->kept, s->p);
    return ST_OK;
}

enum { MOST_CLIMBS = 12 };

/* `guess` is about the sample's own maximum, within a part of its standard errors; false: there is none nearby. */
static bool
climb(newton *s)
{
    int p = s->p;
    newton_point here = s->next;
    here.third = NULL;
    for (int climbs = 0; climbs < MOST_CLIMBS; climbs++) {
        double promise = 0;
        s->evaluate(s->sample->model, s->guess, &here);
        if (!isfinite(here.loglik)) return false;
        memcpy(s->factor, here.information, (size_t)(p * p) * sizeof *s->factor);
        matrix_cholesky(p, s->factor, s->kept);
        matrix_solve(p, s->factor, s->kept, here.gradient, s->step);
        for (int a = 0; a < p; a++) {
            promise += here.gradient[a] * s->step[a];
            s->guess[a] += s->step[a];
        }
        if (promise < 0.3 * sqrt(s->sample->events)) return true;
    }
    return false;
}

/* The likelihood at 0, and where to begin: where the sample has its maximum, or at 0. */
static void
begin(newton *s)
{
    bool climbed = s->sample && climb(s);
    if (climbed)
        s->sample->both(s->model, s->guess, &s->at, &s->next);
    else
        s->evaluate(s->model, s->r->coef, &s->at);
    s->r->loglik[0] = s->at.loglik;
    s->r->score = find_step(s);
    if (!climbed || !(s->next.loglik >= s->at.loglik) || memcmp(s->kept, s->r->kept, (size_t)s->p * sizeof(bool)) != 0) return;
    newton_point zero = s->at;
    memcpy(s->r->coef, s->guess, (size_t)s->p * sizeof(double));
    s->at = s->next;
    s->next = zero;
    s->r->iterations = 1;
}

/* The last step, and the information behind it. */
static void
finish(newton *s, double promise)
{
    int p = s->p;
    for (int a = 0; a < p; a++) s->r->coef[a] += s->step[a];
    s->r->loglik[1] += promise / 2;
    if (!s->at.third) return;
    turn(s, &s->at, s->step, 1, s->at.information);
    memcpy(s->factor, s->at.information, (size_t)(p * p) * sizeof *s->factor);
    matrix_cholesky(p, s->factor, s->r->kept);
}

status
newton_fit(arena *out, int p, newton_evaluate *evaluate, const void *model, const newton_sample *sample, newton_result *result)
{
    SCRATCH(tmp);
    newton_result r = {.p = p};
    newton s = {.p = p, .evaluate = evaluate, .model = model, .sample = sample, .r = &r};
    ALLOC(out, r.coef, p);
    ALLOC(out, r.kept, p);
    ALLOC(out, r.variance, p * p);
    ALLOC(out, r.information, p * p);
    ALLOC(tmp, s.trial, p);
    ALLOC(tmp, s.step, p);
    ALLOC(tmp, s.factor, p * p);
    CHECK(point_new(tmp, p, sample && sample->third, &s.at));
    CHECK(point_new(tmp, p, sample && sample->third, &s.next));
    if (sample) CHECK(sample_new(tmp, &s));
    begin(&s);
    int rank = rank_of(&s);
    double promise;
    iterate(&s, &promise);
    r.loglik[1] = s.at.loglik;
    if (s.settled) finish(&s, promise);
    r.df = rank_of(&s);
    r.converged = s.settled && !s.runs_away && r.df == rank; /* no direction lost its information on the way */
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
