#include "estimate/method.h"

#include "base/log.h"
#include "base/threads.h"
#include "estimate/bic.h"
#include "estimate/decomposable.h"
#include "estimate/latent.h"
#include "estimate/links.h"
#include "estimate/stepwise.h"

#include <math.h>

enum { TOP_MODELS = 100, REPLICATE_ALL = 1100, FAMILY_LIMIT = 40000 };

static const char *const names[METHOD_COUNT] = {"stepwise", "bic", "decomposable", "latent", "independence"};

const char *
method_name(method m)
{
    return names[m];
}

bool
method_find(const char *name, method *m)
{
    for (int i = 0; i < METHOD_COUNT; i++)
        if (strcmp(names[i], name) == 0) return *m = (method)i, true;
    return false;
}

method_options
method_defaults(void)
{
    return (method_options){.p = 0.02, .replicates = 1000, .seed = 1, .draws = 1000};
}

/* ---- stepwise, and independence as stepwise that adds nothing ---- */

typedef struct stepwise_state {
    double p;
    const double *start;
    stepwise_space *space; /* [threads] */
    fit_data *data;        /* [threads] */
} stepwise_state;

static status
choose_stepwise(void *state, int thread, size_t n, const double count[], choice *c)
{
    (void)n;
    stepwise_state *s = state;
    stepwise_result r;
    fit_data_set(&s->data[thread], count);
    CHECK(stepwise_choose(&s->space[thread], &s->data[thread], s->p, s->start, &r));
    c->model = r.model;
    c->estimate = r.code == EXISTENCE_FINE && r.fit.converged ? r.fit.estimate : NAN;
    return ST_OK;
}

static status
stepwise_state_new(arena *a, int lists, stepwise_state *s)
{
    int threads = threads_count();
    ALLOC(a, s->space, threads);
    ALLOC(a, s->data, threads);
    for (int t = 0; t < threads; t++) {
        CHECK(stepwise_space_new(a, lists, &s->space[t]));
        CHECK(fit_data_new(a, lists, &s->data[t]));
    }
    return ST_OK;
}

/* Take a fitted model into the finding. */
static void
set_fit(finding *f, fit_space *w, const fit_data *d, const model *m, const fit *fitted)
{
    f->has_model = true;
    f->model = *m;
    f->fit = *fitted;
    if (f->code != EXISTENCE_FINE) f->why = existence_words(f->code);
    if (f->code != EXISTENCE_FINE) return;
    if (!fitted->converged) {
        f->why = WORD("no estimate: the fit did not converge");
        return;
    }
    f->statistics = fit_describe(w, d, m, fitted);
    f->estimate = fitted->estimate;
}

static status
run_resamples(arena *out, const chooser *how, const method_options *options, finding *f)
{
    resample_options r = {options->replicates, options->seed, options->given, options->counts, options->missed, options->falsely};
    if (isnan(f->estimate) || (options->replicates == 0 && options->given == 0)) return ST_OK;
    CHECK(resample_run(out, f->linked, f->estimate, how, &r, &f->resample));
    f->lower = f->resample.lower;
    f->upper = f->resample.upper;
    f->shown_lower = f->resample.wide_lower;
    f->shown_upper = f->resample.wide_upper;
    if (f->resample.why) f->why = f->resample.why;
    return ST_OK;
}

static status
run_stepwise(arena *out, const overlap *o, const method_options *options, finding *f)
{
    SCRATCH(tmp);
    stepwise_state s = {.p = f->method == METHOD_INDEPENDENCE ? 0 : options->p};
    stepwise_result r, independent;
    CHECK(stepwise_state_new(tmp, o->lists, &s));
    fit_data_set(&s.data[0], o->count);
    CHECK(stepwise_choose(&s.space[0], &s.data[0], 0, NULL, &independent));
    CHECK(stepwise_choose(&s.space[0], &s.data[0], s.p, NULL, &r));
    f->code = r.code;
    set_fit(f, &s.space[0].fit, &s.data[0], &r.model, &r.fit);
    f->models = (size_t)r.steps + 1;
    f->search = f->method == METHOD_INDEPENDENCE ? "every list for itself" : "forward over pairs of lists, Poisson p-values";
    s.start = independent.code == EXISTENCE_FINE ? independent.fit.beta : NULL;
    return run_resamples(out, &(chooser){&s, 1, choose_stepwise}, options, f);
}

/* ---- BIC ---- */

typedef struct bic_state {
    bic_plan plan;
    bic_choice_space *space; /* [threads] */
} bic_state;

static status
choose_bic(void *state, int thread, size_t n, const double count[], choice c[])
{
    bic_state *s = state;
    bic_best best[LANES];
    CHECK(bic_choose(&s->space[thread], &s->plan, n, count, best));
    for (size_t i = 0; i < n; i++) c[i].model = model_of_member(s->plan.family, best[i].member), c[i].estimate = best[i].estimate;
    return ST_OK;
}

