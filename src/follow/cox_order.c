/* Cox with many distinct times: rows in the order of time, gathered a block at a time. Sums over risk sets are running sums from the last
 * time to the first. The information needs R2, the weighted sum of x x', at each event time; but
 *   sum over times of R2(t) s1(t) = sum over rows of weight x x' * (the sum of s1 over the times the row is at risk at),
 * so within a block R2 is never made: three sums of products over the block do, and those are vectors. */
#include "follow/cox_gather.h"
#include "follow/cox_sums.h"
#include "follow/cox_work.h"
#include "follow/order.h"

#include <math.h>
#include <string.h>

enum { LANES = 8 };

#if defined(__x86_64__)
#define WANTS __attribute__((target("avx512f,avx512dq,avx512vl")))
#define HAVE_WIDE (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
#else
#define WANTS
#define HAVE_WIDE false
#endif

/* A row that comes to a risk set (or leaves it, being met backwards), in the order of time. */
enum { ROW_EVENT = 1, ROW_LEAVES = 2, ROW_CLOSES = 4 /* the last of its time to be met */, ROW_TIED = 8 /* its time has several events */ };

struct cox_order {
    size_t *begin, *end;   /* [strata] places of a stratum in: */
    uint8_t *kind;         /* [places] ROW_... */
    cox_gather *rows;
    /* The block at hand, [p * COX_BLOCK] by column; up to a whole number of lanes are there, the last with weight 0. */
    size_t n, padded;
    const uint8_t *kinds;
    double *x, *wx, *r1;   /* centred; times weight; running sums, then means */
    _Alignas(64) double weight[COX_BLOCK], r0[COX_BLOCK], single[COX_BLOCK], hazard[COX_BLOCK]; /* weight below 0: leaves */
};

/* What goes on from block to block, and what a fit asks for. */
typedef struct running {
    double r[COX_SUMS], e[COX_SUMS], d; /* e, d: over the events of a time with several */
    double gradient[COX_MOST], information[COX_SUMS], loglik;
    bool broken; /* a weight that no number holds */
} running;

/* Without delayed entry: rows as they are sorted; `kind` comes with 1 where stratum or time differ from the row before. The rows of an event
 * time go on to the next event time of the stratum. */
static void
mark_sorted(const cox_work *w, const uint32_t *order, cox_order *o)
{
    int32_t stratum = -1;
    bool begun = false, tied = false;
    for (size_t k = 0, end; k < w->in->n; k = end) {
        size_t events = 0;
        int32_t s = w->in->stratum ? w->in->stratum[order[k]] : 0;
        if (s != stratum) begun = tied = false, stratum = s;
        end = k + 1;
        if (begun && (end == w->in->n || o->kind[end])) { /* one row at its time, as most: without a branch on its event */
            uint8_t event = w->in->event[order[k]] != 0;
            tied = tied && !event;
            o->kind[k] = (uint8_t)(event * (ROW_EVENT | ROW_CLOSES) + tied * ROW_TIED);
            o->end[s] = end;
            continue;
        }
        for (end = k; end == k || (end < w->in->n && !o->kind[end]); end++) events += w->in->event[order[end]] != 0;
        if (events) {
            if (!begun) o->begin[s] = k;
            begun = true, tied = events > 1;
        }
        for (size_t i = k; i < end; i++) o->kind[i] = (uint8_t)((w->in->event[order[i]] ? ROW_EVENT : 0) | (tied ? ROW_TIED : 0));
        if (events) o->kind[k] |= ROW_CLOSES;
        if (begun) o->end[s] = end;
    }
}

