/* Countries in regions: UN M49 and, dated, the European Union. */
#ifndef PEIL_MONITOR_REGION_H
#define PEIL_MONITOR_REGION_H

#include "monitor/bind.h"

typedef struct region_list region_list;
typedef struct region_map region_map;

/* Read a country list (sources/countries.yaml): codes with their M49 region and days of membership.
 * Errors  ST_NOT_FOUND, ST_CONFIG */
status region_read(arena *out, const char *path, region_list **result);

/* Bind the items of a variable to the countries `codes` lists.
 * Errors  ST_CONFIG (a region or country that is not in the list) */
status region_bind(arena *out, bind_place at, const region_list *list, const code_list *codes, const monitor_variable *v,
                   region_map **result);

/* The item of country `code` on a day (DATE_MISSING: today's members do not count as such); -1: none. */
int region_item(const region_map *map, size_t code, int32_t day);

#endif
