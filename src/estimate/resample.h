/* Bootstrap with the model chosen anew in every replicate, jackknife, and bias-corrected accelerated limits.
 *
 * Replicate i draws as many persons as were observed over the observed cells, from stream i of the seed: the same for any
 * number of threads. A replicate without an estimate is counted; in the limits it stands at the upper end, since its
 * likelihood rises as the population grows without bound. */
#ifndef PEIL_ESTIMATE_RESAMPLE_H
#define PEIL_ESTIMATE_RESAMPLE_H

#include "estimate/model.h"

/* What a chooser found in one table. */
typedef struct choice {
    model model;
    double estimate; /* NaN where none exists */
} choice;

/* A method of choosing, for the replicates: for n tables count[n * cells], 1 to `most` of them. `thread` is below
 * threads_count(). */
typedef struct chooser {
    void *state;
    size_t most;
    status (*choose)(void *state, int thread, size_t n, const double count[], choice result[]);
} chooser;

typedef struct resample_options {
    size_t replicates;     /* 0: none */
    uint64_t seed;
    size_t given;          /* tables given instead of drawn */
    const double *counts;  /* [given * cells] */
    double missed, falsely; /* linkage error to correct each table for, 0 without */
} resample_options;

typedef struct resample_result {
    size_t n;              /* replicates */
    size_t failed;         /* without an estimate */
    double *estimate;      /* [n] NaN where none exists */
    model *model;          /* [n] */
    double acceleration;
    double lower, upper;   /* BCa 95 %; NaN when they cannot be had, upper +inf when unbounded */
    double wide_lower, wide_upper; /* both BCa and percentile limits within: covers where BCa alone does so too seldom
                                    * (docs/methods/estimate.md) */
    const char *why;       /* why a limit is missing, NULL else */
} resample_result;

/* Errors  those of the chooser, ST_NO_MEMORY
 * Cost    (replicates + occupied cells) choices, spread over the threads
 * Source  Efron 1987, doi:10.1080/01621459.1987.10478410; DiCiccio & Efron 1996, doi:10.1214/ss/1032280214 */
status resample_run(arena *out, const overlap *o, double estimate, const chooser *how, const resample_options *options,
                    resample_result *result);

/* One BCa limit at level alpha from n sorted replicates, quantiles of Hyndman & Fan's type 8. */
double resample_limit(size_t n, const double sorted[], double estimate, double acceleration, double alpha);

/* Quantile of type 8 of sorted values; +inf values are allowed. */
double resample_quantile(size_t n, const double sorted[], double p);

#endif
