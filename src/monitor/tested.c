#include "monitor/tested.h"

#include "follow/crosstab.h"
#include "follow/two_by_two.h"
#include "protect/statistic.h"

#include <math.h>

enum { MOST_DIGITS = 4, LEAST_EXPECTED = 5 };

/* --- what a test prints --- */

static double
pearson(size_t rows, size_t columns, const int64_t table[], const void *context)
{
    (void)context;
    return follow_pearson(table, rows, columns);
}

/* The gate counts tables by their p, too. */
static double
exact_p(size_t rows, size_t columns, const int64_t table[], const void *context)
{
    (void)context, (void)rows, (void)columns;
    return follow_two_by_two(table);
}

static bool
is_exact(size_t rows, size_t columns, const int64_t rounded[])
{
    return !(follow_least_expected(rounded, rows, columns) >= LEAST_EXPECTED);
}

static gate_statistic *
choose(size_t rows, size_t columns, const int64_t rounded[])
{
    if (!is_exact(rows, columns, rounded)) return pearson;
    return rows == 2 && columns == 2 ? exact_p : NULL;
}

enum { CLASS_1_1000, CLASS_1_100, CLASS_5_100, CLASS_MORE };
static const double class_ends[] = {0.001, 0.01, 0.05, 1};

/* 1 to 4: p below 0.001, 0.01, 0.05 or not. */
static double
class_of(double p)
{
    int k = CLASS_1_1000;
    while (k < CLASS_MORE && !(p < class_ends[k])) k++;
    return isnan(p) ? (double)NAN : (double)(k + 1);
}

static double
pearson_class(size_t rows, size_t columns, const int64_t table[], const void *context)
{
    (void)context;
    return class_of(follow_pearson_p(table, rows, columns));
}

static double
exact_class(size_t rows, size_t columns, const int64_t table[], const void *context)
{
    (void)context, (void)rows, (void)columns;
    return class_of(follow_two_by_two(table));
}

static gate_statistic *
choose_class(size_t rows, size_t columns, const int64_t rounded[])
{
    gate_statistic *fine = choose(rows, columns, rounded);
    return fine == pearson ? pearson_class : fine == exact_p ? exact_class : NULL;
}

static bool
was_exact(const protect_tested *x)
{
    return is_exact(x->rows, x->columns, x->rounded);
}

static double
measure_chisq(const protect_tested *x)
{
    return was_exact(x) ? NAN : x->shown;
}

static double
measure_df(const protect_tested *x)
{
    return was_exact(x) ? NAN : follow_table_df(x->rounded, x->rows, x->columns);
}

static double
measure_p(const protect_tested *x)
{
    return was_exact(x) ? NAN : follow_chisq_tail(x->shown, follow_table_df(x->rounded, x->rows, x->columns));
}

static double
measure_exact_p(const protect_tested *x)
{
    return was_exact(x) ? x->shown : NAN;
}

static double
measure_class(const protect_tested *x)
{
    return isnan(x->coarse) ? NAN : class_ends[(int)x->coarse - 1];
}

/* Groups are the columns of a figure, the outcome its first row. */
static effect
risk_ratio(const protect_tested *x)
{
    if (x->rows != 2 || x->columns != 2) return (effect){NAN, NAN, NAN};
    const int64_t turned[] = {x->rounded[0], x->rounded[2], x->rounded[1], x->rounded[3]};
    return follow_effect_rr(turned, 0.95);
}

static effect
cramers_v(const protect_tested *x)
{
    if (x->rows == 2 && x->columns == 2) return (effect){NAN, NAN, NAN};
    return follow_effect_v(x->rounded, x->rows, x->columns, 0.95);
}

static double measure_rr(const protect_tested *x) { return risk_ratio(x).estimate; }
static double measure_rr_lower(const protect_tested *x) { return risk_ratio(x).lower; }
static double measure_rr_upper(const protect_tested *x) { return risk_ratio(x).upper; }
static double measure_v(const protect_tested *x) { return cramers_v(x).estimate; }
static double measure_v_lower(const protect_tested *x) { return cramers_v(x).lower; }
static double measure_v_upper(const protect_tested *x) { return cramers_v(x).upper; }
static double measure_least(const protect_tested *x) { return follow_least_expected(x->rounded, x->rows, x->columns); }

static double measure_rows(const protect_tested *x) { return (double)x->rows; }
static double measure_columns(const protect_tested *x) { return (double)x->columns; }

enum { ROWS, COLUMNS, CHISQ, DF, P, EXACT_P, P_BELOW, RR, RR_LOWER, RR_UPPER, V, V_LOWER, V_UPPER, LEAST, MEASURES };

