/* Rows in the order of time. */
#ifndef PEIL_FOLLOW_ORDER_H
#define PEIL_FOLLOW_ORDER_H

#include "base/arena.h"

#include <stdint.h>

enum { ORDER_FRESH = 1, ORDER_EVENT = 2 };

typedef struct order_input {
    size_t n;
    const double *time;
    const int8_t *event;
    const int32_t *stratum;
    int32_t strata;
} order_input;

/* Row numbers, ascending by stratum, then time, then row.
 *
 * n        below 2^31
 * stratum  [n] 0..strata-1; NULL: one
 * event    [n] goes along, so that it need not be looked up by row; NULL: none
 * order    [n] in `out`
 * mark     [n] ORDER_FRESH where stratum or time differ from the row before in the order, ORDER_EVENT where the row has one; NULL: not asked
 * Errors   ST_NO_MEMORY
 * Memory   8 to 16 bytes a row while sorting, 16 where all times are alike
 * Cost     O(n): buckets by the highest 11 of 32 bits that keep the order of the times, three radix passes within each; times that share them are told apart by comparing */
status follow_order_rows(arena *out, const order_input *in, uint32_t **order, uint8_t *mark);

#endif
