/* Small registers for tests: tables as sources/registers.yaml declares them, filled by rows of numbers. */
#ifndef PEIL_TESTS_MONITOR_REGISTERS_H
#define PEIL_TESTS_MONITOR_REGISTERS_H

#include "testing.h"

#include "base/date.h"
#include "monitor/figure.h"
#include "table/declared.h"
#include "table/snapshot.h"

#include <math.h>

enum { NONE = -99 }; /* a missing value */

static inline int32_t
day_of(int year, int month, int day)
{
    int32_t out = DATE_MISSING;
    if (!date_from_parts((date_parts){year, month, day}, &out)) fail_msg("no such day");
    return out;
}

static inline void
put(table *t, const char *name, size_t row, int64_t value)
{
    column *c = table_column(t, name);
    if (!c) fail_msg("no column %s", name);
    bool none = value == NONE;
    if (c->type == COLUMN_INT8) ((int8_t *)c->data)[row] = (int8_t)(none ? INT8_MIN : value);
    if (c->type == COLUMN_INT16) ((int16_t *)c->data)[row] = (int16_t)(none ? INT16_MIN : value);
    if (c->type == COLUMN_INT32 || c->type == COLUMN_DATE) ((int32_t *)c->data)[row] = none ? INT32_MIN : (int32_t)value;
    if (c->type == COLUMN_DOUBLE) ((double *)c->data)[row] = none ? NAN : (double)value;
}

static inline int64_t
code_of(const table *t, const char *name, const char *code)
{
    int at = code_find(table_column(t, name)->codes, text_of(code));
    if (at < 0) fail_msg("%s has no code %s", name, code);
    return at;
}

/* The declared tables, without rows. */
typedef struct declared {
    size_t n;
    table *table;
} declared;

static inline declared
read_declared(arena *a)
{
    declared d;
    ASSERT_OK(table_declared_read(a, source_path(a, "sources/registers.yaml"), &d.n, &d.table));
    return d;
}

static inline table *
find_declared(const declared *d, const char *name)
{
    for (size_t i = 0; i < d->n; i++)
        if (!strcmp(d->table[i].name, name)) return &d->table[i];
    fail_msg("no table %s", name);
    return NULL;
}

/* Give a declared table rows. */
static inline table *
fill(arena *a, const declared *d, const char *name, size_t rows)
{
    table made, *t = find_declared(d, name);
    ASSERT_OK(table_declared_rows(a, t, rows, &made));
    *t = made;
    return t;
}

#endif
