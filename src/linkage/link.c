#include "linkage/link.h"

#include "linkage/twins.h"
#include "table/csv.h"

#include <math.h>
#include <stdlib.h>

enum { MOST_PAIRS = 20000000, LEAST_TURNS = 3, MOST_TURNS = 12 };
#define KEPT_FREE 0.02  /* in two files this one, that of two records without a partner: most have one */
#define SLACK 1.5       /* the model may move this much in their favour */

static status
frequencies_of_persons(arena *a, link_model *model, const double partners[], const link_pairs *pairs)
{
    SCRATCH(tmp);
    double *weight;
    ALLOC(tmp, weight, model->r->n);
    for (size_t i = 0; i < model->r->n; i++) weight[i] = 1 / (1 + fmin(partners[i], 1e6));
    return link_model_frequencies(a, model, weight, pairs);
}

static status
candidates(arena *a, link_model *model, double slack, link_pairs *pairs, double *raised)
{
    double most_theta = 0;
    for (size_t k = 0; k <= model->r->attributes; k++) most_theta = fmax(most_theta, model->theta[k]);
    double kept = model->r->split < model->r->n ? KEPT_FREE : LINK_KEPT_P;
    double cut = link_log_odds(kept) - link_prior(model) - most_theta - slack;
    if (model->similar) CHECK(link_candidates(a, model, cut, MOST_PAIRS, pairs, raised));
    else CHECK(link_candidates_by_passes(a, model, cut, pairs));
    link_pairs_weigh(model, pairs);
    return ST_OK;
}

/* Frequencies need persons, persons need links, links need frequencies: three turns settle it where there is much to learn from, as
 * in files that go by passes; few records with little known of them take more. */
static status
refine(arena *a, link_model *model, link_pairs *pairs, uint64_t seed, link_fit *fit)
{
    SCRATCH(tmp);
    double *partners;
    ALLOC(tmp, partners, model->r->n);
    CHECK(link_pairs_posterior(model, pairs, NULL));
    CHECK(link_model_lifts(a, model, pairs, true, seed));
    link_pairs_weigh(model, pairs);
    double before = 0;
    int most = model->similar ? MOST_TURNS : LEAST_TURNS;
    for (int turn = 0; turn < most && (turn < LEAST_TURNS || fabs(model->matches - before) > 0.01 * before); turn++) {
        before = model->matches;
        CHECK(link_model_fit(model, pairs, 15, fit));
        CHECK(link_pairs_posterior(model, pairs, partners));
        CHECK(frequencies_of_persons(a, model, partners, pairs));
        CHECK(link_model_lifts(a, model, pairs, false, seed));
        link_pairs_weigh(model, pairs);
    }
    return link_model_fit(model, pairs, 40, fit);
}

static status
fit_model(arena *a, link_model *model, uint64_t seed, link_result *out)
{
    SCRATCH(tmp);
    link_pairs loose;
    CHECK(link_model_frequencies(a, model, NULL, NULL));
    if (!model->similar) { /* what the passes see does not depend on the model */
        CHECK(candidates(a, model, SLACK, &out->pairs, &out->raised));
        return refine(a, model, &out->pairs, seed, &out->fit);
    }
    CHECK(candidates(tmp, model, SLACK, &loose, &out->raised));
    CHECK(refine(a, model, &loose, seed, &out->fit));
    CHECK(candidates(a, model, 0, &out->pairs, &out->raised));
    return link_model_fit(model, &out->pairs, 10, &out->fit);
}

size_t
link_record_find(const link_records *r, text id, bool second)
{
    size_t low = second ? r->split : 0, end = second ? r->n : r->split, high = end;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (text_compare(r->id[mid], id) < 0) low = mid + 1;
        else high = mid;
    }
    return low < end && text_equal(r->id[low], id) ? low : SIZE_MAX;
}

/* Ids as written when both files have the same: 1:ID and 2:ID. */
static size_t
decided_record(const link_records *r, text id, bool second)
{
    size_t i = link_record_find(r, id, second);
    bool named = id.n > 2 && id.bytes[1] == ':' && id.bytes[0] == (second ? '2' : '1');
    return i == SIZE_MAX && named ? link_record_find(r, (text){id.bytes + 2, id.n - 2}, second) : i;
}

status
link_decisions_compare(const link_decided *x, const link_decided *y, int *result)
{
    *result = x->on == DATE_MISSING || y->on == DATE_MISSING ? 0 : (x->on > y->on) - (x->on < y->on);
    if (!*result && x->same != y->same)
        FAIL(ST_INVALID, "%s says otherwise about the same two as %s, and no day says which is newer: take one of them out", x->name, y->name);
    return ST_OK;
}

