#include "follow/crosstab.h"

#include <math.h>
#include <string.h>
#define MATHLIB_STANDALONE
#include <Rmath.h>

static double
row_sum(const int64_t *t, size_t cols, size_t r)
{
    int64_t sum = 0;
    for (size_t c = 0; c < cols; c++) sum += t[r * cols + c];
    return (double)sum;
}

static double
col_sum(const int64_t *t, size_t rows, size_t cols, size_t c)
{
    int64_t sum = 0;
    for (size_t r = 0; r < rows; r++) sum += t[r * cols + c];
    return (double)sum;
}

static double
total(const int64_t *t, size_t rows, size_t cols)
{
    double sum = 0;
    for (size_t r = 0; r < rows; r++) sum += row_sum(t, cols, r);
    return sum;
}

double
follow_table_df(const int64_t *t, size_t rows, size_t cols)
{
    size_t r_used = 0, c_used = 0;
    for (size_t r = 0; r < rows; r++) r_used += row_sum(t, cols, r) > 0;
    for (size_t c = 0; c < cols; c++) c_used += col_sum(t, rows, cols, c) > 0;
    return r_used && c_used ? (double)((r_used - 1) * (c_used - 1)) : 0;
}

typedef enum part { PART_PEARSON, PART_G2, PART_LEAST } part;

static double
over_cells(const int64_t *t, size_t rows, size_t cols, part what)
{
    double n = total(t, rows, cols), sum = 0, least = INFINITY;
    if (follow_table_df(t, rows, cols) <= 0) return NAN;
    for (size_t c = 0; c < cols; c++) {
        double column = col_sum(t, rows, cols, c);
        for (size_t r = 0; column > 0 && r < rows; r++) {
            double row = row_sum(t, cols, r), o = (double)t[r * cols + c], e = row * column / n;
            if (row <= 0) continue;
            if (e < least) least = e;
            if (what == PART_PEARSON) sum += (o - e) * (o - e) / e;
            if (what == PART_G2 && o > 0) sum += 2 * o * log(o / e);
        }
    }
    return what == PART_LEAST ? least : sum;
}

double
follow_pearson(const int64_t *t, size_t rows, size_t cols)
{
    return over_cells(t, rows, cols, PART_PEARSON);
}

double
follow_g2(const int64_t *t, size_t rows, size_t cols)
{
    return over_cells(t, rows, cols, PART_G2);
}

double
follow_least_expected(const int64_t *t, size_t rows, size_t cols)
{
    return over_cells(t, rows, cols, PART_LEAST);
}

double
follow_yates(const int64_t *t, size_t rows, size_t cols)
{
    if (rows != 2 || cols != 2 || follow_table_df(t, 2, 2) != 1) return NAN;
    double n = total(t, 2, 2), sum = 0, shift = 0.5;
    for (int k = 0; k < 4; k++) {
        double e = row_sum(t, 2, (size_t)k / 2) * col_sum(t, 2, 2, (size_t)k % 2) / n;
        shift = fmin(shift, fabs((double)t[k] - e));
    }
    for (int k = 0; k < 4; k++) {
        double e = row_sum(t, 2, (size_t)k / 2) * col_sum(t, 2, 2, (size_t)k % 2) / n, d = fabs((double)t[k] - e) - shift;
        sum += d * d / e;
    }
    return sum;
}

/* min(rows, columns) - 1 of those with counts. */
static double
shorter_side(const int64_t *t, size_t rows, size_t cols)
{
    double r_used = 0, c_used = 0;
    for (size_t r = 0; r < rows; r++) r_used += row_sum(t, cols, r) > 0;
    for (size_t c = 0; c < cols; c++) c_used += col_sum(t, rows, cols, c) > 0;
    return fmin(r_used, c_used) - 1;
}

double
follow_cramers_v(const int64_t *t, size_t rows, size_t cols)
{
    return sqrt(follow_pearson(t, rows, cols) / (total(t, rows, cols) * shorter_side(t, rows, cols)));
}

