#include "publish/chart_draw.h"

#include "publish/cell.h"
#include "publish/number.h"
#include "publish/page.h"

#include <math.h>

released_cell
canvas_cell(const canvas *c, size_t row, size_t column)
{
    if (c->turned) return released_at(c->data, c->column[column], c->row[row]);
    return released_at(c->data, c->row[row], c->column[column]);
}

const char *
canvas_row_label(const canvas *c, size_t row)
{
    const exact_axis *axis = c->turned ? released_columns(c->data) : released_rows(c->data);
    return item_label(c->in, &axis->item[c->row[row]]);
}

const char *
canvas_column_label(const canvas *c, size_t column)
{
    const exact_axis *axis = c->turned ? released_rows(c->data) : released_columns(c->data);
    return item_label(c->in, &axis->item[c->column[column]]);
}

const char *
canvas_value(const canvas *c, released_cell cell)
{
    const char *shown = cell_text(c->a, c->in, cell, c->place && c->place->official);
    if (shown && cell.state == RELEASED_VALUE && released_measure(c->data) == EXACT_SHARE) shown = html_format(c->h, "%s%%", shown);
    if (!shown) c->h->b.failed = true;
    return shown ? shown : "";
}

static double
extreme(const canvas *c, double sign)
{
    double found = -INFINITY;
    for (size_t i = 0; i < c->rows; i++)
        for (size_t k = 0; k < c->columns; k++) {
            released_cell cell = canvas_cell(c, i, k);
            if (cell_drawn(cell)) found = fmax(found, sign * cell.value);
        }
    return isfinite(found) ? sign * found : 0;
}

double
canvas_highest(const canvas *c)
{
    return extreme(c, 1);
}

double
canvas_lowest(const canvas *c)
{
    return extreme(c, -1);
}

const char *
canvas_unit(const canvas *c)
{
    return figure_unit(c->in, c->place->figure);
}

scale
scale_round(double low, double high, int ticks)
{
    if (!(high > low)) high = low + 1;
    double raw = (high - low) / ticks, power = pow(10, floor(log10(raw))), step = 10 * power;
    static const double steps[] = {1, 2, 5};
    for (int i = 2; i >= 0; i--)
        if (steps[i] * power >= raw * 0.999) step = steps[i] * power;
    return (scale){floor(low / step + 1e-9) * step, ceil(high / step - 1e-9) * step, step, 0, 1};
}

double
scale_at(const scale *s, double value)
{
    return s->from + (value - s->low) / (s->high - s->low) * (s->to - s->from);
}

const char *
scale_tick(const canvas *c, const scale *s, double value)
{
    int decimals = s->step < 1 ? (int)ceil(-log10(s->step) - 1e-9) : 0;
    return canvas_value(c, (released_cell){RELEASED_VALUE, value, decimals, ""});
}

/* Thousandths of the font size, measured in DejaVu Sans, the widest of the fonts in the style sheet. */
static double
glyph_width(unsigned char c)
{
    if (c >= '0' && c <= '9') return 636;
    if (strchr("ijlI.,:;'|!", c)) return 320;
    if (strchr(" ft()[]r-/", c)) return 390;
    if (strchr("mMwW%", c)) return 920;
    if (c >= 'A' && c <= 'Z') return 690;
    return 605;
}

double
text_width(const char *words, double size)
{
    double total = 0;
    for (const char *c = words; *c; c++)
        if (((unsigned char)*c & 0xc0) != 0x80) total += glyph_width((unsigned char)*c); /* one a character of UTF-8 */
    return total * size / 1000;
}

label
label_wrap(canvas *c, const char *words, double size, double width)
{
    label l = {0};
    const char *start = words;
    while (*start && l.lines < CHART_LABEL_LINES) {
        size_t taken = 0;
        for (size_t end = 0; l.lines < CHART_LABEL_LINES - 1; ) {
            end += strcspn(start + end, " ");
            const char *piece = html_format(c->h, "%.*s", (int)end, start);
            if (taken && text_width(piece, size) > width) break;
            taken = end;
            if (!start[end]) break;
            end++;
        }
        if (!taken) taken = strlen(start);
        l.line[l.lines++] = html_format(c->h, "%.*s", (int)taken, start);
        l.width = fmax(l.width, text_width(l.line[l.lines - 1], size));
        start += taken;
        while (*start == ' ') start++;
    }
    return l;
}

