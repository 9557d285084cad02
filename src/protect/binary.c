#include "protect/binary.h"

#include <stdlib.h>
#include <string.h>

/* Each variable is a root or (1 minus) its parent; a root may be settled. */
typedef struct reducer {
    const binary_problem *p;
    uint32_t *parent;
    uint8_t *flip;
    int8_t *fixed;    /* of roots: -1 free */
    int32_t *sum;     /* coefficient of a root in the row at hand */
    uint32_t *touched;
    size_t touches;
    int64_t constant; /* of the row at hand */
    bool *done;       /* rows that say nothing more */
    bool changed;
    bool infeasible;
    size_t conflict;
} reducer;

static uint32_t
root_of(reducer *r, uint32_t v, uint8_t *flip)
{
    uint8_t f = 0;
    while (r->parent[v] != v) {
        uint32_t up = r->parent[v];
        if (r->parent[up] != up) { /* path halving keeps chains short */
            r->flip[v] ^= r->flip[up];
            r->parent[v] = r->parent[up];
        }
        f ^= r->flip[v];
        v = r->parent[v];
    }
    *flip = f;
    return v;
}

/* The row over free roots: sum[touched...], constant. */
static void
read_row(reducer *r, size_t row)
{
    const binary_problem *p = r->p;
    r->touches = 0;
    r->constant = 0;
    for (uint32_t k = p->start[row]; k < p->start[row + 1]; k++) {
        uint8_t flip;
        uint32_t v = root_of(r, p->column[k], &flip);
        int32_t a = p->coefficient[k];
        if (flip) r->constant += a;
        if (flip) a = -a;
        if (r->fixed[v] >= 0) {
            r->constant += a * r->fixed[v];
            continue;
        }
        if (r->sum[v] == 0) r->touched[r->touches++] = v; /* may stand twice after cancelling: harmless, see compact */
        r->sum[v] += a;
    }
    size_t kept = 0;
    for (size_t i = 0; i < r->touches; i++) {
        uint32_t v = r->touched[i];
        bool again = false;
        for (size_t j = 0; j < kept && !again; j++) again = r->touched[j] == v;
        if (!again && r->sum[v] != 0) r->touched[kept++] = v;
    }
    r->touches = kept;
}

static void
clear_row(reducer *r)
{
    for (size_t i = 0; i < r->touches; i++) r->sum[r->touched[i]] = 0;
}

static void
settle(reducer *r, uint32_t v, int8_t value)
{
    r->fixed[v] = value;
    r->changed = true;
}

static void
merge_pair(reducer *r, int64_t lower)
{
    uint32_t v = r->touched[0], w = r->touched[1];
    int32_t a = r->sum[v], b = r->sum[w];
    if (a != b && a != -b) return;
    /* a v + b w = lower and neither end is forced: v + w = 1, or v = w */
    bool opposite = a == b;
    if (opposite ? lower != a : lower != 0) return;
    r->parent[w] = v;
    r->flip[w] = opposite;
    r->changed = true;
}

static void
propagate(reducer *r, size_t row)
{
    int64_t lower = r->p->lower[row] - r->constant, upper = r->p->upper[row] - r->constant, least = 0, most = 0;
    for (size_t i = 0; i < r->touches; i++) {
        int32_t a = r->sum[r->touched[i]];
        *(a < 0 ? &least : &most) += a;
    }
    if (most < lower || least > upper) {
        r->infeasible = true;
        r->conflict = row;
        return;
    }
    if (least >= lower && most <= upper) {
        r->done[row] = true;
        return;
    }
    for (size_t i = 0; i < r->touches; i++) {
        uint32_t v = r->touched[i];
        int32_t a = r->sum[v], size = a < 0 ? -a : a;
        if (least + size > upper) settle(r, v, a < 0); /* the dearer end is out of reach */
        else if (most - size < lower) settle(r, v, a > 0);
    }
    if (r->touches == 2 && lower == upper && r->fixed[r->touched[0]] < 0 && r->fixed[r->touched[1]] < 0) merge_pair(r, lower);
}

