/* Variables derived from others, row by row: a kind is a function in one table, a variable is data. */
#ifndef PEIL_MONITOR_VARIABLE_H
#define PEIL_MONITOR_VARIABLE_H

#include "monitor/definition.h"
#include "table/table.h"

/* Derive v over the rows of t; the result is a column of t's rows, in `out`. `countries`: see monitor_derive.
 * Errors  ST_CONFIG (an unknown kind, variable or code: file, variable, what there is), ST_NO_MEMORY */
status variable_derive(arena *out, const monitor_definition *d, const table *t, const table *countries, const monitor_variable *v,
                       column *result);

/* A column of the given type with all values missing. */
status variable_column(arena *out, const table *t, const char *name, column_type type, const code_list *codes, column *result);

/* A list of items as codes; labels that are not given are the codes. */
status variable_codes(arena *out, const char *name, uint32_t n, const monitor_item items[], code_list **result);

#endif
