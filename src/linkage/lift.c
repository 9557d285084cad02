#include "linkage/candidates.h"

#include "base/rng.h"
#include "base/threads.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>

enum { SAMPLE_PAIRS = 1 << 20 };

/* A pair that is not taken for one person yet agrees in many fields when it is one: left among the pairs of different persons
 * it would pass for dependence, which makes it look still less like one. So p counts as p to this power, and as one where no field
 * differs wholly: of such pairs there may be so many that hardly anything else is left. */
#define DOUBT 0.2

static void
count_code(link_joint *t, unsigned agree, link_code c, double by)
{
    for (unsigned x = agree; x; x &= x - 1) {
        size_t f = (size_t)__builtin_ctz(x);
        int level = code_level(c, f);
        t->one[f][level] += by;
        for (unsigned y = x & (x - 1); y; y &= y - 1) {
            size_t g = (size_t)__builtin_ctz(y);
            t->two[f][g][level][code_level(c, g)] += by;
        }
    }
}

static unsigned
agreeing(const link_model *model, link_code c)
{
    unsigned mask = 0;
    for (size_t f = 0; f < model->r->attributes; f++) {
        int level = code_level(c, f);
        mask |= (unsigned)(level != LEVEL_MISSING && level != level_else(link_type(model, f))) << f;
    }
    return mask;
}

/* How much of a candidate is left out of the pairs of different persons. */
static double
left_out(const link_model *model, link_code c, unsigned agree, double p)
{
    bool differ = false;
    for (size_t f = 0; f < model->r->attributes; f++) differ = differ || (code_level(c, f) != LEVEL_MISSING && !(agree >> f & 1));
    return link_relatives(model, c) ? p : agree && !differ ? 1 : pow(p, DOUBT);
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
    size_t wanted = others ? (model->similar ? 1 : 8) * (size_t)SAMPLE_PAIRS / others + 1 : 0;
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
    if (!model->similar) {
        SCRATCH(tmp);
        similar_filter *filter;
        uint32_t *all;
        ALLOC(tmp, all, n);
        for (size_t w = 0; w < n; w++) all[w] = (uint32_t)w;
        CHECK(similar_filter_new(tmp, &model->levels[at->set], n, all, &filter));
        similar_pick(filter, (size_t)v, level);
    } else {
        const similar *s = &model->similar[at->set];
        for (size_t e = s->start[v]; e < s->start[v + 1]; e++) level[s->entry[e] >> 4] = (uint8_t)(s->entry[e] & 15);
    }
    const value_set *set = &model->r->set[at->set];
    level[v] = set->type == COMPARE_DATE ? (uint8_t)compare_dates(set->dates[v], set->dates[v]) : LEVEL_EXACT;
    return ST_OK;
}

/* Levels of some records: of the chosen one's value in each attribute against theirs, a field after the other. */
enum { SOME = 256 };
typedef struct some_levels {
    uint8_t level[LINK_FIELDS][SOME];
    uint16_t agree[SOME]; /* bit f: attribute f agrees */
} some_levels;

static void
find_levels(const link_model *model, uint8_t *const level[], size_t from, size_t n, some_levels *t)
{
    memset(t->agree, 0, sizeof t->agree);
    for (size_t f = 0; f < model->r->attributes; f++) {
        const attribute *at = &model->r->attribute[f];
        const int32_t *of = at->of + from, missing = (int32_t)model->r->set[at->set].n;
        const uint8_t other = (uint8_t)level_else(link_type(model, f));
        uint8_t *to = t->level[f];
        for (size_t j = 0; j < n; j++) to[j] = level[f][of[j] < 0 ? missing : of[j]];
        for (size_t j = 0; j < n; j++) t->agree[j] = (uint16_t)(t->agree[j] | (to[j] != LEVEL_MISSING && to[j] != other) << f);
    }
}

