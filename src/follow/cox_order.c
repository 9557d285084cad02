/* Cox with many distinct times: rows in the order of time, gathered a block at a time. Sums over risk sets are running sums from the last
 * time to the first. The information needs R2, the weighted sum of x x', at each event time; but
 *   sum over times of R2(t) s1(t) = sum over rows of weight x x' * (the sum of s1 over the times the row is at risk at),
 * so within a block R2 is never made: three sums of products over the block do. Eight runs of a block go side by side, so that sums are vectors. */
#include "follow/cox_gather.h"
#include "follow/cox_sums.h"
#include "follow/cox_work.h"
#include "follow/order.h"

#include <math.h>
#include <string.h>

enum { LANES = GATHER_LANES };

_Static_assert((int)COX_BLOCK == (int)GATHER_BLOCK, "a block of rows is what the gather brings");

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
    /* The block at hand, in lanes; up to a whole number of lanes are there, the last with weight 0. */
    size_t n, padded;
    const uint8_t *kinds;  /* [n] in the order of places; */
    uint8_t any;           /* of them */
    double events;
    double *x, *r1;        /* [p * COX_BLOCK] centred; running sums of each lane, then means */
    _Alignas(64) double sign[COX_BLOCK]; /* -1: leaves */
    int64_t single[COX_BLOCK];           /* all bits: closes a time that has one event */
    double weight[COX_BLOCK], r0[COX_BLOCK], hazard[COX_BLOCK];
    double carry[1 + COX_MOST][LANES];   /* of R0, R1: what the lanes behind add; later of the hazards, those before */
};

enum { THIRDS = COX_THIRD * (COX_THIRD + 1) * (COX_THIRD + 2) / 6 };

/* What goes on from block to block, and what a fit asks for. */
typedef struct running {
    const double *coef; /* NULL: 0 */
    double r[COX_SUMS], e[COX_SUMS], d; /* e, d: over the events of a time with several */
    double gradient[COX_MOST], information[COX_SUMS], loglik;
    bool broken; /* a weight that no number holds */
    bool wants_third, begun;
    double r3[THIRDS], cumulant[THIRDS], third[THIRDS]; /* cumulants of x in the risk set before this block */
} running;

/* Without delayed entry: rows as they are sorted; `kind` comes with marks (see order.h). The rows of an event time go on to the next event
 * time of the stratum. */
