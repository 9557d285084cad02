#include "linkage/compare_many.h"

#ifdef __AVX2__
#include <immintrin.h>
#endif

#pragma GCC diagnostic ignored "-Wpsabi" /* vectors stay within this file */

enum { BATCH = 32, MOST_PLACES = 32, RANGES = 16 };
typedef uint8_t octets __attribute__((vector_size(BATCH)));

#define OCTETS(x) ((octets){0} + (uint8_t)(x))
/* The bytes (pairs of bytes) of two vectors in turn: of the first half and of the second half of each 16. */
#define LOWS(x, y) \
    __builtin_shufflevector(x, y, 0, 32, 1, 33, 2, 34, 3, 35, 4, 36, 5, 37, 6, 38, 7, 39, 16, 48, 17, 49, 18, 50, 19, 51, 20, 52, 21, 53, 22, 54, 23, 55)
#define HIGHS(x, y) \
    __builtin_shufflevector(x, y, 8, 40, 9, 41, 10, 42, 11, 43, 12, 44, 13, 45, 14, 46, 15, 47, 24, 56, 25, 57, 26, 58, 27, 59, 28, 60, 29, 61, 30, 62, 31, 63)
#define LOW_PAIRS(x, y) \
    __builtin_shufflevector(x, y, 0, 1, 32, 33, 2, 3, 34, 35, 4, 5, 36, 37, 6, 7, 38, 39, 16, 17, 48, 49, 18, 19, 50, 51, 20, 21, 52, 53, 22, 23, 54, 55)
#define EVENS(x, y) /* and back */ \
    __builtin_shufflevector(x, y, 0, 2, 4, 6, 8, 10, 12, 14, 32, 34, 36, 38, 40, 42, 44, 46, 16, 18, 20, 22, 24, 26, 28, 30, 48, 50, 52, 54, 56, 58, 60, 62)
#define EVEN_PAIRS(x, y) \
    __builtin_shufflevector(x, y, 0, 1, 4, 5, 8, 9, 12, 13, 32, 33, 36, 37, 40, 41, 44, 45, 16, 17, 20, 21, 24, 25, 28, 29, 48, 49, 52, 53, 56, 57, 60, 61)
#define HIGH_PAIRS(x, y) \
    __builtin_shufflevector(x, y, 8, 9, 40, 41, 10, 11, 42, 43, 12, 13, 44, 45, 14, 15, 46, 47, 24, 25, 56, 57, 26, 27, 58, 59, 28, 29, 60, 61, 30, 31, 62, 63)

/* The word that all are compared with. Bytes that share their upper half are a range: a sign's places stand under its lower half. */
typedef struct own_word {
    const word_list *list;
    const uint32_t *others; /* those asked for */
    const word *word;
    word_sign sign;
    int n, ranges;
    uint8_t range[RANGES]; /* upper half of the byte */
    _Alignas(16) uint8_t bits[RANGES][MOST_PLACES / 8][16];
} own_word;

/* Words that are compared at once. */
typedef struct batch {
    octets row[MOST_PLACES / 16][16]; /* sixteen signs of word k at byte 16 (k / 16) of row k % 16 */
    octets reach;                     /* signs in common stand so many places apart at most */
    uint8_t length[BATCH];
    uint32_t at[BATCH]; /* where they stand among those asked for */
    size_t n;
    int longest;
} batch;

static void
own_new(own_word *own, const word_list *l, size_t v, const uint32_t others[])
{
    const word *a = &l->word[v];
    own->list = l, own->others = others, own->word = a, own->sign = l->sign[v], own->n = own->sign.n, own->ranges = 0;
    for (int i = 0; i < own->n && i < MOST_PLACES; i++) {
        uint8_t sign = (uint8_t)a->s[i];
        int r = 0;
        while (r < own->ranges && own->range[r] != (sign & 0xf0)) r++;
        if (r == own->ranges) {
            memset(own->bits[r], 0, sizeof own->bits[r]);
            own->range[own->ranges++] = sign & 0xf0;
        }
        own->bits[r][i / 8][sign & 15] |= (uint8_t)(1 << i % 8);
    }
}

/* places  16 or 32: how much of the words is looked at */
static inline void
gather(const own_word *own, batch *b, size_t places)
{
    const uint32_t *others = own->others;
    const word_list l = *own->list;
    const size_t n = b->n;
    int longest = 0;
    for (size_t k = 0; k < n; k++) {
        uint32_t w = others[b->at[k]];
        int m = l.sign[w].n;
        for (size_t half = 0; half < places / 16; half++) memcpy((char *)&b->row[half][k % 16] + k / 16 * 16, l.word[w].s + 16 * half, 16);
        b->length[k] = (uint8_t)m;
        longest = m > longest ? m : longest;
    }
    b->longest = longest;
}

