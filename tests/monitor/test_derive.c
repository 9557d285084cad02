#include "small.h"

#include "base/threads.h"
#include "register/definition.h"

enum { SEXUAL = 1, LABOUR = 2, CRIMINAL = 4, UNKNOWN = 8 };

/* Four persons, six notifications and two outside the period. */
static const small_row six[] = {
    {0, "2019-03-01", SEXUAL, 1, 2, 0, "2002-06-01", 1},        /* KMar alone in 2019; sex unknown */
    {0, "2020-03-01", UNKNOWN, 0, 0, -1, "2002-03-02", 0},      /* 17 on this day; a better date of birth */
    {0, "2020-05-01", LABOUR | SEXUAL, 2, 1, 0, NULL, 2},
    {1, "2020-01-01", UNKNOWN, 0, -1, 2, "1980-01-01", 2},      /* Namibian, birth not known */
    {2, "2019-12-31", LABOUR, 2, 0, 3, "1990-12-31", 0},
    {3, "2018-12-31", LABOUR, 2, 0, 3, "1990-12-31", 0},        /* before the period */
    {3, NULL, LABOUR, 2, 0, 3, "1990-12-31", 0},                /* no date */
    {2, "2019-12-31", CRIMINAL, 0, 0, 3, "1990-12-31", 0},
};

static int64_t
at(const table *t, const char *variable, size_t row)
{
    const column *c = table_column(t, variable);
    if (!c) fail_msg("no variable %s", variable);
    return c->type == COLUMN_SET ? (int64_t)column_set(c)[row] : column_value(c, row);
}

static void
test_worked_by_hand(void **state)
{
    (void)state;
    SCRATCH(tmp);
    monitor_definition *d;
    int32_t *person;
    units u;
    ASSERT_OK(monitor_definition_read_bytes(tmp, "monitors/small", text_of(SMALL_MONITOR), &d));
    table t = small_table(tmp, 8, six, &person);
    ASSERT_OK(monitor_derive(tmp, d, &t, NULL, person, &u));
    assert_int_equal(u.outside, 2);
    assert_int_equal(u.table[UNIT_NOTIFICATION].rows, 6);
    assert_int_equal(u.table[UNIT_VICTIM].rows, 3);
    const struct {
        int64_t person, forms, reporters, sex, nationality, year, main_form, age, age_group;
    } want[] = {
        {0, SEXUAL, 2, 2, 0, 0, 0, 16, 0},
        {0, SEXUAL | LABOUR, 5, 0, 0, 1, 0, 17, 0},
        {1, UNKNOWN, 1, INT64_MIN, 2, 1, 3, INT64_MIN, INT64_MIN},
        {2, LABOUR | CRIMINAL, 5, 0, 3, 0, 2, 29, 1},
    };
    const table *v = &u.table[UNIT_VICTIM_YEAR];
    assert_int_equal(v->rows, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(at(v, "person", i), want[i].person);
        assert_int_equal(at(v, "forms", i), want[i].forms);
        assert_int_equal(at(v, "reporters", i), want[i].reporters);
        assert_int_equal(at(v, "sex", i), want[i].sex);
        assert_int_equal(at(v, "nationality", i), want[i].nationality);
        assert_int_equal(at(v, "year", i), want[i].year);
        assert_int_equal(at(v, "main_form", i), want[i].main_form);
        assert_int_equal(at(v, "age", i), want[i].age);
        assert_int_equal(at(v, "age_group", i), want[i].age_group);
    }
    assert_null(table_column(v, "born"));
    /* form: domestic_sexual, cross_border_sexual, labour, criminal, unknown */
    const table *whole = &u.table[UNIT_VICTIM];
    assert_int_equal(at(whole, "form", 0), 1 | 4);
    assert_int_equal(at(whole, "form", 1), 16);
    assert_int_equal(at(whole, "form", 2), 4 | 8);
}

static void
test_figures_by_hand(void **state)
{
    (void)state;
    SCRATCH(tmp);
    monitor_definition *d;
    int32_t *person;
    units u;
    exact_table f;
    ASSERT_OK(monitor_definition_read_bytes(tmp, "monitors/small", text_of(SMALL_MONITOR), &d));
    table t = small_table(tmp, 8, six, &person);
    ASSERT_OK(monitor_derive(tmp, d, &t, NULL, person, &u));
    figure_source source = {d, &u};
    ASSERT_OK(figure_make(tmp, &source, &d->figures[0], &f));
    const int64_t want[] = {0, 1, 1, 0, 0, 0, 1, 1, 2, 1, 0, 1, 0, 1, 1}; /* 2019, 2020, all; without KMar alone */
    assert_int_equal(f.rows.n * f.columns.n, 15);
    for (size_t i = 0; i < 15; i++)
        if (f.count[i] != want[i]) fail_msg("cell %zu: %ld", i, (long)f.count[i]);
    assert_true(f.rows.overlapping);
    assert_false(f.columns.overlapping);
    assert_string_equal(f.population, "victim_year 2019-01-01..2020-12-31\nvictim_year without kmar_only_sexual=kept");
    ASSERT_OK(figure_exclusions(tmp, &source, "victim_year", &f));
    assert_int_equal(f.count[0], 1);
    assert_int_equal(f.count[1], 3);
    assert_int_equal(f.count[2], 4);
}

