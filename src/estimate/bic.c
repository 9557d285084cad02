#include "estimate/bic.h"

#include "estimate/elementary.h"

#include <math.h>
#include <stdlib.h>

status
bic_space_new(arena *out, const model_family *f, bic_space *w)
{
    int terms = 1 + f->lists + f->candidates, depth = f->candidates + 1;
    CHECK(fit_space_new(out, f->lists, terms, &w->fit));
    CHECK(existence_space_new(out, f->lists, terms, &w->existence));
    ALLOC(out, w->fits, depth);
    ALLOC(out, w->models, depth);
    ALLOC(out, w->mu, (size_t)depth << f->lists);
    return ST_OK;
}

/* One walk over the family: depth first, every model starting from where its parent ended. */
typedef struct walk {
    bic_space *w;
    const fit_data *d;
    const model_family *f;
    bool all_exist; /* every model of the family has an estimate: nothing to check */
    size_t at;      /* position in the family */
    model_row *rows;
    int *codes;
} walk;


static double
sum_over(const double mu[], size_t cells, unsigned term)
{
    double sum = 0;
    unsigned rest = (unsigned)(cells - 1) & ~term;
    for (unsigned other = rest;; other = (other - 1) & rest) {
        sum += mu[term | other];
        if (!other) return sum;
    }
}

/* Fit model `depth` from model `depth - 1`; true when it was fitted. */
static void
fit_child(walk *k, int depth)
{
    bic_space *w = k->w;
    const model *m = &w->models[depth];
    fit *child = &w->fits[depth];
    double start[MODEL_TERMS];
    const double *from = NULL;
    if (depth > 0 && w->fits[depth - 1].converged) {
        unsigned term = m->term[m->n - 1];
        double expected = sum_over(w->mu + (size_t)(depth - 1) * k->d->cells, k->d->cells, term), seen = k->d->sums[term];
        memcpy(start, w->fits[depth - 1].beta, (size_t)(m->n - 1) * sizeof *start);
        start[m->n - 1] = seen > 0 && expected > 0 ? log_plain(seen / expected) : 0;
        from = start;
    }
    fit_poisson(&w->fit, k->d, m, from, child);
    if (from && !child->converged) fit_poisson(&w->fit, k->d, m, NULL, child);
    memcpy(w->mu + (size_t)depth * k->d->cells, w->fit.mu, k->d->cells * sizeof *w->mu);
}

static void
note_row(const walk *k, int depth, uint32_t member, int code)
{
    model_row *r = &k->rows[k->at];
    const fit *f = &k->w->fits[depth];
    *r = (model_row){member, code, NAN, NAN, NAN, NAN, NAN, (int)k->d->cells - 1 - k->w->models[depth].n};
    if (code != EXISTENCE_FINE || !f->converged) return;
    fit_statistics s = fit_describe(&k->w->fit, k->d, &k->w->models[depth], f);
    *r = (model_row){member, code, f->estimate, s.std_error, s.deviance, s.aic, s.bic, s.df};
}

static status
visit(walk *k, int from, int depth, uint32_t member)
{
    bic_space *w = k->w;
    int code = EXISTENCE_FINE;
    if (!k->all_exist) CHECK(existence_code(&w->existence, k->d, &w->models[depth], &code));
    w->fits[depth].converged = false;
    if (code == EXISTENCE_FINE && !k->codes) fit_child(k, depth);
    if (k->codes) k->codes[k->at] = code;
    if (k->rows) note_row(k, depth, member, code);
    k->at++;
    for (int i = from; i < k->f->candidates; i++) {
        if (k->f->within[i] & ~member) continue;
        w->models[depth + 1] = w->models[depth];
        w->models[depth + 1].term[w->models[depth + 1].n++] = k->f->candidate[i];
        CHECK(visit(k, i + 1, depth + 1, member | 1u << i));
    }
    return ST_OK;
}

static status
walk_family(walk *k)
{
    CHECK(existence_family_settled(&k->w->existence, k->d, k->f, &k->all_exist));
    k->w->models[0] = model_independence(k->f->lists);
    return visit(k, 0, 0, 0);
}

status
bic_table(bic_space *w, const fit_data *d, const model_family *f, model_row rows[])
{
    walk k = {.w = w, .d = d, .f = f, .rows = rows};
    return walk_family(&k);
}

status
bic_codes(bic_space *w, const fit_data *d, const model_family *f, int codes[])
{
    walk k = {.w = w, .d = d, .f = f, .codes = codes};
    return walk_family(&k);
}

/* Try a neighbour; keep it when it is better than the best so far. */
static status
try_neighbour(fit_space *w, existence_space *e, const fit_data *d, const model *m, model *best, fit *fitted)
{
    int code;
    fit f;
    CHECK(existence_code(e, d, m, &code));
    if (code != EXISTENCE_FINE) return ST_OK;
    fit_poisson(w, d, m, NULL, &f);
    if (f.converged && (isnan(fitted->log_likelihood) || fit_bic(d, &f) < fit_bic(d, fitted) - 1e-9)) *best = *m, *fitted = f;
    return ST_OK;
}

static bool
complete(const model *m, unsigned term)
{
    for (unsigned left = term; left; left &= left - 1) {
        unsigned part = term & ~(left & -left);
        if (part && !model_has(m, (uint16_t)part)) return false;
    }
    return true;
}

static bool
largest(const model *m, unsigned term)
{
    for (int i = 1; i < m->n; i++)
        if (m->term[i] != term && (m->term[i] & term) == term) return false;
    return true;
}

static status
try_neighbours(fit_space *w, existence_space *e, const fit_data *d, int order, const model *from, model *best, fit *fitted)
{
    for (unsigned t = 3; t < d->cells; t++) {
        int size = __builtin_popcount(t);
        if (size < 2 || size > order || t == d->cells - 1) continue;
        model m = *from;
        if (!model_has(from, (uint16_t)t)) {
            if (!complete(from, t) || from->n >= MODEL_TERMS) continue;
            CHECK(model_add(&m, (uint16_t)t));
        } else {
            if (!largest(from, t)) continue;
            m.n = 0;
            for (int i = 0; i < from->n; i++)
                if (from->term[i] != t) m.term[m.n++] = from->term[i];
        }
        CHECK(try_neighbour(w, e, d, &m, best, fitted));
    }
    return ST_OK;
}

status
bic_downhill(fit_space *w, existence_space *e, const fit_data *d, int order, const model *from, model *best, fit *fitted, int *code)
{
    model at = *from;
    fitted->log_likelihood = NAN;
    fitted->n = 0;
    CHECK(try_neighbour(w, e, d, from, best, fitted));
    for (;;) {
        CHECK(try_neighbours(w, e, d, order, &at, best, fitted));
        if (isnan(fitted->log_likelihood)) break;
        if (best->n == at.n && memcmp(best->term, at.term, (size_t)at.n * sizeof *at.term) == 0) break;
        at = *best;
    }
    if (!isnan(fitted->log_likelihood)) {
        *code = EXISTENCE_FINE;
        return ST_OK;
    }
    *best = *from;
    fitted->estimate = fitted->missing = NAN;
    return existence_code(e, d, from, code);
}

