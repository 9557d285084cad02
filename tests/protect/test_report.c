#include "testing.h"

#include "base/rng.h"
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

enum { PLACES = 3, WIDTH = PLACES + 2, CHAINS = 2 };

static const exact_item from[] = {{{"start", {"s", "s"}}, "from"}, {{"a", {"a", "a"}}, "from"}, {{"b", {"b", "b"}}, "from"}, {{"c", {"c", "c"}}, "from"},
                                  {{"all_from", {"t", "t"}}, "from", true}},
                        to[] = {{{"a", {"a", "a"}}, "to"}, {{"b", {"b", "b"}}, "to"}, {{"c", {"c", "c"}}, "to"}, {{"end", {"e", "e"}}, "to"},
                                {{"all_to", {"t", "t"}}, "to", true}};

static void
step(int64_t count[], int row, int column)
{
    count[row * WIDTH + column]++, count[row * WIDTH + WIDTH - 1]++;
    count[(WIDTH - 1) * WIDTH + column]++, count[WIDTH * WIDTH - 1]++;
}

/* As many come to a place as leave it, who begins ends, and a chain that is cut begins as the whole one: so they are printed. */
static void
steps_are_balanced(void **state)
{
    (void)state;
    rng r = rng_new(45, 1);
    size_t unbalanced = 0;
    for (int k = 0; k < 30; k++) {
        SCRATCH(tmp);
        int64_t count[CHAINS][WIDTH * WIDTH] = {{0}};
        int persons = 5 + (int)rng_below(&r, 60);
        for (int p = 0; p < persons; p++) {
            int at = (int)rng_below(&r, PLACES), moves = (int)rng_below(&r, 4), cut = (int)rng_below(&r, 3);
            for (int c = 0; c < CHAINS; c++) step(count[c], 0, at);
            for (int i = 0; i < moves; i++) {
                int next = (int)rng_below(&r, PLACES);
                step(count[0], at + 1, next);
                if (i < cut) step(count[1], at + 1, next);
                if (i == cut) step(count[1], at + 1, PLACES);
                at = next;
            }
            step(count[0], at + 1, PLACES);
            if (moves <= cut) step(count[1], at + 1, PLACES);
        }
        exact_table t[CHAINS];
        protect_result result[2];
        for (int known = 0; known < 2; known++) {
            for (int c = 0; c < CHAINS; c++)
                t[c] = (exact_table){.figure = c ? "cut" : "whole", .population = c ? "steps\nchain=soon" : "steps\nchain=whole", .rows = {"from", {"f", "f"}, false, WIDTH, from},
                                     .columns = {"to", {"t", "t"}, false, WIDTH, to}, .count = count[c], .flow = known ? "steps" : NULL};
            ASSERT_OK(protect_report(tmp, CHAINS, t, NULL, &result[known]));
        }
        for (int known = 0; known < 2; known++)
            for (size_t c = 0; c < CHAINS; c++)
                for (size_t i = 0; i <= PLACES; i++) {
                    const released *x = result[known].released[c];
                    double out = released_at(x, i, WIDTH - 1).value, in = released_at(x, WIDTH - 1, i ? i - 1 : PLACES).value;
                    double one = released_at(result[known].released[0], 0, i).value, other = released_at(result[known].released[1], 0, i).value;
                    if (known && (out != in || one != other)) fail_msg("chain %zu, place %zu: %g in, %g out; begins %g and %g", c, i, in, out, one, other);
                    unbalanced += !known && (out != in || one != other);
                }
    }
    assert_true(unbalanced > 0); /* by itself rounding does not see to it */
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_report_has_many_dimensions),
        cmocka_unit_test(cells_say_what_was_done),
        cmocka_unit_test(impossible_and_unknown_cells_keep_their_state),
        cmocka_unit_test(nonsense_is_refused),
        cmocka_unit_test(steps_are_balanced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
