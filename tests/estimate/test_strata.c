/* Log-linear models with covariates: against separate fits, with unknown covariates, and where no estimate exists. */
#include "reference.h"

#include "base/rng.h"
#include "base/threads.h"
#include "estimate/draw.h"
#include "estimate/method.h"
#include "estimate/strata_fit.h"

static void
write_rows(arena *a, const char *path, int lists, const double count[], size_t strata, const char *const label[])
{
    text_builder b = text_builder_new(a);
    text content;
    for (int l = 0; l < lists; l++) text_printf(&b, "%c,", 'A' + l);
    text_put(&b, "year,count\n");
    for (size_t g = 0; g < strata; g++)
        for (size_t s = 1; s < (size_t)1 << lists; s++) {
            for (int l = 0; l < lists; l++) text_printf(&b, "%d,", (int)(s >> l & 1));
            text_printf(&b, "%s,%.0f\n", label[g], count[(g << lists) + s]);
        }
    ASSERT_OK(text_builder_end(&b, &content));
    ASSERT_OK(file_write(path, content));
}

static strata
read_rows(arena *a, int lists, const double count[], size_t n, const char *const label[])
{
    char *path = arena_printf(a, "%s/peil-strata-XXXXXX", P_tmpdir);
    int file = mkstemp(path);
    strata s;
    assert_true(file >= 0);
    write_rows(a, path, lists, count, n, label);
    ASSERT_OK(strata_read(a, path, "year", &s));
    remove(path);
    return s;
}

static const char *const years[] = {"2019", "2020", ""};

/* Three years of three lists, drawn; the last ones without a year. */
static void
draw_tables(uint64_t seed, double persons, size_t n, double count[])
{
    static const double p[3][3] = {{.3, .2, .1}, {.2, .25, .15}, {.25, .22, .12}};
    rng r = rng_new(seed, 0);
    for (size_t g = 0; g < n; g++) {
        double weight[8];
        for (size_t s = 0; s < 8; s++) {
            weight[s] = 1;
            for (int l = 0; l < 3; l++) weight[s] *= s >> l & 1 ? p[g][l] : 1 - p[g][l];
        }
        draw_multinomial(&r, persons, 8, weight, count + 8 * g);
        count[8 * g] = 0;
    }
}

/* With every list joined to the year, each year is its own table. */
static void
test_separate_years(void **state)
{
    (void)state;
    SCRATCH(a);
    static const char *const names[] = {"A", "B", "C"};
    double count[16];
    draw_tables(1, 2000, 2, count);
    strata s = read_rows(a, 3, count, 2, years);
    strata_model m = strata_independence(&s);
    strata_fit f;
    double deviance = 0;
    for (int l = 0; l < 3; l++) m.term[m.n++] = (strata_term){(uint16_t)(1u << l), 1};
    ASSERT_OK(strata_fit_model(a, &s, &m, &f));
    assert_true(f.converged && f.exists);
    for (size_t g = 0; g < 2; g++) {
        overlap o;
        finding alone;
        method_options options = method_defaults();
        options.replicates = 0;
        ASSERT_OK(overlap_new(a, 3, names, &o));
        memcpy(o.count, count + 8 * g, sizeof(double[8]));
        ASSERT_OK(overlap_check(&o));
        ASSERT_OK(method_run(a, &o, METHOD_INDEPENDENCE, &options, &alone));
        assert_close("unseen of a year", f.unseen[g], alone.fit.missing, 1e-9);
        deviance += alone.statistics.deviance;
    }
    assert_close("deviance", f.deviance, deviance, 1e-9);
}

/* Without lists joined to it a year does not matter: the model of the table of all years. */
static void
test_one_table(void **state)
{
    (void)state;
    SCRATCH(a);
    static const char *const names[] = {"A", "B", "C"};
    double count[16];
    overlap o;
    finding all;
    method_options options = method_defaults();
    options.replicates = 0;
    draw_tables(2, 1500, 2, count);
    strata s = read_rows(a, 3, count, 2, years);
    strata_model m = strata_independence(&s);
    strata_fit f;
    ASSERT_OK(strata_fit_model(a, &s, &m, &f));
    ASSERT_OK(overlap_new(a, 3, names, &o));
    for (size_t i = 0; i < 16; i++) o.count[i % 8] += count[i];
    ASSERT_OK(overlap_check(&o));
    ASSERT_OK(method_run(a, &o, METHOD_INDEPENDENCE, &options, &all));
    assert_close("unseen of all years", f.unseen[0] + f.unseen[1], all.fit.missing, 1e-9);
}

