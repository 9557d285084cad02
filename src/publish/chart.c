#include "publish/chart.h"

#include "publish/cell.h"
#include "publish/chart_draw.h"
#include "publish/page.h"

#include <math.h>

enum { WIDE = 960, NARROW = 300 };

const char *
chart_path(arena *a, const figure *f, size_t chart, language in)
{
    const char *code = released_figure(f->data);
    if (chart == 0) return arena_printf(a, "charts/%s-%s.svg", code, language_code(in));
    return arena_printf(a, "charts/%s-%zu-%s.svg", code, chart + 1, language_code(in));
}

static bool
same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* Does another item of the axis lie within this one? */
static bool
has_parts(const exact_axis *axis, const exact_item *item)
{
    for (size_t i = 0; i < axis->n; i++)
        if (axis->item[i].parent && strcmp(axis->item[i].parent, item->code.code) == 0 && same(axis->item[i].dimension, item->dimension))
            return true;
    return false;
}

/* Positions of the items to draw: the one asked for, else those of a dimension that are neither totals nor subtotals. */
static status
select_items(arena *a, const exact_axis *axis, const char *only, const char *dimension, size_t **result, size_t *n)
{
    ALLOC(a, *result, axis->n);
    *n = 0;
    if (only) {
        int at = axis_find(axis, only);
        if (at < 0) FAIL(ST_CONFIG, "chart: axis %s has no item %s", axis->name, only);
        (*result)[(*n)++] = (size_t)at;
        return ST_OK;
    }
    for (size_t i = 0; i < axis->n; i++) {
        const exact_item *item = &axis->item[i];
        if (item->total || has_parts(axis, item) || (dimension && !same(item->dimension, dimension))) continue;
        if (!dimension && *n && !same(item->dimension, axis->item[(*result)[0]].dimension)) continue;
        (*result)[(*n)++] = i;
    }
    if (*n == 0) /* nothing but totals: draw these */
        for (size_t i = 0; i < axis->n; i++)
            if (!dimension || same(axis->item[i].dimension, dimension)) (*result)[(*n)++] = i;
    if (*n == 0) FAIL(ST_CONFIG, "chart: axis %s has no item of dimension %s", axis->name, dimension ? dimension : "(none)");
    return ST_OK;
}

/* One tint a row, the same in every chart of the same rows; what is unknown is grey. */
static status
choose_tints(canvas *c)
{
    static const uint8_t order[] = {1, 2, 3, 4, 6, 7, 8};
    uint8_t *tint;
    ALLOC(c->a, tint, c->rows);
    for (size_t i = 0, next = 0; i < c->rows; i++) {
        const char *code = released_rows(c->data)->item[c->row[i]].code.code;
        if (c->place->chart->kind == CHART_MULTIPLES && c->rows > sizeof order) { /* each has its own panel and name */
            tint[i] = 1;
            continue;
        }
        tint[i] = strcmp(code, "unknown") == 0 ? CHART_UNKNOWN : order[next++ % sizeof order];
    }
    c->tint = tint;
    return ST_OK;
}

static status
draw_kind(canvas *c, double *height)
{
    switch (c->place->chart->kind) {
    case CHART_LINE: return chart_line(c, height);
    case CHART_BARS: return chart_bars(c, height);
    case CHART_STACKED: return chart_stacked(c, height);
    case CHART_HBARS: return chart_hbars(c, height);
    case CHART_DOTS: return chart_dots(c, height);
    case CHART_HEAT: return chart_heat(c, height);
    case CHART_MULTIPLES: return chart_multiples(c, height);
    default: FAIL(ST_INTERNAL, "chart of no kind");
    }
}

static const char *
kind_words(chart_kind kind)
{
    switch (kind) {
    case CHART_LINE: return WORD("Line chart");
    case CHART_BARS: return WORD("Bar chart");
    case CHART_STACKED: return WORD("Bars of a hundred per cent");
    case CHART_HBARS: return WORD("Bar chart, lying");
    case CHART_DOTS: return WORD("Dots on a scale");
    case CHART_HEAT: return WORD("Shaded table");
    default: return WORD("Small line charts");
    }
}

