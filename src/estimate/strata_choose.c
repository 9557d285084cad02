#include "base/log.h"
#include "base/threads.h"
#include "estimate/draw.h"
#include "estimate/elementary.h"
#include "estimate/resample.h"
#include "estimate/strata_fit.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>

strata_model
strata_independence(const strata *s)
{
    strata_model m = {.n = 1};
    for (int i = 0; i < s->lists; i++) m.term[m.n++] = (strata_term){(uint16_t)(1u << i), 0};
    for (int j = 0; j < s->covariates; j++)
        if (s->levels[j] > 1) m.term[m.n++] = (strata_term){0, (uint8_t)(1u << j)};
    return m;
}

status
strata_term_name(arena *out, const strata *s, strata_term t, text *result)
{
    text_builder b = text_builder_new(out);
    bool first = true;
    if (!t.lists && !t.covariates) text_put(&b, "(Intercept)");
    for (int i = 0; i < s->lists; i++)
        if (t.lists >> i & 1) text_printf(&b, "%s%s", first ? "" : ":", s->list[i]), first = false;
    for (int j = 0; j < s->covariates; j++)
        if (t.covariates >> j & 1) text_printf(&b, "%s%s", first ? "" : ":", s->covariate[j]), first = false;
    return text_builder_end(&b, result);
}

static bool
has(const strata_model *m, strata_term t)
{
    for (int i = 0; i < m->n; i++)
        if (m->term[i].lists == t.lists && m->term[i].covariates == t.covariates) return true;
    return false;
}

/* All terms of two that are not in the model. */
static int
list_candidates(const strata *s, const strata_model *m, strata_term list[])
{
    strata_term single[ESTIMATE_LISTS + STRATA_COVARIATES];
    int n = 0, found = 0;
    for (int i = 0; i < s->lists; i++) single[n++] = (strata_term){(uint16_t)(1u << i), 0};
    for (int j = 0; j < s->covariates; j++)
        if (s->levels[j] > 1) single[n++] = (strata_term){0, (uint8_t)(1u << j)};
    for (int i = 0; i < n; i++)
        for (int j = i + 1; j < n; j++) {
            strata_term t = {(uint16_t)(single[i].lists | single[j].lists), (uint8_t)(single[i].covariates | single[j].covariates)};
            if (!has(m, t)) list[found++] = t;
        }
    return found;
}

/* Rao's score statistic of a term beside the fitted model, less what BIC asks for its parameters. */
static status
score_gain(const strata_design *d, const strata_space *w, const double target[], strata_term t, double penalty, double *gain)
{
    SCRATCH(tmp);
    strata_model one = {.n = 1, .term = {t}};
    strata_design e;
    double *cross, *own, *score;
    CHECK(strata_design_new(tmp, d->s, &one, &e));
    size_t n = (size_t)w->used, q = (size_t)e.parameters;
    ALLOC(tmp, cross, q * n);
    ALLOC(tmp, own, q * q);
    ALLOC(tmp, score, q);
    for (size_t i = 0; i < q; i++) {
        for (size_t g = 0; g < d->s->n; g++)
            if (e.on[i * d->s->n + g]) score[i] += target[g * d->s->cells + t.lists] - w->sums[g * d->s->cells + t.lists];
        for (size_t j = 0; j < n; j++) cross[i * n + j] = strata_information(d, w->sums, (size_t)w->use[j], &e, i);
        strata_solve_lower(n, w->matrix, cross + i * n);
    }
    for (size_t i = 0; i < q; i++)
        for (size_t j = i; j < q; j++) {
            own[i * q + j] = strata_information(&e, w->sums, i, &e, j);
            for (size_t k = 0; k < n; k++) own[i * q + j] -= cross[i * n + k] * cross[j * n + k];
        }
    for (size_t i = 0; i < q; i++) own[i * q + i] += 1e-9 * (1 + own[i * q + i]); /* levels without anybody */
    *gain = -INFINITY;
    if (!strata_factorise(q, own)) return ST_OK;
    strata_solve_lower(q, own, score);
    *gain = -penalty * (double)q;
    for (size_t i = 0; i < q; i++) *gain += score[i] * score[i];
    return ST_OK;
}

typedef struct ranked {
    strata_term term;
    double gain;
} ranked;

static int
compare_gain(const void *a, const void *b)
{
    const ranked *x = a, *y = b;
    if (x->gain != y->gain) return x->gain > y->gain ? -1 : 1;
    if (x->term.lists != y->term.lists) return x->term.lists < y->term.lists ? -1 : 1;
    return (x->term.covariates > y->term.covariates) - (x->term.covariates < y->term.covariates);
}

