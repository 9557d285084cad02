#include "linkage/dice.h"

#include "base/rng.h"
#include "base/threads.h"
#include "linkage/dice_kernel.h"

#include <omp.h>
#include <stdlib.h>

enum { BAND = 8192, BLOCK = DICE_BLOCK, SAMPLE = 4096, MOST_PAIRS = 1 << 22 };

static const struct {
    const char *name;
    dice_block *block;
    double verify; /* words of the kernel that one survivor costs, its mispredicted branch with it */
} kernels[DICE_KERNELS] = {
    [DICE_BEST] = {"best", NULL, 0},
    [DICE_PORTABLE] = {"portable", dice_block_portable, 100},
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

/* What vector kernels read group by group. */
static status
prepare_groups(arena *tmp, dice_kernel kernel, dice_side *side)
{
    uint64_t *rows, *groups;
    int64_t *lack64, *tail64, *room64;
    ALLOC(tmp, rows, side->padded * DICE_WORDS);
    ALLOC(tmp, groups, side->padded * DICE_WORDS);
    ALLOC(tmp, lack64, side->padded);
    ALLOC(tmp, tail64, side->padded);
    ALLOC(tmp, room64, side->padded);
    if (side->n) memcpy(rows, side->words, side->n * DICE_WORDS * sizeof *rows);
    for (size_t i = 0; i < side->padded; i++) {
        uint64_t *row = rows + i * DICE_WORDS, all = row[0];
        int64_t bits = (int64_t)count_bits(row, 0, DICE_WORDS);
        lack64[i] = -side->least[i], tail64[i] = side->tail[i], room64[i] = bits - side->tail[i] - 2 * side->least[i];
        for (int w = 1; w + 1 < DICE_WORDS && kernel != DICE_AVX2; w += 2) row[w + 1] = all ^= row[w] ^ row[w + 1];
        for (size_t w = 0; w < DICE_WORDS; w++) groups[(i / DICE_GROUP * DICE_WORDS + w) * DICE_GROUP + i % DICE_GROUP] = row[w];
    }
    side->rows = rows, side->groups = groups, side->lack64 = lack64, side->tail64 = tail64, side->room64 = room64;
    return ST_OK;
}

static status
prepare(arena *tmp, const dice_set *set, dice_threshold t, int prefix, dice_kernel kernel, dice_side *side)
{
    size_t padded = (set->n + DICE_TILE - 1) / DICE_TILE * DICE_TILE;
    uint32_t *need;
    int32_t *least, *tail;
    ALLOC(tmp, least, padded);
    ALLOC(tmp, tail, padded);
    ALLOC(tmp, need, padded);
    for (size_t i = 0; i < padded; i++) {
        const uint64_t *record = set->words + i * DICE_WORDS;
        tail[i] = i < set->n ? (int32_t)count_bits(record, prefix, DICE_WORDS) : 0;
        need[i] = i < set->n ? t.numerator * ((uint32_t)tail[i] + count_bits(record, 0, prefix)) : 0;
        least[i] = need[i] ? (int32_t)(need[i] / (2 * t.denominator)) : 2 * DICE_BITS;
    }
    *side = (dice_side){.n = set->n, .padded = padded, .words = set->words, .need = need, .least = least, .tail = tail};
    return kernel == DICE_AMX ? ST_OK : prepare_groups(tmp, kernel, side);
}

/* Bits in common that a pair can have more than it needs: the most over all records, as the one with fewer bits decides. */
static int32_t
window_of(const dice_set *set, dice_threshold t)
{
    int32_t most = 0;
    for (size_t i = 0; i < set->n; i++) {
        uint32_t bits = count_bits(set->words + i * DICE_WORDS, 0, DICE_WORDS);
        int32_t spare = (int32_t)bits - 2 * (int32_t)(t.numerator * bits / (2 * t.denominator));
        if (spare > most) most = spare;
    }
    return most;
}

/* Tiles can count two words at once where what a pair has too much stays well below a turn of the wheel. */
static void
choose_wheel(const dice_set *a, const dice_set *b, dice_threshold t, dice_task *task)
{
    int32_t x = window_of(a, t), y = a == b ? x : window_of(b, t);
    task->window = x > y ? x : y;
    task->packed = task->window + 8 < DICE_WHEEL;
}

/* For each number of words, how many of some sampled pairs survive the bound, plainly and packed. */
typedef struct survivors {
    int plain[DICE_WORDS + 1], packed[DICE_WORDS + 1];
} survivors;

static survivors
sample_survivors(const dice_set *a, const dice_set *b, dice_threshold t, int32_t window)
{
    survivors s = {0};
    rng r = rng_new(a->n, b->n);
    for (int pair = 0; pair < SAMPLE; pair++) {
        const uint64_t *x = a->words + rng_below(&r, a->n) * DICE_WORDS, *y = b->words + rng_below(&r, b->n) * DICE_WORDS;
        int32_t a2 = (int32_t)count_bits(x, 0, DICE_WORDS), b2 = (int32_t)count_bits(y, 0, DICE_WORDS), c1 = 0, q2 = 2 * (int32_t)t.denominator;
        int32_t least = (int32_t)t.numerator * a2 / q2 + (int32_t)t.numerator * b2 / q2;
        bool half = true;
        for (int w = 1; w <= DICE_WORDS; w++) {
            c1 += __builtin_popcountll(x[w - 1] & y[w - 1]);
            a2 -= __builtin_popcountll(x[w - 1]);
            b2 -= __builtin_popcountll(y[w - 1]);
            int32_t rest = c1 + (a2 < b2 ? a2 : b2) - least;
            bool packed = ((rest % DICE_WHEEL) + DICE_WHEEL) % DICE_WHEEL <= window + 2;
            if (w == DICE_WORDS / 2) half = packed;
            s.plain[w] += rest >= 0;
            s.packed[w] += packed && (w < DICE_WORDS || half);
        }
    }
    return s;
}

/* The prefix with the least expected work: sampled share of pairs that survive the bound times the price of a full count. `alike` is the
 * share of those that reach the threshold. */
static void
choose_prefix(const dice_set *a, const dice_set *b, dice_threshold t, dice_kernel kernel, dice_task *task, double *alike)
{
    task->prefix = DICE_WORDS;
    if (a->n == 0 || b->n == 0) return;
    bool may_pack = task->packed;
    double verify = kernels[kernel].verify, least = DICE_WORDS;
    survivors s = sample_survivors(a, b, t, task->window);
    *alike = (double)s.plain[DICE_WORDS] / SAMPLE;
    task->packed = false;
    for (int w = 2; w <= DICE_WORDS; w++)
        for (int packed = 0; packed <= may_pack; packed++) {
            double work = (packed ? (w + 1) / 2 + 1 : w + 0.5) + verify * (packed ? s.packed : s.plain)[w] / SAMPLE;
            if (work < least) least = work, task->prefix = w, task->packed = packed;
        }
}

/* Records of a at a time: fewer where so many pairs are alike that those of a whole band would fill the memory. */
static size_t
choose_band(size_t n, double alike)
{
    double records = MOST_PAIRS / (alike * (double)n + 1);
    return records >= BAND ? BAND : records < DICE_TILE ? DICE_TILE : (size_t)records / DICE_TILE * DICE_TILE;
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
    dice_side sides[2];
    dice_task task = {.a = &sides[0], .b = &sides[within ? 0 : 1], .within = within, .p = t.numerator, .q2 = 2 * t.denominator};
    double alike = 0;
    if (o.kernel == DICE_AMX) choose_wheel(a, b, t, &task);
    if (o.prefix > 0 && o.prefix <= DICE_WORDS)
        task.prefix = o.prefix;
    else
        choose_prefix(a, b, t, o.kernel, &task, &alike);
    int first = task.packed && task.prefix == DICE_WORDS ? DICE_WORDS / 2 : task.prefix;
    CHECK(prepare(tmp, a, t, first, o.kernel, &sides[0]));
    if (!within) CHECK(prepare(tmp, b, t, first, o.kernel, &sides[1]));
    if (o.kernel == DICE_AMX) ALLOC(tmp, task.work, (size_t)threads_count() * DICE_WORK);
    size_t band = o.band ? o.band : choose_band(b->n, alike);
    if (band % DICE_TILE) FAIL(ST_INTERNAL, "bands are of whole tiles");
    for (size_t at = 0, k = 0; at < sides[0].padded; at += band, k++) {
        if (o.ranks > 1 && k % (size_t)o.ranks != (size_t)o.rank) continue;
        task.a_begin = at;
        task.a_end = at + band < sides[0].padded ? at + band : sides[0].padded;
        CHECK(compare_band(&task, kernels[o.kernel].block, receive, context));
    }
    return ST_OK;
}
