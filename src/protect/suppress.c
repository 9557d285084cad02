#include "protect/suppress.h"

#include "base/rng.h"
#include "base/threads.h"
#include "protect/canonical.h"
#include "protect/cover.h"
#include "protect/lattice.h"

#include <stdlib.h>

/* Runs of a batch start from one best result, so that the number of threads does not matter. */
enum { BATCH = 4, MOST_RUNS = 600, MOST_STARTS = 120, TRIES = 2, PASSES = 2, MOST_COVERED = 1000, PRESET_WORK = 20000 };

/* Ranks: the weight of the relaxation outweighs the size of a count, and first and last outweigh both. */
static const double by_weight = 1e12, extreme = 1e14;

typedef struct candidate {
    double rank; /* shown in ascending rank */
    uint32_t cell;
} candidate;

typedef struct suppressor {
    const protect_system *s; /* in canonical order, so that neither names nor files decide */
    const suppress_options *o;
    uint8_t *primary; /* [n] */
    uint8_t *zero;    /* [n] everybody knows that nobody is there */
    uint32_t *beside; /* [n] in how many sums with a sensitive count it stands */
    double *weight;   /* [n] of the relaxation; NULL: none */
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

static bool
is_apart(const suppressor *p, size_t i)
{
    return p->o->apart && p->o->apart[i];
}

static bool
is_known(const suppressor *p, size_t i)
{
    return p->o->known && p->o->known[i];
}

static void
find_primary(suppressor *p)
{
    const protect_system *s = p->s;
    for (size_t i = 0; i < s->n; i++) {
        p->primary[i] = s->value[i] < p->o->minimum && (s->value[i] > 0 || (p->o->hide_zero && !s->zero[i]));
        p->primary[i] |= p->o->sensitive && p->o->sensitive[i];
        p->primary[i] &= !(is_apart(p, i) && (is_known(p, i) || s->value[i] == 0));
        p->zero[i] = s->value[i] == 0 && !p->primary[i] && (!is_apart(p, i) || is_known(p, i));
    }
    for (size_t i = 0; i < s->rows && p->o->hide_full; i++) {
        const system_row *r = &s->row[i];
        if (r->relation != SYSTEM_EQUAL || r->n < 2 || s->value[r->whole] == 0 || s->value[r->whole] >= 10 * p->o->minimum) continue;
        for (uint32_t k = 0; k < r->n; k++)
            if (s->value[r->part[k]] == s->value[r->whole]) p->primary[r->part[k]] = 1;
    }
}

static status
find_beside(arena *tmp, suppressor *p)
{
    const protect_system *s = p->s;
    ALLOC(tmp, p->beside, s->n);
    for (size_t i = 0; i < s->rows; i++) {
        const system_row *r = &s->row[i];
        bool sensitive = p->primary[r->whole];
        for (uint32_t k = 0; k < r->n; k++) sensitive |= p->primary[r->part[k]];
        p->beside[r->whole] += sensitive;
        for (uint32_t k = 0; k < r->n; k++) p->beside[r->part[k]] += sensitive;
    }
    return ST_OK;
}

/* From the largest down, but sooner what stands beside few sensitive counts, for it protects few: more so, the greater the power. */
static double
rank_of(const suppressor *p, size_t i, int power)
{
    double rank = -(double)p->s->value[i];
    for (int k = 0; k < power; k++) rank /= 1 + p->beside[i];
    return rank;
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
        rank[i] = -extreme * (1 + rng_uniform(&random));
    }
    if (rng_below(&random, 3) == 0) rank[rng_below(&random, n)] = extreme * (1 + rng_uniform(&random));
}

/* What the relaxation hides comes last, the heaviest at the very end, with some chance; the rest from the largest down, or by
 * chance. Without a relaxation: about as in the first order. */
