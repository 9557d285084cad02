#include "linkage/candidates.h"

#include "base/rng.h"
#include "base/threads.h"

#include <math.h>

/* Joint counts of levels for every two attributes. */
typedef struct joint {
    double n[LINK_FIELDS][LINK_FIELDS][LEVELS][LEVELS]; /* f < g */
} joint;

enum { SAMPLE_PAIRS = 1 << 20 };

static void
count_code(joint *t, size_t attributes, link_code c, double by)
{
    for (size_t f = 0; f < attributes; f++)
        for (size_t g = f + 1; g < attributes; g++) t->n[f][g][code_level(c, f)][code_level(c, g)] += by;
}

/* Records whose pairs with all others are the sample, chosen by lot; every record when there are few pairs. */
static status
choose_records(arena *a, const link_model *model, uint64_t seed, uint8_t **chosen)
{
    SCRATCH(tmp);
    const link_records *r = model->r;
    size_t n = model->two ? r->split : r->n, others = model->two ? r->n - r->split : r->n;
    uint32_t *order;
    ALLOC(tmp, order, n);
    ALLOC(a, *chosen, r->n);
    rng g = rng_new(seed, 0x6c696674);
    rng_shuffle(&g, n, order);
    size_t wanted = others ? SAMPLE_PAIRS / others + 1 : 0;
    for (size_t i = 0; i < n && i < wanted; i++) (*chosen)[order[i]] = 1;
    return ST_OK;
}

/* The level of value v of the chosen record against every value. */
static status
fill_levels(const link_model *model, size_t f, size_t i, uint8_t level[])
{
    const attribute *at = &model->r->attribute[f];
    size_t n = model->r->set[at->set].n;
    int32_t v = at->of[i];
    memset(level, v < 0 ? LEVEL_MISSING : level_else(link_type(model, f)), n);
    level[n] = LEVEL_MISSING;
    if (v < 0) return ST_OK;
    if (model->similar) {
        const similar *s = &model->similar[at->set];
        for (size_t e = s->start[v]; e < s->start[v + 1]; e++) level[s->entry[e] >> 4] = (uint8_t)(s->entry[e] & 15);
    }
    const value_set *set = &model->r->set[at->set];
    level[v] = set->type == COMPARE_DATE ? (uint8_t)compare_dates(set->dates[v], set->dates[v]) : LEVEL_EXACT;
    return ST_OK;
}

static status
count_record(const link_model *model, const uint8_t chosen[], size_t i, joint *t)
{
    SCRATCH(tmp);
    const link_records *r = model->r;
    uint8_t *level[LINK_FIELDS];
    for (size_t f = 0; f < r->attributes; f++) {
        ALLOC(tmp, level[f], r->set[r->attribute[f].set].n + 1);
        CHECK(fill_levels(model, f, i, level[f]));
    }
    for (size_t j = model->two ? r->split : 0; j < r->n; j++) {
        if (j == i) continue;
        link_code c = 0;
        for (size_t f = 0; f < r->attributes; f++) {
            const attribute *at = &r->attribute[f];
            size_t v = at->of[j] < 0 ? r->set[at->set].n : (size_t)at->of[j];
            c |= (link_code)level[f][v] << 4 * f;
        }
        count_code(t, r->attributes, c, chosen[j] ? 0.5 : 1); /* both chosen: the pair comes twice */
    }
    return ST_OK;
}

typedef struct margins {
    double f[LEVELS], g[LEVELS], n; /* pairs where both attributes are known */
} margins;

static margins
margins_of(const joint *t, size_t f, size_t g)
{
    margins m = {0};
    for (int x = 0; x < LEVEL_MISSING; x++)
        for (int y = 0; y < LEVEL_MISSING; y++) {
            double n = fmax(t->n[f][g][x][y], 0);
            m.f[x] += n, m.g[y] += n, m.n += n;
        }
    return m;
}

/* Fills e->lift; gives the information in it. */
static double
lift_of(const link_model *model, const joint *t, link_edge *e)
{
    size_t f = (size_t)e->f, g = (size_t)e->g;
    margins m = margins_of(t, f, g);
    int else_f = level_else(link_type(model, f)), else_g = level_else(link_type(model, g));
    double told = 0;
    for (int x = 0; x < LEVEL_MISSING; x++)
        for (int y = 0; y < LEVEL_MISSING; y++) {
            e->lift[x][y] = 0;
            if (x == else_f || y == else_g || m.n <= 0) continue;
            double seen = t->n[f][g][x][y], expected = m.f[x] * m.g[y] / m.n;
            if (seen < expected + 3 * sqrt(expected + 1)) continue; /* + 1: a handful is no proof where none is expected */
            double ln = log(seen / fmax(expected, 1e-9));
            e->lift[x][y] = (float)ln;
            told += seen / m.n * ln;
        }
    return told;
}

/* The heaviest tree over the attributes (Prim). */
static void
grow_tree(link_model *model, const joint *t)
{
    size_t n = model->r->attributes;
    bool in[LINK_FIELDS] = {true};
    model->edges = 0;
    for (size_t step = 1; step < n; step++) {
        double best = -1;
        size_t next = 0;
        link_edge found = {0};
        for (size_t x = 0; x < n; x++)
            for (size_t y = 0; y < n; y++) {
                if (!in[x] || in[y]) continue;
                link_edge e = {.f = (int)(x < y ? x : y), .g = (int)(x < y ? y : x)};
                double told = lift_of(model, t, &e);
                if (told > best) best = told, next = y, found = e;
            }
        in[next] = true;
        if (best > 0) model->edge[model->edges++] = found;
    }
}

status
link_model_lifts(link_model *model, const link_pairs *pairs, uint64_t seed)
{
    SCRATCH(tmp);
    const link_records *r = model->r;
    uint8_t *chosen;
    joint *t;
    CHECK(choose_records(tmp, model, seed, &chosen));
    ALLOC(tmp, t, 1);
    for (size_t i = 0; i < r->n; i++)
        if (chosen[i]) CHECK(count_record(model, chosen, i, t));
    for (size_t k = 0; k < pairs->n; k++) {
        if ((chosen[pairs->a[k]] || chosen[pairs->b[k]]) && pairs->p[k] > 1e-6)
            count_code(t, r->attributes, pairs->code[k], -pairs->p[k]);
    }
    grow_tree(model, t);
    return ST_OK;
}
