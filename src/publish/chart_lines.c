/* Lines over years or months: in one chart with direct labels, or in a small chart each. */
#include "publish/cell.h"
#include "publish/chart_draw.h"
#include "publish/page.h"

#include <math.h>
#include <stdlib.h>

/* Bold letters are wider. */
static const double BOLD = 1.1;

/* Where the columns stand. */
typedef struct track {
    double left, right;
    size_t n;
} track;

static double
track_at(const track *t, size_t column)
{
    return t->n < 2 ? (t->left + t->right) / 2 : t->left + (t->right - t->left) * (double)column / (double)(t->n - 1);
}

static void
put_point(text_builder *b, char step, double x, double y)
{
    text_put_char(b, step);
    text_put_double(b, round(x * 100) / 100);
    text_put_char(b, ',');
    text_put_double(b, round(y * 100) / 100);
}

/* The surface between a line and the axis, where it is not interrupted. */
static status
draw_area(canvas *c, size_t row, const track *t, const scale *s)
{
    text_builder b = text_builder_new(c->a);
    for (size_t k = 0; k + 1 < c->columns; k++) {
        released_cell from = canvas_cell(c, row, k), to = canvas_cell(c, row, k + 1);
        if (!cell_drawn(from) || !cell_drawn(to)) continue;
        put_point(&b, 'M', track_at(t, k), s->from);
        put_point(&b, 'L', track_at(t, k), scale_at(s, from.value));
        put_point(&b, 'L', track_at(t, k + 1), scale_at(s, to.value));
        put_point(&b, 'L', track_at(t, k + 1), s->from);
    }
    text d;
    CHECK(text_builder_end(&b, &d));
    if (d.n) draw_path(c, d.bytes, draw_class(c, "area", "s", c->tint[row]));
    return ST_OK;
}

/* One row as a line, interrupted where a cell has no number. */
static status
draw_row(canvas *c, size_t row, const track *t, const scale *s, double mark)
{
    text_builder b = text_builder_new(c->a);
    bool down = false;
    for (size_t k = 0; k < c->columns; k++) {
        released_cell cell = canvas_cell(c, row, k);
        bool drawn = cell_drawn(cell);
        if (drawn) put_point(&b, down ? 'L' : 'M', track_at(t, k), scale_at(s, cell.value));
        down = drawn;
    }
    text d;
    CHECK(text_builder_end(&b, &d));
    if (d.n) draw_path(c, d.bytes, draw_class(c, draw_class(c, "line", "l", c->tint[row]), "dash", c->tint[row]));
    for (size_t k = 0; k < c->columns; k++) {
        released_cell cell = canvas_cell(c, row, k);
        if (cell_drawn(cell) && mark > 0) draw_mark(c, track_at(t, k), scale_at(s, cell.value), mark, c->tint[row]);
    }
    return ST_OK;
}

/* The symbols of hidden cells, above the axis at their column. */
static void
draw_hidden(canvas *c, const track *t, const scale *s)
{
    for (size_t k = 0; k < c->columns; k++) {
        double y = scale_at(s, s->low) - 6;
        for (size_t i = 0; i < c->rows; i++) {
            released_cell cell = canvas_cell(c, i, k);
            if (cell_drawn(cell) || cell.state == RELEASED_IMPOSSIBLE) continue;
            draw_text(c, track_at(t, k), y, draw_class(c, "middle small halo", "s", c->tint[i]), canvas_value(c, cell));
            y -= 14;
        }
    }
}

/* Names of columns under the axis, as many as fit. */
static void
draw_column_labels(canvas *c, const track *t, double y)
{
    double widest = 0, gap = t->n < 2 ? c->width : (t->right - t->left) / (double)(t->n - 1);
    for (size_t k = 0; k < c->columns; k++) widest = fmax(widest, text_width(canvas_column_label(c, k), 13));
    size_t step = (size_t)fmax(1, ceil((widest + 8) / gap));
    for (size_t k = 0; k < c->columns; k += step) draw_text(c, track_at(t, k), y, "quiet middle", canvas_column_label(c, k));
}

/* A label at the end of each line, pushed apart where they would overlap. */
typedef struct end_label {
    size_t row;
    double wanted, y;
    label text;
} end_label;

static int
by_place(const void *a, const void *b)
{
    const end_label *x = a, *y = b;
    if (x->wanted != y->wanted) return x->wanted < y->wanted ? -1 : 1;
    return x->row < y->row ? -1 : 1;
}

static double
height_of(const end_label *e)
{
    return 17 * (double)e->text.lines + 3;
}

/* Down from the top until none overlaps, then back up from the bottom. */
static void
push_apart(end_label *e, size_t n, double top, double bottom)
{
    double at = top;
    for (size_t i = 0; i < n; i++) {
        e[i].y = fmax(e[i].wanted - height_of(&e[i]) / 2, at);
        at = e[i].y + height_of(&e[i]);
    }
    at = bottom;
    for (size_t i = n; i-- > 0;) {
        e[i].y = fmin(e[i].y, at - height_of(&e[i]));
        at = e[i].y;
    }
}

