/* Links that may join relatives: twins share family name, home and birth, and no model of errors tells them from a person who bears
 * two given names. But errors are alike: what goes wrong with family names tells how often a given name should be another one
 * altogether. Where three times as many are, what is more than that are relatives, and where sex, numbers or e-mail are known these say which:
 *
 *     share of relatives among links between different given names: by EM, from a prior of fifty links at
 *     1 - expected by error / seen; per link by P(agrees | one person) against P(agrees | two persons) of those fields
 *
 * The prior is strong since relatives of another sex or with another number are linked less often than those that agree.
 *
 * Without a family name the errors expected are those said beforehand (linkage/levels.h). Pairs that are no links and were born on
 * wholly different days are relatives all of them, where a file knows homes.
 * A record without a given name is linked to its relatives as often as there are such among pairs whose given names are known.
 * Where relatives are more than half of the links between different given names, those links are given up for what is left of their p;
 * else they stay, and the precision is less.
 * Checked  tests/linkage/test_quality.c */
#ifndef PEIL_LINKAGE_QUALITY_KIN_H
#define PEIL_LINKAGE_QUALITY_KIN_H

#include "linkage/clusters.h"

typedef struct link_kin {
    double links;  /* between different given names, by p */
    double kin;    /* of them, not of one person */
    double nameless; /* share of relatives among links of which a given name is not known */
    double *share; /* [pairs] that a pair is of relatives when it is not one by chance */
    double *model; /* [pairs] p of the model; NULL as long as nothing is taken off it */
} link_kin;

/* pairs   by p under the model
 * c       tells which pairs are links
 * Cost    a few passes over the pairs */
status link_kin_find(arena *a, const link_model *model, const link_pairs *pairs, const link_clusters *c, link_kin *result);

/* The share of relatives of pair k, whatever is known of it. */
double link_kin_share(const link_model *model, const link_pairs *pairs, const link_kin *kin, size_t k);

/* Takes the share of relatives off p of pairs between different given names, when they are most of the links among these; not off
 * pairs beyond all doubt. */
status link_kin_take(arena *a, link_pairs *pairs, link_kin *kin);

#endif