static status
reducer_new(arena *tmp, const binary_problem *p, const int8_t fixed[], reducer *r)
{
    *r = (reducer){.p = p};
    ALLOC(tmp, r->parent, p->n);
    ALLOC(tmp, r->flip, p->n);
    ALLOC(tmp, r->fixed, p->n);
    ALLOC(tmp, r->sum, p->n);
    ALLOC(tmp, r->done, p->rows);
    size_t widest = 0;
    for (size_t i = 0; i < p->rows; i++)
        if (p->start[i + 1] - p->start[i] > widest) widest = p->start[i + 1] - p->start[i];
    ALLOC(tmp, r->touched, widest + 1);
    for (uint32_t v = 0; v < p->n; v++) {
        r->parent[v] = v;
        r->fixed[v] = fixed ? fixed[v] : -1;
    }
    return ST_OK;
}

static void
reduce_fully(reducer *r)
{
    do {
        r->changed = false;
        for (size_t row = 0; row < r->p->rows && !r->infeasible; row++) {
            if (r->done[row]) continue;
            read_row(r, row);
            propagate(r, row);
            clear_row(r);
        }
    } while (r->changed && !r->infeasible);
}

typedef struct collected {
    uint32_t *start, *column;
    int32_t *coefficient, *lower, *upper;
    size_t rows, terms;
    uint32_t *slot; /* hash of rows, to find doubles */
    size_t slots;
} collected;

static bool
same_row(const collected *c, size_t a, size_t b)
{
    size_t n = c->start[a + 1] - c->start[a];
    return c->start[b + 1] - c->start[b] == n && c->lower[a] == c->lower[b] && c->upper[a] == c->upper[b] &&
           memcmp(c->column + c->start[a], c->column + c->start[b], n * sizeof *c->column) == 0 &&
           memcmp(c->coefficient + c->start[a], c->coefficient + c->start[b], n * sizeof *c->coefficient) == 0;
}

/* Keep the row just written unless it stands there already. */
static void
keep_if_new(collected *c)
{
    size_t row = c->rows;
    uint64_t h = 0xcbf29ce484222325u ^ (uint32_t)c->lower[row] ^ (uint64_t)(uint32_t)c->upper[row] << 32;
    for (uint32_t k = c->start[row]; k < c->start[row + 1]; k++)
        h = ((h ^ c->column[k]) * 0x100000001b3u ^ (uint32_t)c->coefficient[k]) * 0x100000001b3u;
    size_t at = (size_t)(h ^ h >> 31) & (c->slots - 1);
    while (c->slot[at]) {
        if (same_row(c, c->slot[at] - 1, row)) return;
        at = (at + 1) & (c->slots - 1);
    }
    c->slot[at] = (uint32_t)++c->rows;
    c->terms = c->start[c->rows];
}

static void
sort_columns(uint32_t *list, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        uint32_t v = list[i];
        size_t at = i;
        for (; at > 0 && list[at - 1] > v; at--) list[at] = list[at - 1];
        list[at] = v;
    }
}

/* Limits of a row; INT32_MIN and INT32_MAX stand for none and stay. */
static int32_t
shifted(int32_t limit, int64_t constant)
{
    return limit == INT32_MIN || limit == INT32_MAX ? limit : (int32_t)(limit - constant);
}

static int32_t
opposite_of(int32_t limit)
{
    if (limit == INT32_MIN) return INT32_MAX;
    return limit == INT32_MAX ? INT32_MIN : -limit;
}

static void
collect_row(reducer *r, const uint32_t into[], size_t row, collected *c)
{
    read_row(r, row);
    if (r->touches > 0) {
        sort_columns(r->touched, r->touches);
        int32_t sign = r->sum[r->touched[0]] < 0 ? -1 : 1;
        c->start[c->rows] = (uint32_t)c->terms;
        size_t end = c->terms;
        for (size_t i = 0; i < r->touches; i++, end++) {
            c->column[end] = into[r->touched[i]];
            c->coefficient[end] = sign * r->sum[r->touched[i]];
        }
        c->start[c->rows + 1] = (uint32_t)end;
        int32_t lower = shifted(r->p->lower[row], r->constant), upper = shifted(r->p->upper[row], r->constant);
        c->lower[c->rows] = sign > 0 ? lower : opposite_of(upper);
        c->upper[c->rows] = sign > 0 ? upper : opposite_of(lower);
        keep_if_new(c);
    }
    clear_row(r);
}

