/* A family of tests through the gate, against counting every combination of tables that prints the same. */
#include "protect/family.h"
#include "testing.h"

#include "base/rng.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { REACH = 4, VALUES = 5, WIDE = 2 * REACH + 1 };

static void
evaluate(size_t rows, size_t columns, const int64_t t[], const void *context, double number[TRIAL_NUMBERS])
{
    (void)rows, (void)columns, (void)context;
    double a = (double)t[0], b = (double)t[1], c = (double)t[2], d = (double)t[3], n = a + b + c + d;
    double margins = (a + b) * (c + d) * (a + c) * (b + d);
    for (int k = 0; k < TRIAL_NUMBERS; k++) number[k] = NAN;
    number[0] = margins > 0 ? n * (a * d - b * c) * (a * d - b * c) / margins : (double)NAN;
    number[1] = erfc(sqrt(number[0] / 2));
}

/* Two shares of the same two denominators: yes of each column, rounded to five, and the columns. */
typedef struct shares {
    int64_t yes[2][2], base[2];
    int64_t exact[2][4];
    trial_range cell[2][4], row[2][2], column[2][2], whole;
    int64_t low[2];
    trial trial[2];
} shares;

static int64_t
rounded(int64_t x)
{
    return 5 * ((x + 2) / 5);
}

static trial_range
about(int64_t x, int64_t reach)
{
    return (trial_range){x > reach ? x - reach : 0, x + reach};
}

static void
make(shares *s, rng *r, bool shared)
{
    for (int c = 0; c < 2; c++) s->base[c] = 60 + (int64_t)rng_below(r, 300);
    for (int i = 0; i < 2; i++) {
        for (int c = 0; c < 2; c++) {
            s->yes[i][c] = 4 + (int64_t)rng_below(r, 40);
            int64_t no = s->base[c] - s->yes[i][c];
            s->exact[i][c] = s->yes[i][c], s->exact[i][2 + c] = no;
            s->cell[i][c] = about(rounded(s->yes[i][c]), REACH);
            s->cell[i][2 + c] = about(rounded(s->base[c]) - rounded(s->yes[i][c]), 2 * REACH);
            s->column[i][c] = about(rounded(s->base[c]), REACH);
            s->low[c] = rounded(s->base[c]) - REACH;
        }
        for (int k = 0; k < 2; k++) /* as wide as the counts allow: nothing more is said */
            s->row[i][k] = (trial_range){s->cell[i][2 * k].low + s->cell[i][2 * k + 1].low, s->cell[i][2 * k].high + s->cell[i][2 * k + 1].high};
        s->whole = (trial_range){s->low[0] + s->low[1], s->low[0] + s->low[1] + 4 * REACH};
        s->trial[i] = (trial){.rows = 2, .columns = 2, .exact = s->exact[i], .cell = s->cell[i], .row = s->row[i], .column = s->column[i], .whole = s->whole,
                              .method = {.evaluate = evaluate, .p = 1, .item = {{0, 1, 4}}}, .group = shared ? 0 : (size_t)i, .shared = TRIAL_COLUMN_SUMS,
                              .shared_low = s->low, .shared_values = shared ? WIDE : 0};
    }
}

static bool
prints_same(const family_said *said, const double exact[], const double other[])
{
    char a[40], b[40];
    if (said->digits[0] == 0) return true;
    snprintf(a, sizeof a, "%.*e", said->digits[0] - 1, exact[0]);
    snprintf(b, sizeof b, "%.*e", said->digits[0] - 1, other[0]);
    return !strcmp(a, b);
}

/* What would be printed of two adjusted p-values: below which bound, as far as it is said. */
static bool
classes_same(const adjusted_grid *g, const family_said said[2], const uint16_t cell[2])
{
    for (int way = 0; way < ADJUSTED_WAYS; way++)
        for (int j = 0; j < 2; j++) {
            double want = said[j].below[way], got = 1;
            if (isnan(want)) continue;
            for (int b = ADJUSTED_BOUNDS - 1; b >= 0; b--)
                if (cell[j] <= adjusted_cut(g, (adjusted_by)way, b, cell)) got = adjusted_bound(b);
            if (got != want && !(want == adjusted_bound(ADJUSTED_WIDEST) && got < want)) return false;
        }
    return true;
}

typedef struct option {
    double number[TRIAL_NUMBERS];
    uint16_t cell;
    bool same;
    int64_t yes[2];
} option;

