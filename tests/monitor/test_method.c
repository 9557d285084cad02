/* Which test a table gets, and what it works out. */
#include "monitor/method.h"
#include "testing.h"

#include "follow/two_by_two.h"

#include <math.h>

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

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(choices), cmocka_unit_test(matched_numbers), cmocka_unit_test(tiny_p)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
