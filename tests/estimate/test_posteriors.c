/* Averaging over decomposable graphs against dga 2.0.2; latent classes against what is known of them. */
#include "reference.h"

#include "base/rng.h"
#include "base/threads.h"
#include "estimate/decomposable.h"
#include "estimate/latent.h"

static void
check_dga(const char *table, const char *path)
{
    SCRATCH(a);
    overlap o = reference_table(a, table);
    decomposable_result r;
    json_t *want = reference_json(path), *posterior = json_object_get(want, "graph_post");
    double best = 0;
    for (size_t i = 0; i < json_array_size(posterior); i++) {
        double p = json_number_value(json_array_get(posterior, i));
        if (p > best) best = p;
    }
    ASSERT_OK(decomposable_average(&o, real(want, "delta"), &r));
    assert_int_equal(r.graphs, json_array_size(posterior));
    assert_true(fabs(r.lower - real(want, "q025")) <= 1);
    assert_true(fabs(r.median - real(want, "median")) <= 1);
    assert_true(fabs(r.upper - real(want, "q975")) <= 1);
    assert_close(table, r.mean, real(want, "mean"), 1e-8);
    assert_close(table, r.best_probability, best, 1e-8);
    json_decref(want);
}

static void
test_dga(void **state)
{
    (void)state;
    SCRATCH(a);
    check_dga("Kosovo.csv", reference_path(a, "dga_Kosovo_delta0.0625.json"));
}

static void
test_dga_united_kingdom(void **state)
{
    (void)state;
    SCRATCH(a);
    SHARED_OR_SKIP(a, path, "reference/estimate/dga_UKdat_5_delta0.03125.json");
    check_dga("UKdat_5.csv", path);
}

/* The order of the lists does not matter. */
static void
test_list_order(void **state)
{
    (void)state;
    SCRATCH(a);
    overlap o = reference_table(a, "Kosovo.csv"), turned = o;
    turned.count = arena_alloc(a, o.cells, sizeof *turned.count);
    assert_non_null(turned.count);
    for (size_t s = 0; s < o.cells; s++) turned.count[(s << 1 | s >> 3) & 15] = o.count[s];
    decomposable_result x, y;
    ASSERT_OK(decomposable_average(&o, 0.1, &x));
    ASSERT_OK(decomposable_average(&turned, 0.1, &y));
    assert_true(x.lower == y.lower && x.median == y.median && x.upper == y.upper);
    assert_close("mean", x.mean, y.mean, 1e-10);
}

static void
test_list_numbers(void **state)
{
    (void)state;
    SCRATCH(a);
    static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g"};
    overlap o;
    decomposable_result r;
    ASSERT_OK(overlap_new(a, 7, names, &o));
    ASSERT_STATUS(decomposable_average(&o, 0.1, &r), ST_UNSUPPORTED);
    ASSERT_OK(overlap_new(a, 2, names, &o));
    ASSERT_STATUS(decomposable_average(&o, 0.1, &r), ST_UNSUPPORTED);
}

/* Diagnostics on chains whose answer is known: independent draws, and chains that stand apart. */
static void
test_diagnosis(void **state)
{
    (void)state;
    enum { CHAINS = 4, DRAWS = 1000 };
    static double value[CHAINS * DRAWS];
    double r_hat, effective;
    for (int c = 0; c < CHAINS; c++) {
        rng r = rng_new(5, (uint64_t)c);
        for (int i = 0; i < DRAWS; i++) value[c * DRAWS + i] = rng_normal(&r);
    }
    latent_diagnose(CHAINS, DRAWS, value, &r_hat, &effective);
    assert_true(r_hat < 1.01 && effective > 0.8 * CHAINS * DRAWS && effective < 1.2 * CHAINS * DRAWS);
    for (int i = 0; i < DRAWS; i++) value[i] += 3;
    latent_diagnose(CHAINS, DRAWS, value, &r_hat, &effective);
    assert_true(r_hat > 1.5 && effective < 40);
    rng r = rng_new(6, 0);
    for (int c = 0; c < CHAINS; c++) { /* autoregression .9: a nineteenth of the draws count */
        double x = 0;
        for (int i = 0; i < DRAWS; i++) value[c * DRAWS + i] = x = 0.9 * x + rng_normal(&r);
    }
    latent_diagnose(CHAINS, DRAWS, value, &r_hat, &effective);
    assert_true(effective > CHAINS * DRAWS / 38.0 && effective < CHAINS * DRAWS / 9.5);
}

/* Independent lists with many captures: every method must find the population. */
static void
test_latent_finds(void **state)
{
    (void)state;
    SCRATCH(a);
    static const char *const names[] = {"a", "b", "c"};
    static const double p[] = {0.4, 0.5, 0.3};
    overlap o;
    latent_options options = latent_defaults();
    latent_result r, again;
    options.burn_in = 2000, options.draws = 500;
    ASSERT_OK(overlap_new(a, 3, names, &o));
    for (size_t s = 1; s < 8; s++) {
        double share = 10000;
        for (int l = 0; l < 3; l++) share *= s >> l & 1 ? p[l] : 1 - p[l];
        o.count[s] = round(share);
    }
    ASSERT_OK(overlap_check(&o));
    ASSERT_OK(latent_run(a, &o, &options, &r));
    assert_true(r.lower < 10000 && 10000 < r.upper);
    assert_true(fabs(r.median - 10000) < 600);
    threads_set(1);
    ASSERT_OK(latent_run(a, &o, &options, &again));
    threads_set(0);
    assert_memory_equal(r.draw, again.draw, r.n * sizeof *r.draw);
}

/* One chain of LCMCR 0.4.14 on Kosovo: median 10,290, 95 % from 8,914 to 13,107, itself with some hundreds of Monte Carlo error. */
static void
test_latent_kosovo(void **state)
{
    (void)state;
    SCRATCH(a);
    overlap o = reference_table(a, "Kosovo.csv");
    latent_options options = latent_defaults();
    latent_result r;
    ASSERT_OK(latent_run(a, &o, &options, &r));
    assert_true(fabs(r.median - 10290) < 600);
    assert_true(isfinite(r.r_hat) && r.effective > 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dga),       cmocka_unit_test(test_dga_united_kingdom), cmocka_unit_test(test_list_order),
        cmocka_unit_test(test_list_numbers), cmocka_unit_test(test_diagnosis), cmocka_unit_test(test_latent_finds),
        cmocka_unit_test(test_latent_kosovo),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
