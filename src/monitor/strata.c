#include "monitor/strata.h"

#include "monitor/axis.h"
#include "monitor/bind.h"
#include "tabulate/cells.h"

enum { MOST_STRATA = 30000 };

const monitor_controls *
strata_controls(const monitor_definition *d, const char *population)
{
    for (const monitor_population *p = monitor_population_find(d, population); p; p = monitor_population_find(d, p->of))
        if (p->controls) return p->controls;
    return NULL;
}

/* place[rows] = place * number of values + value; a missing value is one, too. */
static status
add_match(const table *t, const column *c, const uint8_t keep[], uint32_t place[], size_t *strata)
{
    int64_t low = INT64_MAX, high = INT64_MIN;
    for (size_t i = 0; i < t->rows; i++) {
        int64_t v = keep[i] ? column_value(c, i) : INT64_MIN;
        if (v == INT64_MIN) continue;
        low = v < low ? v : low, high = v > high ? v : high;
    }
    uint64_t values = low > high ? 1 : (uint64_t)(high - low) + 2;
    if (values > MOST_STRATA || *strata * values > MOST_STRATA)
        FAIL(ST_CONFIG, "%s: the values of %s make more than %d strata with those before: match on groups of it", t->name, c->name, MOST_STRATA);
    for (size_t i = 0; i < t->rows; i++) {
        if (!keep[i]) continue;
        int64_t v = column_value(c, i);
        place[i] = place[i] * (uint32_t)values + (v == INT64_MIN ? 0 : (uint32_t)(v - low) + 1);
    }
    *strata *= values;
    return ST_OK;
}

/* The column of the figure that a row is in: a block of single codes. */
static status
group_block(const figure_source *source, const monitor_figure *f, const figure_axis *axis, const tabulate_block **block)
{
    *block = &axis->counts.block[0];
    if (axis->counts.n != 1 || !(*block)->column || (*block)->column->type != COLUMN_INT8)
        FAIL(ST_CONFIG, "%s: figure %s: matched tests need one variable in the columns: the one that tells cases from controls", source->d->file, f->figure);
    return ST_OK;
}

/* Number strata by columns; those that nobody is in get no number. -1: in no column. */
static status
number_strata(arena *tmp, const table *t, const uint8_t keep[], const tabulate_block *group, uint32_t place[], size_t *n)
{
    int16_t *number;
    size_t strata = *n;
    ALLOC(tmp, number, strata);
    for (size_t i = 0; i < t->rows; i++)
        if (keep[i]) number[place[i]] = 1;
    *n = 0;
    for (size_t s = 0; s < strata; s++)
        if (number[s]) number[s] = (int16_t)(*n)++;
    for (size_t i = 0; i < t->rows; i++) {
        int8_t v = column_int8(group->column)[i];
        int16_t item = v < 0 ? -1 : group->item[v];
        place[i] = keep[i] && item >= 0 ? (uint32_t)number[place[i]] * (uint32_t)group->items + (uint32_t)item : UINT32_MAX;
    }
    return ST_OK;
}

/* A column of codes out of numbers. */
static status
coded(arena *tmp, const table *t, const uint32_t place[], size_t n, tabulate_block *result)
{
    column *c;
    code_list *codes;
    code *items;
    int16_t *data, *item;
    ALLOC(tmp, c, 1);
    ALLOC(tmp, codes, 1);
    ALLOC(tmp, items, n);
    ALLOC(tmp, data, t->rows);
    ALLOC(tmp, item, n);
    for (size_t i = 0; i < n; i++) item[i] = (int16_t)i;
    for (size_t i = 0; i < t->rows; i++) data[i] = place[i] == UINT32_MAX ? INT16_MIN : (int16_t)place[i];
    *codes = (code_list){"stratum", n, items};
    *c = (column){.name = "stratum", .type = COLUMN_INT16, .data = data, .codes = codes};
    *result = (tabulate_block){c, n, item, -1, -1};
    return ST_OK;
}

/* The denominators of each row, as of the figure itself. */
static status
spread_base(arena *out, const monitor_figure *f, const tabulate_job *counts, const figure_axis *rows, figure_strata *s)
{
    SCRATCH(tmp);
    static const tabulate_block everybody = {NULL, 1, NULL, -1, -1};
    tabulate_job job = *counts;
    tabulate_result r;
    int64_t *base;
    job.across = f->everybody ? (tabulate_axis){1, &everybody} : rows->whole;
    CHECK(tabulate_cells(tmp, &job, &r));
    ALLOC(out, base, r.down * s->rows);
    for (size_t i = 0; i < r.down; i++) {
        size_t row = 0;
        for (size_t b = 0; b < rows->counts.n; b++) {
            size_t items = rows->counts.block[b].total_of >= 0 ? 1 : rows->counts.block[b].items;
            for (size_t k = 0; k < items; k++) base[i * s->rows + row++] = r.count[i * r.across + (f->everybody ? 0 : b)];
        }
    }
    s->base = base;
    return ST_OK;
}

status
strata_count(arena *out, const figure_source *source, const monitor_figure *f, figure_strata *result)
{
    SCRATCH(tmp);
    const monitor_controls *c = strata_controls(source->d, f->population);
    const table *t;
    const tabulate_block *group;
    figure_axis rows, columns;
    tabulate_block *strata;
    uint8_t *keep;
    uint32_t *place;
    bind_place at = {source->d->file, f->figure};
    if (!c || (f->kind && strcmp(f->kind, "table")) || (f->within && strcmp(f->within, "column")))
        FAIL(ST_CONFIG, "%s: figure %s: matched tests need a table, within columns, of a population with controls", at.file, f->figure);
    CHECK(figure_rows(source, f->figure, f->population, &t));
    ALLOC(tmp, keep, t->rows);
    ALLOC(tmp, place, t->rows);
    ALLOC(tmp, strata, 1);
    CHECK(figure_select(source, f, t, keep));
    CHECK(figure_axis_bind(tmp, source, f, &f->rows, t, &rows));
    CHECK(figure_axis_bind(tmp, source, f, &f->columns, t, &columns));
    CHECK(group_block(source, f, &columns, &group));
    size_t n = 1;
    for (uint32_t i = 0; i < c->match_count; i++) {
        const column *match;
        CHECK(bind_column(at, t, c->match[i], &match));
        CHECK(add_match(t, match, keep, place, &n));
    }
    CHECK(number_strata(tmp, t, keep, group, place, &n));
    figure_strata made = {.n = n, .rows = rows.exact.n, .columns = group->items};
    *result = made;
    if (n == 0) return ST_OK;
    CHECK(coded(tmp, t, place, n * made.columns, strata));
    tabulate_job job = {t->rows, keep, {1, strata}, rows.counts, NULL};
    tabulate_result r;
    CHECK(tabulate_cells(out, &job, &r));
    made.count = r.count;
    if (f->measure && !strcmp(f->measure, "share")) CHECK(spread_base(out, f, &job, &rows, &made));
    *result = made;
    return ST_OK;
}
