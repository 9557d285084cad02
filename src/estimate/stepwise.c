#include "estimate/stepwise.h"

#include "estimate/draw.h"
#include "estimate/elementary.h"

enum { PAIRS = ESTIMATE_LISTS * (ESTIMATE_LISTS - 1) / 2 };

status
stepwise_space_new(arena *out, int lists, stepwise_space *result)
{
    int terms = 1 + lists + lists * (lists - 1) / 2;
    CHECK(fit_space_new(out, lists, terms, &result->fit));
    return existence_space_new(out, lists, terms, &result->existence);
}

typedef struct candidate {
    uint16_t term;
    double p;
} candidate;

/* Candidates below the threshold, smallest p first; equal ones in order of their lists. */
static int
find_candidates(const stepwise_space *w, const fit_data *d, const model *m, double p, candidate list[])
{
    int n = 0;
    for (int i = 0; i < d->lists; i++)
        for (int j = i + 1; j < d->lists; j++) {
            uint16_t term = (uint16_t)(1u << i | 1u << j);
            if (model_has(m, term)) continue;
            double tail = poisson_smaller_tail(d->sums[term], w->fit.sums[term], p);
            if (tail >= p) continue;
            int at = n++;
            for (; at > 0 && list[at - 1].p > tail; at--) list[at] = list[at - 1];
            list[at] = (candidate){term, tail};
        }
    return n;
}

/* Fit the model with the pair from where the smaller one ended; the pair starts at its observed to expected ratio. */
static void
fit_larger(stepwise_space *w, const fit_data *d, uint16_t term, stepwise_result *r)
{
    double expected = w->fit.sums[term], start[MODEL_TERMS];
    memcpy(start, r->fit.beta, (size_t)r->model.n * sizeof *start);
    start[r->model.n] = d->sums[term] > 0 && expected > 0 ? log_plain(d->sums[term] / expected) : 0;
    r->model.term[r->model.n++] = term;
    r->order[r->steps++] = term;
    fit_poisson(&w->fit, d, &r->model, start, &r->fit);
    if (!r->fit.converged) fit_poisson(&w->fit, d, &r->model, NULL, &r->fit);
}

static status
add_best(stepwise_space *w, const fit_data *d, double p, stepwise_result *r, bool *added)
{
    candidate list[PAIRS];
    fit_expected_sums(&w->fit, d);
    int n = find_candidates(w, d, &r->model, p, list);
    *added = false;
    for (int i = 0; i < n && !*added; i++) {
        int code;
        r->model.term[r->model.n++] = list[i].term;
        status ended = existence_code(&w->existence, d, &r->model, &code);
        r->model.n--;
        CHECK(ended);
        if (code != EXISTENCE_FINE) continue;
        fit_larger(w, d, list[i].term, r);
        *added = true;
    }
    return ST_OK;
}

static status
try_all_pairs(stepwise_space *w, const fit_data *d, stepwise_result *r, bool *done)
{
    model all = r->model;
    int code;
    for (int i = 0; i < d->lists; i++)
        for (int j = i + 1; j < d->lists; j++) all.term[all.n++] = (uint16_t)(1u << i | 1u << j);
    CHECK(existence_code(&w->existence, d, &all, &code));
    *done = code == EXISTENCE_FINE;
    if (!*done) return ST_OK;
    for (int i = r->model.n; i < all.n; i++) r->order[r->steps++] = all.term[i];
    r->model = all;
    fit_poisson(&w->fit, d, &r->model, NULL, &r->fit);
    return ST_OK;
}

/* Terms in the order models are written in, coefficients with them. */
static void
sort_terms(stepwise_result *r)
{
    for (int i = 1; i < r->model.n; i++) {
        uint16_t term = r->model.term[i];
        double beta = r->fit.beta[i];
        int at = i;
        for (; model_term_compare(&r->model.term[at - 1], &term) > 0; at--)
            r->model.term[at] = r->model.term[at - 1], r->fit.beta[at] = r->fit.beta[at - 1];
        r->model.term[at] = term, r->fit.beta[at] = beta;
    }
}

status
stepwise_choose(stepwise_space *w, const fit_data *d, double p, const double *start, stepwise_result *r)
{
    r->model = model_independence(d->lists);
    r->steps = 0;
    CHECK(existence_code(&w->existence, d, &r->model, &r->code));
    if (r->code != EXISTENCE_FINE) {
        r->fit = (fit){.n = r->model.n, .estimate = NAN, .missing = NAN};
        return ST_OK;
    }
    fit_poisson(&w->fit, d, &r->model, start, &r->fit);
    if (!r->fit.converged) fit_poisson(&w->fit, d, &r->model, NULL, &r->fit);
    if (r->fit.finite < r->fit.n || p <= 0) return ST_OK;
    bool more = true;
    if (p >= 1) {
        bool done;
        CHECK(try_all_pairs(w, d, r, &done));
        if (done) return ST_OK;
    }
    while (more) CHECK(add_best(w, d, p, r, &more));
    sort_terms(r);
    return ST_OK;
}
