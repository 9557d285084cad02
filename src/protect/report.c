#include "protect/report.h"

#include "protect/released_make.h"

#include <math.h>

protect_rules
protect_rules_preset(protect_mode mode)
{
    return (protect_rules){.mode = mode, .base = 5, .minimum = mode == PROTECT_SUPPRESS ? 5 : 0, .minimum_share = 10,
                           .minimum_mean = 10, .hide_zero = false, .hide_full = true};
}

protect_options
protect_options_preset(void)
{
    return (protect_options){.rules = protect_rules_preset(PROTECT_ROUND)};
}

static const protect_rules *
rules_of(const protect_options *o, size_t table)
{
    return o->own && o->own[table] ? o->own[table] : &o->rules;
}

static status
check_rules(const exact_table *t, const protect_rules *r)
{
    if (r->base < 2 || r->base > 1000) FAIL(ST_CONFIG, "figure %s: rounding base: expected 2 to 1000", t->figure);
    if (r->minimum_mean < 10) FAIL(ST_CONFIG, "figure %s: minimum for a mean: expected at least 10 persons", t->figure);
    if (r->share_decimals < 0 || r->share_decimals > 1) FAIL(ST_CONFIG, "figure %s: a percentage has 0 or 1 decimals", t->figure);
    return ST_OK;
}

static status
check_table(const exact_table *t)
{
    if (t->measure == EXACT_SHARE && !t->base) FAIL(ST_INVALID, "figure %s: a share without denominators", t->figure);
    if (t->measure == EXACT_MEAN && !t->sum) FAIL(ST_INVALID, "figure %s: a mean without sums", t->figure);
    for (size_t i = 0; i < t->rows.n * t->columns.n; i++) {
        const char *row = t->rows.item[i / t->columns.n].code.code, *column = t->columns.item[i % t->columns.n].code.code;
        if (t->count[i] < 0 && t->count[i] != EXACT_UNKNOWN)
            FAIL(ST_INVALID, "figure %s, row %s, column %s: a count below zero", t->figure, row, column);
        if (t->impossible && t->impossible[i] && t->count[i] > 0)
            FAIL(ST_INVALID, "figure %s, row %s, column %s: somebody where nobody can be", t->figure, row, column);
        if (t->measure == EXACT_SHARE && t->count[i] != EXACT_UNKNOWN && t->base[i] < t->count[i])
            FAIL(ST_INVALID, "figure %s, row %s, column %s: a share with a denominator below its numerator", t->figure, row, column);
    }
    return ST_OK;
}

static released_cell
hide(const char *reason)
{
    return (released_cell){RELEASED_CONFIDENTIAL, NAN, 0, reason};
}

static double
round_to(double value, int decimals)
{
    double scale = decimals ? 10 : 1;
    return round(value * scale) / scale;
}

static released_cell
low_or_value(double value, int decimals, const char *reason)
{
    double shown = round_to(value, decimals);
    if (shown == 0 && value != 0) return (released_cell){RELEASED_LOW, 0, decimals, reason};
    return (released_cell){RELEASED_VALUE, shown, decimals, reason};
}

static released_cell
share(int64_t part, int64_t whole, const protect_rules *r, const char *reason)
{
    if (whole <= 0) return (released_cell){RELEASED_UNKNOWN, NAN, 0, WORD("not available")};
    return low_or_value(100 * (double)part / (double)whole, r->share_decimals, reason);
}

/* A figure that is public already: as it is, and saying so. */
static released_cell
pass_through(const exact_table *t, size_t i, const protect_rules *r)
{
    const char *reason = WORD("as published before");
    if (t->measure == EXACT_COUNT) return (released_cell){RELEASED_VALUE, (double)t->count[i], 0, reason};
    if (t->measure == EXACT_SHARE) return share(t->count[i], t->base[i], r, reason);
    if (t->count[i] <= 0) return (released_cell){RELEASED_UNKNOWN, NAN, 0, WORD("not available")};
    return low_or_value(t->sum[i] / (double)t->count[i], 1, reason);
}

static int64_t
nearest(int64_t count, int base)
{
    return (count + base / 2) / base * base;
}

static released_cell
protected_cell(const exact_table *t, size_t i, const protect_rules *r)
{
    int64_t count = nearest(t->count[i], r->base);
    if (t->measure == EXACT_COUNT) {
        if (count < r->minimum) return hide(WORD("hidden: too few persons"));
        return (released_cell){RELEASED_VALUE, (double)count, 0,
                               r->base == 5 ? WORD("rounded to a multiple of five") : WORD("rounded")};
    }
    if (t->measure == EXACT_SHARE) {
        int64_t base = nearest(t->base[i], r->base);
        if (base < r->minimum_share) return hide(WORD("hidden: too few persons for a percentage"));
        return share(count, base, r, WORD("computed from rounded counts"));
    }
    if (count < r->minimum_mean || t->count[i] < 10) return hide(WORD("hidden: too few persons for a mean"));
    return low_or_value(t->sum[i] / (double)t->count[i], 1, WORD("a mean, rounded"));
}

static status
release_table(arena *out, const exact_table *t, const protect_rules *r, released **result)
{
    CHECK(released_make(out, t, result));
    released *made = *result;
    made->published = r->mode == PROTECT_PUBLISHED;
    for (size_t i = 0; i < t->rows.n * t->columns.n; i++) {
        if (t->impossible && t->impossible[i])
            made->cell[i] = (released_cell){RELEASED_IMPOSSIBLE, NAN, 0, WORD("cannot occur")};
        else if (t->count[i] == EXACT_UNKNOWN)
            continue;
        else
            made->cell[i] = made->published ? pass_through(t, i, r) : protected_cell(t, i, r);
    }
    return ST_OK;
}

status
protect_report(arena *out, size_t n, const exact_table tables[], const protect_options *options, protect_result *result)
{
    protect_options preset = protect_options_preset();
    const protect_options *o = options ? options : &preset;
    protect_result r = {.n = n, .certificate = {.method = WORD("conventional rounding"), .solver = "none", .figures = n,
                                                .base = o->rules.base, .narrowest = -1, .widest = -1}};
    ALLOC(out, r.released, n);
    for (size_t i = 0; i < n; i++) {
        CHECK(check_rules(&tables[i], rules_of(o, i)));
        CHECK(check_table(&tables[i]));
        CHECK(release_table(out, &tables[i], rules_of(o, i), &r.released[i]));
        r.certificate.cells += tables[i].rows.n * tables[i].columns.n;
    }
    *result = r;
    return ST_OK;
}
