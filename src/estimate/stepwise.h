/* Forward stepwise choice of pairwise terms by Poisson p-values (Chan, Silverman & Vincent 2021,
 * doi:10.1080/01621459.2019.1708748).
 *
 * From independence on, the pair of lists whose shared persons fit the present model worst joins the model, as long as
 * its one-sided Poisson p-value is below `p` and the estimate of the larger model exists and is unique. Candidates are
 * checked in order of their p-value, so that few checks are made; the result is that of checking all. */
#ifndef PEIL_ESTIMATE_STEPWISE_H
#define PEIL_ESTIMATE_STEPWISE_H

#include "estimate/existence.h"

typedef struct stepwise_space {
    fit_space fit;
    existence_space existence;
} stepwise_space;

status stepwise_space_new(arena *out, int lists, stepwise_space *result);

typedef struct stepwise_result {
    model model;
    fit fit;
    int code;  /* existence of the chosen model: not 0 only when independence itself has no estimate */
    int steps; /* pairs added; their order is order[steps] */
    uint16_t order[MODEL_TERMS];
} stepwise_result;

/* p      0..1; 0 gives independence, 1 all pairs when their estimate exists
 * start  starting values for independence, NULL for none
 * A list without persons (in a resampled table) leaves independence over the other lists, as in the paper's program. */
status stepwise_choose(stepwise_space *w, const fit_data *d, double p, const double *start, stepwise_result *result);

#endif
