#include "linkage/candidates.h"

#include "base/threads.h"
#include "linkage/pile.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>

enum { SCALE = 64, FIRST = 2 }; /* weights in 64ths; attributes looked at before most pairs are given up */

/* Attributes by what they tell, and values of all records as indices into rows: missing is one past the last. */
typedef struct plan {
    const link_model *model;
    size_t n;                     /* attributes */
    size_t order[LINK_FIELDS];
    uint32_t *value[LINK_FIELDS]; /* [records] by place in `order` */
    size_t values[LINK_FIELDS];
    float least_else[LINK_FIELDS]; /* smallest ln F of the level "else" */
    size_t longest;               /* most values */
    uint32_t *family_start, *family_record; /* records by family name, for swapped names; NULL without */
} plan;

/* Rows of one thread: weight of the current record's value against every value. */
typedef struct rows {
    int16_t *weight[LINK_FIELDS]; /* [values + 1], the last 0 */
    int32_t now[LINK_FIELDS];     /* the value the row stands for; -1 none */
    int16_t *nothing;             /* [longest + 1] zeros: the record's value is missing */
    int16_t most[LINK_FIELDS];
} rows;

static double
mean_rarity(const link_model *model, size_t f)
{
    const attribute *at = &model->r->attribute[f];
    double sum = 0;
    for (size_t i = 0; i < model->r->n; i++)
        if (at->of[i] >= 0) sum -= model->log_f[f][(size_t)at->of[i] * LEVELS];
    return sum / (double)(model->r->n ? model->r->n : 1);
}

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

static status
plan_new(arena *tmp, const link_model *model, plan *p)
{
    const link_records *r = model->r;
    *p = (plan){.model = model, .n = r->attributes};
    double told[LINK_FIELDS];
    for (size_t f = 0; f < p->n; f++) {
        told[f] = mean_rarity(model, f);
        size_t at = f;
        for (; at > 0 && told[p->order[at - 1]] < told[f]; at--) p->order[at] = p->order[at - 1];
        p->order[at] = f;
    }
    for (size_t k = 0; k < p->n; k++) {
        size_t f = p->order[k], values = r->set[r->attribute[f].set].n;
        int other = level_else(link_type(model, f));
        p->values[k] = values;
        if (values > p->longest) p->longest = values;
        ALLOC(tmp, p->value[k], r->n);
        for (size_t i = 0; i < r->n; i++) p->value[k][i] = r->attribute[f].of[i] < 0 ? (uint32_t)values : (uint32_t)r->attribute[f].of[i];
        for (size_t v = 0; v < values; v++) p->least_else[k] = fminf(p->least_else[k], model->log_f[f][v * LEVELS + (size_t)other]);
    }
    return index_families(tmp, p);
}

static inline int16_t
rounded_up(double weight)
{
    int w = (int)(weight * SCALE + 32768) - 32767; /* never below the weight */
    return (int16_t)(w < -4000 ? -4000 : w > 4000 ? 4000 : w);
}

static status
rows_new(arena *tmp, const plan *p, rows *t)
{
    *t = (rows){0};
    ALLOC(tmp, t->nothing, p->longest + 1);
    for (size_t k = 0; k < p->n; k++) {
        size_t f = p->order[k];
        int other = level_else(link_type(p->model, f));
        ALLOC(tmp, t->weight[k], p->values[k] + 1);
        int16_t none = rounded_up(link_agreement_bound(p->model, f, other) - p->least_else[k]);
        for (size_t v = 0; v < p->values[k]; v++) t->weight[k][v] = none;
        t->now[k] = -1;
    }
    return ST_OK;
}

/* Put value v's similar values into row k; the former ones go out. */
static void
turn_row(const plan *p, rows *t, size_t k, int32_t v)
{
    size_t f = p->order[k];
    const link_model *model = p->model;
    const similar *s = &model->similar[model->r->attribute[f].set];
    int16_t none = rounded_up(link_agreement_bound(model, f, s->other) - p->least_else[k]);
    int16_t *weight = t->weight[k];
    if (t->now[k] >= 0) {
        for (size_t i = s->start[t->now[k]]; i < s->start[t->now[k] + 1]; i++) weight[s->entry[i] >> 4] = none;
        weight[t->now[k]] = none;
    }
    t->now[k] = v;
    const float *log_f = model->log_f[f], *mine = log_f + (size_t)v * LEVELS;
    const value_set *set = &model->r->set[model->r->attribute[f].set];
    int own = set->type == COMPARE_DATE ? (int)compare_dates(set->dates[v], set->dates[v]) : LEVEL_EXACT;
    int16_t most = none;
    double part[LEVELS];
    for (int l = 0; l < LEVELS; l++) part[l] = link_agreement_bound(model, f, l) - 0.5 * mine[l];
    for (size_t i = s->start[v]; i < s->start[v + 1]; i++) {
        size_t w = s->entry[i] >> 4, l = s->entry[i] & 15;
        weight[w] = rounded_up(part[l] - 0.5 * log_f[w * LEVELS + l]);
        if (weight[w] > most) most = weight[w];
    }
    weight[v] = rounded_up(part[own] - 0.5 * mine[own]);
    t->most[k] = weight[v] > most ? weight[v] : most;
}

