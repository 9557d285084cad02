#include "follow/check.h"

#include "follow/check_claims.h"

#include <math.h>
#define MATHLIB_STANDALONE
#include <Rmath.h>

typedef check_range range;
typedef check_part part;

status
check_add(checking *c, const char *what, check_verdict verdict, const char *detail)
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

bool
check_same(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

const check_claim *
check_find(const checking *c, const char *row, const char *column, check_unit unit)
{
    for (size_t i = 0; i < c->n; i++)
        if (check_same(c->claim[i].figure, c->figure) && c->claim[i].unit == unit && check_same(c->claim[i].row, row) && check_same(c->claim[i].column, column))
            return &c->claim[i];
    return NULL;
}

bool
check_is_total(const char *name)
{
    return check_same(name, "total") || check_same(name, "N") || check_same(name, "all");
}

bool
check_is_apart(const char *row)
{
    return check_same(row, "test") || check_same(row, "follow-up");
}

bool
check_is_outcome(const char *name)
{
    return check_same(name, "with") || check_same(name, "without");
}

check_range
check_percent_range(const check_claim *p)
{
    double half = 0.5 * pow(10, -p->decimals);
    return (range){fmax(0, (p->value - half) / 100), fmin(1, (p->value + half) / 100)};
}

check_range
check_count_range(const checking *c, const check_claim *k)
{
    return (range){fmax(0, k->value - c->rounding), k->value + c->rounding};
}

/* Counts that are all multiples of five were rounded to five. */
static double
find_rounding(const checking *c)
{
    size_t counts = 0;
    for (size_t i = 0; i < c->n; i++) {
        if (!check_same(c->claim[i].figure, c->figure) || c->claim[i].unit != CHECK_COUNT) continue;
        if (fmod(c->claim[i].value, 5) != 0) return 0;
        counts++;
    }
    return counts >= 2 ? 2 : 0;
}

bool
check_is_first(const checking *c, size_t i, bool row)
{
    for (size_t k = 0; k < i; k++)
        if (check_same(c->claim[k].figure, c->figure) && check_same(row ? c->claim[k].row : c->claim[k].column, row ? c->claim[i].row : c->claim[i].column))
            return false;
    return true;
}

/* What is printed about a group of a two-way table. */
static part
part_of(const checking *c, const char *row)
{
    part p = {.name = row, .with = {0, INFINITY}, .without = {0, INFINITY}};
    const check_claim *without = check_find(c, row, "without", CHECK_COUNT), *below = check_find(c, row, "with", CHECK_PERCENT_BELOW);
    if (without) p.without = check_count_range(c, without);
    const check_claim *n = check_find(c, row, "N", CHECK_COUNT), *with = check_find(c, row, "with", CHECK_COUNT), *percent = check_find(c, row, "with", CHECK_PERCENT);
    if (n) p.has_n = true, p.n = check_count_range(c, n);
    p.share = (range){0, 1};
    if (percent) p.has_with = true, p.share = check_percent_range(percent);
    if (below) p.has_with = true, p.share.high = fmin(p.share.high, below->value / 100);
    if (with && n) {
        p.has_with = true;
        p.share.low = fmax(p.share.low, p.n.high > 0 ? (with->value - c->rounding) / p.n.high : 0);
        p.share.high = fmin(p.share.high, p.n.low > 0 ? (with->value + c->rounding) / p.n.low : 1);
        p.with = check_count_range(c, with);
    } else if (percent && n) {
        p.with = (range){ceil(p.share.low * p.n.low), floor(p.share.high * p.n.high)};
    } else if (with) {
        p.with = check_count_range(c, with);
    }
    return p;
}

enum { MOST_PARTS = 16 };

static size_t
find_parts(const checking *c, part *parts)
{
    size_t n = 0;
    for (size_t i = 0; i < c->n && n < MOST_PARTS; i++) {
        if (!check_same(c->claim[i].figure, c->figure) || check_is_total(c->claim[i].row) || check_is_apart(c->claim[i].row) || !check_is_first(c, i, true)) continue;
        part p = part_of(c, c->claim[i].row);
        if (p.has_with || p.has_n) parts[n++] = p;
    }
    return n;
}

/* Degrees of freedom of the groups by the outcomes the test is said to be about (two, unless it is said). */
static double
df_shown(const checking *c, size_t groups)
{
    const check_claim *outcomes = check_find(c, "test", "outcomes", CHECK_CATEGORIES);
    return groups < 2 ? 0 : (double)(groups - 1) * ((outcomes ? outcomes->value : 2) - 1);
}

static status
check_df(checking *c, size_t groups)
{
    const check_claim *df = check_find(c, "test", "df", CHECK_DF);
    double shown = df_shown(c, groups);
    if (!df || shown == 0) return ST_OK;
    if (df->value == shown) return check_add(c, "df", CHECK_AGREES, arena_printf(c->out, "df %.0f fits the table shown", shown));
    return check_add(c, "df", CHECK_CONTRADICTION, arena_printf(c->out, "df %.0f is printed; the table shown has df %.0f", df->value, shown));
}

/* The printed p against an exact test, where expected counts are small in each table that gives the statistic. */
static status
check_small(checking *c, check_fits fits)
{
    const check_claim *p = check_find(c, "test", "p", CHECK_P_BELOW);
    if (!fits.any || !fits.small) return ST_OK;
    if (p && fits.least_p >= p->value)
        return check_add(c, "small counts", CHECK_CONTRADICTION,
                   arena_printf(c->out, "an expected count is below 5 in each table that fits: the approximation does not hold, and an exact test "
                                        "gives more than the printed p < %.*f", p->decimals, p->value));
    return check_add(c, "small counts", CHECK_IMPLAUSIBLE, "an expected count is below 5 in each table that fits: the approximation behind p does not hold");
}

/* A statistic against the range it can have. */
static status
check_range_of(checking *c, const check_claim *chi2, range r)
{
    double half = 0.5 * pow(10, -chi2->decimals);
    bool apart = chi2->value + half < r.low * (1 - 1e-9) || chi2->value - half > r.high * (1 + 1e-9);
    return check_add(c, "chi-square", apart ? CHECK_CONTRADICTION : CHECK_AGREES,
               arena_printf(c->out, "%.*f is printed; tables that fit what is printed give %.3f to %.3f at most", chi2->decimals, chi2->value, r.low, r.high));
}

/* Three groups or more. */
static status
check_chi2_of_groups(checking *c, const part *parts, size_t n)
{
    const check_claim *chi2 = check_find(c, "test", "chi2", CHECK_CHI2);
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
        if (!check_same(k->figure, c->figure) || k->unit != CHECK_COUNT || check_is_apart(k->row) || check_is_total(k->row) || check_is_total(k->column)) continue;
        const char *name = rows ? k->row : k->column;
        bool known = false;
        for (size_t j = 0; j < n; j++) known = known || check_same(names[j], name);
        if (!known) names[n++] = name;
    }
    return n;
}

