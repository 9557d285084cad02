/* Random counts: Poisson tails, binomial, multinomial, gamma and Poisson draws from the counter-based generator. */
#ifndef PEIL_ESTIMATE_DRAW_H
#define PEIL_ESTIMATE_DRAW_H

#include "base/rng.h"

/* The smaller of P(X <= n) and P(X >= n) for X Poisson with the given mean; tails below the smallest double are 0.
 * Once it is certain to be `enough` or more (enough <= 0.4), 1 is given back instead: cheaper for the many that are
 * nowhere near significant. enough >= 1 asks for the value itself. */
double poisson_smaller_tail(double n, double mean, double enough);

/* Binomial(n, p): inversion for small n p, transformed rejection (Hoermann 1993, doi:10.1080/00949659308811496) else. */
double draw_binomial(rng *r, double n, double p);

/* n persons over `cells` cells with the given weights (any scale), cell by cell as conditional binomials. */
void draw_multinomial(rng *r, double n, size_t cells, const double weight[], double count[]);

/* Poisson(mean); means up to 1e9. */
double draw_poisson(rng *r, double mean);

/* Gamma with the given shape and scale 1 (Marsaglia & Tsang 2000, doi:10.1145/358407.358414), and Beta(a, b). */
double draw_gamma(rng *r, double shape);
double draw_beta(rng *r, double a, double b);

#endif
