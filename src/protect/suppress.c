#include "protect/suppress.h"

#include "base/rng.h"
#include "base/threads.h"
#include "protect/cover.h"
#include "protect/lattice.h"

#include <stdlib.h>

/* Runs of a batch start from one best result, so that the number of threads does not matter. */
enum { BATCH = 4, MOST_RUNS = 600, TRIES = 2, PASSES = 2, MOST_COVERED = 1000, MOST_PROGRAMS = 2500 };

typedef struct candidate {
    double rank; /* shown in ascending rank */
    uint32_t cell;
} candidate;

typedef struct suppressor {
    const protect_system *s;
    const suppress_options *o;
    uint8_t *primary; /* [n] */
    uint8_t *zero;    /* [n] everybody knows that nobody is there */
} suppressor;

/* What one run hides. */
typedef struct attempt {
    size_t count;
    uint8_t *hidden; /* [n] */
    double *rank;    /* [n] the order: ascending */
    uint32_t stuck;  /* a sensitive count that cannot be hidden; SYSTEM_NONE: none */
} attempt;

static int
by_rank(const void *a, const void *b)
{
    const candidate *x = a, *y = b;
    if (x->rank != y->rank) return x->rank < y->rank ? -1 : 1;
    return x->cell < y->cell ? -1 : x->cell > y->cell;
}

static void
find_primary(suppressor *p)
{
    const protect_system *s = p->s;
    for (size_t i = 0; i < s->n; i++) {
        p->primary[i] = s->value[i] < p->o->minimum && (s->value[i] > 0 || (p->o->hide_zero && !s->zero[i]));
        p->primary[i] |= p->o->sensitive && p->o->sensitive[i];
        p->zero[i] = s->value[i] == 0 && !p->primary[i];
    }
    for (size_t i = 0; i < s->rows && p->o->hide_full; i++) {
        const system_row *r = &s->row[i];
        if (r->relation != SYSTEM_EQUAL || r->n < 2 || s->value[r->whole] == 0 || s->value[r->whole] >= 10 * p->o->minimum) continue;
        for (uint32_t k = 0; k < r->n; k++)
            if (s->value[r->part[k]] == s->value[r->whole]) p->primary[r->part[k]] = 1;
    }
}

/* The first order: from the largest down. The audit shows in the same order, and so comes by the same moves most easily. */
static void
first_ranks(const suppressor *p, double rank[])
{
    for (size_t i = 0; i < p->s->n; i++) rank[i] = -(double)p->s->value[i];
}

/* Another order near the best one: a few counts that it hides come first, and now and then one that it shows comes last. */
static void
other_ranks(const suppressor *p, const attempt *best, size_t run, double rank[])
{
    rng random = rng_new(run, 3);
    size_t n = p->s->n, secondary = 0;
    memcpy(rank, best->rank, n * sizeof *rank);
    for (size_t i = 0; i < n; i++) secondary += best->hidden[i] && !p->primary[i];
    if (secondary == 0) return;
    int moved = 1 + (int)rng_below(&random, 3);
    for (int k = 0; k < moved; k++) {
        size_t skip = rng_below(&random, secondary), i = 0;
        for (;; i++)
            if (best->hidden[i] && !p->primary[i] && skip-- == 0) break;
        rank[i] = -1e12 * (1 + rng_uniform(&random));
    }
    if (rng_below(&random, 3) == 0) rank[rng_below(&random, n)] = 1 + rng_uniform(&random);
}

static size_t
order(const suppressor *p, const double rank[], candidate list[])
{
    size_t n = 0;
    for (uint32_t i = 0; i < p->s->n; i++)
        if (!p->primary[i] && !p->zero[i] && !(p->o->known && p->o->known[i])) list[n++] = (candidate){rank[i], i};
    if (n) qsort(list, n, sizeof *list, by_rank);
    return n;
}

/* Everything hidden but what is public, and the sensitive counts watched. */
static status
begin(arena *tmp, const suppressor *p, lattice **all, attempt *a)
{
    const protect_system *s = p->s;
    lattice *l;
    CHECK(lattice_new(tmp, s, s->value, p->zero, p->o->outsiders_only ? LATTICE_OUTSIDERS : LATTICE_LONERS, &l));
    for (uint32_t i = 0; i < s->n; i++) {
        a->hidden[i] = p->primary[i];
        a->count += p->primary[i];
    }
    for (uint32_t i = 0; i < s->n && p->o->known; i++)
        if (p->o->known[i]) CHECK(lattice_fix(l, i));
    a->stuck = SYSTEM_NONE;
    for (uint32_t i = 0; i < s->n && a->stuck == SYSTEM_NONE; i++) {
        bool kept = true;
        if (p->primary[i]) CHECK(lattice_watch(l, i, &kept));
        if (!kept || (p->primary[i] && p->o->known && p->o->known[i])) a->stuck = i;
    }
    *all = l;
    return ST_OK;
}

/* Show one by one what is still hidden. */
static status
show_hidden(lattice *l, size_t n, const candidate list[], attempt *a)
{
    for (size_t i = 0; i < n; i++) {
        bool shown;
        if (!a->hidden[list[i].cell]) continue;
        CHECK(lattice_show(l, list[i].cell, TRIES, &shown));
        a->hidden[list[i].cell] = !shown;
        a->count -= shown;
    }
    return ST_OK;
}

