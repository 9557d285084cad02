/* Which test a table gets, and what it works out. */
#include "monitor/method.h"
#include "testing.h"

#include "base/rng.h"
#include "follow/ordered.h"
#include "follow/two_by_two.h"
#include "monitor/welch.h"
#include "protect/spread.h"

#include <math.h>
#include <stdlib.h>

static void
choices(void **state)
{
    (void)state;
    static const int64_t large[] = {30, 40, 50, 60, 70, 80}, small[] = {1, 2, 30, 60, 3, 4}, strata[] = {5, 20, 30, 300, 8, 12, 20, 90};
    static const struct {
        const char *label;
        size_t rows, columns;
        const int64_t *rounded;
        bool matched, beside;
        const char *part[2];
        bool slow;
    } rows[] = {
        {"large", 3, 2, large, false, false, {"pearson", NULL}, false},
        {"large, four", 2, 2, large, false, false, {"pearson", NULL}, false},
        {"small, four", 2, 2, small, false, false, {"fisher", NULL}, false},
        {"small, larger", 3, 2, small, false, false, {"monte_carlo", NULL}, true},
        {"matched", 2, 2, large, true, false, {"mantel_haenszel", NULL}, false},
        {"matched, and as if not", 2, 2, large, true, true, {"mantel_haenszel", "pearson"}, false},
        {"matched, small", 2, 2, small, true, true, {"exact_stratified", "fisher"}, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        SCRATCH(a);
        follow_stratified *x;
        protect_method m;
        ASSERT_OK(follow_stratified_new(a, 2, strata, &x));
        method_input in = {rows[i].rows, rows[i].columns, rows[i].rounded, rows[i].matched ? x : NULL, rows[i].beside};
        ASSERT_OK(method_choose(a, &in, &m));
        assert_int_equal(m.parts, rows[i].part[1] ? 2 : 1);
        for (int k = 0; k < m.parts; k++)
            if (strcmp(m.part[k], rows[i].part[k])) fail_msg("%s: %s, want %s", rows[i].label, m.part[k], rows[i].part[k]);
        assert_int_equal(m.trial.slow, rows[i].slow);
        assert_int_equal(m.trial.item[METHOD_ITEM_EFFECT].n, rows[i].matched ? 3 : 0);
        assert_int_equal(m.trial.item[METHOD_ITEM_BESIDE].n, rows[i].beside ? 1 : 0);
    }
    assert_true(method_is_chisq("pearson") && method_is_chisq("mantel_haenszel") && !method_is_chisq("fisher"));
}

/* Cases and controls stand in columns, the outcome in rows. */
static void
matched_numbers(void **state)
{
    (void)state;
    SCRATCH(a);
    static const int64_t strata[] = {5, 20, 30, 300, 8, 12, 20, 90}, table[] = {13, 50, 32, 390}, rounded[] = {15, 50, 30, 390};
    follow_stratified *x;
    protect_method m;
    double number[TRIAL_NUMBERS];
    mantel_haenszel want = follow_mantel_haenszel(2, strata, 0.95);
    ASSERT_OK(follow_stratified_new(a, 2, strata, &x));
    ASSERT_OK(method_choose(a, &(method_input){2, 2, rounded, x, true}, &m));
    m.trial.evaluate(2, 2, table, m.trial.context, number);
    assert_true(fabs(number[METHOD_STATISTIC] - want.chisq) < 1e-9 * want.chisq);
    assert_true(fabs(number[METHOD_P] - want.p) < 1e-9);
    assert_true(fabs(number[METHOD_BESIDE] - follow_pearson(table, 2, 2)) < 1e-9);
    /* the effect is that of the strata moved to the released counts: two more with the outcome, two fewer without */
    assert_true(number[METHOD_EFFECT] > want.risk_ratio.estimate && number[METHOD_LOWER] < number[METHOD_EFFECT]);
    const int64_t other[] = {12, 51, 33, 389};
    double effect = number[METHOD_EFFECT];
    m.trial.evaluate(2, 2, other, m.trial.context, number);
    assert_true(fabs(number[METHOD_EFFECT] - effect) < 0.05 * effect);
}

/* Exact p-values below 0.001 are one number. */
static void
tiny_p(void **state)
{
    (void)state;
    SCRATCH(a);
    static const int64_t rounded[] = {10, 0, 5, 500}, tables[][4] = {{10, 0, 5, 500}, {9, 0, 6, 500}};
    protect_method m;
    double number[2][TRIAL_NUMBERS];
    ASSERT_OK(method_choose(a, &(method_input){2, 2, rounded, NULL, false}, &m));
    for (int i = 0; i < 2; i++) m.trial.evaluate(2, 2, tables[i], m.trial.context, number[i]);
    assert_true(number[0][METHOD_STATISTIC] == number[1][METHOD_STATISTIC] && number[0][METHOD_STATISTIC] < 0.001);
    assert_true(number[0][METHOD_P] == follow_two_by_two(tables[0]) && number[0][METHOD_P] != number[1][METHOD_P]);
}

static void
ordered(void **state)
{
    (void)state;
    SCRATCH(a);
    static const int64_t table[] = {30, 40, 50, 60, 70, 80}, small[] = {1, 2, 0, 3, 1, 0};
    const int64_t *rounded[] = {table, small};
    for (int i = 0; i < 2; i++) {
        protect_method m;
        double number[TRIAL_NUMBERS];
        ASSERT_OK(method_choose(a, &(method_input){.rows = 3, .columns = 2, .rounded = rounded[i], .ordered = true}, &m));
        assert_string_equal(m.part[0], "kruskal_wallis");
        m.trial.evaluate(3, 2, rounded[i], m.trial.context, number);
        assert_true(number[METHOD_STATISTIC] == follow_ordered(rounded[i], 3, 2) && number[METHOD_P] == follow_ordered_p(rounded[i], 3, 2));
    }
    assert_true(method_is_chisq("kruskal_wallis") && !method_is_chisq("welch"));
}

enum { PERSONS = 400 };

static int
by_amount(const void *x, const void *y)
{
    const double a = *(const double *)x, b = *(const double *)y;
    return (a > b) - (a < b);
}

/* A released figure of two groups: rows mean, sd and median. */
static void
release_two(arena *a, const double *const value[2], const size_t n[2], released **spread)
{
    static const exact_item one = {{"mean", {"m", "m"}}, NULL, true}, groups[] = {{{"victim", {"v", "v"}}, "part"}, {{"control", {"c", "c"}}, "part"}};
    const int64_t count[] = {(int64_t)n[0], (int64_t)n[1]};
    const double low[] = {value[0][0], value[1][0]}, high[] = {value[0][n[0] - 1], value[1][n[1] - 1]};
    double sum[2] = {0};
    const spread_values v[] = {{n[0], value[0]}, {n[1], value[1]}};
    protect_result r;
    for (int g = 0; g < 2; g++)
        for (size_t i = 0; i < n[g]; i++) sum[g] += value[g][i];
    const exact_table t = {.figure = "f", .population = "p", .measure = EXACT_MEAN, .rows = {"measure", {"m", "m"}, false, 1, &one},
                           .columns = {"part", {"g", "g"}, true, 2, groups}, .count = count, .sum = sum, .low = low, .high = high};
    ASSERT_OK(protect_report(a, 1, &t, NULL, &r));
    ASSERT_OK(protect_spread(a, &t, r.released[0], v, spread));
}

/* The test of the printed means covers that of the persons: every number within half the last digit and what rounding leaves, p no smaller. */
static void
welch(void **state)
{
    (void)state;
    static const size_t column[] = {0, 1};
    size_t tested = 0;
    rng r = rng_new(44, 1);
    for (int k = 0; k < 200; k++) {
        SCRATCH(a);
        double values[2][PERSONS], number[TRIAL_NUMBERS];
        size_t n[2];
        released *spread;
        protect_method m;
        for (size_t g = 0; g < 2; g++) {
            double scale = pow(10, 2 + 2 * rng_uniform(&r));
            n[g] = 20 + (size_t)rng_below(&r, PERSONS - 20);
            for (size_t i = 0; i < n[g]; i++) values[g][i] = floor(-log(rng_uniform(&r) + 1e-12) * scale);
            qsort(values[g], n[g], sizeof **values, by_amount);
        }
        release_two(a, (const double *const[]){values[0], values[1]}, n, &spread);
        const int64_t persons[] = {(int64_t)(n[0] + 2) / 5 * 5, (int64_t)(n[1] + 2) / 5 * 5};
        ASSERT_OK(welch_choose(a, spread, column, persons, 4, &m));
        assert_string_equal(m.part[0], "welch");
        if (!m.trial.evaluate) continue;
        const int64_t none[2] = {0};
        m.trial.evaluate(1, 2, none, m.trial.context, number);
        welch_result w = follow_welch(n[0], values[0], n[1], values[1], 0.95);
        if (number[METHOD_P] < w.p * (1 - 1e-9)) fail_msg("p %g printed as %g", w.p, number[METHOD_P]);
        /* printed by the step that a number's range leaves: at most one step and a half off */
        double last = pow(10, floor(log10(fabs(number[METHOD_STATISTIC])) + 1e-9) - m.trial.item[METHOD_ITEM_STATISTIC].most + 1);
        if (number[METHOD_STATISTIC] != 0 && fabs(number[METHOD_STATISTIC] - w.t) > 7.5 * last) /* steps of 1, 2 or 5 */
            fail_msg("t %g printed as %g with %d digits", w.t, number[METHOD_STATISTIC], m.trial.item[METHOD_ITEM_STATISTIC].most);
        tested++;
    }
    assert_true(tested > 100);
}

/* What the test prints depends on what is printed already, and on nothing else: other persons who print the same give the same. */
static void
welch_says_no_more(void **state)
{
    (void)state;
    SCRATCH(a);
    double values[3][100];
    static const size_t n[] = {100, 100}, column[] = {0, 1};
    static const int64_t persons[] = {100, 100};
    released *spread[2];
    protect_method m[2];
    double number[2][TRIAL_NUMBERS];
    for (int i = 0; i < 100; i++) values[0][i] = 101 + i, values[1][i] = 121 + i, values[2][i] = 101 + i;
    values[2][19]++, values[2][79]--;
    for (int k = 0; k < 2; k++) {
        const int64_t none[2] = {0};
        release_two(a, (const double *const[]){values[k ? 2 : 0], values[1]}, n, &spread[k]);
        for (size_t row = 0; row < SPREAD_ROWS; row++) assert_true(released_at(spread[k], row, 0).value == released_at(spread[0], row, 0).value);
        ASSERT_OK(welch_choose(a, spread[k], column, persons, 2, &m[k]));
        m[k].trial.evaluate(1, 2, none, m[k].trial.context, number[k]);
    }
    for (int i = 0; i < TRIAL_NUMBERS; i++) assert_true(number[0][i] == number[1][i] || (isnan(number[0][i]) && isnan(number[1][i])));
    assert_true(number[0][METHOD_STATISTIC] < 0 && number[0][METHOD_EFFECT] == -20);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(choices), cmocka_unit_test(matched_numbers), cmocka_unit_test(tiny_p), cmocka_unit_test(ordered),
                                       cmocka_unit_test(welch), cmocka_unit_test(welch_says_no_more)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
