/* Bars: upright in groups, lying one a row, and parts of a hundred per cent. */
#include "publish/cell.h"
#include "publish/chart_draw.h"
#include "publish/number.h"
#include "publish/page.h"

#include <math.h>

/* Do the names of the columns fit under their bars? */
static bool
names_fit(canvas *c, double group)
{
    for (size_t k = 0; k < c->columns; k++)
        if (label_wrap(c, canvas_column_label(c, k), 13, group - 6).width > group - 2) return false;
    return true;
}

/* Bars of one row whose names are long lie down. */
static status
lay_down(const canvas *c, double *height)
{
    canvas turned = *c;
    uint8_t *tint;
    ALLOC(c->a, tint, c->columns);
    memset(tint, 1, c->columns);
    turned.turned = !c->turned;
    turned.rows = c->columns, turned.row = c->column;
    turned.columns = c->rows, turned.column = c->row;
    turned.tint = tint;
    return chart_hbars(&turned, height);
}

static double
draw_column_names(canvas *c, double left, double group, double y)
{
    double most = 1;
    for (size_t k = 0; k < c->columns; k++) {
        label name = label_wrap(c, canvas_column_label(c, k), 13, group - 6);
        draw_label(c, left + group * ((double)k + 0.5), y + 20, "quiet middle", &name);
        most = fmax(most, (double)name.lines);
    }
    return y + 14 + 17 * most;
}

status
chart_bars(canvas *c, double *height)
{
    scale s = scale_round(fmin(0, canvas_lowest(c)), canvas_highest(c), 5);
    double left = fmax(text_width(scale_tick(c, &s, s.high), 12.5), 20) + 12, group = (c->width - left) / (double)c->columns;
    if (c->rows == 1 && !names_fit(c, group)) return lay_down(c, height);
    double y = c->rows > 1 ? draw_key(c, 0, false) + 12 : 4, bar = fmin(group * 0.8 / (double)c->rows, 84);
    draw_text(c, 0, y + 12, "quiet small", canvas_unit(c));
    s.to = y + 34;
    s.from = s.to + (c->narrow ? 220 : 300);
    draw_grid(c, &s, left, c->width);
    for (size_t k = 0; k < c->columns; k++) {
        double x = left + group * ((double)k + 0.5) - bar * (double)c->rows / 2;
        for (size_t i = 0; i < c->rows; i++, x += bar) {
            released_cell cell = canvas_cell(c, i, k);
            double at = scale_at(&s, cell_drawn(cell) ? cell.value : s.low);
            if (cell_drawn(cell)) draw_textured(c, (box){x + 0.5, at, bar - 1, s.from - at}, c->tint[i]);
            const char *shown = canvas_value(c, cell);
            if (text_width(shown, 12.5) <= bar + 4 || !cell_drawn(cell)) draw_text(c, x + bar / 2, at - 6, "middle small", shown);
        }
    }
    draw_line(c, left, s.from, c->width, s.from, "axis");
    *height = draw_column_names(c, left, group, s.from);
    return ST_OK;
}

/* The part of a row in its column: counts become percentages of what is drawn. */
static double
part_of(const canvas *c, size_t row, size_t column, double total)
{
    released_cell cell = canvas_cell(c, row, column);
    if (!cell_drawn(cell) || !(total > 0)) return 0;
    return cell.value / total;
}

static double
column_total(const canvas *c, size_t column)
{
    double total = 0;
    for (size_t i = 0; i < c->rows; i++) {
        released_cell cell = canvas_cell(c, i, column);
        if (cell_drawn(cell)) total += cell.value;
    }
    return total;
}

static void
draw_stack(canvas *c, size_t column, box b)
{
    double total = column_total(c, column), x = b.x;
    for (size_t i = 0; i < c->rows; i++) {
        double part = part_of(c, i, column, total), width = part * b.width;
        if (!(width > 0)) continue;
        draw_textured(c, (box){x, b.y, width, b.height}, c->tint[i]);
        char number[NUMBER_BYTES];
        number_format(c->in, 100 * part, 0, number);
        const char *shown = html_format(c->h, "%s%%", number);
        double room = text_width(shown, 13) + 6;
        if (width >= room) {
            draw_rect(c, (box){x + width / 2 - room / 2, b.y + b.height / 2 - 9, room, 18}, draw_class(c, "plate", "s", c->tint[i]));
            draw_text(c, x + width / 2, b.y + b.height / 2 + 4.5, "middle on-series", shown);
        }
        x += width;
    }
}

