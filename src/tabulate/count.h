/* How often each pair of values of two coded columns occurs: the kernel under every table. */
#ifndef PEIL_TABULATE_COUNT_H
#define PEIL_TABULATE_COUNT_H

#include "table/table.h"

/* Counts of (a, b) over the rows.
 *
 * a, b     coded columns (int8 or int16); b NULL counts a alone. Values outside 0 .. n-1, missing too, count as n
 * na, nb   numbers of codes; (na + 1) * (nb + 1) at most TABULATE_CELLS
 * rows     rows of the columns
 * keep     [rows] 1 = count this row, 0 = leave it out; NULL: every row
 * cells    [(na + 1) * (nb + 1)] row-major over a, the last of each side being missing; overwritten.
 *          Without b: nb = 0 and one cell for each value of a
 * Errors   ST_INVALID (another column type, too many cells), ST_NO_MEMORY; cells untouched on error
 * Memory   scratch: a histogram a thread
 * Cost     O(rows): about one cycle a row and core while the cells fit the first cache
 * Threads  blocks of rows; integer sums, so the same result for any number of threads and order of rows
 * Checked  tests/tabulate/test_count.c (naive counts on random columns)
 */
status tabulate_count_pairs(const column *a, size_t na, const column *b, size_t nb, size_t rows, const uint8_t keep[],
                            int64_t cells[]);

enum { TABULATE_CELLS = 1 << 24 };

#endif
