#include "testing.h"

#include "register/legal.h"

/* The rule as the law has it, written by hand as sentences rather than as the table: for every basis, purpose, consent and
 * age (108 cases) what must be kept. i identity, r record, - nothing; else the reason it is counted for: f refused,
 * w withdrawn, m missing, g no guardian, o not own. Ages in the order adult, minor, unknown. */
static const char *const expected[BASIS_COUNT][PURPOSE_COUNT][CONSENT_COUNT] = {
    /* not_needed, given, guardian, refused, withdrawn, not stated */
    {{"iii", "iii", "iii", "iii", "iii", "iii"},  /* duty, registration: always */
     {"rrr", "rrr", "rrr", "rrr", "rrr", "rrr"},  /* duty, monitor: always */
     {"---", "i-i", "-ii", "---", "---", "---"}}, /* duty, shelter: only with consent, even from the police */
    {{"mmm", "igi", "oii", "fff", "www", "mmm"},  /* consent, registration */
     {"mmm", "rgr", "orr", "fff", "www", "mmm"},  /* consent, monitor */
     {"---", "i-i", "-ii", "---", "---", "---"}}, /* consent, shelter */
};

static char
letter_of(legal_kept kept)
{
    static const char letters[] = {[KEPT_REFUSED] = 'f', [KEPT_WITHDRAWN] = 'w', [KEPT_MISSING] = 'm', [KEPT_NO_GUARDIAN] = 'g',
                                   [KEPT_NOT_OWN] = 'o', [KEPT_NOTHING] = '-', [KEPT_RECORD] = 'r', [KEPT_IDENTITY] = 'i'};
    return letters[kept];
}

static void
every_case_is_as_the_law_has_it(void **state)
{
    (void)state;
    int cases = 0;
    for (int b = 0; b < BASIS_COUNT; b++)
        for (int p = 0; p < PURPOSE_COUNT; p++)
            for (int c = 0; c < CONSENT_COUNT; c++)
                for (int a = 0; a < AGE_COUNT; a++, cases++) {
                    char got = letter_of(register_legal_kept((legal_basis)b, (legal_purpose)p, (legal_consent)c, (legal_age)a));
                    if (got != expected[b][p][c][a])
                        fail_msg("basis %s, purpose %s, consent %d, age %d: got %c, want %c", legal_basis_codes[b],
                                 legal_purpose_codes[p], c, a, got, expected[b][p][c][a]);
                }
    assert_int_equal(cases, 108);
}

/* All 2 x 6^3 x 3 reports: what must hold whatever the table says. */
static void
no_way_around_the_gate(void **state)
{
    (void)state;
    for (int b = 0; b < BASIS_COUNT; b++)
        for (int code = 0; code < 6 * 6 * 6; code++)
            for (int a = 0; a < AGE_COUNT; a++) {
                legal_consent c[PURPOSE_COUNT] = {(legal_consent)(code % 6), (legal_consent)(code / 6 % 6), (legal_consent)(code / 36)};
                legal_verdict v = register_legal_gate((legal_basis)b, c, (legal_age)a);
                bool yes[PURPOSE_COUNT];
                for (int p = 0; p < PURPOSE_COUNT; p++)
                    yes[p] = (c[p] == CONSENT_given && a != AGE_minor) || (c[p] == CONSENT_guardian && a != AGE_adult);
                assert_int_equal(v.kept, b == BASIS_duty || yes[PURPOSE_registration]);
                if (!v.kept) {
                    assert_int_equal(v.permitted, 0);
                    assert_in_range(v.reason, 0, REASON_COUNT - 1);
                    continue;
                }
                assert_int_equal(v.permitted >> PURPOSE_registration & 1, 1);
                assert_int_equal(v.permitted >> PURPOSE_monitor & 1, b == BASIS_duty || yes[PURPOSE_monitor]);
                assert_int_equal(v.permitted >> PURPOSE_shelter & 1, yes[PURPOSE_shelter]);
                assert_int_equal(v.withheld < 0, v.permitted >> PURPOSE_monitor & 1);
            }
}

static void
age_is_that_of_the_day_received(void **state)
{
    (void)state;
    static const struct {
        const char *label, *earliest, *latest, *received;
        legal_age want;
    } rows[] = {
        {"the day before the birthday", "2002-06-15", "2002-06-15", "2020-06-14", AGE_minor},
        {"on the birthday", "2002-06-15", "2002-06-15", "2020-06-15", AGE_adult},
        {"born on 29 February", "2004-02-29", "2004-02-29", "2022-02-28", AGE_minor},
        {"and a day later", "2004-02-29", "2004-02-29", "2022-03-01", AGE_adult},
        {"year only, either", "2002-01-01", "2002-12-31", "2020-06-15", AGE_unknown},
        {"year only, surely adult", "2001-01-01", "2001-12-31", "2020-06-15", AGE_adult},
        {"year only, surely minor", "2003-01-01", "2003-12-31", "2020-06-15", AGE_minor},
        {"nothing known", "", "", "2020-06-15", AGE_unknown},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int32_t day[3] = {DATE_MISSING, DATE_MISSING, DATE_MISSING};
        const char *const given[] = {rows[i].earliest, rows[i].latest, rows[i].received};
        for (int k = 0; k < 3; k++)
            if (*given[k]) assert_true(date_parse(text_of(given[k]), "%Y-%m-%d", &day[k]));
        legal_age got = register_legal_age(day[0], day[1], day[2]);
        if (got != rows[i].want) fail_msg("%s: got %d, want %d", rows[i].label, got, rows[i].want);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_case_is_as_the_law_has_it),
        cmocka_unit_test(no_way_around_the_gate),
        cmocka_unit_test(age_is_that_of_the_day_received),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
