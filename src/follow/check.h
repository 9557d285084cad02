/* Contradictions within published figures: sums against totals, percentages against counts, a chi-square against its table,
 * a p-value against its statistic, follow-up against the end of the data.
 *
 * Only what is printed is compared with what is printed. Findings speak of printed values and of ranges of percentages and
 * statistics; they never name a count that was worked out. */
#ifndef PEIL_FOLLOW_CHECK_H
#define PEIL_FOLLOW_CHECK_H

#include "base/text.h"

typedef enum check_unit { 
    CHECK_COUNT,
    CHECK_PERCENT,
    CHECK_CHI2,
    CHECK_P,
    CHECK_DF,
    CHECK_YEAR,
    CHECK_YEARS,
    CHECK_P_BELOW,       /* p < value */
    CHECK_PERCENT_BELOW, /* less than so many percent */
    CHECK_CATEGORIES,    /* outcomes a test is about */
    CHECK_OTHER
} check_unit;

typedef struct check_claim {
    const char *figure; /* claims of one figure are compared with each other */
    const char *row, *column; /* a group and a category; "total" for a sum, "N" for the number of persons or mentions */
    check_unit unit;
    double value;
    int decimals;       /* as printed */
} check_claim;

typedef enum check_verdict { CHECK_CONTRADICTION, CHECK_IMPLAUSIBLE, CHECK_AGREES } check_verdict;

typedef struct check_finding {
    const char *figure;
    const char *what; /* "sum", "percentage", "mixture", "chi-square", "df", "small counts", "p-value", "overlap", "follow-up" */
    check_verdict verdict;
    const char *detail;
} check_finding;

/* Compare the claims figure by figure.
 *
 * Sums        the rows of a column against its row "total" or "N", the columns of a row against its column "total"; cell (N, N) against
 *             the total of totals. A figure all of whose counts are multiples of five may be off by two for each of them
 * Percentages (row, "with") in percent (for tables also "percent below") against (row, "with") in counts and (row, N)
 * Mixture     shares of the groups against the share of row "total"
 * Chi-square  (test, chi2) against rows with "with", "without", N, and (test, N), over all tables of whole persons that round to what is
 *             printed: first their range, then whether any of them gives the printed digits; the number with the outcome may be unknown in one
 *             group. With (test, outcomes) above 2 the test belongs to a finer table and can only be larger
 * Small       an expected count below 5 in each table that gives the printed statistic; the exact one-sided p against "p below"
 * Df          (test, df) against groups and outcomes
 * P-value     (test, p), as a value or as "p below", against chi2 and df
 * Follow-up   (follow-up, registered) year of the last index incident, (follow-up, years) and (follow-up, end) year of the data's end
 * Overlap     (mentions, overlap), (persons, overlap), (in two, overlap), (in three, overlap)
 * Errors      ST_NO_MEMORY
 * Checked     tests/follow/test_check.c */
status follow_check(arena *out, size_t n, const check_claim *claims, size_t *findings, check_finding **result);

#endif
