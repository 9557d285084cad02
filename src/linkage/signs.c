#include "linkage/signs.h"

#ifdef __AVX2__
#include <immintrin.h>
#endif

/* Where the letters of word i stand. */
static inline size_t
letters_at(size_t i)
{
    return (i & ~(size_t)31) + (i & 7) * 4 + (i >> 3 & 3);
}

status
signs_new(arena *a, size_t n, const word_sign all[], const uint32_t pick[], signs *result)
{
    signs s = {.n = n};
    size_t room = (n + SIGNS_GROUP - 1) / SIGNS_GROUP * SIGNS_GROUP;
    ALLOC(a, s.letters, room);
    ALLOC(a, s.length, room);
    ALLOC(a, s.excess, room);
    ALLOC(a, s.head, room);
    for (size_t i = 0; i < n; i++) {
        word_sign w = all[pick ? pick[i] : i];
        s.letters[letters_at(i)] = w.letters;
        s.length[i] = w.n;
        s.excess[i] = w.excess;
        s.head[i] = w.head;
        if (w.n > s.longest) s.longest = w.n;
    }
    *result = s;
    return ST_OK;
}

static inline int
prefix_of(uint32_t a, uint32_t b)
{
    uint32_t x = a ^ b;
    return x ? __builtin_ctz(x) >> 3 : 4;
}

#ifndef __AVX2__
/* need  of the lengths of 32 words that begin as much alike */
static uint32_t
pass_group(const signs *s, const uint8_t need[SIGNS_LENGTHS], word_sign a, size_t from)
{
    uint32_t pass = 0;
    for (size_t i = 0; i < SIGNS_GROUP; i++) {
        word_sign b = {s->letters[letters_at(from + i)], s->head[from + i], s->length[from + i], s->excess[from + i]};
        pass |= (uint32_t)(word_common(a, b) >= need[b.n]) << i;
    }
    return pass;
}
#endif

#ifdef __AVX2__
/* need[length] of 32 words. */
static inline __m256i
look_up(const uint8_t need[SIGNS_LENGTHS], __m256i length, int longest)
{
    __m256i found = _mm256_setzero_si256();
    for (int part = 0; part <= longest && part < WORD_LENGTH; part += 16) {
        __m256i table = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(need + part)));
        __m256i place = _mm256_adds_epu8(_mm256_xor_si256(length, _mm256_set1_epi8((char)part)), _mm256_set1_epi8(0x70));
        found = _mm256_or_si256(found, _mm256_shuffle_epi8(table, place)); /* other parts: sign bit set, 0 */
    }
    if (longest < WORD_LENGTH) return found;
    __m256i whole = _mm256_cmpeq_epi8(length, _mm256_set1_epi8(WORD_LENGTH));
    return _mm256_or_si256(found, _mm256_and_si256(whole, _mm256_set1_epi8((char)need[WORD_LENGTH])));
}

/* Letters in common with each of 32 words, a byte each: the counts of four words at a time, moved into their byte. */
static inline __m256i
count_common(const uint64_t letters[SIGNS_GROUP], uint64_t of)
{
    const __m256i bits = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
    const __m256i half = _mm256_set1_epi8(15), a = _mm256_set1_epi64x((long long)of), none = _mm256_setzero_si256();
    __m256i sum = none;
    for (int q = 7; q >= 0; q--) {
        __m256i x = _mm256_and_si256(a, _mm256_loadu_si256((const __m256i *)(letters + 4 * q)));
        __m256i low = _mm256_shuffle_epi8(bits, _mm256_and_si256(x, half));
        __m256i high = _mm256_shuffle_epi8(bits, _mm256_and_si256(_mm256_srli_epi16(x, 4), half));
        sum = _mm256_or_si256(_mm256_slli_epi64(sum, 8), _mm256_sad_epu8(_mm256_add_epi8(low, high), none));
    }
    return sum;
}

static inline uint32_t
pass_group(const signs *s, const uint8_t need[SIGNS_LENGTHS], word_sign a, size_t from)
{
    __m256i length = _mm256_loadu_si256((const __m256i *)(s->length + from));
    __m256i excess = _mm256_min_epu8(_mm256_loadu_si256((const __m256i *)(s->excess + from)), _mm256_set1_epi8((char)a.excess));
    __m256i common = _mm256_add_epi8(count_common(s->letters + from, a.letters), excess);
    __m256i least = look_up(need, length, s->longest);
    return (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_max_epu8(common, least), common));
}
#endif

/* The most leading signs that one of the words between two has in common with a: they stand in byte order. */
static inline int
most_alike(uint32_t first, uint32_t last, uint32_t a)
{
    uint32_t at = __builtin_bswap32(a);
    if (at >= __builtin_bswap32(first) && at <= __builtin_bswap32(last)) return 4;
    int p = prefix_of(first, a), q = prefix_of(last, a);
    return p > q ? p : q;
}

void
signs_pass(const signs *s, const signs_needs *t, word_sign a, size_t from, size_t n, uint32_t pass[])
{
    size_t end = from + n < s->n ? from + n : s->n;
    for (size_t w = from; w < from + n; w += SIGNS_GROUP, pass++) {
        size_t some = w >= end ? 0 : end - w < SIGNS_GROUP ? end - w : SIGNS_GROUP;
        *pass = 0;
        if (!some) continue;
        uint32_t found = pass_group(s, t->need[most_alike(s->head[w], s->head[w + some - 1], a.head)][a.n], a, w);
        *pass = some < SIGNS_GROUP ? found & ((UINT32_C(1) << some) - 1) : found;
    }
}
