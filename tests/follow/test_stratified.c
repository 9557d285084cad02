/* Stratified tests: the strata as they are against follow_mantel_haenszel, the exact test against every table, and strata that were moved. */
#include "follow/stratified.h"
#include "testing.h"

#include "base/rng.h"

#include <math.h>

enum { STRATA = 30 };

static void
random_strata(rng *r, size_t n, int64_t *t, int64_t sum[4])
{
    memset(sum, 0, 4 * sizeof *sum);
    for (size_t i = 0; i < n; i++)
        for (int k = 0; k < 4; k++) {
            t[4 * i + (size_t)k] = (int64_t)rng_below(r, k < 2 ? 6 : 40);
            sum[k] += t[4 * i + (size_t)k];
        }
}

static void
as_they_are(void **state)
{
    (void)state;
    rng r = rng_new(31, 1);
    for (int i = 0; i < 200; i++) {
        SCRATCH(a);
        size_t n = 1 + (size_t)rng_below(&r, STRATA);
        int64_t t[4 * STRATA], sum[4];
        follow_stratified *x;
        stratified_test got;
        random_strata(&r, n, t, sum);
        mantel_haenszel want = follow_mantel_haenszel(n, t, 0.95);
        ASSERT_OK(follow_stratified_new(a, n, t, &x));
        assert_true(follow_stratified_at(x, sum, NULL, false, &got));
        if (isnan(want.chisq)) continue;
        assert_true(fabs(got.chisq - want.chisq) <= 1e-10 * want.chisq);
        assert_true(isnan(got.exact));
        if (isfinite(want.risk_ratio.upper)) assert_true(fabs(got.risk_ratio.upper - want.risk_ratio.upper) <= 1e-10 * want.risk_ratio.upper);
        /* moved away and back for the effect: the same effect, as long as the strata can give */
        int64_t away[4] = {sum[0] + 2, sum[1], sum[2] + 3, sum[3] + 1};
        assert_true(follow_stratified_at(x, away, sum, false, &got));
    }
}

static double
choose_of(double n, double k)
{
    return exp(lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1));
}

/* Two strata by hand: every pair of first cells. */
static void
exact_by_enumeration(void **state)
{
    (void)state;
    rng r = rng_new(32, 1);
    for (int i = 0; i < 200; i++) {
        SCRATCH(a);
        int64_t t[8], sum[4];
        double chance[200] = {0}, p = 0, all = 0;
        follow_stratified *x;
        stratified_test got;
        random_strata(&r, 2, t, sum);
        for (int64_t k = 0; k <= t[0] + t[1]; k++)
            for (int64_t l = 0; l <= t[4] + t[5]; l++) {
                double w = 1;
                for (int s = 0; s < 2; s++) {
                    const int64_t *u = t + 4 * s;
                    double seen = (double)(s ? l : k), yes = (double)(u[0] + u[2]), cases = (double)(u[0] + u[1]), others = (double)(u[2] + u[3]);
                    w *= seen > yes || yes - seen > others ? 0 : choose_of(cases, seen) * choose_of(others, yes - seen) / choose_of(cases + others, yes);
                }
                chance[k + l] += w;
                all += w;
            }
        for (int k = 0; k < 200; k++)
            if (chance[k] <= chance[sum[0]] * (1 + 1e-7)) p += chance[k];
        assert_true(fabs(all - 1) < 1e-9);
        ASSERT_OK(follow_stratified_new(a, 2, t, &x));
        assert_true(follow_stratified_at(x, sum, NULL, true, &got));
        if (!(fabs(got.exact - fmin(p, 1)) < 1e-9)) fail_msg("case %d: exact p %.12g, want %.12g", i, got.exact, p);
    }
}

/* R 4.2.2, mantelhaen.test(array(t, c(2, 2, k)), exact = TRUE)$p.value, and correct = FALSE for the statistic and its p. */
static void
against_r(void **state)
{
    (void)state;
    static const struct {
        size_t n;
        int64_t t[16];
        double exact, chisq, p;
    } rows[] = {
        {3, {2, 5, 10, 60, 1, 3, 8, 40, 0, 4, 5, 30}, 0.706238086069964, 0.275499251756664, 0.599666456357470},
        {4, {9, 3, 20, 90, 5, 1, 8, 40, 6, 4, 5, 30, 0, 2, 7, 11}, 1.70436334272827e-07, 32.3848230314563, 1.26470376833049e-08},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        SCRATCH(a);
        int64_t sum[4] = {0};
        follow_stratified *x;
        stratified_test got;
        for (size_t k = 0; k < 4 * rows[i].n; k++) sum[k % 4] += rows[i].t[k];
        ASSERT_OK(follow_stratified_new(a, rows[i].n, rows[i].t, &x));
        assert_true(follow_stratified_at(x, sum, NULL, true, &got));
        if (!(fabs(got.exact - rows[i].exact) <= 1e-9 * rows[i].exact)) fail_msg("exact p %.15g, R has %.15g", got.exact, rows[i].exact);
        assert_true(fabs(got.chisq - rows[i].chisq) <= 1e-12 * rows[i].chisq && fabs(got.p - rows[i].p) <= 1e-9 * rows[i].p);
    }
}

/* Moved strata are strata again: with those sums, and nobody below zero. */
static void
moved(void **state)
{
    (void)state;
    SCRATCH(a);
    static const int64_t t[] = {1, 5, 10, 400, 0, 3, 4, 200, 2, 1, 0, 90}, none[] = {0, 9, 14, 690}, less[] = {1, 9, 14, 690}, below[] = {3, 9, 14, -1};
    static const int64_t strata[] = {0, 5, 10, 400, 0, 3, 4, 200, 1, 1, 0, 90}; /* one of the largest, then one more */
    follow_stratified *x;
    stratified_test got;
    ASSERT_OK(follow_stratified_new(a, 3, t, &x));
    assert_true(follow_stratified_at(x, none, NULL, true, &got));
    assert_true(follow_stratified_at(x, less, NULL, true, &got));
    mantel_haenszel want = follow_mantel_haenszel(3, strata, 0.95);
    assert_true(want.chisq > 0 && isfinite(got.chisq));
    assert_false(follow_stratified_at(x, below, NULL, true, &got));
    /* one more case with a yes, one fewer without: within one stratum, so that all stay as large; two controls the other way */
    static const int64_t turned[] = {4, 8, 16, 688}, as_large[] = {2, 4, 12, 398, 0, 3, 4, 200, 2, 1, 0, 90};
    want = follow_mantel_haenszel(3, as_large, 0.95);
    assert_true(follow_stratified_at(x, turned, NULL, false, &got));
    assert_true(fabs(got.chisq - want.chisq) <= 1e-10 * want.chisq);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(as_they_are), cmocka_unit_test(exact_by_enumeration), cmocka_unit_test(against_r), cmocka_unit_test(moved)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
