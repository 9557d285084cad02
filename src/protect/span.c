#include "protect/span.h"

#define PRIME UINT64_C(2147483647)

typedef struct watched {
    uint32_t *v;      /* reduced by all that is shown, led by a 1 */
    uint32_t lead;    /* first coordinate that is not 0; SYSTEM_NONE: follows already */
    uint64_t mark;    /* sum over coordinates: equal vectors have equal marks */
} watched;

struct span {
    const protect_system *s;
    arena *a;
    size_t width;         /* coordinates */
    uint32_t *coordinate; /* [s->n] of the finest counts, else SYSTEM_NONE */
    uint32_t *divided;    /* [s->n] the row that divides a count, SYSTEM_NONE: none */
    uint32_t **basis;     /* [width] the vector with this pivot, NULL: none; free of all other pivots */
    uint32_t *work;
    size_t targets;
    watched *target;
};

static uint32_t
reduce_once(uint64_t t)
{
    t = (t & PRIME) + (t >> 31);
    return (uint32_t)(t >= PRIME ? t - PRIME : t);
}

static uint32_t
times(uint32_t a, uint32_t b)
{
    return reduce_once((uint64_t)a * b);
}

static uint32_t
inverse(uint32_t a)
{
    uint32_t result = 1;
    for (uint64_t e = PRIME - 2; e; e >>= 1) {
        if (e & 1) result = times(result, a);
        a = times(a, a);
    }
    return result;
}

/* v += factor * w */
static void
add_scaled(size_t n, uint32_t *restrict v, uint32_t factor, const uint32_t *restrict w)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t t = (uint64_t)factor * w[i] + v[i];
        t = (t & PRIME) + (t >> 31);
        t = t >= PRIME ? t - PRIME : t;
        v[i] = (uint32_t)t;
    }
}

static uint32_t
lead_of(size_t n, const uint32_t v[])
{
    for (uint32_t i = 0; i < n; i++)
        if (v[i]) return i;
    return SYSTEM_NONE;
}

static void
expand(const span *p, uint32_t cell, uint32_t factor, uint32_t v[])
{
    if (p->divided[cell] == SYSTEM_NONE) {
        v[p->coordinate[cell]] = reduce_once((uint64_t)v[p->coordinate[cell]] + factor);
        return;
    }
    const system_row *r = &p->s->row[p->divided[cell]];
    for (uint32_t k = 0; k < r->n; k++) expand(p, r->part[k], factor, v);
}

/* Free of all pivots. */
static void
reduce(const span *p, uint32_t v[])
{
    for (size_t i = 0; i < p->width; i++)
        if (v[i] && p->basis[i]) add_scaled(p->width, v, (uint32_t)(PRIME - v[i]), p->basis[i]);
}

static uint64_t
normalise(size_t n, uint32_t v[], uint32_t lead)
{
    uint32_t factor = inverse(v[lead]);
    uint64_t mark = 0;
    for (size_t i = lead; i < n; i++) {
        v[i] = times(v[i], factor);
        mark = mark * 31 + v[i];
    }
    return mark;
}

static void
settle(span *p, watched *w)
{
    w->lead = lead_of(p->width, w->v);
    if (w->lead != SYSTEM_NONE) w->mark = normalise(p->width, w->v, w->lead);
}

/* A new vector of the basis: reduced, led by a 1. All others lose its pivot. */
static status
adopt(span *p, const uint32_t v[], uint32_t pivot)
{
    uint32_t *kept;
    ALLOC(p->a, kept, p->width);
    memcpy(kept, v, p->width * sizeof *kept);
    for (size_t i = 0; i < p->width; i++)
        if (p->basis[i] && p->basis[i][pivot]) add_scaled(p->width, p->basis[i], (uint32_t)(PRIME - p->basis[i][pivot]), kept);
    p->basis[pivot] = kept;
    for (size_t i = 0; i < p->targets; i++) {
        watched *w = &p->target[i];
        if (w->lead == SYSTEM_NONE || !w->v[pivot]) continue;
        add_scaled(p->width, w->v, (uint32_t)(PRIME - w->v[pivot]), kept);
        settle(p, w);
    }
    return ST_OK;
}

/* Sums that divide one count in two ways tie the finest counts. */
static status
tie(span *p)
{
    for (uint32_t i = 0; i < p->s->rows; i++) {
        const system_row *r = &p->s->row[i];
        if (r->relation != SYSTEM_EQUAL || p->divided[r->whole] == i) continue;
        memset(p->work, 0, p->width * sizeof *p->work);
        expand(p, r->whole, 1, p->work);
        for (uint32_t k = 0; k < r->n; k++) expand(p, r->part[k], (uint32_t)(PRIME - 1), p->work);
        reduce(p, p->work);
        uint32_t lead = lead_of(p->width, p->work);
        if (lead == SYSTEM_NONE) continue;
        (void)normalise(p->width, p->work, lead);
        CHECK(adopt(p, p->work, lead));
    }
    return ST_OK;
}

status
span_new(arena *a, const protect_system *s, size_t targets, span **result)
{
    span *p;
    ALLOC(a, p, 1);
    *p = (span){.s = s, .a = a};
    ALLOC(a, p->coordinate, s->n);
    ALLOC(a, p->divided, s->n);
    ALLOC(a, p->target, targets);
    for (size_t i = 0; i < s->n; i++) p->coordinate[i] = p->divided[i] = SYSTEM_NONE;
    for (uint32_t i = 0; i < s->rows; i++)
        if (s->row[i].relation == SYSTEM_EQUAL && p->divided[s->row[i].whole] == SYSTEM_NONE) p->divided[s->row[i].whole] = i;
    for (size_t i = 0; i < s->n; i++)
        if (p->divided[i] == SYSTEM_NONE) p->coordinate[i] = (uint32_t)p->width++;
    ALLOC(a, p->basis, p->width);
    ALLOC(a, p->work, p->width);
    CHECK(tie(p));
    *result = p;
    return ST_OK;
}

status
span_watch(span *p, uint32_t cell, uint32_t other)
{
    watched *w = &p->target[p->targets];
    ALLOC(p->a, w->v, p->width);
    expand(p, cell, 1, w->v);
    if (other != SYSTEM_NONE) expand(p, other, 1, w->v);
    reduce(p, w->v);
    settle(p, w);
    p->targets++;
    return ST_OK;
}

bool
span_show(span *p, uint32_t cell)
{
    memset(p->work, 0, p->width * sizeof *p->work);
    expand(p, cell, 1, p->work);
    reduce(p, p->work);
    uint32_t lead = lead_of(p->width, p->work);
    if (lead == SYSTEM_NONE) return true;
    uint64_t mark = normalise(p->width, p->work, lead);
    for (size_t i = 0; i < p->targets; i++) {
        const watched *w = &p->target[i];
        if (w->lead == lead && w->mark == mark && memcmp(w->v, p->work, p->width * sizeof *p->work) == 0) return false;
    }
    return adopt(p, p->work, lead) == ST_OK;
}