static status
bic_state_new(arena *a, const model_family *family, size_t n, const uint32_t few[], bic_state *s)
{
    int threads = threads_count();
    CHECK(bic_plan_new(a, family, n, few, &s->plan));
    ALLOC(a, s->space, threads);
    for (int t = 0; t < threads; t++) CHECK(bic_choice_space_new(a, &s->plan, &s->space[t]));
    return ST_OK;
}

/* What the replicates choose among: all, or the best of the observed table. */
static status
bic_state_for_replicates(arena *a, const model_family *family, const method_options *options, bic_state *s)
{
    size_t top = options->top ? options->top : family->n <= REPLICATE_ALL ? 0 : TOP_MODELS;
    uint32_t *few;
    if (top == 0 || top >= family->n) return ST_OK; /* all of them: that is how it is */
    ALLOC(a, few, top);
    top = bic_top(family->n, family->member, s->space[0].bic, top, few);
    return bic_state_new(a, family, top, few, s);
}

static status
run_bic_all(arena *out, const overlap *o, const model_family *family, const method_options *options, finding *f)
{
    SCRATCH(tmp);
    bic_state s = {0};
    bic_best best;
    CHECK(bic_state_new(tmp, family, 0, NULL, &s));
    bic_space *w = &s.space[0].one;
    fit_data *d = &s.space[0].data[0];
    CHECK(bic_choose(&s.space[0], &s.plan, 1, o->count, &best));
    f->models = family->n, f->fits = best.fits;
    model m = model_of_member(family, best.member);
    CHECK(existence_code(&w->existence, d, &m, &f->code));
    fit fitted = {.n = m.n};
    if (f->code == EXISTENCE_FINE) fit_poisson(&w->fit, d, &m, NULL, &fitted);
    set_fit(f, &w->fit, d, &m, &fitted);
    if (isnan(f->estimate)) return ST_OK;
    CHECK(bic_state_for_replicates(tmp, family, options, &s));
    f->search = s.plan.n < family->n ? "all hierarchical models; the replicates choose among the best of these" : "all hierarchical models";
    return run_resamples(out, &(chooser){&s, LANES, choose_bic}, options, f);
}

typedef struct downhill_state {
    int order;
    const model *from;
    fit_space *fit;             /* [threads] */
    existence_space *existence; /* [threads] */
    fit_data *data;             /* [threads] */
} downhill_state;

static status
choose_downhill(void *state, int thread, size_t n, const double count[], choice *c)
{
    (void)n;
    downhill_state *s = state;
    fit fitted;
    int code;
    fit_data_set(&s->data[thread], count);
    CHECK(bic_downhill(&s->fit[thread], &s->existence[thread], &s->data[thread], s->order, s->from, &c->model, &fitted, &code));
    c->estimate = code == EXISTENCE_FINE ? fitted.estimate : NAN;
    return ST_OK;
}

static status
run_bic_downhill(arena *out, const overlap *o, int order, const method_options *options, finding *f)
{
    SCRATCH(tmp);
    int threads = threads_count();
    model independent = model_independence(o->lists), best;
    downhill_state s = {.order = order, .from = &independent};
    fit fitted;
    ALLOC(tmp, s.fit, threads);
    ALLOC(tmp, s.existence, threads);
    ALLOC(tmp, s.data, threads);
    for (int t = 0; t < threads; t++) {
        CHECK(fit_space_new(tmp, o->lists, MODEL_TERMS, &s.fit[t]));
        CHECK(existence_space_new(tmp, o->lists, MODEL_TERMS, &s.existence[t]));
        CHECK(fit_data_new(tmp, o->lists, &s.data[t]));
    }
    fit_data_set(&s.data[0], o->count);
    CHECK(bic_downhill(&s.fit[0], &s.existence[0], &s.data[0], order, s.from, &best, &fitted, &f->code));
    if (f->code == EXISTENCE_FINE) fit_poisson(&s.fit[0], &s.data[0], &best, NULL, &fitted);
    set_fit(f, &s.fit[0], &s.data[0], &best, &fitted);
    f->search = "downhill from independence, one term at a time";
    if (isnan(f->estimate)) return ST_OK;
    s.from = &best; /* replicates start from the model of the observed table */
    return run_resamples(out, &(chooser){&s, 1, choose_downhill}, options, f);
}

static status
run_bic(arena *out, const overlap *o, const method_options *options, finding *f)
{
    SCRATCH(tmp);
    int order = options->order ? options->order : o->lists <= 5 ? o->lists - 1 : 2;
    model_family family;
    if (order > o->lists - 1 && o->lists > 2) order = o->lists - 1;
    if (o->lists > 6 || (o->lists == 6 && order > 2)) return run_bic_downhill(out, o, order, options, f);
    CHECK(model_family_new(tmp, o->lists, order, FAMILY_LIMIT, &family));
    return run_bic_all(out, o, &family, options, f);
}

/* ---- posteriors ---- */

