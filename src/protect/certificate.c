#include "protect/certificate.h"

#include <jansson.h>
#include <stdlib.h>

static void
drop_json(void *json)
{
    json_decref(json);
}

static const char *
mode_name(protect_mode mode)
{
    if (mode == PROTECT_SUPPRESS) return "suppress";
    return mode == PROTECT_CONVENTIONAL ? "conventional" : "round";
}

const char *
certificate_why_moved(const release_facts *f)
{
    if (f->mode == PROTECT_SUPPRESS) return WORD("Shown counts are exact.");
    if (f->mode == PROTECT_CONVENTIONAL)
        return f->changed ? WORD("Each count went to its nearest multiple; a few went to the other neighbouring one, because otherwise a small count could be worked out.")
                          : WORD("Each count went to its nearest multiple.");
    return f->c.beyond ? WORD("Counts were rounded so that all sums hold. Where no neighbouring multiple allowed that, a count went one step further.")
                       : WORD("Counts were rounded to a neighbouring multiple so that all sums hold; some are therefore not at their nearest.");
}

const char *
certificate_why_hidden(void)
{
    return WORD("It is a count of too few persons, or one from which such a count could be worked out with the sums of the tables.");
}

static json_t *
tables_json(const release_facts *f)
{
    json_t *list = json_array();
    for (size_t i = 0; i < f->tables; i++)
        json_array_append_new(list, json_pack("{s:s, s:s, s:I}", "file", f->table[i].file, "blake2b", f->table[i].hash, "cells", (json_int_t)f->table[i].cells));
    return list;
}

static json_t *
hidden_json(const release_facts *f)
{
    json_t *list = json_array();
    for (size_t i = 0; i < f->hides; i++)
        json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "table", f->hide[i].table, "cell", f->hide[i].cell, "why", certificate_why_hidden()));
    return list;
}

static json_t *
texts_json(size_t n, char *const list[])
{
    json_t *json = json_array();
    for (size_t i = 0; i < n; i++) json_array_append_new(json, json_string(list[i]));
    return json;
}

static json_t *
amounts_json(const release_facts *f)
{
    json_t *list = json_array();
    for (size_t i = 0; i < f->amounts; i++)
        json_array_append_new(list, json_pack("{s:s, s:i, s:I, s:I}", "name", f->amount[i].name, "significant_digits", f->amount[i].digits, "means_shown",
                                              (json_int_t)f->amount[i].shown, "means_hidden", (json_int_t)f->amount[i].hidden));
    return list;
}

static json_t *
shares_json(const release_facts *f)
{
    json_t *list = json_array();
    for (size_t i = 0; i < f->shares; i++)
        json_array_append_new(list, json_pack("{s:s, s:s, s:i, s:I, s:I, s:s}", "name", f->share[i].name, "file", f->share[i].file, "decimals", f->share[i].decimals,
                                              "shown", (json_int_t)f->share[i].shown, "hidden", (json_int_t)f->share[i].hidden, "computed_of", "released counts"));
    return list;
}

static json_t *
statistics_json(const release_facts *f)
{
    json_t *list = json_array();
    for (size_t i = 0; i < f->statistics; i++)
        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:i, s:s}", "name", f->statistic[i].name, "file", f->statistic[i].file, "kind", f->statistic[i].kind,
                                              "significant_digits", f->statistic[i].digits, "computed_of",
                                              f->statistic[i].exact ? "exact counts, through the leak gate" : "released counts"));
    return list;
}

static json_t *
groups_json(const release_facts *f)
{
    json_t *json = json_object();
    if (f->zeros_too) json_object_set_new(json, "counts_of_nobody", json_pack("{s:I, s:I}", "attacked", (json_int_t)f->zeros, "exposed", (json_int_t)f->zeros_found));
    if (f->full_too) json_object_set_new(json, "counts_that_hold_their_whole", json_pack("{s:I, s:I}", "attacked", (json_int_t)f->full, "exposed", (json_int_t)f->full_found));
    return json;
}

static json_t *
merges_json(const release_facts *f)
{
    json_t *list = json_array();
    for (size_t i = 0; i < f->merges; i++)
        json_array_append_new(list, json_pack("{s:s, s:s, s:o}", "dimension", f->merge[i].dimension, "code", f->merge[i].code, "parts",
                                              texts_json(f->merge[i].parts, f->merge[i].part)));
    return list;
}

const char *
certificate_why_revised(const certificate_revision *r)
{
    return r->both ? WORD("Both numbers can be true of one count: rounding alone explains the difference.") : WORD("The count was revised since.");
}

