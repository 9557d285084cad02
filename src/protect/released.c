#include "protect/released_make.h"

#include <math.h>

status
released_make(arena *out, const exact_table *t, released **result)
{
    released *r;
    ALLOC(out, r, 1);
    size_t n = t->rows.n * t->columns.n;
    *r = (released){.figure = t->figure, .measure = t->measure, .rows = t->rows, .columns = t->columns};
    ALLOC(out, r->cell, n);
    for (size_t i = 0; i < n; i++)
        r->cell[i] = (released_cell){RELEASED_UNKNOWN, NAN, 0, WORD("not available")};
    *result = r;
    return ST_OK;
}

const char *
released_figure(const released *r)
{
    return r->figure;
}

exact_measure
released_measure(const released *r)
{
    return r->measure;
}

const exact_axis *
released_rows(const released *r)
{
    return &r->rows;
}

const exact_axis *
released_columns(const released *r)
{
    return &r->columns;
}

bool
released_published(const released *r)
{
    return r->published;
}

released_cell
released_at(const released *r, size_t row, size_t column)
{
    if (row < r->rows.n && column < r->columns.n) return r->cell[row * r->columns.n + column];
    return (released_cell){RELEASED_UNKNOWN, NAN, 0, WORD("not available")};
}
