#include "estimate/fit.h"

#include "estimate/elementary.h"
#include "estimate/zeta.h"

enum { STEP_LIMIT = 200, HALVING_LIMIT = 60 };

status
fit_data_new(arena *out, int lists, fit_data *result)
{
    fit_data d = {.lists = lists, .cells = (size_t)1 << lists};
    ALLOC(out, d.sums, d.cells);
    *result = d;
    return ST_OK;
}

void
fit_data_set(fit_data *d, const double count[])
{
    d->count = count;
    overlap_superset_sums(d->lists, count, d->sums);
    d->log_constant = 0;
    for (size_t s = 1; s < d->cells; s++)
        if (count[s] > 1) d->log_constant += log_factorial(count[s]);
}

status
fit_space_new(arena *out, int lists, int terms, fit_space *result)
{
    fit_space w = {.stride = ((size_t)terms + 3) & ~(size_t)3, .small = FIT_EXACT};
    size_t cells = (size_t)1 << lists;
    ALLOC(out, w.eta, cells);
    ALLOC(out, w.mu, cells);
    ALLOC(out, w.sums, cells);
    ALLOC(out, w.gone, cells);
    ALLOC(out, w.upper, (size_t)terms * w.stride);
    ALLOC(out, w.gradient, w.stride);
    ALLOC(out, w.step, w.stride);
    ALLOC(out, w.inverse, w.stride);
    ALLOC(out, w.beta, w.stride);
    ALLOC(out, w.trial, w.stride);
    ALLOC(out, w.term, w.stride);
    ALLOC(out, w.place, w.stride);
    *result = w;
    return ST_OK;
}

/* Sort out which terms are finite and which cells stay. Returns the number of finite terms. */
static int
set_terms(fit_space *w, const fit_data *d, const model *m)
{
    int n = 0;
    if (w->any_gone) memset(w->gone, 0, d->cells);
    w->any_gone = false;
    for (int i = m->n - 1; i >= 0; i--) {
        unsigned t = m->term[i];
        if (d->sums[t] > 0) {
            w->place[n] = i;
            w->term[n++] = (uint16_t)t;
            continue;
        }
        w->any_gone = true;
        unsigned rest = (unsigned)(d->cells - 1) & ~t;
        for (unsigned other = rest;; other = (other - 1) & rest) { /* every cell that contains t */
            w->gone[t | other] = 1;
            if (!other) break;
        }
    }
    return n;
}

/* Sums in four lanes: no longer one addition after the other, and still in a fixed order. */
static inline double
dot(int n, const double *restrict a, const double *restrict b)
{
    double lane[4] = {0};
    int i = 0;
    for (; i + 4 <= n; i += 4)
        for (int l = 0; l < 4; l++) lane[l] += a[i + l] * b[i + l];
    for (; i < n; i++) lane[0] += a[i] * b[i];
    return (lane[0] + lane[1]) + (lane[2] + lane[3]);
}

static inline double
sum_cells(size_t cells, const double *restrict mu)
{
    double lane[4] = {0};
    for (size_t s = 0; s < cells; s += 4) /* at least two lists: a multiple of four */
        for (size_t l = 0; l < 4; l++) lane[l] += mu[s + l];
    return (lane[0] + lane[1]) + (lane[2] + lane[3]);
}

/* eta and mu for beta; gives the log likelihood without constants. */
static double
evaluate(fit_space *w, const fit_data *d, int n, const double beta[])
{
    double *restrict eta = w->eta, *restrict mu = w->mu;
    memset(eta, 0, d->cells * sizeof *eta);
    double fitted = 0;
    for (int i = 0; i < n; i++) {
        eta[w->term[i]] = beta[i];
        fitted += beta[i] * d->sums[w->term[i]];
    }
    zeta_subsets(d->lists, eta);
    for (size_t s = 0; s < d->cells; s++) mu[s] = exp_clamped(eta[s]);
    mu[0] = 0;
    if (w->any_gone)
        for (size_t s = 1; s < d->cells; s++)
            if (w->gone[s]) mu[s] = 0;
    return fitted - sum_cells(d->cells, mu);
}

/* Information from the sums of mu, as an upper triangle; the intercept is the last row. */
static void
set_information(fit_space *w, int n)
{
    for (int i = 0; i < n; i++) {
        double *restrict row = w->upper + (size_t)i * w->stride;
        unsigned t = w->term[i];
        for (int j = i; j < n; j++) row[j] = w->sums[t | w->term[j]];
    }
}

/* Upper Cholesky factor in place; false when the matrix is not positive definite. */
static bool
factorise(fit_space *w, int n)
{
    for (int i = 0; i < n; i++) {
        double *restrict pivot = w->upper + (size_t)i * w->stride;
        if (!(pivot[i] > 0)) return false;
        double inverse = 1 / sqrt(pivot[i]);
        w->inverse[i] = inverse;
        for (int j = i; j < n; j++) pivot[j] *= inverse;
        for (int k = i + 1; k < n; k++) {
            double *restrict row = w->upper + (size_t)k * w->stride, factor = pivot[k];
            for (int j = k; j < n; j++) row[j] -= factor * pivot[j];
        }
    }
    return true;
}

