/* AVX-512 VPOPCNTDQ: groups of 8 records, one word of each in a register, against 4 queries at a time.
 *
 * Counts begin at - floor(p b / 2q), so that one comparison decides when there is no prefix.
 * Bound: per 8 pairs 16 x (and, count, add) on two vector ports = 24 cycles, 3 cycles a pair; with a prefix of P words 3 P / 16. */
#include "linkage/dice_kernel.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define WIDE __attribute__((target("avx512f,avx512vpopcntdq,avx512dq,avx512bw,avx512vl")))

/* The wanted ones among 8 pairs, by the bound or exactly but for rounding. */
WIDE static inline unsigned
wanted(const dice_task *task, size_t i, __m512i have, __m512i tail, bool bound)
{
    if (bound) have = _mm512_add_epi64(have, _mm512_min_epu32(tail, _mm512_set1_epi64(task->a->tail64[i])));
    return _mm512_cmpge_epi64_mask(have, _mm512_set1_epi64(task->a->least[i]));
}

WIDE static inline void
keep(const dice_task *task, size_t i, size_t j, unsigned mask, dice_found *found)
{
    for (; mask; mask &= mask - 1) dice_verify(task, i, j + (size_t)__builtin_ctz(mask), found);
}

/* Four queries against the group of records j .. j+7. */
WIDE static inline void
four_queries(const dice_task *task, size_t i, size_t j, int words, dice_found *found)
{
    const uint64_t *a = task->a->words + i * DICE_WORDS;
    const uint64_t *group = task->b->groups + j * DICE_WORDS;
    __m512i c0 = _mm512_loadu_si512(task->b->lack64 + j), c1 = c0, c2 = c0, c3 = c0;
    __m512i tail = _mm512_loadu_si512(task->b->tail64 + j);
    bool bound = words < DICE_WORDS;
    for (int w = 0; w < words; w++) {
        __m512i b = _mm512_loadu_si512(group + w * DICE_GROUP);
        c0 = _mm512_add_epi64(c0, _mm512_popcnt_epi64(_mm512_and_si512(b, _mm512_set1_epi64((long long)a[w]))));
        c1 = _mm512_add_epi64(c1, _mm512_popcnt_epi64(_mm512_and_si512(b, _mm512_set1_epi64((long long)a[DICE_WORDS + w]))));
        c2 = _mm512_add_epi64(c2, _mm512_popcnt_epi64(_mm512_and_si512(b, _mm512_set1_epi64((long long)a[2 * DICE_WORDS + w]))));
        c3 = _mm512_add_epi64(c3, _mm512_popcnt_epi64(_mm512_and_si512(b, _mm512_set1_epi64((long long)a[3 * DICE_WORDS + w]))));
    }
    unsigned m0 = wanted(task, i, c0, tail, bound), m1 = wanted(task, i + 1, c1, tail, bound);
    unsigned m2 = wanted(task, i + 2, c2, tail, bound), m3 = wanted(task, i + 3, c3, tail, bound);
    if (__builtin_expect((m0 | m1 | m2 | m3) != 0, 0)) {
        keep(task, i, j, m0, found);
        keep(task, i + 1, j, m1, found);
        keep(task, i + 2, j, m2, found);
        keep(task, i + 3, j, m3, found);
    }
}

WIDE static inline void
all_groups(const dice_task *task, size_t i, size_t from, dice_found *found, int words)
{
    for (size_t j = from; j < task->b_end; j += DICE_GROUP) four_queries(task, i, j, words, found);
}

WIDE void
dice_block_avx512(const dice_task *task, dice_found *found)
{
    for (size_t i = task->a_begin; i < task->a_end; i += 4) {
        size_t from = task->within && task->b_begin < i ? i / DICE_GROUP * DICE_GROUP : task->b_begin;
        DICE_UNROLLED(task->prefix, all_groups, task, i, from, found);
    }
}
#else
void
dice_block_avx512(const dice_task *task, dice_found *found)
{
    dice_block_portable(task, found);
}
#endif
