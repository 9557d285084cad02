#include "monitor/figure.h"

#include "monitor/axis.h"
#include "monitor/bind.h"
#include "monitor/compare.h"
#include "monitor/curve.h"
#include "monitor/estimate.h"
#include "monitor/spread.h"
#include "monitor/variable.h"
#include "table/csv.h"

static bool
listed(uint32_t n, const char *const names[], const char *name)
{
    for (uint32_t i = 0; i < n; i++)
        if (!strcmp(names[i], name)) return true;
    return false;
}

/* keep &= the conditions, or &= not all of them. */
static status
narrow(const monitor_definition *d, const char *what, const table *t, uint32_t n, const monitor_condition conditions[],
       bool holds, uint8_t keep[])
{
    SCRATCH(tmp);
    condition *bound;
    uint8_t *here;
    bind_place at = {d->file, what};
    CHECK(bind_conditions(tmp, at, t, n, conditions, &bound));
    ALLOC(tmp, here, t->rows);
    CHECK(condition_select(t->rows, n, bound, here));
    for (size_t i = 0; i < t->rows; i++) keep[i] &= (uint8_t)(here[i] == holds);
    return ST_OK;
}

static status
leave_out(const monitor_definition *d, const monitor_exclusion *e, const table *t, uint8_t keep[])
{
    return narrow(d, e->name, t, e->where_count, e->where, false, keep);
}

status
figure_rows(const figure_source *source, const char *figure, const char *name, const table **result)
{
    const monitor_definition *d = source->d;
    const population *p = populations_find(source->populations, name);
    int u = unit_find(name);
    if (p) *result = &p->table;
    if (p) return ST_OK;
    if (monitor_population_find(d, name)) FAIL(ST_CONFIG, "%s: figure %s: population %s has no registers", d->file, figure, name);
    if (!source->units) FAIL(ST_CONFIG, "%s: figure %s counts persons: the monitor has no deliveries", d->file, figure);
    *result = u < 0 ? &source->units->counted : &source->units->table[u];
    return ST_OK;
}

status
figure_select(const figure_source *source, const monitor_figure *f, const table *t, uint8_t keep[])
{
    const monitor_definition *d = source->d;
    uint32_t n;
    const monitor_exclusion *e = monitor_exclusions(d, f->population, &n);
    memset(keep, 1, t->rows);
    for (uint32_t i = 0; i < n; i++)
        if (!listed(f->keep_count, f->keep, e[i].name)) CHECK(leave_out(d, &e[i], t, keep));
    return narrow(d, f->figure, t, f->where_count, f->where, true, keep);
}

status
figure_select_item(const figure_source *source, const monitor_figure *f, const monitor_item *item, const table *t, uint8_t keep[])
{
    const monitor_definition *d = source->d;
    memset(keep, 1, t->rows);
    for (uint32_t i = 0; i < item->without_count; i++)
        CHECK(leave_out(d, monitor_exclusion_find(d, f->population, item->without[i]), t, keep));
    return narrow(d, f->figure, t, item->where_count, item->where, true, keep);
}

static exact_measure
measure_of(const monitor_figure *f)
{
    if (f->measure && !strcmp(f->measure, "share")) return EXACT_SHARE;
    return f->measure && !strcmp(f->measure, "mean") ? EXACT_MEAN : EXACT_COUNT;
}

/* Every block as one item that has everybody. */
static status
everybody(arena *a, const tabulate_axis *axis, tabulate_axis *result)
{
    tabulate_block *block;
    ALLOC(a, block, axis->n);
    for (size_t i = 0; i < axis->n; i++) block[i] = (tabulate_block){NULL, 1, NULL, -1, -1};
    *result = (tabulate_axis){axis->n, block};
    return ST_OK;
}

