/* peil stat table, mh, proportion, rates, welch, ranks, adjust: JSON. */
#include "cli/stat.h"
#include "cli/stat_cells.h"

#include "follow/crosstab.h"
#include "follow/shares.h"

#include <math.h>
#include <stdlib.h>
#define MATHLIB_STANDALONE
#include <Rmath.h>

static json_t *
effect_of(effect e)
{
    json_t *all = json_object();
    json_object_set_new(all, "estimate", stat_number(e.estimate));
    json_object_set_new(all, "lower", stat_number(e.lower));
    json_object_set_new(all, "upper", stat_number(e.upper));
    return all;
}

static json_t *
test_of(double statistic, double df)
{
    json_t *all = json_object();
    json_object_set_new(all, "statistic", stat_number(statistic));
    json_object_set_new(all, "df", json_integer((json_int_t)df));
    json_object_set_new(all, "p", stat_number(df > 0 && !isnan(statistic) ? pchisq(statistic, df, 0, 0) : NAN));
    return all;
}

static void
put_effects(json_t *all, const stat_counts *c, double level)
{
    json_object_set_new(all, "cramers-v", effect_of(follow_effect_v(c->count, c->rows, c->cols, level)));
    if (c->rows != 2 || c->cols != 2) return;
    json_object_set_new(all, "yates", test_of(follow_yates(c->count, 2, 2), follow_table_df(c->count, 2, 2)));
    json_object_set_new(all, "rd", effect_of(follow_effect_rd(c->count, level)));
    json_object_set_new(all, "rd_newcombe", effect_of(follow_effect_newcombe(c->count, level)));
    json_object_set_new(all, "rr", effect_of(follow_effect_rr(c->count, level)));
    json_object_set_new(all, "or", effect_of(follow_effect_or(c->count, level)));
    json_object_set_new(all, "or_conditional", effect_of(follow_effect_or_exact(c->count, level)));
}

/* The exact tests, and which of all tests to read. */
static status
put_exact(json_t *all, const options *o, const stat_counts *c)
{
    fisher_result f;
    double least = follow_least_expected(c->count, c->rows, c->cols), n = 0, simulated = NAN;
    CHECK(follow_fisher(c->count, c->rows, c->cols, &f));
    for (size_t i = 0; i < c->rows * c->cols; i++) n += (double)c->count[i];
    size_t samples = (size_t)option_int(o, "samples");
    if (n * (double)samples > 1e9) samples = 0;
    if (samples) CHECK(follow_monte_carlo(c->count, c->rows, c->cols, (uint64_t)option_int(o, "seed"), samples, &simulated));
    json_t *fisher = json_object(), *mid = json_object(), *monte = json_object();
    json_object_set_new(fisher, "p", stat_number(f.p));
    if (!f.done) json_object_set_new(fisher, "reason", json_string(n > 0 ? "the table is too large to enumerate" : "nobody is counted"));
    json_object_set_new(mid, "p", stat_number(f.p - f.point / 2));
    json_object_set_new(monte, "p", stat_number(simulated));
    json_object_set_new(monte, "samples", json_integer((json_int_t)samples));
    json_object_set_new(monte, "seed", json_integer(option_int(o, "seed")));
    if (!samples) json_object_set_new(monte, "reason", json_string("not asked for, or more than 1e9 persons to draw"));
    json_object_set_new(all, "fisher", fisher);
    json_object_set_new(all, "mid-p", mid);
    json_object_set_new(all, "monte-carlo", monte);
    json_object_set_new(all, "read", json_string(isnan(least) ? "none" : least >= 5 ? "pearson" : f.done ? "fisher" : "monte-carlo"));
    json_object_set_new(all, "rule", json_string("pearson when every expected count is at least 5, else an exact test"));
    return ST_OK;
}

static status
table_tests(arena *a, const options *o)
{
    stat_counts c;
    CHECK(stat_read_counts(a, option_argument(o, 1), &c));
    double df = follow_table_df(c.count, c.rows, c.cols);
    json_t *all = json_object(), *shape = json_array();
    json_array_append_new(shape, json_integer((json_int_t)c.rows));
    json_array_append_new(shape, json_integer((json_int_t)c.cols));
    json_object_set_new(all, "shape", shape);
    json_object_set_new(all, "rows", stat_names(c.rows, c.row));
    json_object_set_new(all, "columns", stat_names(c.cols, c.col));
    json_object_set_new(all, "df", json_integer((json_int_t)df));
    json_object_set_new(all, "smallest_expected", stat_number(follow_least_expected(c.count, c.rows, c.cols)));
    json_object_set_new(all, "pearson", test_of(follow_pearson(c.count, c.rows, c.cols), df));
    json_object_set_new(all, "g2", test_of(follow_g2(c.count, c.rows, c.cols), df));
    put_effects(all, &c, option_double(o, "level"));
    status code = put_exact(all, o, &c);
    if (code == ST_OK) return stat_print(all);
    json_decref(all);
    return code;
}

