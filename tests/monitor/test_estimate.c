/* Figures of kind "estimate": over the overlap table of a monitor, over groups of persons, and what is wrong in a definition. */
#include "testing.h"

#include "monitor/run.h"
#include "small.h"

#include <math.h>

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

/* Persons of one sex: on the list of police alone, of FairWork alone, on both. */
static size_t
put_people(small_row rows[], size_t n, int sex, const int people[3])
{
    int32_t person = n ? rows[n - 1].person + 1 : 0;
    for (int which = 0; which < 3; which++)
        for (int i = 0; i < people[which]; i++, person++) {
            if (which != 1) rows[n++] = (small_row){person, "2020-02-01", 2, 0, sex, 0, NULL, -1};
            if (which != 0) rows[n++] = (small_row){person, "2020-03-01", 2, 2, sex, 0, NULL, -1};
        }
    return n;
}

static status
of_groups(arena *a, const char *rows_yaml, int unknown, exact_table *f)
{
    monitor_definition *d;
    int32_t *person;
    units u;
    small_row *rows;
    ALLOC(a, rows, 400);
    size_t n = put_people(rows, put_people(rows, 0, 0, (const int[]){90, 10, 10}), 1, (const int[]){10, 90, 10});
    n = put_people(rows, n, 2, (const int[]){unknown, 0, 0});
    char *yaml = arena_printf(a, "%s%sfigures:\n  - {figure: e, kind: estimate, population: victim, value: reporters, title: {nl: f, en: f}, rows: {blocks: [%s]}, "
        "columns: {blocks: [{name: number, items: [{code: observed}, {code: estimate}, {code: lower}, {code: upper}]}]}}\n", SMALL_HEAD, SMALL_DERIVED, rows_yaml);
    assert_non_null(yaml);
    CHECK(monitor_definition_read_bytes(a, "monitors/small", text_of(yaml), &d));
    table t = small_table(a, n, rows, &person);
    CHECK(monitor_derive(a, d, &t, NULL, person, &u));
    return figure_make(a, &(figure_source){.d = d, .units = &u}, &d->figures[0], f);
}

/* Women are known to police, men to FairWork: 90 x 10 / 10 unseen of each by hand. Over both at once the lists seem to avoid each other:
 * 100 x 100 / 20 unseen. */
static void
test_total(void **state)
{
    (void)state;
    SCRATCH(a);
    exact_table f;
    ASSERT_OK(of_groups(a, "{variable: sex, codes: [female, male]}, {total: sex, code: all}, {everybody: true, code: at_once}", 0, &f));
    const int64_t *women = f.count, *men = f.count + 4, *all = f.count + 8;
    const int64_t want[4][2] = {{110, 200}, {110, 200}, {220, 400}, {220, 720}};
    for (size_t r = 0; r < 4; r++)
        for (size_t c = 0; c < 2; c++)
            if (f.count[4 * r + c] != want[r][c]) fail_msg("row %zu, column %zu: %ld, want %ld", r, c, (long)f.count[4 * r + c], (long)want[r][c]);
    assert_true(fabs((double)all[2] - (400 - hypot(200. - (double)women[2], 200. - (double)men[2]))) < 2);
    assert_true(fabs((double)all[3] - (400 + hypot((double)women[3] - 200, (double)men[3] - 200))) < 2);
}

static void
test_total_without(void **state)
{
    (void)state;
    SCRATCH(a);
    exact_table f;
    ASSERT_OK(of_groups(a, "{variable: sex}, {total: sex, code: all}", 0, &f)); /* nobody in that group: nothing to add */
    assert_int_equal(f.count[4 * 3 + 1], 400);
    ASSERT_OK(of_groups(a, "{variable: sex}, {total: sex, code: all}", 1, &f)); /* one, on one list: how many like her nobody knows */
    assert_int_equal(f.count[4 * 3], 221);
    for (size_t c = 1; c < 4; c++) assert_true(f.count[4 * 3 + c] == EXACT_UNKNOWN);
    ASSERT_STATUS(of_groups(a, "{variable: forms}, {total: forms, code: all}", 0, &f), ST_CONFIG);
    assert_non_null(strstr(status_detail(), "share persons"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_total), cmocka_unit_test(test_total_without), cmocka_unit_test(test_methods), cmocka_unit_test(test_definition)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
