#include "protect/attack.h"

#include <math.h>

/* Rows narrow each other; later rounds gain little. */
enum { MOST_ROUNDS = 12 };

static status
attack_rows(arena *a, const audit_input *in, attack *t)
{
    const protect_system *s = in->system;
    size_t terms = 0, at = 0;
    for (size_t i = 0; i < s->rows; i++) terms += s->row[i].n + 1;
    for (size_t i = 0; i < in->clues; i++) terms += in->clue[i].n;
    ALLOC(a, t->start, t->rows + 1);
    ALLOC(a, t->lower, t->rows);
    ALLOC(a, t->upper, t->rows);
    ALLOC(a, t->cell, terms);
    ALLOC(a, t->coefficient, terms);
    for (size_t i = 0; i < s->rows; i++) {
        const system_row *r = &s->row[i];
        t->cell[at] = r->whole;
        t->coefficient[at++] = 1;
        for (uint32_t k = 0; k < r->n; k++, at++) {
            t->cell[at] = r->part[k];
            t->coefficient[at] = -1;
        }
        t->lower[i] = r->relation == SYSTEM_AT_MOST ? -INFINITY : 0;
        t->upper[i] = r->relation == SYSTEM_AT_LEAST ? INFINITY : 0;
        t->start[i + 1] = (uint32_t)at;
    }
    for (size_t i = 0; i < in->clues; i++) {
        const audit_clue *c = &in->clue[i];
        for (size_t k = 0; k < c->n; k++, at++) {
            t->cell[at] = c->cell[k];
            t->coefficient[at] = c->coefficient[k];
        }
        t->lower[s->rows + i] = c->lower;
        t->upper[s->rows + i] = c->upper;
        t->start[s->rows + i + 1] = (uint32_t)at;
    }
    return ST_OK;
}

/* The least or most that a row's cells can add up to. */
static double
extreme(const attack *t, size_t i, bool most)
{
    double sum = 0;
    for (uint32_t k = t->start[i]; k < t->start[i + 1]; k++) {
        double c = t->coefficient[k];
        sum += c * (double)((c > 0) == most ? t->high[t->cell[k]] : t->low[t->cell[k]]);
    }
    return sum;
}

/* What a row leaves of a cell's bounds; whether that is less than it had. */
static bool
narrow_cell(attack *t, size_t i, uint32_t k, double least, double most)
{
    uint32_t j = t->cell[k];
    double c = t->coefficient[k], low = (double)t->low[j], high = (double)t->high[j];
    double rest_least = least - (c > 0 ? c * low : c * high), rest_most = most - (c > 0 ? c * high : c * low);
    double from = (t->lower[i] - rest_most) / c, to = (t->upper[i] - rest_least) / c;
    if (c < 0) {
        double swap = from;
        from = to;
        to = swap;
    }
    double slack = 1e-6 * (1 + fabs(high));
    bool more = from > low + slack || to < high - slack;
    if (from > low + slack) t->low[j] = (int64_t)ceil(from - slack);
    if (to < high - slack) t->high[j] = (int64_t)floor(to + slack);
    return more && t->low[j] <= t->high[j];
}

/* Bounds from the rows, one after the other, until they say no more. */
static status
narrow(arena *a, attack *t)
{
    const audit_input *in = t->in;
    ALLOC(a, t->low, t->n);
    ALLOC(a, t->high, t->n);
    memcpy(t->low, in->lower, t->n * sizeof *t->low);
    memcpy(t->high, in->upper, t->n * sizeof *t->high);
    bool more = true;
    for (int round = 0; round < MOST_ROUNDS && more; round++) {
        more = false;
        for (size_t i = 0; i < t->rows; i++) {
            double least = extreme(t, i, false), most = extreme(t, i, true);
            for (uint32_t k = t->start[i]; k < t->start[i + 1]; k++)
                if (t->coefficient[k] != 0 && narrow_cell(t, i, k, least, most)) {
                    least = extreme(t, i, false);
                    most = extreme(t, i, true);
                    more = true;
                }
        }
    }
    for (size_t j = 0; j < t->n; j++) t->free += t->low[j] < t->high[j];
    return ST_OK;
}

status
attack_new(arena *a, const audit_input *in, attack *result)
{
    attack t = {.in = in, .n = in->system->n, .rows = in->system->rows + in->clues};
    CHECK(attack_rows(a, in, &t));
    size_t terms = t.start[t.rows];
    ALLOC(a, t.first, t.n + 2);
    ALLOC(a, t.row, terms);
    ALLOC(a, t.weight, terms);
    for (size_t k = 0; k < terms; k++) t.first[t.cell[k] + 2]++;
    for (size_t j = 1; j <= t.n; j++) t.first[j + 1] += t.first[j];
    for (size_t i = 0; i < t.rows; i++)
        for (uint32_t k = t.start[i]; k < t.start[i + 1]; k++) {
            uint32_t at = t.first[t.cell[k] + 1]++;
            t.row[at] = (uint32_t)i;
            t.weight[at] = t.coefficient[k];
        }
    CHECK(narrow(a, &t));
    *result = t;
    return ST_OK;
}

bool
attack_row_holds(const attack *t, size_t i, double activity)
{
    double slack = 1e-9 * (1 + fabs(activity));
    return activity >= t->lower[i] - slack && activity <= t->upper[i] + slack;
}

double
attack_activity(const attack *t, size_t i, const int64_t x[])
{
    double sum = 0;
    for (uint32_t k = t->start[i]; k < t->start[i + 1]; k++) sum += t->coefficient[k] * (double)x[t->cell[k]];
    return sum;
}

bool
attack_agrees(const attack *t, const int64_t x[])
{
    for (size_t j = 0; j < t->n; j++)
        if (x[j] < t->in->lower[j] || x[j] > t->in->upper[j]) return false;
    for (size_t i = 0; i < t->rows; i++)
        if (!attack_row_holds(t, i, attack_activity(t, i, x))) return false;
    return true;
}
