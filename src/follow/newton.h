/* Newton's method for a concave log likelihood, from 0. */
#ifndef PEIL_FOLLOW_NEWTON_H
#define PEIL_FOLLOW_NEWTON_H

#include "base/arena.h"

#include <stdbool.h>

typedef struct newton_point {
    double loglik;
    double *gradient;    /* [p] */
    double *information; /* [p * p] minus the second derivative, symmetric */
    double *third;       /* [p * p * p] derivative of the information, symmetric, about right; NULL: not asked */
} newton_point;

/* The likelihood at `coef`, into `at` (whose arrays are there). */
typedef void newton_evaluate(const void *model, const double *coef, newton_point *at);

typedef struct newton_result {
    int p, df;
    bool converged;     /* false: no finite maximum, or it did not settle */
    int iterations;
    double *coef;       /* [p] at the last step; 0 where not kept */
    bool *kept;         /* [p] false: a combination of the others */
    double *variance;   /* [p * p] generalised inverse of the information */
    double *information; /* [p * p] */
    double loglik[2], score; /* at 0 and at the end; score test of 0 */
} newton_result;

/* The likelihood at 0 and at `coef`. */
typedef void newton_evaluate_both(const void *model, const double *coef, newton_point *zero, newton_point *at);

/* For full likelihoods that cost more than all else. The maximum of a sample's likelihood, cheap to evaluate, is where the way begins; third
 * derivatives bend the steps; and the last step is not evaluated in full. The result is the full likelihood's own. */
typedef struct newton_sample {
    const void *model;
    double events, all_events;  /* of the sample, of the full likelihood */
    newton_evaluate_both *both; /* of the full likelihood */
    bool third;                 /* it gives third derivatives */
} newton_sample;

/* Run until the step is below 1e-10 standard errors. A coefficient that runs away (the promise falls by a constant factor only, or
 * a direction loses all information) makes `converged` false. sample: NULL for none. Errors: ST_NO_MEMORY. */
status newton_fit(arena *out, int p, newton_evaluate *evaluate, const void *model, const newton_sample *sample,
                  newton_result *result);

/* b' v^-1 b over the kept entries. */
status newton_wald(int p, const double *variance, const double *coef, const bool *kept, double *value);

#endif
