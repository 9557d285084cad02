#include "table/csv.h"

#include "base/date.h"
#include "base/file.h"

#include <math.h>

struct csv {
    arena *a;
    const char *name;
    text bytes;
    size_t at, number;
    size_t field_limit;
    bool ragged;
    char delimiter;
    text *header;
    size_t columns;
    text *field; /* fields of the current row */
    size_t capacity;
    char *unquoted; /* bytes of unescaped fields of the current row */
    size_t unquoted_used, unquoted_capacity;
};

static char
find_delimiter(text bytes)
{
    size_t count[3] = {0};
    static const char candidates[3] = {',', ';', '\t'};
    bool quoted = false;
    for (size_t i = 0; i < bytes.n && (quoted || bytes.bytes[i] != '\n'); i++) {
        if (bytes.bytes[i] == '"') quoted = !quoted;
        for (int k = 0; k < 3; k++) count[k] += !quoted && bytes.bytes[i] == candidates[k];
    }
    int best = count[1] > count[0] ? 1 : 0;
    return count[2] > count[best] ? '\t' : candidates[best];
}

static status
grow_fields(csv *c)
{
    text *more;
    ALLOC(c->a, more, 2 * c->capacity);
    memcpy(more, c->field, c->capacity * sizeof *more);
    c->field = more;
    c->capacity *= 2;
    return ST_OK;
}

/* Copy a quoted field without its doubled quotes; `end` is just behind the closing quote. */
static status
unescape(csv *c, text inner, text *out)
{
    if (inner.n > c->unquoted_capacity - c->unquoted_used) {
        size_t capacity = 2 * (c->unquoted_capacity + inner.n); /* earlier fields keep pointing at the old bytes */
        ALLOC(c->a, c->unquoted, capacity);
        c->unquoted_capacity = capacity;
        c->unquoted_used = 0;
    }
    char *to = c->unquoted + c->unquoted_used;
    size_t n = 0;
    for (size_t i = 0; i < inner.n; i++) {
        to[n++] = inner.bytes[i];
        if (inner.bytes[i] == '"') i++;
    }
    c->unquoted_used += n;
    *out = (text){to, n};
    return ST_OK;
}

static void
skip_line(csv *c)
{
    const char *end = memchr(c->bytes.bytes + c->at, '\n', c->bytes.n - c->at);
    c->at = end ? (size_t)(end - c->bytes.bytes) + 1 : c->bytes.n;
}

/* One quoted field; c->at is behind its opening quote. */
static status
read_quoted(csv *c, size_t column, text *out)
{
    const char *p = c->bytes.bytes;
    size_t start = c->at;
    bool escaped = false;
    for (;;) {
        const char *quote = c->at < c->bytes.n ? memchr(p + c->at, '"', c->bytes.n - c->at) : NULL;
        if (!quote) {
            c->at = c->bytes.n;
            FAIL(ST_INVALID, "%s: row %zu, column %zu: a quote is opened and never closed: add the closing quote",
                 c->name, c->number, column + 1);
        }
        c->at = (size_t)(quote - p) + 1;
        if (c->at < c->bytes.n && p[c->at] == '"') {
            escaped = true;
            c->at++;
            continue;
        }
        break;
    }
    text inner = {p + start, c->at - 1 - start};
    char next = c->at < c->bytes.n ? p[c->at] : '\n';
    if (next != c->delimiter && next != '\n' && !(next == '\r' && (c->at + 1 == c->bytes.n || p[c->at + 1] == '\n'))) {
        skip_line(c);
        FAIL(ST_INVALID, "%s: row %zu, column %zu: text after a closing quote: double the quotes inside the field",
             c->name, c->number, column + 1);
    }
    if (!escaped) {
        *out = inner;
        return ST_OK;
    }
    return unescape(c, inner, out);
}

static void
read_plain(csv *c, text *out)
{
    const char *p = c->bytes.bytes + c->at, *end = c->bytes.bytes + c->bytes.n;
    const char *start = p;
    while (p < end && *p != c->delimiter && *p != '\n') p++;
    c->at += (size_t)(p - start);
    size_t n = (size_t)(p - start);
    if (n && start[n - 1] == '\r' && (p == end || *p == '\n')) n--;
    *out = (text){start, n};
}

static status
check_field(csv *c, size_t column, text value)
{
    if (value.n > c->field_limit)
        FAIL(ST_INVALID, "%s: row %zu, column %zu: a field of %zu bytes: at most %zu are read", c->name, c->number,
             column + 1, value.n, c->field_limit);
    if (!text_valid_utf8(value))
        FAIL(ST_INVALID, "%s: row %zu, column %zu: expected UTF-8 without NUL bytes: save the file as UTF-8", c->name,
             c->number, column + 1);
    return ST_OK;
}

