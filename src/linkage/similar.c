#include "linkage/similar.h"

#include "base/threads.h"
#include "linkage/pile.h"

#include <omp.h>
#include <stdlib.h>

enum { LENGTHS = WORD_LENGTH + 1, NEVER = 255 };

/* need[p][n][m]: letters two texts of n and m signs with p equal leading ones must have in common to be alike. */
typedef struct needs {
    uint8_t need[5][LENGTHS][LENGTHS];
} needs;

static bool
jaro_reaches(int common, int n, int m, int prefix, double least)
{
    double j = ((double)common / n + (double)common / m + 1) / 3;
    return j + 0.1 * prefix * (1 - j) >= least - 1e-9;
}

static int
need_of_words(int n, int m, int prefix, bool name, double least)
{
    int small = n < m ? n : m, large = n < m ? m : n;
    if (!small) return NEVER;
    if (name && small == 1) return prefix ? 0 : large <= 2 ? 0 : NEVER;
    int need = 0;
    while (need <= small && !jaro_reaches(need, n, m, prefix, least)) need++;
    if (need > small) need = NEVER;
    if (large - small <= 1 && large - 1 < need) need = large - 1;
    return need;
}

static int
need_of_codes(int n, int m)
{
    int large = n > m ? n : m, small = n > m ? m : n, edits = large < 5 ? 1 : 2;
    return large < 3 || large - small > edits ? NEVER : large - edits;
}

static void
needs_fill(const value_set *s, double least, needs *table)
{
    for (int p = 0; p < 5; p++)
        for (int n = 0; n < LENGTHS; n++)
            for (int m = 0; m < LENGTHS; m++)
                table->need[p][n][m] = (uint8_t)(s->type == COMPARE_CODE ? need_of_codes(n, m)
                                                                       : need_of_words(n, m, p, s->type == COMPARE_NAME, least));
}

static inline bool
words_may(const needs *t, word_sign a, word_sign b)
{
    uint32_t x = a.head ^ b.head;
    int prefix = x ? __builtin_ctz(x) >> 3 : 4;
    return word_common(a, b) >= t->need[prefix][a.n][b.n];
}

/* One bit a digit of four: is it not 0? */
static inline uint32_t
digits_set(uint32_t x)
{
    return (x | x >> 1 | x >> 2 | x >> 3) & 0x11111111u;
}

/* Everything but DATE_ELSE passes, and little else: years are near, day and month agree, or at most two digits are wrong. */
static inline bool
dates_may(date_value a, date_value b)
{
    uint32_t x = digits_set(a.digits ^ b.digits);
    uint32_t swaps = ~digits_set(a.digits ^ b.digits >> 4) & ~digits_set(a.digits >> 4 ^ b.digits) & x & 0x01111111u;
    uint32_t wrong = x * 0x11111111u >> 28, swapped = swaps * 0x11111111u >> 28;
    return (a.year - b.year <= 1) & (b.year - a.year <= 1) || !(x & 0xffffu) || wrong <= 2 + swapped;
}

/* Pairs alike by their words, not by their letters: lower value lists, by value. */
typedef struct extras {
    size_t *start;  /* [n + 1] */
    uint32_t *value; /* lower than its owner, ascending */
} extras;

static int
compare_items(const void *x, const void *y)
{
    uint64_t a = *(const uint64_t *)x, b = *(const uint64_t *)y;
    return (a > b) - (a < b);
}

static void
put_extra(pile *p, const level_set *l, size_t v, size_t w)
{
    if (v == w || level_of_words(l, v, w) == NAME_ELSE) return;
    pile_put(p, v > w ? (uint64_t)v << 32 | w : (uint64_t)w << 32 | v);
}

static status
extras_of_roots(const level_set *l, pile *p)
{
    SCRATCH(tmp);
    uint64_t *by_root;
    ALLOC(tmp, by_root, l->s->n);
    size_t n = 0;
    for (size_t v = 0; v < l->s->n; v++)
        if (l->root[v] >= 0) by_root[n++] = (uint64_t)l->root[v] << 32 | v;
    qsort(by_root, n, sizeof *by_root, compare_items);
    for (size_t i = 0; i < n; i++)
        for (size_t j = i; j-- > 0 && by_root[j] >> 32 == by_root[i] >> 32;)
            put_extra(p, l, by_root[i] & 0xffffffffu, by_root[j] & 0xffffffffu);
    return ST_OK;
}

typedef struct token {
    text word;
    uint32_t value;
    bool several;
} token;

static int
compare_tokens(const void *x, const void *y)
{
    const token *a = x, *b = y;
    int d = text_compare(a->word, b->word);
    return d ? d : (a->value > b->value) - (a->value < b->value);
}

enum { COMMON_WORD = 500 }; /* a word in more values than this joins nothing: its company will */

