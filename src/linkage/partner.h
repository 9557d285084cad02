/* Records that a person's other records could be: drawn from the model, with the values and gaps of the records themselves.
 *
 * They tell what cannot be seen: the share of pairs of one person that too little is known of to be candidates or links. */
#ifndef PEIL_LINKAGE_PARTNER_H
#define PEIL_LINKAGE_PARTNER_H

#include "base/rng.h"
#include "linkage/weights.h"

typedef struct link_partner {
    uint32_t record; /* whose second record it is */
    link_code code;
    float rarity;    /* what - ln F adds up to over the fields */
    float by;        /* exp(theta): errors cluster, so such draws stand for more or fewer */
    bool seen;       /* would be a candidate */
} link_partner;

/* n draws: records by lot, levels by m, missing where either the record or another one drawn by lot has no value.
 * model->cut and the passes tell which are seen.
 * Cost  a microsecond each; parallel, the same for any number of threads */
void link_partners_draw(const link_model *model, uint64_t seed, size_t n, link_partner draw[]);

/* Share of the draws that are seen; 1 without draws. */
double link_partners_seen(size_t n, const link_partner draw[]);

#endif