static const struct {
    const char *code, *words;
    int decimals;
    bool gated;
    double (*of)(const protect_tested *x);
} measures[MEASURES] = {
    {"rows", WORD("rows"), 0, false, measure_rows}, {"columns", WORD("columns"), 0, false, measure_columns},
    {"chisq", WORD("Pearson's chi-square"), -1, true, measure_chisq}, {"df", WORD("degrees of freedom"), 0, true, measure_df},
    {"p", WORD("p"), 3, true, measure_p}, {"exact_p", WORD("exact p"), -1, true, measure_exact_p},
    {"p_below", WORD("p below"), 3, true, measure_class},
    {"rr", WORD("risk ratio"), 1, false, measure_rr}, {"rr_lower", WORD("lower limit"), 1, false, measure_rr_lower},
    {"rr_upper", WORD("upper limit"), 1, false, measure_rr_upper}, {"v", WORD("Cramer's V"), 2, false, measure_v},
    {"v_lower", WORD("lower limit"), 2, false, measure_v_lower}, {"v_upper", WORD("upper limit"), 2, false, measure_v_upper},
    {"least", WORD("least expected count"), 0, false, measure_least},
};

/* --- what is tested --- */

typedef struct collecting {
    arena *out;
    const monitor_definition *d;
    const monitor_figure *f;
    const exact_table *exact;
    size_t n;
    protect_test *test;
    code *name;
} collecting;

/* Positions of the items of one dimension that are no totals and no parts. */
static status
positions(const collecting *x, const exact_axis *axis, const char *dimension, size_t *n, size_t **result)
{
    ALLOC(x->out, *result, axis->n);
    *n = 0;
    for (size_t i = 0; i < axis->n; i++) {
        const exact_item *item = &axis->item[i];
        if (item->total || item->parent || !item->dimension) continue;
        if (!dimension) dimension = item->dimension;
        if (!strcmp(item->dimension, dimension)) (*result)[(*n)++] = i;
    }
    return ST_OK;
}

static status
add_rows(collecting *x, const monitor_test *m)
{
    size_t rows, columns, *row, *column;
    CHECK(positions(x, &x->exact->rows, m->rows, &rows, &row));
    CHECK(positions(x, &x->exact->columns, m->dimension, &columns, &column));
    if (x->exact->measure != EXACT_SHARE || rows == 0 || columns < 2)
        FAIL(ST_CONFIG, "%s: figure %s: tests of rows need shares, and two columns or more of one dimension", x->d->file, x->f->figure);
    for (size_t i = 0; i < rows; i++) {
        x->name[x->n] = x->exact->rows.item[row[i]].code;
        x->test[x->n++] = (protect_test){true, 1, columns, &row[i], column};
    }
    return ST_OK;
}

static status
add_table(collecting *x, const monitor_test *m)
{
    static const char *const words = WORD("all rows by all columns");
    size_t rows, columns, *row, *column;
    CHECK(positions(x, &x->exact->rows, m->rows, &rows, &row));
    CHECK(positions(x, &x->exact->columns, m->dimension, &columns, &column));
    if (rows < 2 || columns < 2 || x->exact->rows.overlapping || x->exact->columns.overlapping)
        FAIL(ST_CONFIG, "%s: figure %s: tests of a table need two rows and two columns or more that nobody is in twice: test of: rows otherwise",
             x->d->file, x->f->figure);
    char *name = arena_printf(x->out, "table%zu", x->n + 1);
    if (!name) FAIL(ST_NO_MEMORY, "out of memory (tests)");
    x->name[x->n] = (code){name, {words_get(LANGUAGE_NL, words), words_get(LANGUAGE_EN, words)}};
    x->test[x->n++] = (protect_test){false, rows, columns, row, column};
    return ST_OK;
}

static status
collect(collecting *x)
{
    size_t most = x->f->tests_count * (1 + x->exact->rows.n);
    ALLOC(x->out, x->test, most);
    ALLOC(x->out, x->name, most);
    for (uint32_t i = 0; i < x->f->tests_count; i++) {
        const monitor_test *m = &x->f->tests[i];
        CHECK(strcmp(m->of, "rows") ? add_table(x, m) : add_rows(x, m));
    }
    return ST_OK;
}

status
tested_check(const monitor_definition *d, const monitor_figure *f, const exact_table *exact)
{
    SCRATCH(tmp);
    collecting x = {.out = tmp, .d = d, .f = f, .exact = exact};
    return collect(&x);
}

