#include "protect/round.h"

#include "base/hash.h"
#include "protect/anneal.h"
#include "protect/branch.h"
#include "protect/neighbour.h"
#include "protect/pump.h"
#include "protect/search.h"

#include <math.h>
#include <stdlib.h>

/* EARLIER: what leaving an earlier released value costs, in bases. MOST_UNKNOWNS: linear programs of more take minutes each;
 * annealing alone does such a system in seconds. */
enum { PRESET_ITERATIONS = 6000, EARLIER = 20, MOST_UNKNOWNS = 3000, MOST_CONFLICTS = 20000 };

static int64_t
floor_of(int64_t value, int base)
{
    return value - value % base;
}

uint64_t
protect_round_seed(const protect_system *s, uint64_t seed)
{
    hash parts[3] = {hash_of(s->value, s->n * sizeof *s->value), hash_of(s->key, s->n * s->width * sizeof *s->key),
                     hash_of(&seed, sizeof seed)};
    return hash_seed(hash_combine(parts, 3));
}

static bool
holds(const system_row *r, const int64_t value[])
{
    int64_t sum = 0;
    for (uint32_t k = 0; k < r->n; k++) sum += value[r->part[k]];
    return sum == value[r->whole];
}

void
protect_round_measure(const protect_system *s, int base, protect_rounding *r)
{
    int64_t sum = 0;
    r->moved = 0;
    r->largest = 0;
    r->beyond = 0;
    r->additive = true;
    for (size_t i = 0; i < s->n; i++) {
        int64_t d = llabs(r->value[i] - s->value[i]);
        sum += d;
        if (d > r->largest) r->largest = d;
        r->beyond += d >= base;
        if (2 * d > base) r->moved++;
    }
    r->restricted = r->beyond == 0;
    r->mean = s->n ? (double)sum / (double)s->n : 0;
    r->ordered = true;
    for (size_t k = 0; k < s->rows; k++) {
        const system_row *row = &s->row[k];
        if (row->relation == SYSTEM_EQUAL && !holds(row, r->value)) r->additive = false;
        if (row->relation == SYSTEM_AT_LEAST && row->n == 1 && r->value[row->part[0]] > r->value[row->whole]) r->ordered = false;
    }
}

/* Columns of the binary problem: counts that are no multiple. */
static status
build_columns(arena *tmp, const protect_system *s, const protect_round_options *o, uint32_t **column, binary_problem *p)
{
    int base = o->base;
    int32_t *cost;
    uint32_t *of;
    ALLOC(tmp, cost, s->n);
    ALLOC(tmp, of, s->n);
    for (size_t i = 0; i < s->n; i++) {
        int32_t rest = (int32_t)(s->value[i] % base);
        of[i] = SYSTEM_NONE;
        if (rest == 0) continue;
        of[i] = (uint32_t)p->n;
        int32_t up = base - 2 * rest; /* up costs base - rest, down rest */
        if (o->earlier && o->earlier[i] == s->value[i] - rest) up += EARLIER * base;
        if (o->earlier && o->earlier[i] == s->value[i] - rest + base) up -= EARLIER * base;
        cost[p->n++] = up;
    }
    p->cost = cost;
    *column = of;
    return ST_OK;
}

typedef struct row_writer {
    uint32_t *start, *column;
    int32_t *coefficient, *lower, *upper;
    size_t rows, terms;
} row_writer;

static void
write_row(row_writer *w, const protect_system *s, const system_row *r, const uint32_t of[], int base)
{
    int64_t constant = floor_of(s->value[r->whole], base);
    w->start[w->rows] = (uint32_t)w->terms;
    for (uint32_t k = 0; k <= r->n; k++) {
        uint32_t cell = k < r->n ? r->part[k] : r->whole;
        if (k < r->n) constant -= floor_of(s->value[cell], base);
        if (of[cell] == SYSTEM_NONE) continue;
        w->column[w->terms] = of[cell];
        w->coefficient[w->terms++] = k < r->n ? -1 : 1;
    }
    w->lower[w->rows] = (int32_t)(-constant / base);
    w->upper[w->rows] = r->relation == SYSTEM_EQUAL ? w->lower[w->rows] : INT32_MAX;
    w->start[++w->rows] = (uint32_t)w->terms;
}

/* Does the row take part in the binary problem? */
static bool
takes_part(const system_row *r, bool ordered)
{
    return r->relation == SYSTEM_EQUAL || (ordered && r->relation == SYSTEM_AT_LEAST && r->n == 1);
}

/* The row of the system behind a row of the binary problem. */
static uint32_t
row_of(const protect_system *s, bool ordered, uint32_t written)
{
    for (uint32_t k = 0; k < s->rows; k++)
        if (takes_part(&s->row[k], ordered) && written-- == 0) return k;
    return SYSTEM_NONE;
}

/* ordered: also that a part is never released above its whole. */
static status
build(arena *tmp, const protect_system *s, const protect_round_options *o, bool ordered, uint32_t **of, binary_problem *p)
{
    CHECK(build_columns(tmp, s, o, of, p));
    row_writer w = {0};
    size_t terms = 0;
    for (size_t k = 0; k < s->rows; k++) terms += s->row[k].n + 1;
    ALLOC(tmp, w.start, s->rows + 1);
    ALLOC(tmp, w.lower, s->rows + 1);
    ALLOC(tmp, w.upper, s->rows + 1);
    ALLOC(tmp, w.column, terms);
    ALLOC(tmp, w.coefficient, terms);
    for (size_t k = 0; k < s->rows; k++) {
        if (takes_part(&s->row[k], ordered)) write_row(&w, s, &s->row[k], *of, o->base);
    }
    p->rows = w.rows;
    p->start = w.start;
    p->column = w.column;
    p->coefficient = w.coefficient;
    p->lower = w.lower;
    p->upper = w.upper;
    return ST_OK;
}