static status
proportion(const options *o)
{
    int64_t x, n;
    if (option_count(o) != 3 || !text_to_int(text_of(option_argument(o, 1)), &x) || !text_to_int(text_of(option_argument(o, 2)), &n) || x < 0 ||
        n < 1 || x > n)
        FAIL(ST_USAGE, "expected: peil stat proportion X N, whole numbers with 0 <= X <= N and N >= 1");
    share_intervals s = follow_share(x, n, option_double(o, "level"));
    json_t *all = json_object();
    json_object_set_new(all, "x", json_integer(x));
    json_object_set_new(all, "n", json_integer(n));
    json_object_set_new(all, "estimate", stat_number(s.estimate));
    json_object_set_new(all, "wilson", effect_of(s.wilson));
    json_object_set_new(all, "clopper-pearson", effect_of(s.clopper_pearson));
    json_object_set_new(all, "mid-p", effect_of(s.mid_p));
    return stat_print(all);
}

/* Columns a, b, c, d: one line a stratum. */
static status
wide_strata(arena *a, const stat_cells *t, const char *file, const int at[4], size_t *n, int64_t **tables)
{
    ALLOC(a, *tables, 4 * t->rows);
    *n = t->rows;
    for (size_t r = 0; r < t->rows; r++)
        for (int k = 0; k < 4; k++) CHECK(stat_read_count(t, file, r, (size_t)at[k], &(*tables)[4 * r + (size_t)k]));
    return ST_OK;
}

/* stratum, row, column, count: one line a cell. */
static status
long_strata(arena *a, const stat_cells *t, const options *o, size_t *n, int64_t **tables)
{
    const char *file = option_argument(o, 1), *stratum = option_text(o, "strata"), **name;
    int count_at = stat_find_column(t, "count"), stratum_at = stratum ? stat_find_column(t, stratum) : -1;
    size_t at[3], k = 0, *of[3], levels[3];
    if (stratum && stratum_at < 0) FAIL(ST_INVALID, "%s: expected a column %s", file, stratum);
    if (count_at < 0 || t->cols != 4) FAIL(ST_INVALID, "%s: expected columns a, b, c, d, or stratum, row, column and count", file);
    if (stratum_at >= 0) at[k++] = (size_t)stratum_at;
    for (size_t i = 0; i < t->cols && k < 3; i++)
        if ((int)i != count_at && (int)i != stratum_at) at[k++] = i;
    for (k = 0; k < 3; k++) CHECK(stat_values_of(a, t, at[k], &levels[k], &name, &of[k]));
    if (levels[1] != 2 || levels[2] != 2) FAIL(ST_INVALID, "%s: expected two rows and two columns a stratum", file);
    *n = levels[0];
    ALLOC(a, *tables, 4 * *n);
    for (size_t r = 0; r < t->rows; r++) {
        int64_t count;
        CHECK(stat_read_count(t, file, r, (size_t)count_at, &count));
        (*tables)[4 * of[0][r] + 2 * of[1][r] + of[2][r]] += count;
    }
    return ST_OK;
}

static status
mantel(arena *a, const options *o)
{
    stat_cells t;
    size_t n = 0;
    int64_t *tables = NULL;
    CHECK(stat_read_cells(a, option_argument(o, 1), &t));
    int at[4] = {stat_find_column(&t, "a"), stat_find_column(&t, "b"), stat_find_column(&t, "c"), stat_find_column(&t, "d")};
    bool wide = at[0] >= 0 && at[1] >= 0 && at[2] >= 0 && at[3] >= 0;
    CHECK(wide ? wide_strata(a, &t, option_argument(o, 1), at, &n, &tables) : long_strata(a, &t, o, &n, &tables));
    mantel_haenszel m = follow_mantel_haenszel(n, tables, option_double(o, "level"));
    json_t *all = json_object();
    json_object_set_new(all, "strata", json_integer((json_int_t)m.strata));
    json_t *left = json_object();
    json_object_set_new(left, "fewer_than_two_persons", json_integer((json_int_t)(n - m.strata)));
    json_object_set_new(all, "excluded_strata", left);
    json_object_set_new(all, "or", effect_of(m.odds_ratio));
    json_object_set_new(all, "rr", effect_of(m.risk_ratio));
    json_object_set_new(all, "chisq", stat_number(m.chisq));
    json_object_set_new(all, "df", json_integer(1));
    json_object_set_new(all, "p", stat_number(m.p));
    json_object_set_new(all, "chisq_corrected", stat_number(m.chisq_corrected));
    json_object_set_new(all, "p_corrected", stat_number(m.p_corrected));
    json_object_set_new(all, "breslow-day", test_of(m.homogeneity, m.homogeneity_df));
    return stat_print(all);
}

