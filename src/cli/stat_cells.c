#include "cli/stat_cells.h"

#include "base/file.h"
#include "table/csv.h"

#include <math.h>

static bool
all_numbers(text line)
{
    bool digit = false;
    for (size_t i = 0; i < line.n && line.bytes[i] != '\n'; i++) {
        char c = line.bytes[i];
        if (!strchr("0123456789+-.,;\t \r", c)) return false; /* also a number that is no count: that is told with its place */
        digit = digit || (c >= '0' && c <= '9');
    }
    return digit;
}

static status
with_header(arena *a, text *bytes, size_t *first_row)
{
    *first_row = 2;
    if (!all_numbers(*bytes)) return ST_OK;
    *first_row = 1;
    text_builder b = text_builder_new(a);
    size_t columns = 1;
    char delimiter = ',';
    for (size_t i = 0; i < bytes->n && bytes->bytes[i] != '\n'; i++)
        if (strchr(",;\t", bytes->bytes[i])) delimiter = bytes->bytes[i], columns++;
    for (size_t c = 0; c < columns; c++) {
        if (c) text_put_char(&b, delimiter);
        text_printf(&b, "column %zu", c + 1);
    }
    text_put_char(&b, '\n');
    text_put_bytes(&b, bytes->bytes, bytes->n);
    return text_builder_end(&b, bytes);
}

status
stat_read_cells(arena *a, const char *file, stat_cells *result)
{
    text bytes;
    csv *c;
    CHECK(file_map(a, file, &bytes));
    size_t room = 0, first_row;
    CHECK(with_header(a, &bytes, &first_row));
    CHECK(csv_open_bytes(a, file, bytes, &(csv_options){.no_header = first_row == 1}, &c));
    stat_cells t = {.cols = csv_columns(c), .first_row = first_row};
    ALLOC(a, t.header, t.cols);
    for (size_t k = 0; k < t.cols; k++) {
        t.header[k] = arena_copy(a, csv_header(c, k).bytes, csv_header(c, k).n);
        if (!t.header[k]) FAIL(ST_NO_MEMORY, "out of memory (header)");
    }
    for (;;) {
        bool more;
        csv_row row;
        CHECK(csv_next(c, &more, &row));
        if (!more) break;
        if (t.rows == room) {
            text *grown;
            room = room ? 2 * room : 64;
            ALLOC(a, grown, room * t.cols);
            if (t.rows) memcpy(grown, t.field, t.rows * t.cols * sizeof *grown);
            t.field = grown;
        }
        for (size_t k = 0; k < t.cols; k++) {
            text v = text_trim(row.field[k]);
            char *copy = arena_copy(a, v.bytes, v.n);
            if (!copy) FAIL(ST_NO_MEMORY, "out of memory (fields)");
            t.field[t.rows * t.cols + k] = (text){copy, v.n};
        }
        t.rows++;
    }
    if (t.rows == 0) FAIL(ST_INVALID, "%s: no rows below the header", file);
    *result = t;
    return ST_OK;
}

int
stat_find_column(const stat_cells *t, const char *name)
{
    for (size_t k = 0; k < t->cols; k++)
        if (strcmp(t->header[k], name) == 0) return (int)k;
    return -1;
}

status
stat_read_count(const stat_cells *t, const char *file, size_t r, size_t k, int64_t *count)
{
    double value;
    if (!text_to_double(t->field[r * t->cols + k], &value) || value < 0 || value != floor(value) || value > 1e15)
        FAIL(ST_INVALID, "%s: row %zu, column %s: expected a count, a whole number from 0", file, r + t->first_row, t->header[k]);
    *count = (int64_t)value;
    return ST_OK;
}

status
stat_values_of(arena *a, const stat_cells *t, size_t k, size_t *n, const char ***name, size_t **of)
{
    ALLOC(a, *name, t->rows);
    ALLOC(a, *of, t->rows);
    *n = 0;
    for (size_t r = 0; r < t->rows; r++) {
        text v = t->field[r * t->cols + k];
        size_t i = 0;
        while (i < *n && !text_is(v, (*name)[i])) i++;
        if (i == *n) (*name)[(*n)++] = v.bytes;
        (*of)[r] = i;
    }
    return ST_OK;
}

/* row, column, count: one line a cell. */
static status
long_counts(arena *a, const stat_cells *t, const char *file, size_t count_at, stat_counts *c)
{
    size_t at[2], k = 0, *of[2];
    for (size_t i = 0; i < t->cols && k < 2; i++)
        if (i != count_at) at[k++] = i;
    if (t->cols != 3) FAIL(ST_INVALID, "%s: expected three columns: row, column and count", file);
    CHECK(stat_values_of(a, t, at[0], &c->rows, &c->row, &of[0]));
    CHECK(stat_values_of(a, t, at[1], &c->cols, &c->col, &of[1]));
    ALLOC(a, c->count, c->rows * c->cols);
    for (size_t r = 0; r < t->rows; r++) {
        int64_t n;
        CHECK(stat_read_count(t, file, r, count_at, &n));
        c->count[of[0][r] * c->cols + of[1][r]] += n;
    }
    return ST_OK;
}

/* One line a row, one column a column; a first column of labels may stand before. */
static status
wide_counts(arena *a, const stat_cells *t, const char *file, stat_counts *c)
{
    double number;
    size_t first = t->cols > 1 && (!*t->header[0] || !text_to_double(t->field[0], &number));
    c->rows = t->rows, c->cols = t->cols - first;
    ALLOC(a, c->row, c->rows);
    ALLOC(a, c->count, c->rows * c->cols);
    c->col = t->header + first;
    for (size_t r = 0; r < t->rows; r++) {
        c->row[r] = first ? t->field[r * t->cols].bytes : arena_printf(a, "row %zu", r + 1);
        if (!c->row[r]) FAIL(ST_NO_MEMORY, "out of memory (labels)");
        for (size_t k = 0; k < c->cols; k++) CHECK(stat_read_count(t, file, r, k + first, &c->count[r * c->cols + k]));
    }
    return ST_OK;
}

status
stat_read_counts(arena *a, const char *file, stat_counts *c)
{
    stat_cells t;
    CHECK(stat_read_cells(a, file, &t));
    int at = stat_find_column(&t, "count");
    CHECK(at >= 0 ? long_counts(a, &t, file, (size_t)at, c) : wide_counts(a, &t, file, c));
    if (c->rows < 2 || c->cols < 2) FAIL(ST_INVALID, "%s: expected at least two rows and two columns of counts", file);
    return ST_OK;
}
