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

/* The greedy assignment may depend on the side it starts from: the shorter, then the smaller text comes first. */
static inline bool
comes_first(const word *a, int na, const word *b, int nb)
{
    return na != nb ? na < nb : memcmp(a->s, b->s, WORD_LENGTH) <= 0;
}

double
compare_jaro(const word *a, int na, const word *b, int nb)
{
    return comes_first(a, na, b, nb) ? jaro(a, na, b, nb) : jaro(b, nb, a, na);
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
compare_jaro_winkler(const word *a, int na, const word *b, int nb)
{
    return winkler(compare_jaro(a, na, b, nb), a, na, b, nb);
}

#pragma GCC diagnostic ignored "-Wpsabi" /* vectors stay within this file */

/* Short words, sixteen at a time: one sign of each side by side, a bit a place. */
enum { LANES = 16, SHORT = 16 };
typedef uint16_t lanes __attribute__((vector_size(2 * LANES)));
typedef uint8_t bytes __attribute__((vector_size(SHORT)));

typedef struct word_lanes {
    lanes own[SHORT];  /* signs of the one word that all are compared with */
    lanes sign[SHORT], length;
    bytes row[LANES];
    const word *word[LANES];
    size_t at[LANES];  /* where they stand among those asked for */
    size_t n;
    int longest;
} word_lanes;

#define SPLAT(x) ((lanes){0} + (uint16_t)(x))
#define WHERE(x) ((lanes)(x)) /* all bits where it holds */

static void
lanes_own(word_lanes *b, const word *a, int na)
{
    for (int j = 0; j < na && j < SHORT; j++) b->own[j] = SPLAT((uint8_t)a->s[j]);
}

static inline void
lanes_put(word_lanes *b, const word *w, int n, size_t at)
{
    memcpy(&b->row[b->n], w->s, SHORT);
    b->word[b->n] = w;
    b->at[b->n] = at;
    b->length[b->n++] = (uint16_t)n;
    b->longest = n > b->longest ? n : b->longest;
}

/* Rows become columns: the halves of two rows into each other, four times. */
static void
lanes_turn(word_lanes *b)
{
    bytes x[LANES], y[LANES];
    memcpy(x, b->row, sizeof x);
    for (int round = 0; round < 4; round++) {
        for (int i = 0; i < LANES / 2; i++) {
            y[2 * i] = __builtin_shufflevector(x[i], x[i + LANES / 2], 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
            y[2 * i + 1] = __builtin_shufflevector(x[i], x[i + LANES / 2], 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
        }
        memcpy(x, y, sizeof x);
    }
    for (int i = 0; i < SHORT; i++) b->sign[i] = __builtin_convertvector(x[i], lanes);
}

/* Bit j: sign j of the own word is sign i of the lane. */
static inline lanes
places_in_own(const word_lanes *b, int na, int i)
{
    lanes match = {0}, sign = b->sign[i], bit = SPLAT(1);
    for (int j = 0; j < na; j++, bit += bit) match |= WHERE(sign == b->own[j]) & bit;
    return match;
}

/* Bit j: sign j of the lane is sign i of the own word. */
static inline lanes
places_in_lanes(const word_lanes *b, int i)
{
    lanes match = {0}, sign = b->own[i], bit = SPLAT(1);
    for (int j = 0; j < b->longest; j++, bit += bit) match |= WHERE(b->sign[j] == sign) & bit;
    return match;
}

/* compare_edits of the lanes. */
static lanes
edits_of_lanes(const word_lanes *b, int na)
{
    lanes vp = ~(lanes){0}, vn = {0}, d0 = {0}, before = {0}, distance = SPLAT(na), last = SPLAT(1 << (na - 1));
    for (int i = 0; i < b->longest; i++) {
        lanes match = places_in_own(b, na, i), more = WHERE(b->length > SPLAT(i));
        lanes swap = ((~d0 & match) << 1) & before;
        d0 = (((match & vp) + vp) ^ vp) | match | vn | swap;
        lanes hp = vn | ~(d0 | vp), hn = d0 & vp;
        distance -= WHERE((hp & last) != 0) & more;
        distance += WHERE((hn & last) != 0) & more;
        hp = hp << 1 | 1, hn <<= 1;
        vp = hn | ~(d0 | hp), vn = hp & d0;
        before = match;
    }
    return distance;
}

static void
put_edits(int na, word_lanes *b, uint8_t edits[])
{
    lanes_turn(b);
    lanes distance = edits_of_lanes(b, na);
    for (size_t k = 0; k < b->n; k++) edits[b->at[k]] = (uint8_t)distance[k];
    b->n = 0, b->longest = 0;
}

void
compare_edits_many(const word words[], const word_sign signs[], size_t v, size_t n, const uint32_t w[], uint8_t edits[])
{
    word_lanes b = {.n = 0};
    int own = signs[v].n;
    lanes_own(&b, &words[v], own);
    for (size_t i = 0; i < n; i++) {
        int other = signs[w[i]].n;
        if (!own || own > SHORT || other > SHORT) {
            edits[i] = (uint8_t)compare_edits(&words[v], own, &words[w[i]], other);
            continue;
        }
        lanes_put(&b, &words[w[i]], other, i);
        if (b.n == LANES) put_edits(own, &b, edits);
    }
    if (b.n) put_edits(own, &b, edits);
}

/* The signs that the own word and the lanes have in common, as jaro finds them, and how many stand in another order; `first`: the own
 * one is gone through. */
static inline void
common_of_lanes(int na, bool first, const word_lanes *b, lanes *common, lanes *moved)
{
    lanes longer = WHERE(b->length > SPLAT(na)), reach = ((longer & b->length) | (~longer & SPLAT(na))) >> 1;
    reach -= WHERE(reach > SPLAT(0)) & SPLAT(1); /* half of the longer one, less one */
    lanes match[SHORT], found[SHORT], window = {0}, used = {0}, other = {0};
    int end = first ? na : b->longest;
    for (int i = 0; i < SHORT / 2; i++) window |= WHERE(reach >= SPLAT(i)) & SPLAT(1 << i);
    for (int i = 0; i < end; i++) {
        match[i] = first ? places_in_lanes(b, i) : places_in_own(b, na, i);
        lanes free = match[i] & window & ~used;
        used |= free & -free;
        found[i] = WHERE(free != 0);
        window = window << 1 | (WHERE(reach > SPLAT(i)) & SPLAT(1));
    }
    *common = used;
    for (int i = 0; i < end; i++) { /* the next sign in common of the other side: is it this one? */
        other -= found[i] & WHERE((match[i] & used & -used) == 0);
        used &= ~found[i] | (used - 1);
    }
    *moved = other;
}

static void
put_jaro_winkler(const word *a, int na, bool first, word_lanes *b, double jw[])
{
    lanes common, moved;
    lanes_turn(b);
    common_of_lanes(na, first, b, &common, &moved);
    for (size_t k = 0; k < b->n; k++) {
        int nb = b->length[k];
        jw[b->at[k]] = winkler(jaro_of(na, nb, __builtin_popcount(common[k]), moved[k]), a, na, b->word[k], nb);
    }
    b->n = 0, b->longest = 0;
}

void
compare_jaro_winkler_many(const word words[], const word_sign signs[], size_t v, size_t n, const uint32_t w[], double jw[])
{
    word_lanes b[2] = {{.n = 0}, {.n = 0}}; /* those that are gone through, those that a is gone through for */
    const word *a = &words[v];
    int own = signs[v].n;
    for (int first = 0; first < 2; first++) lanes_own(&b[first], a, own);
    for (size_t i = 0; i < n; i++) {
        int other = signs[w[i]].n;
        if (!own || own > SHORT || other > SHORT) {
            jw[i] = compare_jaro_winkler(a, own, &words[w[i]], other);
            continue;
        }
        bool first = comes_first(a, own, &words[w[i]], other);
        lanes_put(&b[first], &words[w[i]], other, i);
        if (b[first].n == LANES) put_jaro_winkler(a, own, first, &b[first], jw);
    }
    for (int first = 0; first < 2; first++)
        if (b[first].n) put_jaro_winkler(a, own, first, &b[first], jw);
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
