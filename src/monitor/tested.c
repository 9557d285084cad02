#include "monitor/tested.h"

#include "follow/crosstab.h"
#include "monitor/measured.h"
#include "monitor/method.h"
#include "monitor/strata.h"
#include "monitor/welch.h"
#include "protect/statistic.h"

/* --- what is tested --- */

/* How one test of a figure goes about the matching, and what it compares. */
typedef struct tested_way {
    bool matched, beside, means, ordered;
} tested_way;

typedef struct collecting {
    arena *out;
    const figure_source *source;
    const monitor_figure *f;
    const exact_table *exact;
    figure_strata strata; /* n 0: no test asks for them */
    size_t n;
    protect_test *test;
    code (*name)[2];
    tested_way *way;
} collecting;

/* Positions of the items of one dimension that are no totals and no parts. */
static status
positions(const collecting *x, const exact_axis *axis, const char *dimension, size_t *n, size_t **result)
{
    ALLOC(x->out, *result, axis->n);
    *n = 0;
    for (size_t i = 0; i < axis->n; i++) {
        const exact_item *item = &axis->item[i];
        if (item->total || item->parent || !item->dimension) continue;
        if (!dimension) dimension = item->dimension;
        if (!strcmp(item->dimension, dimension)) (*result)[(*n)++] = i;
    }
    return ST_OK;
}

/* Name the results of a test, and note how it is made. */
static status
add_test(collecting *x, const monitor_test *m, const code *name, const protect_test *test)
{
    static const char *const words = WORD("as if not matched");
    tested_way *way = &x->way[x->n];
    code *names = x->name[x->n];
    *way = (tested_way){m->matched != NULL, m->matched && !strcmp(m->matched, "beside"), !strcmp(m->of, "means"), !strcmp(m->of, "ranks")};
    if (way->matched && (way->means || way->ordered))
        FAIL(ST_CONFIG, "%s: figure %s: tests of means and ranks ignore the matching: leave matched out", x->source->d->file, x->f->figure);
    if (way->matched && (test->columns != 2 || (!test->rest && test->rows != 2)))
        FAIL(ST_CONFIG, "%s: figure %s: a matched test compares two groups by a yes or no: two columns, and rows or two rows", x->source->d->file, x->f->figure);
    names[0] = *name;
    names[1].code = arena_printf(x->out, "%s-unmatched", name->code);
    if (!names[1].code) FAIL(ST_NO_MEMORY, "out of memory (tests)");
    for (int in = 0; in < LANGUAGE_COUNT; in++) {
        names[1].label[in] = arena_printf(x->out, "%s, %s", name->label[in], words_get((language)in, words));
        if (!names[1].label[in]) FAIL(ST_NO_MEMORY, "out of memory (tests)");
    }
    x->test[x->n++] = *test;
    return ST_OK;
}

static status
add_rows(collecting *x, const monitor_test *m)
{
    size_t rows, columns, *row, *column;
    CHECK(positions(x, &x->exact->rows, m->rows, &rows, &row));
    CHECK(positions(x, &x->exact->columns, m->dimension, &columns, &column));
    if (x->exact->measure != EXACT_SHARE || rows == 0 || columns < 2)
        FAIL(ST_CONFIG, "%s: figure %s: tests of rows need shares, and two columns or more of one dimension", x->source->d->file, x->f->figure);
    for (size_t i = 0; i < rows; i++)
        CHECK(add_test(x, m, &x->exact->rows.item[row[i]].code, &(protect_test){true, 1, columns, &row[i], column}));
    return ST_OK;
}