/* Candidates by their score at the fitted model. */
static status
rank_candidates(const strata *s, const strata_model *m, ranked list[], int *n)
{
    SCRATCH(tmp);
    strata_design d;
    strata_space w;
    strata_outcome o;
    strata_term terms[300];
    double *partial, *target, penalty = log_plain(s->total);
    CHECK(strata_design_new(tmp, s, m, &d));
    CHECK(strata_space_new(tmp, &d, &w));
    ALLOC(tmp, partial, s->partials);
    ALLOC(tmp, target, s->n * s->cells);
    for (size_t i = 0; i < s->partials; i++) partial[i] = s->partial[i].count;
    CHECK(strata_fit_counts(tmp, &d, &w, s->count, partial, NULL, &o));
    strata_expected_sums(&d, &w);
    for (size_t g = 0; g < s->n; g++) overlap_superset_sums(s->lists, w.count + g * s->cells, target + g * s->cells);
    *n = list_candidates(s, m, terms);
    for (int i = 0; i < *n; i++) {
        list[i].term = terms[i];
        CHECK(score_gain(&d, &w, target, terms[i], penalty, &list[i].gain));
    }
    qsort(list, (size_t)*n, sizeof *list, compare_gain);
    return ST_OK;
}

status
strata_choose(arena *out, const strata *s, strata_model *chosen, strata_fit *fitted)
{
    strata_model m = strata_independence(s);
    strata_fit best;
    CHECK(strata_fit_model(out, s, &m, &best));
    for (bool better = best.converged; better && m.n < STRATA_TERMS;) {
        ranked list[300];
        int n;
        better = false;
        CHECK(rank_candidates(s, &m, list, &n));
        for (int i = 0; i < n && !better && list[i].gain > 0; i++) {
            strata_fit next;
            m.term[m.n++] = list[i].term;
            status code = strata_fit_model(out, s, &m, &next);
            if (code != ST_OK && code != ST_LIMIT) return code;
            better = code == ST_OK && next.converged && next.exists && next.bic < best.bic;
            if (better) best = next;
            else m.n--;
        }
    }
    *chosen = m, *fitted = best;
    return ST_OK;
}

/* ---- replicates ---- */

typedef struct replicate_task {
    const strata *s;
    const strata_design *d;
    const strata_fit *fit;
    const double *beta;
    bool parametric;
    uint64_t seed;
} replicate_task;

/* Draw the population from the model and keep who is seen; or draw records again, unknown covariates and all. */
static void
draw_counts(const replicate_task *k, size_t r, double whole[], double count[], double partial[])
{
    const strata *s = k->s;
    size_t all = s->n * s->cells;
    rng g = rng_new(k->seed, r);
    if (k->parametric) {
        double population = 0;
        for (size_t i = 0; i < all; i++) population += k->fit->expected[i];
        draw_multinomial(&g, floor(population + 0.5), all, k->fit->expected, count);
        for (size_t h = 0; h < s->n; h++) count[h * s->cells] = 0;
        return;
    }
    memcpy(whole, s->count, all * sizeof *whole);
    for (size_t i = 0; i < s->partials; i++) whole[all + i] = s->partial[i].count;
    draw_multinomial(&g, s->total, all + s->partials, whole, whole + all + s->partials);
    memcpy(count, whole + all + s->partials, all * sizeof *count);
    memcpy(partial, whole + 2 * all + s->partials, s->partials * sizeof *partial);
}

/* One replicate: estimates of the strata, NaN where none; persons of unknown stratum are shared out. */
static status
run_replicate(const replicate_task *k, size_t r, double estimate[])
{
    SCRATCH(tmp);
    const strata *s = k->s;
    size_t all = s->n * s->cells;
    strata_space w;
    strata_outcome o;
    double *whole, *count, *partial;
    CHECK(strata_space_new(tmp, k->d, &w));
    ALLOC(tmp, whole, 2 * (all + s->partials));
    ALLOC(tmp, count, all);
    ALLOC(tmp, partial, s->partials);
    draw_counts(k, r, whole, count, partial);
    CHECK(strata_fit_counts(tmp, k->d, &w, count, partial, k->beta, &o));
    for (size_t g = 0; g < s->n; g++) {
        estimate[g] = o.converged && o.settled[g] ? w.mu[g * s->cells] : NAN;
        for (size_t c = 1; c < s->cells; c++) estimate[g] += w.count[g * s->cells + c];
    }
    return ST_OK;
}

