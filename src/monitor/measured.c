#include "monitor/measured.h"

#include "follow/ordered.h"
#include "follow/two_by_two.h"
#include "monitor/method.h"

#include <math.h>

static protect_number
none(void)
{
    return (protect_number){NUMBER_NONE, NAN, 0};
}

static protect_number
of_released(double value)
{
    return isnan(value) ? none() : (protect_number){NUMBER_VALUE, value, 0};
}

static protect_number
of_shown(const protect_tested *x, int number)
{
    double value = x->shown[number];
    return isnan(value) ? (protect_number){NUMBER_WITHHELD, NAN, 0} : (protect_number){NUMBER_VALUE, value, x->digits[number]};
}

static int
number_of(const protect_tested *x)
{
    return x->part ? METHOD_BESIDE : METHOD_STATISTIC;
}

static double
df_of(const protect_tested *x)
{
    return !strcmp(x->method, "mantel_haenszel") ? 1 : !strcmp(x->method, "kruskal_wallis") ? (double)x->columns - 1 : follow_table_df(x->rounded, x->rows, x->columns);
}

static protect_number
chisq(const protect_tested *x)
{
    return method_is_chisq(x->method) ? of_shown(x, number_of(x)) : none();
}

static bool
is_welch(const protect_tested *x)
{
    return !strcmp(x->method, "welch");
}

static protect_number
df(const protect_tested *x)
{
    if (is_welch(x)) return of_shown(x, METHOD_DF);
    return method_is_chisq(x->method) ? of_released(df_of(x)) : none();
}

static protect_number
t(const protect_tested *x)
{
    return is_welch(x) ? of_shown(x, METHOD_STATISTIC) : none();
}

/* The least and the largest p that go with the chi-square as shown. */
static bool
p_range(const protect_tested *x, double range[2])
{
    protect_number n = chisq(x);
    if (n.state != NUMBER_VALUE) return false;
    double step = n.value > 0 ? pow(10, floor(log10(n.value)) - n.digits + 1) : 0;
    double down = n.value > 0 && n.value < 1.5 * pow(10, floor(log10(n.value))) && n.digits == 1 ? step / 20 : step / 2; /* 9.5 prints as 10 */
    range[0] = follow_chisq_tail(n.value + step / 2, df_of(x));
    range[1] = follow_chisq_tail(fmax(n.value - down, 0), df_of(x));
    return true;
}

enum { P_DECIMALS = 3 };

/* How many decimals of p the digits of the chi-square are enough for: three, two, or none. */
static int
p_decimals(const double range[2])
{
    double wide = range[1] - range[0];
    return wide <= 0.0005 ? P_DECIMALS : wide <= 0.005 && range[0] >= 0.01 ? P_DECIMALS - 1 : 0;
}

/* Of the chi-square as shown. */
static protect_number
p(const protect_tested *x)
{
    double range[2];
    protect_number n = chisq(x);
    if (is_welch(x)) return of_shown(x, METHOD_BESIDE);
    if (!p_range(x, range)) return n;
    int decimals = p_decimals(range);
    if (decimals == 0) return none();
    n = of_released(fmax(follow_chisq_tail(n.value, df_of(x)), 1e-300)); /* never quite zero: it prints as below */
    if (decimals < P_DECIMALS) n.digits = (int)floor(log10(n.value)) + 1 + decimals;
    return n;
}

static protect_number
exact_p(const protect_tested *x)
{
    return method_is_chisq(x->method) || is_welch(x) ? none() : of_shown(x, number_of(x));
}

static protect_number
below(const protect_tested *x, adjusted_by way)
{
    if (x->part) return none(); /* of the test that is read */
    return isnan(x->below[way]) ? (protect_number){NUMBER_WITHHELD, NAN, 0} : of_released(x->below[way]);
}

/* Where p itself is not printed: too low, too few digits of the statistic, or that withheld. */
static protect_number
raw_below(const protect_tested *x)
{
    double range[2] = {0};
    bool chi = method_is_chisq(x->method);
    if (!chi) range[0] = range[1] = is_welch(x) ? p(x).value : exact_p(x).value;
    if ((chi ? !p_range(x, range) : isnan(range[1]))) return isnan(x->below[ADJUSTED_NOT]) ? none() : below(x, ADJUSTED_NOT);
    if (p_decimals(range) > 0 && range[1] >= 0.0005) return none();
    for (int b = 0; b < ADJUSTED_BOUNDS; b++)
        if (range[1] < adjusted_bound(b)) return of_released(adjusted_bound(b));
    return range[0] >= adjusted_bound(ADJUSTED_WIDEST) ? of_released(1) : none();
}

static protect_number holm(const protect_tested *x) { return below(x, ADJUSTED_HOLM); }
static protect_number bh(const protect_tested *x) { return below(x, ADJUSTED_BH); }
static protect_number family(const protect_tested *x) { return x->part ? none() : of_released((double)x->family); }

/* Matched: as the gate allows; else of released counts, where groups are the columns, the outcome the first row. */
static protect_number
risk_ratio(const protect_tested *x, int which)
{
    if (x->rows != 2 || x->columns != 2) return none();
    if (!strcmp(x->method, "mantel_haenszel") || !strcmp(x->method, "exact_stratified")) return of_shown(x, METHOD_EFFECT + which);
    const int64_t turned[] = {x->rounded[0], x->rounded[2], x->rounded[1], x->rounded[3]};
    effect e = follow_effect_rr(turned, 0.95);
    return of_released(which == 0 ? e.estimate : which == 1 ? e.lower : e.upper);
}

