#include "testing.h"

#include "linkage/normalise.h"

static void
spellings_become_comparable(void **state)
{
    (void)state;
    SCRATCH(tmp);
    normaliser *n;
    ASSERT_OK(normaliser_new(tmp, &n));
    static const struct {
        const char *label, *value, *want;
        bool consonants;
    } rows[] = {
        {"case and blanks", "  Jan  WILLEM ", "jan willem", false},
        {"hyphen", "Anne-Marie", "anne marie", false},
        {"apostrophe", "O'Brien", "obrien", false},
        {"typographic apostrophe", "O\xe2\x80\x99" "Brien", "obrien", false},
        {"marks", "N\xc3\xba\xc3\xb1" "ez", "nunez", false},
        {"polish", "\xc5\x81ukasz", "lukasz", false},
        {"turkish", "\xc5\x9e" "afak I\xc5\x9f\xc4\xb1k", "safak isik", false},
        {"sharp s", "Gro\xc3\x9f", "gross", false},
        {"ligature", "\xef\xac\x81" "nn", "finn", false},
        {"full width", "\xef\xbc\xa1\xef\xbd\x82", "ab", false},
        {"cyrillic", "\xd0\x98\xd0\xb2\xd0\xb0\xd0\xbd\xd0\xbe\xd0\xb2", "ivanov", false},
        {"greek", "\xce\x93\xce\xb9\xce\xac\xce\xbd\xce\xbd\xce\xb7\xcf\x82", "giannes", false},
        {"arabic", "\xd9\x85\xd8\xad\xd9\x85\xd8\xaf", "mhmd", true},
        {"only signs", "?!-", "", false},
        {"not utf-8", "a\xff" "b", "a b", false},
        {"empty", "", "", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        normalised got;
        ASSERT_OK(normaliser_apply(n, tmp, text_of(rows[i].value), &got));
        if (!text_is(got.value, rows[i].want) || got.consonants != rows[i].consonants)
            fail_msg("%s: got '%.*s' %d", rows[i].label, (int)got.value.n, got.value.bytes, got.consonants);
    }
}

static void
words_for_unknown_are_no_names(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        bool want;
    } rows[] = {{"Onbekend", true}, {"N.N.", true}, {"NN", true}, {"onbekend, onbekend", true}, {"Naam onbekend", true}, {"UNKNOWN", true}, {"N.N. n.n.", true},
                {"", false}, {"N.", false}, {"Nn\xc3\xa9", false}, {"Onbekendstra", false}, {"Anna Anna", false}, {"Jan Onbekend", false}, {"n", false}};
    SCRATCH(tmp);
    normaliser *n;
    ASSERT_OK(normaliser_new(tmp, &n));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        normalised got;
        ASSERT_OK(normaliser_apply(n, tmp, text_of(rows[i].value), &got));
        if (normalised_is_unknown(got.value) != rows[i].want) fail_msg("%s", rows[i].value);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(spellings_become_comparable), cmocka_unit_test(words_for_unknown_are_no_names)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