/* The denominators, spread over the cells they stand under. */
static status
make_base(arena *out, const monitor_figure *f, const tabulate_job *job, const figure_axis axis[2], int64_t **result)
{
    SCRATCH(tmp);
    const char *within = f->within ? f->within : "column";
    tabulate_job whole = *job;
    tabulate_result r;
    if (strcmp(within, "row")) whole.down = axis[0].whole;
    if (strcmp(within, "column")) whole.across = axis[1].whole;
    if (f->everybody && strcmp(within, "row")) CHECK(everybody(tmp, &axis[0].whole, &whole.down));
    if (f->everybody && strcmp(within, "column")) CHECK(everybody(tmp, &axis[1].whole, &whole.across));
    whole.value = NULL;
    CHECK(tabulate_cells(tmp, &whole, &r));
    size_t rows = axis[0].exact.n, columns = axis[1].exact.n, at = 0;
    int64_t *base;
    ALLOC(out, base, rows * columns);
    for (size_t i = 0; i < axis[0].counts.n; i++) {
        size_t items = axis[0].counts.block[i].total_of >= 0 ? 1 : axis[0].counts.block[i].items;
        for (size_t k = 0; k < items; k++, at++) {
            size_t row = r.down == rows ? at : i, block = 0, left = 0;
            for (size_t c = 0; c < columns; c++, left++) {
                const tabulate_block *b = &axis[1].counts.block[block];
                if (left == (b->total_of >= 0 ? 1 : b->items)) left = 0, block++;
                base[at * columns + c] = r.count[row * r.across + (r.across == columns ? c : block)];
            }
        }
    }
    *result = base;
    return ST_OK;
}

/* Of steps from place to place: whose they are, however the chain is cut. */
static status
flow_of(arena *out, const figure_source *source, const monitor_figure *f, exact_table *t)
{
    const monitor_population *p = monitor_population_find(source->d, f->population);
    const exact_axis *axes[] = {&t->rows, &t->columns};
    static const char *const ends[] = {"from", "to"};
    monitor_figure own = *f;
    monitor_condition *where;
    if (!p || !p->kind || strcmp(p->kind, "moves")) return ST_OK;
    for (int k = 0; k < 2; k++)
        if (axes[k]->n == 0 || !axes[k]->item[0].dimension || strcmp(axes[k]->item[0].dimension, ends[k])) return ST_OK;
    ALLOC(out, where, f->where_count);
    own.where_count = 0;
    for (uint32_t i = 0; i < f->where_count; i++)
        if (strcmp(f->where[i].variable, "chain")) where[own.where_count++] = f->where[i];
    own.where = where;
    return figure_population(out, source, &own, NULL, &t->flow);
}

status
figure_table(arena *out, const figure_source *source, const monitor_figure *f, exact_table *result)
{
    SCRATCH(tmp);
    const table *t;
    figure_axis axis[2];
    CHECK(figure_rows(source, f->figure, f->population, &t));
    uint8_t *keep;
    ALLOC(tmp, keep, t->rows);
    CHECK(figure_select(source, f, t, keep));
    CHECK(figure_axis_bind(out, source, f, &f->rows, t, &axis[0]));
    CHECK(figure_axis_bind(out, source, f, &f->columns, t, &axis[1]));
    tabulate_job job = {t->rows, keep, axis[0].counts, axis[1].counts, NULL};
    bind_place at = {source->d->file, f->figure};
    exact_table made = {.figure = f->figure, .measure = measure_of(f), .rows = axis[0].exact, .columns = axis[1].exact};
    if (made.measure == EXACT_MEAN) CHECK(bind_column(at, t, f->value, &job.value));
    tabulate_result r;
    CHECK(tabulate_cells(out, &job, &r));
    made.count = r.count;
    made.sum = r.sum;
    made.low = r.low;
    made.high = r.high;
    if (made.measure == EXACT_SHARE) {
        int64_t *base;
        CHECK(make_base(out, f, &job, axis, &base));
        made.base = base;
    }
    CHECK(flow_of(out, source, f, &made));
    CHECK(figure_population(out, source, f, NULL, &made.population));
    *result = made;
    return ST_OK;
}

static int
item_find(const exact_axis *axis, text code)
{
    for (size_t i = 0; i < axis->n; i++)
        if (text_is(code, axis->item[i].code.code)) return (int)i;
    return -1;
}

