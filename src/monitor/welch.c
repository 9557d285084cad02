#include "monitor/welch.h"

#include "follow/shares.h"
#include "monitor/method.h"
#include "protect/spread.h"

#include <math.h>

enum { INPUTS = 6, OUTPUTS = 5, MOST_DIGITS = 4 }; /* number, mean and deviation of each group; t, df, difference, lower, upper */

typedef struct range {
    double low, high;
} range;

static double
unit(double value)
{
    return floor(log10(fabs(value)) + 1e-9);
}

/* Significant digits down to the step; at least one. */
static int
digits_to(double value, double step)
{
    double digits = value == 0 ? 1 : unit(value) - unit(step) + 1;
    return digits < 1 ? 1 : digits > MOST_DIGITS ? MOST_DIGITS : (int)digits;
}

static void
outputs(const double in[INPUTS], double out[OUTPUTS], double *p)
{
    welch_result w = follow_welch_of(in, in + 2, in + 4, 0.95);
    const double all[OUTPUTS] = {w.t, w.df, w.difference.estimate, w.difference.lower, w.difference.upper};
    memcpy(out, all, sizeof all);
    *p = w.p;
}

/* Over all corners of what is printed; false: not everywhere is there a test. */
static bool
spans(const range in[INPUTS], range out[OUTPUTS], double *most_p)
{
    *most_p = 0;
    for (int k = 0; k < OUTPUTS; k++) out[k] = (range){INFINITY, -INFINITY};
    for (unsigned corner = 0; corner < 1u << INPUTS; corner++) {
        double at[INPUTS], made[OUTPUTS], p;
        for (int i = 0; i < INPUTS; i++) at[i] = corner >> i & 1 ? in[i].high : in[i].low;
        outputs(at, made, &p);
        if (isnan(p)) return false;
        *most_p = fmax(*most_p, p);
        for (int k = 0; k < OUTPUTS; k++) out[k] = (range){fmin(out[k].low, made[k]), fmax(out[k].high, made[k])};
    }
    if (out[0].low < 0 && out[0].high > 0) *most_p = 1; /* no difference at all is among them */
    return true;
}

typedef struct welch_context {
    double number[TRIAL_NUMBERS];
} welch_context;

static void
as_printed(size_t rows, size_t columns, const int64_t table[], const void *context, double number[TRIAL_NUMBERS])
{
    (void)rows, (void)columns, (void)table;
    memcpy(number, ((const welch_context *)context)->number, sizeof((const welch_context *)context)->number);
}

/* A number by the step its range leaves, and the digits that shows. */
static int
put(double number[], int n, const double value[], const range span[])
{
    double wide = 0, largest = 0;
    for (int k = 0; k < n; k++) wide = fmax(wide, span[k].high - span[k].low), largest = fmax(largest, fabs(value[k]));
    spread_number first = spread_round(largest, wide);
    double step = isnan(first.step) ? pow(10, unit(largest)) : first.step;
    for (int k = 0; k < n; k++) number[k] = step < 1 ? round(value[k] / step) / round(1 / step) : round(value[k] / step) * step;
    return digits_to(largest, step);
}

static bool
read(const released *means, const size_t column[2], const int64_t persons[2], int reach, double value[INPUTS], range in[INPUTS])
{
    for (size_t g = 0; g < 2; g++) {
        released_cell mean = released_at(means, SPREAD_MEAN, column[g]), sd = released_at(means, SPREAD_SD, column[g]);
        if (mean.state != RELEASED_VALUE || sd.state != RELEASED_VALUE) return false;
        value[g] = (double)persons[g], value[2 + g] = mean.value, value[4 + g] = sd.value;
        in[g] = (range){fmax(value[g] - reach, 2), value[g] + reach};
        in[2 + g] = (range){mean.value - mean.step / 2, mean.value + mean.step / 2};
        in[4 + g] = (range){fmax(sd.value - sd.step / 2, 0), sd.value + sd.step / 2};
    }
    return true;
}

status
welch_choose(arena *a, const released *means, const size_t column[2], const int64_t persons[2], int reach, protect_method *result)
{
    welch_context *x;
    double value[INPUTS], made[OUTPUTS], p, most_p;
    range in[INPUTS], span[OUTPUTS];
    ALLOC(a, x, 1);
    *result = (protect_method){.parts = 1, .part = {"welch"}, .trial = {.context = x, .p = METHOD_P}};
    if (!read(means, column, persons, reach, value, in) || !spans(in, span, &most_p)) return ST_OK;
    outputs(value, made, &p);
    for (int k = 0; k < TRIAL_NUMBERS; k++) x->number[k] = NAN;
    x->number[METHOD_P] = most_p;
    x->number[METHOD_BESIDE] = method_printable(most_p);
    result->trial.item[METHOD_ITEM_STATISTIC] = (trial_item){METHOD_STATISTIC, 1, put(&x->number[METHOD_STATISTIC], 1, made, span)};
    result->trial.item[METHOD_ITEM_DF] = (trial_item){METHOD_DF, 1, put(&x->number[METHOD_DF], 1, made + 1, span + 1)};
    result->trial.item[METHOD_ITEM_EFFECT] = (trial_item){METHOD_EFFECT, 3, put(&x->number[METHOD_EFFECT], 3, made + 2, span + 2)};
    result->trial.item[METHOD_ITEM_BESIDE] = (trial_item){METHOD_BESIDE, 1, 3};
    result->trial.evaluate = as_printed;
    return ST_OK;
}
