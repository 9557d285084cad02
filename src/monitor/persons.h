/* The persons of a register: the store's reports linked, with the numbers that persons had before.
 *
 * The linkage is over all reports that may be used for the monitor, so that it does not depend on the order in which deliveries
 * came in; what depends on the past is only which number a person has (linkage/history.h) and what people decided. */
#ifndef PEIL_MONITOR_PERSONS_H
#define PEIL_MONITOR_PERSONS_H

#include "linkage/unify.h"
#include "register/store_persons.h"

typedef struct persons_options {
    size_t draws;
    const char *decisions; /* file of new decisions, by report: id_a,id_b,decision,who,when; NULL: none */
    bool review;           /* list pairs in doubt */
    const text *explain;   /* [2] reports: what each field says about them; NULL: none */
} persons_options;

typedef struct persons_linked {
    table notifications, counted; /* as register_store_read gives them */
    store_persons stored;         /* as it was */
    int64_t *number;              /* [notifications.rows] the number of each report's person now */
    unified persons;
    persons_change change;
    size_t older;                 /* decisions of the file that are older than what the store holds about the same two: passed over */
} persons_linked;

/* Link what the store holds and keep the outcome in it.
 * Errors  ST_NOT_FOUND (a report to explain is not there), ST_INVALID (a decision names no report, or contradicts others), ST_BUSY (a delivery came in meanwhile), those of reading,
 *         linking and writing; the store is then as it was */
status monitor_persons_link(arena *out, register_store *s, const persons_options *options, persons_linked *result);

#endif
