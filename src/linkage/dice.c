#include "linkage/dice.h"

#include "base/rng.h"
#include "base/threads.h"
#include "linkage/dice_kernel.h"

#include <omp.h>
#include <stdlib.h>

enum { BAND = 8192, BLOCK = DICE_BLOCK, SAMPLE = 4096 };

static const struct {
    const char *name;
    dice_block *block;
    double verify; /* words of the kernel that one survivor costs, its mispredicted branch with it */
} kernels[DICE_KERNELS] = {
    [DICE_BEST] = {"best", NULL, 0},
    [DICE_PORTABLE] = {"portable", dice_block_portable, 60},
    [DICE_AVX2] = {"avx2", dice_block_avx2, 120},
    [DICE_AVX512] = {"avx512", dice_block_avx512, 300},
    [DICE_AMX] = {"amx", dice_block_amx, 2500},
};

const char *
dice_kernel_name(dice_kernel kernel)
{
    return kernels[kernel].name;
}

bool
dice_kernel_usable(dice_kernel kernel)
{
    switch (kernel) {
    case DICE_BEST:
    case DICE_PORTABLE: return true;
#if defined(__x86_64__)
    case DICE_AVX2: return __builtin_cpu_supports("avx2");
    case DICE_AVX512: return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vpopcntdq");
    case DICE_AMX: return dice_kernel_usable(DICE_AVX512) && dice_amx_ready();
#endif
    default: return false;
    }
}

static uint32_t
greatest_divisor(uint32_t a, uint32_t b)
{
    while (b) {
        uint32_t rest = a % b;
        a = b, b = rest;
    }
    return a;
}

status
dice_threshold_parse(text words, dice_threshold *out)
{
    int64_t up = -1, down = 1;
    const char *slash = memchr(words.bytes, '/', words.n), *point = memchr(words.bytes, '.', words.n);
    bool read = words.n > 0 && words.bytes[0] != '-' && words.bytes[0] != '+';
    if (!read) {
        /* signs are not for shares */
    } else if (slash) {
        text left = {words.bytes, (size_t)(slash - words.bytes)}, right = {slash + 1, words.n - left.n - 1};
        read = text_to_int(left, &up) && text_to_int(right, &down);
    } else if (point) {
        text whole = {words.bytes, (size_t)(point - words.bytes)}, part = {point + 1, words.n - whole.n - 1};
        int64_t fraction = 0, before = 0;
        read = part.n > 0 && part.n <= 4 && text_to_int(part, &fraction) && (whole.n == 0 || text_to_int(whole, &before));
        for (size_t i = 0; i < part.n && read; i++) down *= 10;
        up = before * down + fraction;
    } else {
        read = text_to_int(words, &up);
    }
    if (!read || up <= 0 || down <= 0 || up > down || down > 10000)
        FAIL(ST_USAGE, "threshold: expected a number above 0 and at most 1 with up to four decimals, or a fraction like 4/5");
    uint32_t d = greatest_divisor((uint32_t)up, (uint32_t)down);
    *out = (dice_threshold){(uint32_t)up / d, (uint32_t)down / d};
    return ST_OK;
}

static uint32_t
count_bits(const uint64_t *words, int from, int to)
{
    uint32_t bits = 0;
    for (int w = from; w < to; w++) bits += (uint32_t)__builtin_popcountll(words[w]);
    return bits;
}

static uint32_t
count_common(const uint64_t *a, const uint64_t *b, int from, int to)
{
    uint32_t bits = 0;
    for (int w = from; w < to; w++) bits += (uint32_t)__builtin_popcountll(a[w] & b[w]);
    return bits;
}

static void
found_put(dice_found *found, dice_pair pair)
{
    if (found->n == found->capacity) {
        size_t capacity = found->capacity ? 2 * found->capacity : 256;
        dice_pair *more = arena_alloc(found->a, capacity, sizeof *more);
        if (!more) {
            found->failed = true;
            return;
        }
        if (found->n) memcpy(more, found->pair, found->n * sizeof *more);
        found->pair = more;
        found->capacity = capacity;
    }
    found->pair[found->n++] = pair;
}

void
dice_verify(const dice_task *task, size_t i, size_t j, dice_found *found)
{
    if (i >= task->a->n || j >= task->b->n || (task->within && i >= j)) return;
    uint32_t common = count_common(task->a->words + i * DICE_WORDS, task->b->words + j * DICE_WORDS, 0, DICE_WORDS);
    uint32_t need = task->a->need[i] + task->b->need[j];
    if (need == 0 || task->q2 * common < need) return;
    found_put(found, (dice_pair){(uint32_t)i, (uint32_t)j, common, need / task->p});
}