static status
draw_end_labels(canvas *c, const track *t, const scale *s, double width)
{
    end_label *e;
    size_t n = 0;
    ALLOC(c->a, e, c->rows);
    for (size_t i = 0; i < c->rows; i++) {
        released_cell cell = canvas_cell(c, i, c->columns - 1);
        double wanted = scale_at(s, cell_drawn(cell) ? cell.value : s->low);
        const char *words = canvas_value(c, cell);
        if (!c->narrow && c->rows > 1) words = html_format(c->h, "%s %s", canvas_row_label(c, i), words);
        e[n++] = (end_label){i, wanted, 0, label_wrap(c, words, 14 * BOLD, width)};
    }
    qsort(e, n, sizeof *e, by_place);
    push_apart(e, n, s->to - 12, s->from + 14);
    for (size_t i = 0; i < n; i++)
        draw_label(c, t->right + 14, e[i].y + 14, draw_class(c, "strong", "s", c->tint[e[i].row]), &e[i].text);
    return ST_OK;
}

/* The drawn column with that code; -1: none. */
static int
drawn_column(const canvas *c, const char *code)
{
    int at = axis_find(released_columns(c->data), code);
    for (size_t k = 0; at >= 0 && k < c->columns; k++)
        if (c->column[k] == (size_t)at) return (int)k;
    return -1;
}

/* Remarks stand above the plot, side by side or (narrow) under each other, each with a thin line down to its column.
 * With bottom <= top nothing is drawn. Gives the height they take. */
static double
draw_remarks(canvas *c, const track *t, double top, double bottom)
{
    const figure_chart *chart = c->place->chart;
    double gap = t->n < 2 ? c->width : (t->right - t->left) / (double)(t->n - 1), most = 0, y = top;
    double width = c->narrow ? c->width * 0.55 : chart->remarks > 1 ? fmax(gap - 18, 110) : 230;
    for (size_t i = 0; i < chart->remarks; i++) {
        const char *words = chart->remark[i].text.in[c->in];
        int at = drawn_column(c, chart->remark[i].at);
        if (!words || at < 0) continue;
        double x = track_at(t, (size_t)at);
        bool left = x > c->width * 0.55;
        label l = label_wrap(c, words, 12.5, width);
        double height = 16 * (double)l.lines + 6;
        if (bottom > top) {
            draw_line(c, x, y - 2, x, bottom, "remark");
            draw_label(c, left ? x - 7 : x + 7, y + 9, left ? "quiet end small halo" : "quiet small halo", &l);
        }
        most = c->narrow ? most + height : fmax(most, height);
        if (c->narrow) y += height;
    }
    return most;
}

static double
widest_end_label(canvas *c)
{
    double widest = 0;
    for (size_t i = 0; i < c->rows; i++) {
        const char *value = canvas_value(c, canvas_cell(c, i, c->columns - 1));
        if (c->narrow || c->rows == 1) {
            widest = fmax(widest, text_width(value, 14) * BOLD);
            continue;
        }
        label l = label_wrap(c, canvas_row_label(c, i), 14, 200 - text_width(value, 14));
        widest = fmax(widest, (l.width + text_width(value, 14)) * BOLD + 8);
    }
    return fmin(widest, 230);
}

/* Numbers at the points themselves, where there are few lines: the higher of two above, the lower below. */
static void
draw_point_values(canvas *c, const track *t, const scale *s)
{
    double gap = t->n < 2 ? c->width : (t->right - t->left) / (double)(t->n - 1);
    for (size_t k = 0; k + 1 < c->columns; k++)
        for (size_t i = 0; i < c->rows; i++) {
            released_cell cell = canvas_cell(c, i, k), other = canvas_cell(c, c->rows - 1 - i, k);
            const char *shown = canvas_value(c, cell);
            if (!cell_drawn(cell) || text_width(shown, 12.5) + 6 > gap) continue;
            bool below = c->rows > 1 && cell_drawn(other) && (cell.value < other.value || (cell.value == other.value && i));
            if (c->rows == 1 && k) below = canvas_cell(c, 0, k - 1).value > cell.value && canvas_cell(c, 0, k + 1).value > cell.value;
            below = below && scale_at(s, cell.value) + 26 < s->from; /* else on the names of the columns */
            draw_text(c, track_at(t, k), scale_at(s, cell.value) + (below ? 21 : -11), draw_class(c, "middle small halo", "s", c->tint[i]), shown);
        }
}

/* Counts and shares start at zero. A mean moves within a narrow band far from it: there the axis starts higher, and says so. */
static scale
line_scale(const canvas *c)
{
    double low = canvas_lowest(c), high = canvas_highest(c);
    if (released_measure(c->data) != EXACT_MEAN || low < high / 2) return scale_round(fmin(0, low), high, 5);
    double room = fmax(high - low, high / 20);
    return scale_round(low - room, high + room / 2, 5);
}

