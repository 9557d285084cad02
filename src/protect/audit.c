#include "protect/audit.h"

#include "base/threads.h"
#include "protect/attack.h"
#include "protect/move.h"

#include <math.h>

/* A cell of which whole tables show one value only, although fractions leave more, gets the least difference from the exact
 * table, then a longer walk; what is undecided then counts as exposed. */
enum { PRESET_TRIES = 400, LONGER = 25 };

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
    *result = t;
    return ST_OK;
}

static bool
row_holds(const attack *t, size_t i, double activity)
{
    double slack = 1e-9 * (1 + fabs(activity));
    return activity >= t->lower[i] - slack && activity <= t->upper[i] + slack;
}

static double
activity_of(const attack *t, size_t i, const int64_t x[])
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
        if (!row_holds(t, i, activity_of(t, i, x))) return false;
    return true;
}

/* One walker through the tables that agree with everything. */
typedef struct walker {
    const attack *t;
    const move_maker *maker;
    const int64_t *start;
    const double *start_activity;
    int64_t *x, *least, *most;
    double *activity, *change; /* of rows */
    uint32_t *touched;
    uint8_t *seen;
    size_t touches;
    protect_move move;
} walker;

static status
walker_new(arena *a, walker *w)
{
    size_t n = w->t->n, rows = w->t->rows;
    ALLOC(a, w->x, n);
    ALLOC(a, w->least, n);
    ALLOC(a, w->most, n);
    ALLOC(a, w->activity, rows);
    ALLOC(a, w->change, rows);
    ALLOC(a, w->touched, rows);
    ALLOC(a, w->seen, rows);
    memcpy(w->least, w->start, n * sizeof *w->least);
    memcpy(w->most, w->start, n * sizeof *w->most);
    return move_new(a, w->maker, &w->move);
}

/* The first cell that the move would push over its bound; SYSTEM_NONE: none. */
static uint32_t
blocked(const walker *w, int sign)
{
    const audit_input *in = w->t->in;
    for (size_t k = 0; k < w->move.n; k++) {
        uint32_t j = w->move.cell[k];
        int64_t after = w->x[j] + sign * w->move.change[k];
        if (after < in->lower[j] || after > in->upper[j]) return j;
    }
    return SYSTEM_NONE;
}

/* Check every row that the move touches; then make it. */
static bool
make_move(walker *w, int sign)
{
    const attack *t = w->t;
    bool good = true;
    w->touches = 0;
    for (size_t k = 0; k < w->move.n; k++) {
        uint32_t j = w->move.cell[k];
        for (uint32_t r = t->first[j]; r < t->first[j + 1]; r++) {
            uint32_t i = t->row[r];
            if (!w->seen[i]) w->touched[w->touches++] = i;
            w->seen[i] = 1;
            w->change[i] += t->weight[r] * sign * w->move.change[k];
        }
    }
    for (size_t k = 0; k < w->touches && good; k++) good = row_holds(t, w->touched[k], w->activity[w->touched[k]] + w->change[w->touched[k]]);
    for (size_t k = 0; k < w->touches; k++) {
        uint32_t i = w->touched[k];
        if (good) w->activity[i] += w->change[i];
        w->change[i] = 0;
        w->seen[i] = 0;
    }
    for (size_t k = 0; k < w->move.n && good; k++) {
        uint32_t j = w->move.cell[k];
        w->x[j] += sign * w->move.change[k];
        if (w->x[j] < w->least[j]) w->least[j] = w->x[j];
        if (w->x[j] > w->most[j]) w->most[j] = w->x[j];
    }
    return good;
}

/* Make room: move a cell that stood in the way back from its bound, unless that undoes what was gained. */
static void
loosen(walker *w, uint32_t in_the_way, uint32_t goal, int goal_sign, rng *random)
{
    int sign = w->x[in_the_way] == w->t->in->upper[in_the_way] ? -1 : 1;
    if (!move_at(w->maker, in_the_way, 4, random, &w->move)) return;
    for (size_t k = 0; k < w->move.n; k++)
        if (w->move.cell[k] == goal && sign * w->move.change[k] != goal_sign) return;
    if (blocked(w, sign) == SYSTEM_NONE) (void)make_move(w, sign);
}

