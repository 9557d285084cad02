/* Person by person: by hand, and summed up against follow_windows. */
#include "testing.h"

#include "base/date.h"
#include "base/rng.h"
#include "follow/again.h"
#include "follow/crosstab.h"
#include "follow/two_by_two.h"

#include <math.h>

static int32_t
day(int year, int month, int d)
{
    int32_t result = DATE_MISSING;
    assert_true(date_from_parts((date_parts){year, month, d}, &result));
    return result;
}

static void
by_hand(void **state)
{
    (void)state;
    const struct {
        const char *label;
        int32_t after[3]; /* days after the index incident of 2016-02-29; 0: none */
        int32_t until;    /* days after it; 0: to the end */
        int32_t same_case;
        follow_again_person want;
    } rows[] = {
        {"nobody", {0}, 0, 0, {0, -1, 1827, 0, false, false}},
        {"on the last day of the window", {1827}, 0, 0, {1, 1827, 1827, 1, false, false}},
        {"a day after it", {1828}, 0, 0, {0, -1, 1827, 0, false, false}},
        {"two, one of the same case", {5, 40}, 0, 7, {1, 40, 1827, 1, false, false}},
        {"died on the way", {5, 40}, 100, 0, {2, 5, 100, 1, false, false}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        SCRATCH(a);
        int32_t index = day(2016, 2, 29), date[3], person[3] = {0}, until = rows[i].until ? index + rows[i].until : DATE_MISSING;
        size_t n = 0;
        while (n < 3 && rows[i].after[n]) date[n] = index + rows[i].after[n], n++;
        follow_incidents in;
        follow_again_person got;
        ASSERT_OK(follow_incidents_of(a, n, person, date, NULL, 1, &in));
        /* the anniversary, 1 March 2021, lies a day after the end of the data */
        follow_window_options o = {.windows = 1, .years = {5}, .data_end = day(2021, 2, 28), .same_case = rows[i].same_case};
        ASSERT_OK(follow_again(&(follow_cohort){.n = 1, .index = &index, .until = &until}, &in, &o, &got, NULL));
        const follow_again_person *w = &rows[i].want;
        int32_t observed = w->observed == 1827 ? 1826 : w->observed;
        if (got.incidents != w->incidents || got.days != w->days || got.observed != observed || got.types != w->types || got.anniversary || !got.calendar)
            fail_msg("%s: %d incidents, %d days, %d observed, types %u", rows[i].label, got.incidents, got.days, got.observed, got.types);
    }
}

enum { PERSONS = 400, INCIDENTS = 3000 };

static void
sums_agree(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 5; seed++) {
        SCRATCH(a);
        rng r = rng_new(seed, 0);
        int32_t index[PERSONS], until[PERSONS], person[INCIDENTS], date[INCIDENTS], last = day(2020, 6, 30);
        int8_t type[INCIDENTS];
        for (size_t p = 0; p < PERSONS; p++) {
            index[p] = rng_below(&r, 10) ? last - (int32_t)rng_below(&r, 3000) : DATE_MISSING;
            until[p] = rng_below(&r, 4) ? DATE_MISSING : last - (int32_t)rng_below(&r, 900);
        }
        for (size_t i = 0; i < INCIDENTS; i++) { /* sorted by person and day */
            person[i] = (int32_t)(i * PERSONS / INCIDENTS);
            bool first = i == 0 || person[i] != person[i - 1];
            date[i] = (first ? last - 3500 : date[i - 1]) + (int32_t)rng_below(&r, 400);
            type[i] = (int8_t)((int)rng_below(&r, 5) - 1);
        }
        follow_cohort c = {.n = PERSONS, .index = index, .until = until};
        follow_incidents in;
        ASSERT_OK(follow_incidents_of(a, INCIDENTS, person, date, type, PERSONS, &in));
        for (int rule = 0; rule < 2; rule++) {
            follow_window_options o = {.windows = 1, .years = {2}, .data_end = last, .same_case = (int32_t)seed * 5, .lag = 20,
                                       .eligibility = (follow_eligibility)rule};
            follow_window *w;
            follow_again_person got[PERSONS];
            uint8_t counted[INCIDENTS];
            int64_t sum[4] = {0}, all = 0, marked = 0;
            ASSERT_OK(follow_windows(a, &c, &in, &o, &w));
            ASSERT_OK(follow_again(&c, &in, &o, got, counted));
            for (size_t p = 0; p < PERSONS; p++) {
                all += got[p].incidents;
                if (!(rule == ELIGIBLE_ANNIVERSARY ? got[p].anniversary : got[p].calendar)) continue;
                sum[0] += got[p].incidents == 0, sum[1] += got[p].incidents == 1, sum[2] += got[p].incidents > 1;
                sum[3] += got[p].incidents;
            }
            for (size_t i = 0; i < INCIDENTS; i++) marked += counted[i];
            assert_int_equal(sum[0], w->none);
            assert_int_equal(sum[1], w->once);
            assert_int_equal(sum[2], w->several);
            assert_int_equal(sum[3], w->incidents);
            assert_int_equal(all, marked);
        }
    }
}

/* The quick test and the network algorithm agree; the tea-tasting lady: 34/70. */
static void
two_by_two(void **state)
{
    (void)state;
    assert_true(fabs(follow_two_by_two((const int64_t[]){3, 1, 1, 3}) - 34.0 / 70) < 1e-12);
    assert_true(follow_two_by_two((const int64_t[]){0, 0, 3, 4}) == 1);
    assert_true(isnan(follow_two_by_two((const int64_t[]){-1, 2, 3, 4})));
    rng r = rng_new(3, 0);
    for (int i = 0; i < 300; i++) {
        int64_t t[4];
        fisher_result f;
        for (int k = 0; k < 4; k++) t[k] = (int64_t)rng_below(&r, k < 2 ? 12 : 900);
        ASSERT_OK(follow_fisher(t, 2, 2, &f));
        double p = follow_two_by_two(t);
        if (!f.done || fabs(p - f.p) > 1e-9 * (1 + f.p)) fail_msg("%d %d %d %d: %.12g, want %.12g", (int)t[0], (int)t[1], (int)t[2], (int)t[3], p, f.p);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(by_hand), cmocka_unit_test(sums_agree), cmocka_unit_test(two_by_two)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
