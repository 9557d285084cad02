/* Sums over supersets and subsets of a bit mask in n log n steps (Yates 1937). */
#ifndef PEIL_ESTIMATE_ZETA_H
#define PEIL_ESTIMATE_ZETA_H

#include <stddef.h>

/* f[s] becomes the sum of f over all masks that contain s. */
static inline void
zeta_supersets(int bits, double *restrict f)
{
    size_t cells = (size_t)1 << bits;
    for (size_t half = 1; half < cells; half *= 2)
        for (size_t base = 0; base < cells; base += 2 * half)
            for (size_t s = base; s < base + half; s++) f[s] += f[s + half];
}

/* f[s] becomes the sum of f over all masks within s. */
static inline void
zeta_subsets(int bits, double *restrict f)
{
    size_t cells = (size_t)1 << bits;
    for (size_t half = 1; half < cells; half *= 2)
        for (size_t base = 0; base < cells; base += 2 * half)
            for (size_t s = base; s < base + half; s++) f[s + half] += f[s];
}

#endif
