#include "protect/move.h"

enum { MOST_ANCESTORS = 12, MOST_CELLS = 8192, MOST_WAYS = 6 };

/* A code nobody listed: everybody's total and nothing else. */
typedef struct leaf {
    uint16_t n;
    uint16_t ancestor[MOST_ANCESTORS]; /* itself and what contains it, without the total */
} leaf;

typedef struct move_dimension {
    size_t leaves;
    leaf *leaf;
    uint32_t *under_first; /* [codes + 1] leaves under a code: under[under_first[c] ..] */
    uint32_t *under;
} move_dimension;

/* The sets of dimensions that the counts of a population use. */
typedef struct pattern_list {
    size_t n;
    uint64_t *mask;
} pattern_list;

struct move_maker {
    const protect_system *s;
    move_dimension *dimension;
    pattern_list *population;
};

typedef struct signed_code {
    uint16_t code;
    int8_t sign;
} signed_code;

static bool
has_children(const protect_system *s, uint16_t d, uint16_t code)
{
    for (size_t p = 0; p < s->partitions; p++)
        if (s->partition[p].dimension == d && s->partition[p].parent == code) return true;
    return false;
}

/* Add everything that contains `code`. */
static void
climb(const protect_system *s, uint16_t d, uint16_t code, leaf *l)
{
    for (uint16_t i = 0; i < l->n; i++)
        if (l->ancestor[i] == code) return;
    if (code == 0 || l->n == MOST_ANCESTORS) return;
    l->ancestor[l->n++] = code;
    for (size_t p = 0; p < s->partitions; p++) {
        const system_partition *part = &s->partition[p];
        if (part->dimension != d) continue;
        for (size_t i = 0; i < part->n; i++)
            if (part->child[i] == code) climb(s, d, part->parent, l);
    }
}

/* Can a person be in none of the listed codes, or in several? */
static bool
loose(const protect_system *s, uint16_t d)
{
    for (size_t i = 0; i < s->rows; i++)
        if (s->partition[s->row[i].partition].dimension == d && s->row[i].relation != SYSTEM_EQUAL) return true;
    return false;
}

static bool
contains(const leaf *l, uint16_t code)
{
    if (code == 0) return true;
    for (uint16_t i = 0; i < l->n; i++)
        if (l->ancestor[i] == code) return true;
    return false;
}

static status
make_dimension(arena *a, const protect_system *s, uint16_t d, move_dimension *m)
{
    size_t codes = s->dimension[d].n, total = 0;
    ALLOC(a, m->leaf, codes + 1);
    for (uint16_t c = 1; c < codes; c++)
        if (!has_children(s, d, c)) climb(s, d, c, &m->leaf[m->leaves++]);
    if (loose(s, d)) m->leaves++; /* none of them */
    ALLOC(a, m->under_first, codes + 1);
    ALLOC(a, m->under, codes * (m->leaves + 1));
    for (uint16_t c = 0; c < codes; c++) {
        m->under_first[c] = (uint32_t)total;
        for (uint32_t i = 0; i < m->leaves; i++)
            if (contains(&m->leaf[i], c)) m->under[total++] = i;
    }
    m->under_first[codes] = (uint32_t)total;
    return ST_OK;
}

static uint64_t
mask_of(const protect_system *s, size_t cell)
{
    uint64_t mask = 0;
    for (size_t d = 0; d < s->dimensions; d++)
        if (system_key(s, cell)[d + 1]) mask |= UINT64_C(1) << d;
    return mask;
}

static status
make_patterns(arena *a, const protect_system *s, uint16_t population, pattern_list *list)
{
    size_t capacity = 0;
    for (size_t i = 0; i < s->n; i++) {
        if (system_key(s, i)[0] != population) continue;
        uint64_t mask = mask_of(s, i);
        bool known = false;
        for (size_t k = 0; k < list->n && !known; k++) known = list->mask[k] == mask;
        if (known) continue;
        if (list->n == capacity) {
            uint64_t *more;
            ALLOC(a, more, 2 * capacity + 8);
            if (list->n) memcpy(more, list->mask, list->n * sizeof *more);
            list->mask = more;
            capacity = 2 * capacity + 8;
        }
        list->mask[list->n++] = mask;
    }
    return ST_OK;
}

status
move_maker_new(arena *a, const protect_system *s, move_maker **result)
{
    move_maker *m;
    ALLOC(a, m, 1);
    m->s = s;
    ALLOC(a, m->dimension, s->dimensions);
    ALLOC(a, m->population, s->populations);
    for (uint16_t d = 0; d < s->dimensions; d++) CHECK(make_dimension(a, s, d, &m->dimension[d]));
    for (uint16_t g = 0; g < s->populations; g++) CHECK(make_patterns(a, s, g, &m->population[g]));
    *result = m;
    return ST_OK;
}

