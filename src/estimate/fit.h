/* Poisson log-linear models of an overlap table by Newton's method, empty overlaps as parameters at minus infinity.
 *
 * log of the expected count of cell s is the sum of beta over the terms within s. Score and Fisher information are
 * superset sums: with S(t) the sum over all cells that contain t, the score of term t is S_count(t) - S_expected(t)
 * and the information of t and u is S_expected(t | u); one fast transform a step replaces X'WX.
 *
 * A term whose lists share nobody has its parameter at minus infinity: it and every cell that contains it leave
 * the likelihood (Chan, Silverman & Vincent 2021, doi:10.1080/01621459.2019.1708748). */
#ifndef PEIL_ESTIMATE_FIT_H
#define PEIL_ESTIMATE_FIT_H

#include "estimate/model.h"

/* What a fit needs of the data, computed once per table. */
typedef struct fit_data {
    int lists;
    size_t cells;
    const double *count; /* [cells] */
    double *sums;        /* [cells] superset sums of the counts */
    double log_constant; /* sum of log count! */
} fit_data;

status fit_data_new(arena *out, int lists, fit_data *result);

/* Point it at counts[cells] and sum. */
void fit_data_set(fit_data *d, const double count[]);

typedef struct fit {
    int n;                       /* terms of the model */
    int finite;                  /* of which not at minus infinity */
    double beta[MODEL_TERMS];    /* -INFINITY for empty overlaps */
    bool converged;
    double log_likelihood;       /* Poisson, constants included */
    double missing;              /* expected persons on no list: exp(beta[0]) */
    double estimate;             /* persons on a list + missing */
} fit;

/* Newton's error after a step is of the order of the step's squared length in standard errors: FIT_EXACT leaves nothing to
 * gain, FIT_ROUGH settles the likelihood to 1e-11 and the estimate to about 1e-6, enough to rank models by. */
#define FIT_EXACT 1e-11
#define FIT_ROUGH 1e-6

/* Memory of one thread for fits of up to `terms` terms. */
typedef struct fit_space {
    size_t stride;
    double small;            /* a step this short (squared, in standard errors) ends a fit: FIT_EXACT unless set */
    double *eta, *mu, *sums; /* [cells]; after a fit mu is at the solution */
    uint8_t *gone;           /* [cells] 1 = out of the likelihood */
    bool any_gone;
    double *upper;           /* [terms * stride] */
    double *inverse;         /* [terms] 1 / diagonal of the factor */
    double *gradient, *step, *beta, *trial;
    uint16_t *term;          /* finite terms, the intercept last */
    int *place;              /* their positions in the model */
} fit_space;

status fit_space_new(arena *out, int lists, int terms, fit_space *result);

/* Fit a model whose estimate exists (see existence.h); otherwise `converged` may be false or the values meaningless.
 *
 * start    [m->n] starting values, NULL to start from the counts; values of empty overlaps are ignored
 * Cost     about 4 steps of 2^k (2k + 20) + n^3 / 6 operations */
void fit_poisson(fit_space *w, const fit_data *d, const model *m, const double *start, fit *result);

/* Superset sums of the expected counts at the solution of the last fit, into w->sums. */
void fit_expected_sums(fit_space *w, const fit_data *d);

/* After fit_poisson. Parameters at minus infinity count as parameters, their cells as cells. */
typedef struct fit_statistics {
    double deviance, aic, bic;
    int df;
    double log_missing_error; /* standard error of log missing */
    double std_error;         /* of the estimate: sqrt(missing + (missing * log_missing_error)^2) */
} fit_statistics;

fit_statistics fit_describe(fit_space *w, const fit_data *d, const model *m, const fit *f);

/* BIC alone: -2 log likelihood + terms * log(persons on a list). */
double fit_bic(const fit_data *d, const fit *f);

#endif
