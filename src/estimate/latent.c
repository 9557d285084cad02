#include "estimate/latent.h"

#include "base/threads.h"
#include "estimate/draw.h"
#include "estimate/elementary.h"
#include "estimate/resample.h"

#include <math.h>
#include <stdlib.h>

enum { CLASSES = 64 };

latent_options
latent_defaults(void)
{
    return (latent_options){.classes = 10, .chains = 4, .burn_in = 10000, .draws = 1000, .thinning = 10, .shape = 0.25, .rate = 0.25, .seed = 1};
}

/* One chain: classes with their weight and capture probabilities, and the persons in them. */
typedef struct chain {
    int classes, lists;
    size_t patterns;
    const size_t *pattern;     /* [patterns] observed masks */
    const double *count;       /* [patterns] */
    double weight[CLASSES], capture[CLASSES][ESTIMATE_LISTS];
    double persons[CLASSES], on[CLASSES][ESTIMATE_LISTS];
    double alpha, unseen, observed;
    rng r;
} chain;

static void
start_chain(chain *c)
{
    double sum = 0;
    for (int k = 0; k < c->classes; k++) sum += c->weight[k] = draw_gamma(&c->r, 1);
    for (int k = 0; k < c->classes; k++) {
        c->weight[k] /= sum;
        for (int l = 0; l < c->lists; l++) c->capture[k][l] = rng_uniform(&c->r);
    }
    c->alpha = 0.2;
}

/* Put the persons of one pattern into classes. */
static void
share_out(chain *c, double persons, const double share[], size_t pattern)
{
    double into[CLASSES];
    draw_multinomial(&c->r, persons, (size_t)c->classes, share, into);
    for (int k = 0; k < c->classes; k++) {
        c->persons[k] += into[k];
        for (size_t left = pattern; left; left &= left - 1) c->on[k][__builtin_ctzll(left)] += into[k];
    }
}

static void
draw_classes(chain *c)
{
    double share[CLASSES];
    memset(c->persons, 0, sizeof c->persons);
    memset(c->on, 0, sizeof c->on);
    for (size_t i = 0; i < c->patterns; i++) {
        for (int k = 0; k < c->classes; k++) {
            share[k] = c->weight[k];
            for (int l = 0; l < c->lists; l++) share[k] *= c->pattern[i] >> l & 1 ? c->capture[k][l] : 1 - c->capture[k][l];
        }
        share_out(c, c->count[i], share, c->pattern[i]);
    }
}

/* The unseen: negative binomial with the probability of being seen, then into classes. */
static void
draw_unseen(chain *c)
{
    double share[CLASSES], missed = 0;
    for (int k = 0; k < c->classes; k++) {
        share[k] = c->weight[k];
        for (int l = 0; l < c->lists; l++) share[k] *= 1 - c->capture[k][l];
        missed += share[k];
    }
    double rate = draw_gamma(&c->r, c->observed) * missed / (1 - missed > 1e-12 ? 1 - missed : 1e-12);
    c->unseen = rate < 1e12 ? draw_poisson(&c->r, rate) : 1e12;
    share_out(c, c->unseen, share, 0);
}

static double
within(double p)
{
    return p < 1e-12 ? 1e-12 : p > 1 - 1e-12 ? 1 - 1e-12 : p;
}

static void
draw_parameters(chain *c, double shape, double rate)
{
    double later = c->observed + c->unseen, rest = 1, log_rest = 0;
    for (int k = 0; k < c->classes; k++) {
        for (int l = 0; l < c->lists; l++)
            c->capture[k][l] = within(draw_beta(&c->r, 1 + c->on[k][l], 1 + c->persons[k] - c->on[k][l]));
        later -= c->persons[k];
        double stick = k + 1 < c->classes ? within(draw_beta(&c->r, 1 + c->persons[k], c->alpha + (later > 0 ? later : 0))) : 1;
        c->weight[k] = rest * stick;
        if (k + 1 < c->classes) log_rest += log_plain(1 - stick);
        rest *= 1 - stick;
    }
    c->alpha = draw_gamma(&c->r, shape + c->classes - 1) / (rate - log_rest);
    if (c->alpha < 1e-8) c->alpha = 1e-8;
}

static void
run_chain(chain *c, const latent_options *options, double draw[])
{
    start_chain(c);
    size_t steps = options->burn_in + options->draws * options->thinning;
    for (size_t i = 1; i <= steps; i++) {
        draw_classes(c);
        draw_unseen(c);
        draw_parameters(c, options->shape, options->rate);
        if (i > options->burn_in && (i - options->burn_in) % options->thinning == 0)
            draw[(i - options->burn_in) / options->thinning - 1] = c->observed + c->unseen;
    }
}

