#include "protect/anneal.h"

#include "protect/move.h"

#include <math.h>
#include <stdlib.h>

/* BEYOND: price of the first multiple beyond the neighbours, in bases; of the k-th k squared times. Steps up to FAR
 * from the neighbours have their prices in a list. Counts are alike in price when they have the same rest and LOWEST multiples
 * below them. */
enum { PRESET_EFFORT = 40000, LEAST = 200, BEYOND = 4, FAR = 20, LOWEST = FAR, STEPS = 2 * FAR + 2, MOST_IDLE = 500, TOGGLES = 4 };

/* What price a forbidden step has: no heat pays it. */
static const int32_t never = 1 << 28;

/* State of a count that is FAR away. */
static const uint32_t AWAY = UINT32_MAX;

typedef struct annealer {
    const protect_system *s;
    const move_maker *maker;
    int base;
    int64_t *units;          /* [n] value / base */
    uint32_t *state;         /* [n] where the count stands in the list of prices */
    int32_t *price[2];       /* what a step down, up costs from each state */
    bool restricted;         /* no count goes beyond its neighbours */
    bool tied;               /* moves may break rows: they are checked */
    uint32_t *first, *row;   /* rows of each count, when tied */
    int64_t *slack, *change; /* [rows] whole less parts, in units */
    uint32_t *order, *leaf;  /* [dimensions] the person at hand */
    protect_move move, best;
    rng random;
} annealer;

static int64_t
cost_of(int base, int64_t rest, int64_t step)
{
    int64_t beyond = step < 0 ? -step : step > (rest != 0) ? step - (rest != 0) : 0;
    return llabs(step * base - rest) + BEYOND * base * beyond * beyond;
}

/* Prices of all states: (multiples below, rest, step); the last of the multiples below stands for a count that is always zero. */
static status
make_prices(arena *a, annealer *t)
{
    size_t n = (size_t)(LOWEST + 2) * (size_t)t->base * STEPS;
    ALLOC(a, t->price[0], n);
    ALLOC(a, t->price[1], n);
    for (size_t k = 0; k < n; k++) {
        int64_t step = (int64_t)(k % STEPS) - FAR, rest = (int64_t)(k / STEPS) % t->base, below = (int64_t)(k / STEPS) / t->base;
        bool zero = below == LOWEST + 1;
        int64_t lowest = zero ? 0 : below == LOWEST ? -FAR : -below, highest = zero ? 0 : FAR;
        for (int up = 0; up < 2; up++) {
            int64_t to = step + (up ? 1 : -1);
            bool good = to >= lowest && to <= highest && (!t->restricted || (to >= 0 && to <= (rest != 0)));
            t->price[up][k] = good ? (int32_t)(cost_of(t->base, rest, to) - cost_of(t->base, rest, step)) : never;
        }
    }
    return ST_OK;
}

static uint32_t
state_of(const annealer *t, uint32_t cell)
{
    int64_t low = t->s->value[cell] / t->base, rest = t->s->value[cell] % t->base, step = t->units[cell] - low;
    int64_t below = t->s->zero[cell] ? LOWEST + 1 : low < LOWEST ? low : LOWEST;
    if (step <= -FAR || step >= FAR) return AWAY;
    return (uint32_t)((below * t->base + rest) * STEPS + step + FAR);
}

/* Is there a code that no count of some population has, and that a virtual person could take there? */
static status
lacks_codes(const protect_system *s, bool *result)
{
    SCRATCH(tmp);
    uint8_t *seen, *used;
    for (uint16_t g = 0; g < s->populations; g++)
        for (size_t d = 0; d < s->dimensions; d++) {
            size_t codes = s->dimension[d].n, different = 0, missing = 0;
            ALLOC(tmp, seen, codes);
            ALLOC(tmp, used, codes);
            for (size_t i = 0; i < s->n; i++)
                if (system_key(s, i)[0] == g) seen[system_key(s, i)[d + 1]] = 1;
            for (size_t p = 0; p < s->partitions; p++)
                if (s->partition[p].dimension == d) used[s->partition[p].parent] = 1; /* divided: nobody is only there */
            for (size_t c = 1; c < codes; c++) {
                different += seen[c];
                missing += !used[c] && !seen[c];
            }
            *result |= different > 0 && missing > 0;
        }
    return ST_OK;
}

/* Rows matter where codes overlap, leave somebody out or lack in a population: there a move may lift a part above its whole, or break a sum of
 * another population. */
