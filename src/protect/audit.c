#include "protect/audit.h"

#include "protect/canonical.h"
#include "protect/lattice.h"
#include "protect/walk.h"

#include <stdlib.h>

/* A cell of which whole tables show one value only, although fractions leave more, gets the least difference from the exact
 * table, then a longer walk; what is undecided then counts as exposed. */
enum { PRESET_TRIES = 400, LONGER = 25, TRIES = 2, STEPS = 2000, MOST_AGAIN = 6, MOST_LONERS = 2000 };

/* Up to how many unknown cells, times sides or pairs to settle, linear programs are tried. */
enum { MOST_FREE = 4000 };
static const double most_work = 3e6, most_circuits = 4e5;

typedef struct shown {
    double value;
    uint32_t cell;
} shown;

static int
by_value(const void *a, const void *b)
{
    const shown *x = a, *y = b;
    if (x->value != y->value) return x->value > y->value ? -1 : 1;
    return x->cell < y->cell ? -1 : x->cell > y->cell;
}

/* The moves that leave every known count alone are looked for in an order of the counts that names and files do not decide. */
typedef struct seeker {
    evidence *e;
    protect_system sorted;
    uint32_t *from, *into;     /* [counts] of the system, and back */
    int64_t *start;            /* [counts], these and those below in that order */
    int64_t *lower, *upper;
    uint8_t *zero;
    uint32_t *own;             /* of the insiders */
    int8_t *moved, *move;      /* [counts] scratch: of the lattice, of the system */
    walker *w;
} seeker;

static status
seeker_new(arena *tmp, evidence *e, seeker *s)
{
    const audit_input *in = e->t->in;
    size_t n = e->t->n, ones = e->insiders->n ? e->insiders->first[e->insiders->n] : 0;
    s->e = e;
    protect_system exact = *in->system; /* its own values may be the released ones */
    ALLOC(tmp, exact.value, n);
    memcpy(exact.value, e->start, n * sizeof *exact.value);
    CHECK(protect_canonical(tmp, &exact, NULL, &s->sorted, &s->from));
    ALLOC(tmp, s->into, n);
    ALLOC(tmp, s->start, n);
    ALLOC(tmp, s->lower, n);
    ALLOC(tmp, s->upper, n);
    ALLOC(tmp, s->zero, n);
    ALLOC(tmp, s->own, ones);
    ALLOC(tmp, s->moved, n);
    ALLOC(tmp, s->move, n);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t j = s->from[i];
        s->into[j] = i;
        s->start[i] = e->start[j];
        s->lower[i] = in->lower[j];
        s->upper[i] = in->upper[j];
        s->zero[i] = in->upper[j] == 0;
    }
    for (size_t k = 0; k < ones; k++) s->own[k] = s->into[e->insiders->own[k]];
    return walker_new(tmp, e, NULL, &s->w);
}

/* The move at hand, on the exact table. */
static void
try_moved(seeker *s)
{
    for (size_t i = 0; i < s->e->t->n; i++) s->move[s->from[i]] = s->moved[i];
    walker_try(s->w, s->move);
}

static void
try_keepers(seeker *s, lattice *l, size_t i)
{
    lattice_seek(l, i);
    for (size_t k = 0; k < lattice_kept(l, i); k++) {
        lattice_keeper_move(l, i, k, s->moved);
        try_moved(s);
    }
    walker_merge(s->w, s->e);
}

/* Show what is known, whatever follows, the finest counts first: so rows grow least. All moves are left then, and made short. */
static status
show_all(const seeker *s, lattice *l)
{
    for (size_t i = s->e->t->n; i-- > 0;)
        if (s->lower[i] == s->upper[i] && s->upper[i] > 0) CHECK(lattice_fix(l, (uint32_t)i));
    lattice_shorten(l);
    return ST_OK;
}

/* Show what is known, from the largest down (later rounds shuffle that): first as far as the attacked cells keep moves, then
 * the rest. */
static status
show_known(arena *tmp, const seeker *s, int again, lattice *l)
{
    rng random = rng_new(s->e->t->in->seed, UINT64_C(2000000000) + (uint64_t)again);
    shown *list;
    size_t n = 0, left;
    ALLOC(tmp, list, s->e->t->n);
    for (uint32_t i = 0; i < s->e->t->n; i++)
        if (s->lower[i] == s->upper[i] && s->upper[i] > 0)
            list[n++] = (shown){(double)s->lower[i] * (again ? 0.5 + rng_uniform(&random) : 1), i};
    if (n) qsort(list, n, sizeof *list, by_value);
    for (int round = 0; round < 3; round++) {
        left = 0;
        for (size_t i = 0; i < n; i++) {
            bool done;
            CHECK(lattice_show(l, list[i].cell, TRIES << round, &done));
            if (!done) list[left++] = list[i];
        }
        n = left;
    }
    for (size_t i = 0; i < n; i++) CHECK(lattice_fix(l, list[i].cell));
    return ST_OK;
}