status
tested_release(arena *out, const monitor_definition *d, const monitor_figure *f, const exact_table *exact, const released *shown,
               int reach, released **result)
{
    protect_measure *list;
    collecting x = {.out = out, .d = d, .f = f, .exact = exact};
    *result = NULL;
    if (f->tests_count == 0) return ST_OK;
    CHECK(collect(&x));
    ALLOC(out, list, MEASURES);
    for (int k = 0; k < MEASURES; k++)
        list[k] = (protect_measure){{measures[k].code, {words_get(LANGUAGE_NL, measures[k].words), words_get(LANGUAGE_EN, measures[k].words)}},
                                    measures[k].decimals, measures[k].gated, measures[k].of};
    char *figure = arena_printf(out, "%s-tests", f->figure);
    if (!figure) FAIL(ST_NO_MEMORY, "out of memory (tests)");
    protect_tests t = {.figure = figure, .exact = exact, .released = shown, .reach = reach, .n = x.n, .test = x.test, .name = x.name,
                       .choose = choose, .coarser = choose_class, .most = MOST_DIGITS, .measures = MEASURES, .measure = list};
    return protect_statistics(out, &t, result);
}

/* --- in words --- */

typedef struct speaking {
    const released *tests;
    size_t row;
    language in;
    text_builder *b;
} speaking;

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

static void
put_p(const speaking *s, int measure)
{
    bool low = released_at(s->tests, s->row, (size_t)measure).state == RELEASED_LOW;
    text_printf(s->b, ", %s", words_get(s->in, measures[measure].words));
    if (low) text_put(s->b, s->in == LANGUAGE_NL ? " < 0,001" : " < 0.001");
    else put_number(s, " = ", measure);
}

static void
put_effect(const speaking *s, int measure)
{
    if (!has(s, measure)) return;
    text_printf(s->b, "; %s", words_get(s->in, measures[measure].words));
    put_number(s, " ", measure);
    if (!has(s, measure + 1) || !has(s, measure + 2)) return;
    put_number(s, " (", measure + 1);
    put_number(s, s->in == LANGUAGE_NL ? " tot " : " to ", measure + 2);
    text_put(s->b, ")");
}

/* Where no digit of the statistic may be printed: on which side of the usual bounds p lies. */
static void
put_class(const speaking *s)
{
    static const char *const bounds[][LANGUAGE_COUNT] = {{", p < 0,001", ", p < 0.001"}, {", p < 0,01", ", p < 0.01"}, {", p < 0,05", ", p < 0.05"}};
    released_cell c = released_at(s->tests, s->row, P_BELOW);
    text_put(s->b, words_get(s->in, WORD("the statistic is withheld, it would give counts away")));
    if (!has(s, P_BELOW)) return;
    if (c.value < 1) text_put(s->b, bounds[(c.value > 0.001) + (c.value > 0.01)][s->in]);
    else text_put(s->b, s->in == LANGUAGE_NL ? ", p is 0,05 of meer" : ", p is 0.05 or more");
}

static void
put_sentence(const speaking *s)
{
    text_printf(s->b, "%s: ", released_rows(s->tests)->item[s->row].code.label[s->in]);
    if (has(s, CHISQ)) {
        text_put(s->b, words_get(s->in, measures[CHISQ].words));
        put_number(s, " ", CHISQ);
        text_printf(s->b, ", %s", words_get(s->in, measures[DF].words));
        put_number(s, " ", DF);
        put_p(s, P);
    } else if (has(s, EXACT_P)) {
        text_put(s->b, words_get(s->in, WORD("Fisher's exact test")));
        put_p(s, EXACT_P);
    } else
        put_class(s);
    if (has(s, ROWS)) {
        put_number(s, "; ", ROWS);
        put_number(s, " \xc3\x97 ", COLUMNS);
    }
    put_effect(s, RR);
    put_effect(s, V);
    if (!has(s, LEAST)) return;
    text_printf(s->b, "; %s", words_get(s->in, measures[LEAST].words));
    put_number(s, " ", LEAST);
}

status
tested_sentences(arena *out, const released *tests, size_t *n, phrase **result)
{
    phrase *list;
    *n = tests ? released_rows(tests)->n : 0;
    ALLOC(out, list, *n);
    for (size_t i = 0; i < *n; i++)
        for (int in = 0; in < LANGUAGE_COUNT; in++) {
            text_builder b = text_builder_new(out);
            text made;
            put_sentence(&(speaking){tests, i, (language)in, &b});
            CHECK(text_builder_end(&b, &made));
            list[i].in[in] = made.bytes;
        }
    *result = list;
    return ST_OK;
}