/* Three words in two counts: ports that do not count share the work. */
static inline uint32_t
count_three(uint64_t x, uint64_t y, uint64_t z)
{
    uint64_t odd = x ^ y;
    return (uint32_t)(__builtin_popcountll(odd ^ z) + 2 * __builtin_popcountll((x & y) | (odd & z)));
}

static inline uint32_t
count_eight(const uint64_t *a, const uint64_t *b)
{
    return count_three(a[0] & b[0], a[1] & b[1], a[2] & b[2]) + count_three(a[3] & b[3], a[4] & b[4], a[5] & b[5]) +
           (uint32_t)(__builtin_popcountll(a[6] & b[6]) + __builtin_popcountll(a[7] & b[7]));
}

static inline uint32_t
count_prefix(const uint64_t *a, const uint64_t *b, int words)
{
    if (words == DICE_WORDS) return count_eight(a, b) + count_eight(a + 8, b + 8);
    return words >= 8 ? count_eight(a, b) + count_common(a, b, 8, words) : count_common(a, b, 0, words);
}

static inline void
one_query(const dice_task *task, size_t i, size_t from, dice_found *found, int words)
{
    const uint64_t *a = task->a->words + i * DICE_WORDS;
    int32_t least = task->a->least[i], tail = task->a->tail[i];
    for (size_t j = from; j < task->b_end; j++) {
        int32_t tail_b = task->b->tail[j];
        int32_t common = (int32_t)count_prefix(a, task->b->words + j * DICE_WORDS, words) + (tail < tail_b ? tail : tail_b);
        if (common >= least + task->b->least[j]) dice_verify(task, i, j, found);
    }
}

void
dice_block_portable(const dice_task *task, dice_found *found)
{
    for (size_t i = task->a_begin; i < task->a_end; i++) {
        size_t from = task->within && task->b_begin <= i ? i + 1 : task->b_begin;
        DICE_UNROLLED(task->prefix, one_query, task, i, from, found);
    }
}

static status
prepare(arena *tmp, const dice_set *set, dice_threshold t, int prefix, dice_side *side)
{
    size_t padded = (set->n + DICE_TILE - 1) / DICE_TILE * DICE_TILE;
    uint64_t *words, *groups;
    uint32_t *need;
    int32_t *least, *lack, *tail;
    int64_t *lack64, *tail64;
    ALLOC(tmp, least, padded);
    ALLOC(tmp, lack, padded);
    ALLOC(tmp, tail, padded);
    ALLOC(tmp, lack64, padded);
    ALLOC(tmp, tail64, padded);
    ALLOC(tmp, words, padded * DICE_WORDS);
    ALLOC(tmp, groups, padded * DICE_WORDS);
    ALLOC(tmp, need, padded);
    if (set->n) memcpy(words, set->words, set->n * DICE_WORDS * sizeof *words);
    for (size_t i = 0; i < padded; i++) {
        const uint64_t *record = words + i * DICE_WORDS;
        need[i] = t.numerator * count_bits(record, 0, DICE_WORDS);
        least[i] = need[i] ? (int32_t)(need[i] / (2 * t.denominator)) : 2 * DICE_BITS;
        tail[i] = (int32_t)count_bits(record, prefix, DICE_WORDS);
        lack[i] = -least[i], lack64[i] = -least[i], tail64[i] = tail[i];
        for (size_t w = 0; w < DICE_WORDS; w++) groups[(i / DICE_GROUP * DICE_WORDS + w) * DICE_GROUP + i % DICE_GROUP] = record[w];
    }
    *side = (dice_side){set->n, padded, words, groups, need, least, lack, tail, lack64, tail64};
    return ST_OK;
}

/* The prefix with the least expected work: sampled share of pairs that survive the bound times the price of a full count. */
static int
choose_prefix(const dice_set *a, const dice_set *b, dice_threshold t, double verify)
{
    if (a->n == 0 || b->n == 0) return DICE_WORDS;
    double work[DICE_WORDS + 1] = {0};
    rng r = rng_new(a->n, b->n);
    for (int s = 0; s < SAMPLE; s++) {
        const uint64_t *x = a->words + rng_below(&r, a->n) * DICE_WORDS, *y = b->words + rng_below(&r, b->n) * DICE_WORDS;
        uint32_t a2 = count_bits(x, 0, DICE_WORDS), b2 = count_bits(y, 0, DICE_WORDS), c1 = 0;
        uint32_t need = t.numerator * (a2 + b2);
        for (int w = 0; w < DICE_WORDS; w++) {
            c1 += (uint32_t)__builtin_popcountll(x[w] & y[w]);
            a2 -= (uint32_t)__builtin_popcountll(x[w]);
            b2 -= (uint32_t)__builtin_popcountll(y[w]);
            work[w + 1] += 2 * t.denominator * (c1 + (a2 < b2 ? a2 : b2)) >= need;
        }
    }
    int best = DICE_WORDS;
    for (int w = 2; w < DICE_WORDS; w++) {
        work[w] = w + 0.5 + verify * work[w] / SAMPLE;
        if (work[w] < (best == DICE_WORDS ? DICE_WORDS : work[best])) best = w;
    }
    return best;
}

