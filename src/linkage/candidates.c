#include "linkage/candidates.h"

#include "base/threads.h"
#include "linkage/pile.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>

enum { SCALE = 64, CLIP = 680, BLOCK = 64 }; /* weights in 64ths: three times sixteen of them fit 16 bits */
#define DENSE_BYTES (64u << 20)

/* An attribute: its records by value, and what the level "else" weighs for each value. Most values are not alike, so
 * only records with a value alike to that of the record at hand are looked at; the others have its sum of "else". */
typedef struct plan_field {
    size_t f, values;
    int other;
    uint32_t *start, *record; /* [values + 2], [records of the second side]; missing is the last value */
    int16_t (*rare)[LEVELS];  /* [values] half of - ln F by level */
    int16_t *otherwise;       /* [values] bound of the level "else" */
    int16_t *dense;           /* [values][records] all weights, for a few values with many records each; NULL: none */
} plan_field;

typedef struct plan {
    const link_model *model;
    size_t n;
    plan_field field[LINK_FIELDS];
    uint32_t *family_start, *family_record; /* records by family name, for swapped names; NULL without */
} plan;

/* One thread's sums for the record at hand, and its levels against all values once a pair is kept. */
typedef struct sums {
    int16_t *weight;             /* [records] */
    uint8_t *level[LINK_FIELDS]; /* [values + 1] */
    size_t levels_of;            /* the record they stand for; none: SIZE_MAX */
    uint8_t *near;               /* [values of names] 1: could stand for the record's family name */
} sums;

static status
index_families(arena *tmp, plan *p)
{
    const link_records *r = p->model->r;
    if (r->family < 0) return ST_OK;
    const attribute *at = &r->attribute[r->family];
    size_t n = r->set[at->set].n;
    ALLOC(tmp, p->family_start, n + 2);
    ALLOC(tmp, p->family_record, r->n);
    for (size_t i = 0; i < r->n; i++)
        if (at->of[i] >= 0) p->family_start[at->of[i] + 2]++;
    for (size_t v = 0; v < n; v++) p->family_start[v + 2] += p->family_start[v + 1];
    for (size_t i = 0; i < r->n; i++)
        if (at->of[i] >= 0) p->family_record[p->family_start[at->of[i] + 1]++] = (uint32_t)i;
    return ST_OK;
}

static inline int16_t
rounded_up(double weight)
{
    int w = (int)(weight * SCALE + 32768) - 32767; /* never below the weight */
    return (int16_t)(w < -CLIP ? -CLIP : w > CLIP ? CLIP : w);
}

static inline size_t
value_of(const link_records *r, const plan_field *p, size_t i)
{
    int32_t v = r->attribute[p->f].of[i];
    return v < 0 ? p->values : (size_t)v;
}

static status
index_values(arena *tmp, const link_model *model, plan_field *p)
{
    const link_records *r = model->r;
    size_t from = model->two ? r->split : 0;
    uint32_t *next;
    ALLOC(tmp, p->start, p->values + 2);
    ALLOC(tmp, next, p->values + 2);
    ALLOC(tmp, p->record, r->n - from);
    for (size_t i = from; i < r->n; i++) p->start[value_of(r, p, i) + 1]++;
    for (size_t v = 0; v <= p->values; v++) p->start[v + 1] += p->start[v];
    memcpy(next, p->start, (p->values + 2) * sizeof *next);
    for (size_t i = from; i < r->n; i++) p->record[next[value_of(r, p, i)]++] = (uint32_t)i;
    return ST_OK;
}

static status
weigh_values(arena *tmp, const link_model *model, plan_field *p)
{
    const float *log_f = model->log_f[p->f];
    int most = 0, bound = rounded_up(link_agreement_bound(model, p->f, p->other));
    ALLOC(tmp, p->otherwise, p->values);
    ALLOC(tmp, p->rare, p->values);
    for (size_t v = 0; v < p->values; v++)
        for (int l = 0; l < LEVELS; l++)
            p->rare[v][l] = rounded_up(0.5 * (l == LEVEL_EXACT ? link_rarity_bound(model, p->f, v) : -log_f[v * LEVELS + (size_t)l]));
    for (size_t v = 0; v < p->values; v++) most = p->rare[v][p->other] > most ? p->rare[v][p->other] : most;
    for (size_t v = 0; v < p->values; v++) p->otherwise[v] = (int16_t)(bound + most + p->rare[v][p->other]);
    return ST_OK;
}

static int
own_level(const value_set *s, size_t v)
{
    return s->type == COMPARE_DATE ? (int)compare_dates(s->dates[v], s->dates[v]) : LEVEL_EXACT;
}

