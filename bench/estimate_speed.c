/* Speed of choosing and resampling: bench_estimate_speed [SOURCE-ROOT [REPLICATES]], the latter for all models of six lists (1000
 * is the target's number). R's CPU seconds for the same tasks are printed as comments (docs/methods/estimate.md). */
#include "bench.h"

#include "base/file.h"
#include "base/rng.h"
#include "base/threads.h"
#include "estimate/bic.h"
#include "estimate/method.h"

/* A sparse table of eight lists with dependence, drawn from a fixed seed. */
static overlap
eight_lists(arena *a)
{
    static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g", "h"};
    static const double p[] = {0.05, 0.02, 0.08, 0.03, 0.04, 0.06, 0.02, 0.03};
    overlap o;
    rng r = rng_new(8, 0);
    BENCH_OK(overlap_new(a, 8, names, &o));
    for (int person = 0; person < 4000; person++) {
        size_t mask = 0;
        double often = rng_uniform(&r) < 0.1 ? 4 : 0.8;
        for (int l = 0; l < 8; l++) mask |= (size_t)(rng_uniform(&r) < often * p[l]) << l;
        if (mask) o.count[mask]++;
    }
    BENCH_OK(overlap_check(&o));
    return o;
}

static void
run(const char *name, const overlap *o, method m, int order, size_t top, double limit, const char *r_figure)
{
    SCRATCH(a);
    finding f;
    method_options options = method_defaults();
    options.order = order;
    options.top = top;
    printf("# limit %.1f s of wall time on two cores; R: %s\n", limit, r_figure);
    bench b = bench_start(name);
    BENCH_OK(method_run(a, o, m, &options, &f));
    bench_stop(b, 1000);
}

static void
models_once(const char *name, const overlap *o, const char *r_figure)
{
    SCRATCH(a);
    model_family family;
    bic_space w;
    fit_data d;
    model_row *rows;
    BENCH_OK(model_family_new(a, o->lists, 2, 40000, &family));
    BENCH_OK(bic_space_new(a, &family, &w));
    BENCH_OK(fit_data_new(a, o->lists, &d));
    rows = arena_alloc(a, family.n, sizeof *rows);
    if (!rows) exit(1);
    fit_data_set(&d, o->count);
    printf("# R: %s\n", r_figure);
    bench b = bench_start(name);
    BENCH_OK(bic_table(&w, &d, &family, rows));
    bench_stop(b, (double)family.n);
}

/* All 32,768 models of six lists on `replicates` resamples, each fitted: the limit is for 1,000. */
static void
all_models_of_six(const overlap *o, size_t replicates)
{
    SCRATCH(a);
    finding f;
    method_options options = method_defaults();
    options.order = 2, options.top = 32768, options.replicates = replicates;
    printf("# limit %.1f s of wall time on two cores (150 s for 1,000)\n", 0.15 * (double)replicates);
    bench b = bench_start("all_pairwise_models_6_lists");
    BENCH_OK(method_run(a, o, METHOD_BIC, &options, &f));
    bench_stop(b, (double)replicates);
}

int
main(int argc, char **argv)
{
    SCRATCH(a);
    const char *root = argc > 1 ? argv[1] : ".";
    overlap korea, five, six, dutch, eight = eight_lists(a);
    threads_set(0);
    BENCH_OK(overlap_read(a, path_join(a, root, "tests/reference/estimate/Korea.csv"), NULL, &korea));
    BENCH_OK(overlap_read(a, path_join(a, root, "tests/reference/estimate/UKdat_5.csv"), NULL, &five));
    BENCH_OK(overlap_read(a, path_join(a, root, "tests/reference/estimate/UKdat.csv"), NULL, &six));
    BENCH_OK(overlap_read(a, path_join(a, root, "monitors/nl-lists-2010-2015/lists.csv"), NULL, &dutch));
    puts("name,n,cpu_s,wall_s,peak_mb");
    run("stepwise_bootstrap_korea_3", &korea, METHOD_STEPWISE, 0, 0, 0.1, "10 s");
    run("stepwise_bootstrap_uk_5", &five, METHOD_STEPWISE, 0, 0, 0.1, "133 s");
    run("stepwise_bootstrap_uk_6", &six, METHOD_STEPWISE, 0, 0, 0.5, "not finished");
    run("stepwise_bootstrap_nl_6", &dutch, METHOD_STEPWISE, 0, 0, 0.5, "not finished");
    run("stepwise_bootstrap_synthetic_8", &eight, METHOD_STEPWISE, 0, 0, 1, "not finished");
    models_once("model_table_uk_5_pairwise", &five, "3.8 to 6.1 s, existence 9 to 11 s");
    run("all_pairwise_models_uk_5_x_1000", &five, METHOD_BIC, 2, 0, 6, "not tried");
    run("top_100_uk_6_x_1000", &six, METHOD_BIC, 2, 100, 2, "not tried");
    run("top_100_nl_6_x_1000", &dutch, METHOD_BIC, 2, 100, 2, "not tried");
    all_models_of_six(&dutch, argc > 2 ? (size_t)strtoul(argv[2], NULL, 10) : 40);
    return 0;
}
