/* How right a linkage is when the truth is known: over pairs of records. */
#ifndef PEIL_LINKAGE_EVALUATE_H
#define PEIL_LINKAGE_EVALUATE_H

#include "base/text.h"

typedef struct link_score {
    double records;                    /* in both files */
    double true_pairs, linked_pairs, right_pairs;
    double precision, recall, f1;      /* 1 when there is nothing to find or nothing was said */
} link_score;

/* cluster, entity  [n] any numbers; records with the same are together
 * Cost  O(n log n) */
status link_evaluate(size_t n, const int32_t cluster[], const int32_t entity[], link_score *result);

/* Clusters with a column record_id and cluster_id; truth with columns `id` and `entity`. Records of the truth that the
 * clusters do not name are each on their own.
 * Errors  ST_INVALID (a column is missing, an id twice, a record without truth) */
status link_evaluate_files(const char *clusters, const char *truth, const char *id, const char *entity, link_score *result);

#endif
