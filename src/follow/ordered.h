/* Groups compared over ordered classes: rank tests of a table of counts. */
#ifndef PEIL_FOLLOW_ORDERED_H
#define PEIL_FOLLOW_ORDERED_H

#include "follow/crosstab.h"

/* Kruskal and Wallis' H with ties; of two groups the square of Wilcoxon's z without continuity correction. Allocates nothing, for the leak gate.
 *
 * table   [rows * cols] classes in rows, in their order; groups in columns
 * Returns NaN: fewer than two groups or classes with anybody
 * Source  Kruskal & Wallis 1952, doi:10.1080/01621459.1952.10483441
 * Checked tests/follow/test_ordered.c (against follow_ranks, whose reference is R) */
double follow_ordered(const int64_t *table, size_t rows, size_t cols);

double follow_ordered_p(const int64_t *table, size_t rows, size_t cols); /* of the groups with anybody */

/* The chance that one of the first group is in a higher class than one of the second, ties half; limits on the logit scale (DeLong). table [rows * 2] */
effect follow_ordered_superiority(const int64_t *table, size_t rows, double level);

#endif
