/* Expectation and maximisation of the match model over candidate pairs.
 *
 * u is fixed (the fuzzy frequencies), so only pairs that may be one person matter. Pairs of one person of which too
 * little is known to be candidates are drawn from the model (linkage/partner.h) and counted with the others: else gaps
 * in the data would pass for fewer duplicates and fewer errors. m has a Dirichlet prior of weight 10 around linkage/levels.h, the expected number of matches lies
 * between 1 and ten a record, theta has a pseudo-count of 20 and lies in [-4, 3].
 * Two files: each record has one partner at most, so p is the odds as far as both records are free of others, by belief propagation.
 * Source  Dempster, Laird & Rubin 1977; docs/methods/linkage.md */
#ifndef PEIL_LINKAGE_EM_H
#define PEIL_LINKAGE_EM_H

#include "linkage/candidates.h"

/* No field is equal in a smaller share of pairs of one person. Names written in full by every clerk in his own way are equal in a
 * sixth; households, which a higher bound was to keep out, teach EM nothing any more (link_relatives). */
#define LINK_LEAST_EQUAL 0.1

typedef struct link_fit {
    int rounds;
    bool converged;
} link_fit;

/* fixed weights of all pairs anew, after frequencies or lifts changed */
void link_pairs_weigh(const link_model *model, link_pairs *pairs);

/* p of all pairs under the model as it is. `partners`, [records], gets the sum of p of each record, or is NULL. */
status link_pairs_posterior(const link_model *model, link_pairs *pairs, double partners[]);

/* Rounds of EM from the model as it is, at most `rounds`, until the expected matches move by less than 1 in 10,000. */
status link_model_fit(link_model *model, link_pairs *pairs, int rounds, link_fit *fit);

#endif