static int
compare_pairs(const void *x, const void *y)
{
    const link_decision *a = x, *b = y;
    if (a->a != b->a) return a->a < b->a ? -1 : 1;
    if (a->b != b->b) return a->b < b->b ? -1 : 1;
    return (a->same > b->same) - (a->same < b->same);
}

typedef struct taken_decision {
    link_decision made;
    const link_decided *from;
} taken_decision;

/* By pair; of a pair as they were given. */
static int
compare_taken(const void *x, const void *y)
{
    const taken_decision *a = x, *b = y;
    if (a->made.a != b->made.a) return a->made.a < b->made.a ? -1 : 1;
    if (a->made.b != b->made.b) return a->made.b < b->made.b ? -1 : 1;
    return (a->from > b->from) - (a->from < b->from);
}

static status
find_decided(const link_records *r, const link_decided *d, taken_decision *result)
{
    size_t i = decided_record(r, d->a, false), j = decided_record(r, d->b, r->split < r->n);
    if (i == SIZE_MAX || j == SIZE_MAX)
        FAIL(ST_INVALID, "%s: column %s: no record has this id: give the record, or take the decision out", d->name, i == SIZE_MAX ? "id_a" : "id_b");
    if (i == j) FAIL(ST_INVALID, "%s: expected two records, found one twice", d->name);
    *result = (taken_decision){{(uint32_t)(i < j ? i : j), (uint32_t)(i < j ? j : i), d->same, d->name}, d};
    return ST_OK;
}

/* Of several decisions about a pair the newest; they stand by pair. */
static status
take_decisions(arena *a, const link_options *o, link_result *out)
{
    SCRATCH(tmp);
    taken_decision *t;
    ALLOC(a, out->decision, o->decided);
    ALLOC(tmp, t, o->decided);
    for (size_t k = 0; k < o->decided; k++) CHECK(find_decided(&out->records, &o->decision[k], &t[k]));
    qsort(t, o->decided, sizeof *t, compare_taken);
    for (size_t k = 0, best = 0; k < o->decided; k++) {
        int newer = 1;
        bool again = k && t[k].made.a == t[k - 1].made.a && t[k].made.b == t[k - 1].made.b;
        if (again) CHECK(link_decisions_compare(t[k].from, t[best].from, &newer));
        if (newer > 0) best = k;
        out->decisions += !again;
        out->decision[out->decisions - 1] = t[best].made;
    }
    return ST_OK;
}

/* Twins are decided to be the same as the one that stayed. */
static status
add_twins(arena *a, const uint32_t as[], size_t twins, link_result *out)
{
    link_decision *all;
    ALLOC(a, all, out->decisions + twins);
    if (out->decisions) memcpy(all, out->decision, out->decisions * sizeof *all);
    for (size_t i = 0; twins && i < out->records.n; i++)
        if (as[i] != i) all[out->decisions++] = (link_decision){as[i], (uint32_t)i, true, "ten and more equal records"};
    if (out->decisions) qsort(all, out->decisions, sizeof *all, compare_pairs);
    out->decision = all;
    return ST_OK;
}

/* A pair that is decided has no doubt left: its p is 1 or 0, and it is among the pairs though it were no candidate. */
static status
decide_pairs(arena *a, link_result *out)
{
    SCRATCH(tmp);
    link_decision *more;
    size_t n = 0, k = 0;
    link_pairs was = out->pairs, p = {0};
    if (!out->decisions) return ST_OK;
    ALLOC(tmp, more, out->decisions);
    for (size_t d = 0; d < out->decisions; d++) {
        const link_decision *made = &out->decision[d];
        size_t at = link_pairs_find(&was, made->a, made->b);
        if (at != SIZE_MAX) was.p[at] = made->same;
        else if (made->same && (!n || compare_pairs(&more[n - 1], made))) more[n++] = *made;
    }
    ALLOC(a, p.a, was.n + n);
    ALLOC(a, p.b, was.n + n);
    ALLOC(a, p.code, was.n + n);
    ALLOC(a, p.fixed, was.n + n);
    ALLOC(a, p.p, was.n + n);
    for (size_t i = 0; i < was.n || k < n; p.n++) {
        bool old = k == n || (i < was.n && (was.a[i] < more[k].a || (was.a[i] == more[k].a && was.b[i] < more[k].b)));
        p.a[p.n] = old ? was.a[i] : more[k].a, p.b[p.n] = old ? was.b[i] : more[k].b;
        p.code[p.n] = old ? was.code[i] : link_levels(&out->model, more[k].a, more[k].b);
        p.fixed[p.n] = old ? was.fixed[i] : (float)link_fixed_weight(&out->model, p.code[p.n], more[k].a, more[k].b);
        p.p[p.n] = old ? was.p[i] : 1;
        i += old, k += !old;
    }
    out->pairs = p;
    return ST_OK;
}

