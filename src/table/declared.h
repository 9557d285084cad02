/* Tables declared in a YAML file (sources/registers.yaml) before any data are there: columns with types, codes and labels.
 *
 * Who writes such tables fills them; who reads them checks a definition, and then the data, by the same file. */
#ifndef PEIL_TABLE_DECLARED_H
#define PEIL_TABLE_DECLARED_H

#include "table/table.h"

/* n tables without rows, in the file's order; equal lists of codes are one code_list. `countries:` names a file beside `path`
 * whose codes make the list "countries". Every table and column must have labels in both languages (for the codebook).
 * Errors  ST_NOT_FOUND, ST_IO, ST_CONFIG (unknown type or list, a name twice, codes on dates, too many codes for the type,
 *         an order that is no integer column), ST_NO_MEMORY */
status table_declared_read(arena *out, const char *path, size_t *n, table **tables);

/* The table of that name; NULL when there is none. */
const table *table_declared_find(size_t n, const table tables[], const char *name);

/* A copy of a declared table with `rows` zeroed rows, for the caller to fill. */
status table_declared_rows(arena *out, const table *declared, size_t rows, table *result);

/* Does a table that was read (from a snapshot) have the declared columns, types and codes? More columns are fine.
 * Errors  ST_INVALID names table and column, and what was declared */
status table_declared_check(const table *declared, const table *found);

#endif
