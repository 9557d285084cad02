/* Conditional logistic regression for matched data. */
#ifndef PEIL_FOLLOW_CLOGIT_H
#define PEIL_FOLLOW_CLOGIT_H

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct clogit_input {
    size_t n;
    int p;
    const double *const *x; /* [p] columns of [n] */
    const int8_t *is_case;  /* [n] 1 = case, 0 = control */
    const int32_t *set;     /* [n] 0..sets-1: the matched set */
    int32_t sets;
} clogit_input;

typedef struct clogit_result {
    int p, df;
    bool converged;
    int iterations;
    int64_t cases;           /* all of them */
    int32_t informative;     /* sets with a case and a control */
    const double *coef;      /* [p] log odds ratios; NaN: not estimable */
    const double *variance;  /* [p * p] */
    double loglik[2], lrt, score, wald;
} clogit_result;

/* Exact conditional likelihood: each set given its number of cases, by recursion over its members.
 *
 * Empty    no informative set: converged false, coefficients NaN
 * Errors   ST_INVALID (p out of range), ST_NO_MEMORY
 * Cost     O(sum over sets of members * cases * p^2) an iteration
 * Source   Gail, Lubin & Rubinstein 1981, doi:10.1093/biomet/68.3.703
 * Checked  tests/reference/follow/clogit (R survival clogit, method exact), relative 1e-9 */
status follow_clogit(arena *out, const clogit_input *in, clogit_result *result);

#endif
