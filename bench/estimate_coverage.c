/* Coverage of the nominal 95 % interval: populations drawn from the models chosen for published tables, estimated as if
 * nothing were known. bench_estimate_coverage [SOURCE-ROOT [SIMULATIONS [METHOD]]]; results in docs/methods/estimate.md. */
#include "bench.h"

#include "base/file.h"
#include "base/threads.h"
#include "estimate/draw.h"
#include "estimate/elementary.h"
#include "estimate/method.h"
#include "estimate/zeta.h"

#include <math.h>
#include <string.h>

typedef struct tally {
    size_t n, none, unbounded, covered, below, above, wide_covered;
    double log_width, log_wide, log_error;
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
count_one(const finding *f, double truth, tally *t)
{
    t->n++;
    if (isnan(f->lower) || isnan(f->upper)) {
        t->none++;
        return;
    }
    t->unbounded += isinf(f->upper);
    t->wide_covered += f->resample.wide_lower <= truth && truth <= f->resample.wide_upper;
    t->covered += f->lower <= truth && truth <= f->upper;
    t->below += f->upper < truth;
    t->above += f->lower > truth;
    t->log_error += log_plain(f->estimate / truth);
    if (!isfinite(f->upper)) return;
    t->log_width += log_plain(f->upper / f->lower);
    t->log_wide += log_plain(f->resample.wide_upper / f->resample.wide_lower);
}

static void
study(arena *a, const char *root, const char *name, size_t simulations, method m)
{
    overlap o;
    finding f;
    method_options options = method_defaults();
    tally t = {0};
    options.replicates = 0;
    BENCH_OK(overlap_read(a, path_join(a, root, arena_printf(a, "tests/reference/estimate/%s.csv", name)), NULL, &o));
    BENCH_OK(method_run(a, &o, METHOD_STEPWISE, &options, &f));
    double *mu = arena_alloc(a, o.cells, sizeof *mu), truth = floor(f.estimate + 0.5);
    if (!mu) exit(1);
    expected_cells(&o, &f, mu);
    options.replicates = 1000;
    bench b = bench_start(name);
    for (size_t i = 0; i < simulations; i++) {
        SCRATCH(tmp);
        rng r = rng_new(20, i);
        draw_multinomial(&r, truth, o.cells, mu, o.count);
        o.count[0] = 0;
        if (overlap_check(&o) != ST_OK) continue;
        options.seed = i + 1;
        BENCH_OK(method_run(tmp, &o, m, &options, &f));
        count_one(&f, truth, &t);
    }
    bench_stop(b, (double)t.n);
    size_t with = t.n - t.none;
    printf("# %s, %s: truth %.0f; covered %.1f %% (too low %.1f, too high %.1f) of %zu intervals, %zu without one, %zu unbounded above; "
           "mean factor of estimate to truth %.3f, mean upper / lower %.2f; wide interval: covered %.1f %%, upper / lower %.2f\n",
           name, method_name(m), truth, 100 * (double)t.covered / (double)with, 100 * (double)t.below / (double)with,
           100 * (double)t.above / (double)with, with, t.none, t.unbounded, exp_small(t.log_error / (double)with),
           exp_small(t.log_width / (double)(with - t.unbounded)), 100 * (double)t.wide_covered / (double)with,
           exp_small(t.log_wide / (double)(with - t.unbounded)));
    fflush(stdout);
}

int
main(int argc, char **argv)
{
    static const char *const tables[] = {"UKdat_5", "UKdat", "Kosovo", "Korea"};
    const char *root = argc > 1 ? argv[1] : ".";
    size_t simulations = argc > 2 ? (size_t)strtoul(argv[2], NULL, 10) : 1000;
    method m = METHOD_STEPWISE;
    if (argc > 3 && !method_find(argv[3], &m)) return 64;
    threads_set(0);
    puts("name,n,cpu_s,wall_s,peak_mb");
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        SCRATCH(a);
        study(a, root, tables[i], simulations, m);
    }
    return 0;
}
