#include "follow/cox_work.h"
#include "follow/cox_sums.h"

#include <math.h>
#include <string.h>

/* Spans in the order of the time they belong to (0: none). */
static status
group_by(arena *tmp, size_t n, size_t times, const uint32_t *of, size_t **begin, uint32_t **member)
{
    size_t *b;
    uint32_t *m;
    ALLOC(tmp, b, times + 2);
    ALLOC(tmp, m, n);
    for (size_t i = 0; i < n; i++) b[of[i] + 1]++;
    for (size_t j = 0; j <= times; j++) b[j + 1] += b[j];
    for (size_t i = 0; i < n; i++) m[b[of[i]]++] = (uint32_t)i;
    *begin = b; /* b[j] is now where the members of time j (1 + index j) start */
    *member = m;
    return ST_OK;
}

static status
gather_events(arena *tmp, cox_work *w)
{
    const cox_input *in = w->in;
    ALLOC(tmp, w->ties, w->risk.times);
    ALLOC(tmp, w->event_x, w->risk.times * (size_t)in->p);
    for (size_t i = 0; i < in->n; i++) {
        if (!in->event[i]) continue;
        size_t j = w->risk.exit[i] - 1;
        w->ties[j]++;
        for (int a = 0; a < in->p; a++) w->event_x[j * (size_t)in->p + (size_t)a] += in->x[a][i] - w->mean[a];
    }
    return ST_OK;
}

status
cox_work_new(arena *tmp, const cox_input *in, cox_work *w)
{
    *w = (cox_work){.in = in, .width = sums_width(in->p)};
    CHECK(follow_risk(tmp, &(risk_input){in->n, in->start, in->time, in->event, in->stratum, in->stratum ? in->strata : 1}, &w->risk));
    ALLOC(tmp, w->mean, in->p);
    for (int a = 0; a < in->p; a++) {
        double sum = 0;
        for (size_t i = 0; i < in->n; i++) sum += in->x[a][i];
        w->mean[a] = in->n ? sum / (double)in->n : 0;
    }
    CHECK(gather_events(tmp, w));
    size_t cells = w->risk.times * w->width;
    if (cells <= in->n / 4 || cells < 1 << 20) {
        ALLOC(tmp, w->sums, cells);
        ALLOC(tmp, w->tied, cells);
        return ST_OK;
    }
    CHECK(group_by(tmp, in->n, w->risk.times, w->risk.exit, &w->begin, &w->member));
    if (w->risk.entry) CHECK(group_by(tmp, in->n, w->risk.times, w->risk.entry, &w->enter_begin, &w->enter));
    return ST_OK;
}

/* e^x to one unit in the last place, in a form that compilers turn into vectors, the same on every machine: 2^k * e^r with
 * |r| <= ln 2 / 2 and the series to r^13. */
static inline double
exponential(double x)
{
    const double magic = 6755399441055744.0, log2e = 1.4426950408889634;
    const double ln2_high = 6.93147180369123816490e-01, ln2_low = 1.90821492927058770002e-10;
    x = x < -700 ? -700 : x > 700 ? 700 : x;
    double t = x * log2e + magic, k = t - magic, r = (x - k * ln2_high) - k * ln2_low, sum = 1.0 / 6227020800;
    sum = sum * r + 1.0 / 479001600, sum = sum * r + 1.0 / 39916800, sum = sum * r + 1.0 / 3628800, sum = sum * r + 1.0 / 362880;
    sum = sum * r + 1.0 / 40320, sum = sum * r + 1.0 / 5040, sum = sum * r + 1.0 / 720, sum = sum * r + 1.0 / 120;
    sum = sum * r + 1.0 / 24, sum = sum * r + 1.0 / 6, sum = sum * r + 0.5, sum = sum * r + 1, sum = sum * r + 1;
    uint64_t bits, power;
    memcpy(&power, &t, sizeof power);
    memcpy(&bits, &sum, sizeof bits);
    bits += power << 52;
    memcpy(&sum, &bits, sizeof sum);
    return sum;
}

double
cox_weight(const cox_work *w, const double *coef, size_t i, double x[COX_MOST])
{
    double eta = 0;
    for (int a = 0; a < w->in->p; a++) {
        x[a] = w->in->x[a][i] - w->mean[a];
        eta += coef[a] * x[a];
    }
    return exponential(eta);
}

