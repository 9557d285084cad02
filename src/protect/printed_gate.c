#include "protect/printed.h"

#include "protect/gate.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { LEAST_VALUES = 5, FEW = 63 /* values of a count that are told apart */ };

/* A table of a statistic on its way to the gate: counts, and sums of them that are counts too. */
typedef struct tried {
    const printed_statistic *p;
    size_t n, sums;
    int64_t *exact, *lower, *upper;
    uint32_t *of;      /* [sums] the count that the watched sum is */
    gate_watch *watch; /* [sums] */
    size_t clues;
    audit_clue *clue;  /* [clues] of the sums, then of percentages among them */
} tried;

static double
statistic_of(size_t rows, size_t columns, const int64_t table[], const void *context)
{
    return ((const printed_statistic *)context)->of(table, rows, columns);
}

/* The undivided codes of a dimension that make up `code`, as positions among those of the table: false when one is not there. */
static bool
made_of(const protect_system *s, size_t d, uint16_t code, const uint16_t codes[], size_t n, int depth, uint8_t in[])
{
    for (size_t i = 0; i < n; i++)
        if (codes[i] == code) {
            in[i] = 1;
            return true;
        }
    for (size_t p = 0; p < s->partitions && depth < 16; p++) {
        const system_partition *part = &s->partition[p];
        if (part->dimension != d || part->parent != code || !part->exclusive) continue;
        bool all = true;
        for (size_t i = 0; i < part->n && all; i++) all = made_of(s, d, part->child[i], codes, n, depth + 1, in);
        return all;
    }
    return false;
}

/* Do the sums of a partition really hold? */
static bool
holds(const protect_system *s, uint32_t cell)
{
    for (size_t i = 0; i < s->rows; i++)
        if (s->row[i].whole == cell && s->row[i].relation == SYSTEM_EQUAL) return true;
    return false;
}

static status
add_sum(arena *tmp, tried *x, uint32_t cell, size_t n, const uint32_t at[], const int64_t lower[], const int64_t upper[])
{
    uint32_t *list;
    double *one;
    ALLOC(tmp, list, n);
    ALLOC(tmp, one, n);
    for (size_t i = 0; i < n; i++) list[i] = at[i], one[i] = 1;
    int64_t could = upper[cell] - lower[cell] + 1;
    x->of[x->sums] = cell;
    x->watch[x->sums] = (gate_watch){n, list, lower[cell], 0, could < FEW ? (int)could : 0};
    x->clue[x->sums++] = (audit_clue){n, list, one, (double)lower[cell], (double)upper[cell]};
    return ST_OK;
}

/* The two dimensions along which the counts of a table differ, and their codes. */
static void
sides_of(const protect_system *s, const printed_statistic *p, size_t dimension[2], uint16_t *codes[2])
{
    const uint16_t *first = system_key(s, p->cell[0]), *last = system_key(s, p->cell[p->rows * p->columns - 1]);
    const uint16_t *under = system_key(s, p->cell[(p->rows - 1) * p->columns]);
    for (size_t d = 0; d < s->dimensions; d++) {
        if (first[d + 1] != under[d + 1]) dimension[0] = d;
        else if (first[d + 1] != last[d + 1]) dimension[1] = d;
    }
    for (size_t i = 0; i < p->rows; i++) codes[0][i] = system_key(s, p->cell[i * p->columns])[dimension[0] + 1];
    for (size_t i = 0; i < p->columns; i++) codes[1][i] = system_key(s, p->cell[i])[dimension[1] + 1];
}

