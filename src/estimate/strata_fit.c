#include "estimate/strata_fit.h"

#include "estimate/elementary.h"
#include "estimate/zeta.h"

#include <math.h>

enum { STEP_LIMIT = 100, EM_LIMIT = 2000 };

/* Number of parameters a term brings. */
static int
term_size(const strata *s, strata_term t)
{
    int n = 1;
    for (int j = 0; j < s->covariates; j++)
        if (t.covariates >> j & 1) n *= s->levels[j] - 1;
    return n;
}

/* The parameters of a term: one for each combination of levels but the first; on[] marks the strata it works in. */
static int
add_parameters(const strata *s, strata_term t, strata_design *d, int at)
{
    int size = term_size(s, t);
    for (int c = 0; c < size; c++, at++) {
        d->lists[at] = t.lists;
        for (size_t g = 0; g < s->n; g++) {
            bool on = true;
            int rest = c;
            for (int j = 0; j < s->covariates; j++)
                if (t.covariates >> j & 1) {
                    on &= strata_level(s, g, j) == 1 + rest % (s->levels[j] - 1);
                    rest /= s->levels[j] - 1;
                }
            d->on[(size_t)at * s->n + g] = on;
        }
    }
    return at;
}

status
strata_design_new(arena *a, const strata *s, const strata_model *m, strata_design *result)
{
    strata_design d = {.s = s};
    for (int i = 0; i < m->n; i++) d.parameters += term_size(s, m->term[i]);
    if (d.parameters > STRATA_PARAMETERS)
        FAIL(ST_LIMIT, "a model of %d parameters, at most %d can be fitted: group levels or leave a covariate out", d.parameters, STRATA_PARAMETERS);
    size_t p = (size_t)d.parameters;
    ALLOC(a, d.lists, p);
    ALLOC(a, d.on, p * s->n);
    ALLOC(a, d.row, s->n * s->cells * p);
    int at = 0;
    for (int i = 0; i < m->n; i++) at = add_parameters(s, m->term[i], &d, at);
    for (size_t g = 0; g < s->n; g++)
        for (size_t c = 0; c < s->cells; c++)
            for (size_t i = 0; i < p; i++)
                d.row[(g * s->cells + c) * p + i] = d.on[i * s->n + g] && (c & d.lists[i]) == d.lists[i];
    *result = d;
    return ST_OK;
}

status
strata_space_new(arena *a, const strata_design *d, strata_space *w)
{
    size_t p = (size_t)d->parameters, all = d->s->n * d->s->cells;
    *w = (strata_space){0};
    ALLOC(a, w->mu, all);
    ALLOC(a, w->sums, all);
    ALLOC(a, w->target, all);
    ALLOC(a, w->count, all);
    ALLOC(a, w->matrix, p * p);
    ALLOC(a, w->gradient, p);
    ALLOC(a, w->step, p);
    ALLOC(a, w->beta, p);
    ALLOC(a, w->trial, p);
    ALLOC(a, w->use, p);
    return ST_OK;
}

static void
superset_sums(const strata *s, const double from[], double sums[])
{
    memcpy(sums, from, s->n * s->cells * sizeof *sums);
    for (size_t g = 0; g < s->n; g++) zeta_supersets(s->lists, sums + g * s->cells);
}

/* Expected counts, the unseen in cell 0 of each stratum. */
static void
expect(const strata_design *d, strata_space *w, const double beta[])
{
    const strata *s = d->s;
    memset(w->mu, 0, s->n * s->cells * sizeof *w->mu);
    for (int i = 0; i < w->used; i++) {
        size_t p = (size_t)w->use[i];
        for (size_t g = 0; g < s->n; g++)
            if (d->on[p * s->n + g]) w->mu[g * s->cells + d->lists[p]] += beta[p];
    }
    for (size_t g = 0; g < s->n; g++) zeta_subsets(s->lists, w->mu + g * s->cells);
    for (size_t i = 0; i < s->n * s->cells; i++) w->mu[i] = exp_clamped(w->mu[i]);
    for (size_t i = 0; w->gone && i < s->n * s->cells; i++)
        if (w->gone[i]) w->mu[i] = 0;
}

