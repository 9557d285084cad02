/* Dots with their interval, and the table as a shaded grid. */
#include "publish/cell.h"
#include "publish/chart_draw.h"
#include "publish/page.h"

#include <math.h>

/* The drawn columns that bound the interval: -1 when the figure has none. */
typedef struct interval {
    int lower, upper;
} interval;

static int
drawn_column(const canvas *c, const char *code)
{
    int at = axis_find(released_columns(c->data), code);
    for (size_t k = 0; at >= 0 && k < c->columns; k++)
        if (c->column[k] == (size_t)at) return (int)k;
    return -1;
}

static void
draw_interval(canvas *c, size_t row, interval v, const scale *s, double y)
{
    released_cell lower = canvas_cell(c, row, (size_t)v.lower), upper = canvas_cell(c, row, (size_t)v.upper);
    if (!cell_drawn(lower) || !cell_drawn(upper)) return;
    double x1 = scale_at(s, lower.value), x2 = scale_at(s, upper.value);
    draw_line(c, x1, y, x2, y, "interval l-1");
    draw_line(c, x1, y - 6, x1, y + 6, "interval l-1");
    draw_line(c, x2, y - 6, x2, y + 6, "interval l-1");
    draw_text(c, x1 - 6, y + 4.5, "end quiet small halo", canvas_value(c, lower));
    draw_text(c, x2 + 6, y + 4.5, "quiet small halo", canvas_value(c, upper));
}

static void
draw_dots(canvas *c, size_t row, interval v, const scale *s, double y)
{
    bool bounded = v.lower >= 0 && v.upper >= 0;
    size_t points = c->columns - (bounded ? 2 : 0);
    if (bounded) draw_interval(c, row, v, s, y);
    for (size_t k = 0, seen = 0; k < c->columns; k++) {
        if (bounded && ((int)k == v.lower || (int)k == v.upper)) continue;
        released_cell cell = canvas_cell(c, row, k);
        double x = scale_at(s, cell_drawn(cell) ? cell.value : s->low);
        int tint = (int)(seen++ % CHART_TINTS) + 1;
        if (cell_drawn(cell)) {
            if (!bounded && points == 1) draw_line(c, s->from, y, x, y, "interval l-1");
            draw_mark(c, x, y, 6.5, tint);
        }
        if (points == 1 || !cell_drawn(cell)) draw_text(c, x, y - 12, "middle strong", canvas_value(c, cell));
    }
}

/* Which mark is which column, where there is more than one. */
static double
draw_mark_key(canvas *c, interval v)
{
    double x = 0, y = 14;
    size_t seen = 0;
    for (size_t k = 0; k < c->columns; k++) {
        if ((int)k == v.lower || (int)k == v.upper) continue;
        const char *name = canvas_column_label(c, k);
        double width = text_width(name, 14) + 44;
        if (x > 0 && x + width > c->width) x = 0, y += 20;
        draw_mark(c, x + 8, y - 5, 6, (int)(seen++ % CHART_TINTS) + 1);
        draw_text(c, x + 22, y, NULL, name);
        x += width;
    }
    return y + 16;
}

status
chart_dots(canvas *c, double *height)
{
    interval v = {drawn_column(c, "lower"), drawn_column(c, "upper")};
    size_t points = c->columns - (v.lower >= 0 && v.upper >= 0 ? 2 : 0);
    double y = points > 1 ? draw_mark_key(c, v) : 0, left = 0, step = c->narrow ? 74 : 58;
    for (size_t i = 0; i < c->rows && !c->narrow; i++) left = fmax(left, text_width(canvas_row_label(c, i), 14) + 24);
    left = fmin(left, 270);
    scale s = scale_round(fmin(0, canvas_lowest(c)), canvas_highest(c), c->narrow ? 3 : 6);
    bool bounded = points < c->columns; /* room for the numbers at both ends */
    s.from = left + (bounded ? 44 : 14);
    s.to = c->width - (bounded ? 50 : 30);
    double top = y, bottom = y + step * (double)c->rows;
    for (double value = s.low; value <= s.high + s.step / 2; value += s.step) {
        double x = scale_at(&s, value);
        draw_line(c, x, top, x, bottom, value == 0 ? "axis" : "grid");
        draw_text(c, x, bottom + 20, "quiet middle small", scale_tick(c, &s, value));
    }
    for (size_t i = 0; i < c->rows; i++, y += step) {
        label name = label_wrap(c, canvas_row_label(c, i), 14, c->narrow ? c->width : left - 24);
        draw_label(c, c->narrow ? 0 : left - 14, c->narrow ? y + 14 : y + 36 - 8.5 * (double)(name.lines - 1),
                   c->narrow ? "halo" : "end", &name);
        draw_dots(c, i, v, &s, y + (c->narrow ? 46 : 31));
    }
    draw_text(c, c->width, bottom + 40, "quiet end small", canvas_unit(c));
    *height = bottom + 48;
    return ST_OK;
}

/* 1 to 5 by the value's share of the highest; 0 for none. */
static int
shade(const canvas *c, released_cell cell)
{
    double highest = canvas_highest(c);
    if (!cell_drawn(cell) || !(cell.value > 0) || !(highest > 0)) return 0;
    return 1 + (int)fmin(4, floor(5 * sqrt(cell.value / highest))); /* a root: areas, not lengths, and small cells differ */
}

static void
draw_heat_row(canvas *c, size_t row, double x, double y, double width)
{
    double each = width / (double)c->columns, tall = 34;
    for (size_t k = 0; k < c->columns; k++) {
        released_cell cell = canvas_cell(c, row, k);
        int level = shade(c, cell);
        draw_rect(c, (box){x + (double)k * each + 1, y + 1, each - 2, tall - 2}, draw_class(c, "heat", "h", level));
        const char *shown = canvas_value(c, cell);
        if (text_width(shown, 13) <= each - 2)
            draw_text(c, x + ((double)k + 0.5) * each, y + 22, level == 5 ? "middle on-h-5" : "middle", shown);
    }
}

status
chart_heat(canvas *c, double *height)
{
    double left = 0, most = 1;
    for (size_t i = 0; i < c->rows && !c->narrow; i++) left = fmax(left, text_width(canvas_row_label(c, i), 14) + 14);
    left = fmin(left, 260);
    double each = (c->width - left) / (double)c->columns;
    for (size_t k = 0; k < c->columns; k++)
        most = fmax(most, (double)label_wrap(c, canvas_column_label(c, k), 12.5, each - 4).lines);
    double y = 16 * most + 6;
    for (size_t k = 0; k < c->columns; k++) {
        label name = label_wrap(c, canvas_column_label(c, k), 12.5, each - 4);
        draw_label(c, left + ((double)k + 0.5) * each, y - 10 - 15.6 * (double)(name.lines - 1), "middle quiet small", &name);
    }
    for (size_t i = 0; i < c->rows; i++) {
        label name = label_wrap(c, canvas_row_label(c, i), 14, c->narrow ? c->width : left - 12);
        if (c->narrow) {
            draw_label(c, 0, y + 15, NULL, &name);
            y += 17 * (double)name.lines + 4;
        } else {
            draw_label(c, left - 12, y + 22 - 8.5 * (double)(name.lines - 1), "end", &name);
        }
        draw_heat_row(c, i, left, y, c->width - left);
        y += c->narrow ? 42 : 34;
    }
    *height = y + 2;
    return ST_OK;
}