static status
extras_of_words(const level_set *l, pile *p)
{
    SCRATCH(tmp);
    const value_set *s = l->s;
    size_t words = 0, n = 0;
    for (size_t v = 0; v < s->n; v++) words += l->words[v];
    token *t;
    ALLOC(tmp, t, words + s->n);
    for (size_t v = 0; v < s->n; v++)
        for (size_t i = 0, start = 0; i <= s->plain[v].n && n < words + s->n; i++)
            if (i == s->plain[v].n || s->plain[v].bytes[i] == ' ') {
                text w = {s->plain[v].bytes + start, i - start};
                start = i + 1;
                if (w.n >= 3 && !level_is_particle(w)) t[n++] = (token){w, (uint32_t)v, l->words[v] > 1};
            }
    qsort(t, n, sizeof *t, compare_tokens);
    for (size_t i = 0, j; i < n; i = j) {
        for (j = i; j < n && text_equal(t[j].word, t[i].word); j++) {}
        if (j - i > COMMON_WORD) continue;
        for (size_t a = i; a < j; a++)
            for (size_t b = i; b < a; b++)
                if (t[a].several || t[b].several) put_extra(p, l, t[a].value, t[b].value);
    }
    return ST_OK;
}

static status
extras_new(arena *a, const level_set *l, extras *result)
{
    SCRATCH(tmp);
    extras e;
    piles *found;
    CHECK(piles_new(tmp, 1, &found));
    pile *p = found->pile;
    if (l->root && l->s->type == COMPARE_NAME) CHECK(extras_of_roots(l, p));
    if (l->words) CHECK(extras_of_words(l, p));
    for (size_t v = 0; l->bones && v < l->s->n; v++)
        for (size_t w = 0; l->s->consonants[v] && w < l->s->n; w++) put_extra(p, l, v, w);
    CHECK(piles_check(found));
    if (p->n) qsort(p->item, p->n, sizeof *p->item, compare_items);
    ALLOC(a, e.start, l->s->n + 1);
    ALLOC(a, e.value, p->n);
    size_t n = 0, k = 0;
    for (size_t v = 0; v < l->s->n; v++) {
        for (; k < p->n && p->item[k] >> 32 == v; k++)
            if (!k || p->item[k] != p->item[k - 1]) e.value[n++] = (uint32_t)p->item[k];
        e.start[v + 1] = n;
    }
    *result = e;
    return ST_OK;
}

/* The lower half of row v, ascending. */
typedef struct half {
    const level_set *l;
    const needs *words, *locals;
    extras extra;
} half;

static inline bool
may(const half *h, size_t v, size_t w)
{
    const value_set *s = h->l->s;
    switch (s->type) {
    case COMPARE_EQUAL: return h->l->root != NULL;
    case COMPARE_EMAIL: return words_may(h->words, s->signs[v], s->signs[w]) || words_may(h->locals, s->local_signs[v], s->local_signs[w]);
    default: return true;
    }
}

static void
put_pair(const half *h, size_t v, size_t w, pile *p)
{
    int level = level_of(h->l, v, w);
    if (level != level_else(h->l->s->type)) pile_put(p, (uint64_t)w << 4 | (unsigned)level);
}

static void
half_of_words(const half *h, size_t v, pile *p)
{
    const value_set *s = h->l->s;
    word_sign a = s->signs[v];
    size_t next = h->extra.start[v], end = h->extra.start[v + 1];
    for (size_t w = 0; w < v; w++) {
        bool extra = next < end && h->extra.value[next] == w;
        next += extra;
        if (extra || words_may(h->words, a, s->signs[w])) put_pair(h, v, w, p);
    }
}

static void
half_of_dates(const half *h, size_t v, pile *p)
{
    const date_value *d = h->l->s->dates, a = d[v];
    enum { BLOCK = 256 };
    uint8_t pass[BLOCK];
    bool part = !a.month || !a.day;
    for (size_t from = 0; from < v; from += BLOCK) {
        size_t n = v - from < BLOCK ? v - from : BLOCK;
        for (size_t i = 0; i < n; i++) pass[i] = part | !d[from + i].month | !d[from + i].day | dates_may(a, d[from + i]);
        for (size_t i = 0; i < n; i++)
            if (pass[i]) put_pair(h, v, from + i, p);
    }
}

static void
half_row(const half *h, size_t v, pile *p)
{
    if (h->l->s->coded && h->l->s->type != COMPARE_DATE) { /* nothing is cheaper than to compare */
        for (size_t w = 0; w < v; w++) put_pair(h, v, w, p);
        return;
    }
    switch (h->l->s->type) {
    case COMPARE_NAME:
    case COMPARE_TEXT:
    case COMPARE_CODE: half_of_words(h, v, p); return;
    case COMPARE_DATE: half_of_dates(h, v, p); return;
    default:
        for (size_t w = 0; w < v; w++)
            if (may(h, v, w)) put_pair(h, v, w, p);
    }
}

/* Rows of one chunk lie together in one pile. */
enum { CHUNK = 32 };
typedef struct chunk {
    int pile;
    size_t at;
} chunk;

