/* Help after an offence: who gets it within a year, the chain of places and statuses, and what it costs. Also: who was victim before
 * being suspect, or the other way round. */
#ifndef PEIL_FOLLOW_PATHS_H
#define PEIL_FOLLOW_PATHS_H

#include "table/table.h"

enum { PATHS_TYPES = 31, PATHS_MOVES = 6 };

/* Trajectories by person, in the order they start. */
typedef struct follow_spells {
    size_t persons;
    int types;
    const size_t *first; /* [persons + 1] */
    const int32_t *start, *end; /* end: last day; DATE_MISSING: still going on */
    const int8_t *type;  /* 0..types-1 */
} follow_spells;

/* Bring trajectories into order by person, start, end and type.
 * Errors  ST_INVALID (person or type out of range, an end before its start; by row, header = row 1), ST_NO_MEMORY */
status follow_spells_of(arena *out, size_t n, const int32_t *person, const int32_t *start, const int32_t *end, const int8_t *type,
                        size_t persons, int types, follow_spells *result);

typedef struct follow_paths_options {
    int32_t within;     /* days after `from` in which help counts; 365 */
    int32_t moves;      /* days after the first place in which moves count; 56 */
    int32_t data_end;   /* persons are eligible when from + within <= data_end */
} follow_paths_options;

typedef struct follow_paths_result {
    int64_t eligible, not_followed; /* not_followed: the time after `from` is not over */
    int64_t any;                    /* with a trajectory of any type within the time */
    int64_t persons[PATHS_TYPES];   /* with one of the type */
    int64_t moved[PATHS_MOVES];     /* persons with help by moves to another trajectory within `moves` days of the first; the last: so many or more */
    int64_t passage[(PATHS_TYPES + 1) * (PATHS_TYPES + 1)]; /* [from * (types + 1) + to]: row 0 begins, column 0 ends; types count from 1 */
    int64_t soon[(PATHS_TYPES + 1) * (PATHS_TYPES + 1)];    /* the same of chains cut `moves` days after the first place */
} follow_paths_result;

/* Help within a time after a day of each person.
 *
 * from     [persons] last day of the offence period; DATE_MISSING: not in the population
 * Counts   a trajectory that overlaps (from, from + within]; chains are those trajectories in order of their start
 * Cost     O(trajectories)
 * Checked  tests/follow/test_paths.c */
void follow_paths(const follow_spells *s, const int32_t *from, const follow_paths_options *o, follow_paths_result *result);

typedef struct follow_cost_result {
    int64_t n;             /* persons */
    double mean[2], sd[2]; /* yearly cost in the year of `from` and the year after; persons without cost count as 0 */
} follow_cost_result;

/* Yearly cost per person: rows of (person, year, amount); several rows of a year add up. Errors ST_INVALID (person out of range), ST_NO_MEMORY */
status follow_cost(size_t n, const int32_t *person, const int32_t *year, const double *amount, size_t persons, const int32_t *from,
                   follow_cost_result *result);

typedef struct follow_order {
    int64_t only_first, only_second, first_before, second_before, same_day;
} follow_order;

/* Persons in two registers by which came first; DATE_MISSING: not in that register. */
follow_order follow_order_of(size_t persons, const int32_t *first, const int32_t *second);

#endif
