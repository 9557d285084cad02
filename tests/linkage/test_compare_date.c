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
                {"19900312", "19900321", DATE_DAY_SMALL},   {"19900304", "19900318", DATE_DAY_OTHER},   {"19900304", "19900504", DATE_MONTH_SMALL},
                {"19900304", "19901204", DATE_MONTH_OTHER}, {"19900304", "19910304", DATE_YEAR_SMALL},  {"19890304", "19980304", DATE_YEAR_SMALL},
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

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(dates_are_read), cmocka_unit_test(mistakes_have_levels)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