/* What the chart shows, in words: each row from its first to its last column. */
static status
describe(canvas *c, text *out)
{
    text_builder b = text_builder_new(c->a);
    text_printf(&b, "%s", words_get(c->in, kind_words(c->place->chart->kind)));
    if (*canvas_unit(c)) text_printf(&b, ", %s", canvas_unit(c));
    text_put(&b, ". ");
    size_t last = c->columns - 1;
    for (size_t i = 0; i < c->rows; i++) {
        text_printf(&b, "%s%s: %s %s", i ? "; " : "", canvas_row_label(c, i), canvas_column_label(c, 0), canvas_value(c, canvas_cell(c, i, 0)));
        if (last) text_printf(&b, ", %s %s", canvas_column_label(c, last), canvas_value(c, canvas_cell(c, i, last)));
    }
    text_printf(&b, ". %s", words_get(c->in, WORD("The table holds all numbers.")));
    return text_builder_end(&b, out);
}

static status
put_named(canvas *c, double height, const char *class, bool alone)
{
    html *h = c->h;
    text words;
    CHECK(describe(c, &words));
    const char *title = html_format(c->h, "%s-title", c->key), *desc = html_format(c->h, "%s-desc", c->key);
    const char *view = html_format(c->h, "0 0 %.0f %.0f", c->width, ceil(height));
    const char *both = html_format(c->h, "%s-title %s-desc", c->key, c->key);
    html_open_class(h, TAG_SVG, class);
    if (alone) {
        html_attr(h, ATTR_XMLNS, "http://www.w3.org/2000/svg");
        html_attr(h, ATTR_LANG, language_code(c->in));
        html_attr_number(h, ATTR_WIDTH, c->width);
        html_attr_number(h, ATTR_HEIGHT, ceil(height));
    }
    html_attr(h, ATTR_VIEW_BOX, view);
    html_attr(h, ATTR_ROLE, "img");
    html_attr(h, ATTR_ARIA_LABELLEDBY, both);
    html_open(h, TAG_TITLE);
    html_attr(h, ATTR_ID, title);
    const figure *f = c->place->figure;
    const char *own = c->place->chart->title.in[c->in];
    html_text(h, f->title.in[c->in]);
    if (own && *own) {
        html_text(h, ": ");
        html_text(h, own);
    }
    html_close(h, TAG_TITLE);
    html_open(h, TAG_DESC);
    html_attr(h, ATTR_ID, desc);
    html_text_bytes(h, words);
    html_close(h, TAG_DESC);
    return ST_OK;
}

/* Set up what is drawn, learn the height by drawing into nothing, then draw. */
static status
put_chart(html *h, const chart_place *place, bool narrow, bool alone)
{
    SCRATCH(tmp);
    const char *key = arena_printf(tmp, "%s-%s", place->key, narrow ? "narrow" : "wide");
    if (!key) FAIL(ST_NO_MEMORY, "out of memory (chart)");
    canvas c = {.h = h, .a = tmp, .place = place, .data = place->figure->data, .in = place->in, .narrow = narrow,
                .width = narrow ? NARROW : WIDE, .key = key};
    size_t *row, *column;
    CHECK(select_items(tmp, released_rows(c.data), place->chart->row, NULL, &row, &c.rows));
    CHECK(select_items(tmp, released_columns(c.data), place->chart->column, place->chart->dimension, &column, &c.columns));
    c.row = row;
    c.column = column;
    CHECK(choose_tints(&c));
    html nothing = html_new(tmp);
    html_open(&nothing, TAG_SVG);
    double height;
    text drawn;
    c.h = &nothing;
    CHECK(draw_kind(&c, &height));
    html_close(&nothing, TAG_SVG);
    CHECK(html_end(&nothing, &drawn));
    c.h = h;
    CHECK(put_named(&c, height, alone ? "chart" : narrow ? "chart chart-narrow" : "chart chart-wide", alone));
    if (alone) {
        html_chart_style(h);
        draw_rect(&c, (box){0, 0, c.width, ceil(height)}, "ground");
    }
    draw_textures(&c);
    CHECK(draw_kind(&c, &height));
    html_close(h, TAG_SVG);
    return ST_OK;
}

