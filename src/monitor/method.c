#include "monitor/method.h"

#include "follow/crosstab.h"
#include "follow/ordered.h"
#include "follow/two_by_two.h"

#include <math.h>

enum { LEAST_EXPECTED = 5, SAMPLES = 3999, MOST_DIGITS = 4, EFFECT_DIGITS = 2 };

/* Stands for every p below 0.001. */
static const double tiny = 0.0004;

typedef struct method_context {
    const follow_stratified *strata;
    int64_t released[4]; /* turned: groups in rows */
    bool beside, exact, ordered;
    follow_null *null;
} method_context;

double
method_printable(double p)
{
    return p < 0.001 ? tiny : p;
}

static void
nothing(double number[])
{
    for (int k = 0; k < TRIAL_NUMBERS; k++) number[k] = NAN;
}

static void
pearson(size_t rows, size_t columns, const int64_t table[], const void *context, double number[TRIAL_NUMBERS])
{
    const method_context *x = context;
    nothing(number);
    number[METHOD_STATISTIC] = x->ordered ? follow_ordered(table, rows, columns) : follow_pearson(table, rows, columns);
    number[METHOD_P] = x->ordered ? follow_ordered_p(table, rows, columns) : follow_pearson_p(table, rows, columns);
}

static void
fisher(size_t rows, size_t columns, const int64_t table[], const void *context, double number[TRIAL_NUMBERS])
{
    (void)context, (void)rows, (void)columns;
    nothing(number);
    number[METHOD_P] = follow_two_by_two(table);
    number[METHOD_STATISTIC] = method_printable(number[METHOD_P]);
}

static void
monte_carlo(size_t rows, size_t columns, const int64_t table[], const void *context, double number[TRIAL_NUMBERS])
{
    const method_context *x = context;
    (void)rows, (void)columns;
    nothing(number);
    number[METHOD_P] = follow_null_p(x->null, table);
    number[METHOD_STATISTIC] = method_printable(number[METHOD_P]);
}

/* Outcome in rows, cases and controls in columns. */
static void
matched(size_t rows, size_t columns, const int64_t table[], const void *context, double number[TRIAL_NUMBERS])
{
    const method_context *x = context;
    const int64_t turned[] = {table[0], table[2], table[1], table[3]};
    stratified_test t;
    nothing(number);
    if (!follow_stratified_at(x->strata, turned, x->released, x->exact, &t)) return;
    number[METHOD_P] = x->exact ? t.exact : t.p;
    number[METHOD_STATISTIC] = x->exact ? method_printable(t.exact) : t.chisq;
    number[METHOD_EFFECT] = t.risk_ratio.estimate;
    number[METHOD_LOWER] = t.risk_ratio.lower;
    number[METHOD_UPPER] = t.risk_ratio.upper;
    if (x->beside) number[METHOD_BESIDE] = x->exact ? method_printable(follow_two_by_two(table)) : follow_pearson(table, rows, columns);
}

bool
method_is_chisq(const char *part)
{
    return !strcmp(part, "pearson") || !strcmp(part, "mantel_haenszel") || !strcmp(part, "kruskal_wallis");
}

static int
digits_of(const char *part)
{
    return method_is_chisq(part) ? MOST_DIGITS : 3;
}

status
method_choose(arena *a, const method_input *in, protect_method *result)
{
    method_context *x;
    ALLOC(a, x, 1);
    if (in->ordered) {
        *x = (method_context){.ordered = true};
        *result = (protect_method){.parts = 1, .part = {"kruskal_wallis"}};
        result->trial = (trial_method){.evaluate = pearson, .context = x, .p = METHOD_P, .item = {[METHOD_ITEM_STATISTIC] = {METHOD_STATISTIC, 1, MOST_DIGITS}}};
        return ST_OK;
    }
    bool small = !(follow_least_expected(in->rounded, in->rows, in->columns) >= LEAST_EXPECTED), four = in->rows == 2 && in->columns == 2;
    *x = (method_context){.strata = in->strata, .beside = in->beside, .exact = small};
    protect_method m = {.parts = 1, .part = {!small ? "pearson" : four ? "fisher" : "monte_carlo"}};
    m.trial = (trial_method){.evaluate = !small ? pearson : four ? fisher : monte_carlo, .context = x, .p = METHOD_P, .slow = small && !four};
    if (small && !four) CHECK(follow_null_new(a, in->rows, in->columns, 1, SAMPLES, &x->null));
    if (in->strata) {
        for (int k = 0; k < 4; k++) x->released[k] = in->rounded[k % 2 * 2 + k / 2];
        m.part[1] = in->beside ? m.part[0] : NULL;
        m.parts = in->beside ? 2 : 1;
        m.part[0] = small ? "exact_stratified" : "mantel_haenszel";
        m.trial.evaluate = matched;
        m.trial.columns_known = true;
        m.trial.item[METHOD_ITEM_EFFECT] = (trial_item){METHOD_EFFECT, 3, EFFECT_DIGITS};
        if (in->beside) m.trial.item[METHOD_ITEM_BESIDE] = (trial_item){METHOD_BESIDE, 1, digits_of(m.part[1])};
    }
    m.trial.item[METHOD_ITEM_STATISTIC] = (trial_item){METHOD_STATISTIC, 1, digits_of(m.part[0])};
    *result = m;
    return ST_OK;
}