double
follow_pearson_p(const int64_t *t, size_t rows, size_t cols)
{
    double x = follow_pearson(t, rows, cols);
    return isnan(x) ? NAN : pchisq(x, follow_table_df(t, rows, cols), 0, 0);
}

double
follow_risk_difference(const int64_t *t, size_t rows, size_t cols)
{
    if (rows != 2 || cols != 2) return NAN;
    return (double)t[0] / row_sum(t, 2, 0) - (double)t[2] / row_sum(t, 2, 1);
}

double
follow_risk_ratio(const int64_t *t, size_t rows, size_t cols)
{
    if (rows != 2 || cols != 2 || t[2] == 0) return NAN;
    return (double)t[0] / row_sum(t, 2, 0) / ((double)t[2] / row_sum(t, 2, 1));
}

double
follow_odds_ratio(const int64_t *t, size_t rows, size_t cols)
{
    if (rows != 2 || cols != 2 || t[1] == 0 || t[2] == 0) return NAN;
    return (double)t[0] * (double)t[3] / ((double)t[1] * (double)t[2]);
}

follow_statistic *
follow_statistic_find(const char *name)
{
    static const struct {
        const char *name;
        follow_statistic *f;
    } list[] = {{"pearson", follow_pearson},         {"yates", follow_yates},   {"g2", follow_g2},
                {"cramers_v", follow_cramers_v},     {"p", follow_pearson_p},   {"rd", follow_risk_difference},
                {"rr", follow_risk_ratio},           {"or", follow_odds_ratio}};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        if (strcmp(list[i].name, name) == 0) return list[i].f;
    return NULL;
}

static double
z_of(double level)
{
    return qnorm(1 - (1 - level) / 2, 0, 1, 1, 0);
}

effect
follow_effect_rd(const int64_t *t, double level)
{
    double n1 = row_sum(t, 2, 0), n2 = row_sum(t, 2, 1), p1 = (double)t[0] / n1, p2 = (double)t[2] / n2;
    double wide = z_of(level) * sqrt(p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2);
    return (effect){p1 - p2, fmax(p1 - p2 - wide, -1), fmin(p1 - p2 + wide, 1)};
}

static effect
wilson(double x, double n, double z)
{
    double p = x / n, middle = p + z * z / (2 * n), wide = z * sqrt((p * (1 - p) + z * z / (4 * n)) / n), scale = 1 + z * z / n;
    return (effect){p, fmax((middle - wide) / scale, 0), fmin((middle + wide) / scale, 1)};
}

effect
follow_effect_newcombe(const int64_t *t, double level)
{
    double z = z_of(level), n1 = row_sum(t, 2, 0), n2 = row_sum(t, 2, 1);
    effect a = wilson((double)t[0], n1, z), b = wilson((double)t[2], n2, z);
    double d = a.estimate - b.estimate;
    return (effect){d, d - hypot(a.estimate - a.lower, b.upper - b.estimate), d + hypot(a.upper - a.estimate, b.estimate - b.lower)};
}

static effect
on_log_scale(double estimate, double se, double level)
{
    if (isnan(estimate) || !(estimate > 0) || !isfinite(se)) return (effect){estimate, NAN, NAN};
    double factor = exp(z_of(level) * se);
    return (effect){estimate, estimate / factor, estimate * factor};
}

effect
follow_effect_rr(const int64_t *t, double level)
{
    double se = sqrt(1 / (double)t[0] - 1 / row_sum(t, 2, 0) + 1 / (double)t[2] - 1 / row_sum(t, 2, 1));
    return on_log_scale(follow_risk_ratio(t, 2, 2), se, level);
}

effect
follow_effect_or(const int64_t *t, double level)
{
    double se = sqrt(1 / (double)t[0] + 1 / (double)t[1] + 1 / (double)t[2] + 1 / (double)t[3]);
    return on_log_scale(follow_odds_ratio(t, 2, 2), se, level);
}

