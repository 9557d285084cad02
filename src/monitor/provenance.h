/* Where the numbers come from: what was delivered, who was left out, which definition, data and program made them.
 *
 * Everything in provenance.json may be published: counts of persons and notifications stand in it as released by protect,
 * and a delivery of under 100 rows has no hash there, since a short file could be guessed and tried. */
#ifndef PEIL_MONITOR_PROVENANCE_H
#define PEIL_MONITOR_PROVENANCE_H

#include "monitor/definition.h"
#include "protect/report.h"

enum { PROVENANCE_HASHED_ROWS = 100 };

/* What became of the rows of a delivery: kept, counted without identity or rejected. */
typedef struct provenance_delivery {
    const char *source, *file; /* as the definition names them, without folders */
    const char *title[LANGUAGE_COUNT];
    hash content;
    size_t rows, kept, counted, rejected;
} provenance_delivery;

struct monitor_linkage;

typedef struct provenance {
    const monitor_definition *d;
    hash snapshot;
    bool has_snapshot;
    size_t deliveries;
    const provenance_delivery *delivery;
    const struct monitor_linkage *linkage; /* monitor/movement.h; NULL: no persons */
} provenance;

/* The deliveries as an exact table, to be protected with the report: rows are deliveries, columns the steps. */
#define PROVENANCE_INTAKE "intake"
status provenance_intake(arena *out, const provenance *p, exact_table *result);

/* The text of provenance.json: keys in a fixed order, UTF-8, a line end at the end.
 * released   every released figure of the report; those called "provenance" and "intake" give the counts */
status provenance_json(arena *out, const provenance *p, const protect_result *report, text *result);

#endif
