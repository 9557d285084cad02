#include "linkage/compare_text.h"

#include <stdlib.h>

#ifdef __AVX2__
#include <immintrin.h>
#endif

/* 32 kinds of signs for words, 16 for codes. */
static int
sign_bit(char c, int planes)
{
    bool digit = c >= '0' && c <= '9', letter = c >= 'a' && c <= 'z';
    if (planes == 4) return digit ? c - '0' : letter ? 10 + (c - 'a') % 5 : 15;
    return letter ? c - 'a' : digit ? 26 + (c - '0') % 5 : 31;
}

word_sign
word_make(text value, int planes, word *result)
{
    word w = {{0}};
    word_sign sign = {.n = (uint8_t)(value.n < WORD_LENGTH ? value.n : WORD_LENGTH)};
    memcpy(w.s, value.bytes, sign.n);
    memcpy(&sign.head, w.s, 4);
    for (int i = 0; i < sign.n; i++) {
        uint64_t once = UINT64_C(1) << sign_bit(w.s[i], planes);
        for (int plane = 0; plane < planes; plane++, once <<= 64 / planes) {
            if (sign.letters & once) continue;
            sign.letters |= once;
            break;
        }
    }
    sign.excess = (uint8_t)(sign.n - __builtin_popcountll(sign.letters));
    *result = w;
    return sign;
}

/* Bit i: b has byte c at place i. */
static inline uint64_t
places(const word *b, int nb, char c)
{
#ifdef __AVX2__
    __m256i wanted = _mm256_set1_epi8(c);
    uint64_t low = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(wanted, _mm256_loadu_si256((const __m256i *)b->s)));
    if (nb <= 32) return low;
    uint64_t high = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(wanted, _mm256_loadu_si256((const __m256i *)(b->s + 32))));
    return low | high << 32;
#else
    uint64_t mask = 0;
    for (int i = 0; i < nb; i++) mask |= (uint64_t)(b->s[i] == c) << i;
    return mask;
#endif
}

int
compare_edits(const word *a, int na, const word *b, int nb)
{
    if (!na || !nb) return na + nb;
    uint64_t vp = ~UINT64_C(0), vn = 0, d0 = 0, before = 0, last = UINT64_C(1) << (nb - 1);
    int distance = nb;
    for (int i = 0; i < na; i++) {
        uint64_t match = places(b, nb, a->s[i]);
        uint64_t swap = ((~d0 & match) << 1) & before;
        d0 = (((match & vp) + vp) ^ vp) | match | vn | swap;
        uint64_t hp = vn | ~(d0 | vp), hn = d0 & vp;
        distance += (hp & last) != 0;
        distance -= (hn & last) != 0;
        hp = hp << 1 | 1, hn <<= 1;
        vp = hn | ~(d0 | hp), vn = hp & d0;
        before = match;
    }
    return distance;
}

#ifdef __AVX2__
static inline uint32_t
same_places(const char *a, const char *b)
{
    return (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_loadu_si256((const __m256i *)a), _mm256_loadu_si256((const __m256i *)b)));
}
#endif

bool
compare_two_edits_may(const word *a, int na, const word *b, int nb)
{
    if (abs(na - nb) > 2) return false;
#ifdef __AVX2__
    if (na > 30 || nb > 30) return true;
    uint32_t near = same_places(a->s, b->s) | same_places(a->s, b->s + 1) | same_places(a->s + 1, b->s) << 1;
    if (na != nb) near |= same_places(a->s, b->s + 2) | same_places(a->s + 2, b->s) << 2;
    return __builtin_popcount(near & ((UINT32_C(1) << na) - 1)) >= na - 2;
#else
    (void)a, (void)b;
    return true;
#endif
}

bool
compare_one_edit(const word *a, int na, const word *b, int nb)
{
    if (na > nb) {
        const word *w = a;
        a = b, b = w;
        int n = na;
        na = nb, nb = n;
    }
    if (nb - na > 1) return false;
    int front = 0, back = 0;
    while (front < na && a->s[front] == b->s[front]) front++;
    while (back < na - front && a->s[na - 1 - back] == b->s[nb - 1 - back]) back++;
    if (front + back >= nb - 1) return true;
    return na == nb && front + back == na - 2 && a->s[front] == b->s[front + 1] && a->s[front + 1] == b->s[front];
}

