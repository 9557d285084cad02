/* Chains of places and statuses: each step into the first, from one to the next, and out of the last is a row. */
#ifndef PEIL_MONITOR_MOVES_H
#define PEIL_MONITOR_MOVES_H

#include "monitor/people.h"

enum { MOVES_COLUMNS = 4 };

typedef struct moves_found {
    size_t n;
    uint32_t *person;  /* [n] row of the population */
    int8_t *from, *to; /* [n] places; before them start, behind them end */
    int32_t *days;     /* [n] between the starts; INT32_MIN: into the first or out of the last */
    uint32_t *chain;   /* [n] bit 0: of the whole chain; bit 1: of what began within `soon` days of the first start */
    const code_list *places, *chains;
} moves_found;

/* The steps of the persons of `of` that keep[rows] names, between the places of p, ordered by person and time. A chain is the rows of the registers that
 * start within p->days after the day p->after (with p->same_day: or on it), by day of start, of one day in the order of the places. Its steps: from "start" into
 * the first place, from each place to the next (two rows in the same place are a step, too: another trajectory), from the last to "end". The chain of the first
 * p->soon days is the whole one cut there, with an end of its own where that is earlier. So as many steps lead into each place as out of it, in either chain.
 * Errors  ST_CONFIG (unknown table, column or code; more than 100 places, a place twice), ST_NO_MEMORY
 * Cost    O(rows of the population and of the registers)
 * Checked tests/monitor/test_people.c */
status moves_find(arena *out, const monitor_definition *d, const registers *r, const population *of, const monitor_population *p,
                  const uint8_t keep[], moves_found *result);

/* The columns from, to, days and chain. ST_CONFIG: the population has one of that name already. */
status moves_columns(arena *out, const monitor_definition *d, const moves_found *m, table *t);

#endif
