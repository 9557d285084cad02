/* Which values of a set resemble each other: every value against every other, once, so that a pair of records costs
 * look-ups only. Pairs that are not listed are at the level "else" (dates in part: DATE_PART_ELSE, listed). */
#ifndef PEIL_LINKAGE_SIMILAR_H
#define PEIL_LINKAGE_SIMILAR_H

#include "linkage/levels.h"

typedef struct similar {
    size_t n;
    int other;       /* level of pairs not listed */
    size_t *start;   /* [n + 1] */
    uint32_t *entry; /* value << 4 | level, by value, without the value itself */
} similar;

/* Cost    n^2 / 2 filters of three to eight instructions, comparisons of some 300 for the few percent that pass; parallel over values
 * Checked tests/linkage/test_similar.c: the same as comparing every pair */
status similar_new(arena *a, const level_set *l, similar *result);

/* The same for one value against a few others, when there are too many values to compare all: level[i] of value pick[i].
 * pick  [n] ascending, stays with the filter. Alike by words only is not seen. */
typedef struct similar_filter similar_filter;
status similar_filter_new(arena *a, const level_set *l, size_t n, const uint32_t pick[], similar_filter **result);
void similar_pick(const similar_filter *f, size_t v, uint8_t level[]);

int similar_level(const similar *s, size_t v, size_t w);

#endif
