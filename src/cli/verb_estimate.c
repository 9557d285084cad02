#include "base/file.h"
#include "base/threads.h"
#include "cli/verb.h"
#include "estimate/existence.h"
#include "estimate/write.h"
#include "estimate/write_strata.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MODEL_LIMIT = 100000, DRAWS_PRESET = 20 };

static status
print(text t)
{
    if (fwrite(t.bytes, 1, t.n, stdout) != t.n || fflush(stdout) != 0) FAIL(ST_IO, "standard output: cannot write");
    return ST_OK;
}

static status
new_family(arena *a, const options *o, const overlap *table, model_family *family)
{
    int order = option_given(o, "order") ? (int)option_int(o, "order") : table->lists <= 5 ? table->lists - 1 : 2;
    return model_family_new(a, table->lists, order, MODEL_LIMIT, family);
}

static status
run_existence(arena *a, const options *o, const overlap *table)
{
    model_family family;
    bic_space w;
    fit_data d;
    int *codes;
    text out;
    CHECK(new_family(a, o, table, &family));
    CHECK(bic_space_new(a, &family, &w));
    CHECK(fit_data_new(a, table->lists, &d));
    ALLOC(a, codes, family.n);
    fit_data_set(&d, table->count);
    CHECK(bic_codes(&w, &d, &family, codes));
    CHECK(write_codes(a, &family, codes, &out));
    return print(out);
}

static status
run_models(arena *a, const options *o, const overlap *table)
{
    model_family family;
    bic_space w;
    fit_data d;
    model_row *rows;
    text out;
    CHECK(new_family(a, o, table, &family));
    CHECK(bic_space_new(a, &family, &w));
    CHECK(fit_data_new(a, table->lists, &d));
    ALLOC(a, rows, family.n);
    fit_data_set(&d, table->count);
    CHECK(bic_table(&w, &d, &family, rows));
    CHECK((option_flag(o, "json") ? write_models_json : write_models)(a, &family, rows, &out));
    return print(out);
}

static status
read_options(arena *a, const options *o, const overlap *table, method_options *m)
{
    *m = method_defaults();
    m->p = option_double(o, "p");
    m->order = option_given(o, "order") ? (int)option_int(o, "order") : 0;
    m->top = option_given(o, "top") ? (size_t)option_int(o, "top") : 0;
    m->replicates = (size_t)option_int(o, "bootstrap");
    m->seed = (uint64_t)option_int(o, "seed");
    m->missed = option_double(o, "missed");
    m->falsely = option_double(o, "false");
    m->delta = option_given(o, "delta") ? option_double(o, "delta") : 0;
    if (option_given(o, "resamples")) {
        double *counts;
        CHECK(overlap_read_resamples(a, option_text(o, "resamples"), table, &m->given, &counts));
        m->counts = counts;
    }
    return ST_OK;
}

static status
run_all(arena *a, const options *o, const overlap *table)
{
    method_options m;
    report r;
    text out;
    CHECK(read_options(a, o, table, &m));
    CHECK(report_run(a, table, &m, &r));
    if (option_flag(o, "json")) CHECK(write_report_json(a, &r, &out));
    else CHECK(report_text(a, &r, option_language(o), &out));
    return print(out);
}

static status
run_links(arena *a, const options *o)
{
    links l;
    links_result r;
    overlap names;
    method how;
    method_options m;
    text out;
    if (!method_find(option_text(o, "method"), &how) || how == METHOD_DECOMPOSABLE || how == METHOD_LATENT)
        FAIL(ST_USAGE, "--links goes with --method stepwise, bic or independence");
    CHECK(links_read(a, option_argument(o, 0), option_text(o, "links"), &l));
    CHECK(overlap_new(a, l.lists, l.list, &names));
    CHECK(read_options(a, o, &names, &m));
    size_t draws = option_given(o, "draws") ? (size_t)option_int(o, "draws") : l.draws ? l.draws : DRAWS_PRESET;
    CHECK(links_estimate(a, &l, how, draws, &m, &r));
    CHECK((option_flag(o, "json") ? write_links_json : write_links_text)(a, &l, &r, &out));
    return print(out);
}

static status
run_covariates(arena *a, const options *o)
{
    strata s;
    strata_result r;
    text out;
    CHECK(strata_read(a, option_argument(o, 0), option_text(o, "covariates"), &s));
    CHECK(strata_estimate(a, &s, NULL, (size_t)option_int(o, "bootstrap"), (uint64_t)option_int(o, "seed"), &r));
    CHECK((option_flag(o, "json") ? write_strata_json : write_strata_text)(a, &s, &r, &out));
    return print(out);
}