/* With delayed entry: rows that come to each time, and rows that leave before it. */
static status
mark_entering(arena *out, arena *tmp, const cox_work *w, cox_order *o)
{
    const uint32_t *exit = w->risk.exit, *entry = w->risk.entry;
    size_t *at, n = 0, times = w->risk.times;
    uint32_t *row;
    ALLOC(tmp, at, times + 2);
    for (size_t i = 0; i < w->in->n; i++) {
        if (!exit[i] || entry[i] == exit[i]) continue;
        at[exit[i] + 1]++, n++;
        if (entry[i]) at[entry[i] + 1]++, n++;
    }
    for (size_t j = 0; j <= times; j++) at[j + 1] += at[j];
    for (int32_t s = 0; s < w->strata; s++) o->begin[s] = at[w->risk.first[s] + 1], o->end[s] = at[w->risk.first[s + 1] + 1];
    ALLOC(tmp, row, n);
    ALLOC(out, o->kind, n);
    for (size_t j = 0; j < times; j++) o->kind[at[j + 1]] = ROW_CLOSES;
    for (size_t i = 0; i < w->in->n; i++) {
        if (!exit[i] || entry[i] == exit[i]) continue;
        size_t k = at[exit[i]]++;
        row[k] = (uint32_t)i;
        o->kind[k] |= (uint8_t)((w->in->event[i] ? ROW_EVENT : 0) | (w->ties[exit[i] - 1] > 1 ? ROW_TIED : 0));
        if (!entry[i]) continue;
        k = at[entry[i]]++;
        row[k] = (uint32_t)i;
        o->kind[k] |= (uint8_t)(ROW_LEAVES | (w->ties[entry[i] - 1] > 1 ? ROW_TIED : 0));
    }
    return cox_gather_new(out, &(gather_input){w->in->n, w->in->p, w->in->x, n, row}, &o->rows);
}

status
cox_order_new(arena *out, cox_work *w)
{
    SCRATCH(tmp);
    size_t cells = (size_t)w->in->p * COX_BLOCK;
    uint32_t *order;
    cox_order *o;
    ALLOC(out, o, 1);
    ALLOC(out, o->begin, w->strata);
    ALLOC(out, o->end, w->strata);
    ALLOC(out, o->x, cells);
    ALLOC(out, o->wx, cells);
    ALLOC(out, o->r1, cells);
    w->order = o;
    if (w->in->start) {
        CHECK(cox_work_index(out, w));
        return mark_entering(out, tmp, w, o);
    }
    ALLOC(out, o->kind, w->in->n);
    CHECK(follow_order_rows(tmp, w->in->n, w->in->time, w->in->stratum, w->strata, &order, o->kind));
    mark_sorted(w, order, o);
    return cox_gather_new(out, &(gather_input){w->in->n, w->in->p, w->in->x, w->in->n, order}, &o->rows);
}

/* Rows [at, at + n) of the order: x centred and the weights exp(x coef). */
static inline __attribute__((always_inline)) void
load(const cox_work *w, const double *coef, int p, size_t at, size_t n)
{
    cox_order *b = w->order;
    double eta[COX_BLOCK] = {0};
    bool flat = true;
    b->n = n, b->padded = (n + LANES - 1) / LANES * LANES, b->kinds = b->kind + at;
    cox_gather_rows(b->rows, at, n, b->x, COX_BLOCK);
    for (int a = 0; a < p; a++) {
        const double mean = w->mean[a], c = coef[a];
        double *x = b->x + (size_t)a * COX_BLOCK;
        flat = flat && c == 0;
        for (size_t k = 0; k < n; k++) x[k] -= mean;
        for (size_t k = n; k < b->padded; k++) x[k] = 0;
        for (size_t k = 0; k < b->padded; k++) eta[k] += c * x[k];
    }
    if (flat)
        for (size_t k = 0; k < b->padded; k++) b->weight[k] = 1;
    else
        for (size_t k = 0; k < b->padded; k++) b->weight[k] = exponential(eta[k]);
    for (size_t k = 0; k < n; k++) b->weight[k] = b->kinds[k] & ROW_LEAVES ? -b->weight[k] : b->weight[k];
    for (size_t k = n; k < b->padded; k++) b->weight[k] = 0;
}

/* R0 and R1 at each row, met backwards. */
static inline __attribute__((always_inline)) void
run_sums(cox_order *b, int p, running *s)
{
    double r0 = s->r[0], r1[COX_MOST];
    for (int a = 0; a < p; a++) r1[a] = s->r[1 + a];
    for (int a = 0; a < p; a++)
        for (size_t k = 0; k < b->padded; k++) b->wx[(size_t)a * COX_BLOCK + k] = b->weight[k] * b->x[(size_t)a * COX_BLOCK + k];
    for (size_t k = b->padded; k-- > 0;) {
        b->r0[k] = r0 += b->weight[k];
        for (int a = 0; a < p; a++) b->r1[(size_t)a * COX_BLOCK + k] = r1[a] += b->wx[(size_t)a * COX_BLOCK + k];
    }
    s->r[0] = r0;
    for (int a = 0; a < p; a++) s->r[1 + a] = r1[a];
}

