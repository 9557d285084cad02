/* protect.yaml: how the codes of tables hang together, and the rules. */
#ifndef PEIL_PROTECT_SPEC_H
#define PEIL_PROTECT_SPEC_H

#include "protect/report.h"
#include "protect/system.h"

typedef struct spec_group {
    char *code;
    char **parts;
    unsigned parts_count;
} spec_group;

typedef struct spec_dimension {
    char *name;
    char *total;       /* code of everybody; NULL: TOTAL */
    bool overlapping;
    spec_group *groups;
    unsigned groups_count;
    int merge;           /* codes of fewer persons than this in all are put together within their group, before anything else; 0: not */
    spec_group *merged;  /* what was put together: `code` stands for `parts`, wherever these are read */
    unsigned merged_count;
    char **dropped;      /* codes inside a merged group: their rows are left out */
    unsigned dropped_count;
} spec_dimension;

typedef struct protect_spec {
    spec_dimension *dimensions;
    unsigned dimensions_count;
    int base, minimum; /* 0: the presets, 5 */
    bool hide_zero;
    char **revisions;  /* why counts of the earlier release were revised: "a late notification" */
    unsigned revisions_count;
    bool hide_full;    /* suppression: a cell that holds a whole margin is sensitive (group disclosure) */
} protect_spec;

status spec_load(arena *a, const char *path, protect_spec *spec);

/* The dimension as the spec declares it; NULL: not declared, flat with TOTAL. */
const spec_dimension *spec_find(const protect_spec *spec, const char *dimension);
const char *spec_total(const spec_dimension *d); /* NULL gives TOTAL */

/* The code that a code was merged into, itself when it was not; NULL: it was dropped. */
const char *spec_merged(const spec_dimension *d, const char *code);

/* protect.yaml again, with what was merged. */
status spec_write(arena *a, const protect_spec *spec, text *out);

/* Groups become partitions; what no group has as a part hangs under the total. Codes must all be named already. */
status spec_partitions(const protect_spec *spec, protect_system *s);

#endif
