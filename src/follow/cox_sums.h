/* The sums over risk sets, and the exponential, that Cox and Fine-Gray share. */
#ifndef PEIL_FOLLOW_COX_SUMS_H
#define PEIL_FOLLOW_COX_SUMS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A row of sums: weight, weight * x [p], weight * x x' [lower triangle]. */
static inline size_t
sums_width(int p)
{
    return 1 + (size_t)p + (size_t)p * ((size_t)p + 1) / 2;
}

static inline __attribute__((always_inline)) void
sums_add_fixed(int p, double w, const double *restrict x, double *restrict row)
{
    double *second = row + 1 + p;
    row[0] += w;
    for (int a = 0; a < p; a++) {
        double wa = w * x[a];
        row[1 + a] += wa;
        for (int b = 0; b <= a; b++) *second++ += wa * x[b];
    }
}

/* Add one person; small p unrolled. */
static inline void
sums_add(int p, double w, const double *restrict x, double *restrict row)
{
    switch (p) {
    case 1: sums_add_fixed(1, w, x, row); break;
    case 2: sums_add_fixed(2, w, x, row); break;
    case 3: sums_add_fixed(3, w, x, row); break;
    case 4: sums_add_fixed(4, w, x, row); break;
    case 5: sums_add_fixed(5, w, x, row); break;
    case 6: sums_add_fixed(6, w, x, row); break;
    default: sums_add_fixed(p, w, x, row); break;
    }
}

/* e^x to one unit in the last place, in a form that compilers turn into vectors, the same on every machine: 2^k * e^r with
 * |r| <= ln 2 / 2 and the series to r^13. */
static inline double
exponential(double x)
{
    const double magic = 6755399441055744.0, log2e = 1.4426950408889634;
    const double ln2_high = 6.93147180369123816490e-01, ln2_low = 1.90821492927058770002e-10;
    x = x < -700 ? -700 : x > 700 ? 700 : x;
    double t = x * log2e + magic, k = t - magic, r = (x - k * ln2_high) - k * ln2_low, sum = 1.0 / 6227020800;
    sum = sum * r + 1.0 / 479001600, sum = sum * r + 1.0 / 39916800, sum = sum * r + 1.0 / 3628800, sum = sum * r + 1.0 / 362880;
    sum = sum * r + 1.0 / 40320, sum = sum * r + 1.0 / 5040, sum = sum * r + 1.0 / 720, sum = sum * r + 1.0 / 120;
    sum = sum * r + 1.0 / 24, sum = sum * r + 1.0 / 6, sum = sum * r + 0.5, sum = sum * r + 1, sum = sum * r + 1;
    uint64_t bits, power;
    memcpy(&power, &t, sizeof power);
    memcpy(&bits, &sum, sizeof bits);
    bits += power << 52;
    memcpy(&sum, &bits, sizeof sum);
    return sum;
}

#endif
