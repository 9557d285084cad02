/* Shares, matched tables, rates and adjusted p-values. */
#ifndef PEIL_FOLLOW_SHARES_H
#define PEIL_FOLLOW_SHARES_H

#include "follow/crosstab.h"

typedef struct share_intervals {
    double estimate;
    effect wilson, clopper_pearson, mid_p;
} share_intervals;

/* x of n, 0 <= x <= n, n >= 1. Wilson 1927; Clopper & Pearson 1934; mid-p: Berry & Armitage 1995. */
share_intervals follow_share(int64_t x, int64_t n, double level);

typedef struct mantel_haenszel {
    effect odds_ratio;             /* common; limits by Robins, Breslow & Greenland 1986 */
    effect risk_ratio;             /* common; Greenland & Robins 1985 */
    double chisq, p;               /* no continuity correction; 1 df */
    double chisq_corrected, p_corrected;
    double homogeneity, homogeneity_p; /* Breslow-Day with Tarone's correction */
    int homogeneity_df;
    size_t strata;                 /* with more than one person */
} mantel_haenszel;

/* tables: [n * 4] a, b, c, d per stratum; groups in rows, outcome in the first column.
 * Checked tests/reference/follow/tables (R mantelhaen.test) */
mantel_haenszel follow_mantel_haenszel(size_t n, const int64_t *tables, double level);

/* The same stratum by stratum: sums over strata, and the result of them, without homogeneity and number of strata. */
typedef struct mh_sums {
    double r, s, pr, psqr, qs;           /* odds ratio */
    double risk_up, risk_down, risk_var; /* risk ratio */
    double a, expected, variance;
} mh_sums;

void follow_mh_add(const int64_t t[4], mh_sums *m); /* a stratum of two persons or more */
mantel_haenszel follow_mh_of(const mh_sums *m, double level);

/* Exact Poisson limits of a count divided by `time`. */
effect follow_rate(double events, double time, double level);

/* Directly standardised rate: weights [n] of the standard population (any scale), limits by gamma (Fay & Feuer 1997). */
effect follow_rate_direct(size_t n, const double *events, const double *time, const double *weight, double level);

/* Observed / expected at the standard rates [n], exact limits. */
effect follow_rate_indirect(size_t n, const double *events, const double *time, const double *standard, double level, double *expected);

/* Adjusted p-values, in the order given; NaN stays NaN and does not count. Holm 1979; Benjamini & Hochberg 1995. */
status follow_adjust_holm(size_t n, const double *p, double *adjusted);
status follow_adjust_bh(size_t n, const double *p, double *adjusted);

typedef struct welch_result {
    double n[2], mean[2], sd[2], t, df, p;
    effect difference; /* first mean less second */
} welch_result;

/* Welch's test of two means; fewer than two values in a group or no variance at all: NaN. */
welch_result follow_welch(size_t n1, const double *x1, size_t n2, const double *x2, double level);

/* The same from what was published: numbers, means and standard deviations of the two groups. */
welch_result follow_welch_of(const double n[2], const double mean[2], const double sd[2], double level);

typedef struct rank_result {
    double statistic, p; /* Wilcoxon W of the first group (two groups), else Kruskal-Wallis H */
    int df;              /* Kruskal-Wallis */
    bool exact;          /* both groups under 50 and no ties; else normal with continuity correction */
    effect superiority;  /* two groups: chance that a value of the first exceeds one of the second, ties half (limits: logit, DeLong) */
} rank_result;

/* Rank tests. group [n] 0..groups-1. Errors ST_NO_MEMORY. Checked tests/reference/follow/tables (R wilcox.test, kruskal.test) */
status follow_ranks(size_t n, const double *value, const int32_t *group, int32_t groups, double level, rank_result *result);

#endif
