#include "monitor/curve.h"

#include "protect/statistic.h"

#include <math.h>

enum { END_AGAIN, END_DIED, END_LEFT, END_FOLLOWED, LEAST_AT_RISK = 10 };

status
figure_curve(arena *out, const figure_source *source, const monitor_figure *f, exact_table *result)
{
    monitor_block *row, *column;
    monitor_figure own = *f;
    if (!f->value) FAIL(ST_CONFIG, "%s: figure %s: value: name the window the curve is about", source->d->file, f->figure);
    ALLOC(out, row, 1);
    ALLOC(out, column, 1);
    row->variable = arena_printf(out, "%s_end", f->value);
    column->variable = arena_printf(out, "%s_year", f->value);
    if (!row->variable || !column->variable) FAIL(ST_NO_MEMORY, "out of memory (curve)");
    own.rows.blocks = row;
    own.columns.blocks = column;
    own.rows.blocks_count = own.columns.blocks_count = 1;
    own.measure = NULL;
    return figure_table(out, source, &own, result);
}

static double
count_of(const released *r, size_t end, size_t year)
{
    released_cell c = released_at(r, end, year);
    return c.state == RELEASED_VALUE ? c.value : NAN;
}

static double
at_risk(const released *r, size_t year)
{
    double n = 0;
    for (size_t k = year; k < released_columns(r)->n; k++)
        for (size_t end = 0; end <= END_FOLLOWED; end++) n += count_of(r, end, k);
    return n;
}

/* Percent that ended so by the end of the year, where nobody left early. */
static double
by_year(size_t end, size_t year, const released *from, const void *context)
{
    (void)context;
    double in_state = 1, sum = 0;
    size_t last = released_columns(from)->n - 1;
    for (size_t k = 0; k <= year; k++) {
        double lost = count_of(from, END_LEFT, k) + (k < last ? count_of(from, END_FOLLOWED, k) : 0), n = at_risk(from, k) - lost / 2;
        if (!(n >= LEAST_AT_RISK)) return NAN;
        double again = count_of(from, END_AGAIN, k) / n, died = count_of(from, END_DIED, k) / n;
        sum += in_state * (end == END_AGAIN ? again : died);
        in_state *= fmax(1 - again - died, 0);
    }
    return 100 * sum;
}

status
curve_release(arena *out, const exact_table *counts, const released *from, released **result)
{
    exact_table shape = *counts;
    shape.measure = EXACT_SHARE;
    shape.rows.n = 2;
    return protect_computed(out, &shape, from, by_year, NULL, result);
}
