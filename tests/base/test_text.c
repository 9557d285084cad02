#include "testing.h"

#include "base/words.h"

static void
utf8_is_strict(void **state)
{
    (void)state;
    static const struct {
        const char *label, *bytes;
        size_t n;
        bool want;
    } rows[] = {
        {"ascii", "abc", 3, true},           {"dutch", "co\xc3\xb6rdinatie", 12, true}, {"nul", "a\0b", 3, false},
        {"latin-1", "co\xf6rd", 5, false},   {"overlong", "\xc0\xaf", 2, false},        {"surrogate", "\xed\xa0\x80", 3, false},
        {"too high", "\xf4\x90\x80\x80", 4, false}, {"cut off", "\xe2\x82", 2, false},  {"emoji", "\xf0\x9f\x99\x82", 4, true},
        {"empty", "", 0, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (text_valid_utf8((text){rows[i].bytes, rows[i].n}) != rows[i].want) fail_msg("%s", rows[i].label);
}

static void
numbers_are_whole_texts(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool want;
        int64_t value;
    } rows[] = {{"0", true, 0}, {"-12", true, -12}, {"+7", true, 7}, {"", false, 0}, {"-", false, 0}, {"1 ", false, 0},
                {"9223372036854775807", true, INT64_MAX}, {"9223372036854775808", false, 0},
                {"-9223372036854775808", true, INT64_MIN}, {"1.0", false, 0}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t value = 0;
        if (text_to_int(text_of(rows[i].text), &value) != rows[i].want) fail_msg("%s", rows[i].text);
        assert_int_equal(value, rows[i].value);
    }
    double number;
    assert_true(text_to_double(TEXT("1e3"), &number));
    assert_true(number == 1000);
    assert_false(text_to_double(TEXT("nan"), &number));
    assert_false(text_to_double(TEXT("0x10"), &number));
    assert_false(text_to_double(TEXT("1,5"), &number));
}

static status
build(text *out, arena *a)
{
    text_builder b = text_builder_new(a);
    for (int i = 0; i < 200; i++) text_printf(&b, "%d;", i);
    text_put_double(&b, 0.1);
    return text_builder_end(&b, out);
}

static void
builders_grow_and_report_failure(void **state)
{
    (void)state;
    SCRATCH(tmp);
    text out;
    ASSERT_SURVIVES_NO_MEMORY(build(&out, tmp));
    assert_int_equal(out.n, 10 * 2 + 90 * 3 + 100 * 4 + 3);
    assert_string_equal(out.bytes + out.n - 3, "0.1");
}

static void
words_have_two_languages(void **state)
{
    (void)state;
    assert_string_equal(words_get(LANGUAGE_NL, WORD("Monitor of human trafficking")), "Monitor mensenhandel");
    assert_string_equal(words_get(LANGUAGE_EN, "Monitor of human trafficking"), "Monitor of human trafficking");
    assert_string_equal(words_get(LANGUAGE_NL, "zzz unknown"), "zzz unknown");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(utf8_is_strict),
        cmocka_unit_test(numbers_are_whole_texts),
        cmocka_unit_test(builders_grow_and_report_failure),
        cmocka_unit_test(words_have_two_languages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
