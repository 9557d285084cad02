#include "monitor/report.h"

#include "base/date.h"
#include "monitor/appendix.h"
#include "monitor/figure.h"
#include "monitor/movement.h"
#include "monitor/tested.h"
#include "publish/number.h"

typedef struct reporting {
    arena *out;
    const provenance *p;
    const monitor_definition *d;
    const report_parts *parts;
    figure *figures; /* [figures of the definition] */
} reporting;

static phrase
phrase_of(const monitor_words *w)
{
    phrase p = {{NULL}};
    for (int in = 0; w && in < LANGUAGE_COUNT; in++) p.in[in] = w->in[in];
    return p;
}

static status
make_chart(const reporting *x, const char *figure, const monitor_chart *m, figure_chart *chart)
{
    if (!chart_kind_find(text_of(m->kind), &chart->kind))
        FAIL(ST_CONFIG, "%s: figure %s: there is no chart %s: there are none, line, bars, stacked, hbars, dots, heat, multiples",
             x->d->file, figure, m->kind);
    chart->dimension = m->dimension;
    chart->column = m->column;
    chart->row = m->row;
    chart->title = phrase_of(&m->title);
    chart_remark *remarks;
    ALLOC(x->out, remarks, m->remarks_count);
    for (uint32_t i = 0; i < m->remarks_count; i++) remarks[i] = (chart_remark){m->remarks[i].at, phrase_of(&m->remarks[i].text)};
    chart->remarks = m->remarks_count;
    chart->remark = remarks;
    return ST_OK;
}

/* Who is counted, in words: one population, or those a figure compares. */
static status
population_words(const reporting *x, const char *name, language in, const char **result)
{
    static const char *const units[UNITS] = {
        WORD("Notifications"), WORD("Victims per calendar year: a person counts once in each year with a notification"),
        WORD("Victims: a person counts once over the whole period")};
    const monitor_population *p = monitor_population_find(x->d, name);
    int u = name ? unit_find(name) : -1;
    const char *words = !name ? words_get(in, WORD("As counted by the source"))
                        : p   ? p->title.in[in]
                              : words_get(in, u < 0 ? WORD("Reports counted without identity") : units[u]);
    const char *from = p && p->from ? p->from : x->d->from, *until = p && p->until ? p->until : x->d->until;
    *result = arena_printf(x->out, "%s, %s - %s", words, from, until);
    if (!*result) FAIL(ST_NO_MEMORY, "out of memory (population)");
    return ST_OK;
}

static bool
is_new_part(const monitor_figure *f, uint32_t i)
{
    for (uint32_t k = 0; k < i; k++)
        if (!strcmp(f->parts[k].population, f->parts[i].population)) return false;
    return true;
}

static status
make_population(const reporting *x, const monitor_figure *f, phrase *result)
{
    for (int in = 0; in < LANGUAGE_COUNT; in++) {
        if (f->parts_count == 0) {
            CHECK(population_words(x, f->population, (language)in, &result->in[in]));
            continue;
        }
        text_builder b = text_builder_new(x->out);
        text made;
        for (uint32_t i = 0; i < f->parts_count; i++) {
            const char *words;
            if (!is_new_part(f, i)) continue;
            CHECK(population_words(x, f->parts[i].population, (language)in, &words));
            text_printf(&b, "%s%s", i ? "; " : "", words);
        }
        CHECK(text_builder_end(&b, &made));
        result->in[in] = made.bytes;
    }
    return ST_OK;
}

static const released *
find_released(const reporting *x, const char *figure, const char *population)
{
    size_t n = strlen(figure);
    for (size_t i = 0; i < x->parts->report->n; i++) {
        const released *r = x->parts->report->released[i];
        const char *code = released_figure(r);
        if (strncmp(code, figure, n)) continue;
        if (population ? code[n] == '-' && !strcmp(code + n + 1, population) : code[n] == 0) return r;
    }
    return NULL;
}

enum { MOST_EXCLUSIONS = 64 };

static void
add_line(figure *result, exclusion *list, phrase words, cell_reference count)
{
    for (size_t i = 0; i < result->exclusions; i++)
        if (list[i].count.figure == count.figure && list[i].count.row == count.row && list[i].count.column == count.column) return;
    if (result->exclusions < MOST_EXCLUSIONS) list[result->exclusions++] = (exclusion){words, count};
}

/* What stands in a row of such a table from column `first` to `last`, where it is not zero. */
static void
add_row(const reporting *x, const char *table, const char *row, size_t first, size_t last, figure *result, exclusion *list)
{
    const released *r = find_released(x, table, NULL);
    for (size_t i = 0; r && i < released_rows(r)->n; i++) {
        if (strcmp(released_rows(r)->item[i].code.code, row)) continue;
        for (size_t k = first; k <= last && k < released_columns(r)->n; k++) {
            released_cell c = released_at(r, i, k);
            const code *own = &released_columns(r)->item[k].code;
            if (c.state != RELEASED_VALUE || c.value != 0) add_line(result, list, (phrase){{own->label[0], own->label[1]}}, (cell_reference){r, i, k});
        }
    }
}

