#include "follow/finegray.h"
#include "follow/counts.h"
#include "follow/cox_sums.h"
#include "follow/cox_work.h"

#include <math.h>
#include <stdlib.h>

enum { FG_MOST = 64 };

typedef struct fg_work {
    const finegray_input *in;
    risk_index risk;      /* times of the cause */
    size_t width;
    double *mean;         /* [p] */
    double *g;            /* [times] chance not to be censored before the time */
    double *g_own;        /* [n] the same before the person's own time */
    int64_t *ties;        /* [times] */
    double *event_x;      /* [times * p] */
    double *regular;      /* [times * width] scratch: by last time at risk */
    double *tied;         /* [times * width] over the events of the cause */
    double *competing;    /* [(times + 1) * width] scratch: by first time after another cause */
    follow_counts censor; /* all times */
    double *free;         /* [censor.rows] chance not to be censored before the row */
} fg_work;

static size_t
rows_before(const follow_counts *c, double time)
{
    size_t low = 0, high = c->rows;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (c->time[middle] < time)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Chance not to be censored before a time; on day 0, where there is no before, that after the day (as crr has it). */
static double
free_before(const fg_work *w, double time)
{
    return w->free[time > 0 ? rows_before(&w->censor, time) : w->censor.rows > 0 && w->censor.time[0] == 0 ? 1 : 0];
}

/* Chance not to be censored before each row of `censor`. With delayed entry those with an event at the time cannot be censored at it. */
static void
free_of_censoring(fg_work *w)
{
    double g = 1;
    for (size_t r = 0; r < w->censor.rows; r++) {
        w->free[r] = g;
        double n = (double)(w->censor.at_risk[r] - (w->in->start ? counts_events(&w->censor, r) : 0));
        if (n > 0) g *= 1 - (double)w->censor.exits[r * 3] / n;
    }
    w->free[w->censor.rows] = g;
}

static int
ascending(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* Numbers of an ascending list up to `v`; with `below` those less than it. */
static size_t
upto(size_t n, const double *list, double v, bool below)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (list[middle] < v || (!below && list[middle] == v))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Times the chance, in reversed time, not to have entered yet: each entry at or after a row but the first of all. */
static status
free_of_entering(arena *tmp, fg_work *w)
{
    const finegray_input *in = w->in;
    double *entry, *end, h = 1;
    ALLOC(tmp, entry, in->n);
    ALLOC(tmp, end, in->n);
    for (size_t i = 0; i < in->n; i++) entry[i] = in->start[i], end[i] = in->time[i];
    qsort(entry, in->n, sizeof *entry, ascending);
    qsort(end, in->n, sizeof *end, ascending);
    size_t k = in->n;
    for (size_t r = w->censor.rows; r-- > 0;) {
        while (k > 0 && entry[k - 1] >= w->censor.time[r] && entry[k - 1] > entry[0]) {
            size_t first = upto(in->n, entry, entry[k - 1], true);
            size_t present = k - upto(in->n, end, entry[k - 1], false);
            h *= present > k - first ? 1 - (double)(k - first) / (double)present : 0; /* nobody else is there: nothing before weighs */
            k = first;
        }
        w->free[r] *= h;
    }
    return ST_OK;
}

static status
censoring(arena *tmp, fg_work *w)
{
    const finegray_input *in = w->in;
    int32_t *outcome;
    ALLOC(tmp, outcome, in->n);
    for (size_t i = 0; i < in->n; i++) outcome[i] = in->status[i];
    spans s = {.n = in->n, .start = in->start, .time = in->time, .status = outcome, .groups = 1, .causes = 2};
    CHECK(follow_count(tmp, &s, &w->censor));
    ALLOC(tmp, w->free, w->censor.rows + 1);
    free_of_censoring(w);
    if (in->start) CHECK(free_of_entering(tmp, w));
    ALLOC(tmp, w->g, w->risk.times);
    ALLOC(tmp, w->g_own, in->n);
    for (size_t j = 0; j < w->risk.times; j++) w->g[j] = free_before(w, w->risk.time[j]);
    for (size_t i = 0; i < in->n; i++) {
        w->g_own[i] = free_before(w, in->time[i]);
        if (in->status[i] == 2 && in->start && w->g_own[i] <= 0)
            FAIL(ST_INVALID, "nobody is under observation just before an entry, and a competing event comes before it; expected follow-up without "
                             "such a break");
    }
    return ST_OK;
}

static status
work_new(arena *tmp, const finegray_input *in, fg_work *w)
{
    *w = (fg_work){.in = in, .width = sums_width(in->p)};
    size_t p = (size_t)in->p;
    int8_t *event;
    ALLOC(tmp, event, in->n);
    for (size_t i = 0; i < in->n; i++) event[i] = in->status[i] == 1;
    CHECK(follow_risk(tmp, &(risk_input){in->n, in->start, in->time, event, NULL, 1}, &w->risk));
    ALLOC(tmp, w->mean, p);
    ALLOC(tmp, w->ties, w->risk.times);
    ALLOC(tmp, w->event_x, w->risk.times * p);
    ALLOC(tmp, w->regular, w->risk.times * w->width);
    ALLOC(tmp, w->tied, w->risk.times * w->width);
    ALLOC(tmp, w->competing, (w->risk.times + 1) * w->width);
    for (size_t a = 0; a < p; a++) {
        for (size_t i = 0; i < in->n; i++) w->mean[a] += in->x[a][i] - in->x[a][0]; /* exact where all are the same */
        if (in->n) w->mean[a] = in->x[a][0] + w->mean[a] / (double)in->n;
    }
    for (size_t i = 0; i < in->n; i++) {
        if (!event[i]) continue;
        size_t j = w->risk.exit[i] - 1;
        w->ties[j]++;
        for (size_t a = 0; a < p; a++) w->event_x[j * p + a] += in->x[a][i] - w->mean[a];
    }
    return censoring(tmp, w);
}

static double
weight_of(const fg_work *w, const double *coef, size_t i, double *x)
{
    double eta = 0;
    for (int a = 0; a < w->in->p; a++) {
        x[a] = w->in->x[a][i] - w->mean[a];
        eta += coef[a] * x[a];
    }
    return exp(eta);
}

/* Sums over the weighted risk set of each time, left in `regular`. */
static void
risk_sums(const fg_work *w, const double *coef)
{
    size_t width = w->width, times = w->risk.times;
    double x[FG_MOST];
    memset(w->regular, 0, times * width * sizeof(double));
    memset(w->tied, 0, times * width * sizeof(double));
    memset(w->competing, 0, (times + 1) * width * sizeof(double));
    for (size_t i = 0; i < w->in->n; i++) {
        double weight = weight_of(w, coef, i, x);
        size_t last = w->risk.exit[i], entry = w->risk.entry ? w->risk.entry[i] : 0;
        if (last) sums_add(w->in->p, weight, x, w->regular + (last - 1) * width);
        if (entry) sums_add(w->in->p, -weight, x, w->regular + (entry - 1) * width);
        if (w->in->efron && w->in->status[i] == 1) sums_add(w->in->p, weight, x, w->tied + (last - 1) * width);
        if (w->in->status[i] == 2) sums_add(w->in->p, weight / w->g_own[i], x, w->competing + last * width);
    }
    for (size_t j = times; j-- > 1;)
        for (size_t k = 0; k < width; k++) w->regular[(j - 1) * width + k] += w->regular[j * width + k];
    for (size_t j = 0; j < times; j++)
        for (size_t k = 0; k < width; k++) {
            if (j) w->competing[j * width + k] += w->competing[(j - 1) * width + k];
            w->regular[j * width + k] += w->g[j] * w->competing[j * width + k];
        }
}

/* The sums at time j, and what they come to. */
static cox_sums
time_sums(const fg_work *w, size_t j, cox_time *t)
{
    size_t p = (size_t)w->in->p;
    cox_sums s = {(double)w->ties[j], w->regular + j * w->width, w->tied + j * w->width, w->event_x + j * p};
    cox_time_sums(w->in->p, !w->in->efron, s.d, s.r, s.e, t);
    return s;
}

static void
evaluate(const void *model, const double *coef, newton_point *at)
{
    const fg_work *w = model;
    int p = w->in->p;
    cox_time t;
    cox_point point = {.base = *at};
    risk_sums(w, coef);
    point.base.loglik = 0;
    memset(at->gradient, 0, (size_t)p * sizeof(double));
    memset(at->information, 0, (size_t)p * (size_t)p * sizeof(double));
    for (size_t j = 0; j < w->risk.times; j++) {
        cox_sums s = time_sums(w, j, &t);
        for (int a = 0; a < p; a++) point.base.loglik += coef[a] * s.event_x[a];
        cox_time_add(p, !w->in->efron || s.d == 1, &s, &t, 0, &point);
    }
    at->loglik = point.base.loglik;
    for (int a = 0; a < p; a++)
        for (int b = 0; b < a; b++) at->information[b * p + a] = at->information[a * p + b];
}

/* Sums of the baseline hazard over times: up to (plain) and from (weighted by g) each time. */
typedef struct fg_sums {
    double *upto, *upto_x;   /* [times], [times * p] */
    double *own, *own_x;     /* [times], [times * p] what the events of the time did not live through (Efron) */
    double *mean;            /* [times * p] of x at the time */
    double *from, *from_x;   /* [times + 1], [(times + 1) * p] */
    double *psi_x;           /* [rows * p] the censoring term up to and at each row */
    double *jump_x;          /* [rows * p] q / number at risk */
} fg_sums;

static status
hazard_sums(arena *tmp, const fg_work *w, fg_sums *s)
{
    size_t p = (size_t)w->in->p, times = w->risk.times;
    cox_time t;
    ALLOC(tmp, s->upto, times);
    ALLOC(tmp, s->upto_x, times * p);
    ALLOC(tmp, s->own, times);
    ALLOC(tmp, s->own_x, times * p);
    ALLOC(tmp, s->mean, times * p);
    ALLOC(tmp, s->from, times + 1);
    ALLOC(tmp, s->from_x, (times + 1) * p);
    for (size_t j = 0; j < times; j++) {
        (void)time_sums(w, j, &t);
        s->upto[j] = s->from[j] = t.s1;
        s->own[j] = t.c1;
        for (size_t a = 0; a < p; a++) {
            s->upto_x[j * p + a] = s->from_x[j * p + a] = t.alpha[a] * t.s1 + t.beta[a] * t.s2;
            s->own_x[j * p + a] = t.alpha[a] * t.c1 + t.beta[a] * t.c2;
            s->mean[j * p + a] = t.alpha[a] + t.beta[a] * t.s1 / (double)w->ties[j];
        }
    }
    for (size_t j = 1; j < times; j++) {
        s->upto[j] += s->upto[j - 1];
        for (size_t a = 0; a < p; a++) s->upto_x[j * p + a] += s->upto_x[(j - 1) * p + a];
    }
    for (size_t j = times; j-- > 0;) {
        s->from[j] = w->g[j] * s->from[j] + s->from[j + 1];
        for (size_t a = 0; a < p; a++) s->from_x[j * p + a] = w->g[j] * s->from_x[j * p + a] + s->from_x[(j + 1) * p + a];
    }
    return ST_OK;
}

/* What each censoring does to the weights of those with another cause before it. */
static status
censoring_term(arena *tmp, const fg_work *w, const double *coef, fg_sums *s)
{
    size_t p = (size_t)w->in->p, rows = w->censor.rows;
    double *added, x[FG_MOST], *c;
    ALLOC(tmp, added, (rows + 1) * (p + 1));
    ALLOC(tmp, c, p + 1);
    ALLOC(tmp, s->psi_x, rows * p);
    ALLOC(tmp, s->jump_x, rows * p);
    for (size_t i = 0; i < w->in->n; i++) {
        if (w->in->status[i] != 2) continue;
        double weight = weight_of(w, coef, i, x) / w->g_own[i];
        double *to = added + rows_before(&w->censor, w->in->time[i]) * (p + 1);
        to[0] += weight;
        for (size_t a = 0; a < p; a++) to[1 + a] += weight * x[a];
    }
    size_t j = 0;
    for (size_t r = 0; r < rows; r++) {
        for (; j < w->risk.times && w->risk.time[j] < w->censor.time[r]; j++) {} /* times at or after the censoring */
        double n = (double)w->censor.at_risk[r], hazard = (double)w->censor.exits[r * 3] / n;
        for (size_t a = 0; a < p; a++) {
            double q = c[1 + a] * s->from[j] - c[0] * s->from_x[j * p + a];
            s->jump_x[r * p + a] = q / n;
            s->psi_x[r * p + a] = (r ? s->psi_x[(r - 1) * p + a] : 0) + hazard * q / n;
        }
        for (size_t a = 0; a <= p; a++) c[a] += added[r * (p + 1) + a]; /* their weights move from the next censoring on */
    }
    return ST_OK;
}

/* Influence of one person on the score; that by way of the censoring where all are there from the beginning. */
static void
influence(const fg_work *w, const fg_sums *s, const double *coef, size_t i, double *u)
{
    size_t p = (size_t)w->in->p, last = w->risk.exit[i], entry = w->risk.entry ? w->risk.entry[i] : 0;
    size_t row = rows_before(&w->censor, w->in->time[i]);
    int status_of = w->in->status[i];
    double x[FG_MOST], weight = weight_of(w, coef, i, x);
    for (size_t a = 0; a < p; a++) {
        u[a] = s->psi_x ? (status_of == 0 ? s->jump_x[row * p + a] : 0) - s->psi_x[row * p + a] : 0;
        if (last) u[a] -= weight * (x[a] * s->upto[last - 1] - s->upto_x[(last - 1) * p + a]);
        if (entry) u[a] += weight * (x[a] * s->upto[entry - 1] - s->upto_x[(entry - 1) * p + a]);
        if (status_of == 1) {
            size_t at = (last - 1) * p + a;
            u[a] += x[a] - s->mean[at] + weight * (x[a] * s->own[last - 1] - s->own_x[at]);
        }
        if (status_of == 2) u[a] -= weight / w->g_own[i] * (x[a] * s->from[last] - s->from_x[last * p + a]);
    }
}

static status
robust(const fg_work *w, const newton_result *fitted, double *variance)
{
    SCRATCH(tmp);
    int p = w->in->p;
    fg_sums s = {0};
    double u[FG_MOST], shift[FG_MOST];
    risk_sums(w, fitted->coef);
    CHECK(hazard_sums(tmp, w, &s));
    if (!w->in->start) CHECK(censoring_term(tmp, w, fitted->coef, &s));
    for (size_t i = 0; i < w->in->n; i++) {
        influence(w, &s, fitted->coef, i, u);
        for (int a = 0; a < p; a++) {
            shift[a] = 0;
            for (int b = 0; b < p; b++) shift[a] += fitted->variance[a * p + b] * u[b];
        }
        for (int a = 0; a < p; a++)
            for (int b = 0; b < p; b++) variance[a * p + b] += shift[a] * shift[b];
    }
    return ST_OK;
}

status
follow_finegray(arena *out, const finegray_input *in, finegray_result *result)
{
    if (in->p < 1 || in->p > FG_MOST) FAIL(ST_INVALID, "expected 1 to %d covariates", FG_MOST);
    SCRATCH(tmp);
    fg_work w;
    CHECK(work_new(tmp, in, &w));
    finegray_result r = {.p = in->p, .score = NAN, .lrt = NAN, .wald = NAN};
    double *coef, *variance;
    ALLOC(out, coef, in->p);
    ALLOC(out, variance, in->p * in->p);
    r.coef = coef, r.variance = r.naive = variance;
    for (size_t i = 0; i < in->n; i++) r.events += in->status[i] == 1, r.competing += in->status[i] == 2;
    for (int a = 0; a < in->p; a++) coef[a] = NAN;
    if (r.events) {
        newton_result fitted;
        CHECK(newton_fit(out, in->p, evaluate, &w, NULL, &fitted));
        CHECK(robust(&w, &fitted, variance));
        CHECK(newton_wald(in->p, variance, fitted.coef, fitted.kept, &r.wald));
        r.df = fitted.df, r.converged = fitted.converged, r.iterations = fitted.iterations, r.score = fitted.score;
        r.loglik[0] = fitted.loglik[0], r.loglik[1] = fitted.loglik[1];
        r.lrt = 2 * (r.loglik[1] - r.loglik[0]);
        r.naive = fitted.variance;
        for (int a = 0; a < in->p; a++) coef[a] = fitted.converged && fitted.kept[a] ? fitted.coef[a] : NAN;
    }
    *result = r;
    return ST_OK;
}
