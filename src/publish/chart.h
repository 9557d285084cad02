/* Charts as SVG: real text, a title and a description, colour never alone. */
#ifndef PEIL_PUBLISH_CHART_H
#define PEIL_PUBLISH_CHART_H

#include "publish/document.h"
#include "publish/html.h"

/* Which chart stands where. */
typedef struct chart_place {
    language in;
    const char *key; /* prefix of the ids in it, unique on the page */
    const figure *figure;
    const figure_chart *chart;
    bool official; /* Statistics Netherlands' symbols */
} chart_place;

/* On a page: drawn for wide and for narrow screens, of which the style sheet shows one. */
status chart_put(html *h, const chart_place *place);
/* By itself, as a file with its own colours for light and dark. */
status chart_file(arena *a, const chart_place *place, text *out);
/* The small line beside a key figure. */
status chart_put_trend(arena *a, html *h, language in, const key_figure *key);
/* Its path in the folder of the report: charts/2.2-nl.svg, charts/2.2-2-nl.svg; NULL when there is no memory. */
const char *chart_path(arena *a, const figure *f, size_t chart, language in);

#endif