/* Columns of the reduced problem by first use; costs of merged variables added up. */
static status
number_columns(arena *out, reducer *r, binary_reduced *result)
{
    const binary_problem *p = r->p;
    uint32_t *into;
    uint8_t *flip;
    int32_t *cost;
    ALLOC(out, into, p->n);
    ALLOC(out, flip, p->n);
    ALLOC(out, cost, p->n);
    size_t n = 0;
    for (uint32_t v = 0; v < p->n; v++) {
        into[v] = UINT32_MAX;
        if (r->parent[v] == v && r->fixed[v] < 0) into[v] = (uint32_t)n++;
    }
    for (uint32_t v = 0; v < p->n; v++) {
        uint32_t root = root_of(r, v, &flip[v]);
        if (r->fixed[root] >= 0) {
            flip[v] = (uint8_t)(flip[v] ^ (uint8_t)r->fixed[root]);
            if (flip[v]) result->constant += p->cost[v];
            into[v] = UINT32_MAX;
            continue;
        }
        into[v] = into[root];
        cost[into[v]] += flip[v] ? -p->cost[v] : p->cost[v];
        if (flip[v]) result->constant += p->cost[v];
    }
    result->into = into;
    result->flip = flip;
    result->problem.n = n;
    result->problem.cost = cost;
    return ST_OK;
}

static status
collect(arena *out, reducer *r, binary_reduced *result)
{
    SCRATCH(tmp);
    const binary_problem *p = r->p;
    CHECK(number_columns(out, r, result));
    collected c = {0};
    size_t most = p->start[p->rows];
    ALLOC(out, c.start, p->rows + 2);
    ALLOC(out, c.column, most);
    ALLOC(out, c.coefficient, most);
    ALLOC(out, c.lower, p->rows + 1);
    ALLOC(out, c.upper, p->rows + 1);
    for (c.slots = 16; c.slots < 2 * p->rows + 2;) c.slots *= 2;
    ALLOC(tmp, c.slot, c.slots);
    for (size_t row = 0; row < p->rows; row++)
        if (!r->done[row]) collect_row(r, result->into, row, &c);
    c.start[c.rows] = (uint32_t)c.terms;
    result->problem.rows = c.rows;
    result->problem.start = c.start;
    result->problem.column = c.column;
    result->problem.coefficient = c.coefficient;
    result->problem.lower = c.lower;
    result->problem.upper = c.upper;
    return ST_OK;
}

status
binary_reduce(arena *out, const binary_problem *p, const int8_t fixed[], binary_reduced *result)
{
    SCRATCH(tmp);
    reducer r;
    CHECK(reducer_new(tmp, p, fixed, &r));
    reduce_fully(&r);
    binary_reduced made = {.infeasible = r.infeasible, .conflict = r.conflict};
    if (!made.infeasible) CHECK(collect(out, &r, &made));
    *result = made;
    return ST_OK;
}

void
binary_expand(const binary_reduced *r, size_t n, const int8_t reduced[], int8_t value[])
{
    for (size_t v = 0; v < n; v++)
        value[v] = r->into[v] == UINT32_MAX ? (int8_t)r->flip[v] : (int8_t)(reduced[r->into[v]] ^ r->flip[v]);
}

bool
binary_satisfies(const binary_problem *p, const int8_t value[])
{
    for (size_t row = 0; row < p->rows; row++) {
        int64_t sum = 0;
        for (uint32_t k = p->start[row]; k < p->start[row + 1]; k++) sum += (int64_t)p->coefficient[k] * value[p->column[k]];
        if (sum < p->lower[row] || sum > p->upper[row]) return false;
    }
    return true;
}

status
binary_columns_of(arena *out, const binary_problem *p, binary_columns *result)
{
    binary_columns c;
    ALLOC(out, c.first, p->n + 2);
    ALLOC(out, c.row, p->start[p->rows]);
    ALLOC(out, c.coefficient, p->start[p->rows]);
    for (uint32_t k = 0; k < p->start[p->rows]; k++) c.first[p->column[k] + 2]++;
    for (size_t j = 1; j <= p->n; j++) c.first[j + 1] += c.first[j];
    for (uint32_t i = 0; i < p->rows; i++)
        for (uint32_t k = p->start[i]; k < p->start[i + 1]; k++) {
            uint32_t at = c.first[p->column[k] + 1]++;
            c.row[at] = i;
            c.coefficient[at] = p->coefficient[k];
        }
    *result = c;
    return ST_OK;
}

int64_t
binary_cost(const binary_problem *p, const int8_t value[])
{
    int64_t sum = 0;
    for (size_t j = 0; j < p->n; j++) sum += (int64_t)p->cost[j] * value[j];
    return sum;
}