/* Non-central hypergeometric distribution of the first cell at log odds ratio b. */
typedef struct noncentral {
    double m, n, k, low, high, x;
} noncentral;

typedef struct tails {
    double mean, lower, upper; /* P(X <= x), P(X >= x) */
} tails;

static tails
tails_at(const noncentral *h, double b)
{
    double top = -INFINITY, sum = 0, mean = 0, lower = 0, upper = 0;
    for (double x = h->low; x <= h->high; x++) top = fmax(top, dhyper(x, h->m, h->n, h->k, 1) + b * x);
    for (double x = h->low; x <= h->high; x++) {
        double p = exp(dhyper(x, h->m, h->n, h->k, 1) + b * x - top);
        sum += p, mean += p * x;
        if (x <= h->x) lower += p;
        if (x >= h->x) upper += p;
    }
    return (tails){mean / sum, lower / sum, upper / sum};
}

enum { FIND_MEAN, FIND_LOWER, FIND_UPPER };

/* The log odds ratio where the mean is x, P(X >= x) is alpha (lower limit) or P(X <= x) is alpha (upper limit): all monotone. */
static double
solve_noncentral(const noncentral *h, int what, double alpha)
{
    double left = -700, right = 700;
    for (int i = 0; i < 200 && right - left > 1e-15 * (1 + fabs(left)); i++) {
        double b = (left + right) / 2;
        tails t = tails_at(h, b);
        bool above = what == FIND_MEAN ? t.mean > h->x : what == FIND_LOWER ? t.upper > alpha : t.lower < alpha;
        if (above)
            right = b;
        else
            left = b;
    }
    return (left + right) / 2;
}

effect
follow_effect_or_exact(const int64_t *t, double level)
{
    noncentral h = {.m = col_sum(t, 2, 2, 0), .n = col_sum(t, 2, 2, 1), .k = row_sum(t, 2, 0), .x = (double)t[0]};
    h.low = fmax(0, h.k - h.n), h.high = fmin(h.k, h.m);
    if (h.low == h.high || h.high - h.low > 200000) return (effect){NAN, NAN, NAN};
    double alpha = (1 - level) / 2;
    effect e;
    e.estimate = h.x == h.low ? 0 : h.x == h.high ? INFINITY : exp(solve_noncentral(&h, FIND_MEAN, 0));
    e.lower = h.x == h.low ? 0 : exp(solve_noncentral(&h, FIND_LOWER, alpha));
    e.upper = h.x == h.high ? INFINITY : exp(solve_noncentral(&h, FIND_UPPER, alpha));
    return e;
}

/* The non-centrality at which the distribution function is q; 0 when it never is. */
static double
noncentrality(double x, double df, double q)
{
    if (pchisq(x, df, 1, 0) <= q) return 0;
    double left = 0, right = fmax(1, 2 * x);
    for (int i = 0; i < 60 && pnchisq(x, df, right, 1, 0) > q; i++) right *= 2;
    for (int i = 0; i < 200 && right - left > 1e-15 * right; i++) {
        double middle = (left + right) / 2;
        if (pnchisq(x, df, middle, 1, 0) > q)
            left = middle;
        else
            right = middle;
    }
    return (left + right) / 2;
}

effect
follow_effect_v(const int64_t *t, size_t rows, size_t cols, double level)
{
    double x = follow_pearson(t, rows, cols), df = follow_table_df(t, rows, cols), scale = total(t, rows, cols) * shorter_side(t, rows, cols);
    if (isnan(x)) return (effect){NAN, NAN, NAN};
    if (x > 5000) return (effect){sqrt(x / scale), NAN, NAN}; /* the non-central distribution function is no longer exact there */
    double low = noncentrality(x, df, 1 - (1 - level) / 2), high = noncentrality(x, df, (1 - level) / 2);
    return (effect){sqrt(x / scale), low > 0 ? fmin(sqrt((low + df) / scale), 1) : 0, fmin(sqrt((high + df) / scale), 1)};
}
