#include "follow/cox_gather.h"

#include <string.h>

enum { CHUNK = 1024, SMALL = 1 << 21 /* bytes of columns that stay in the cache */, MANY = 1 << 21 /* rows */ };

/* Buckets of a slice: writing to many more at once misses the cache, and fewer outgrow it. */
enum { BUCKETS = 256, LEAST_BITS = 11, MOST_BITS = 16 };

struct cox_gather {
    gather_input in;
    uint32_t *order;    /* [places] small columns: nothing else is needed */
    uint32_t *position; /* [n] place of each row */
    int bits;           /* a bucket has 2^bits places */
    size_t slice;       /* places of a slice, whole buckets */
    size_t low, high;   /* of the slice that is here; */
    double *record;     /* [slice * p] its rows, bucket by bucket, as they were met */
    uint16_t *place;    /* [slice] place in the bucket of each */
    size_t *used;       /* [slice >> bits] */
    size_t bucket;      /* the one in order now: */
    uint16_t *at;       /* [1 << bits] which record of the bucket has each place */
};

status
cox_gather_new(arena *out, const gather_input *in, cox_gather **result)
{
    cox_gather *g;
    ALLOC(out, g, 1);
    g->in = *in;
    *result = g;
    if (in->places != in->n || in->n * (size_t)in->p * sizeof(double) <= SMALL) {
        ALLOC(out, g->order, in->places);
        if (in->places) memcpy(g->order, in->order, in->places * sizeof *g->order);
        return ST_OK;
    }
    size_t slices = in->n >= MANY && in->p >= 3 ? 3 : 4; /* each reads all columns; with few rows or columns memory would be too much */
    for (g->bits = LEAST_BITS; g->bits < MOST_BITS && in->n / slices >> g->bits > BUCKETS;) g->bits++;
    g->slice = ((in->n / slices >> g->bits) + 1) << g->bits;
    g->bucket = SIZE_MAX;
    ALLOC(out, g->position, in->n);
    ALLOC(out, g->record, g->slice * (size_t)in->p);
    ALLOC(out, g->place, g->slice);
    ALLOC(out, g->used, g->slice >> g->bits);
    ALLOC(out, g->at, (size_t)1 << g->bits);
    for (size_t k = 0; k < in->n; k++) {
        if (k + 32 < in->n) __builtin_prefetch(g->position + in->order[k + 32], 1);
        g->position[in->order[k]] = (uint32_t)k;
    }
    return ST_OK;
}

static inline __attribute__((always_inline)) void
copy_rows(cox_gather *g, int p, size_t from, size_t n)
{
    uint32_t pick[CHUNK], low = (uint32_t)g->low, size = (uint32_t)(g->high - g->low);
    size_t m = 0, inside = ((size_t)1 << g->bits) - 1;
    for (size_t i = 0; i < n; i++) {
        pick[m] = (uint32_t)(from + i);
        m += g->position[from + i] - low < size;
    }
    for (size_t k = 0; k < m; k++) {
        size_t row = pick[k], place = g->position[row] - low, bucket = place >> g->bits;
        size_t to = (bucket << g->bits) + g->used[bucket]++;
        __builtin_prefetch(g->record + (to + 3) * (size_t)p, 1); /* else each write waits for its line */
        g->place[to] = (uint16_t)(place & inside);
        for (int a = 0; a < p; a++) g->record[to * (size_t)p + (size_t)a] = g->in.x[a][row];
    }
}

/* The slice that holds a place. */
static void
fill(cox_gather *g, size_t at)
{
    g->low = at / g->slice * g->slice;
    g->high = g->low + g->slice < g->in.n ? g->low + g->slice : g->in.n;
    memset(g->used, 0, (g->slice >> g->bits) * sizeof *g->used);
    for (size_t from = 0; from < g->in.n; from += CHUNK) {
        size_t n = g->in.n - from < CHUNK ? g->in.n - from : CHUNK;
        switch (g->in.p) {
        case 1: copy_rows(g, 1, from, n); break;
        case 2: copy_rows(g, 2, from, n); break;
        case 3: copy_rows(g, 3, from, n); break;
        case 4: copy_rows(g, 4, from, n); break;
        case 5: copy_rows(g, 5, from, n); break;
        case 6: copy_rows(g, 6, from, n); break;
        default: copy_rows(g, g->in.p, from, n); break;
        }
    }
}

/* Where the values of a block are: in records of a bucket, or in the columns. */
typedef struct source {
    const double *record;
    const uint16_t *at;
    const uint32_t *order;
} source;

static inline __attribute__((always_inline)) double
value_at(const gather_input *in, const source *s, int p, size_t k, int a)
{
    return (s->record ? s->record[s->at[k] * (size_t)p + (size_t)a] : in->x[a][s->order[k]]) - in->mean[a];
}

static inline __attribute__((always_inline)) void
spread(const gather_input *in, const source *s, int p, size_t n, double *to)
{
    size_t length = (n + GATHER_LANES - 1) / GATHER_LANES;
    for (size_t k = 0, lane = 0; lane < GATHER_LANES; lane++)
        for (size_t j = 0; j < length; j++, k++)
            for (int a = 0; a < p; a++) to[(size_t)a * GATHER_BLOCK + j * GATHER_LANES + lane] = k < n ? value_at(in, s, p, k, a) : 0;
}

static inline __attribute__((always_inline)) void
spread_rows(const gather_input *in, source s, size_t n, double *to)
{
    switch (in->p) {
    case 1: spread(in, &s, 1, n, to); break;
    case 2: spread(in, &s, 2, n, to); break;
    case 3: spread(in, &s, 3, n, to); break;
    case 4: spread(in, &s, 4, n, to); break;
    case 5: spread(in, &s, 5, n, to); break;
    case 6: spread(in, &s, 6, n, to); break;
    default: spread(in, &s, in->p, n, to); break;
    }
}

void
cox_gather_rows(cox_gather *g, size_t at, size_t n, double *to)
{
    if (g->order) {
        spread_rows(&g->in, (source){.order = g->order + at}, n, to);
        return;
    }
    if (at < g->low || at >= g->high) fill(g, at), g->bucket = SIZE_MAX;
    size_t bucket = (at - g->low) >> g->bits, first = bucket << g->bits;
    if (bucket != g->bucket) {
        for (size_t k = 0; k < g->used[bucket]; k++) {
            __builtin_prefetch(g->record + (first + k) * (size_t)g->in.p); /* in their order now, at random below */
            g->at[g->place[first + k]] = (uint16_t)k;
        }
        g->bucket = bucket;
    }
    spread_rows(&g->in, (source){.record = g->record + first * (size_t)g->in.p, .at = g->at + (at - g->low - first)}, n, to);
}