/* Split one record into c->field; c->at is left at the next record even after a bad field. */
static status
read_record(csv *c, size_t *n)
{
    const char *p = c->bytes.bytes;
    status bad = ST_OK;
    c->unquoted_used = 0;
    *n = 0;
    for (;;) {
        if (*n == c->capacity) CHECK(grow_fields(c));
        text *field = &c->field[*n];
        if (c->at < c->bytes.n && p[c->at] == '"') {
            c->at++;
            CHECK(read_quoted(c, *n, field));
            if (c->at < c->bytes.n && p[c->at] == '\r') c->at++;
        } else {
            read_plain(c, field);
        }
        if (bad == ST_OK) bad = check_field(c, *n, *field);
        ++*n;
        if (c->at >= c->bytes.n || p[c->at] == '\n') break;
        c->at++;
    }
    if (c->at < c->bytes.n) c->at++;
    return bad;
}

static status
read_header(csv *c)
{
    c->number = 1;
    size_t n;
    CHECK(read_record(c, &n));
    ALLOC(c->a, c->header, n);
    for (size_t i = 0; i < n; i++) {
        text name = text_trim(c->field[i]);
        c->header[i].bytes = arena_copy(c->a, name.bytes, name.n);
        c->header[i].n = name.n;
        if (!c->header[i].bytes) FAIL(ST_NO_MEMORY, "out of memory (header of %s)", c->name);
        for (size_t k = 0; k < i; k++)
            if (text_equal(c->header[k], name))
                FAIL(ST_INVALID, "%s: columns %zu and %zu have the same name: rename one", c->name, k + 1, i + 1);
    }
    c->columns = n;
    return ST_OK;
}

status
csv_open_bytes(arena *a, const char *name, text bytes, const csv_options *options, csv **result)
{
    csv_options o = options ? *options : (csv_options){0};
    if (bytes.n >= 3 && memcmp(bytes.bytes, "\xef\xbb\xbf", 3) == 0) bytes.bytes += 3, bytes.n -= 3;
    if (bytes.n == 0) FAIL(ST_INVALID, "%s: the file is empty: expected a header line", name);
    csv *c;
    ALLOC(a, c, 1);
    *c = (csv){.a = a, .bytes = bytes, .capacity = 64, .unquoted_capacity = 4096, .ragged = o.ragged};
    c->name = arena_copy(a, name, strlen(name));
    if (!c->name) FAIL(ST_NO_MEMORY, "out of memory (csv)");
    c->field_limit = o.field_limit ? o.field_limit : 1 << 20;
    c->delimiter = o.delimiter ? o.delimiter : find_delimiter(bytes);
    ALLOC(a, c->field, c->capacity);
    ALLOC(a, c->unquoted, c->unquoted_capacity);
    CHECK(read_header(c));
    *result = c;
    return ST_OK;
}

status
csv_open(arena *a, const char *path, const csv_options *options, csv **result)
{
    text bytes;
    CHECK(file_map(a, path, &bytes));
    return csv_open_bytes(a, path, bytes, options, result);
}

size_t
csv_columns(const csv *c)
{
    return c->columns;
}

text
csv_header(const csv *c, size_t column)
{
    return column < c->columns ? c->header[column] : TEXT("");
}

int
csv_find(const csv *c, const char *column)
{
    for (size_t i = 0; i < c->columns; i++)
        if (text_is(c->header[i], column)) return (int)i;
    return -1;
}

status
csv_next(csv *c, bool *more, csv_row *row)
{
    const char *p = c->bytes.bytes;
    for (; c->at < c->bytes.n && (p[c->at] == '\n' || (p[c->at] == '\r' && c->at + 1 < c->bytes.n && p[c->at + 1] == '\n'));
         c->number++) /* blank lines */
        c->at += p[c->at] == '\r' ? 2 : 1;
    *more = c->at < c->bytes.n;
    if (!*more) return ST_OK;
    c->number++;
    size_t n;
    CHECK(read_record(c, &n));
    if (n != c->columns && !c->ragged)
        FAIL(ST_INVALID, "%s: row %zu: expected %zu fields as in the header, found %zu", c->name, c->number, c->columns, n);
    *row = (csv_row){c->number, n, c->field};
    return ST_OK;
}

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
fill_row(const csv *c, const csv_row *row, size_t n, const csv_column spec[], const int at[], size_t i, table *t,
         text_column *texts[])
{
    for (size_t k = 0; k < n; k++) {
        text value = at[k] >= 0 ? row->field[at[k]] : TEXT("");
        status code = texts[k] ? text_column_put(texts[k], i, value) : put_value(&t->column[k], i, value);
        if (code != ST_OK) return status_prefix(code, "%s: row %zu, column %s: ", c->name, row->number, spec[k].name);
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
        CHECK(fill_row(c, &row, n, spec, at, i, &t, texts));
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
