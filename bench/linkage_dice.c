/* Exact Dice over 1,024-bit encodings at threshold 0.8, each kernel on one core, every pair of n records.
 * bound at 3 GHz: AVX-512 3 cycles a pair (1.0 G pairs/s), AMX 1 cycle (3.0 G), with a prefix of 8 words half of that. */
#include "bench.h"

#include "base/arena.h"
#include "base/rng.h"
#include "base/threads.h"
#include "linkage/dice.h"

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

int
main(int argc, char **argv)
{
    SCRATCH(a);
    size_t n = argc > 1 ? strtoull(argv[1], NULL, 10) : 30000, ones = 0;
    uint64_t *words = arena_alloc(a, n * DICE_WORDS, sizeof *words);
    if (!words) return 1;
    draw(n, words);
    for (size_t i = 0; i < n * DICE_WORDS; i++) ones += (size_t)__builtin_popcountll(words[i]);
    dice_threshold t = {4, 5};
    dice_set set = {n, words};
    threads_set(1);
    puts("name,n,cpu_s,wall_s,peak_mb");
    printf("# fill %.1f %%, threshold 0.8, one thread; n is the number of pairs\n", 100.0 * (double)ones / (double)(n * DICE_BITS));
    static const struct {
        const char *name;
        dice_options options;
        double bound, target; /* G pairs a second */
    } rows[] = {{"linkage_dice_portable", {DICE_PORTABLE, 0}, 0.19, 0.105}, {"linkage_dice_avx2", {DICE_AVX2, 16}, 0.3, 0.105},
                {"linkage_dice_avx2_prefix", {DICE_AVX2, 8}, 0.6, 0.105},    {"linkage_dice_avx512", {DICE_AVX512, 16}, 1.0, 0.8},
                {"linkage_dice_avx512_prefix", {DICE_AVX512, 0}, 2.0, 0.8},  {"linkage_dice_amx", {DICE_AMX, 16}, 3.0, 1.5},
                {"linkage_dice_amx_prefix", {DICE_AMX, 0}, 6.0, 3.0}};
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        if (!dice_kernel_usable(rows[k].options.kernel, t)) continue;
        size_t found = 0, pairs = n * (n - 1) / 2;
        bench b = bench_start(rows[k].name);
        double cpu = clock_cpu();
        BENCH_OK(linkage_dice_compare(&set, NULL, t, &rows[k].options, count, &found));
        cpu = clock_cpu() - cpu;
        bench_stop(b, (double)pairs);
        printf("# %.2f G pairs per CPU second (bound %.2f, target %.2f), %zu pairs found\n", (double)pairs / cpu / 1e9, rows[k].bound,
               rows[k].target, found);
    }
    return 0;
}
