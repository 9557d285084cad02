#include "linkage/candidates.h"

#include "base/threads.h"
#include "linkage/pile.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>

enum { SCALE = 64, CLIP = 680, BLOCK = 64 }; /* weights in 64ths: three times sixteen of them fit 16 bits */
enum { ROOM = 2 * BLOCK, NOBODY = BLOCK, MEMO = 1024, FEW = 16 }; /* behind the records: a block that reaches nothing, and one that nobody reads */
#define DENSE_BYTES (64u << 20)

/* Who has a value, in one cache line. */
typedef struct plan_value {
    _Alignas(16) uint32_t first[2]; /* its first two records: most values have no more; nobody when it has not */
    uint32_t from, to;              /* the others, in `record` */
} plan_value;

/* An attribute: its records by value, and what the level "else" weighs for each value. Most values are not alike, so
 * only records with a value alike to that of the record at hand are looked at; the others have its sum of "else". */
typedef struct plan_field {
    size_t f, values;
    int other;
    uint32_t *start, *record; /* [values + 2], [records of the second side]; missing is the last value */
    plan_value *value;        /* [values] */
    int16_t *rare;            /* [levels][values] half of - ln F */
    int bound[LEVELS];        /* of a level, whatever the values */
    double *equal;            /* [values] link_rarity_bound */
    int16_t *otherwise;       /* [values] bound of the level "else" */
    int16_t *dense;           /* [values][records + ROOM] all weights, for a few values with many records each; NULL: none */
} plan_field;

typedef struct plan {
    const link_model *model;
    size_t n;
    plan_field field[LINK_FIELDS];
    uint32_t *family_start, *family_record; /* records by family name, for swapped names; NULL without */
} plan;

/* link_agreement of a code, and what the sums have it at: there are few codes. */
typedef struct agreed {
    link_code code;
    double weight;
    int bound; /* in 64ths */
} agreed;

/* One thread's sums for the record at hand, and its levels against all values once more than a few pairs are looked at. */
typedef struct sums {
    size_t looked;               /* pairs of the record at hand */
    int16_t *weight;             /* [records + ROOM] */
    agreed *memo;                /* [MEMO] by hash */
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
    ALLOC(tmp, p->value, p->values);
    for (size_t v = 0; v < p->values; v++) {
        uint32_t from = p->start[v], to = p->start[v + 1];
        for (uint32_t k = 0; k < 2; k++) /* one place of many for nobody: sums in one place would wait for each other */
            p->value[v].first[k] = from + k < to ? p->record[from + k] : (uint32_t)(r->n + NOBODY + (2 * v + k) % BLOCK);
        p->value[v].from = from + 2 < to ? from + 2 : to;
        p->value[v].to = to;
    }
    return ST_OK;
}

static status
weigh_values(arena *tmp, const link_model *model, plan_field *p)
{
    const float *log_f = model->log_f[p->f];
    int most = 0;
    for (int l = 0; l < LEVELS; l++) p->bound[l] = rounded_up(link_agreement_bound(model, p->f, l));
    ALLOC(tmp, p->rare, p->values * LEVELS);
    ALLOC(tmp, p->equal, p->values);
    ALLOC(tmp, p->otherwise, p->values);
    for (size_t v = 0; v < p->values; v++) {
        p->equal[v] = link_rarity_bound(model, p->f, v);
        for (int l = 0; l < LEVELS; l++) p->rare[(size_t)l * p->values + v] = rounded_up(0.5 * (l == LEVEL_EXACT ? p->equal[v] : -log_f[v * LEVELS + (size_t)l]));
    }
    const int16_t *other = p->rare + (size_t)p->other * p->values;
    for (size_t v = 0; v < p->values; v++) most = other[v] > most ? other[v] : most;
    for (size_t v = 0; v < p->values; v++) p->otherwise[v] = (int16_t)(p->bound[p->other] + most + other[v]);
    return ST_OK;
}

