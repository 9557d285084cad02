#include "monitor/estimate.h"

#include "estimate/method.h"
#include "monitor/axis.h"
#include "monitor/bind.h"

#include <math.h>

enum { LISTS_MOST = 14 }; /* combinations of lists are the codes of an int16 column */

static int64_t
whole(double x)
{
    return isfinite(x) && x >= 0 && x < 9e15 ? (int64_t)floor(x + 0.5) : EXACT_UNKNOWN;
}

/* The cells of one row. */
static status
put_row(const figure_source *source, const monitor_figure *f, const exact_axis *columns, double observed, const finding *found, int64_t *cell)
{
    static const char *const names[] = {"observed", "estimate", "lower", "upper"};
    double value[] = {source->points ? NAN : observed, found ? found->estimate : NAN, found ? found->shown_lower : NAN, found ? found->shown_upper : NAN};
    for (size_t c = 0; c < columns->n; c++) {
        size_t k = 0;
        while (k < 4 && strcmp(columns->item[c].code.code, names[k]) != 0) k++;
        if (k == 4)
            FAIL(ST_CONFIG, "%s: figure %s, columns: an estimate has no %s: there are observed, estimate, lower, upper", source->d->file,
                 f->figure, columns->item[c].code.code);
        cell[c] = whole(value[k]);
    }
    return ST_OK;
}

static bool
usable(const finding *f)
{
    return !isnan(f->estimate) && (f->method != METHOD_LATENT || f->r_hat < 1.05);
}

/* ---- over an overlap table: the methods ---- */

static status
method_row(const figure_source *source, const monitor_figure *f, const overlap *o, const exact_axis *columns, const char *name, int64_t *cell)
{
    SCRATCH(tmp);
    method_options options = method_defaults();
    finding found;
    method m;
    if (!method_find(name, &m))
        FAIL(ST_CONFIG, "%s: figure %s, rows: no method %s: there are stepwise, bic, decomposable, latent, independence", source->d->file,
             f->figure, name);
    if (source->checking) return put_row(source, f, columns, o->total, NULL, cell);
    options.brief = true;
    status code = method_run(tmp, o, m, &options, &found);
    if (code == ST_UNSUPPORTED || code == ST_LIMIT) found = finding_nothing(m, "");
    else CHECK(code);
    return put_row(source, f, columns, o->total, usable(&found) ? &found : NULL, cell);
}

static status
over_methods(const figure_source *source, const monitor_figure *f, const exact_table *t, int64_t *count)
{
    SCRATCH(tmp);
    const monitor_table *from = NULL;
    overlap o;
    for (uint32_t i = 0; i < source->d->tables_count; i++)
        if (!strcmp(source->d->tables[i].name, f->table)) from = &source->d->tables[i];
    if (!from) FAIL(ST_CONFIG, "%s: figure %s: no table %s", source->d->file, f->figure, f->table);
    char *path = monitor_path(tmp, source->d, from->file);
    if (!path) FAIL(ST_NO_MEMORY, "out of memory (path)");
    CHECK(overlap_read(tmp, path, NULL, &o));
    for (size_t r = 0; r < t->rows.n; r++)
        CHECK(method_row(source, f, &o, &t->columns, t->rows.item[r].code.code, count + r * t->columns.n));
    return ST_OK;
}

/* ---- over persons: groups ---- */

/* The combination of reporters of each person as a column of codes. */
static status
combination(arena *a, const figure_source *source, const monitor_figure *f, const table *t, column *pattern, code_list *codes, int *lists)
{
    const column *set;
    bind_place at = {source->d->file, f->figure};
    if (!f->value) FAIL(ST_CONFIG, "%s: figure %s: value must name the set of reporters", source->d->file, f->figure);
    CHECK(bind_column(at, t, f->value, &set));
    if (set->type != COLUMN_SET || !set->codes)
        FAIL(ST_CONFIG, "%s: figure %s: %s is no set: an estimate needs the reporters of a person", source->d->file, f->figure, f->value);
    if (set->codes->n > LISTS_MOST)
        FAIL(ST_CONFIG, "%s: figure %s: %s has more than %d codes: group them", source->d->file, f->figure, f->value, LISTS_MOST);
    *lists = (int)set->codes->n;
    code *items;
    int16_t *mask;
    size_t n = (size_t)1 << *lists;
    ALLOC(a, items, n);
    ALLOC(a, mask, t->rows);
    for (size_t i = 0; i < n; i++) items[i].code = "";
    for (size_t r = 0; r < t->rows; r++) mask[r] = (int16_t)column_set(set)[r];
    *codes = (code_list){"combination", n, items};
    *pattern = (column){.name = "combination", .type = COLUMN_INT16, .data = mask, .codes = codes};
    return ST_OK;
}

