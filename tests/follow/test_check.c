/* Contradictions are found, and only those. */
#include "testing.h"

#include "base/rng.h"
#include "follow/check.h"
#include "follow/check_tables.h"
#include "follow/crosstab.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST = 10 };

typedef struct check_case {
    const char *label;
    check_claim claims[MOST];
    const char *what; /* NULL: nothing compared */
    check_verdict want;
} check_case;

#define COUNT(row, column, value) {"f", row, column, CHECK_COUNT, value, 0}
#define CHI2(value) {"f", "test", "chi2", CHECK_CHI2, value, 3}
#define PERCENT(row, value) {"f", row, "with", CHECK_PERCENT, value, 0}

static const check_case cases[] = {
    {"a sum that fits", {COUNT("a", "x", 11), COUNT("b", "x", 22), COUNT("total", "x", 33)}, "sum", CHECK_AGREES},
    {"a sum that does not", {COUNT("a", "x", 11), COUNT("b", "x", 22), COUNT("total", "x", 34)}, "sum", CHECK_CONTRADICTION},
    {"rounded to five: six apart may be", {COUNT("a", "x", 10), COUNT("b", "x", 20), COUNT("total", "x", 35)}, "sum", CHECK_AGREES},
    {"rounded to five: ten apart may not", {COUNT("a", "x", 10), COUNT("b", "x", 20), COUNT("total", "x", 40)}, "sum", CHECK_CONTRADICTION},
    {"N of some years only", {COUNT("a", "2016", 11), COUNT("a", "2017", 12), COUNT("N", "N", 11)}, "sum", CHECK_CONTRADICTION},
    {"a percentage that fits", {COUNT("a", "with", 7), COUNT("a", "N", 21), PERCENT("a", 33)}, "percentage", CHECK_AGREES},
    {"one that does not", {COUNT("a", "with", 7), COUNT("a", "N", 21), PERCENT("a", 35)}, "percentage", CHECK_CONTRADICTION},
    {"a share outside its groups", {PERCENT("a", 20), PERCENT("b", 30), PERCENT("total", 40)}, "mixture", CHECK_CONTRADICTION},
    {"a share that hardly fits", {PERCENT("a", 20), PERCENT("b", 45), PERCENT("total", 45)}, "mixture", CHECK_IMPLAUSIBLE},
    {"a share that fits", {PERCENT("a", 20), PERCENT("b", 45), PERCENT("total", 33)}, "mixture", CHECK_AGREES},
    /* (7, 14; 10, 31): Pearson 62 * 77^2 / (21 * 41 * 17 * 45) = 0.558 */
    {"a chi-square that fits", {COUNT("a", "with", 7), COUNT("a", "N", 21), COUNT("b", "with", 10), COUNT("b", "N", 41),
                                {"f", "test", "chi2", CHECK_CHI2, 0.558, 3}}, "chi-square", CHECK_AGREES},
    {"one that does not", {COUNT("a", "with", 7), COUNT("a", "N", 21), COUNT("b", "with", 10), COUNT("b", "N", 41),
                           {"f", "test", "chi2", CHECK_CHI2, 0.655, 3}}, "chi-square", CHECK_CONTRADICTION},
    {"a p-value of its df", {{"f", "test", "chi2", CHECK_CHI2, 3.841, 3}, {"f", "test", "p", CHECK_P, 0.050, 3}, {"f", "test", "df", CHECK_DF, 1, 0}},
     "p-value", CHECK_AGREES},
    {"of another df", {{"f", "test", "chi2", CHECK_CHI2, 3.940, 3}, {"f", "test", "p", CHECK_P, 0.139, 3}, {"f", "test", "df", CHECK_DF, 1, 0}},
     "p-value", CHECK_CONTRADICTION},
    {"a number with the outcome that is not printed", {COUNT("a", "with", 7), COUNT("a", "N", 21), COUNT("b", "N", 41), CHI2(0.558)}, "chi-square", CHECK_AGREES},
    {"no whole number gives it", {COUNT("a", "with", 7), COUNT("a", "N", 21), COUNT("b", "N", 41), CHI2(0.559)}, "chi-square", CHECK_CONTRADICTION},
    {"persons of the test", {COUNT("a", "with", 7), COUNT("a", "N", 21), COUNT("b", "N", 41), COUNT("test", "N", 62), CHI2(0.558)}, "chi-square", CHECK_AGREES},
    {"other persons than the groups", {COUNT("a", "with", 7), COUNT("a", "N", 21), COUNT("b", "N", 41), COUNT("test", "N", 63), CHI2(0.558)},
     "chi-square", CHECK_CONTRADICTION},
    {"those without leave no room", {COUNT("a", "with", 7), COUNT("a", "without", 13), COUNT("a", "N", 21), COUNT("b", "with", 10), COUNT("b", "N", 41), CHI2(0.558)},
     "chi-square", CHECK_CONTRADICTION},
    {"df of another table", {COUNT("a", "N", 21), COUNT("b", "N", 41), {"f", "test", "df", CHECK_DF, 5, 0}}, "df", CHECK_CONTRADICTION},
    {"df of three outcomes", {COUNT("a", "N", 21), COUNT("b", "N", 41), {"f", "test", "df", CHECK_DF, 2, 0}, {"f", "test", "outcomes", CHECK_CATEGORIES, 3, 0}},
     "df", CHECK_AGREES},
    {"three outcomes: a larger statistic may be", {COUNT("a", "with", 7), COUNT("a", "N", 21), COUNT("b", "with", 10), COUNT("b", "N", 41),
                                                   {"f", "test", "outcomes", CHECK_CATEGORIES, 3, 0}, CHI2(4.2)}, "chi-square", CHECK_AGREES},
    {"a smaller one may not", {COUNT("a", "with", 7), COUNT("a", "N", 21), COUNT("b", "with", 10), COUNT("b", "N", 41),
                               {"f", "test", "outcomes", CHECK_CATEGORIES, 3, 0}, CHI2(0.4)}, "chi-square", CHECK_CONTRADICTION},
    {"p below, rightly", {CHI2(11.1), {"f", "test", "p", CHECK_P_BELOW, 0.001, 3}}, "p-value", CHECK_AGREES},
    {"p below, wrongly", {CHI2(10.1), {"f", "test", "p", CHECK_P_BELOW, 0.001, 3}}, "p-value", CHECK_CONTRADICTION},
    /* 3 of 1,000 and 403 of 1,000,001: expected 0.4, an exact test gives 0.008 */
    {"too few for the approximation", {COUNT("a", "with", 3), COUNT("a", "N", 1000), COUNT("b", "N", 1000001), {"f", "b", "with", CHECK_PERCENT_BELOW, 0.1, 1},
                                       CHI2(16.619), {"f", "test", "p", CHECK_P_BELOW, 0.001, 3}}, "small counts", CHECK_CONTRADICTION},
    {"too few, but p holds", {COUNT("a", "with", 3), COUNT("a", "N", 1000), COUNT("b", "N", 1000001), {"f", "b", "with", CHECK_PERCENT_BELOW, 0.1, 1},
                              CHI2(16.619), {"f", "test", "p", CHECK_P_BELOW, 0.05, 2}}, "small counts", CHECK_IMPLAUSIBLE},
    {"followed longer than the data", {{"f", "follow-up", "registered", CHECK_YEAR, 2016, 0}, {"f", "follow-up", "years", CHECK_YEARS, 5, 0},
                                       {"f", "follow-up", "end", CHECK_YEAR, 2020, 0}}, "follow-up", CHECK_CONTRADICTION},
    {"overlap", {COUNT("mentions", "overlap", 1050), COUNT("persons", "overlap", 984), COUNT("in two", "overlap", 66), COUNT("in three", "overlap", 4)},
     "overlap", CHECK_CONTRADICTION},
    {"nothing to compare", {COUNT("a", "x", 1)}, NULL, CHECK_AGREES},
};

