#include "cli/verb.h"

#include "base/file.h"
#include "base/log.h"
#include "base/threads.h"
#include "cli/link_files.h"
#include "linkage/encode_fields.h"
#include "linkage/evaluate.h"

#include <jansson.h>

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static status
evaluate(const options *o)
{
    if (!option_given(o, "truth")) FAIL(ST_USAGE, "--evaluate: expected --truth TRUTH.csv");
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
    for (int i = 0; i < option_count(o); i++) CHECK(link_read_records(a, option_argument(o, i), &f, &t[i]));
    if (option_given(o, "earlier")) {
        table *earlier;
        CHECK(link_read_records(a, option_text(o, "earlier"), &f, &earlier));
        CHECK(link_append_records(a, earlier, t[0], &t[0]));
    }
    return link_run(a, &f, (size_t)option_count(o), (const table *const *)t, lo, l);
}

static status
link_encoded(arena *a, const options *o, const link_options *lo, link_result *l)
{
    link_records r;
    const char *const path[2] = {option_argument(o, 0), option_count(o) > 1 ? option_argument(o, 1) : NULL};
    CHECK(link_read_encoded(a, option_count(o), path, option_text(o, "unit"), &r));
    return link_run_records(a, &r, lo, l);
}

static status
undo(arena *a, const options *o)
{
    link_history after;
    text out;
    if (!option_given(o, "onto") || !option_given(o, "out"))
        FAIL(ST_USAGE, "--undo: expected --onto CLUSTERS.csv, the file that the log led to, and --out EARLIER.csv");
    CHECK(link_history_read(a, option_text(o, "onto"), &after));
    CHECK(link_history_undo(a, &after, option_text(o, "undo"), &out));
    return file_write(option_text(o, "out"), out);
}

static status
write_files(const options *o, const link_options *lo, const link_result *l)
{
    bool named = link_ids_collide(&l->records);
    language in = option_language(o);
    if (named) log_note("%s", words_get(in, WORD("both files have the same ids: they are written as 1:ID and 2:ID")));
    if (option_given(o, "pairs")) CHECK(link_write_pairs(option_text(o, "pairs"), l, named));
    if (option_given(o, "review")) CHECK(link_write_review(option_text(o, "review"), l, named));
    if (option_given(o, "report")) CHECK(link_write_report(option_text(o, "report"), l));
    if (option_given(o, "chart")) CHECK(link_write_chart(option_text(o, "chart"), in, l));
    if (option_given(o, "draws-out")) CHECK(link_write_draws(option_text(o, "draws-out"), (int)option_int(o, "draws"), lo, l, named));
    if (option_given(o, "waterfall")) CHECK(link_show_waterfall(option_text(o, "waterfall"), option_text(o, "waterfall-svg"), in, l, stdout));
    return link_write_clusters(option_text(o, "out"), option_text(o, "onto"), option_text(o, "log"), l, named);
}

static status
run(arena *a, const options *o)
{
    if (option_given(o, "evaluate")) return evaluate(o);
    if (option_given(o, "undo")) return undo(a, o);
    int files = option_count(o);
    /* the reader says where encodings of whole records belong */
    bool encoded = files && (encoded_fields_are(option_argument(o, 0)) || encoded_are(option_argument(o, 0)));
    if (files && !file_exists(option_argument(o, 0))) FAIL(ST_NOT_FOUND, "%s: %s", option_argument(o, 0), file_error(ENOENT));
    if (files && !encoded && !option_given(o, "fields"))
        FAIL(ST_USAGE, "%s: no file of encodings: encode again if it is cut off or empty; a file of records goes with --fields FIELDS.yaml", option_argument(o, 0));
    if (!files || (!encoded && !option_given(o, "fields")) || !option_given(o, "out"))
        FAIL(ST_USAGE, "expected FILE.csv, --fields FIELDS.yaml and --out CLUSTERS.csv");
    if (files == 2 && (option_given(o, "onto") || option_given(o, "log") || option_given(o, "earlier")))
        FAIL(ST_USAGE, "--onto, --earlier and --log are for one file");
    if (encoded && option_given(o, "earlier")) FAIL(ST_USAGE, "--earlier is for plain records: encode all of them with one key");
    if (option_flag(o, "delete") && !encoded) FAIL(ST_USAGE, "--delete is for encodings: plain files are not ours to remove");
    if (option_given(o, "waterfall-svg") && !option_given(o, "waterfall")) FAIL(ST_USAGE, "--waterfall-svg goes with --waterfall ID_A,ID_B");
    threads_set((int)option_int(o, "threads"));
    /* 0: every link there is a word for; 1: those as good as certain */
    link_options lo = {.seed = (uint64_t)option_int(o, "seed")};
    if (option_given(o, "threshold")) lo.threshold = fmin(fmax(option_double(o, "threshold"), 0.001), 0.99999);
    link_decided *decision = NULL;
    if (option_given(o, "decisions")) CHECK(link_decisions_read(a, option_text(o, "decisions"), &lo.decided, &decision));
    lo.decision = decision;
    link_result l;
    CHECK((encoded ? link_encoded : link_plain)(a, o, &lo, &l));
    CHECK(write_files(o, &lo, &l));
    CHECK(link_say(&l, option_language(o)));
    if (!option_flag(o, "delete")) return ST_OK;
    return link_delete_encoded(files, (const char *const[]){option_argument(o, 0), files > 1 ? option_argument(o, 1) : NULL}, option_language(o));
}

