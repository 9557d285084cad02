/* The inside of unify, shared by its files. */
#ifndef PEIL_LINKAGE_UNIFY_PARTS_H
#define PEIL_LINKAGE_UNIFY_PARTS_H

#include "linkage/unify.h"
#include "linkage/unify_contradict.h"

enum { NONE = -1, KEYED_RULES = UNIFY_LINKED };

/* What the rules look at; keys are ids of distinct texts in byte order, NONE when there is nothing to compare. */
typedef struct unify_work {
    size_t n;
    int32_t *order;            /* canonical */
    int32_t *key[KEYED_RULES]; /* [n] by row */
    int32_t *parent;           /* of the disjoint sets; a root is the row that stands first in canonical order */
    int32_t *rank;             /* [n] place of a row in canonical order */
    int32_t *number[2];        /* [n] of a root: BSN and V-number id of the person so far */
    unify_evidence evidence;
    size_t merges, clashes;
    unify_merge *merge;
    unify_clash *clash;
    size_t decisions;
    const unify_decision *decision;
    /* Who was decided to be somebody else, with decisions alone: chains of places 2 k (what decision k says of its a) and 2 k + 1 */
    int32_t *apart_first, *apart_last; /* [n] of a root; NONE: none */
    int32_t *apart_next;               /* [2 decisions] */
} unify_work;

/* The order of rows that does not depend on how they came in: order and rank of `w`. */
void unify_canonical_order(const table *notifications, unify_work *w);

/* What the rules compare: key and evidence of `w`, the latter in `a`. */
status unify_make_keys(arena *a, const table *notifications, unify_work *w);

#endif
