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
    } rows[] = {
        {"a count is rounded", EXACT_COUNT, PROTECT_ROUND, 0, RELEASED_VALUE, 10, 15},
        {"a small count is rounded too", EXACT_COUNT, PROTECT_ROUND, 1, RELEASED_VALUE, 0, 5},
        {"a multiple of five stays", EXACT_COUNT, PROTECT_ROUND, 2, RELEASED_VALUE, 15, 15},
        {"a published count stays", EXACT_COUNT, PROTECT_PUBLISHED, 0, RELEASED_VALUE, 12, 12},
        {"a share has whole percents", EXACT_SHARE, PROTECT_ROUND, 2, RELEASED_VALUE, 19, 20},
        {"a published share is exact", EXACT_SHARE, PROTECT_PUBLISHED, 0, RELEASED_VALUE, 23, 23},
        {"a mean has one decimal", EXACT_MEAN, PROTECT_ROUND, 3, RELEASED_VALUE, 20, 20},
        {"a mean of three is hidden", EXACT_MEAN, PROTECT_ROUND, 1, RELEASED_CONFIDENTIAL, NAN, NAN},
        {"a published mean of three is not", EXACT_MEAN, PROTECT_PUBLISHED, 1, RELEASED_VALUE, 20, 20},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        SCRATCH(tmp);
        exact_table t = figure(count, rows[i].measure);
        t.base = base;
        t.sum = sum;
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

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_say_what_was_done),
        cmocka_unit_test(impossible_and_unknown_cells_keep_their_state),
        cmocka_unit_test(nonsense_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
