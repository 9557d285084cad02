#include "table/csv.h"

#include "base/date.h"
#include "base/file.h"

#include <math.h>

static status
put_integer(column *c, size_t row, int64_t value, int64_t lowest, int64_t highest)
{
    if (value <= lowest || value > highest) FAIL(ST_INVALID, "a number out of range for %s", column_type_name(c->type));
    if (c->type == COLUMN_INT8) ((int8_t *)c->data)[row] = (int8_t)value;
    if (c->type == COLUMN_INT16) ((int16_t *)c->data)[row] = (int16_t)value;
    if (c->type == COLUMN_INT32) ((int32_t *)c->data)[row] = (int32_t)value;
    return ST_OK;
}

static void
put_missing(column *c, size_t row)
{
    switch (c->type) {
    case COLUMN_INT8: ((int8_t *)c->data)[row] = INT8_MIN; break;
    case COLUMN_INT16: ((int16_t *)c->data)[row] = INT16_MIN; break;
    case COLUMN_INT32:
    case COLUMN_DATE: ((int32_t *)c->data)[row] = INT32_MIN; break;
    case COLUMN_DOUBLE: ((double *)c->data)[row] = NAN; break;
    case COLUMN_SET: ((uint32_t *)c->data)[row] = 0; break;
    default: break;
    }
}

static status
put_set(column *c, size_t row, text value)
{
    uint32_t set = 0;
    while (value.n) {
        const char *bar = memchr(value.bytes, '|', value.n);
        text part = {value.bytes, bar ? (size_t)(bar - value.bytes) : value.n};
        int code = code_find(c->codes, part);
        if (code < 0 || code > 31) FAIL(ST_INVALID, "a code that is not in the list %s", c->codes ? c->codes->name : "");
        set |= 1u << code;
        size_t skip = part.n + (bar != NULL);
        value.bytes += skip, value.n -= skip;
    }
    ((uint32_t *)c->data)[row] = set;
    return ST_OK;
}

static status
put_value(column *c, size_t row, text value)
{
    static const int64_t lowest[] = {INT8_MIN, INT16_MIN, INT32_MIN}, highest[] = {INT8_MAX, INT16_MAX, INT32_MAX};
    if (value.n == 0) {
        put_missing(c, row);
        return ST_OK;
    }
    if (c->type == COLUMN_SET) return put_set(c, row, value);
    if (c->type == COLUMN_DATE) {
        if (date_parse(value, "%Y-%m-%d", (int32_t *)c->data + row)) return ST_OK;
        FAIL(ST_INVALID, "expected a date as YYYY-MM-DD that exists");
    }
    if (c->type == COLUMN_DOUBLE) {
        if (text_to_double(value, (double *)c->data + row)) return ST_OK;
        FAIL(ST_INVALID, "expected a number with a decimal point");
    }
    int64_t number;
    if (c->codes) {
        number = code_find(c->codes, value);
        if (number < 0) FAIL(ST_INVALID, "a code that is not in the list %s", c->codes->name);
    } else if (!text_to_int(value, &number)) {
        FAIL(ST_INVALID, "expected a whole number");
    }
    return put_integer(c, row, number, lowest[c->type], highest[c->type]);
}

static status
count_rows(const char *path, const csv_options *options, size_t *rows)
{
    SCRATCH(tmp);
    csv *c;
    CHECK(csv_open(tmp, path, options, &c));
    bool more = true;
    csv_row row;
    for (*rows = 0;; ++*rows) {
        CHECK(csv_next(c, &more, &row));
        if (!more) return ST_OK;
    }
}

static status
fill_row(const char *path, const csv_row *row, size_t n, const csv_column spec[], const int at[], size_t i, table *t,
         text_column *texts[])
{
    for (size_t k = 0; k < n; k++) {
        text value = at[k] >= 0 ? row->field[at[k]] : TEXT("");
        status code = texts[k] ? text_column_put(texts[k], i, value) : put_value(&t->column[k], i, value);
        if (code != ST_OK) return status_prefix(code, "%s: row %zu, column %s: ", path, row->number, spec[k].name);
    }
    return ST_OK;
}

