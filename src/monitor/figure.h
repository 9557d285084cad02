/* A figure of the definition made into exact counts. A kind of figure is a function in one table (figure.c); later rooms
 * add theirs (survival curves, estimates) beside "table" and "frequency". */
#ifndef PEIL_MONITOR_FIGURE_H
#define PEIL_MONITOR_FIGURE_H

#include "monitor/derive.h"
#include "monitor/people.h"
#include "protect/exact.h"

typedef struct figure_source {
    const monitor_definition *d;
    const units *units; /* NULL: the monitor has frequency tables alone */
    bool points;        /* estimates alone, without what was observed and without intervals */
    bool checking;      /* of monitor_check: words are bound, what takes long is not worked out */
    const populations *populations; /* of the registers; NULL: none */
} figure_source;

/* The rows a population counts; ST_CONFIG when the monitor has no deliveries or registers to make it of. */
status figure_rows(const figure_source *source, const char *figure, const char *population, const table **result);

/* Make the exact table; names and codes are borrowed from the definition and the tables.
 * Errors  ST_CONFIG (file, figure, what there is), ST_INVALID (a frequency table not as expected), ST_NO_MEMORY */
status figure_make(arena *out, const figure_source *source, const monitor_figure *f, exact_table *result);

/* The counts of who was left out of a population: rows are each exclusion (a person is counted under the first that holds),
 * those kept, and the total; without controls.
 * result  its figure is FIGURE_EXCLUSIONS for victim_year, else "provenance-POPULATION" */
status figure_exclusions(arena *out, const figure_source *source, const char *population, exact_table *result);

/* What a population counts, in a word: "persons"; NULL: the notifications. */
const char *figure_counted(const monitor_population *p, language in);

/* The code of that table for victim_year; of others it begins so. */
#define FIGURE_EXCLUSIONS "provenance"

/* A cross table over a population: kind "table", and what other kinds are made of. */
status figure_table(arena *out, const figure_source *source, const monitor_figure *f, exact_table *result);

/* Canonical text of population and filter: equal text means the same persons. `item`: of one item by conditions, or NULL. */
status figure_population(arena *out, const figure_source *source, const monitor_figure *f, const monitor_item *item,
                         const char **result);

/* One condition in the words of that text: "role any victim". */
status figure_condition_text(arena *tmp, const monitor_condition *c, const char **result);

/* The same for readers: on one line. */
status figure_population_words(arena *out, const char *population, const char **result);

/* The dimension of a table of exclusions: its item "kept" is who figures of the population count. */
status figure_exclusion(arena *out, const monitor_definition *d, const char *population, const char **dimension);

/* keep[rows of t] = 1 where the figure's conditions hold and no exclusion does that applies to it. */
status figure_select(const figure_source *source, const monitor_figure *f, const table *t, uint8_t keep[]);

/* The same for an item by conditions: its own conditions and exclusions alone. */
status figure_select_item(const figure_source *source, const monitor_figure *f, const monitor_item *item, const table *t,
                          uint8_t keep[]);

#endif