static status
add_table(collecting *x, const monitor_test *m)
{
    static const char *const of_all = WORD("all rows by all columns"), *const of_ranks = WORD("the columns by the order of the rows");
    const char *words = strcmp(m->of, "ranks") ? of_all : of_ranks;
    size_t rows, columns, *row, *column;
    CHECK(positions(x, &x->exact->rows, m->rows, &rows, &row));
    CHECK(positions(x, &x->exact->columns, m->dimension, &columns, &column));
    if (rows < 2 || columns < 2 || x->exact->rows.overlapping || x->exact->columns.overlapping)
        FAIL(ST_CONFIG, "%s: figure %s: tests of a table need two rows and two columns or more that nobody is in twice: test of: rows otherwise",
             x->source->d->file, x->f->figure);
    char *name = arena_printf(x->out, "table%zu", x->n + 1);
    if (!name) FAIL(ST_NO_MEMORY, "out of memory (tests)");
    const code named = {name, {words_get(LANGUAGE_NL, words), words_get(LANGUAGE_EN, words)}};
    return add_test(x, m, &named, &(protect_test){false, rows, columns, row, column});
}

static status
add_means(collecting *x, const monitor_test *m)
{
    static const char *const words = WORD("the means as printed");
    static const size_t first = 0;
    size_t columns, *column;
    CHECK(positions(x, &x->exact->columns, m->dimension, &columns, &column));
    if (!x->f->kind || strcmp(x->f->kind, "spread") || columns != 2)
        FAIL(ST_CONFIG, "%s: figure %s: a test of means needs a figure of kind spread with two parts", x->source->d->file, x->f->figure);
    const code named = {"means", {words_get(LANGUAGE_NL, words), words_get(LANGUAGE_EN, words)}};
    return add_test(x, m, &named, &(protect_test){false, 1, columns, &first, column});
}

static const struct {
    const char *of;
    status (*add)(collecting *x, const monitor_test *m);
} kinds[] = {{"table", add_table}, {"rows", add_rows}, {"means", add_means}, {"ranks", add_table}};

static status
add_tests(collecting *x, const monitor_test *m)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (!strcmp(m->of, kinds[i].of)) return kinds[i].add(x, m);
    FAIL(ST_CONFIG, "%s: figure %s: there is no test of %s: there are table, rows, means and ranks", x->source->d->file, x->f->figure, m->of);
}

static status
collect(collecting *x)
{
    size_t most = x->f->tests_count * (1 + x->exact->rows.n);
    bool matched = false;
    ALLOC(x->out, x->test, most);
    ALLOC(x->out, x->name, most);
    ALLOC(x->out, x->way, most);
    for (uint32_t i = 0; i < x->f->tests_count; i++) {
        const monitor_test *m = &x->f->tests[i];
        CHECK(add_tests(x, m));
        matched = matched || m->matched;
    }
    return matched ? strata_count(x->out, x->source, x->f, &x->strata) : ST_OK;
}

status
tested_check(const figure_source *source, const monitor_figure *f, const exact_table *exact)
{
    SCRATCH(tmp);
    collecting x = {.out = tmp, .source = source, .f = f, .exact = exact};
    return f->tests_count ? collect(&x) : ST_OK;
}

/* --- how --- */

/* The strata of a test: cases before controls, yes before no. */
static status
strata_of(arena *a, const collecting *x, const protect_test *test, follow_stratified **result)
{
    SCRATCH(tmp);
    const figure_strata *s = &x->strata;
    int64_t *tables, sum[2] = {0};
    ALLOC(tmp, tables, 4 * s->n);
    for (size_t i = 0; i < s->n; i++)
        for (size_t k = 0; k < 2; k++) {
            size_t at = (i * s->columns + test->column[k]) * s->rows;
            int64_t yes = s->count[at + test->row[0]], no = test->rest ? s->base[at + test->row[0]] - yes : s->count[at + test->row[1]];
            tables[4 * i + 2 * k] = yes, tables[4 * i + 2 * k + 1] = no;
            sum[k] += yes;
        }
    for (size_t k = 0; k < 2; k++)
        if (sum[k] != x->exact->count[test->row[0] * x->exact->columns.n + test->column[k]])
            FAIL(ST_INVALID, "figure %s: the strata of a matched test do not add up to its counts", x->f->figure);
    return follow_stratified_new(a, s->n, tables, result);
}