status
chart_line(canvas *c, double *height)
{
    double y = c->narrow && c->rows > 1 ? draw_key(c, 0, true) + 12 : 4;
    scale s = line_scale(c);
    double left = fmax(text_width(scale_tick(c, &s, s.high), 12.5), 20) + 12, labels = widest_end_label(c);
    track t = {left + 10, c->width - labels - 16, c->columns};
    const char *unit = canvas_unit(c);
    if (s.low > 0) unit = html_format(c->h, "%s (%s)", unit, words_get(c->in, WORD("the axis does not start at zero")));
    draw_text(c, 0, y + 12, "quiet small", unit);
    y += 22;
    double remarks = draw_remarks(c, &t, 0, 0);
    double top = y + remarks + 6, plot = c->narrow ? 220 : 330;
    s.from = top + plot;
    s.to = top;
    draw_grid(c, &s, left, t.right + 6);
    draw_remarks(c, &t, y, s.from);
    for (size_t i = c->rows; i-- > 0;) CHECK(draw_row(c, i, &t, &s, c->columns > 24 ? 0 : 4.5));
    if (c->rows <= 2) draw_point_values(c, &t, &s);
    draw_hidden(c, &t, &s);
    CHECK(draw_end_labels(c, &t, &s, labels + 4));
    draw_column_labels(c, &t, s.from + 22);
    *height = s.from + 34;
    return ST_OK;
}

/* The number at a point of a small chart: under the point where the line comes from above, else over it. */
static void
draw_small_value(canvas *c, size_t row, size_t column, const track *t, const scale *s)
{
    released_cell cell = canvas_cell(c, row, column);
    double x = track_at(t, column), y = scale_at(s, cell_drawn(cell) ? cell.value : s->low);
    size_t beside = column ? column - 1 : 1;
    bool below = false;
    if (cell_drawn(cell)) {
        draw_mark(c, x, y, 4.5, c->tint[row]);
        released_cell neighbour = beside < c->columns ? canvas_cell(c, row, beside) : cell;
        below = cell_drawn(neighbour) && scale_at(s, neighbour.value) < y - 14 && y + 26 < s->from;
    }
    const char *side = column == 0 ? "strong halo" : column + 1 == c->columns ? "end strong halo" : "middle strong halo";
    double edge = column == 0 ? x - 6 : column + 1 == c->columns ? x + 6 : x;
    draw_text(c, edge, below ? y + 21 : y - 10, draw_class(c, side, "s", c->tint[row]), canvas_value(c, cell));
}

/* The column of the highest value. */
static size_t
peak_of(const canvas *c, size_t row)
{
    size_t peak = 0;
    double highest = -INFINITY;
    for (size_t k = 0; k < c->columns; k++) {
        released_cell cell = canvas_cell(c, row, k);
        if (cell_drawn(cell) && cell.value > highest) highest = cell.value, peak = k;
    }
    return peak;
}

/* One small chart: its name, the line, and the numbers at both ends and at the peak. */
static status
draw_multiple(canvas *c, size_t row, box b, scale s)
{
    label name = label_wrap(c, canvas_row_label(c, row), 14 * BOLD, b.width - 4);
    draw_label(c, b.x, b.y + 14, "strong", &name);
    double bottom = b.y + b.height - 28;
    s.from = bottom;
    s.to = b.y + 66;
    track t = {b.x + 6, b.x + b.width - 6, c->columns};
    CHECK(draw_area(c, row, &t, &s));
    draw_line(c, b.x, bottom, b.x + b.width, bottom, "axis");
    CHECK(draw_row(c, row, &t, &s, 0));
    size_t last = c->columns - 1, peak = peak_of(c, row);
    double gap = last ? (t.right - t.left) / (double)last : 0;
    draw_small_value(c, row, 0, &t, &s);
    if (last) draw_small_value(c, row, last, &t, &s);
    released_cell top = canvas_cell(c, row, peak);
    bool room = (double)peak * gap > 44 && (double)(last - peak) * gap > 44;
    if (room && cell_drawn(top) && scale_at(&s, top.value) < bottom - 12) draw_small_value(c, row, peak, &t, &s);
    draw_text(c, b.x, bottom + 18, "quiet small", canvas_column_label(c, 0));
    if (last) draw_text(c, b.x + b.width, bottom + 18, "quiet end small", canvas_column_label(c, last));
    return ST_OK;
}

status
chart_multiples(canvas *c, double *height)
{
    size_t across = c->narrow ? 1 : c->rows <= 4 ? c->rows : 3;
    double gap = 48, each = c->narrow ? 160 : 196, between = c->narrow ? 18 : 30;
    double width = (c->width - gap * (double)(across - 1)) / (double)across;
    scale s = scale_round(fmin(0, canvas_lowest(c)), canvas_highest(c), 3);
    s.high = fmax(canvas_highest(c), s.low + 1); /* the highest value of all touches the top */
    for (size_t i = 0; i < c->rows; i++) {
        box b = {(double)(i % across) * (width + gap), (double)(i / across) * (each + between), width, each};
        CHECK(draw_multiple(c, i, b, s));
    }
    *height = (double)((c->rows + across - 1) / across) * (each + between) - between;
    return ST_OK;
}
