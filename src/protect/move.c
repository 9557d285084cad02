#include "protect/move.h"

enum { MOST_ANCESTORS = 12, MOST_CELLS = 8192, MOST_WAYS = 6, MOST_COMBINATIONS = 1 << 20 };

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

/* A set of dimensions. */
typedef struct dimension_set {
    uint64_t word[SYSTEM_DIMENSIONS / 64];
} dimension_set;

enum { SET_WORDS = SYSTEM_DIMENSIONS / 64 };

static void
set_add(dimension_set *s, size_t d)
{
    s->word[d / 64] |= UINT64_C(1) << d % 64;
}

static bool
set_has(const dimension_set *s, size_t d)
{
    return s->word[d / 64] >> d % 64 & 1;
}

static bool
set_contains(const dimension_set *s, const dimension_set *part)
{
    for (int w = 0; w < SET_WORDS; w++)
        if (part->word[w] & ~s->word[w]) return false;
    return true;
}

/* A set of dimensions, and the counts that use exactly these: by their codes, the first dimension fastest. */
typedef struct pattern {
    dimension_set set;
    uint32_t *cell; /* SYSTEM_NONE: not there; NULL: too many combinations, ask the system */
} pattern;

/* The patterns that the counts of a population use. */
typedef struct pattern_list {
    size_t n;
    pattern *pattern;
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

static dimension_set
set_of(const protect_system *s, size_t cell)
{
    dimension_set set = {{0}};
    for (size_t d = 0; d < s->dimensions; d++)
        if (system_key(s, cell)[d + 1]) set_add(&set, d);
    return set;
}

/* How many combinations of codes a pattern has; more than `most` count as most + 1. */
static size_t
combinations(const protect_system *s, const dimension_set *set, size_t most)
{
    size_t product = 1;
    for (size_t d = 0; d < s->dimensions && product <= most; d++)
        if (set_has(set, d)) product *= s->dimension[d].n;
    return product <= most ? product : most + 1;
}

static void
place_cell(const protect_system *s, const uint16_t key[], size_t cell, pattern *p)
{
    size_t at = 0, stride = 1;
    for (size_t d = 0; d < s->dimensions; d++) {
        if (!set_has(&p->set, d)) continue;
        at += stride * key[d + 1];
        stride *= s->dimension[d].n;
    }
    p->cell[at] = (uint32_t)cell;
}

/* The first cell of a pattern makes its room. */
static status
start_pattern(arena *a, const protect_system *s, const dimension_set *set, pattern *p)
{
    *p = (pattern){.set = *set};
    size_t n = combinations(s, set, MOST_COMBINATIONS);
    if (n > MOST_COMBINATIONS) return ST_OK;
    ALLOC(a, p->cell, n);
    memset(p->cell, 0xff, n * sizeof *p->cell);
    return ST_OK;
}

static status
make_patterns(arena *a, const protect_system *s, uint16_t population, pattern_list *list)
{
    size_t capacity = 0;
    for (size_t i = 0; i < s->n; i++) {
        const uint16_t *key = system_key(s, i);
        if (key[0] != population) continue;
        dimension_set set = set_of(s, i);
        size_t k = 0;
        while (k < list->n && memcmp(&list->pattern[k].set, &set, sizeof set) != 0) k++;
        if (k == capacity) {
            pattern *more;
            ALLOC(a, more, 2 * capacity + 8);
            if (list->n) memcpy(more, list->pattern, list->n * sizeof *more);
            list->pattern = more;
            capacity = 2 * capacity + 8;
        }
        if (k == list->n) CHECK(start_pattern(a, s, &set, &list->pattern[list->n++]));
        if (list->pattern[k].cell) place_cell(s, key, i, &list->pattern[k]);
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
    (void)m;
    ALLOC(a, move->cell, MOST_CELLS);
    ALLOC(a, move->change, MOST_CELLS);
    move->n = 0;
    return ST_OK;
}

/* A person: from where to where in each dimension. Equal leaves: not toggled. */
typedef struct person {
    const leaf *from[SYSTEM_DIMENSIONS], *to[SYSTEM_DIMENSIONS];
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

/* The signed codes of a person in the dimensions of a pattern. */
typedef struct spread {
    size_t ways;
    size_t n[MOST_WAYS];
    uint16_t dimension[MOST_WAYS];
    signed_code list[MOST_WAYS][2 * MOST_ANCESTORS];
} spread;

/* 1: he stands in counts of the pattern, 0: in none, -1: more dimensions than are handled. */
static int
spread_over(const move_maker *m, const person *p, const dimension_set *set, spread *x)
{
    x->ways = 0;
    for (int w = 0; w < SET_WORDS; w++)
        for (uint64_t rest = set->word[w]; rest; rest &= rest - 1) {
            uint16_t d = (uint16_t)(64 * w + __builtin_ctzll(rest));
            if (d >= m->s->dimensions) break;
            if (x->ways == MOST_WAYS) return -1;
            x->dimension[x->ways] = d;
            x->n[x->ways] = signed_codes(p->from[d], p->to[d], x->list[x->ways]);
            if (x->n[x->ways++] == 0) return 0;
        }
    return 1;
}

/* Places of all combinations side by side, then the counts that stand there. */
static bool
look_up(const move_maker *m, const spread *x, const uint32_t cell[], protect_move *move)
{
    uint32_t *place = move->cell + move->n;
    int8_t *sign = move->change + move->n;
    size_t n = 1, stride = 1, room = MOST_CELLS - move->n, kept = 0;
    if (room == 0) return false;
    place[0] = 0;
    sign[0] = 1;
    for (size_t w = 0; w < x->ways; w++) {
        if (n * x->n[w] > room) return false;
        for (size_t k = x->n[w]; k-- > 0;) { /* backwards: the first n places are read until the end */
            uint32_t offset = (uint32_t)(stride * x->list[w][k].code);
            for (size_t i = 0; i < n; i++) {
                place[k * n + i] = place[i] + offset;
                sign[k * n + i] = (int8_t)(sign[i] * x->list[w][k].sign);
            }
        }
        n *= x->n[w];
        stride *= m->s->dimension[x->dimension[w]].n;
    }
    for (size_t i = 0; i < n; i++) {
        uint32_t found = cell[place[i]];
        place[kept] = found;
        sign[kept] = sign[i];
        kept += found != SYSTEM_NONE;
    }
    move->n += kept;
    return true;
}

/* The same by asking the system, one combination after another. */
static bool
ask_system(const move_maker *m, const spread *x, uint16_t key[], protect_move *move)
{
    size_t at[MOST_WAYS] = {0};
    memset(key + 1, 0, m->s->dimensions * sizeof *key);
    for (;;) {
        int8_t sign = 1;
        for (size_t w = 0; w < x->ways; w++) {
            key[x->dimension[w] + 1] = x->list[w][at[w]].code;
            sign = (int8_t)(sign * x->list[w][at[w]].sign);
        }
        uint32_t cell = system_find(m->s, key);
        if (cell != SYSTEM_NONE) {
            if (move->n == MOST_CELLS) return false;
            move->cell[move->n] = cell;
            move->change[move->n++] = sign;
        }
        size_t w = 0;
        while (w < x->ways && ++at[w] == x->n[w]) at[w++] = 0;
        if (w == x->ways) return true;
    }
}

/* The counts of a pattern in which the person stands. */
static bool
add_pattern(const move_maker *m, const person *p, const pattern *pattern, uint16_t key[], protect_move *move)
{
    spread x;
    int stands = spread_over(m, p, &pattern->set, &x);
    if (stands <= 0) return stands == 0;
    return pattern->cell ? look_up(m, &x, pattern->cell, move) : ask_system(m, &x, key, move);
}

static uint32_t
draw_under(const move_dimension *d, uint16_t code, rng *random)
{
    uint32_t first = d->under_first[code], n = d->under_first[code + 1] - first;
    return n ? d->under[first + rng_below(random, n)] : UINT32_MAX;
}

/* Who stands in the cell and what he toggles: at most `most` of the cell's dimensions, each to outside the cell's code. */
static bool
draw_person(const move_maker *m, uint32_t cell, int most, rng *random, person *p, dimension_set *toggled)
{
    const uint16_t *key = system_key(m->s, cell);
    int left = most > 0 ? 1 + (int)rng_below(random, (uint64_t)most) : 0, dimensions = 0, seen = 0;
    *toggled = (dimension_set){{0}};
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
        set_add(toggled, d);
    }
    return true;
}

bool
move_at(const move_maker *m, uint32_t cell, int most, rng *random, protect_move *move)
{
    person p;
    dimension_set toggled;
    uint16_t key[SYSTEM_DIMENSIONS + 1];
    if (!draw_person(m, cell, most, random, &p, &toggled)) return false;
    key[0] = system_key(m->s, cell)[0];
    move->n = 0;
    const pattern_list *patterns = &m->population[key[0]];
    for (size_t k = 0; k < patterns->n; k++)
        if (set_contains(&patterns->pattern[k].set, &toggled) && !add_pattern(m, &p, &patterns->pattern[k], key, move)) return false;
    return move->n > 0;
}

size_t
move_leaves(const move_maker *m, size_t dimension)
{
    return m->dimension[dimension].leaves;
}

bool
move_under(const move_maker *m, size_t dimension, uint32_t leaf, uint16_t code)
{
    return contains(&m->dimension[dimension].leaf[leaf], code);
}

bool
move_draw(const move_maker *m, uint32_t cell, rng *random, uint32_t leaf[])
{
    const uint16_t *key = system_key(m->s, cell);
    for (size_t d = 0; d < m->s->dimensions; d++) {
        if (m->dimension[d].leaves == 0) return false;
        leaf[d] = draw_under(&m->dimension[d], key[d + 1], random);
        if (leaf[d] == UINT32_MAX) return false;
    }
    return true;
}

bool
move_person(const move_maker *m, uint16_t population, const uint32_t leaf[], protect_move *move)
{
    person p;
    uint16_t key[SYSTEM_DIMENSIONS + 1] = {population};
    for (size_t d = 0; d < m->s->dimensions; d++) p.from[d] = p.to[d] = &m->dimension[d].leaf[leaf[d]];
    move->n = 0;
    const pattern_list *patterns = &m->population[population];
    for (size_t k = 0; k < patterns->n; k++)
        if (!add_pattern(m, &p, &patterns->pattern[k], key, move)) return false;
    return move->n > 0;
}
