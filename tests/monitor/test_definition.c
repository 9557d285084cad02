#include "small.h"

#define FIGURE(keys) SMALL_HEAD SMALL_DERIVED SMALL_EXCLUSIONS "figures:\n  - {figure: \"1\", title: {nl: f, en: f}, " keys "}\n"
#define AXES "rows: {blocks: [{variable: form}]}, columns: {blocks: [{variable: year}]}"
#define DERIVED(keys) SMALL_HEAD SMALL_DERIVED "  - {variable: extra, " keys "}\n" SMALL_EXCLUSIONS SMALL_FIGURES

/* Read, derive over no rows and make every figure: what a run does before it opens a delivery. */
static status
check(arena *a, const char *yaml)
{
    monitor_definition *d;
    int32_t *person;
    units u;
    exact_table made;
    CHECK(monitor_definition_read_bytes(a, "monitors/small", text_of(yaml), &d));
    table t = small_table(a, 0, NULL, &person);
    CHECK(monitor_derive(a, d, &t, NULL, person, &u));
    figure_source source = {d, &u};
    CHECK(figure_exclusions(a, &source, "victim_year", &made));
    for (uint32_t i = 0; i < d->figures_count; i++) CHECK(figure_make(a, &source, &d->figures[i], &made));
    return ST_OK;
}

static const struct {
    const char *label, *input;
    status want;
    const char *says;
} rows[] = {
    {"sound", SMALL_MONITOR, ST_OK, NULL},
    {"unknown key", "colour: red\n" SMALL_MONITOR, ST_CONFIG, "colour"},
    {"no title", "monitor: a\n", ST_CONFIG, "missing required"},
    {"bad day", "monitor: a\nname: {nl: n, en: n}\ntitle: {nl: t, en: t}\nfrom: 2019-02-30\nuntil: 2020-12-31\n" SMALL_FIGURES, ST_CONFIG, "YYYY-MM-DD"},
    {"a period that ends before it begins", "monitor: a\nname: {nl: n, en: n}\ntitle: {nl: t, en: t}\nfrom: 2020-12-31\nuntil: 2019-01-01\n" SMALL_FIGURES, ST_CONFIG, "exchange"},
    {"unknown variable on an axis", FIGURE("population: victim_year, rows: {blocks: [{variable: shape}]}, columns: {blocks: [{variable: year}]}"), ST_CONFIG, "has no variable shape: there are person, received"},
    {"transient variable", FIGURE("population: victim_year, rows: {blocks: [{variable: born}]}, columns: {blocks: [{variable: year}]}"), ST_CONFIG, "has no variable born"},
    {"unknown code", FIGURE("population: victim_year, rows: {blocks: [{variable: form, codes: [labor]}]}, columns: {blocks: [{variable: year}]}"), ST_CONFIG, "form has no code labor: there are domestic_sexual"},
    {"unknown code in a filter", FIGURE("population: victim_year, where: [{variable: sex, any: [f]}], " AXES), ST_CONFIG, "sex has no code f"},
    {"a filter that says nothing", FIGURE("population: victim_year, where: [{variable: sex}], " AXES), ST_CONFIG, "says nothing"},
    {"a filter that says two things", FIGURE("population: victim_year, where: [{variable: sex, any: [male], known: true}], " AXES), ST_CONFIG, "several things"},
    {"range over codes of a set", FIGURE("population: victim_year, where: [{variable: forms, from: 1}], " AXES), ST_CONFIG, "no order for a range"},
    {"range that is no number", FIGURE("population: victim_year, where: [{variable: age, from: young}], " AXES), ST_CONFIG, "whole number"},
    {"unknown population", FIGURE("population: persons, " AXES), ST_CONFIG, "expected victim_year"},
    {"no population", FIGURE(AXES), ST_CONFIG, "expected victim_year"},
    {"unknown measure", FIGURE("population: victim, measure: median, " AXES), ST_CONFIG, "count, share or mean"},
    {"a mean of nothing", FIGURE("population: victim, measure: mean, " AXES), ST_CONFIG, "a mean needs value"},
    {"unknown kind of figure", FIGURE("kind: pie, population: victim, " AXES), ST_CONFIG, "no kind pie"},
    {"unknown table", FIGURE("table: ind, " AXES), ST_CONFIG, "no table ind"},
    {"unknown exclusion", FIGURE("population: victim, keep: [dublin], " AXES), ST_CONFIG, "no exclusion dublin"},
    {"numbers on an axis", FIGURE("population: victim, rows: {blocks: [{variable: age}]}, columns: {blocks: [{variable: year}]}"), ST_CONFIG, "derive groups"},
    {"a total before its block", FIGURE("population: victim, rows: {blocks: [{total: form, code: t}, {variable: form}]}, columns: {blocks: [{variable: year}]}"), ST_CONFIG, "must stand after"},
    {"two things in a block", FIGURE("population: victim, rows: {blocks: [{variable: form, everybody: true}]}, columns: {blocks: [{variable: year}]}"), ST_CONFIG, "give one of variable"},
    {"a code twice on an axis", FIGURE("population: victim, rows: {blocks: [{variable: form}, {variable: forms}]}, columns: {blocks: [{variable: year}]}"), ST_CONFIG, "stands twice"},
    {"unknown kind of variable", DERIVED("kind: spell, of: [age]"), ST_CONFIG, "there is no kind spell"},
    {"derived of nothing", DERIVED("kind: groups"), ST_CONFIG, "say which variables"},
    {"derived of an unknown variable", DERIVED("kind: groups, of: [weight], items: [{code: a}]"), ST_CONFIG, "has no variable weight"},
    {"a code in two items", DERIVED("kind: recode, of: [sex], items: [{code: a, codes: [male]}, {code: b, codes: [male]}]"), ST_CONFIG, "stands in two items"},
    {"age without a day", DERIVED("kind: age, of: [born]"), ST_CONFIG, "at: name the day"},
    {"hierarchy of a single variable", DERIVED("kind: hierarchy, of: [sex], order: [male]"), ST_CONFIG, "expected set"},
    {"region without countries", DERIVED("kind: region, of: [nationality], at: received, items: [{code: a}]"), ST_CONFIG, "list of countries"},
    {"month without names", DERIVED("kind: month, of: [received]"), ST_CONFIG, "expected 12 to 12"},
    {"figure twice", SMALL_MONITOR "  - {figure: \"1\", population: victim_year, title: {nl: f, en: f}, " AXES "}\n", ST_CONFIG, "declared twice"},
    {"chapter with an unknown figure", SMALL_MONITOR "chapters: [{id: a, title: {nl: a, en: a}, pieces: [{figure: \"9\"}]}]\n", ST_CONFIG, "no figure 9"},
    {"piece that says two things", SMALL_MONITOR "chapters: [{id: a, title: {nl: a, en: a}, pieces: [{figure: \"1\", text: {nl: a, en: a}}]}]\n", ST_CONFIG, "piece 1"},
    {"label in one language", FIGURE("population: victim, rows: {blocks: [{name: s, items: [{code: a, nl: a}]}]}, columns: {blocks: [{variable: year}]}"), ST_CONFIG, "one language"},
};