/* Every count of the system that is a sum of counts of the table. */
static status
find_sums(arena *tmp, const protect_system *s, const int64_t lower[], const int64_t upper[], tried *x)
{
    const printed_statistic *p = x->p;
    size_t dimension[2] = {0, 0}, n[2] = {p->rows, p->columns};
    uint16_t *codes[2], *key;
    uint8_t *in[2];
    uint32_t *at;
    for (int k = 0; k < 2; k++) {
        ALLOC(tmp, codes[k], n[k]);
        ALLOC(tmp, in[k], n[k]);
    }
    sides_of(s, p, dimension, codes);
    size_t most = x->n + s->dimension[dimension[0]].n * s->dimension[dimension[1]].n;
    ALLOC(tmp, key, s->width);
    ALLOC(tmp, at, x->n);
    ALLOC(tmp, x->of, most);
    ALLOC(tmp, x->watch, most);
    ALLOC(tmp, x->clue, most);
    for (uint32_t i = 0; i < x->n; i++) CHECK(add_sum(tmp, x, p->cell[i], 1, &i, lower, upper));
    memcpy(key, system_key(s, p->cell[0]), s->width * sizeof *key);
    for (uint16_t r = 0; r < s->dimension[dimension[0]].n; r++)
        for (uint16_t c = 0; c < s->dimension[dimension[1]].n; c++) {
            key[dimension[0] + 1] = r;
            key[dimension[1] + 1] = c;
            uint32_t cell = system_find(s, key);
            for (int k = 0; k < 2; k++) memset(in[k], 0, n[k]);
            if (cell == SYSTEM_NONE || !made_of(s, dimension[0], r, codes[0], n[0], 0, in[0]) || !made_of(s, dimension[1], c, codes[1], n[1], 0, in[1])) continue;
            size_t found = 0;
            for (uint32_t i = 0; i < x->n; i++)
                if (in[0][i / n[1]] && in[1][i % n[1]]) at[found++] = i;
            if (found > 1 && holds(s, cell)) CHECK(add_sum(tmp, x, cell, found, at, lower, upper));
        }
    return ST_OK;
}

/* Which watched sum the count is; SIZE_MAX: none. */
static size_t
sum_at(const tried *x, uint32_t cell)
{
    for (size_t i = 0; i < x->sums; i++)
        if (x->of[i] == cell) return i;
    return SIZE_MAX;
}

/* A percentage of counts that are all sums of counts of the table: in terms of these. */
static status
add_share(arena *tmp, tried *x, const audit_clue *c)
{
    size_t at[2], n = 0;
    uint32_t *cell;
    double *coefficient;
    for (int k = 0; k < 2; k++)
        if ((at[k] = sum_at(x, c->cell[k])) == SIZE_MAX) return ST_OK;
    ALLOC(tmp, cell, x->watch[at[0]].n + x->watch[at[1]].n);
    ALLOC(tmp, coefficient, x->watch[at[0]].n + x->watch[at[1]].n);
    for (int k = 0; k < 2; k++)
        for (size_t i = 0; i < x->watch[at[k]].n; i++) {
            cell[n] = x->watch[at[k]].cell[i];
            coefficient[n++] = c->coefficient[k];
        }
    x->clue[x->clues++] = (audit_clue){n, cell, coefficient, c->lower, c->upper};
    return ST_OK;
}

/* What is known of the table besides its statistic: sums that are counts, percentages of these. */
static status
find_clues(arena *tmp, const printed *all, tried *x)
{
    size_t n;
    audit_clue *share, *list;
    CHECK(printed_clues(tmp, all, &n, &share));
    ALLOC(tmp, list, x->sums + n);
    memcpy(list, x->clue, x->sums * sizeof *list);
    x->clue = list;
    x->clues = x->sums;
    for (size_t i = 0; i < n; i++) CHECK(add_share(tmp, x, &share[i]));
    return ST_OK;
}

static status
tried_new(arena *tmp, const release_data *d, const printed *all, const printed_statistic *p, const int64_t exact[], const int64_t lower[], const int64_t upper[], tried *x)
{
    *x = (tried){.p = p, .n = p->rows * p->columns};
    if (exact) ALLOC(tmp, x->exact, x->n);
    ALLOC(tmp, x->lower, x->n);
    ALLOC(tmp, x->upper, x->n);
    for (size_t i = 0; i < x->n; i++) {
        if (exact) x->exact[i] = exact[p->cell[i]];
        x->lower[i] = lower[p->cell[i]];
        x->upper[i] = upper[p->cell[i]];
    }
    CHECK(find_sums(tmp, &d->system, lower, upper, x));
    return find_clues(tmp, all, x);
}

static gate_input
input_of(const tried *x)
{
    return (gate_input){.rows = x->p->rows, .columns = x->p->columns, .exact = x->exact, .lower = x->lower, .upper = x->upper, .clues = x->clues,
                        .clue = x->clue, .watches = x->sums, .watch = x->watch, .statistic = statistic_of, .context = x->p, .signed_too = true, .few_too = true};
}

/* What a count of few values keeps: a bit for each, from its lower bound. */
static bool
too_few(uint64_t kept, uint64_t seen, int64_t could)
{
    int left = __builtin_popcountll(kept & seen);
    return left < LEAST_VALUES && left < could;
}

