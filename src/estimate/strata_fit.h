/* The parts of a fit with covariates, for the choice of a model and its replicates. */
#ifndef PEIL_ESTIMATE_STRATA_FIT_H
#define PEIL_ESTIMATE_STRATA_FIT_H

#include "estimate/face.h"
#include "estimate/strata.h"

/* The parameters of a model: each belongs to a mask of lists and works in some strata. */
typedef struct strata_design {
    const strata *s;
    int parameters;
    uint16_t *lists; /* [parameters] */
    uint8_t *on;     /* [parameters * strata] */
    uint8_t *row;    /* [strata * cells * parameters] the same as rows of cells; cell 0 is the unseen */
} strata_design;

status strata_design_new(arena *a, const strata *s, const strata_model *m, strata_design *result);

/* Memory of one thread. */
typedef struct strata_space {
    double *mu, *sums, *target, *count; /* [strata * cells]; after a fit mu is expected, cell 0 the unseen */
    double *matrix;                     /* [used * used] */
    double *gradient, *step, *beta, *trial;
    int used, *use;                     /* columns in use */
    const uint8_t *gone;
} strata_space;

status strata_space_new(arena *a, const strata_design *d, strata_space *w);

typedef struct strata_outcome {
    bool converged;
    double log_likelihood;
    int em_steps;
    bool *settled; /* [strata] the unseen have an estimate */
} strata_outcome;

/* Fit to other counts of the same shape. partial[partials] goes with s->partial; warm: starting parameters or NULL. */
status strata_fit_counts(arena *a, const strata_design *d, strata_space *w, const double count[], const double partial[], const double warm[],
                         strata_outcome *result);

/* Information of parameter p of one design and q of another, from superset sums of expected counts. */
double strata_information(const strata_design *d, const double sums[], size_t p, const strata_design *e, size_t q);

/* Upper factor in place, n x n; solve its transpose. */
bool strata_factorise(size_t n, double *upper);
void strata_solve_lower(size_t n, const double *upper, double x[]);

/* Superset sums of w->mu without the unseen, into w->sums. */
void strata_expected_sums(const strata_design *d, strata_space *w);

#endif
