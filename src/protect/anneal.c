#include "protect/anneal.h"

#include "protect/move.h"

#include <math.h>
#include <stdlib.h>

/* BEYOND: price of the first multiple beyond the neighbours, in bases; of the k-th k squared times. Steps more than FAR from
 * the neighbours are all alike, and never taken. Counts are alike in price when they have the same rest and LOWEST multiples
 * below them. */
enum { PROPOSALS = 600, LEAST = 1000, BEYOND = 4, FAR = 60, LOWEST = 8, STEPS = 2 * FAR + 2, CHOICES = 40, MOST_IDLE = 200, TOGGLES = 4 };

/* What price a forbidden step has: no heat pays it. */
static const int32_t never = 1 << 24;

typedef struct annealer {
    const protect_system *s;
    const move_maker *maker;
    int base;
    int64_t *units;          /* [n] value / base */
    uint32_t *state;         /* [n] where the count stands in the list of prices */
    int32_t *price[2];       /* what a step down, up costs from each state */
    bool tied;               /* moves may break rows: they are checked */
    uint32_t *first, *row;   /* rows of each count, when tied */
    int64_t *slack, *change; /* [rows] whole less parts, in units */
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
            bool good = to >= lowest && to <= highest;
            t->price[up][k] = good ? (int32_t)(cost_of(t->base, rest, to) - cost_of(t->base, rest, step)) : never;
        }
    }
    return ST_OK;
}

/* False where a count is too far away to have a price. */
static bool
find_states(annealer *t)
{
    for (size_t i = 0; i < t->s->n; i++) {
        int64_t low = t->s->value[i] / t->base, rest = t->s->value[i] % t->base, step = t->units[i] - low;
        int64_t below = t->s->zero[i] ? LOWEST + 1 : low < LOWEST ? low : LOWEST;
        if (step < -FAR || step > FAR) return false;
        t->state[i] = (uint32_t)((below * t->base + rest) * STEPS + step + FAR);
    }
    return true;
}

/* Rows matter where codes overlap or leave somebody out: there a move may lift a part above its whole, or break a sum of
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

/* From nobody: add, again and again, the best of some virtual persons where counts are short; by thousands first. */
static void
fill(annealer *t, int64_t times)
{
    for (int idle = 0; idle < MOST_IDLE;) {
        int64_t best = 0;
        for (int k = 0; k < CHOICES; k++) {
            uint32_t cell = (uint32_t)rng_below(&t->random, t->s->n);
            if ((t->units[cell] + times - 1) * t->base >= t->s->value[cell] || !move_at(t->maker, cell, 0, &t->random, &t->move)) continue;
            int64_t change = price_far(t, &t->move, times);
            if (change >= best) continue;
            best = change;
            protect_move swap = t->best;
            t->best = t->move;
            t->move = swap;
        }
        idle = best < 0 ? 0 : idle + 1;
        if (best == 0) continue;
        (void)rows_hold(t, &t->best, times, true);
        for (size_t k = 0; k < t->best.n; k++) t->units[t->best.cell[k]] += times * t->best.change[k];
    }
}

/* Add the move (sign 1) or take it away where it costs at most `most`. */
static void
try_move(annealer *t, int sign, int64_t most)
{
    const protect_move *m = &t->move;
    int64_t change = 0;
    for (size_t k = 0; k < m->n; k++) change += t->price[sign * m->change[k] > 0][t->state[m->cell[k]]];
    if (change > most || !rows_hold(t, m, sign, false)) return;
    (void)rows_hold(t, m, sign, true);
    for (size_t k = 0; k < m->n; k++) {
        int step = sign * m->change[k];
        t->state[m->cell[k]] += (uint32_t)step;
        t->units[m->cell[k]] += step;
    }
}

/* Proposals pull a random count towards its exact value; the heat falls from two bases to a tenth. */
static void
cool(annealer *t, int64_t proposals)
{
    double first = 2 * t->base, last = 0.1 * t->base, heat = first;
    for (int64_t k = 0; k < proposals; k++) {
        if (k % 256 == 0) heat = first * pow(last / first, (double)k / (double)proposals);
        uint32_t cell = (uint32_t)rng_below(&t->random, t->s->n);
        int64_t d = t->s->value[cell] - t->units[cell] * t->base;
        if (d == 0 || !move_at(t->maker, cell, (int)rng_below(&t->random, TOGGLES), &t->random, &t->move)) continue;
        try_move(t, d > 0 ? 1 : -1, (int64_t)(-heat * log(1 - rng_uniform(&t->random))));
    }
}

status
anneal_round(const protect_system *s, int base, uint64_t seed, int64_t proposals, int64_t value[])
{
    SCRATCH(tmp);
    annealer t = {.s = s, .base = base, .random = rng_new(seed, 4)};
    move_maker *maker;
    int64_t largest = 0;
    CHECK(move_maker_new(tmp, s, &maker));
    t.maker = maker;
    CHECK(move_new(tmp, maker, &t.move));
    CHECK(move_new(tmp, maker, &t.best));
    ALLOC(tmp, t.units, s->n);
    ALLOC(tmp, t.state, s->n);
    CHECK(make_prices(tmp, &t));
    CHECK(tie_rows(tmp, &t));
    for (size_t i = 0; i < s->n; i++)
        if (s->value[i] > largest) largest = s->value[i];
    int64_t times = 1;
    while (2 * times * base < largest) times *= 2;
    for (; times > 0; times /= 2) fill(&t, times);
    if (!find_states(&t)) FAIL(ST_INFEASIBLE, "no additive rounding near the exact counts was found");
    cool(&t, (proposals ? proposals : PROPOSALS) * (int64_t)(s->n < LEAST ? LEAST : s->n));
    for (size_t i = 0; i < s->n; i++) value[i] = t.units[i] * base;
    return ST_OK;
}