status
chart_stacked(canvas *c, double *height)
{
    double y = draw_key(c, 0, false) + 16, left = 0;
    for (size_t k = 0; k < c->columns && !c->narrow; k++) left = fmax(left, text_width(canvas_column_label(c, k), 14) + 14);
    left = fmin(left, 220);
    for (size_t k = 0; k < c->columns; k++) {
        label name = label_wrap(c, canvas_column_label(c, k), 14, c->narrow ? c->width : left - 10);
        if (c->narrow) {
            draw_label(c, 0, y + 12, NULL, &name);
            y += 18 * (double)name.lines;
            draw_stack(c, k, (box){0, y, c->width, 30});
            y += 42;
        } else {
            draw_label(c, left - 12, y + 23 - 8.5 * (double)(name.lines - 1), "end", &name);
            draw_stack(c, k, (box){left, y, c->width - left, 36});
            y += 46;
        }
    }
    *height = y;
    return ST_OK;
}

/* Lying bars of one column; labels stand at the left, or above the bars on narrow screens. */
typedef struct lying {
    double left, width; /* of the bars */
    double step;        /* from bar to bar */
    bool labels;        /* at the left of this panel */
} lying;

static double
draw_panel(canvas *c, size_t column, double y, const lying *l)
{
    double highest = fmax(canvas_highest(c), 1e-9), bar = c->narrow ? 14 : fmin(22, l->step - 10);
    double room = 0;
    for (size_t i = 0; i < c->rows; i++) room = fmax(room, text_width(canvas_value(c, canvas_cell(c, i, column)), 13.5) + 10);
    for (size_t i = 0; i < c->rows; i++) {
        released_cell cell = canvas_cell(c, i, column);
        if (c->narrow) {
            label name = label_wrap(c, canvas_row_label(c, i), 14, c->width);
            draw_label(c, l->left, y + 13, NULL, &name);
            y += 18 * (double)name.lines;
        } else if (l->labels) {
            label name = label_wrap(c, canvas_row_label(c, i), 14, l->left - 14);
            draw_label(c, l->left - 12, y + bar / 2 + 5 - 8.5 * (double)(name.lines - 1), "end", &name);
        }
        double width = cell_drawn(cell) ? (l->width - room) * fmax(cell.value, 0) / highest : 0;
        draw_rect(c, (box){l->left, y, width, bar}, c->tint[i] == CHART_UNKNOWN ? "part s-5" : "part s-1");
        draw_text(c, l->left + width + 7, y + bar / 2 + 5, "strong", canvas_value(c, cell));
        y += c->narrow ? bar + 10 : l->step;
    }
    if (!c->narrow) draw_line(c, l->left, y - (double)c->rows * l->step - 4, l->left, y - l->step + bar + 4, "axis");
    return y;
}

status
chart_hbars(canvas *c, double *height)
{
    double y = 22, left = 0, bottom = 0;
    for (size_t i = 0; i < c->rows && !c->narrow; i++) left = fmax(left, text_width(canvas_row_label(c, i), 14) + 16);
    left = fmin(left, 260);
    draw_text(c, 0, 12, "quiet small", canvas_unit(c));
    size_t across = c->narrow ? 1 : c->columns < 5 ? c->columns : 5;
    double gap = 26, panel = (c->width - left - gap * (double)(across - 1)) / (double)across;
    for (size_t k = 0; k < c->columns; k++) {
        size_t at = k % across;
        if (at == 0 && k) y = bottom + 18;
        double top = y;
        lying l = {c->narrow ? 0 : left + (double)at * (panel + gap), c->narrow ? c->width : panel, 34, at == 0};
        if (c->columns > 1) {
            draw_text(c, l.left, y + 14, "strong", canvas_column_label(c, k));
            top += 26;
        }
        bottom = draw_panel(c, k, top, &l);
        if (c->narrow) y = bottom + 12;
    }
    *height = bottom + 4;
    return ST_OK;
}
