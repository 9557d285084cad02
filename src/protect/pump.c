#include "protect/pump.h"

#include "base/rng.h"
#include "protect/relaxation.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Variables set one after another, each with its consequences in the rows. */
typedef struct setter {
    const binary_problem *p;
    binary_columns columns;
    int8_t *value;         /* -1: not set */
    int32_t *least, *most; /* of each row, given what is set */
    uint32_t *trail;       /* variables in the order they were set */
    size_t set;
    uint32_t *queue;       /* rows to look at */
    uint8_t *queued;
    size_t queues;
    uint8_t *broken;       /* rows given up in this rounding */
} setter;

static status
setter_new(arena *tmp, const binary_problem *p, setter *s)
{
    s->p = p;
    CHECK(binary_columns_of(tmp, p, &s->columns));
    ALLOC(tmp, s->value, p->n);
    ALLOC(tmp, s->least, p->rows);
    ALLOC(tmp, s->most, p->rows);
    ALLOC(tmp, s->trail, p->n);
    ALLOC(tmp, s->queue, p->rows);
    ALLOC(tmp, s->queued, p->rows);
    ALLOC(tmp, s->broken, p->rows);
    return ST_OK;
}

static void
setter_clear(setter *s)
{
    const binary_problem *p = s->p;
    memset(s->value, -1, p->n);
    memset(s->queued, 0, p->rows);
    memset(s->broken, 0, p->rows);
    s->set = s->queues = 0;
    for (size_t i = 0; i < p->rows; i++) {
        s->least[i] = s->most[i] = 0;
        for (uint32_t k = p->start[i]; k < p->start[i + 1]; k++) *(p->coefficient[k] < 0 ? &s->least[i] : &s->most[i]) += p->coefficient[k];
    }
}

static void
set_value(setter *s, uint32_t j, int8_t value)
{
    s->value[j] = value;
    s->trail[s->set++] = j;
    for (uint32_t k = s->columns.first[j]; k < s->columns.first[j + 1]; k++) {
        uint32_t i = s->columns.row[k];
        int32_t a = s->columns.coefficient[k];
        if (value == (a > 0)) s->least[i] += abs(a);
        else s->most[i] -= abs(a);
        if (!s->queued[i]) {
            s->queued[i] = 1;
            s->queue[s->queues++] = i;
        }
    }
}

static void
unset_to(setter *s, size_t mark)
{
    while (s->set > mark) {
        uint32_t j = s->trail[--s->set];
        for (uint32_t k = s->columns.first[j]; k < s->columns.first[j + 1]; k++) {
            uint32_t i = s->columns.row[k];
            int32_t a = s->columns.coefficient[k];
            if (s->value[j] == (a > 0)) s->least[i] -= abs(a);
            else s->most[i] += abs(a);
        }
        s->value[j] = -1;
    }
    while (s->queues > 0) s->queued[s->queue[--s->queues]] = 0;
}

/* Everything that follows; false on a contradiction. give_up: a row that cannot hold any more is left alone instead. */
static bool
follow_up(setter *s, bool give_up)
{
    const binary_problem *p = s->p;
    while (s->queues > 0) {
        uint32_t i = s->queue[--s->queues];
        s->queued[i] = 0;
        if (s->broken[i]) continue;
        if (s->most[i] < p->lower[i] || s->least[i] > p->upper[i]) {
            if (!give_up) return false;
            s->broken[i] = 1;
            continue;
        }
        if (s->least[i] >= p->lower[i] && s->most[i] <= p->upper[i]) continue;
        for (uint32_t k = p->start[i]; k < p->start[i + 1]; k++) {
            uint32_t j = p->column[k];
            int32_t a = p->coefficient[k], size = abs(a);
            if (s->value[j] >= 0) continue;
            if ((int64_t)s->least[i] + size > p->upper[i]) set_value(s, j, a < 0);
            else if ((int64_t)s->most[i] - size < p->lower[i]) set_value(s, j, a > 0);
        }
    }
    return true;
}

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
        set_value(s, j, first);
        if (follow_up(s, false)) continue;
        unset_to(s, mark);
        set_value(s, j, !first);
        if (follow_up(s, false)) continue;
        unset_to(s, mark);
        set_value(s, j, first);
        (void)follow_up(s, true);
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
    if (!r.infeasible) CHECK(pump(tmp, p, lp, seed, iterations, &s, x, &r));
    if (r.found) {
        memcpy(value, s.value, p->n);
        r.found = binary_satisfies(p, value);
    }
    *result = r;
    return ST_OK;
}