/* Calls for every value alike to v, itself too: what it weighs above the level "else". */
typedef void on_alike(void *to, const plan_field *p, size_t w, int more);

static inline void
each_alike(const link_model *model, const plan_field *p, size_t v, on_alike *call, void *to)
{
    const similar *s = &model->similar[model->r->attribute[p->f].set];
    int own = own_level(&model->r->set[model->r->attribute[p->f].set], v), part[LEVELS];
    for (int l = 0; l < LEVELS; l++) part[l] = rounded_up(link_agreement_bound(model, p->f, l)) + p->rare[v][l] - p->otherwise[v];
    for (size_t e = s->start[v]; e < s->start[v + 1]; e++) {
        size_t w = s->entry[e] >> 4, l = s->entry[e] & 15;
        call(to, p, w, part[l] + p->rare[w][l]);
    }
    call(to, p, v, part[own] + p->rare[v][own]);
}

/* Sums of a record. */

typedef struct adding {
    int16_t *weight;
    size_t from; /* records before it do not matter */
} adding;

static inline void
add_records(void *to, const plan_field *p, size_t w, int more)
{
    adding *a = to;
    for (uint32_t k = p->start[w + 1]; k > p->start[w] && p->record[k - 1] >= a->from; k--)
        a->weight[p->record[k - 1]] = (int16_t)(a->weight[p->record[k - 1]] + more);
}

static inline void
put_dense(int16_t *weight, const int16_t *row, size_t n)
{
    for (size_t j = 0; j < n; j++) weight[j] = (int16_t)(weight[j] + row[j]);
}

static void
sum_record(const plan *p, size_t i, size_t from, int16_t weight[])
{
    const link_records *r = p->model->r;
    int base = 0;
    adding a = {weight, from};
    for (size_t k = 0; k < p->n; k++) {
        size_t v = value_of(r, &p->field[k], i);
        if (v < p->field[k].values && !p->field[k].dense) base += p->field[k].otherwise[v];
    }
    for (size_t j = from; j < r->n; j++) weight[j] = (int16_t)base;
    for (size_t k = 0; k < p->n; k++) {
        const plan_field *f = &p->field[k];
        size_t v = value_of(r, f, i);
        if (v == f->values) continue;
        if (f->dense) {
            put_dense(weight + from, f->dense + v * r->n + from, r->n - from);
            continue;
        }
        add_records(&a, f, f->values, -f->otherwise[v]);
        each_alike(p->model, f, v, add_records, &a);
    }
}

/* A few values with many records each: their weights against all records, once. */
static status
fill_dense(arena *tmp, const link_model *model, plan_field *p)
{
    size_t n = model->r->n, looked = 0;
    const similar *s = &model->similar[model->r->attribute[p->f].set];
    if (p->values * n * sizeof *p->dense > DENSE_BYTES) return ST_OK;
    for (size_t v = 0; v < p->values; v++) {
        size_t records = p->start[v + 1] - p->start[v], alike = records;
        for (size_t e = s->start[v]; e < s->start[v + 1]; e++) alike += p->start[(s->entry[e] >> 4) + 1] - p->start[s->entry[e] >> 4];
        looked += records * alike / (n ? n : 1);
    }
    if (looked < n / 8) return ST_OK; /* few are alike: look at those */
    ALLOC(tmp, p->dense, p->values * n);
    for (size_t v = 0; v < p->values; v++) {
        int16_t *row = p->dense + v * n;
        adding a = {row, 0};
        for (size_t j = 0; j < n; j++) row[j] = p->otherwise[v];
        add_records(&a, p, p->values, -p->otherwise[v]);
        each_alike(model, p, v, add_records, &a);
    }
    return ST_OK;
}

static status
plan_new(arena *tmp, const link_model *model, plan *p)
{
    const link_records *r = model->r;
    *p = (plan){.model = model, .n = r->attributes};
    for (size_t f = 0; f < p->n; f++) {
        plan_field *to = &p->field[f];
        *to = (plan_field){.f = f, .values = r->set[r->attribute[f].set].n, .other = level_else(link_type(model, f))};
        CHECK(index_values(tmp, model, to));
        CHECK(weigh_values(tmp, model, to));
        CHECK(fill_dense(tmp, model, to));
    }
    return index_families(tmp, p);
}

static status
sums_new(arena *tmp, const plan *p, sums *t)
{
    *t = (sums){.levels_of = SIZE_MAX};
    ALLOC(tmp, t->weight, p->model->r->n + BLOCK);
    for (size_t k = 0; k < p->n; k++) {
        ALLOC(tmp, t->level[k], p->field[k].values + 1);
        memset(t->level[k], p->field[k].other, p->field[k].values);
        t->level[k][p->field[k].values] = LEVEL_MISSING;
        if (p->model->r->family == (int)k) ALLOC(tmp, t->near, p->field[k].values);
    }
    return ST_OK;
}