/* A table of counts of any shape, all of it printed, against the statistic and its df. */
static status
check_chi2_of_table(checking *c)
{
    const check_claim *chi2 = check_find(c, "test", "chi2", CHECK_CHI2), *df = check_find(c, "test", "df", CHECK_DF);
    const char *row[MOST_PARTS], *column[MOST_PARTS];
    range cell[MOST_CELLS];
    size_t rows = sides(c, true, row), columns = sides(c, false, column);
    if ((!chi2 && !df) || rows < 2 || columns < 2 || rows * columns > MOST_CELLS || check_find(c, "test", "outcomes", CHECK_CATEGORIES)) return ST_OK;
    for (size_t k = 0; k < rows * columns; k++) {
        const check_claim *count = check_find(c, row[k / columns], column[k % columns], CHECK_COUNT);
        if (!count || check_is_outcome(column[k % columns])) return ST_OK; /* groups with and without: see above */
        cell[k] = check_count_range(c, count);
    }
    double shown = (double)(rows - 1) * (double)(columns - 1);
    if (df)
        CHECK(check_add(c, "df", df->value == shown ? CHECK_AGREES : CHECK_CONTRADICTION,
                  arena_printf(c->out, "df %.0f is printed; the table shown has df %.0f", df->value, shown)));
    return chi2 ? check_range_of(c, chi2, check_chi2_cells(rows, columns, cell)) : ST_OK;
}

static status
check_chi2(checking *c, const part *parts, size_t n)
{
    const check_claim *chi2 = check_find(c, "test", "chi2", CHECK_CHI2), *all = check_find(c, "test", "N", CHECK_COUNT);
    if (!chi2 || n != 2 || !parts[0].has_n || !parts[1].has_n) return ST_OK;
    check_pair pair = {&parts[0], &parts[1], all ? check_count_range(c, all) : (range){0, INFINITY}};
    double half = 0.5 * pow(10, -chi2->decimals);
    int decimals = chi2->decimals;
    if (df_shown(c, n) > 1) { /* a table with more outcomes than are shown can only have a larger statistic */
        if (!parts[0].has_with || !parts[1].has_with) return ST_OK;
        range r = check_chi2_range(&pair);
        return check_add(c, "chi-square", chi2->value + half < r.low ? CHECK_CONTRADICTION : CHECK_AGREES,
                   arena_printf(c->out, "%.*f is printed; it belongs to a finer table than with and without, so at least %.3f", decimals, chi2->value, r.low));
    }
    range r = {0, INFINITY};
    if (parts[0].has_with && parts[1].has_with) r = check_chi2_range(&pair);
    if (r.low > r.high)
        return check_add(c, "chi-square", CHECK_CONTRADICTION, "no table at all fits the counts, percentages and numbers of persons printed");
    if (chi2->value + half < r.low || chi2->value - half > r.high)
        return check_add(c, "chi-square", CHECK_CONTRADICTION,
                   arena_printf(c->out, "%.*f is printed; tables that fit what is printed give %.3f to %.3f", decimals, chi2->value, r.low, r.high));
    check_fits fits = check_whole_tables(&pair, chi2->value, half);
    if (fits.decided && !fits.any)
        return check_add(c, "chi-square", CHECK_CONTRADICTION,
                   arena_printf(c->out, "%.*f is printed; no table of whole persons that fits what is printed gives it", decimals, chi2->value));
    CHECK(check_add(c, "chi-square", CHECK_AGREES, arena_printf(c->out, "tables that fit what is printed give %.*f", decimals, chi2->value)));
    return check_small(c, fits);
}