static protect_number
cramers_v(const protect_tested *x, int which)
{
    if ((x->rows == 2 && x->columns == 2) || is_welch(x) || !strcmp(x->method, "kruskal_wallis")) return none();
    effect e = follow_effect_v(x->rounded, x->rows, x->columns, 0.95);
    return of_released(which == 0 ? e.estimate : which == 1 ? e.lower : e.upper);
}

static protect_number
superiority(const protect_tested *x, int which)
{
    if (strcmp(x->method, "kruskal_wallis") || x->columns != 2) return none();
    effect e = follow_ordered_superiority(x->rounded, x->rows, 0.95);
    return of_released(which == 0 ? e.estimate : which == 1 ? e.lower : e.upper);
}

static protect_number
difference(const protect_tested *x, int which)
{
    return is_welch(x) ? of_shown(x, METHOD_EFFECT + which) : none();
}

static protect_number d(const protect_tested *x) { return difference(x, 0); }
static protect_number d_lower(const protect_tested *x) { return difference(x, 1); }
static protect_number d_upper(const protect_tested *x) { return difference(x, 2); }
static protect_number more(const protect_tested *x) { return superiority(x, 0); }
static protect_number more_lower(const protect_tested *x) { return superiority(x, 1); }
static protect_number more_upper(const protect_tested *x) { return superiority(x, 2); }
static protect_number rr(const protect_tested *x) { return risk_ratio(x, 0); }
static protect_number rr_lower(const protect_tested *x) { return risk_ratio(x, 1); }
static protect_number rr_upper(const protect_tested *x) { return risk_ratio(x, 2); }
static protect_number v(const protect_tested *x) { return cramers_v(x, 0); }
static protect_number v_lower(const protect_tested *x) { return cramers_v(x, 1); }
static protect_number v_upper(const protect_tested *x) { return cramers_v(x, 2); }
static protect_number least(const protect_tested *x) { return is_welch(x) ? none() : of_released(follow_least_expected(x->rounded, x->rows, x->columns)); }
static protect_number rows(const protect_tested *x) { return is_welch(x) ? none() : of_released((double)x->rows); }
static protect_number columns(const protect_tested *x) { return of_released((double)x->columns); }

static const struct {
    const char *code, *words;
    int decimals;
    protect_number (*of)(const protect_tested *x);
} measures[MEASURED] = {
    [MEASURED_ROWS] = {"rows", WORD("rows"), 0, rows},
    [MEASURED_COLUMNS] = {"columns", WORD("columns"), 0, columns},
    [MEASURED_LEAST] = {"least", WORD("least expected count"), 0, least},
    [MEASURED_CHISQ] = {"chisq", WORD("chi-square"), 3, chisq},
    [MEASURED_T] = {"t", WORD("t"), 2, t},
    [MEASURED_DF] = {"df", WORD("degrees of freedom"), 0, df},
    [MEASURED_P] = {"p", WORD("p"), 3, p},
    [MEASURED_EXACT] = {"exact_p", WORD("exact p"), 3, exact_p},
    [MEASURED_BELOW] = {"p_below", WORD("p below"), 3, raw_below},
    [MEASURED_HOLM] = {"holm_below", WORD("p adjusted by Holm below"), 3, holm},
    [MEASURED_BH] = {"bh_below", WORD("p adjusted by Benjamini and Hochberg below"), 3, bh},
    [MEASURED_FAMILY] = {"family", WORD("tests adjusted for"), 0, family},
    [MEASURED_RR] = {"rr", WORD("risk ratio"), 1, rr},
    [MEASURED_RR_LOWER] = {"rr_lower", WORD("lower limit"), 1, rr_lower},
    [MEASURED_RR_UPPER] = {"rr_upper", WORD("upper limit"), 1, rr_upper},
    [MEASURED_V] = {"v", WORD("Cramer's V"), 2, v},
    [MEASURED_V_LOWER] = {"v_lower", WORD("lower limit"), 2, v_lower},
    [MEASURED_V_UPPER] = {"v_upper", WORD("upper limit"), 2, v_upper},
    [MEASURED_DIFFERENCE] = {"difference", WORD("difference of means"), 1, d},
    [MEASURED_DIFFERENCE_LOWER] = {"difference_lower", WORD("lower limit"), 1, d_lower},
    [MEASURED_DIFFERENCE_UPPER] = {"difference_upper", WORD("upper limit"), 1, d_upper},
    [MEASURED_MORE] = {"more", WORD("chance that one of the first group has more"), 2, more},
    [MEASURED_MORE_LOWER] = {"more_lower", WORD("lower limit"), 2, more_lower},
    [MEASURED_MORE_UPPER] = {"more_upper", WORD("upper limit"), 2, more_upper},
};

status
measured_list(arena *out, const protect_measure **result)
{
    protect_measure *list;
    ALLOC(out, list, MEASURED);
    for (int k = 0; k < MEASURED; k++)
        list[k] = (protect_measure){{measures[k].code, {words_get(LANGUAGE_NL, measures[k].words), words_get(LANGUAGE_EN, measures[k].words)}},
                                    measures[k].decimals, measures[k].of};
    *result = list;
    return ST_OK;
}
