#include "testing.h"

#include "base/date.h"

static void
formats_are_read_and_impossible_days_refused(void **state)
{
    (void)state;
    static const struct {
        const char *label, *text, *format, *want; /* want NULL: refused */
    } rows[] = {
        {"iso", "2020-02-29", "%Y-%m-%d", "2020-02-29"},
        {"no leap year", "2019-02-29", "%Y-%m-%d", NULL},
        {"century", "1900-02-29", "%Y-%m-%d", NULL},
        {"400 years", "2000-02-29", "%Y-%m-%d", "2000-02-29"},
        {"dutch", "31-12-2016", "%d-%m-%Y", "2016-12-31"},
        {"without leading zeros", "1-2-2016", "%d-%m-%Y", "2016-02-01"},
        {"packed", "20160201", "%Y%m%d", "2016-02-01"},
        {"packed too short", "2016021", "%Y%m%d", NULL},
        {"two-digit year", "01/02/97", "%d/%m/%y", "1997-02-01"},
        {"text behind", "2020-01-01x", "%Y-%m-%d", NULL},
        {"month 13", "2020-13-01", "%Y-%m-%d", NULL},
        {"day 0", "2020-01-00", "%Y-%m-%d", NULL},
        {"empty", "", "%Y-%m-%d", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int32_t day = 12345;
        bool read = date_parse(text_of(rows[i].text), rows[i].format, &day);
        if (read != (rows[i].want != NULL)) fail_msg("%s: read is %d", rows[i].label, read);
        char out[11];
        if (read) date_format(day, out);
        if (read && strcmp(out, rows[i].want)) fail_msg("%s: %s, want %s", rows[i].label, out, rows[i].want);
        if (!read) assert_int_equal(day, 12345);
    }
}

static void
every_day_of_four_centuries_returns(void **state)
{
    (void)state;
    for (int32_t day = -100000; day < 60000; day++) {
        int32_t again;
        assert_true(date_from_parts(date_to_parts(day), &again));
        assert_int_equal(again, day);
    }
    assert_int_equal(date_to_parts(0).year, 1970);
}

static void
ages_are_completed_years(void **state)
{
    (void)state;
    static const struct {
        const char *birth, *at;
        int want;
    } rows[] = {{"2000-06-15", "2018-06-14", 17}, {"2000-06-15", "2018-06-15", 18}, {"2000-02-29", "2001-02-28", 0},
                {"2000-02-29", "2001-03-01", 1},  {"2000-02-29", "2004-02-29", 4},  {"2000-01-01", "1999-12-31", -1},
                {"2000-01-01", "2000-01-01", 0}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int32_t birth, at;
        assert_true(date_parse(text_of(rows[i].birth), "%Y-%m-%d", &birth));
        assert_true(date_parse(text_of(rows[i].at), "%Y-%m-%d", &at));
        assert_int_equal(date_age(birth, at), rows[i].want);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formats_are_read_and_impossible_days_refused),
        cmocka_unit_test(every_day_of_four_centuries_returns),
        cmocka_unit_test(ages_are_completed_years),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
