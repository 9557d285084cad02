/* Rows of columns in another order, a block at a time, without a copy of the columns. */
#ifndef PEIL_FOLLOW_COX_GATHER_H
#define PEIL_FOLLOW_COX_GATHER_H

#include "base/arena.h"

#include <stdbool.h>

#include <stdint.h>

enum { GATHER_BUCKET = 2048 };

typedef struct cox_gather cox_gather;

typedef struct gather_input {
    size_t n;
    int p;
    const double *const *x; /* [p] columns of [n], kept */
    size_t places;
    const uint32_t *order;  /* [places] row numbers, not kept; may be longer than n when rows stand at several places */
} gather_input;

/* Columns that outgrow the cache are read front to back, once for each quarter (third) of the order: its rows go to buckets of 2,048 places, which
 * are put in order in the cache. To read by row number would miss the cache for each value of each row.
 *
 * Memory   2 p + 5 bytes a row (from two million rows 2.7 p + 6) for large columns of which each row has one place, else 4 a place
 * Errors   ST_NO_MEMORY */
status cox_gather_new(arena *out, const gather_input *in, cox_gather **result);

/* Column a of places [at, at + n) into to + a * stride. The places lie in one bucket. */
void cox_gather_rows(cox_gather *g, size_t at, size_t n, double *to, size_t stride);

#endif