/* The times of the block that have one event: 1/R0, or 0 elsewhere. Logarithms of products of the mantissas, exponents apart. */
static __attribute__((noinline)) void
single_events(cox_order *b, running *s)
{
    double product[LANES];
    int64_t exponent[LANES] = {0};
    bool broken = false;
    for (size_t l = 0; l < LANES; l++) product[l] = 1;
    for (size_t k = 0; k < b->n; k++) b->single[k] = (b->kinds[k] & (ROW_CLOSES | ROW_TIED)) == ROW_CLOSES;
    for (size_t k = b->n; k < b->padded; k++) b->single[k] = 0;
    for (size_t k = 0; k < b->padded; k += LANES)
        for (size_t l = 0; l < LANES; l++) {
            double r0 = b->single[k + l] != 0 ? b->r0[k + l] : 1, mantissa;
            uint64_t bits;
            broken |= !(r0 >= 1e-300 && r0 <= 1e300);
            memcpy(&bits, &r0, sizeof bits);
            exponent[l] += (int64_t)(bits >> 52) - 1023;
            bits = (bits & 0x000fffffffffffff) | 0x3ff0000000000000;
            memcpy(&mantissa, &bits, sizeof mantissa);
            product[l] *= mantissa;
            b->hazard[k + l] = b->single[k + l] /= r0;
        }
    for (size_t l = 0; l < LANES; l++) s->loglik -= log(product[l]) + (double)exponent[l] * 0.693147180559945309417;
    s->broken |= broken;
}

/* Times with several events, by their own sums E; they may have begun in an earlier block. */
static void
tied_events(const cox_work *w, running *s)
{
    cox_order *b = w->order;
    int p = w->in->p;
    double x[COX_MOST], r[1 + COX_MOST];
    cox_time t;
    for (size_t k = b->n; k-- > 0;) {
        if (!(b->kinds[k] & ROW_TIED)) continue;
        if (b->kinds[k] & ROW_EVENT) {
            for (int a = 0; a < p; a++) x[a] = b->x[(size_t)a * COX_BLOCK + k];
            sums_add(p, b->weight[k], x, s->e);
            s->d++;
        }
        if (!(b->kinds[k] & ROW_CLOSES)) continue;
        r[0] = b->r0[k];
        for (int a = 0; a < p; a++) r[1 + a] = b->r1[(size_t)a * COX_BLOCK + k];
        cox_time_sums(p, w->in->breslow, s->d, r, s->e, &t);
        s->loglik -= t.log_part;
        b->hazard[k] = t.s1;
        double *to = s->information;
        const double *e2 = s->e + 1 + p;
        for (int a = 0; a < p; a++) {
            s->gradient[a] -= s->d * t.alpha[a] + t.beta[a] * t.s1;
            for (int c = 0; c <= a; c++)
                *to++ -= *e2++ * t.c1 + s->d * t.alpha[a] * t.alpha[c] + (t.alpha[a] * t.beta[c] + t.beta[a] * t.alpha[c]) * t.s1 +
                         t.beta[a] * t.beta[c] * t.s2;
        }
        memset(s->e, 0, w->width * sizeof *s->e);
        s->d = 0;
    }
}

#define PRODUCTS add_products
#define PRODUCTS_TOTAL total_of
#define PRODUCTS_VECTOR quad
#define PRODUCTS_PIECES QUADS
#define WIDTH 4
#include "follow/cox_products.h"

#define PRODUCTS add_products_wide
#define PRODUCTS_TOTAL total_of_wide
#define PRODUCTS_VECTOR octet
#define PRODUCTS_PIECES OCTETS
#define WIDTH 8
#include "follow/cox_products.h"

static inline __attribute__((always_inline)) void
evaluate_block(const cox_work *w, const double *coef, int p, size_t at, size_t n, running *s, bool wide)
{
    cox_order *b = w->order;
    load(w, coef, p, at, n);
    run_sums(b, p, s);
    single_events(b, s);
    uint8_t any = 0;
    for (size_t k = 0; k < n; k++) any |= b->kinds[k];
    if (any & ROW_TIED) tied_events(w, s);
    for (int a = 0; a < p; a++)
        for (size_t k = 0; k < b->padded; k++) b->r1[(size_t)a * COX_BLOCK + k] *= b->single[k];
    double lived = 0;
    for (size_t k = 0; k < b->padded; k++) b->hazard[k] = lived += b->hazard[k];
    if (wide)
        add_products_wide(b, p, s);
    else
        add_products(b, p, s);
}

