#include "kinds.h"
#include "stranger_files.h"

#define E(...) {__VA_ARGS__}, true
static const file_plan plans[] = {
    {"forms read by machine", 1500, TWO, .4, {0}, {POLISH | DUTCH, .8, 1500, 1950, 50, 1}, "%d-%m-%Y", 0, 0, false,
     {{GIVEN, .02, E({.18, spoil_scan}, {.06, spoil_cut})}, {FAMILY, .01, E({.2, spoil_scan}, {.06, spoil_cut})}, {BORN, .02, E({.15, spoil_scan})},
      {PLACE, .06, E({.15, spoil_scan})}}},
    {"heard by an interpreter", 700, TAIL, .45, {0}, {NIGERIAN | ARABIC | VIETNAMESE, .7, 500, 1975, 35, 1}, "%Y-%m-%d", 0, 0, false,
     {{GIVEN, .04, E({.3, spoil_sound}, {.06, spoil_nickname}, {.04, spoil_other_name})}, {FAMILY, .04, E({.3, spoil_sound})},
      {BORN, .05, E({.12, spoil_january}, {.06, spoil_age}, {.06, spoil_year_only})}, {SEX, .01, E({.01, spoil_flip})}, {NATION, .05, E({.04, spoil_neighbour})}}},
    {"hospital and insurer", 3000, TWO, 0, {.9, .35}, {DUTCH | ARABIC | POLISH, .9, 3000, 1930, 80, 2}, "%Y%m%d", .25, .15, true,
     {{GIVEN, .01, E({.15, spoil_initial}, {.08, spoil_nickname})}, {FAMILY, 0, E({.05, spoil_key})}, {BORN, .01, E({.02, spoil_key}, {.01, spoil_turned})},
      {SEX, 0, E({.005, spoil_flip})}, {POSTCODE, .03, E({.03, spoil_key})}, {PHONE, .3, E({.2, spoil_new_number})}}},
    {"customers with e-mail", 2500, TWO, .2, {0}, {DUTCH | BRITISH, .9, 2500, 1945, 60, 1}, NULL, .1, .15, true,
     {{NAME, 0, E({.1, spoil_key}, {.03, spoil_part})}, {MAIL, .25, E({.1, spoil_host}, {.1, spoil_key})}, {PHONE, .3, E({.12, spoil_new_number}, {.05, spoil_key})},
      {CITY, .1, E({.05, spoil_key})}}},
    {"families at one address", 2400, TWO, .2, {0}, {DUTCH, .8, 900, 1950, 60, 4}, NULL, 0, .04, true,
     {{GIVEN, .02, E({.08, spoil_nickname}, {.05, spoil_key})}, {FAMILY, .01, E({.05, spoil_key})}, {YEAR, .05, E({.05, spoil_key})}, {STREET, .03, E({.06, spoil_key})},
      {POSTCODE, .04, E({.04, spoil_key})}, {SEX, .02, E({.01, spoil_flip})}}},
    {"nobody twice", 3000, ONE, 0, {0}, {DUTCH | NIGERIAN | BRITISH, 1, 1500, 1950, 50, 3}, "%d/%m/%Y", 0, 0, false,
     {{GIVEN, .03, E({0, NULL})}, {FAMILY, .02, E({0, NULL})}, {BORN, .03, E({.05, spoil_january})}, {CITY, .05, E({0, NULL})}}},
    {"initials and birth", 2000, TWO, .3, {0}, {DUTCH | ARABIC, .9, 2000, 1940, 70, 1}, "%Y-%m-%d", .15, .1, true,
     {{GIVEN, .02, E({.5, spoil_initial}, {.03, spoil_key})}, {FAMILY, .01, E({.06, spoil_key})}, {BORN, .02, E({.04, spoil_key}, {.01, spoil_turned})},
      {POSTCODE, .05, E({.04, spoil_key})}}},
    {"columns of no use", 1200, TWO, .35, {0}, {BRITISH | VIETNAMESE, .8, 1200, 1950, 50, 1}, "%d/%m/%Y", 0, .05, false,
     {{GIVEN, .03, E({.1, spoil_key}, {.04, spoil_nickname})}, {FAMILY, .02, E({.08, spoil_key})}, {BORN, .05, E({.06, spoil_key}, {.03, spoil_turned})},
      {LAND, 0, E({0, NULL})}, {EMPTY, 1, E({0, NULL})}, {ROW, 0, E({0, NULL})}}},
    {"names almost all alike rare", 3500, TWO, .35, {0}, {BRITISH, .1, 4000, 1940, 70, 1}, NULL, 0, 0, false,
     {{GIVEN, .04, E({.12, spoil_key}, {.06, spoil_nickname})}, {FAMILY, .02, E({.12, spoil_key}, {.05, spoil_cut})}, {YEAR, .05, E({.1, spoil_key})}}},
    {"few names for many", 1500, TWO, .3, {0}, {VIETNAMESE, 1.2, 300, 1970, 40, 1}, "%d-%m-%Y", 0, 0, false,
     {{NAME, 0, E({.1, spoil_sound}, {.05, spoil_part})}, {BORN, .05, E({.06, spoil_key}, {.05, spoil_january}, {.03, spoil_turned})}, {SEX, .01, E({.01, spoil_flip})},
      {PLACE, .15, E({.05, spoil_key})}}},
    {"passengers and settlers", 7000, TWO, 0, {.8, .5}, {BRITISH, .7, 3500, 1850, 45, 2}, NULL, .1, 0, false,
     {{NAME, 0, E({.1, spoil_sound}, {.04, spoil_scan})}, {YEAR, .03, E({.5, spoil_age})}, {WORK, .2, E({.3, spoil_work})}, {PLACE, .15, E({.08, spoil_sound})},
      {SEX, .01, E({.005, spoil_flip})}}},
    {"soldiers' papers", 900, TAIL, .6, {0}, {BRITISH, .8, 900, 1880, 22, 1}, "%Y-%m-%d", 0, 0, false,
     {{SERVICE, .25, E({.08, spoil_scan}, {.04, spoil_key})}, {GIVEN, .02, E({.2, spoil_initial}, {.06, spoil_sound})}, {FAMILY, .01, E({.1, spoil_sound})},
      {UNIT, .2, E({.1, spoil_scan}, {.1, spoil_part})}, {BORN, .4, E({.15, spoil_age}, {.05, spoil_scan})}, {PLACE, .3, E({.1, spoil_sound})}}},
    {"two hundred of a neighbourhood", 150, TWO, .35, {0}, {DUTCH | ARABIC, .7, 150, 1950, 60, 2}, NULL, .05, .05, false,
     {{GIVEN, .04, E({.1, spoil_key}, {.06, spoil_nickname})}, {FAMILY, .03, E({.1, spoil_key})}, {POSTCODE, .05, E({.05, spoil_key})}, {PHONE, .2, E({.1, spoil_new_number})}}},
    {"married in between", 2500, TWO, 0, {.8, .8}, {DUTCH | BRITISH, .8, 2500, 1960, 30, 1}, "%d-%m-%Y", .5, .5, true,
     {{GIVEN, .01, E({.08, spoil_nickname}, {.03, spoil_key})}, {FAMILY, .01, E({.05, spoil_key})}, {BORN, .03, E({.04, spoil_key}, {.01, spoil_turned})}, {PLACE, .1, E({.04, spoil_key})},
      {CITY, .05, E({.03, spoil_key})}}},
    {"police and migration", 4500, TAIL, .4, {0}, {NIGERIAN | POLISH | VIETNAMESE | ARABIC, .9, 1500, 1965, 40, 1}, "%Y%m%d", .05, .3, false,
     {{NAME, .02, E({.15, spoil_sound}, {.06, spoil_part}, {.03, spoil_scan})}, {BORN, .06, E({.1, spoil_january}, {.04, spoil_default}, {.04, spoil_key})},
      {NATION, .04, E({.05, spoil_neighbour})}, {SEX, .01, E({.01, spoil_flip})}, {SERVICE, .6, E({.03, spoil_key})}, {CITY, .3, E({.05, spoil_key})}}},
    {"age and trade alone", 1500, TWO, .3, {0}, {NIGERIAN | ARABIC, .8, 900, 1970, 35, 1}, NULL, 0, .2, false,
     {{GIVEN, .02, E({.15, spoil_sound}, {.05, spoil_nickname})}, {YEAR, .05, E({.3, spoil_age})}, {NATION, .03, E({.04, spoil_neighbour})}, {WORK, .2, E({.2, spoil_work})},
      {CITY, .1, E({.05, spoil_key})}}},
};

static const char *
name(size_t kind)
{
    return plans[kind].name;
}

static status
make(arena *a, size_t kind, int level, double share, uint64_t seed, people *result)
{
    return stranger_file_new(a, &plans[kind], level, share, (const uint64_t[2]){seed, 0x66726573 + kind}, result);
}

const kinds_list kinds_fresh = {sizeof plans / sizeof *plans, name, make};
