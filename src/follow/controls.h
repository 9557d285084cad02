/* Controls: persons of the population who resemble the cases. */
#ifndef PEIL_FOLLOW_CONTROLS_H
#define PEIL_FOLLOW_CONTROLS_H

#include "table/table.h"

enum { CONTROLS_MATCH = 4 };

typedef struct controls_side {
    size_t n;
    const uint64_t *key;                  /* [n] person keys: what the draw depends on */
    const column *match[CONTROLS_MATCH];  /* columns of int8, int16, int32, date or text index; both sides in the same order and codes */
} controls_side;

typedef struct controls_stratum {
    int32_t value[CONTROLS_MATCH];
    int64_t cases, population; /* population: without the cases themselves */
    int64_t wanted, given;
} controls_stratum;

typedef struct controls_result {
    size_t n;              /* controls drawn */
    const uint32_t *control; /* [n] rows of the population */
    const uint32_t *of;    /* [n] rows of the cases, ascending by case; within a case by draw */
    size_t strata;
    const controls_stratum *stratum; /* [strata] with cases, ascending by value */
    const int32_t *stratum_of;       /* [cases] -1: a match value is missing */
    int64_t unmatched;     /* cases with a missing match value */
    int64_t own;           /* persons of these strata who are cases: never drawn */
} controls_result;

typedef struct controls_options {
    int matches;      /* 1 to CONTROLS_MATCH */
    int64_t per_case; /* controls a case */
    uint64_t seed;
} controls_options;

/* Draw `per_case` controls for each case from the persons with the same values, without replacement over all cases.
 *
 * Draw     every person has a random number from (seed, key); a stratum takes its lowest, so the draw does not depend on the order of
 *          rows or on threads. A larger `per_case` keeps the controls of a stratum drawn before
 * Short    where a stratum has too few persons all are given, spread evenly over its cases; see stratum.given
 * Missing  persons of the population with a missing match value are in no stratum
 * Errors   ST_INVALID (options; match values spanning more than 4 million combinations; a key twice among the cases), ST_NO_MEMORY
 * Memory   about 16 bytes a control, and 8 for the result
 * Cost     O(population + controls)
 * Checked  tests/follow/test_controls.c */
status follow_controls(arena *out, const controls_side *cases, const controls_side *population, const controls_options *o,
                       controls_result *result);

/* The random number of a person. */
uint64_t follow_controls_number(uint64_t seed, uint64_t key);

#endif