static int
compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Percentile limits of the sum over some strata; without an estimate a replicate stands at the upper end. */
static status
limits(const strata *s, size_t n, const double replicate[], int covariate, int level, size_t stratum, strata_interval *interval)
{
    SCRATCH(tmp);
    double *sum;
    if (n == 0 || isnan(interval->estimate)) {
        interval->lower = interval->upper = NAN;
        return ST_OK;
    }
    ALLOC(tmp, sum, n);
    for (size_t r = 0; r < n; r++) {
        for (size_t g = 0; g < s->n; g++) {
            bool in = stratum < s->n ? g == stratum : covariate < 0 || strata_level(s, g, covariate) == level;
            if (in) sum[r] += replicate[r * s->n + g];
        }
        if (isnan(sum[r])) sum[r] = INFINITY;
    }
    qsort(sum, n, sizeof *sum, compare);
    interval->lower = resample_quantile(n, sum, 0.025);
    interval->upper = resample_quantile(n, sum, 0.975);
    return ST_OK;
}

/* Observed and estimated of each stratum: persons of unknown stratum are where the fit puts them. */
static status
set_estimates(arena *out, const strata *s, const double shared[], strata_result *r)
{
    ALLOC(out, r->stratum, s->n);
    r->total.observed = r->total.estimate = 0;
    for (int j = 0; j < s->covariates; j++) ALLOC(out, r->level[j], s->levels[j]);
    for (size_t g = 0; g < s->n; g++) {
        strata_interval *v = &r->stratum[g];
        v->estimate = r->fit.unseen[g];
        for (size_t c = 1; c < s->cells; c++) {
            v->observed += s->count[g * s->cells + c];
            v->estimate += shared[g * s->cells + c];
        }
        r->total.estimate += v->estimate;
        for (int j = 0; j < s->covariates; j++) {
            strata_interval *l = &r->level[j][strata_level(s, g, j)];
            l->observed += v->observed, l->estimate += v->estimate;
        }
    }
    r->total.observed = s->total;
    return ST_OK;
}

static status
set_limits(const strata *s, size_t n, const double replicate[], strata_result *r)
{
    CHECK(limits(s, n, replicate, -1, 0, s->n, &r->total));
    for (size_t g = 0; g < s->n; g++) CHECK(limits(s, n, replicate, -1, 0, g, &r->stratum[g]));
    for (int j = 0; j < s->covariates; j++)
        for (int l = 0; l < s->levels[j]; l++) CHECK(limits(s, n, replicate, j, l, s->n, &r->level[j][l]));
    return ST_OK;
}

static status
replicate_all(arena *tmp, const replicate_task *k, size_t n, double **estimates, strata_result *r)
{
    double *estimate;
    status failed = ST_OK;
    ALLOC(tmp, estimate, n * k->s->n);
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads_count())
    for (size_t i = 0; i < n; i++) {
        status code = run_replicate(k, i, estimate + i * k->s->n);
        if (code != ST_OK) {
#pragma omp critical
            failed = code;
        }
    }
    if (failed != ST_OK) FAIL(failed, "a replicate could not be worked out: %s", status_text(failed));
    for (size_t i = 0; i < n; i++) {
        bool none = false;
        for (size_t g = 0; g < k->s->n; g++) none |= isnan(estimate[i * k->s->n + g]);
        r->failed += none;
    }
    *estimates = estimate;
    return ST_OK;
}

status
strata_estimate(arena *out, const strata *s, const strata_model *model, size_t replicates, uint64_t seed, strata_result *result)
{
    SCRATCH(tmp);
    strata_result r = {.replicates = replicates, .parametric = s->partials == 0};
    strata_design d;
    strata_space w;
    strata_outcome o;
    double *partial, *replicate = NULL, started = clock_wall();
    if (model) {
        r.model = *model;
        CHECK(strata_fit_model(out, s, model, &r.fit));
    } else {
        CHECK(strata_choose(out, s, &r.model, &r.fit));
    }
    CHECK(strata_design_new(tmp, s, &r.model, &d));
    CHECK(strata_space_new(tmp, &d, &w));
    ALLOC(tmp, partial, s->partials);
    for (size_t i = 0; i < s->partials; i++) partial[i] = s->partial[i].count;
    CHECK(strata_fit_counts(tmp, &d, &w, s->count, partial, NULL, &o));
    CHECK(set_estimates(out, s, w.count, &r));
    if (!r.fit.converged || !r.fit.exists) {
        r.why = r.fit.converged ? WORD("no estimate exists in some strata: their overlaps settle nothing") : WORD("no estimate: the fit did not converge");
        r.replicates = 0;
    } else {
        replicate_task k = {s, &d, &r.fit, w.beta, r.parametric, seed};
        CHECK(replicate_all(tmp, &k, replicates, &replicate, &r));
    }
    CHECK(set_limits(s, r.replicates, replicate, &r));
    r.seconds = clock_wall() - started;
    *result = r;
    return ST_OK;
}
