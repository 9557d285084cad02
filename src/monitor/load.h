/* From deliveries to units of analysis: intake, unique persons, identities dropped, derived, frozen. */
#ifndef PEIL_MONITOR_LOAD_H
#define PEIL_MONITOR_LOAD_H

#include "monitor/derive.h"
#include "monitor/movement.h"
#include "monitor/people.h"
#include "monitor/provenance.h"

typedef struct load_options {
    const char *deliveries; /* folder of the deliveries */
    const char *work;       /* folder to keep the store, the lists of rejected rows and the snapshot in; NULL: a private folder
                             * that is removed, with a key that is never written */
    const char *store;       /* a register's store that stays: deliveries it has already are not taken in again, persons keep their
                              * numbers, what people decided holds; NULL: a store in the work folder */
    const char *key;         /* of the store; NULL: where register_key_path says */
    bool without_registers;  /* populations of the registers are not needed: they are not opened */
} load_options;

typedef struct loaded {
    units units; /* mapped from the snapshot: read-only, without identities */
    registers registers;     /* mapped from the deliveries; n = 0: the monitor has none */
    populations populations; /* made of them */
    hash snapshot;
    monitor_linkage linkage;
    size_t deliveries;
    const provenance_delivery *delivery;
} loaded;

/* Check that every variable, exclusion and figure can be made of the register, over tables without rows.
 * Errors  ST_CONFIG and what reading the register's definition gives */
status monitor_check(const monitor_definition *d);

/* Take in all deliveries of the definition and derive its units.
 * result  in `a`; the work folder is removed when `a` ends. Identities lie encrypted in the work folder and, for the
 *         time of this call, in memory that is wiped
 * Errors  ST_NOT_FOUND (a delivery is missing), ST_BUSY (the work folder holds an earlier run), those of monitor_check,
 *         intake and snapshot */
status monitor_load(arena *a, const monitor_definition *d, const load_options *options, loaded *result);

/* A monitor of registers alone: nothing is taken in; result->units has no rows. */
status monitor_load_registers(arena *a, const monitor_definition *d, const load_options *options, loaded *result);

/* Remove a folder and all that is in it; links are not followed. */
status folder_remove(const char *path);

#endif
