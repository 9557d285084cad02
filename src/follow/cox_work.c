#include "follow/cox_work.h"
#include "follow/cox_sums.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { ROUNDING = 1 << 10 }; /* in units of the machine's precision: what is left of a column that is the same for all at risk */

/* Means of the columns, the information that is rounding alone, and sums over the events of what is left: one pass over x less its first value, eight sums at a time, as one sum
 * would wait for itself. */
static void
find_means(cox_work *w)
{
    const cox_input *in = w->in;
    for (size_t i = 0; i < in->n; i++) w->events += in->event[i] != 0;
    for (int a = 0; a < in->p; a++) {
        double sum[8] = {0}, square[8] = {0}, event[8] = {0}, all = 0, squares = 0, total = 0, first = in->n ? in->x[a][0] : 0;
        size_t i = 0;
        for (; i + 8 <= in->n; i += 8)
            for (size_t k = 0; k < 8; k++) {
                double x = in->x[a][i + k] - first;
                sum[k] += x;
                square[k] += x * x;
                event[k] += x * (double)in->event[i + k];
            }
        for (; i < in->n; i++) {
            all += in->x[a][i] - first;
            squares += (in->x[a][i] - first) * (in->x[a][i] - first);
            total += (in->x[a][i] - first) * (double)in->event[i];
        }
        for (int k = 0; k < 8; k++) all += sum[k], squares += square[k], total += event[k];
        double mean = in->n ? all / (double)in->n : 0;
        w->mean[a] = first + mean;
        w->flat[a] = in->n ? ROUNDING * DBL_EPSILON * (double)w->events * fmax(squares / (double)in->n - mean * mean, 0) : 0;
        w->event_total[a] = total - (double)w->events * (w->mean[a] - first);
    }
}

status
cox_work_index(arena *tmp, cox_work *w)
{
    const cox_input *in = w->in;
    if (w->risk.exit) return ST_OK;
    CHECK(follow_risk(tmp, &(risk_input){in->n, in->start, in->time, in->event, in->stratum, w->strata}, &w->risk));
    ALLOC(tmp, w->ties, w->risk.times);
    for (size_t i = 0; i < in->n; i++)
        if (in->event[i]) w->ties[w->risk.exit[i] - 1]++;
    return ST_OK;
}

status
cox_work_new(arena *tmp, const cox_input *in, cox_work *w)
{
    *w = (cox_work){.in = in, .width = sums_width(in->p), .strata = in->stratum ? in->strata : 1};
    ALLOC(tmp, w->mean, in->p);
    ALLOC(tmp, w->flat, in->p);
    ALLOC(tmp, w->event_total, in->p);
    find_means(w);
    w->ordered = !follow_risk_is_days(&(risk_input){in->n, in->start, in->time, in->event, in->stratum, w->strata});
    if (!w->ordered) {
        CHECK(cox_work_index(tmp, w));
        size_t cells = w->risk.times * w->width;
        w->ordered = cells > in->n / 4 && cells > 1 << 20;
    }
    if (w->ordered) return cox_order_new(tmp, w);
    size_t p = (size_t)in->p;
    ALLOC(tmp, w->event_x, w->risk.times * p);
    ALLOC(tmp, w->sums, w->risk.times * w->width);
    ALLOC(tmp, w->tied, w->risk.times * w->width);
    for (size_t i = 0; i < in->n; i++)
        for (size_t a = 0; in->event[i] && a < p; a++) w->event_x[(w->risk.exit[i] - 1) * p + a] += in->x[a][i] - w->mean[a];
    return ST_OK;
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

void
cox_time_sums(int p, bool breslow, double d, const double *r, const double *e, cox_time *t)
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

void
cox_time_add(int p, bool plain, const cox_sums *s, const cox_time *t, double g, cox_point *at)
{
    double d = s->d;
    const double *r = s->r, *e = s->e, *event_x = s->event_x;
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

void
cox_add_time(const cox_work *w, size_t j, const cox_sums *s, cox_point *at)
{
    cox_time t;
    bool plain = w->in->breslow || s->d == 1 || s->e[0] <= 0;
    cox_time_sums(w->in->p, w->in->breslow, s->d, s->r, s->e, &t);
    cox_time_add(w->in->p, plain, s, &t, at->g ? at->g[j] : 0, at);
    if (at->visit) at->visit(at->context, j, &t);
}

/* Few times: their sums stand ready. */
static void
add_times(const cox_work *w, cox_point *at)
{
    double r[COX_SUMS];
    for (int32_t s = 0; s < w->strata; s++) {
        memset(r, 0, w->width * sizeof *r);
        for (size_t j = w->risk.first[s + 1]; j-- > w->risk.first[s];) {
            const double *e = w->tied + j * w->width;
            for (size_t k = 0; k < w->width; k++) r[k] += w->sums[j * w->width + k] + e[k];
            cox_add_time(w, j, &(cox_sums){w->ties[j], r, e, w->event_x + j * (size_t)w->in->p}, at);
        }
    }
}

static void
clear(int p, const double *event_total, const double *coef, newton_point *at)
{
    size_t square = (size_t)(p * p);
    memset(at->gradient, 0, (size_t)p * sizeof(double));
    memset(at->information, 0, square * sizeof(double));
    if (at->third) memset(at->third, 0, square * (size_t)p * sizeof(double));
    at->loglik = 0;
    for (int a = 0; coef && a < p; a++) at->loglik += coef[a] * event_total[a];
}

void
cox_evaluate(const cox_work *w, const double *coef, cox_point *at, newton_point *zero)
{
    int p = w->in->p;
    size_t square = (size_t)p * (size_t)p * sizeof(double);
    clear(p, w->event_total, coef, &at->base);
    if (zero) clear(p, w->event_total, NULL, zero);
    if (at->g) {
        memset(at->gradient_g, 0, (size_t)p * sizeof(double));
        memset(at->information_g, 0, square);
        memset(at->information_gg, 0, square);
    }
    if (w->ordered) {
        cox_order_evaluate(w, coef, at, zero);
    } else {
        stream(w, coef);
        add_times(w, at);
    }
    mirror(p, at->base.information);
    if (at->g) mirror(p, at->information_g), mirror(p, at->information_gg);
    if (zero) mirror(p, zero->information);
}
