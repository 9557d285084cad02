/* AVX2: population counts of 32 bytes by a nibble table (Mula, Kurz & Lemire 2018, doi:10.1093/comjnl/bxx046). */
#include "linkage/dice_kernel.h"

#if defined(__x86_64__)
#include <immintrin.h>

__attribute__((target("avx2"))) static inline __m256i
count_bytes(__m256i v)
{
    const __m256i table = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
    const __m256i low = _mm256_set1_epi8(15);
    return _mm256_add_epi8(_mm256_shuffle_epi8(table, _mm256_and_si256(v, low)),
                           _mm256_shuffle_epi8(table, _mm256_and_si256(_mm256_srli_epi16(v, 4), low)));
}

/* |A and B| over words 4*from .. 4*to-1; at most 8 quads keep each byte below 256. */
__attribute__((target("avx2"))) static inline uint32_t
count_common(const uint64_t *a, const uint64_t *b, int from, int to)
{
    __m256i bytes = _mm256_setzero_si256();
    for (int k = from; k < to; k++)
        bytes = _mm256_add_epi8(bytes, count_bytes(_mm256_and_si256(_mm256_loadu_si256((const __m256i *)(const void *)a + k),
                                                                    _mm256_loadu_si256((const __m256i *)(const void *)b + k))));
    __m256i sums = _mm256_sad_epu8(bytes, _mm256_setzero_si256());
    __m128i half = _mm_add_epi64(_mm256_castsi256_si128(sums), _mm256_extracti128_si256(sums, 1));
    return (uint32_t)(_mm_cvtsi128_si64(half) + _mm_extract_epi64(half, 1));
}

__attribute__((target("avx2"))) void
dice_block_avx2(const dice_task *task, dice_found *found)
{
    int quads = task->prefix / 4; /* whole quads of the prefix: the tail bound is then looser, never wrong */
    bool bound = task->prefix < DICE_WORDS && task->prefix % 4 == 0;
    for (size_t i = task->a_begin; i < task->a_end; i++) {
        const uint64_t *a = task->a->words + i * DICE_WORDS;
        uint32_t need_a = task->a->need[i], tail_a = task->a->tail[i];
        for (size_t j = task->b_begin; j < task->b_end; j++) {
            const uint64_t *b = task->b->words + j * DICE_WORDS;
            uint32_t need = need_a + task->b->need[j], tail_b = task->b->tail[j];
            uint32_t common = task->q2 * count_common(a, b, 0, bound ? quads : DICE_WORDS / 4);
            if (bound) common += tail_a < tail_b ? tail_a : tail_b;
            if (common >= need) dice_verify(task, i, j, found);
        }
    }
}
#else
void
dice_block_avx2(const dice_task *task, dice_found *found)
{
    dice_block_portable(task, found);
}
#endif