static void
draw(small_row *row, rng *r)
{
    static const char *const days[] = {"2018-07-01", "2019-01-01", "2019-06-30", "2019-06-30", "2020-01-31", "2020-02-01", "2020-12-31", NULL};
    static const char *const births[] = {"2001-02-28", "2004-02-29", "1999-12-31", NULL};
    *row = (small_row){(int32_t)rng_below(r, 300), days[rng_below(r, 8)], rng_next32(r) & 15u, (int)rng_below(r, 4) - 1,
                       (int)rng_below(r, 4) - 1, (int)rng_below(r, 5) - 1, births[rng_below(r, 4)], (int)rng_below(r, 4) - 1};
}

/* The order of the rows and the number of threads do not show in a single byte. */
static void
test_order(void **state)
{
    (void)state;
    enum { ROWS = 2000 };
    for (uint64_t seed = 1; seed <= 3; seed++) {
        SCRATCH(tmp);
        monitor_definition *d;
        small_row *rows = arena_alloc(tmp, ROWS, sizeof *rows), *mixed = arena_alloc(tmp, ROWS, sizeof *mixed);
        uint32_t *order = arena_alloc(tmp, ROWS, sizeof *order);
        rng r = rng_new(seed, 0);
        for (size_t i = 0; i < ROWS; i++) draw(&rows[i], &r);
        rng_shuffle(&r, ROWS, order);
        for (size_t i = 0; i < ROWS; i++) mixed[i] = rows[order[i]];
        ASSERT_OK(monitor_definition_read_bytes(tmp, "monitors/small", text_of(SMALL_MONITOR), &d));
        int32_t *pa, *pb;
        units a, b;
        table ta = small_table(tmp, ROWS, rows, &pa), tb = small_table(tmp, ROWS, mixed, &pb);
        threads_set(1);
        ASSERT_OK(monitor_derive(tmp, d, &ta, NULL, pa, &a));
        threads_set(3);
        ASSERT_OK(monitor_derive(tmp, d, &tb, NULL, pb, &b));
        threads_set(0);
        for (int u = 0; u < UNITS; u++) {
            assert_int_equal(a.table[u].rows, b.table[u].rows);
            for (size_t k = 0; k < a.table[u].columns; k++)
                assert_memory_equal(a.table[u].column[k].data, b.table[u].column[k].data,
                                    a.table[u].rows * column_type_size(a.table[u].column[k].type));
        }
    }
}

/* Every form and year counted from the notifications themselves, without units, sets or kernels. */
static void
test_oracle(void **state)
{
    (void)state;
    enum { ROWS = 3000, PERSONS = 300 };
    SCRATCH(tmp);
    monitor_definition *d;
    small_row *rows = arena_alloc(tmp, ROWS, sizeof *rows);
    rng r = rng_new(7, 0);
    for (size_t i = 0; i < ROWS; i++) draw(&rows[i], &r);
    int64_t want[4][2] = {{0}};
    for (int32_t p = 0; p < PERSONS; p++)
        for (int y = 0; y < 2; y++) {
            bool has[4] = {false}, other = false, kmar = false, any = false;
            for (size_t i = 0; i < ROWS; i++) {
                if (rows[i].person != p || !rows[i].received || atoi(rows[i].received) != 2019 + y) continue;
                any = true;
                for (int f = 0; f < 4; f++) has[f] = has[f] || (rows[i].forms >> f & 1);
                kmar = kmar || rows[i].reporter == 1;
                other = other || rows[i].reporter == 0 || rows[i].reporter == 2;
            }
            if (!any || (has[0] && kmar && !other)) continue;
            if (has[0] || has[1] || has[2]) has[3] = false;
            for (int f = 0; f < 4; f++) want[f][y] += has[f];
        }
    ASSERT_OK(monitor_definition_read_bytes(tmp, "monitors/small", text_of(SMALL_HEAD SMALL_DERIVED SMALL_EXCLUSIONS
        "figures:\n  - {figure: \"1\", population: victim_year, title: {nl: f, en: f}, rows: {blocks: [{variable: forms}]}, "
        "columns: {blocks: [{variable: year}]}}\n"), &d));
    int32_t *person;
    units u;
    exact_table f;
    table t = small_table(tmp, ROWS, rows, &person);
    ASSERT_OK(monitor_derive(tmp, d, &t, NULL, person, &u));
    ASSERT_OK(figure_make(tmp, &(figure_source){d, &u}, &d->figures[0], &f));
    for (size_t i = 0; i < 8; i++)
        if (f.count[i] != want[i / 2][i % 2]) fail_msg("form %zu, year %zu: %ld, want %ld", i / 2, i % 2, (long)f.count[i], (long)want[i / 2][i % 2]);
}

