#include "monitor/measured.h"

#include "follow/crosstab.h"
#include "follow/two_by_two.h"
#include "monitor/method.h"
#include "monitor/tested.h"

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
    return strcmp(x->method, "pearson") ? 1 : follow_table_df(x->rounded, x->rows, x->columns);
}

static protect_number
chisq(const protect_tested *x)
{
    return method_is_chisq(x->method) ? of_shown(x, number_of(x)) : none();
}

static protect_number
df(const protect_tested *x)
{
    return method_is_chisq(x->method) ? of_released(df_of(x)) : none();
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
    if (!p_range(x, range)) return n;
    int decimals = p_decimals(range);
    if (decimals == 0) return none();
    n = of_released(follow_chisq_tail(n.value, df_of(x)));
    if (decimals < P_DECIMALS) n.digits = (int)floor(log10(n.value)) + 1 + decimals;
    return n;
}

static protect_number
exact_p(const protect_tested *x)
{
    return method_is_chisq(x->method) ? none() : of_shown(x, number_of(x));
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
    if (!chi) range[0] = range[1] = exact_p(x).value;
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
    if (x->rows == 2 && x->columns == 2) return none();
    effect e = follow_effect_v(x->rounded, x->rows, x->columns, 0.95);
    return of_released(which == 0 ? e.estimate : which == 1 ? e.lower : e.upper);
}

static protect_number rr(const protect_tested *x) { return risk_ratio(x, 0); }
static protect_number rr_lower(const protect_tested *x) { return risk_ratio(x, 1); }
static protect_number rr_upper(const protect_tested *x) { return risk_ratio(x, 2); }
static protect_number v(const protect_tested *x) { return cramers_v(x, 0); }
static protect_number v_lower(const protect_tested *x) { return cramers_v(x, 1); }
static protect_number v_upper(const protect_tested *x) { return cramers_v(x, 2); }
static protect_number least(const protect_tested *x) { return of_released(follow_least_expected(x->rounded, x->rows, x->columns)); }
static protect_number rows(const protect_tested *x) { return of_released((double)x->rows); }
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

/* --- in words --- */

typedef struct speaking {
    const monitor_definition *d;
    const released *tests;
    size_t row;
    language in;
    text_builder *b;
} speaking;

static const char *
word(const speaking *s, const char *id)
{
    return words_get(s->in, id);
}

static bool
has(const speaking *s, int measure)
{
    released_state state = released_at(s->tests, s->row, (size_t)measure).state;
    return state == RELEASED_VALUE || state == RELEASED_LOW;
}

static void
put_number(const speaking *s, const char *before, int measure)
{
    text_printf(s->b, "%s{%s/%s/%s}", before, released_figure(s->tests), released_rows(s->tests)->item[s->row].code.code, measures[measure].code);
}

static const char *
decimal(const speaking *s, double bound)
{
    static const char *const texts[][LANGUAGE_COUNT] = {{"0,001", "0.001"}, {"0,01", "0.01"}, {"0,05", "0.05"}};
    return texts[(bound > 0.001) + (bound > 0.01)][s->in];
}

static void
put_p(const speaking *s, int measure)
{
    text_printf(s->b, ", %s", word(s, measures[measure].words));
    if (released_at(s->tests, s->row, (size_t)measure).state == RELEASED_LOW) text_printf(s->b, " < %s", decimal(s, 0.001));
    else put_number(s, " = ", measure);
}

/* ", adjusted p < 0.01" */
static void
put_below(const speaking *s, const char *p_words, int measure)
{
    released_cell c = released_at(s->tests, s->row, (size_t)measure);
    if (!has(s, measure)) return;
    text_printf(s->b, ", %s", p_words);
    if (c.value < 1) text_printf(s->b, " < %s", decimal(s, c.value));
    else text_printf(s->b, " %s %s", word(s, WORD("not below")), decimal(s, 0.05));
}

static void
put_adjusted(const speaking *s)
{
    const char *way = s->d->adjust;
    if (!has(s, MEASURED_P) && !has(s, MEASURED_EXACT)) put_below(s, word(s, WORD("p")), MEASURED_BELOW);
    if (way && strcmp(way, "none")) put_below(s, word(s, WORD("adjusted p")), strcmp(way, "holm") ? MEASURED_BH : MEASURED_HOLM);
}

