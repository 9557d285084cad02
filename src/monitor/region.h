/* Countries in regions: UN M49 and, dated, the European Union. */
#ifndef PEIL_MONITOR_REGION_H
#define PEIL_MONITOR_REGION_H

#include "monitor/bind.h"

typedef struct region_map region_map;

/* Bind the items of a variable to the countries of a column.
 *
 * countries  code, region, continent (with codes), eu_from, eu_until, a row a country, as the register gives it
 * codes      of the column
 * Errors     ST_CONFIG (a region or country that is not in the table), ST_NO_MEMORY */
status region_bind(arena *out, bind_place at, const table *countries, const code_list *codes, const monitor_variable *v,
                   region_map **result);

/* The item of country `code` on a day (DATE_MISSING: nobody is a member then); -1: none. */
int region_item(const region_map *map, size_t code, int32_t day);

#endif