/* Rows become columns: the halves of two rows into each other, four times. */
static inline void
turn(const octets row[16], octets column[16])
{
    octets x[16], y[16];
    memcpy(x, row, sizeof x);
    for (int round = 0; round < 4; round++) {
        for (int i = 0; i < 8; i++) y[2 * i] = LOWS(x[i], x[i + 8]), y[2 * i + 1] = HIGHS(x[i], x[i + 8]);
        memcpy(x, y, sizeof x);
    }
    memcpy(column, x, sizeof x);
}

/* Words of at most sixteen signs; then of 32. */
#define PLACES 16
#include "linkage/compare_lanes.h"

/* compare_edits of a part. */
static lanes16
edits_of_part(int own, lanes16 match[][2], int part, lanes16 length, int longest)
{
    lanes16 vp = ~(lanes16){0}, vn = {0}, d0 = {0}, before = {0}, distance = SPLAT(own), last = SPLAT(1 << (own - 1));
    for (int i = 0; i < longest; i++) {
        lanes16 here = match[i][part], more = WHERE(length > SPLAT(i));
        lanes16 swap = ((~d0 & here) << 1) & before;
        d0 = (((here & vp) + vp) ^ vp) | here | vn | swap;
        lanes16 hp = vn | ~(d0 | vp), hn = d0 & vp;
        distance -= WHERE((hp & last) != 0) & more;
        distance += WHERE((hn & last) != 0) & more;
        hp = hp << 1 | 1, hn <<= 1;
        vp = hn | ~(d0 | hp), vn = hp & d0;
        before = here;
    }
    return distance;
}

static void
put_edits(const own_word *own, batch *b, uint8_t edits[])
{
    octets column[16], lengths, distance;
    lanes16 match[16][2], length[2], found[2];
    gather(own, b, 16);
    turn(b->row[0], column);
    memcpy(&lengths, b->length, sizeof lengths);
    widen_numbers16(lengths, length);
    for (int i = 0; i < b->longest; i++) match_own16(own, column[i], match[i]);
    for (int p = 0; p < 2; p++) found[p] = edits_of_part(own->n, match, p, length[p], b->longest);
    distance = narrow_numbers16(found);
    for (size_t i = 0; i < b->n; i++) edits[b->at[i]] = distance[i];
    b->n = 0;
}

#undef PLACES
#define PLACES 32
#include "linkage/compare_lanes.h"

void
compare_edits_many(const word_list *l, size_t v, size_t n, const uint32_t w[], uint8_t edits[])
{
    batch b = {.n = 0};
    own_word own;
    own_new(&own, l, v, w);
    for (size_t i = 0; i < n; i++) {
        int m = l->sign[w[i]].n;
        if (!own.n || own.n > 16 || m > 16) {
            edits[i] = (uint8_t)compare_edits(own.word, own.n, &l->word[w[i]], m);
            continue;
        }
        b.at[b.n++] = (uint32_t)i;
        if (b.n == BATCH) put_edits(&own, &b, edits);
    }
    if (b.n) put_edits(&own, &b, edits);
}

/* Three times Jaro, less 1, is m (1 / n + 1 / n') less the moved ones' share; what it must be, by how many leading signs are the same. */
typedef struct jaro_wanted {
    float least[5], share[MOST_PLACES + 1]; /* 1 / n + 1 / n' */
} jaro_wanted;

static void
wanted_new(jaro_wanted *t, int n, double least)
{
    for (int p = 0; p < 5; p++) t->least[p] = (float)(3 * (least - 0.1 * p) / (1 - 0.1 * p) - 1);
    for (int m = 1; m <= MOST_PLACES; m++) t->share[m] = 1 / (float)n + 1 / (float)m;
}

/* Which words of a batch reach what is wanted; in floats, so a little more. */
static size_t
find_reached(const own_word *own, const jaro_wanted *t, const batch *b, const uint8_t common[BATCH], const uint8_t moved[BATCH], uint8_t may[BATCH])
{
    const uint32_t *others = own->others, head = own->sign.head;
    const word_sign *sign = own->list->sign;
    float lack[BATCH];
    size_t k = 0;
    for (size_t i = 0; i < b->n; i++) {
        uint64_t x = sign[others[b->at[i]]].head ^ head;
        lack[i] = t->least[__builtin_ctzll(x | UINT64_C(1) << 32) >> 3] - (float)common[i] * t->share[b->length[i]];
    }
    for (size_t i = 0; i < BATCH; i++) lack[i] += (float)(moved[i] / 2) / (float)common[i];
    for (size_t i = 0; i < b->n; i++) may[k] = (uint8_t)i, k += lack[i] < 1e-4f; /* not a number: nothing in common */
    return k;
}

