#include "monitor/report.h"

#include "base/date.h"
#include "monitor/figure.h"

typedef struct reporting {
    arena *out;
    const provenance *p;
    const monitor_definition *d;
    const protect_result *report;
    const char *const *population;
    figure *figures; /* [figures of the definition] */
    const released *excluded;
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

/* Who is counted, in words. */
static status
make_population(const reporting *x, const monitor_figure *f, phrase *result)
{
    static const char *const units[UNITS] = {
        WORD("Notifications"), WORD("Victims per calendar year: a person counts once in each year with a notification"),
        WORD("Victims: a person counts once over the whole period")};
    for (int in = 0; in < LANGUAGE_COUNT; in++) {
        const char *words = words_get((language)in, f->population ? units[unit_find(f->population)] : WORD("As counted by the source"));
        result->in[in] = arena_printf(x->out, "%s, %s - %s", words, x->d->from, x->d->until);
        if (!result->in[in]) FAIL(ST_NO_MEMORY, "out of memory (population)");
    }
    return ST_OK;
}

static status
make_exclusions(const reporting *x, const monitor_figure *f, figure *result)
{
    exclusion *list;
    if (!x->excluded || !f->population || strcmp(f->population, unit_name(UNIT_VICTIM_YEAR))) return ST_OK;
    ALLOC(x->out, list, x->d->exclusions_count);
    for (uint32_t i = 0; i < x->d->exclusions_count; i++) {
        bool kept = false;
        for (uint32_t k = 0; k < f->keep_count; k++) kept = kept || !strcmp(f->keep[k], x->d->exclusions[i].name);
        if (kept) continue;
        list[result->exclusions++] = (exclusion){phrase_of(&x->d->exclusions[i].title), {x->excluded, i, 0}};
    }
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
    ALLOC(x->out, charts, f->charts_count);
    for (uint32_t k = 0; k < f->charts_count; k++) CHECK(make_chart(x, f->figure, &f->charts[k], &charts[k]));
    *result = (figure){.data = x->report->released[i], .title = phrase_of(&f->title), .note = phrase_of(&f->note),
                       .source = phrase_of(source_of(x, f)), .unit = phrase_of(&f->unit), .charts = f->charts_count, .chart = charts};
    for (int in = 0; in < LANGUAGE_COUNT; in++) result->definition.in[in] = x->population[i];
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
    ALLOC(x->out, chapters, x->d->chapters_count);
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
    doc->chapters = x->d->chapters_count;
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
report_document(arena *out, const provenance *p, const protect_result *report, const char *const population[],
                document *result)
{
    const monitor_definition *d = p->d;
    reporting x = {out, p, d, report, population, NULL, NULL};
    for (size_t i = 0; i < report->n; i++)
        if (!strcmp(released_figure(report->released[i]), FIGURE_EXCLUSIONS)) x.excluded = report->released[i];
    ALLOC(out, x.figures, d->figures_count);
    for (uint32_t i = 0; i < d->figures_count; i++) CHECK(make_figure(&x, i, &x.figures[i]));
    document doc = {.name = phrase_of(&d->name), .title = phrase_of(&d->title), .subtitle = phrase_of(&d->subtitle),
                    .lead = phrase_of(&d->lead), .publisher = phrase_of(&d->publisher), .notice = phrase_of(&d->notice),
                    .period = phrase_of(&d->period_label), .data_date = d->data_date, .version = PEIL_VERSION,
                    .protection = phrase_of(&d->protected_how)};
    CHECK(hex_of(out, d->content, &doc.definition));
    if (p->has_snapshot) CHECK(hex_of(out, p->snapshot, &doc.snapshot));
    CHECK(make_keys(&x, &doc));
    CHECK(make_front(&x, &doc));
    CHECK(make_chapters(&x, &doc));
    *result = doc;
    return ST_OK;
}
