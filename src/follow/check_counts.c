#include "follow/check_claims.h"

#include <math.h>

/* The most parts any column (or row) of the figure has: one with fewer leaves some out. */
static size_t
most_parts(const checking *c, bool along_rows)
{
    size_t most = 0;
    for (size_t i = 0; i < c->n; i++) {
        if (!check_same(c->claim[i].figure, c->figure) || c->claim[i].unit != CHECK_COUNT) continue;
        const char *fixed = along_rows ? c->claim[i].column : c->claim[i].row;
        size_t parts = 0;
        for (size_t k = 0; k < c->n; k++) {
            const check_claim *p = &c->claim[k];
            if (!check_same(p->figure, c->figure) || p->unit != CHECK_COUNT || check_is_apart(p->row)) continue;
            parts += check_same(along_rows ? p->column : p->row, fixed) && !check_is_total(along_rows ? p->row : p->column);
        }
        if (parts > most) most = parts;
    }
    return most;
}

/* The parts along one side against their total: `fixed` is the row or column the parts share. */
static status
check_sum(checking *c, const char *fixed, bool along_rows, const char *total_name)
{
    const check_claim *total = along_rows ? check_find(c, total_name, fixed, CHECK_COUNT) : check_find(c, fixed, total_name, CHECK_COUNT);
    if (!total) return ST_OK;
    double sum = 0;
    size_t parts = 0;
    for (size_t i = 0; i < c->n; i++) {
        const check_claim *k = &c->claim[i];
        if (!check_same(k->figure, c->figure) || k->unit != CHECK_COUNT || check_is_apart(k->row)) continue;
        if (!check_same(along_rows ? k->column : k->row, fixed) || check_is_total(along_rows ? k->row : k->column)) continue;
        if (check_is_outcome(k->column) && !along_rows) continue; /* a subset of N, not a part */
        sum += k->value;
        parts++;
    }
    if (parts < 2) return ST_OK;
    double slack = c->rounding * (double)(parts + 1);
    if (parts < most_parts(c, along_rows) && sum <= total->value + slack) return ST_OK; /* not all parts are printed */
    check_verdict v = fabs(sum - total->value) > slack ? CHECK_CONTRADICTION : CHECK_AGREES;
    return check_add(c, "sum", v, arena_printf(c->out, "%zu parts of %s add up to %.0f, the total says %.0f%s", parts, fixed, sum, total->value,
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
    const check_claim *n = check_find(c, "N", "N", CHECK_COUNT);
    if (!n) return ST_OK;
    double sum = 0;
    size_t parts = 0;
    bool totals = false, period = false;
    for (size_t i = 0; i < c->n; i++) period = period || (check_same(c->claim[i].figure, c->figure) && is_period(c->claim[i].column));
    for (size_t i = 0; i < c->n; i++) totals = totals || (check_same(c->claim[i].figure, c->figure) && check_same(c->claim[i].row, "total"));
    for (size_t i = 0; i < c->n; i++) {
        const check_claim *k = &c->claim[i];
        if (!check_same(k->figure, c->figure) || k->unit != CHECK_COUNT || check_is_total(k->column) || check_same(k->row, "N")) continue;
        if (totals != check_same(k->row, "total") || period != is_period(k->column)) continue;
        sum += k->value, parts++;
    }
    if (parts < 2 && !period) return ST_OK;
    double slack = c->rounding * (double)(parts + 1);
    check_verdict v = fabs(sum - n->value) > slack ? CHECK_CONTRADICTION : CHECK_AGREES;
    return check_add(c, "sum", v, arena_printf(c->out, "all %s add up to %.0f, N says %.0f", totals ? "totals" : "cells", sum, n->value));
}

status
check_sums(checking *c)
{
    for (size_t i = 0; i < c->n; i++) {
        const check_claim *k = &c->claim[i];
        if (!check_same(k->figure, c->figure) || k->unit != CHECK_COUNT) continue;
        if (check_is_first(c, i, false)) {
            CHECK(check_sum(c, k->column, true, "total"));
            if (!check_find(c, "total", k->column, CHECK_COUNT)) CHECK(check_sum(c, k->column, true, "N"));
        }
        if (check_is_first(c, i, true)) CHECK(check_sum(c, k->row, false, "total"));
    }
    return check_overall(c);
}

status
check_percentages(checking *c)
{
    for (size_t i = 0; i < c->n; i++) {
        const check_claim *p = &c->claim[i];
        if (!check_same(p->figure, c->figure) || p->unit != CHECK_PERCENT || !check_same(p->column, "with")) continue;
        const check_claim *n = check_find(c, p->row, "N", CHECK_COUNT), *with = check_find(c, p->row, "with", CHECK_COUNT);
        if (!n || !with || n->value <= c->rounding) continue;
        check_range said = check_percent_range(p);
        double low = (with->value - c->rounding) / (n->value + c->rounding), high = (with->value + c->rounding) / (n->value - c->rounding);
        check_verdict v = high < said.low - 1e-12 || low > said.high + 1e-12 ? CHECK_CONTRADICTION : CHECK_AGREES;
        CHECK(check_add(c, "percentage", v, arena_printf(c->out, "%s: %.*f %% is printed, the counts give %.1f to %.1f %%", p->row, p->decimals, p->value,
                                                   100 * low, 100 * fmin(high, 1))));
    }
    return ST_OK;
}

/* Is the percentage of a cell of any table that of its column, its row, or of all? */
status
check_shares(checking *c)
{
    for (size_t i = 0; i < c->n; i++) {
        const check_claim *p = &c->claim[i], *count;
        if (!check_same(p->figure, c->figure) || p->unit != CHECK_PERCENT || check_same(p->column, "with") || check_is_apart(p->row)) continue;
        if (check_is_total(p->row) || check_is_total(p->column) || !(count = check_find(c, p->row, p->column, CHECK_COUNT))) continue;
        const check_claim *of[] = {check_find(c, "total", p->column, CHECK_COUNT), check_find(c, p->row, "total", CHECK_COUNT), check_find(c, "total", "total", CHECK_COUNT),
                                   check_find(c, "N", p->column, CHECK_COUNT), check_find(c, p->row, "N", CHECK_COUNT)};
        check_range said = check_percent_range(p), near = {0, 0};
        bool any = false, fits = false;
        for (int k = 0; k < 5; k++) {
            if (!of[k] || of[k]->value <= c->rounding) continue;
            check_range r = {fmax(count->value - c->rounding, 0) / (of[k]->value + c->rounding), (count->value + c->rounding) / (of[k]->value - c->rounding)};
            if (!any) near = r;
            any = true;
            fits = fits || !(r.high < said.low - 1e-12 || r.low > said.high + 1e-12);
        }
        if (!any) continue;
        CHECK(check_add(c, "percentage", fits ? CHECK_AGREES : CHECK_CONTRADICTION,
                  fits ? arena_printf(c->out, "%s, %s: %.*f %% is a share of one of the totals", p->row, p->column, p->decimals, p->value)
                       : arena_printf(c->out, "%s, %s: %.*f %% is printed, the counts give %.1f to %.1f %% or other shares, none of them this", p->row, p->column,
                                      p->decimals, p->value, 100 * near.low, 100 * fmin(near.high, 1))));
    }
    return ST_OK;
}

/* With and without are all persons of a group; the groups are all persons of the test. */
status
check_persons(checking *c, const check_part *parts, size_t n)
{
    const check_claim *all = check_find(c, "test", "N", CHECK_COUNT);
    check_range sum = {0, 0};
    bool every = n > 0;
    for (size_t i = 0; i < n; i++) {
        const check_part *p = &parts[i];
        every = every && p->has_n;
        sum.low += p->n.low, sum.high += p->n.high;
        const check_claim *with = check_find(c, p->name, "with", CHECK_COUNT), *without = check_find(c, p->name, "without", CHECK_COUNT);
        if (!p->has_n || !with || !without) continue;
        bool apart = with->value + without->value - 2 * c->rounding > p->n.high || with->value + without->value + 2 * c->rounding < p->n.low;
        CHECK(check_add(c, "sum", apart ? CHECK_CONTRADICTION : CHECK_AGREES,
                  arena_printf(c->out, apart ? "%s: with and without add up to %.0f, N says %.0f" : "%s: with and without add up to N (%.0f, %.0f)", p->name,
                               with->value + without->value, check_find(c, p->name, "N", CHECK_COUNT)->value)));
    }
    if (!every || n < 2 || !all) return ST_OK;
    check_range said = check_count_range(c, all);
    bool apart = sum.low > said.high || sum.high < said.low;
    return check_add(c, "sum", apart ? CHECK_CONTRADICTION : CHECK_AGREES,
               arena_printf(c->out, "the groups' N add up to %.0f to %.0f, the test says %.0f", sum.low, sum.high, all->value));
}

/* The share of all must lie between those of the groups; how small must the group furthest away be? */
status
check_mixture(checking *c, const check_part *parts, size_t n)
{
    const check_claim *all = check_find(c, "total", "with", CHECK_COUNT), *of = check_find(c, "total", "N", CHECK_COUNT);
    const check_claim *percent = check_find(c, "total", "with", CHECK_PERCENT);
    if (n != 2 || !parts[0].has_with || !parts[1].has_with || ((!all || !of) && !percent)) return ST_OK;
    check_range whole = percent ? check_percent_range(percent) : (check_range){(all->value - c->rounding) / (of->value + c->rounding),
                                                             (all->value + c->rounding) / (of->value - c->rounding)};
    const check_part *low = parts[0].share.low <= parts[1].share.low ? &parts[0] : &parts[1], *high = low == &parts[0] ? &parts[1] : &parts[0];
    if (whole.high < low->share.low || whole.low > high->share.high)
        return check_add(c, "mixture", CHECK_CONTRADICTION,
                   arena_printf(c->out, "all together %.1f to %.1f %%, outside %s and %s", 100 * whole.low, 100 * whole.high, low->name, high->name));
    /* the largest share the lower and the upper group may have of all */
    double most_low = fmin(1, fmax(0, (high->share.high - whole.low) / fmax(high->share.high - low->share.low, 1e-12)));
    double most_high = fmin(1, fmax(0, (whole.high - low->share.low) / fmax(high->share.high - low->share.low, 1e-12)));
    const check_part *small = most_low < most_high ? low : high;
    double most = fmin(most_low, most_high);
    if (low->has_n && high->has_n) {
        double share = small->n.low / (low->n.high + high->n.high);
        check_verdict v = share > most + 1e-9 ? CHECK_CONTRADICTION : CHECK_AGREES;
        return check_add(c, "mixture", v, arena_printf(c->out, "%s may be at most %.1f %% of all for the shares to fit", small->name, 100 * most));
    }
    check_verdict v = most < 0.05 ? CHECK_IMPLAUSIBLE : CHECK_AGREES;
    return check_add(c, "mixture", v, arena_printf(c->out, "the groups' shares give the share of all (%.1f to %.1f %%) only if %s are at most %.1f %% of all",
                                             100 * whole.low, 100 * whole.high, small->name, 100 * most));
}
