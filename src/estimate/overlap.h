/* The overlap table: how many persons were on exactly these lists, for every combination of lists.
 *
 * A combination is a bit mask; bit i stands for list i + 1. Mask 0 (on no list) is what is to be estimated and
 * holds 0. Counts are whole numbers kept as doubles, exact up to 2^53. */
#ifndef PEIL_ESTIMATE_OVERLAP_H
#define PEIL_ESTIMATE_OVERLAP_H

#include "table/table.h"

enum { ESTIMATE_LISTS = 16 };

typedef struct overlap {
    int lists;
    size_t cells;                     /* 2^lists */
    const char *name[ESTIMATE_LISTS]; /* in column order */
    double *count;                    /* [cells]; count[0] = 0 */
    double total;                     /* persons on at least one list */
} overlap;

/* An empty table of `lists` lists; names are copied.
 *
 * Errors  ST_INVALID (fewer than two lists), ST_LIMIT (more than 16) */
status overlap_new(arena *out, int lists, const char *const names[], overlap *result);

/* Read a CSV with a column of 0 and 1 per list and a column `count`; rows of the same combination add up.
 *
 * ignore   names of further columns to leave out (covariates), NULL for none
 * Errors   ST_INVALID for anything but 0 and 1 in a list column, for a count that is negative, not whole or above
 *          2^31 - 1, for a person on no list, for a list nobody is on; messages name row and column */
status overlap_read(arena *out, const char *path, const char *ignore, overlap *result);

/* The same from bytes in memory. */
status overlap_read_bytes(arena *out, text bytes, const char *ignore, overlap *result);

/* From a table of victims: a COLUMN_SET of the lists that reported each of them. Lists without anybody are left out,
 * as are victims whom `keep` excludes.
 *
 * set      name of the COLUMN_SET column, with its code list
 * keep     [rows] 1 = counts, NULL for all
 * Errors   ST_NOT_FOUND, ST_INVALID (fewer than two lists have anybody), ST_LIMIT */
status overlap_from_table(arena *out, const table *victims, const char *set, const uint8_t *keep, overlap *result);

/* From counts of every combination of `lists` lists; lists without anybody are left out, the others numbered from 1.
 *
 * Errors  ST_INVALID (fewer than two lists have anybody) */
status overlap_of_counts(arena *out, int lists, const double count[], overlap *result);

/* Complete an overlap whose counts were filled in: sums, and the checks a reader makes. */
status overlap_check(overlap *o);

/* The same persons with one list left out: those on no other list disappear. */
status overlap_without(arena *out, const overlap *o, int list, overlap *result);

/* The same persons with list `b` merged into list `a` (a < b); the merged list is called a+b. */
status overlap_merge(arena *out, const overlap *o, int a, int b, overlap *result);

/* The persons on `list` by the other lists; lists without any of them are left out, persons on no other list as well.
 *
 * Errors  ST_INVALID (fewer than two other lists share persons with it) */
status overlap_within(arena *out, const overlap *o, int list, overlap *result);

/* Numbers of persons on all lists of a mask, whatever else they are on: superset sums of the counts into sums[cells]. */
void overlap_superset_sums(int lists, const double count[], double sums[]);

/* Tables to run on: a header of patterns ("10100", first list first), one row of counts per table.
 *
 * counts   n tables of o->cells counts each */
status overlap_read_resamples(arena *out, const char *path, const overlap *o, size_t *n, double **counts);

#endif