status
csv_read_table(arena *out, const char *path, const csv_options *options, size_t n, const csv_column spec[], table *result)
{
    SCRATCH(tmp);
    size_t rows;
    CHECK(count_rows(path, options, &rows));
    csv *c;
    CHECK(csv_open(tmp, path, options, &c));
    table t;
    CHECK(table_new(out, path, rows, n, &t));
    int *at;
    text_column **texts;
    ALLOC(tmp, at, n);
    ALLOC(tmp, texts, n);
    for (size_t k = 0; k < n; k++) {
        at[k] = csv_find(c, spec[k].name);
        if (at[k] < 0 && !spec[k].optional) FAIL(ST_INVALID, "%s: expected a column %s", path, spec[k].name);
        CHECK(table_set_column(out, &t, k, spec[k].name, spec[k].type, spec[k].codes));
        if (spec[k].type == COLUMN_TEXT) CHECK(text_column_new(out, rows, &texts[k]));
    }
    for (size_t i = 0; i < rows; i++) {
        bool more;
        csv_row row;
        CHECK(csv_next(c, &more, &row));
        CHECK(fill_row(path, &row, n, spec, at, i, &t, texts));
    }
    for (size_t k = 0; k < n; k++)
        if (texts[k]) CHECK(text_column_end(texts[k], &t.column[k]));
    *result = t;
    return ST_OK;
}

void
csv_put_field(text_builder *b, text value)
{
    bool quote = false;
    for (size_t i = 0; i < value.n && !quote; i++) quote = strchr(",;\"\n\r\t", value.bytes[i]) != NULL;
    if (!quote) {
        text_put_bytes(b, value.bytes, value.n);
        return;
    }
    text_put_char(b, '"');
    for (size_t i = 0; i < value.n; i++) {
        if (value.bytes[i] == '"') text_put_char(b, '"');
        text_put_char(b, value.bytes[i]);
    }
    text_put_char(b, '"');
}

static void
put_cell(text_builder *b, const column *c, size_t row)
{
    int64_t value = column_value(c, row);
    if (c->type == COLUMN_DOUBLE) {
        text_put_double(b, column_double(c)[row]);
    } else if (value == INT64_MIN) {
        return;
    } else if (c->type == COLUMN_TEXT || (c->codes && c->type != COLUMN_SET)) {
        csv_put_field(b, column_text(c, row));
    } else if (c->type == COLUMN_DATE) {
        char day[11];
        date_format((int32_t)value, day);
        text_put(b, day);
    } else if (c->type == COLUMN_SET) {
        const char *bar = "";
        for (int i = 0; i < 32; i++) {
            if (!(value >> i & 1)) continue;
            text_put(b, bar);
            if (c->codes && (size_t)i < c->codes->n)
                text_put(b, c->codes->items[i].code);
            else
                text_printf(b, "%d", i);
            bar = "|";
        }
    } else {
        text_printf(b, "%lld", (long long)value);
    }
}

status
csv_write_table(const char *path, const table *t)
{
    SCRATCH(tmp);
    text_builder b = text_builder_new(tmp);
    for (size_t k = 0; k < t->columns; k++) {
        if (k) text_put_char(&b, ',');
        csv_put_field(&b, text_of(t->column[k].name));
    }
    text_put_char(&b, '\n');
    for (size_t i = 0; i < t->rows; i++) {
        for (size_t k = 0; k < t->columns; k++) {
            if (k) text_put_char(&b, ',');
            put_cell(&b, &t->column[k], i);
        }
        text_put_char(&b, '\n');
    }
    text content;
    CHECK(text_builder_end(&b, &content));
    return file_write(path, content);
}
