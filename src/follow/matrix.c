#include "follow/matrix.h"

#include <math.h>
#include <string.h>

int
matrix_cholesky(int p, double *a, bool *kept)
{
    int rank = 0;
    for (int j = 0; j < p; j++) {
        double diagonal = a[j * p + j], pivot = diagonal;
        for (int k = 0; k < j; k++) pivot -= a[j * p + k] * a[j * p + k];
        kept[j] = diagonal > 0 && pivot > 1e-12 * diagonal;
        rank += kept[j];
        double root = kept[j] ? sqrt(pivot) : 0;
        a[j * p + j] = root;
        for (int i = j + 1; i < p; i++) {
            double sum = a[i * p + j];
            for (int k = 0; k < j; k++) sum -= a[i * p + k] * a[j * p + k];
            a[i * p + j] = kept[j] ? sum / root : 0;
        }
        if (!kept[j])
            for (int k = 0; k < j; k++) a[j * p + k] = 0;
    }
    return rank;
}

void
matrix_solve(int p, const double *factor, const bool *kept, const double *b, double *x)
{
    for (int i = 0; i < p; i++) {
        double sum = b[i];
        for (int k = 0; k < i; k++) sum -= factor[i * p + k] * x[k];
        x[i] = kept[i] ? sum / factor[i * p + i] : 0;
    }
    for (int i = p - 1; i >= 0; i--) {
        double sum = x[i];
        for (int k = i + 1; k < p; k++) sum -= factor[k * p + i] * x[k];
        x[i] = kept[i] ? sum / factor[i * p + i] : 0;
    }
}

void
matrix_inverse(int p, const double *factor, const bool *kept, double *inverse)
{
    for (int j = 0; j < p; j++) {
        double *row = inverse + j * p;
        memset(row, 0, (size_t)p * sizeof *row);
        if (!kept[j]) continue;
        row[j] = 1;
        matrix_solve(p, factor, kept, row, row);
    }
    for (int i = 0; i < p; i++)
        for (int j = 0; j < i; j++) inverse[i * p + j] = inverse[j * p + i] = (inverse[i * p + j] + inverse[j * p + i]) / 2;
}

status
matrix_quadratic(arena *tmp, int p, const double *a, const double *b, double *value, int *rank)
{
    double *factor, *x;
    bool *kept;
    ALLOC(tmp, factor, p * p);
    ALLOC(tmp, x, p);
    ALLOC(tmp, kept, p);
    memcpy(factor, a, (size_t)p * (size_t)p * sizeof *factor);
    int found = matrix_cholesky(p, factor, kept);
    matrix_solve(p, factor, kept, b, x);
    double sum = 0;
    for (int i = 0; i < p; i++) sum += b[i] * x[i];
    *value = sum;
    if (rank) *rank = found;
    return ST_OK;
}
