/* What is printed beside rounded counts: the audit of a folder against trying every table. */
#include "base/file.h"
#include "base/rng.h"
#include "protect/release.h"
#include "testing.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Two rows and three columns with their totals: counts 0..5 the leaves, then row totals, column totals, all. */
enum { ROWS = 2, COLUMNS = 3, LEAVES = ROWS * COLUMNS, COUNTS = LEAVES + ROWS + COLUMNS + 1, ALL = COUNTS - 1 };

static double
chi_square(const int64_t *x, size_t rows, size_t columns)
{
    double sum = 0, n = 0;
    for (size_t i = 0; i < rows * columns; i++) n += (double)x[i];
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++) {
            double row = 0, column = 0;
            for (size_t k = 0; k < columns; k++) row += (double)x[i * columns + k];
            for (size_t k = 0; k < rows; k++) column += (double)x[k * columns + j];
            double expected = row * column / n, d = (double)x[i * columns + j] - expected;
            sum += d * d / expected;
        }
    return sum;
}

static release_statistic *
find(const char *name)
{
    return strcmp(name, "pearson") == 0 ? chi_square : NULL;
}

static void
add_up(int64_t x[COUNTS])
{
    memset(x + LEAVES, 0, (COUNTS - LEAVES) * sizeof *x);
    for (int i = 0; i < LEAVES; i++) {
        x[LEAVES + i / COLUMNS] += x[i];
        x[LEAVES + ROWS + i % COLUMNS] += x[i];
        x[ALL] += x[i];
    }
}

/* What a release of this table says. */
typedef struct scene {
    int64_t exact[COUNTS], released[COUNTS];
    bool percent, statistic;
    int decimals, digits;
    char percents[LEAVES][32], value[64];
} scene;

static void
print_percent(const int64_t x[COUNTS], int i, int decimals, char out[32])
{
    snprintf(out, 32, "%.*f", decimals, 100 * (double)x[i] / (double)x[LEAVES + ROWS + i % COLUMNS]);
}

static void
make_scene(rng *r, scene *s)
{
    for (int i = 0; i < LEAVES; i++) s->exact[i] = 1 + (int64_t)rng_below(r, i < 2 ? 6 : 25);
    add_up(s->exact);
    for (int i = 0; i < COUNTS; i++) s->released[i] = (s->exact[i] + 2) / 5 * 5;
    s->percent = rng_below(r, 3) != 0;
    s->statistic = !s->percent || rng_below(r, 4) == 0;
    s->decimals = (int)rng_below(r, 2);
    s->digits = 1 + (int)rng_below(r, 4);
    for (int i = 0; i < LEAVES; i++) print_percent(s->exact, i, s->decimals, s->percents[i]);
    snprintf(s->value, sizeof s->value, "%.*e", s->digits - 1, chi_square(s->exact, ROWS, COLUMNS));
}

static const char *const row_names[] = {"r1", "r2", "TOTAL"}, *const column_names[] = {"c1", "c2", "c3", "TOTAL"};

static int
count_at(int row, int column)
{
    if (row < ROWS && column < COLUMNS) return row * COLUMNS + column;
    if (row < ROWS) return LEAVES + row;
    return column < COLUMNS ? LEAVES + ROWS + column : ALL;
}

static status
write_table(arena *a, const char *folder, const scene *s, const int64_t x[], bool percent)
{
    text_builder b = text_builder_new(a);
    text out;
    text_printf(&b, "row,column,count%s\n", percent ? ",percent" : "");
    for (int r = 0; r <= ROWS; r++)
        for (int c = 0; c <= COLUMNS; c++) {
            text_printf(&b, "%s,%s,%lld", row_names[r], column_names[c], (long long)x[count_at(r, c)]);
            if (percent) text_printf(&b, ",%s", r < ROWS && c < COLUMNS ? s->percents[r * COLUMNS + c] : "");
            text_put_char(&b, '\n');
        }
    CHECK(text_builder_end(&b, &out));
    return file_write(path_join(a, folder, "t.csv"), out);
}

static status
write_folder(arena *a, const char *folder, const scene *s)
{
    text_builder b = text_builder_new(a);
    text out;
    text_put(&b, "base: 5\n");
    if (s->percent) text_printf(&b, "shares:\n  - {name: percent, file: t.csv, over: [row], decimals: %d, exact: yes}\n", s->decimals);
    if (s->statistic) text_put(&b, "statistics:\n  - {name: test, file: t.csv, rows: row, columns: column, kind: pearson, exact: yes}\n");
    CHECK(text_builder_end(&b, &out));
    CHECK(folder_make(folder));
    CHECK(file_write(path_join(a, folder, "protect.yaml"), out));
    CHECK(write_table(a, folder, s, s->released, s->percent));
    if (!s->statistic) return ST_OK;
    const char *line = arena_printf(a, "name,digits,value\ntest,%d,%s\n", s->digits, s->value);
    return file_write(path_join(a, folder, "statistics.csv"), text_of(line));
}