/* m signs in common, of which so many stand in another order. */
static inline double
jaro_of(int na, int nb, int m, int moved)
{
    double k = m;
    return m ? (k / na + k / nb + (k - moved / 2) / k) / 3 : 0; /* whole swaps, as Winkler counts them */
}

static double
jaro(const word *a, int na, const word *b, int nb)
{
    int reach = (na > nb ? na : nb) / 2 - 1;
    if (reach < 0) reach = 0;
    uint64_t taken = 0, matched = 0, window = reach >= 63 ? ~UINT64_C(0) : (UINT64_C(1) << (reach + 1)) - 1;
    for (int i = 0; i < na; i++) {
        uint64_t free = places(b, nb, a->s[i]) & window & ~taken;
        taken |= free & -free;
        matched |= (uint64_t)(free != 0) << i;
        window = i < reach ? window << 1 | 1 : window << 1;
    }
    int m = __builtin_popcountll(taken), moved = 0;
    for (uint64_t x = matched, y = taken; x; x &= x - 1, y &= y - 1)
        moved += a->s[__builtin_ctzll(x)] != b->s[__builtin_ctzll(y)];
    return jaro_of(na, nb, m, moved);
}

double
compare_jaro(const word *a, int na, const word *b, int nb)
{
    return compare_first(a, na, b, nb) ? jaro(a, na, b, nb) : jaro(b, nb, a, na);
}

static inline double
winkler(double j, const word *a, int na, const word *b, int nb)
{
    uint32_t x, y;
    memcpy(&x, a->s, sizeof x);
    memcpy(&y, b->s, sizeof y);
    int shorter = na < nb ? na : nb, same = x != y ? __builtin_ctz(x ^ y) >> 3 : 4; /* zeros behind the end: they may be equal there */
    if (same > shorter) same = shorter;
    return j + 0.1 * same * (1 - j);
}

double
compare_jaro_winkler_found(const word *a, int na, const word *b, int nb, int common, int moved)
{
    return winkler(jaro_of(na, nb, common, moved), a, na, b, nb);
}

double
compare_jaro_winkler(const word *a, int na, const word *b, int nb)
{
    return winkler(compare_jaro(a, na, b, nb), a, na, b, nb);
}

int
compare_text_edits(text a, text b)
{
    word x, y;
    int na = word_make(a, 2, &x).n, nb = word_make(b, 2, &y).n;
    return compare_edits(&x, na, &y, nb);
}

double
compare_text_jaro_winkler(text a, text b)
{
    word x, y;
    int na = word_make(a, 2, &x).n, nb = word_make(b, 2, &y).n;
    return compare_jaro_winkler(&x, na, &y, nb);
}

static int
compare_grams(const void *x, const void *y)
{
    uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    return (a > b) - (a < b);
}

enum { GRAMS = WORD_LENGTH + 6 };

static int
grams(text a, int q, uint32_t out[GRAMS])
{
    int n = a.n < WORD_LENGTH ? (int)a.n : WORD_LENGTH, k = 0;
    if (!n) return 0;
    for (int i = 1 - q; i < n; i++) {
        uint32_t gram = 0;
        for (int j = i; j < i + q; j++) gram = gram << 8 | (j < 0 || j >= n ? ' ' : (unsigned char)a.bytes[j]);
        out[k++] = gram;
    }
    qsort(out, (size_t)k, sizeof *out, compare_grams);
    return k;
}

double
compare_dice(text a, text b, int q)
{
    uint32_t x[GRAMS], y[GRAMS];
    if (q < 1) q = 1;
    if (q > 4) q = 4;
    int n = grams(a, q, x), m = grams(b, q, y), common = 0;
    for (int i = 0, j = 0; i < n && j < m;) {
        if (x[i] == y[j]) common++, i++, j++;
        else if (x[i] < y[j]) i++;
        else j++;
    }
    return n + m ? 2.0 * common / (n + m) : 0;
}