/* The attacked cells that lack something, in order. */
static size_t
lacking(const evidence *e, uint32_t which[])
{
    size_t n = 0;
    for (uint32_t i = 0; i < e->n; i++)
        if (evidence_lacks(e, i)) which[n++] = i;
    return n;
}

/* Of these, the cells that rows by themselves do not settle. */
static size_t
undecided(const evidence *e, uint32_t which[])
{
    size_t n = 0, lack = lacking(e, which);
    for (size_t i = 0; i < lack; i++)
        if (e->t->low[e->cell[which[i]]] < e->t->high[e->cell[which[i]]]) which[n++] = which[i];
    return n;
}

static status
watch_cells(const seeker *s, size_t n, const uint32_t which[], lattice *l)
{
    for (size_t i = 0; i < n; i++) {
        bool kept;
        CHECK(lattice_watch(l, s->into[s->e->cell[which[i]]], &kept));
    }
    return ST_OK;
}

/* Rows of the lattice, then moves of two rows for the watched cells that lack something. */
static void
try_moves(seeker *s, size_t n, const uint32_t which[], lattice *l)
{
    for (size_t i = 0; i < lattice_rows(l); i++) {
        lattice_move(l, i, s->moved);
        try_moved(s);
    }
    walker_merge(s->w, s->e);
    for (size_t i = 0; i < n; i++)
        if (evidence_lacks(s->e, which[i])) try_keepers(s, l, i);
}

/* For watched cells that some loner might tell: moves without his counts, loner by loner. */
static status
try_loners(seeker *s, size_t n, const uint32_t which[], lattice *l)
{
    const insiders *all = s->e->insiders;
    int left = MOST_LONERS;
    for (size_t i = 0; i < n; i++)
        for (uint32_t loner; left-- > 0 && (loner = evidence_loner(s->e, which[i])) != SYSTEM_NONE;) {
            CHECK(lattice_hold(l, all->first[loner + 1] - all->first[loner], s->own + all->first[loner]));
            try_keepers(s, l, i);
            lattice_let_go(l);
            if (evidence_loner(s->e, which[i]) == loner) break;
        }
    return ST_OK;
}

/* Moves that leave every known count alone: those made for these attacked cells, and in the second turn all there are. */
static status
attack_moves(seeker *s, size_t n, const uint32_t which[], int again)
{
    SCRATCH(tmp);
    lattice *l;
    CHECK(lattice_new(tmp, &s->sorted, s->start, s->zero, s->e->t->in->against == AUDIT_LONERS ? LATTICE_LONERS : LATTICE_OUTSIDERS, &l));
    if (again == 1) {
        CHECK(show_all(s, l));
        CHECK(watch_cells(s, n, which, l));
    } else {
        CHECK(watch_cells(s, n, which, l));
        CHECK(show_known(tmp, s, again, l));
    }
    try_moves(s, n, which, l);
    return try_loners(s, n, which, l);
}

/* All cells at once; then those that lack something, for whom there is more room without the others, in other orders. */
static status
attack_by_moves(evidence *e)
{
    SCRATCH(tmp);
    uint32_t *which;
    seeker s = {0};
    ALLOC(tmp, which, e->n);
    CHECK(seeker_new(tmp, e, &s));
    size_t n = e->n;
    for (uint32_t i = 0; i < n; i++) which[i] = i;
    for (int again = 0; again < MOST_AGAIN && n > 0; again++) {
        CHECK(attack_moves(&s, n, which, again));
        n = undecided(e, which);
    }
    return ST_OK;
}

/* Cells of which no second value was found, and loners against whom a cell is not shown to be open, one by one. */
static status
attack_pairs(evidence *e)
{
    SCRATCH(tmp);
    const insiders *all = e->insiders;
    uint32_t *which;
    ALLOC(tmp, which, e->n);
    size_t n = lacking(e, which);
    for (size_t i = 0; i < n; i++) {
        attack_pair pair = {.cell = e->cell[which[i]]};
        if (e->t->low[pair.cell] == e->t->high[pair.cell]) continue; /* settled: it is exposed */
        if (e->least[pair.cell] == e->most[pair.cell]) CHECK(attack_circuits(e->t, e->start, 1, &pair, e->least, e->most, &e->programs));
        for (uint32_t loner; e->least[pair.cell] < e->most[pair.cell] && (loner = evidence_loner(e, which[i])) != SYSTEM_NONE;) {
            attack_pair other = {pair.cell, all->first[loner + 1] - all->first[loner], all->own + all->first[loner], false};
            CHECK(attack_circuits(e->t, e->start, 1, &other, e->least, e->most, &e->programs));
            if (!other.found) break;
            evidence_clear(e, which[i], loner);
        }
    }
    return ST_OK;
}

