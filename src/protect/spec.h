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

/* A column of amounts beside count: the sum over the persons of a cell. */
typedef struct spec_amount {
    char *name;
    int minimum;           /* persons behind a mean or median; 10 */
    int dominance_n;       /* n-k: the n largest contributions... */
    double dominance_k;    /* ...have more than k % of the sum */
    double p_percent;      /* p %: the rest without the two largest is less than p % of the largest */
    int digits;            /* significant digits of a mean; 3 */
} spec_amount;

/* Why some counts of the earlier release were revised. */
typedef struct spec_revision {
    char *because;
    char **where;          /* "dimension=code", all of them; none: any count */
    unsigned where_count;
} spec_revision;

/* A table about other persons than the others, or with a minimum of its own. */
typedef struct spec_table {
    char *file, *population; /* population NULL: persons */
    int minimum;             /* of its population; 0: that of the spec */
} spec_table;

/* A column of percentages: of the persons that are alike but for some dimensions. */
typedef struct spec_share {
    char *name, *file;     /* the column, the table it goes with */
    char **over;           /* the dimensions whose total is the base */
    unsigned over_count;
    int decimals;          /* 0 to 3 */
    int minimum;           /* persons, as released, that a base has at least; 10 */
    bool exact;            /* in a release that others made: of the exact counts. `peil protect` prints no such ones */
} spec_share;

/* A test statistic of a part of one table: codes of one dimension by those of another. */
typedef struct spec_statistic {
    char *name, *file, *rows, *columns;
    char *kind;                        /* pearson, yates, g2 ... */
    char **row_codes, **column_codes;  /* none: those that are not divided further */
    unsigned row_codes_count, column_codes_count;
    char **where;                      /* "dimension=code"; other dimensions at their total */
    unsigned where_count;
    int digits;                        /* significant digits at most; 4 */
    bool exact;                        /* of the exact counts, as far as the leak gate lets it; else of the released ones */
} spec_statistic;

typedef struct protect_spec {
    spec_amount *amounts;
    unsigned amounts_count;
    spec_share *shares;
    unsigned shares_count;
    spec_statistic *statistics;
    unsigned statistics_count;
    spec_table *tables;
    unsigned tables_count;
    spec_dimension *dimensions;
    unsigned dimensions_count;
    int base, minimum; /* 0: the presets, 5 */
    int interval;            /* nobody may know a sensitive count to within less than this: highest less lowest value; 1 */
    double interval_percent; /* nor to within less than so many percent of the most it can be */
    bool hide_zero;    /* counts of nobody are sensitive too (group disclosure) */
    char **revisions;  /* why counts of the earlier release were revised: "a late notification" */
    unsigned revisions_count;
    spec_revision *revised; /* the same for some counts each */
    unsigned revised_count;
    bool hide_full;    /* so is a count that holds all of a small whole */
} protect_spec;

status spec_load(arena *a, const char *path, protect_spec *spec);

/* Presets for what it leaves out, and its mistakes: each with the key and what was expected. */
status spec_check(const char *path, protect_spec *spec);

/* The dimension as the spec declares it; NULL: not declared, flat with TOTAL. */
const spec_dimension *spec_find(const protect_spec *spec, const char *dimension);
const char *spec_total(const spec_dimension *d); /* NULL gives TOTAL */

/* Does the column hold an amount (NAME, NAME_1, NAME_median) or percentages? It is no dimension then. */
bool spec_is_amount(const protect_spec *spec, text column);

/* The population of a file, and the minimum of a population. */
const char *spec_population(const protect_spec *spec, const char *file);
int spec_minimum(const protect_spec *spec, const char *population);

/* The code that a code was merged into, itself when it was not; NULL: it was dropped. */
const char *spec_merged(const spec_dimension *d, const char *code);

/* protect.yaml again, with what was merged. */
status spec_write(arena *a, const protect_spec *spec, text *out);

/* Groups become partitions; what no group has as a part hangs under the total. Codes must all be named already. */
status spec_partitions(const protect_spec *spec, protect_system *s);

#endif
