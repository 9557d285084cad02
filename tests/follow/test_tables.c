/* Exact tests against the enumeration of all tables; effects and shares at their edges. */
#include "testing.h"

#include "base/rng.h"
#include "follow/crosstab.h"
#include "follow/shares.h"

#include <math.h>

typedef struct enumeration {
    size_t rows, cols;
    int64_t row[4], column[4], t[16];
    double limit, sum, all;
} enumeration;

static double
log_weight(const int64_t *t, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum -= lgamma((double)t[i] + 1);
    return sum;
}

static void
enumerate(enumeration *e, size_t cell)
{
    if (cell == e->rows * e->cols) {
        for (size_t i = 0; i < 4; i++)
            if ((i < e->rows && e->row[i]) || (i < e->cols && e->column[i])) return;
        double p = log_weight(e->t, cell);
        e->all += exp(p);
        if (p <= e->limit + 1e-7) e->sum += exp(p);
        return;
    }
    size_t r = cell / e->cols, c = cell % e->cols;
    int64_t most = e->row[r] < e->column[c] ? e->row[r] : e->column[c];
    for (int64_t x = 0; x <= most; x++) {
        e->t[cell] = x;
        e->row[r] -= x, e->column[c] -= x;
        enumerate(e, cell + 1);
        e->row[r] += x, e->column[c] += x;
    }
}

static void
fisher_agrees_with_enumeration(void **state)
{
    (void)state;
    static const size_t shapes[][2] = {{2, 2}, {2, 3}, {3, 2}, {3, 3}, {2, 4}, {4, 2}};
    for (uint64_t seed = 0; seed < 60; seed++) {
        rng r = rng_new(5, seed);
        enumeration e = {.rows = shapes[seed % 6][0], .cols = shapes[seed % 6][1]};
        int64_t table[16];
        for (size_t i = 0; i < e.rows * e.cols; i++) {
            table[i] = (int64_t)rng_below(&r, 6);
            e.row[i / e.cols] += table[i], e.column[i % e.cols] += table[i];
        }
        e.limit = log_weight(table, e.rows * e.cols);
        enumerate(&e, 0);
        fisher_result f;
        ASSERT_OK(follow_fisher(table, e.rows, e.cols, &f));
        if (follow_table_df(table, e.rows, e.cols) <= 0) continue;
        assert_true(f.done);
        if (fabs(f.p - e.sum / e.all) > 1e-9) fail_msg("seed %d: got %.17g, want %.17g", (int)seed, f.p, e.sum / e.all);
    }
}

static void
monte_carlo_is_near_the_exact_test(void **state)
{
    (void)state;
    const int64_t table[] = {8, 2, 0, 5, 6, 1, 1, 7, 4};
    double p, again, statistic = follow_pearson(table, 3, 3);
    ASSERT_OK(follow_monte_carlo(table, 3, 3, 1, 20000, &p));
    ASSERT_OK(follow_monte_carlo(table, 3, 3, 1, 20000, &again));
    assert_true(p == again);
    /* the exact probability of a Pearson statistic at least as large, by enumeration */
    double extreme = 0, all = 0;
    int64_t t[9];
    for (t[0] = 0; t[0] <= 10; t[0]++)
        for (t[1] = 0; t[1] <= 10 - t[0]; t[1]++)
            for (t[3] = 0; t[3] <= 12; t[3]++)
                for (t[4] = 0; t[4] <= 12 - t[3]; t[4]++) {
                    t[2] = 10 - t[0] - t[1], t[5] = 12 - t[3] - t[4], t[6] = 14 - t[0] - t[3], t[7] = 15 - t[1] - t[4], t[8] = 5 - t[2] - t[5];
                    if (t[6] < 0 || t[7] < 0 || t[8] < 0) continue;
                    double w = exp(log_weight(t, 9));
                    all += w;
                    if (follow_pearson(t, 3, 3) >= statistic - 1e-9) extreme += w;
                }
    double exact = extreme / all;
    assert_true(fabs(p - exact) < 5 * sqrt(exact * (1 - exact) / 20000) + 1e-4);
}

