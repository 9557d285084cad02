#include "cli/link_files.h"

#include "base/file.h"
#include "base/log.h"
#include "cli/key_ring.h"
#include "linkage/encode_fields.h"
#include "table/csv.h"

#include <jansson.h>
#include <stdlib.h>

/* A line on stderr, with what stands for {1}, {2} and so on. */
static status
say(language in, const char *id, const char *const value[])
{
    SCRATCH(tmp);
    text line;
    text_builder b = text_builder_new(tmp);
    words_put(&b, in, id, value);
    CHECK(text_builder_end(&b, &line));
    log_note("%s", line.bytes);
    return ST_OK;
}

/* {1} ({2}-{3}), and of 100 pairs {4} to {5} */
static status
say_estimate(language in, const char *id, link_estimate e)
{
    const double x[] = {e.value, e.low, e.high, 100 * e.low, 100 * e.high};
    char out[5][WORDS_DECIMAL];
    const char *value[5];
    for (int i = 0; i < 5; i++) value[i] = words_decimal(in, x[i], i < 3 ? 3 : 0, out[i]);
    return say(in, id, value);
}

static status
say_counts(language in, const char *id, const size_t n[4])
{
    char out[4][24];
    for (int i = 0; i < 4; i++) snprintf(out[i], sizeof out[i], "%zu", n[i]);
    return say(in, id, (const char *[]){out[0], out[1], out[2], out[3]});
}

status
link_say(const link_result *l, language in)
{
    const link_quality *q = &l->quality;
    CHECK(say_counts(in, WORD("{1} records, {2} clusters, {3} linked pairs; {4} records say too little to be linked"),
                     (const size_t[]){l->records.n, l->clusters.clusters, q->linked, q->unlinkable}));
    CHECK(say_estimate(in, WORD("estimated precision {1} ({2}-{3}): of 100 linked pairs {4} to {5} are of one person"), q->precision));
    CHECK(say_estimate(in, WORD("estimated recall {1} ({2}-{3}): of 100 pairs of one person {4} to {5} are linked"), q->recall));
    if (q->alarm) log_note("%s: %s", words_get(in, WORD("alarm")), words_get(in, q->alarm));
    const size_t twins[4] = {l->twins}, clashes[4] = {l->clusters.clashes};
    if (l->twins)
        CHECK(say_counts(in, WORD("{1} records are equal to another one in every field, in groups of ten or more: taken for one person each"), twins));
    return clashes[0] ? say_counts(in, WORD("{1} links were refused because two valid numbers differ"), clashes) : ST_OK;
}

status
link_read_records(arena *a, const char *path, const link_fields *f, table **result)
{
    ALLOC(a, *result, 1);
    return link_fields_table(a, path, f, *result);
}

status
link_read_encoded(arena *a, int files, const char *const path[], const char *unit, link_records *result)
{
    encoded_fields e[2];
    CHECK(cli_key_unit(a, unit, &unit));
    for (int i = 0; i < files; i++) CHECK(encoded_fields_read(a, path[i], unit, &e[i]));
    return encoded_fields_join(a, (size_t)files, (const encoded_fields *const[]){&e[0], &e[1]}, result);
}

status
link_delete_encoded(int files, const char *const path[], language in)
{
    for (int i = 0; i < files; i++)
        if (i == 0 || file_exists(path[i])) CHECK(file_destroy(path[i]));
    return say(in, files > 1 ? WORD("the encodings are destroyed: {1}, {2}; delete their copies too") : WORD("the encodings are destroyed: {1}; delete their copies too"), path);
}

static void
put_id(text_builder *b, const link_records *r, size_t i, bool named)
{
    if (named) text_put(b, i < r->split ? "1:" : "2:");
    csv_put_field(b, r->id[i]);
}

/* Two files that share ids: they are told apart by the number of the file. */
bool
link_ids_collide(const link_records *r)
{
    for (size_t i = 0, j = r->split; i < r->split && j < r->n;) {
        int d = text_compare(r->id[i], r->id[j]);
        if (!d) return true;
        if (d < 0) i++;
        else j++;
    }
    return false;
}

status
link_write_pairs(const char *path, const link_result *l, bool named)
{
    SCRATCH(tmp);
    text_builder b = text_builder_new(tmp);
    text_put(&b, "id_a,id_b,probability\n");
    for (size_t k = 0; k < l->pairs.n; k++) {
        if (l->pairs.p[k] < 0.01) continue;
        put_id(&b, &l->records, l->pairs.a[k], named);
        text_put_char(&b, ',');
        put_id(&b, &l->records, l->pairs.b[k], named);
        text_printf(&b, ",%.6f\n", l->pairs.p[k]);
    }
    text out;
    CHECK(text_builder_end(&b, &out));
    return file_write(path, out);
}

