/* Rank tests of counts in ordered classes: against follow_ranks on the persons themselves, and by hand. */
#include "follow/ordered.h"
#include "follow/shares.h"
#include "testing.h"

#include "base/rng.h"

#include <math.h>

enum { CLASSES = 6, GROUPS = 3, MOST = CLASSES * GROUPS * 60 };

static double
off(double got, double want)
{
    return isnan(want) ? !isnan(got) : fabs(got - want) / fmax(1, fabs(want));
}

static void
as_persons(void **state)
{
    (void)state;
    rng r = rng_new(43, 1);
    for (int k = 0; k < 300; k++) {
        size_t rows = 2 + (size_t)rng_below(&r, CLASSES - 1), groups = 2 + (size_t)rng_below(&r, GROUPS - 1), n = 0;
        int64_t table[CLASSES * GROUPS];
        double value[MOST];
        int32_t group[MOST];
        rank_result want;
        for (size_t i = 0; i < rows * groups; i++) {
            table[i] = (int64_t)rng_below(&r, 60);
            for (int64_t p = 0; p < table[i]; p++) value[n] = (double)(i / groups), group[n++] = (int32_t)(i % groups);
        }
        if (groups == 3 && !(table[2] + table[5])) continue;
        ASSERT_OK(follow_ranks(n, value, group, 3, 0.95, &want)); /* three groups, the last may be empty: H in either case */
        double h = follow_ordered(table, rows, groups);
        if (off(h, want.statistic) > 1e-9) fail_msg("%zu x %zu: H %.15g, want %.15g", rows, groups, h, want.statistic);
        if (groups == 3) assert_true(off(follow_ordered_p(table, rows, groups), want.p) < 1e-9);
        if (groups == 3) continue;
        effect e = follow_ordered_superiority(table, rows, 0.95);
        ASSERT_OK(follow_ranks(n, value, group, 2, 0.95, &want));
        if (off(e.estimate, want.superiority.estimate) > 1e-9 || off(e.lower, want.superiority.lower) > 1e-9 || off(e.upper, want.superiority.upper) > 1e-9)
            fail_msg("%zu classes: %.15g (%.15g to %.15g), want %.15g (%.15g to %.15g)", rows, e.estimate, e.lower, e.upper, want.superiority.estimate,
                     want.superiority.lower, want.superiority.upper);
    }
}

static void
by_hand(void **state)
{
    (void)state;
    /* values 0 0 1 of the first group, 0 1 1 of the second: mid-ranks 2 2 5 and 2 5 5; H = 12 / 42 (2 * 3 * .5^2) / (1 - 48 / 210) = 5 / 9 */
    static const int64_t table[] = {2, 1, 1, 2}, apart[] = {3, 0, 0, 3}, one[] = {3, 0, 5, 0}, alike[] = {4, 7, 0, 0};
    assert_true(fabs(follow_ordered(table, 2, 2) - 5.0 / 9) < 1e-12);
    effect e = follow_ordered_superiority(table, 2, 0.95);
    assert_true(fabs(e.estimate - (1 + 0.5 * (2 + 2)) / 9) < 1e-12); /* one of nine pairs more, four alike */
    assert_true(follow_ordered_superiority(apart, 2, 0.95).estimate == 0);
    assert_true(isnan(follow_ordered_superiority(apart, 2, 0.95).lower));
    assert_true(isnan(follow_ordered(one, 2, 2)) && isnan(follow_ordered_superiority(one, 2, 0.95).estimate));
    assert_true(isnan(follow_ordered(alike, 2, 2)));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(as_persons), cmocka_unit_test(by_hand)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