static status
count_record(const link_model *model, const uint8_t chosen[], size_t i, link_joint *t)
{
    SCRATCH(tmp);
    const link_records *r = model->r;
    size_t n = r->attributes;
    uint8_t *level[LINK_FIELDS];
    some_levels some;
    for (size_t f = 0; f < n; f++) {
        ALLOC(tmp, level[f], r->set[r->attribute[f].set].n + 1);
        CHECK(fill_levels(model, f, i, level[f]));
    }
    for (size_t at = model->two ? r->split : 0; at < r->n; at += SOME) {
        size_t end = r->n - at < SOME ? r->n - at : SOME;
        find_levels(model, level, at, end, &some);
        for (size_t k = 0; k < end; k++) {
            if (at + k == i) continue;
            double by = chosen[at + k] && !model->two ? 0.5 : 1; /* both chosen: the pair comes twice */
            t->pairs += by;
            if (!some.agree[k]) continue;
            link_code c = 0;
            for (size_t f = 0; f < n; f++) c |= (link_code)some.level[f][k] << 4 * f;
            count_code(t, some.agree[k], c, by);
        }
    }
    return ST_OK;
}

/* Share of records that know the attribute, or both. */
static double
known_share(const link_records *r, size_t f, size_t g)
{
    size_t n = 0;
    for (size_t i = 0; i < r->n; i++) n += r->attribute[f].of[i] >= 0 && r->attribute[g].of[i] >= 0;
    return (double)n / (double)(r->n ? r->n : 1);
}

/* Shares of records that know f, g and both: counts of pairs that know one, brought to those that know both. */
typedef struct known {
    double both, to_f, to_g;
} known;

/* The pairs of one person that were taken away are known to so much: what is left of that size is no dependence. */
#define TAKEN_SURE 0.05

/* How much more often than by chance f at level x and g at level y meet; sets the one that is told. */
static void
lift_between(link_model *model, const link_joint *t, const link_joint *whole, const known *k, const int at[4])
{
    size_t f = (size_t)at[0], g = (size_t)at[1];
    int x = at[2], y = at[3];
    double pairs = fmax(t->pairs * k->both * k->both, 1);
    double n_f = fmax(t->one[f][x], 0) * k->to_f * k->to_f, n_g = fmax(t->one[g][y], 0) * k->to_g * k->to_g;
    double left = t->two[f][g][x][y], expected = n_f * n_g / pairs, seen = left - TAKEN_SURE * (whole->two[f][g][x][y] - left);
    if (seen < expected + 3 * sqrt(expected + 1)) return; /* + 1: a handful is no proof where none is expected */
    float more = (float)fmin((seen - expected) / fmax(fmin(n_f, n_g), seen), 1);
    float both = (float)((seen - expected) / pairs);
    if (n_f <= n_g) model->lifts->more[f][g][x][y] = more, model->lifts->both[f][g][x][y] = both;
    else model->lifts->more[g][f][y][x] = more, model->lifts->both[g][f][y][x] = both;
}

static void
lifts_between(link_model *model, const link_joint *t, const link_joint *equal, size_t f, size_t g)
{
    known k = {.both = known_share(model->r, f, g)};
    k.to_f = k.both / fmax(known_share(model->r, f, f), 1e-9);
    k.to_g = k.both / fmax(known_share(model->r, g, g), 1e-9);
    for (int x = 0; x < LEVEL_MISSING; x++)
        for (int y = 0; y < LEVEL_MISSING; y++) {
            model->lifts->more[f][g][x][y] = model->lifts->more[g][f][y][x] = 0;
            bool exact = x == LEVEL_EXACT && y == LEVEL_EXACT;
            const int at[4] = {(int)f, (int)g, x, y};
            if (exact || t->two[f][g][x][y] > 0) lift_between(model, exact ? equal : t, exact ? model->lifts->equal : model->lifts->seen, &k, at);
        }
}

