#include "testing.h"

#include "protect/amounts.h"

#include <math.h>

static void
dominance_by_hand(void **state)
{
    (void)state;
    static const struct {
        const char *label;
        spec_amount rule;
        double sum, top[AMOUNTS_TOP];
        bool want;
    } rows[] = {
        {"no rule", {0}, 100, {99, 1, NAN, NAN, NAN}, false},
        {"one has more than 75 %", {.dominance_n = 1, .dominance_k = 75}, 100, {76, 10, NAN, NAN, NAN}, true},
        {"one has exactly 75 %", {.dominance_n = 1, .dominance_k = 75}, 100, {75, 10, NAN, NAN, NAN}, false},
        {"two have more than 75 %", {.dominance_n = 2, .dominance_k = 75}, 100, {50, 26, NAN, NAN, NAN}, true},
        {"the rest is under 10 % of the largest", {.p_percent = 10}, 100, {60, 35, NAN, NAN, NAN}, true},
        {"the rest is 10 % of the largest", {.p_percent = 10}, 100, {50, 45, NAN, NAN, NAN}, false},
        {"a single contributor", {.p_percent = 10}, 80, {80, NAN, NAN, NAN, NAN}, true},
        {"nothing is spent", {.p_percent = 10, .dominance_n = 1}, 0, {0, 0, NAN, NAN, NAN}, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (amounts_dominated(&rows[i].rule, rows[i].sum, rows[i].top) != rows[i].want) fail_msg("%s", rows[i].label);
}

static void
digits_go_one_by_one(void **state)
{
    (void)state;
    amount_column column[2] = {{.digits = 2, .shows = 7}, {.digits = 1, .shows = 3, .hides = 1}};
    amounts m = {2, column};
    assert_true(amounts_blur(&m));
    assert_int_equal(column[0].digits, 1);
    assert_true(amounts_blur(&m) && amounts_blur(&m));
    assert_int_equal(column[0].digits + column[1].digits, 0);
    assert_int_equal(column[1].hides, 4);
    assert_false(amounts_blur(&m));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dominance_by_hand),
        cmocka_unit_test(digits_go_one_by_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
