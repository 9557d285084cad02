/* The linear relaxation of a binary problem, solved again and again from where it stood (GLPK's simplex). */
#ifndef PEIL_PROTECT_RELAXATION_H
#define PEIL_PROTECT_RELAXATION_H

#include "protect/binary.h"

typedef struct relaxation relaxation;

status relaxation_new(arena *a, const binary_problem *p, relaxation **result);

/* cost [n]: NULL keeps the problem's. x [n]: the solution. iterations: added to. */
status relaxation_solve(relaxation *r, const double cost[], double x[], int64_t *iterations);
bool relaxation_feasible(const relaxation *r);
double relaxation_cost(const relaxation *r);

#endif