/* The United Kingdom is a member until 31 January 2020, Poland throughout, Namibia lies in Africa. */
static void
test_region(void **state)
{
    (void)state;
    SCRATCH(tmp);
    static const small_row people[] = {
        {0, "2020-01-31", LABOUR, 0, 0, 1, NULL, -1}, {1, "2020-02-01", LABOUR, 0, 0, 1, NULL, -1},
        {2, "2020-02-01", LABOUR, 0, 0, 3, NULL, -1}, {3, "2020-02-01", LABOUR, 0, 0, 2, NULL, -1},
        {4, "2020-02-01", LABOUR, 0, 0, 0, NULL, -1}, {5, "2020-02-01", LABOUR, 0, 0, -1, NULL, -1},
    };
    const int64_t want[] = {1, 2, 1, 3, 0, INT64_MIN};
    const register_definition *variables;
    table countries;
    ASSERT_OK(register_definition_load(tmp, source_path(tmp, "sources/notifications.yaml"), &variables));
    ASSERT_OK(register_countries(tmp, variables, &countries));
    char *yaml = arena_printf(tmp, "%s%s  - {variable: region, kind: region, of: [nationality], at: received, items: "
        "[{code: nl, countries: [NL]}, {code: eu, eu: true}, {code: europe, regions: [europe]}, {code: africa, regions: [africa]}, "
        "{code: other}]}\n%s", SMALL_HEAD, SMALL_DERIVED, SMALL_FIGURES);
    monitor_definition *d;
    int32_t *person;
    units u;
    ASSERT_OK(monitor_definition_read_bytes(tmp, "monitors/small", text_of(yaml), &d));
    table t = small_table(tmp, 6, people, &person);
    ASSERT_OK(monitor_derive(tmp, d, &t, &countries, person, &u));
    for (size_t i = 0; i < 6; i++)
        if (at(&u.table[UNIT_VICTIM], "region", i) != want[i]) fail_msg("person %zu: %ld", i, (long)at(&u.table[UNIT_VICTIM], "region", i));
}

static void
test_share_and_mean(void **state)
{
    (void)state;
    SCRATCH(tmp);
    monitor_definition *d;
    int32_t *person;
    units u;
    exact_table f;
    ASSERT_OK(monitor_definition_read_bytes(tmp, "monitors/small", text_of(SMALL_HEAD SMALL_DERIVED SMALL_EXCLUSIONS
        "figures:\n"
        "  - {figure: s, population: victim_year, measure: share, title: {nl: f, en: f}, rows: {blocks: [{variable: form}]}, columns: {blocks: [{variable: year}, {total: year, code: all}]}}\n"
        "  - {figure: m, population: victim_year, measure: mean, value: age, title: {nl: f, en: f}, rows: {blocks: [{everybody: true, code: age}]}, columns: {blocks: [{variable: year}, {total: year, code: all}]}}\n"
        "  - {figure: a, population: victim_year, measure: share, within: all, title: {nl: f, en: f}, rows: {blocks: [{variable: sex}]}, columns: {blocks: [{variable: year}]}}\n"
        "  - {figure: r, population: victim_year, measure: share, within: row, title: {nl: f, en: f}, rows: {blocks: [{variable: sex}]}, columns: {blocks: [{variable: year}, {total: year, code: all}]}}\n"), &d));
    table t = small_table(tmp, 8, six, &person);
    ASSERT_OK(monitor_derive(tmp, d, &t, NULL, person, &u));
    figure_source source = {d, &u};
    ASSERT_OK(figure_make(tmp, &source, monitor_figure_find(d, "s"), &f));
    for (size_t row = 0; row < f.rows.n; row++) { /* persons of the year, not the sum over forms */
        assert_int_equal(f.base[row * 3], 1);
        assert_int_equal(f.base[row * 3 + 1], 2);
        assert_int_equal(f.base[row * 3 + 2], 3);
    }
    ASSERT_OK(figure_make(tmp, &source, monitor_figure_find(d, "m"), &f));
    assert_int_equal(f.count[2], 2);
    assert_true(f.sum[2] == 46 && f.sum[0] == 29 && f.sum[1] == 17);
    ASSERT_OK(figure_make(tmp, &source, monitor_figure_find(d, "a"), &f));
    for (size_t i = 0; i < f.rows.n * f.columns.n; i++) assert_int_equal(f.base[i], 2); /* of whom the sex is known */
    ASSERT_OK(figure_make(tmp, &source, monitor_figure_find(d, "r"), &f));
    assert_int_equal(f.base[0], 2);
    assert_int_equal(f.base[1], 2);
    assert_int_equal(f.base[3], 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_worked_by_hand), cmocka_unit_test(test_figures_by_hand),
                                       cmocka_unit_test(test_order), cmocka_unit_test(test_oracle), cmocka_unit_test(test_region),
                                       cmocka_unit_test(test_share_and_mean)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
