#include "register/delivery.h"

#include "base/date.h"
#include "base/file.h"
#include "table/csv.h"
#include "table/spss.h"

#include <math.h>
#include <stdio.h>

enum { NUMBER_WIDTH = 32 };

struct delivery {
    const register_source *source;
    const char *name;
    text bytes;
    size_t extra;
    csv *csv;   /* NULL: SPSS */
    size_t *at; /* [source->columns] column of the file */
    table sav;
    size_t next; /* SPSS: rows read so far */
    text *field;
    char (*number)[NUMBER_WIDTH];
};

static status
find_columns(delivery *d, size_t columns, int (*find)(const delivery *, const char *))
{
    const register_source *s = d->source;
    size_t missing = 0;
    const char *first = NULL;
    for (size_t i = 0; i < s->columns; i++) {
        int at = find(d, s->column[i]);
        if (at < 0 && missing++ == 0) first = s->column[i];
        d->at[i] = at < 0 ? 0 : (size_t)at;
    }
    d->extra = columns > s->columns - missing ? columns - (s->columns - missing) : 0;
    if (missing == 0) return ST_OK;
    FAIL(ST_INVALID, "%s: expected a column %s%s as %s describes: correct the header%s or the source", d->name, first,
         missing > 1 ? " and others" : "", s->path, s->sav ? "" : ", the delimiter");
}

static int
find_in_csv(const delivery *d, const char *column)
{
    return csv_find(d->csv, column);
}

static int
find_in_sav(const delivery *d, const char *column)
{
    for (size_t i = 0; i < d->sav.columns; i++)
        if (strcmp(d->sav.column[i].name, column) == 0) return (int)i;
    return -1;
}

status
register_delivery_open_bytes(arena *a, const register_source *s, const char *name, text bytes, delivery **result)
{
    delivery *d;
    ALLOC(a, d, 1);
    *d = (delivery){.source = s, .bytes = bytes, .name = arena_copy(a, name, strlen(name))};
    if (!d->name) FAIL(ST_NO_MEMORY, "out of memory (delivery)");
    ALLOC(a, d->at, s->columns);
    ALLOC(a, d->field, s->columns);
    if (s->sav) {
        ALLOC(a, d->number, s->columns);
        CHECK(spss_read_bytes(a, name, bytes, &d->sav));
        CHECK(find_columns(d, d->sav.columns, find_in_sav));
    } else {
        csv_options options = {.delimiter = s->delimiter, .field_limit = DELIVERY_FIELD_LIMIT};
        CHECK(csv_open_bytes(a, name, bytes, &options, &d->csv));
        CHECK(find_columns(d, csv_columns(d->csv), find_in_csv));
    }
    *result = d;
    return ST_OK;
}

status
register_delivery_open(arena *a, const register_source *s, const char *path, delivery **result)
{
    text bytes;
    CHECK(file_map(a, path, &bytes));
    const char *slash = strrchr(path, '/');
    return register_delivery_open_bytes(a, s, slash ? slash + 1 : path, bytes, result);
}

const char *
register_delivery_name(const delivery *d)
{
    return d->name;
}

text
register_delivery_bytes(const delivery *d)
{
    return d->bytes;
}

size_t
register_delivery_extra(const delivery *d)
{
    return d->extra;
}

/* A value of an SPSS column as the text a CSV would hold. */
static text
sav_text(const column *c, size_t row, char buffer[NUMBER_WIDTH])
{
    if (c->type == COLUMN_TEXT) return column_text(c, row);
    if (c->type == COLUMN_DATE) {
        if (column_int32(c)[row] == DATE_MISSING) return TEXT("");
        date_format(column_int32(c)[row], buffer);
        return text_of(buffer);
    }
    double value = column_double(c)[row];
    if (isnan(value)) return TEXT("");
    if (value == floor(value) && fabs(value) < 1e15)
        snprintf(buffer, NUMBER_WIDTH, "%.0f", value);
    else
        snprintf(buffer, NUMBER_WIDTH, "%.17g", value);
    return text_of(buffer);
}

static void
next_sav(delivery *d, bool *more, delivery_row *row)
{
    *more = d->next < d->sav.rows;
    if (!*more) return;
    for (size_t i = 0; i < d->source->columns; i++) d->field[i] = sav_text(&d->sav.column[d->at[i]], d->next, d->number[i]);
    *row = (delivery_row){++d->next, d->field};
}

status
register_delivery_next(delivery *d, bool *more, delivery_row *row)
{
    if (!d->csv) {
        next_sav(d, more, row);
        return ST_OK;
    }
    csv_row r;
    status code = csv_next(d->csv, more, &r);
    row->number = csv_number(d->csv);
    if (code != ST_OK || !*more) return code;
    for (size_t i = 0; i < d->source->columns; i++) d->field[i] = r.field[d->at[i]];
    row->field = d->field;
    return ST_OK;
}
