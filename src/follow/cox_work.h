/* Inside of the Cox fit: the likelihood and its derivatives at given coefficients. */
#ifndef PEIL_FOLLOW_COX_WORK_H
#define PEIL_FOLLOW_COX_WORK_H

#include "follow/cox.h"
#include "follow/newton.h"
#include "follow/risk.h"

enum { COX_BLOCK = 256, COX_MOST = 64 };

typedef struct cox_work {
    const cox_input *in;
    risk_index risk;
    size_t width;          /* of a row of sums */
    double *mean;          /* [p] of the columns */
    int64_t *ties;         /* [times] events */
    double *event_x;       /* [times * p] sum of x (centred) over the events */
    double *sums, *tied;   /* [times * width] over spans by their last time at risk, less those entered; over events. NULL: many
                              times, then the members of each time are looked up: */
    size_t *begin, *enter_begin; /* [times + 1] */
    uint32_t *member, *enter;    /* [n] */
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

status cox_work_new(arena *tmp, const cox_input *in, cox_work *w);

/* The likelihood at `coef`, into `at`. Times of a stratum are visited from last to first. */
void cox_evaluate(const cox_work *w, const double *coef, cox_point *at);

/* exp of the linear predictor and x (centred) of one span. */
double cox_weight(const cox_work *w, const double *coef, size_t i, double x[COX_MOST]);

/* Sandwich variance by cluster, [p * p]. */
status cox_robust(const cox_work *w, const double *coef, const double *variance, double *robust);

/* Tests of proportional hazards per term and for all. */
status cox_zph(const cox_work *w, const double *coef, const bool *kept, int terms, double *chisq, int *df);

#endif