static status
tie_rows(arena *a, annealer *t)
{
    const protect_system *s = t->s;
    size_t terms = 0;
    for (size_t i = 0; i < s->rows; i++) {
        terms += s->row[i].n + 1;
        t->tied |= s->row[i].relation != SYSTEM_EQUAL;
    }
    if (!t->tied) CHECK(lacks_codes(s, &t->tied));
    if (!t->tied) return ST_OK;
    ALLOC(a, t->first, s->n + 2);
    ALLOC(a, t->row, terms);
    ALLOC(a, t->slack, s->rows);
    ALLOC(a, t->change, s->rows);
    for (int turn = 0; turn < 2; turn++)
        for (uint32_t i = 0; i < s->rows; i++)
            for (uint32_t k = 0; k <= s->row[i].n; k++) {
                uint32_t j = k < s->row[i].n ? s->row[i].part[k] : s->row[i].whole;
                if (turn == 0) t->first[j + 2]++;
                else t->row[t->first[j + 1]++] = i;
                if (turn == 0 && i + 1 == s->rows && k == s->row[i].n)
                    for (size_t c = 1; c <= s->n; c++) t->first[c + 1] += t->first[c];
            }
    return ST_OK;
}

/* Whole less parts changes by this when the move is made. */
static void
sum_changes(annealer *t, const protect_move *m, int64_t times)
{
    for (size_t k = 0; k < m->n; k++)
        for (uint32_t r = t->first[m->cell[k]]; r < t->first[m->cell[k] + 1]; r++) {
            uint32_t i = t->row[r];
            t->change[i] += times * (t->s->row[i].whole == m->cell[k] ? m->change[k] : -m->change[k]);
        }
}

/* Would every row still hold? An overlapping whole stays above each part; make: keep the move. */
static bool
rows_hold(annealer *t, const protect_move *m, int64_t times, bool make)
{
    bool good = true;
    if (!t->tied) return true;
    sum_changes(t, m, times);
    for (size_t k = 0; k < m->n; k++)
        for (uint32_t r = t->first[m->cell[k]]; r < t->first[m->cell[k] + 1]; r++) {
            uint32_t i = t->row[r];
            const system_row *row = &t->s->row[i];
            int64_t after = t->slack[i] + t->change[i];
            if (row->relation == SYSTEM_EQUAL) good = good && after == 0;
            if (row->relation == SYSTEM_AT_LEAST && row->n == 1) good = good && after >= 0;
            if (make) t->slack[i] = after;
            t->change[i] = 0;
        }
    return good;
}

/* What many units of a move cost, while counts are still far away. */
static int64_t
price_far(annealer *t, const protect_move *m, int64_t times)
{
    int64_t change = 0;
    for (size_t k = 0; k < m->n; k++) {
        uint32_t j = m->cell[k];
        int64_t before = llabs(t->units[j] * t->base - t->s->value[j]), units = t->units[j] + times * m->change[k];
        if (units < 0 || (t->s->zero[j] && units > 0) || (times > 1 && units * t->base > t->s->value[j])) return never;
        change += llabs(units * t->base - t->s->value[j]) - before;
    }
    return change < 0 && rows_hold(t, m, times, false) ? change : never;
}

/* The person who stands in `cell` and fits best: leaf by leaf, in random order, the cheapest. The price. */
static int64_t
fit_person(annealer *t, uint32_t cell, int64_t times)
{
    const uint16_t *key = system_key(t->s, cell);
    int64_t best = never;
    rng_shuffle(&t->random, t->s->dimensions, t->order);
    for (size_t k = 0; k < t->s->dimensions; k++) {
        uint32_t d = t->order[k], kept = t->leaf[d];
        for (uint32_t l = 0; l < move_leaves(t->maker, d); l++) {
            if ((k > 0 && l == kept) || !move_under(t->maker, d, l, key[d + 1])) continue;
            uint32_t before = t->leaf[d];
            t->leaf[d] = l;
            int64_t price = move_person(t->maker, key[0], t->leaf, &t->move) ? price_far(t, &t->move, times) : never;
            if (price < best) {
                best = price;
                protect_move swap = t->best;
                t->best = t->move;
                t->move = swap;
            } else {
                t->leaf[d] = before;
            }
        }
    }
    return best;
}

/* From nobody: add, again and again, a virtual person where a count is short; by thousands first. */
static void
fill(annealer *t, int64_t times)
{
    for (int idle = 0; idle < MOST_IDLE;) {
        uint32_t cell = (uint32_t)rng_below(&t->random, t->s->n);
        idle++;
        if ((t->units[cell] + times - 1) * t->base >= t->s->value[cell] || !move_draw(t->maker, cell, &t->random, t->leaf)) continue;
        if (fit_person(t, cell, times) >= 0) continue;
        (void)rows_hold(t, &t->best, times, true);
        for (size_t k = 0; k < t->best.n; k++) t->units[t->best.cell[k]] += times * t->best.change[k];
        idle = 0;
    }
}