static double
mean_of(size_t n, const double x[])
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += x[i];
    return sum / (double)n;
}

/* Covariance of a chain with itself `lag` later. */
static double
lag_covariance(size_t n, const double x[], double mean, size_t lag)
{
    double sum = 0;
    for (size_t i = lag; i < n; i++) sum += (x[i] - mean) * (x[i - lag] - mean);
    return sum / (double)n;
}

/* Sum of autocorrelations in pairs while these are positive and falling (Geyer's monotone sequence). */
static double
autocorrelation_time(int chains, size_t n, const double value[], const double mean[], double within_chains, double total)
{
    double time = 1, last = INFINITY;
    for (size_t lag = 1; lag + 1 < n; lag += 2) {
        double pair = 0;
        for (size_t j = lag; j <= lag + 1; j++) {
            double covariance = 0;
            for (int c = 0; c < chains; c++) covariance += lag_covariance(n, value + (size_t)c * n, mean[c], j) / chains;
            pair += 1 - (within_chains - covariance) / total;
        }
        if (pair <= 0) break;
        if (pair > last) pair = last;
        time += 2 * pair;
        last = pair;
    }
    return time;
}

void
latent_diagnose(int chains, size_t draws, const double value[], double *r_hat, double *effective)
{
    enum { MOST = 128 };
    size_t n = draws / 2;
    int halves = 2 * chains > MOST ? MOST : 2 * chains;
    double mean[MOST] = {0}, within_chains = 0, between = 0;
    for (int c = 0; c < halves; c++) mean[c] = mean_of(n, value + (size_t)c * n);
    double grand = mean_of((size_t)halves, mean);
    for (int c = 0; c < halves; c++) {
        within_chains += lag_covariance(n, value + (size_t)c * n, mean[c], 0) * (double)n / (double)(n - 1) / halves;
        between += (mean[c] - grand) * (mean[c] - grand) / (halves - 1);
    }
    double total = within_chains * (double)(n - 1) / (double)n + between;
    *r_hat = within_chains > 0 ? sqrt(total / within_chains) : NAN;
    *effective = total > 0 ? (double)halves * (double)n / autocorrelation_time(halves, n, value, mean, within_chains, total) : NAN;
}

static int
compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static status
summarise(const latent_options *options, latent_result *r)
{
    SCRATCH(tmp);
    double *sorted, *logs;
    ALLOC(tmp, sorted, r->n);
    ALLOC(tmp, logs, r->n);
    for (size_t i = 0; i < r->n; i++) logs[i] = log_plain(sorted[i] = r->draw[i]);
    qsort(sorted, r->n, sizeof *sorted, compare);
    r->mean = mean_of(r->n, sorted);
    r->lower = resample_quantile(r->n, sorted, 0.025);
    r->median = resample_quantile(r->n, sorted, 0.5);
    r->upper = resample_quantile(r->n, sorted, 0.975);
    latent_diagnose(options->chains, options->draws, logs, &r->r_hat, &r->effective);
    return ST_OK;
}

status
latent_run(arena *out, const overlap *o, const latent_options *options, latent_result *result)
{
    SCRATCH(tmp);
    if (options->classes < 1 || options->classes > CLASSES || options->chains < 2 || options->chains > 64 || options->draws < 8)
        FAIL(ST_INVALID, "latent classes: expected 1 to %d classes, 2 to 64 chains and at least 8 draws", CLASSES);
    latent_result r = {.n = (size_t)options->chains * options->draws};
    size_t *pattern, patterns = 0;
    double *count;
    chain *chains;
    ALLOC(tmp, pattern, o->cells);
    ALLOC(tmp, count, o->cells);
    ALLOC(tmp, chains, options->chains);
    ALLOC(out, r.draw, r.n);
    for (size_t s = 1; s < o->cells; s++)
        if (o->count[s] > 0) pattern[patterns] = s, count[patterns++] = o->count[s];
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads_count())
    for (int c = 0; c < options->chains; c++) {
        chains[c] = (chain){.classes = options->classes, .lists = o->lists, .patterns = patterns, .pattern = pattern, .count = count,
                            .observed = o->total, .r = rng_new(options->seed, (uint64_t)c)};
        run_chain(&chains[c], options, r.draw + (size_t)c * options->draws);
    }
    CHECK(summarise(options, &r));
    *result = r;
    return ST_OK;
}
