#include "cli/verb.h"

#include "base/file.h"
#include "base/log.h"
#include "base/threads.h"
#include "linkage/encode_fields.h"
#include "linkage/evaluate.h"
#include "linkage/link.h"
#include "linkage/review.h"
#include "table/csv.h"

#include <jansson.h>

#include <stdio.h>
#include <stdlib.h>

static status
read_file(arena *a, const char *path, const link_fields *f, table **result)
{
    csv_column *columns;
    table *t;
    ALLOC(a, columns, f->n + 1);
    ALLOC(a, t, 1);
    columns[0] = (csv_column){.name = f->id, .type = COLUMN_TEXT};
    for (size_t i = 0; i < f->n; i++) columns[i + 1] = (csv_column){.name = f->field[i].column, .type = COLUMN_TEXT};
    CHECK(csv_read_table(a, path, NULL, f->n + 1, columns, t));
    *result = t;
    return ST_OK;
}

static void
put_id(text_builder *b, const link_records *r, size_t i, bool named)
{
    if (named) text_put(b, i < r->split ? "1:" : "2:");
    csv_put_field(b, r->id[i]);
}

/* Two files that share ids: they are told apart by the number of the file. */
static bool
ids_collide(const link_records *r)
{
    for (size_t i = 0, j = r->split; i < r->split && j < r->n;) {
        int d = text_compare(r->id[i], r->id[j]);
        if (!d) return true;
        if (d < 0) i++;
        else j++;
    }
    return false;
}

static status
write_clusters(const char *path, const link_result *l, bool named)
{
    SCRATCH(tmp);
    text_builder b = text_builder_new(tmp);
    text_put(&b, "record_id,cluster_id,probability\n");
    for (size_t i = 0; i < l->records.n; i++) {
        put_id(&b, &l->records, i, named);
        text_printf(&b, ",%d,%.6f\n", l->clusters.cluster[i] + 1, l->probability[i]);
    }
    text out;
    CHECK(text_builder_end(&b, &out));
    return file_write(path, out);
}

static status
write_pairs(const char *path, const link_result *l, bool named)
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