/* Walk one cell towards one bound. */
static void
walk(walker *w, uint32_t cell, int sign, int longer)
{
    const audit_input *in = w->t->in;
    rng random = rng_new(in->seed, ((uint64_t)cell << 1 | (sign > 0)) + 1000);
    int64_t goal = sign > 0 ? in->upper[cell] : in->lower[cell];
    int tries = (in->tries ? in->tries : PRESET_TRIES) * longer;
    memcpy(w->x, w->start, w->t->n * sizeof *w->x);
    memcpy(w->activity, w->start_activity, w->t->rows * sizeof *w->activity);
    for (int k = 0; k < tries && w->x[cell] != goal; k++) {
        if (!move_at(w->maker, cell, (int)rng_below(&random, 5), &random, &w->move)) continue;
        uint32_t wall = blocked(w, sign);
        if (wall == SYSTEM_NONE) (void)make_move(w, sign);
        else if (wall != cell) loosen(w, wall, cell, sign, &random);
    }
}

typedef struct walks {
    const attack *t;
    const int64_t *start;
    size_t n;
    const uint32_t *cell;
    int64_t *least, *most;
    int longer;
} walks;

static status
walk_share(const walks *k, const move_maker *maker, const double activity[], int thread, int threads)
{
    SCRATCH(tmp);
    walker w = {.t = k->t, .maker = maker, .start = k->start, .start_activity = activity};
    CHECK(walker_new(tmp, &w));
    for (size_t i = (size_t)thread; i < k->n; i += (size_t)threads) {
        walk(&w, k->cell[i], -1, k->longer);
        walk(&w, k->cell[i], 1, k->longer);
    }
#pragma omp critical
    for (size_t j = 0; j < k->t->n; j++) {
        if (w.least[j] < k->least[j]) k->least[j] = w.least[j];
        if (w.most[j] > k->most[j]) k->most[j] = w.most[j];
    }
    return ST_OK;
}

static status
walk_all(const walks *k)
{
    SCRATCH(tmp);
    move_maker *maker;
    double *activity;
    status bad = ST_OK;
    CHECK(move_maker_new(tmp, k->t->in->system, &maker));
    ALLOC(tmp, activity, k->t->rows);
    for (size_t i = 0; i < k->t->rows; i++) activity[i] = activity_of(k->t, i, k->start);
    int threads = k->n < 64 ? 1 : threads_count();
#pragma omp parallel for num_threads(threads) schedule(static, 1)
    for (int thread = 0; thread < threads; thread++) {
        status code = walk_share(k, maker, activity, thread, threads);
#pragma omp critical
        if (code != ST_OK) bad = code;
    }
    if (bad != ST_OK) FAIL(bad, "out of memory (audit)");
    return ST_OK;
}

static status
decide(const walks *k, audit_result *r)
{
    SCRATCH(tmp);
    uint32_t *cell;
    walks again = *k;
    ALLOC(tmp, cell, k->n);
    again.n = 0;
    for (size_t i = 0; i < k->n; i++)
        if (k->least[k->cell[i]] == k->most[k->cell[i]] && r->cell[i].outer_lower < r->cell[i].outer_upper) cell[again.n++] = k->cell[i];
    again.cell = cell;
    again.longer = LONGER;
    if (again.n == 0) return ST_OK;
    CHECK(attack_circuits(k->t, k->start, again.n, cell, k->least, k->most, &r->programs));
    size_t left = 0;
    for (size_t i = 0; i < again.n; i++)
        if (k->least[cell[i]] == k->most[cell[i]]) cell[left++] = cell[i];
    again.n = left;
    return left ? walk_all(&again) : ST_OK;
}

