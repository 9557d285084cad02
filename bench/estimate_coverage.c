/* Coverage of the nominal 95 % interval: populations drawn from the models chosen for published tables, estimated as if
 * nothing were known. bench_estimate_coverage [SOURCE-ROOT [SIMULATIONS [SEED [METHOD [METHOD OF THE TRUTH]]]]]; results in
 * docs/methods/estimate.md. */
#include "bench.h"

#include "base/file.h"
#include "base/threads.h"
#include "estimate/draw.h"
#include "estimate/elementary.h"
#include "estimate/method.h"
#include "estimate/zeta.h"

#include <math.h>
#include <string.h>

/* One kind of interval. */
typedef struct kind {
    const char *name;
    size_t covered, below, above, unbounded;
    double log_width;
} kind;

enum { BCA, WIDE, SMOOTH, KINDS };

typedef struct tally {
    size_t n, none;
    kind of[KINDS];
    double log_error;
} tally;

/* Expected counts of a fitted model, the unseen in cell 0. */
static void
expected_cells(const overlap *o, const finding *f, double mu[])
{
    memset(mu, 0, o->cells * sizeof *mu);
    for (int i = 0; i < f->model.n; i++) mu[f->model.term[i]] = isinf(f->fit.beta[i]) ? -1e6 : f->fit.beta[i];
    zeta_subsets(o->lists, mu);
    for (size_t s = 0; s < o->cells; s++) mu[s] = exp_small(mu[s]);
}

static void
count_interval(kind *k, double lower, double upper, double truth)
{
    k->covered += lower <= truth && truth <= upper;
    k->below += upper < truth;
    k->above += lower > truth;
    if (isfinite(upper)) k->log_width += log_plain(upper / lower);
    else k->unbounded++;
}

static int
compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double
log_unseen(size_t n, const double sorted[], double observed, double p)
{
    double unseen = resample_quantile(n, sorted, p) - observed;
    return isinf(unseen) ? unseen : log_plain(unseen > 0.5 ? unseen : 0.5);
}

/* An interval that was tried: unseen persons from median / k to median * k, log k = 1.96 standard deviations of log(unseen)
 * from the 16th to the 84th percentile, within `lower` and `upper` as they are given. A third narrower than the wide one, but it
 * leans on the replicates' median: where the choice of a model leads astray, so does that. */
static void
smooth(size_t n, const double sorted[], double observed, double estimate, double *lower, double *upper)
{
    const double one_sigma = 0.15865525393145707, z = 1.959963984540054;
    double low = log_unseen(n, sorted, observed, one_sigma), middle = log_unseen(n, sorted, observed, 0.5);
    double high = log_unseen(n, sorted, observed, 1 - one_sigma), reach = z * (high - low) / 2;
    bool bounded = isfinite(reach) && isfinite(resample_quantile(n, sorted, 0.975));
    if (isfinite(reach)) *lower = fmax(*lower, observed + exp_clamped(middle - reach));
    *upper = bounded ? fmin(*upper, observed + exp_clamped(middle + reach)) : INFINITY;
    *lower = fmin(*lower, estimate), *upper = fmax(*upper, estimate);
}

static void
count_smooth(const finding *f, double truth, kind *k)
{
    const resample_result *r = &f->resample;
    double lower = r->wide_lower, upper = r->wide_upper;
    for (size_t i = 0; i < r->n; i++)
        if (isnan(r->estimate[i])) r->estimate[i] = INFINITY;
    qsort(r->estimate, r->n, sizeof *r->estimate, compare);
    smooth(r->n, r->estimate, f->fit.estimate - f->fit.missing, f->estimate, &lower, &upper);
    count_interval(k, lower, upper, truth);
}

static void
count_one(const finding *f, double truth, tally *t)
{
    t->n++;
    if (isnan(f->lower) || isnan(f->upper)) {
        t->none++;
        return;
    }
    const resample_result *r = &f->resample;
    t->log_error += log_plain(f->estimate / truth);
    count_interval(&t->of[BCA], f->lower, f->upper, truth);
    count_interval(&t->of[WIDE], r->wide_lower, r->wide_upper, truth);
    count_smooth(f, truth, &t->of[SMOOTH]);
}

static void
print_tally(const char *name, method from, method m, double truth, const tally *t)
{
    double with = (double)(t->n - t->none);
    printf("# %s: truth %.0f (%s), estimated by %s; %.0f intervals, %zu populations without one; mean factor of estimate to truth %.3f\n", name,
           truth, method_name(from), method_name(m), with, t->none, exp_small(t->log_error / with));
    for (const kind *k = t->of; k < t->of + KINDS; k++)
        printf("#   %-10s covers %.1f %% (too low %.1f, too high %.1f), upper / lower %.2f, %zu unbounded\n", k->name, 100 * (double)k->covered / with,
               100 * (double)k->below / with, 100 * (double)k->above / with, exp_small(k->log_width / (with - (double)k->unbounded)), k->unbounded);
    fflush(stdout);
}

typedef struct design {
    size_t simulations;
    uint64_t seed;
    method m, from; /* how it is estimated, and how the truth was chosen */
} design;

static void
study(arena *a, const char *root, const char *path, const design *how)
{
    overlap o;
    finding f;
    method_options options = method_defaults();
    tally t = {.of = {{.name = "BCa"}, {.name = "wide"}, {.name = "smoothed"}}};
    options.replicates = 0, options.order = 2;
    BENCH_OK(overlap_read(a, path_join(a, root, path), NULL, &o));
    BENCH_OK(method_run(a, &o, how->from, &options, &f));
    double *mu = arena_alloc(a, o.cells, sizeof *mu), truth = floor(f.estimate + 0.5);
    if (!mu) exit(1);
    expected_cells(&o, &f, mu);
    options.replicates = 1000;
    bench b = bench_start(path);
    for (size_t i = 0; i < how->simulations; i++) {
        SCRATCH(tmp);
        rng r = rng_new(how->seed, i);
        draw_multinomial(&r, truth, o.cells, mu, o.count);
        o.count[0] = 0;
        if (overlap_check(&o) != ST_OK) continue;
        options.seed = i + 1;
        BENCH_OK(method_run(tmp, &o, how->m, &options, &f));
        count_one(&f, truth, &t);
    }
    bench_stop(b, (double)t.n);
    print_tally(path, how->from, how->m, truth, &t);
}

int
main(int argc, char **argv)
{
    static const char *const tables[] = {"tests/reference/estimate/UKdat_5.csv", "tests/reference/estimate/UKdat.csv",
                                         "tests/reference/estimate/Kosovo.csv", "tests/reference/estimate/Korea.csv",
                                         "monitors/nl-lists-2010-2015/lists.csv"};
    const char *root = argc > 1 ? argv[1] : ".";
    design how = {argc > 2 ? (size_t)strtoul(argv[2], NULL, 10) : 1000, argc > 3 ? strtoul(argv[3], NULL, 10) : 20, METHOD_STEPWISE,
                  METHOD_STEPWISE};
    if (argc > 4 && !method_find(argv[4], &how.m)) return 64;
    if (argc > 5 && !method_find(argv[5], &how.from)) return 64;
    threads_set(0);
    puts("name,n,cpu_s,wall_s,peak_mb");
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        SCRATCH(a);
        study(a, root, tables[i], &how);
    }
    return 0;
}
