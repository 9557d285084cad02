/* Windows by hand and against a naive version; controls in any order. */
#include "testing.h"

#include "base/date.h"
#include "base/rng.h"
#include "follow/controls.h"
#include "follow/windows.h"

#include <math.h>

static int32_t
day(int year, int month, int d)
{
    int32_t result = DATE_MISSING;
    assert_true(date_from_parts((date_parts){year, month, d}, &result));
    return result;
}

typedef struct window_row {
    const char *label;
    int32_t days[4];  /* incidents after the index incident of 2010-03-01; 0: none */
    int32_t same_case;
    int64_t none, once, several, incidents;
    double median;
} window_row;

static void
windows_by_hand(void **state)
{
    (void)state;
    static const window_row rows[] = {
        {"nobody", {0}, 0, 1, 0, 0, 0, NAN},
        {"the index day is the index case", {-1}, 0, 1, 0, 0, 0, NAN},
        {"the day after", {1}, 0, 0, 1, 0, 1, 1},
        {"the anniversary is inside", {731}, 0, 0, 1, 0, 1, 731},
        {"the day after it is not", {732}, 0, 1, 0, 0, 0, NAN},
        {"twice on one day is once", {10, 10}, 0, 0, 1, 0, 1, 10},
        {"two days are several", {10, 11}, 0, 0, 0, 1, 2, 10},
        {"within 7 days of the index: same case", {7, 8}, 7, 0, 1, 0, 1, 8},
        {"within 7 days of the last counted: same case", {10, 17, 18}, 7, 0, 0, 1, 2, 10},
        {"in any order", {18, 10}, 7, 0, 0, 1, 2, 10},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        SCRATCH(a);
        int32_t index = day(2010, 3, 1), date[4], person[4] = {0};
        size_t n = 0;
        while (n < 4 && rows[i].days[n]) date[n] = index + (rows[i].days[n] < 0 ? 0 : rows[i].days[n]), n++;
        follow_incidents in;
        follow_window *w;
        ASSERT_OK(follow_incidents_of(a, n, person, date, NULL, 1, &in));
        follow_window_options o = {.windows = 1, .years = {2}, .data_end = day(2020, 12, 31), .same_case = rows[i].same_case};
        ASSERT_OK(follow_windows(a, &(follow_cohort){.n = 1, .index = &index}, &in, &o, &w));
        if (w->none != rows[i].none || w->once != rows[i].once || w->several != rows[i].several || w->incidents != rows[i].incidents)
            fail_msg("%s: %d none, %d once, %d several, %d incidents", rows[i].label, (int)w->none, (int)w->once, (int)w->several, (int)w->incidents);
        if (!(isnan(rows[i].median) ? isnan(w->first_median) : w->first_median == rows[i].median)) fail_msg("%s: median %g", rows[i].label, w->first_median);
    }
}

/* 2 years until 2020-12-31: by anniversary the index of 2019-01-01 is out (its anniversary is a day late), by calendar it is out too;
 * that of 2018-12-31 is in by both; a death before the anniversary takes out by anniversary only. */
static void
eligibility_by_hand(void **state)
{
    (void)state;
    SCRATCH(a);
    int32_t index[] = {day(2018, 12, 31), day(2019, 1, 1), day(2018, 6, 1), DATE_MISSING}, until[] = {DATE_MISSING, DATE_MISSING, day(2019, 1, 1), DATE_MISSING};
    follow_incidents in;
    follow_window *w;
    ASSERT_OK(follow_incidents_of(a, 0, NULL, NULL, NULL, 4, &in));
    follow_cohort c = {.n = 4, .index = index, .until = until};
    follow_window_options o = {.windows = 1, .years = {2}, .data_end = day(2020, 12, 31)};
    ASSERT_OK(follow_windows(a, &c, &in, &o, &w));
    assert_int_equal(w->eligible, 1);
    assert_int_equal(w->left_early, 1);
    assert_int_equal(w->by_calendar, 2);
    o.eligibility = ELIGIBLE_CALENDAR;
    ASSERT_OK(follow_windows(a, &c, &in, &o, &w));
    assert_int_equal(w->eligible, 2);
    o.eligibility = ELIGIBLE_ANNIVERSARY, o.lag = 1;
    ASSERT_OK(follow_windows(a, &c, &in, &o, &w));
    assert_int_equal(w->eligible, 0);
}

enum { PERSONS = 60, INCIDENTS = 900 };

static void
windows_agree_with_a_naive_version(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 6; seed++) {
        SCRATCH(a);
        rng r = rng_new(seed, 0);
        int32_t index[PERSONS], person[INCIDENTS], date[INCIDENTS];
        int8_t type[INCIDENTS];
        for (size_t p = 0; p < PERSONS; p++) index[p] = 14610 + (int32_t)rng_below(&r, 3000);
        for (size_t i = 0; i < INCIDENTS; i++)
            person[i] = (int32_t)rng_below(&r, PERSONS), date[i] = 14610 + (int32_t)rng_below(&r, 4000), type[i] = (int8_t)rng_below(&r, 3);
        follow_incidents in;
        follow_window *w;
        follow_window_options o = {.windows = 3, .years = {1, 2, 5}, .data_end = 18627, .same_case = (int32_t)(seed % 3 * 15)};
        follow_cohort c = {.n = PERSONS, .index = index};
        ASSERT_OK(follow_incidents_of(a, INCIDENTS, person, date, type, PERSONS, &in));
        ASSERT_OK(follow_windows(a, &c, &in, &o, &w));
        for (int k = 0; k < 3; k++) {
            int64_t eligible = 0, counted = 0, none = 0, typed[3] = {0};
            for (int32_t p = 0; p < PERSONS; p++) {
                int32_t end = date_add_years(index[p], o.years[k]), last = index[p], mine = 0;
                if (end > o.data_end) continue;
                eligible++;
                for (int32_t d = index[p] + 1; d <= end; d++)
                    for (size_t i = 0, today = 0; i < INCIDENTS; i++) {
                        if (person[i] != p || date[i] != d || d - index[p] <= o.same_case) continue;
                        if (!today && d - last > o.same_case) mine++, last = d;
                        today = 1;
                    }
                for (int8_t t = 0; t < 3; t++) {
                    bool any = false;
                    for (size_t i = 0; i < INCIDENTS; i++)
                        any = any || (person[i] == p && type[i] == t && date[i] > index[p] + o.same_case && date[i] <= end);
                    typed[t] += any;
                }
                counted += mine, none += mine == 0;
            }
            assert_int_equal(w[k].eligible, eligible);
            assert_int_equal(w[k].incidents, counted);
            assert_int_equal(w[k].none, none);
            for (int t = 0; t < 3; t++) assert_int_equal(w[k].type_persons[t], typed[t]);
        }
    }
}