/* "p < 0.001". */
static status
check_p_below(checking *c, size_t groups)
{
    const check_claim *chi2 = check_find(c, "test", "chi2", CHECK_CHI2), *p = check_find(c, "test", "p", CHECK_P_BELOW), *df = check_find(c, "test", "df", CHECK_DF);
    if (!chi2 || !p) return ST_OK;
    double d = df ? df->value : fmax(1, df_shown(c, groups)), right = pchisq(chi2->value + 0.5 * pow(10, -chi2->decimals), d, 0, 0);
    return check_add(c, "p-value", right < p->value ? CHECK_AGREES : CHECK_CONTRADICTION,
               arena_printf(c->out, "p < %.*f is printed, the statistic with df %.0f gives %.2g", p->decimals, p->value, d, right));
}

static status
check_p(checking *c, size_t groups)
{
    const check_claim *chi2 = check_find(c, "test", "chi2", CHECK_CHI2), *p = check_find(c, "test", "p", CHECK_P), *df = check_find(c, "test", "df", CHECK_DF);
    if (!chi2 || !p) return ST_OK;
    double half = 0.5 * pow(10, -p->decimals), chi_half = 0.5 * pow(10, -chi2->decimals);
    double said = df ? df->value : fmax(1, df_shown(c, groups)), fits = 0;
    for (double d = 1; d <= 20 && fits == 0; d++)
        if (pchisq(chi2->value + chi_half, d, 0, 0) <= p->value + half && pchisq(chi2->value - chi_half, d, 0, 0) >= p->value - half) fits = d;
    double right = pchisq(chi2->value, said, 0, 0);
    if (fits == said) return check_add(c, "p-value", CHECK_AGREES, arena_printf(c->out, "p fits the statistic with df %.0f", said));
    if (fits > 0)
        return check_add(c, "p-value", CHECK_CONTRADICTION,
                   arena_printf(c->out, "p = %.*f belongs to df %.0f; the table shown has df %.0f, for which p = %.4f", p->decimals, p->value, fits, said, right));
    return check_add(c, "p-value", CHECK_CONTRADICTION, arena_printf(c->out, "p = %.*f is printed, the statistic with df %.0f gives %.4g", p->decimals, p->value, said, right));
}

/* Mentions of several categories a person: persons, and those in two or three categories. Two ways to read "in two". */
static status
check_overlap(checking *c)
{
    const check_claim *persons = check_find(c, "persons", "overlap", CHECK_COUNT), *mentions = check_find(c, "mentions", "overlap", CHECK_COUNT);
    const check_claim *pairs = check_find(c, "in two", "overlap", CHECK_COUNT), *triples = check_find(c, "in three", "overlap", CHECK_COUNT);
    if (!persons || !mentions || !pairs || !triples) return ST_OK;
    double extra = mentions->value - persons->value, apart = pairs->value + 2 * triples->value, inside = pairs->value - triples->value;
    check_verdict v = extra != apart && extra != inside ? CHECK_CONTRADICTION : CHECK_AGREES;
    return check_add(c, "overlap", v, arena_printf(c->out, "%.0f mentions more than persons; those in several give %.0f, or %.0f when pairs hold the triples",
                                             extra, apart, inside));
}

static status
check_follow_up(checking *c)
{
    const check_claim *from = check_find(c, "follow-up", "registered", CHECK_YEAR), *years = check_find(c, "follow-up", "years", CHECK_YEARS);
    const check_claim *end = check_find(c, "follow-up", "end", CHECK_YEAR);
    if (!from || !years || !end) return ST_OK;
    check_verdict v = from->value + years->value > end->value ? CHECK_CONTRADICTION : CHECK_AGREES;
    return check_add(c, "follow-up", v, arena_printf(c->out, "registered up to %.0f, followed for %.0f years: to %.0f, the data ends in %.0f", from->value,
                                               years->value, from->value + years->value, end->value));
}

status
follow_check(arena *out, size_t n, const check_claim *claims, size_t *findings, check_finding **result)
{
    checking c = {.out = out, .claim = claims, .n = n};
    for (size_t i = 0; i < n; i++) {
        bool first = true;
        for (size_t k = 0; k < i && first; k++) first = !check_same(claims[k].figure, claims[i].figure);
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
