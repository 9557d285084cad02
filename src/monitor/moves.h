/* Chains of places and statuses: each step from one to the next is a row. */
#ifndef PEIL_MONITOR_MOVES_H
#define PEIL_MONITOR_MOVES_H

#include "monitor/people.h"

enum { MOVES_COLUMNS = 4 };

typedef struct moves_found {
    size_t n;
    uint32_t *person;  /* [n] row of the population */
    int8_t *from, *to; /* [n] places */
    int32_t *days;     /* [n] between the starts */
    int8_t *soon;      /* [n] 1: within `soon` days of the first start */
    const code_list *places, *yes;
} moves_found;

/* The moves of the persons of `of` that keep[rows] names, between the places of p, ordered by person and time. A chain is the rows of the registers that
 * start within p->days after the day p->after (with p->same_day: or on it), by day of start, of one day in the order of the places. Two rows in the same
 * place are a move, too (another trajectory). The first place is no move: how many have one is what figures of persons count.
 * Errors  ST_CONFIG (unknown table, column or code; more than 100 places, a place twice), ST_NO_MEMORY
 * Cost    O(rows of the population and of the registers)
 * Checked tests/monitor/test_people.c */
status moves_find(arena *out, const monitor_definition *d, const registers *r, const population *of, const monitor_population *p,
                  const uint8_t keep[], moves_found *result);

/* The columns from, to, days and soon. ST_CONFIG: the population has one of that name already. */
status moves_columns(arena *out, const monitor_definition *d, const moves_found *m, table *t);

#endif
