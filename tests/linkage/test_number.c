#include "testing.h"

#include "linkage/number.h"

static void
bsn_passes_the_eleven_test(void **state)
{
    (void)state;
    /* 111222333: 9+8+7+12+10+8+9+6-3 = 66 = 6 x 11 */
    static const struct {
        const char *label, *value;
        bool want;
    } rows[] = {
        {"worked example", "111222333", true}, {"synthetic", "999900006", true},     {"one digit off", "111222334", false},
        {"swapped", "112122333", false},       {"with dots", "1112.22.333", true},   {"eight digits", "10000008", true},
        {"ten digits", "1112223330", false},   {"zeros", "000000000", false},        {"letters", "11122233a", false},
        {"empty", "", false},                  {"only separators", "-- .", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (number_bsn_valid(text_of(rows[i].value), NULL) != rows[i].want) fail_msg("%s", rows[i].label);
}

static void
other_numbers_lose_their_separators(void **state)
{
    (void)state;
    static const struct {
        const char *value, *want;
    } rows[] = {{"123-456.7890", "1234567890"}, {"ab 12345", "AB12345"}, {"0000000000", ""}, {"1234", ""}, {"", ""}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char out[32];
        size_t n = number_plain(text_of(rows[i].value), sizeof out, out);
        if (!text_equal((text){out, n}, text_of(rows[i].want))) fail_msg("%s", rows[i].value);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bsn_passes_the_eleven_test),
        cmocka_unit_test(other_numbers_lose_their_separators),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