/* Pairs equal in f and g (the same: in f), over all pairs. */
static double
equal_pairs(const link_model *model, size_t f, size_t g, link_sorter *s)
{
    size_t n = link_sort_by(s, model->r, f, g);
    double pairs = 0;
    for (size_t i = 0; i < n;) {
        double count[2] = {0, 0}; /* of each file */
        for (uint64_t group = s->keyed[i].key; i < n && s->keyed[i].key == group; i++) count[s->keyed[i].record >= model->r->split]++;
        pairs += model->two ? count[0] * count[1] : (count[0] + count[1]) * (count[0] + count[1] - 1) / 2;
    }
    return pairs;
}

/* A sample sees few of the pairs that are equal in two fields, and a common value in one of its records makes many: count those of
 * all pairs. */
static status
count_equal(arena *a, link_model *model)
{
    SCRATCH(tmp);
    const link_records *r = model->r;
    const size_t n = r->attributes;
    link_sorter *s;
    link_joint *t;
    int threads = threads_count();
    ALLOC(tmp, s, threads);
    for (int k = 0; k < threads; k++) CHECK(link_sorter_new(tmp, r, &s[k]));
    ALLOC(a, t, 1);
    t->pairs = model->pairs;
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads)
    for (size_t k = 0; k < n * n; k++) {
        size_t f = k / n, g = k % n;
        if (f > g) continue;
        double pairs = equal_pairs(model, f, g, &s[omp_get_thread_num()]);
        if (f == g) t->one[f][LEVEL_EXACT] = pairs;
        else t->two[f][g][LEVEL_EXACT][LEVEL_EXACT] = pairs;
    }
    model->lifts->equal = t;
    return ST_OK;
}

/* The sample is drawn and counted once. */
static status
count_sample(arena *a, link_model *model, uint64_t seed)
{
    SCRATCH(tmp);
    const link_records *r = model->r;
    link_joint *t;
    int threads = threads_count();
    bool failed = false;
    uint8_t *chosen;
    CHECK(choose_records(a, model, seed, &chosen));
    ALLOC(tmp, t, threads);
    ALLOC(a, model->lifts->seen, 1);
#pragma omp parallel for schedule(dynamic, 8) num_threads(threads)
    for (size_t i = 0; i < r->n; i++)
        if (chosen[i] && count_record(model, chosen, i, &t[omp_get_thread_num()]) != ST_OK) failed = true;
    if (failed) FAIL(ST_NO_MEMORY, "out of memory for counts of levels");
    double *to = (double *)model->lifts->seen;
    for (int k = 0; k < threads; k++) /* halves and wholes: the sum is exact in any order */
        for (size_t x = 0; x < sizeof *t / sizeof *to; x++) to[x] += ((const double *)&t[k])[x];
    model->lifts->chosen = chosen;
    return count_equal(a, model);
}

status
link_model_lifts(arena *a, link_model *model, const link_pairs *pairs, bool first, uint64_t seed)
{
    SCRATCH(tmp);
    const link_records *r = model->r;
    link_joint *t;
    if (!model->lifts->chosen) CHECK(count_sample(a, model, seed));
    const uint8_t *chosen = model->lifts->chosen;
    link_joint *equal;
    ALLOC(tmp, t, 1);
    ALLOC(tmp, equal, 1);
    *t = *model->lifts->seen;
    *equal = *model->lifts->equal;
    for (size_t k = 0; k < pairs->n; k++) {
        link_code c = pairs->code[k];
        if (pairs->p[k] <= 1e-6 || (first && link_relatives(model, c))) continue;
        unsigned agree = agreeing(model, c);
        double by = left_out(model, c, agree, pairs->p[k]);
        if (chosen[pairs->a[k]] || chosen[pairs->b[k]]) count_code(t, agree, c, -by);
        count_code(equal, agree, c, -by);
    }
    for (size_t f = 0; f < r->attributes; f++)
        for (size_t g = f + 1; g < r->attributes; g++) lifts_between(model, t, equal, f, g);
    return ST_OK;
}