/* Large counts are drawn from the mode outwards: the share of tables at least as extreme is that of all tables with these margins. */
static void
monte_carlo_is_right_for_many_persons(void **state)
{
    (void)state;
    enum { SAMPLES = 20000 };
    static const struct {
        const char *label;
        int64_t table[4];
    } rows[] = {
        {"even", {6180, 6320, 6320, 6180}},
        {"a rare row", {9, 5, 9991, 14995}},
        {"a rare column, the other way round", {20, 14980, 5, 9995}},
        {"a small cell among five million", {3, 1200000, 9, 3799988}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const int64_t *table = rows[i].table;
        int64_t row = table[0] + table[1], column = table[0] + table[2], all = row + table[2] + table[3];
        double p, exact = 0, total = 0, largest = -INFINITY, statistic = follow_pearson(table, 2, 2);
        ASSERT_OK(follow_monte_carlo(table, 2, 2, 1, SAMPLES, &p));
        for (int pass = 0; pass < 2; pass++)
            for (int64_t x = row + column > all ? row + column - all : 0; x <= row && x <= column; x++) {
                const int64_t t[] = {x, row - x, column - x, all - row - column + x};
                double w = log_weight(t, 4);
                if (pass == 0) {
                    largest = fmax(largest, w);
                    continue;
                }
                total += exp(w - largest);
                if (follow_pearson(t, 2, 2) >= statistic * (1 - 1e-12)) exact += exp(w - largest);
            }
        exact /= total;
        if (fabs(p - exact) > 5 * sqrt(exact * (1 - exact) / SAMPLES) + 1.0 / SAMPLES) fail_msg("%s: got %g, want %g", rows[i].label, p, exact);
    }
}

static void
edges(void **state)
{
    (void)state;
    const int64_t zero[] = {0, 0, 3, 4}, empty_column[] = {3, 0, 4, 0}, nothing[] = {0, 0, 0, 0};
    assert_true(isnan(follow_pearson(zero, 2, 2)));
    assert_true(isnan(follow_pearson(empty_column, 2, 2)));
    assert_true(isnan(follow_g2(nothing, 2, 2)));
    assert_true(isnan(follow_odds_ratio(empty_column, 2, 2)));
    assert_true(follow_statistic_find("pearson") == follow_pearson);
    assert_null(follow_statistic_find("nonsense"));
    const int64_t extreme[] = {5, 0, 0, 5};
    effect e = follow_effect_or_exact(extreme, 0.95);
    assert_true(isinf(e.estimate) && isinf(e.upper) && e.lower > 1);
    share_intervals s = follow_share(0, 5, 0.95);
    assert_true(s.wilson.lower == 0 && s.clopper_pearson.lower == 0 && s.mid_p.lower == 0 && s.clopper_pearson.upper < 1);
    s = follow_share(5, 5, 0.95);
    assert_true(s.wilson.upper == 1 && s.clopper_pearson.upper == 1 && s.mid_p.upper == 1);
    fisher_result f;
    const int64_t large[] = {100000, 5, 3, 100000};
    ASSERT_OK(follow_fisher(large, 2, 2, &f));
    assert_false(f.done);
    assert_true(isnan(f.p));
    double p[] = {NAN, 0.02, 0.01}, adjusted[3];
    ASSERT_OK(follow_adjust_holm(3, p, adjusted));
    assert_true(isnan(adjusted[0]) && adjusted[1] == 0.02 && adjusted[2] == 0.02);
    welch_result w = follow_welch(1, (double[]){3}, 2, (double[]){1, 2}, 0.95);
    assert_true(isnan(w.p));
}

/* What is kept for tables with the same margins gives the p of the test itself, also after other margins. */
static void
kept_draws_are_the_same(void **state)
{
    (void)state;
    SCRATCH(a);
    static const int64_t tables[][6] = {{3, 4, 21, 30, 12, 9}, {4, 3, 20, 31, 11, 10}, {2, 4, 22, 30, 12, 9}, {3, 4, 21, 30, 12, 9}, {0, 0, 0, 1, 2, 3}};
    follow_null *null;
    ASSERT_OK(follow_null_new(a, 3, 2, 5, 999, &null));
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        double want;
        ASSERT_OK(follow_monte_carlo(tables[i], 3, 2, 5, 999, &want));
        double got = follow_null_p(null, tables[i]);
        if (!(got == want || (isnan(got) && isnan(want)))) fail_msg("table %zu: %.6f, want %.6f", i, got, want);
    }
}

static status
fisher_once(void)
{
    const int64_t table[] = {8, 2, 3, 5, 6, 1, 1, 7, 4};
    fisher_result f;
    return follow_fisher(table, 3, 3, &f);
}

static void
survives_without_memory(void **state)
{
    (void)state;
    ASSERT_SURVIVES_NO_MEMORY(fisher_once());
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fisher_agrees_with_enumeration),
        cmocka_unit_test(monte_carlo_is_near_the_exact_test),
        cmocka_unit_test(monte_carlo_is_right_for_many_persons),
        cmocka_unit_test(edges),
        cmocka_unit_test(kept_draws_are_the_same),
        cmocka_unit_test(survives_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
