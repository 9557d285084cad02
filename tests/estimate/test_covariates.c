/* Models with covariates, EM of unknown ones, and linkage error against tests/reference/estimate/strata (R; make.R). */
#include "reference.h"

#include "estimate/links.h"
#include "estimate/strata.h"
#include "table/csv.h"

/* "A", "year": what a name adds to a term. */
static void
add_name(const strata *s, text name, strata_term *t)
{
    for (int i = 0; i < s->lists; i++)
        if (text_is(name, s->list[i])) {
            t->lists |= (uint16_t)(1u << i);
            return;
        }
    for (int j = 0; j < s->covariates; j++)
        if (text_is(name, s->covariate[j])) {
            t->covariates |= (uint8_t)(1u << j);
            return;
        }
    fail_msg("no list or covariate %.*s", (int)name.n, name.bytes);
}

/* "A+B+year+A:year" as R writes models. */
static strata_model
parse_model(const strata *s, text formula)
{
    strata_model m = {.n = 1};
    size_t from = 0;
    strata_term term = {0};
    for (size_t i = 0; i <= formula.n; i++) {
        if (i < formula.n && formula.bytes[i] != '+' && formula.bytes[i] != ':') continue;
        add_name(s, (text){formula.bytes + from, i - from}, &term);
        from = i + 1;
        if (i < formula.n && formula.bytes[i] == ':') continue;
        m.term[m.n++] = term;
        term = (strata_term){0};
    }
    return m;
}

static size_t
find_stratum(const strata *s, text year, text sex)
{
    for (size_t g = 0; g < s->n; g++)
        if (text_is(year, s->label[0][strata_level(s, g, 0)]) && text_is(sex, s->label[1][strata_level(s, g, 1)])) return g;
    fail_msg("no stratum %.*s %.*s", (int)year.n, year.bytes, (int)sex.n, sex.bytes);
    return 0;
}

static text
field(const csv *c, const csv_row *row, const char *name)
{
    int at = csv_find(c, name);
    if (at < 0) fail_msg("no column %s", name);
    return row->field[at];
}

static double
value(const csv *c, const csv_row *row, const char *name)
{
    double x;
    if (!text_to_double(field(c, row, name), &x)) fail_msg("row %zu: no number in %s", row->number, name);
    return x;
}

/* Fit the model of every row and compare what the row says; gives the number of rows. */
static size_t
check_models(const char *table, const char *models, double tolerance, bool em)
{
    SCRATCH(a);
    strata s;
    csv *c;
    size_t rows = 0;
    ASSERT_OK(strata_read(a, reference_path(a, table), "year,sex", &s));
    ASSERT_OK(csv_open(a, reference_path(a, models), NULL, &c));
    for (;; rows++) {
        bool more;
        csv_row row;
        strata_fit f;
        ASSERT_OK(csv_next(c, &more, &row));
        if (!more) return rows;
        text formula = field(c, &row, "model");
        const char *label = arena_printf(a, "%.*s", (int)formula.n, formula.bytes);
        strata_model m = parse_model(&s, formula);
        ASSERT_OK(strata_fit_model(a, &s, &m, &f));
        assert_true(f.converged && f.exists);
        assert_close(label, f.unseen[find_stratum(&s, field(c, &row, "year"), field(c, &row, "sex"))], value(c, &row, "unseen"), tolerance);
        if (em) {
            assert_true(f.em_steps > 1);
            assert_close(label, f.log_likelihood, value(c, &row, "log_likelihood"), 1e-9);
        } else {
            assert_int_equal(f.parameters, (int)value(c, &row, "parameters"));
            assert_close(label, f.deviance, value(c, &row, "deviance"), 1e-9);
        }
    }
}

static void
test_models(void **state)
{
    (void)state;
    assert_int_equal(check_models("strata/table.csv", "strata/models.csv", 1e-9, false), 36);
}

static void
test_unknown(void **state)
{
    (void)state;
    assert_int_equal(check_models("strata/unknown.csv", "strata/em.csv", 1e-5, true), 24);
}

/* Records linked with error by simulation: the correction brings the table back to the truth, to the error of 400 runs and of
 * second order in the rates. */
static void
test_linked(void **state)
{
    (void)state;
    SCRATCH(a);
    csv *c;
    double truth[8] = {0}, count[8] = {0}, off_before = 0, off_after = 0;
    ASSERT_OK(csv_open(a, reference_path(a, "strata/linked.csv"), NULL, &c));
    for (int i = 1; i < 8; i++) {
        bool more;
        csv_row row;
        ASSERT_OK(csv_next(c, &more, &row));
        assert_true(more);
        truth[i] = value(c, &row, "truth"), count[i] = value(c, &row, "observed");
        off_before += fabs(count[i] / truth[i] - 1) / 7;
    }
    assert_true(links_correct(3, 0.1, 0.02, count));
    for (int i = 1; i < 8; i++) {
        off_after += fabs(count[i] / truth[i] - 1) / 7;
        assert_close("a cell", count[i], truth[i], 0.04);
    }
    if (!(off_after < off_before / 3)) fail_msg("mean relative error %.4f before, %.4f after", off_before, off_after);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_models), cmocka_unit_test(test_unknown), cmocka_unit_test(test_linked)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