/* What a step costs that leads to, or starts from, further away than the list of prices goes. */
static int64_t
price_step(const annealer *t, uint32_t cell, int change)
{
    int64_t low = t->s->value[cell] / t->base, rest = t->s->value[cell] % t->base, step = t->units[cell] - low;
    if (t->units[cell] + change < 0 || (t->s->zero[cell] && change > 0)) return never;
    return cost_of(t->base, rest, step + change) - cost_of(t->base, rest, step);
}

/* Add the move (sign 1) or take it away where it costs at most `most`. */
static void
try_move(annealer *t, int sign, int64_t most)
{
    const protect_move *m = &t->move;
    int64_t change = 0;
    for (size_t k = 0; k < m->n; k++) {
        uint32_t j = m->cell[k], state = t->state[j];
        int step = sign * m->change[k];
        change += state != AWAY ? t->price[step > 0][state] : price_step(t, j, step);
    }
    if (change > most || !rows_hold(t, m, sign, false)) return;
    (void)rows_hold(t, m, sign, true);
    for (size_t k = 0; k < m->n; k++) {
        t->units[m->cell[k]] += sign * m->change[k];
        t->state[m->cell[k]] = state_of(t, m->cell[k]);
    }
}

/* Proposals pull a random count towards its exact value; the heat falls from two bases to a tenth. Work is what is priced. */
static void
cool(annealer *t, int64_t most)
{
    double first = (t->restricted ? 0.5 : 2) * t->base, last = 0.1 * t->base, heat = first;
    int64_t work = 0;
    for (uint64_t k = 0; work < most; k++, work++) {
        if (k % 256 == 0) heat = first * pow(last / first, (double)work / (double)most);
        uint32_t cell = (uint32_t)rng_below(&t->random, t->s->n);
        int64_t d = t->s->value[cell] - t->units[cell] * t->base;
        if (d == 0 || !move_at(t->maker, cell, (int)rng_below(&t->random, TOGGLES), &t->random, &t->move)) continue;
        work += (int64_t)t->move.n;
        try_move(t, d > 0 ? 1 : -1, (int64_t)(-heat * log(1 - rng_uniform(&t->random))));
    }
}

/* With nobody in it yet. */
static status
annealer_new(arena *tmp, annealer *t)
{
    const protect_system *s = t->s;
    move_maker *maker;
    CHECK(move_maker_new(tmp, s, &maker));
    t->maker = maker;
    CHECK(move_new(tmp, maker, &t->move));
    CHECK(move_new(tmp, maker, &t->best));
    ALLOC(tmp, t->order, s->dimensions);
    ALLOC(tmp, t->leaf, s->dimensions);
    ALLOC(tmp, t->units, s->n);
    ALLOC(tmp, t->state, s->n);
    CHECK(make_prices(tmp, t));
    return tie_rows(tmp, t);
}

static void
anneal(annealer *t, int64_t effort, int64_t value[])
{
    const protect_system *s = t->s;
    for (uint32_t i = 0; i < s->n; i++) t->state[i] = state_of(t, i);
    cool(t, effort * (int64_t)(s->n < LEAST ? LEAST : s->n));
    for (size_t i = 0; i < s->n; i++) value[i] = t->units[i] * t->base;
}

status
anneal_round(const protect_system *s, int base, uint64_t seed, int64_t effort, int64_t value[])
{
    SCRATCH(tmp);
    annealer t = {.s = s, .base = base, .random = rng_new(seed, 4)};
    int64_t largest = 0;
    CHECK(annealer_new(tmp, &t));
    for (size_t i = 0; i < s->n; i++)
        if (s->value[i] > largest) largest = s->value[i];
    int64_t times = 1;
    while (2 * times * base < largest) times *= 2;
    for (; times > 0; times /= 2) fill(&t, times);
    anneal(&t, effort ? effort : PRESET_EFFORT, value);
    return ST_OK;
}

status
anneal_closer(const protect_system *s, int base, uint64_t seed, int64_t effort, int64_t value[])
{
    SCRATCH(tmp);
    annealer t = {.s = s, .base = base, .restricted = true, .random = rng_new(seed, 7)};
    CHECK(annealer_new(tmp, &t));
    for (size_t i = 0; i < s->n; i++) t.units[i] = value[i] / base;
    for (size_t i = 0; i < s->rows && t.tied; i++) {
        const system_row *r = &s->row[i];
        t.slack[i] = t.units[r->whole];
        for (uint32_t k = 0; k < r->n; k++) t.slack[i] -= t.units[r->part[k]];
    }
    anneal(&t, effort ? effort : PRESET_EFFORT, value);
    return ST_OK;
}