status
move_new(arena *a, const move_maker *m, protect_move *move)
{
    size_t most = m->s->n < MOST_CELLS ? m->s->n : MOST_CELLS;
    ALLOC(a, move->cell, most + 1);
    ALLOC(a, move->change, most + 1);
    move->n = 0;
    return ST_OK;
}

/* A person: from where to where in each dimension. Equal leaves: not toggled. */
typedef struct person {
    const leaf *from[64], *to[64];
} person;

static size_t
signed_codes(const leaf *from, const leaf *to, signed_code list[])
{
    size_t n = 0;
    for (uint16_t i = 0; i < from->n; i++)
        if (from == to || !contains(to, from->ancestor[i])) list[n++] = (signed_code){from->ancestor[i], 1};
    for (uint16_t i = 0; from != to && i < to->n; i++)
        if (!contains(from, to->ancestor[i])) list[n++] = (signed_code){to->ancestor[i], -1};
    return n;
}

/* The counts that use exactly the dimensions of `mask` and in which the person stands. */
static bool
add_pattern(const move_maker *m, const person *p, uint64_t mask, uint16_t key[], protect_move *move)
{
    const protect_system *s = m->s;
    signed_code list[MOST_WAYS][2 * MOST_ANCESTORS];
    size_t n[MOST_WAYS], at[MOST_WAYS] = {0}, ways = 0, most = s->n < MOST_CELLS ? s->n : MOST_CELLS;
    uint16_t dimension[MOST_WAYS];
    for (uint16_t d = 0; d < s->dimensions; d++) {
        key[d + 1] = 0;
        if (!(mask >> d & 1)) continue;
        if (ways == MOST_WAYS) return false;
        dimension[ways] = d;
        n[ways] = signed_codes(p->from[d], p->to[d], list[ways]);
        if (n[ways++] == 0) return true;
    }
    for (;;) {
        int8_t sign = 1;
        for (size_t w = 0; w < ways; w++) {
            key[dimension[w] + 1] = list[w][at[w]].code;
            sign = (int8_t)(sign * list[w][at[w]].sign);
        }
        uint32_t cell = system_find(s, key);
        if (cell != SYSTEM_NONE) {
            if (move->n == most) return false;
            move->cell[move->n] = cell;
            move->change[move->n++] = sign;
        }
        size_t w = 0;
        while (w < ways && ++at[w] == n[w]) at[w++] = 0;
        if (w == ways) return true;
    }
}

static uint32_t
draw_under(const move_dimension *d, uint16_t code, rng *random)
{
    uint32_t first = d->under_first[code], n = d->under_first[code + 1] - first;
    return n ? d->under[first + rng_below(random, n)] : UINT32_MAX;
}

/* Who stands in the cell and what he toggles: at most `most` of the cell's dimensions, each to outside the cell's code. */
static bool
draw_person(const move_maker *m, uint32_t cell, int most, rng *random, person *p, uint64_t *toggled)
{
    const uint16_t *key = system_key(m->s, cell);
    int left = most > 0 ? 1 + (int)rng_below(random, (uint64_t)most) : 0, dimensions = 0, seen = 0;
    *toggled = 0;
    for (size_t d = 0; d < m->s->dimensions; d++) dimensions += key[d + 1] != 0;
    if (left > dimensions) left = dimensions;
    for (size_t d = 0; d < m->s->dimensions; d++) {
        const move_dimension *dim = &m->dimension[d];
        if (dim->leaves == 0) return false;
        uint32_t from = draw_under(dim, key[d + 1], random);
        if (from == UINT32_MAX) return false;
        p->from[d] = p->to[d] = &dim->leaf[from];
        if (key[d + 1] == 0) continue;
        bool toggle = rng_below(random, (uint64_t)(dimensions - seen)) < (uint64_t)left;
        seen++;
        if (!toggle) continue;
        left--;
        uint32_t to = (uint32_t)rng_below(random, dim->leaves);
        if (contains(&dim->leaf[to], key[d + 1])) return false;
        p->to[d] = &dim->leaf[to];
        *toggled |= UINT64_C(1) << d;
    }
    return true;
}

bool
move_at(const move_maker *m, uint32_t cell, int most, rng *random, protect_move *move)
{
    person p;
    uint64_t toggled;
    uint16_t key[65];
    if (!draw_person(m, cell, most, random, &p, &toggled)) return false;
    key[0] = system_key(m->s, cell)[0];
    move->n = 0;
    const pattern_list *patterns = &m->population[key[0]];
    for (size_t k = 0; k < patterns->n; k++)
        if ((patterns->mask[k] & toggled) == toggled && !add_pattern(m, &p, patterns->mask[k], key, move)) return false;
    return move->n > 0;
}