static void
mark_sorted(const cox_work *w, const uint32_t *order, cox_order *o)
{
    int32_t stratum = -1;
    size_t n = w->in->n;
    bool begun = false, tied = false;
    for (size_t k = 0, end; k < n; k = end) {
        size_t events = 0;
        int32_t s = w->in->stratum ? w->in->stratum[order[k]] : 0;
        if (s != stratum) begun = tied = false, stratum = s;
        end = k + 1;
        if (begun && (end == n || o->kind[end] & ORDER_FRESH)) { /* one row at its time, as most: without a branch on its event */
            uint8_t event = (o->kind[k] & ORDER_EVENT) != 0;
            tied = tied && !event;
            o->kind[k] = (uint8_t)(event * (ROW_EVENT | ROW_CLOSES) + tied * ROW_TIED);
            o->end[s] = end;
            continue;
        }
        for (end = k; end == k || (end < n && !(o->kind[end] & ORDER_FRESH)); end++) events += (o->kind[end] & ORDER_EVENT) != 0;
        if (events) {
            if (!begun) o->begin[s] = k;
            begun = true, tied = events > 1;
        }
        for (size_t i = k; i < end; i++) o->kind[i] = (uint8_t)((o->kind[i] & ORDER_EVENT ? ROW_EVENT : 0) | (tied ? ROW_TIED : 0));
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
    return cox_gather_new(out, &(gather_input){w->in->n, w->in->p, w->in->x, w->mean, n, row}, &o->rows);
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
    ALLOC(out, o->r1, cells);
    w->order = o;
    if (w->in->start) {
        CHECK(cox_work_index(out, w));
        return mark_entering(out, tmp, w, o);
    }
    ALLOC(out, o->kind, w->in->n);
    CHECK(follow_order_rows(tmp, &(order_input){w->in->n, w->in->time, w->in->event, w->in->stratum, w->strata}, &order, o->kind));
    mark_sorted(w, order, o);
    return cox_gather_new(out, &(gather_input){w->in->n, w->in->p, w->in->x, w->mean, w->in->n, order}, &o->rows);
}

/* Rows [at, at + n) of the order, x centred. */
static inline __attribute__((always_inline)) void
load(cox_order *b, size_t at, size_t n)
{
    size_t length = (n + LANES - 1) / LANES;
    b->n = n, b->padded = length * LANES, b->kinds = b->kind + at, b->any = 0, b->events = 0;
    cox_gather_rows(b->rows, at, n, b->x);
    memset(b->single, 0, b->padded * sizeof *b->single);
    memset(b->sign, 0, b->padded * sizeof *b->sign);
    for (size_t k = 0, lane = 0; lane < LANES; lane++)
        for (size_t j = 0; j < length && k < n; j++, k++) {
            size_t to = j * LANES + lane;
            b->any |= b->kinds[k];
            b->events += b->kinds[k] & ROW_EVENT;
            b->single[to] = -(int64_t)((b->kinds[k] & (ROW_CLOSES | ROW_TIED)) == ROW_CLOSES);
            b->sign[to] = b->kinds[k] & ROW_LEAVES ? -1 : 1;
        }
}

/* The weights exp(x coef); coef NULL: 1. */
static inline __attribute__((always_inline)) void
weigh(const cox_work *w, const double *coef, int p)
{
    cox_order *b = w->order;
    double eta[COX_BLOCK];
    if (!coef) {
        memcpy(b->weight, b->sign, b->padded * sizeof *b->sign);
        return;
    }
    for (size_t k = 0; k < b->padded; k++) {
        eta[k] = 0;
        for (int a = 0; a < p; a++) eta[k] += coef[a] * b->x[(size_t)a * COX_BLOCK + k];
    }
    for (size_t k = 0; k < b->padded; k++) b->weight[k] = exponential(eta[k]) * b->sign[k];
}

/* Times with several events, by their own sums E; they may have begun in an earlier block. */
static void
tied_events(const cox_work *w, running *s)
{
    cox_order *b = w->order;
    int p = w->in->p;
    double x[COX_MOST], r[1 + COX_MOST];
    cox_time t;
    for (size_t i = b->n; i-- > 0;) {
        if (!(b->kinds[i] & ROW_TIED)) continue;
        size_t k = gather_place(b->n, i), lane = k % LANES;
        if (b->kinds[i] & ROW_EVENT) {
            for (int a = 0; a < p; a++) x[a] = b->x[(size_t)a * COX_BLOCK + k];
            sums_add(p, b->weight[k], x, s->e);
            s->d++;
        }
        if (!(b->kinds[i] & ROW_CLOSES)) continue;
        r[0] = b->r0[k] + b->carry[0][lane];
        for (int a = 0; a < p; a++) r[1 + a] = b->r1[(size_t)a * COX_BLOCK + k] + b->carry[1 + a][lane];
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

#define KERNEL(name) name##_4
#define WIDTH 4
#define TARGET
#include "follow/cox_kernel.h"

#define KERNEL(name) name##_8
#define WIDTH 8
#define TARGET WANTS
#include "follow/cox_kernel.h"

/* The derivative of the information: third cumulants of x in the risk sets of all events. From block to block they hardly change: those at
 * its ends stand for all within. */
static void
add_cumulants(const cox_order *b, int p, running *s)
{
    const double *third = s->r3, *second = s->r + 1 + p;
    double scale = s->r[0] > 0 ? 1 / s->r[0] : 0, m[COX_THIRD];
    for (int a = 0, i = 0; a < p; a++) {
        m[a] = s->r[1 + a] * scale;
        for (int c = 0; c <= a; c++)
            for (int e = 0; e <= c; e++, i++) {
                double ac = second[a * (a + 1) / 2 + c] * scale, ae = second[a * (a + 1) / 2 + e] * scale, ce = second[c * (c + 1) / 2 + e] * scale;
                double here = third[i] * scale - ac * m[e] - ae * m[c] - ce * m[a] + 2 * m[a] * m[c] * m[e];
                s->third[i] += b->events * (here + (s->begun ? s->cumulant[i] : here)) / 2;
                s->cumulant[i] = here;
            }
    }
    s->begun = true;
}

static inline __attribute__((always_inline)) void
evaluate_block(const cox_work *w, const double *coef, int p, running *s, bool wide)
{
    cox_order *b = w->order;
    weigh(w, coef, p);
    memset(b->hazard, 0, b->padded * sizeof *b->hazard);
    if (wide)
        run_sums_8(b, p, s);
    else
        run_sums_4(b, p, s);
    if (b->any & ROW_TIED) tied_events(w, s);
    if (wide)
        single_events_8(b, p, s), add_products_8(b, p, s);
    else
        single_events_4(b, p, s), add_products_4(b, p, s);
    if (!s->wants_third) return;
    if (wide)
        add_thirds_8(b, p, s);
    else
        add_thirds_4(b, p, s);
    add_cumulants(b, p, s);
}

/* Both points, or one where `also` is NULL. */
static inline __attribute__((always_inline)) void
evaluate_points(const cox_work *w, int p, running *s, running *also, bool wide)
{
    for (running *at = s; at; at = at == s ? also : NULL) evaluate_block(w, at->coef, p, at, wide);
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
evaluate_blocks(const cox_work *w, size_t begin, size_t end, running *s, running *also, bool wide)
{
    for (size_t at = end, n; at > begin; at -= n) {
        n = block_before(begin, at);
        load(w->order, at - n, n);
        switch (w->in->p) {
        case 1: evaluate_points(w, 1, s, also, wide); break;
        case 2: evaluate_points(w, 2, s, also, wide); break;
        case 3: evaluate_points(w, 3, s, also, wide); break;
        case 4: evaluate_points(w, 4, s, also, wide); break;
        case 5: evaluate_points(w, 5, s, also, wide); break;
        case 6: evaluate_points(w, 6, s, also, wide); break;
        default: evaluate_points(w, w->in->p, s, also, wide); break;
        }
    }
}

WANTS static void
evaluate_wide(const cox_work *w, size_t begin, size_t end, running *s, running *also)
{
    evaluate_blocks(w, begin, end, s, also, true);
}

static void
evaluate_stratum(const cox_work *w, size_t begin, size_t end, running *s, running *also)
{
    if (HAVE_WIDE)
        evaluate_wide(w, begin, end, s, also);
    else
        evaluate_blocks(w, begin, end, s, also, false);
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
        load(w->order, end - n, n);
        weigh(w, coef, p);
        for (size_t i = n; i-- > 0;) {
            size_t k = gather_place(n, i);
            for (int a = 0; a < p; a++) x[a] = b->x[(size_t)a * COX_BLOCK + k];
            sums_add(p, b->weight[k], x, r);
            if (b->kinds[i] & ROW_EVENT) {
                sums_add(p, b->weight[k], x, e);
                for (int a = 0; a < p; a++) event_x[a] += x[a];
                d++;
            }
            if (!(b->kinds[i] & ROW_CLOSES)) continue;
            cox_add_time(w, --j, &(cox_sums){d, r, e, event_x}, at);
            memset(e, 0, w->width * sizeof *e);
            memset(event_x, 0, sizeof event_x);
            d = 0;
        }
    }
}

static void
finish(const cox_work *w, const running *s, newton_point *at)
{
    const double *from = s->information;
    int p = w->in->p;
    at->loglik = s->broken ? -INFINITY : at->loglik + s->loglik;
    for (int a = 0; a < p; a++) {
        at->gradient[a] = w->event_total[a] + s->gradient[a];
        for (int c = 0; c <= a; c++) at->information[a * p + c] = *from++;
    }
    for (int a = 0, i = 0; at->third && a < p; a++)
        for (int c = 0; c <= a; c++)
            for (int e = 0; e <= c; e++, i++) {
                const int way[][3] = {{a, c, e}, {a, e, c}, {c, a, e}, {c, e, a}, {e, a, c}, {e, c, a}};
                for (int k = 0; k < 6; k++) at->third[(way[k][0] * p + way[k][1]) * p + way[k][2]] = s->third[i];
            }
}

void
cox_order_evaluate(const cox_work *w, const double *coef, cox_point *at, newton_point *zero)
{
    if (at->g || at->visit) {
        for (int32_t k = 0; k < w->strata; k++) visit_stratum(w, coef, k, at);
        return;
    }
    running s = {.wants_third = at->base.third != NULL}, nothing = {.coef = NULL}, *also = zero ? &nothing : NULL;
    for (int a = 0; a < w->in->p; a++)
        if (coef[a] != 0) s.coef = coef;
    for (int32_t k = 0; k < w->strata; k++) {
        memset(s.r, 0, w->width * sizeof *s.r);
        memset(s.r3, 0, sizeof s.r3);
        s.begun = false;
        memset(nothing.r, 0, w->width * sizeof *nothing.r);
        evaluate_stratum(w, w->order->begin[k], w->order->end[k], &s, also);
    }
    finish(w, &s, &at->base);
    if (zero) finish(w, &nothing, zero);
}