static int
compare_pairs(const void *x, const void *y)
{
    const dice_pair *a = x, *b = y;
    if (a->a != b->a) return a->a < b->a ? -1 : 1;
    return (a->b > b->b) - (a->b < b->b);
}

/* All pairs of records a_begin..a_end with side b, in order. */
static status
compare_band(const dice_task *band, dice_block *block, dice_receive *receive, void *context)
{
    SCRATCH(tmp);
    size_t first = band->within ? band->a_begin / BLOCK : 0, blocks = (band->b->padded + BLOCK - 1) / BLOCK, total = 0;
    dice_found *found;
    arena *arenas; /* each block allocates on its own */
    ALLOC(tmp, found, blocks + 1);
    ALLOC(tmp, arenas, blocks + 1);
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads_count())
    for (size_t k = first; k < blocks; k++) {
        dice_task task = *band;
        if (task.work) task.work += (size_t)omp_get_thread_num() * DICE_WORK;
        task.b_begin = k * BLOCK;
        task.b_end = task.b_begin + BLOCK < band->b->padded ? task.b_begin + BLOCK : band->b->padded;
        found[k].a = &arenas[k];
        block(&task, &found[k]);
    }
    bool failed = false;
    for (size_t k = first; k < blocks; k++) {
        total += found[k].n;
        failed |= found[k].failed;
    }
    dice_pair *pairs = failed ? NULL : arena_alloc(tmp, total, sizeof *pairs);
    size_t n = 0;
    for (size_t k = first; k < blocks; k++) {
        if (pairs && found[k].n) memcpy(pairs + n, found[k].pair, found[k].n * sizeof *pairs);
        n += found[k].n;
        arena_clear(&arenas[k]);
    }
    if (!pairs) FAIL(ST_NO_MEMORY, "out of memory (%zu pairs of %zu records): raise the threshold", total, band->a_end - band->a_begin);
    qsort(pairs, total, sizeof *pairs, compare_pairs);
    return receive(context, total, pairs);
}

status
linkage_dice_compare(const dice_set *a, const dice_set *b, dice_threshold t, const dice_options *options, dice_receive *receive,
                     void *context)
{
    SCRATCH(tmp);
    dice_options o = options ? *options : (dice_options){0};
    bool within = b == NULL;
    if (within) b = a;
    if (a->n > UINT32_MAX - 64 || b->n > UINT32_MAX - 64) FAIL(ST_INVALID, "at most 2^32 - 64 encodings a file: split it");
    if (o.kernel == DICE_BEST)
        for (o.kernel = DICE_AMX; !dice_kernel_usable(o.kernel);) o.kernel--;
    if (!dice_kernel_usable(o.kernel)) FAIL(ST_UNSUPPORTED, "this machine has no %s instructions", dice_kernel_name(o.kernel));
    int prefix = o.prefix > 0 && o.prefix <= DICE_WORDS ? o.prefix : choose_prefix(a, b, t, kernels[o.kernel].verify);
    dice_side sides[2];
    CHECK(prepare(tmp, a, t, prefix, &sides[0]));
    if (!within) CHECK(prepare(tmp, b, t, prefix, &sides[1]));
    dice_task task = {.a = &sides[0], .b = &sides[within ? 0 : 1], .within = within, .p = t.numerator, .q2 = 2 * t.denominator,
                      .prefix = prefix};
    if (o.kernel == DICE_AMX) ALLOC(tmp, task.work, (size_t)threads_count() * DICE_WORK);
    size_t band = o.band ? o.band : BAND;
    if (band % DICE_TILE) FAIL(ST_INTERNAL, "bands are of whole tiles");
    for (size_t at = 0, k = 0; at < sides[0].padded; at += band, k++) {
        if (o.ranks > 1 && k % (size_t)o.ranks != (size_t)o.rank) continue;
        task.a_begin = at;
        task.a_end = at + band < sides[0].padded ? at + band : sides[0].padded;
        CHECK(compare_band(&task, kernels[o.kernel].block, receive, context));
    }
    return ST_OK;
}