/* Every pair of tables over each pair of denominators; seen[]: distances of the counts from the least. */
static void
count_all(const shares *s, const adjusted_grid *g, const family_said said[2], uint64_t seen_yes[2][2], uint64_t seen_base[2])
{
    static option list[2][WIDE * WIDE];
    for (int64_t n0 = s->low[0]; n0 < s->low[0] + WIDE; n0++)
        for (int64_t n1 = s->low[1]; n1 < s->low[1] + WIDE; n1++) {
            int n[2] = {0, 0};
            for (int i = 0; i < 2; i++)
                for (int64_t x = s->cell[i][0].low; x <= s->cell[i][0].high; x++)
                    for (int64_t y = s->cell[i][1].low; y <= s->cell[i][1].high; y++) {
                        const int64_t t[] = {x, y, n0 - x, n1 - y};
                        option *o = &list[i][n[i]];
                        if (t[2] < 0 || t[3] < 0) continue;
                        evaluate(2, 2, t, NULL, o->number);
                        if (isnan(o->number[1]) || !prints_same(&said[i], s->trial[i].number, o->number)) continue;
                        o->cell = adjusted_cell(g, o->number[1]);
                        o->yes[0] = x, o->yes[1] = y;
                        n[i]++;
                    }
            for (int k = 0; k < n[0]; k++)
                for (int l = 0; l < n[1]; l++) {
                    const uint16_t cell[] = {list[0][k].cell, list[1][l].cell};
                    if (!classes_same(g, said, cell)) continue;
                    for (int c = 0; c < 2; c++) {
                        seen_yes[0][c] |= UINT64_C(1) << (list[0][k].yes[c] - s->cell[0][c].low);
                        seen_yes[1][c] |= UINT64_C(1) << (list[1][l].yes[c] - s->cell[1][c].low);
                        seen_base[c] |= UINT64_C(1) << ((c ? n1 : n0) - s->low[c]);
                    }
                }
        }
}

/* Both trials on one grid, and what may be said of them. */
static status
decide(arena *a, shares *s, adjusted_by by, adjusted_grid *g, family_said said[2])
{
    const trial *trials[] = {&s->trial[0], &s->trial[1]};
    CHECK(adjusted_grid_make(a, 2, g));
    for (int k = 0; k < 2; k++) CHECK(trial_gather(a, g, &s->trial[k]));
    return family_decide(2, trials, g, by, VALUES, said);
}

static void
nothing_is_given_away(void **state)
{
    (void)state;
    rng r = rng_new(21, 1);
    size_t digits = 0, classes = 0;
    for (int i = 0; i < 24; i++) {
        SCRATCH(a);
        shares s;
        adjusted_grid g;
        family_said said[2];
        make(&s, &r, true);
        ASSERT_OK(decide(a, &s, (adjusted_by)(i % ADJUSTED_WAYS), &g, said));
        for (int k = 0; k < 2; k++) {
            digits += said[k].digits[0] > 0;
            for (int w = 0; w < ADJUSTED_WAYS; w++) classes += !isnan(said[k].below[w]);
        }
        uint64_t seen[2][2] = {{0}}, base[2] = {0};
        count_all(&s, &g, said, seen, base);
        for (int c = 0; c < 2; c++) {
            if (__builtin_popcountll(base[c]) < VALUES) fail_msg("case %d: a denominator keeps %d values", i, __builtin_popcountll(base[c]));
            for (int k = 0; k < 2; k++)
                if (__builtin_popcountll(seen[k][c]) < VALUES) fail_msg("case %d: a count keeps %d values", i, __builtin_popcountll(seen[k][c]));
        }
    }
    assert_true(digits > 0);  /* else the test would prove nothing */
    assert_true(classes > 0);
}

/* Sharing counts never allows more than standing alone. */
static void
sharing_is_stricter(void **state)
{
    (void)state;
    rng r = rng_new(22, 1);
    for (int i = 0; i < 20; i++) {
        int found[2] = {0, 0};
        shares s;
        rng before = r;
        for (int shared = 0; shared < 2; shared++) {
            SCRATCH(a);
            adjusted_grid g;
            family_said said[2];
            r = before;
            make(&s, &r, shared);
            ASSERT_OK(decide(a, &s, ADJUSTED_NOT, &g, said));
            found[shared] = said[0].digits[0]; /* the first is decided before the second says anything */
        }
        assert_true(found[1] <= found[0]);
    }
}

