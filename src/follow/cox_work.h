/* Inside of the Cox fit: the likelihood and its derivatives at given coefficients. */
#ifndef PEIL_FOLLOW_COX_WORK_H
#define PEIL_FOLLOW_COX_WORK_H

#include "follow/cox.h"
#include "follow/newton.h"
#include "follow/risk.h"

enum { COX_BLOCK = 256, COX_MOST = 64, COX_THIRD = 6 /* covariates for which third derivatives are made */, COX_SUMS = 1 + COX_MOST + COX_MOST * (COX_MOST + 1) / 2 };

typedef struct cox_order cox_order;

typedef struct cox_work {
    const cox_input *in;
    size_t width;          /* of a row of sums */
    int32_t strata;
    int64_t events;
    double *mean;          /* [p] of the columns */
    double *flat;          /* [p] information up to which a column is constant among those at risk (in each stratum): the rest is rounding */
    double *event_total;   /* [p] sum of x (centred) over all events */
    bool ordered;          /* many distinct times */
    risk_index risk;       /* ordered: made when somebody looks at single times, by cox_work_index() */
    uint32_t *ties;        /* [times] events; with `risk` */
    /* few times: */
    double *event_x;       /* [times * p] sum of x (centred) over the events */
    double *sums, *tied;   /* [times * width] over spans by their last time at risk, less those entered; over events */
    /* many: */
    cox_order *order;
} cox_work;

/* What one event time adds, given sums R over the risk set and E over the events. */
typedef struct cox_time {
    double log_part;             /* to subtract from the log likelihood */
    double s1, s2;               /* sums of 1/denominator and of its square */
    double c1, c2;               /* the same weighted with the Efron share k/d */
    double alpha[COX_MOST], beta[COX_MOST]; /* mean of x in term k: alpha + beta / denominator(k) */
} cox_time;

typedef struct cox_point {
    newton_point base;
    /* with g: */
    const double *g;                /* [times] */
    double *gradient_g, *information_g, *information_gg;
    /* with visit: */
    void (*visit)(void *context, size_t time, const cox_time *t);
    void *context;
} cox_point;

/* Sums at one event time: over the risk set, over its d events. */
typedef struct cox_sums {
    double d;
    const double *r, *e;   /* [width] */
    const double *event_x; /* [p] */
} cox_sums;

status cox_work_new(arena *tmp, const cox_input *in, cox_work *w);

/* The likelihood at `coef`, into `at`, and at 0, into `zero` (NULL: not asked). Times of a stratum are visited from last to
 * first. */
void cox_evaluate(const cox_work *w, const double *coef, cox_point *at, newton_point *zero);

/* What one time adds to the likelihood. */
void cox_add_time(const cox_work *w, size_t j, const cox_sums *s, cox_point *at);

/* Times, and where each span stands among them. */
status cox_work_index(arena *tmp, cox_work *w);

/* cox_order.c: many distinct times. Rows are sorted once and gathered a block at a time, so that memory does not grow by times. */
status cox_order_new(arena *out, cox_work *w);
void cox_order_evaluate(const cox_work *w, const double *coef, cox_point *at, newton_point *zero);

/* Sums over the Efron (or Breslow) terms of a time with d events, from the weights R0 of the risk set and E0 of the events; R1, E1 for
 * alpha and beta. */
void cox_time_sums(int p, bool breslow, double d, const double *r, const double *e, cox_time *t);

void cox_time_add(int p, bool plain, const cox_sums *s, const cox_time *t, double g, cox_point *at);

/* exp of the linear predictor and x (centred) of one span. */
double cox_weight(const cox_work *w, const double *coef, size_t i, double x[COX_MOST]);

/* Sandwich variance by cluster, [p * p]. */
status cox_robust(const cox_work *w, const double *coef, const double *variance, double *robust);

/* Tests of proportional hazards per term and for all. */
status cox_zph(const cox_work *w, const double *coef, const bool *kept, int terms, double *chisq, int *df);

#endif