static json_t *
estimate_json(link_estimate e)
{
    return json_pack("{s:f,s:f,s:f}", "value", e.value, "low", e.low, "high", e.high);
}

status
link_write_report(const char *path, const link_result *l)
{
    const link_quality *q = &l->quality;
    json_t *j = json_pack("{s:I,s:I,s:f,s:I,s:f,s:I,s:o,s:o,s:I,s:b,s:s?}", "records", (json_int_t)l->records.n, "clusters",
                          (json_int_t)l->clusters.clusters, "threshold", l->threshold, "linked_pairs", (json_int_t)q->linked, "expected_pairs", q->expected,
                          "candidate_pairs", (json_int_t)l->pairs.n, "precision", estimate_json(q->precision), "recall",
                          estimate_json(q->recall), "unlinkable_records", (json_int_t)q->unlinkable, "converged", l->fit.converged, "alarm",
                          q->alarm);
    char *out = j ? json_dumps(j, JSON_INDENT(2) | JSON_REAL_PRECISION(17)) : NULL;
    json_decref(j);
    if (!out) FAIL(ST_NO_MEMORY, "out of memory");
    status code = file_write(path, text_of(out));
    free(out);
    return code;
}

static status
put_reviewed(text_builder *b, const link_result *l, uint32_t i, uint32_t j, bool named, const char *why)
{
    SCRATCH(tmp);
    link_waterfall w;
    text ids;
    text_builder both = text_builder_new(tmp);
    put_id(&both, &l->records, i, named);
    text_put_char(&both, ',');
    put_id(&both, &l->records, j, named);
    text_put_char(&both, ',');
    CHECK(text_builder_end(&both, &ids));
    link_waterfall_of_records(l, i, j, &w);
    link_waterfall_lines(b, ids, &w, why);
    return ST_OK;
}

status
link_write_review(const char *path, const link_result *l, bool named)
{
    SCRATCH(tmp);
    uint32_t *pairs;
    link_refused *refused;
    size_t n, m;
    text out;
    text_builder b = text_builder_new(tmp);
    CHECK(link_review_pairs(tmp, l, LINK_REVIEW_LOW, LINK_REVIEW_HIGH, &n, &pairs));
    CHECK(link_review_refused(tmp, l, &m, &refused));
    text_put(&b, LINK_REVIEW_HEADER);
    for (size_t k = 0; k < n; k++) CHECK(put_reviewed(&b, l, l->pairs.a[pairs[k]], l->pairs.b[pairs[k]], named, NULL));
    for (size_t k = 0; k < m; k++) CHECK(put_reviewed(&b, l, refused[k].a, refused[k].b, named, refused[k].why));
    CHECK(text_builder_end(&b, &out));
    return file_write(path, out);
}

status
link_write_chart(const char *path, language in, const link_result *l)
{
    SCRATCH(tmp);
    link_point curve[LINK_POINTS];
    text svg;
    link_quality_curve(&l->pairs, &l->quality, curve);
    CHECK(link_quality_chart(tmp, &l->quality, curve, in, &svg));
    return file_write(path, svg);
}

static int
compare_ids(const void *x, const void *y, void *ids)
{
    const column *c = ids;
    size_t a = *(const size_t *)x, b = *(const size_t *)y;
    int d = text_compare(column_text(c, a), column_text(c, b));
    return d ? d : (a > b) - (a < b);
}

/* A record of the new delivery that stands among the earlier ones too: `row` of the first such, its row there in `before`; 0 none. */
static status
find_again(const table *first, const table *then, size_t *row, size_t *before)
{
    SCRATCH(tmp);
    size_t *order;
    ALLOC(tmp, order, first->rows);
    for (size_t i = 0; i < first->rows; i++) order[i] = i;
    qsort_r(order, first->rows, sizeof *order, compare_ids, &first->column[0]);
    *row = 0;
    for (size_t i = 0; i < then->rows && !*row; i++) {
        text id = column_text(&then->column[0], i);
        size_t low = 0, high = first->rows;
        while (low < high) {
            size_t mid = (low + high) / 2;
            if (text_compare(column_text(&first->column[0], order[mid]), id) < 0) low = mid + 1;
            else high = mid;
        }
        if (low < first->rows && text_equal(column_text(&first->column[0], order[low]), id)) *row = i + 2, *before = order[low] + 2;
    }
    return ST_OK;
}