status
chart_put(html *h, const chart_place *place)
{
    if (place->chart->kind == CHART_NONE) return ST_OK;
    CHECK(put_chart(h, place, false, false));
    return put_chart(h, place, true, false);
}

status
chart_file(arena *a, const chart_place *place, text *out)
{
    html h = html_new(a);
    CHECK(put_chart(&h, place, false, true));
    return html_end(&h, out);
}

/* A figure's row over the columns of a dimension, as the small line of a key figure. */
typedef struct trend {
    const released *data;
    size_t row, n;
    const size_t *column;
    double highest;
    text line, area, words; /* paths, and the row as words */
    double x, y;            /* of the last point */
} trend;

static status
draw_trend(arena *a, language in, trend *t)
{
    text_builder d = text_builder_new(a), under = text_builder_new(a), w = text_builder_new(a);
    bool down = false;
    double before = 0;
    for (size_t k = 0; k < t->n; k++) {
        released_cell cell = released_at(t->data, t->row, t->column[k]);
        const char *shown = cell_text(a, in, cell, false);
        if (!shown) FAIL(ST_NO_MEMORY, "out of memory (key figure)");
        text_printf(&w, "%s%s: %s", k ? ", " : "", item_label(in, &released_columns(t->data)->item[t->column[k]]), shown);
        bool drawn = cell_drawn(cell);
        double x = 6 + 228 * (double)k / (double)(t->n - 1), y = drawn ? 46 - 40 * fmax(cell.value, 0) / t->highest : 46;
        if (drawn) text_printf(&d, "%c%.2f,%.2f", down ? 'L' : 'M', x, y);
        if (drawn && down) text_printf(&under, "M%.2f,46V%.2fL%.2f,%.2fV46Z", t->x, before, x, y);
        if (drawn) t->x = x, t->y = y;
        before = y;
        down = drawn;
    }
    CHECK(text_builder_end(&d, &t->line));
    CHECK(text_builder_end(&under, &t->area));
    return text_builder_end(&w, &t->words);
}

/* 240 wide, 66 high; the last point is marked, both ends are named. */
status
chart_put_trend(arena *a, html *h, language in, const key_figure *key)
{
    const exact_axis *columns = released_columns(key->cell.figure);
    size_t *column, n;
    CHECK(select_items(a, columns, NULL, key->trend, &column, &n));
    trend t = {.data = key->cell.figure, .row = key->cell.row, .n = n, .column = column};
    for (size_t k = 0; k < n; k++) {
        released_cell cell = released_at(t.data, t.row, column[k]);
        if (cell_drawn(cell)) t.highest = fmax(t.highest, cell.value);
    }
    if (n < 2 || !(t.highest > 0)) return ST_OK;
    CHECK(draw_trend(a, in, &t));
    canvas c = {.h = h, .a = a, .in = in};
    html_open_class(h, TAG_SVG, "chart trend");
    html_attr(h, ATTR_VIEW_BOX, "0 0 240 66");
    html_attr(h, ATTR_ROLE, "img");
    html_attr(h, ATTR_ARIA_LABEL, t.words.bytes);
    draw_path(&c, t.area.bytes, "area s-1");
    draw_line(&c, 2, 46, 238, 46, "axis");
    draw_path(&c, t.line.bytes, "line l-1");
    draw_mark(&c, t.x, t.y, 4.5, 1);
    draw_text(&c, 2, 63, "quiet small", item_label(in, &columns->item[column[0]]));
    draw_text(&c, 238, 63, "quiet small end", item_label(in, &columns->item[column[n - 1]]));
    html_close(h, TAG_SVG);
    return ST_OK;
}
