/* Statistics behind the gate: what is printed leaves every count five values, counted here by plain loops; what is computed sees released
 * numbers alone. */
#include "testing.h"

#include "protect/statistic.h"

#include <math.h>

static double
chisq(size_t rows, size_t columns, const int64_t t[], const void *context)
{
    (void)rows, (void)columns, (void)context;
    double a = (double)t[0], b = (double)t[1], c = (double)t[2], d = (double)t[3], n = a + b + c + d;
    double margins = (a + b) * (c + d) * (a + c) * (b + d);
    return margins > 0 ? n * (a * d - b * c) * (a * d - b * c) / margins : NAN;
}

static void
evaluate(size_t rows, size_t columns, const int64_t table[], const void *context, double number[TRIAL_NUMBERS])
{
    for (int k = 0; k < TRIAL_NUMBERS; k++) number[k] = NAN;
    number[0] = chisq(rows, columns, table, context);
    number[1] = erfc(sqrt(number[0] / 2)); /* 1 df */
}

static status
choose(arena *a, const protect_tests *t, size_t test, const int64_t rounded[], protect_method *result)
{
    (void)a, (void)t, (void)test;
    *result = (protect_method){.parts = 1, .part = {"chisq"}};
    if (rounded[0] >= 0) result->trial = (trial_method){.evaluate = evaluate, .p = 1, .item = {{0, 1, 4}}};
    return ST_OK;
}

static protect_number
shown(const protect_tested *x)
{
    return isnan(x->shown[0]) ? (protect_number){NUMBER_WITHHELD, NAN, 0} : (protect_number){NUMBER_VALUE, x->shown[0], x->digits[0]};
}

static protect_number
first_rounded(const protect_tested *x)
{
    return (protect_number){NUMBER_VALUE, (double)x->rounded[0], 0};
}

static protect_number
not_here(const protect_tested *x)
{
    (void)x;
    return (protect_number){NUMBER_NONE, NAN, 0};
}

static const exact_item rows[] = {{.code = {"with", {"m", "w"}}, .dimension = "help"}, {.code = {"without", {"z", "wo"}}, .dimension = "help"}};
static const exact_item columns[] = {{.code = {"victim", {"s", "v"}}, .dimension = "group"}, {.code = {"control", {"c", "c"}}, .dimension = "group"}};

static exact_table
figure(const int64_t *count, const int64_t *base)
{
    return (exact_table){.figure = "1", .population = "p", .measure = base ? EXACT_SHARE : EXACT_COUNT,
                         .rows = {"help", {"h", "h"}, false, base ? 1 : 2, rows}, .columns = {"group", {"g", "g"}, false, 2, columns},
                         .count = count, .base = base};
}

static status
run(arena *a, const exact_table *t, protect_result *r, released **tests)
{
    static const size_t zero_one[] = {0, 1};
    static const code name[][2] = {{{"t", {"t", "t"}}}};
    static const protect_measure measures[] = {{{"x", {"x", "x"}}, 4, shown}, {{"n", {"n", "n"}}, 0, first_rounded}, {{"z", {"z", "z"}}, 0, not_here}};
    bool rest = t->measure == EXACT_SHARE;
    protect_test test = {rest, rest ? 1 : 2, 2, zero_one, zero_one};
    CHECK(protect_report(a, 1, t, NULL, r));
    protect_tests p = {.figure = "1-tests", .exact = t, .released = r->released[0], .reach = r->certificate.largest_deviation, .n = 1, .test = &test,
                       .name = name, .choose = choose, .measures = 3, .measure = measures};
    return protect_statistics(a, 1, &p, ADJUSTED_NOT, tests);
}