static status
read_numbers(arena *a, const stat_cells *t, const char *file, const char *name, bool needed, double **result)
{
    int at = stat_find_column(t, name);
    *result = NULL;
    if (at < 0 && !needed) return ST_OK;
    if (at < 0) FAIL(ST_INVALID, "%s: expected a column %s", file, name);
    ALLOC(a, *result, t->rows);
    for (size_t r = 0; r < t->rows; r++)
        if (!text_to_double(t->field[r * t->cols + (size_t)at], &(*result)[r]) || (*result)[r] < 0)
            FAIL(ST_INVALID, "%s: row %zu, column %s: expected a number from 0", file, r + 2, name);
    return ST_OK;
}

typedef struct rate_rows {
    size_t n, groups, strata, *group, *stratum;
    const char **group_name, **stratum_name;
    double *events, *time, *standard;
} rate_rows;

/* Group g's rows by stratum: events, time, weights, and the rates of all groups together. */
static status
rates_of(arena *a, const rate_rows *q, size_t g, double level, json_t *groups)
{
    double *events, *time, *weight, *pooled, *pooled_time, expected, sum_events = 0, sum_time = 0;
    ALLOC(a, events, q->strata);
    ALLOC(a, time, q->strata);
    ALLOC(a, weight, q->strata);
    ALLOC(a, pooled, q->strata);
    ALLOC(a, pooled_time, q->strata);
    bool complete = true;
    for (size_t r = 0; r < q->n; r++) {
        size_t s = q->stratum[r];
        pooled[s] += q->events[r], pooled_time[s] += q->time[r];
        if (q->standard) weight[s] = q->standard[r];
        if (q->group[r] == g) events[s] += q->events[r], time[s] += q->time[r];
    }
    for (size_t s = 0; s < q->strata; s++) {
        sum_events += events[s], sum_time += time[s];
        if (!q->standard) weight[s] = pooled_time[s];
        pooled[s] = pooled_time[s] > 0 ? pooled[s] / pooled_time[s] : 0;
        complete = complete && time[s] > 0;
    }
    effect none = {NAN, NAN, NAN};
    json_t *one = json_object();
    json_object_set_new(one, "group", json_string(q->group_name[g]));
    json_object_set_new(one, "events", stat_number(sum_events));
    json_object_set_new(one, "time", stat_number(sum_time));
    json_object_set_new(one, "crude", effect_of(follow_rate(sum_events, sum_time, level)));
    json_object_set_new(one, "direct", effect_of(complete ? follow_rate_direct(q->strata, events, time, weight, level) : none));
    if (!complete) json_object_set_new(one, "direct_reason", json_string("a stratum has no person-time"));
    json_object_set_new(one, "ratio", effect_of(follow_rate_indirect(q->strata, events, time, pooled, level, &expected)));
    json_object_set_new(one, "expected", stat_number(expected));
    json_array_append_new(groups, one);
    return ST_OK;
}

/* Events need time, and a stratum one standard weight. */
static status
check_rates(arena *a, const rate_rows *q, const char *file)
{
    size_t *first;
    ALLOC(a, first, q->strata);
    for (size_t r = 0; r < q->n; r++) {
        size_t s = q->stratum[r];
        if (q->events[r] > 0 && q->time[r] == 0) FAIL(ST_INVALID, "%s: row %zu: events without time; expected time under observation", file, r + 2);
        if (!first[s]) first[s] = r + 1;
        if (q->standard && q->standard[r] != q->standard[first[s] - 1])
            FAIL(ST_INVALID, "%s: row %zu, column standard: another weight than in row %zu of the same stratum", file, r + 2, first[s] + 1);
    }
    return ST_OK;
}

