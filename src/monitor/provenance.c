#include "monitor/provenance.h"

#include "monitor/figure.h"
#include "monitor/movement.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { STEPS = 4 };

static const char *const step_codes[STEPS] = {"kept", "counted_only", "rejected", "rows"};

status
provenance_intake(arena *out, const provenance *p, exact_table *result)
{
    static const char *const words[STEPS] = {WORD("kept"), WORD("counted without identity"), WORD("rejected"),
                                             WORD("rows delivered")};
    exact_item *row, *column;
    int64_t *count;
    ALLOC(out, row, p->deliveries);
    ALLOC(out, column, STEPS);
    ALLOC(out, count, p->deliveries * STEPS);
    for (int k = 0; k < STEPS; k++) {
        column[k] = (exact_item){{step_codes[k], {words_get(LANGUAGE_NL, words[k]), words_get(LANGUAGE_EN, words[k])}}, "step"};
        column[k].total = k == STEPS - 1;
    }
    for (size_t i = 0; i < p->deliveries; i++) {
        const provenance_delivery *v = &p->delivery[i];
        const size_t steps[STEPS] = {v->kept, v->counted, v->rejected, v->rows};
        row[i] = (exact_item){{v->source, {v->title[0], v->title[1]}}, "delivery"};
        for (int k = 0; k < STEPS; k++) count[i * STEPS + (size_t)k] = (int64_t)steps[k];
    }
    *result = (exact_table){.figure = PROVENANCE_INTAKE, .population = "rows of the deliveries", .measure = EXACT_COUNT,
                            .rows = {"delivery", {"delivery", "delivery"}, false, p->deliveries, row},
                            .columns = {"step", {"step", "step"}, false, STEPS, column}, .count = count};
    return ST_OK;
}

static const released *
find(const protect_result *report, const char *figure)
{
    for (size_t i = 0; i < report->n; i++)
        if (!strcmp(released_figure(report->released[i]), figure)) return report->released[i];
    return NULL;
}

static json_t *
cell_json(const released *r, size_t row, size_t column)
{
    released_cell c = released_at(r, row, column);
    if (c.state != RELEASED_VALUE && c.state != RELEASED_LOW) return json_null();
    return released_measure(r) == EXACT_COUNT ? json_integer((json_int_t)c.value) : json_real(c.value);
}

static json_t *
hash_json(hash h)
{
    char hex[HASH_HEX];
    hash_hex(h, hex);
    return json_string(hex);
}

static json_t *
words_json(const char *const in[])
{
    return json_pack("{s:s?, s:s?}", "nl", in[LANGUAGE_NL], "en", in[LANGUAGE_EN]);
}

static json_t *
deliveries_json(const provenance *p, const released *intake)
{
    json_t *list = json_array();
    for (size_t i = 0; i < p->deliveries; i++) {
        const provenance_delivery *v = &p->delivery[i];
        json_t *rows = json_object();
        for (size_t k = 0; intake && k < STEPS; k++) json_object_set_new(rows, step_codes[k], cell_json(intake, i, k));
        json_array_append_new(list, json_pack("{s:s, s:s, s:o, s:o, s:o}", "source", v->source, "file", v->file, "title",
                                              words_json(v->title), "blake2b",
                                              v->rows >= PROVENANCE_HASHED_ROWS ? hash_json(v->content) : json_null(),
                                              "notifications", rows));
    }
    return list;
}

static json_t *
exclusions_json(const monitor_definition *d, const released *counts)
{
    json_t *list = json_array();
    for (uint32_t i = 0; counts && i < d->exclusions_count; i++)
        json_array_append_new(list, json_pack("{s:s, s:o, s:o}", "exclusion", d->exclusions[i].name, "title",
                                              words_json(d->exclusions[i].title.in), "victims_per_year", cell_json(counts, i, 0)));
    return list;
}

/* Rows of the registers by what was wrong with them. */
static json_t *
registers_json(const released *r)
{
    json_t *list = json_array();
    for (size_t i = 0; r && i < released_rows(r)->n; i++) {
        json_t *rows = json_object();
        for (size_t k = 0; k < released_columns(r)->n; k++)
            json_object_set_new(rows, released_columns(r)->item[k].code.code, cell_json(r, i, k));
        json_array_append_new(list, json_pack("{s:s, s:o}", "register", released_rows(r)->item[i].code.code, "rows", rows));
    }
    return list;
}

/* Of each population of the registers who was left out, and how many were counted. */
static json_t *
populations_json(const provenance *p, const protect_result *report)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < p->d->populations_count; i++) {
        const monitor_population *own = &p->d->populations[i];
        char figure[256];
        snprintf(figure, sizeof figure, FIGURE_EXCLUSIONS "-%s", own->name);
        const released *r = find(report, figure);
        json_t *counts = json_object();
        for (size_t k = 0; r && k < released_rows(r)->n; k++)
            json_object_set_new(counts, released_rows(r)->item[k].code.code, cell_json(r, k, 0));
        json_array_append_new(list, json_pack("{s:s, s:o, s:o}", "population", own->name, "title", words_json(own->title.in), "counts", counts));
    }
    return list;
}

