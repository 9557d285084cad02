#include "publish/data.h"

#include "publish/cell.h"
#include "publish/page.h"
#include "table/csv.h"

#include <jansson.h>
#include <stdlib.h>

static void
put_cell(text_builder *b, const figure *f, size_t row, size_t column)
{
    released_cell cell = released_at(f->data, row, column);
    csv_put_field(b, text_of(released_figure(f->data)));
    text_put_char(b, ',');
    csv_put_field(b, text_of(released_rows(f->data)->item[row].code.code));
    text_put_char(b, ',');
    csv_put_field(b, text_of(released_columns(f->data)->item[column].code.code));
    text_put_char(b, ',');
    if (cell_drawn(cell)) text_printf(b, "%.*f", cell.decimals, cell.value);
    text_put_char(b, ',');
    text_put(b, cell_state_name(cell.state));
    text_put_char(b, '\n');
}

status
data_csv(arena *a, size_t n, const figure *const figures[], text *out)
{
    text_builder b = text_builder_new(a);
    text_put(&b, "figure,row,column,value,state\n");
    for (size_t i = 0; i < n; i++)
        for (size_t row = 0; row < released_rows(figures[i]->data)->n; row++)
            for (size_t column = 0; column < released_columns(figures[i]->data)->n; column++)
                put_cell(&b, figures[i], row, column);
    return text_builder_end(&b, out);
}

/* One result: its method is the dimension of its row. */
static void
put_test(text_builder *b, const figure *f, size_t row)
{
    const exact_item *item = &released_rows(f->tests)->item[row];
    const char *fields[] = {released_figure(f->data), item->code.code, item->dimension};
    released_cell worst = {.state = RELEASED_VALUE, .reason = ""};
    for (int k = 0; k < 3; k++) {
        if (k) text_put_char(b, ',');
        csv_put_field(b, text_of(fields[k]));
    }
    for (size_t c = 0; c < released_columns(f->tests)->n; c++) {
        released_cell cell = released_at(f->tests, row, c);
        text_put_char(b, ',');
        if (cell.state == RELEASED_VALUE) text_printf(b, "%.*f", cell.decimals, cell.value);
        if (cell.state == RELEASED_CONFIDENTIAL && worst.state == RELEASED_VALUE) worst = cell;
    }
    text_printf(b, ",%s,", cell_state_name(worst.state));
    csv_put_field(b, text_of(*worst.reason ? words_get(LANGUAGE_EN, worst.reason) : ""));
    text_put_char(b, '\n');
}

status
data_tests(arena *a, size_t n, const figure *const figures[], text *out)
{
    text_builder b = text_builder_new(a);
    bool named = false;
    for (size_t i = 0; i < n; i++) {
        const released *tests = figures[i]->tests;
        if (!tests) continue;
        if (!named) {
            text_put(&b, "figure,test,method");
            for (size_t c = 0; c < released_columns(tests)->n; c++) text_printf(&b, ",%s", released_columns(tests)->item[c].code.code);
            text_put(&b, ",state,reason\n");
        }
        named = true;
        for (size_t row = 0; row < released_rows(tests)->n; row++) put_test(&b, figures[i], row);
    }
    return text_builder_end(&b, out);
}

static void
put_codes(text_builder *b, const char *figure, const char *side, const exact_axis *axis)
{
    for (size_t i = 0; i < axis->n; i++) {
        const exact_item *item = &axis->item[i];
        const char *fields[] = {figure, side, item->code.code, item->dimension ? item->dimension : "",
                                item_label(LANGUAGE_NL, item), item_label(LANGUAGE_EN, item)};
        for (int k = 0; k < 6; k++) {
            if (k) text_put_char(b, ',');
            csv_put_field(b, text_of(fields[k]));
        }
        text_put_char(b, '\n');
    }
}

status
data_codes(arena *a, size_t n, const figure *const figures[], text *out)
{
    text_builder b = text_builder_new(a);
    text_put(&b, "figure,axis,code,dimension,nl,en\n");
    for (size_t i = 0; i < n; i++) {
        put_codes(&b, released_figure(figures[i]->data), "row", released_rows(figures[i]->data));
        put_codes(&b, released_figure(figures[i]->data), "column", released_columns(figures[i]->data));
        if (!figures[i]->tests) continue;
        put_codes(&b, released_figure(figures[i]->tests), "row", released_rows(figures[i]->tests));
        put_codes(&b, released_figure(figures[i]->tests), "column", released_columns(figures[i]->tests));
    }
    return text_builder_end(&b, out);
}