static void
start_ranks(const suppressor *p, size_t run, double rank[])
{
    rng random = rng_new(run, 4);
    double noise = 0.1 * (double)rng_below(&random, 4);
    int power = (int)rng_below(&random, 3);
    bool largest = rng_below(&random, 2);
    for (size_t i = 0; i < p->s->n; i++) {
        double chance = rng_uniform(&random), tie = rng_uniform(&random);
        rank[i] = !p->weight ? rank_of(p, i, power) * (1 + noise * chance) : largest ? -(double)p->s->value[i] : -tie;
        if (p->weight && p->weight[i] > 1e-3) rank[i] += by_weight * (p->weight[i] + noise * chance);
    }
}

static size_t
order(const suppressor *p, const double rank[], candidate list[])
{
    size_t n = 0;
    for (uint32_t i = 0; i < p->s->n; i++)
        if (!p->primary[i] && !p->zero[i] && !is_known(p, i) && !is_apart(p, i)) list[n++] = (candidate){rank[i], i};
    if (n) qsort(list, n, sizeof *list, by_rank);
    return n;
}

/* What is public already, in the same order. */
static size_t
order_known(const suppressor *p, const double rank[], candidate list[])
{
    size_t n = 0;
    for (uint32_t i = 0; i < p->s->n; i++)
        if (is_known(p, i) && !p->zero[i]) list[n++] = (candidate){rank[i], i};
    if (n) qsort(list, n, sizeof *list, by_rank);
    return n;
}

/* Show what is public already, so that the sensitive counts keep their moves. */
static status
show_known(const suppressor *p, lattice *l, attempt *a)
{
    SCRATCH(tmp);
    candidate *list;
    ALLOC(tmp, list, p->s->n);
    size_t n = order_known(p, a->rank, list);
    for (int pass = 0; pass < PASSES && n > 0; pass++) {
        size_t left = 0;
        for (size_t i = 0; i < n; i++) {
            bool shown;
            CHECK(lattice_show(l, list[i].cell, TRIES, &shown));
            if (!shown) list[left++] = list[i];
        }
        n = left;
    }
    if (n > 0) a->stuck = list[0].cell;
    return ST_OK;
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
        a->count += p->primary[i] && !is_apart(p, i);
    }
    a->stuck = SYSTEM_NONE;
    for (uint32_t i = 0; i < s->n && a->stuck == SYSTEM_NONE; i++) {
        bool kept = true;
        if (p->primary[i]) CHECK(lattice_watch(l, i, &kept));
        if (!kept || (p->primary[i] && is_known(p, i))) a->stuck = i;
    }
    if (a->stuck == SYSTEM_NONE) CHECK(show_known(p, l, a));
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
    double n = (double)p->s->n, runs = 2e12 / (n * n * n); /* about ten seconds */
    return runs > MOST_RUNS ? MOST_RUNS : runs < 1 ? 1 : (size_t)runs;
}

/* How many of them are new starts; the others stay near the best one. */
static size_t
starts_of(const suppressor *p)
{
    size_t n = runs_of(p) / 2;
    return n > MOST_STARTS ? MOST_STARTS : n;
}