/* Which values each count has in some table that agrees with everything: by trying them all. */
static void
try_all(const scene *s, int reach, int64_t least[COUNTS], int64_t most[COUNTS], uint64_t seen[COUNTS])
{
    int64_t x[COUNTS], all = 1, width = 2 * reach + 1;
    for (int i = 0; i < COUNTS; i++) least[i] = INT64_MAX, most[i] = -1, seen[i] = 0;
    for (int i = 0; i < LEAVES; i++) all *= width;
    for (int64_t k = 0; k < all; k++) { /* each leaf as near to its number */
        bool good = true;
        int64_t rest = k;
        for (int i = 0; i < LEAVES; i++, rest /= width) x[i] = s->released[i] - reach + rest % width;
        add_up(x);
        for (int i = 0; i < COUNTS && good; i++) good = x[i] >= 0 && llabs(x[i] - s->released[i]) <= reach;
        for (int i = 0; i < LEAVES && good && s->percent; i++) {
            char own[32];
            print_percent(x, i, s->decimals, own);
            double half = s->decimals ? 0.05 : 0.5; /* both ways of rounding a tie */
            good = fabs(100 * (double)x[i] / (double)x[LEAVES + ROWS + i % COLUMNS] - atof(s->percents[i])) <= half + 1e-9;
        }
        if (good && s->statistic) {
            char own[64];
            snprintf(own, sizeof own, "%.*e", s->digits - 1, chi_square(x, ROWS, COLUMNS));
            good = strcmp(own, s->value) == 0;
        }
        for (int i = 0; i < COUNTS && good; i++) {
            if (x[i] < least[i]) least[i] = x[i];
            if (x[i] > most[i]) most[i] = x[i];
            seen[i] |= UINT64_C(1) << (x[i] - s->released[i] + reach);
        }
    }
}

static int
count_named(const char *cell)
{
    for (int r = 0; r <= ROWS; r++)
        for (int c = 0; c <= COLUMNS; c++) {
            char name[64];
            if (r < ROWS && c < COLUMNS) snprintf(name, sizeof name, "row=%s, column=%s", row_names[r], column_names[c]);
            else if (r < ROWS) snprintf(name, sizeof name, "row=%s", row_names[r]);
            else snprintf(name, sizeof name, "%s%s", c < COLUMNS ? "column=" : "everybody", c < COLUMNS ? column_names[c] : "");
            if (strcmp(name, cell) == 0) return count_at(r, c);
        }
    return -1;
}

typedef struct tally {
    int cells, exposed, narrowed, missed, wide;
} tally;

static void
compare(const scene *s, const char *report, uint64_t seed, tally *t)
{
    int64_t least[COUNTS], most[COUNTS];
    uint64_t seen[COUNTS];
    json_t *root = json_loads(report, 0, NULL), *cells = json_object_get(root, "cells");
    try_all(s, 2, least, most, seen);
    for (size_t i = 0; i < json_array_size(cells); i++) {
        json_t *c = json_array_get(cells, i);
        int k = count_named(json_string_value(json_object_get(c, "cell")));
        int64_t outer_lower = json_integer_value(json_object_get(c, "outer_lower")), outer_upper = json_integer_value(json_object_get(c, "outer_upper"));
        bool exposed = json_is_true(json_object_get(c, "exposed")), truly = least[k] == most[k];
        t->cells++;
        t->exposed += truly;
        t->narrowed += least[k] > s->released[k] - 2 || most[k] < s->released[k] + 2;
        if (outer_lower > least[k] || outer_upper < most[k]) fail_msg("seed %llu, count %d: no table goes beyond %lld to %lld, but %lld to %lld are found", (unsigned long long)seed, k,
                                                                       (long long)outer_lower, (long long)outer_upper, (long long)least[k], (long long)most[k]);
        t->missed += truly && !exposed;
        t->wide += !truly && exposed;
    }
    json_decref(root);
}