/* Where each side can be shown to end. */
static status
attack_sides(evidence *e, audit_result *r)
{
    SCRATCH(tmp);
    attack_side *side;
    size_t n = 0;
    ALLOC(tmp, side, 2 * e->n);
    for (size_t i = 0; i < e->n; i++) {
        uint32_t j = e->cell[i];
        r->cell[i].outer_lower = e->t->low[j];
        r->cell[i].outer_upper = e->t->high[j];
        if (e->least[j] > e->t->low[j]) side[n++] = (attack_side){j, -1, 0};
        if (e->most[j] < e->t->high[j]) side[n++] = (attack_side){j, 1, 0};
    }
    if (n == 0 || e->t->free > MOST_FREE || (double)n * (double)e->t->free > most_work) return ST_OK;
    CHECK(attack_programs(e->t, n, side, e->least, e->most, &e->programs));
    for (size_t s = 0; s < n; s++) {
        audit_cell *c = &r->cell[e->place[side[s].cell]];
        *(side[s].sign < 0 ? &c->outer_lower : &c->outer_upper) = (int64_t)side[s].outer;
    }
    return ST_OK;
}

/* What random moves and bounds left undecided. */
static status
decide(evidence *e)
{
    SCRATCH(tmp);
    uint32_t *which;
    ALLOC(tmp, which, e->n);
    size_t n = lacking(e, which);
    if (n == 0) return ST_OK;
    CHECK(walk_all(e, n, which, STEPS, false));
    n = lacking(e, which);
    if ((double)n * (double)e->t->free <= most_circuits) CHECK(attack_pairs(e));
    size_t left = 0;
    for (size_t i = 0; i < n; i++)
        if (e->least[e->cell[which[i]]] == e->most[e->cell[which[i]]] && e->t->low[e->cell[which[i]]] < e->t->high[e->cell[which[i]]])
            which[left++] = which[i];
    return walk_all(e, left, which, PRESET_TRIES * LONGER, true);
}

static void
judge_cell(const evidence *e, size_t i, audit_cell *c)
{
    const audit_input *in = e->t->in;
    uint32_t j = c->cell = e->cell[i];
    c->lower = e->least[j];
    c->upper = e->most[j];
    c->inside_lower = c->lower < 1 ? 1 : c->lower;
    c->narrowed = c->lower > in->lower[j] || c->upper < in->upper[j];
    bool others = c->upper > 1 || in->zeros; /* who is alone learns of others only that nobody is there */
    bool known = c->lower == c->upper, own = e->start[j] > 0 && others && c->inside_lower >= c->upper;
    c->inside = !known && (own || evidence_loner(e, i) != SYSTEM_NONE);
    c->exposed = known || c->inside;
}

static void
judge(const evidence *e, audit_result *r)
{
    r->narrowest = r->widest = -1;
    for (size_t i = 0; i < e->n; i++) {
        audit_cell *c = &r->cell[i];
        judge_cell(e, i, c);
        r->exposed += c->exposed;
        r->inside += c->inside;
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

/* Do counts that are known exactly stand in the way of random moves? Where counts are hidden they do, and empty ones not least. */
static bool
rigid(const attack *t)
{
    size_t known = 0, shown = 0;
    for (size_t j = 0; j < t->n; j++) {
        known += t->in->lower[j] == t->in->upper[j];
        shown += t->in->lower[j] == t->in->upper[j] && t->in->upper[j] > 0;
    }
    return t->in->against == AUDIT_LONERS || (shown > 0 && 10 * known > t->n);
}

static status
attack_all(arena *tmp, const attack *t, const int64_t start[], const uint32_t cells[], audit_result *r)
{
    evidence e;
    insiders who = {0};
    uint32_t *which;
    bool stiff = rigid(t);
    int tries = t->in->tries ? t->in->tries : PRESET_TRIES;
    ALLOC(tmp, which, r->n);
    for (uint32_t i = 0; i < r->n; i++) which[i] = i;
    if (t->in->against == AUDIT_LONERS) CHECK(insiders_find(tmp, t, start, &who));
    CHECK(evidence_new(tmp, t, start, &who, r->n, cells, &e));
    if (stiff) CHECK(attack_by_moves(&e));
    if (!stiff || t->free <= MOST_FREE / 2) CHECK(walk_all(&e, r->n, which, stiff ? tries / 10 : tries, true));
    CHECK(attack_sides(&e, r));
    CHECK(decide(&e));
    r->programs = e.programs;
    judge(&e, r);
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
    CHECK(find_start(&t, start, &r.consistent));
    if (r.consistent) CHECK(attack_all(tmp, &t, start, cells, &r));
    *result = r;
    return ST_OK;
}
