#include "follow/shares.h"

#include <math.h>
#include <stdlib.h>
#define MATHLIB_STANDALONE
#include <Rmath.h>

static double
z_of(double level)
{
    return qnorm(1 - (1 - level) / 2, 0, 1, 1, 0);
}

/* P(X > x) + P(X = x) / 2 at share p, less q: rises with p. */
static double
mid_p_root(double x, double n, double q)
{
    double left = 0, right = 1;
    for (int i = 0; i < 400 && right - left > 1e-16 * right; i++) {
        double p = (left + right) / 2;
        double above = pbinom(x, n, p, 0, 0) + dbinom(x, n, p, 0) / 2;
        if (above > q)
            right = p;
        else
            left = p;
    }
    return (left + right) / 2;
}

share_intervals
follow_share(int64_t hits, int64_t of, double level)
{
    double x = (double)hits, n = (double)of, z = z_of(level), alpha = (1 - level) / 2, p = x / n;
    double middle = p + z * z / (2 * n), wide = z * sqrt((p * (1 - p) + z * z / (4 * n)) / n), scale = 1 + z * z / n;
    share_intervals s = {.estimate = p};
    s.wilson = (effect){p, hits == 0 ? 0 : (middle - wide) / scale, hits == of ? 1 : (middle + wide) / scale};
    s.clopper_pearson = (effect){p, hits == 0 ? 0 : qbeta(alpha, x, n - x + 1, 1, 0), hits == of ? 1 : qbeta(1 - alpha, x + 1, n - x, 1, 0)};
    s.mid_p = (effect){p, hits == 0 ? 0 : mid_p_root(x, n, alpha), hits == of ? 1 : mid_p_root(x, n, 1 - alpha)};
    return s;
}

void
follow_mh_add(const int64_t t[4], mh_sums *m)
{
    double a = (double)t[0], b = (double)t[1], c = (double)t[2], d = (double)t[3], n = a + b + c + d;
    double n1 = a + b, n2 = c + d, m1 = a + c;
    double r = a * d / n, s = b * c / n, p = (a + d) / n, q = (b + c) / n;
    m->r += r, m->s += s;
    m->pr += p * r, m->psqr += p * s + q * r, m->qs += q * s;
    m->risk_up += a * n2 / n, m->risk_down += c * n1 / n;
    m->risk_var += (m1 * n1 * n2 - a * c * n) / (n * n);
    m->a += a, m->expected += n1 * m1 / n;
    m->variance += n1 * n2 * m1 * (n - m1) / (n * n * (n - 1));
}

/* The first cell with this odds ratio and the margins of t: the root of a quadratic. */
static double
fitted_cell(const int64_t *t, double odds)
{
    double n1 = (double)(t[0] + t[1]), n2 = (double)(t[2] + t[3]), m1 = (double)(t[0] + t[2]);
    double a = 1 - odds, b = n2 - m1 + odds * (n1 + m1), c = -odds * n1 * m1;
    if (fabs(a) < 1e-12) return -c / b;
    double root = sqrt(b * b - 4 * a * c), x = (-b + root) / (2 * a);
    return x >= fmax(0, m1 - n2) - 1e-9 && x <= fmin(n1, m1) + 1e-9 ? x : (-b - root) / (2 * a);
}

static void
homogeneity(size_t n, const int64_t *tables, mantel_haenszel *result)
{
    double sum = 0, difference = 0, variance = 0, odds = result->odds_ratio.estimate;
    int used = 0;
    for (size_t i = 0; i < n && isfinite(odds) && odds > 0; i++) {
        const int64_t *t = tables + 4 * i;
        double n1 = (double)(t[0] + t[1]), n2 = (double)(t[2] + t[3]), m1 = (double)(t[0] + t[2]);
        if (n1 == 0 || n2 == 0 || m1 == 0 || m1 == n1 + n2) continue;
        double x = fitted_cell(t, odds), v = 1 / (1 / x + 1 / (n1 - x) + 1 / (m1 - x) + 1 / (n2 - m1 + x));
        sum += ((double)t[0] - x) * ((double)t[0] - x) / v;
        difference += (double)t[0] - x, variance += v;
        used++;
    }
    result->homogeneity = used > 1 ? sum - difference * difference / variance : NAN;
    result->homogeneity_df = used > 1 ? used - 1 : 0;
    result->homogeneity_p = used > 1 ? pchisq(result->homogeneity, used - 1, 0, 0) : NAN;
}