/* Levels of record i against all values in, or out again. */
static void
turn_levels(const plan *p, sums *t, size_t i, bool in)
{
    const link_records *r = p->model->r;
    for (size_t k = 0; k < p->n; k++) {
        const plan_field *f = &p->field[k];
        const similar *s = &p->model->similar[r->attribute[f->f].set];
        size_t v = value_of(r, f, i);
        if (v == f->values) continue;
        uint8_t *level = t->level[k];
        for (size_t e = s->start[v]; e < s->start[v + 1]; e++) level[s->entry[e] >> 4] = in ? s->entry[e] & 15 : (uint8_t)f->other;
        level[v] = (uint8_t)(in ? own_level(&r->set[r->attribute[f->f].set], v) : f->other);
    }
}

static link_code
levels_of(const plan *p, sums *t, size_t i, size_t j)
{
    const link_records *r = p->model->r;
    if (t->levels_of != i) {
        if (t->levels_of != SIZE_MAX) turn_levels(p, t, t->levels_of, false);
        turn_levels(p, t, i, true);
        t->levels_of = i;
    }
    link_code c = 0;
    for (size_t k = 0; k < p->n; k++) {
        bool known = r->attribute[k].of[i] >= 0;
        c |= (link_code)(known ? t->level[k][value_of(r, &p->field[k], j)] : LEVEL_MISSING) << 4 * k;
    }
    return link_swapped(p->model, i, j, c);
}

static double
sum_weight(const link_model *model, link_code c, size_t i, size_t j)
{
    double w = link_agreement(model, c, NULL);
    for (size_t f = 0; f < model->r->attributes; f++) w += link_rarity(model, f, code_level(c, f), i, j);
    return w;
}

/* Pairs kept: two items each, (a, b) and the code. */
static void
scan(const plan *p, sums *t, size_t i, size_t from, double cut, pile *out)
{
    const int16_t *weight = t->weight;
    int least = (int)floor(cut * SCALE);
    for (size_t at = from; at < p->model->r->n; at += BLOCK) {
        int16_t most = INT16_MIN;
        for (size_t j = at; j < at + BLOCK; j++) most = weight[j] > most ? weight[j] : most; /* beyond the end: INT16_MIN */
        if (most < least) continue;
        for (size_t j = at; j < at + BLOCK && j < p->model->r->n; j++) {
            if (weight[j] < least) continue;
            link_code c = levels_of(p, t, i, j);
            if (sum_weight(p->model, c, i, j) < cut) continue;
            pile_put(out, (uint64_t)i << 32 | j);
            pile_put(out, c);
        }
    }
}

/* Names that could stand for name v: itself, or one edit away. */
static void
mark_near(const similar *s, size_t v, uint8_t near[], uint8_t value)
{
    near[v] = value;
    for (size_t e = s->start[v]; e < s->start[v + 1]; e++)
        if ((s->entry[e] & 15) <= NAME_EDIT) near[s->entry[e] >> 4] = value;
}

/* Records from `from` on whose family name is v, and whose given name is near to that of record i's family. */
static void
scan_family(const plan *p, sums *t, size_t i, size_t v, size_t from, double cut, pile *out)
{
    const link_records *r = p->model->r;
    const int32_t *given = r->attribute[r->given].of;
    for (size_t k = p->family_start[v + 1]; k > p->family_start[v] && p->family_record[k - 1] >= from; k--) {
        size_t j = p->family_record[k - 1];
        if (given[j] < 0 || !t->near[given[j]]) continue;
        link_code c = levels_of(p, t, i, j);
        if (code_level(c, (size_t)r->family) != NAME_SWAPPED || sum_weight(p->model, c, i, j) < cut) continue;
        pile_put(out, (uint64_t)i << 32 | j);
        pile_put(out, c);
    }
}

/* Pairs whose given and family names changed places would be given up by their weights. */
static void
scan_swapped(const plan *p, sums *t, size_t i, size_t from, double cut, pile *out)
{
    const link_records *r = p->model->r;
    if (r->family < 0 || r->attribute[r->given].of[i] < 0 || r->attribute[r->family].of[i] < 0) return;
    size_t given = (size_t)r->attribute[r->given].of[i], family = (size_t)r->attribute[r->family].of[i];
    const similar *s = &p->model->similar[r->attribute[r->given].set];
    mark_near(s, family, t->near, 1);
    scan_family(p, t, i, given, from, cut, out);
    for (size_t e = s->start[given]; e < s->start[given + 1]; e++)
        if ((s->entry[e] & 15) <= NAME_EDIT) scan_family(p, t, i, s->entry[e] >> 4, from, cut, out);
    mark_near(s, family, t->near, 0);
}

