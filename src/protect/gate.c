#include "protect/gate.h"

#include "base/rng.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { PRESET_VALUES = 5, PRESET_DIGITS = 6, MOST_TABLES = 2000000, SAMPLES = 400000, MOST_RANGE = 64 };

typedef struct gate {
    const gate_input *in;
    size_t n;
    int digits;            /* tried now; 0: the statistic is not printed */
    char printed[40];
    int64_t *x;
    uint64_t *seen;        /* [n] bit k: value lower + k fits */
    size_t tables;
} gate;

static void
print_value(double value, int digits, char out[40])
{
    snprintf(out, 40, "%.*e", digits > 0 ? digits - 1 : 0, value);
}

static bool
agrees(const gate *g)
{
    for (size_t i = 0; i < g->in->clues; i++) {
        const audit_clue *c = &g->in->clue[i];
        double sum = 0;
        for (size_t k = 0; k < c->n; k++) sum += c->coefficient[k] * (double)g->x[c->cell[k]];
        if (sum < c->lower - 1e-9 || sum > c->upper + 1e-9) return false;
    }
    return true;
}

static double
value_of(const gate *g)
{
    double value = g->in->statistic(g->in->rows, g->in->columns, g->x, g->in->context);
    return g->in->signed_too ? value : fabs(value);
}

static void
see(uint64_t *seen, int64_t k)
{
    *seen |= UINT64_C(1) << (k < 0 ? 0 : k < MOST_RANGE ? k : MOST_RANGE - 1);
}

static void
consider(gate *g)
{
    char text[40];
    if (!agrees(g)) return;
    if (g->digits > 0) {
        print_value(value_of(g), g->digits, text);
        if (strcmp(text, g->printed) != 0) return;
    }
    g->tables++;
    for (size_t j = 0; j < g->n; j++) see(&g->seen[j], g->x[j] - g->in->lower[j]);
    for (size_t i = 0; i < g->in->watches; i++) {
        gate_watch *w = &g->in->watch[i];
        int64_t sum = -w->lower;
        for (size_t k = 0; k < w->n; k++) sum += g->x[w->cell[k]];
        see(&w->seen, sum);
    }
}

static void
every_table(gate *g, size_t at)
{
    if (at == g->n) {
        consider(g);
        return;
    }
    for (g->x[at] = g->in->lower[at]; g->x[at] <= g->in->upper[at]; g->x[at]++) every_table(g, at + 1);
}

/* Around the exact table and all over the bounds: what is found fits, what is missed only makes the gate stricter. */
static void
some_tables(gate *g)
{
    rng random = rng_new(7, 5);
    if (g->in->exact) {
        memcpy(g->x, g->in->exact, g->n * sizeof *g->x);
        consider(g);
    }
    for (int k = 0; k < SAMPLES; k++) {
        size_t free = 1 + (size_t)rng_below(&random, g->n);
        for (size_t j = 0; j < g->n; j++) {
            g->x[j] = g->in->exact ? g->in->exact[j] : g->in->lower[j] + (g->in->upper[j] - g->in->lower[j]) / 2;
            if (rng_below(&random, g->n) < free)
                g->x[j] = g->in->lower[j] + (int64_t)rng_below(&random, (uint64_t)(g->in->upper[j] - g->in->lower[j]) + 1);
        }
        consider(g);
    }
}

/* Values that are left; `want` where there could not be so many by what was released, and none was lost. */
static size_t
values_left(uint64_t seen, int64_t could, size_t want)
{
    size_t values = (size_t)__builtin_popcountll(seen);
    return values < want && could > 0 && (int64_t)values >= could ? want : values;
}

static size_t
least_values(const gate *g, size_t want)
{
    size_t least = SIZE_MAX;
    for (size_t j = 0; j < g->n; j++) {
        int64_t could = g->in->upper[j] - g->in->lower[j] + 1;
        size_t values = values_left(g->seen[j], g->in->few_too ? could : 0, want);
        if (could > 1 && values < least) least = values;
    }
    for (size_t i = 0; i < g->in->watches; i++) {
        size_t values = values_left(g->in->watch[i].seen, g->in->few_too ? g->in->watch[i].most : 0, want);
        if (values < least) least = values;
    }
    return least;
}

static bool
small_enough(const gate_input *in, size_t n)
{
    double tables = 1;
    for (size_t j = 0; j < n; j++) tables *= (double)(in->upper[j] - in->lower[j] + 1);
    return tables <= MOST_TABLES;
}

static status
check_input(gate *g)
{
    const gate_input *in = g->in;
    if (!in->exact) return ST_OK;
    for (size_t j = 0; j < g->n; j++) {
        g->x[j] = in->exact[j];
        if (in->exact[j] < in->lower[j] || in->exact[j] > in->upper[j])
            FAIL(ST_INVALID, "leak gate: cell %zu lies outside what its released count says", j);
    }
    if (!agrees(g)) FAIL(ST_INVALID, "leak gate: the exact table does not agree with the printed totals or percentages");
    return ST_OK;
}

status
protect_gate(const gate_input *in, gate_result *result)
{
    SCRATCH(tmp);
    gate g = {.in = in, .n = in->rows * in->columns};
    gate_result r = {.shown = NAN, .complete = small_enough(in, g.n)};
    ALLOC(tmp, g.x, g.n);
    ALLOC(tmp, g.seen, g.n);
    CHECK(check_input(&g));
    double value = in->exact ? value_of(&g) : in->printed ? strtod(in->printed, NULL) : NAN;
    size_t want = in->values ? (size_t)in->values : PRESET_VALUES;
    for (int digits = isnan(value) ? 0 : in->most ? in->most : PRESET_DIGITS; digits > 0; digits = in->printed ? 0 : digits - 1) {
        g.digits = digits;
        g.tables = 0;
        memset(g.seen, 0, g.n * sizeof *g.seen);
        for (size_t i = 0; i < in->watches; i++) in->watch[i].seen = 0;
        if (in->printed) snprintf(g.printed, sizeof g.printed, "%s", in->printed);
        else print_value(value, digits, g.printed);
        if (r.complete) every_table(&g, 0);
        else some_tables(&g);
        r.values = least_values(&g, want);
        r.tables = g.tables;
        if (r.values < want) continue;
        r.digits = digits;
        r.shown = strtod(g.printed, NULL);
        break;
    }
    *result = r;
    return ST_OK;
}

/* part - bound / 100 * whole, still without its limits */
static status
one_side(arena *a, uint32_t part, size_t n, const uint32_t whole[], double bound, audit_clue *clue)
{
    uint32_t *cell;
    double *coefficient;
    size_t used = 0;
    ALLOC(a, cell, n + 1);
    ALLOC(a, coefficient, n + 1);
    bool inside = false;
    for (size_t k = 0; k < n; k++) {
        cell[used] = whole[k];
        coefficient[used++] = -bound / 100 + (whole[k] == part);
        inside |= whole[k] == part;
    }
    if (!inside) {
        cell[used] = part;
        coefficient[used++] = 1;
    }
    *clue = (audit_clue){used, cell, coefficient, -INFINITY, INFINITY};
    return ST_OK;
}

status
gate_share_clues(arena *a, uint32_t part, size_t n, const uint32_t whole[], double printed, int decimals, audit_clue clue[2])
{
    double half = decimals ? 0.05 : 0.5;
    CHECK(one_side(a, part, n, whole, printed - half, &clue[0]));
    CHECK(one_side(a, part, n, whole, printed + half, &clue[1]));
    clue[0].lower = 0;
    clue[1].upper = 0;
    return ST_OK;
}
