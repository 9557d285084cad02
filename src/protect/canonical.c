#include "protect/canonical.h"

#include <stdlib.h>

enum { ROUNDS = 8 };

/* A count with what tells it from others: its codes by their size, then what stands around it. */
typedef struct place {
    const uint16_t *rank; /* [width] */
    size_t width;
    uint64_t colour;
    uint32_t index;
} place;

/* A dimension or one of its codes: how large it is, and what else tells it from others of that size. */
typedef struct sized {
    uint64_t size, colour;
    uint32_t index;
} sized;

/* A good mixture of bits; odd constants of Steele, Lea & Flood 2014 (SplitMix). */
static uint64_t
mixed(uint64_t x)
{
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

static uint64_t
row_colour(const system_row *r, const uint64_t colour[])
{
    uint64_t parts = 0;
    for (uint32_t k = 0; k < r->n; k++) parts += mixed(colour[r->part[k]] + 1);
    return mixed(mixed(colour[r->whole] + 2) + mixed(parts + 3 + r->relation));
}

/* What stands around a count tells it from others; sums, so that the order of rows says nothing. */
static void
refine(const protect_system *s, uint64_t colour[], uint64_t around[])
{
    memset(around, 0, s->n * sizeof *around);
    for (size_t i = 0; i < s->rows; i++) {
        const system_row *r = &s->row[i];
        uint64_t own = row_colour(r, colour);
        around[r->whole] += mixed(own + 4);
        for (uint32_t k = 0; k < r->n; k++) around[r->part[k]] += mixed(own + 5);
    }
    for (size_t j = 0; j < s->n; j++) colour[j] = mixed(colour[j] + mixed(around[j] + 6));
}

static int
by_size(const void *a, const void *b)
{
    const sized *x = a, *y = b;
    if (x->size != y->size) return x->size > y->size ? -1 : 1;
    if (x->colour != y->colour) return x->colour < y->colour ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

static int
by_place(const void *a, const void *b)
{
    const place *x = a, *y = b;
    for (size_t d = 0; d < x->width; d++)
        if (x->rank[d] != y->rank[d]) return x->rank[d] < y->rank[d] ? -1 : 1;
    if (x->colour != y->colour) return x->colour < y->colour ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

/* The place of each code of a dimension (of the population, where d is 0): the largest first. */
static status
rank_codes(const protect_system *s, const uint64_t colour[], size_t d, uint16_t rank[], sized *dimension)
{
    SCRATCH(tmp);
    sized *list;
    size_t codes = d == 0 ? s->populations : s->dimension[d - 1].n;
    ALLOC(tmp, list, codes);
    for (uint32_t c = 0; c < codes; c++) list[c].index = c;
    for (size_t i = 0; i < s->n; i++) {
        sized *code = &list[system_key(s, i)[d]];
        code->size += (uint64_t)s->value[i];
        code->colour += mixed(colour[i] + 7);
    }
    if (codes) qsort(list, codes, sizeof *list, by_size);
    *dimension = (sized){.size = codes, .index = (uint32_t)d};
    for (size_t k = 0; k < codes; k++) {
        rank[list[k].index] = (uint16_t)k;
        dimension->colour = mixed(dimension->colour + list[k].colour);
    }
    return ST_OK;
}

/* Dimensions of many codes first. */
static status
find_places(arena *tmp, const protect_system *s, const uint64_t colour[], place list[])
{
    sized *order;
    uint16_t **rank;
    ALLOC(tmp, order, s->width);
    ALLOC(tmp, rank, s->width);
    for (uint32_t d = 0; d < s->width; d++) {
        ALLOC(tmp, rank[d], d == 0 ? s->populations : s->dimension[d - 1].n);
        CHECK(rank_codes(s, colour, d, rank[d], &order[d]));
    }
    if (s->width) qsort(order, s->width, sizeof *order, by_size);
    for (uint32_t i = 0; i < s->n; i++) {
        uint16_t *own;
        ALLOC(tmp, own, s->width);
        for (size_t d = 0; d < s->width; d++) own[d] = rank[order[d].index][system_key(s, i)[order[d].index]];
        list[i] = (place){own, s->width, colour[i], i};
    }
    return ST_OK;
}

static int
by_index(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

static int
by_terms(const void *a, const void *b)
{
    const system_row *x = a, *y = b;
    if (x->whole != y->whole) return x->whole < y->whole ? -1 : 1;
    if (x->relation != y->relation) return x->relation < y->relation ? -1 : 1;
    if (x->n != y->n) return x->n < y->n ? -1 : 1;
    for (uint32_t k = 0; k < x->n; k++)
        if (x->part[k] != y->part[k]) return x->part[k] < y->part[k] ? -1 : 1;
    return 0;
}

static status
map_rows(arena *a, const protect_system *s, const uint32_t into[], protect_system *result)
{
    ALLOC(a, result->row, s->rows);
    for (size_t i = 0; i < s->rows; i++) {
        const system_row *r = &s->row[i];
        uint32_t *part;
        ALLOC(a, part, r->n);
        for (uint32_t k = 0; k < r->n; k++) part[k] = into[r->part[k]];
        if (r->n) qsort(part, r->n, sizeof *part, by_index);
        result->row[i] = (system_row){r->relation, r->partition, into[r->whole], r->n, part};
    }
    if (s->rows) qsort(result->row, s->rows, sizeof *result->row, by_terms);
    result->rows = s->rows;
    return ST_OK;
}

status
protect_canonical(arena *a, const protect_system *s, const uint8_t mark[], protect_system *result, uint32_t **from)
{
    SCRATCH(tmp);
    protect_system r = {.a = a, .n = s->n};
    place *list;
    uint64_t *own, *around;
    uint32_t *order, *into;
    ALLOC(tmp, list, s->n);
    ALLOC(tmp, own, s->n);
    ALLOC(tmp, around, s->n);
    ALLOC(tmp, into, s->n);
    ALLOC(a, order, s->n);
    ALLOC(a, r.value, s->n);
    ALLOC(a, r.zero, s->n);
    ALLOC(a, r.source, s->n);
    for (size_t j = 0; j < s->n; j++) own[j] = mixed((uint64_t)s->value[j] << 16 | (uint64_t)s->zero[j] << 8 | (mark ? mark[j] : 0));
    for (int k = 0; k < ROUNDS; k++) refine(s, own, around);
    CHECK(find_places(tmp, s, own, list));
    if (s->n) qsort(list, s->n, sizeof *list, by_place);
    for (uint32_t i = 0; i < s->n; i++) {
        uint32_t j = order[i] = list[i].index;
        into[j] = i;
        r.value[i] = s->value[j];
        r.zero[i] = s->zero[j];
        r.source[i] = s->source[j];
    }
    CHECK(map_rows(a, s, into, &r));
    *from = order;
    *result = r;
    return ST_OK;
}