static status
rates(arena *a, const options *o)
{
    const char *file = option_argument(o, 1);
    stat_cells t;
    rate_rows q = {0};
    CHECK(stat_read_cells(a, file, &t));
    q.n = t.rows;
    CHECK(read_numbers(a, &t, file, "events", true, &q.events));
    CHECK(read_numbers(a, &t, file, "time", true, &q.time));
    CHECK(read_numbers(a, &t, file, "standard", false, &q.standard));
    int group = stat_find_column(&t, "group"), stratum = stat_find_column(&t, "stratum");
    if (stratum < 0) FAIL(ST_INVALID, "%s: expected columns stratum, events, time, and perhaps group and standard", file);
    CHECK(stat_values_of(a, &t, (size_t)stratum, &q.strata, &q.stratum_name, &q.stratum));
    CHECK(check_rates(a, &q, file));
    if (group >= 0) {
        CHECK(stat_values_of(a, &t, (size_t)group, &q.groups, &q.group_name, &q.group));
    } else {
        q.groups = 1;
        ALLOC(a, q.group, q.n);
        ALLOC(a, q.group_name, 1);
        q.group_name[0] = "";
    }
    json_t *all = json_object(), *groups = json_array();
    json_object_set_new(all, "method", json_string("exact Poisson limits; direct: gamma limits; ratio: observed to expected at the rates of all groups"));
    json_object_set_new(all, "strata", json_integer((json_int_t)q.strata));
    json_object_set_new(all, "groups", groups);
    for (size_t g = 0; g < q.groups; g++) {
        status code = rates_of(a, &q, g, option_double(o, "level"), groups);
        if (code != ST_OK) {
            json_decref(all);
            return code;
        }
    }
    return stat_print(all);
}

static status
adjust(arena *a, const options *o)
{
    size_t n = (size_t)option_count(o) - 1;
    double *p, *holm, *bh;
    ALLOC(a, p, n);
    ALLOC(a, holm, n);
    ALLOC(a, bh, n);
    if (n == 0) FAIL(ST_USAGE, "expected: peil stat adjust P...");
    for (size_t i = 0; i < n; i++)
        if (!text_to_double(text_of(option_argument(o, (int)i + 1)), &p[i]) || p[i] < 0 || p[i] > 1)
            FAIL(ST_USAGE, "adjust: expected p-values from 0 to 1 with a decimal point");
    CHECK(follow_adjust_holm(n, p, holm));
    CHECK(follow_adjust_bh(n, p, bh));
    json_t *all = json_object();
    json_object_set_new(all, "p", stat_numbers(n, p));
    json_object_set_new(all, "holm", stat_numbers(n, holm));
    json_object_set_new(all, "bh", stat_numbers(n, bh));
    return stat_print(all);
}

static int
by_number(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static status
welch(arena *a, const options *o, const stat_cells *t, const double *value, const size_t *of, const char **name)
{
    double *x[2];
    size_t n[2] = {0, 0};
    for (int g = 0; g < 2; g++) ALLOC(a, x[g], t->rows);
    for (size_t r = 0; r < t->rows; r++)
        if (!isnan(value[r])) x[of[r]][n[of[r]]++] = value[r];
    for (int g = 0; g < 2; g++) qsort(x[g], n[g], sizeof *x[g], by_number); /* sums do not depend on the order of rows */
    welch_result w = follow_welch(n[0], x[0], n[1], x[1], option_double(o, "level"));
    json_t *all = json_object();
    json_object_set_new(all, "method", json_string("welch"));
    json_object_set_new(all, "groups", stat_names(2, name));
    json_object_set_new(all, "n", stat_numbers(2, w.n));
    json_object_set_new(all, "mean", stat_numbers(2, w.mean));
    json_object_set_new(all, "sd", stat_numbers(2, w.sd));
    json_object_set_new(all, "t", stat_number(w.t));
    json_object_set_new(all, "df", stat_number(w.df));
    json_object_set_new(all, "p", stat_number(w.p));
    json_object_set_new(all, "difference", effect_of(w.difference));
    json_object_set_new(all, "missing", json_integer((json_int_t)(t->rows - n[0] - n[1])));
    return stat_print(all);
}

static status
ranks(arena *a, const options *o, const stat_cells *t, const double *value, const size_t *of, size_t groups, const char **name)
{
    double *x;
    int32_t *g;
    size_t n = 0;
    rank_result q;
    ALLOC(a, x, t->rows);
    ALLOC(a, g, t->rows);
    for (size_t r = 0; r < t->rows; r++)
        if (!isnan(value[r])) x[n] = value[r], g[n++] = (int32_t)of[r];
    CHECK(follow_ranks(n, x, g, (int32_t)groups, option_double(o, "level"), &q));
    json_t *all = json_object();
    json_object_set_new(all, "method", json_string(groups > 2 ? "kruskal-wallis" : q.exact ? "wilcoxon, exact" : "wilcoxon, normal with continuity correction"));
    json_object_set_new(all, "groups", stat_names(groups, name));
    json_object_set_new(all, "n", json_integer((json_int_t)n));
    json_object_set_new(all, "statistic", stat_number(q.statistic));
    if (groups > 2) json_object_set_new(all, "df", json_integer(q.df));
    json_object_set_new(all, "p", stat_number(q.p));
    if (groups == 2) json_object_set_new(all, "superiority", effect_of(q.superiority));
    json_object_set_new(all, "missing", json_integer((json_int_t)(t->rows - n)));
    return stat_print(all);
}

/* Groups in their natural order: the levels sorted by bytes. */
static status
sort_groups(arena *a, size_t rows, size_t n, const char **name, size_t *of)
{
    size_t *rank;
    const char **sorted;
    ALLOC(a, rank, n);
    ALLOC(a, sorted, n);
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < n; k++) rank[i] += strcmp(name[k], name[i]) < 0;
        sorted[rank[i]] = name[i];
    }
    for (size_t i = 0; i < n; i++) name[i] = sorted[i];
    for (size_t r = 0; r < rows; r++) of[r] = rank[of[r]];
    return ST_OK;
}

