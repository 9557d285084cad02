/* Large-neighbourhood search: from a solution to a cheaper one, freeing a part of the variables at a time. */
#ifndef PEIL_PROTECT_NEIGHBOUR_H
#define PEIL_PROTECT_NEIGHBOUR_H

#include "protect/binary.h"

/* value [p->n]: a solution, improved in place. relaxed [p->n]: the solution of the linear relaxation, `bound` its cost.
 * Stops when `iterations` simplex iterations are spent, or when value is proven best. spent: added to. */
status neighbour_search(const binary_problem *p, const double relaxed[], double bound, uint64_t seed, int64_t iterations,
                        int8_t value[], int64_t *spent);

#endif
