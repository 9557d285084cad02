/* A figure: what it shows, what was done to its numbers and where they come from. */
#include "publish/chart.h"
#include "publish/number.h"
#include "publish/page.h"

typedef struct section {
    page *p;
    const figure *f;
    const char *slug; /* "2-2" */
    const exact_axis *rows, *columns;
} section;

static const char *
id(const section *s, const char *what)
{
    return html_format(&s->p->h, "figure-%s-%s", s->slug, what);
}

/* What was done to the cells of this table, each thing once, with the number of cells it was done to. */
static void
put_reasons(const section *s)
{
    enum { MOST = 12 };
    const char *reason[MOST];
    size_t count[MOST], n = 0, cells = s->rows->n * s->columns->n;
    released_state state[MOST];
    for (size_t i = 0; i < cells; i++) {
        released_cell c = released_at(s->f->data, i / s->columns->n, i % s->columns->n);
        size_t k = 0;
        while (k < n && (reason[k] != c.reason && strcmp(reason[k], c.reason) != 0)) k++;
        if (k == n && n == MOST) continue;
        if (k == n) reason[n] = c.reason, state[n] = c.state, count[n++] = 0;
        count[k]++;
    }
    html *h = &s->p->h;
    html_open(h, TAG_UL);
    for (size_t k = 0; k < n; k++) {
        char number[NUMBER_BYTES];
        number_format(s->p->in, (double)count[k], 0, number);
        html_open(h, TAG_LI);
        const char *symbol = cell_symbol(state[k], s->p->official);
        if (*symbol) {
            html_text(h, symbol);
            html_text(h, " ");
        }
        html_text(h, page_word(s->p, reason[k]));
        html_text(h, " (");
        html_text(h, number);
        html_text(h, " ");
        html_text(h, page_word(s->p, count[k] == 1 ? WORD("cell") : WORD("cells")));
        html_text(h, ")");
        html_close(h, TAG_LI);
    }
    html_close(h, TAG_UL);
}

static status
put_exclusions(const section *s)
{
    page *p = s->p;
    if (!s->f->exclusions) return ST_OK;
    html_element(&p->h, TAG_DT, NULL, page_word(p, WORD("Left out")));
    html_open(&p->h, TAG_DD);
    html_open(&p->h, TAG_UL);
    for (size_t i = 0; i < s->f->exclusions; i++) {
        const exclusion *e = &s->f->exclusion[i];
        html_open(&p->h, TAG_LI);
        CHECK(cell_put_words(&p->h, p->d, p->in, e->text, p->official));
        if (e->count.figure) {
            html_text(&p->h, ": ");
            page_put_cell(p, released_at(e->count.figure, e->count.row, e->count.column));
        }
        html_close(&p->h, TAG_LI);
    }
    html_close(&p->h, TAG_UL);
    html_close(&p->h, TAG_DD);
    return ST_OK;
}

static status
put_fact(page *p, const char *name, phrase words)
{
    if (!*page_phrase(p, words)) return ST_OK;
    html_element(&p->h, TAG_DT, NULL, name);
    return page_put_words(p, TAG_DD, NULL, words);
}

static void
put_hash(page *p, const char *name, const char *hash)
{
    if (!hash || !*hash) return;
    html_element(&p->h, TAG_DT, NULL, name);
    html_open(&p->h, TAG_DD);
    html_element(&p->h, TAG_CODE, NULL, hash);
    html_close(&p->h, TAG_DD);
}

static status
put_provenance(const section *s)
{
    page *p = s->p;
    html *h = &p->h;
    html_open_class(h, TAG_DETAILS, "provenance");
    html_element(h, TAG_SUMMARY, NULL, page_word(p, WORD("Where these numbers come from")));
    html_open(h, TAG_DL);
    CHECK(put_fact(p, page_word(p, WORD("Population")), s->f->population));
    CHECK(put_exclusions(s));
    CHECK(put_fact(p, page_word(p, WORD("Definition")), s->f->definition));
    html_element(h, TAG_DT, NULL, page_word(p, WORD("Protection")));
    html_open(h, TAG_DD);
    put_reasons(s);
    html_close(h, TAG_DD);
    put_hash(p, page_word(p, WORD("Hash of the data")), p->d->snapshot);
    put_hash(p, page_word(p, WORD("Hash of the definition")), p->d->definition);
    html_element(h, TAG_DT, NULL, page_word(p, WORD("Version")));
    html_open(h, TAG_DD);
    html_text(h, "peil ");
    html_text(h, p->d->version);
    html_close(h, TAG_DD);
    html_close(h, TAG_DL);
    html_close(h, TAG_DETAILS);
    return ST_OK;
}

