#include "../testing.h"

#include "base/date.h"
#include "publish/number.h"

#include <math.h>

static void
check_formats(void **state)
{
    (void)state;
    static const struct {
        double value;
        int decimals;
        const char *nl, *en;
    } rows[] = {
        {0, 0, "0", "0"},
        {999, 0, "999", "999"},
        {1000, 0, "1.000", "1,000"},
        {1234567, 0, "1.234.567", "1,234,567"},
        {12.34, 1, "12,3", "12.3"},
        {1234.56, 2, "1.234,56", "1,234.56"},
        {-5, 0, "\xe2\x88\x92" "5", "\xe2\x88\x92" "5"},
        {-0.2, 0, "0", "0"},
        {-1234.5, 1, "\xe2\x88\x92" "1.234,5", "\xe2\x88\x92" "1,234.5"},
        {0.05, 1, "0,1", "0.1"}, /* the binary value lies above 0.05 */
        {999999, 0, "999.999", "999,999"},
        {(double)NAN, 0, "?", "?"},
        {(double)INFINITY, 1, "?", "?"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char nl[NUMBER_BYTES], en[NUMBER_BYTES];
        number_format(LANGUAGE_NL, rows[i].value, rows[i].decimals, nl);
        number_format(LANGUAGE_EN, rows[i].value, rows[i].decimals, en);
        if (strcmp(nl, rows[i].nl) || strcmp(en, rows[i].en))
            fail_msg("%g: got %s and %s, want %s and %s", rows[i].value, nl, en, rows[i].nl, rows[i].en);
    }
}

static void
check_dates(void **state)
{
    (void)state;
    SCRATCH(a);
    html h = html_new(a);
    int32_t day;
    assert_true(date_from_parts((date_parts){2020, 3, 1}, &day));
    assert_string_equal(number_date(&h, LANGUAGE_NL, day), "1 maart 2020");
    assert_string_equal(number_date(&h, LANGUAGE_EN, day), "1 March 2020");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(check_formats), cmocka_unit_test(check_dates)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
