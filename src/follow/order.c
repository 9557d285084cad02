#include "follow/order.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { TOP = 11, BUCKETS = 1 << TOP, DIGIT = 7, VALUES = 1 << DIGIT, FEW = 24 };

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
    int shift, bits; /* bits that are left */
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
    return (narrow){low, bits > 32 ? bits - 32 : 0, bits > 32 ? 32 : bits};
}

/* One stable pass by a digit of the bits. */
static void
pass(size_t n, int shift, const uint64_t *from, uint64_t *to)
{
    uint32_t begin[VALUES] = {0};
    for (size_t i = 0; i < n; i++) begin[from[i] >> shift & (VALUES - 1)]++;
    for (uint32_t v = 0, sum = 0, count; v < VALUES; v++) {
        count = begin[v];
        begin[v] = sum;
        sum += count;
    }
    for (size_t i = 0; i < n; i++) to[begin[from[i] >> shift & (VALUES - 1)]++] = from[i];
}

/* Pairs of one bucket by their lower `bits`; rows ascend in them already. */
static void
sort_bucket(size_t n, int bits, uint64_t *pair, uint64_t *other)
{
    if (n <= FEW) {
        for (size_t i = 1; i < n; i++) {
            uint64_t x = pair[i];
            size_t k = i;
            for (; k && pair[k - 1] > x; k--) pair[k] = pair[k - 1];
            pair[k] = x;
        }
        return;
    }
    uint64_t *from = pair, *to = other;
    for (int done = 0; done < bits; done += DIGIT) {
        uint64_t *swap = to;
        pass(n, 32 + done, from, to);
        to = from, from = swap;
    }
    if (from != pair) memcpy(pair, from, n * sizeof *pair);
}

/* A pair is 32 bits of the time, the row, and whether it has an event. */
static inline uint32_t
row_of(uint64_t pair)
{
    return (uint32_t)pair >> 1;
}

static int
by_time(const void *a, const void *b, void *context)
{
    const double *time = context;
    uint32_t x = row_of(*(const uint64_t *)a), y = row_of(*(const uint64_t *)b);
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

/* Pairs, sorted: into buckets by the highest bits, then each bucket in the cache. */
static status
sort_pairs(arena *kept, const order_input *in, uint64_t **result, uint8_t *mark)
{
    SCRATCH(tmp);
    size_t n = in->n, *begin, largest = 0;
    const double *time = in->time;
    uint64_t *pair, *other;
    ALLOC(kept, pair, n);
    ALLOC(tmp, begin, BUCKETS + 2);
    narrow k = narrow_of(n, time);
    int lower = k.bits > TOP ? k.bits - TOP : 0;
    for (size_t i = 0; i < n; i++) begin[((ordered_bits(time[i]) - k.low) >> k.shift >> lower) + 2]++;
    for (size_t v = 2; v < BUCKETS + 2; v++) {
        if (begin[v] > largest) largest = begin[v];
        begin[v] += begin[v - 1];
    }
    ALLOC(tmp, other, largest);
    for (size_t i = 0; i < n; i++) {
        uint64_t bits = (ordered_bits(time[i]) - k.low) >> k.shift;
        size_t to = begin[(bits >> lower) + 1]++;
        __builtin_prefetch(pair + to + 8, 1);
        pair[to] = bits << 32 | i << 1 | (in->event && in->event[i]);
    }
    for (size_t v = 0; v < BUCKETS; v++) sort_bucket(begin[v + 1] - begin[v], lower, pair + begin[v], other);
    if (k.shift) settle_runs(n, time, pair);
    for (size_t i = 0; mark && i < n; i++) {
        bool fresh = i == 0 || pair[i] >> 32 != pair[i - 1] >> 32 || (k.shift && time[row_of(pair[i])] != time[row_of(pair[i - 1])]);
        mark[i] = (uint8_t)((fresh ? ORDER_FRESH : 0) | (pair[i] & 1 ? ORDER_EVENT : 0));
    }
    *result = pair;
    return ST_OK;
}

status
follow_order_rows(arena *out, const order_input *in, uint32_t **order, uint8_t *mark)
{
    SCRATCH(tmp);
    uint64_t *pair;
    uint32_t *to;
    size_t *begin, n = in->n;
    const int32_t *stratum = in->stratum;
    CHECK(sort_pairs(tmp, in, &pair, stratum ? NULL : mark));
    ALLOC(out, to, n);
    *order = to;
    if (!stratum) {
        for (size_t i = 0; i < n; i++) to[i] = row_of(pair[i]);
        return ST_OK;
    }
    ALLOC(tmp, begin, in->strata + 1);
    for (size_t i = 0; i < n; i++) begin[stratum[i] + 1]++;
    for (int32_t s = 0; s < in->strata; s++) begin[s + 1] += begin[s];
    for (size_t i = 0; i < n; i++) {
        size_t place = begin[stratum[row_of(pair[i])]]++;
        to[place] = row_of(pair[i]);
        if (mark) mark[place] = pair[i] & 1 ? ORDER_EVENT : 0;
    }
    for (size_t i = 0; mark && i < n; i++)
        if (i == 0 || stratum[to[i]] != stratum[to[i - 1]] || in->time[to[i]] != in->time[to[i - 1]]) mark[i] |= ORDER_FRESH;
    return ST_OK;
}
