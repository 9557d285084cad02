/* The sums over risk sets that Cox and Fine-Gray share. */
#ifndef PEIL_FOLLOW_COX_SUMS_H
#define PEIL_FOLLOW_COX_SUMS_H

#include <stddef.h>

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

#endif
