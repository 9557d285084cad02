/* Choosing by BIC, several tables at once. */
#include "estimate/bic.h"

#include <math.h>
#include <stdlib.h>

enum { NEAREST_AMONG = 128 };

/* Depth first, parents first: the parent of a member is the last one with a candidate less. */
static void
plan_walk(bic_plan *p)
{
    for (size_t i = 0; i < p->n; i++) {
        uint32_t depth = (uint32_t)__builtin_popcount(p->member[i]);
        p->to[i] = depth, p->from[i] = depth > 0 ? depth - 1 : 0;
    }
    p->slots = (size_t)p->family->candidates + 1;
}

/* Each starts from the nearest of those before it; slot 0 is independence. */
static void
plan_nearest(bic_plan *p)
{
    size_t ring = p->n < NEAREST_AMONG ? p->n : NEAREST_AMONG;
    for (size_t i = 0; i < p->n; i++) {
        int least = __builtin_popcount(p->member[i]);
        p->from[i] = 0, p->to[i] = (uint32_t)(1 + i % ring);
        for (size_t back = 1; back < ring && back <= i; back++) {
            int far = __builtin_popcount(p->member[i] ^ p->member[i - back]);
            if (far < least) least = far, p->from[i] = p->to[i - back];
        }
    }
    p->slots = ring + 1;
}

status
bic_plan_new(arena *out, const model_family *f, size_t n, const uint32_t few[], bic_plan *result)
{
    bic_plan p = {.family = f, .n = few ? n : f->n, .member = few ? few : f->member};
    ALLOC(out, p.from, p.n);
    ALLOC(out, p.to, p.n);
    if (few) plan_nearest(&p);
    else plan_walk(&p);
    *result = p;
    return ST_OK;
}

status
bic_choice_space_new(arena *out, const bic_plan *plan, bic_choice_space *w)
{
    CHECK(bic_space_new(out, plan->family, &w->one));
    CHECK(lanes_space_new(out, plan->family, plan->slots, &w->side_by_side));
    ALLOC(out, w->data, LANES);
    ALLOC(out, w->bic, plan->n);
    for (int l = 0; l < LANES; l++) CHECK(fit_data_new(out, plan->family->lists, &w->data[l]));
    return ST_OK;
}

/* Which tables have an estimate of this member. */
static status
find_wanted(bic_choice_space *w, size_t n, const bool settled[], const model *m, bool wanted[], bool *any)
{
    *any = false;
    for (size_t l = 0; l < n; l++) {
        int code = EXISTENCE_FINE;
        if (!settled[l]) CHECK(existence_code(&w->one.existence, &w->data[l], m, &code));
        wanted[l] = code == EXISTENCE_FINE;
        *any |= wanted[l];
    }
    return ST_OK;
}

/* A fit that went wrong side by side is done again by itself. */
static double
bic_alone(bic_choice_space *w, size_t l, const model *m)
{
    fit f;
    fit_poisson(&w->one.fit, &w->data[l], m, NULL, &f);
    return f.converged ? fit_bic(&w->data[l], &f) : INFINITY;
}

static status
try_member(bic_choice_space *w, const bic_plan *plan, size_t i, size_t n, const bool settled[], bic_best best[])
{
    bool wanted[LANES] = {false}, any;
    lanes_fit fitted;
    model m;
    bool all = true;
    for (size_t l = 0; l < n; l++) all &= wanted[l] = settled[l];
    if (!all) {
        m = model_of_member(plan->family, plan->member[i]);
        CHECK(find_wanted(w, n, settled, &m, wanted, &any));
    }
    lanes_fit_member(&w->side_by_side, plan->member[i], plan->from[i], plan->to[i], wanted, &fitted);
    w->bic[i] = INFINITY;
    for (size_t l = 0; l < n; l++) {
        if (!wanted[l]) continue;
        best[l].fits++;
        if (!fitted.converged[l]) {
            m = model_of_member(plan->family, plan->member[i]);
            fitted.bic[l] = bic_alone(w, l, &m);
        }
        if (l == 0) w->bic[i] = fitted.bic[0];
        if (fitted.bic[l] < best[l].bic - 1e-9) best[l].bic = fitted.bic[l], best[l].member = plan->member[i];
    }
    return ST_OK;
}

/* The rough fit that won, to the last digit. */
static void
refine(bic_choice_space *w, const bic_plan *plan, size_t l, bic_best *b)
{
    fit f;
    if (!isfinite(b->bic)) return;
    model m = model_of_member(plan->family, b->member);
    fit_poisson(&w->one.fit, &w->data[l], &m, NULL, &f);
    b->bic = fit_bic(&w->data[l], &f);
    b->estimate = f.estimate;
}

status
bic_choose(bic_choice_space *w, const bic_plan *plan, size_t n, const double count[], bic_best best[])
{
    bool settled[LANES];
    for (size_t l = 0; l < n; l++) {
        fit_data_set(&w->data[l], count + l * w->side_by_side.cells);
        CHECK(existence_family_settled(&w->one.existence, &w->data[l], plan->family, &settled[l]));
        best[l] = (bic_best){.bic = INFINITY, .estimate = NAN};
    }
    lanes_set(&w->side_by_side, n, w->data, &w->one.fit);
    for (size_t i = 0; i < plan->n; i++) CHECK(try_member(w, plan, i, n, settled, best));
    for (size_t l = 0; l < n; l++) refine(w, plan, l, &best[l]);
    return ST_OK;
}

typedef struct ranked {
    double bic;
    uint32_t member;
    size_t at;
} ranked;

static int
compare_ranked(const void *a, const void *b)
{
    const ranked *x = a, *y = b;
    if (x->bic != y->bic) return x->bic < y->bic ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

size_t
bic_top(size_t rows, const uint32_t member[], const double bic[], size_t n, uint32_t members[])
{
    SCRATCH(tmp);
    ranked *sorted = arena_alloc(tmp, rows, sizeof *sorted);
    size_t valid = 0;
    if (!sorted) return 0;
    for (size_t i = 0; i < rows; i++)
        if (isfinite(bic[i])) sorted[valid++] = (ranked){bic[i], member[i], i};
    qsort(sorted, valid, sizeof *sorted, compare_ranked);
    if (n > valid) n = valid;
    for (size_t i = 0; i < n; i++) members[i] = sorted[i].member;
    return n;
}