/* [{"@value": ..., "@language": ...}, ...] of the languages that have the text; NULL when none has. */
static json_t *
in_languages(phrase words)
{
    json_t *list = json_array();
    for (language in = 0; in < LANGUAGE_COUNT; in++)
        if (words.in[in] && *words.in[in])
            json_array_append_new(list, json_pack("{s:s, s:s}", "@value", words.in[in], "@language", language_code(in)));
    if (json_array_size(list)) return list;
    json_decref(list);
    return NULL;
}

static json_t *
describe_column(const char *name, const char *nl, const char *en, const char *type)
{
    return json_pack("{s:s, s:{s:s, s:s}, s:s, s:b}", "name", name, "titles", "nl", nl, "en", en, "datatype", type,
                     "required", strcmp(name, "value") != 0);
}

static json_t *
describe_columns(void)
{
    json_t *columns = json_array();
    json_array_append_new(columns, describe_column("figure", "figuur", "figure", "string"));
    json_array_append_new(columns, describe_column("row", "rij", "row", "string"));
    json_array_append_new(columns, describe_column("column", "kolom", "column", "string"));
    json_array_append_new(columns, describe_column("value", "waarde", "value", "number"));
    json_array_append_new(columns, describe_column("state", "toestand", "state", "string"));
    return columns;
}

static void
set_if(json_t *object, const char *name, json_t *value)
{
    if (value) json_object_set_new(object, name, value);
}

static json_t *
describe_tests(const released *tests)
{
    json_t *columns = json_array();
    json_array_append_new(columns, describe_column("figure", "figuur", "figure", "string"));
    json_array_append_new(columns, describe_column("test", "toets", "test", "string"));
    json_array_append_new(columns, describe_column("method", "methode", "method", "string"));
    for (size_t c = 0; c < released_columns(tests)->n; c++) {
        const code *own = &released_columns(tests)->item[c].code;
        json_t *column = describe_column(own->code, own->label[LANGUAGE_NL], own->label[LANGUAGE_EN], "number");
        json_object_set_new(column, "required", json_false());
        json_array_append_new(columns, column);
    }
    json_array_append_new(columns, describe_column("state", "toestand", "state", "string"));
    json_t *reason = describe_column("reason", "reden", "reason", "string");
    json_object_set_new(reason, "required", json_false());
    json_array_append_new(columns, reason);
    return columns;
}

/* Columns and key are taken over. */
static status
describe_file(arena *a, const document *d, const figure *f, const char *url, json_t *schema, text *out)
{
    char day[11] = "";
    if (d->data_date != DATE_MISSING) date_format(d->data_date, day);
    json_t *root = json_object();
    json_object_set_new(root, "@context", json_string("http://www.w3.org/ns/csvw"));
    json_object_set_new(root, "url", json_string(url));
    set_if(root, "dc:title", in_languages(f ? f->title : d->title));
    if (f) set_if(root, "dc:description", in_languages(f->note));
    if (f) set_if(root, "dc:source", in_languages(f->source));
    set_if(root, "dc:publisher", in_languages(d->publisher));
    if (*day) json_object_set_new(root, "dc:date", json_string(day));
    json_object_set_new(root, "dialect", json_pack("{s:s, s:s, s:b}", "encoding", "utf-8", "delimiter", ",", "header", 1));
    json_object_set_new(root, "tableSchema", schema);
    char *dumped = json_dumps(root, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
    json_decref(root);
    char *copy = dumped ? arena_printf(a, "%s\n", dumped) : NULL;
    free(dumped);
    if (!copy) FAIL(ST_NO_MEMORY, "out of memory (metadata)");
    *out = text_of(copy);
    return ST_OK;
}

status
data_csvw(arena *a, const document *d, const figure *f, const char *url, text *out)
{
    return describe_file(a, d, f, url, json_pack("{s:o, s:[s,s,s]}", "columns", describe_columns(), "primaryKey", "figure", "row", "column"), out);
}

status
data_tests_csvw(arena *a, const document *d, const figure *f, const char *url, text *out)
{
    return describe_file(a, d, f, url, json_pack("{s:o, s:[s,s]}", "columns", describe_tests(f->tests), "primaryKey", "figure", "test"), out);
}
