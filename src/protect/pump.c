#include "protect/pump.h"

#include "base/rng.h"
#include "protect/relaxation.h"
#include "protect/search.h"
#include "protect/setter.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* CONFLICTS: contradictions that the search may meet. ENOUGH: iterations of the pump where the search has a solution: the pump's mostly
 * is the better one. */
enum { CONFLICTS = 20000, SHORT = 1500, SEARCHES = 24, ENOUGH = 8000 };
static const double noise = 0.2;

typedef struct candidate {
    double key;
    uint32_t column;
} candidate;

static int
by_key(const void *a, const void *b)
{
    const candidate *x = a, *y = b;
    if (x->key != y->key) return x->key < y->key ? -1 : 1;
    return x->column < y->column ? -1 : x->column > y->column;
}

/* Round the fractions, surest first, with consequences; conflicts are left standing. How many there were. */
static size_t
round_all(setter *s, const double fraction[], candidate order[], double noise, rng *random)
{
    const binary_problem *p = s->p;
    setter_clear(s);
    for (uint32_t j = 0; j < p->n; j++)
        order[j] = (candidate){-fabs(fraction[j] - 0.5) + noise * rng_uniform(random), j};
    qsort(order, p->n, sizeof *order, by_key);
    size_t conflicts = 0;
    for (size_t k = 0; k < p->n; k++) {
        uint32_t j = order[k].column;
        if (s->value[j] >= 0) continue;
        int8_t first = fraction[j] > 0.5 || (fraction[j] == 0.5 && rng_uniform(random) < 0.5);
        size_t mark = s->set;
        setter_set(s, j, first);
        if (setter_follow(s, false)) continue;
        setter_undo(s, mark);
        setter_set(s, j, !first);
        if (setter_follow(s, false)) continue;
        setter_undo(s, mark);
        setter_set(s, j, first);
        (void)setter_follow(s, true);
        conflicts++;
    }
    return conflicts;
}

static double
size_of(const binary_problem *p)
{
    double sum = 0;
    for (size_t j = 0; j < p->n; j++) sum += (double)p->cost[j] * p->cost[j];
    return sqrt(sum);
}

/* Towards the rounding, with a share of the true cost. */
static void
aim(const binary_problem *p, const int8_t value[], double share, double scale, double cost[])
{
    for (size_t j = 0; j < p->n; j++) cost[j] = (1 - share) * (value[j] ? -1 : 1) + share * scale * p->cost[j];
}

static status
pump(arena *tmp, const binary_problem *p, relaxation *lp, uint64_t seed, int64_t iterations, setter *s, double x[],
     pump_result *r)
{
    double *cost;
    candidate *order;
    ALLOC(tmp, cost, p->n);
    ALLOC(tmp, order, p->n);
    rng random = rng_new(seed, 2);
    double share = 1, size = size_of(p), scale = size > 0 ? sqrt((double)p->n) / size : 0;
    while (r->iterations < iterations) {
        r->rounds++;

        size_t conflicts = round_all(s, x, order, r->rounds == 1 ? 0 : 0.05, &random);
        if (conflicts == 0) {
            r->found = true;
            return ST_OK;
        }
        share *= 0.9;
        aim(p, s->value, share, scale, cost);
        CHECK(relaxation_solve(lp, cost, x, &r->iterations));
    }
    return ST_OK;
}

/* The best of some searches: from the fractions, then from near them. */
static status
search_often(arena *tmp, const binary_problem *p, const double fraction[], uint64_t seed, int8_t value[], search_result *first)
{
    rng random = rng_new(seed, 6);
    double *near;
    int8_t *other;
    search_result r;
    ALLOC(tmp, near, p->n);
    ALLOC(tmp, other, p->n);
    CHECK(search_solve(p, fraction, CONFLICTS, value, first));
    for (int k = 1; k < SEARCHES && first->found; k++) {
        for (size_t j = 0; j < p->n; j++) near[j] = fraction[j] + noise * (rng_uniform(&random) - 0.5);
        CHECK(search_solve(p, near, SHORT, other, &r));
        if (r.found && binary_cost(p, other) < binary_cost(p, value)) memcpy(value, other, p->n);
    }
    return ST_OK;
}

status
pump_solve(const binary_problem *p, uint64_t seed, int64_t iterations, int8_t value[], double fraction[], pump_result *result)
{
    SCRATCH(tmp);
    pump_result r = {.relaxed = NAN};
    relaxation *lp;
    setter s = {0};
    double *x;
    ALLOC(tmp, x, p->n);
    CHECK(setter_new(tmp, p, &s));
    CHECK(relaxation_new(tmp, p, &lp));
    CHECK(relaxation_solve(lp, NULL, x, &r.iterations));
    r.infeasible = !relaxation_feasible(lp);
    r.relaxed = relaxation_cost(lp);
    memcpy(fraction, x, p->n * sizeof *x);
    search_result first = {.found = false};
    if (!r.infeasible) CHECK(search_often(tmp, p, x, seed, value, &first));
    r.infeasible = r.infeasible || first.infeasible;
    if (first.found && iterations > ENOUGH) iterations = ENOUGH;
    if (!r.infeasible) CHECK(pump(tmp, p, lp, seed, iterations, &s, x, &r));
    if (r.found) memcpy(value, s.value, p->n);
    r.found = (r.found || first.found) && binary_satisfies(p, value);
    *result = r;
    return ST_OK;
}
