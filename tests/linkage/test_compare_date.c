#include "testing.h"

#include "linkage/compare_date.h"

static void
dates_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *value, *format;
        bool ok;
        int year, month, day;
    } rows[] = {{"19900304", "%Y%m%d", true, 1990, 3, 4}, {"19901332", "%Y%m%d", true, 1990, 13, 32}, {"1990", "%Y%m%d", true, 1990, 0, 0},
                {"4-3-1990", "%d-%m-%Y", true, 1990, 3, 4}, {"04/03/90", "%d/%m/%y", true, 1990, 3, 4}, {"x", "%Y", false, 0, 0, 0},
                {"1990-03-04", NULL, true, 1990, 3, 4}, {"04.03.1990", NULL, true, 1990, 3, 4}, {"19900304", NULL, true, 1990, 3, 4},
                {"1990-03-04T00:00", NULL, true, 1990, 3, 4}, {"199003", NULL, false, 0, 0, 0}, {"", NULL, false, 0, 0, 0},
                {"1990-03-0x", "%Y-%m-%d", false, 0, 0, 0}, {"19900000", "%Y%m%d", true, 1990, 0, 0}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        date_value d = {0};
        bool ok = date_value_read(text_of(rows[i].value), rows[i].format, &d);
        if (ok != rows[i].ok || (ok && (d.year != rows[i].year || d.month != rows[i].month || d.day != rows[i].day)))
            fail_msg("%s: %d %d-%d-%d", rows[i].value, ok, d.year, d.month, d.day);
    }
}

static void
mistakes_have_levels(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        date_level want;
    } rows[] = {{"19900304", "19900304", DATE_EXACT},       {"19900304", "19900403", DATE_SWAPPED},     {"19900304", "19900305", DATE_DAY_SMALL},
                {"19900312", "19900321", DATE_DAY_SMALL},   {"19900304", "19900318", DATE_DAY_OTHER},   {"19900304", "19900504", DATE_MONTH},
                {"19900304", "19901204", DATE_MONTH}, {"19900304", "19910304", DATE_YEAR_SMALL},  {"19890304", "19980304", DATE_YEAR_SMALL},
                {"19900304", "19650304", DATE_YEAR_OTHER},  {"19900304", "19901218", DATE_YEAR_ONLY},   {"19900304", "19910305", DATE_TWO_DIGITS},
                {"19900304", "19911118", DATE_YEAR_NEAR},   {"19900304", "19551118", DATE_ELSE},        {"19900000", "19900000", DATE_PART_EXACT},
                {"19900000", "19900304", DATE_PART_EXACT},  {"19900000", "19920304", DATE_PART_NEAR},   {"19900000", "19930304", DATE_PART_ELSE},
                {"19900300", "19900404", DATE_PART_NEAR}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        date_value a, b;
        assert_true(date_value_read(text_of(rows[i].a), NULL, &a));
        assert_true(date_value_read(text_of(rows[i].b), NULL, &b));
        date_level got = compare_dates(a, b), back = compare_dates(b, a);
        if (got != rows[i].want || back != got) fail_msg("%s %s: %d %d, want %d", rows[i].a, rows[i].b, got, back, rows[i].want);
    }
}

static void
years_have_levels(void **state)
{
    (void)state;
    static const struct {
        int a, b;
        year_level want;
    } rows[] = {{1990, 1990, YEAR_EXACT}, {1990, 1991, YEAR_ONE}, {1989, 1990, YEAR_ONE}, {1990, 1988, YEAR_TWO}, {1990, 1994, YEAR_DIGIT}, {1990, 1960, YEAR_DIGIT},
                {1978, 1987, YEAR_DIGIT}, {1989, 1993, YEAR_FIVE}, {1988, 1993, YEAR_FIVE}, {1988, 1994, YEAR_ELSE}, {1961, 1990, YEAR_ELSE}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        date_value a = date_value_make(rows[i].a, 0, 0), b = date_value_make(rows[i].b, 0, 0);
        year_level got = compare_birth_years(a, b), back = compare_birth_years(b, a);
        if (got != rows[i].want || back != got) fail_msg("%d %d: %d %d, want %d", rows[i].a, rows[i].b, got, back, rows[i].want);
    }
}

/* A day that stands for one not known agrees in its year. */
static void
guessed_days_have_a_level(void **state)
{
    (void)state;
    static const struct {
        int a[3], b[3];
        date_level want;
    } rows[] = {{{1990, 1, 1}, {1990, 1, 1}, DATE_EXACT},   {{1990, 1, 1}, {1990, 1, 7}, DATE_GUESSED},   {{1990, 1, 1}, {1990, 9, 20}, DATE_GUESSED},
                {{1990, 2, 7}, {1990, 9, 20}, DATE_YEAR_ONLY}, {{1990, 1, 1}, {1991, 1, 1}, DATE_YEAR_SMALL}, {{1990, 1, 1}, {1955, 9, 20}, DATE_ELSE}, {{1990, 1, 1}, {1990, 0, 0}, DATE_PART_EXACT}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        date_value a = date_value_make(rows[i].a[0], rows[i].a[1], rows[i].a[2]), b = date_value_make(rows[i].b[0], rows[i].b[1], rows[i].b[2]);
        a.guessed = a.month == 1 && a.day == 1, b.guessed = b.month == 1 && b.day == 1;
        date_level got = compare_dates(a, b), back = compare_dates(b, a);
        if (got != rows[i].want || back != got) fail_msg("row %zu: %d %d, want %d", i, got, back, rows[i].want);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(dates_are_read), cmocka_unit_test(mistakes_have_levels), cmocka_unit_test(years_have_levels), cmocka_unit_test(guessed_days_have_a_level)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
