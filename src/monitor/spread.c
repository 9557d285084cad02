#include "monitor/spread.h"

#include "monitor/bind.h"
#include "monitor/compare.h"
#include "protect/spread.h"

#include <math.h>
#include <stdlib.h>

/* Each part with a further condition: that the number is known. So those who are counted are named for what they are. */
static status
known_parts(arena *out, const monitor_figure *f, monitor_part **result)
{
    monitor_part *parts;
    ALLOC(out, parts, f->parts_count);
    for (uint32_t i = 0; i < f->parts_count; i++) {
        monitor_condition *where;
        uint32_t n = f->parts[i].where_count;
        ALLOC(out, where, n + 1);
        for (uint32_t k = 0; k < n; k++) where[k] = f->parts[i].where[k];
        where[n] = (monitor_condition){.variable = f->parts[i].value ? f->parts[i].value : f->value, .known = true};
        parts[i] = f->parts[i];
        parts[i].where = where;
        parts[i].where_count = n + 1;
    }
    *result = parts;
    return ST_OK;
}

status
figure_spread(arena *out, const figure_source *source, const monitor_figure *f, exact_table *result)
{
    monitor_block *one;
    monitor_figure own = *f;
    ALLOC(out, one, 1);
    *one = (monitor_block){.everybody = true, .code = "mean"};
    own.rows.blocks = one;
    own.rows.blocks_count = 1;
    own.measure = "mean";
    if (f->parts_count == 0 || f->rows.blocks_count || f->columns.blocks_count)
        FAIL(ST_CONFIG, "%s: figure %s: a spread has parts, and no blocks", source->d->file, f->figure);
    for (uint32_t i = 0; i < f->parts_count; i++)
        if (!f->value && !f->parts[i].value)
            FAIL(ST_CONFIG, "%s: figure %s: value: name the number whose mean and median are shown", source->d->file, f->figure);
    CHECK(known_parts(out, f, &own.parts));
    return figure_compare(out, source, &own, result);
}

static int
compare_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double
number_at(const column *c, size_t i)
{
    if (c->type == COLUMN_DOUBLE) return column_double(c)[i];
    int64_t v = column_value(c, i);
    return v == INT64_MIN ? (double)NAN : (double)v;
}

/* The values of a part, ascending. */
static status
values_of(arena *a, const figure_source *source, const monitor_figure *f, const monitor_part *p, spread_values *result)
{
    SCRATCH(tmp);
    const table *t;
    const column *c;
    uint8_t *keep;
    double *value;
    monitor_condition *where;
    monitor_figure own = *f;
    size_t n = 0;
    ALLOC(tmp, where, f->where_count + p->where_count);
    for (uint32_t i = 0; i < f->where_count; i++) where[i] = f->where[i];
    for (uint32_t i = 0; i < p->where_count; i++) where[f->where_count + i] = p->where[i];
    own.population = p->population;
    own.where = where;
    own.where_count += p->where_count;
    own.keep = p->keep;
    own.keep_count = p->keep_count;
    CHECK(figure_rows(source, f->figure, p->population, &t));
    CHECK(bind_column((bind_place){source->d->file, f->figure}, t, p->value ? p->value : f->value, &c));
    ALLOC(tmp, keep, t->rows);
    CHECK(figure_select(source, &own, t, keep));
    for (size_t i = 0; i < t->rows; i++) n += keep[i] && !isnan(number_at(c, i));
    ALLOC(a, value, n);
    n = 0;
    for (size_t i = 0; i < t->rows; i++)
        if (keep[i] && !isnan(number_at(c, i))) value[n++] = number_at(c, i);
    if (n) qsort(value, n, sizeof *value, compare_value);
    *result = (spread_values){n, value};
    return ST_OK;
}

status
spread_release(arena *out, const figure_source *source, const monitor_figure *f, const exact_table *means, const released *from,
               released **result)
{
    SCRATCH(tmp);
    spread_values *v;
    ALLOC(tmp, v, f->parts_count);
    for (uint32_t i = 0; i < f->parts_count; i++) CHECK(values_of(tmp, source, f, &f->parts[i], &v[i]));
    return protect_spread(out, means, from, v, result);
}