/* A list that did not work in one year: its parameter there is at minus infinity, the year keeps its estimate, that of
 * the other lists alone. */
static void
test_list_absent_in_a_year(void **state)
{
    (void)state;
    SCRATCH(a);
    double count[16];
    draw_tables(3, 2000, 2, count);
    for (size_t absent = 0; absent < 2; absent++) { /* the first level is the one without a parameter of its own */
        double less[16];
        memcpy(less, count, sizeof less);
        for (size_t c = 4; c < 8; c++) less[8 * absent + c] = 0;
        strata s = read_rows(a, 3, less, 2, years);
        strata_model m = strata_independence(&s);
        strata_fit f;
        for (int l = 0; l < 3; l++) m.term[m.n++] = (strata_term){(uint16_t)(1u << l), 1};
        ASSERT_OK(strata_fit_model(a, &s, &m, &f));
        assert_true(f.converged && f.exists);
        const double *y = less + 8 * absent; /* two lists left: Lincoln and Petersen */
        assert_close("two lists", f.unseen[absent], y[1] * y[2] / y[3], 1e-8);
    }
}

/* A year whose lists share nobody has no estimate, and the report says so. */
static void
test_year_without_overlap(void **state)
{
    (void)state;
    SCRATCH(a);
    double count[16];
    draw_tables(4, 2000, 2, count);
    for (size_t c = 0; c < 8; c++)
        if (__builtin_popcountll(c) > 1) count[c] = 0;
    strata s = read_rows(a, 3, count, 2, years);
    strata_model m = strata_independence(&s);
    strata_result r;
    for (int l = 0; l < 3; l++) m.term[m.n++] = (strata_term){(uint16_t)(1u << l), 1};
    ASSERT_OK(strata_estimate(a, &s, &m, 20, 1, &r));
    assert_false(r.fit.exists);
    assert_true(isnan(r.fit.unseen[0]) && !isnan(r.fit.unseen[1]));
    assert_true(isnan(r.total.estimate));
    assert_non_null(r.why);
}

/* Unknown years: the likelihood is that of the mixture. With every list joined to the year and half of the years
 * unknown, the score of the observed data must vanish at the solution. */
static void
test_unknown_years(void **state)
{
    (void)state;
    SCRATCH(a);
    double count[24];
    draw_tables(5, 3000, 3, count);
    strata s = read_rows(a, 3, count, 3, years);
    assert_int_equal(s.n, 2);
    assert_int_equal(s.partials, 7);
    strata_model m = strata_independence(&s);
    strata_fit f;
    m.term[m.n++] = (strata_term){1, 1};
    ASSERT_OK(strata_fit_model(a, &s, &m, &f));
    assert_true(f.converged && f.exists && f.em_steps > 1);
    double fitted = 0, observed = 0;
    for (size_t i = 0; i < 16; i++)
        if (i % 8) fitted += f.expected[i];
    for (size_t i = 0; i < 24; i++) observed += count[i];
    assert_close("persons", fitted, observed, 1e-6);
    strata_result r;
    ASSERT_OK(strata_estimate(a, &s, &m, 50, 1, &r));
    assert_false(r.parametric);
    assert_close("years add up", r.stratum[0].estimate + r.stratum[1].estimate, r.total.estimate, 1e-9);
    assert_true(r.total.lower < r.total.estimate && r.total.estimate < r.total.upper);
}

/* Margins add up; the same for any number of threads; the choice lowers BIC. */
static void
test_choice(void **state)
{
    (void)state;
    SCRATCH(a);
    double count[16];
    draw_tables(6, 4000, 2, count);
    strata s = read_rows(a, 3, count, 2, years);
    strata_model independent = strata_independence(&s);
    strata_fit plain;
    strata_result r[2];
    ASSERT_OK(strata_fit_model(a, &s, &independent, &plain));
    for (int i = 0; i < 2; i++) {
        threads_set(i + 1);
        ASSERT_OK(strata_estimate(a, &s, NULL, 40, 9, &r[i]));
    }
    threads_set(0);
    assert_true(r[0].fit.bic < plain.bic);
    assert_true(r[0].total.lower == r[1].total.lower && r[0].total.upper == r[1].total.upper);
    assert_close("levels add up", r[0].level[0][0].estimate + r[0].level[0][1].estimate, r[0].total.estimate, 1e-9);
    assert_true(fabs(r[0].total.estimate - 8000) < 1500);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_separate_years),       cmocka_unit_test(test_one_table), cmocka_unit_test(test_list_absent_in_a_year),
        cmocka_unit_test(test_year_without_overlap), cmocka_unit_test(test_unknown_years), cmocka_unit_test(test_choice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
