/* Stepwise choice, replicates and limits against SparseMSE 2.0.1. */
#include "reference.h"

#include "base/threads.h"
#include "estimate/method.h"

static void
test_points(void **state)
{
    (void)state;
    SCRATCH(a);
    static const char *const tables[] = {"UKdat", "UKdat_5", "Kosovo", "Korea"};
    json_t *want = reference_json(reference_path(a, "sparsemse_point_p0.02.json"));
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        overlap o = reference_table(a, arena_printf(a, "%s.csv", tables[i]));
        method_options options = method_defaults();
        json_t *row = json_object_get(want, tables[i]), *coefficient;
        const char *name;
        finding f;
        options.replicates = 0;
        ASSERT_OK(method_run(a, &o, METHOD_STEPWISE, &options, &f));
        assert_int_equal(f.code, 0);
        assert_close(tables[i], f.estimate, json_number_value(json_array_get(json_object_get(row, "estimate"), 1)), 1e-9);
        assert_close(tables[i], f.statistics.deviance, real(row, "deviance"), 1e-8);
        assert_close(tables[i], f.statistics.aic, real(row, "aic"), 1e-9);
        assert_int_equal(f.model.n, json_object_size(json_object_get(row, "coef")));
        json_object_foreach(json_object_get(row, "coef"), name, coefficient) {
            unsigned term = 0;
            char *copy = arena_printf(a, "%s", name), *rest = NULL;
            for (char *part = strtok_r(copy, ":", &rest); part; part = strtok_r(NULL, ":", &rest))
                for (int l = 0; l < o.lists; l++)
                    if (strcmp(part, o.name[l]) == 0) term |= 1u << l;
            int at = 0;
            while (at < f.model.n && f.model.term[at] != term) at++;
            if (at == f.model.n) fail_msg("%s: no term %s", tables[i], name);
            assert_close(name, f.fit.beta[at], json_number_value(coefficient), 1e-6);
        }
    }
    json_decref(want);
}

static void
check_replicates(arena *a, const char *table, const char *values, const char *resamples)
{
    overlap o;
    finding f;
    method_options options = method_defaults();
    double *counts;
    json_t *want = reference_json(values), *reps = json_object_get(want, "bootreps"), *limits = json_object_get(want, "BCa");
    ASSERT_OK(overlap_read(a, table, NULL, &o));
    ASSERT_OK(overlap_read_resamples(a, resamples, &o, &options.given, &counts));
    options.counts = counts;
    ASSERT_OK(method_run(a, &o, METHOD_STEPWISE, &options, &f));
    assert_int_equal(f.resample.n, json_array_size(reps));
    for (size_t i = 0; i < f.resample.n; i++)
        assert_close("replicate", f.resample.estimate[i], json_number_value(json_array_get(reps, i)), 1e-7);
    assert_close("acceleration", f.resample.acceleration, real(want, "ahat"), 1e-9);
    assert_close("lower", f.lower, real(limits, "0.025"), 1e-7);
    assert_close("upper", f.upper, real(limits, "0.975"), 1e-7);
    size_t below = 0, above = 0; /* the interval that is shown holds BCa, and 95 % of the replicates */
    for (size_t i = 0; i < f.resample.n; i++) below += f.resample.estimate[i] < f.shown_lower, above += f.resample.estimate[i] > f.shown_upper;
    assert_true(f.shown_lower <= f.lower && f.upper <= f.shown_upper);
    assert_true(below <= f.resample.n / 40 && above <= f.resample.n / 40);
    json_decref(want);
}

static void
test_replicates(void **state)
{
    (void)state;
    SCRATCH(a);
    check_replicates(a, reference_path(a, "Korea.csv"), reference_path(a, "sparsemse_bca_Korea.json"),
                     reference_path(a, "resamples_Korea_seed1234.csv"));
}

static void
test_replicates_united_kingdom(void **state)
{
    (void)state;
    SCRATCH(a);
    SHARED_OR_SKIP(a, values, "reference/estimate/sparsemse_bca_UKdat_5.json");
    SHARED_OR_SKIP(a, resamples, "reference/estimate/bootsamples/UKdat_5_seed1234.csv");
    check_replicates(a, reference_path(a, "UKdat_5.csv"), values, resamples);
}

/* The seed decides, not the number of threads. */
static void
test_threads(void **state)
{
    (void)state;
    SCRATCH(a);
    overlap o = reference_table(a, "UKdat_5.csv");
    method_options options = method_defaults();
    options.replicates = 60;
    finding f[3];
    for (int i = 0; i < 3; i++) {
        threads_set(i + 1);
        ASSERT_OK(method_run(a, &o, METHOD_STEPWISE, &options, &f[i]));
    }
    threads_set(0);
    for (int i = 1; i < 3; i++)
        assert_memory_equal(f[0].resample.estimate, f[i].resample.estimate, options.replicates * sizeof(double));
    options.seed = 2;
    ASSERT_OK(method_run(a, &o, METHOD_STEPWISE, &options, &f[1]));
    assert_memory_not_equal(f[0].resample.estimate, f[1].resample.estimate, options.replicates * sizeof(double));
}

static void
test_no_overlap(void **state)
{
    (void)state;
    SCRATCH(a);
    static const char *const names[] = {"A", "B", "C"};
    overlap o;
    finding f;
    method_options options = method_defaults();
    ASSERT_OK(overlap_new(a, 3, names, &o));
    o.count[1] = 20, o.count[2] = 30, o.count[4] = 10;
    ASSERT_OK(overlap_check(&o));
    for (int m = METHOD_STEPWISE; m < METHOD_COUNT; m++) {
        ASSERT_OK(method_run(a, &o, (method)m, &options, &f));
        assert_true(isnan(f.estimate));
        assert_true(isnan(f.upper));
        assert_true(f.code != 0);
        assert_non_null(f.why);
    }
}

static void
test_no_memory(void **state)
{
    (void)state;
    SCRATCH(a);
    overlap o = reference_table(a, "Artificial_3.csv");
    method_options options = method_defaults();
    finding f;
    options.replicates = 2;
    threads_set(1);
    ASSERT_SURVIVES_NO_MEMORY(method_run(a, &o, METHOD_STEPWISE, &options, &f));
    ASSERT_SURVIVES_NO_MEMORY(method_run(a, &o, METHOD_BIC, &options, &f));
    threads_set(0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_points),  cmocka_unit_test(test_replicates), cmocka_unit_test(test_replicates_united_kingdom),
        cmocka_unit_test(test_threads), cmocka_unit_test(test_no_overlap), cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
