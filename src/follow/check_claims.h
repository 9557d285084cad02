/* The claims of one figure while they are compared: those of counts in check_counts.c, those of tests in check.c. Private to them. */
#ifndef PEIL_FOLLOW_CHECK_CLAIMS_H
#define PEIL_FOLLOW_CHECK_CLAIMS_H

#include "follow/check.h"
#include "follow/check_tables.h"

typedef struct checking {
    arena *out;
    const check_claim *claim;
    size_t n, room;
    check_finding *found;
    size_t found_n;
    const char *figure;
    double rounding; /* how far a count of this figure may be from the exact one */
} checking;

status check_add(checking *c, const char *what, check_verdict verdict, const char *detail); /* detail NULL: out of memory */

bool check_same(const char *a, const char *b);
const check_claim *check_find(const checking *c, const char *row, const char *column, check_unit unit); /* of this figure; NULL: not printed */
bool check_is_total(const char *name);
bool check_is_apart(const char *row); /* no group */
bool check_is_outcome(const char *name); /* with, without */
bool check_is_first(const checking *c, size_t i, bool row); /* the first claim of its row, or column */

check_range check_percent_range(const check_claim *p); /* what a printed percentage may stand for */
check_range check_count_range(const checking *c, const check_claim *k);

/* Sums against totals; percentages of groups, and of any cell, against counts; the persons of groups; the share of all between those of the groups. */
status check_sums(checking *c);
status check_percentages(checking *c);
status check_shares(checking *c);
status check_persons(checking *c, const check_part *parts, size_t n);
status check_mixture(checking *c, const check_part *parts, size_t n);

#endif