/* What trying every table finds out, the audit must find out; what it calls exposed for nothing is counted. */
static void
the_audit_knows_what_is_printed(void **state)
{
    (void)state;
    tally t[3] = {{0}};
    for (uint64_t seed = 1; seed <= 120; seed++) {
        SCRATCH(tmp);
        scene s = {.percent = false};
        rng r = rng_new(seed, 1);
        release_verdict v;
        text report;
        make_scene(&r, &s);
        const char *folder = arena_printf(tmp, "printed.%d.tmp", (int)getpid()), *inside = arena_printf(tmp, "%s/exact", folder);
        ASSERT_OK(write_folder(tmp, folder, &s));
        ASSERT_OK(folder_make(inside));
        ASSERT_OK(write_table(tmp, inside, &s, s.exact, false));
        const char *truth = path_join(tmp, inside, "t.csv");
        release_audit_options o = {.truths = 1, .truth = &truth, .json = true, .find = find};
        ASSERT_OK(release_audit(tmp, folder, &o, &report, &v));
        compare(&s, report.bytes, seed, &t[s.percent ? s.statistic ? 2 : 0 : 1]);
        if (s.statistic) remove(path_join(tmp, folder, "statistics.csv"));
        remove(truth), remove(inside), remove(path_join(tmp, folder, "t.csv")), remove(path_join(tmp, folder, "protect.yaml")), remove(folder);
    }
    static const char *const kind[] = {"percentages", "statistics", "both"};
    for (int k = 0; k < 3; k++)
        print_message("%s: %d small counts, %d narrowed, %d exposed; missed %d, called so for nothing %d\n", kind[k], t[k].cells, t[k].narrowed, t[k].exposed, t[k].missed, t[k].wide);
    for (int k = 0; k < 3; k++) assert_int_equal(t[k].missed, 0);
    assert_true(t[0].exposed > 0 && t[1].exposed > 0);
}

static void
read_released(const char *path, int64_t x[COUNTS])
{
    FILE *f = fopen(path, "r");
    char line[128];
    assert_non_null(f);
    assert_non_null(fgets(line, sizeof line, f));
    while (fgets(line, sizeof line, f)) {
        char row[16], column[16];
        long long count;
        assert_int_equal(sscanf(line, "%15[^,],%15[^,],%lld", row, column, &count), 3);
        for (int r = 0; r <= ROWS; r++)
            for (int c = 0; c <= COLUMNS; c++)
                if (strcmp(row, row_names[r]) == 0 && strcmp(column, column_names[c]) == 0) x[count_at(r, c)] = count;
    }
    fclose(f);
}

static void
read_statistic(const char *path, int *digits, char value[64])
{
    FILE *f = fopen(path, "r");
    char line[128];
    assert_non_null(f);
    assert_non_null(fgets(line, sizeof line, f));
    assert_non_null(fgets(line, sizeof line, f));
    fclose(f);
    *digits = 0;
    double shown;
    if (sscanf(line, "test,t.csv,pearson,row,column,%d,%lf", digits, &shown) == 2) snprintf(value, 64, "%.*e", *digits - 1, shown);
}

/* An exact statistic that `peil protect` prints leaves each count of its table, and each sum, five values or all it had. */
static void
the_gate_leaves_five_values(void **state)
{
    (void)state;
    int printed[7] = {0};
    for (uint64_t seed = 1; seed <= 8; seed++) {
        SCRATCH(tmp);
        scene s = {.percent = false};
        rng r = rng_new(seed, 2);
        release_facts facts;
        make_scene(&r, &s);
        s.percent = false, s.statistic = true;
        const char *in = arena_printf(tmp, "gate.%d.tmp", (int)getpid()), *out = arena_printf(tmp, "%s/out", in), *table = path_join(tmp, in, "t.csv");
        ASSERT_OK(write_folder(tmp, in, &s));
        ASSERT_OK(write_table(tmp, in, &s, s.exact, false));
        release_options o = {.mode = PROTECT_ROUND, .spec = path_join(tmp, in, "protect.yaml"), .out = out, .find = find};
        ASSERT_OK(release_protect(tmp, 1, &table, &o, &facts));
        read_released(path_join(tmp, out, "t.csv"), s.released);
        read_statistic(path_join(tmp, out, "statistics.csv"), &s.digits, s.value);
        printed[s.digits]++;
        int64_t least[COUNTS], most[COUNTS];
        uint64_t with[COUNTS], without[COUNTS];
        if (s.digits) try_all(&s, facts.c.largest_deviation, least, most, with);
        s.statistic = false;
        if (s.digits) try_all(&s, facts.c.largest_deviation, least, most, without);
        for (int i = 0; i < COUNTS && s.digits; i++) {
            int left = __builtin_popcountll(with[i]), could = __builtin_popcountll(without[i]);
            if (left < 5 && left < could) fail_msg("seed %llu, count %d: %d values left of %d", (unsigned long long)seed, i, left, could);
        }
        static const char *const made[] = {"out/t.csv", "out/statistics.csv", "out/protect.yaml", "out/certificate.json", "out", "t.csv", "statistics.csv", "protect.yaml", "."};
        for (size_t i = 0; i < sizeof made / sizeof *made; i++) remove(i + 1 < sizeof made / sizeof *made ? path_join(tmp, in, made[i]) : in);
    }
    print_message("significant digits printed: none %d, one %d, two %d, three %d, four %d\n", printed[0], printed[1], printed[2], printed[3], printed[4]);
    assert_true(printed[0] < 8);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_audit_knows_what_is_printed),
        cmocka_unit_test(the_gate_leaves_five_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
