/* The whole way of a monitor: deliveries in, protected publication out. */
#ifndef PEIL_MONITOR_RUN_H
#define PEIL_MONITOR_RUN_H

#include "monitor/definition.h"
#include "protect/exact.h"

typedef struct run_options {
    const char *deliveries; /* folder; NULL for a monitor of frequency tables alone */
    const char *out;        /* folder of the publication: replaced as a whole when an earlier one stands there */
    const char *work;       /* see load_options */
    uint64_t seed;          /* of protection, added to the key it makes from the counts */
    const char *store, *key; /* see load_options */
    bool official_symbols;  /* Statistics Netherlands' symbols on the pages instead of the accessible shorthand */
} run_options;

/* Seconds of the wall clock, step by step. */
typedef struct run_times {
    double load, tabulate, protect, publish;
} run_times;

/* Make the publication. Nothing of it is at `out` before all of it is.
 * Errors  ST_USAGE (no deliveries), ST_CONFIG, ST_BUSY (`out` holds something else), and those of each step; `out` is then as
 *         it was */
status monitor_run(const monitor_definition *d, const run_options *options, run_times *times);

/* The exact counts of n figures, for use inside the secure environment.
 * Errors  ST_NOT_FOUND (no such figure: says which there are), ST_USAGE, and those of monitor_load */
status monitor_tabulate(arena *out, const monitor_definition *d, const run_options *options, size_t n, const char *const figure[],
                        exact_table *result);

/* The n figures as CSV figure,row,column,value: counts, percentages or means; an empty value where there is none. */
status monitor_tabulate_csv(arena *out, size_t n, const exact_table t[], text *result);

#endif
