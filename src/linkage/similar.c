#include "linkage/similar.h"

#include "base/threads.h"
#include "linkage/pile.h"
#include "linkage/signs.h"

#include <omp.h>
#include <stdlib.h>

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
    if (!small) return SIGNS_NEVER;
    if (name && small == 1) return prefix ? 0 : large <= 2 ? 0 : SIGNS_NEVER;
    int need = 0;
    while (need <= small && !jaro_reaches(need, n, m, prefix, least)) need++;
    if (need > small) need = SIGNS_NEVER;
    if (large - small <= 1 && large - 1 < need) need = large - 1;
    return need;
}

static int
need_of_codes(int n, int m)
{
    int large = n > m ? n : m, small = n > m ? m : n, edits = large < 5 ? 1 : 2;
    return large < 3 || large - small > edits ? SIGNS_NEVER : large - edits;
}

static void
needs_fill(const value_set *s, double least, int longest, signs_needs *table)
{
    for (int p = 0; p < 5; p++)
        for (int n = 0; n <= longest; n++)
            for (int m = 0; m <= longest; m++)
                table->need[p][n][m] = (uint8_t)(s->type == COMPARE_CODE ? need_of_codes(n, m)
                                                                       : need_of_words(n, m, p, s->type == COMPARE_NAME, least));
}

