#include "testing.h"

#include "table/declared.h"

#include <unistd.h>

#define HEAD "registers: x\ntitle: {nl: a, en: a}\n"
#define COLUMN(rest) HEAD "tables:\n  - name: t\n    label: {nl: a, en: a}\n    columns:\n      - {name: a, " rest ", label: {nl: a, en: a}}\n"
#define LISTS "code_lists:\n  - name: l\n    codes:\n      - {code: x, nl: a, en: a}\n      - {code: y, nl: b, en: b}\n"

static const struct {
    const char *label, *yaml;
    status want;
    const char *says;
} rows[] = {
    {"a column", COLUMN("type: int8"), ST_OK, NULL},
    {"a column with codes", COLUMN("type: int8, codes: l") LISTS, ST_OK, NULL},
    {"a set", COLUMN("type: set, codes: l") LISTS, ST_OK, NULL},
    {"an unknown type", COLUMN("type: int9"), ST_CONFIG, "table t, column a: expected a type"},
    {"text is not for registers", COLUMN("type: text"), ST_CONFIG, "expected a type"},
    {"an unknown list", COLUMN("type: int8, codes: m") LISTS, ST_CONFIG, "there is no list m"},
    {"codes on a day", COLUMN("type: date, codes: l") LISTS, ST_CONFIG, "cannot hold the 2 codes"},
    {"codes on a double", COLUMN("type: double, codes: l") LISTS, ST_CONFIG, "cannot hold"},
    {"a column twice", COLUMN("type: int8") "      - {name: a, type: int8, label: {nl: a, en: a}}\n", ST_CONFIG, "column a is declared twice"},
    {"no label", HEAD "tables:\n  - name: t\n    label: {nl: a, en: a}\n    columns:\n      - {name: a, type: int8}\n", ST_CONFIG, "label"},
    {"half a label", HEAD "tables:\n  - name: t\n    label: {nl: a}\n    columns:\n      - {name: a, type: int8}\n", ST_CONFIG, "en"},
    {"an order that is not there", HEAD "tables:\n  - name: t\n    order: b\n    label: {nl: a, en: a}\n    columns:\n"
     "      - {name: a, type: int8, label: {nl: a, en: a}}\n", ST_CONFIG, "order: expected the name of an integer column"},
    {"a code twice", COLUMN("type: int8, codes: l") "code_lists:\n  - name: l\n    codes:\n      - {code: x, nl: a, en: a}\n"
     "      - {code: x, nl: a, en: a}\n", ST_CONFIG, "code x stands twice"},
    {"countries that are not there", "countries: nowhere.yaml\n" COLUMN("type: int8"), ST_NOT_FOUND, "nowhere.yaml"},
    {"no tables", HEAD "tables: []\n", ST_CONFIG, "insufficient entries"},
    {"not YAML", "\x01", ST_CONFIG, ""},
};

static char *
written(arena *a, const char *bytes)
{
    char *path = arena_copy(a, "/tmp/peil_declared_XXXXXX", 25);
    int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal((size_t)write(file, bytes, strlen(bytes)), strlen(bytes));
    close(file);
    return path;
}

static void
declarations_are_read_or_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        SCRATCH(a);
        char *path = written(a, rows[i].yaml);
        size_t n = 99;
        table *t = NULL;
        status got = table_declared_read(a, path, &n, &t);
        unlink(path);
        if (got != rows[i].want) fail_msg("%s: got %s (%s)", rows[i].label, status_text(got), status_detail());
        if (rows[i].says && !strstr(status_detail(), rows[i].says)) fail_msg("%s: says %s", rows[i].label, status_detail());
        if (got == ST_OK) assert_int_equal(n, 1);
        else assert_int_equal(n, 99);
    }
}

/* What the registers are known to hold: the monitor's definition names these. */
static void
the_registers_are_declared(void **state)
{
    (void)state;
    SCRATCH(a);
    static const char *const names[] = {"population", "incidents", "youth_care", "shelter", "cosm", "residence", "cost", "suspects", "convictions"};
    size_t n;
    table *t;
    ASSERT_OK(table_declared_read(a, source_path(a, "sources/registers.yaml"), &n, &t));
    assert_int_equal(n, sizeof names / sizeof *names);
    for (size_t i = 0; i < n; i++) {
        const table *found = table_declared_find(n, t, names[i]);
        assert_non_null(found);
        assert_int_equal(found->rows, 0);
        assert_int_equal(table_column(found, "person")->type, COLUMN_INT32);
    }
    const column *offence = table_column(table_declared_find(n, t, "incidents"), "offence");
    assert_int_equal(code_find(offence->codes, TEXT("F5293")), 0);
    assert_string_equal(offence->codes->items[1].label[LANGUAGE_EN], "Human trafficking: sexual exploitation");
    assert_ptr_equal(table_column(table_declared_find(n, t, "cosm"), "nationality")->codes,
                     table_column(table_declared_find(n, t, "residence"), "nationality")->codes);
    assert_true(code_find(table_column(table_declared_find(n, t, "residence"), "nationality")->codes, TEXT("NG")) > 0);
    assert_null(table_declared_find(n, t, "nothing"));
}

static void
tables_are_checked_by_their_declaration(void **state)
{
    (void)state;
    SCRATCH(a);
    size_t n;
    table *t, filled;
    ASSERT_OK(table_declared_read(a, source_path(a, "sources/registers.yaml"), &n, &t));
    ASSERT_OK(table_declared_rows(a, &t[0], 3, &filled));
    assert_int_equal(filled.rows, 3);
    ASSERT_OK(table_declared_check(&t[0], &filled));
    column *sex = table_column(&filled, "sex");
    const code_list *sexes = sex->codes;
    sex->codes = NULL;
    ASSERT_STATUS(table_declared_check(&t[0], &filled), ST_INVALID);
    assert_non_null(strstr(status_detail(), "column sex: its codes"));
    sex->codes = sexes;
    sex->type = COLUMN_INT16;
    ASSERT_STATUS(table_declared_check(&t[0], &filled), ST_INVALID);
    assert_non_null(strstr(status_detail(), "it is int16, declared is int8"));
    ASSERT_STATUS(table_declared_check(&t[1], &filled), ST_INVALID);
}

static status
read_once(const char *path)
{
    SCRATCH(a);
    size_t n;
    table *t, filled;
    CHECK(table_declared_read(a, path, &n, &t));
    return table_declared_rows(a, &t[0], 5, &filled);
}

static void
memory_may_run_out(void **state)
{
    (void)state;
    SCRATCH(a);
    const char *path = written(a, COLUMN("type: int8, codes: l") LISTS);
    ASSERT_SURVIVES_NO_MEMORY(read_once(path));
    unlink(path);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(declarations_are_read_or_refused), cmocka_unit_test(the_registers_are_declared),
                                       cmocka_unit_test(tables_are_checked_by_their_declaration), cmocka_unit_test(memory_may_run_out)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
