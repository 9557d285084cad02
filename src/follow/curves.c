#include "follow/curves.h"

#include <math.h>
#define MATHLIB_STANDALONE
#include <Rmath.h>

typedef struct limits {
    double lower, upper;
} limits;

/* se: standard error of log survival. */
static limits
interval_of(double p, double se, follow_interval kind, double z)
{
    if (kind == INTERVAL_PLAIN) {
        double wide = se * p * z;
        return isnan(wide) ? (limits){NAN, NAN} : (limits){fmax(p - wide, 0), fmin(p + wide, 1)};
    }
    if (p == 0 || (kind == INTERVAL_LOG_LOG && p == 1)) return (limits){NAN, NAN};
    if (kind == INTERVAL_LOG) return (limits){exp(log(p) - z * se), fmin(exp(log(p) + z * se), 1)};
    double wide = z * se / log(p), middle = log(-log(p));
    return (limits){exp(-exp(middle - wide)), exp(-exp(middle + wide))};
}

typedef struct curve_arrays {
    double *survival, *error, *lower, *upper, *hazard, *hazard_error, *hazard_lower, *hazard_upper;
} curve_arrays;

static void
fill_group(const follow_counts *c, int32_t g, follow_interval kind, double z, const curve_arrays *to)
{
    double survival = 1, greenwood = 0, hazard = 0, variance = 0;
    for (size_t r = c->first[g]; r < c->first[g + 1]; r++) {
        double n = (double)c->at_risk[r], d = (double)counts_events(c, r);
        if (d > 0) {
            survival *= (n - d) / n;
            greenwood += d / (n * (n - d));
            hazard += d / n;
            variance += d / (n * n);
        }
        double se = sqrt(greenwood), he = sqrt(variance);
        limits ci = interval_of(survival, se, kind, z);
        to->survival[r] = survival;
        to->error[r] = survival > 0 ? survival * se : NAN;
        to->lower[r] = ci.lower, to->upper[r] = ci.upper;
        to->hazard[r] = hazard, to->hazard_error[r] = he;
        double factor = exp(z * he / hazard);
        to->hazard_lower[r] = hazard > 0 ? hazard / factor : NAN;
        to->hazard_upper[r] = hazard > 0 ? hazard * factor : NAN;
    }
}

status
follow_km(arena *out, const follow_counts *c, const follow_curve_options *options, follow_curve *result)
{
    curve_arrays to;
    ALLOC(out, to.survival, c->rows);
    ALLOC(out, to.error, c->rows);
    ALLOC(out, to.lower, c->rows);
    ALLOC(out, to.upper, c->rows);
    ALLOC(out, to.hazard, c->rows);
    ALLOC(out, to.hazard_error, c->rows);
    ALLOC(out, to.hazard_lower, c->rows);
    ALLOC(out, to.hazard_upper, c->rows);
    double level = options && options->level > 0 ? options->level : 0.95;
    double z = qnorm(1 - (1 - level) / 2, 0, 1, 1, 0);
    for (int32_t g = 0; g < c->groups; g++) fill_group(c, g, options ? options->interval : INTERVAL_LOG, z, &to);
    *result = (follow_curve){to.survival, to.error, to.lower, to.upper, to.hazard, to.hazard_error, to.hazard_lower, to.hazard_upper};
    return ST_OK;
}

double
follow_quantile(const follow_counts *c, const follow_curve *k, int32_t group, double q)
{
    for (size_t r = c->first[group]; r < c->first[group + 1]; r++)
        if (k->survival[r] <= q) return c->time[r];
    return NAN;
}
