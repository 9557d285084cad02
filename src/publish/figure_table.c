/* The charts and tables of a figure. Columns of several dimensions (years beside forms) make a table each, after the
 * charts that draw them; a single long row is turned, so that it reads down. */
#include "publish/chart.h"
#include "publish/page.h"

enum { LONG_ROW = 6 };

/* A table: some columns of the figure, as they are or turned. */
typedef struct sheet {
    page *p;
    const figure *f;
    const char *slug;      /* "2-2" */
    const char *dimension; /* of its columns */
    size_t number, of;     /* which table of the figure */
    size_t n;
    const size_t *column;  /* [n] positions in the figure */
    bool turned;
} sheet;

static bool
same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static size_t
height_of(const sheet *s)
{
    return s->turned ? s->n : released_rows(s->f->data)->n;
}

static size_t
width_of(const sheet *s)
{
    return s->turned ? released_rows(s->f->data)->n : s->n;
}

static const exact_item *
row_item(const sheet *s, size_t i)
{
    return s->turned ? &released_columns(s->f->data)->item[s->column[i]] : &released_rows(s->f->data)->item[i];
}

static const exact_item *
column_item(const sheet *s, size_t k)
{
    return s->turned ? &released_rows(s->f->data)->item[k] : &released_columns(s->f->data)->item[s->column[k]];
}

static released_cell
sheet_cell(const sheet *s, size_t i, size_t k)
{
    return s->turned ? released_at(s->f->data, k, s->column[i]) : released_at(s->f->data, i, s->column[k]);
}

/* A column of totals beside others. */
static bool
is_sum(const sheet *s, size_t k)
{
    return !s->turned && s->n > 1 && column_item(s, k)->total;
}

/* The dimension a chart draws; NULL: whatever comes first. */
static const char *
dimension_of(const figure *f, const figure_chart *c)
{
    if (c->dimension || !c->column) return c->dimension;
    int at = axis_find(released_columns(f->data), c->column);
    return at < 0 ? NULL : released_columns(f->data)->item[at].dimension;
}

static bool
draws(const sheet *s, const figure_chart *c)
{
    const char *dimension = dimension_of(s->f, c);
    return dimension ? same(dimension, s->dimension) : s->number == 1;
}

/* What tells this table from the others of the figure: the title of its first chart. */
static const char *
sheet_name(const sheet *s)
{
    if (s->of == 1) return "";
    for (size_t i = 0; i < s->f->charts; i++)
        if (draws(s, &s->f->chart[i]) && *page_phrase(s->p, s->f->chart[i].title)) return page_phrase(s->p, s->f->chart[i].title);
    return html_format(&s->p->h, "%zu/%zu", s->number, s->of);
}

static status
put_charts(const sheet *s)
{
    html *h = &s->p->h;
    for (size_t i = 0; i < s->f->charts; i++) {
        const figure_chart *c = &s->f->chart[i];
        if (c->kind == CHART_NONE || !draws(s, c)) continue;
        const char *key = html_format(h, "figure-%s-%zu", s->slug, i + 1);
        if (*page_phrase(s->p, c->title)) html_element(h, TAG_H3, "chart-title", page_phrase(s->p, c->title));
        chart_place place = {s->p->in, key, s->f, c, s->p->official};
        CHECK(chart_put(h, &place));
    }
    return ST_OK;
}

static const char *
caption_id(const sheet *s)
{
    return html_format(&s->p->h, "figure-%s-table-%zu", s->slug, s->number);
}

/* Which table, what it is about, and what is counted. */
static void
put_caption(const sheet *s)
{
    page *p = s->p;
    const char *unit = figure_unit(p->in, s->f), *name = sheet_name(s);
    html_open(&p->h, TAG_CAPTION);
    html_attr(&p->h, ATTR_ID, caption_id(s));
    html_open(&p->h, TAG_STRONG);
    html_text(&p->h, html_format(&p->h, "%s %s%s%s", page_word(p, WORD("Table with figure")), figure_number(s->f), *name ? ", " : "", name));
    html_close(&p->h, TAG_STRONG);
    html_text(&p->h, html_format(&p->h, " %s%s%s", page_phrase(p, s->f->title), *unit ? ", " : "", unit));
    html_close(&p->h, TAG_CAPTION);
}

