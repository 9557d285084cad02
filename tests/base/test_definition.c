#include "testing.h"

#include "base/definition.h"

typedef struct item {
    const char *code, *label;
} item;

typedef struct thing {
    const char *name;
    bool large;
    item *items;
    unsigned items_count;
} thing;

static const cyaml_schema_field_t item_fields[] = {DEFINITION_TEXT("code", item, code),
                                                   DEFINITION_TEXT_OPTIONAL("label", item, label), CYAML_FIELD_END};
static const cyaml_schema_value_t item_value = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, item, item_fields)};
static const cyaml_schema_field_t thing_fields[] = {
    DEFINITION_TEXT("name", thing, name), DEFINITION_FLAG("large", thing, large),
    CYAML_FIELD_SEQUENCE("items", CYAML_FLAG_POINTER, thing, items, &item_value, 0, CYAML_UNLIMITED), CYAML_FIELD_END};
static const cyaml_schema_value_t thing_value = {CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, thing, thing_fields)};

static void
definitions_are_read_or_explained(void **state)
{
    (void)state;
    static const struct {
        const char *label, *input, *want; /* want: name, number of items, last code; or words of the error */
        status want_status;
    } rows[] = {
        {"plain", "name: a\nitems:\n  - {code: x}\n  - {code: y, label: z}\n", "a 2 y", ST_OK},
        {"no and NO stay text", "name: \"no\"\nitems:\n  - code: NO\n", "no 1 NO", ST_OK},
        {"unknown key", "name: a\ncolour: red\nitems: []\n", "colour", ST_CONFIG},
        {"missing key", "name: a\n", "items", ST_CONFIG},
        {"line of a bad key", "name: a\nitems:\n  - {code: x}\n  - {cod: y}\n", "line: 4", ST_CONFIG},
        {"not yaml", "name: a\nitems: [\n", "line: 3", ST_CONFIG},
        {"not utf-8", "name: \xff\n", "UTF-8", ST_CONFIG},
        {"empty", "", "empty", ST_CONFIG},
        {"a list instead", "- name\n", "MAPPING", ST_CONFIG},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        SCRATCH(tmp);
        void *loaded = NULL;
        status code = definition_load_bytes(tmp, "t.yaml", text_of(rows[i].input), &thing_value, &loaded);
        if (code != rows[i].want_status) fail_msg("%s: %s (%s)", rows[i].label, status_text(code), status_detail());
        const char *got = status_detail();
        if (code == ST_OK) {
            const thing *t = loaded;
            got = arena_printf(tmp, "%s %u %s", t->name, t->items_count, t->items[t->items_count - 1].code);
        }
        if (!strstr(got, rows[i].want)) fail_msg("%s: got \"%s\", want \"%s\"", rows[i].label, got, rows[i].want);
        if (code != ST_OK && !strstr(got, "t.yaml")) fail_msg("%s: the file is not named", rows[i].label);
    }
}

/* Ten aliases of ten aliases of ten ...: ten to the seventh items. */
static void
aliases_do_not_blow_up(void **state)
{
    (void)state;
    SCRATCH(tmp);
    text_builder b = text_builder_new(tmp);
    text_put(&b, "name: a\nitems: [&i {code: x, label: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx}");
    for (int i = 0; i < 700000; i++) text_put(&b, ",*i");
    text_put(&b, "]\n");
    text all;
    ASSERT_OK(text_builder_end(&b, &all));
    void *loaded;
    ASSERT_STATUS(definition_load_bytes(tmp, "t.yaml", all, &thing_value, &loaded), ST_LIMIT);
}

static status
load_small(void)
{
    SCRATCH(tmp);
    void *loaded;
    return definition_load_bytes(tmp, "t.yaml", TEXT("name: a\nitems:\n  - {code: x}\n  - {code: y}\n"), &thing_value, &loaded);
}

static void
survives_no_memory(void **state)
{
    (void)state;
    ASSERT_SURVIVES_NO_MEMORY(load_small());
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(definitions_are_read_or_explained),
        cmocka_unit_test(aliases_do_not_blow_up),
        cmocka_unit_test(survives_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
