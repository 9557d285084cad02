/* AVX2: population counts by table of nibbles (Mula 2008), groups of 8 records, one word of four in a register.
 *
 * Bound: 8 instructions a word of 4 pairs on three vector ports: 10.7 cycles a pair with 16 words, 5.3 with a prefix of 8. */
#include "linkage/dice_kernel.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define WIDE __attribute__((target("avx2")))

WIDE static inline __m256i
count_bytes(__m256i v, __m256i table, __m256i low)
{
    return _mm256_add_epi8(_mm256_shuffle_epi8(table, _mm256_and_si256(v, low)),
                           _mm256_shuffle_epi8(table, _mm256_and_si256(_mm256_srli_epi16(v, 4), low)));
}

/* The wanted ones of four pairs. */
WIDE static inline unsigned
wanted(const dice_task *task, size_t i, size_t j, __m256i bytes)
{
    __m256i common = _mm256_sad_epu8(bytes, _mm256_setzero_si256());
    __m256i tail = _mm256_min_epu32(_mm256_loadu_si256((const __m256i *)(const void *)(task->b->tail64 + j)),
                                    _mm256_set1_epi64x(task->a->tail64[i]));
    __m256i lack = _mm256_loadu_si256((const __m256i *)(const void *)(task->b->lack64 + j));
    __m256i have = _mm256_add_epi64(_mm256_add_epi64(common, tail), lack);
    __m256i reached = _mm256_cmpgt_epi64(have, _mm256_set1_epi64x((int64_t)task->a->least[i] - 1));
    return (unsigned)_mm256_movemask_pd(_mm256_castsi256_pd(reached));
}

/* One query against the group of records j .. j+7. A byte counts to 8 in each word: 128 at most. */
WIDE static inline void
one_group(const dice_task *task, size_t i, size_t j, int words, dice_found *found)
{
    const __m256i table = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
    const __m256i low = _mm256_set1_epi8(15);
    const uint64_t *a = task->a->rows + i * DICE_WORDS;
    const __m256i *group = (const __m256i *)(const void *)(task->b->groups + j * DICE_WORDS);
    __m256i first = _mm256_setzero_si256(), second = first;
    for (int w = 0; w < words; w++) {
        __m256i x = _mm256_set1_epi64x((long long)a[w]);
        first = _mm256_add_epi8(first, count_bytes(_mm256_and_si256(x, _mm256_loadu_si256(group + 2 * w)), table, low));
        second = _mm256_add_epi8(second, count_bytes(_mm256_and_si256(x, _mm256_loadu_si256(group + 2 * w + 1)), table, low));
    }
    unsigned mask = wanted(task, i, j, first) | wanted(task, i, j + 4, second) << 4;
    for (; __builtin_expect(mask != 0, 0); mask &= mask - 1) dice_verify(task, i, j + (size_t)__builtin_ctz(mask), found);
}

WIDE static inline void
one_query(const dice_task *task, size_t i, size_t from, dice_found *found, int words)
{
    for (size_t j = from; j < task->b_end; j += DICE_GROUP) one_group(task, i, j, words, found);
}

WIDE void
dice_block_avx2(const dice_task *task, dice_found *found)
{
    for (size_t i = task->a_begin; i < task->a_end; i++) {
        size_t from = task->within && task->b_begin < i ? i / DICE_GROUP * DICE_GROUP : task->b_begin;
        DICE_UNROLLED(task->prefix, one_query, task, i, from, found);
    }
}
#else
void
dice_block_avx2(const dice_task *task, dice_found *found)
{
    dice_block_portable(task, found);
}
#endif