/* Who was left out of a population, and before that of those it is a part of. */
static void
add_exclusions(const reporting *x, const monitor_figure *f, const char *name, figure *result, exclusion *list)
{
    const monitor_population *p = monitor_population_find(x->d, name);
    uint32_t n;
    const monitor_exclusion *e = monitor_exclusions(x->d, name, &n);
    const released *counts = find_released(x, FIGURE_EXCLUSIONS, p ? name : NULL);
    if (!p && strcmp(name, unit_name(UNIT_VICTIM_YEAR))) return;
    if (p && p->of) add_exclusions(x, NULL, p->of, result, list);
    if (p && p->table && !p->of) add_row(x, REGISTERS_FIGURE, p->table, FAULT_NO_DAY, FAULTS - 1, result, list);
    for (uint32_t i = 0; counts && i < n; i++) {
        bool kept = false;
        for (uint32_t k = 0; f && k < f->keep_count; k++) kept = kept || !strcmp(f->keep[k], e[i].name);
        if (!kept) add_line(result, list, phrase_of(&e[i].title), (cell_reference){counts, i, 0});
    }
    if (p && p->controls) add_row(x, CONTROLS_FIGURE, name, 1, 1, result, list);
}

static status
make_exclusions(const reporting *x, const monitor_figure *f, figure *result)
{
    exclusion *list;
    ALLOC(x->out, list, MOST_EXCLUSIONS);
    if (f->population) add_exclusions(x, f, f->population, result, list);
    for (uint32_t i = 0; i < f->parts_count; i++)
        if (is_new_part(f, i)) add_exclusions(x, NULL, f->parts[i].population, result, list);
    result->exclusion = list;
    return ST_OK;
}

static const monitor_words *
source_of(const reporting *x, const monitor_figure *f)
{
    for (uint32_t i = 0; f->table && i < x->d->tables_count; i++)
        if (!strcmp(x->d->tables[i].name, f->table)) return &x->d->tables[i].source;
    return NULL;
}

static status
make_figure(const reporting *x, uint32_t i, figure *result)
{
    const monitor_figure *f = &x->d->figures[i];
    figure_chart *charts;
    phrase *remarks;
    const char *definition;
    ALLOC(x->out, charts, f->charts_count);
    for (uint32_t k = 0; k < f->charts_count; k++) CHECK(make_chart(x, f->figure, &f->charts[k], &charts[k]));
    *result = (figure){.data = x->parts->report->released[i], .number = f->number, .tests = x->parts->tests[i], .title = phrase_of(&f->title), .note = phrase_of(&f->note),
                       .source = phrase_of(source_of(x, f)), .unit = phrase_of(&f->unit), .charts = f->charts_count, .chart = charts};
    CHECK(tested_sentences(x->out, x->d, result->tests, &result->remarks, &remarks));
    result->remark = remarks;
    CHECK(figure_population_words(x->out, x->parts->population[i], &definition));
    for (int in = 0; in < LANGUAGE_COUNT; in++) result->definition.in[in] = definition;
    CHECK(make_population(x, f, &result->population));
    return make_exclusions(x, f, result);
}

static const figure *
figure_of(const reporting *x, const char *code)
{
    return &x->figures[monitor_figure_find(x->d, code) - x->d->figures];
}

static status
make_chapters(const reporting *x, document *doc)
{
    chapter *chapters;
    ALLOC(x->out, chapters, x->d->chapters_count + x->d->appendix);
    for (uint32_t i = 0; i < x->d->chapters_count; i++) {
        const monitor_chapter *m = &x->d->chapters[i];
        block *blocks;
        ALLOC(x->out, blocks, m->pieces_count);
        for (uint32_t k = 0; k < m->pieces_count; k++) {
            const monitor_piece *p = &m->pieces[k];
            if (p->figure)
                blocks[k] = (block){BLOCK_FIGURE, {{NULL}}, figure_of(x, p->figure)};
            else
                blocks[k] = (block){p->heading ? BLOCK_HEADING : BLOCK_PARAGRAPH, phrase_of(p->heading ? p->heading : p->text), NULL};
        }
        chapters[i] = (chapter){m->id, phrase_of(&m->title), phrase_of(&m->lead), m->pieces_count, blocks};
    }
    if (x->d->appendix) CHECK(appendix_chapter(x->out, x->d, x->parts->report, &chapters[x->d->chapters_count]));
    doc->chapters = x->d->chapters_count + x->d->appendix;
    doc->chapter = chapters;
    return ST_OK;
}

