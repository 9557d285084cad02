/* Drawing inside a chart: a canvas, scales, marks and measured text. For the chart_*.c files alone.
 *
 * A chart is drawn twice: once into a writer that is thrown away, to learn its height, and once in earnest. */
#ifndef PEIL_PUBLISH_CHART_DRAW_H
#define PEIL_PUBLISH_CHART_DRAW_H

#include "publish/chart.h"

enum { CHART_TINTS = 8, CHART_UNKNOWN = 5, CHART_LABEL_LINES = 4 };

typedef struct canvas {
    html *h;
    arena *a;
    const chart_place *place;
    const released *data;
    language in;
    bool narrow;           /* for screens under 56rem */
    bool turned;           /* rows and columns are swapped: `row` holds columns of the figure */
    double width;
    const char *key;       /* prefix of ids */
    size_t rows, columns;  /* drawn */
    const size_t *row, *column; /* their positions in the figure */
    const uint8_t *tint;   /* [rows] 1..CHART_TINTS: colour, dash, mark and texture of a row */
} canvas;

/* Values to positions along one side. */
typedef struct scale {
    double low, high, step; /* values: ends and distance of the ticks */
    double from, to;        /* positions of low and high */
} scale;

typedef struct box {
    double x, y, width, height;
} box;

/* A label in at most four lines. */
typedef struct label {
    size_t lines;
    const char *line[CHART_LABEL_LINES];
    double width; /* of the widest line */
} label;

released_cell canvas_cell(const canvas *c, size_t row, size_t column);
const char *canvas_row_label(const canvas *c, size_t row);
const char *canvas_column_label(const canvas *c, size_t column);
/* "1.234", "37%", "[c]". */
const char *canvas_value(const canvas *c, released_cell cell);
/* The largest and smallest value drawn; 0 without any. */
double canvas_highest(const canvas *c);
double canvas_lowest(const canvas *c);

/* Ends and ticks for values from low to high: round numbers, about `ticks` of them. */
scale scale_round(double low, double high, int ticks);
double scale_at(const scale *s, double value);
const char *scale_tick(const canvas *c, const scale *s, double value);

/* Width in the widest of the fonts that readers may have. */
double text_width(const char *words, double size);
/* Broken at spaces to fit a width; what remains after the last line stays on it. */
label label_wrap(canvas *c, const char *words, double size, double width);

void draw_text(canvas *c, double x, double y, const char *class, const char *words);
/* Lines under each other, the first with its base line at y. */
void draw_label(canvas *c, double x, double y, const char *class, const label *l);
void draw_line(canvas *c, double x1, double y1, double x2, double y2, const char *class);
void draw_rect(canvas *c, box b, const char *class);
void draw_path(canvas *c, const char *d, const char *class);
/* "NAME-TINT" after more classes: draw_class(c, "line", "l", 2) is "line l-2". */
const char *draw_class(const canvas *c, const char *classes, const char *name, int tint);
/* The mark of a row: circle, square, triangle ... so that colour is never alone. */
void draw_mark(canvas *c, double x, double y, double size, int tint);
/* A filled area with the texture of its row. */
void draw_textured(canvas *c, box b, int tint);
/* The textures, once a chart. */
void draw_textures(canvas *c);
/* A row of keys at y, lined = with a piece of line and mark, else with a textured square; gives the y below. */
double draw_key(canvas *c, double y, bool lined);
/* Horizontal grid lines with their numbers at the left, and what they count above them. */
void draw_grid(canvas *c, const scale *s, double left, double right);
/* What the chart counts, as a small line. */
const char *canvas_unit(const canvas *c);

/* The kinds: draw from y = 0 down, give the height. */
status chart_line(canvas *c, double *height);
status chart_multiples(canvas *c, double *height);
status chart_bars(canvas *c, double *height);
status chart_stacked(canvas *c, double *height);
status chart_hbars(canvas *c, double *height);
status chart_dots(canvas *c, double *height);
status chart_heat(canvas *c, double *height);

#endif