/* Solve with the factor for w->gradient into w->step. */
static void
solve(fit_space *w, int n)
{
    double *restrict x = w->step;
    memcpy(x, w->gradient, (size_t)n * sizeof *x);
    for (int i = 0; i < n; i++) {
        const double *restrict row = w->upper + (size_t)i * w->stride;
        x[i] *= w->inverse[i];
        for (int j = i + 1; j < n; j++) x[j] -= row[j] * x[i];
    }
    for (int i = n - 1; i >= 0; i--) {
        const double *restrict row = w->upper + (size_t)i * w->stride;
        x[i] = (x[i] - dot(n - i - 1, row + i + 1, x + i + 1)) * w->inverse[i];
    }
}

/* Starting values by one weighted least squares step from the counts + 0.1, as generalised linear models start. */
static bool
start_from_counts(fit_space *w, const fit_data *d, int n)
{
    double *restrict z = w->eta;
    z[0] = w->mu[0] = 0;
    for (size_t s = 1; s < d->cells; s++) {
        double mu = w->any_gone && w->gone[s] ? 0 : d->count[s] + 0.1;
        w->mu[s] = mu;
        z[s] = mu > 0 ? mu * log_plain(mu) - 0.1 : 0;
    }
    zeta_supersets(d->lists, z);
    for (int i = 0; i < n; i++) w->gradient[i] = z[w->term[i]];
    fit_expected_sums(w, d);
    set_information(w, n);
    if (!factorise(w, n)) return false;
    solve(w, n);
    memcpy(w->beta, w->step, (size_t)n * sizeof *w->beta);
    return true;
}

void
fit_expected_sums(fit_space *w, const fit_data *d)
{
    memcpy(w->sums, w->mu, d->cells * sizeof *w->sums);
    zeta_supersets(d->lists, w->sums);
}

/* One step of Newton, halved while the likelihood falls. False when it cannot go on. */
static bool
step_once(fit_space *w, const fit_data *d, int n, double *level, double *length)
{
    fit_expected_sums(w, d);
    for (int i = 0; i < n; i++) w->gradient[i] = d->sums[w->term[i]] - w->sums[w->term[i]];
    set_information(w, n);
    if (!factorise(w, n)) return false;
    solve(w, n);
    double squared = dot(n, w->gradient, w->step);
    double share = 1, next = 0;
    for (int halved = 0; halved < HALVING_LIMIT; halved++, share *= 0.5) {
        for (int i = 0; i < n; i++) w->trial[i] = w->beta[i] + share * w->step[i];
        next = evaluate(w, d, n, w->trial);
        if (next >= *level - 1e-9 * (1 + fabs(*level)) || squared < 1e-6) break;
    }
    memcpy(w->beta, w->trial, (size_t)n * sizeof *w->beta);
    *level = next;
    *length = share == 1 ? squared : INFINITY;
    return true;
}

void
fit_poisson(fit_space *w, const fit_data *d, const model *m, const double *start, fit *result)
{
    int n = set_terms(w, d, m);
    result->n = m->n, result->finite = n, result->converged = false;
    result->log_likelihood = result->missing = result->estimate = NAN;
    if (start)
        for (int i = 0; i < n; i++) w->beta[i] = isfinite(start[w->place[i]]) ? start[w->place[i]] : 0;
    else if (!start_from_counts(w, d, n))
        return;
    double level = evaluate(w, d, n, w->beta), length = INFINITY;
    for (int step = 0; step < STEP_LIMIT && length > w->small; step++)
        if (!step_once(w, d, n, &level, &length)) return;
    result->converged = length <= w->small;
    for (int i = 0; i < m->n; i++) result->beta[i] = -INFINITY;
    for (int i = 0; i < n; i++) result->beta[w->place[i]] = w->beta[i];
    result->log_likelihood = level - d->log_constant;
    result->missing = exp_clamped(w->beta[n - 1]);
    result->estimate = d->sums[0] + result->missing;
}

double
fit_bic(const fit_data *d, const fit *f)
{
    return -2 * f->log_likelihood + f->n * log_plain(d->sums[0]);
}

fit_statistics
fit_describe(fit_space *w, const fit_data *d, const model *m, const fit *f)
{
    fit_statistics s = {.df = (int)d->cells - 1 - m->n, .aic = -2 * f->log_likelihood + 2 * m->n, .bic = fit_bic(d, f)};
    for (size_t i = 1; i < d->cells; i++) {
        double y = d->count[i], mu = w->mu[i];
        s.deviance += 2 * ((y > 0 ? y * log_plain(y / mu) : 0) - (y - mu));
    }
    fit_expected_sums(w, d);
    set_information(w, f->finite);
    s.log_missing_error = factorise(w, f->finite)
                              ? 1 / w->upper[(size_t)(f->finite - 1) * w->stride + (size_t)f->finite - 1]
                              : NAN;
    double spread = f->missing * s.log_missing_error;
    s.std_error = sqrt(f->missing + spread * spread);
    return s;
}