/* One group: lists without anybody in it say nothing and are left out. */
static status
group_row(const figure_source *source, const monitor_figure *f, int lists, const int64_t *counts, const exact_axis *columns, int64_t *cell)
{
    SCRATCH(tmp);
    overlap o;
    finding found;
    double *count, observed = 0;
    method_options options = method_defaults();
    ALLOC(tmp, count, (size_t)1 << lists);
    for (size_t s = 1; s < (size_t)1 << lists; s++) observed += count[s] = (double)counts[s];
    status code = overlap_of_counts(tmp, lists, count, &o);
    if (code == ST_INVALID) return put_row(source, f, columns, observed, NULL, cell); /* fewer than two lists: no estimate */
    CHECK(code);
    if (source->points) options.replicates = 0;
    CHECK(method_run(tmp, &o, METHOD_STEPWISE, &options, &found));
    return put_row(source, f, columns, observed, usable(&found) ? &found : NULL, cell);
}

static status
over_groups(const figure_source *source, const monitor_figure *f, const figure_axis *rows, const exact_table *made, const table *t, int64_t *count)
{
    SCRATCH(tmp);
    column pattern;
    code_list codes;
    uint8_t *keep;
    int16_t *item;
    int lists;
    tabulate_result r;
    CHECK(combination(tmp, source, f, t, &pattern, &codes, &lists));
    if (t->rows == 0) return ST_OK;
    ALLOC(tmp, keep, t->rows);
    ALLOC(tmp, item, codes.n);
    for (size_t i = 0; i < codes.n; i++) item[i] = (int16_t)i;
    CHECK(figure_select(source, f, t, keep));
    tabulate_block block = {&pattern, codes.n, item, -1, -1};
    tabulate_job job = {t->rows, keep, rows->counts, {1, &block}, NULL};
    CHECK(tabulate_cells(tmp, &job, &r));
    for (size_t i = 0; i < made->rows.n; i++)
        CHECK(group_row(source, f, lists, r.count + i * codes.n, &made->columns, count + i * made->columns.n));
    return ST_OK;
}

status
figure_estimate(arena *out, const figure_source *source, const monitor_figure *f, exact_table *result)
{
    figure_axis axis[2];
    const table *t = NULL;
    const char *population;
    if (!f->table) {
        if (!source->units) FAIL(ST_CONFIG, "%s: figure %s counts persons: the monitor has no deliveries", source->d->file, f->figure);
        t = &source->units->table[unit_find(f->population)];
    }
    CHECK(figure_axis_bind(out, source, f, &f->rows, t, &axis[0]));
    CHECK(figure_axis_bind(out, source, f, &f->columns, NULL, &axis[1]));
    exact_table made = {.figure = f->figure, .measure = EXACT_COUNT, .rows = axis[0].exact, .columns = axis[1].exact};
    int64_t *count;
    size_t cells = made.rows.n * made.columns.n;
    made.rows.overlapping = made.columns.overlapping = true; /* estimates of groups do not add up to that of all */
    ALLOC(out, count, cells);
    for (size_t i = 0; i < cells; i++) count[i] = EXACT_UNKNOWN;
    if (t) CHECK(over_groups(source, f, &axis[0], &made, t, count));
    else CHECK(over_methods(source, f, &made, count));
    made.count = count;
    CHECK(figure_population(out, source, f, NULL, &population));
    made.population = arena_printf(out, "%s, estimate of figure %s", population, f->figure);
    if (!made.population) FAIL(ST_NO_MEMORY, "out of memory (figure)");
    *result = made;
    return ST_OK;
}
