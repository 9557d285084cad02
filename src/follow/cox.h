/* Cox regression. */
#ifndef PEIL_FOLLOW_COX_H
#define PEIL_FOLLOW_COX_H

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct cox_input {
    size_t n;
    int p;                  /* covariates, 1 to 64 */
    const double *const *x; /* [p] columns of [n], no missing values */
    const double *start;    /* [n] NULL: no delayed entry */
    const double *time;     /* [n] */
    const int8_t *event;    /* [n] 1 = event, 0 = censored */
    const int32_t *stratum; /* [n] 0..strata-1; NULL: one */
    const int32_t *cluster; /* [n] 0..clusters-1; NULL: no robust errors */
    int32_t strata, clusters;
    bool breslow;           /* ties by Breslow; else Efron */
    bool zph;               /* also test for proportional hazards */
    const int *term;        /* [p] covariates of one term (levels of a text) share a number 0, 1, ...; NULL: each its own */
} cox_input;

typedef struct cox_result {
    int p;
    bool converged;         /* false: no finite estimate, or the likelihood did not settle */
    int iterations;
    int64_t events;
    const double *coef;     /* [p] NaN: a combination of the others, or not finite */
    const double *variance; /* [p * p] inverse of the information; 0 where the coefficient does not exist */
    const double *robust;   /* [p * p] sandwich by cluster; NULL without clusters */
    double loglik[2];       /* without covariates, fitted */
    double score, lrt, wald; /* statistics on `df` degrees of freedom; wald by the robust variance where there is one */
    int df;
    int terms;
    const double *zph;      /* [terms + 1] test of proportional hazards per term and for all; NaN: not possible. NULL: not asked or no fit */
    const int *zph_df;      /* [terms + 1] */
} cox_result;

/* Cox proportional hazards by Newton's method from 0, run until the step is below 1e-7 standard errors; that last step is taken.
 *
 * Ties     Efron (default) or Breslow; a span (start, time] is at risk at u when start < u <= time
 * Zph      score test of coef + theta * g(time), g = 1 - Kaplan-Meier just before the time, over all strata together
 * Empty    no events: converged false, coefficients NaN
 * Errors   ST_INVALID (p or n out of range), ST_NO_MEMORY; result untouched on error
 * Memory   few distinct times: 4 n bytes and 16 * times * (p + 1)(p + 2)/2; many: 16 n while sorting, then (2 p + 5) n
 * Cost     O(n p^2) an iteration, three to five of them; days are not sorted, other times once, by radix; many rows are gathered twice
 * Source   Cox 1972; Efron 1977, doi:10.1080/01621459.1977.10480613; Lin & Wei 1989, doi:10.1080/01621459.1989.10478874;
 *          Grambsch & Therneau 1994, doi:10.1093/biomet/81.3.515
 * Checked  tests/reference/follow/cox (R coxph, cox.zph), relative 1e-9; tests/follow/test_cox.c */
status follow_cox(arena *out, const cox_input *in, cox_result *result);

#endif
