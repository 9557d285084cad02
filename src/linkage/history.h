/* Persons keep their number when new records arrive, and every change can be undone.
 *
 * A linkage over all records so far is the linkage: it does not depend on how the records came in. What depends on the past is
 * only the number of a person. A number stays with the new cluster that holds most of the records that had it; a cluster
 * has one number: that of most of its records, ties by the lowest, which is the oldest. What is left gets new numbers above
 * all that were given, in the order of the records.
 * Every record whose row changes is logged, with its row before and after: undoing the log gives the earlier file, byte for byte. */
#ifndef PEIL_LINKAGE_HISTORY_H
#define PEIL_LINKAGE_HISTORY_H

#include "base/text.h"

/* record_id,cluster_id,probability as read, in byte order of the ids. */
typedef struct link_history {
    size_t n;
    text *id;            /* [n] */
    int64_t *person;     /* [n] */
    text *probability;   /* [n] as written */
    int64_t last;        /* highest number given; 0 none */
} link_history;

/* Errors  ST_INVALID (a column is missing, an id missing or twice, a person that is no number) */
status link_history_read(arena *a, const char *path, link_history *result);

/* The number of each cluster.
 * id, cluster  [n] records of the linkage in byte order of ids; clusters 0 .. clusters - 1
 * person       [clusters] the result */
status link_history_keep(const link_history *before, size_t n, const text id[], const int32_t cluster[], size_t clusters, int64_t person[]);

/* What happened to each record whose row is another now: record_id,change,person_before,probability_before,person_after,
 * probability_after. change: new, kept (only the probability), merged (its person's number is gone), split (others of its person
 * kept the number), gone (the record is no longer there). */
status link_history_log(arena *a, const link_history *before, const link_history *after, text *result);

/* The file as it was before the log.
 * Errors  ST_INVALID (a row of the log does not fit the file: it was made after another one) */
status link_history_undo(arena *a, const link_history *after, const char *log, text *result);

/* The file: record_id,cluster_id,probability. */
status link_history_text(arena *a, const link_history *h, text *result);

#endif
