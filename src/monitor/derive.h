/* From notifications and persons to the units the figures count.
 *
 * "notification": a row a notification; "victim_year": a row a person and calendar year; "victim": a row a person over the
 * period. `persons` of the definition says how a variable of several notifications becomes one of the person, `derived`
 * adds variables to each unit. Nothing of the notifications is carried over that `persons` does not name. */
#ifndef PEIL_MONITOR_DERIVE_H
#define PEIL_MONITOR_DERIVE_H

#include "monitor/definition.h"
#include "table/table.h"

typedef enum unit { UNIT_NOTIFICATION, UNIT_VICTIM_YEAR, UNIT_VICTIM, UNITS } unit;

const char *unit_name(unit u); /* "notification", "victim_year", "victim" */
int unit_find(const char *name); /* -1: none */

typedef struct units {
    table table[UNITS];    /* each with `person` first, ordered by it */
    table counted;         /* reports without identity: reporter, year, reason; no columns where it was not asked for */
    size_t outside;        /* notifications outside the period, or without a date: left out of all units */
} units;

/* notifications  any table with `received` and the variables `persons` is made of; rows in any order
 * countries      code, region, continent, eu_from, eu_until of each country, for variables of kind region; NULL: none
 * person         [rows] the person of each, 0-based, in an order that does not depend on that of the rows
 * result         memory in `out`
 * Ties           notifications of one day are taken in the order of their values: the order of rows never shows
 * Missing        a person's value is the first that is known; codes listed as weak give way to any other
 * Errors         ST_CONFIG (unknown variable, kind or code), ST_NO_MEMORY; result untouched
 * Cost           O(rows log rows)
 * Checked        tests/monitor/test_derive.c */
status monitor_derive(arena *out, const monitor_definition *d, const table *notifications, const table *countries,
                      const int32_t *person, units *result);

#endif
