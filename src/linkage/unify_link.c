#include "linkage/unify_link.h"

#include "base/date.h"

#include <stdio.h>

static link_field fields[] = {{"given_name", KIND_given_name, NULL}, {"family_name", KIND_family_name, NULL}, {"born", KIND_date_of_birth, "%Y%m%d"},
                              {"sex", KIND_sex, NULL},               {"nationality", KIND_nationality, NULL}, {"bsn", KIND_number, NULL},
                              {"v_number", KIND_number, NULL}};
enum { FIELDS = sizeof fields / sizeof *fields, SHORT = 24 };

static const char *
precision_of(const table *t, size_t row)
{
    const column *precision = table_column(t, "born_precision");
    int64_t code = precision ? column_value(precision, row) : 0;
    return precision && precision->codes && code >= 0 && (size_t)code < precision->codes->n ? precision->codes->items[code].code : "day";
}

bool
unify_born_whole(const table *t, size_t row)
{
    return !strcmp(precision_of(t, row), "day");
}

/* YYYYMMDD; what the precision leaves open is 00, an estimate is its year. */
static size_t
born_text(const table *t, size_t row, char out[SHORT])
{
    const column *born = table_column(t, "born");
    int32_t day = column_int32(born)[row];
    if (day == DATE_MISSING) return 0;
    date_parts p = date_to_parts(day);
    const char *name = precision_of(t, row);
    bool month = !strcmp(name, "day") || !strcmp(name, "month");
    return (size_t)snprintf(out, SHORT, "%04d%02d%02d", p.year, month ? p.month : 0, strcmp(name, "day") ? 0 : p.day);
}

static size_t
coded_text(const column *c, size_t row, char out[SHORT])
{
    int64_t value = column_value(c, row);
    if (value < 0) return 0;
    if (c->codes && (size_t)value < c->codes->n) return (size_t)snprintf(out, SHORT, "%s", c->codes->items[value].code);
    return (size_t)snprintf(out, SHORT, "%d", (int)value);
}

static text
field_text(const table *t, const column *c, size_t row, char out[SHORT])
{
    if (c->type == COLUMN_TEXT) return column_text(c, row);
    size_t n = c->type == COLUMN_DATE ? born_text(t, row, out) : coded_text(c, row, out);
    return (text){out, n < SHORT ? n : SHORT - 1};
}

static status
fill_column(arena *a, const table *from, const int32_t order[], size_t f, table *t)
{
    const column *c = f ? table_column(from, fields[f - 1].column) : NULL;
    text_column *texts;
    CHECK(table_set_column(a, t, f, f ? fields[f - 1].column : "record", COLUMN_TEXT, NULL));
    CHECK(text_column_new(a, from->rows, &texts));
    for (size_t i = 0; i < from->rows; i++) {
        char out[SHORT];
        text value = {out, f ? 0 : (size_t)snprintf(out, SHORT, "%010zu", i)};
        if (c) value = field_text(from, c, (size_t)order[i], out);
        CHECK(text_column_put(texts, i, value));
    }
    return text_column_end(texts, &t->column[f]);
}

static status
record_id(arena *a, size_t place, text *id)
{
    char *name = arena_printf(a, "%010zu", place);
    if (!name) FAIL(ST_NO_MEMORY, "out of memory (records)");
    *id = text_of(name);
    return ST_OK;
}

static status
decided_records(arena *a, const unify_work *w, link_decided **result)
{
    ALLOC(a, *result, w->decisions);
    for (size_t k = 0; k < w->decisions; k++) {
        CHECK(record_id(a, (size_t)w->rank[w->decision[k].a], &(*result)[k].a));
        CHECK(record_id(a, (size_t)w->rank[w->decision[k].b], &(*result)[k].b));
        (*result)[k].same = w->decision[k].same, (*result)[k].name = w->decision[k].name, (*result)[k].on = DATE_MISSING;
    }
    return ST_OK;
}

status
unify_link(arena *a, const table *notifications, const unify_work *w, link_result *result)
{
    table t;
    const table *file[1] = {&t};
    link_decided *decided;
    link_fields f = {.id = "record", .n = FIELDS, .field = fields};
    CHECK(decided_records(a, w, &decided));
    const link_options o = {.seed = 1, .decided = w->decisions, .decision = decided};
    CHECK(table_new(a, "notifications", notifications->rows, FIELDS + 1, &t));
    for (size_t i = 0; i <= FIELDS; i++) CHECK(fill_column(a, notifications, w->order, i, &t));
    return link_run(a, &f, 1, file, &o, result);
}
