/* The one document model: what a report says, whatever it is written as.
 *
 * Texts come in both languages. Numbers come only as `released`: there is no field for a count, a share or a mean,
 * so a figure that was not protected does not compile into a report. Running text refers to a released cell by
 * "{FIGURE/ROW/COLUMN}" with its codes, "{2.1/all/2020}", and the writers put the number in the reader's notation there;
 * "{{" is a brace. A document owns nothing: everything it points to lives as long as the caller's arena. */
#ifndef PEIL_PUBLISH_DOCUMENT_H
#define PEIL_PUBLISH_DOCUMENT_H

#include "base/date.h"
#include "base/words.h"
#include "protect/released.h"

/* The same thing said in every language; NULL is the empty text. */
typedef struct phrase {
    const char *in[LANGUAGE_COUNT];
} phrase;

typedef enum chart_kind {
    CHART_NONE,      /* a table alone */
    CHART_LINE,      /* rows are lines over the columns (years, months) */
    CHART_BARS,      /* per column a group of upright bars, one a row */
    CHART_STACKED,   /* per column one bar of 100 %, its parts the rows */
    CHART_HBARS,     /* lying bars, one a row; with several columns one panel each */
    CHART_DOTS,      /* a dot a row; columns coded lower and upper draw an interval around it */
    CHART_HEAT,      /* the table itself, shaded */
    CHART_MULTIPLES, /* a small line chart a row, all on one scale */
    CHART_KINDS
} chart_kind;

/* "none", "line", "bars", "stacked", "hbars", "dots", "heat", "multiples"; false for another name. */
const char *chart_kind_name(chart_kind kind);
bool chart_kind_find(text name, chart_kind *out);

/* A remark in the chart at a column: "new privacy law" at 2018. */
typedef struct chart_remark {
    const char *at; /* code of the column */
    phrase text;
} chart_remark;

/* A chart draws the rows and columns of its figure that are no totals; the fields below narrow that down. */
typedef struct figure_chart {
    chart_kind kind;
    const char *dimension; /* draw only the columns of this dimension ("year"); NULL: the first one that is no total */
    const char *column;    /* draw only this column, totals too; NULL: all of the dimension */
    const char *row;       /* draw only this row, totals too; NULL: all */
    phrase title;          /* above the chart, where a figure has several; may be empty */
    size_t remarks;
    const chart_remark *remark;
} figure_chart;

/* One released cell. */
typedef struct cell_reference {
    const released *figure; /* NULL: no number is given */
    size_t row, column;
} cell_reference;

/* Who was left out of a figure, and how many. */
typedef struct exclusion {
    phrase text;
    cell_reference count;
} exclusion;

typedef struct figure {
    const released *data; /* its code is released_figure(data): "2.2" */
    const char *number;   /* as readers see it: "2.2"; NULL: the code */
    const released *tests; /* numbers its remarks refer to; NULL: none */
    size_t remarks;
    const phrase *remark; /* sentences under the table: tests */
    phrase title, note, source;
    phrase unit;          /* "persons", "years"; empty: persons for counts, percent for shares */
    size_t charts;
    const figure_chart *chart;
    /* where the numbers come from */
    phrase population, definition;
    size_t exclusions;
    const exclusion *exclusion;
} figure;

typedef enum block_kind { BLOCK_PARAGRAPH, BLOCK_HEADING, BLOCK_FIGURE } block_kind;

typedef struct block {
    block_kind kind;
    phrase text;          /* paragraph, heading */
    const figure *figure; /* figure */
} block;

typedef struct chapter {
    const char *id; /* a file name without ending: lower case letters, digits and hyphens */
    phrase title, lead;
    size_t blocks;
    const block *block;
} chapter;

/* A number large on the first page, with the row it stands in as a small line beside it. */
typedef struct key_figure {
    cell_reference cell;
    phrase label, note;
    const char *trend; /* dimension of the columns of that row drawn as a small line ("year"); NULL: none */
} key_figure;

typedef struct document {
    phrase name;            /* of the series, in the head of each page: "Monitor of human trafficking" */
    phrase title, subtitle; /* of this report */
    phrase lead;            /* the result in a few sentences */
    phrase publisher;
    phrase notice;          /* a warning on each page: "synthetic data"; empty: none */
    phrase period;          /* "2016-2020" */
    int32_t data_date;      /* the day the snapshot was frozen; DATE_MISSING: not given */
    const char *version;    /* of the program */
    const char *snapshot;   /* hash of the data, hex */
    const char *definition; /* hash of the monitor definition, hex */
    /* of the records that were taken for one person: estimates in words; empty: none */
    phrase links_right, links_found, links_too_many, links_move, links_move_estimate;
    const char *links_alarm; /* which of those estimates are not to be trusted and why, for words_get(); NULL: none */
    phrase protection;      /* how figures were protected, in a few sentences */
    size_t keys;
    const key_figure *key;
    const figure *front;    /* figure whose front_chart stands on the first page; NULL: none */
    figure_chart front_chart;
    phrase front_title;
    size_t chapters;
    const chapter *chapter;
} document;

typedef struct publish_options {
    bool official_symbols; /* Statistics Netherlands' symbols instead of the accessible [c], [low], [x], [z] */
} publish_options;

/* Write the whole report into `folder` (made when absent; files of another report there are left alone):
 * index.html and CHAPTER.html in Dutch, the same under en/, about.html, style.css, data/FIGURE.csv with
 * FIGURE.csv-metadata.json, data/figures.csv, charts/FIGURE-LANGUAGE.svg (-2, -3 for further charts).
 * A failure leaves some of the files: write into a fresh folder and rename it (the monitor does).
 * The same document gives the same bytes. `options` NULL: the presets.
 * Errors  ST_CONFIG (a reference to a figure, row or column that is not there, an id twice or not fit for a file name),
 *         ST_IO, ST_NO_MEMORY */
status publish_write(const document *d, const char *folder, const publish_options *options);

#endif