/* A day, or a time of it; empty when the file has none. */
bool
link_decisions_day(text when, int32_t *on)
{
    *on = DATE_MISSING;
    if (when.n > 10 && (when.bytes[10] == 'T' || when.bytes[10] == ' ')) when.n = 10;
    return when.n == 0 || date_parse(when, "%Y-%m-%d", on);
}

static status
read_decision(arena *a, const char *path, const table *t, size_t i, link_decided *d)
{
    char *name = arena_printf(a, "%s: row %zu", path, i + 2);
    if (!name) FAIL(ST_NO_MEMORY, "out of memory (decisions)");
    text word = column_text(&t->column[2], i), day = column_text(&t->column[4], i);
    *d = (link_decided){.a = column_text(&t->column[0], i), .b = column_text(&t->column[1], i), .same = text_is(word, "same"),
                        .who = column_text(&t->column[3], i), .day = day, .name = name};
    if (!d->same && !text_is(word, "different")) FAIL(ST_INVALID, "%s: column decision: expected same or different", name);
    if (!d->a.n || !d->b.n) FAIL(ST_INVALID, "%s: column %s: expected an id, the field is empty", name, d->a.n ? "id_b" : "id_a");
    if (!link_decisions_day(day, &d->on)) FAIL(ST_INVALID, "%s: column when: expected a day as YYYY-MM-DD", name);
    return ST_OK;
}

status
link_decisions_read(arena *a, const char *path, size_t *n, link_decided **result)
{
    static const csv_column columns[] = {{.name = "id_a", .type = COLUMN_TEXT}, {.name = "id_b", .type = COLUMN_TEXT}, {.name = "decision", .type = COLUMN_TEXT},
                                         {.name = "who", .type = COLUMN_TEXT, .optional = true}, {.name = "when", .type = COLUMN_TEXT, .optional = true}};
    table t;
    link_decided *d;
    CHECK(csv_read_table(a, path, NULL, 5, columns, &t));
    ALLOC(a, d, t.rows);
    for (size_t i = 0; i < t.rows; i++) CHECK(read_decision(a, path, &t, i, &d[i]));
    *n = t.rows;
    *result = d;
    return ST_OK;
}

/* The best link of a record inside its cluster; alone, that none of its links holds. */
static status
record_probabilities(arena *a, const link_result *l, double **result)
{
    const link_pairs *pairs = &l->pairs;
    const link_clusters *c = &l->clusters;
    SCRATCH(tmp);
    double *p, *best;
    uint32_t *size;
    ALLOC(a, p, c->records);
    ALLOC(tmp, best, c->records);
    ALLOC(tmp, size, c->clusters);
    for (size_t i = 0; i < c->records; i++) size[c->cluster[i]]++;
    for (size_t k = 0; k < pairs->n; k++) {
        uint32_t i = pairs->a[k], j = pairs->b[k];
        bool inside = c->cluster[i] == c->cluster[j];
        if (inside || size[c->cluster[i]] == 1) best[i] = fmax(best[i], pairs->p[k]);
        if (inside || size[c->cluster[j]] == 1) best[j] = fmax(best[j], pairs->p[k]);
    }
    for (size_t k = 0; k < l->decisions; k++)
        if (l->decision[k].same) best[l->decision[k].a] = best[l->decision[k].b] = 1;
    for (size_t i = 0; i < c->records; i++) p[i] = size[c->cluster[i]] > 1 ? best[i] : 1 - best[i];
    *result = p;
    return ST_OK;
}

status
link_run(arena *a, const link_fields *fields, size_t files, const table *const file[], const link_options *options, link_result *result)
{
    link_records records;
    CHECK(link_records_new(a, fields, files, file, &records));
    return link_run_records(a, &records, options, result);
}