static const verb_option link_options_table[] = {
    {.name = "fields", .type = OPTION_TEXT, .metavar = "FIELDS.yaml", .help = "which columns are compared, and as what"},
    {.name = "out", .type = OPTION_OUT, .metavar = "CLUSTERS.csv", .help = "record_id,cluster_id,probability"},
    {.name = "pairs", .type = OPTION_OUT, .metavar = "PAIRS.csv", .help = "id_a,id_b,probability from 0.01 up"},
    {.name = "threshold", .type = OPTION_DOUBLE, .metavar = "P", .lower = 0, .upper = 1,
     .help = "probability from which a link counts; without: half of the greatest F1 to be expected, 0.25 to 0.5"},
    {.name = "seed", .type = OPTION_INT, .metavar = "N", .lower = 0, .upper = 9007199254740992.0, .preset = "1", .help = "seed of the samples"},
    {.name = "threads", .type = OPTION_INT, .metavar = "N", .lower = 0, .upper = 1024, .preset = "0", .help = "0: one per processor"},
    {.name = "review", .type = OPTION_OUT, .metavar = "REVIEW.csv", .help = "pairs between 0.05 and 0.95 with the weight of each field"},
    {.name = "report", .type = OPTION_OUT, .metavar = "REPORT.json", .help = "estimated precision and recall, alarm"},
    {.name = "chart", .type = OPTION_OUT, .metavar = "CHART.svg", .help = "estimated precision and recall by threshold"},
    {.name = "waterfall", .type = OPTION_TEXT, .metavar = "ID_A,ID_B", .help = "show what each field says about two records"},
    {.name = "waterfall-svg", .type = OPTION_OUT, .metavar = "CHART.svg", .help = "with --waterfall: as a chart too"},
    {.name = "language", .type = OPTION_CHOICE, .metavar = "nl|en", .preset = "en", .help = "of what is said, of chart and waterfall"},
    {.name = "decisions", .type = OPTION_TEXT, .metavar = "DECISIONS.csv", .help = "id_a,id_b,decision (same or different),who,when: they hold"},
    {.name = "onto", .type = OPTION_RENEWED, .metavar = "CLUSTERS.csv", .help = "an earlier result: persons keep their cluster_id"},
    {.name = "earlier", .type = OPTION_TEXT, .metavar = "RECORDS.csv", .help = "records of earlier deliveries, linked with FILE.csv"},
    {.name = "log", .type = OPTION_OUT, .metavar = "LOG.csv", .help = "every row of CLUSTERS.csv that changed, before and after"},
    {.name = "undo", .type = OPTION_TEXT, .metavar = "LOG.csv", .help = "with --onto: write the clusters as they were before the log to --out"},
    {.name = "draws", .type = OPTION_INT, .metavar = "N", .lower = 1, .upper = 100000, .preset = "100", .help = "with --draws-out: how many"},
    {.name = "draws-out", .type = OPTION_OUT, .metavar = "DRAWS.csv", .help = "draw,record_id,cluster_id: each link taken with its probability"},
    {.name = "unit", .type = OPTION_TEXT, .metavar = "UNIT.key", .help = "encodings sealed for this linkage unit: its key"},
    {.name = "delete", .type = OPTION_FLAG, .help = "encodings: overwrite and remove them when the clusters are written"},
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
