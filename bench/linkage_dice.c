/* Exact Dice over 1,024-bit encodings at threshold 0.8, each kernel on one core, every pair of n records.
 *
 * A core of a shared machine is seldom all ours: its clock moves, and who runs on its other half takes ports from it. So the clock
 * is measured first, by a chain of multiplications of three cycles each; each kernel runs several times, and its best run is given
 * in pairs per CPU second, pairs a cycle of that clock, and what that comes to at 3 GHz. The last is a calculation, no measurement.
 *
 * bound, cycles a pair with 16 words: portable 122 operations of three ports for 4 pairs (10.2); AVX2 32 of three (10.7); AVX-512 43 of two for 8
 * pairs (2.7); AMX 8 tile products of 16 cycles for 256 pairs (.5); with a prefix of 8 words half of that. It is given in pairs a second at the
 * clock of the best run, with the share of it that was reached. */
#include "bench.h"

#include "base/arena.h"
#include "base/rng.h"
#include "base/threads.h"
#include "linkage/dice.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

static status
count(void *context, size_t n, const dice_pair pairs[])
{
    (void)pairs;
    *(size_t *)context += n;
    return ST_OK;
}

/* Encodings as names give them: some 40 distinct bigrams by 15 positions, 42 % fill. */
static void
draw(size_t n, uint64_t *words)
{
    for (size_t i = 0; i < n; i++) {
        rng r = rng_new(3, i % 50 == 49 ? i - 1 : i); /* one in fifty is the record before with some bigrams more */
        int grams = 30 + (int)rng_below(&r, 16) + (i % 50 == 49 ? 2 : 0);
        for (int g = 0; g < grams; g++) {
            rng position = rng_new(4, rng_below(&r, 26) * 26 + rng_below(&r, 26)); /* a bigram's own positions */
            for (int k = 0; k < 15; k++) {
                uint64_t bit = rng_below(&position, DICE_BITS);
                words[i * DICE_WORDS + bit / 64] |= 1ull << (bit % 64);
            }
        }
    }
}

/* Cycles a nanosecond, from a chain of dependent multiplications. */
static double
clock_ghz(void)
{
    uint64_t x = 3;
    double best = 0;
    for (int turn = 0; turn < 5; turn++) {
        double start = clock_cpu();
        for (int i = 0; i < 200000; i++) {
#if defined(__x86_64__)
            __asm__ volatile("imul $3, %0, %0\n\timul $3, %0, %0\n\timul $3, %0, %0\n\timul $3, %0, %0\n\timul $3, %0, %0" : "+r"(x));
#else
            for (int k = 0; k < 5; k++) x *= x + 3;
#endif
        }
        double ghz = 3 * 5 * 200000 / (clock_cpu() - start) / 1e9;
        if (ghz > best) best = ghz;
    }
    return x ? best : 0;
}

/* What the ports give at this moment, nothing else running in our thread: cycles of a tile product (16 on a core of one's own),
 * and 512-bit operations a cycle (2). The least of several short tries. */
typedef struct ports {
    double product, vector;
} ports;

#if defined(__x86_64__)
typedef struct tile_config {
    uint8_t palette, start_row, reserved[14];
    uint16_t row_bytes[16];
    uint8_t rows[16];
} tile_config;

__attribute__((target("amx-tile,amx-int8"))) static double
product_cycles(void)
{
    _Alignas(64) tile_config config = {.palette = 1};
    double best = 0;
    for (int t = 0; t < 8; t++) config.row_bytes[t] = 64, config.rows[t] = 16;
    _tile_loadconfig(&config);
    for (int turn = 0; turn < 40; turn++) {
        double ghz = clock_ghz(), start = clock_cpu();
        for (int i = 0; i < 10000; i++) {
            _tile_dpbuud(0, 4, 6);
            _tile_dpbuud(1, 4, 7);
            _tile_dpbuud(2, 5, 6);
            _tile_dpbuud(3, 5, 7);
        }
        double cycles = (clock_cpu() - start) * ghz * 1e9 / 40000;
        if (best == 0 || cycles < best) best = cycles;
    }
    _tile_release();
    return best;
}

__attribute__((target("avx512f"))) static double
vector_operations(void)
{
    double best = 0;
    for (int turn = 0; turn < 40; turn++) {
        double ghz = clock_ghz(), start = clock_cpu();
        for (int i = 0; i < 40000; i++)
            __asm__ volatile("vpaddq %%zmm0, %%zmm0, %%zmm0\n\tvpaddq %%zmm1, %%zmm1, %%zmm1\n\tvpaddq %%zmm2, %%zmm2, %%zmm2\n\t"
                             "vpaddq %%zmm3, %%zmm3, %%zmm3\n\tvpaddq %%zmm4, %%zmm4, %%zmm4\n\tvpaddq %%zmm5, %%zmm5, %%zmm5\n\t"
                             "vpaddq %%zmm6, %%zmm6, %%zmm6\n\tvpaddq %%zmm7, %%zmm7, %%zmm7" ::: "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5",
                             "xmm6", "xmm7");
        double rate = 320000 / ((clock_cpu() - start) * ghz * 1e9);
        if (rate > best) best = rate;
    }
    return best;
}
#endif