static void
put_file(const section *s, const char *path, const char *label, const char *what)
{
    page *p = s->p;
    html_open(&p->h, TAG_LI);
    html_open(&p->h, TAG_A);
    if (!path) p->h.b.failed = true;
    html_attr(&p->h, ATTR_HREF, path ? page_link(p, path) : "");
    html_text(&p->h, label);
    html_open_class(&p->h, TAG_SPAN, "visually-hidden");
    html_text(&p->h, " ");
    html_text(&p->h, what);
    html_close(&p->h, TAG_SPAN);
    html_close(&p->h, TAG_A);
    html_close(&p->h, TAG_LI);
}

static void
put_downloads(const section *s)
{
    page *p = s->p;
    const char *code = released_figure(s->f->data), *number = figure_number(s->f);
    const char *what = html_format(&p->h, "%s %s", page_word(p, WORD("of figure")), number);
    html_open_class(&p->h, TAG_UL, "downloads");
    html_attr(&p->h, ATTR_ARIA_LABEL, html_format(&p->h, "%s %s", page_word(p, WORD("Files of figure")), number));
    put_file(s, html_format(&p->h, "data/%s.csv", code), page_word(p, WORD("Numbers (CSV)")), what);
    put_file(s, html_format(&p->h, "data/%s.csv-metadata.json", code), page_word(p, WORD("Description (CSVW)")), what);
    if (s->f->tests) put_file(s, html_format(&p->h, "data/%s.csv", released_figure(s->f->tests)), page_word(p, WORD("Tests (CSV)")), what);
    for (size_t i = 0, shown = 0; i < s->f->charts; i++) {
        if (s->f->chart[i].kind == CHART_NONE) continue;
        const char *label = page_word(p, WORD("Chart (SVG)"));
        if (shown++) label = html_format(&p->h, "%s %zu", label, shown);
        put_file(s, chart_path(p->a, s->f, i, p->in), label, what);
    }
    html_close(&p->h, TAG_UL);
}

/* What tests of the figure say. */
static status
put_remarks(page *p, const figure *f)
{
    html *h = &p->h;
    if (f->remarks == 0) return ST_OK;
    html_open_class(h, TAG_P, "note");
    html_element(h, TAG_STRONG, NULL, page_word(p, WORD("Tests, to as many digits as keep every count safe")));
    html_close(h, TAG_P);
    html_open_class(h, TAG_UL, "note");
    for (size_t i = 0; i < f->remarks; i++) CHECK(page_put_words(p, TAG_LI, NULL, f->remark[i]));
    html_close(h, TAG_UL);
    return ST_OK;
}

status
page_figure(page *p, const figure *f)
{
    html *h = &p->h;
    section s = {p, f, figure_slug(h, released_figure(f->data)), released_rows(f->data), released_columns(f->data)};
    html_open_class(h, TAG_SECTION, "wrap figure");
    html_attr(h, ATTR_ID, html_format(&p->h, "figure-%s", s.slug));
    html_attr(h, ATTR_ARIA_LABELLEDBY, id(&s, "title"));
    html_open(h, TAG_H2);
    html_attr(h, ATTR_ID, id(&s, "title"));
    html_open_class(h, TAG_SPAN, "figure-number");
    html_text(h, page_word(p, WORD("Figure")));
    html_text(h, " ");
    html_text(h, figure_number(f));
    html_close(h, TAG_SPAN);
    html_text(h, " ");
    html_text(h, page_phrase(p, f->title));
    html_close(h, TAG_H2);
    CHECK(page_figure_tables(p, f, s.slug));
    CHECK(page_put_words(p, TAG_P, "note", f->note));
    CHECK(put_remarks(p, f));
    if (*page_phrase(p, f->source)) {
        html_open_class(h, TAG_P, "source");
        html_text(h, page_word(p, WORD("Source")));
        html_text(h, ": ");
        CHECK(cell_put_words(h, p->d, p->in, f->source, p->official));
        html_close(h, TAG_P);
    }
    put_downloads(&s);
    CHECK(put_provenance(&s));
    html_close(h, TAG_SECTION);
    return ST_OK;
}
