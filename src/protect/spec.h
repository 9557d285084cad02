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
} spec_dimension;

typedef struct protect_spec {
    spec_dimension *dimensions;
    unsigned dimensions_count;
    int base, minimum; /* 0: the presets, 5 */
    bool hide_zero;
    bool hide_full;    /* suppression: a cell that holds a whole margin is sensitive (group disclosure) */
} protect_spec;

status spec_load(arena *a, const char *path, protect_spec *spec);

/* The dimension as the spec declares it; NULL: not declared, flat with TOTAL. */
const spec_dimension *spec_find(const protect_spec *spec, const char *dimension);
const char *spec_total(const spec_dimension *d); /* NULL gives TOTAL */

/* Groups become partitions; what no group has as a part hangs under the total. Codes must all be named already. */
status spec_partitions(const protect_spec *spec, protect_system *s);

#endif
