#include "follow/ordered.h"

#include <math.h>
#define MATHLIB_STANDALONE
#include <Rmath.h>

static int64_t
row_sum(const int64_t *table, size_t row, size_t cols)
{
    int64_t n = 0;
    for (size_t c = 0; c < cols; c++) n += table[row * cols + c];
    return n;
}

/* Sum of mid-ranks and number of persons of a group. */
static void
rank_sum(const int64_t *table, size_t rows, size_t cols, size_t group, double *sum, double *n)
{
    double before = 0;
    *sum = *n = 0;
    for (size_t r = 0; r < rows; r++) {
        double here = (double)row_sum(table, r, cols), own = (double)table[r * cols + group];
        *sum += own * (before + (here + 1) / 2);
        *n += own;
        before += here;
    }
}

static int
groups_of(const int64_t *table, size_t rows, size_t cols)
{
    int groups = 0;
    for (size_t c = 0; c < cols; c++) {
        double sum, n;
        rank_sum(table, rows, cols, c, &sum, &n);
        groups += n > 0;
    }
    return groups;
}

double
follow_ordered(const int64_t *table, size_t rows, size_t cols)
{
    double h = 0, all = 0, ties = 0;
    for (size_t r = 0; r < rows; r++) {
        double here = (double)row_sum(table, r, cols);
        all += here;
        ties += here * here * here - here;
    }
    for (size_t c = 0; c < cols; c++) {
        double sum, n;
        rank_sum(table, rows, cols, c, &sum, &n);
        double off = n > 0 ? sum / n - (all + 1) / 2 : 0;
        h += n * off * off;
    }
    double untied = 1 - ties / (all * all * all - all);
    return groups_of(table, rows, cols) > 1 && untied > 0 ? 12 * h / (all * (all + 1)) / untied : (double)NAN;
}

double
follow_ordered_p(const int64_t *table, size_t rows, size_t cols)
{
    return pchisq(follow_ordered(table, rows, cols), groups_of(table, rows, cols) - 1, 0, 0);
}

/* Of one group: the mean share of the other that is in a lower class, ties half, and the variance of that mean. */
static void
placements(const int64_t *table, size_t rows, int group, const double n[2], double *mean, double *variance)
{
    double below = 0, sum = 0, squares = 0;
    for (size_t r = 0; r < rows; r++) {
        double own = (double)table[2 * r + (size_t)group], others = (double)table[2 * r + (size_t)!group], share = (below + others / 2) / n[!group];
        sum += own * share;
        squares += own * share * share;
        below += others;
    }
    *mean = sum / n[group];
    *variance = fmax(squares - sum * *mean, 0) / (n[group] - 1) / n[group];
}

effect
follow_ordered_superiority(const int64_t *table, size_t rows, double level)
{
    double n[2] = {0}, mean[2], variance[2];
    for (size_t r = 0; r < rows; r++)
        for (size_t g = 0; g < 2; g++) n[g] += (double)table[2 * r + g];
    if (n[0] < 2 || n[1] < 2) return (effect){NAN, NAN, NAN};
    for (int g = 0; g < 2; g++) placements(table, rows, g, n, &mean[g], &variance[g]);
    double p = mean[0], logit = log(p / (1 - p)), step = qnorm(1 - (1 - level) / 2, 0, 1, 1, 0) * sqrt(variance[0] + variance[1]) / (p * (1 - p));
    if (!(p > 0 && p < 1)) return (effect){p, NAN, NAN};
    return (effect){p, 1 / (1 + exp(-(logit - step))), 1 / (1 + exp(-(logit + step)))};
}