/* Earlier deliveries and the new one are one table. */
static status
append_column(arena *a, const table *first, const table *then, size_t k, table *t)
{
    text_column *texts;
    CHECK(table_set_column(a, t, k, first->column[k].name, COLUMN_TEXT, NULL));
    CHECK(text_column_new(a, t->rows, &texts));
    for (size_t i = 0; i < first->rows; i++) CHECK(text_column_put(texts, i, column_text(&first->column[k], i)));
    for (size_t i = 0; i < then->rows; i++) CHECK(text_column_put(texts, first->rows + i, column_text(&then->column[k], i)));
    return text_column_end(texts, &t->column[k]);
}

status
link_append_records(arena *a, const table *first, const table *then, table **result)
{
    table *t;
    size_t row, before;
    CHECK(find_again(first, then, &row, &before));
    if (row)
        FAIL(ST_INVALID, "%s: row %zu: the id stands in row %zu of %s too: give there only the records that this file does not have", then->name, row,
             before, first->name);
    ALLOC(a, t, 1);
    CHECK(table_new(a, then->name, first->rows + then->rows, then->columns, t));
    for (size_t k = 0; k < then->columns; k++) CHECK(append_column(a, first, then, k, t));
    *result = t;
    return ST_OK;
}

/* The rows of the file of clusters. */
static status
history_now(arena *a, const link_result *l, bool named, const int64_t person[], link_history *result)
{
    link_history h = {.n = l->records.n};
    ALLOC(a, h.id, h.n);
    ALLOC(a, h.person, h.n);
    ALLOC(a, h.probability, h.n);
    for (size_t i = 0; i < h.n; i++) {
        text id = l->records.id[i];
        char *probability = arena_printf(a, "%.6f", l->probability[i]);
        char *full = named ? arena_printf(a, "%d:%.*s", i < l->records.split ? 1 : 2, (int)id.n, id.bytes) : NULL;
        if (!probability || (named && !full)) FAIL(ST_NO_MEMORY, "out of memory (clusters)");
        h.id[i] = named ? text_of(full) : id;
        h.probability[i] = text_of(probability);
        h.person[i] = person ? person[l->clusters.cluster[i]] : l->clusters.cluster[i] + 1;
    }
    *result = h;
    return ST_OK;
}

status
link_write_clusters(const char *path, const char *onto, const char *log, const link_result *l, bool named)
{
    SCRATCH(tmp);
    link_history before = {0}, now;
    int64_t *person = NULL;
    text out;
    if (onto) {
        CHECK(link_history_read(tmp, onto, &before));
        ALLOC(tmp, person, l->clusters.clusters);
        CHECK(link_history_keep(&before, l->records.n, l->records.id, l->clusters.cluster, l->clusters.clusters, person));
    }
    CHECK(history_now(tmp, l, named, person, &now));
    if (log) {
        CHECK(link_history_log(tmp, &before, &now, &out));
        CHECK(file_write(log, out));
    }
    CHECK(link_history_text(tmp, &now, &out));
    return file_write(path, out);
}

status
link_write_draws(const char *path, int draws, const link_options *o, const link_result *l, bool named)
{
    SCRATCH(tmp);
    text_builder b = text_builder_new(tmp);
    text_put(&b, "draw,record_id,cluster_id\n");
    for (int k = 1; k <= draws; k++) {
        SCRATCH(round);
        link_clusters c;
        const cluster_options co = {.threshold = o->threshold, .seed = o->seed, .draw = (uint64_t)k, .decisions = l->decisions, .decision = l->decision};
        CHECK(link_clusters_make(round, &l->records, &l->pairs, &co, &c));
        for (size_t i = 0; i < l->records.n; i++) {
            text_printf(&b, "%d,", k);
            put_id(&b, &l->records, i, named);
            text_printf(&b, ",%d\n", c.cluster[i] + 1);
        }
    }
    text out;
    CHECK(text_builder_end(&b, &out));
    return file_write(path, out);
}

status
link_show_waterfall(const char *pair, const char *svg, language in, const link_result *l, FILE *to)
{
    SCRATCH(tmp);
    const char *comma = strchr(pair, ',');
    text a = {pair, comma ? (size_t)(comma - pair) : 0}, b = text_of(comma ? comma + 1 : "");
    if (!a.n || !b.n) FAIL(ST_USAGE, "--waterfall: expected ID_A,ID_B");
    size_t i, j;
    CHECK(link_pair_find(&l->records, a, b, &i, &j));
    link_waterfall w;
    text shown;
    link_waterfall_of_records(l, i, j, &w);
    CHECK(link_waterfall_text(tmp, &w, in, &shown));
    if (fwrite(shown.bytes, 1, shown.n, to) != shown.n) FAIL(ST_IO, "cannot write to the output");
    if (!svg) return ST_OK;
    CHECK(link_waterfall_svg(tmp, &w, in, &shown));
    return file_write(svg, shown);
}