/* Rows of the block that ends at `end`: blocks do not cross a multiple of their size. */
static size_t
block_before(size_t begin, size_t end)
{
    size_t from = (end - 1) / COX_BLOCK * COX_BLOCK;
    return end - (from > begin ? from : begin);
}

/* What only a fit needs: small numbers of covariates unrolled. */
static inline __attribute__((always_inline)) void
evaluate_blocks(const cox_work *w, const double *coef, size_t begin, size_t end, running *s, bool wide)
{
    for (size_t at = end, n; at > begin; at -= n) {
        n = block_before(begin, at);
        switch (w->in->p) {
        case 1: evaluate_block(w, coef, 1, at - n, n, s, wide); break;
        case 2: evaluate_block(w, coef, 2, at - n, n, s, wide); break;
        case 3: evaluate_block(w, coef, 3, at - n, n, s, wide); break;
        case 4: evaluate_block(w, coef, 4, at - n, n, s, wide); break;
        case 5: evaluate_block(w, coef, 5, at - n, n, s, wide); break;
        case 6: evaluate_block(w, coef, 6, at - n, n, s, wide); break;
        default: evaluate_block(w, coef, w->in->p, at - n, n, s, wide); break;
        }
    }
}

WANTS static void
evaluate_wide(const cox_work *w, const double *coef, size_t begin, size_t end, running *s)
{
    evaluate_blocks(w, coef, begin, end, s, true);
}

static void
evaluate_stratum(const cox_work *w, const double *coef, size_t begin, size_t end, running *s)
{
    if (HAVE_WIDE)
        evaluate_wide(w, coef, begin, end, s);
    else
        evaluate_blocks(w, coef, begin, end, s, false);
}

/* Time by time, for those who look at each. */
static void
visit_stratum(const cox_work *w, const double *coef, int32_t stratum, cox_point *at)
{
    double r[COX_SUMS] = {0}, e[COX_SUMS] = {0}, event_x[COX_MOST] = {0}, x[COX_MOST], d = 0;
    const cox_order *b = w->order;
    int p = w->in->p;
    size_t j = w->risk.first[stratum + 1];
    for (size_t end = w->order->end[stratum], n; end > w->order->begin[stratum]; end -= n) {
        n = block_before(w->order->begin[stratum], end);
        load(w, coef, p, end - n, n);
        for (size_t k = n; k-- > 0;) {
            for (int a = 0; a < p; a++) x[a] = b->x[(size_t)a * COX_BLOCK + k];
            sums_add(p, b->weight[k], x, r);
            if (b->kinds[k] & ROW_EVENT) {
                sums_add(p, b->weight[k], x, e);
                for (int a = 0; a < p; a++) event_x[a] += x[a];
                d++;
            }
            if (!(b->kinds[k] & ROW_CLOSES)) continue;
            cox_add_time(w, --j, &(cox_sums){d, r, e, event_x}, at);
            memset(e, 0, w->width * sizeof *e);
            memset(event_x, 0, sizeof event_x);
            d = 0;
        }
    }
}

void
cox_order_evaluate(const cox_work *w, const double *coef, cox_point *at)
{
    int p = w->in->p;
    running s = {0};
    if (at->g || at->visit) {
        for (int32_t k = 0; k < w->strata; k++) visit_stratum(w, coef, k, at);
        return;
    }
    for (int32_t k = 0; k < w->strata; k++) {
        memset(s.r, 0, w->width * sizeof *s.r);
        evaluate_stratum(w, coef, w->order->begin[k], w->order->end[k], &s);
    }
    at->base.loglik = s.broken ? -INFINITY : at->base.loglik + s.loglik;
    const double *from = s.information;
    for (int a = 0; a < p; a++) {
        at->base.gradient[a] = w->event_total[a] + s.gradient[a];
        for (int c = 0; c <= a; c++) at->base.information[a * p + c] = *from++;
    }
}