/* Superset sums of the expected counts without the unseen. */
void
strata_expected_sums(const strata_design *d, strata_space *w)
{
    const strata *s = d->s;
    memcpy(w->sums, w->mu, s->n * s->cells * sizeof *w->sums);
    for (size_t g = 0; g < s->n; g++) {
        w->sums[g * s->cells] = 0;
        zeta_supersets(s->lists, w->sums + g * s->cells);
    }
}

static double
sum_on(const strata_design *d, const double sums[], size_t p)
{
    double sum = 0;
    for (size_t g = 0; g < d->s->n; g++)
        if (d->on[p * d->s->n + g]) sum += sums[g * d->s->cells + d->lists[p]];
    return sum;
}

double
strata_information(const strata_design *d, const double sums[], size_t p, const strata_design *e, size_t q)
{
    const uint8_t *on_p = d->on + p * d->s->n, *on_q = e->on + q * d->s->n;
    size_t both = (size_t)(d->lists[p] | e->lists[q]), cells = d->s->cells;
    double sum = 0;
    for (size_t g = 0; g < d->s->n; g++)
        if (on_p[g] & on_q[g]) sum += sums[g * cells + both];
    return sum;
}

static void
set_information(const strata_design *d, strata_space *w)
{
    size_t n = (size_t)w->used;
    for (size_t i = 0; i < n; i++)
        for (size_t j = i; j < n; j++)
            w->matrix[i * n + j] = strata_information(d, w->sums, (size_t)w->use[i], d, (size_t)w->use[j]);
}

bool
strata_factorise(size_t n, double *upper)
{
    for (size_t i = 0; i < n; i++) {
        double *restrict pivot = upper + i * n;
        if (!(pivot[i] > 1e-12)) return false;
        double inverse = 1 / sqrt(pivot[i]);
        for (size_t j = i; j < n; j++) pivot[j] *= inverse;
        for (size_t k = i + 1; k < n; k++) {
            double *restrict row = upper + k * n, factor = pivot[k];
            for (size_t j = k; j < n && factor != 0; j++) row[j] -= factor * pivot[j];
        }
    }
    return true;
}

void
strata_solve_lower(size_t n, const double *upper, double x[])
{
    for (size_t i = 0; i < n; i++) {
        x[i] /= upper[i * n + i];
        for (size_t j = i + 1; j < n; j++) x[j] -= upper[i * n + j] * x[i];
    }
}

static void
solve_upper(size_t n, const double *upper, double x[])
{
    for (size_t i = n; i-- > 0;) {
        for (size_t j = i + 1; j < n; j++) x[i] -= upper[i * n + j] * x[j];
        x[i] /= upper[i * n + i];
    }
}

/* Likelihood of whole counts at the present expectation, up to constants. */
static double
level_of(const strata_design *d, const strata_space *w, const double beta[])
{
    double level = 0;
    for (int i = 0; i < w->used; i++) level += beta[w->use[i]] * w->gradient[w->use[i]];
    for (size_t g = 0; g < d->s->n; g++)
        for (size_t c = 1; c < d->s->cells; c++) level -= w->mu[g * d->s->cells + c];
    return level;
}

/* One weighted least squares step from the counts + 0.1. */
static bool
start(const strata_design *d, strata_space *w)
{
    const strata *s = d->s;
    size_t all = s->n * s->cells;
    for (size_t i = 0; i < all; i++) {
        double mu = i % s->cells == 0 || (w->gone && w->gone[i]) ? 0 : w->count[i] + 0.1;
        w->mu[i] = mu;
        w->target[i] = mu > 0 ? mu * log_plain(mu) - 0.1 : 0;
    }
    superset_sums(s, w->target, w->sums);
    for (int i = 0; i < w->used; i++) w->step[i] = sum_on(d, w->sums, (size_t)w->use[i]);
    strata_expected_sums(d, w);
    set_information(d, w);
    if (!strata_factorise((size_t)w->used, w->matrix)) return false;
    strata_solve_lower((size_t)w->used, w->matrix, w->step);
    solve_upper((size_t)w->used, w->matrix, w->step);
    for (int i = 0; i < w->used; i++) w->beta[w->use[i]] = w->step[i];
    return true;
}

