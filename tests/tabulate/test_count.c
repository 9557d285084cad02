#include "testing.h"

#include "base/rng.h"
#include "base/threads.h"
#include "tabulate/count.h"

typedef struct shape {
    const char *label;
    size_t rows;
    column_type a, b;
    size_t na, nb;
    bool alone, filtered;
} shape;

static column
draw(arena *a, rng *r, size_t rows, column_type type, size_t codes)
{
    column c = {.name = "drawn", .type = type};
    c.data = arena_alloc(a, rows, column_type_size(type));
    for (size_t i = 0; i < rows; i++) {
        int v = (int)rng_below(r, codes + 1); /* the last one is missing */
        bool missing = (size_t)v == codes;
        if (type == COLUMN_INT8) ((int8_t *)c.data)[i] = missing ? INT8_MIN : (int8_t)v;
        else ((int16_t *)c.data)[i] = missing ? INT16_MIN : (int16_t)v;
    }
    return c;
}

static size_t
code_at(const column *c, size_t codes, size_t row)
{
    int64_t v = column_value(c, row);
    return v < 0 || (size_t)v >= codes ? codes : (size_t)v;
}

static const shape shapes[] = {
    {"no rows", 0, COLUMN_INT8, COLUMN_INT8, 3, 4, false, false},
    {"one row", 1, COLUMN_INT8, COLUMN_INT8, 3, 4, false, false},
    {"bytes", 70001, COLUMN_INT8, COLUMN_INT8, 6, 11, false, false},
    {"bytes, filtered", 70001, COLUMN_INT8, COLUMN_INT8, 6, 11, false, true},
    {"255 cells", 9000, COLUMN_INT8, COLUMN_INT8, 14, 16, false, true},
    {"256 cells", 9000, COLUMN_INT8, COLUMN_INT8, 15, 15, false, true},
    {"all of int8", 9000, COLUMN_INT8, COLUMN_INT8, 128, 127, false, true},
    {"mixed", 300000, COLUMN_INT16, COLUMN_INT8, 250, 6, false, true},
    {"mixed the other way", 3000, COLUMN_INT8, COLUMN_INT16, 6, 250, false, false},
    {"wide", 50000, COLUMN_INT16, COLUMN_INT16, 900, 700, false, true},
    {"alone", 5000, COLUMN_INT16, COLUMN_INT16, 40, 0, true, true},
    {"alone, int8", 5000, COLUMN_INT8, COLUMN_INT8, 4, 0, true, false},
};

static void
compare(const shape *s, uint64_t seed)
{
    SCRATCH(tmp);
    rng r = rng_new(seed, 0);
    column a = draw(tmp, &r, s->rows, s->a, s->na), b = draw(tmp, &r, s->rows, s->b, s->nb ? s->nb : 1);
    uint8_t *keep = arena_alloc(tmp, s->rows, 1);
    for (size_t i = 0; i < s->rows; i++) keep[i] = (uint8_t)rng_below(&r, 2);
    size_t cells = (s->na + 1) * (s->nb + 1);
    int64_t *want = arena_alloc(tmp, cells, sizeof *want), *got = arena_alloc(tmp, cells, sizeof *got);
    for (size_t i = 0; i < s->rows; i++)
        if (!s->filtered || keep[i]) want[code_at(&a, s->na, i) * (s->nb + 1) + (s->alone ? 0 : code_at(&b, s->nb, i))]++;
    for (int threads = 1; threads <= 3; threads++) {
        threads_set(threads);
        ASSERT_OK(tabulate_count_pairs(&a, s->na, s->alone ? NULL : &b, s->nb, s->rows, s->filtered ? keep : NULL, got));
        for (size_t i = 0; i < cells; i++)
            if (got[i] != want[i]) fail_msg("%s, %d threads, cell %zu: %ld, want %ld", s->label, threads, i, (long)got[i], (long)want[i]);
    }
    threads_set(0);
}

static void
test_naive(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        for (uint64_t seed = 1; seed <= 3; seed++) compare(&shapes[i], seed);
}

static void
test_refused(void **state)
{
    (void)state;
    column set = {.name = "forms", .type = COLUMN_SET}, wide = {.name = "wide", .type = COLUMN_INT16};
    int64_t cells[4];
    ASSERT_STATUS(tabulate_count_pairs(&set, 2, NULL, 0, 0, NULL, cells), ST_INVALID);
    ASSERT_STATUS(tabulate_count_pairs(&wide, 30000, &wide, 30000, 0, NULL, cells), ST_INVALID);
    assert_non_null(strstr(status_detail(), "too many cells"));
}

static void
test_memory(void **state)
{
    (void)state;
    int8_t data[3] = {0, 1, INT8_MIN};
    column c = {.name = "sex", .type = COLUMN_INT8, .data = data};
    int64_t cells[3];
    ASSERT_SURVIVES_NO_MEMORY(tabulate_count_pairs(&c, 2, NULL, 0, 3, NULL, cells));
    assert_int_equal(cells[2], 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_naive), cmocka_unit_test(test_refused), cmocka_unit_test(test_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
