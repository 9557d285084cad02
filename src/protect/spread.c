#include "protect/spread.h"

#include "protect/released_make.h"

#include <math.h>

enum { LEAST_PERSONS = 10 };

static double
median_of(const double v[], size_t n, size_t without)
{
    size_t left = n - (without < n), low = (left - 1) / 2, high = left / 2;
    low += low >= without, high += high >= without;
    return (v[low] + v[high]) / 2;
}

static double
sd_of(double n, double sum, double squares)
{
    return n > 1 ? sqrt(fmax(squares - sum * sum / n, 0) / (n - 1)) : (double)NAN;
}

/* The smallest step that is no smaller than `least`. */
static double
step_for(double least)
{
    static const double steps[] = {1, 2, 5};
    for (double power = 0.1; power < 1e15; power *= 10)
        for (int k = 0; k < 3; k++)
            if (steps[k] * power >= least) return steps[k] * power;
    return INFINITY;
}

static double
next_step(double step)
{
    return step_for(step * 1.5);
}

static spread_number
rounded(double value, double step)
{
    if (!isfinite(value) || !(step <= fabs(value) / 2)) return (spread_number){NAN, NAN};
    double steps = round(value / step);
    return (spread_number){step < 1 ? steps / round(1 / step) : steps * step, step};
}

/* Persons within half a step of a number. */
static size_t
near(const spread_values *v, double value, double step)
{
    size_t n = 0;
    for (size_t i = 0; i < v->n; i++) n += fabs(v->value[i] - value) <= step / 2;
    return n;
}

spread_numbers
spread_of(const spread_values *v, size_t least)
{
    const spread_number hidden = {NAN, NAN};
    spread_numbers r = {hidden, hidden, hidden};
    if (v->n < least || v->n < 3) return r;
    double n = (double)v->n, shift = v->value[v->n / 2], sum = 0, squares = 0, by_mean = 0, by_sd = 0; /* shifted: nothing cancels */
    for (size_t i = 0; i < v->n; i++) {
        double x = v->value[i] - shift;
        sum += x, squares += x * x;
    }
    double mean = sum / n, sd = sd_of(n, sum, squares), median = median_of(v->value, v->n, v->n);
    for (size_t i = 0; i < v->n; i++) {
        double x = v->value[i] - shift;
        by_mean = fmax(by_mean, fabs((sum - x) / (n - 1) - mean));
        by_sd = fmax(by_sd, fabs(sd_of(n - 1, sum - x, squares - x * x) - sd));
    }
    r.mean = rounded(mean + shift, step_for(by_mean));
    r.sd = rounded(sd, step_for(by_sd));
    const size_t ends[] = {0, v->n / 2, (v->n - 1) / 2, v->n - 1}; /* whoever is left out, the median moves as with one of these */
    double by_median = 0;
    for (int k = 0; k < 4; k++) by_median = fmax(by_median, fabs(median_of(v->value, v->n, ends[k]) - median));
    r.median = rounded(median, step_for(by_median));
    while (!isnan(r.median.value) && near(v, r.median.value, r.median.step) < least) r.median = rounded(median, next_step(r.median.step));
    return r;
}

static released_cell
cell_of(spread_number x)
{
    if (isnan(x.value)) return (released_cell){RELEASED_CONFIDENTIAL, NAN, 0, WORD("hidden so that nobody can be recognised")};
    return (released_cell){RELEASED_VALUE, x.value, x.step < 1, WORD("rounded so that no one person shows in it")};
}

status
protect_spread(arena *out, const exact_table *means, const released *from, const spread_values v[], released **result)
{
    static const char *const codes[] = {"mean", "sd", "median"};
    static const char *const words[] = {WORD("mean"), WORD("standard deviation"), WORD("median")};
    exact_item *row;
    exact_table shape = *means;
    ALLOC(out, row, 3);
    for (int k = 0; k < 3; k++)
        row[k] = (exact_item){.code = {codes[k], {words_get(LANGUAGE_NL, words[k]), words_get(LANGUAGE_EN, words[k])}}, .dimension = "measure"};
    shape.rows = (exact_axis){"measure", {means->rows.title[0], means->rows.title[1]}, true, 3, row};
    CHECK(released_make(out, &shape, result));
    (*result)->published = from->published;
    for (size_t c = 0; c < means->columns.n; c++) {
        if (means->rows.n != 1 || means->count[c] != (int64_t)v[c].n) FAIL(ST_INVALID, "figure %s: other values than were counted", means->figure);
        released_cell mean = from->cell[c];
        spread_numbers s = spread_of(&v[c], LEAST_PERSONS);
        const spread_number number[] = {s.mean, s.sd, s.median};
        for (size_t k = 0; k < 3; k++)
            (*result)->cell[k * means->columns.n + c] = mean.state == RELEASED_CONFIDENTIAL || mean.state == RELEASED_UNKNOWN ? mean : cell_of(number[k]);
    }
    return ST_OK;
}
