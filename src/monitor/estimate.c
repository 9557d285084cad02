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

/* One row: what its columns can show, NaN where there is none. */
typedef struct estimate_row {
    double observed, estimate, lower, upper;
} estimate_row;

static status
put_row(const figure_source *source, const monitor_figure *f, const exact_axis *columns, estimate_row row, int64_t *cell)
{
    static const char *const names[] = {"observed", "estimate", "lower", "upper"};
    double value[] = {source->points ? NAN : row.observed, row.estimate, row.lower, row.upper};
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

static estimate_row
row_of(double observed, const finding *found)
{
    if (!found || !usable(found)) return (estimate_row){observed, NAN, NAN, NAN};
    return (estimate_row){observed, found->estimate, found->shown_lower, found->shown_upper};
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
    if (source->checking) return put_row(source, f, columns, row_of(o->total, NULL), cell);
    options.brief = true;
    status code = method_run(tmp, o, m, &options, &found);
    if (code == ST_UNSUPPORTED || code == ST_LIMIT) found = finding_nothing(m, "");
    else CHECK(code);
    return put_row(source, f, columns, row_of(o->total, &found), cell);
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
group_row(const figure_source *source, int lists, const int64_t *counts, estimate_row *row)
{
    SCRATCH(tmp);
    overlap o;
    finding found;
    double *count, observed = 0;
    method_options options = method_defaults();
    ALLOC(tmp, count, (size_t)1 << lists);
    for (size_t s = 1; s < (size_t)1 << lists; s++) observed += count[s] = (double)counts[s];
    *row = row_of(observed, NULL);
    status code = overlap_of_counts(tmp, lists, count, &o);
    if (code == ST_INVALID) return ST_OK; /* fewer than two lists: no estimate */
    CHECK(code);
    if (source->points) options.replicates = 0;
    CHECK(method_run(tmp, &o, METHOD_STEPWISE, &options, &found));
    *row = row_of(observed, &found);
    return ST_OK;
}

/* The sum of groups that are estimated each by itself: limits by the squares of the distances to theirs (Zou & Donner 2008,
 * doi:10.1002/sim.3095). A group nobody was seen in adds nothing; another
 * without an estimate, or without a limit, leaves the sum without. */
static estimate_row
sum_of(size_t n, const estimate_row row[])
{
    estimate_row sum = {0, 0, 0, 0};
    double below = 0, above = 0;
    for (size_t i = 0; i < n; i++) {
        if (row[i].observed == 0) continue;
        sum.observed += row[i].observed, sum.estimate += row[i].estimate;
        below += (row[i].estimate - row[i].lower) * (row[i].estimate - row[i].lower);
        above += (row[i].upper - row[i].estimate) * (row[i].upper - row[i].estimate);
    }
    sum.lower = sum.estimate - sqrt(below), sum.upper = sum.estimate + sqrt(above);
    return sum;
}

/* counts  [items][patterns]
 * row     [items] */
static status
group_rows(const figure_source *source, const tabulate_axis *rows, int lists, const int64_t *counts, estimate_row row[])
{
    for (size_t b = 0, at = 0; b < rows->n; at += rows->block[b++].items) {
        const tabulate_block *block = &rows->block[b];
        size_t from = 0;
        for (int k = 0; k < block->total_of; k++) from += rows->block[k].items;
        if (block->total_of >= 0) row[at] = sum_of(rows->block[block->total_of].items, row + from);
        else
            for (size_t i = at; i < at + block->items; i++) CHECK(group_row(source, lists, counts + (i << lists), &row[i]));
    }
    return ST_OK;
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
    estimate_row *row;
    CHECK(combination(tmp, source, f, t, &pattern, &codes, &lists));
    for (size_t b = 0; b < rows->counts.n; b++) {
        const tabulate_block *block = &rows->counts.block[b];
        if (block->total_of >= 0 && rows->counts.block[block->total_of].column->type == COLUMN_SET)
            FAIL(ST_CONFIG, "%s: figure %s, rows: the total is of a set, whose groups share persons: take everybody, or groups nobody is in twice",
                 source->d->file, f->figure);
    }
    if (t->rows == 0) return ST_OK;
    ALLOC(tmp, keep, t->rows);
    ALLOC(tmp, item, codes.n);
    for (size_t i = 0; i < codes.n; i++) item[i] = (int16_t)i;
    CHECK(figure_select(source, f, t, keep));
    tabulate_block block = {&pattern, codes.n, item, -1, -1};
    tabulate_job job = {t->rows, keep, rows->counts, {1, &block}, NULL};
    CHECK(tabulate_cells(tmp, &job, &r));
    ALLOC(tmp, row, made->rows.n);
    CHECK(group_rows(source, &rows->counts, lists, r.count, row));
    for (size_t i = 0; i < made->rows.n; i++) CHECK(put_row(source, f, &made->columns, row[i], count + i * made->columns.n));
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
    made.rows.overlapping = made.columns.overlapping = true; /* limits do not add up, nor do estimates of groups to one of all at once */
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
