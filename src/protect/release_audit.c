#include "base/file.h"
#include "protect/amounts.h"
#include "protect/release_attack.h"
#include "table/csv.h"

#include <jansson.h>
#include <stdlib.h>

/* A release under attack. */
typedef struct attacked {
    folder folder, earlier;
    release_data data;
    int64_t *released;    /* [n] TABLES_HIDDEN: not shown */
    int64_t *truth;       /* [n] NULL: not given */
    uint8_t *sensitive;   /* [n] NULL: all unknown ones */
    size_t broken;        /* released sums that do not add up */
    printed printed;
    release_found found;
} attacked;

static void
count_broken(attacked *t)
{
    const protect_system *s = &t->data.system;
    for (size_t i = 0; i < s->rows; i++) {
        const system_row *r = &s->row[i];
        int64_t sum = 0;
        bool known = t->released[r->whole] != TABLES_HIDDEN && r->relation == SYSTEM_EQUAL;
        for (uint32_t k = 0; k < r->n && known; k++) {
            known = t->released[r->part[k]] != TABLES_HIDDEN;
            sum += t->released[r->part[k]];
        }
        t->broken += known && sum != t->released[r->whole];
    }
}

/* The exact counts of every cell of the release; hidden ones too. */
static status
load_truth(arena *a, const release_audit_options *o, attacked *t)
{
    if (o->truths == 0) return ST_OK;
    release_data *d = &t->data;
    release_data exact;
    CHECK(release_data_load(a, o->truths, o->truth, t->folder.spec, NULL, false, &exact));
    uint16_t *key;
    ALLOC(a, t->truth, d->system.n);
    ALLOC(a, t->sensitive, d->system.n);
    ALLOC(a, key, exact.system.width);
    for (size_t i = 0; i < d->system.n; i++) {
        memset(key, 0, exact.system.width * sizeof *key);
        const char *population = d->system.population[system_key(&d->system, i)[0]];
        CHECK(system_population_find(&exact.system, population, &key[0]));
        for (uint16_t k = 0; k < d->system.dimensions; k++) {
            uint16_t code = system_key(&d->system, i)[k + 1], own;
            if (code == 0) continue;
            CHECK(system_dimension_find(&exact.system, d->system.dimension[k].name, &own));
            if (own + 1u >= exact.system.width) FAIL(ST_INVALID, "the exact tables have no column %s", d->system.dimension[k].name);
            CHECK(system_code_find(&exact.system, own, d->system.dimension[k].code[code], &key[own + 1]));
        }
        uint32_t cell = system_find(&exact.system, key);
        if (cell == SYSTEM_NONE) FAIL(ST_INVALID, "the exact tables lack a count that was released: %s", system_describe(a, &d->system, i));
        t->truth[i] = exact.system.value[cell];
        t->sensitive[i] = t->truth[i] < d->spec.minimum && (t->truth[i] > 0 || (d->spec.hide_zero && t->released[i] == TABLES_HIDDEN));
    }
    return ST_OK;
}

/* Without a certificate: as far as the numbers themselves show, at least that of conventional rounding. */
static int64_t
reach_of(const attacked *t)
{
    if (t->folder.reach >= 0) return t->folder.reach;
    int64_t reach = t->data.spec.base / 2;
    for (size_t i = 0; t->truth && i < t->data.system.n; i++)
        if (t->released[i] != TABLES_HIDDEN && llabs(t->released[i] - t->truth[i]) > reach) reach = llabs(t->released[i] - t->truth[i]);
    return reach;
}

/* Means, medians, percentages and statistics of the release. */
static status
read_printed(arena *a, const release_audit_options *o, attacked *t, size_t *clues, audit_clue **clue)
{
    const protect_spec *spec = &t->data.spec;
    int *digits;
    ALLOC(a, digits, spec->amounts_count);
    for (unsigned k = 0; k < spec->amounts_count; k++)
        for (size_t i = 0; i < t->folder.amounts; i++)
            if (strcmp(spec->amounts[k].name, t->folder.amount[i]) == 0) digits[k] = t->folder.digits[i];
    CHECK(amounts_read_clues(a, &t->data, digits, clues, clue));
    CHECK(printed_place(a, &t->data, o->find, &t->printed));
    return printed_read(a, &t->data, t->folder.path, t->released, &t->printed);
}

static status
run_attack(arena *a, const release_audit_options *o, attacked *t)
{
    release_attack_input in = {.data = &t->data, .value = t->released, .reach = reach_of(t), .exact = t->truth, .sensitive = t->sensitive,
                               .suppressed = t->folder.mode && strcmp(t->folder.mode, "suppress") == 0, .printed = &t->printed};
    audit_clue *clue;
    CHECK(read_printed(a, o, t, &in.clues, &clue));
    in.clue = clue;
    CHECK(release_attack(a, &in, &t->found));
    if (!t->found.audit.consistent) FAIL(ST_INVALID, "%s: no table of whole numbers that agrees with the released ones was found: expected tables of one report; give the exact "
             "ones with --truth", t->folder.path);
    return ST_OK;
}

