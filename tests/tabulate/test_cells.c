#include "testing.h"

#include "base/rng.h"
#include "base/threads.h"
#include "tabulate/cells.h"
#include "tabulate/condition.h"

#include <math.h>

enum { CODES = 7, ROWS = 3000 };

static const code names[CODES] = {{"a", {0}}, {"b", {0}}, {"c", {0}}, {"d", {0}}, {"e", {0}}, {"f", {0}}, {"g", {0}}};
static const code_list codes = {"letters", CODES, names};

typedef struct world {
    column single8, single16, set, whole, real;
    uint8_t *keep;
} world;

static world
draw(arena *a, uint64_t seed, size_t rows)
{
    world w = {{"single8", COLUMN_INT8, NULL, &codes, NULL}, {"single16", COLUMN_INT16, NULL, &codes, NULL},
               {"set", COLUMN_SET, NULL, &codes, NULL}, {"age", COLUMN_INT16, NULL, NULL, NULL},
               {"cost", COLUMN_DOUBLE, NULL, NULL, NULL}, arena_alloc(a, rows, 1)};
    int8_t *s8 = w.single8.data = arena_alloc(a, rows, 1);
    int16_t *s16 = w.single16.data = arena_alloc(a, rows, 2), *whole = w.whole.data = arena_alloc(a, rows, 2);
    uint32_t *set = w.set.data = arena_alloc(a, rows, 4);
    double *real = w.real.data = arena_alloc(a, rows, 8);
    for (size_t i = 0; i < rows; i++) {
        rng r = rng_new(seed, i);
        uint64_t x = rng_below(&r, CODES + 1), y = rng_below(&r, CODES + 1);
        s8[i] = x == CODES ? INT8_MIN : (int8_t)x;
        s16[i] = y == CODES ? INT16_MIN : (int16_t)y;
        set[i] = (uint32_t)(rng_next32(&r) & rng_next32(&r)) & ((1u << CODES) - 1);
        whole[i] = rng_below(&r, 10) ? (int16_t)rng_below(&r, 90) : INT16_MIN;
        real[i] = rng_below(&r, 10) ? rng_normal(&r) * 1e4 : NAN;
        w.keep[i] = (uint8_t)rng_below(&r, 2);
    }
    return w;
}

/* Is this row in item `item` of the block? Written from the definition, not from the code. */
static bool
in_item(const tabulate_block *b, size_t row, int item)
{
    if (!b->column) return true;
    bool empty = true, in = false;
    for (int code = 0; code < CODES; code++) {
        bool has = b->column->type == COLUMN_SET ? (column_set(b->column)[row] >> code & 1) : column_value(b->column, row) == code;
        if (!has) continue;
        empty = false;
        in = in || b->item[code] == item;
    }
    return empty ? b->missing == item : in;
}

typedef struct found {
    int64_t count;
    double sum, low, high;
} found;

static found
naive_item(const tabulate_job *j, const tabulate_block *down, int i, const tabulate_block *across, int k)
{
    found f = {0};
    for (size_t row = 0; row < j->rows; row++) {
        if (j->keep && !j->keep[row]) continue;
        if (!in_item(down, row, i) || !in_item(across, row, k)) continue;
        double v = 0;
        if (j->value) v = j->value->type == COLUMN_DOUBLE ? column_double(j->value)[row] : (double)column_value(j->value, row);
        if (j->value && (isnan(v) || v < -1e15)) continue;
        f.low = f.count ? fmin(f.low, v) : v;
        f.high = f.count ? fmax(f.high, v) : v;
        f.count++;
        f.sum += v;
    }
    return f;
}

static found
naive(const tabulate_job *j, const tabulate_block *down, int i, const tabulate_block *across, int k)
{
    found f = {0};
    const tabulate_block *d = down->total_of >= 0 ? &j->down.block[down->total_of] : down;
    const tabulate_block *a = across->total_of >= 0 ? &j->across.block[across->total_of] : across;
    for (int x = 0; x < (int)d->items; x++)
        for (int y = 0; y < (int)a->items; y++) {
            if ((d == down && x != i) || (a == across && y != k)) continue;
            found one = naive_item(j, d, x, a, y);
            if (one.count) f.low = f.count ? fmin(f.low, one.low) : one.low, f.high = f.count ? fmax(f.high, one.high) : one.high;
            f.count += one.count;
            f.sum += one.sum;
        }
    return f;
}