/* A batch of runs around the best result; whether the best got better. */
static status
run_batch(const suppressor *p, size_t first, size_t n, attempt batch[], attempt *best)
{
    status bad = ST_OK;
    int threads = (int)n < threads_count() ? (int)n : threads_count();
#pragma omp parallel for num_threads(threads) schedule(dynamic, 1)
    for (size_t k = 0; k < n; k++) {
        if (first + k <= starts_of(p)) start_ranks(p, first + k, batch[k].rank);
        else other_ranks(p, best, first + k, batch[k].rank);
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

/* How few could be hidden, and the weights that lead there. */
static status
bound(arena *a, suppressor *p, size_t enough, size_t *least)
{
    SCRATCH(tmp);
    const protect_system *s = p->s;
    lattice *l;
    cover_result r;
    if (s->n > MOST_COVERED || p->o->known || p->o->apart) return ST_OK;
    CHECK(lattice_new(tmp, s, s->value, p->zero, p->o->outsiders_only ? LATTICE_OUTSIDERS : LATTICE_LONERS, &l));
    if (!lattice_complete(l)) return ST_OK;
    cover_input in = {.system = s, .moves = l, .primary = p->primary, .zero = p->zero, .enough = enough, .work = p->o->work ? p->o->work : PRESET_WORK};
    CHECK(protect_cover(a, &in, &r));
    p->weight = r.weight;
    *least = r.least;
    return ST_OK;
}

/* The options about counts, in canonical order. */
static status
map_marks(arena *a, size_t n, const uint32_t from[], const uint8_t mark[], const uint8_t **result)
{
    uint8_t *mapped;
    if (!mark) return ST_OK;
    ALLOC(a, mapped, n);
    for (size_t i = 0; i < n; i++) mapped[i] = mark[from[i]];
    *result = mapped;
    return ST_OK;
}

static status
canonical(arena *tmp, const protect_system *s, const suppress_options *o, protect_system *sorted, suppress_options *mapped, uint32_t **from)
{
    uint8_t *mark;
    ALLOC(tmp, mark, s->n);
    for (size_t i = 0; i < s->n; i++) mark[i] = (uint8_t)((o->sensitive && o->sensitive[i]) | (o->known && o->known[i]) << 1 | (o->apart && o->apart[i]) << 2);
    CHECK(protect_canonical(tmp, s, mark, sorted, from));
    *mapped = *o;
    CHECK(map_marks(tmp, s->n, *from, o->sensitive, &mapped->sensitive));
    CHECK(map_marks(tmp, s->n, *from, o->apart, &mapped->apart));
    return map_marks(tmp, s->n, *from, o->known, &mapped->known);
}

/* Orders are tried until the least is reached or there were enough. */
static status
search(arena *tmp, suppressor *p, suppression *r, attempt *best)
{
    attempt batch[BATCH];
    for (size_t k = 0; k < BATCH; k++) {
        ALLOC(tmp, batch[k].hidden, p->s->n);
        ALLOC(tmp, batch[k].rank, p->s->n);
    }
    if (r->primary > 0) CHECK(bound(tmp, p, best->count, &r->least));
    for (r->runs = 1; r->primary > 0 && best->count > r->least && r->runs < runs_of(p);) {
        size_t n = runs_of(p) - r->runs < BATCH ? runs_of(p) - r->runs : BATCH;
        CHECK(run_batch(p, r->runs, n, batch, best));
        r->runs += n;
    }
    return ST_OK;
}

status
protect_suppress(arena *out, const protect_system *s, const suppress_options *o, suppression *result)
{
    SCRATCH(tmp);
    suppression r = {.solver = "moves in whole numbers"};
    protect_system sorted;
    suppress_options mapped;
    uint32_t *from;
    attempt best;
    CHECK(canonical(tmp, s, o, &sorted, &mapped, &from));
    suppressor p = {.s = &sorted, .o = &mapped};
    ALLOC(out, r.hidden, s->n);
    ALLOC(out, r.sensitive, s->n);
    ALLOC(tmp, p.primary, s->n);
    ALLOC(tmp, p.zero, s->n);
    ALLOC(tmp, best.hidden, s->n);
    ALLOC(tmp, best.rank, s->n);
    find_primary(&p);
    for (size_t i = 0; i < s->n; i++) r.primary += p.primary[i] && !is_apart(&p, i);
    CHECK(find_beside(tmp, &p));
    for (size_t i = 0; i < s->n; i++) best.rank[i] = rank_of(&p, i, 0);
    CHECK(run_order(&p, &best));
    if (best.stuck != SYSTEM_NONE)
        FAIL(ST_INFEASIBLE, is_known(&p, best.stuck) && !p.primary[best.stuck] ? "%s: small counts cannot be hidden: they follow from what is public already (%s, and others)"
             : "%s: a small count cannot be hidden (%s): it is public already, or follows from what is",
             s->source[from[best.stuck]], system_describe(tmp, s, from[best.stuck]));
    CHECK(search(tmp, &p, &r, &best));
    for (size_t i = 0; i < s->n; i++) {
        r.hidden[from[i]] = best.hidden[i];
        r.sensitive[from[i]] = p.primary[i];
    }
    r.suppressed = best.count;
    *result = r;
    return ST_OK;
}
