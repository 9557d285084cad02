/* Contradictions are found, and only those. */
#include "testing.h"

#include "follow/check.h"

#include <stdio.h>

typedef struct check_case {
    const char *label;
    check_claim claims[8];
    const char *what; /* NULL: nothing compared */
    check_verdict want;
} check_case;

#define COUNT(row, column, value) {"f", row, column, CHECK_COUNT, value, 0}
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
        while (n < 8 && cases[i].claims[n].figure) n++;
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
    const struct CMUnitTest tests[] = {cmocka_unit_test(contradictions_are_found), cmocka_unit_test(survives_without_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