static void
compare(const char *label, const tabulate_job *j)
{
    SCRATCH(tmp);
    tabulate_result r;
    ASSERT_OK(tabulate_cells(tmp, j, &r));
    size_t at = 0;
    for (size_t d = 0; d < j->down.n; d++)
        for (size_t i = 0; i < (j->down.block[d].total_of >= 0 ? 1 : j->down.block[d].items); i++)
            for (size_t a = 0; a < j->across.n; a++)
                for (size_t k = 0; k < (j->across.block[a].total_of >= 0 ? 1 : j->across.block[a].items); k++, at++) {
                    found want = naive(j, &j->down.block[d], (int)i, &j->across.block[a], (int)k);
                    if (r.count[at] != want.count) fail_msg("%s, cell %zu: %ld, want %ld", label, at, (long)r.count[at], (long)want.count);
                    if (j->value && fabs(r.sum[at] - want.sum) > 1e-3) fail_msg("%s, cell %zu: sum %g, want %g", label, at, r.sum[at], want.sum);
                    if (j->value && (fabs(r.low[at] - want.low) > 1e-6 || fabs(r.high[at] - want.high) > 1e-6))
                        fail_msg("%s, cell %zu: %g to %g, want %g to %g", label, at, r.low[at], r.high[at], want.low, want.high);
                }
    assert_int_equal(at, r.down * r.across);
}

static const int16_t each[CODES] = {0, 1, 2, 3, 4, 5, 6}, grouped[CODES] = {0, 0, 1, -1, 1, 2, 0};

static void
test_naive(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 4; seed++) {
        SCRATCH(tmp);
        world w = draw(tmp, seed, ROWS);
        const tabulate_block down[] = {{&w.single8, CODES, each, -1, -1}, {&w.set, 4, grouped, 3, -1}, {NULL, 1, NULL, -1, -1},
                                       {NULL, 1, NULL, -1, 0}, {NULL, 1, NULL, -1, 1}};
        const tabulate_block across[] = {{&w.single16, 4, grouped, 3, -1}, {NULL, 1, NULL, -1, 0}, {&w.set, CODES, each, -1, -1},
                                         {NULL, 1, NULL, -1, 2}, {NULL, 1, NULL, -1, -1}};
        const column *values[] = {NULL, &w.whole, &w.real};
        for (size_t v = 0; v < 3; v++) {
            tabulate_job j = {ROWS, seed % 2 ? w.keep : NULL, {5, down}, {5, across}, values[v]};
            compare(v ? w.whole.name : "counts", &j);
        }
    }
}

/* The same rows in the opposite order, and any number of threads: the same bits. */
static void
test_order_and_threads(void **state)
{
    (void)state;
    SCRATCH(tmp);
    size_t rows = 200000;
    world w = draw(tmp, 9, rows);
    const tabulate_block down[] = {{&w.set, CODES, each, -1, -1}}, across[] = {{&w.single8, CODES, each, -1, -1}};
    tabulate_job j = {rows, w.keep, {1, down}, {1, across}, &w.real};
    tabulate_result first, other;
    ASSERT_OK(tabulate_cells(tmp, &j, &first));
    for (size_t i = 0; i < rows / 2; i++) {
        size_t k = rows - 1 - i;
#define TURN(type, c) do { type *d_ = (c), t_ = d_[i]; d_[i] = d_[k]; d_[k] = t_; } while (0)
        TURN(int8_t, w.single8.data);
        TURN(uint32_t, w.set.data);
        TURN(double, w.real.data);
        TURN(uint8_t, w.keep);
    }
    for (int threads = 1; threads <= 3; threads++) {
        threads_set(threads);
        ASSERT_OK(tabulate_cells(tmp, &j, &other));
        assert_memory_equal(first.count, other.count, first.down * first.across * sizeof *first.count);
        assert_memory_equal(first.sum, other.sum, first.down * first.across * sizeof *first.sum);
    }
    threads_set(0);
}