static void
contradictions_are_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        SCRATCH(a);
        size_t n = 0, found;
        check_finding *f;
        while (n < MOST && cases[i].claims[n].figure) n++;
        ASSERT_OK(follow_check(a, n, cases[i].claims, &found, &f));
        if (!cases[i].what) {
            assert_int_equal(found, 0);
            continue;
        }
        bool seen = false;
        for (size_t k = 0; k < found; k++) {
            if (strcmp(f[k].what, cases[i].what) != 0) continue;
            seen = true;
            if (f[k].verdict != cases[i].want) fail_msg("%s: verdict %d (%s)", cases[i].label, (int)f[k].verdict, f[k].detail);
        }
        if (!seen) fail_msg("%s: no %s compared", cases[i].label, cases[i].what);
    }
}

/* Whether a table of whole persons gives a printed statistic: against looking at every one. */
static void
whole_tables_are_all_seen(void **state)
{
    (void)state;
    rng r = rng_new(4, 0);
    size_t some = 0;
    for (int round = 0; round < 400; round++) {
        double n = 5 + (double)rng_below(&r, 40), m = 5 + (double)rng_below(&r, 60), x = (double)rng_below(&r, (uint32_t)n + 1);
        check_part a = {"a", true, true, {n - 1, n + 1}, {x - 1, x + 1}, {0, INFINITY}, {0, 1}};
        check_part b = {"b", true, false, {m, m + 1}, {0, INFINITY}, {0, INFINITY}, {0.1, 0.8}};
        check_pair pair = {&a, &b, {n + m, n + m + 1}};
        double chi2 = floor(1e3 * 9 * rng_uniform(&r) * rng_uniform(&r)) / 1e3, half = round % 2 ? 0.0005 : 0.005;
        bool seen = false;
        for (double i = n - 1; i <= n + 1; i++)
            for (double j = m; j <= m + 1; j++)
                for (double p = fmax(0, x - 1); p <= fmin(i, x + 1); p++)
                    for (double q = ceil(0.1 * j - 1e-9); q <= 0.8 * j + 1e-9; q++) {
                        int64_t t[] = {(int64_t)p, (int64_t)(i - p), (int64_t)q, (int64_t)(j - q)};
                        seen = seen || (i + j >= n + m && i + j <= n + m + 1 && fabs(follow_pearson(t, 2, 2) - chi2) <= half);
                    }
        check_fits f = check_whole_tables(&pair, chi2, half);
        some += seen;
        if (!f.decided || f.any != seen) fail_msg("round %d: chi2 %.3f of %g and %g: seen %d", round, chi2, n, m, (int)seen);
    }
    assert_true(some > 50 && some < 350);
}

static status
one(void)
{
    SCRATCH(a);
    size_t found;
    check_finding *f;
    return follow_check(a, 5, cases[10].claims, &found, &f);
}

static void
survives_without_memory(void **state)
{
    (void)state;
    ASSERT_SURVIVES_NO_MEMORY(one());
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(contradictions_are_found), cmocka_unit_test(whole_tables_are_all_seen),
                                       cmocka_unit_test(survives_without_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
