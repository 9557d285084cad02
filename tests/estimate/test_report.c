/* The report of all methods: it must show disagreement, known answers and reasons, in both languages. */
#include "reference.h"

#include "estimate/report.h"
#include "estimate/write.h"

#include <string.h>

static report
make_report(arena *a, const overlap *o)
{
    report r;
    method_options options = method_defaults();
    options.replicates = 100, options.draws = 200;
    ASSERT_OK(report_run(a, o, &options, &r));
    return r;
}

static void
test_kosovo(void **state)
{
    (void)state;
    SCRATCH(a);
    overlap o = reference_table(a, "Kosovo.csv");
    report r = make_report(a, &o);
    text json, nl, en;
    table t;
    json_error_t error;
    assert_true(r.used >= 4);
    assert_close("factor", r.factor, r.finding[r.highest].estimate / r.finding[r.lowest].estimate, 1e-12);
    for (int m = 0; m < METHOD_COUNT; m++)
        if (r.usable[m]) assert_true(r.finding[m].estimate <= r.finding[r.highest].estimate && r.finding[m].estimate >= r.finding[r.lowest].estimate);
    assert_int_equal(r.without, 4);
    assert_int_equal(r.merges, 6);
    for (int i = 0; i < 4; i++) assert_true(r.held_out[0][i].known == o.count[1 << i]);
    ASSERT_OK(write_report_json(a, &r, &json));
    json_t *root = json_loads(json.bytes, 0, &error);
    assert_non_null(root);
    assert_int_equal(json_array_size(json_object_get(root, "methods")), METHOD_COUNT);
    json_decref(root);
    ASSERT_OK(report_text(a, &r, LANGUAGE_NL, &nl));
    ASSERT_OK(report_text(a, &r, LANGUAGE_EN, &en));
    assert_non_null(strstr(nl.bytes, "4.400 personen op 4 lijsten"));
    assert_non_null(strstr(en.bytes, "4,400 persons on 4 lists"));
    assert_null(strstr(nl.bytes, "{1}"));
    assert_null(strstr(en.bytes, "{1}"));
    ASSERT_OK(report_table(a, &r, &t));
    assert_int_equal(t.rows, METHOD_COUNT);
}

/* Persons of a list by the other lists: the answer held out is the count of that list alone. */
static void
test_within(void **state)
{
    (void)state;
    SCRATCH(a);
    overlap o = reference_table(a, "Korea.csv"), within;
    ASSERT_OK(overlap_within(a, &o, 0, &within));
    assert_int_equal(within.lists, 2);
    assert_true(within.count[1] == 54 && within.count[2] == 6 && within.count[3] == 12);
}

static void
test_nothing_to_estimate(void **state)
{
    (void)state;
    SCRATCH(a);
    static const char *const names[] = {"A", "B"};
    overlap o;
    text sentence;
    ASSERT_OK(overlap_new(a, 2, names, &o));
    o.count[1] = 20, o.count[2] = 30;
    ASSERT_OK(overlap_check(&o));
    report r = make_report(a, &o);
    for (int m = 0; m < METHOD_COUNT; m++)
        if (m != METHOD_LATENT) assert_true(isnan(r.finding[m].estimate) && r.finding[m].why);
    ASSERT_OK(report_sentence(a, &r, LANGUAGE_EN, &sentence));
    assert_true(sentence.n > 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_kosovo), cmocka_unit_test(test_within), cmocka_unit_test(test_nothing_to_estimate)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