static ports
ports_now(void)
{
    ports p = {0};
#if defined(__x86_64__)
    if (dice_kernel_usable(DICE_AMX)) p.product = product_cycles();
    if (dice_kernel_usable(DICE_AVX512)) p.vector = vector_operations();
#endif
    return p;
}

typedef struct kernel_row {
    const char *name;
    dice_options options;
    double bound, target; /* cycles a pair; G pairs a second */
    double best, cycles;  /* CPU seconds, cycles a pair of the best run */
    double ghz;           /* in the best run */
    size_t found;
} kernel_row;

static void
run(kernel_row *row, const dice_set *set, double pairs)
{
    size_t found = 0;
    double ghz = clock_ghz(), cpu = clock_cpu();
    BENCH_OK(linkage_dice_compare(set, NULL, (dice_threshold){4, 5}, &row->options, count, &found));
    cpu = clock_cpu() - cpu;
    double after = clock_ghz();
    if (after > ghz) ghz = after; /* the dearer clock: no flattery */
    double cycles = cpu * 1e9 * ghz / pairs;
    row->found = found;
    if (row->best == 0 || cpu < row->best) row->best = cpu, row->ghz = ghz;
    if (row->cycles == 0 || cycles < row->cycles) row->cycles = cycles;
}

/* bench_linkage_dice [RECORDS [RUNS [PREFIX [KERNEL]]]] */
int
main(int argc, char **argv)
{
    SCRATCH(a);
    size_t n = argc > 1 ? strtoull(argv[1], NULL, 10) : 16384, ones = 0; /* choosing the prefix costs the same for few */
    int turns = argc > 2 ? atoi(argv[2]) : 10, prefix = argc > 3 ? atoi(argv[3]) : 0; /* words; 0 chosen from the data */
    uint64_t *words = arena_alloc(a, n * DICE_WORDS, sizeof *words);
    if (!words) return 1;
    draw(n, words);
    for (size_t i = 0; i < n * DICE_WORDS; i++) ones += (size_t)__builtin_popcountll(words[i]);
    dice_set set = {n, words};
    threads_set(1);
    puts("name,n,cpu_s,wall_s,peak_mb");
    printf("# fill %.1f %%, threshold 0.8, one thread; n is the number of pairs; clock %.2f GHz; the best of %d runs\n",
           100.0 * (double)ones / (double)(n * DICE_BITS), clock_ghz(), turns);
    ports p = ports_now();
    printf("# ports: %.1f cycles a tile product (16 on a core of one's own), %.2f 512-bit operations a cycle (2)\n", p.product, p.vector);
    static kernel_row rows[] = {
        {"linkage_dice_portable", {DICE_PORTABLE, 16}, 10.2, 0.105}, {"linkage_dice_portable_prefix", {DICE_PORTABLE, 0}, 6.1, 0.105},
        {"linkage_dice_avx2", {DICE_AVX2, 16}, 10.7, 0.105},         {"linkage_dice_avx2_prefix", {DICE_AVX2, 0}, 5.3, 0.105},
        {"linkage_dice_avx512", {DICE_AVX512, 16}, 2.7, 0.8},        {"linkage_dice_avx512_prefix", {DICE_AVX512, 0}, 1.35, 0.8},
        {"linkage_dice_amx", {DICE_AMX, 16}, 0.5, 1.5},              {"linkage_dice_amx_prefix", {DICE_AMX, 0}, 0.25, 3.0}};
    double pairs = (double)n * (double)(n - 1) / 2;
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        if (!dice_kernel_usable(rows[k].options.kernel) || (argc > 4 && strcmp(argv[4], rows[k].name) != 0)) continue;
        if (!rows[k].options.prefix) rows[k].options.prefix = prefix;
        bench b = bench_start(rows[k].name);
        for (int turn = 0; turn < turns; turn++) run(&rows[k], &set, pairs);
        bench_stop(b, pairs * turns);
        double rate = pairs / rows[k].best / 1e9, bound = rows[k].ghz / rows[k].bound;
        printf("# %.3f G pairs per CPU second measured (target %.3f) at %.2f GHz; bound there %.2f, %.0f %% of it; %.2f cycles a pair, "
               "at 3 GHz %.2f G; %zu pairs found\n",
               rate, rows[k].target, rows[k].ghz, bound, 100 * rate / bound, rows[k].cycles, 3 / rows[k].cycles, rows[k].found);
    }
    return 0;
}
