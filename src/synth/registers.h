/* Draw the registers victims and offenders are followed through, as the statistics office would hold them: pseudonyms, no names.
 *
 * The tables are those of sources/registers.yaml; they go straight into a snapshot. Cohorts are drawn so that the published
 * numbers come out; everybody else has help and cost at the rates the published control groups had, equal in every year of birth
 * and sex, so that controls drawn at random meet them up to sampling. */
#ifndef PEIL_SYNTH_REGISTERS_H
#define PEIL_SYNTH_REGISTERS_H

#include "base/hash.h"
#include "synth/margins.h"
#include "table/table.h"

enum { REGISTERS_LEAST = 100000, REGISTERS_MOST = 99999999 }; /* persons in the population register */

typedef struct synth_registers_options {
    uint64_t seed;
    int64_t population;
    const char *sources; /* folder of registers.yaml */
} synth_registers_options;

/* n tables in the order of the declaration, each sorted by person; memory in `out`.
 * Errors  ST_INVALID (population), ST_CONFIG (a fact or a code is not there), ST_INFEASIBLE (facts that cannot be met together),
 *         ST_NO_MEMORY
 * Cost    O(population); the same bytes for any number of threads
 * Checked tests/synth/test_registers.c */
status synth_registers_draw(arena *out, const synth_published *p, const synth_registers_options *o, size_t *n, table **tables);

/* Draw and write the snapshot FOLDER; a snapshot that is there is replaced, anything else is ST_BUSY. */
status synth_registers_write(const synth_published *p, const synth_registers_options *o, const char *folder, hash *content);

#endif
