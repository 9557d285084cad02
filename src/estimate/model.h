/* Hierarchical log-linear models of an overlap table, and their notation [12,23,4].
 *
 * A term is the mask of the lists it joins. A model always holds the intercept (mask 0) and every single list; with a
 * term it holds every term within it. The notation names the largest terms: list numbers from 1 in column order, longest
 * terms first, then in order of their numbers; with ten lists or more the numbers of a term are parted by dots. */
#ifndef PEIL_ESTIMATE_MODEL_H
#define PEIL_ESTIMATE_MODEL_H

#include "estimate/overlap.h"

enum { MODEL_TERMS = 160 };

typedef struct model {
    int lists;
    int n;                        /* terms, the intercept and single lists included */
    uint16_t term[MODEL_TERMS];   /* term[0] = 0, then single lists, then by size and number */
} model;

/* Every list for itself. */
model model_independence(int lists);

/* Add a term with all terms within it. Errors  ST_LIMIT (more than 160 terms) */
status model_add(model *m, uint16_t term);

bool model_has(const model *m, uint16_t term);

/* "[12,23,4]". */
status model_text(arena *out, const model *m, text *result);

/* The other way round. Errors  ST_INVALID */
status model_parse(text notation, int lists, model *result);

/* Positions of terms by size, then by the numbers of their lists: 12 13 23 123. */
int model_term_compare(const void *a, const void *b);

/* All hierarchical models whose terms have at most `order` lists, without the term of all lists together (with it the
 * table cannot speak of the unseen). A model is a bit set over candidates[]: the terms of two and more lists.
 *
 * Errors  ST_LIMIT when there would be more than `limit` models */
typedef struct model_family {
    int lists, order;
    int candidates;                /* at most 32 */
    uint16_t candidate[32];        /* terms by size, then number */
    uint32_t within[32];           /* candidates within candidate i (smaller ones) */
    size_t n;
    uint32_t *member;              /* [n] bit sets, the one without any candidate first; parents before children */
} model_family;

status model_family_new(arena *out, int lists, int order, size_t limit, model_family *result);
model model_of_member(const model_family *f, uint32_t member);

#endif