static void
test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        SCRATCH(tmp);
        status got = check(tmp, rows[i].input);
        if (got != rows[i].want) fail_msg("%s: %s (%s)", rows[i].label, status_text(got), got == ST_OK ? "" : status_detail());
        if (got == ST_OK) continue;
        if (!strstr(status_detail(), rows[i].says)) fail_msg("%s: says %s", rows[i].label, status_detail());
        if (!strstr(status_detail(), "monitor.yaml")) fail_msg("%s: does not name the file: %s", rows[i].label, status_detail());
    }
}

/* The monitors of the project themselves. */
static void
test_monitors(void **state)
{
    (void)state;
    SCRATCH(tmp);
    monitor_definition *d;
    ASSERT_OK(monitor_definition_read(tmp, source_path(tmp, "monitors/nl-2016-2020"), &d));
    assert_true(d->figures_count >= 10);
    assert_int_equal(d->deliveries_count, 6);
    monitor_definition *again;
    ASSERT_OK(monitor_definition_read(tmp, source_path(tmp, "monitors/nl-2016-2020/monitor.yaml"), &again));
    assert_memory_equal(&d->content, &again->content, sizeof d->content);
    ASSERT_STATUS(monitor_definition_read(tmp, source_path(tmp, "monitors/none"), &d), ST_NOT_FOUND);
}

static void
test_frequency(void **state)
{
    (void)state;
    SCRATCH(tmp);
    monitor_definition *d;
    exact_table t;
    ASSERT_OK(monitor_definition_read(tmp, source_path(tmp, "monitors/nl-published-2016-2020"), &d));
    figure_source source = {d, NULL};
    for (uint32_t i = 0; i < d->figures_count; i++) ASSERT_OK(figure_make(tmp, &source, &d->figures[i], &t));
    ASSERT_OK(figure_make(tmp, &source, monitor_figure_find(d, "2.1"), &t));
    assert_int_equal(t.count[0], 1049);
    assert_int_equal(t.count[t.columns.n], 952);
    ASSERT_OK(figure_make(tmp, &source, monitor_figure_find(d, "2.9"), &t));
    assert_true(t.count[5] == EXACT_UNKNOWN); /* police per form was not published */
}

static status
check_once(void)
{
    SCRATCH(tmp);
    monitor_definition *d;
    units u;
    exact_table made;
    table t = {.name = "notifications"};
    (void)t;
    CHECK(monitor_definition_read_bytes(tmp, "monitors/small", text_of(SMALL_MONITOR), &d));
    column columns[] = {{"received", COLUMN_DATE, NULL, NULL, NULL}, {"forms", COLUMN_SET, NULL, &small_forms, NULL},
                        {"reporter", COLUMN_INT8, NULL, &small_reporters, NULL}, {"sex", COLUMN_INT8, NULL, &small_sexes, NULL},
                        {"nationality", COLUMN_INT16, NULL, &small_countries, NULL}, {"born", COLUMN_DATE, NULL, NULL, NULL},
                        {"born_precision", COLUMN_INT8, NULL, &small_precisions, NULL}};
    table none = {"notifications", 0, 7, columns};
    CHECK(monitor_derive(tmp, d, &none, NULL, NULL, &u));
    figure_source source = {d, &u};
    CHECK(figure_exclusions(tmp, &source, "victim_year", &made));
    return figure_make(tmp, &source, &d->figures[0], &made);
}

static void
test_memory(void **state)
{
    (void)state;
    ASSERT_SURVIVES_NO_MEMORY(check_once());
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows), cmocka_unit_test(test_monitors), cmocka_unit_test(test_frequency),
                                       cmocka_unit_test(test_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
