/* AVX-512 VPOPCNTDQ: groups of 8 records, one word of each in a register, against 4 queries at a time.
 *
 * |A and B| = (|A| + |B| - |A xor B|) / 2, so differences are counted. With x1, x2, ... the differences word by word and s_k = x1 ^ ... ^ xk,
 * three words add up to a sum s3 and a carry maj(x1, x2, x3); the next two words to s5 and another carry. The s are differences of what
 * stands ready for each record (`rows`, `groups`: every other word is replaced by the exclusive or of all up to it), and a carry is one
 * ternary operation on s before, x and s after: two words cost two differences, a carry, one count and one addition.
 * Bound: per 8 pairs 43 operations of two vector ports with 16 words = 2.7 cycles a pair (word by word 48 and 3). */
#include "linkage/dice_kernel.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define WIDE __attribute__((target("avx512f,avx512vpopcntdq,avx512dq,avx512bw,avx512vl")))

enum { CARRY = 0xd4 /* of s, x and s ^ x ^ y: the majority of s, x and y */ };

WIDE static inline __m512i
difference(const uint64_t *group, const uint64_t *a, int w)
{
    return _mm512_xor_si512(_mm512_loadu_si512(group + w * DICE_GROUP), _mm512_set1_epi64((long long)a[w]));
}

/* Twice what 8 pairs lack, at most, with the bits behind the prefix, -least - least for the query's side left out. */
WIDE static inline __attribute__((always_inline)) __m512i
lacking(const uint64_t *group, const uint64_t *a, int words, __m512i lack, __m512i behind)
{
    __m512i sum = difference(group, a, 0), carries = _mm512_sub_epi64(_mm512_setzero_si512(), behind), ones = lack;
    int chain = (words - 1) / 2 * 2;
    for (int w = 1; w < chain; w += 2) {
        __m512i next = difference(group, a, w + 1);
        carries = _mm512_add_epi64(carries, _mm512_popcnt_epi64(_mm512_ternarylogic_epi64(sum, difference(group, a, w), next, CARRY)));
        sum = next;
    }
    ones = _mm512_add_epi64(ones, _mm512_popcnt_epi64(sum));
    if (words % 2 == 0) ones = _mm512_add_epi64(ones, _mm512_popcnt_epi64(difference(group, a, words - 1)));
    return _mm512_add_epi64(ones, _mm512_add_epi64(carries, carries));
}

WIDE static inline void
keep(const dice_task *task, size_t i, size_t j, unsigned mask, dice_found *found)
{
    for (; mask; mask &= mask - 1) dice_verify(task, i, j + (size_t)__builtin_ctz(mask), found);
}

/* The wanted ones among 8 pairs of a query, by the bound or exactly but for rounding. */
WIDE static inline __attribute__((always_inline)) __mmask8
wanted(const dice_task *task, size_t i, const uint64_t *group, __m512i lack, __m512i tail, int words)
{
    __m512i behind = words < DICE_WORDS ? _mm512_min_epu32(tail, _mm512_set1_epi64(task->a->tail64[i])) : _mm512_setzero_si512();
    __m512i have = lacking(group, task->a->rows + i * DICE_WORDS, words, lack, behind);
    return _mm512_cmple_epi64_mask(have, _mm512_set1_epi64(task->a->room64[i]));
}

/* Four queries against the group of records j .. j+7. */
WIDE static inline __attribute__((always_inline)) void
four_queries(const dice_task *task, size_t i, size_t j, int words, dice_found *found)
{
    const uint64_t *group = task->b->groups + j * DICE_WORDS;
    __m512i lack = _mm512_sub_epi64(_mm512_setzero_si512(), _mm512_loadu_si512(task->b->room64 + j));
    __m512i tail = _mm512_loadu_si512(task->b->tail64 + j);
    __mmask8 m[4];
    for (size_t k = 0; k < 4; k++) m[k] = wanted(task, i + k, group, lack, tail, words);
    if (__builtin_expect(_kortestz_mask8_u8(_kor_mask8(m[0], m[1]), _kor_mask8(m[2], m[3])), 1)) return;
    for (size_t k = 0; k < 4; k++) keep(task, i + k, j, m[k], found);
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