static void
put_effect(const speaking *s, const char *words, int measure)
{
    if (!has(s, measure)) return;
    text_printf(s->b, "; %s", words);
    put_number(s, " ", measure);
    if (!has(s, measure + 1) || !has(s, measure + 2)) return;
    put_number(s, " (", measure + 1);
    put_number(s, s->in == LANGUAGE_NL ? " tot " : " to ", measure + 2);
    text_put(s->b, ")");
}

static const struct {
    const char *method, *words;
} methods[] = {
    {"pearson", WORD("Pearson's chi-square")},
    {"fisher", WORD("Fisher's exact test")},
    {"monte_carlo", WORD("exact test by simulation")},
    {"mantel_haenszel", WORD("chi-square of Mantel and Haenszel")},
    {"exact_stratified", WORD("exact test within strata")},
};

static const char *
method_words(const speaking *s, const char *method)
{
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (!strcmp(methods[i].method, method)) return word(s, methods[i].words);
    return method;
}

static void
put_sentence(const speaking *s)
{
    const exact_item *item = &released_rows(s->tests)->item[s->row];
    bool chi = method_is_chisq(item->dimension);
    text_printf(s->b, "%s: %s", item->code.label[s->in], method_words(s, item->dimension));
    if (chi && has(s, MEASURED_CHISQ)) {
        put_number(s, " ", MEASURED_CHISQ);
        text_printf(s->b, ", %s", word(s, measures[MEASURED_DF].words));
        put_number(s, " ", MEASURED_DF);
        if (has(s, MEASURED_P)) put_p(s, MEASURED_P);
    } else if (!chi && has(s, MEASURED_EXACT))
        put_p(s, MEASURED_EXACT);
    else
        text_printf(s->b, " %s", word(s, WORD("withheld, it would give counts away")));
    put_adjusted(s);
    if (has(s, MEASURED_ROWS)) {
        put_number(s, "; ", MEASURED_ROWS);
        put_number(s, " \xc3\x97 ", MEASURED_COLUMNS);
    }
    bool matched = !strcmp(item->dimension, "mantel_haenszel") || !strcmp(item->dimension, "exact_stratified");
    put_effect(s, word(s, matched ? WORD("risk ratio within strata") : measures[MEASURED_RR].words), MEASURED_RR);
    put_effect(s, word(s, measures[MEASURED_V].words), MEASURED_V);
    if (!has(s, MEASURED_LEAST)) return;
    text_printf(s->b, "; %s", word(s, measures[MEASURED_LEAST].words));
    put_number(s, " ", MEASURED_LEAST);
}

/* What the adjusted p-values of the figure are adjusted for. */
static bool
put_family(const speaking *s)
{
    const char *way = s->d->adjust;
    if (!way || !strcmp(way, "none") || released_rows(s->tests)->n == 0) return false;
    size_t row = 0; /* the first whose counts are all shown */
    while (row < released_rows(s->tests)->n && !has(&(speaking){s->d, s->tests, row, s->in, s->b}, MEASURED_FAMILY)) row++;
    if (row == released_rows(s->tests)->n) return false;
    text_put(s->b, word(s, !strcmp(way, "holm") ? WORD("Adjusted by Holm's method for all tests of this chapter")
                                                   : WORD("Adjusted by the method of Benjamini and Hochberg for all tests of this chapter")));
    text_put(s->b, ": ");
    put_number(&(speaking){s->d, s->tests, row, s->in, s->b}, "", MEASURED_FAMILY);
    return true;
}

status
tested_sentences(arena *out, const monitor_definition *d, const released *tests, size_t *n, phrase **result)
{
    phrase *list;
    size_t rows = tests ? released_rows(tests)->n : 0;
    *n = rows;
    ALLOC(out, list, rows + 1);
    for (size_t i = 0; i <= rows && tests; i++)
        for (int in = 0; in < LANGUAGE_COUNT; in++) {
            text_builder b = text_builder_new(out);
            text made;
            speaking s = {d, tests, i, (language)in, &b};
            if (i < rows) put_sentence(&s);
            else *n = rows + put_family(&s);
            CHECK(text_builder_end(&b, &made));
            list[i].in[in] = made.bytes;
        }
    *result = list;
    return ST_OK;
}
