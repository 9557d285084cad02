/* The integer solver: GLPK's simplex and branch and cut behind one call that is counted in iterations, not in time. */
#ifndef PEIL_PROTECT_BRANCH_H
#define PEIL_PROTECT_BRANCH_H

#include "protect/binary.h"

typedef struct branch_limits {
    int64_t iterations; /* of the simplex method, about; checked at every node */
    int nodes;
} branch_limits;

typedef struct branch_result {
    bool found;         /* value holds a solution, better than the start when one was given */
    bool complete;      /* nothing better exists */
    bool infeasible;    /* proven */
    int64_t iterations;
    double relaxed;     /* least cost of the linear relaxation */
} branch_result;

/* start [n]: a known solution, or NULL. value [n]: the best found. fraction [n]: the relaxed solution; NULL: not wanted. */
status branch_solve(const binary_problem *p, const branch_limits *limits, const int8_t start[], int8_t value[],
                    double fraction[], branch_result *result);

const char *branch_solver(void); /* "GLPK 5.0" */

#endif
