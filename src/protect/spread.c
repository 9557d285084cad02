#include "protect/spread.h"

#include "protect/released_make.h"

#include <math.h>

enum { LEAST_PERSONS = 10, LEAST_VALUES = 5 };

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
by_step(double value, double step)
{
    if (!isfinite(value) || !(step <= fabs(value) / 2)) return (spread_number){NAN, NAN};
    double steps = round(value / step);
    return (spread_number){step < 1 ? steps / round(1 / step) : steps * step, step};
}

spread_number
spread_round(double value, double moved)
{
    return by_step(value, step_for(moved));
}

spread_number
spread_mean(int64_t n, double sum, double low, double high)
{
    double mean = sum / (double)n;
    return n < 2 ? (spread_number){NAN, NAN} : spread_round(mean, fmax(high - mean, mean - low) / ((double)n - 1));
}

/* Persons within half a step of a number. */
static size_t
near(const spread_values *v, double value, double step)
{
    size_t n = 0;
    for (size_t i = 0; i < v->n; i++) n += fabs(v->value[i] - value) <= step / 2;
    return n;
}

/* What somebody who knows all others knows of one person: the range that goes with what is printed. Everything less `shift`. */
typedef struct last_person {
    const spread_values *v;
    double n, shift, sum, squares;
} last_person;

static void
narrow(double range[2], double low, double high)
{
    range[0] = fmax(range[0], low);
    range[1] = fmin(range[1], high);
}

static void
narrow_by_sd(const last_person *k, double x, spread_number sd, double range[2])
{
    double others = k->sum - x, middle = others / (k->n - 1), rest = k->squares - x * x - others * middle;
    double low = fmax(sd.value - sd.step / 2, 0), high = sd.value + sd.step / 2, scale = k->n / (k->n - 1);
    double near = sqrt(fmax(((k->n - 1) * low * low - rest) * scale, 0)), far = sqrt(fmax(((k->n - 1) * high * high - rest) * scale, 0));
    narrow(range, x >= middle && near > 0 ? middle + near : middle - far, x < middle && near > 0 ? middle - near : middle + far); /* her own side alone */
}

static double
other(const spread_values *v, size_t without, size_t k)
{
    return v->value[k + (k >= without)];
}

/* The median of an odd number is her own, kept between two others; of an even number the middle of that and of a third. */
static void
narrow_by_median(const last_person *k, size_t i, spread_number median, double range[2])
{
    size_t m = k->v->n / 2, even = k->v->n % 2 == 0;
    double least = other(k->v, i, m - 1 - even), most = other(k->v, i, m);
    double low = median.value - median.step / 2, high = median.value + median.step / 2;
    if (even) low = 2 * low - other(k->v, i, m - 1), high = 2 * high - other(k->v, i, m - 1);
    if (least < low) narrow(range, low - k->shift, INFINITY);
    if (most > high) narrow(range, -INFINITY, high - k->shift);
}

/* Does everybody keep a range of `wide`? */
static bool
nobody_shows(const last_person *k, const spread_numbers *r, double wide)
{
    for (size_t i = 0; i < k->v->n; i++) {
        double x = k->v->value[i] - k->shift, range[2] = {-INFINITY, INFINITY};
        double mean = r->mean.value - k->shift, others = k->sum - x;
        if (!isnan(mean)) narrow(range, k->n * (mean - r->mean.step / 2) - others, k->n * (mean + r->mean.step / 2) - others);
        if (!isnan(r->sd.value)) narrow_by_sd(k, x, r->sd, range);
        if (!isnan(r->median.value)) narrow_by_median(k, i, r->median, range);
        if (!(range[1] - range[0] >= wide)) return false;
    }
    return true;
}

/* Whoever is left out, the median moves as with one of these. */
static double
median_moved(const spread_values *v, double median)
{
    const size_t ends[] = {0, v->n / 2, (v->n - 1) / 2, v->n - 1};
    double most = 0;
    for (int k = 0; k < 4; k++) most = fmax(most, fabs(median_of(v->value, v->n, ends[k]) - median));
    return most;
}

spread_numbers
spread_of(const spread_values *v, size_t least)
{
    const spread_number hidden = {NAN, NAN};
    spread_numbers r = {hidden, hidden, hidden};
    if (v->n < least || v->n < LEAST_VALUES) return r;
    last_person k = {.v = v, .n = (double)v->n, .shift = v->value[v->n / 2]}; /* shifted: nothing cancels */
    double by_sd = 0;
    for (size_t i = 0; i < v->n; i++) {
        double x = v->value[i] - k.shift;
        k.sum += x, k.squares += x * x;
    }
    double mean = k.sum / k.n, sd = sd_of(k.n, k.sum, k.squares), median = median_of(v->value, v->n, v->n);
    double farthest = fmax(v->value[v->n - 1] - k.shift - mean, mean - v->value[0] + k.shift);
    for (size_t i = 0; i < v->n; i++) {
        double x = v->value[i] - k.shift;
        by_sd = fmax(by_sd, fabs(sd_of(k.n - 1, k.sum - x, k.squares - x * x) - sd));
    }
    r.mean = spread_round(mean + k.shift, farthest / (k.n - 1));
    r.sd = spread_round(sd, by_sd);
    r.median = spread_round(median, median_moved(v, median));
    while (!isnan(r.median.value) && near(v, r.median.value, r.median.step) < least) r.median = by_step(median, next_step(r.median.step));
    while (!nobody_shows(&k, &r, farthest / 2)) {
        spread_number *wider = !isnan(r.sd.value) ? &r.sd : &r.median;
        if (isnan(wider->value)) break; /* the mean alone leaves more */
        *wider = by_step(wider == &r.sd ? sd : median, next_step(wider->step));
    }
    return r;
}

static released_cell
cell_of(spread_number x)
{
    if (isnan(x.value)) return (released_cell){RELEASED_CONFIDENTIAL, NAN, 0, WORD("hidden so that nobody can be recognised")};
    return (released_cell){RELEASED_VALUE, x.value, x.step < 1, WORD("rounded so that no one person shows in it"), x.step};
}

/* The protected numbers of persons behind the means stand behind every row. */
static status
keep_counts(arena *out, const released *from, size_t rows, released *made)
{
    size_t n = from->columns.n;
    int64_t *count;
    uint32_t *id;
    if (!from->count) return ST_OK;
    ALLOC(out, count, rows * n);
    ALLOC(out, id, rows * n);
    for (size_t i = 0; i < rows * n; i++) count[i] = from->count[i % n], id[i] = from->count_id[i % n];
    made->count = count;
    made->count_id = id;
    return ST_OK;
}

status
protect_spread(arena *out, const exact_table *means, const released *from, const spread_values v[], released **result)
{
    static const char *const codes[SPREAD_ROWS] = {"mean", "sd", "median"};
    static const char *const words[] = {WORD("mean"), WORD("standard deviation"), WORD("median")};
    exact_item *row;
    exact_table shape = *means;
    ALLOC(out, row, 3);
    for (int k = 0; k < 3; k++)
        row[k] = (exact_item){.code = {codes[k], {words_get(LANGUAGE_NL, words[k]), words_get(LANGUAGE_EN, words[k])}}, .dimension = "measure"};
    shape.rows = (exact_axis){"measure", {means->rows.title[0], means->rows.title[1]}, true, 3, row};
    CHECK(released_make(out, &shape, result));
    (*result)->published = from->published;
    CHECK(keep_counts(out, from, SPREAD_ROWS, *result));
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
