/* Columns of a population that come from other registers, joined by person. */
#ifndef PEIL_MONITOR_JOINED_H
#define PEIL_MONITOR_JOINED_H

#include "monitor/people.h"

typedef struct joining {
    arena *out;
    const monitor_definition *d;
    const registers *registers;
    population *x;   /* its table, ascending by person, gets further columns */
    size_t capacity; /* columns there is room for */
    const char *what; /* "population again" */
} joining;

/* Every column of windows, help, costs and orders; before them `left` and `reason` of the table of people.
 * A window V makes V (none, once, several; missing: not followed long enough), V_new (incidents), V_types (a set), V_days (to the
 * first), V_followed (the set of rules it is eligible under), V_end and V_year (how and in which year of it following ended).
 * Help V makes V (no, yes), V_days (until the first), V_COLUMN, a set, for each column collected, and V_moves (0 to 4, or more) where moves are asked for. */
status joined_columns(joining *j);

/* How many columns joined_columns adds. */
size_t joined_count(const monitor_population *p);

/* A further column of the population, all missing. */
status joined_add(joining *j, const char *name, column_type type, const code_list *codes, column **result);

/* The same, called VARIABLE_PART. */
status joined_part(joining *j, const char *variable, const char *part, column_type type, const code_list *codes, column **result);

/* A column of days; ST_CONFIG when it is none. */
status joined_day(const joining *j, const table *t, const char *name, const column **result);

/* keep[rows] = 1 for the rows of a register that fulfil the conditions and are without fault. */
status joined_chosen(const joining *j, arena *tmp, const register_table *r, uint32_t n, const monitor_condition conditions[], uint8_t **keep);

/* The rows of a register of each person: first[i] .. last[i]. Both tables ascend by person. */
status joined_rows(arena *a, const table *people, const table *from, size_t **first, size_t **last);

/* Codes with words of the program as labels. */
status joined_codes(arena *out, const char *name, size_t n, const char *const codes[], const char *const words[], code_list **result);

#endif