static int
item_find(const exact_axis *axis, const char *code)
{
    for (size_t i = 0; i < axis->n; i++)
        if (!strcmp(axis->item[i].code.code, code)) return (int)i;
    return -1;
}

static status
make_keys(const reporting *x, document *doc)
{
    key_figure *keys;
    ALLOC(x->out, keys, x->d->keys_count);
    for (uint32_t i = 0; i < x->d->keys_count; i++) {
        const monitor_key *m = &x->d->keys[i];
        const released *r = figure_of(x, m->figure)->data;
        int row = item_find(released_rows(r), m->row), column = item_find(released_columns(r), m->column);
        if (row < 0 || column < 0)
            FAIL(ST_CONFIG, "%s: keys: figure %s has no %s %s", x->d->file, m->figure, row < 0 ? "row" : "column", row < 0 ? m->row : m->column);
        keys[i] = (key_figure){{r, (size_t)row, (size_t)column}, phrase_of(&m->label), phrase_of(&m->note), m->trend};
    }
    doc->keys = x->d->keys_count;
    doc->key = keys;
    return ST_OK;
}

static status
hex_of(arena *out, hash h, const char **result)
{
    char hex[HASH_HEX];
    hash_hex(h, hex);
    *result = arena_copy(out, hex, sizeof hex - 1);
    if (!*result) FAIL(ST_NO_MEMORY, "out of memory (hash)");
    return ST_OK;
}

/* "99,7 % (99,2-100,0)"; with a minus "0,3 % (-0,1 ... 0,7)" */
static status
percentage(arena *out, double value, const link_estimate *e, int decimals, phrase *result)
{
    for (int in = 0; in < LANGUAGE_COUNT; in++) {
        char v[NUMBER_BYTES], low[NUMBER_BYTES], high[NUMBER_BYTES];
        number_format((language)in, 100 * value, decimals, v);
        if (e) number_format((language)in, 100 * e->low, decimals, low), number_format((language)in, 100 * e->high, decimals, high);
        result->in[in] = e ? arena_printf(out, "%s %% (%s%s%s)", v, low, e->low < 0 ? " ... " : "-", high) : arena_printf(out, "%s %%", v);
        if (!result->in[in]) FAIL(ST_NO_MEMORY, "out of memory (percentage)");
    }
    return ST_OK;
}

/* The most that counts move, and that estimates do. */
static status
make_movement(arena *out, const monitor_linkage *l, document *doc)
{
    double most[2] = {0};
    bool any[2] = {false};
    for (size_t i = 0; i < l->figures; i++) {
        double *m = &most[l->estimate[i]];
        any[l->estimate[i]] = true;
        if (l->moved[i] > *m) *m = l->moved[i];
    }
    if (any[0]) CHECK(percentage(out, most[0], NULL, 1, &doc->links_move));
    return any[1] ? percentage(out, most[1], NULL, 0, &doc->links_move_estimate) : ST_OK;
}

static status
make_links(arena *out, const monitor_linkage *l, document *doc)
{
    if (!l || !l->linked) return ST_OK;
    doc->links_alarm = l->alarm;
    CHECK(percentage(out, l->too_many.value, &l->too_many, 1, &doc->links_too_many));
    CHECK(percentage(out, l->precision.value, &l->precision, 1, &doc->links_right));
    CHECK(percentage(out, l->recall.value, &l->recall, 1, &doc->links_found));
    return make_movement(out, l, doc);
}

static status
make_front(const reporting *x, document *doc)
{
    const monitor_front *front = x->d->front;
    if (!front) return ST_OK;
    doc->front = figure_of(x, front->figure);
    doc->front_title = phrase_of(&front->title);
    return make_chart(x, front->figure, &front->chart, &doc->front_chart);
}

status
report_document(arena *out, const provenance *p, const report_parts *parts, document *result)
{
    const monitor_definition *d = p->d;
    reporting x = {out, p, d, parts, NULL};
    ALLOC(out, x.figures, d->figures_count);
    for (uint32_t i = 0; i < d->figures_count; i++) CHECK(make_figure(&x, i, &x.figures[i]));
    document doc = {.name = phrase_of(&d->name), .title = phrase_of(&d->title), .subtitle = phrase_of(&d->subtitle),
                    .lead = phrase_of(&d->lead), .publisher = phrase_of(&d->publisher), .notice = phrase_of(&d->notice),
                    .period = phrase_of(&d->period_label), .data_date = d->data_date, .version = PEIL_VERSION,
                    .protection = phrase_of(&d->protected_how)};
    CHECK(hex_of(out, d->content, &doc.definition));
    if (p->has_snapshot) CHECK(hex_of(out, p->snapshot, &doc.snapshot));
    CHECK(make_links(out, p->linkage, &doc));
    CHECK(make_keys(&x, &doc));
    CHECK(make_front(&x, &doc));
    CHECK(make_chapters(&x, &doc));
    *result = doc;
    return ST_OK;
}
