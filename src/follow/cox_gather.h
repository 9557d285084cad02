/* Rows of columns in another order, a block at a time, without a copy of the columns. */
#ifndef PEIL_FOLLOW_COX_GATHER_H
#define PEIL_FOLLOW_COX_GATHER_H

#include "base/arena.h"

#include <stdint.h>

enum { GATHER_BLOCK = 256, GATHER_LANES = 8 };

typedef struct cox_gather cox_gather;

typedef struct gather_input {
    size_t n;
    int p;
    const double *const *x; /* [p] columns of [n], kept */
    const double *mean;     /* [p] taken off, kept */
    size_t places;
    const uint32_t *order;  /* [places] row numbers, not kept; may be longer than n when rows stand at several places */
} gather_input;

/* Columns that outgrow the cache are read front to back, once for each quarter (third) of the order: its rows go to 100 to 256 buckets, which are
 * put in order in the cache. To read by row number would miss the cache for each value of each row.
 *
 * Memory   2 p + 5 bytes a row (from two million rows 2.7 p + 6) for large columns of which each row has one place, else 4 a place
 * Errors   ST_NO_MEMORY */
status cox_gather_new(arena *out, const gather_input *in, cox_gather **result);

/* Places [at, at + n) as eight runs of `length` = n / 8 rounded up, side by side: the value of place at + k, less the mean, in column a is
 * to[a * GATHER_BLOCK + k % length * GATHER_LANES + k / length]; what is left over is 0. No block crosses a multiple of GATHER_BLOCK. */
void cox_gather_rows(cox_gather *g, size_t at, size_t n, double *to);

/* Where place k of a block of n stands. */
static inline size_t
gather_place(size_t n, size_t k)
{
    size_t length = (n + GATHER_LANES - 1) / GATHER_LANES;
    return k % length * GATHER_LANES + k / length;
}

#endif
