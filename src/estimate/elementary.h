/* exp and log from additions and multiplications alone: the same bits on any machine (the C library picks other
 * variants on other processors), and loops over them vectorise. Relative error below 4e-16 (exp) and 1e-15 (log). */
#ifndef PEIL_ESTIMATE_ELEMENTARY_H
#define PEIL_ESTIMATE_ELEMENTARY_H

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

/* For |x| <= 708; callers clamp. */
static inline double
exp_within(double x)
{
    const double shift = 0x1.8p52;
    double t = x * 0x1.71547652b82fep+0 + shift, k = t - shift;
    double r = (x - k * 0x1.62e42fefa0000p-1) - k * 0x1.cf79abc9e3b39p-40;
    double p = 1.0 / 6227020800;
    p = p * r + 1.0 / 479001600;
    p = p * r + 1.0 / 39916800;
    p = p * r + 1.0 / 3628800;
    p = p * r + 1.0 / 362880;
    p = p * r + 1.0 / 40320;
    p = p * r + 1.0 / 5040;
    p = p * r + 1.0 / 720;
    p = p * r + 1.0 / 120;
    p = p * r + 1.0 / 24;
    p = p * r + 1.0 / 6;
    p = p * r + 0.5;
    p = p * r + 1;
    p = p * r + 1;
    uint64_t bits;
    double scale;
    memcpy(&bits, &t, sizeof bits);
    bits = (bits + 1023) << 52;
    memcpy(&scale, &bits, sizeof scale);
    return p * scale;
}

static inline double
exp_clamped(double x)
{
    x = x > 700 ? 700 : x;
    return exp_within(x < -700 ? -700 : x);
}

/* Down to the smallest double and to 0. */
static inline double
exp_small(double x)
{
    if (x < -746) return 0;
    return x < -600 ? exp_within(x + 100) * exp_within(-100) : exp_clamped(x);
}

/* Natural logarithm for x > 0 (normal numbers); log 0 is -inf. */
static inline double
log_plain(double x)
{
    if (x <= 0) return x == 0 ? -INFINITY : NAN;
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    int e = (int)(bits >> 52) - 1023;
    bits = (bits & 0x000fffffffffffffu) | 0x3ff0000000000000u;
    double f;
    memcpy(&f, &bits, sizeof f);
    if (f > 1.4142135623730951) f *= 0.5, e++;
    double u = (f - 1) / (f + 1), v = u * u, p = 1.0 / 23;
    p = p * v + 1.0 / 21;
    p = p * v + 1.0 / 19;
    p = p * v + 1.0 / 17;
    p = p * v + 1.0 / 15;
    p = p * v + 1.0 / 13;
    p = p * v + 1.0 / 11;
    p = p * v + 1.0 / 9;
    p = p * v + 1.0 / 7;
    p = p * v + 1.0 / 5;
    p = p * v + 1.0 / 3;
    p = p * v + 1;
    return (double)e * 0.6931471805599453 + 2 * u * p;
}

static inline double
log_factorial_large(double n)
{
double v = 1 / (n * n);
    double series = (1.0 / 12 - v * (1.0 / 360 - v * (1.0 / 1260 - v * (1.0 / 1680 - v * (1.0 / 1188))))) / n;
    return (n + 0.5) * log_plain(n) - n + 0.91893853320467274178 + series;
}

/* log n! for n >= 0, log gamma(n + 1) between whole numbers (Stirling's series from 16 on). */
static inline double
log_factorial(double n)
{
    double product = 1;
    if (n < 16 && n == (double)(int)n) {
        for (double i = 2; i <= n; i++) product *= i;
        return log_plain(product);
    }
    while (n < 16) product *= ++n;
    if (product > 1) return log_factorial_large(n) - log_plain(product);
    return log_factorial_large(n);
}

#endif
