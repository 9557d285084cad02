/* Pairs for a person to decide: those in the uncertain band, with what each field says.
 *
 * The score is the posterior of the pair, the same as everywhere; the parts of the waterfall add up to its log-odds. */
#ifndef PEIL_LINKAGE_REVIEW_H
#define PEIL_LINKAGE_REVIEW_H

#include "linkage/link.h"

/* A waterfall: prior, one part a field, theta; they sum to log_odds. Two files: log_odds before others compete for the
 * same record, p after. */
typedef struct link_waterfall {
    size_t n;
    const char *name[LINK_FIELDS + 2];
    const char *what[LINK_FIELDS + 2]; /* "one edit", "missing" */
    double part[LINK_FIELDS + 2];
    double log_odds, p;
} link_waterfall;

void link_waterfall_of(const link_result *l, size_t pair, link_waterfall *result);
/* The same for any two records; p is 0 when they are no candidates. */
void link_waterfall_of_records(const link_result *l, size_t i, size_t j, link_waterfall *result);

/* The records with these ids, of the first and the second file (one file: both of it). Errors ST_NOT_FOUND */
status link_pair_find(const link_records *r, text a, text b, size_t *i, size_t *j);

/* Numbers of the pairs with low <= p <= high, the most doubtful first; ties by record. */
status link_review_pairs(arena *a, const link_result *l, double low, double high, size_t *n, uint32_t **pairs);

/* Ten lines of text, or an SVG document, without values of the records. */
status link_waterfall_text(arena *a, const link_waterfall *w, text *result);
status link_waterfall_svg(arena *a, const link_waterfall *w, text *result);

#endif