static json_t *
figures_json(const protect_result *report)
{
    static const char *const measures[] = {"count", "share", "mean"};
    json_t *list = json_array();
    for (size_t i = 0; i < report->n; i++) {
        const released *r = report->released[i];
        json_int_t cells = 0, hidden = 0;
        for (size_t k = 0; k < released_rows(r)->n; k++)
            for (size_t c = 0; c < released_columns(r)->n; c++) {
                released_state s = released_at(r, k, c).state;
                cells++;
                hidden += s == RELEASED_CONFIDENTIAL;
            }
        json_array_append_new(list, json_pack("{s:s, s:s, s:b, s:I, s:I}", "figure", released_figure(r), "measure",
                                              measures[released_measure(r)], "published_before", released_published(r),
                                              "cells", cells, "hidden", hidden));
    }
    return list;
}

static json_t *
protection_json(const protect_certificate *c)
{
    return json_pack("{s:s?, s:s?, s:i, s:I, s:I, s:I, s:b, s:b, s:I}", "method", c->method, "solver", c->solver, "base", c->base,
                     "counts", (json_int_t)c->cells, "sums", (json_int_t)c->equations, "hidden", (json_int_t)c->hidden, "additive",
                     c->additive, "audited", c->audited, "exposed", (json_int_t)c->exposed);
}

/* To so many decimals: more would only tell of single persons. */
static double
to_decimals(double value, double unit)
{
    return round(value / unit) * unit;
}

static json_t *
estimate_json(link_estimate e)
{
    return json_pack("{s:f, s:f, s:f}", "value", to_decimals(e.value, 0.001), "low", to_decimals(e.low, 0.001), "high", to_decimals(e.high, 0.001));
}

/* How good the links behind the persons are, and how much the figures move with them. */
static json_t *
linkage_json(const monitor_linkage *l)
{
    if (!l || !l->linked) return json_null();
    json_t *figures = json_array();
    for (size_t i = 0; i < l->figures; i++)
        json_array_append_new(figures, json_pack("{s:s, s:f}", "figure", l->figure[i], "moved_share", to_decimals(l->moved[i], 0.001)));
    return json_pack("{s:o, s:o, s:f, s:s?, s:I, s:f, s:o, s:o}", "precision", estimate_json(l->precision), "recall", estimate_json(l->recall),
                     "unlinkable_share", to_decimals(l->unlinkable, 0.01), "alarm", l->alarm, "draws", (json_int_t)l->draws,
                     "persons_sd_share", to_decimals(l->persons, 0.0001), "persons_too_many_share", estimate_json(l->too_many), "figures", figures);
}

static json_t *
document_json(const provenance *p, const protect_result *report)
{
    const monitor_definition *d = p->d;
    json_t *root = json_object();
    json_object_set_new(root, "program", json_string("peil " PEIL_VERSION));
    json_object_set_new(root, "monitor", json_string(d->monitor));
    json_object_set_new(root, "title", words_json(d->title.in));
    json_object_set_new(root, "period", json_pack("{s:s, s:s}", "from", d->from, "until", d->until));
    json_object_set_new(root, "definition", hash_json(d->content));
    json_object_set_new(root, "snapshot", p->has_snapshot ? hash_json(p->snapshot) : json_null());
    json_object_set_new(root, "deliveries", deliveries_json(p, find(report, PROVENANCE_INTAKE)));
    json_object_set_new(root, "exclusions", exclusions_json(d, find(report, FIGURE_EXCLUSIONS)));
    json_object_set_new(root, "registers", registers_json(find(report, REGISTERS_FIGURE)));
    json_object_set_new(root, "populations", populations_json(p, report));
    json_object_set_new(root, "linkage", linkage_json(p->linkage));
    json_object_set_new(root, "figures", figures_json(report));
    json_object_set_new(root, "protection", protection_json(&report->certificate));
    return root;
}

status
provenance_json(arena *out, const provenance *p, const protect_result *report, text *result)
{
    json_t *root = document_json(p, report);
    bool whole = root && json_object_size(root) == 13;
    char *dump = whole ? json_dumps(root, JSON_INDENT(2) | JSON_REAL_PRECISION(17)) : NULL;
    json_decref(root);
    if (!dump) FAIL(ST_NO_MEMORY, "out of memory (provenance)");
    text_builder b = text_builder_new(out);
    text_put(&b, dump);
    text_put_char(&b, '\n');
    free(dump);
    return text_builder_end(&b, result);
}
