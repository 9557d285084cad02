#include "follow/two_by_two.h"

#include <math.h>
#define MATHLIB_STANDALONE
#include <Rmath.h>

double
follow_two_by_two(const int64_t t[4])
{
    for (int i = 0; i < 4; i++)
        if (t[i] < 0) return NAN;
    double row = (double)(t[0] + t[1]), other = (double)(t[2] + t[3]), column = (double)(t[0] + t[2]);
    double low = fmax(0, column - other), high = fmin(row, column), at = (double)t[0];
    if (low == high) return 1;
    /* weights relative to the table itself, walking out from it: h(k + 1) / h(k) */
    double same = 1 + 1e-7, all = 1, tail = 1, w = 1;
    for (double k = at; k < high; k++) {
        w *= (row - k) * (column - k) / ((k + 1) * (other - column + k + 1));
        all += w;
        if (w <= same) tail += w;
        if (w < 1e-300) break;
    }
    w = 1;
    for (double k = at; k > low; k--) {
        w *= k * (other - column + k) / ((row - k + 1) * (column - k + 1));
        all += w;
        if (w <= same) tail += w;
        if (w < 1e-300) break;
    }
    return isfinite(all) ? fmin(tail / all, 1) : 0;
}

double
follow_chisq_tail(double x, double df)
{
    return isnan(x) || !(df > 0) ? NAN : pchisq(x, df, 0, 0);
}