static void
drop_json(void *json)
{
    json_decref(json);
}

static status
json_report(arena *a, const attacked *t, text *report)
{
    json_t *cells = json_array();
    for (size_t i = 0; i < t->found.audit.n; i++) {
        const audit_cell *c = &t->found.audit.cell[i];
        const char *what = system_describe(a, t->found.system, c->cell);
        json_array_append_new(cells, json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:b, s:b, s:b}", "table", t->found.system->source[c->cell], "cell",
            what ? what : "", "lower", (json_int_t)c->lower, "upper", (json_int_t)c->upper, "outer_lower", (json_int_t)c->outer_lower,
            "outer_upper", (json_int_t)c->outer_upper, "contributor_lower", (json_int_t)c->inside_lower, "exposed", (int)c->exposed, "only_inside", (int)c->inside, "too_narrow",
            (int)t->found.narrow[i]));
    }
    const release_found *f = &t->found;
    const audit_result *r = &t->found.audit;
    json_t *root = json_pack("{s:o, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "cells", cells, "attacked", (json_int_t)r->n, "exposed",
        (json_int_t)r->exposed, "exposed_only_inside", (json_int_t)r->inside, "narrowed", (json_int_t)r->narrowed, "narrowest", (json_int_t)r->narrowest, "widest", (json_int_t)r->widest,
        "non_additive_sums", (json_int_t)t->broken, "linear_programs", (json_int_t)r->programs, "too_narrow", (json_int_t)f->narrows, "counts_of_nobody", (json_int_t)f->zeros,
        "counts_of_nobody_exposed", (json_int_t)f->zeros_found, "counts_that_hold_their_whole", (json_int_t)f->full, "counts_that_hold_their_whole_exposed",
        (json_int_t)f->full_found, "statistics_not_fully_tried", (json_int_t)f->undecided);
    if (!root) FAIL(ST_NO_MEMORY, "out of memory (audit report)");
    CHECK(arena_defer(a, drop_json, root));
    char *bytes = json_dumps(root, JSON_INDENT(1) | JSON_REAL_PRECISION(17));
    if (!bytes) FAIL(ST_NO_MEMORY, "out of memory (audit report)");
    CHECK(arena_defer(a, free, bytes));
    *report = text_of(bytes);
    return ST_OK;
}

static status
csv_report(arena *a, const attacked *t, text *report)
{
    text_builder b = text_builder_new(a);
    text_put(&b, "cell,lower,upper,outer_lower,outer_upper,exposed,too_narrow\n");
    for (size_t i = 0; i < t->found.audit.n; i++) {
        const audit_cell *c = &t->found.audit.cell[i];
        const char *what = system_describe(a, t->found.system, c->cell);
        csv_put_field(&b, text_of(what ? what : ""));
        text_printf(&b, ",%lld,%lld,%lld,%lld,%s,%s\n", (long long)c->lower, (long long)c->upper, (long long)c->outer_lower,
                    (long long)c->outer_upper, c->exposed ? "yes" : "no", t->found.narrow[i] ? "yes" : "no");
    }
    const audit_result *r = &t->found.audit;
    text_printf(&b, "# attacked %zu, exposed %zu, narrowed %zu, narrowest %lld, widest %lld, sums that do not add up %zu\n", r->n, r->exposed,
                r->narrowed, (long long)r->narrowest, (long long)r->widest, t->broken);
    const release_found *f = &t->found;
    if (t->data.spec.interval || t->data.spec.interval_percent > 0) text_printf(&b, "# known to within less than the interval asked for %zu\n", f->narrows);
    if (f->zeros || f->full)
        text_printf(&b, "# counts of nobody attacked %zu, exposed %zu; counts that hold all of their whole attacked %zu, exposed %zu\n", f->zeros, f->zeros_found, f->full,
                    f->full_found);
    if (f->undecided) text_printf(&b, "# statistics of which not every table could be tried %zu\n", f->undecided);
    return text_builder_end(&b, report);
}

status
release_audit(arena *a, const char *path, const release_audit_options *o, text *report, release_verdict *verdict)
{
    attacked *t;
    ALLOC(a, t, 1);
    CHECK(folder_open(a, path, &t->folder));
    if (o->earlier) CHECK(folder_open(a, o->earlier, &t->earlier));
    CHECK(release_data_load(a, t->folder.n, t->folder.table, t->folder.spec, o->earlier ? &t->earlier : NULL, true, &t->data));
    t->released = t->data.system.value;
    count_broken(t);
    CHECK(load_truth(a, o, t));
    CHECK(run_attack(a, o, t));
    *verdict = (release_verdict){t->found.audit.exposed, t->found.narrows, t->found.zeros_found + t->found.full_found};
    return o->json ? json_report(a, t, report) : csv_report(a, t, report);
}