/* Two edits at most. */
static void
needs_of_edits(signs_needs *table)
{
    for (int p = 0; p < 5; p++)
        for (int n = 0; n < SIGNS_LENGTHS; n++)
            for (int m = 0; m < SIGNS_LENGTHS; m++)
                table->need[p][n][m] = (uint8_t)(abs(n - m) > 2 ? SIGNS_NEVER : n > m ? (n > 2 ? n - 2 : 0) : (m > 2 ? m - 2 : 0));
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

static size_t
words_of(const level_set *l, size_t v)
{
    return l->words[v] == LONE_INITIALS ? (l->s->plain[v].n + 1) / 2 : l->words[v];
}

/* Two initials and more, with all that begin with the first. */
static void
extras_of_initials(const level_set *l, pile *p)
{
    const value_set *s = l->s;
    for (size_t v = 0; v < s->n; v++) {
        if (l->words[v] != LONE_INITIALS || s->plain[v].n < 2) continue;
        char first = s->plain[v].bytes[0];
        for (size_t w = v; w-- > 0 && s->plain[w].bytes[0] == first;) put_extra(p, l, v, w); /* values lie in byte order */
        for (size_t w = v + 1; w < s->n && s->plain[w].bytes[0] == first; w++) put_extra(p, l, v, w);
    }
}

static status
extras_of_words(const level_set *l, pile *p)
{
    SCRATCH(tmp);
    const value_set *s = l->s;
    size_t words = 0, n = 0;
    for (size_t v = 0; v < s->n; v++) words += words_of(l, v);
    token *t;
    ALLOC(tmp, t, words + s->n);
    for (size_t v = 0; v < s->n; v++)
        for (size_t i = 0, start = 0; i <= s->plain[v].n && n < words + s->n; i++)
            if (i == s->plain[v].n || s->plain[v].bytes[i] == ' ') {
                text w = {s->plain[v].bytes + start, i - start};
                start = i + 1;
                if (w.n >= 3 && !level_is_particle(w)) t[n++] = (token){w, (uint32_t)v, words_of(l, v) > 1};
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
    if (l->words) extras_of_initials(l, p);
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

/* What may be alike to a value. */
typedef struct filter {
    const level_set *l;
    const signs_needs *words, *locals;
    signs of_words, of_locals;
    date_signs of_dates;
} filter;

enum { BLOCK = 256, MASKS = BLOCK / SIGNS_GROUP };

static bool
has_signs(compare_type type)
{
    return !compare_type_dates(type) && type != COMPARE_EQUAL;
}

/* A bit for each of n bytes of 0 or 1, and none behind them. */
static inline void
pack_bits(uint8_t byte[BLOCK], size_t n, uint32_t pass[MASKS])
{
    memset(byte + n, 0, BLOCK - n);
    for (size_t k = 0; k < MASKS; k++) {
        pass[k] = 0;
        for (size_t i = 0; i < SIGNS_GROUP; i += 8) {
            uint64_t eight;
            memcpy(&eight, byte + k * SIGNS_GROUP + i, 8);
            pass[k] |= (uint32_t)(eight * UINT64_C(0x0102040810204080) >> 56) << i;
        }
    }
}

/* Bits for the n values from `from` on that may be alike to v. */
static void
pass_block(const filter *f, size_t v, size_t from, size_t n, uint32_t pass[MASKS])
{
    const value_set *s = f->l->s;
    uint8_t byte[BLOCK];
    uint32_t more[MASKS];
    if (s->type == COMPARE_DATE) {
        date_signs_pass(&f->of_dates, v, from, n, byte);
        pack_bits(byte, n, pass);
    } else if (s->coded || !has_signs(s->type)) {
        memset(byte, s->coded || s->type == COMPARE_YEAR || f->l->root, n); /* nothing is cheaper than to compare */
        pack_bits(byte, n, pass);
    } else signs_pass(&f->of_words, f->words, s->signs[v], from, n, pass);
    if (s->type != COMPARE_EMAIL || s->coded) return;
    signs_pass(&f->of_locals, f->locals, s->local_signs[v], from, n, more);
    for (size_t k = 0; k * SIGNS_GROUP < n; k++) pass[k] |= more[k];
}

/* The lower half of row v, ascending. */
typedef struct half {
    filter f;
    extras extra;
} half;

static void
put_levels(const filter *f, size_t v, size_t n, const uint32_t w[], pile *p)
{
    uint8_t level[LEVEL_MANY];
    int other = level_else(f->l->s->type);
    if (f->l->s->type == COMPARE_DATE) compare_dates_many(&f->of_dates, v, n, w, level);
    else levels_of_some(f->l, v, n, w, level);
    for (size_t i = 0; i < n; i++)
        if (level[i] != other) pile_put(p, (uint64_t)w[i] << 4 | level[i]);
}

/* Places of bits that are set, onto `at`, which has room for FEW more; gives how many. FEW are written at a time, so that nothing hangs
 * on how many there are. */
enum { FEW = 4 };
static inline size_t
places_set(uint32_t bits, size_t from, uint32_t at[])
{
    uint64_t left = bits;
    for (uint32_t *to = at; left;)
        for (int i = 0; i < FEW; i++, left &= left - 1) *to++ = (uint32_t)from + (uint32_t)__builtin_ctzll(left | UINT64_C(1) << 32);
    return (size_t)__builtin_popcount(bits);
}

static void
half_row(const half *h, size_t v, pile *p)
{
    uint32_t some[LEVEL_MANY + FEW];
    size_t k = 0;
    const uint32_t *extra = h->extra.value + h->extra.start[v], *end = h->extra.value + h->extra.start[v + 1];
    for (size_t from = 0; from < v; from += BLOCK) {
        size_t n = v - from < BLOCK ? v - from : BLOCK;
        uint32_t pass[MASKS];
        pass_block(&h->f, v, from, n, pass);
        for (; extra < end && *extra < from + n; extra++) pass[(*extra - from) / SIGNS_GROUP] |= UINT32_C(1) << (*extra - from) % SIGNS_GROUP;
        for (size_t i = 0; i < n; i += SIGNS_GROUP) k += places_set(pass[i / SIGNS_GROUP], from + i, some + k);
        if (k + BLOCK <= LEVEL_MANY && from + BLOCK < v) continue;
        put_levels(&h->f, v, k, some, p);
        k = 0;
    }
}

/* Rows of one chunk lie together in one pile. */
enum { CHUNK = 32 };
typedef struct chunk {
    int pile;
    size_t at;
} chunk;

static inline const uint64_t *
items_of(const piles *p, const chunk *chunks, const uint32_t *count, size_t v)
{
    const uint64_t *item = p->pile[chunks[v / CHUNK].pile].item + chunks[v / CHUNK].at;
    for (size_t k = v / CHUNK * CHUNK; k < v; k++) item += count[k];
    return item;
}

/* Rows low .. high - 1. Ascending v: a row gets its lower half when its turn comes, then the higher ones in order. */
static void
fill_some(const piles *p, const chunk *chunks, const uint32_t *count, const similar *s, size_t low, size_t high, size_t next[])
{
    for (size_t v = low; v < s->n; v++) {
        const uint64_t *item = items_of(p, chunks, count, v);
        for (size_t k = 0; v < high && k < count[v]; k++) s->entry[next[v]++] = (uint32_t)item[k];
        for (size_t k = 0; k < count[v] && item[k] >> 4 < high; k++) {
            size_t w = item[k] >> 4;
            if (w >= low) s->entry[next[w]++] = (uint32_t)(v << 4 | (item[k] & 15));
        }
    }
}

static status
fill_rows(arena *a, const piles *p, const chunk *chunks, const uint32_t *count, similar *s)
{
    SCRATCH(tmp);
    size_t *next;
    ALLOC(tmp, next, s->n + 1);
    ALLOC(a, s->start, s->n + 1);
    for (size_t v = 0; v < s->n; v++) next[v] = count[v];
    for (size_t v = 0; v < s->n; v++) {
        const uint64_t *item = items_of(p, chunks, count, v);
        for (size_t k = 0; k < count[v]; k++) next[item[k] >> 4]++;
    }
    for (size_t v = 0; v < s->n; v++) s->start[v + 1] = s->start[v] + next[v];
    ALLOC(a, s->entry, s->start[s->n]);
    memcpy(next, s->start, s->n * sizeof *next);
    int threads = threads_count();
#pragma omp parallel for schedule(static, 1) num_threads(threads)
    for (int t = 0; t < threads; t++) {
        const size_t low = s->n * (size_t)t / (size_t)threads, high = s->n * (size_t)(t + 1) / (size_t)threads;
        fill_some(p, chunks, count, s, low, high, next);
    }
    return ST_OK;
}

static status
filter_new(arena *a, const level_set *l, size_t n, const uint32_t pick[], filter *result)
{
    const value_set *s = l->s;
    filter f = {.l = l};
    signs_needs *table;
    if (s->type == COMPARE_DATE) CHECK(date_signs_new(a, s->n, s->dates, &f.of_dates));
    if (!s->coded && has_signs(s->type)) {
        ALLOC(a, table, 2);
        f.words = &table[0], f.locals = &table[1];
        CHECK(signs_new(a, n, s->signs, pick, &f.of_words));
        if (s->type == COMPARE_EMAIL) {
            needs_of_edits(&table[0]);
            CHECK(signs_new(a, n, s->local_signs, pick, &f.of_locals));
            needs_fill(s, 0.8, WORD_LENGTH, &table[1]);
        } else needs_fill(s, 0.72, pick ? WORD_LENGTH : f.of_words.longest, &table[0]);
    }
    *result = f;
    return ST_OK;
}

struct similar_filter {
    filter f;
    size_t n;
    const uint32_t *pick;
};

status
similar_filter_new(arena *a, const level_set *l, size_t n, const uint32_t pick[], similar_filter **result)
{
    similar_filter *f;
    ALLOC(a, f, 1);
    f->n = n, f->pick = pick;
    CHECK(filter_new(a, l, n, pick, &f->f));
    *result = f;
    return ST_OK;
}

void
similar_pick(const similar_filter *f, size_t v, uint8_t level[])
{
    const value_set *s = f->f.l->s;
    uint8_t other = (uint8_t)level_else(s->type);
    uint32_t pass[MASKS];
    bool all = s->coded || !has_signs(s->type); /* compared at once */
    memset(pass, 0xff, sizeof pass);
    for (size_t from = 0; from < f->n; from += BLOCK) {
        if (!all) pass_block(&f->f, v, from, f->n - from < BLOCK ? f->n - from : BLOCK, pass);
        for (size_t i = 0; i < BLOCK && from + i < f->n; i++)
            level[from + i] = pass[i / SIGNS_GROUP] >> i % SIGNS_GROUP & 1 ? (uint8_t)level_of(f->f.l, v, f->pick[from + i]) : other;
    }
}

status
similar_new(arena *a, const level_set *l, similar *result)
{
    SCRATCH(tmp);
    similar s = {.n = l->s->n, .other = level_else(l->s->type)};
    half h;
    CHECK(filter_new(tmp, l, l->s->n, NULL, &h.f));
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
