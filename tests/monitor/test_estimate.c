/* Figures of kind "estimate": over the overlap table of a monitor, and what is wrong in a definition. */
#include "testing.h"

#include "monitor/run.h"

static const char head[] =
    "monitor: lists\n"
    "name: {nl: a, en: a}\ntitle: {nl: a, en: a}\n"
    "from: 2010-01-01\nuntil: 2015-12-31\ndate: 2020-06-01\n"
    "tables: [{name: lists, file: lists.csv, published: true, source: {nl: a, en: a}}]\n"
    "figures:\n"
    "  - figure: lists\n    kind: estimate\n    table: lists\n    title: {nl: a, en: a}\n";

static status
tabulate(arena *a, const char *rows, const char *columns, exact_table *t)
{
    monitor_definition *d;
    char *yaml = arena_printf(a,
                              "%s    rows: {title: {nl: a, en: a}, blocks: [{name: method, items: [%s]}]}\n"
                              "    columns: {title: {nl: a, en: a}, blocks: [{name: number, items: [%s]}]}\n"
                              "chapters: [{id: a, title: {nl: a, en: a}, pieces: [{figure: lists}]}]\n",
                              head, rows, columns);
    assert_non_null(yaml);
    CHECK(monitor_definition_read_bytes(a, source_path(a, "monitors/nl-lists-2010-2015"), text_of(yaml), &d));
    return monitor_tabulate(a, d, &(run_options){0}, 1, (const char *const[]){"lists"}, t);
}

static void
test_methods(void **state)
{
    (void)state;
    SCRATCH(a);
    exact_table t;
    ASSERT_OK(tabulate(a, "{code: independence}, {code: stepwise}", "{code: observed}, {code: estimate}, {code: lower}, {code: upper}", &t));
    assert_int_equal(t.rows.n, 2);
    assert_int_equal(t.count[0], 8234);
    assert_int_equal(t.count[1], 52823);
    assert_int_equal(t.count[4], 8234);
    for (int r = 0; r < 2; r++) assert_true(t.count[4 * r + 2] < t.count[4 * r + 1] && t.count[4 * r + 1] < t.count[4 * r + 3]);
    assert_true(t.rows.overlapping && t.columns.overlapping);
}

static void
test_definition(void **state)
{
    (void)state;
    SCRATCH(a);
    exact_table t;
    ASSERT_STATUS(tabulate(a, "{code: guess}", "{code: estimate}", &t), ST_CONFIG);
    assert_non_null(strstr(status_detail(), "no method guess"));
    ASSERT_STATUS(tabulate(a, "{code: independence}", "{code: mean}", &t), ST_CONFIG);
    assert_non_null(strstr(status_detail(), "has no mean"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_methods), cmocka_unit_test(test_definition)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