typedef struct kept {
    uint64_t pair, code;
} kept;

static int
compare_kept(const void *x, const void *y)
{
    const kept *a = x, *b = y;
    return (a->pair > b->pair) - (a->pair < b->pair);
}

/* All piles in order, each pair once, only those that reach the cut. */
status
link_candidates_gather(arena *a, const link_model *model, const struct piles *p, double cut, link_pairs *result)
{
    SCRATCH(tmp);
    size_t n = 0, k = 0;
    kept *all;
    for (int i = 0; i < p->n; i++) n += p->pile[i].n / 2;
    ALLOC(tmp, all, n);
    for (int i = 0; i < p->n; i++)
        for (size_t j = 0; j < p->pile[i].n; j += 2) {
            kept one = {p->pile[i].item[j], p->pile[i].item[j + 1]};
            if (sum_weight(model, one.code, one.pair >> 32, one.pair & 0xffffffffu) >= cut) all[k++] = one;
        }
    qsort(all, k, sizeof *all, compare_kept);
    link_pairs out = {0};
    ALLOC(a, out.a, k);
    ALLOC(a, out.b, k);
    ALLOC(a, out.code, k);
    ALLOC(a, out.fixed, k);
    ALLOC(a, out.p, k);
    for (size_t i = 0; i < k; i++) {
        if (i && all[i].pair == all[i - 1].pair) continue;
        out.a[out.n] = (uint32_t)(all[i].pair >> 32);
        out.b[out.n] = (uint32_t)all[i].pair;
        out.code[out.n++] = all[i].code;
    }
    *result = out;
    return ST_OK;
}

static status
scan_all(arena *tmp, const plan *p, double cut, size_t most, piles *out)
{
    const link_records *r = p->model->r;
    sums *t;
    ALLOC(tmp, t, out->n);
    for (int i = 0; i < out->n; i++) {
        CHECK(sums_new(tmp, p, &t[i]));
        for (size_t j = 0; j < BLOCK; j++) t[i].weight[r->n + j] = INT16_MIN;
    }
    size_t first = p->model->two ? r->split : r->n;
    bool full = false;
#pragma omp parallel for schedule(dynamic, 16) num_threads(out->n)
    for (size_t i = 0; i < first; i++) {
        int me = omp_get_thread_num();
        if (out->pile[me].n / 2 > most) {
#pragma omp atomic write
            full = true;
        }
        bool stop;
#pragma omp atomic read
        stop = full;
        if (stop) continue;
        size_t from = p->model->two ? r->split : i + 1;
        sum_record(p, i, from, t[me].weight);
        scan(p, &t[me], i, from, cut, &out->pile[me]);
        scan_swapped(p, &t[me], i, from, cut, &out->pile[me]);
    }
    CHECK(piles_check(out));
    if (full) FAIL(ST_LIMIT, "too many pairs");
    return ST_OK;
}

status
link_candidates(arena *a, link_model *model, double cut, size_t most, link_pairs *result, double *raised)
{
    SCRATCH(tmp);
    if (!model->similar) FAIL(ST_INTERNAL, "every pair needs the similar values");
    if (!model->r->attributes) FAIL(ST_CONFIG, "nothing to compare");
    plan p;
    CHECK(plan_new(tmp, model, &p));
    *raised = 0;
    for (;; *raised += 2) {
        SCRATCH(round);
        piles *out;
        CHECK(piles_new(round, threads_count(), &out));
        status code = scan_all(round, &p, cut + *raised, most, out);
        size_t n = 0;
        for (int i = 0; i < out->n; i++) n += out->pile[i].n / 2;
        model->cut = cut + *raised;
        if (code == ST_OK && n <= most) return link_candidates_gather(a, model, out, cut + *raised, result);
        if (code != ST_LIMIT && code != ST_OK) return code;
        if (*raised > 200) FAIL(ST_LIMIT, "more than %zu pairs cannot be told apart: too many equal records", most);
    }
}

size_t
link_pairs_find(const link_pairs *pairs, uint32_t a, uint32_t b)
{
    size_t low = 0, high = pairs->n;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (pairs->a[mid] < a || (pairs->a[mid] == a && pairs->b[mid] < b)) low = mid + 1;
        else high = mid;
    }
    return low < pairs->n && pairs->a[low] == a && pairs->b[low] == b ? low : SIZE_MAX;
}