static int
own_level(const value_set *s, size_t v)
{
    return s->type == COMPARE_DATE ? (int)compare_dates(s->dates[v], s->dates[v]) : LEVEL_EXACT;
}

static inline void
add(int16_t *to, int more)
{
    *to = (int16_t)(*to + more);
}

/* Adds to the records with value w, nobody among them. */
static inline void
add_records(const plan_field *p, size_t w, int more, int16_t weight[])
{
    const plan_value *v = &p->value[w];
    add(&weight[v->first[0]], more);
    add(&weight[v->first[1]], more);
    for (uint32_t k = v->from; k < v->to; k++) add(&weight[p->record[k]], more);
}

/* To the records with a value alike to v, itself too: what it weighs above the level "else". To those without: nothing for it.
 * least  what weighs less is left at "else", which bounds it too */
static void
add_field(const link_model *model, const plan_field *p, size_t v, int least, int16_t weight[])
{
    size_t set = model->r->attribute[p->f].set;
    const similar *s = &model->similar[set];
    int own = own_level(&model->r->set[set], v), part[LEVELS];
    for (int l = 0; l < LEVELS; l++) part[l] = p->bound[l] + p->rare[(size_t)l * p->values + v] - p->otherwise[v];
    for (size_t e = s->start[v]; e < s->start[v + 1]; e++) {
        size_t w = s->entry[e] >> 4, l = s->entry[e] & 15;
        int more = part[l] + p->rare[l * p->values + w];
        if (more >= least) add_records(p, w, more, weight);
    }
    add_records(p, v, part[own] + p->rare[(size_t)own * p->values + v], weight);
    for (uint32_t k = p->start[p->values]; k < p->start[p->values + 1]; k++) add(&weight[p->record[k]], -p->otherwise[v]);
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
            put_dense(weight + from, f->dense + v * (r->n + ROOM) + from, r->n - from);
            continue;
        }
        add_field(p->model, f, v, 1, weight);
    }
}

/* Is it cheaper to add the weights of all records at once? A record of this field's value or one alike costs some four cycles to look
 * up, an eighth of one to add in a row; a row must be made for each value. */
static bool
pays_dense(const link_model *model, const plan_field *p)
{
    const similar *s = &model->similar[model->r->attribute[p->f].set];
    double n = (double)model->r->n, rows = model->two ? (double)model->r->split : n, others = model->two ? n - rows : n, looked = 0;
    if (p->values * (model->r->n + ROOM) * sizeof *p->dense > DENSE_BYTES) return false;
    for (size_t v = 0; v < p->values; v++) {
        size_t records = p->start[v + 1] - p->start[v], alike = records;
        for (size_t e = s->start[v]; e < s->start[v + 1]; e++) alike += p->start[(s->entry[e] >> 4) + 1] - p->start[s->entry[e] >> 4];
        looked += (double)records * (double)alike / others;
    }
    return rows * (4 * looked - others / 8) > (double)p->values * n;
}