typedef struct current {
    const int16_t *weight[LINK_FIELDS];
    int rest[LINK_FIELDS + 1]; /* the most that attributes from k on can add */
} current;

static void
turn_rows(const plan *p, rows *t, size_t i, current *c)
{
    for (size_t k = 0; k < p->n; k++) {
        bool known = p->value[k][i] < p->values[k];
        if (known && t->now[k] != (int32_t)p->value[k][i]) turn_row(p, t, k, (int32_t)p->value[k][i]);
        c->weight[k] = known ? t->weight[k] : t->nothing;
        c->rest[k] = known && t->most[k] > 0 ? t->most[k] : 0;
    }
    c->rest[p->n] = 0;
    for (size_t k = p->n; k-- > 0;) c->rest[k] += c->rest[k + 1];
    if (p->n < FIRST) c->weight[1] = t->nothing, c->rest[FIRST] = 0;
}

/* Pairs kept: two items each, (a, b) and the code. */
static void
keep(const plan *p, size_t i, size_t j, pile *out)
{
    pile_put(out, (uint64_t)i << 32 | j);
    pile_put(out, link_levels(p->model, i, j));
}

static void
scan(const plan *p, const current *c, size_t i, size_t from, int cut, pile *out)
{
    const uint32_t *v0 = p->value[0], *v1 = p->value[p->n > 1 ? 1 : 0];
    const int16_t *w0 = c->weight[0], *w1 = c->weight[1];
    int first = cut - c->rest[FIRST];
    for (size_t j = from; j < p->model->r->n; j++) {
        int sum = w0[v0[j]] + w1[v1[j]];
        if (sum < first) continue;
        for (size_t k = FIRST; k < p->n && sum + c->rest[k] >= cut; k++) sum += c->weight[k][p->value[k][j]];
        if (sum >= cut) keep(p, i, j, out);
    }
}

/* Pairs whose given and family names changed places would be given up by their weights. */
static void
scan_swapped(const plan *p, size_t i, size_t from, pile *out)
{
    const link_records *r = p->model->r;
    if (r->family < 0 || r->attribute[r->given].of[i] < 0) return;
    int32_t given = r->attribute[r->given].of[i];
    const similar *s = &p->model->similar[r->attribute[r->given].set];
    for (size_t e = s->start[given]; e <= s->start[given + 1]; e++) {
        bool self = e == s->start[given + 1];
        if (!self && (s->entry[e] & 15) > NAME_EDIT) continue;
        uint32_t v = self ? (uint32_t)given : s->entry[e] >> 4;
        for (size_t k = p->family_start[v]; k < p->family_start[v + 1]; k++) {
            size_t j = p->family_record[k];
            if (j < from) continue;
            link_code c = link_levels(p->model, i, j);
            if (code_level(c, (size_t)r->family) != NAME_SWAPPED) continue;
            pile_put(out, (uint64_t)i << 32 | j);
            pile_put(out, c);
        }
    }
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

static double
sum_weight(const link_model *model, const kept *k)
{
    double w = link_agreement(model, k->code, NULL);
    for (size_t f = 0; f < model->r->attributes; f++) w += link_rarity(model, f, code_level(k->code, f), k->pair >> 32, k->pair & 0xffffffffu);
    return w;
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
            if (sum_weight(model, &one) >= cut) all[k++] = one;
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
    rows *t;
    ALLOC(tmp, t, out->n);
    for (int i = 0; i < out->n; i++) CHECK(rows_new(tmp, p, &t[i]));
    int least = (int)floor(cut * SCALE);
    size_t first = p->model->two ? r->split : r->n;
    bool full = false;
#pragma omp parallel for schedule(dynamic, 16) num_threads(out->n)
    for (size_t i = 0; i < first; i++) {
        int me = omp_get_thread_num();
        if (out->pile[me].n / 2 > most) full = true;
        if (full) continue;
        current c;
        turn_rows(p, &t[me], i, &c);
        size_t from = p->model->two ? r->split : i + 1;
        scan(p, &c, i, from, least, &out->pile[me]);
        scan_swapped(p, i, from, &out->pile[me]);
    }
    CHECK(piles_check(out));
    if (full) FAIL(ST_LIMIT, "too many pairs");
    return ST_OK;
}

status
link_candidates(arena *a, const link_model *model, double cut, size_t most, link_pairs *result, double *raised)
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
        if (code == ST_OK && n <= most) return link_candidates_gather(a, model, out, cut + *raised, result);
        if (code != ST_LIMIT && code != ST_OK) return code;
        if (*raised > 200) FAIL(ST_LIMIT, "more than %zu pairs cannot be told apart: too many equal records", most);
    }
}