static status
measurements(arena *a, const options *o, const char *method)
{
    const char *file = option_argument(o, 1), *by = option_text(o, "by"), *column = option_text(o, "value"), **name;
    stat_cells t;
    size_t groups, *of;
    double *value;
    if (!by || !column) FAIL(ST_USAGE, "%s: --value COLUMN and --by COLUMN are needed", method);
    CHECK(stat_read_cells(a, file, &t));
    int at = stat_find_column(&t, column), group_at = stat_find_column(&t, by);
    if (at < 0 || group_at < 0) FAIL(ST_INVALID, "%s: expected columns %s and %s", file, column, by);
    ALLOC(a, value, t.rows);
    for (size_t r = 0; r < t.rows; r++) {
        text v = t.field[r * t.cols + (size_t)at];
        value[r] = NAN;
        if (v.n && !text_to_double(v, &value[r])) FAIL(ST_INVALID, "%s: row %zu, column %s: expected a number or empty", file, r + 2, column);
        if (t.field[r * t.cols + (size_t)group_at].n == 0) value[r] = NAN;
    }
    CHECK(stat_values_of(a, &t, (size_t)group_at, &groups, &name, &of));
    CHECK(sort_groups(a, t.rows, groups, name, of));
    if (groups && !*name[0]) { /* the empty group: its values are missing already */
        for (size_t r = 0; r < t.rows; r++) of[r] -= of[r] > 0;
        name++, groups--;
    }
    bool is_welch = strcmp(method, "welch") == 0;
    if (groups < 2 || (is_welch && groups > 2)) FAIL(ST_INVALID, "%s: column %s: expected %s", file, by, is_welch ? "two groups" : "at least two groups");
    return is_welch ? welch(a, o, &t, value, of, name) : ranks(a, o, &t, value, of, groups, name);
}

status
stat_tables(arena *a, const options *o, const char *method)
{
    bool of_file = strcmp(method, "proportion") != 0 && strcmp(method, "adjust") != 0;
    static const char *const known[] = {"table", "mh", "rates", "welch", "ranks", "proportion", "adjust", NULL};
    int i = 0;
    while (known[i] && strcmp(known[i], method) != 0) i++;
    if (!known[i]) FAIL(ST_USAGE, "no such method: %s; peil stat --help lists them", method);
    if (of_file && option_count(o) != 2) FAIL(ST_USAGE, "expected: peil stat %s FILE.csv", method);
    if (strcmp(method, "table") == 0) return table_tests(a, o);
    if (strcmp(method, "mh") == 0) return mantel(a, o);
    if (strcmp(method, "rates") == 0) return rates(a, o);
    if (strcmp(method, "proportion") == 0) return proportion(o);
    if (strcmp(method, "adjust") == 0) return adjust(a, o);
    return measurements(a, o, method);
}
