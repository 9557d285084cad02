#include "follow/check.h"

#include "follow/check_tables.h"

#include <math.h>
#define MATHLIB_STANDALONE
#include <Rmath.h>

typedef struct checking {
    arena *out;
    const check_claim *claim;
    size_t n, room;
    check_finding *found;
    size_t found_n;
    const char *figure;
    double rounding; /* how far a count of this figure may be from the exact one */
} checking;

typedef check_range range;
typedef check_part part;

static status
add(checking *c, const char *what, check_verdict verdict, const char *detail)
{
    if (!detail) FAIL(ST_NO_MEMORY, "out of memory (findings)");
    if (c->found_n == c->room) {
        check_finding *grown;
        c->room = c->room ? 2 * c->room : 32;
        ALLOC(c->out, grown, c->room);
        if (c->found_n) memcpy(grown, c->found, c->found_n * sizeof *grown);
        c->found = grown;
    }
    c->found[c->found_n++] = (check_finding){c->figure, what, verdict, detail};
    return ST_OK;
}

static bool
same(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

static const check_claim *
find(const checking *c, const char *row, const char *column, check_unit unit)
{
    for (size_t i = 0; i < c->n; i++)
        if (same(c->claim[i].figure, c->figure) && c->claim[i].unit == unit && same(c->claim[i].row, row) && same(c->claim[i].column, column))
            return &c->claim[i];
    return NULL;
}

static bool
is_total(const char *name)
{
    return same(name, "total") || same(name, "N") || same(name, "all");
}

/* Rows that are no group. */
static bool
is_apart(const char *row)
{
    return same(row, "test") || same(row, "follow-up");
}

static bool
is_outcome(const char *name)
{
    return same(name, "with") || same(name, "without");
}

/* What a printed percentage may stand for. */
static range
percent_range(const check_claim *p)
{
    double half = 0.5 * pow(10, -p->decimals);
    return (range){fmax(0, (p->value - half) / 100), fmin(1, (p->value + half) / 100)};
}

static range
count_range(const checking *c, const check_claim *k)
{
    return (range){fmax(0, k->value - c->rounding), k->value + c->rounding};
}

/* Counts that are all multiples of five were rounded to five. */
static double
find_rounding(const checking *c)
{
    size_t counts = 0;
    for (size_t i = 0; i < c->n; i++) {
        if (!same(c->claim[i].figure, c->figure) || c->claim[i].unit != CHECK_COUNT) continue;
        if (fmod(c->claim[i].value, 5) != 0) return 0;
        counts++;
    }
    return counts >= 2 ? 2 : 0;
}

/* The most parts any column (or row) of the figure has: one with fewer leaves some out. */
static size_t
most_parts(const checking *c, bool along_rows)
{
    size_t most = 0;
    for (size_t i = 0; i < c->n; i++) {
        if (!same(c->claim[i].figure, c->figure) || c->claim[i].unit != CHECK_COUNT) continue;
        const char *fixed = along_rows ? c->claim[i].column : c->claim[i].row;
        size_t parts = 0;
        for (size_t k = 0; k < c->n; k++) {
            const check_claim *p = &c->claim[k];
            if (!same(p->figure, c->figure) || p->unit != CHECK_COUNT || is_apart(p->row)) continue;
            parts += same(along_rows ? p->column : p->row, fixed) && !is_total(along_rows ? p->row : p->column);
        }
        if (parts > most) most = parts;
    }
    return most;
}

/* The parts along one side against their total: `fixed` is the row or column the parts share. */
static status
check_sum(checking *c, const char *fixed, bool along_rows, const char *total_name)
{
    const check_claim *total = along_rows ? find(c, total_name, fixed, CHECK_COUNT) : find(c, fixed, total_name, CHECK_COUNT);
    if (!total) return ST_OK;
    double sum = 0;
    size_t parts = 0;
    for (size_t i = 0; i < c->n; i++) {
        const check_claim *k = &c->claim[i];
        if (!same(k->figure, c->figure) || k->unit != CHECK_COUNT || is_apart(k->row)) continue;
        if (!same(along_rows ? k->column : k->row, fixed) || is_total(along_rows ? k->row : k->column)) continue;
        if (is_outcome(k->column) && !along_rows) continue; /* a subset of N, not a part */
        sum += k->value;
        parts++;
    }
    if (parts < 2) return ST_OK;
    double slack = c->rounding * (double)(parts + 1);
    if (parts < most_parts(c, along_rows) && sum <= total->value + slack) return ST_OK; /* not all parts are printed */
    check_verdict v = fabs(sum - total->value) > slack ? CHECK_CONTRADICTION : CHECK_AGREES;
    return add(c, "sum", v, arena_printf(c->out, "%zu parts of %s add up to %.0f, the total says %.0f%s", parts, fixed, sum, total->value,
                                         c->rounding > 0 ? " (rounding to five allowed for)" : ""));
}

/* "2016-2020": a column over all years. */
static bool
is_period(const char *name)
{
    return strlen(name) == 9 && name[4] == '-' && strspn(name, "0123456789") == 4 && strspn(name + 5, "0123456789") == 4;
}

/* Cell (N, N) against everything. */
static status
check_overall(checking *c)
{
    const check_claim *n = find(c, "N", "N", CHECK_COUNT);
    if (!n) return ST_OK;
    double sum = 0;
    size_t parts = 0;
    bool totals = false, period = false;
    for (size_t i = 0; i < c->n; i++) period = period || (same(c->claim[i].figure, c->figure) && is_period(c->claim[i].column));
    for (size_t i = 0; i < c->n; i++) totals = totals || (same(c->claim[i].figure, c->figure) && same(c->claim[i].row, "total"));
    for (size_t i = 0; i < c->n; i++) {
        const check_claim *k = &c->claim[i];
        if (!same(k->figure, c->figure) || k->unit != CHECK_COUNT || is_total(k->column) || same(k->row, "N")) continue;
        if (totals != same(k->row, "total") || period != is_period(k->column)) continue;
        sum += k->value, parts++;
    }
    if (parts < 2 && !period) return ST_OK;
    double slack = c->rounding * (double)(parts + 1);
    check_verdict v = fabs(sum - n->value) > slack ? CHECK_CONTRADICTION : CHECK_AGREES;
    return add(c, "sum", v, arena_printf(c->out, "all %s add up to %.0f, N says %.0f", totals ? "totals" : "cells", sum, n->value));
}

/* Distinct rows or columns once each, in the order they come. */
static bool
is_first(const checking *c, size_t i, bool row)
{
    for (size_t k = 0; k < i; k++)
        if (same(c->claim[k].figure, c->figure) && same(row ? c->claim[k].row : c->claim[k].column, row ? c->claim[i].row : c->claim[i].column))
            return false;
    return true;
}

static status
check_sums(checking *c)
{
    for (size_t i = 0; i < c->n; i++) {
        const check_claim *k = &c->claim[i];
        if (!same(k->figure, c->figure) || k->unit != CHECK_COUNT) continue;
        if (is_first(c, i, false)) {
            CHECK(check_sum(c, k->column, true, "total"));
            if (!find(c, "total", k->column, CHECK_COUNT)) CHECK(check_sum(c, k->column, true, "N"));
        }
        if (is_first(c, i, true)) CHECK(check_sum(c, k->row, false, "total"));
    }
    return check_overall(c);
}

/* What is printed about a group of a two-way table. */
static part
part_of(const checking *c, const char *row)
{
    part p = {.name = row, .with = {0, INFINITY}, .without = {0, INFINITY}};
    const check_claim *without = find(c, row, "without", CHECK_COUNT), *below = find(c, row, "with", CHECK_PERCENT_BELOW);
    if (without) p.without = count_range(c, without);
    const check_claim *n = find(c, row, "N", CHECK_COUNT), *with = find(c, row, "with", CHECK_COUNT), *percent = find(c, row, "with", CHECK_PERCENT);
    if (n) p.has_n = true, p.n = count_range(c, n);
    p.share = (range){0, 1};
    if (percent) p.has_with = true, p.share = percent_range(percent);
    if (below) p.has_with = true, p.share.high = fmin(p.share.high, below->value / 100);
    if (with && n) {
        p.has_with = true;
        p.share.low = fmax(p.share.low, p.n.high > 0 ? (with->value - c->rounding) / p.n.high : 0);
        p.share.high = fmin(p.share.high, p.n.low > 0 ? (with->value + c->rounding) / p.n.low : 1);
        p.with = count_range(c, with);
    } else if (percent && n) {
        p.with = (range){ceil(p.share.low * p.n.low), floor(p.share.high * p.n.high)};
    } else if (with) {
        p.with = count_range(c, with);
    }
    return p;
}

static status
check_percentages(checking *c)
{
    for (size_t i = 0; i < c->n; i++) {
        const check_claim *p = &c->claim[i];
        if (!same(p->figure, c->figure) || p->unit != CHECK_PERCENT || !same(p->column, "with")) continue;
        const check_claim *n = find(c, p->row, "N", CHECK_COUNT), *with = find(c, p->row, "with", CHECK_COUNT);
        if (!n || !with || n->value <= c->rounding) continue;
        range said = percent_range(p);
        double low = (with->value - c->rounding) / (n->value + c->rounding), high = (with->value + c->rounding) / (n->value - c->rounding);
        check_verdict v = high < said.low - 1e-12 || low > said.high + 1e-12 ? CHECK_CONTRADICTION : CHECK_AGREES;
        CHECK(add(c, "percentage", v, arena_printf(c->out, "%s: %.*f %% is printed, the counts give %.1f to %.1f %%", p->row, p->decimals, p->value,
                                                   100 * low, 100 * fmin(high, 1))));
    }
    return ST_OK;
}

/* Is the percentage of a cell of any table that of its column, its row, or of all? */
static status
check_shares(checking *c)
{
    for (size_t i = 0; i < c->n; i++) {
        const check_claim *p = &c->claim[i], *count;
        if (!same(p->figure, c->figure) || p->unit != CHECK_PERCENT || same(p->column, "with") || is_apart(p->row)) continue;
        if (is_total(p->row) || is_total(p->column) || !(count = find(c, p->row, p->column, CHECK_COUNT))) continue;
        const check_claim *of[] = {find(c, "total", p->column, CHECK_COUNT), find(c, p->row, "total", CHECK_COUNT), find(c, "total", "total", CHECK_COUNT),
                                   find(c, "N", p->column, CHECK_COUNT), find(c, p->row, "N", CHECK_COUNT)};
        range said = percent_range(p), near = {0, 0};
        bool any = false, fits = false;
        for (int k = 0; k < 5; k++) {
            if (!of[k] || of[k]->value <= c->rounding) continue;
            range r = {fmax(count->value - c->rounding, 0) / (of[k]->value + c->rounding), (count->value + c->rounding) / (of[k]->value - c->rounding)};
            if (!any) near = r;
            any = true;
            fits = fits || !(r.high < said.low - 1e-12 || r.low > said.high + 1e-12);
        }
        if (!any) continue;
        CHECK(add(c, "percentage", fits ? CHECK_AGREES : CHECK_CONTRADICTION,
                  fits ? arena_printf(c->out, "%s, %s: %.*f %% is a share of one of the totals", p->row, p->column, p->decimals, p->value)
                       : arena_printf(c->out, "%s, %s: %.*f %% is printed, the counts give %.1f to %.1f %% or other shares, none of them this", p->row, p->column,
                                      p->decimals, p->value, 100 * near.low, 100 * fmin(near.high, 1))));
    }
    return ST_OK;
}

/* With and without are all persons of a group; the groups are all persons of the test. */
static status
check_persons(checking *c, const part *parts, size_t n)
{
    const check_claim *all = find(c, "test", "N", CHECK_COUNT);
    range sum = {0, 0};
    bool every = n > 0;
    for (size_t i = 0; i < n; i++) {
        const part *p = &parts[i];
        every = every && p->has_n;
        sum.low += p->n.low, sum.high += p->n.high;
        const check_claim *with = find(c, p->name, "with", CHECK_COUNT), *without = find(c, p->name, "without", CHECK_COUNT);
        if (!p->has_n || !with || !without) continue;
        bool apart = with->value + without->value - 2 * c->rounding > p->n.high || with->value + without->value + 2 * c->rounding < p->n.low;
        CHECK(add(c, "sum", apart ? CHECK_CONTRADICTION : CHECK_AGREES,
                  arena_printf(c->out, apart ? "%s: with and without add up to %.0f, N says %.0f" : "%s: with and without add up to N (%.0f, %.0f)", p->name,
                               with->value + without->value, find(c, p->name, "N", CHECK_COUNT)->value)));
    }
    if (!every || n < 2 || !all) return ST_OK;
    range said = count_range(c, all);
    bool apart = sum.low > said.high || sum.high < said.low;
    return add(c, "sum", apart ? CHECK_CONTRADICTION : CHECK_AGREES,
               arena_printf(c->out, "the groups' N add up to %.0f to %.0f, the test says %.0f", sum.low, sum.high, all->value));
}

enum { MOST_PARTS = 16 };

static size_t
find_parts(const checking *c, part *parts)
{
    size_t n = 0;
    for (size_t i = 0; i < c->n && n < MOST_PARTS; i++) {
        if (!same(c->claim[i].figure, c->figure) || is_total(c->claim[i].row) || is_apart(c->claim[i].row) || !is_first(c, i, true)) continue;
        part p = part_of(c, c->claim[i].row);
        if (p.has_with || p.has_n) parts[n++] = p;
    }
    return n;
}

/* The share of all must lie between those of the groups; how small must the group furthest away be? */
static status
check_mixture(checking *c, const part *parts, size_t n)
{
    const check_claim *all = find(c, "total", "with", CHECK_COUNT), *of = find(c, "total", "N", CHECK_COUNT);
    const check_claim *percent = find(c, "total", "with", CHECK_PERCENT);
    if (n != 2 || !parts[0].has_with || !parts[1].has_with || ((!all || !of) && !percent)) return ST_OK;
    range whole = percent ? percent_range(percent) : (range){(all->value - c->rounding) / (of->value + c->rounding),
                                                             (all->value + c->rounding) / (of->value - c->rounding)};
    const part *low = parts[0].share.low <= parts[1].share.low ? &parts[0] : &parts[1], *high = low == &parts[0] ? &parts[1] : &parts[0];
    if (whole.high < low->share.low || whole.low > high->share.high)
        return add(c, "mixture", CHECK_CONTRADICTION,
                   arena_printf(c->out, "all together %.1f to %.1f %%, outside %s and %s", 100 * whole.low, 100 * whole.high, low->name, high->name));
    /* the largest share the lower and the upper group may have of all */
    double most_low = fmin(1, fmax(0, (high->share.high - whole.low) / fmax(high->share.high - low->share.low, 1e-12)));
    double most_high = fmin(1, fmax(0, (whole.high - low->share.low) / fmax(high->share.high - low->share.low, 1e-12)));
    const part *small = most_low < most_high ? low : high;
    double most = fmin(most_low, most_high);
    if (low->has_n && high->has_n) {
        double share = small->n.low / (low->n.high + high->n.high);
        check_verdict v = share > most + 1e-9 ? CHECK_CONTRADICTION : CHECK_AGREES;
        return add(c, "mixture", v, arena_printf(c->out, "%s may be at most %.1f %% of all for the shares to fit", small->name, 100 * most));
    }
    check_verdict v = most < 0.05 ? CHECK_IMPLAUSIBLE : CHECK_AGREES;
    return add(c, "mixture", v, arena_printf(c->out, "the groups' shares give the share of all (%.1f to %.1f %%) only if %s are at most %.1f %% of all",
                                             100 * whole.low, 100 * whole.high, small->name, 100 * most));
}

/* Degrees of freedom of the groups by the outcomes the test is said to be about (two, unless it is said). */
static double
df_shown(const checking *c, size_t groups)
{
    const check_claim *outcomes = find(c, "test", "outcomes", CHECK_CATEGORIES);
    return groups < 2 ? 0 : (double)(groups - 1) * ((outcomes ? outcomes->value : 2) - 1);
}

static status
check_df(checking *c, size_t groups)
{
    const check_claim *df = find(c, "test", "df", CHECK_DF);
    double shown = df_shown(c, groups);
    if (!df || shown == 0) return ST_OK;
    if (df->value == shown) return add(c, "df", CHECK_AGREES, arena_printf(c->out, "df %.0f fits the table shown", shown));
    return add(c, "df", CHECK_CONTRADICTION, arena_printf(c->out, "df %.0f is printed; the table shown has df %.0f", df->value, shown));
}

/* The printed p against an exact test, where expected counts are small in each table that gives the statistic. */
static status
check_small(checking *c, check_fits fits)
{
    const check_claim *p = find(c, "test", "p", CHECK_P_BELOW);
    if (!fits.any || !fits.small) return ST_OK;
    if (p && fits.least_p >= p->value)
        return add(c, "small counts", CHECK_CONTRADICTION,
                   arena_printf(c->out, "an expected count is below 5 in each table that fits: the approximation does not hold, and an exact test "
                                        "gives more than the printed p < %.*f", p->decimals, p->value));
    return add(c, "small counts", CHECK_IMPLAUSIBLE, "an expected count is below 5 in each table that fits: the approximation behind p does not hold");
}

/* A statistic against the range it can have. */
static status
check_range_of(checking *c, const check_claim *chi2, range r)
{
    double half = 0.5 * pow(10, -chi2->decimals);
    bool apart = chi2->value + half < r.low * (1 - 1e-9) || chi2->value - half > r.high * (1 + 1e-9);
    return add(c, "chi-square", apart ? CHECK_CONTRADICTION : CHECK_AGREES,
               arena_printf(c->out, "%.*f is printed; tables that fit what is printed give %.3f to %.3f at most", chi2->decimals, chi2->value, r.low, r.high));
}

/* Three groups or more. */
static status
check_chi2_of_groups(checking *c, const part *parts, size_t n)
{
    const check_claim *chi2 = find(c, "test", "chi2", CHECK_CHI2);
    if (!chi2 || n < 3 || df_shown(c, n) > (double)n - 1) return ST_OK;
    for (size_t i = 0; i < n; i++)
        if (!parts[i].has_n || !parts[i].has_with) return ST_OK;
    return check_range_of(c, chi2, check_chi2_groups(n, parts));
}

enum { MOST_CELLS = 400 };

/* The rows (or columns) of a table of counts, without totals. */
static size_t
sides(const checking *c, bool rows, const char *names[MOST_PARTS])
{
    size_t n = 0;
    for (size_t i = 0; i < c->n && n < MOST_PARTS; i++) {
        const check_claim *k = &c->claim[i];
        if (!same(k->figure, c->figure) || k->unit != CHECK_COUNT || is_apart(k->row) || is_total(k->row) || is_total(k->column)) continue;
        const char *name = rows ? k->row : k->column;
        bool known = false;
        for (size_t j = 0; j < n; j++) known = known || same(names[j], name);
        if (!known) names[n++] = name;
    }
    return n;
}

/* A table of counts of any shape, all of it printed, against the statistic and its df. */
static status
check_chi2_of_table(checking *c)
{
    const check_claim *chi2 = find(c, "test", "chi2", CHECK_CHI2), *df = find(c, "test", "df", CHECK_DF);
    const char *row[MOST_PARTS], *column[MOST_PARTS];
    range cell[MOST_CELLS];
    size_t rows = sides(c, true, row), columns = sides(c, false, column);
    if ((!chi2 && !df) || rows < 2 || columns < 2 || rows * columns > MOST_CELLS || find(c, "test", "outcomes", CHECK_CATEGORIES)) return ST_OK;
    for (size_t k = 0; k < rows * columns; k++) {
        const check_claim *count = find(c, row[k / columns], column[k % columns], CHECK_COUNT);
        if (!count || is_outcome(column[k % columns])) return ST_OK; /* groups with and without: see above */
        cell[k] = count_range(c, count);
    }
    double shown = (double)(rows - 1) * (double)(columns - 1);
    if (df)
        CHECK(add(c, "df", df->value == shown ? CHECK_AGREES : CHECK_CONTRADICTION,
                  arena_printf(c->out, "df %.0f is printed; the table shown has df %.0f", df->value, shown)));
    return chi2 ? check_range_of(c, chi2, check_chi2_cells(rows, columns, cell)) : ST_OK;
}

static status
check_chi2(checking *c, const part *parts, size_t n)
{
    const check_claim *chi2 = find(c, "test", "chi2", CHECK_CHI2), *all = find(c, "test", "N", CHECK_COUNT);
    if (!chi2 || n != 2 || !parts[0].has_n || !parts[1].has_n) return ST_OK;
    check_pair pair = {&parts[0], &parts[1], all ? count_range(c, all) : (range){0, INFINITY}};
    double half = 0.5 * pow(10, -chi2->decimals);
    int decimals = chi2->decimals;
    if (df_shown(c, n) > 1) { /* a table with more outcomes than are shown can only have a larger statistic */
        if (!parts[0].has_with || !parts[1].has_with) return ST_OK;
        range r = check_chi2_range(&pair);
        return add(c, "chi-square", chi2->value + half < r.low ? CHECK_CONTRADICTION : CHECK_AGREES,
                   arena_printf(c->out, "%.*f is printed; it belongs to a finer table than with and without, so at least %.3f", decimals, chi2->value, r.low));
    }
    range r = {0, INFINITY};
    if (parts[0].has_with && parts[1].has_with) r = check_chi2_range(&pair);
    if (r.low > r.high)
        return add(c, "chi-square", CHECK_CONTRADICTION, "no table at all fits the counts, percentages and numbers of persons printed");
    if (chi2->value + half < r.low || chi2->value - half > r.high)
        return add(c, "chi-square", CHECK_CONTRADICTION,
                   arena_printf(c->out, "%.*f is printed; tables that fit what is printed give %.3f to %.3f", decimals, chi2->value, r.low, r.high));
    check_fits fits = check_whole_tables(&pair, chi2->value, half);
    if (fits.decided && !fits.any)
        return add(c, "chi-square", CHECK_CONTRADICTION,
                   arena_printf(c->out, "%.*f is printed; no table of whole persons that fits what is printed gives it", decimals, chi2->value));
    CHECK(add(c, "chi-square", CHECK_AGREES, arena_printf(c->out, "tables that fit what is printed give %.*f", decimals, chi2->value)));
    return check_small(c, fits);
}

/* "p < 0.001". */
static status
check_p_below(checking *c, size_t groups)
{
    const check_claim *chi2 = find(c, "test", "chi2", CHECK_CHI2), *p = find(c, "test", "p", CHECK_P_BELOW), *df = find(c, "test", "df", CHECK_DF);
    if (!chi2 || !p) return ST_OK;
    double d = df ? df->value : fmax(1, df_shown(c, groups)), right = pchisq(chi2->value + 0.5 * pow(10, -chi2->decimals), d, 0, 0);
    return add(c, "p-value", right < p->value ? CHECK_AGREES : CHECK_CONTRADICTION,
               arena_printf(c->out, "p < %.*f is printed, the statistic with df %.0f gives %.2g", p->decimals, p->value, d, right));
}

static status
check_p(checking *c, size_t groups)
{
    const check_claim *chi2 = find(c, "test", "chi2", CHECK_CHI2), *p = find(c, "test", "p", CHECK_P), *df = find(c, "test", "df", CHECK_DF);
    if (!chi2 || !p) return ST_OK;
    double half = 0.5 * pow(10, -p->decimals), chi_half = 0.5 * pow(10, -chi2->decimals);
    double said = df ? df->value : fmax(1, df_shown(c, groups)), fits = 0;
    for (double d = 1; d <= 20 && fits == 0; d++)
        if (pchisq(chi2->value + chi_half, d, 0, 0) <= p->value + half && pchisq(chi2->value - chi_half, d, 0, 0) >= p->value - half) fits = d;
    double right = pchisq(chi2->value, said, 0, 0);
    if (fits == said) return add(c, "p-value", CHECK_AGREES, arena_printf(c->out, "p fits the statistic with df %.0f", said));
    if (fits > 0)
        return add(c, "p-value", CHECK_CONTRADICTION,
                   arena_printf(c->out, "p = %.*f belongs to df %.0f; the table shown has df %.0f, for which p = %.4f", p->decimals, p->value, fits, said, right));
    return add(c, "p-value", CHECK_CONTRADICTION, arena_printf(c->out, "p = %.*f is printed, the statistic with df %.0f gives %.4g", p->decimals, p->value, said, right));
}

/* Mentions of several categories a person: persons, and those in two or three categories. Two ways to read "in two". */
static status
check_overlap(checking *c)
{
    const check_claim *persons = find(c, "persons", "overlap", CHECK_COUNT), *mentions = find(c, "mentions", "overlap", CHECK_COUNT);
    const check_claim *pairs = find(c, "in two", "overlap", CHECK_COUNT), *triples = find(c, "in three", "overlap", CHECK_COUNT);
    if (!persons || !mentions || !pairs || !triples) return ST_OK;
    double extra = mentions->value - persons->value, apart = pairs->value + 2 * triples->value, inside = pairs->value - triples->value;
    check_verdict v = extra != apart && extra != inside ? CHECK_CONTRADICTION : CHECK_AGREES;
    return add(c, "overlap", v, arena_printf(c->out, "%.0f mentions more than persons; those in several give %.0f, or %.0f when pairs hold the triples",
                                             extra, apart, inside));
}

static status
check_follow_up(checking *c)
{
    const check_claim *from = find(c, "follow-up", "registered", CHECK_YEAR), *years = find(c, "follow-up", "years", CHECK_YEARS);
    const check_claim *end = find(c, "follow-up", "end", CHECK_YEAR);
    if (!from || !years || !end) return ST_OK;
    check_verdict v = from->value + years->value > end->value ? CHECK_CONTRADICTION : CHECK_AGREES;
    return add(c, "follow-up", v, arena_printf(c->out, "registered up to %.0f, followed for %.0f years: to %.0f, the data ends in %.0f", from->value,
                                               years->value, from->value + years->value, end->value));
}

status
follow_check(arena *out, size_t n, const check_claim *claims, size_t *findings, check_finding **result)
{
    checking c = {.out = out, .claim = claims, .n = n};
    for (size_t i = 0; i < n; i++) {
        bool first = true;
        for (size_t k = 0; k < i && first; k++) first = !same(claims[k].figure, claims[i].figure);
        if (!first) continue;
        c.figure = claims[i].figure;
        c.rounding = find_rounding(&c);
        part parts[MOST_PARTS];
        size_t groups = find_parts(&c, parts);
        CHECK(check_sums(&c));
        CHECK(check_percentages(&c));
        CHECK(check_mixture(&c, parts, groups));
        CHECK(check_shares(&c));
        CHECK(check_persons(&c, parts, groups));
        CHECK(check_chi2(&c, parts, groups));
        CHECK(check_chi2_of_groups(&c, parts, groups));
        CHECK(check_chi2_of_table(&c));
        CHECK(check_df(&c, groups));
        CHECK(check_p(&c, groups));
        CHECK(check_p_below(&c, groups));
        CHECK(check_overlap(&c));
        CHECK(check_follow_up(&c));
    }
    *findings = c.found_n;
    *result = c.found;
    return ST_OK;
}