/* Which words go together: short or long ones, and which of the two is gone through; one by one those that are longer still. */
enum { OWN_SECOND, OWN_FIRST, WIDE_SECOND, WIDE_FIRST, EQUALLY_LONG, ALONE, KINDS };

static void
put_jaro_winkler(const own_word *own, const jaro_wanted *t, int kind, batch *b, double jw[])
{
    octets found[2];
    uint8_t common[BATCH], moved[BATCH], may[BATCH];
    bool wide = kind >= WIDE_SECOND, first = kind == OWN_FIRST || kind == WIDE_FIRST;
    gather(own, b, wide ? 32 : 16);
    for (size_t i = 0; i < BATCH; i++) {
        int longer = b->length[i] > own->n ? b->length[i] : own->n;
        b->reach[i] = (uint8_t)(longer < 4 ? 0 : longer / 2 - 1);
    }
    if (wide) common_of_batch32(own, first, b, &found[0], &found[1]);
    else common_of_batch16(own, first, b, &found[0], &found[1]);
    memcpy(common, &found[0], sizeof common);
    memcpy(moved, &found[1], sizeof moved);
    size_t k = find_reached(own, t, b, common, moved, may);
    for (size_t i = 0; i < k; i++) {
        size_t at = b->at[may[i]];
        jw[at] = compare_jaro_winkler_found(own->word, own->n, &own->list->word[own->others[at]], b->length[may[i]], common[may[i]], moved[may[i]]);
    }
}

static int
kind_of(int own, int other)
{
    int longer = own > other ? own : other;
    if (!own || !other || longer > MOST_PLACES) return ALONE;
    return own == other ? EQUALLY_LONG : (longer > 16 ? WIDE_SECOND : OWN_SECOND) + (own < other);
}

enum { SOME = 512 };
typedef struct sorted {
    uint32_t at[KINDS][SOME];
    size_t n[KINDS];
} sorted;

/* Which of the words from..to-1 go together. */
static void
sort_some(const own_word *own, const uint8_t kind[WORD_LENGTH + 1], size_t from, size_t to, sorted *s)
{
    const word_list l = *own->list;
    const uint32_t *w = own->others;
    memset(s->n, 0, sizeof s->n);
    for (size_t i = from; i < to; i++) {
        uint8_t k = kind[l.sign[w[i]].n];
        s->at[k][s->n[k]++] = (uint32_t)i;
    }
    int wide = own->n > 16 ? WIDE_SECOND : OWN_SECOND;
    for (size_t e = 0; e < s->n[EQUALLY_LONG]; e++) {
        uint32_t i = s->at[EQUALLY_LONG][e];
        int k = wide + compare_first(own->word, own->n, &l.word[w[i]], own->n);
        s->at[k][s->n[k]++] = i;
    }
}

void
compare_jaro_winkler_many(const word_list *l, size_t v, size_t n, const uint32_t w[], double least, double jw[])
{
    own_word own;
    jaro_wanted wanted;
    sorted s;
    batch b = {.n = 0};
    uint8_t kind[WORD_LENGTH + 1];
    own_new(&own, l, v, w);
    wanted_new(&wanted, own.n, least);
    for (int m = 0; m <= WORD_LENGTH; m++) kind[m] = (uint8_t)kind_of(own.n, m);
    memset(jw, 0, n * sizeof *jw);
    for (size_t from = 0; from < n; from += SOME) {
        sort_some(&own, kind, from, n - from < SOME ? n : from + SOME, &s);
        for (int k = OWN_SECOND; k <= WIDE_FIRST; k++)
            for (size_t i = 0; i < s.n[k]; i += BATCH) {
                b.n = s.n[k] - i < BATCH ? s.n[k] - i : BATCH;
                memcpy(b.at, s.at[k] + i, b.n * sizeof *b.at);
                put_jaro_winkler(&own, &wanted, k, &b, jw);
            }
        for (size_t i = 0; i < s.n[ALONE]; i++) {
            size_t at = s.at[ALONE][i];
            jw[at] = compare_jaro_winkler(own.word, own.n, &l->word[w[at]], l->sign[w[at]].n);
        }
    }
}
