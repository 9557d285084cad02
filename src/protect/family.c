#include "protect/family.h"

#include <math.h>
#include <string.h>

typedef struct family {
    size_t n;
    const trial *const *trial;
    const adjusted_grid *g;
    int values;
    trial_state *state;      /* [n] */
    adjusted_said *said;     /* [n] */
    uint16_t *exact, *low, *high; /* [n] cells of p */
    const trial **member;    /* [n] scratch: of one group */
    const trial_state **member_state;
} family;

/* Is the group of trial `of` safe as things stand? */
static status
group_safe(const family *f, size_t of, bool *safe)
{
    size_t n = 0;
    for (size_t j = 0; j < f->n; j++) {
        if (f->trial[j]->group != f->trial[of]->group) continue;
        f->member[n] = f->trial[j];
        f->member_state[n++] = &f->state[j];
    }
    return trial_safe(n, f->member, f->member_state, f->values, safe);
}

/* Is every group safe whose ranges of p changed? */
static status
ranges_safe(family *f, bool *safe)
{
    SCRATCH(tmp);
    uint8_t *changed;
    ALLOC(tmp, changed, f->n);
    CHECK(adjusted_ranges(f->g, f->exact, f->said, f->low, f->high));
    for (size_t j = 0; j < f->n; j++) {
        changed[j] = f->state[j].low != f->low[j] || f->state[j].high != f->high[j];
        f->state[j].low = f->low[j], f->state[j].high = f->high[j];
    }
    *safe = true;
    for (size_t j = 0; j < f->n && *safe; j++) {
        bool first = changed[j];
        for (size_t k = 0; k < j; k++) first = first && !(changed[k] && f->trial[k]->group == f->trial[j]->group);
        if (first) CHECK(group_safe(f, j, safe));
    }
    return ST_OK;
}

enum { ALL_BOUNDS = (1 << ADJUSTED_BOUNDS) - 1, WIDEST_BOUND = 1 << ADJUSTED_WIDEST };

/* Say it of all; where that is too much, of each as much as there is room for. `wanted` NULL: every trial */
static status
say_classes(family *f, adjusted_by way, const bool wanted[])
{
    static const uint8_t steps[] = {ALL_BOUNDS, WIDEST_BOUND, 0};
    bool safe;
    for (size_t j = 0; j < f->n; j++) f->said[j].said[way] = !wanted || wanted[j] ? ALL_BOUNDS : 0;
    CHECK(ranges_safe(f, &safe));
    if (safe) return ST_OK;
    for (size_t j = 0; j < f->n; j++) f->said[j].said[way] = 0;
    CHECK(ranges_safe(f, &safe));
    for (size_t j = 0; j < f->n; j++)
        for (size_t k = 0; k < sizeof steps && (!wanted || wanted[j]); k++) {
            f->said[j].said[way] = steps[k];
            CHECK(ranges_safe(f, &safe)); /* nothing more said of it: as safe as before */
            if (safe) break;
        }
    return ST_OK;
}

static status
choose_digits(family *f, size_t j, int item)
{
    const trial *t = f->trial[j];
    bool safe = false;
    for (int d = t->method.item[item].n > 0 ? t->method.item[item].most : 0; d > 0 && !safe; d--) {
        f->state[j].digits[item] = d;
        for (int k = t->method.item[item].first; k < t->method.item[item].first + t->method.item[item].n; k++)
            if (isnan(t->number[k])) f->state[j].digits[item] = 0;
        if (f->state[j].digits[item] == 0) return ST_OK;
        CHECK(group_safe(f, j, &safe));
    }
    if (!safe) f->state[j].digits[item] = 0;
    return ST_OK;
}

static double
below(const family *f, adjusted_by way, size_t j)
{
    if (f->said[j].said[way] == 0) return NAN;
    for (int b = 0; b < ADJUSTED_BOUNDS; b++)
        if ((f->said[j].said[way] >> b & 1) && f->exact[j] <= adjusted_cut(f->g, way, b, f->exact)) return adjusted_bound(b);
    return 1;
}

static status
family_new(arena *a, size_t n, const trial *const trials[], const adjusted_grid *g, family *f)
{
    ALLOC(a, f->state, n);
    ALLOC(a, f->said, n);
    ALLOC(a, f->exact, n);
    ALLOC(a, f->low, n);
    ALLOC(a, f->high, n);
    ALLOC(a, f->member, n);
    ALLOC(a, f->member_state, n);
    for (size_t j = 0; j < n; j++) {
        f->exact[j] = trials[j]->p;
        f->state[j].high = (uint16_t)g->n;
    }
    return ST_OK;
}

status
family_decide(size_t n, const trial *const trials[], const adjusted_grid *g, adjusted_by way, int values, family_said said[])
{
    SCRATCH(tmp);
    family f = {.n = n, .trial = trials, .g = g, .values = values};
    bool *wanted;
    if (n == 0) return ST_OK;
    CHECK(family_new(tmp, n, trials, g, &f));
    ALLOC(tmp, wanted, n);
    if (way != ADJUSTED_NOT) CHECK(say_classes(&f, way, NULL));
    for (size_t j = 0; j < n; j++)
        for (int item = 0; item < TRIAL_ITEMS; item++) CHECK(choose_digits(&f, j, item));
    for (size_t j = 0; j < n; j++) wanted[j] = f.state[j].digits[0] == 0;
    if (way == ADJUSTED_NOT) CHECK(say_classes(&f, way, wanted));
    else CHECK(say_classes(&f, way == ADJUSTED_HOLM ? ADJUSTED_BH : ADJUSTED_HOLM, NULL));
    for (size_t j = 0; j < n; j++) {
        memcpy(said[j].digits, f.state[j].digits, sizeof said[j].digits);
        for (int w = 0; w < ADJUSTED_WAYS; w++) said[j].below[w] = below(&f, (adjusted_by)w, j);
    }
    return ST_OK;
}
