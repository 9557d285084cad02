#include "follow/controls.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Strata are combinations of match values, numbered by place: sum of (value - lowest) * stride. */
typedef struct places {
    int matches;
    int64_t low[CONTROLS_MATCH], span[CONTROLS_MATCH], stride[CONTROLS_MATCH];
    int64_t cells;
} places;

enum { BLOCK = 2048, MOST_CELLS = 4000000, SAMPLE = 64, SAMPLE_EVERY = 4096, FILTER_BITS = 18, FILTER = 1 << FILTER_BITS };

/* Somebody who may be drawn: the upper half of her random number; equal halves are told apart by the whole one. */
typedef struct candidate {
    uint32_t number, row;
} candidate;

static inline uint64_t
number_of(uint64_t seed, uint64_t key)
{
    uint64_t z = key + seed * 0x9E3779B97F4A7C15u + 0xD1B54A32D192ED03u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u; /* Stafford's mix 13 */
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

uint64_t
follow_controls_number(uint64_t seed, uint64_t key)
{
    return number_of(seed, key);
}

static int64_t
value_at(const column *c, size_t row)
{
    if (c->type == COLUMN_TEXT) return column_int32(c)[row] < 0 ? INT64_MIN : column_int32(c)[row];
    return column_value(c, row);
}

static status
find_places(const controls_side *cases, int matches, places *p)
{
    *p = (places){.matches = matches, .cells = 1};
    for (int m = 0; m < matches; m++) {
        int64_t low = INT64_MAX, high = INT64_MIN;
        for (size_t i = 0; i < cases->n; i++) {
            int64_t v = value_at(cases->match[m], i);
            if (v == INT64_MIN) continue;
            if (v < low) low = v;
            if (v > high) high = v;
        }
        p->low[m] = low <= high ? low : 0;
        p->span[m] = low <= high ? high - low + 1 : 1;
        p->stride[m] = p->cells;
        if (p->span[m] > MOST_CELLS || p->cells * p->span[m] > MOST_CELLS)
            FAIL(ST_INVALID, "the match columns have more than %d combinations; match on fewer or coarser values", MOST_CELLS);
        p->cells *= p->span[m];
    }
    return ST_OK;
}

/* Add one column's part to the cells of a block; far below zero where the value lies outside what cases have (or is missing: the lowest
 * of its type, which no case counts). */
#define ADD_COLUMN(type)                                                               \
    do {                                                                               \
        const type *v = (const type *)c->data + at;                                    \
        for (size_t i = 0; i < n; i++) {                                               \
            uint32_t x = (uint32_t)v[i] - low;                                         \
            cell[i] = (m ? cell[i] : 0) + (x < span ? (int32_t)(x * stride) : OUTSIDE); \
        }                                                                              \
    } while (0)

enum { OUTSIDE = -(1 << 28) }; /* four of them fit an int32 */

/* The cell of each row of a block, negative where it has none: OUTSIDE and more for each column. */
static void
block_cells(const places *p, const controls_side *side, size_t at, size_t n, int32_t cell[BLOCK])
{
    for (int m = 0; m < p->matches; m++) {
        const column *c = side->match[m];
        uint32_t low = (uint32_t)p->low[m], span = (uint32_t)p->span[m], stride = (uint32_t)p->stride[m];
        if (c->type == COLUMN_INT8) {
            ADD_COLUMN(int8_t);
        } else if (c->type == COLUMN_INT16) {
            ADD_COLUMN(int16_t);
        } else {
            ADD_COLUMN(int32_t);
        }
    }
}

/* A stratum while persons are met. Its candidates are chosen[begin .. next). */
typedef struct tally {
    uint64_t limit; /* random numbers up to here are candidates */
    size_t begin, next;
    int64_t population;
} tally;

typedef struct draw {
    const controls_side *cases, *population;
    const controls_options *o;
    places p;
    int32_t *stratum_at; /* [1 + cells] by cell + 1; -1: no cases */
    controls_stratum *stratum;
    size_t strata;
    uint64_t *own;          /* [cases] random numbers, sorted; a key's number is its own (the mix is one to one) */
    uint64_t *filter;       /* which of FILTER ranges of numbers hold a case: most persons need no search */
    tally *tally;           /* [strata + 1] */
    candidate *chosen;
} draw;

static int
by_number(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static inline bool
may_be_own(const uint64_t *filter, uint64_t number)
{
    uint64_t range = number >> (64 - FILTER_BITS);
    return filter[range / 64] >> (range % 64) & 1;
}

static size_t
candidates_of(const draw *d, size_t s)
{
    return d->tally[s].next - d->tally[s].begin;
}

static bool
is_own(const draw *d, uint64_t number)
{
    return bsearch(&number, d->own, d->cases->n, sizeof number, by_number) != NULL;
}

/* The strata that have cases, ascending by place. */
static status
find_strata(arena *out, arena *tmp, draw *d, int32_t *stratum_of, int64_t *unmatched)
{
    int64_t *count;
    int32_t cell[BLOCK];
    ALLOC(tmp, count, d->p.cells);
    ALLOC(tmp, d->stratum_at, d->p.cells + 1);
    d->stratum_at[0] = -1;
    *unmatched = 0;
    for (size_t at = 0; at < d->cases->n; at += BLOCK) {
        size_t n = d->cases->n - at < BLOCK ? d->cases->n - at : BLOCK;
        block_cells(&d->p, d->cases, at, n, cell);
        for (size_t i = 0; i < n; i++) {
            stratum_of[at + i] = cell[i] < 0 ? -1 : cell[i];
            if (cell[i] < 0)
                ++*unmatched;
            else
                count[cell[i]]++;
        }
    }
    for (int64_t c = 0; c < d->p.cells; c++) d->strata += count[c] > 0;
    ALLOC(out, d->stratum, d->strata);
    size_t s = 0;
    for (int64_t c = 0; c < d->p.cells; c++) {
        d->stratum_at[c + 1] = -1;
        if (!count[c]) continue;
        controls_stratum *t = &d->stratum[s];
        t->cases = count[c];
        t->wanted = count[c] * d->o->per_case;
        for (int m = 0; m < d->p.matches; m++) t->value[m] = (int32_t)(d->p.low[m] + c / d->p.stride[m] % d->p.span[m]);
        d->stratum_at[c + 1] = (int32_t)s++;
    }
    for (size_t i = 0; i < d->cases->n; i++)
        if (stratum_of[i] >= 0) stratum_of[i] = d->stratum_at[stratum_of[i] + 1];
    return ST_OK;
}

/* Persons per stratum, from a sample of rows: the limits only need to be about right. */
static status
estimate_population(arena *tmp, const draw *d, int64_t **result)
{
    int32_t cell[BLOCK];
    int64_t *count;
    ALLOC(tmp, count, d->strata + 1);
    for (size_t at = 0; at < d->population->n; at += SAMPLE_EVERY) {
        size_t n = d->population->n - at < SAMPLE ? d->population->n - at : SAMPLE;
        block_cells(&d->p, d->population, at, n, cell);
        for (size_t i = 0; i < n; i++) count[d->stratum_at[cell[i] < 0 ? 0 : cell[i] + 1] + 1] += SAMPLE_EVERY / SAMPLE;
    }
    *result = count + 1;
    return ST_OK;
}

/* Limits that likely leave enough candidates, and room for them. With `counted` they are all persons. */
static status
set_limits(arena *tmp, draw *d, const int64_t *counted)
{
    int64_t *estimate = NULL;
    ALLOC(tmp, d->tally, d->strata + 1);
    if (!counted) CHECK(estimate_population(tmp, d, &estimate));
    for (size_t s = 0; s < d->strata; s++) {
        double n = counted ? (double)counted[s] : (double)estimate[s], want = (double)(d->stratum[s].wanted + d->stratum[s].cases);
        double share = (want + 5 * sqrt(want) + 10) / fmax(n - 3 * sqrt(n * 64), 1);
        bool all = counted || share >= 1;
        d->tally[s].limit = all ? UINT64_MAX : (uint64_t)(share * 18446744073709549568.0);
        d->tally[s].next = d->tally[s].begin;
        d->tally[s + 1].begin = d->tally[s].begin + BLOCK + (size_t)(counted ? n : all ? 1.2 * n + 9 * sqrt(n * 64) + 1000 : share * (n + 3 * sqrt(n * 64)) + 1000);
    }
    ALLOC(tmp, d->chosen, d->tally[d->strata].begin);
    return ST_OK;
}

/* One block: candidates, and the cases that stand in the population themselves: they are not there to be drawn. */
static void
collect_block(draw *d, size_t at, size_t n, const int32_t *cell, int64_t *own)
{
    uint32_t inside[BLOCK];
    const uint64_t *key = d->population->key + at, *filter = d->filter, seed = d->o->seed;
    const int32_t *stratum_at = d->stratum_at + 1;
    candidate *chosen = d->chosen;
    tally *tallies = d->tally;
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        inside[k] = (uint32_t)i;
        k += cell[i] >= 0;
    }
    for (size_t j = 0; j < k; j++) {
        uint32_t row = inside[j];
        int32_t s = stratum_at[cell[row]];
        if (s < 0) continue;
        tally *t = &tallies[s];
        uint64_t number = number_of(seed, key[row]);
        size_t is_candidate = number <= t->limit; /* there is room for one more block */
        chosen[t->next] = (candidate){(uint32_t)(number >> 32), (uint32_t)(at + row)};
        t->population++;
        t->next += is_candidate;
        if (__builtin_expect(may_be_own(filter, number), 0) && is_own(d, number)) {
            t->population--;
            t->next -= is_candidate;
            ++*own;
        }
    }
}

/* False when the limits were unlucky: too little room, or too few candidates. Persons are counted in any case. */
static bool
collect(draw *d, int64_t *own)
{
    int32_t cell[BLOCK];
    bool enough = true;
    *own = 0;
    for (size_t at = 0; at < d->population->n; at += BLOCK) {
        size_t n = d->population->n - at < BLOCK ? d->population->n - at : BLOCK;
        block_cells(&d->p, d->population, at, n, cell);
        collect_block(d, at, n, cell, own);
        for (tally *t = d->tally; t < d->tally + d->strata; t++)
            if (t->next + BLOCK > t[1].begin) t->next = t->begin, enough = false; /* goes on counting persons */
    }
    for (size_t s = 0; s < d->strata; s++) {
        d->stratum[s].population = d->tally[s].population;
        if (d->tally[s].limit != UINT64_MAX && (int64_t)candidates_of(d, s) < d->stratum[s].wanted) enough = false;
    }
    return enough;
}

static bool
is_before(const draw *d, candidate x, candidate y)
{
    if (x.number != y.number) return x.number < y.number;
    uint64_t a = number_of(d->o->seed, d->population->key[x.row]);
    uint64_t b = number_of(d->o->seed, d->population->key[y.row]);
    return a != b ? a < b : x.row < y.row;
}

enum { DIGIT = 11, VALUES = 1 << DIGIT };

static void
sort_digit(size_t n, int shift, const candidate *from, candidate *to, uint32_t count[VALUES])
{
    uint32_t sum = 0;
    for (size_t v = 0; v < VALUES; v++) {
        uint32_t here = count[v];
        count[v] = sum;
        sum += here;
    }
    for (size_t i = 0; i < n; i++) to[count[from[i].number >> shift & (VALUES - 1)]++] = from[i];
}

/* Sort a stratum's candidates: two radix passes by the highest 22 bits of their numbers, then few stand out of order. */
static void
sort_stratum(draw *d, size_t s, candidate *copy)
{
    size_t n = candidates_of(d, s);
    candidate *c = d->chosen + d->tally[s].begin;
    uint32_t low[VALUES] = {0}, high[VALUES] = {0}, most = (uint32_t)(d->tally[s].limit >> 32) | 1;
    int bits = 32 - __builtin_clz(most), shift = bits > 2 * DIGIT ? bits - 2 * DIGIT : 0;
    for (size_t i = 0; i < n; i++) {
        low[c[i].number >> shift & (VALUES - 1)]++;
        high[c[i].number >> (shift + DIGIT) & (VALUES - 1)]++;
    }
    sort_digit(n, shift, c, copy, low);
    sort_digit(n, shift + DIGIT, copy, c, high);
    for (size_t i = 1; i < n; i++) {
        candidate one = c[i];
        size_t k = i;
        for (; k > 0 && is_before(d, one, c[k - 1]); k--) c[k] = c[k - 1];
        c[k] = one;
    }
}

static status
sort_candidates(arena *tmp, draw *d)
{
    size_t most = 0;
    candidate *copy;
    for (size_t s = 0; s < d->strata; s++)
        if (candidates_of(d, s) > most) most = candidates_of(d, s);
    ALLOC(tmp, copy, most);
    for (size_t s = 0; s < d->strata; s++) sort_stratum(d, s, copy);
    return ST_OK;
}

typedef struct ordered_case {
    uint64_t number;
    uint32_t row;
    int32_t stratum;
} ordered_case;

static int
by_stratum(const void *a, const void *b)
{
    const ordered_case *x = a, *y = b;
    if (x->stratum != y->stratum) return x->stratum < y->stratum ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

/* Hand the lowest numbers of each stratum to its cases in the cases' own random order. */
static status
hand_out(arena *out, arena *tmp, draw *d, const int32_t *stratum_of, controls_result *r)
{
    ordered_case *oc;
    uint32_t *control;
    size_t *begin, *share;
    ALLOC(tmp, oc, d->cases->n);
    ALLOC(tmp, begin, d->cases->n + 1);
    ALLOC(tmp, share, d->cases->n);
    for (size_t i = 0; i < d->cases->n; i++)
        oc[i] = (ordered_case){number_of(d->o->seed, d->cases->key[i]), (uint32_t)i, stratum_of[i]};
    qsort(oc, d->cases->n, sizeof *oc, by_stratum);
    size_t i = 0;
    while (i < d->cases->n && oc[i].stratum < 0) i++;
    for (size_t s = 0; s < d->strata; s++) {
        controls_stratum *t = &d->stratum[s];
        size_t have = candidates_of(d, s), give = (int64_t)have < t->wanted ? have : (size_t)t->wanted;
        t->given = (int64_t)give;
        for (size_t k = 0; k < (size_t)t->cases; k++, i++) {
            size_t from = give * k / (size_t)t->cases, to = give * (k + 1) / (size_t)t->cases;
            begin[oc[i].row] = d->tally[s].begin + from;
            share[oc[i].row] = to - from;
        }
        r->n += give;
    }
    uint32_t *of;
    ALLOC(out, control, r->n);
    ALLOC(out, of, r->n);
    size_t n = 0;
    for (size_t c = 0; c < d->cases->n; c++)
        for (size_t k = 0; k < share[c]; k++, n++) {
            control[n] = d->chosen[begin[c] + k].row;
            of[n] = (uint32_t)c;
        }
    r->control = control;
    r->of = of;
    return ST_OK;
}

static status
sort_own(arena *tmp, draw *d)
{
    ALLOC(tmp, d->own, d->cases->n);
    ALLOC(tmp, d->filter, FILTER / 64);
    for (size_t i = 0; i < d->cases->n; i++) {
        uint64_t number = d->own[i] = number_of(d->o->seed, d->cases->key[i]);
        uint64_t range = number >> (64 - FILTER_BITS);
        d->filter[range / 64] |= 1ull << (range % 64);
    }
    qsort(d->own, d->cases->n, sizeof *d->own, by_number);
    for (size_t i = 1; i < d->cases->n; i++)
        if (d->own[i] == d->own[i - 1]) FAIL(ST_INVALID, "a person key stands twice among the cases; expected each case once");
    return ST_OK;
}

status
follow_controls(arena *out, const controls_side *cases, const controls_side *population, const controls_options *o, controls_result *result)
{
    if (o->matches < 1 || o->matches > CONTROLS_MATCH || o->per_case < 0 || population->n > UINT32_MAX)
        FAIL(ST_INVALID, "expected 1 to %d match columns, controls from 0 and at most 4 billion persons", CONTROLS_MATCH);
    SCRATCH(tmp);
    draw d = {.cases = cases, .population = population, .o = o};
    controls_result r = {0};
    int32_t *stratum_of;
    ALLOC(out, stratum_of, cases->n);
    CHECK(sort_own(tmp, &d));
    CHECK(find_places(cases, o->matches, &d.p));
    CHECK(find_strata(out, tmp, &d, stratum_of, &r.unmatched));
    CHECK(set_limits(tmp, &d, NULL));
    if (!collect(&d, &r.own)) {
        int64_t *counted;
        ALLOC(tmp, counted, d.strata);
        for (size_t s = 0; s < d.strata; s++) counted[s] = d.tally[s].population;
        CHECK(set_limits(tmp, &d, counted));
        (void)collect(&d, &r.own); /* there is room for everybody */
    }
    CHECK(sort_candidates(tmp, &d));
    CHECK(hand_out(out, tmp, &d, stratum_of, &r));
    r.strata = d.strata, r.stratum = d.stratum, r.stratum_of = stratum_of;
    *result = r;
    return ST_OK;
}
