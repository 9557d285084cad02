/* The registers persons are followed through: a snapshot in the deliveries, laid out as sources/registers.yaml declares. */
#ifndef PEIL_MONITOR_REGISTERS_H
#define PEIL_MONITOR_REGISTERS_H

#include "monitor/definition.h"
#include "protect/exact.h"
#include "table/table.h"

/* What can be wrong with a row: it is left out, and counted under the first that holds. */
typedef enum register_fault { FAULT_NONE, FAULT_NO_DAY, FAULT_BEFORE_BIRTH, FAULT_ENDS_BEFORE_START, FAULTS } register_fault;

typedef struct register_table {
    table table;
    const uint8_t *fault;   /* [rows] NULL: none has any */
    int64_t counts[FAULTS]; /* rows by fault */
} register_table;

typedef struct registers {
    size_t n;
    register_table *table; /* those that populations use */
    hash content;
} registers;

/* The declared tables without rows, for checking a definition. */
status registers_declared(arena *out, const monitor_definition *d, registers *result);

/* Map FOLDER/registers and check it: declared columns, types and codes; persons ascending (one row a person in the tables of
 * `people` and of controls); codes among those declared. Rows with a day before the year of birth, an end before its start or
 * without the day they are about are marked, not dropped.
 * Errors  ST_NOT_FOUND (no such folder or table: how to make it), ST_INVALID (table, row, column), ST_IO, ST_NO_MEMORY
 * Cost    O(rows); 17 million rows of a population register in a tenth of a second */
status registers_open(arena *a, const monitor_definition *d, const char *deliveries, registers *result);

/* ST_CONFIG names the tables there are. */
status registers_find(const monitor_definition *d, const registers *r, const char *what, const char *name, const register_table **out);

/* Rows by what was wrong with them, to be protected with the report. */
#define REGISTERS_FIGURE "registers"
status registers_figure(arena *out, const registers *r, exact_table *result);

#endif
