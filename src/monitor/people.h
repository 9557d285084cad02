/* The populations of the registers: rows, persons by their first row, parts of other populations, events of a window. */
#ifndef PEIL_MONITOR_PEOPLE_H
#define PEIL_MONITOR_PEOPLE_H

#include "monitor/registers.h"

/* The events a window looked at, for populations of kind events. */
typedef struct window_events {
    const monitor_window *window;
    const table *table;
    size_t n;
    const uint32_t *row;     /* [n] of the table */
    const uint32_t *person;  /* [n] row of the population */
    const uint8_t *counted;  /* [n] 1: a new event within the window */
} window_events;

typedef struct population {
    const monitor_population *p;
    table table;            /* ascending by person */
    const uint8_t *control; /* [rows] 1: drawn as a control; NULL: none */
    const window_events *events; /* [windows] */
    int64_t controls, short_of; /* controls drawn; those that could not be: too few persons in their stratum */
} population;

typedef struct populations {
    size_t n;
    population *item;
} populations;

/* Make every population of the definition, in their order, over registers with or without rows.
 *
 * result    memory in `out`
 * Ties      of first rows of one day the one with the lowest values, column by column: the order of rows never shows
 * Errors    ST_CONFIG (an unknown table, column or code: file, population, what there is), ST_INVALID, ST_NO_MEMORY
 * Cost      O(rows of the registers used)
 * Checked   tests/monitor/test_people.c */
status populations_build(arena *out, const monitor_definition *d, const registers *r, const table *countries, populations *result);

const population *populations_find(const populations *all, const char *name); /* NULL: not there */

/* Controls wanted, drawn and not found, a row a population with controls, to be protected with the report; n = 0 rows: none has any. */
#define CONTROLS_FIGURE "controls"
status populations_controls(arena *out, const populations *all, exact_table *result);

/* keep[rows] = 1 where no exclusion of the population holds. */
status population_keep(const monitor_definition *d, const population *x, uint8_t keep[]);

#endif