/* Values each of four counts can have when the statistic prints the same and everything lies within reach of what was released. */
static size_t
least_values(const int64_t rounded[4], int reach, double printed, int decimals)
{
    uint64_t seen[4] = {0};
    char want[40], got[40];
    snprintf(want, sizeof want, "%.*f", decimals, printed);
    int64_t t[4], low[4];
    for (int k = 0; k < 4; k++) low[k] = rounded[k] > reach ? rounded[k] - reach : 0;
    for (t[0] = low[0]; t[0] <= rounded[0] + reach; t[0]++)
        for (t[1] = low[1]; t[1] <= rounded[1] + reach; t[1]++)
            for (t[2] = low[2]; t[2] <= rounded[2] + reach; t[2]++)
                for (t[3] = low[3]; t[3] <= rounded[3] + reach; t[3]++) {
                    snprintf(got, sizeof got, "%.*f", decimals, chisq(2, 2, t, NULL));
                    for (int k = 0; k < 4 && !strcmp(want, got); k++) seen[k] |= UINT64_C(1) << (t[k] - low[k]);
                }
    size_t least = 64;
    for (int k = 0; k < 4; k++)
        if ((size_t)__builtin_popcountll(seen[k]) < least) least = (size_t)__builtin_popcountll(seen[k]);
    return least;
}

static void
counts(void **state)
{
    (void)state;
    static const int64_t tables[][4] = {{12, 7, 48, 91}, {146, 24991, 119, 236614}, {21, 13, 74, 61}, {3, 3, 57, 60}, {95, 310, 1535, 162690}};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        SCRATCH(a);
        protect_result r;
        released *tests;
        exact_table t = figure(tables[i], NULL);
        ASSERT_OK(run(a, &t, &r, &tests));
        assert_string_equal(released_figure(tests), "1-tests");
        released_cell x = released_at(tests, 0, 0), n = released_at(tests, 0, 1), z = released_at(tests, 0, 2);
        assert_true(n.value == released_at(r.released[0], 0, 0).value);
        assert_int_equal(z.state, RELEASED_IMPOSSIBLE);
        int64_t rounded[4];
        for (size_t k = 0; k < 4; k++) rounded[k] = (int64_t)released_at(r.released[0], k / 2, k % 2).value;
        if (x.state == RELEASED_VALUE && x.value < 10 && x.decimals > 0) { /* digits after the point: no more of them than printed */
            size_t least = least_values(rounded, r.certificate.largest_deviation, x.value, x.decimals);
            if (least < 5) fail_msg("table %zu: a count keeps %zu values beside %.*f", i, least, x.decimals, x.value);
        }
    }
}

/* A share is tested as its row against the rest of its denominator. */
static void
shares(void **state)
{
    (void)state;
    SCRATCH(a);
    static const int64_t count[] = {146, 2499}, base[] = {265, 26160}, whole[] = {146, 2499, 119, 23661};
    protect_result r;
    released *tests;
    exact_table t = figure(count, base);
    ASSERT_OK(run(a, &t, &r, &tests));
    released_cell x = released_at(tests, 0, 0);
    double exact = chisq(2, 2, whole, NULL);
    assert_int_equal(x.state, RELEASED_VALUE);
    assert_true(fabs(x.value - exact) < 0.5 * exact); /* one digit or more of 603 */
    assert_true(x.value != exact);

    /* both denominators keep five values beside it */
    int64_t reach = r.certificate.largest_deviation, part[2], rest[2];
    uint64_t seen[2] = {0};
    for (int k = 0; k < 2; k++) {
        part[k] = 5 * ((count[k] + 2) / 5);
        rest[k] = 5 * ((base[k] - count[k] + 2) / 5);
    }
    for (int64_t a = -reach; a <= reach; a++)
        for (int64_t b = -reach; b <= reach; b++)
            for (int64_t c = -reach; c <= reach; c++)
                for (int64_t d = -reach; d <= reach; d++) {
                    const int64_t t2[] = {part[0] + a, part[1] + b, rest[0] + c, rest[1] + d};
                    char want[40], got[40];
                    snprintf(want, sizeof want, "%.*e", 0, x.value);
                    snprintf(got, sizeof got, "%.*e", 0, chisq(2, 2, t2, NULL));
                    if (strcmp(want, got)) continue;
                    seen[0] |= UINT64_C(1) << (a + c + 2 * reach);
                    seen[1] |= UINT64_C(1) << (b + d + 2 * reach);
                }
    for (int k = 0; k < 2; k++) assert_true(__builtin_popcountll(seen[k]) >= 5);
}

