/* Averaging over all decomposable graphs of 3 to 6 lists with hyper-Dirichlet priors (Madigan & York 1997,
 * doi:10.1093/biomet/84.1.19).
 *
 * Every cell of the full table has prior count delta, every graph the same prior, the population N the prior 1 / N over
 * observed .. observed + 25 * observed. The posterior of N is summed, none is drawn: for every whole number, between 16
 * points of each range of sqrt(unseen) by the polynomial through them.
 * Graphs: 8, 61, 822 and 18,154 for 3 to 6 lists. */
#ifndef PEIL_ESTIMATE_DECOMPOSABLE_H
#define PEIL_ESTIMATE_DECOMPOSABLE_H

#include "estimate/model.h"

enum { DECOMPOSABLE_PRIORS = 5 };

typedef struct decomposable_result {
    size_t graphs, kept;          /* kept: not negligible (below 1e-13 of the best at every N) */
    double mean;
    double lower, median, upper;  /* quantiles .025 .5 .975 of the population */
    model best;                   /* graph of highest posterior probability */
    double best_probability;
    double at_edge;               /* posterior of the largest N over that of the likeliest: not small = cut off */
} decomposable_result;

/* delta    > 0
 * Errors   ST_UNSUPPORTED (not 3 to 6 lists), ST_LIMIT (more than 1e7 persons), ST_NO_MEMORY
 * Cost     graphs kept * 160 * sqrt(observed) * their cliques
 * Checked  tests/reference/estimate/dga_* (dga 2.0.2) */
status decomposable_average(const overlap *o, double delta, decomposable_result *result);


#endif