/* Centred columns of a block and the weights exp(x coef). */
static void
block_weights(const cox_work *w, const double *coef, size_t at, size_t n, double (*x)[COX_BLOCK], double weight[COX_BLOCK])
{
    const cox_input *in = w->in;
    double eta[COX_BLOCK] = {0};
    bool flat = true;
    for (int a = 0; a < in->p; a++) {
        const double *column = in->x[a] + at;
        double mean = w->mean[a], c = coef[a];
        flat = flat && c == 0;
        for (size_t k = 0; k < n; k++) {
            x[a][k] = column[k] - mean;
            eta[k] += c * x[a][k];
        }
    }
    if (flat)
        for (size_t k = 0; k < n; k++) weight[k] = 1;
    else
        for (size_t k = 0; k < COX_BLOCK; k++) weight[k] = exponential(eta[k]); /* all of it: a whole number of vectors */
}

/* One streaming pass: every span into the sums of its last time. */
static inline __attribute__((always_inline)) void
stream_fixed(const cox_work *w, const double *coef, int p)
{
    const cox_input *in = w->in;
    size_t width = w->width;
    double x[COX_MOST][COX_BLOCK], weight[COX_BLOCK], row[COX_MOST];
    memset(w->sums, 0, w->risk.times * width * sizeof *w->sums);
    memset(w->tied, 0, w->risk.times * width * sizeof *w->tied);
    for (size_t at = 0; at < in->n; at += COX_BLOCK) {
        size_t n = in->n - at < COX_BLOCK ? in->n - at : COX_BLOCK;
        block_weights(w, coef, at, n, x, weight);
        for (size_t k = 0; k < n; k++) {
            size_t last = w->risk.exit[at + k];
            if (!last) continue;
            for (int a = 0; a < p; a++) row[a] = x[a][k];
            sums_add_fixed(p, weight[k], row, (in->event[at + k] ? w->tied : w->sums) + (last - 1) * width);
            if (w->risk.entry && w->risk.entry[at + k])
                sums_add_fixed(p, -weight[k], row, w->sums + (w->risk.entry[at + k] - 1) * width);
        }
    }
}

static void
stream(const cox_work *w, const double *coef)
{
    switch (w->in->p) {
    case 1: stream_fixed(w, coef, 1); break;
    case 2: stream_fixed(w, coef, 2); break;
    case 3: stream_fixed(w, coef, 3); break;
    case 4: stream_fixed(w, coef, 4); break;
    case 5: stream_fixed(w, coef, 5); break;
    case 6: stream_fixed(w, coef, 6); break;
    default: stream_fixed(w, coef, w->in->p); break;
    }
}

enum { AHEAD = 24 };

/* Many times: the sums of one time from its members. */
static void
look_up(const cox_work *w, const double *coef, size_t j, double *sums, double *tied)
{
    double x[COX_MOST];
    memset(tied, 0, w->width * sizeof *tied);
    for (size_t m = w->begin[j]; m < w->begin[j + 1]; m++) {
        size_t i = w->member[m], ahead = m >= w->begin[0] + AHEAD ? w->member[m - AHEAD] : i; /* times are visited backwards */
        for (int a = 0; a < w->in->p; a++) __builtin_prefetch(w->in->x[a] + ahead);
        __builtin_prefetch(w->in->event + ahead);
        double weight = cox_weight(w, coef, i, x);
        sums_add(w->in->p, weight, x, w->in->event[i] ? tied : sums);
    }
    if (!w->enter) return;
    for (size_t m = w->enter_begin[j]; m < w->enter_begin[j + 1]; m++) {
        double weight = cox_weight(w, coef, w->enter[m], x);
        sums_add(w->in->p, -weight, x, sums);
    }
}

/* Sums over the Efron terms k = 0 .. d-1 of the denominators R0 - k/d E0; logarithms of products, 16 factors at a time. */
static void
efron_sums(double d, double r0, double e0, cox_time *t)
{
    double product = 1, part = e0 / r0;
    int inside = 0;
    t->log_part = d * log(r0);
    for (double k = 0; k < d; k++) {
        double share = k / d, factor = 1 - share * part, inverse = 1 / (r0 * factor);
        product *= factor;
        if (++inside == 16) {
            t->log_part += log(product);
            product = 1, inside = 0;
        }
        t->s1 += inverse, t->s2 += inverse * inverse;
        t->c1 += share * inverse, t->c2 += share * inverse * inverse;
    }
    t->log_part += log(product);
}

