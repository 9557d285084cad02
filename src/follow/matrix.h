/* Small symmetric systems, row-major, for the regressions. */
#ifndef PEIL_FOLLOW_MATRIX_H
#define PEIL_FOLLOW_MATRIX_H

#include "base/arena.h"

#include <stdbool.h>

/* Cholesky factor of a symmetric positive semi-definite matrix: a = L L', L in the lower triangle.
 * A pivot below 1e-12 of its own diagonal marks a redundant column: its row and column become 0 and kept[i] false.
 * Returns the rank. */
int matrix_cholesky(int p, double *a, bool *kept);

/* x = a^-1 b by the factor; redundant entries are 0. x may be b. */
void matrix_solve(int p, const double *factor, const bool *kept, const double *b, double *x);

/* The generalised inverse from the factor, p * p. work: [p]. */
void matrix_inverse(int p, const double *factor, const bool *kept, double *inverse);

/* b' a^-1 b for symmetric a (not changed). Memory from tmp. `*rank` may be NULL. */
status matrix_quadratic(arena *tmp, int p, const double *a, const double *b, double *value, int *rank);

#endif