static status
fill_rows(arena *a, const piles *p, const chunk *chunks, const uint32_t *count, similar *s)
{
    SCRATCH(tmp);
    size_t *next;
    ALLOC(tmp, next, s->n + 1);
    ALLOC(a, s->start, s->n + 1);
    for (size_t v = 0; v < s->n; v++) next[v] = count[v];
    for (size_t v = 0, k; v < s->n; v++) {
        const uint64_t *item = p->pile[chunks[v / CHUNK].pile].item + chunks[v / CHUNK].at;
        for (k = v / CHUNK * CHUNK; k < v; k++) item += count[k];
        for (k = 0; k < count[v]; k++) next[item[k] >> 4]++;
    }
    for (size_t v = 0; v < s->n; v++) s->start[v + 1] = s->start[v] + next[v];
    ALLOC(a, s->entry, s->start[s->n]);
    memcpy(next, s->start, s->n * sizeof *next);
    /* ascending v: a row gets its lower half when its turn comes, then the higher ones in order */
    for (size_t v = 0, k; v < s->n; v++) {
        const uint64_t *item = p->pile[chunks[v / CHUNK].pile].item + chunks[v / CHUNK].at;
        for (k = v / CHUNK * CHUNK; k < v; k++) item += count[k];
        for (k = 0; k < count[v]; k++) {
            s->entry[next[v]++] = (uint32_t)item[k];
            s->entry[next[item[k] >> 4]++] = (uint32_t)(v << 4 | (item[k] & 15));
        }
    }
    return ST_OK;
}

static status
tables_new(arena *a, const level_set *l, half *h)
{
    needs *table;
    ALLOC(a, table, 2);
    h->words = &table[0], h->locals = &table[1];
    needs_fill(l->s, l->s->type == COMPARE_EMAIL ? 2 : 0.72, &table[0]);
    needs_fill(l->s, 0.8, &table[1]);
    if (l->s->type == COMPARE_EMAIL) /* two edits */
        for (int p = 0; p < 5; p++)
            for (int n = 0; n < LENGTHS; n++)
                for (int m = 0; m < LENGTHS; m++)
                    table[0].need[p][n][m] = (uint8_t)(abs(n - m) > 2 ? NEVER : n > m ? (n > 2 ? n - 2 : 0) : (m > 2 ? m - 2 : 0));
    return ST_OK;
}

struct similar_filter {
    half h;
};

status
similar_filter_new(arena *a, const level_set *l, similar_filter **result)
{
    similar_filter *f;
    ALLOC(a, f, 1);
    f->h.l = l;
    CHECK(tables_new(a, l, &f->h));
    *result = f;
    return ST_OK;
}

void
similar_pick(const similar_filter *f, size_t v, size_t n, const uint32_t pick[], uint8_t level[])
{
    const value_set *s = f->h.l->s;
    uint8_t other = (uint8_t)level_else(s->type);
    for (size_t i = 0; i < n; i++) {
        size_t w = pick[i];
        bool near = true;
        if (s->coded) near = true;
        else if (s->type == COMPARE_NAME || s->type == COMPARE_TEXT || s->type == COMPARE_CODE) near = words_may(f->h.words, s->signs[v], s->signs[w]);
        else if (s->type == COMPARE_EMAIL) near = may(&f->h, v, w);
        level[i] = near ? (uint8_t)level_of(f->h.l, v, w) : other;
    }
}

status
similar_new(arena *a, const level_set *l, similar *result)
{
    SCRATCH(tmp);
    similar s = {.n = l->s->n, .other = level_else(l->s->type)};
    half h = {.l = l};
    CHECK(tables_new(tmp, l, &h));
    CHECK(extras_new(tmp, l, &h.extra));
    size_t chunks_n = (s.n + CHUNK - 1) / CHUNK;
    chunk *chunks;
    uint32_t *count;
    piles *p;
    ALLOC(tmp, chunks, chunks_n);
    ALLOC(tmp, count, s.n);
    CHECK(piles_new(tmp, threads_count(), &p));
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads_count())
    for (size_t i = 0; i < chunks_n; i++) {
        size_t c = chunks_n - 1 - i; /* the longest rows first */
        pile *mine = &p->pile[omp_get_thread_num()];
        chunks[c] = (chunk){omp_get_thread_num(), mine->n};
        for (size_t v = c * CHUNK; v < s.n && v < (c + 1) * CHUNK; v++) {
            size_t before = mine->n;
            half_row(&h, v, mine);
            count[v] = (uint32_t)(mine->n - before);
        }
    }
    CHECK(piles_check(p));
    CHECK(fill_rows(a, p, chunks, count, &s));
    *result = s;
    return ST_OK;
}

int
similar_level(const similar *s, size_t v, size_t w)
{
    if (v == w) return LEVEL_EXACT;
    size_t low = s->start[v], high = s->start[v + 1];
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (s->entry[mid] >> 4 < w) low = mid + 1;
        else high = mid;
    }
    return low < s->start[v + 1] && s->entry[low] >> 4 == w ? (int)(s->entry[low] & 15) : s->other;
}