static void
prepare_time(int p, bool breslow, double d, const double *r, const double *e, cox_time *t)
{
    t->s1 = t->s2 = t->c1 = t->c2 = 0;
    if (breslow || d == 1 || e[0] <= 0) {
        t->s1 = d / r[0], t->s2 = d / (r[0] * r[0]);
        t->log_part = d * log(r[0]);
        for (int a = 0; a < p; a++) t->alpha[a] = 0, t->beta[a] = r[1 + a];
        return;
    }
    efron_sums(d, r[0], e[0], t);
    for (int a = 0; a < p; a++) {
        t->alpha[a] = e[1 + a] / e[0];
        t->beta[a] = r[1 + a] - t->alpha[a] * r[0];
    }
}

static void
add_time(int p, bool plain, double d, const double *r, const double *e, const cox_time *t, const double *event_x, double g, cox_point *at)
{
    const double *r2 = r + 1 + p, *e2 = e + 1 + p;
    at->base.loglik -= t->log_part;
    for (int a = 0; a < p; a++) {
        double u = event_x[a] - (d * t->alpha[a] + t->beta[a] * t->s1);
        at->base.gradient[a] += u;
        if (at->g) at->gradient_g[a] += g * u;
        for (int b = 0; b <= a; b++, r2++, e2++) {
            double ratio = plain ? 0 : *e2 / e[0];
            double second = d * ratio + (*r2 - ratio * r[0]) * t->s1;
            double first = d * t->alpha[a] * t->alpha[b] + (t->alpha[a] * t->beta[b] + t->beta[a] * t->alpha[b]) * t->s1 +
                           t->beta[a] * t->beta[b] * t->s2;
            double v = second - first;
            at->base.information[a * p + b] += v;
            if (!at->g) continue;
            at->information_g[a * p + b] += g * v;
            at->information_gg[a * p + b] += g * g * v;
        }
    }
}

static void
mirror(int p, double *m)
{
    for (int a = 0; m && a < p; a++)
        for (int b = 0; b < a; b++) m[b * p + a] = m[a * p + b];
}

static double
event_predictors(const cox_work *w, const double *coef)
{
    double sum = 0;
    for (size_t j = 0; j < w->risk.times; j++)
        for (int a = 0; a < w->in->p; a++) sum += coef[a] * w->event_x[j * (size_t)w->in->p + (size_t)a];
    return sum;
}

void
cox_evaluate(const cox_work *w, const double *coef, cox_point *at)
{
    int p = w->in->p;
    size_t square = (size_t)p * (size_t)p * sizeof(double);
    memset(at->base.gradient, 0, (size_t)p * sizeof(double));
    memset(at->base.information, 0, square);
    if (at->g) {
        memset(at->gradient_g, 0, (size_t)p * sizeof(double));
        memset(at->information_g, 0, square);
        memset(at->information_gg, 0, square);
    }
    at->base.loglik = event_predictors(w, coef);
    if (w->sums) stream(w, coef);
    double r[1 + COX_MOST + COX_MOST * (COX_MOST + 1) / 2], looked[sizeof r / sizeof *r];
    cox_time t;
    for (int32_t s = 0; s < w->risk.strata; s++) {
        memset(r, 0, w->width * sizeof *r);
        for (size_t j = w->risk.first[s + 1]; j-- > w->risk.first[s];) {
            const double *e = w->tied ? w->tied + j * w->width : looked;
            if (w->sums)
                for (size_t k = 0; k < w->width; k++) r[k] += w->sums[j * w->width + k];
            else
                look_up(w, coef, j, r, looked);
            for (size_t k = 0; k < w->width; k++) r[k] += e[k];
            double d = (double)w->ties[j];
            bool plain = w->in->breslow || d == 1 || e[0] <= 0;
            prepare_time(p, w->in->breslow, d, r, e, &t);
            add_time(p, plain, d, r, e, &t, w->event_x + j * (size_t)p, at->g ? at->g[j] : 0, at);
            if (at->visit) at->visit(at->context, j, &t);
        }
    }
    mirror(p, at->base.information);
    if (at->g) mirror(p, at->information_g), mirror(p, at->information_gg);
}