/* The attacked cells, and where each side could be shown to end. */
static status
attack_sides(const attack *t, const walks *k, audit_result *r)
{
    SCRATCH(tmp);
    attack_side *side;
    size_t n = 0;
    ALLOC(tmp, side, 2 * k->n);
    for (size_t i = 0; i < k->n; i++) {
        uint32_t j = k->cell[i];
        r->cell[i].outer_lower = t->in->lower[j];
        r->cell[i].outer_upper = t->in->upper[j];
        if (k->least[j] > t->in->lower[j]) side[n++] = (attack_side){j, -1, 0};
        if (k->most[j] < t->in->upper[j]) side[n++] = (attack_side){j, 1, 0};
    }
    if (n > 0) CHECK(attack_programs(t, n, side, k->least, k->most, &r->programs));
    for (size_t i = 0; i < k->n; i++)
        for (size_t s = 0; s < n; s++) {
            if (side[s].cell != k->cell[i]) continue;
            *(side[s].sign < 0 ? &r->cell[i].outer_lower : &r->cell[i].outer_upper) = (int64_t)side[s].outer;
        }
    return decide(k, r);
}

static void
judge(const attack *t, const walks *k, audit_result *r)
{
    r->narrowest = r->widest = -1;
    for (size_t i = 0; i < k->n; i++) {
        audit_cell *c = &r->cell[i];
        uint32_t j = c->cell = k->cell[i];
        c->lower = k->least[j];
        c->upper = k->most[j];
        c->inside_lower = c->lower < 1 ? 1 : c->lower;
        c->narrowed = c->lower > t->in->lower[j] || c->upper < t->in->upper[j];
        c->exposed = c->lower == c->upper || (c->upper > 1 && c->inside_lower >= c->upper);
        r->exposed += c->exposed;
        r->narrowed += c->narrowed;
        int64_t width = c->upper - c->lower;
        if (r->narrowest < 0 || width < r->narrowest) r->narrowest = width;
        if (width > r->widest) r->widest = width;
    }
}

static status
choose_cells(arena *tmp, const audit_input *in, uint32_t **cells, size_t *n)
{
    uint32_t *list;
    ALLOC(tmp, list, in->system->n);
    *n = 0;
    for (uint32_t j = 0; j < in->system->n; j++)
        if (in->sensitive ? in->sensitive[j] : in->lower[j] < in->upper[j]) list[(*n)++] = j;
    *cells = list;
    return ST_OK;
}

static status
find_start(const attack *t, int64_t x[], bool *found)
{
    const audit_input *in = t->in;
    if (in->start) {
        memcpy(x, in->start, t->n * sizeof *x);
        *found = attack_agrees(t, x);
        if (!*found) FAIL(ST_INVALID, "the exact counts do not agree with the released numbers: expected tables of one report");
        return ST_OK;
    }
    for (size_t j = 0; j < t->n; j++) x[j] = in->guess ? in->guess[j] : in->lower[j] + (in->upper[j] - in->lower[j]) / 2;
    *found = attack_agrees(t, x);
    return *found ? ST_OK : attack_start(t, x, found);
}

static status
attack_all(arena *tmp, const attack *t, int64_t start[], audit_result *r)
{
    walks k = {.t = t, .start = start, .n = r->n, .longer = 1};
    uint32_t *cell;
    ALLOC(tmp, cell, r->n);
    ALLOC(tmp, k.least, t->n);
    ALLOC(tmp, k.most, t->n);
    for (size_t i = 0; i < r->n; i++) cell[i] = r->cell[i].cell;
    k.cell = cell;
    memcpy(k.least, start, t->n * sizeof *start);
    memcpy(k.most, start, t->n * sizeof *start);
    CHECK(walk_all(&k));
    CHECK(attack_sides(t, &k, r));
    judge(t, &k, r);
    return ST_OK;
}

status
protect_audit(arena *out, const audit_input *in, audit_result *result)
{
    SCRATCH(tmp);
    attack t;
    audit_result r = {.narrowest = -1, .widest = -1};
    uint32_t *cells;
    int64_t *start;
    CHECK(attack_new(tmp, in, &t));
    CHECK(choose_cells(tmp, in, &cells, &r.n));
    ALLOC(out, r.cell, r.n);
    ALLOC(tmp, start, t.n);
    for (size_t i = 0; i < r.n; i++) r.cell[i].cell = cells[i];
    CHECK(find_start(&t, start, &r.consistent));
    if (r.consistent) CHECK(attack_all(tmp, &t, start, &r));
    *result = r;
    return ST_OK;
}
