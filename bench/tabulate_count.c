/* Two-way counts over columns in memory. */
#include "bench.h"

#include "base/rng.h"
#include "base/threads.h"
#include "tabulate/count.h"

static column
draw(arena *a, size_t rows, column_type type, size_t codes, uint64_t seed)
{
    column c = {.name = "drawn", .type = type, .data = arena_alloc(a, rows, column_type_size(type))};
    if (!c.data) fprintf(stderr, "no memory\n"), exit(1);
    rng r = rng_new(seed, 0);
    for (size_t i = 0; i < rows; i++) {
        uint32_t v = (uint32_t)((rng_next32(&r) * (uint64_t)codes) >> 32);
        if (type == COLUMN_INT8) ((int8_t *)c.data)[i] = (int8_t)v;
        else ((int16_t *)c.data)[i] = (int16_t)v;
    }
    return c;
}

/* Bytes a second that one core reads from memory: the bound no count can pass. */
static double
read_speed(const column *c, size_t bytes)
{
    double at = clock_wall();
    const uint64_t *words = c->data;
    uint64_t sum = 0;
    for (size_t i = 0; i < bytes / 8; i++) sum += words[i];
    double s = clock_wall() - at;
    if (sum == 1) puts("#");
    return (double)bytes / s;
}

static void
run(const char *name, const column *a, size_t na, const column *b, size_t nb, size_t rows)
{
    int64_t *cells = calloc((na + 1) * (nb + 1), sizeof *cells);
    for (int threads = 1; threads <= 2; threads++) {
        char label[64];
        snprintf(label, sizeof label, "%s_%d_threads", name, threads);
        threads_set(threads);
        bench t = bench_start(label);
        BENCH_OK(tabulate_count_pairs(a, na, b, nb, rows, NULL, cells));
        bench_stop(t, (double)rows);
    }
    double bytes = (double)rows * (double)(column_type_size(a->type) + column_type_size(b->type));
    double speed = read_speed(a, rows * column_type_size(a->type));
    printf("# limit: %.0f MB at %.1f GB/s read by one core = %.3f CPU seconds\n", bytes / 1e6, speed / 1e9, bytes / speed);
    free(cells);
}

int
main(int argc, char **argv)
{
    arena *a = arena_new();
    size_t rows = argc > 1 ? (size_t)strtoull(argv[1], NULL, 10) : 100000000;
    column year = draw(a, rows, COLUMN_INT8, 5, 1), form = draw(a, rows, COLUMN_INT8, 6, 2), skew = draw(a, rows, COLUMN_INT8, 1, 3);
    run("tabulate_int8", &year, 5, &form, 6, rows);
    run("tabulate_int8_all_equal", &skew, 1, &skew, 1, rows);
    column land = draw(a, rows, COLUMN_INT16, 250, 4);
    run("tabulate_int16", &land, 250, &year, 5, rows);
    arena_free(a);
    return 0;
}
