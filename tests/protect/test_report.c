#include "testing.h"

#include "protect/report.h"

#include <math.h>

static const exact_item years[] = {{{"2019", {"2019", "2019"}}, "year"}, {{"2020", {"2020", "2020"}}, "year"},
                                   {{"total", {"totaal", "total"}}, "year", true}};
static const exact_item sexes[] = {{{"female", {"vrouw", "female"}}, "sex"}, {{"male", {"man", "male"}}, "sex"},
                                   {{"total", {"totaal", "total"}}, "sex", true}};

static exact_table
figure(const int64_t *count, exact_measure measure)
{
    return (exact_table){.figure = "1", .population = "victim_year", .measure = measure,
                         .rows = {"sex", {"geslacht", "sex"}, false, 3, sexes},
                         .columns = {"year", {"jaar", "year"}, false, 3, years}, .count = count};
}

static void
cells_say_what_was_done(void **state)
{
    (void)state;
    static const int64_t count[] = {12, 3, 15, 40, 21, 61, 52, 24, 76};
    static const int64_t base[] = {52, 24, 76, 52, 24, 76, 52, 24, 76};
    static const double sum[] = {301, 60, 361, 800, 420, 1220, 1101, 480, 1581};
    static const struct {
        const char *label;
        exact_measure measure;
        protect_mode mode;
        size_t cell;
        released_state state;
        double least, most; /* of the value */
        double high;        /* of the values behind a mean; 0: 30 */
    } rows[] = {
        {"a count is rounded", EXACT_COUNT, PROTECT_ROUND, 0, RELEASED_VALUE, 10, 15},
        {"a small count is rounded too", EXACT_COUNT, PROTECT_ROUND, 1, RELEASED_VALUE, 0, 5},
        {"a multiple of five stays", EXACT_COUNT, PROTECT_ROUND, 2, RELEASED_VALUE, 15, 15},
        {"a published count stays", EXACT_COUNT, PROTECT_PUBLISHED, 0, RELEASED_VALUE, 12, 12},
        {"a share has whole percents", EXACT_SHARE, PROTECT_ROUND, 2, RELEASED_VALUE, 19, 20},
        {"a published share is exact", EXACT_SHARE, PROTECT_PUBLISHED, 0, RELEASED_VALUE, 23, 23},
        {"of 40 persons from 10 to 30 one moves the mean by up to 10 / 39: by steps of .5", EXACT_MEAN, PROTECT_ROUND, 3, RELEASED_VALUE, 20, 20},
        {"of twelve persons up to 60 by (60 - 25.1) / 11: steps of 5", EXACT_MEAN, PROTECT_ROUND, 0, RELEASED_VALUE, 25, 25, 60},
        {"a mean that one person makes is hidden", EXACT_MEAN, PROTECT_ROUND, 3, RELEASED_CONFIDENTIAL, NAN, NAN, 800},
        {"a mean of three is hidden", EXACT_MEAN, PROTECT_ROUND, 1, RELEASED_CONFIDENTIAL, NAN, NAN},
        {"a published mean of three is not", EXACT_MEAN, PROTECT_PUBLISHED, 1, RELEASED_VALUE, 20, 20},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        SCRATCH(tmp);
        exact_table t = figure(count, rows[i].measure);
        t.base = base;
        double low[9], high[9];
        for (int k = 0; k < 9; k++) low[k] = 10, high[k] = rows[i].high > 0 ? rows[i].high : 30;
        t.sum = sum;
        t.low = low;
        t.high = high;
        protect_options o = protect_options_preset();
        o.rules = protect_rules_preset(rows[i].mode);
        protect_result result;
        ASSERT_OK(protect_report(tmp, 1, &t, &o, &result));
        released_cell c = released_at(result.released[0], rows[i].cell / 3, rows[i].cell % 3);
        if (c.state != rows[i].state || !c.reason) fail_msg("%s: state %d", rows[i].label, (int)c.state);
        if (c.state == RELEASED_VALUE && !(c.value >= rows[i].least && c.value <= rows[i].most))
            fail_msg("%s: value %g", rows[i].label, c.value);
        assert_true(released_published(result.released[0]) == (rows[i].mode == PROTECT_PUBLISHED));
    }
}

