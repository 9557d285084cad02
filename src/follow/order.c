#include "follow/order.h"

#include <stdlib.h>
#include <string.h>

enum { DIGIT = 11, DIGITS = 3, VALUES = 1 << DIGIT };

/* Bits of a double as a number that grows with it; -0 counts as 0. */
static inline uint64_t
ordered_bits(double t)
{
    uint64_t bits;
    t += 0.0;
    memcpy(&bits, &t, sizeof bits);
    return bits >> 63 ? ~bits : bits | (uint64_t)1 << 63;
}

/* The 32 bits that tell the times apart best: those below the highest bit in which any two of them differ. */
typedef struct narrow {
    uint64_t low;
    int shift;
} narrow;

static narrow
narrow_of(size_t n, const double *time)
{
    uint64_t low = UINT64_MAX, high = 0;
    for (size_t i = 0; i < n; i++) {
        uint64_t b = ordered_bits(time[i]);
        low = b < low ? b : low;
        high = b > high ? b : high;
    }
    int bits = n && high > low ? 64 - __builtin_clzll(high - low) : 1;
    return (narrow){low, bits > 32 ? bits - 32 : 0};
}

/* One stable pass by digit. */
static void
pass(size_t n, int digit, const uint64_t *from, uint64_t *to, size_t begin[VALUES])
{
    int shift = 32 + digit * DIGIT;
    memset(begin, 0, VALUES * sizeof *begin);
    for (size_t i = 0; i < n; i++) begin[from[i] >> shift & (VALUES - 1)]++;
    for (size_t v = 0, sum = 0; v < VALUES; v++) {
        size_t count = begin[v];
        begin[v] = sum;
        sum += count;
    }
    for (size_t i = 0; i < n; i++) to[begin[from[i] >> shift & (VALUES - 1)]++] = from[i];
}

static int
by_time(const void *a, const void *b, void *context)
{
    const double *time = context;
    uint32_t x = (uint32_t)*(const uint64_t *)a, y = (uint32_t)*(const uint64_t *)b;
    if (time[x] != time[y]) return time[x] < time[y] ? -1 : 1;
    return (x > y) - (x < y);
}

/* Runs that share their 32 bits. */
static void
settle_runs(size_t n, const double *time, uint64_t *pair)
{
    union {
        const double *in;
        void *out;
    } context = {time};
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && pair[end] >> 32 == pair[i] >> 32;) end++;
        if (end - i > 1) qsort_r(pair + i, end - i, sizeof *pair, by_time, context.out);
    }
}

/* Pairs of 32 bits and row, sorted, in `kept`; the other half of the room is given back before more is asked for. */
static status
sort_pairs(arena *kept, size_t n, const double *time, uint64_t **result, uint8_t *fresh)
{
    SCRATCH(tmp);
    uint64_t *pair, *other;
    size_t *begin;
    ALLOC(kept, pair, n);
    ALLOC(tmp, other, n);
    ALLOC(tmp, begin, VALUES);
    narrow k = narrow_of(n, time);
    for (size_t i = 0; i < n; i++) other[i] = (ordered_bits(time[i]) - k.low) >> k.shift << 32 | i;
    pass(n, 0, other, pair, begin);
    pass(n, 1, pair, other, begin);
    pass(n, 2, other, pair, begin);
    if (k.shift) settle_runs(n, time, pair);
    for (size_t i = 0; fresh && i < n; i++)
        fresh[i] = i == 0 || pair[i] >> 32 != pair[i - 1] >> 32 || (k.shift && time[(uint32_t)pair[i]] != time[(uint32_t)pair[i - 1]]);
    *result = pair;
    return ST_OK;
}

status
follow_order_rows(arena *out, size_t n, const double *time, const int32_t *stratum, int32_t strata, uint32_t **order, uint8_t *fresh)
{
    SCRATCH(tmp);
    uint64_t *pair;
    uint32_t *to;
    size_t *begin;
    CHECK(sort_pairs(tmp, n, time, &pair, stratum ? NULL : fresh));
    ALLOC(out, to, n);
    *order = to;
    if (!stratum) {
        for (size_t i = 0; i < n; i++) to[i] = (uint32_t)pair[i];
        return ST_OK;
    }
    ALLOC(tmp, begin, strata + 1);
    for (size_t i = 0; i < n; i++) begin[stratum[i] + 1]++;
    for (int32_t s = 0; s < strata; s++) begin[s + 1] += begin[s];
    for (size_t i = 0; i < n; i++) to[begin[stratum[(uint32_t)pair[i]]]++] = (uint32_t)pair[i];
    for (size_t i = 0; fresh && i < n; i++)
        fresh[i] = i == 0 || stratum[to[i]] != stratum[to[i - 1]] || time[to[i]] != time[to[i - 1]];
    return ST_OK;
}