void
draw_text(canvas *c, double x, double y, const char *class, const char *words)
{
    html_open(c->h, TAG_TEXT);
    html_attr_number(c->h, ATTR_X, x);
    html_attr_number(c->h, ATTR_Y, y);
    html_attr(c->h, ATTR_CLASS, class);
    html_text(c->h, words);
    html_close(c->h, TAG_TEXT);
}

void
draw_label(canvas *c, double x, double y, const char *class, const label *l)
{
    html_open(c->h, TAG_TEXT);
    html_attr_number(c->h, ATTR_X, x);
    html_attr_number(c->h, ATTR_Y, y);
    html_attr(c->h, ATTR_CLASS, class);
    if (l->lines == 1) html_text(c->h, l->line[0]);
    for (size_t i = 0; l->lines > 1 && i < l->lines; i++) {
        html_open(c->h, TAG_TSPAN);
        html_attr_number(c->h, ATTR_X, x);
        if (i) html_attr(c->h, ATTR_DY, "1.2em");
        html_text(c->h, l->line[i]);
        if (i + 1 < l->lines) html_text(c->h, " "); /* so that it reads and copies as one label */
        html_close(c->h, TAG_TSPAN);
    }
    html_close(c->h, TAG_TEXT);
}

void
draw_line(canvas *c, double x1, double y1, double x2, double y2, const char *class)
{
    html_open(c->h, TAG_LINE);
    html_attr_number(c->h, ATTR_X1, x1);
    html_attr_number(c->h, ATTR_Y1, y1);
    html_attr_number(c->h, ATTR_X2, x2);
    html_attr_number(c->h, ATTR_Y2, y2);
    html_attr(c->h, ATTR_CLASS, class);
    html_close(c->h, TAG_LINE);
}

static void
put_rect(canvas *c, box b, const char *class, const char *fill)
{
    html_open(c->h, TAG_RECT);
    html_attr_number(c->h, ATTR_X, b.x);
    html_attr_number(c->h, ATTR_Y, b.y);
    html_attr_number(c->h, ATTR_WIDTH, fmax(b.width, 0));
    html_attr_number(c->h, ATTR_HEIGHT, fmax(b.height, 0));
    html_attr(c->h, ATTR_CLASS, class);
    html_attr(c->h, ATTR_FILL, fill);
    html_close(c->h, TAG_RECT);
}

void
draw_rect(canvas *c, box b, const char *class)
{
    put_rect(c, b, class, NULL);
}

void
draw_path(canvas *c, const char *d, const char *class)
{
    html_open(c->h, TAG_PATH);
    html_attr(c->h, ATTR_D, d);
    html_attr(c->h, ATTR_CLASS, class);
    html_close(c->h, TAG_PATH);
}

const char *
draw_class(const canvas *c, const char *classes, const char *name, int tint)
{
    return html_format(c->h, "%s %s-%d", classes, name, tint);
}

/* Outlines around 0,0 within a circle of radius 1, one a tint; the first is a circle. */
static const char *const outlines[CHART_TINTS][2] = {
    {NULL, NULL},
    {"M-.85,-.85H.85V.85H-.85Z", "square"},
    {"M0,-1.1L1.05,.8H-1.05Z", "triangle"},
    {"M0,-1.25L1.25,0L0,1.25L-1.25,0Z", "diamond"},
    {"M-1,-.35H-.35V-1H.35V-.35H1V.35H.35V1H-.35V.35H-1Z", "plus"},
    {"M0,1.1L1.05,-.8H-1.05Z", "triangle down"},
    {"M-1.1,-.6L-.6,-1.1L0,-.5L.6,-1.1L1.1,-.6L.5,0L1.1,.6L.6,1.1L0,.5L-.6,1.1L-1.1,.6L-.5,0Z", "cross"},
    {"M-1,-.5H1V.5H-1Z", "bar"},
};