typedef struct town {
    uint64_t key[3000], case_key[40];
    int8_t sex[3000], case_sex[40];
    int16_t year[3000], case_year[40];
    column sexes, years, case_sexes, case_years;
    controls_side cases, population;
} town;

static void
settle(town *t, bool backwards)
{
    for (size_t i = 0; i < 3000; i++) {
        uint64_t k = backwards ? 2999 - i : i, u = follow_controls_number(77, k);
        t->key[i] = k, t->sex[i] = (int8_t)(u & 1), t->year[i] = (int16_t)(1980 + (u >> 8) % 10);
    }
    for (size_t i = 0; i < 40; i++) {
        uint64_t k = backwards ? 39 - i : i, u = follow_controls_number(78, k);
        t->case_key[i] = k < 20 ? k : 5000 + k, t->case_sex[i] = (int8_t)(u & 1), t->case_year[i] = (int16_t)(1980 + (u >> 8) % 10);
    }
    t->sexes = (column){.name = "sex", .type = COLUMN_INT8, .data = t->sex};
    t->years = (column){.name = "year", .type = COLUMN_INT16, .data = t->year};
    t->case_sexes = (column){.name = "sex", .type = COLUMN_INT8, .data = t->case_sex};
    t->case_years = (column){.name = "year", .type = COLUMN_INT16, .data = t->case_year};
    t->cases = (controls_side){40, t->case_key, {&t->case_sexes, &t->case_years}};
    t->population = (controls_side){3000, t->key, {&t->sexes, &t->years}};
}

static void
controls_are_the_same_in_any_order(void **state)
{
    (void)state;
    SCRATCH(a);
    town *one = arena_alloc(a, 1, sizeof *one), *two = arena_alloc(a, 1, sizeof *two);
    settle(one, false);
    settle(two, true);
    for (int64_t per_case = 5; per_case <= 100; per_case += 95) {
        controls_options o = {2, per_case, 11};
        controls_result r, q;
        ASSERT_OK(follow_controls(a, &one->cases, &one->population, &o, &r));
        ASSERT_OK(follow_controls(a, &two->cases, &two->population, &o, &q));
        assert_int_equal(r.n, q.n);
        uint8_t *used = arena_alloc(a, 3000, 1);
        for (size_t k = 0; k < r.n; k++) {
            uint32_t c = r.of[k], p = r.control[k];
            assert_true(!used[p]++);
            assert_true(one->case_sex[c] == one->sex[p] && one->case_year[c] == one->year[p]);
            for (size_t i = 0; i < 40; i++) assert_true(one->case_key[i] != one->key[p]);
            bool found = false;
            for (size_t j = 0; j < q.n; j++) found = found || (two->key[q.control[j]] == one->key[p] && two->case_key[q.of[j]] == one->case_key[c]);
            assert_true(found);
        }
        for (size_t s = 0; s < r.strata; s++) {
            const controls_stratum *t = &r.stratum[s];
            assert_int_equal(t->given, t->wanted < t->population ? t->wanted : t->population);
            if (per_case == 5) assert_int_equal(t->given, t->wanted);
        }
    }
}

static status
draw_once(const town *t)
{
    SCRATCH(a);
    controls_result r;
    return follow_controls(a, &t->cases, &t->population, &(controls_options){2, 10, 1}, &r);
}

static void
controls_say_what_is_wrong(void **state)
{
    (void)state;
    SCRATCH(a);
    controls_result r;
    town *t = arena_alloc(a, 1, sizeof *t);
    settle(t, false);
    ASSERT_SURVIVES_NO_MEMORY(draw_once(t));
    t->case_year[3] = INT16_MIN;
    t->case_year[5] = 2005; /* a stratum without population */
    ASSERT_OK(follow_controls(a, &t->cases, &t->population, &(controls_options){2, 10, 1}, &r));
    assert_int_equal(r.unmatched, 1);
    bool empty = false;
    for (size_t s = 0; s < r.strata; s++) empty = empty || (r.stratum[s].population == 0 && r.stratum[s].given == 0 && r.stratum[s].wanted == 10);
    assert_true(empty);
    t->case_key[7] = t->case_key[8];
    ASSERT_STATUS(follow_controls(a, &t->cases, &t->population, &(controls_options){2, 10, 1}, &r), ST_INVALID);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(windows_by_hand),
        cmocka_unit_test(eligibility_by_hand),
        cmocka_unit_test(windows_agree_with_a_naive_version),
        cmocka_unit_test(controls_are_the_same_in_any_order),
        cmocka_unit_test(controls_say_what_is_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