static status
read_cells(const char *path, const char *figure, const exact_table *t, int64_t *count)
{
    SCRATCH(tmp);
    csv *c;
    csv_row row;
    const char *const names[] = {"figure", "row", "column", "value"};
    int at[4];
    CHECK(csv_open(tmp, path, NULL, &c));
    for (int i = 0; i < 4; i++)
        if ((at[i] = csv_find(c, names[i])) < 0)
            FAIL(ST_INVALID, "file %s: no column %s: a frequency table has figure,row,column,value", path, names[i]);
    for (bool more = true;;) {
        CHECK(csv_next(c, &more, &row));
        if (!more) return ST_OK;
        if (!text_is(row.field[at[0]], figure)) continue;
        int r = item_find(&t->rows, row.field[at[1]]), k = item_find(&t->columns, row.field[at[2]]);
        if (r < 0 || k < 0)
            FAIL(ST_INVALID, "file %s, row %zu: the definition of figure %s does not list this %s: add it to its items", path,
                 row.number, figure, r < 0 ? "row" : "column");
        int64_t *cell = &count[(size_t)r * t->columns.n + (size_t)k];
        if (*cell != EXACT_UNKNOWN) FAIL(ST_INVALID, "file %s, row %zu: the cell stands in the file before", path, row.number);
        if (!text_to_int(row.field[at[3]], cell) || *cell < 0)
            FAIL(ST_INVALID, "file %s, row %zu, column value: expected a whole number of 0 or more", path, row.number);
    }
}

/* "frequency": a table of counts that somebody else made; cells the file does not have are unknown. */
static status
make_frequency(arena *out, const figure_source *source, const monitor_figure *f, exact_table *result)
{
    SCRATCH(tmp);
    const monitor_definition *d = source->d;
    const monitor_table *from = NULL;
    figure_axis axis[2];
    for (uint32_t i = 0; i < d->tables_count; i++)
        if (!strcmp(d->tables[i].name, f->table)) from = &d->tables[i];
    if (measure_of(f) != EXACT_COUNT) FAIL(ST_CONFIG, "%s: figure %s: a frequency table has counts alone", d->file, f->figure);
    CHECK(figure_axis_bind(out, source, f, &f->rows, NULL, &axis[0]));
    CHECK(figure_axis_bind(out, source, f, &f->columns, NULL, &axis[1]));
    exact_table made = {.figure = f->figure, .measure = EXACT_COUNT, .rows = axis[0].exact, .columns = axis[1].exact};
    int64_t *count;
    size_t cells = made.rows.n * made.columns.n;
    ALLOC(out, count, cells);
    for (size_t i = 0; i < cells; i++) count[i] = EXACT_UNKNOWN;
    char *path = monitor_path(tmp, d, from->file);
    if (!path) FAIL(ST_NO_MEMORY, "out of memory (path)");
    CHECK(read_cells(path, f->from ? f->from : f->figure, &made, count));
    made.count = count;
    CHECK(figure_population(out, source, f, NULL, &made.population));
    *result = made;
    return ST_OK;
}

/* A further kind of figure is a further line here, and a paragraph in docs/monitor-definition.md. */
static const struct {
    const char *name;
    status (*make)(arena *out, const figure_source *source, const monitor_figure *f, exact_table *result);
} kinds[] = {
    {"table", figure_table},
    {"frequency", make_frequency},
    {"estimate", figure_estimate},
    {"compare", figure_compare},
    {"curve", figure_curve},
    {"spread", figure_spread},
};

status
figure_make(arena *out, const figure_source *source, const monitor_figure *f, exact_table *result)
{
    const char *kind = f->kind ? f->kind : f->table ? "frequency" : "table";
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (!strcmp(kinds[i].name, kind)) return kinds[i].make(out, source, f, result);
    FAIL(ST_CONFIG, "%s: figure %s: there is no kind %s: there are table, frequency, estimate, compare, curve and spread", source->d->file, f->figure, kind);
}

static exact_item
exclusion_item(const char *dimension, const char *code, const char *nl, const char *en, bool total)
{
    return (exact_item){{code, {nl, en}}, dimension, total};
}