static void
test_refused(void **state)
{
    (void)state;
    SCRATCH(tmp);
    world w = draw(tmp, 1, 10);
    const tabulate_block good[] = {{&w.single8, CODES, each, -1, -1}}, bare[] = {{&w.whole, 1, each, -1, -1}},
                         early[] = {{NULL, 1, NULL, -1, 0}}, twice[] = {good[0], {NULL, 1, NULL, -1, 0}, {NULL, 1, NULL, -1, 1}};
    struct {
        const char *label;
        tabulate_axis down;
        const column *value;
        const char *want;
    } rows[] = {
        {"no codes", {1, bare}, NULL, "has no codes"},
        {"a total before its dimension", {1, early}, NULL, "stands before"},
        {"a total of a total", {3, twice}, NULL, "stands before"},
        {"adding up sets", {1, good}, &w.set, "cannot be added up"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        tabulate_job j = {10, NULL, rows[i].down, {1, good}, rows[i].value};
        tabulate_result r;
        ASSERT_STATUS(tabulate_cells(tmp, &j, &r), ST_INVALID);
        if (!strstr(status_detail(), rows[i].want)) fail_msg("%s: %s", rows[i].label, status_detail());
    }
}

static void
test_conditions(void **state)
{
    (void)state;
    int8_t one[4] = {0, 2, INT8_MIN, 3};
    uint32_t set[4] = {1, 5, 0, 4};
    int32_t day[4] = {10, 20, INT32_MIN, 30};
    column c1 = {"one", COLUMN_INT8, one, &codes, NULL}, cs = {"set", COLUMN_SET, set, &codes, NULL}, cd = {"day", COLUMN_DATE, day, NULL, NULL};
    const uint8_t first[CODES] = {1, 0, 0, 0, 0, 0, 0}, third[CODES] = {0, 0, 1, 0, 0, 0, 0};
    struct {
        const char *label;
        condition c;
        uint8_t want[4];
        status status;
    } rows[] = {
        {"any, single", {&c1, CONDITION_ANY, first, 0, 0}, {1, 0, 0, 0}, ST_OK},
        {"none, single: missing passes", {&c1, CONDITION_NONE, first, 0, 0}, {0, 1, 1, 1}, ST_OK},
        {"range", {&c1, CONDITION_RANGE, NULL, 1, 2}, {0, 1, 0, 0}, ST_OK},
        {"known", {&c1, CONDITION_KNOWN, NULL, 0, 0}, {1, 1, 0, 1}, ST_OK},
        {"any, set", {&cs, CONDITION_ANY, third, 0, 0}, {0, 1, 0, 1}, ST_OK},
        {"none, set", {&cs, CONDITION_NONE, third, 0, 0}, {1, 0, 1, 0}, ST_OK},
        {"only, set", {&cs, CONDITION_ONLY, third, 0, 0}, {0, 0, 0, 1}, ST_OK},
        {"known, set", {&cs, CONDITION_KNOWN, NULL, 0, 0}, {1, 1, 0, 1}, ST_OK},
        {"dates", {&cd, CONDITION_RANGE, NULL, 10, 20}, {1, 1, 0, 0}, ST_OK},
        {"codes over dates", {&cd, CONDITION_ANY, first, 0, 0}, {0}, ST_INVALID},
        {"range over a set", {&cs, CONDITION_RANGE, NULL, 0, 1}, {0}, ST_INVALID},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint8_t keep[4] = {0};
        ASSERT_STATUS(condition_select(4, 1, &rows[i].c, keep), rows[i].status);
        for (size_t k = 0; k < 4; k++)
            if (keep[k] != rows[i].want[k]) fail_msg("%s, row %zu: %d", rows[i].label, k, keep[k]);
    }
}

static void
test_memory(void **state)
{
    (void)state;
    SCRATCH(tmp);
    world w = draw(tmp, 1, 10);
    const tabulate_block down[] = {{&w.set, CODES, each, -1, -1}, {NULL, 1, NULL, -1, 0}}, across[] = {{&w.single8, CODES, each, -1, -1}};
    tabulate_job j = {10, NULL, {2, down}, {1, across}, &w.whole};
    tabulate_result r;
    ASSERT_SURVIVES_NO_MEMORY(tabulate_cells(tmp, &j, &r));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_naive), cmocka_unit_test(test_order_and_threads),
                                       cmocka_unit_test(test_refused), cmocka_unit_test(test_conditions), cmocka_unit_test(test_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