static status
run_decomposable(const overlap *o, const method_options *options, finding *f)
{
    static const double scale[METHOD_PRIORS] = {1.0 / 16, 1.0 / 4, 1, 4, 16};
    double delta = options->delta > 0 ? options->delta : 1 / (double)o->cells;
    for (int i = 0; i < METHOD_PRIORS; i++) {
        decomposable_result r;
        if (options->brief && scale[i] != 1) continue;
        CHECK(decomposable_average(o, delta * scale[i], &r));
        f->delta[i] = delta * scale[i], f->median_at[i] = r.median;
        f->band_lower = isnan(f->band_lower) || r.median < f->band_lower ? r.median : f->band_lower;
        f->band_upper = isnan(f->band_upper) || r.median > f->band_upper ? r.median : f->band_upper;
        if (scale[i] != 1) continue;
        f->estimate = f->median = r.median, f->mean = r.mean;
        f->lower = f->shown_lower = r.lower, f->upper = f->shown_upper = r.upper;
        f->has_model = true, f->model = r.best, f->probability = r.best_probability;
        f->models = r.graphs;
        if (r.at_edge > 1e-3) f->why = WORD("the posterior does not end within 25 times the persons observed: the upper limit is that of the prior");
    }
    f->search = "averaged over all decomposable graphs; the model named is the likeliest";
    return ST_OK;
}

static status
run_latent(arena *out, const overlap *o, const method_options *options, finding *f)
{
    latent_options how = latent_defaults();
    latent_result r;
    how.seed = options->seed, how.draws = options->draws, how.burn_in = 10 * options->draws;
    CHECK(latent_run(out, o, &how, &r));
    f->estimate = f->median = r.median, f->mean = r.mean;
    f->lower = f->shown_lower = r.lower, f->upper = f->shown_upper = r.upper;
    f->r_hat = r.r_hat, f->effective = r.effective;
    f->models = (size_t)how.classes;
    f->search = "latent classes, several Markov chains";
    if (!(r.r_hat < 1.05)) f->why = WORD("the chains of the latent class model do not agree (R-hat of 1.05 or more): do not use its estimate");
    return ST_OK;
}

finding
finding_nothing(method m, const char *why)
{
    finding f = {.method = m, .estimate = NAN, .lower = NAN, .upper = NAN, .shown_lower = NAN, .shown_upper = NAN, .why = why};
    f.statistics = (fit_statistics){NAN, NAN, NAN, 0, NAN, NAN};
    f.mean = f.median = f.band_lower = f.band_upper = f.probability = f.r_hat = f.effective = NAN;
    return f;
}

/* The table as it would be with right links; replicates are drawn from the linked one and corrected each. */
static status
correct_table(arena *out, method m, const method_options *options, const overlap **o, finding *f)
{
    overlap *right;
    if (m == METHOD_DECOMPOSABLE || m == METHOD_LATENT)
        FAIL(ST_UNSUPPORTED, "method %s takes whole persons: the correction for linkage error works with stepwise, bic and independence",
             method_name(m));
    if (options->missed + options->falsely >= 1) FAIL(ST_INVALID, "missed and false links together must stay below 1");
    ALLOC(out, right, 1);
    *right = **o;
    ALLOC(out, right->count, right->cells);
    memcpy(right->count, (*o)->count, right->cells * sizeof *right->count);
    if (!links_correct(right->lists, options->missed, options->falsely, right->count))
        f->why = WORD("the rates of linkage error are too large for this table: cells that would be negative were set to 0");
    right->total = 0;
    for (size_t s = 1; s < right->cells; s++) right->total += right->count[s];
    *o = right;
    return ST_OK;
}

static bool
any_overlap(const overlap *o)
{
    for (size_t s = 1; s < o->cells; s++)
        if (o->count[s] > 0 && __builtin_popcountll(s) > 1) return true;
    return false;
}

status
method_run(arena *out, const overlap *o, method m, const method_options *options, finding *result)
{
    finding f = finding_nothing(m, NULL);
    double started = clock_wall();
    f.linked = o;
    if (!any_overlap(o)) {
        f.code = EXISTENCE_NONE;
        f.why = WORD("no estimate exists: nobody is on two lists, and only overlaps tell of the unseen");
        *result = f;
        return ST_OK;
    }
    if (options->missed > 0 || options->falsely > 0) CHECK(correct_table(out, m, options, &o, &f));
    switch (m) {
    case METHOD_STEPWISE:
    case METHOD_INDEPENDENCE: CHECK(run_stepwise(out, o, options, &f)); break;
    case METHOD_BIC: CHECK(run_bic(out, o, options, &f)); break;
    case METHOD_DECOMPOSABLE: CHECK(run_decomposable(o, options, &f)); break;
    case METHOD_LATENT: CHECK(run_latent(out, o, options, &f)); break;
    default: FAIL(ST_INTERNAL, "no such method");
    }
    f.seconds = clock_wall() - started;
    *result = f;
    return ST_OK;
}