/* Everybody before the exclusions, without controls. */
static status
before_exclusions(arena *out, const figure_source *source, const char *name, const char **result)
{
    SCRATCH(tmp);
    uint32_t n;
    const monitor_exclusion *e = monitor_exclusions(source->d, name, &n);
    const population *p = populations_find(source->populations, name);
    const char **names;
    ALLOC(tmp, names, n);
    for (uint32_t i = 0; i < n; i++) names[i] = e[i].name;
    CHECK(figure_population(out, source, &(monitor_figure){.population = name, .keep = names, .keep_count = n}, NULL, result));
    if (!p || !p->control) return ST_OK;
    const monitor_controls *c = NULL; /* a part has the controls of the population it is of */
    for (const monitor_population *m = p->p; m && !c; m = monitor_population_find(source->d, m->of)) c = m->controls;
    *result = arena_printf(out, "%s\n%s=%s", *result, c->variable, c->items[0].code);
    if (!*result) FAIL(ST_NO_MEMORY, "out of memory (exclusions)");
    return ST_OK;
}

const char *
figure_counted(const monitor_population *p, language in)
{
    const char *kind = p && p->kind ? p->kind : "rows";
    if (!p) return words_get(in, WORD("victims per year"));
    if (!strcmp(kind, "rows")) return words_get(in, WORD("registrations"));
    if (!strcmp(kind, "events")) return words_get(in, WORD("incidents"));
    return words_get(in, !strcmp(kind, "moves") ? WORD("steps") : WORD("persons"));
}

status
figure_exclusions(arena *out, const figure_source *source, const char *name, exact_table *result)
{
    SCRATCH(tmp);
    const monitor_definition *d = source->d;
    const population *p = populations_find(source->populations, name);
    const table *t;
    uint32_t n;
    const monitor_exclusion *e = monitor_exclusions(d, name, &n);
    exact_item *item, *one;
    int64_t *count;
    uint8_t *keep, *before, *own;
    const char *dimension;
    CHECK(figure_rows(source, FIGURE_EXCLUSIONS, name, &t));
    CHECK(figure_exclusion(out, d, name, &dimension));
    ALLOC(out, item, n + 2);
    ALLOC(out, one, 1);
    ALLOC(out, count, n + 2);
    ALLOC(tmp, keep, t->rows);
    ALLOC(tmp, before, t->rows);
    ALLOC(tmp, own, t->rows);
    for (size_t k = 0; k < t->rows; k++) own[k] = !(p && p->control && p->control[k]);
    memcpy(keep, own, t->rows);
    for (uint32_t i = 0; i < n; i++) {
        memcpy(before, keep, t->rows);
        CHECK(leave_out(d, &e[i], t, keep));
        for (size_t k = 0; k < t->rows; k++) count[i] += before[k] != keep[k];
        item[i] = exclusion_item(dimension, e[i].name, e[i].title.in[LANGUAGE_NL], e[i].title.in[LANGUAGE_EN], false);
    }
    for (size_t k = 0; k < t->rows; k++) count[n] += keep[k], count[n + 1] += own[k];
    item[n] = exclusion_item(dimension, "kept", words_get(LANGUAGE_NL, WORD("counted")), words_get(LANGUAGE_EN, WORD("counted")), false);
    item[n + 1] = exclusion_item(dimension, "total", words_get(LANGUAGE_NL, WORD("total")), words_get(LANGUAGE_EN, WORD("total")), true);
    bool years = !p;
    const char *unit = p ? p->p->name : "victim_year";
    const monitor_population *of = p ? p->p : NULL;
    one[0] = (exact_item){{unit, {figure_counted(of, LANGUAGE_NL), figure_counted(of, LANGUAGE_EN)}}, NULL, true};
    *result = (exact_table){.measure = EXACT_COUNT, .rows = {"exclusion", {words_get(LANGUAGE_NL, WORD("Left out, and counted")), words_get(LANGUAGE_EN, WORD("Left out, and counted"))}, false, n + 2, item},
                            .columns = {"unit", {"unit", "unit"}, false, 1, one}, .count = count};
    result->figure = years ? FIGURE_EXCLUSIONS : arena_printf(out, FIGURE_EXCLUSIONS "-%s", name);
    if (!result->figure) FAIL(ST_NO_MEMORY, "out of memory (exclusions)");
    return before_exclusions(out, source, name, &result->population);
}