static status
choose(arena *a, const protect_tests *t, size_t test, const int64_t rounded[], protect_method *result)
{
    const collecting *x = t->context;
    const protect_test *of = &t->test[test];
    follow_stratified *strata = NULL;
    if (x->way[test].means) return welch_choose(a, t->released, of->column, rounded, t->reach, result);
    if (x->way[test].matched) CHECK(strata_of(a, x, of, &strata));
    method_input in = {of->rest ? 2 : of->rows, of->columns, rounded, strata, x->way[test].beside, x->way[test].ordered};
    return method_choose(a, &in, result);
}

/* --- a chapter --- */

static adjusted_by
way_of(const monitor_definition *d)
{
    return !d->adjust || !strcmp(d->adjust, "none") ? ADJUSTED_NOT : !strcmp(d->adjust, "holm") ? ADJUSTED_HOLM : ADJUSTED_BH;
}

/* The chapter a figure first stands in; their number and on: it is in none. */
static uint32_t
family_of(const monitor_definition *d, uint32_t figure)
{
    for (uint32_t c = 0; c < d->chapters_count; c++)
        for (uint32_t k = 0; k < d->chapters[c].pieces_count; k++) {
            const char *code = d->chapters[c].pieces[k].figure;
            if (code && !strcmp(code, d->figures[figure].figure)) return c;
        }
    return d->chapters_count + figure;
}

typedef struct releasing {
    arena *out;
    const figure_source *source;
    const exact_table *tables;
    const protect_result *report;
    const protect_measure *measure;
} releasing;

static status
prepare(const releasing *x, arena *tmp, uint32_t i, protect_tests *t)
{
    collecting *c;
    const monitor_figure *f = &x->source->d->figures[i];
    ALLOC(tmp, c, 1);
    *c = (collecting){.out = x->out, .source = x->source, .f = f, .exact = &x->tables[i]};
    CHECK(collect(c));
    char *figure = arena_printf(x->out, "%s-tests", f->figure);
    if (!figure) FAIL(ST_NO_MEMORY, "out of memory (tests)");
    *t = (protect_tests){.figure = figure, .exact = &x->tables[i], .released = x->report->released[i], .reach = x->report->certificate.largest_deviation,
                         .n = c->n, .test = c->test, .name = (const code(*)[2])c->name, .choose = choose, .context = c, .measures = MEASURED,
                         .measure = x->measure};
    return ST_OK;
}

static status
release_family(const releasing *x, uint32_t family, released *tests[])
{
    SCRATCH(tmp);
    const monitor_definition *d = x->source->d;
    protect_tests *figures;
    released **made;
    size_t n = 0;
    ALLOC(tmp, figures, d->figures_count);
    ALLOC(tmp, made, d->figures_count);
    for (uint32_t i = 0; i < d->figures_count; i++)
        if (d->figures[i].tests_count && family_of(d, i) == family) CHECK(prepare(x, tmp, i, &figures[n++]));
    CHECK(protect_statistics(x->out, n, figures, way_of(d), made));
    n = 0;
    for (uint32_t i = 0; i < d->figures_count; i++)
        if (d->figures[i].tests_count && family_of(d, i) == family) tests[i] = made[n++];
    return ST_OK;
}

status
tested_release(arena *out, const figure_source *source, const exact_table tables[], const protect_result *report, released *tests[])
{
    const monitor_definition *d = source->d;
    releasing x = {out, source, tables, report, NULL};
    CHECK(measured_list(out, &x.measure));
    for (uint32_t i = 0; i < d->figures_count; i++) {
        bool first = d->figures[i].tests_count > 0;
        for (uint32_t k = 0; k < i; k++) first = first && !(d->figures[k].tests_count && family_of(d, k) == family_of(d, i));
        if (first) CHECK(release_family(&x, family_of(d, i), tests));
    }
    return ST_OK;
}
