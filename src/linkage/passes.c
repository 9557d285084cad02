#include "linkage/candidates.h"

#include "base/threads.h"
#include "linkage/pile.h"

#include <omp.h>
#include <stdlib.h>

enum { LARGE_GROUP = 100, MOST_PASSES = 64 };
#define BUDGET 2e7 /* pairs that all passes may look at */

typedef struct pass {
    size_t f, g;
    double pairs; /* within groups that are not too large */
} pass;

status
link_sorter_new(arena *a, const link_records *r, link_sorter *result)
{
    size_t most = 0;
    for (size_t s = 0; s < r->sets; s++) most = r->set[s].n > most ? r->set[s].n : most;
    ALLOC(a, result->start, most + 2);
    ALLOC(a, result->record, r->n);
    ALLOC(a, result->keyed, r->n);
    return ST_OK;
}

/* Where the records with each value of `of` begin, of those that know both. */
static void
count_values(const int32_t of[], const int32_t other[], size_t n, size_t values, uint32_t start[])
{
    memset(start, 0, (values + 2) * sizeof *start);
    for (size_t i = 0; i < n; i++)
        if (of[i] >= 0 && other[i] >= 0) start[of[i] + 1]++;
    for (size_t v = 0; v < values; v++) start[v + 1] += start[v];
}

size_t
link_sort_by(link_sorter *s, const link_records *r, size_t f, size_t g)
{
    const int32_t *x = r->attribute[f].of, *y = r->attribute[g].of;
    size_t values[2] = {r->set[r->attribute[f].set].n, r->set[r->attribute[g].set].n};
    count_values(y, x, r->n, values[1], s->start);
    for (size_t i = 0; i < r->n; i++)
        if (x[i] >= 0 && y[i] >= 0) s->record[s->start[y[i]]++] = (uint32_t)i;
    count_values(x, y, r->n, values[0], s->start);
    size_t n = s->start[values[0]];
    for (size_t k = 0; k < n; k++) {
        uint32_t i = s->record[k];
        s->keyed[s->start[x[i]]++] = (keyed_record){(uint64_t)(uint32_t)x[i] << 32 | (uint32_t)y[i], i};
    }
    return n;
}

static size_t
group_end(const keyed_record k[], size_t n, size_t from)
{
    size_t end = from + 1;
    while (end < n && k[end].key == k[from].key) end++;
    return end;
}

static double
count_pass(const keyed_record k[], size_t n)
{
    double pairs = 0;
    for (size_t i = 0, end; i < n; i = end) {
        end = group_end(k, n, i);
        if (end - i <= LARGE_GROUP) pairs += (double)(end - i) * (double)(end - i - 1) / 2;
    }
    return pairs;
}

static int
compare_passes(const void *x, const void *y)
{
    const pass *a = x, *b = y;
    if (a->pairs != b->pairs) return a->pairs < b->pairs ? -1 : 1;
    if (a->f != b->f) return a->f < b->f ? -1 : 1;
    return (a->g > b->g) - (a->g < b->g);
}

static bool
stands_alone(link_kind kind)
{
    return kind == KIND_number || kind == KIND_email;
}

/* The passes with the fewest pairs, as many as the budget bears. */
static status
choose_passes(link_model *model, link_sorter *s)
{
    const link_records *r = model->r;
    pass all[LINK_FIELDS * LINK_FIELDS];
    size_t n = 0;
    for (size_t f = 0; f < r->attributes; f++)
        for (size_t g = f; g < r->attributes; g++) {
            if (f == g && !stands_alone(r->attribute[f].kind)) continue;
            all[n] = (pass){f, g, count_pass(s->keyed, link_sort_by(s, r, f, g))};
            n++;
        }
    qsort(all, n, sizeof *all, compare_passes);
    double sum = 0;
    model->passes = 0;
    for (size_t i = 0; i < n && i < MOST_PASSES && (sum += all[i].pairs) <= BUDGET; i++) {
        model->pass[model->passes].f = (uint8_t)all[i].f;
        model->pass[model->passes++].g = (uint8_t)all[i].g;
    }
    if (!model->passes) FAIL(ST_LIMIT, "%zu records agree so often that no two fields tell them apart: add fields", r->n);
    return ST_OK;
}

static bool
equal_in(const link_records *r, size_t f, size_t i, size_t j)
{
    const int32_t *of = r->attribute[f].of;
    return of[i] >= 0 && of[i] == of[j];
}

/* Did an earlier pass look at this pair? */
static bool
seen_before(const link_model *model, const uint64_t looked[], size_t p, size_t i, size_t j)
{
    uint64_t both = looked[i] & looked[j] & ((UINT64_C(1) << p) - 1);
    for (; both; both &= both - 1) {
        size_t q = (size_t)__builtin_ctzll(both);
        if (equal_in(model->r, model->pass[q].f, i, j) && equal_in(model->r, model->pass[q].g, i, j)) return true;
    }
    return false;
}

static void
look_at_group(const link_model *model, const uint64_t looked[], size_t p, const keyed_record group[], size_t n, double cut, pile *out)
{
    const link_records *r = model->r;
    for (size_t x = 0; x < n; x++)
        for (size_t y = x + 1; y < n; y++) {
            size_t i = group[x].record, j = group[y].record;
            if (model->two && (i < r->split) == (j < r->split)) continue;
            if (seen_before(model, looked, p, i, j)) continue;
            link_code c = link_levels(model, i, j);
            double w = link_agreement(model, c, NULL);
            for (size_t f = 0; f < r->attributes; f++) w += link_rarity(model, f, code_level(c, f), i, j);
            if (w < cut) continue;
            pile_put(out, (uint64_t)i << 32 | j);
            pile_put(out, c);
        }
}

static void
run_pass(const link_model *model, uint64_t looked[], size_t p, link_sorter *s, double cut, piles *out)
{
    size_t n = link_sort_by(s, model->r, model->pass[p].f, model->pass[p].g);
    const keyed_record *k = s->keyed;
    for (size_t i = 0, end; i < n; i = end) {
        end = group_end(k, n, i);
        for (size_t x = i; x < end && end - i <= LARGE_GROUP; x++) looked[k[x].record] |= UINT64_C(1) << p;
    }
#pragma omp parallel for schedule(dynamic, 1024) num_threads(out->n)
    for (size_t i = 0; i < n; i++) {
        if (i && k[i].key == k[i - 1].key) continue;
        size_t end = group_end(k, n, i);
        if (end - i > 1 && end - i <= LARGE_GROUP) look_at_group(model, looked, p, k + i, end - i, cut, &out->pile[omp_get_thread_num()]);
    }
}

status
link_candidates_by_passes(arena *a, link_model *model, double cut, link_pairs *result)
{
    SCRATCH(tmp);
    link_sorter s;
    uint64_t *looked;
    piles *out;
    CHECK(link_sorter_new(tmp, model->r, &s));
    ALLOC(tmp, looked, model->r->n);
    CHECK(piles_new(tmp, threads_count(), &out));
    if (!model->passes) CHECK(choose_passes(model, &s));
    for (size_t p = 0; p < model->passes; p++) run_pass(model, looked, p, &s, cut, out);
    CHECK(piles_check(out));
    model->cut = cut;
    return link_candidates_gather(a, out, result);
}

bool
link_passes_see(const link_model *model, link_code c)
{
    for (size_t p = 0; p < model->passes; p++)
        if (code_level(c, model->pass[p].f) == LEVEL_EXACT && code_level(c, model->pass[p].g) == LEVEL_EXACT) return true;
    return model->similar != NULL;
}