/* The model was fitted without the twins: back to all records. */
static status
spread(arena *a, const link_records *all, const uint32_t as[], const uint32_t of[], link_result *out)
{
    float *weight;
    ALLOC(a, weight, all->n);
    for (size_t k = 0; k < out->model.r->n; k++) weight[of[k]] = out->model.weight[k];
    for (size_t i = 0; i < all->n; i++) weight[i] = weight[as[i]];
    for (size_t k = 0; k < out->pairs.n; k++) out->pairs.a[k] = of[out->pairs.a[k]], out->pairs.b[k] = of[out->pairs.b[k]];
    out->model.weight = weight;
    out->model.r = all;
    return ST_OK;
}

/* The model over the records less the twins of others; small files go by a simple rule. */
static status
model_pairs(arena *a, const link_options *o, const link_records *all, const uint32_t as[], size_t twins, link_result *out)
{
    link_records *r;
    uint32_t *of = NULL;
    ALLOC(a, r, 1);
    *r = *all;
    if (twins) CHECK(link_twins_without(a, all, as, twins, r, &of));
    CHECK(link_model_new(a, r, &out->model));
    CHECK(fit_model(a, &out->model, o->seed, out));
    out->simple = r->n < LINK_FEW_RECORDS;
    if (out->simple) CHECK(link_simple_pairs(a, &out->model, &out->pairs));
    return twins ? spread(a, all, as, of, out) : ST_OK;
}

/* The greatest F1 that the posteriors let expect is that of the links above half of it (Lipton, Elkan & Naryanaswamy 2014,
 * doi:10.1007/978-3-662-44851-9_15): a half where pairs are plain, less where many true ones are in doubt. A few pairs tell little of
 * F1, so SURE_PAIRS beyond doubt are put with them. */
enum { STEPS = 1000, SURE_PAIRS = 20 };
#define LEAST_THRESHOLD 0.25

static double
best_threshold(const link_pairs *pairs, double matches)
{
    double n[STEPS + 1] = {0}, sum[STEPS + 1] = {0}, links = SURE_PAIRS, right = SURE_PAIRS, best = 0;
    for (size_t k = 0; k < pairs->n; k++) {
        int at = (int)(pairs->p[k] * STEPS);
        n[at]++, sum[at] += pairs->p[k];
    }
    for (int at = STEPS; at >= 0; at--) {
        links += n[at], right += sum[at];
        best = fmax(best, 2 * right / (links + matches + SURE_PAIRS));
    }
    return fmin(fmax(best / 2, LEAST_THRESHOLD), 0.5);
}

/* Links between different given names of which most are of relatives are no links. What people decided holds. */
static status
leave_relatives(arena *a, const cluster_options *o, link_result *out)
{
    CHECK(link_kin_find(a, &out->model, &out->pairs, &out->clusters, &out->kin));
    if (out->simple) return ST_OK;
    CHECK(link_kin_take(a, &out->pairs, &out->kin));
    if (!out->kin.model) return ST_OK;
    CHECK(decide_pairs(a, out));
    return link_clusters_make(a, &out->records, &out->pairs, o, &out->clusters);
}

status
link_run_records(arena *a, const link_records *records, const link_options *options, link_result *result)
{
    SCRATCH(tmp);
    link_result out = {.records = *records};
    link_records *r;
    uint32_t *as;
    uint8_t *apart;
    ALLOC(a, r, 1);
    *r = *records;
    CHECK(take_decisions(a, options, &out));
    ALLOC(tmp, apart, r->n);
    for (size_t k = 0; k < out.decisions; k++)
        if (!out.decision[k].same) apart[out.decision[k].a] = apart[out.decision[k].b] = 1;
    CHECK(link_twins_find(tmp, r, apart, &as, &out.twins));
    CHECK(model_pairs(a, options, r, as, out.twins, &out));
    out.threshold = options->threshold > 0 ? options->threshold : out.simple ? 0.5 : best_threshold(&out.pairs, out.model.matches);
    CHECK(add_twins(a, as, out.twins, &out));
    CHECK(decide_pairs(a, &out));
    cluster_options co = {.threshold = out.threshold, .seed = options->seed, .decisions = out.decisions, .decision = out.decision};
    CHECK(link_clusters_make(a, r, &out.pairs, &co, &out.clusters));
    CHECK(leave_relatives(a, &co, &out));
    CHECK(record_probabilities(a, &out, &out.probability));
    CHECK(link_quality_estimate(&out.model, &out.pairs, &out.clusters, &out.kin, out.threshold, &out.quality));
    if (out.simple) out.quality.alarm = WORD("fewer than fifty different records tell nothing about errors: linked by a simple rule");
    *result = out;
    return ST_OK;
}