static json_t *
revisions_json(const release_facts *f)
{
    json_t *list = json_array();
    for (size_t i = 0; i < f->revisions; i++) {
        const certificate_revision *r = &f->revision[i];
        json_array_append_new(list, json_pack("{s:s, s:s, s:I, s:I, s:s, s:s?}", "table", r->table, "cell", r->cell, "earlier", (json_int_t)r->earlier, "now",
                                              (json_int_t)r->now, "why", certificate_why_revised(r), "reason", r->reason));
    }
    return list;
}

static json_t *
earlier_json(const release_facts *f)
{
    if (!f->earlier) return json_null();
    return json_pack("{s:s, s:s?, s:I, s:I, s:I, s:o, s:I, s:I, s:o}", "release", f->earlier, "certificate_blake2b", f->earlier_hash, "kept", (json_int_t)f->kept,
                     "moved_though_still_true", (json_int_t)f->adjusted, "revised", (json_int_t)f->revised, "reasons",
                     texts_json(f->reasons, f->reason), "counts_of_the_earlier_release_alone", (json_int_t)f->only_earlier, "of_these_no_longer_true",
                     (json_int_t)f->unusable, "changed_cells", revisions_json(f));
}

static json_t *
about_json(const release_facts *f)
{
    const protect_certificate *c = &f->c;
    return json_pack("{s:s, s:s, s:s, s:s, s:i, s:i, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:f, s:i, s:b, s:b, s:b, s:s?, s:s}", "program",
        "peil " PEIL_VERSION, "mode", mode_name(f->mode), "method", c->method, "solver", c->solver, "base", c->base, "minimum", f->minimum,
        "cells", (json_int_t)c->cells, "equations", (json_int_t)c->equations, "sensitive", (json_int_t)c->sensitive, "hidden",
        (json_int_t)c->hidden, "moved", (json_int_t)c->moved, "beyond_neighbours", (json_int_t)c->beyond, "changed", (json_int_t)f->changed, "changes_at_least", (json_int_t)f->least_changes,
        "mean_deviation", c->mean_deviation, "largest_deviation", c->largest_deviation, "additive", (int)c->additive,
        "neighbouring_multiples", (int)f->restricted, "neighbouring_multiples_proven_impossible", (int)f->impossible, "no_neighbouring_rounding_because_of", f->conflict, "why", certificate_why_moved(f));
}

static json_t *
audit_json(const release_facts *f)
{
    const protect_certificate *c = &f->c;
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:s?, s:i, s:f}", "attacked", (json_int_t)c->sensitive, "exposed", (json_int_t)c->exposed, "narrowed",
                     (json_int_t)f->narrowed, "narrowest", (json_int_t)c->narrowest, "widest", (json_int_t)c->widest, "linear_programs",
                     (json_int_t)f->programs, "against", f->earlier, "interval_asked_for", f->interval, "interval_percent_asked_for", f->interval_percent);
}

status
certificate_json(arena *a, const release_facts *f, text *out)
{
    json_t *root = json_object(), *about = about_json(f);
    CHECK(arena_defer(a, drop_json, root));
    bool bad = !about || json_object_update(root, about);
    json_decref(about);
    bad = bad || json_object_set_new(root, "tables", tables_json(f)) || json_object_set_new(root, "spec_blake2b", json_string(f->spec_hash)) ||
          json_object_set_new(root, "data_keyed_blake2b", f->data_hash ? json_string(f->data_hash) : json_null()) ||
          json_object_set_new(root, "percentages", shares_json(f)) || json_object_set_new(root, "statistics", statistics_json(f)) ||
          json_object_set_new(root, "group_disclosure", groups_json(f)) || json_object_set_new(root, "amounts", amounts_json(f)) || json_object_set_new(root, "merged", merges_json(f)) || json_object_set_new(root, "hidden_cells", hidden_json(f)) ||
          json_object_set_new(root, "audit", audit_json(f)) || json_object_set_new(root, "earlier", earlier_json(f)) ||
          json_object_set_new(root, "what_outsiders_learn", json_string(f->c.basis));
    char *bytes = bad ? NULL : json_dumps(root, JSON_INDENT(1) | JSON_REAL_PRECISION(17));
    if (!bytes) FAIL(ST_NO_MEMORY, "out of memory (certificate)");
    CHECK(arena_defer(a, free, bytes));
    const char *line = arena_printf(a, "%s\n", bytes);
    if (!line) FAIL(ST_NO_MEMORY, "out of memory (certificate)");
    *out = text_of(line);
    return ST_OK;
}