static status
write_report(const char *path, const link_result *l)
{
    const link_quality *q = &l->quality;
    json_t *j = json_pack("{s:I,s:I,s:I,s:f,s:I,s:o,s:o,s:I,s:b,s:s?}", "records", (json_int_t)l->records.n, "clusters",
                          (json_int_t)l->clusters.clusters, "linked_pairs", (json_int_t)q->linked, "expected_pairs", q->expected,
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
write_review(const char *path, const link_result *l, bool named)
{
    SCRATCH(tmp);
    uint32_t *pairs;
    size_t n;
    text_builder b = text_builder_new(tmp);
    CHECK(link_review_pairs(tmp, l, 0.05, 0.95, &n, &pairs));
    text_put(&b, "id_a,id_b,probability,log_odds,part,what,weight\n");
    for (size_t k = 0; k < n; k++) {
        link_waterfall w;
        link_waterfall_of(l, pairs[k], &w);
        for (size_t i = 0; i < w.n; i++) {
            put_id(&b, &l->records, l->pairs.a[pairs[k]], named);
            text_put_char(&b, ',');
            put_id(&b, &l->records, l->pairs.b[pairs[k]], named);
            text_printf(&b, ",%.6f,%.4f,%s,%s,%.4f\n", w.p, w.log_odds, w.name[i], w.what[i], w.part[i]);
        }
    }
    text out;
    CHECK(text_builder_end(&b, &out));
    return file_write(path, out);
}

static status
write_chart(const char *path, const link_result *l)
{
    SCRATCH(tmp);
    link_point curve[LINK_POINTS];
    text svg;
    link_quality_curve(&l->pairs, &l->quality, curve);
    CHECK(link_quality_chart(tmp, curve, &svg));
    return file_write(path, svg);
}

static void
tell(const link_result *l)
{
    const link_quality *q = &l->quality;
    log_note("%zu records, %zu clusters, %zu linked pairs; estimated precision %.3f (%.3f-%.3f), recall %.3f (%.3f-%.3f); %zu records say "
             "too little to be linked", l->records.n, l->clusters.clusters, q->linked, q->precision.value, q->precision.low, q->precision.high,
             q->recall.value, q->recall.low, q->recall.high, q->unlinkable);
    if (q->alarm) log_note("alarm: %s", q->alarm);
    if (l->clusters.clashes) log_note("%zu links were refused because two valid numbers differ", l->clusters.clashes);
}

static status
evaluate(const options *o)
{
    if (!option_given(o, "truth")) FAIL(ST_USAGE, "link --evaluate: expected --truth TRUTH.csv");
    link_score s;
    CHECK(link_evaluate_files(option_text(o, "evaluate"), option_text(o, "truth"), option_text(o, "id"), option_text(o, "entity"), &s));
    json_t *j = json_pack("{s:f,s:f,s:f,s:I,s:I,s:I,s:I}", "precision", s.precision, "recall", s.recall, "f1", s.f1, "records",
                          (json_int_t)s.records, "true_pairs", (json_int_t)s.true_pairs, "linked_pairs", (json_int_t)s.linked_pairs,
                          "right_pairs", (json_int_t)s.right_pairs);
    if (!j) FAIL(ST_NO_MEMORY, "out of memory");
    int failed = json_dumpf(j, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(17));
    putchar('\n');
    json_decref(j);
    if (failed) FAIL(ST_IO, "cannot write to the output");
    return ST_OK;
}

static status
link_plain(arena *a, const options *o, const link_options *lo, link_result *l)
{
    link_fields f;
    table *t[2] = {NULL, NULL};
    CHECK(link_fields_read(a, option_text(o, "fields"), &f));
    for (int i = 0; i < option_count(o); i++) CHECK(read_file(a, option_argument(o, i), &f, &t[i]));
    return link_run(a, &f, (size_t)option_count(o), (const table *const *)t, lo, l);
}

static status
link_encoded(arena *a, const options *o, const link_options *lo, link_result *l)
{
    encoded_fields e[2];
    link_records r;
    for (int i = 0; i < option_count(o); i++) CHECK(encoded_fields_read(a, option_argument(o, i), &e[i]));
    CHECK(encoded_fields_join(a, (size_t)option_count(o), (const encoded_fields *const[]){&e[0], &e[1]}, &r));
    return link_run_records(a, &r, lo, l);
}

static status
run(arena *a, const options *o)
{
    if (option_given(o, "evaluate")) return evaluate(o);
    int files = option_count(o);
    bool encoded = files && encoded_fields_are(option_argument(o, 0));
    if (!files || (!encoded && !option_given(o, "fields")) || !option_given(o, "out"))
        FAIL(ST_USAGE, "link: expected FILE.csv, --fields FIELDS.yaml and --out CLUSTERS.csv");
    threads_set((int)option_int(o, "threads"));
    link_options lo = {.threshold = option_double(o, "threshold"), .seed = (uint64_t)option_int(o, "seed")};
    link_result l;
    CHECK((encoded ? link_encoded : link_plain)(a, o, &lo, &l));
    bool named = ids_collide(&l.records);
    if (named) log_note("both files have the same ids: they are written as 1:ID and 2:ID");
    if (option_given(o, "pairs")) CHECK(write_pairs(option_text(o, "pairs"), &l, named));
    if (option_given(o, "review")) CHECK(write_review(option_text(o, "review"), &l, named));
    if (option_given(o, "report")) CHECK(write_report(option_text(o, "report"), &l));
    if (option_given(o, "chart")) CHECK(write_chart(option_text(o, "chart"), &l));
    CHECK(write_clusters(option_text(o, "out"), &l, named));
    tell(&l);
    return ST_OK;
}

static const verb_option link_options_table[] = {
    {.name = "fields", .type = OPTION_TEXT, .metavar = "FIELDS.yaml", .help = "which columns are compared, and as what"},
    {.name = "out", .type = OPTION_TEXT, .metavar = "CLUSTERS.csv", .help = "record_id,cluster_id,probability"},
    {.name = "pairs", .type = OPTION_TEXT, .metavar = "PAIRS.csv", .help = "id_a,id_b,probability from 0.01 up"},
    {.name = "threshold", .type = OPTION_DOUBLE, .metavar = "P", .lower = 0.001, .upper = 0.999, .preset = "0.5",
     .help = "probability from which a link counts"},
    {.name = "seed", .type = OPTION_INT, .metavar = "N", .lower = 0, .upper = 9007199254740992.0, .preset = "1", .help = "seed of the samples"},
    {.name = "threads", .type = OPTION_INT, .metavar = "N", .lower = 0, .upper = 1024, .preset = "0", .help = "0: one per processor"},
    {.name = "review", .type = OPTION_TEXT, .metavar = "REVIEW.csv", .help = "pairs between 0.05 and 0.95 with the weight of each field"},
    {.name = "report", .type = OPTION_TEXT, .metavar = "REPORT.json", .help = "estimated precision and recall, alarm"},
    {.name = "chart", .type = OPTION_TEXT, .metavar = "CHART.svg", .help = "estimated precision and recall by threshold"},
    {.name = "evaluate", .type = OPTION_TEXT, .metavar = "CLUSTERS.csv", .help = "compare clusters with the truth"},
    {.name = "truth", .type = OPTION_TEXT, .metavar = "TRUTH.csv", .help = "with --evaluate"},
    {.name = "id", .type = OPTION_TEXT, .metavar = "COLUMN", .preset = "id", .help = "column of the truth with the record"},
    {.name = "entity", .type = OPTION_TEXT, .metavar = "COLUMN", .preset = "entity", .help = "column of the truth with the person"},
    {0}};

const verb verb_link = {
    .name = "link",
    .arguments = "[FILE.csv] [FILE2.csv]",
    .least = 0,
    .most = 2,
    .summary = "Find the records that belong to one person.",
    .details = "One file: duplicates within. Two files: one-to-one between. FIELDS.yaml names the column with the id and lists the "
               "fields as {column, kind, format}; kinds: given_name, family_name, full_name, date_of_birth, birth_year, birth_month, "
               "birth_day, number, sex, nationality, city, postcode, email, text. No labels, no tuning. Files made by peil encode --by field "
               "are linked in the same way, without FIELDS.yaml.",
    .example = "peil link people.csv --fields fields.yaml --out clusters.csv --pairs pairs.csv\n"
               "  peil link --evaluate clusters.csv --truth truth.csv --id id --entity entity",
    .options = link_options_table,
    .run = run,
};
