#include "testing.h"

#include "base/threads.h"
#include "synth/registers_internal.h"
#include "table/declared.h"
#include "table/snapshot.h"

#include <math.h>

enum { PEOPLE = 100000 };

/* Whoever's later steps depend on being there: nothing happens after somebody left, nor before the first year. */
static void
nothing_happens_to_who_has_left(void **state)
{
    (void)state;
    SCRATCH(a);
    static const char *const tables[] = {"incidents", "youth_care", "shelter", "suspects", "convictions"}, *const days[] = {"day", "start", "start", "day", "day"};
    synth_published p;
    size_t n;
    table *t;
    ASSERT_OK(synth_published_read(a, source_path(a, "monitors/nl-2016-2020"), &p));
    ASSERT_OK(synth_registers_draw(a, &p, &(synth_registers_options){9, PEOPLE, source_path(a, "sources")}, &n, &t));
    const column *left = table_column(table_declared_find(n, t, "population"), "left");
    int32_t last = registers_day(YEAR_LAST, 12, 31), leavers = 0;
    for (int k = 0; k < 5; k++) {
        const table *of = table_declared_find(n, t, tables[k]);
        for (size_t i = 0; i < of->rows; i++) {
            int64_t person = column_value(table_column(of, "person"), i), day = column_value(table_column(of, days[k]), i);
            assert_true(day <= last);
            if (person >= PEOPLE) continue;
            if (column_value(left, (size_t)person) == INT64_MIN) continue;
            leavers++;
            if (day > column_value(left, (size_t)person)) fail_msg("%s, row %zu: after leaving", tables[k], i + 1);
        }
    }
    assert_true(leavers > 100);
}

static hash
content_of(const synth_registers_options *o)
{
    SCRATCH(a);
    synth_published p;
    size_t n;
    table *t;
    hash h;
    ASSERT_OK(synth_published_read(a, source_path(a, "monitors/nl-2016-2020"), &p));
    ASSERT_OK(synth_registers_draw(a, &p, o, &n, &t));
    ASSERT_OK(snapshot_hash(n, t, &h));
    return h;
}

static void
threads_do_not_show(void **state)
{
    (void)state;
    SCRATCH(a);
    synth_registers_options o = {1, PEOPLE + 1, source_path(a, "sources")}, other = {2, PEOPLE + 1, source_path(a, "sources")};
    threads_set(1);
    hash one = content_of(&o);
    threads_set(7);
    hash seven = content_of(&o), two = content_of(&other);
    threads_set(0);
    assert_memory_equal(one.bytes, seven.bytes, sizeof one.bytes);
    assert_memory_not_equal(one.bytes, two.bytes, sizeof one.bytes);
}

/* Facts that are not there, are no shares, or cannot be met together end in an error. */
static const struct {
    const char *label, *id;
    double value;
    status want;
    const char *says;
} bad[] = {
    {"a fact without a value", "revict_5y", (double)NAN, ST_CONFIG, "revict_5y"},
    {"a negative number of persons", "help_population", -5, ST_CONFIG, "help_population: expected a number above 0"},
    {"more controls with care than not", "help_youth_care_controls_with", 200000, ST_INFEASIBLE, "more than half"},
    {"nobody", "help_youth_care_controls", 0, ST_CONFIG, "above 0"},
    {"a million millions", "revict_population", 1e12, ST_CONFIG, "at most"},
    {"fewer in eleven years than in nine", "revict_population", 2000, ST_INFEASIBLE, "leave nobody"},
    {"more minors with care than minors", "help_youth_care", 900, ST_INFEASIBLE, "help_youth_care"},
    {"more in seven years than five leave", "revict_7y", 2, ST_INFEASIBLE, "revict_7y"},
    {"everybody within two years", "revict_2y", 2460, ST_INFEASIBLE, "revict_2y"},
    {"a chi-square nobody has", "revict_5y_sex_chi2", 900, ST_INFEASIBLE, "sex"},
    {"an age nobody has", "residence_mean_age", 90, ST_INFEASIBLE, "residence_mean_age"},
    {"a median after five years", "revict_5y_median", 3000, ST_INFEASIBLE, "revict_5y_median"},
    {"a spread that cannot be", "revict_5y_sd", 3000, ST_INFEASIBLE, "no times"},
    {"all shares of offenders young", "offenders_recidivists_under_23", 100, ST_INFEASIBLE, "under 23"},
};

static void
bad_facts_are_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        SCRATCH(a);
        synth_published p;
        size_t n;
        table *t;
        ASSERT_OK(synth_published_read(a, source_path(a, "monitors/nl-2016-2020"), &p));
        synth_fact *facts = arena_alloc(a, p.facts, sizeof *facts);
        memcpy(facts, p.fact, p.facts * sizeof *facts);
        for (size_t k = 0; k < p.facts; k++)
            if (strcmp(facts[k].id, bad[i].id) == 0) facts[k].value = bad[i].value;
        p.fact = facts;
        status got = synth_registers_draw(a, &p, &(synth_registers_options){1, PEOPLE, source_path(a, "sources")}, &n, &t);
        if (got != bad[i].want || !strstr(status_detail(), bad[i].says)) fail_msg("%s: got %s (%s)", bad[i].label, status_text(got), status_detail());
    }
}

static status
small_parts(const char *declaration)
{
    SCRATCH(a);
    size_t n;
    table *t, made;
    registers_rows rows;
    rng r = rng_new(1, 1);
    registers_facts f = {.revict_5y_median = 483, .revict_5y_mean = 617.77, .revict_5y_sd = 507.73};
    int32_t days[570];
    CHECK(table_declared_read(a, declaration, &n, &t));
    CHECK(registers_codes_check(n, t));
    CHECK(registers_rows_new(a, n, t, "shelter", 1, &rows));
    for (int32_t i = 0; i < 3; i++) CHECK(registers_rows_add(&rows, (const int32_t[]){3 - i, 10, INT32_MIN, 1}));
    CHECK(registers_rows_sort(&rows, 1));
    CHECK(registers_rows_table(a, &rows, &made));
    assert_int_equal(column_int32(&made.column[0])[0], 1);
    assert_int_equal(column_int32(&made.column[2])[0], DATE_MISSING);
    return registers_times_find(&r, &f, 570, days);
}

static void
memory_may_run_out(void **state)
{
    (void)state;
    SCRATCH(a);
    const char *declaration = source_path(a, "sources/registers.yaml");
    ASSERT_SURVIVES_NO_MEMORY(small_parts(declaration));
}

/* A declaration whose codes stand elsewhere is refused: the drawing would write nonsense. */
static void
other_codes_are_refused(void **state)
{
    (void)state;
    SCRATCH(a);
    size_t n;
    table *t;
    ASSERT_OK(table_declared_read(a, source_path(a, "sources/registers.yaml"), &n, &t));
    column *ended = table_column(&t[2], "ended");
    ended->codes = table_column(&t[2], "referrer")->codes;
    ASSERT_STATUS(registers_codes_check(n, t), ST_CONFIG);
    assert_non_null(strstr(status_detail(), "table youth_care, column ended: expected the codes as_planned"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_happens_to_who_has_left), cmocka_unit_test(threads_do_not_show), cmocka_unit_test(bad_facts_are_named), cmocka_unit_test(memory_may_run_out),
        cmocka_unit_test(other_codes_are_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