/* A few values with many records each: their weights against all records, once. */
static status
fill_dense(arena *tmp, const link_model *model, plan_field *p)
{
    size_t n = model->r->n;
    if (!pays_dense(model, p)) return ST_OK; /* few are alike: look at those */
    ALLOC(tmp, p->dense, p->values * (n + ROOM));
    for (size_t v = 0; v < p->values; v++) {
        int16_t *row = p->dense + v * (n + ROOM);
        for (size_t j = 0; j < n; j++) row[j] = p->otherwise[v];
        add_field(model, p, v, INT16_MIN, row);
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

static agreed
agree(const plan *p, link_code c)
{
    agreed m = {c, link_agreement(p->model, c, NULL), 0};
    for (size_t f = 0; f < p->n; f++)
        if (code_level(c, f) != LEVEL_MISSING) m.bound += p->field[f].bound[code_level(c, f)];
    return m;
}

static status
sums_new(arena *tmp, const plan *p, sums *t)
{
    *t = (sums){.levels_of = SIZE_MAX};
    ALLOC(tmp, t->weight, p->model->r->n + ROOM);
    ALLOC(tmp, t->memo, MEMO);
    for (size_t k = 0; k < MEMO; k++) t->memo[k] = agree(p, 0);
    for (size_t k = 0; k < p->n; k++) {
        ALLOC(tmp, t->level[k], p->field[k].values + 1);
        t->level[k][p->field[k].values] = LEVEL_MISSING;
        if (p->model->r->family == (int)k) ALLOC(tmp, t->near, p->field[k].values);
    }
    return ST_OK;
}

/* Levels of record i against all values. */
static void
fill_levels(const plan *p, sums *t, size_t i)
{
    const link_records *r = p->model->r;
    for (size_t k = 0; k < p->n; k++) {
        const plan_field *f = &p->field[k];
        const similar *s = &p->model->similar[r->attribute[f->f].set];
        size_t v = value_of(r, f, i);
        if (v == f->values) continue;
        uint8_t *level = t->level[k];
        memset(level, f->other, f->values);
        for (size_t e = s->start[v]; e < s->start[v + 1]; e++) level[s->entry[e] >> 4] = s->entry[e] & 15;
        level[v] = (uint8_t)own_level(&r->set[r->attribute[f->f].set], v);
    }
    t->levels_of = i;
}

static link_code
levels_of(const plan *p, sums *t, size_t i, size_t j)
{
    const link_records *r = p->model->r;
    if (t->looked++ < FEW) return link_levels(p->model, i, j);
    if (t->levels_of != i) fill_levels(p, t, i);
    link_code c = 0;
    for (size_t k = 0; k < p->n; k++) {
        bool known = r->attribute[k].of[i] >= 0;
        c |= (link_code)(known ? t->level[k][value_of(r, &p->field[k], j)] : LEVEL_MISSING) << 4 * k;
    }
    return link_swapped(p->model, i, j, c);
}

/* Does the pair weigh as much as the cut? `most` is its sum, in 64ths: what the code alone says of it, and then the bounds of equal
 * values, which cost a logarithm each, settle most pairs. */
static bool
reaches(const plan *p, sums *t, size_t i, size_t j, int most, double cut, link_code c)
{
    const link_model *model = p->model;
    agreed *m = &t->memo[c * UINT64_C(0x9e3779b97f4a7c15) >> 54];
    if (m->code != c) *m = agree(p, c);
    if (m->weight + (double)(most - m->bound) / SCALE < cut - 1e-9) return false;
    double bound = m->weight, w = bound;
    for (size_t f = 0; f < p->n; f++) {
        int level = code_level(c, f);
        bound += level == LEVEL_EXACT ? p->field[f].equal[model->r->attribute[f].of[i]] : link_rarity(model, f, level, i, j);
    }
    if (bound < cut - 1e-9) return false;
    for (size_t f = 0; f < p->n; f++) w += link_rarity(model, f, code_level(c, f), i, j);
    return w >= cut;
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
            bool swapped = p->model->r->family >= 0 && code_level(c, (size_t)p->model->r->family) == NAME_SWAPPED;
            if (!reaches(p, t, i, j, swapped ? INT16_MAX : weight[j], cut, c)) continue;
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
        if (code_level(c, (size_t)r->family) != NAME_SWAPPED || !reaches(p, t, i, j, INT16_MAX, cut, c)) continue;
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

/* All piles in order, each pair once. */
status
link_candidates_gather(arena *a, const struct piles *p, link_pairs *result)
{
    SCRATCH(tmp);
    size_t n = 0, k = 0;
    kept *all;
    for (int i = 0; i < p->n; i++) n += p->pile[i].n / 2;
    ALLOC(tmp, all, n);
    for (int i = 0; i < p->n; i++)
        for (size_t j = 0; j < p->pile[i].n; j += 2) all[k++] = (kept){p->pile[i].item[j], p->pile[i].item[j + 1]};
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
        t[me].looked = 0;
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
        if (code == ST_OK && n <= most) return link_candidates_gather(a, out, result);
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
