/* A typed writer of HTML and SVG: elements are opened and closed by functions, text and attribute values are always
 * escaped, names come from html_names.def. Nothing can be written as it stands, so nothing can be forgotten.
 * Mistakes of the caller (closing another element than the open one, an attribute after the content, a link with a
 * scheme other than https) are kept and reported once by html_end. */
#ifndef PEIL_PUBLISH_HTML_H
#define PEIL_PUBLISH_HTML_H

#include "base/text.h"

typedef enum html_tag {
#define TAG(name, text, kind) TAG_##name,
#include "publish/html_names.def"
#undef TAG
    TAG_COUNT
} html_tag;

typedef enum html_attribute {
#define ATTRIBUTE(name, text, type) ATTR_##name,
#include "publish/html_names.def"
#undef ATTRIBUTE
    ATTR_COUNT
} html_attribute;

enum { HTML_DEPTH = 64 };

typedef struct html {
    text_builder b;
    html_tag open[HTML_DEPTH];
    int depth;
    bool head_open;      /* the last start tag still takes attributes */
    bool fresh;          /* nothing was written in the element yet */
    const char *mistake; /* first mistake of the caller; NULL: none */
} html;

html html_new(arena *a);
void html_doctype(html *h);

void html_open(html *h, html_tag tag);
void html_close(html *h, html_tag tag); /* must be the innermost open one */
void html_attr(html *h, html_attribute name, const char *value); /* NULL writes nothing; flags take "" */
void html_attr_int(html *h, html_attribute name, long value);
void html_attr_number(html *h, html_attribute name, double value); /* at most two decimals: SVG coordinates */
void html_text(html *h, const char *words);
void html_text_bytes(html *h, text words);

/* printf into the writer's arena; "" without memory, which html_end then reports. */
const char *html_format(html *h, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Short forms: <tag class="class">words</tag>; NULL class or words: without. */
void html_open_class(html *h, html_tag tag, const char *class);
void html_element(html *h, html_tag tag, const char *class, const char *words);
void html_link(html *h, const char *class, const char *href, const char *words);

/* The rules of a stand-alone SVG: the style sheets of this program alone, so they name no caller. */
void html_chart_style(html *h);

/* Errors  ST_INTERNAL (a mistake of the caller, or elements left open), ST_NO_MEMORY */
status html_end(html *h, text *out);

#endif
