/* A first solution: feasibility pump with rounding by propagation (after Fischetti & Salvagnin 2009,
 * doi:10.1007/s12532-009-0007-3, and the objective kept in as by Achterberg & Berthold 2007, doi:10.1016/j.disopt.2006.10.004). */
#ifndef PEIL_PROTECT_PUMP_H
#define PEIL_PROTECT_PUMP_H

#include "protect/binary.h"

typedef struct pump_result {
    bool found, infeasible; /* infeasible: proven by the relaxation */
    double relaxed;         /* cost of the linear relaxation */
    int64_t iterations;
    int rounds;
} pump_result;

/* value [n]: the solution; fraction [n]: that of the linear relaxation. Stops when `iterations` are spent. */
status pump_solve(const binary_problem *p, uint64_t seed, int64_t iterations, int8_t value[], double fraction[],
                  pump_result *result);

#endif