mantel_haenszel
follow_mh_of(const mh_sums *m, double level)
{
    mantel_haenszel r = {.homogeneity = NAN, .homogeneity_p = NAN};
    double z = z_of(level);
    double se = sqrt(m->pr / (2 * m->r * m->r) + m->psqr / (2 * m->r * m->s) + m->qs / (2 * m->s * m->s)), odds = m->r / m->s;
    r.odds_ratio = (effect){odds, odds * exp(-z * se), odds * exp(z * se)};
    double risk = m->risk_up / m->risk_down, risk_se = sqrt(m->risk_var / (m->risk_up * m->risk_down));
    r.risk_ratio = (effect){risk, risk * exp(-z * risk_se), risk * exp(z * risk_se)};
    double delta = fabs(m->a - m->expected), shift = delta >= 0.5 ? 0.5 : 0;
    r.chisq = delta * delta / m->variance;
    r.chisq_corrected = (delta - shift) * (delta - shift) / m->variance;
    r.p = pchisq(r.chisq, 1, 0, 0), r.p_corrected = pchisq(r.chisq_corrected, 1, 0, 0);
    return r;
}

mantel_haenszel
follow_mantel_haenszel(size_t n, const int64_t *tables, double level)
{
    mh_sums m = {0};
    size_t strata = 0;
    for (size_t i = 0; i < n; i++) {
        const int64_t *t = tables + 4 * i;
        if (t[0] + t[1] + t[2] + t[3] < 2) continue;
        follow_mh_add(t, &m);
        strata++;
    }
    mantel_haenszel r = follow_mh_of(&m, level);
    r.strata = strata;
    homogeneity(n, tables, &r);
    return r;
}

effect
follow_rate(double events, double time, double level)
{
    double alpha = (1 - level) / 2;
    return (effect){events / time, events > 0 ? qgamma(alpha, events, 1, 1, 0) / time : 0, qgamma(1 - alpha, events + 1, 1, 1, 0) / time};
}

effect
follow_rate_direct(size_t n, const double *events, const double *time, const double *weight, double level)
{
    double all = 0, rate = 0, variance = 0, most = 0, alpha = (1 - level) / 2;
    for (size_t i = 0; i < n; i++) all += weight[i];
    for (size_t i = 0; i < n; i++) {
        double w = weight[i] / all / time[i];
        rate += w * events[i];
        variance += w * w * events[i];
        if (w > most) most = w;
    }
    effect e = {.estimate = rate};
    e.lower = rate > 0 ? qgamma(alpha, rate * rate / variance, variance / rate, 1, 0) : 0;
    e.upper = qgamma(1 - alpha, (rate + most) * (rate + most) / (variance + most * most), (variance + most * most) / (rate + most), 1, 0);
    return e;
}

effect
follow_rate_indirect(size_t n, const double *events, const double *time, const double *standard, double level, double *expected)
{
    double observed = 0, e = 0;
    for (size_t i = 0; i < n; i++) observed += events[i], e += time[i] * standard[i];
    *expected = e;
    return follow_rate(observed, e, level);
}

typedef struct ranked {
    double value;
    size_t at;
} ranked;

