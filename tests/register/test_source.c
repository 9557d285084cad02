#include "testing.h"

#include "register/source.h"

#include <unistd.h>

static const char *const reporters[] = {"police", "kmar", "labour_inspectorate", "care_coordinators", "fairwork", "other_reporters"};

static void
every_source_of_the_project_loads(void **state)
{
    (void)state;
    SCRATCH(tmp);
    const register_definition *d;
    ASSERT_OK(register_definition_load(tmp, source_path(tmp, "sources/notifications.yaml"), &d));
    assert_int_equal(register_codes(d, "countries")->n, 251);
    for (size_t i = 0; i < 6; i++) {
        const register_source *s;
        ASSERT_OK(register_source_load(tmp, source_path(tmp, arena_printf(tmp, "sources/%s.yaml", reporters[i])), d, &s));
        assert_int_equal(s->reporter, (int)i);
        assert_int_equal(s->basis, i < 3 ? BASIS_duty : BASIS_consent);
    }
}

static void
countries_know_region_and_membership(void **state)
{
    (void)state;
    static const struct {
        const char *code, *region, *continent;
        int eu; /* member on 31 December 2019 */
        int later; /* and a year on */
    } rows[] = {
        {"NL", "western_europe", "europe", 1, 1},   {"GB", "northern_europe", "europe", 1, 0},
        {"NA", "southern_africa", "africa", 0, 0},  {"NG", "western_africa", "africa", 0, 0},
        {"CY", "western_asia", "asia", 1, 1},       {"SR", "south_america", "americas", 0, 0},
        {"HR", "southern_europe", "europe", 1, 1},  {"NO", "northern_europe", "europe", 0, 0},
        {"XX", "", "", 0, 0},
    };
    SCRATCH(tmp);
    const register_definition *d;
    table t;
    ASSERT_OK(register_definition_load(tmp, source_path(tmp, "sources/notifications.yaml"), &d));
    ASSERT_OK(register_countries(tmp, d, &t));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int at = code_find(t.column[0].codes, text_of(rows[i].code));
        if (at < 0) fail_msg("%s is not there", rows[i].code);
        if (!text_is(column_text(&t.column[1], (size_t)at), rows[i].region)) fail_msg("%s: region", rows[i].code);
        if (!text_is(column_text(&t.column[2], (size_t)at), rows[i].continent)) fail_msg("%s: continent", rows[i].code);
        for (int year = 0; year < 2; year++) {
            int32_t day = 18261 + 366 * year, from = column_int32(&t.column[3])[at], until = column_int32(&t.column[4])[at];
            int member = from != INT32_MIN && from <= day && (until == INT32_MIN || day <= until);
            if (member != (year ? rows[i].later : rows[i].eu)) fail_msg("%s: membership in year %d", rows[i].code, year);
        }
    }
}

static const char good[] =
    "source: kmar\nregister: notifications.yaml\nreporter: kmar\nlegal_basis: duty\n"
    "title: {nl: a, en: b}\nfile: kmar.csv\nformat: csv\ndelimiter: \";\"\nrow: [Nr]\n"
    "columns:\n  - {column: Nr}\n  - {variable: received, column: Datum, date: \"%d-%m-%Y\"}\n"
    "  - {variable: family_name, column: Naam}\n";

/* The good source with one piece replaced. */
static status
load_changed(arena *a, const char *from, const char *to)
{
    const char *at = strstr(good, from);
    if (!at) fail_msg("no \"%s\" in the good source", from);
    char *changed = arena_printf(a, "%.*s%s%s", (int)(at - good), good, to, at + strlen(from));
    char path[] = "/tmp/peil-source-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0 && write(fd, changed, strlen(changed)) == (ssize_t)strlen(changed));
    close(fd);
    const register_definition *d;
    const register_source *s;
    ASSERT_OK(register_definition_load(a, source_path(a, "sources/notifications.yaml"), &d));
    status code = register_source_load(a, path, d, &s);
    unlink(path);
    return code;
}

static void
errors_name_the_key_and_the_way_out(void **state)
{
    (void)state;
    static const struct {
        const char *label, *from, *to, *want;
    } rows[] = {
        {"unknown key", "file:", "fyle:", "fyle"},
        {"unknown variable", "variable: received", "variable: ontvangen", "ontvangen"},
        {"unknown reporter", "reporter: kmar", "reporter: nobody", "list reporters"},
        {"basis the law does not give", "reporter: kmar", "reporter: fairwork", "legal table"},
        {"consent source without consent", "reporter: kmar\nlegal_basis: duty", "reporter: fairwork\nlegal_basis: consent", "consent_registration"},
        {"required variable missing", "  - {variable: received, column: Datum, date: \"%d-%m-%Y\"}\n", "", "received"},
        {"bad date format", "%d-%m-%Y", "%d-%b-%Y", "date format"},
        {"no date format", ", date: \"%d-%m-%Y\"", "", "needs its format"},
        {"row is no column", "row: [Nr]", "row: [Nummer]", "Nummer"},
        {"row says who", "row: [Nr]", "row: [Naam]", "says who"},
        {"variable twice", "family_name", "received", "two columns"},
        {"store variable", "variable: family_name", "variable: notification", "does not come from a delivery"},
        {"codes without codes", "column: Naam", "column: Naam, match: code", "has no codes"},
        {"set without separator", "variable: family_name", "variable: forms", "separator"},
        {"unknown code", "{variable: family_name, column: Naam}", "{variable: sex, column: Naam, map: [{from: a, to: b}]}", "list sexes"},
        {"word twice", "{variable: family_name, column: Naam}",
         "{variable: sex, column: Naam, map: [{from: a, to: male}, {from: a, to: female}]}", "twice"},
        {"bad delimiter", "delimiter: \";\"", "delimiter: \"|\"", "delimiter"},
        {"part without separator", "column: Naam", "column: Naam, part: 2", "separator"},
        {"flags for a name", "{variable: family_name, column: Naam}", "{variable: family_name, flags: [{column: a, to: b}]}", "flags are for sets"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        SCRATCH(tmp);
        status code = load_changed(tmp, rows[i].from, rows[i].to);
        if (code != ST_CONFIG) fail_msg("%s: %s (%s)", rows[i].label, status_text(code), status_detail());
        if (!strstr(status_detail(), rows[i].want)) fail_msg("%s: got \"%s\", want \"%s\"", rows[i].label, status_detail(), rows[i].want);
        if (!strstr(status_detail(), "peil-source")) fail_msg("%s: the file is not named", rows[i].label);
    }
    SCRATCH(tmp);
    ASSERT_OK(load_changed(tmp, "Naam", "Naam"));
}

static status
load_kmar(const char *path)
{
    SCRATCH(tmp);
    const register_source *s;
    return register_source_load(tmp, path, NULL, &s);
}

static void
survives_no_memory(void **state)
{
    (void)state;
    SCRATCH(tmp);
    const char *path = source_path(tmp, "sources/kmar.yaml");
    for (size_t n = 1; n < 40000; n += n / 24 + 1) { /* every allocation would take minutes */
        arena_fail_at(n);
        status code = load_kmar(path);
        arena_fail_at(0);
        if (code == ST_OK) return;
        if (code != ST_NO_MEMORY) fail_msg("allocation %zu: %s (%s)", n, status_text(code), status_detail());
    }
    fail_msg("never succeeds");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_source_of_the_project_loads),
        cmocka_unit_test(countries_know_region_and_membership),
        cmocka_unit_test(errors_name_the_key_and_the_way_out),
        cmocka_unit_test(survives_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
