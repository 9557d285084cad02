/* From pairs to persons.
 *
 * One file: by descending log-odds two clusters join when half the link's log-odds and half the mean log-odds of all their
 * cross pairs (each clipped at 12; pairs that are no candidates count -12) exceed the threshold's. A chain of look-alikes
 * breaks, one bad pair in a good cluster does not. Two files: one to one, by descending log-odds.
 * Two different valid numbers never come together, nor two records that a person called different; two that were called the
 * same come together first. Ties go by record, and records are in canonical order: the order of
 * rows does not matter. */
#ifndef PEIL_LINKAGE_CLUSTERS_H
#define PEIL_LINKAGE_CLUSTERS_H

#include "linkage/candidates.h"

/* A step of the log: the clusters of records a and b became one. */
typedef struct link_merge {
    uint32_t a, b;
    double score; /* what had to exceed 0; HUGE_VAL: decided by a person */
} link_merge;

/* A link that the numbers forbid. */
typedef struct link_clash {
    uint32_t a, b;
} link_clash;

typedef struct link_clusters {
    size_t records, clusters;
    int32_t *cluster;    /* [records] 0 .. clusters - 1, by first record in canonical order */
    size_t merges, clashes;
    link_merge *merge;   /* [merges] in the order they were made */
    link_clash *clash;   /* [clashes] */
} link_clusters;

/* What a person decided about two records. */
typedef struct link_decision {
    uint32_t a, b;
    bool same;
    const char *name; /* what messages call it */
} link_decision;

typedef struct cluster_options {
    double threshold; /* probability; 0 means one half */
    uint64_t seed;
    uint64_t draw;    /* 0: the clusters; k > 0: the k-th draw, each link taken with its own probability */
    size_t decisions;
    const link_decision *decision; /* [decisions] hold whatever the score or the numbers say */
} cluster_options;

/* log_odds  [pairs->n]; pairs under 1 in 1,000 never join clusters
 * Errors    ST_INVALID (decisions contradict each other)
 * Cost      O(pairs log pairs) as long as clusters stay small */
status link_clusters_make(arena *a, const link_records *r, const link_pairs *pairs, const cluster_options *options, link_clusters *result);

/* Clusters after the first `merges` steps of the log; all of them give the result again, byte for byte. */
status link_clusters_replay(const link_clusters *c, size_t merges, int32_t cluster[], size_t *clusters);

/* ln p / (1 - p), within +-40. */
double link_log_odds(double p);

#endif
