#include "base/date.h"
#include "base/file.h"
#include "table/spss.h"
#include "table/spss_wire.h"

#include <math.h>
#include <readstat.h>
#include <stdlib.h>

typedef struct writer {
    const table *t;
    readstat_writer_t *writer;
    readstat_variable_t **variable;
    text_builder bytes;
} writer;

static ssize_t
on_bytes(const void *bytes, size_t n, void *context)
{
    writer *w = context;
    text_put_bytes(&w->bytes, bytes, n);
    return w->bytes.failed ? -1 : (ssize_t)n;
}

static void
writer_close(void *object)
{
    readstat_writer_free(object);
}

static size_t
longest_text(const column *c, size_t rows)
{
    size_t longest = 1;
    for (size_t i = 0; i < rows; i++) {
        size_t n = column_text(c, i).n;
        if (n > longest) longest = n;
    }
    return longest;
}

static status
add_variable(writer *w, size_t k, const char *words)
{
    const column *c = &w->t->column[k];
    bool string = c->type == COLUMN_TEXT;
    if (c->type == COLUMN_SET) FAIL(ST_INVALID, "column %s: SPSS has no sets: write a column per code", c->name);
    size_t width = string ? longest_text(c, w->t->rows) : 0;
    readstat_variable_t *v =
        readstat_add_variable(w->writer, c->name, string ? READSTAT_TYPE_STRING : READSTAT_TYPE_DOUBLE, width);
    if (words) readstat_variable_set_label(v, words);
    if (c->type == COLUMN_DATE) readstat_variable_set_format(v, "EDATE10");
    if (c->type == COLUMN_INT8 || c->type == COLUMN_INT16 || c->type == COLUMN_INT32) readstat_variable_set_format(v, "F8.0");
    if (c->codes && !string) {
        readstat_label_set_t *set = readstat_add_label_set(w->writer, READSTAT_TYPE_DOUBLE, c->name);
        for (size_t i = 0; i < c->codes->n; i++)
            readstat_label_double_value(set, (double)i, c->codes->items[i].label[LANGUAGE_NL]);
        readstat_variable_set_label_set(v, set);
    }
    w->variable[k] = v;
    return ST_OK;
}

static readstat_error_t
write_value(writer *w, size_t k, size_t row)
{
    const column *c = &w->t->column[k];
    readstat_variable_t *v = w->variable[k];
    int64_t value = column_value(c, row);
    if (c->type == COLUMN_DOUBLE) {
        double x = column_double(c)[row];
        return isnan(x) ? readstat_insert_missing_value(w->writer, v) : readstat_insert_double_value(w->writer, v, x);
    }
    if (value == INT64_MIN) return readstat_insert_missing_value(w->writer, v);
    if (c->type == COLUMN_DATE)
        return readstat_insert_double_value(w->writer, v, ((double)value + SPSS_EPOCH_DAYS) * 86400);
    if (c->type != COLUMN_TEXT) return readstat_insert_double_value(w->writer, v, (double)value);
    SCRATCH(tmp);
    text words = column_text(c, row);
    char *string = arena_copy(tmp, words.bytes, words.n);
    return string ? readstat_insert_string_value(w->writer, v, string) : READSTAT_ERROR_MALLOC;
}

static readstat_error_t
write_rows(writer *w)
{
    for (size_t i = 0; i < w->t->rows; i++) {
        readstat_error_t error = readstat_begin_row(w->writer);
        for (size_t k = 0; k < w->t->columns && error == READSTAT_OK; k++) error = write_value(w, k, i);
        if (error == READSTAT_OK) error = readstat_end_row(w->writer);
        if (error != READSTAT_OK) return error;
    }
    return readstat_end_writing(w->writer);
}

status
spss_write(const char *path, const table *t, const spss_options *options)
{
    SCRATCH(tmp);
    spss_options o = options ? *options : (spss_options){0};
    writer w = {.t = t, .writer = readstat_writer_init(), .bytes = text_builder_new(tmp)};
    if (!w.writer) FAIL(ST_NO_MEMORY, "out of memory (%s)", path);
    CHECK(arena_defer(tmp, writer_close, w.writer));
    ALLOC(tmp, w.variable, t->columns);
    readstat_error_t error = readstat_set_data_writer(w.writer, on_bytes);
    if (error == READSTAT_OK) error = readstat_writer_set_file_timestamp(w.writer, 0);
    if (error == READSTAT_OK)
        error = readstat_writer_set_compression(w.writer, o.compressed ? READSTAT_COMPRESS_BINARY : READSTAT_COMPRESS_ROWS);
    if (error == READSTAT_OK && o.compressed) error = readstat_writer_set_file_format_version(w.writer, 3);
    for (size_t k = 0; k < t->columns; k++) CHECK(add_variable(&w, k, o.label ? o.label[k] : NULL));
    if (error == READSTAT_OK) error = readstat_begin_writing_sav(w.writer, &w, (long)t->rows);
    if (error == READSTAT_OK) error = write_rows(&w);
    if (error != READSTAT_OK) FAIL(ST_INVALID, "%s: cannot be written as an SPSS file: %s", path, readstat_error_message(error));
    text content;
    CHECK(text_builder_end(&w.bytes, &content));
    return file_write(path, content);
}
