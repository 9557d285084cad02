#include "protect/report.h"

#include "protect/figures.h"
#include "protect/released_make.h"
#include "protect/round.h"

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
check_table(const exact_table *t, const protect_rules *r)
{
    if (t->measure == EXACT_SHARE && !t->base) FAIL(ST_INVALID, "figure %s: a share without denominators", t->figure);
    if (t->measure == EXACT_MEAN && !t->sum) FAIL(ST_INVALID, "figure %s: a mean without sums", t->figure);
    for (size_t i = 0; i < t->rows.n * t->columns.n; i++) {
        const char *row = t->rows.item[i / t->columns.n].code.code, *column = t->columns.item[i % t->columns.n].code.code;
        if (t->count[i] < 0 && t->count[i] != EXACT_UNKNOWN)
            FAIL(ST_INVALID, "figure %s, row %s, column %s: a count below zero", t->figure, row, column);
        if (t->impossible && t->impossible[i] && t->count[i] > 0)
            FAIL(ST_INVALID, "figure %s, row %s, column %s: somebody where nobody can be", t->figure, row, column);
        if (t->measure == EXACT_SHARE && r->mode != PROTECT_PUBLISHED && t->count[i] != EXACT_UNKNOWN && t->base[i] < t->count[i])
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

/* A figure with its place in the rounded system. */
typedef struct rounded_figure {
    const exact_table *t;
    const protect_rules *rules;
    const figure_cells *cells;
    const int64_t *value; /* of the system */
} rounded_figure;

static released_cell
protected_cell(const rounded_figure *f, size_t i)
{
    const exact_table *t = f->t;
    const protect_rules *r = f->rules;
    int64_t count = f->value[f->cells->count[i]];
    if (t->measure == EXACT_COUNT) {
        if (count < r->minimum) return hide(WORD("hidden: too few persons"));
        return (released_cell){RELEASED_VALUE, (double)count, 0,
                               r->base == 5 ? WORD("rounded to a multiple of five") : WORD("rounded")};
    }
    if (t->measure == EXACT_SHARE) {
        int64_t base = f->value[f->cells->base[i]];
        if (base < r->minimum_share) return hide(WORD("hidden: too few persons for a percentage"));
        return share(count, base, r, WORD("computed from rounded counts"));
    }
    if (count < r->minimum_mean || t->count[i] < 10) return hide(WORD("hidden: too few persons for a mean"));
    return low_or_value(t->sum[i] / (double)t->count[i], 1, WORD("a mean, rounded"));
}

static status
release_table(arena *out, const rounded_figure *f, released **result)
{
    const exact_table *t = f->t;
    CHECK(released_make(out, t, result));
    released *made = *result;
    made->published = f->rules->mode == PROTECT_PUBLISHED;
    for (size_t i = 0; i < t->rows.n * t->columns.n; i++) {
        if (t->impossible && t->impossible[i])
            made->cell[i] = (released_cell){RELEASED_IMPOSSIBLE, NAN, 0, WORD("cannot occur")};
        else if (t->count[i] == EXACT_UNKNOWN)
            continue;
        else
            made->cell[i] = made->published ? pass_through(t, i, f->rules) : protected_cell(f, i);
    }
    return ST_OK;
}

/* Which figures are rounded together; one base and one way for all. */
static status
choose(size_t n, const exact_table tables[], const protect_options *o, bool use[], const protect_rules **shared)
{
    *shared = NULL;
    for (size_t i = 0; i < n; i++) {
        const protect_rules *r = rules_of(o, i);
        CHECK(check_rules(&tables[i], r));
        CHECK(check_table(&tables[i], r));
        use[i] = r->mode != PROTECT_PUBLISHED;
        if (!use[i]) continue;
        if (r->mode == PROTECT_SUPPRESS)
            FAIL(ST_UNSUPPORTED, "figure %s: a report of figures is rounded; tables of exact counts are suppressed by peil protect",
                 tables[i].figure);
        if (!*shared) *shared = r;
        if ((*shared)->base != r->base || (*shared)->mode != r->mode)
            FAIL(ST_CONFIG, "figure %s: one report has one way of rounding and one base: expected those of the figures before it",
                 tables[i].figure);
    }
    return ST_OK;
}

static status
round_system(arena *tmp, const protect_system *s, const protect_rules *rules, uint64_t seed, protect_rounding *r)
{
    protect_round_options o = {.base = rules->base, .seed = seed};
    if (rules->mode == PROTECT_CONVENTIONAL) return protect_round_conventional(tmp, s, &o, r);
    status code = protect_round_controlled(tmp, s, &o, r);
    return code == ST_INFEASIBLE ? protect_round_conventional(tmp, s, &o, r) : code;
}

static void
fill_certificate(const protect_system *s, const protect_rules *rules, const protect_rounding *r, protect_certificate *c)
{
    c->method = rules->mode == PROTECT_CONVENTIONAL || !r->additive ? WORD("conventional rounding") : WORD("controlled rounding");
    c->solver = r->solver;
    c->base = rules->base;
    c->cells = s->n;
    for (size_t i = 0; i < s->rows; i++) c->equations += s->row[i].relation == SYSTEM_EQUAL;
    for (size_t i = 0; i < s->n; i++) c->sensitive += s->value[i] > 0 && s->value[i] < rules->base;
    c->moved = r->moved;
    c->mean_deviation = r->mean;
    c->largest_deviation = (int)r->largest;
    c->additive = r->additive;
    c->basis = WORD("an outsider learns each count to within the rounding base");
}

static void
count_hidden(const released *r, protect_certificate *c)
{
    for (size_t i = 0; i < r->rows.n * r->columns.n; i++) c->hidden += r->cell[i].state == RELEASED_CONFIDENTIAL;
}

status
protect_report(arena *out, size_t n, const exact_table tables[], const protect_options *options, protect_result *result)
{
    SCRATCH(tmp);
    protect_options preset = protect_options_preset();
    const protect_options *o = options ? options : &preset;
    protect_result r = {.n = n, .certificate = {.method = WORD("none"), .solver = "none", .figures = n, .additive = true,
                                                .narrowest = -1, .widest = -1, .basis = WORD("as published before")}};
    bool *use;
    const protect_rules *shared;
    figure_cells *cells;
    protect_system s = {0};
    protect_rounding rounding = {0};
    ALLOC(out, r.released, n);
    ALLOC(tmp, use, n);
    ALLOC(tmp, cells, n);
    CHECK(choose(n, tables, o, use, &shared));
    if (shared) {
        CHECK(figures_system(tmp, n, tables, use, &s, cells));
        CHECK(round_system(tmp, &s, shared, o->seed, &rounding));
        fill_certificate(&s, shared, &rounding, &r.certificate);
    }
    for (size_t i = 0; i < n; i++) {
        rounded_figure f = {&tables[i], rules_of(o, i), &cells[i], rounding.value};
        CHECK(release_table(out, &f, &r.released[i]));
        count_hidden(r.released[i], &r.certificate);
    }
    *result = r;
    return ST_OK;
}
