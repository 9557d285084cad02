/* The frame all pages share, and what a page being written knows. */
#ifndef PEIL_PUBLISH_PAGE_H
#define PEIL_PUBLISH_PAGE_H

#include "publish/cell.h"
#include "publish/document.h"
#include "publish/html.h"

typedef struct page {
    html h;
    arena *a;
    const document *d;
    language in;
    bool official;           /* Statistics Netherlands' symbols */
    const char *file;        /* "index.html" */
    bool used[CELL_STATES];  /* symbols on this page, for its legend */
} page;

/* The word in the page's language. */
const char *page_word(const page *p, const char *id);
/* The phrase in the page's language; "" when it is empty. */
const char *page_phrase(const page *p, phrase words);
/* A path from the folder of the report, seen from this page. */
const char *page_link(page *p, const char *path);
/* Label of an item: its label in the page's language, else its code. */
const char *item_label(language in, const exact_item *item);
/* "2.2" as part of an id: "2-2". */
const char *figure_slug(html *h, const char *figure);
/* The number readers know it by: "2.2". */
const char *figure_number(const figure *f);
/* What the cells count: the figure's unit, else persons, percent, or nothing. */
const char *figure_unit(language in, const figure *f);

/* Running text with its numbers, in an element. */
status page_put_words(page *p, html_tag tag, const char *class, phrase words);
void page_put_cell(page *p, released_cell cell);

/* From the document type to the open main element, and from its end to the last byte. */
status page_begin(page *p, const char *title);
status page_end(page *p, text *out);
/* What the symbols so far mean; page_end puts those that were used after it. */
void page_put_legend(page *p);

/* The pages. */
status page_front(page *p);
status page_chapter(page *p, const chapter *c);
status page_about(page *p);
status page_figure(page *p, const figure *f);
/* Its charts and tables: one table a dimension of the columns, each after the charts that draw it. */
status page_figure_tables(page *p, const figure *f, const char *slug);

#endif