/* Maximise the likelihood of w->count over the columns in use, from w->beta; false when it did not converge. */
static bool
maximise(const strata_design *d, strata_space *w, bool warm)
{
    size_t n = (size_t)w->used;
    superset_sums(d->s, w->count, w->target);
    if (!warm) {
        if (!start(d, w)) return false;
        superset_sums(d->s, w->count, w->target);
    }
    for (size_t i = 0; i < n; i++) w->gradient[w->use[i]] = sum_on(d, w->target, (size_t)w->use[i]);
    expect(d, w, w->beta);
    double level = level_of(d, w, w->beta);
    for (int k = 0; k < STEP_LIMIT; k++) {
        strata_expected_sums(d, w);
        set_information(d, w);
        for (size_t i = 0; i < n; i++) w->step[i] = w->gradient[w->use[i]] - sum_on(d, w->sums, (size_t)w->use[i]);
        if (!strata_factorise(n, w->matrix)) return false;
        strata_solve_lower(n, w->matrix, w->step);
        double length = 0, share = 1, next = 0;
        for (size_t i = 0; i < n; i++) length += w->step[i] * w->step[i];
        solve_upper(n, w->matrix, w->step);
        for (int halved = 0; halved < 50; halved++, share *= 0.5) {
            for (size_t i = 0; i < n; i++) w->trial[w->use[i]] = w->beta[w->use[i]] + share * w->step[i];
            expect(d, w, w->trial);
            next = level_of(d, w, w->trial);
            if (next >= level - 1e-9 * (1 + fabs(level)) || length < 1e-6) break;
        }
        for (size_t i = 0; i < n; i++) w->beta[w->use[i]] = w->trial[w->use[i]];
        level = next;
        if (share == 1 && length < 1e-10) return true;
    }
    return false;
}

static bool
compatible(const strata *s, const strata_partial *p, size_t g)
{
    for (int j = 0; j < s->covariates; j++)
        if (p->level[j] >= 0 && p->level[j] != strata_level(s, g, j)) return false;
    return true;
}

/* Share the persons of unknown strata out by the present expectation (evenly when there is none). Gives their part of the
 * likelihood. */
static double
share_out(const strata_design *d, strata_space *w, const double count[], const double partial[], const double mu[])
{
    const strata *s = d->s;
    double level = 0;
    memcpy(w->count, count, s->n * s->cells * sizeof *w->count);
    for (size_t i = 0; i < s->partials; i++) {
        const strata_partial *p = &s->partial[i];
        double sum = 0;
        for (size_t g = 0; g < s->n; g++)
            if (compatible(s, p, g)) sum += mu ? mu[g * s->cells + p->mask] : 1;
        if (!(sum > 0) || partial[i] == 0) continue;
        level += partial[i] * log_plain(sum);
        for (size_t g = 0; g < s->n; g++)
            if (compatible(s, p, g)) w->count[g * s->cells + p->mask] += partial[i] * (mu ? mu[g * s->cells + p->mask] : 1) / sum;
    }
    return level;
}

static double
observed_level(const strata_design *d, const strata_space *w, const double count[], double partial_level)
{
    double level = partial_level;
    for (size_t i = 0; i < d->s->n * d->s->cells; i++) {
        if (i % d->s->cells == 0) continue;
        if (count[i] > 0) level += count[i] * log_plain(w->mu[i]);
        level -= w->mu[i];
    }
    return level;
}