static status
run_method(arena *a, const options *o, const overlap *table)
{
    method_options m;
    method how;
    finding f;
    text out;
    if (!method_find(option_text(o, "method"), &how)) FAIL(ST_INTERNAL, "no such method");
    CHECK(read_options(a, o, table, &m));
    CHECK(method_run(a, table, how, &m, &f));
    if (option_given(o, "replicates")) {
        CHECK(write_replicates(a, &f.resample, &out));
        CHECK(file_write(option_text(o, "replicates"), out));
    }
    CHECK((option_flag(o, "json") ? write_finding_json : write_finding_text)(a, table, &f, &out));
    return print(out);
}

static status
run(arena *a, const options *o)
{
    overlap table;
    threads_set(option_given(o, "threads") ? (int)option_int(o, "threads") : 0);
    if (option_given(o, "links")) return run_links(a, o);
    if (option_given(o, "covariates")) return run_covariates(a, o);
    CHECK(overlap_read(a, option_argument(o, 0), NULL, &table));
    if (option_flag(o, "existence")) return run_existence(a, o, &table);
    if (option_flag(o, "models")) return run_models(a, o, &table);
    if (strcmp(option_text(o, "method"), "all") == 0) return run_all(a, o, &table);
    return run_method(a, o, &table);
}

static const verb_option estimate_options[] = {
    {"method", OPTION_CHOICE, "stepwise|bic|decomposable|latent|independence|all", 0, 0, "stepwise", "how the model is chosen", false},
    {"p", OPTION_DOUBLE, "P", 0, 1, "0.02", "stepwise: a pair joins below this p-value", false},
    {"order", OPTION_INT, "N", 2, 16, NULL, "lists a term may join; without it all up to 5 lists, else 2", false},
    {"top", OPTION_INT, "N", 1, 100000, NULL, "bic: replicates choose among the N best models", false},
    {"bootstrap", OPTION_INT, "N", 0, 1000000, "1000", "replicates of the interval", false},
    {"seed", OPTION_INT, "N", 0, 9e15, "1", "of the replicates", false},
    {"resamples", OPTION_TEXT, "FILE", 0, 0, NULL, "run the replicates on these tables", false},
    {"replicates", OPTION_OUT, "FILE", 0, 0, NULL, "write each replicate's model and estimate", false},
    {"delta", OPTION_DOUBLE, "D", 1e-9, 1e6, NULL, "decomposable: prior count of a cell (default 1 / 2^lists)", false},
    {"threads", OPTION_INT, "N", 1, 1024, NULL, "threads; the result is the same for any number", false},
    {"existence", OPTION_FLAG, NULL, 0, 0, NULL, "for every model: has it an estimate, and only one", false},
    {"models", OPTION_FLAG, NULL, 0, 0, NULL, "every model with its estimate, error, deviance, AIC and BIC", false},
    {"missed", OPTION_DOUBLE, "P", 0, 0.99, "0", "correct for links missed: probability that a person's two records were not linked", false},
    {"false", OPTION_DOUBLE, "P", 0, 0.99, "0", "correct for false links: probability that a person was linked to another's record", false},
    {"links", OPTION_TEXT, "LINKS.csv", 0, 0, NULL, "TABLE.csv is record_id,list; links drawn from id_a,id_b,probability, or drawn: draw,record_id,cluster_id", false},
    {"draws", OPTION_INT, "N", 2, 100000, NULL, "with --links: draws of the links; 20, or all that are given", false},
    {"covariates", OPTION_TEXT, "A,B", 0, 0, NULL, "columns that are no lists: a model with them, totals by their levels", false},
    {"language", OPTION_CHOICE, "nl|en", 0, 0, "en", "of the report of all methods", false},
    {"json", OPTION_FLAG, NULL, 0, 0, NULL, "the finding as JSON", false},
    {0},
};

const verb verb_estimate = {
    .name = "estimate",
    .arguments = "TABLE.csv",
    .least = 1,
    .most = 1,
    .summary = "Estimate how many persons nobody saw, from the overlap of lists.",
    .details = "TABLE.csv has one 0/1 column per list and a column `count`. Models are written [12,23,4]: lists numbered "
               "from 1 in column order. Existence codes: 0 fine, 1 no estimate, 2 not identifiable, 3 both.",
    .example = "peil estimate lists.csv --method stepwise --json",
    .options = estimate_options,
    .run = run,
};
