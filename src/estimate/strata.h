/* Log-linear models with covariates: one overlap table per stratum (year, form, age group, sex, nationality), fitted
 * together (Cruyff, van Dijk & van der Heijden 2017, doi:10.1080/09332480.2017.1383113).
 *
 * A term joins lists and covariates; a term of covariates brings a parameter for each combination of levels but the
 * first ones. The expected unseen of a stratum is the exponential of the terms without a list, so strata add up.
 *
 * Existence is asked for what is wanted: cells that the likelihood drives to zero leave it (the facial set of Fienberg &
 * Rinaldo 2012, doi:10.1214/12-AOS986, by one linear program), and the unseen of a stratum have an estimate exactly
 * when the remaining cells settle them. */
#ifndef PEIL_ESTIMATE_STRATA_H
#define PEIL_ESTIMATE_STRATA_H

#include "estimate/overlap.h"

enum { STRATA_COVARIATES = 8, STRATA_LEVELS = 64, STRATA_LIMIT = 4096, STRATA_TERMS = 128, STRATA_PARAMETERS = 400 };

/* Persons with some covariate unknown: known levels, -1 for unknown. */
typedef struct strata_partial {
    size_t mask;
    int level[STRATA_COVARIATES];
    double count;
} strata_partial;

typedef struct strata {
    int lists, covariates;
    size_t cells, n;                        /* cells a stratum, strata */
    const char *list[ESTIMATE_LISTS];
    const char *covariate[STRATA_COVARIATES];
    int levels[STRATA_COVARIATES];
    const char *label[STRATA_COVARIATES][STRATA_LEVELS]; /* in order of their bytes */
    double *count;                          /* [n * cells] persons with all covariates known */
    size_t partials;
    strata_partial *partial;
    double total;
} strata;

/* Level of covariate j in stratum g: the last covariate runs fastest. */
int strata_level(const strata *s, size_t g, int j);

/* Read a CSV: a column of 0 and 1 per list, a column per covariate named in `covariates` ("year,form"), and `count`.
 * An empty covariate is unknown.
 *
 * Errors  as overlap_read; ST_LIMIT (more than 8 covariates, 64 levels, 4,096 strata) */
status strata_read(arena *out, const char *path, const char *covariates, strata *result);

/* From a table of victims (COLUMN_SET of lists, coded or text columns as covariates; missing is unknown). */
status strata_from_table(arena *out, const table *victims, const char *set, size_t n, const char *const covariates[], strata *result);

/* A hierarchical model: terms of lists and covariates. */
typedef struct strata_term {
    uint16_t lists;
    uint8_t covariates;
} strata_term;

typedef struct strata_model {
    int n;
    strata_term term[STRATA_TERMS];
} strata_model;

/* All lists and all covariates by themselves. */
strata_model strata_independence(const strata *s);

/* "police:ngo", "police:year". */
status strata_term_name(arena *out, const strata *s, strata_term t, text *result);

typedef struct strata_fit {
    bool converged;
    int parameters, finite;
    double log_likelihood;           /* of the observed data; constants that no model changes left out */
    double bic;
    double deviance;
    double *unseen;                  /* [n] expected unseen of each stratum; NaN where there is no estimate */
    bool exists;                     /* all strata have an estimate */
    double *expected;                /* [n * cells] expected counts, cell 0 the unseen */
    int em_steps;
} strata_fit;

/* Fit a model. With unknown covariates by EM (van der Heijden, Whittaker, Cruyff, Bakker & van der Vliet 2012,
 * doi:10.1214/12-AOAS536): unknown covariates are taken to be unknown at random given the lists and the known ones.
 *
 * Errors  ST_LIMIT (too many parameters), ST_NO_MEMORY, ST_INTERNAL */
status strata_fit_model(arena *out, const strata *s, const strata_model *m, strata_fit *result);

/* Forward choice by BIC over terms of two (lists, covariates, or one of each): the candidate with the best score test
 * joins as long as BIC falls and every stratum keeps an estimate. */
status strata_choose(arena *out, const strata *s, strata_model *chosen, strata_fit *fitted);

typedef struct strata_interval {
    double observed, estimate, lower, upper; /* NaN where none; upper +inf when unbounded */
} strata_interval;

typedef struct strata_result {
    strata_model model;
    strata_fit fit;
    strata_interval total;
    strata_interval *stratum;                  /* [n]; observed without the persons of unknown stratum */
    strata_interval *level[STRATA_COVARIATES]; /* [levels] sums over the other covariates */
    size_t replicates, failed;
    bool parametric; /* replicates drawn from the fitted model; else from the observed records */
    const char *why;
    double seconds;
} strata_result;

/* Choose (unless `model` is given), fit and bootstrap with the model held fixed; percentile limits. */
status strata_estimate(arena *out, const strata *s, const strata_model *model, size_t replicates, uint64_t seed, strata_result *result);

#endif
