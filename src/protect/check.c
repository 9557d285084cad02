#include "protect/check.h"

#include "protect/spread.h"

#include <math.h>

int64_t
check_reach(const protect_rounding *r, int base)
{
    if (!r->additive) return base / 2; /* each to its nearest multiple */
    return r->largest < base - 1 ? base - 1 : r->largest;
}

status
check_rounding(arena *out, const protect_system *s, int base, int64_t reach, const int64_t value[], const uint8_t hidden[],
               size_t clues, const audit_clue clue[], audit_result *result)
{
    SCRATCH(tmp);
    int64_t *lower, *upper, most = 0;
    uint8_t *sensitive;
    ALLOC(tmp, lower, s->n);
    ALLOC(tmp, upper, s->n);
    ALLOC(tmp, sensitive, s->n);
    for (size_t i = 0; i < s->n; i++)
        if (value[i] + reach > most) most = value[i] + reach;
    for (size_t i = 0; i < s->n; i++) {
        bool shown = !hidden || !hidden[i];
        lower[i] = !shown || value[i] < reach ? 0 : value[i] - reach;
        upper[i] = s->zero[i] ? 0 : shown ? value[i] + reach : most;
        sensitive[i] = s->value[i] > 0 && s->value[i] < base;
    }
    audit_input in = {.system = s, .lower = lower, .upper = upper, .start = s->value, .sensitive = sensitive, .clues = clues,
                      .clue = clue, .seed = 1};
    return protect_audit(out, &in, result);
}

/* The mean printed for each count of the system, NaN: none; and half the step it is printed by. */
static status
printed_means(arena *tmp, const protect_system *s, const check_means *m, size_t k, double **mean, double half[])
{
    double *list;
    ALLOC(tmp, list, s->n);
    for (size_t i = 0; i < s->n; i++) list[i] = NAN;
    const exact_table *t = m->table[k];
    for (size_t i = 0; i < t->rows.n * t->columns.n; i++) {
        if (!m->shown[k][i]) continue;
        spread_number printed = spread_mean(t->count[i], t->sum[i], t->low[i], t->high[i]);
        list[m->cells[k]->count[i]] = printed.value;
        half[m->cells[k]->count[i]] = printed.step / 2;
    }
    *mean = list;
    return ST_OK;
}

/* Printed means are right to within half a unit, and a hair for the arithmetic. */
static double
slack_of(double half)
{
    return half + 1e-9 + 1e-9 * half;
}

/* sign 1: the parts' least sum is at most the whole's most; -1: the parts' most sum is at least the whole's least. */
static status
make_clue(arena *a, const system_row *r, const double mean[], const double half[], int sign, audit_clue *c)
{
    uint32_t *cell;
    double *coefficient;
    ALLOC(a, cell, r->n + 1);
    ALLOC(a, coefficient, r->n + 1);
    size_t n = 0;
    for (uint32_t k = 0; k < r->n; k++) {
        if (isnan(mean[r->part[k]])) continue; /* a hidden mean: its sum is at least nothing */
        cell[n] = r->part[k];
        coefficient[n++] = mean[r->part[k]] - sign * slack_of(half[r->part[k]]);
    }
    cell[n] = r->whole;
    coefficient[n++] = -(mean[r->whole] + sign * slack_of(half[r->whole]));
    *c = (audit_clue){n, cell, coefficient, sign > 0 ? -INFINITY : 0, sign > 0 ? 0 : INFINITY};
    return ST_OK;
}

status
check_clues(arena *a, const protect_system *s, const double mean[], const double half[], size_t *n, audit_clue list[])
{
    for (size_t i = 0; i < s->rows; i++) {
        const system_row *r = &s->row[i];
        if (r->relation != SYSTEM_EQUAL || isnan(mean[r->whole])) continue;
        size_t shown = 0, nobody = 0;
        for (uint32_t p = 0; p < r->n; p++) {
            shown += !isnan(mean[r->part[p]]);
            nobody += s->zero[r->part[p]];
        }
        if (shown == 0) continue;
        CHECK(make_clue(a, r, mean, half, 1, &list[(*n)++]));
        if (shown + nobody == r->n) CHECK(make_clue(a, r, mean, half, -1, &list[(*n)++]));
    }
    return ST_OK;
}

status
check_mean_clues(arena *a, const protect_system *s, const check_means *means, size_t *n, audit_clue **clues)
{
    SCRATCH(tmp);
    audit_clue *list;
    double *half;
    *n = 0;
    ALLOC(a, list, 2 * s->rows * means->n + 1);
    ALLOC(tmp, half, s->n);
    for (size_t k = 0; k < means->n; k++) {
        double *mean;
        CHECK(printed_means(tmp, s, means, k, &mean, half));
        CHECK(check_clues(a, s, mean, half, n, list));
    }
    *clues = list;
    return ST_OK;
}