/* The best zero-restricted rounding that the iterations allow; found false where there is none. */
/* Without linear programs: search alone, towards where each count is nearest. */
static status
solve_large(const binary_problem *p, const binary_reduced *small, const double near[], int8_t value[], bool *found, protect_rounding *rounding)
{
    SCRATCH(tmp);
    double *fraction;
    int8_t *inner;
    search_result r;
    ALLOC(tmp, fraction, small->problem.n);
    ALLOC(tmp, inner, small->problem.n);
    for (size_t j = 0; j < p->n; j++)
        if (small->into[j] != UINT32_MAX) fraction[small->into[j]] = small->flip[j] ? 1 - near[j] : near[j];
    CHECK(search_solve(&small->problem, fraction, MOST_CONFLICTS, inner, &r));
    rounding->impossible = r.infeasible;
    if (r.found) binary_expand(small, p->n, inner, value);
    *found = r.found && binary_satisfies(p, value);
    return ST_OK;
}

static status
solve(const binary_problem *p, uint64_t seed, int64_t iterations, const double near[], int8_t value[], bool *found, protect_rounding *r)
{
    SCRATCH(tmp);
    binary_reduced small;
    CHECK(binary_reduce(tmp, p, NULL, &small));
    *found = false;
    if (small.infeasible) {
        r->conflict = (uint32_t)small.conflict;
        r->impossible = true;
        return ST_OK;
    }
    size_t n = r->unknowns = small.problem.n;
    if (n > MOST_UNKNOWNS) return solve_large(p, &small, near, value, found, r);
    int8_t *inner;
    double *relaxed;
    ALLOC(tmp, inner, n);
    ALLOC(tmp, relaxed, n);
    pump_result first;
    CHECK(pump_solve(&small.problem, seed, 20 * iterations, inner, relaxed, &first));
    r->iterations += first.iterations;
    r->impossible = first.infeasible;
    if (!first.found) return ST_OK;
    if (n) CHECK(neighbour_search(&small.problem, relaxed, first.relaxed, seed, iterations, inner, &r->iterations));
    r->bound = first.relaxed + (double)small.constant;
    binary_expand(&small, p->n, inner, value);
    *found = binary_satisfies(p, value);
    return ST_OK;
}

static void
apply(const protect_system *s, int base, const uint32_t of[], const int8_t value[], int64_t rounded[])
{
    for (size_t i = 0; i < s->n; i++)
        rounded[i] = floor_of(s->value[i], base) + (of[i] != SYSTEM_NONE && value[of[i]] ? base : 0);
}

static status
round_restricted(arena *out, const protect_system *s, const protect_round_options *o, bool *found, protect_rounding *r)
{
    SCRATCH(tmp);
    (void)out;
    uint64_t seed = protect_round_seed(s, o->seed);
    bool orders = false;
    for (size_t k = 0; k < s->rows && !orders; k++) orders = s->row[k].relation == SYSTEM_AT_LEAST && s->row[k].n == 1;
    for (int ordered = orders; ordered >= 0 && !*found; ordered--) {
        uint32_t *of;
        binary_problem p = {0};
        int8_t *value;
        double *near;
        CHECK(build(tmp, s, o, ordered, &of, &p));
        ALLOC(tmp, value, p.n);
        ALLOC(tmp, near, p.n);
        for (size_t i = 0; i < s->n; i++)
            if (of[i] != SYSTEM_NONE) near[of[i]] = (double)(s->value[i] % o->base) / o->base;
        r->conflict = SYSTEM_NONE;
        r->impossible = false;
        CHECK(solve(&p, seed, o->iterations ? o->iterations : PRESET_ITERATIONS, near, value, found, r));
        if (r->conflict != SYSTEM_NONE) r->conflict = row_of(s, ordered, r->conflict);
        if (!*found) continue;
        int64_t least = 0; /* cost of every count rounded down, which the relaxed cost leaves out */
        for (size_t i = 0; i < s->n; i++) least += s->value[i] % o->base;
        if (o->earlier) r->bound = NAN; /* its costs are not deviations */
        else r->bound = s->n ? (r->bound + (double)least) / (double)s->n : 0;
        apply(s, o->base, of, value, r->value);
        if (r->unknowns > MOST_UNKNOWNS) {
            r->bound = NAN;
            r->solver = "search and annealing";
            CHECK(anneal_closer(s, o->base, seed, o->effort, r->value));
        }
    }
    return ST_OK;
}

status
protect_round_controlled(arena *out, const protect_system *s, const protect_round_options *o, protect_rounding *result)
{
    protect_rounding r = {.bound = NAN, .conflict = SYSTEM_NONE, .solver = branch_solver()};
    bool found = false;
    ALLOC(out, r.value, s->n);
    CHECK(round_restricted(out, s, o, &found, &r));
    if (!found) {
        r.solver = "annealing";
        CHECK(anneal_round(s, o->base, protect_round_seed(s, o->seed), o->effort, r.value));
    }
    protect_round_measure(s, o->base, &r);
    if (!r.additive) FAIL(ST_INFEASIBLE, "no additive rounding to multiples of %d was found", o->base);
    *result = r;
    return ST_OK;
}

status
protect_round_conventional(arena *out, const protect_system *s, const protect_round_options *o, protect_rounding *result)
{
    protect_rounding r = {.bound = NAN, .conflict = SYSTEM_NONE, .solver = "none"};
    ALLOC(out, r.value, s->n);
    for (size_t i = 0; i < s->n; i++) r.value[i] = (s->value[i] + o->base / 2) / o->base * o->base;
    protect_round_measure(s, o->base, &r);
    *result = r;
    return ST_OK;
}