/* Ten tests on one pair of denominators: together they leave each five values. */
static void
shared_denominators(void **state)
{
    (void)state;
    enum { TESTS = 10 };
    SCRATCH(a);
    static const int64_t base[] = {146, 24990};
    static const size_t both[] = {0, 1};
    static const protect_measure measures[] = {{{"x", {"x", "x"}}, 4, shown}};
    exact_item many[TESTS];
    code name[TESTS][2];
    protect_test test[TESTS];
    size_t at[TESTS];
    int64_t count[2 * TESTS], bases[2 * TESTS];
    static const char *const codes[TESTS] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"};
    for (size_t i = 0; i < TESTS; i++) {
        at[i] = i;
        name[i][0] = name[i][1] = (code){codes[i], {codes[i], codes[i]}};
        many[i] = (exact_item){.code = name[i][0], .dimension = "type"};
        test[i] = (protect_test){true, 1, 2, &at[i], both};
        count[2 * i] = 12 + 9 * (int64_t)i, count[2 * i + 1] = 1000 + 431 * (int64_t)i;
        bases[2 * i] = base[0], bases[2 * i + 1] = base[1];
    }
    exact_table t = {.figure = "1", .population = "p", .measure = EXACT_SHARE, .rows = {"type", {"t", "t"}, true, TESTS, many},
                     .columns = {"group", {"g", "g"}, false, 2, columns}, .count = count, .base = bases};
    protect_result r;
    released *tests;
    ASSERT_OK(protect_report(a, 1, &t, NULL, &r));
    int64_t reach = r.certificate.largest_deviation;
    protect_tests p = {.figure = "1-tests", .exact = &t, .released = r.released[0], .reach = (int)reach, .n = TESTS, .test = test, .name = (const code(*)[2])name,
                       .choose = choose, .measures = 1, .measure = measures};
    ASSERT_OK(protect_statistics(a, 1, &p, ADJUSTED_NOT, &tests));
    uint64_t left = UINT64_MAX; /* values of the first denominator, as its distance from the exact one */
    size_t printed = 0;
    for (size_t i = 0; i < TESTS; i++) {
        released_cell x = released_at(tests, i, 0);
        uint64_t here = 0;
        if (x.state != RELEASED_VALUE) continue;
        printed++;
        for (int64_t m = -2 * reach; m <= 2 * reach; m++)
            for (int64_t n = -2 * reach; n <= 2 * reach; n++)
                for (int64_t k = -reach; k <= reach; k++)
                    for (int64_t l = -reach; l <= reach; l++) {
                        int64_t c0 = count[2 * i] + k, c1 = count[2 * i + 1] + l;
                        const int64_t cells[] = {c0, c1, base[0] + m - c0, base[1] + n - c1};
                        double got = chisq(2, 2, cells, NULL), step = pow(10, floor(log10(x.value)));
                        if (fabs(got - x.value) <= step / 2) here |= UINT64_C(1) << (m + 2 * reach);
                    }
        left &= here;
    }
    assert_true(printed > 0);
    assert_true(__builtin_popcountll(left) >= 5);
}

static double
twice(size_t row, size_t column, const released *from, const void *context)
{
    (void)context;
    return row == 1 ? NAN : 2 * released_at(from, row, column).value;
}

static void
computed(void **state)
{
    (void)state;
    SCRATCH(a);
    static const int64_t count[] = {12, 7, 48, 91};
    protect_result r;
    released *made;
    exact_table t = figure(count, NULL);
    ASSERT_OK(protect_report(a, 1, &t, NULL, &r));
    ASSERT_OK(protect_computed(a, &t, r.released[0], twice, NULL, &made));
    assert_true(released_at(made, 0, 1).value == 2 * released_at(r.released[0], 0, 1).value);
    assert_int_equal(released_at(made, 1, 0).state, RELEASED_UNKNOWN);
}

static void
survives(void **state)
{
    (void)state;
    static const int64_t count[] = {12, 7, 48, 91};
    exact_table t = figure(count, NULL);
    for (size_t n = 1;; n++) {
        SCRATCH(a);
        protect_result r;
        released *tests;
        arena_fail_at(n);
        status code = run(a, &t, &r, &tests);
        arena_fail_at(0);
        if (code == ST_OK) break;
        if (code != ST_NO_MEMORY) fail_msg("allocation %zu: %s", n, status_text(code));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(counts), cmocka_unit_test(shares), cmocka_unit_test(shared_denominators), cmocka_unit_test(computed), cmocka_unit_test(survives)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