/* In order; what was refused is tried again later, when the moves are others. */
static status
run_order(const suppressor *p, attempt *a)
{
    SCRATCH(tmp);
    lattice *l;
    candidate *list;
    ALLOC(tmp, list, p->s->n);
    a->count = 0;
    CHECK(begin(tmp, p, &l, a));
    size_t n = order(p, a->rank, list);
    for (size_t i = 0; i < n; i++) a->hidden[list[i].cell] = 1;
    a->count += n;
    if (a->stuck != SYSTEM_NONE) return ST_OK;
    for (int pass = 0; pass < PASSES; pass++) CHECK(show_hidden(l, n, list, a));
    return ST_OK;
}

static size_t
runs_of(const suppressor *p)
{
    if (p->o->runs > 0) return (size_t)p->o->runs;
    double n = (double)p->s->n, runs = 3e8 / (n * n);
    return runs > MOST_RUNS ? MOST_RUNS : runs < 1 ? 1 : (size_t)runs;
}

/* A batch of runs around the best result; whether the best got better. */
static status
run_batch(const suppressor *p, size_t first, size_t n, attempt batch[], attempt *best)
{
    status bad = ST_OK;
    int threads = (int)n < threads_count() ? (int)n : threads_count();
#pragma omp parallel for num_threads(threads) schedule(dynamic, 1)
    for (size_t k = 0; k < n; k++) {
        other_ranks(p, best, first + k, batch[k].rank);
        status code = run_order(p, &batch[k]);
#pragma omp critical
        if (code != ST_OK) bad = code;
    }
    if (bad != ST_OK) FAIL(bad, "out of memory, or too many counts to hide any: %zu", p->s->n);
    for (size_t k = 0; k < n; k++) {
        if (batch[k].count > best->count || batch[k].stuck != SYSTEM_NONE) continue; /* as good is taken too: to move on */
        best->count = batch[k].count;
        memcpy(best->hidden, batch[k].hidden, p->s->n);
        memcpy(best->rank, batch[k].rank, p->s->n * sizeof *best->rank);
    }
    return ST_OK;
}

/* How few could be hidden, against outsiders at least: a bound for loners too. And the order it leads to. */
static status
bound(const suppressor *p, attempt *best, size_t *least)
{
    SCRATCH(tmp);
    const protect_system *s = p->s;
    lattice *l;
    cover_result r;
    attempt a = {.count = 0};
    if (s->n > MOST_COVERED || p->o->known) return ST_OK;
    CHECK(lattice_new(tmp, s, s->value, p->zero, LATTICE_OUTSIDERS, &l));
    cover_input in = {.system = s, .moves = l, .primary = p->primary, .zero = p->zero, .programs = (int)(4e8 / (double)(s->n * s->n)) + 100};
    if (in.programs > MOST_PROGRAMS) in.programs = MOST_PROGRAMS;
    CHECK(protect_cover(tmp, &in, &r));
    ALLOC(tmp, a.hidden, s->n);
    ALLOC(tmp, a.rank, s->n);
    for (size_t i = 0; i < s->n; i++) a.rank[i] = best->rank[i] + (r.weight[i] > 0.5 ? 1e12 : 0);
    CHECK(run_order(p, &a));
    *least = r.least;
    if (a.count > best->count || a.stuck != SYSTEM_NONE) return ST_OK;
    best->count = a.count;
    memcpy(best->hidden, a.hidden, s->n);
    memcpy(best->rank, a.rank, s->n * sizeof *best->rank);
    return ST_OK;
}

status
protect_suppress(arena *out, const protect_system *s, const suppress_options *o, suppression *result)
{
    SCRATCH(tmp);
    suppression r = {.solver = "moves in whole numbers"};
    suppressor p = {.s = s, .o = o};
    attempt best, batch[BATCH];
    ALLOC(out, r.hidden, s->n);
    ALLOC(out, r.sensitive, s->n);
    ALLOC(tmp, p.zero, s->n);
    ALLOC(tmp, best.rank, s->n);
    for (size_t k = 0; k < BATCH; k++) {
        ALLOC(tmp, batch[k].hidden, s->n);
        ALLOC(tmp, batch[k].rank, s->n);
    }
    p.primary = r.sensitive;
    best.hidden = r.hidden;
    find_primary(&p);
    for (size_t i = 0; i < s->n; i++) r.primary += p.primary[i];
    first_ranks(&p, best.rank);
    CHECK(run_order(&p, &best));
    if (best.stuck != SYSTEM_NONE)
        FAIL(ST_INFEASIBLE, "%s: a small count cannot be hidden (%s): it is public already, or follows from what is",
             s->source[best.stuck], system_describe(tmp, s, best.stuck));
    if (r.primary > 0) CHECK(bound(&p, &best, &r.least));
    for (r.runs = 1; r.primary > 0 && best.count > r.least && r.runs < runs_of(&p);) {
        size_t n = runs_of(&p) - r.runs < BATCH ? runs_of(&p) - r.runs : BATCH;
        CHECK(run_batch(&p, r.runs, n, batch, &best));
        r.runs += n;
    }
    r.suppressed = best.count;
    *result = r;
    return ST_OK;
}
