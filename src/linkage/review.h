/* Pairs for a person to decide: those in the uncertain band, with what each field says.
 *
 * The score is the posterior of the pair, the same as everywhere; the parts of the waterfall add up to its log-odds. */
#ifndef PEIL_LINKAGE_REVIEW_H
#define PEIL_LINKAGE_REVIEW_H

#include "linkage/link.h"

/* A waterfall: prior, one part a field, theta; where p is not the model's alone (a decision, other records of the other file, a file
 * too small for a model, relatives) a part more for each that leads to it. The parts sum to log_odds, which is that of p within +-40. */
typedef struct link_waterfall {
    size_t n, fields;                   /* parts; parts 1 .. fields are columns of the data */
    const char *name[LINK_FIELDS + 4];
    const char *what[LINK_FIELDS + 4]; /* "one edit", "missing" */
    double part[LINK_FIELDS + 4];
    double log_odds, p;
} link_waterfall;

void link_waterfall_of(const link_result *l, size_t pair, link_waterfall *result);
/* The same for any two records. */
void link_waterfall_of_records(const link_result *l, size_t i, size_t j, link_waterfall *result);

/* The records with these ids, of the first and the second file (one file: both of it). Errors ST_NOT_FOUND */
status link_pair_find(const link_records *r, text a, text b, size_t *i, size_t *j);

/* The uncertain band, and the columns of the list. */
#define LINK_REVIEW_LOW 0.05
#define LINK_REVIEW_HIGH 0.95
#define LINK_REVIEW_HEADER "id_a,id_b,probability,log_odds,part,what,weight\n"

/* Numbers of the pairs with low <= p <= high, the most doubtful first; ties by record. */
status link_review_pairs(arena *a, const link_result *l, double low, double high, size_t *n, uint32_t **pairs);

/* What was not joined though a link or an equal number said so, and nobody has decided. */
typedef struct link_refused {
    uint32_t a, b;
    const char *why;
} link_refused;

/* First links between two different valid numbers, then records with an equal valid number whose clusters all else keeps apart:
 * the first record of each cluster with the first that bears the number. Pairs in the band are on the other list.
 * Cost  O(records log records) */
status link_review_refused(arena *a, const link_result *l, size_t *n, link_refused **refused);

/* Lines probability,log_odds,part,what,weight of a list for review, each after `ids` (with its comma); `why` (not NULL: refused)
 * is a last line with weight 0. */
void link_waterfall_lines(text_builder *b, text ids, const link_waterfall *w, const char *why);

/* Ten lines of text, or an SVG document, without values of the records. */
status link_waterfall_text(arena *a, const link_waterfall *w, language in, text *result);
status link_waterfall_svg(arena *a, const link_waterfall *w, language in, text *result);

#endif