/* Larger tables are tried by a few margins where the method asks for it; what is found lies within reach. */
static void
few_margins(void **state)
{
    (void)state;
    SCRATCH(a);
    static const int64_t exact[] = {3, 4, 21, 30, 12, 9};
    trial_range cell[6], row[2], column[3];
    for (int k = 0; k < 6; k++) cell[k] = about(rounded(exact[k]), REACH);
    for (int k = 0; k < 2; k++) row[k] = about(rounded(exact[3 * k] + exact[3 * k + 1] + exact[3 * k + 2]), REACH);
    for (int k = 0; k < 3; k++) column[k] = about(rounded(exact[k] + exact[3 + k]), REACH);
    trial t = {.rows = 2, .columns = 3, .exact = exact, .cell = cell, .row = row, .column = column, .whole = {75, 83},
               .method = {.evaluate = evaluate, .p = 1, .item = {{0, 1, 2}}, .slow = true}, .shared = TRIAL_COLUMN_SUMS};
    adjusted_grid g;
    ASSERT_OK(adjusted_grid_make(a, 1, &g));
    ASSERT_OK(trial_gather(a, &g, &t));
    const trial *trials[] = {&t};
    const trial_state free = {{0}, 0, (uint16_t)g.n}, *states[] = {&free};
    bool safe;
    ASSERT_OK(trial_safe(1, trials, states, VALUES, &safe));
    assert_true(safe);
    ASSERT_OK(trial_safe(1, trials, states, 10, &safe)); /* nine values at most within reach of 4 */
    assert_false(safe);
    assert_false(t.complete);
}

/* Who knows the sums of columns: against every table that has them, prints the same and lies within reach. */
static void
known_columns(void **state)
{
    (void)state;
    rng r = rng_new(46, 1);
    size_t stricter = 0, safe_still = 0;
    for (int k = 0; k < 60; k++) {
        SCRATCH(a);
        shares s;
        adjusted_grid g;
        bool safe, known_safe;
        make(&s, &r, false);
        trial *t = &s.trial[0], known;
        ASSERT_OK(adjusted_grid_make(a, 1, &g));
        known = *t;
        known.method.columns_known = true;
        ASSERT_OK(trial_gather(a, &g, t));
        ASSERT_OK(trial_gather(a, &g, &known));
        const trial *plain[] = {t}, *strict[] = {&known};
        for (int digits = 1; digits <= 4; digits++) {
            const trial_state one = {{digits}, 0, (uint16_t)g.n}, *states[] = {&one};
            const family_said said = {{digits}, {NAN, NAN, NAN}};
            uint64_t seen[2] = {0};
            const int64_t *x = s.exact[0];
            for (int64_t y0 = t->cell[0].low; y0 <= t->cell[0].high; y0++)
                for (int64_t y1 = t->cell[1].low; y1 <= t->cell[1].high; y1++) {
                    const int64_t other[] = {y0, y1, x[0] + x[2] - y0, x[1] + x[3] - y1};
                    double number[TRIAL_NUMBERS];
                    evaluate(2, 2, other, NULL, number);
                    if (y0 + y1 < t->row[0].low || y0 + y1 > t->row[0].high || other[2] < t->cell[2].low || other[2] > t->cell[2].high ||
                        other[3] < t->cell[3].low || other[3] > t->cell[3].high || !prints_same(&said, t->number, number))
                        continue;
                    seen[0] |= UINT64_C(1) << (y0 - t->cell[0].low), seen[1] |= UINT64_C(1) << (y1 - t->cell[1].low);
                }
            bool want = __builtin_popcountll(seen[0]) >= VALUES && __builtin_popcountll(seen[1]) >= VALUES;
            ASSERT_OK(trial_safe(1, plain, states, VALUES, &safe));
            ASSERT_OK(trial_safe(1, strict, states, VALUES, &known_safe));
            if (known_safe != (safe && want)) fail_msg("table %d, %d digits: %d, want %d and %d", k, digits, known_safe, safe, want);
            stricter += safe && !known_safe;
            safe_still += known_safe;
        }
    }
    assert_true(stricter > 5 && safe_still > 5);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(nothing_is_given_away), cmocka_unit_test(sharing_is_stricter), cmocka_unit_test(few_margins),
                                       cmocka_unit_test(known_columns)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