static void
put_head_row(const sheet *s)
{
    html *h = &s->p->h;
    const exact_axis *named = s->turned ? released_columns(s->f->data) : released_rows(s->f->data);
    const char *corner = named->title[s->p->in];
    html_open(h, TAG_THEAD);
    html_open(h, TAG_TR);
    html_open(h, TAG_TH);
    html_attr(h, ATTR_SCOPE, "col");
    html_text(h, corner && *corner ? corner : page_word(s->p, WORD("Row")));
    html_close(h, TAG_TH);
    for (size_t k = 0; k < width_of(s); k++) {
        html_open_class(h, TAG_TH, is_sum(s, k) ? "number sum" : "number");
        html_attr(h, ATTR_SCOPE, "col");
        html_text(h, item_label(s->p->in, column_item(s, k)));
        html_close(h, TAG_TH);
    }
    html_close(h, TAG_TR);
    html_close(h, TAG_THEAD);
}

static void
put_row(const sheet *s, size_t i)
{
    html *h = &s->p->h;
    const exact_item *row = row_item(s, i);
    bool total = row->total && height_of(s) > 1;
    html_open_class(h, TAG_TR, total ? "total" : NULL);
    html_open_class(h, TAG_TH, row->parent ? "part" : NULL);
    html_attr(h, ATTR_SCOPE, "row");
    html_text(h, item_label(s->p->in, row));
    html_close(h, TAG_TH);
    for (size_t k = 0; k < width_of(s); k++) {
        html_open_class(h, TAG_TD, is_sum(s, k) ? "number sum" : "number");
        page_put_cell(s->p, sheet_cell(s, i, k));
        html_close(h, TAG_TD);
    }
    html_close(h, TAG_TR);
}

static void
put_table(const sheet *s)
{
    html *h = &s->p->h;
    html_open_class(h, TAG_DIV, "scroll");
    html_attr(h, ATTR_ROLE, "region");
    html_attr(h, ATTR_TABINDEX, "0");
    html_attr(h, ATTR_ARIA_LABELLEDBY, caption_id(s));
    html_open_class(h, TAG_TABLE, width_of(s) <= 2 ? "slim" : NULL);
    put_caption(s);
    put_head_row(s);
    html_open(h, TAG_TBODY);
    for (size_t i = 0; i < height_of(s); i++) put_row(s, i);
    html_close(h, TAG_TBODY);
    html_close(h, TAG_TABLE);
    html_close(h, TAG_DIV);
}

/* Dimensions of the columns, in the order they come; totals over everything belong to every one. */
static status
find_dimensions(arena *a, const exact_axis *columns, const char ***dimension, size_t *n)
{
    ALLOC(a, *dimension, columns->n + 1);
    *n = 0;
    for (size_t i = 0; i < columns->n; i++) {
        const char *d = columns->item[i].dimension;
        size_t k = 0;
        while (k < *n && !same((*dimension)[k], d)) k++;
        if (d && k == *n) (*dimension)[(*n)++] = d;
    }
    if (*n == 0) (*dimension)[(*n)++] = NULL;
    return ST_OK;
}

static status
find_columns(arena *a, sheet *s)
{
    const exact_axis *columns = released_columns(s->f->data);
    size_t *column;
    ALLOC(a, column, columns->n);
    s->n = 0;
    for (size_t i = 0; i < columns->n; i++) {
        const char *d = columns->item[i].dimension;
        if (!d || same(d, s->dimension)) column[s->n++] = i;
    }
    s->column = column;
    s->turned = released_rows(s->f->data)->n == 1 && s->n > LONG_ROW;
    return ST_OK;
}

status
page_figure_tables(page *p, const figure *f, const char *slug)
{
    SCRATCH(tmp);
    const char **dimension;
    size_t n;
    CHECK(find_dimensions(tmp, released_columns(f->data), &dimension, &n));
    for (size_t i = 0; i < n; i++) {
        sheet s = {.p = p, .f = f, .slug = slug, .dimension = dimension[i], .number = i + 1, .of = n};
        CHECK(find_columns(tmp, &s));
        CHECK(put_charts(&s));
        put_table(&s);
    }
    return ST_OK;
}
