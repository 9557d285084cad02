/* The document of a monitor: the definition's texts and charts around its released figures. */
#ifndef PEIL_MONITOR_REPORT_H
#define PEIL_MONITOR_REPORT_H

#include "monitor/provenance.h"
#include "publish/document.h"

typedef struct report_parts {
    const protect_result *report;        /* released in the order of the definition's figures; further ones (exclusions, intake) may follow */
    const released *const *tests;        /* [figures of the definition] NULL entries: none */
    const char *const *population;       /* [figures of the definition] canonical texts, shown as the definition of each figure */
} report_parts;

/* parts      what the report is made of
 * result     in `out`, borrowing from everything given
 * Errors     ST_CONFIG (an unknown chart, a key figure that is not there: file, figure), ST_NO_MEMORY */
status report_document(arena *out, const provenance *p, const report_parts *parts, document *result);

#endif
