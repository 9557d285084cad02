/* A table of counts over two axes, each a row of dimensions beside each other (years, then forms, then the total). */
#ifndef PEIL_TABULATE_CELLS_H
#define PEIL_TABULATE_CELLS_H

#include "table/table.h"

/* One dimension on an axis, cut into items.
 *
 * A column of single codes puts a row in at most one item, a set in as many as it has; codes that share an item
 * count once. A total adds up the items of an earlier block of its axis: where a row is in several items it counts
 * as often there. */
typedef struct tabulate_block {
    const column *column; /* int8, int16 with codes, or a set; NULL with total_of < 0: one item, every row */
    size_t items;
    const int16_t *item;  /* [codes of the column] the item of a code, -1: left out */
    int16_t missing;      /* the item of missing values (an empty set), -1: left out */
    int total_of;         /* >= 0: one item, the sum over the items of that block; -1: a dimension */
} tabulate_block;

typedef struct tabulate_axis {
    size_t n;
    const tabulate_block *block;
} tabulate_axis;

size_t tabulate_axis_items(const tabulate_axis *axis);

typedef struct tabulate_job {
    size_t rows;               /* of every column */
    const uint8_t *keep;       /* [rows] 1 = in the population; NULL: all */
    tabulate_axis down, across; /* the rows and the columns of the table to be made */
    const column *value;       /* NULL: count rows; else a number column (int8, int16, int32, double) to add up */
} tabulate_job;

typedef struct tabulate_result {
    size_t down, across; /* items of each axis */
    int64_t *count;      /* [down * across] row-major; with a value: the rows where it is not missing */
    double *sum;         /* the same shape; NULL without a value */
    double *low, *high;  /* the smallest and largest value in each cell; 0 where nobody is */
} tabulate_result;

/* Counts, and sums of a value, in every cell.
 *
 * result       memory in `out`
 * Missing      rows whose value is missing are left out of count and sum; missing codes as each block says
 * Errors       ST_INVALID (column without codes, a set cut into more than 64 items, a total of a total or of a later
 *              block, a value of more than 4e12), ST_NO_MEMORY; results untouched
 * Cost         O(rows) for each pair of blocks; two single dimensions by tabulate_count_pairs
 * Threads      the same bits for any number of threads and order of rows: integers, and doubles added exactly in
 *              steps of 2^-20
 * Checked      tests/tabulate/test_cells.c (a naive version, row order, threads)
 */
status tabulate_cells(arena *out, const tabulate_job *job, tabulate_result *result);

#endif
