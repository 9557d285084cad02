#include "estimate/resample.h"

#include "base/threads.h"
#include "estimate/draw.h"
#include "estimate/links.h"

#define MATHLIB_STANDALONE
#include <Rmath.h>
#include <float.h>
#include <math.h>
#include <omp.h>
#include <stdlib.h>

static int
compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double
resample_quantile(size_t n, const double sorted[], double p)
{
    double at = 1.0 / 3 + p * ((double)n + 1.0 / 3), below = floor(at + 4 * DBL_EPSILON), share = at - below;
    if (fabs(share) < 4 * DBL_EPSILON) share = 0;
    double j = below < 1 ? 1 : below > (double)n ? (double)n : below;
    double k = below + 1 < 1 ? 1 : below + 1 > (double)n ? (double)n : below + 1;
    double low = sorted[(size_t)j - 1], high = sorted[(size_t)k - 1];
    return share == 0 || low == high ? low : low + share * (high - low);
}

double
resample_limit(size_t n, const double sorted[], double estimate, double acceleration, double alpha)
{
    /* Replicates with the estimate's own sums equal it but for the last bits, which must not decide: half of them count
     * as below, an odd one too. */
    size_t below = 0, equal = 0;
    while (below < n && sorted[below] < estimate * (1 - 1e-9)) below++;
    while (below + equal < n && sorted[below + equal] <= estimate * (1 + 1e-9)) equal++;
    below += (equal + 1) / 2;
    double z0 = qnorm((double)below / (double)n, 0, 1, 1, 0);
    double z = z0 + qnorm(alpha, 0, 1, 1, 0);
    double p = pnorm(z0 + z / (1 - acceleration * z), 0, 1, 1, 0);
    return isfinite(z0) && isfinite(p) ? resample_quantile(n, sorted, p) : NAN;
}

/* Leave one person out of each occupied cell in turn; influence counts as often as there are persons in the cell. */
static void
find_acceleration(const overlap *o, size_t n, const size_t cell[], const double estimate[], resample_result *r)
{
    double mean = 0, cubes = 0, squares = 0;
    for (size_t i = 0; i < n; i++) mean += o->count[cell[i]] * estimate[i] / o->total;
    for (size_t i = 0; i < n; i++) {
        double off = mean - estimate[i];
        squares += o->count[cell[i]] * off * off;
        cubes += o->count[cell[i]] * off * off * off;
    }
    r->acceleration = squares > 0 ? cubes / (6 * squares * sqrt(squares)) : isnan(squares) ? NAN : 0;
}

static status
find_limits(double estimate, resample_result *r)
{
    SCRATCH(tmp);
    double *sorted;
    ALLOC(tmp, sorted, r->n);
    for (size_t i = 0; i < r->n; i++) sorted[i] = isnan(r->estimate[i]) ? INFINITY : r->estimate[i];
    qsort(sorted, r->n, sizeof *sorted, compare);
    r->lower = resample_limit(r->n, sorted, estimate, r->acceleration, 0.025);
    r->upper = resample_limit(r->n, sorted, estimate, r->acceleration, 0.975);
    r->wide_lower = fmin(r->lower, resample_quantile(r->n, sorted, 0.025));
    r->wide_upper = fmax(r->upper, resample_quantile(r->n, sorted, 0.975));
    if (isnan(r->acceleration)) r->why = WORD("no BCa limits: leaving out one person leaves no estimate");
    else if (isnan(r->lower) || isnan(r->upper)) r->why = WORD("no BCa limits: the estimate lies outside all replicates");
    else if (isinf(r->upper)) r->why = WORD("no upper limit: too many replicates have no estimate");
    return ST_OK;
}

/* The table of task i: a resample, a given one, or the observed one less a person. */
static void
fill_table(const overlap *o, const resample_options *options, size_t i, size_t n, const size_t cell[], double count[])
{
    if (i >= n) {
        memcpy(count, o->count, o->cells * sizeof *count);
        count[cell[i - n]]--;
    } else if (options->given) {
        memcpy(count, options->counts + i * o->cells, o->cells * sizeof *count);
    } else {
        rng r = rng_new(options->seed, i);
        draw_multinomial(&r, o->total, o->cells, o->count, count);
    }
    if (options->missed > 0 || options->falsely > 0) links_correct(o->lists, options->missed, options->falsely, count);
}

/* The replicates and the tables with a person less, in chunks of as many as the chooser takes. */
typedef struct tasks {
    const overlap *o;
    const resample_options *options;
    const chooser *how;
    size_t occupied, *cell;
    double *left_out; /* [occupied] */
    double *count;    /* [threads * most * cells] */
    choice *chosen;   /* [threads * most] */
} tasks;

static status
run_chunk(const tasks *k, size_t from, int thread, resample_result *r)
{
    double *count = k->count + (size_t)thread * k->how->most * k->o->cells;
    choice *chosen = k->chosen + (size_t)thread * k->how->most;
    size_t n = r->n + k->occupied - from;
    if (n > k->how->most) n = k->how->most;
    for (size_t i = 0; i < n; i++) fill_table(k->o, k->options, from + i, r->n, k->cell, count + i * k->o->cells);
    CHECK(k->how->choose(k->how->state, thread, n, count, chosen));
    for (size_t i = 0; i < n; i++) {
        if (from + i < r->n) r->estimate[from + i] = chosen[i].estimate, r->model[from + i] = chosen[i].model;
        else k->left_out[from + i - r->n] = chosen[i].estimate;
    }
    return ST_OK;
}

static status
run_tasks(const tasks *k, int threads, resample_result *r)
{
    status failed = ST_OK;
    int chunk = k->how->most > 1 ? 1 : 8;
#pragma omp parallel for schedule(dynamic, chunk) num_threads(threads)
    for (size_t from = 0; from < r->n + k->occupied; from += k->how->most) {
        status ended = run_chunk(k, from, omp_get_thread_num(), r);
        if (ended == ST_OK) continue;
#pragma omp critical
        failed = ended;
    }
    if (failed != ST_OK) FAIL(failed, "a replicate could not be worked out: %s", status_text(failed));
    return ST_OK;
}

status
resample_run(arena *out, const overlap *o, double estimate, const chooser *how, const resample_options *options,
             resample_result *result)
{
    SCRATCH(tmp);
    resample_result r = {.n = options->given ? options->given : options->replicates, .lower = NAN, .upper = NAN, .wide_lower = NAN,
                         .wide_upper = NAN};
    tasks k = {o, options, how, 0, NULL, NULL, NULL, NULL};
    int threads = threads_count();
    ALLOC(tmp, k.cell, o->cells);
    for (size_t s = 1; s < o->cells; s++)
        if (o->count[s] > 0) k.cell[k.occupied++] = s;
    ALLOC(tmp, k.count, (size_t)threads * how->most * o->cells);
    ALLOC(tmp, k.chosen, (size_t)threads * how->most);
    ALLOC(tmp, k.left_out, k.occupied);
    ALLOC(out, r.estimate, r.n);
    ALLOC(out, r.model, r.n);
    CHECK(run_tasks(&k, threads, &r));
    for (size_t i = 0; i < r.n; i++) r.failed += isnan(r.estimate[i]);
    find_acceleration(o, k.occupied, k.cell, k.left_out, &r);
    if (r.n > 0) CHECK(find_limits(estimate, &r));
    *result = r;
    return ST_OK;
}
