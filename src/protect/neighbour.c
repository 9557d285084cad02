#include "protect/neighbour.h"

#include "base/rng.h"
#include "protect/branch.h"

#include <math.h>
#include <string.h>

typedef struct searcher {
    const binary_problem *p;
    const double *relaxed;
    int8_t *value;
    int64_t cost;
    binary_columns columns;
    int8_t *fixed;
    uint32_t *order, *queue;
    uint8_t *seen;
    rng random;
    double breadth, share; /* of the columns freed by each kind of neighbourhood */
} searcher;

static status
searcher_new(arena *tmp, const binary_problem *p, searcher *s)
{
    s->p = p;
    CHECK(binary_columns_of(tmp, p, &s->columns));
    ALLOC(tmp, s->fixed, p->n);
    ALLOC(tmp, s->order, p->n);
    ALLOC(tmp, s->queue, p->n);
    ALLOC(tmp, s->seen, p->n);
    return ST_OK;
}

static bool
differs(const searcher *s, size_t j)
{
    return fabs(s->relaxed[j] - s->value[j]) > 0.1;
}

static void
fix_all(searcher *s)
{
    for (size_t j = 0; j < s->p->n; j++) s->fixed[j] = s->value[j];
}

/* Columns in the order of their distance, in shared rows, from a random one that differs from the relaxed solution. */
static void
free_around(searcher *s)
{
    const binary_problem *p = s->p;
    size_t want = (size_t)(s->breadth * (double)p->n), differing = 0, head = 0, tail = 0;
    for (uint32_t j = 0; j < p->n; j++)
        if (differs(s, j)) s->order[differing++] = j;
    memset(s->seen, 0, p->n);
    if (!differing) s->order[differing++] = (uint32_t)rng_below(&s->random, p->n);
    for (; tail < differing; tail++) { /* in random order, for the last of them may be left out */
        size_t other = tail + rng_below(&s->random, differing - tail);
        uint32_t j = s->order[other];
        s->order[other] = s->order[tail];
        s->queue[tail] = j;
        s->seen[j] = 1;
    }
    for (; head < tail && head < want; head++) {
        uint32_t j = s->queue[head];
        s->fixed[j] = -1;
        uint32_t rows = s->columns.first[j + 1] - s->columns.first[j], turn = rows ? (uint32_t)rng_below(&s->random, rows) : 0;
        for (uint32_t r = 0; r < rows; r++) {
            uint32_t i = s->columns.row[s->columns.first[j] + (r + turn) % rows];
            for (uint32_t k = p->start[i]; k < p->start[i + 1] && tail < p->n; k++)
                if (!s->seen[p->column[k]]) {
                    s->seen[p->column[k]] = 1;
                    s->queue[tail++] = p->column[k];
                }
        }
    }
}

static void
free_differing(searcher *s, double of_differing, double of_others)
{
    for (size_t j = 0; j < s->p->n; j++)
        if (rng_uniform(&s->random) < (differs(s, j) ? of_differing : of_others)) s->fixed[j] = -1;
}

/* Solve what is free; keep what is better. 1: better, 0: nothing better there, -1: cut off. */
static status
try_free(searcher *s, int64_t left, int64_t *spent, int *outcome)
{
    SCRATCH(tmp);
    binary_reduced r;
    CHECK(binary_reduce(tmp, s->p, s->fixed, &r));
    *outcome = 0;
    if (r.infeasible || r.problem.n == 0) return ST_OK;
    int8_t *start, *found, *whole;
    ALLOC(tmp, start, r.problem.n);
    ALLOC(tmp, found, r.problem.n);
    ALLOC(tmp, whole, s->p->n);
    for (size_t j = 0; j < s->p->n; j++)
        if (r.into[j] != UINT32_MAX) start[r.into[j]] = (int8_t)(s->value[j] ^ (int8_t)r.flip[j]);
    branch_limits limits = {.iterations = left < 4000 ? left : 4000, .nodes = 60};
    branch_result solved;
    CHECK(branch_solve(&r.problem, &limits, start, found, NULL, &solved));
    *spent += solved.iterations;
    if (!solved.complete) *outcome = -1;
    if (!solved.found) return ST_OK;
    binary_expand(&r, s->p->n, found, whole);
    int64_t cost = binary_cost(s->p, whole);
    if (cost < s->cost && binary_satisfies(s->p, whole)) {
        memcpy(s->value, whole, s->p->n);
        s->cost = cost;
        *outcome = 1;
    }
    return ST_OK;
}

static void
adapt(double *size, int outcome, double least, double most)
{
    if (outcome == 0) *size = fmin(most, *size * 1.1 + 0.005);
    if (outcome < 0) *size = fmax(least, *size * 0.9);
}

status
neighbour_search(const binary_problem *p, const double relaxed[], double bound, uint64_t seed, int64_t iterations,
                 int8_t value[], int64_t *spent)
{
    SCRATCH(tmp);
    searcher s = {.relaxed = relaxed, .value = value, .random = rng_new(seed, 1), .breadth = 0.75, .share = 0.08};
    CHECK(searcher_new(tmp, p, &s));
    s.cost = binary_cost(p, value);
    int64_t used = 0;
    for (int turn = 0; used < iterations && turn < 400 && (double)s.cost >= bound + 0.999; turn++) {
        int outcome;
        fix_all(&s);
        if (turn == 0) free_differing(&s, 1, 0);
        else if (turn % 2) free_around(&s);
        else free_differing(&s, 0.85, s.share);
        bool all = turn > 0 && (turn % 2 ? s.breadth : fmin(s.share, 0.85)) >= 1;
        int64_t before = used;
        CHECK(try_free(&s, iterations - used, &used, &outcome));
        if (used == before) used++; /* nothing was free: still a step */
        if (turn > 0 && turn % 2) adapt(&s.breadth, outcome, 0.1, 1);
        else if (turn > 0) adapt(&s.share, outcome, 0.01, 1);
        if (outcome == 0 && all) break; /* nothing is better */
    }
    *spent += used;
    return ST_OK;
}