static int
by_value(const void *a, const void *b)
{
    const ranked *x = a, *y = b;
    if (x->value != y->value) return x->value < y->value ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

static status
sort_values(arena *tmp, size_t n, const double *value, ranked **result, size_t *count)
{
    ranked *r;
    ALLOC(tmp, r, n);
    size_t k = 0;
    for (size_t i = 0; i < n; i++)
        if (!isnan(value[i])) r[k++] = (ranked){value[i], i};
    qsort(r, k, sizeof *r, by_value);
    *result = r;
    *count = k;
    return ST_OK;
}

status
follow_adjust_holm(size_t n, const double *p, double *adjusted)
{
    SCRATCH(tmp);
    ranked *r;
    size_t k;
    CHECK(sort_values(tmp, n, p, &r, &k));
    for (size_t i = 0; i < n; i++) adjusted[i] = NAN;
    double highest = 0;
    for (size_t i = 0; i < k; i++) {
        highest = fmax(highest, fmin(1, r[i].value * (double)(k - i)));
        adjusted[r[i].at] = highest;
    }
    return ST_OK;
}

status
follow_adjust_bh(size_t n, const double *p, double *adjusted)
{
    SCRATCH(tmp);
    ranked *r;
    size_t k;
    CHECK(sort_values(tmp, n, p, &r, &k));
    for (size_t i = 0; i < n; i++) adjusted[i] = NAN;
    double lowest = 1;
    for (size_t i = k; i-- > 0;) {
        lowest = fmin(lowest, r[i].value * ((double)k / (double)(i + 1)));
        adjusted[r[i].at] = lowest;
    }
    return ST_OK;
}

static void
moments(size_t n, const double *x, double *mean, double *sd)
{
    double sum = 0, rest = 0, square = 0;
    for (size_t i = 0; i < n; i++) sum += x[i];
    for (size_t i = 0; i < n; i++) rest += x[i] - sum / (double)n; /* what rounding left: counts where the mean is far from 0 */
    *mean = sum / (double)n + rest / (double)n;
    for (size_t i = 0; i < n; i++) square += (x[i] - *mean) * (x[i] - *mean);
    *sd = sqrt(square / ((double)n - 1));
}

welch_result
follow_welch_of(const double n[2], const double mean[2], const double sd[2], double level)
{
    welch_result w = {.n = {n[0], n[1]}, .mean = {mean[0], mean[1]}, .sd = {sd[0], sd[1]}, .t = NAN, .df = NAN, .p = NAN, .difference = {NAN, NAN, NAN}};
    if (n[0] < 2 || n[1] < 2) return w;
    double v1 = sd[0] * sd[0] / n[0], v2 = sd[1] * sd[1] / n[1], se = sqrt(v1 + v2), d = mean[0] - mean[1];
    if (!(se > 0)) return w;
    w.t = d / se;
    w.df = (v1 + v2) * (v1 + v2) / (v1 * v1 / (n[0] - 1) + v2 * v2 / (n[1] - 1));
    w.p = 2 * pt(-fabs(w.t), w.df, 1, 0);
    double wide = qt(1 - (1 - level) / 2, w.df, 1, 0) * se;
    w.difference = (effect){d, d - wide, d + wide};
    return w;
}

welch_result
follow_welch(size_t n1, const double *x1, size_t n2, const double *x2, double level)
{
    double mean[2], sd[2];
    moments(n1, x1, &mean[0], &sd[0]);
    moments(n2, x2, &mean[1], &sd[1]);
    return follow_welch_of((const double[]){(double)n1, (double)n2}, mean, sd, level);
}

/* Mid-ranks, and the sum over ties of t^3 - t. */
static status
mid_ranks(arena *tmp, size_t n, const double *value, double **result, double *ties)
{
    ranked *r;
    size_t k;
    double *rank;
    CHECK(sort_values(tmp, n, value, &r, &k));
    ALLOC(tmp, rank, n);
    *ties = 0;
    for (size_t i = 0; i < k;) {
        size_t j = i;
        while (j < k && r[j].value == r[i].value) j++;
        for (size_t m = i; m < j; m++) rank[r[m].at] = (double)(i + j + 1) / 2;
        double t = (double)(j - i);
        *ties += t * t * t - t;
        i = j;
    }
    *result = rank;
    return ST_OK;
}

/* DeLong's variance of the area under the curve, from overall ranks and ranks within each group. */
static status
superiority(size_t n, const double *value, const int32_t *group, const double *rank, double level, effect *e)
{
    SCRATCH(tmp);
    double *x[2], *within[2], count[2], ties, variance[2], middle;
    size_t k[2] = {0, 0};
    for (int g = 0; g < 2; g++) ALLOC(tmp, x[g], n);
    for (size_t i = 0; i < n; i++) x[group[i]][k[group[i]]++] = value[i];
    for (int g = 0; g < 2; g++) CHECK(mid_ranks(tmp, k[g], x[g], &within[g], &ties));
    count[0] = (double)k[0], count[1] = (double)k[1];
    size_t at[2] = {0, 0};
    for (size_t i = 0; i < n; i++) {
        int g = group[i];
        x[g][at[g]] = (rank[i] - within[g][at[g]]) / count[!g]; /* share of the other group below this value */
        at[g]++;
    }
    for (int g = 0; g < 2; g++) {
        double sd;
        moments(k[g], x[g], &middle, &sd);
        variance[g] = sd * sd / count[g];
        if (g == 0) e->estimate = middle;
    }
    double p = e->estimate, se = sqrt(variance[0] + variance[1]), step = z_of(level) * se / (p * (1 - p)), logit = log(p / (1 - p));
    e->lower = p > 0 && p < 1 ? 1 / (1 + exp(-(logit - step))) : NAN;
    e->upper = p > 0 && p < 1 ? 1 / (1 + exp(-(logit + step))) : NAN;
    return ST_OK;
}

static void
wilcoxon(double n1, double n2, double rank_sum, double ties, rank_result *r)
{
    double w = rank_sum - n1 * (n1 + 1) / 2, n = n1 + n2;
    r->statistic = w;
    r->exact = n1 < 50 && n2 < 50 && ties == 0;
    if (r->exact) {
        double p = w > n1 * n2 / 2 ? pwilcox(w - 1, n1, n2, 0, 0) : pwilcox(w, n1, n2, 1, 0);
        wilcox_free();
        r->p = fmin(2 * p, 1);
        return;
    }
    double z = w - n1 * n2 / 2, sigma = sqrt(n1 * n2 / 12 * (n + 1 - ties / (n * (n - 1))));
    z = (z - (z > 0 ? 0.5 : z < 0 ? -0.5 : 0)) / sigma;
    r->p = sigma > 0 ? 2 * fmin(pnorm(z, 0, 1, 1, 0), pnorm(z, 0, 1, 0, 0)) : NAN;
}

status
follow_ranks(size_t n, const double *value, const int32_t *group, int32_t groups, double level, rank_result *result)
{
    SCRATCH(tmp);
    double *rank, *sum, *count, ties;
    rank_result r = {.statistic = NAN, .p = NAN, .superiority = {NAN, NAN, NAN}};
    CHECK(mid_ranks(tmp, n, value, &rank, &ties));
    ALLOC(tmp, sum, groups);
    ALLOC(tmp, count, groups);
    for (size_t i = 0; i < n; i++) sum[group[i]] += rank[i], count[group[i]]++;
    if (groups == 2) {
        wilcoxon(count[0], count[1], sum[0], ties, &r);
        CHECK(superiority(n, value, group, rank, level, &r.superiority));
    } else {
        double h = 0, all = (double)n;
        for (int32_t g = 0; g < groups; g++) h += count[g] > 0 ? sum[g] * sum[g] / count[g] : 0;
        h = (12 * h / (all * (all + 1)) - 3 * (all + 1)) / (1 - ties / (all * all * all - all));
        r.statistic = h, r.df = groups - 1;
        r.p = pchisq(h, groups - 1, 0, 0);
    }
    *result = r;
    return ST_OK;
}
