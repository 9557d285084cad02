/* Words of a definition bound to the columns and codes of a table, with errors that say what there is. */
#ifndef PEIL_MONITOR_BIND_H
#define PEIL_MONITOR_BIND_H

#include "monitor/definition.h"
#include "tabulate/condition.h"

/* Whose words are bound, for messages: file, and "figure 2.3" or "variable region". */
typedef struct bind_place {
    const char *file, *what;
} bind_place;

/* The column; ST_CONFIG names the variables there are. */
status bind_column(bind_place at, const table *t, const char *variable, const column **out);

/* The position of a code; ST_CONFIG names the codes there are. */
status bind_code(bind_place at, const column *c, const char *code, int *out);

/* chosen[codes] = 1 for the codes named; the column must have codes. */
status bind_codes(arena *out, bind_place at, const column *c, uint32_t n, const char *const codes[], uint8_t **chosen);

status bind_conditions(arena *out, bind_place at, const table *t, uint32_t n, const monitor_condition conditions[],
                       condition **result);

/* Lower and upper end, a number or a day as the column has it; an end not given is the widest. */
status bind_range(bind_place at, const column *c, const char *from, const char *to, int64_t range[2]);

#endif