void
draw_mark(canvas *c, double x, double y, double size, int tint)
{
    const char *class = draw_class(c, "mark", "s", tint);
    if (!outlines[tint - 1][0]) {
        html_open(c->h, TAG_CIRCLE);
        html_attr_number(c->h, ATTR_CX, x);
        html_attr_number(c->h, ATTR_CY, y);
        html_attr_number(c->h, ATTR_R, size);
        html_attr(c->h, ATTR_CLASS, class);
        html_close(c->h, TAG_CIRCLE);
        return;
    }
    const char *transform = html_format(c->h, "translate(%.2f %.2f) scale(%.1f)", x, y, size);
    html_open(c->h, TAG_PATH);
    html_attr(c->h, ATTR_D, outlines[tint - 1][0]);
    html_attr(c->h, ATTR_TRANSFORM, transform);
    html_attr(c->h, ATTR_CLASS, draw_class(c, "scaled", "s", tint));
    html_close(c->h, TAG_PATH);
}

/* Lines in a tile of 8 by 8, one a tint; the first has none. */
static const char *const textures[CHART_TINTS] = {
    NULL, "M-2,2L2,-2M0,8L8,0M6,10L10,6", "M2,2h2v2h-2zM6,6h2v2h-2z", "M-2,6L2,10M0,0L8,8M6,-2L10,2", "M0,4H8", "M4,0V8",
    "M0,4H8M4,0V8", "M0,8L8,0M0,0L8,8",
};

void
draw_textures(canvas *c)
{
    html *h = c->h;
    bool needed[CHART_TINTS] = {false};
    for (size_t i = 0; i < c->rows; i++) needed[c->tint[i] - 1] = true;
    html_open(h, TAG_DEFS);
    for (int t = 2; t <= CHART_TINTS; t++) {
        if (!needed[t - 1]) continue;
        html_open(h, TAG_PATTERN);
        html_attr(h, ATTR_ID, html_format(c->h, "%s-t%d", c->key, t));
        html_attr(h, ATTR_WIDTH, "8");
        html_attr(h, ATTR_HEIGHT, "8");
        html_attr(h, ATTR_PATTERN_UNITS, "userSpaceOnUse");
        draw_path(c, textures[t - 1], "texture");
        html_close(h, TAG_PATTERN);
    }
    html_close(h, TAG_DEFS);
}

void
draw_textured(canvas *c, box b, int tint)
{
    draw_rect(c, b, draw_class(c, "part", "s", tint));
    if (tint > 1) put_rect(c, b, NULL, html_format(c->h, "url(#%s-t%d)", c->key, tint));
}

static void
draw_swatch(canvas *c, double x, double y, int tint, bool lined)
{
    if (!lined) {
        draw_textured(c, (box){x, y - 11, 22, 14}, tint);
        return;
    }
    const char *line = draw_class(c, draw_class(c, "line", "l", tint), "dash", tint);
    draw_line(c, x, y - 4.5, x + 28, y - 4.5, line);
    draw_mark(c, x + 14, y - 4.5, 4.5, tint);
}

double
draw_key(canvas *c, double y, bool lined)
{
    double swatch = lined ? 36 : 30, x = 0, line = 20;
    double column = c->width;
    size_t across = 1;
    if (!c->narrow) { /* as many columns as the widest label allows */
        double widest = 0;
        for (size_t i = 0; i < c->rows; i++) widest = fmax(widest, text_width(canvas_row_label(c, i), 14));
        across = (size_t)fmax(1, floor(c->width / (widest + swatch + 24)));
        if (across > c->rows) across = c->rows;
        column = widest + swatch + 24;
    }
    y += 14;
    for (size_t i = 0; i < c->rows; i++) {
        x = (double)(i % across) * column;
        label l = label_wrap(c, canvas_row_label(c, i), 14, column - swatch);
        draw_swatch(c, x, y, c->tint[i], lined);
        draw_label(c, x + swatch, y, NULL, &l);
        if (i % across == across - 1 || i + 1 == c->rows) y += line * (double)(l.lines ? l.lines : 1);
    }
    return y - 4;
}

void
draw_grid(canvas *c, const scale *s, double left, double right)
{
    size_t ticks = (size_t)lround((s->high - s->low) / s->step);
    for (size_t i = 0; i <= ticks; i++) {
        double value = s->low + (double)i * s->step, y = scale_at(s, value);
        draw_line(c, left, y, right, y, i ? "grid" : "axis");
        draw_text(c, left - 8, y + 4.5, "quiet end small", scale_tick(c, s, value));
    }
}
