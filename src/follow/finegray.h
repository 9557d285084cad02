/* Fine-Gray regression for the subdistribution hazard of one of several competing causes. */
#ifndef PEIL_FOLLOW_FINEGRAY_H
#define PEIL_FOLLOW_FINEGRAY_H

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct finegray_input {
    size_t n;
    int p;                  /* covariates, 1 to 64 */
    const double *const *x; /* [p] columns of [n], no missing values */
    const double *time;     /* [n] >= 0 */
    const int8_t *status;   /* [n] 0 = censored, 1 = the cause, 2 = another cause */
    const double *start;    /* [n] delayed entry; NULL: everybody from the beginning */
    bool efron;             /* ties; else Breslow */
} finegray_input;

typedef struct finegray_result {
    int p, df;
    bool converged;
    int iterations;
    int64_t events, competing;
    const double *coef;      /* [p] NaN: not estimable */
    const double *variance;  /* [p * p] robust, for estimated censoring weights */
    const double *naive;     /* [p * p] inverse information */
    double loglik[2], lrt, score, wald;
} finegray_result;

/* Weighted partial likelihood with inverse-probability-of-censoring weights (Kaplan-Meier of the censoring, one for all).
 *
 * Ties     without delayed entry censoring is taken to follow events of the same time, and on day 0 weights start after that day's
 *          censorings: so does crr, with Breslow
 * Start    weights G(t-)H(t-) over G(T-)H(T-): G of the censoring (among those without an event at the time), H that of the entries in reversed
 *          time, as survival::finegray has them; the variance is the sandwich by person with the weights taken as known, as coxph has it
 * Empty    no events: converged false, coefficients NaN
 * Errors   ST_INVALID (p out of range; delayed entry: a competing event, and later an entry while nobody else is there), ST_NO_MEMORY
 * Cost     O(n p^2) an iteration after a sort
 * Source   Fine & Gray 1999, doi:10.1080/01621459.1999.10474144; delayed entry: Geskus 2011, doi:10.1111/j.1541-0420.2010.01420.x
 * Checked  tests/reference/follow/finegray (cmprsk crr with gtol 1e-14; finegray and coxph), relative 1e-9 */
status follow_finegray(arena *out, const finegray_input *in, finegray_result *result);

#endif