static void
impossible_and_unknown_cells_keep_their_state(void **state)
{
    (void)state;
    SCRATCH(tmp);
    static const int64_t count[] = {12, 0, 12, 40, EXACT_UNKNOWN, 61, 52, 24, 76};
    static const uint8_t impossible[] = {0, 1, 0, 0, 0, 0, 0, 0, 0};
    exact_table t = figure(count, EXACT_COUNT);
    t.impossible = impossible;
    protect_result result;
    ASSERT_OK(protect_report(tmp, 1, &t, NULL, &result));
    assert_int_equal(released_at(result.released[0], 0, 1).state, RELEASED_IMPOSSIBLE);
    assert_int_equal(released_at(result.released[0], 1, 1).state, RELEASED_UNKNOWN);
    assert_int_equal(released_at(result.released[0], 9, 9).state, RELEASED_UNKNOWN);
}

static void
nonsense_is_refused(void **state)
{
    (void)state;
    SCRATCH(tmp);
    static const int64_t negative[9] = {-1};
    exact_table t = figure(negative, EXACT_COUNT);
    protect_result result;
    ASSERT_STATUS(protect_report(tmp, 1, &t, NULL, &result), ST_INVALID);
    static const int64_t fine[9] = {0};
    t = figure(fine, EXACT_SHARE);
    ASSERT_STATUS(protect_report(tmp, 1, &t, NULL, &result), ST_INVALID);
    t = figure(fine, EXACT_COUNT);
    protect_options o = protect_options_preset();
    o.rules.base = 0;
    ASSERT_STATUS(protect_report(tmp, 1, &t, &o, &result), ST_CONFIG);
}

/* A report of many chapters: each figure divides the same persons by a variable of its own. */
static void
a_report_has_many_dimensions(void **state)
{
    (void)state;
    SCRATCH(tmp);
    enum { FIGURES = 150 };
    exact_table *t = arena_alloc(tmp, FIGURES, sizeof *t);
    assert_non_null(t);
    for (int i = 0; i < FIGURES; i++) {
        char *name = arena_printf(tmp, "variable %d", i), *number = arena_printf(tmp, "%d", i);
        exact_item *item = arena_alloc(tmp, 3, sizeof *item);
        int64_t *count = arena_alloc(tmp, 9, sizeof *count);
        assert_true(name && number && item && count);
        memcpy(item, years, sizeof years);
        for (int k = 0; k < 3; k++) item[k].dimension = name;
        int64_t women = 7 + i % 40, men = 3 + i % 20;
        memcpy(count, (int64_t[]){women, 52 - women, 52, men, 24 - men, 24, women + men, 76 - women - men, 76}, 9 * sizeof *count);
        t[i] = figure(count, EXACT_COUNT);
        t[i].figure = number;
        t[i].columns = (exact_axis){name, {name, name}, false, 3, item};
    }
    protect_result result;
    ASSERT_OK(protect_report(tmp, FIGURES, t, NULL, &result));
    for (int i = 0; i < FIGURES; i++)
        for (size_t row = 0; row < 3; row++) {
            double part[3];
            for (size_t k = 0; k < 3; k++) part[k] = released_at(result.released[i], row, k).value;
            if (part[0] + part[1] != part[2]) fail_msg("figure %d, row %zu: %g and %g are not %g", i, row, part[0], part[1], part[2]);
            if (part[2] != released_at(result.released[0], row, 2).value) fail_msg("figure %d, row %zu: another total", i, row);
        }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_report_has_many_dimensions),
        cmocka_unit_test(cells_say_what_was_done),
        cmocka_unit_test(impossible_and_unknown_cells_keep_their_state),
        cmocka_unit_test(nonsense_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
