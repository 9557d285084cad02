#include "protect/walk.h"

#include "base/threads.h"

enum { MOST_STEPS = 64 };

status
evidence_new(arena *a, const attack *t, const int64_t start[], const insiders *insiders, size_t n, const uint32_t cell[], evidence *e)
{
    *e = (evidence){.t = t, .start = start, .insiders = insiders, .n = n, .cell = cell};
    ALLOC(a, e->place, t->n);
    ALLOC(a, e->least, t->n);
    ALLOC(a, e->most, t->n);
    ALLOC(a, e->open, n * insiders->words + 1);
    ALLOC(a, e->activity, t->rows);
    memcpy(e->least, start, t->n * sizeof *start);
    memcpy(e->most, start, t->n * sizeof *start);
    for (size_t j = 0; j < t->n; j++) e->place[j] = SYSTEM_NONE;
    for (uint32_t i = 0; i < n; i++) {
        e->place[cell[i]] = i;
        for (uint32_t k = 0; k < insiders->n; k++)
            if (insiders->who[cell[i]] != k) e->open[i * insiders->words + k / 64] |= UINT64_C(1) << k % 64;
    }
    for (size_t i = 0; i < t->rows; i++) e->activity[i] = attack_activity(t, i, start);
    return ST_OK;
}

uint32_t
evidence_loner(const evidence *e, size_t i)
{
    const uint64_t *open = e->open + i * e->insiders->words;
    for (size_t k = 0; k < e->insiders->words; k++)
        if (open[k]) return (uint32_t)(64 * k) + (uint32_t)__builtin_ctzll(open[k]);
    return SYSTEM_NONE;
}

bool
evidence_lacks(const evidence *e, size_t i)
{
    return e->least[e->cell[i]] == e->most[e->cell[i]] || evidence_loner(e, i) != SYSTEM_NONE;
}

void
evidence_clear(evidence *e, size_t i, uint32_t loner)
{
    e->open[i * e->insiders->words + loner / 64] &= ~(UINT64_C(1) << loner % 64);
}

/* One walker; his evidence is his own until he hands it in. */
struct walker {
    const attack *t;
    const move_maker *maker;
    evidence mine;
    int64_t *x;
    bool fresh;                 /* x is the start */
    double *activity, *change;  /* of rows */
    uint32_t *touched;
    uint8_t *seen;
    size_t touches;
    uint64_t *moved;            /* [words] loners whose counts the last single move moved */
    uint64_t *need;             /* [words] loners against whom the cell at hand is not kept by its own steps */
    bool usable;                /* the last single move leaves each count with somebody, if it had anybody */
    protect_move move;
};

static status
own_evidence(arena *a, const evidence *e, evidence *mine)
{
    size_t words = e->n * e->insiders->words;
    *mine = *e;
    ALLOC(a, mine->least, e->t->n);
    ALLOC(a, mine->most, e->t->n);
    ALLOC(a, mine->open, words + 1);
    memcpy(mine->least, e->least, e->t->n * sizeof *mine->least);
    memcpy(mine->most, e->most, e->t->n * sizeof *mine->most);
    memcpy(mine->open, e->open, words * sizeof *mine->open);
    return ST_OK;
}

static void
restart(walker *w)
{
    memcpy(w->x, w->mine.start, w->t->n * sizeof *w->x);
    memcpy(w->activity, w->mine.activity, w->t->rows * sizeof *w->activity);
    w->fresh = true;
}

