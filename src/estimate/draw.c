#include "estimate/draw.h"

#include "estimate/elementary.h"

static double
poisson_mass(double n, double mean)
{
    return exp_small(n * log_plain(mean) - mean - log_factorial(n));
}

double
poisson_smaller_tail(double n, double mean, double enough)
{
    if (mean <= 0) return n > 0 ? 0 : 1;
    double mass = poisson_mass(n, mean), sum = 1, term = 1;
    bool upper = n > mean;
    double limit = enough < 0.4 ? enough : INFINITY;
    for (double i = n; upper || i > 0; i += upper ? 1 : -1) {
        term *= upper ? mean / (i + 1) : i / mean;
        sum += term;
        if (mass * sum >= limit) return 1;
        if (term < 1e-17 * sum) break;
    }
    double tail = mass * sum, other = 1 + mass - tail;
    return tail < other ? tail : other;
}

static double
binomial_inversion(rng *r, double n, double p)
{
    double u = rng_uniform(r), k = 0;
    if (u < 1 - n * p - 1e-12) return 0; /* q^n is no less (Bernoulli): the exponential need not be known */
    double q = 1 - p, odds = p / q, mass = exp_small(n * log_plain(q));
    while (u >= mass && k < n) {
        u -= mass;
        k++;
        mass *= odds * (n - k + 1) / k;
    }
    return k;
}

/* BTRS of Hoermann 1993, for n p >= 10 and p <= 0.5. */
static double
binomial_rejection(rng *r, double n, double p)
{
    double spread = sqrt(n * p * (1 - p)), b = 1.15 + 2.53 * spread, a = -0.0873 + 0.0248 * b + 0.01 * p;
    double centre = n * p + 0.5, edge = 0.92 - 4.2 / b, alpha = (2.83 + 5.1 / b) * spread;
    double log_odds = log_plain(p / (1 - p)), mode = floor((n + 1) * p);
    double at_mode = log_factorial(mode) + log_factorial(n - mode);
    for (;;) {
        double u = rng_uniform(r) - 0.5, v = 1 - rng_uniform(r), us = 0.5 - fabs(u);
        double k = floor((2 * a / us + b) * u + centre);
        if (us >= 0.07 && v <= edge) return k;
        if (k < 0 || k > n) continue;
        v = log_plain(v * alpha / (a / (us * us) + b));
        if (v <= at_mode - log_factorial(k) - log_factorial(n - k) + (k - mode) * log_odds) return k;
    }
}

double
draw_binomial(rng *r, double n, double p)
{
    if (n <= 0 || p <= 0) return 0;
    if (p >= 1) return n;
    if (p > 0.5) return n - draw_binomial(r, n, 1 - p);
    return n * p < 10 ? binomial_inversion(r, n, p) : binomial_rejection(r, n, p);
}

void
draw_multinomial(rng *r, double n, size_t cells, const double weight[], double count[])
{
    double left = 0;
    for (size_t i = 0; i < cells; i++) left += weight[i];
    size_t last = cells;
    while (last > 0 && !(weight[last - 1] > 0)) last--;
    for (size_t i = 0; i < cells; i++) {
        double k = weight[i] > 0 && n > 0 ? (i + 1 == last ? n : draw_binomial(r, n, weight[i] / left)) : 0;
        count[i] = k;
        n -= k;
        left -= weight[i];
    }
}

/* Large means are halved by binomial thinning of a gamma: X | gamma(m) is Poisson or binomial (Ahrens & Dieter 1974). */
double
draw_poisson(rng *r, double mean)
{
    double total = 0;
    while (mean > 30) {
        double m = floor(mean * 7 / 8), x = draw_gamma(r, m);
        if (x >= mean) return total + draw_binomial(r, m - 1, mean / x);
        total += m;
        mean -= x;
    }
    if (mean <= 0) return total;
    double mass = exp_small(-mean), u = rng_uniform(r), k = 0;
    while (u >= mass && k < 1000) {
        u -= mass;
        k++;
        mass *= mean / k;
    }
    return total + k;
}

static double
normal(rng *r)
{
    for (;;) { /* polar method: no sine, so the same bits on any machine */
        double u = 2 * rng_uniform(r) - 1, v = 2 * rng_uniform(r) - 1, s = u * u + v * v;
        if (s > 0 && s < 1) return u * sqrt(-2 * log_plain(s) / s);
    }
}

double
draw_gamma(rng *r, double shape)
{
    if (shape < 1) {
        double u = 1 - rng_uniform(r);
        double rest = draw_gamma(r, shape + 1);
        return rest * exp_small(log_plain(u) / shape);
    }
    double d = shape - 1.0 / 3, c = 1 / sqrt(9 * d);
    for (;;) {
        double x = normal(r), v = 1 + c * x;
        if (v <= 0) continue;
        v = v * v * v;
        double u = 1 - rng_uniform(r), square = x * x;
        if (u < 1 - 0.0331 * square * square) return d * v;
        if (log_plain(u) < 0.5 * x * x + d - d * v + d * log_plain(v)) return d * v;
    }
}

double
draw_beta(rng *r, double a, double b)
{
    double x = draw_gamma(r, a), y = draw_gamma(r, b);
    return x + y > 0 ? x / (x + y) : (a > b ? 1 : 0);
}