/* The cells that leave, and the columns that are needed for the rest. */
static status
find_face(arena *a, const strata_design *d, strata_space *w, face *f)
{
    const strata *s = d->s;
    face_design design = {.rows = s->n * s->cells, .columns = d->parameters, .value = d->row};
    double *count;
    uint8_t *row;
    ALLOC(a, count, design.rows);
    ALLOC(a, row, design.rows * (size_t)design.columns);
    memcpy(count, w->count, design.rows * sizeof *count);
    memcpy(row, d->row, design.rows * (size_t)design.columns);
    for (size_t g = 0; g < s->n; g++) memset(row + g * s->cells * (size_t)design.columns, 0, (size_t)design.columns); /* the unseen are no cells */
    design.value = row, design.count = count;
    CHECK(face_find(a, &design, f));
    w->gone = f->gone;
    w->used = 0;
    for (int i = 0; i < d->parameters; i++)
        if (!f->free[i]) w->use[w->used++] = i;
    return ST_OK;
}

status
strata_fit_counts(arena *a, const strata_design *d, strata_space *w, const double count[], const double partial[], const double warm[],
                  strata_outcome *result)
{
    const strata *s = d->s;
    face f;
    bool warm_start = warm != NULL;
    double level = -INFINITY;
    *result = (strata_outcome){0};
    share_out(d, w, count, partial, NULL);
    CHECK(find_face(a, d, w, &f));
    if (warm) memcpy(w->beta, warm, (size_t)d->parameters * sizeof *warm);
    ALLOC(a, result->settled, s->n);
    for (size_t g = 0; g < s->n; g++)
        result->settled[g] = face_settles(&f, d->parameters, d->row + g * s->cells * (size_t)d->parameters);
    for (; result->em_steps < EM_LIMIT; result->em_steps++) {
        if (!maximise(d, w, warm_start) && (!warm_start || !maximise(d, w, false))) return ST_OK;
        warm_start = true;
        double next = observed_level(d, w, count, share_out(d, w, count, partial, w->mu));
        bool still = s->partials == 0 || fabs(next - level) <= 1e-10 * (1 + fabs(next));
        level = next;
        if (still) break;
    }
    result->converged = result->em_steps < EM_LIMIT;
    result->log_likelihood = level;
    w->gone = NULL; /* lies in the caller's arena */
    return ST_OK;
}

status
strata_fit_model(arena *out, const strata *s, const strata_model *m, strata_fit *result)
{
    SCRATCH(tmp);
    strata_design d;
    strata_space w;
    strata_outcome o;
    double *partial;
    strata_fit f = {.exists = true, .deviance = NAN};
    CHECK(strata_design_new(tmp, s, m, &d));
    CHECK(strata_space_new(tmp, &d, &w));
    ALLOC(tmp, partial, s->partials);
    ALLOC(out, f.unseen, s->n);
    ALLOC(out, f.expected, s->n * s->cells);
    for (size_t i = 0; i < s->partials; i++) partial[i] = s->partial[i].count;
    CHECK(strata_fit_counts(tmp, &d, &w, s->count, partial, NULL, &o));
    f.converged = o.converged, f.em_steps = o.em_steps;
    f.parameters = d.parameters, f.finite = w.used;
    f.log_likelihood = o.log_likelihood;
    f.bic = -2 * o.log_likelihood + d.parameters * log_plain(s->total);
    for (size_t g = 0; g < s->n; g++) {
        f.unseen[g] = o.converged && o.settled[g] ? w.mu[g * s->cells] : NAN;
        f.exists &= !isnan(f.unseen[g]);
    }
    memcpy(f.expected, w.mu, s->n * s->cells * sizeof *f.expected);
    if (s->partials == 0) {
        f.deviance = 0;
        for (size_t i = 0; i < s->n * s->cells; i++)
            if (i % s->cells) f.deviance += 2 * ((s->count[i] > 0 ? s->count[i] * log_plain(s->count[i] / w.mu[i]) : 0) - s->count[i] + w.mu[i]);
    }
    *result = f;
    return ST_OK;
}