status
walker_new(arena *a, const evidence *e, const move_maker *maker, walker **result)
{
    walker *w;
    size_t n = e->t->n, rows = e->t->rows;
    ALLOC(a, w, 1);
    *w = (walker){.t = e->t, .maker = maker};
    CHECK(own_evidence(a, e, &w->mine));
    ALLOC(a, w->x, n);
    ALLOC(a, w->activity, rows);
    ALLOC(a, w->change, rows);
    ALLOC(a, w->touched, rows);
    ALLOC(a, w->seen, rows);
    ALLOC(a, w->moved, e->insiders->words + 1);
    ALLOC(a, w->need, e->insiders->words + 1);
    if (maker) CHECK(move_new(a, maker, &w->move));
    else {
        ALLOC(a, w->move.cell, n);
        ALLOC(a, w->move.change, n);
    }
    restart(w);
    *result = w;
    return ST_OK;
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

/* The start with one move is a table: for which loners, too? One who is in an emptied count would know better. */
static void
note_insiders(walker *w)
{
    const insiders *all = w->mine.insiders;
    memset(w->moved, 0, all->words * sizeof *w->moved);
    w->usable = false;
    for (size_t k = 0; k < w->move.n; k++) {
        uint32_t j = w->move.cell[k], loner = all->who[j];
        if (loner != SYSTEM_NONE) w->moved[loner / 64] |= UINT64_C(1) << loner % 64;
        else if (w->mine.start[j] > 0 && w->x[j] == 0) return;
    }
    w->usable = true;
    for (size_t k = 0; k < w->move.n; k++) {
        uint32_t i = w->mine.place[w->move.cell[k]];
        if (i == SYSTEM_NONE || w->x[w->move.cell[k]] == w->mine.start[w->move.cell[k]]) continue;
        for (size_t b = 0; b < all->words; b++) w->mine.open[i * all->words + b] &= w->moved[b];
    }
}

static void
note(walker *w)
{
    for (size_t k = 0; k < w->move.n; k++) {
        uint32_t j = w->move.cell[k];
        if (w->x[j] < w->mine.least[j]) w->mine.least[j] = w->x[j];
        if (w->x[j] > w->mine.most[j]) w->mine.most[j] = w->x[j];
    }
    if (w->fresh && w->mine.insiders->n) note_insiders(w);
    w->fresh = false;
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
    for (size_t k = 0; k < w->touches && good; k++)
        good = attack_row_holds(t, w->touched[k], w->activity[w->touched[k]] + w->change[w->touched[k]]);
    for (size_t k = 0; k < w->touches; k++) {
        uint32_t i = w->touched[k];
        if (good) w->activity[i] += w->change[i];
        w->change[i] = 0;
        w->seen[i] = 0;
    }
    for (size_t k = 0; k < w->move.n && good; k++) w->x[w->move.cell[k]] += sign * w->move.change[k];
    if (good) note(w);
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
walk(walker *w, uint32_t cell, int sign, int tries)
{
    rng random = rng_new(w->t->in->seed, ((uint64_t)cell << 1 | (sign > 0)) + 1000);
    int64_t goal = sign > 0 ? w->t->high[cell] : w->t->low[cell];
    restart(w);
    for (int k = 0; k < tries && w->x[cell] != goal; k++) {
        if (!move_at(w->maker, cell, (int)rng_below(&random, 5), &random, &w->move)) continue;
        uint32_t wall = blocked(w, sign);
        if (wall == SYSTEM_NONE) (void)make_move(w, sign);
        else if (wall != cell) loosen(w, wall, cell, sign, &random);
    }
}

/* Single steps from the start until the cell lacks nothing. What other cells' steps show does not count: it would depend on
 * the number of threads. */
static void
step(walker *w, const evidence *before, size_t place, uint32_t cell, int tries)
{
    size_t words = before->insiders->words;
    rng random = rng_new(w->t->in->seed, ((uint64_t)cell << 1) + UINT64_C(1000000000));
    bool lacks = evidence_lacks(before, place);
    memcpy(w->need, before->open + place * words, words * sizeof *w->need);
    for (int k = 0; k < tries && lacks; k++) {
        if (!move_at(w->maker, cell, (int)rng_below(&random, 5), &random, &w->move)) continue;
        int sign = k & 1 ? -1 : 1;
        restart(w);
        if (blocked(w, sign) != SYSTEM_NONE || !make_move(w, sign)) continue;
        lacks = false;
        for (size_t b = 0; b < words; b++) lacks |= (w->need[b] &= w->usable ? w->moved[b] : ~UINT64_C(0)) != 0;
    }
}

void
walker_try(walker *w, const int8_t change[])
{
    w->move.n = 0;
    for (uint32_t j = 0; j < w->t->n; j++) {
        if (!change[j]) continue;
        w->move.cell[w->move.n] = j;
        w->move.change[w->move.n++] = change[j];
    }
    for (int sign = -1; sign <= 1; sign += 2) {
        int steps = 0;
        for (w->fresh = true; steps < MOST_STEPS && blocked(w, sign) == SYSTEM_NONE && make_move(w, sign);) steps++;
        for (; steps > 0; steps--) (void)make_move(w, -sign);
    }
    w->fresh = true;
}

void
walker_merge(const walker *w, evidence *e)
{
    for (size_t j = 0; j < e->t->n; j++) {
        if (w->mine.least[j] < e->least[j]) e->least[j] = w->mine.least[j];
        if (w->mine.most[j] > e->most[j]) e->most[j] = w->mine.most[j];
    }
    for (size_t k = 0; k < e->n * e->insiders->words; k++) e->open[k] &= w->mine.open[k];
}

typedef struct task {
    evidence *e;
    const move_maker *maker;
    size_t n;
    const uint32_t *which;
    int tries, threads;
    bool ends;
} task;

static status
walk_share(const task *k, const evidence *before, int thread)
{
    SCRATCH(tmp);
    walker *w;
    CHECK(walker_new(tmp, before, k->maker, &w));
    for (size_t i = (size_t)thread; i < k->n; i += (size_t)k->threads) {
        uint32_t place = k->which[i], cell = k->e->cell[place];
        if (!k->ends) {
            step(w, before, place, cell, k->tries);
            continue;
        }
        walk(w, cell, -1, k->tries);
        walk(w, cell, 1, k->tries);
    }
#pragma omp critical
    walker_merge(w, k->e);
    return ST_OK;
}

status
walk_all(evidence *e, size_t n, const uint32_t which[], int tries, bool ends)
{
    SCRATCH(tmp);
    move_maker *maker;
    status bad = ST_OK;
    if (n == 0) return ST_OK;
    CHECK(move_maker_new(tmp, e->t->in->system, &maker));
    evidence before;
    CHECK(own_evidence(tmp, e, &before));
    task k = {e, maker, n, which, tries, n < 64 ? 1 : threads_count(), ends};
#pragma omp parallel for num_threads(k.threads) schedule(static, 1)
    for (int thread = 0; thread < k.threads; thread++) {
        status code = walk_share(&k, &before, thread);
#pragma omp critical
        if (code != ST_OK) bad = code;
    }
    if (bad != ST_OK) FAIL(bad, "out of memory (audit)");
    return ST_OK;
}
