/* Latent classes by Markov chains: persons fall into classes, within a class the lists are independent
 * (Manrique-Vallier 2016, doi:10.1111/biom.12502).
 *
 * Truncated stick-breaking prior over the classes with concentration alpha ~ gamma(0.25, rate 0.25), capture probabilities
 * uniform, N with prior 1 / N. Several chains from scattered starts; they must agree (split R-hat of log N,
 * Gelman et al. 2013) before the estimate may be used. */
#ifndef PEIL_ESTIMATE_LATENT_H
#define PEIL_ESTIMATE_LATENT_H

#include "estimate/overlap.h"

typedef struct latent_options {
    int classes;           /* at most 64 */
    int chains;            /* at least 2 */
    size_t burn_in, draws, thinning; /* a chain; thinning steps a draw */
    double shape, rate;    /* prior of alpha */
    uint64_t seed;
} latent_options;

latent_options latent_defaults(void); /* 10 classes, 4 chains, burn-in 10,000, 1,000 draws, every 10th step */

typedef struct latent_result {
    size_t n;              /* chains * draws */
    double *draw;          /* [n] population, chain by chain */
    double mean, lower, median, upper;
    double r_hat, effective; /* split R-hat and effective number of draws of log N */
} latent_result;

/* The same draws for any number of threads: chain c has stream c of the seed. */
status latent_run(arena *out, const overlap *o, const latent_options *options, latent_result *result);

/* Split R-hat and effective sample size of chains of equal length (Vehtari et al. 2021, doi:10.1214/20-BA1221, without
 * rank normalisation). value[chains * draws]. */
void latent_diagnose(int chains, size_t draws, const double value[], double *r_hat, double *effective);

#endif