/* Tests share counts: would these keep too few values of what all tests allow? take: note it. */
static bool
shares_too_few(const tried *x, const int64_t lower[], const int64_t upper[], uint64_t kept[], bool take)
{
    bool few = false;
    for (size_t i = 0; i < x->sums; i++) {
        uint32_t j = x->of[i];
        few |= too_few(kept[j], x->watch[i].seen, upper[j] - lower[j] + 1);
        if (take) kept[j] &= x->watch[i].seen;
    }
    return few;
}

status
printed_gate(arena *a, const release_data *d, const int64_t lower[], const int64_t upper[], printed *p)
{
    SCRATCH(tmp);
    uint64_t *kept;
    (void)a;
    ALLOC(tmp, kept, d->system.n);
    memset(kept, 0xff, d->system.n * sizeof *kept);
    for (size_t k = 0; k < p->statistics; k++) {
        printed_statistic *c = &p->statistic[k];
        tried x;
        if (!c->exact) continue;
        CHECK(tried_new(tmp, d, p, c, d->system.value, lower, upper, &x));
        c->value = NAN;
        for (int digits = c->digits; digits > 0; digits = c->digits) {
            gate_result r;
            gate_input in = input_of(&x);
            in.most = digits;
            CHECK(protect_gate(&in, &r));
            c->digits = r.digits;
            c->value = r.shown;
            if (r.digits == 0 || !shares_too_few(&x, lower, upper, kept, false)) break;
            c->digits = r.digits - 1;
            c->value = NAN;
        }
        if (c->digits > 0) (void)shares_too_few(&x, lower, upper, kept, true);
    }
    return ST_OK;
}

/* Bounds from the values that are left; whether that is less than before. */
static bool
take_values(const tried *x, int64_t lower[], int64_t upper[])
{
    bool less = false;
    for (size_t i = 0; i < x->sums; i++) {
        uint32_t j = x->of[i];
        uint64_t seen = x->watch[i].seen;
        int first = __builtin_ctzll(seen), last = 63 - __builtin_clzll(seen);
        int64_t from = x->watch[i].lower;
        less |= first > 0 || (last < FEW && from + last < upper[j]);
        lower[j] = from + first;
        if (last < FEW && from + last < upper[j]) upper[j] = from + last;
    }
    return less;
}

status
printed_narrow(arena *a, const release_data *d, const printed *p, const int64_t exact[], int64_t lower[], int64_t upper[], bool *changed,
               size_t *undecided)
{
    (void)a;
    *undecided = 0;
    for (size_t k = 0; k < p->statistics; k++) {
        SCRATCH(tmp);
        const printed_statistic *c = &p->statistic[k];
        tried x;
        gate_result r;
        char text[40];
        if (!c->exact || c->digits == 0) continue;
        CHECK(tried_new(tmp, d, p, c, exact, lower, upper, &x));
        gate_input in = input_of(&x);
        snprintf(text, sizeof text, "%.*e", c->digits - 1, c->value);
        in.printed = text;
        in.most = c->digits;
        in.values = 1;
        CHECK(protect_gate(&in, &r));
        if (!r.complete) ++*undecided;
        if (r.tables == 0 && r.complete) FAIL(ST_INVALID, "statistic %s: no table of whole numbers within what was released has the value that is printed: expected one report", c->spec->name);
        if (r.tables == 0 || (!r.complete && !exact)) continue;
        *changed |= take_values(&x, lower, upper);
    }
    return ST_OK;
}

status
printed_clues(arena *a, const printed *p, size_t *n, audit_clue **clues)
{
    size_t most = 0;
    audit_clue *list;
    for (size_t k = 0; k < p->shares; k++) most += 2 * p->share[k].n;
    ALLOC(a, list, most + 1);
    *n = 0;
    for (size_t k = 0; k < p->shares; k++) {
        const printed_share *c = &p->share[k];
        double half = 0.5 * pow(10, -c->decimals) + 1e-9;
        for (size_t i = 0; i < c->n && c->exact; i++) {
            if (isnan(c->value[i]) || c->base[i] == SYSTEM_NONE) continue;
            for (int side = -1; side <= 1; side += 2) {
                uint32_t *cell;
                double *coefficient;
                ALLOC(a, cell, 2);
                ALLOC(a, coefficient, 2);
                cell[0] = c->part[i], coefficient[0] = 1;
                cell[1] = c->base[i], coefficient[1] = -(c->value[i] + side * half) / 100;
                list[(*n)++] = (audit_clue){2, cell, coefficient, side < 0 ? 0 : -INFINITY, side < 0 ? INFINITY : 0};
            }
        }
    }
    *clues = list;
    return ST_OK;
}
