#include "synth/layout.h"

#include "base/definition.h"
#include "base/file.h"

static const cyaml_schema_field_t map_fields[] = {DEFINITION_TEXT("from", layout_map, from), DEFINITION_TEXT("to", layout_map, to),
                                                  CYAML_FIELD_END};
static const cyaml_schema_field_t flag_fields[] = {DEFINITION_TEXT("column", layout_flag, column),
                                                   DEFINITION_TEXT("to", layout_flag, to), CYAML_FIELD_END};
static const cyaml_schema_field_t partial_fields[] = {DEFINITION_TEXT("date", layout_partial, date),
                                                      DEFINITION_TEXT("precision", layout_partial, precision), CYAML_FIELD_END};
static const cyaml_schema_value_t map_entry = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, layout_map, map_fields)};
static const cyaml_schema_value_t flag_entry = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, layout_flag, flag_fields)};
static const cyaml_schema_value_t partial_entry = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, layout_partial, partial_fields)};
static const cyaml_schema_value_t word_entry = {CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 0, CYAML_UNLIMITED)};

static const cyaml_schema_field_t column_fields[] = {
    DEFINITION_TEXT_OPTIONAL("variable", layout_column, variable),
    DEFINITION_TEXT_OPTIONAL("column", layout_column, column),
    DEFINITION_TEXT_OPTIONAL("date", layout_column, date),
    DEFINITION_TEXT_OPTIONAL("separator", layout_column, separator),
    DEFINITION_TEXT_OPTIONAL("match", layout_column, match),
    DEFINITION_TEXT_OPTIONAL("yes", layout_column, yes),
    DEFINITION_TEXT_OPTIONAL("no", layout_column, no),
    CYAML_FIELD_INT("part", CYAML_FLAG_OPTIONAL, layout_column, part),
    DEFINITION_LIST("map", layout_column, map, &map_entry),
    DEFINITION_LIST("flags", layout_column, flags, &flag_entry),
    DEFINITION_LIST("partial", layout_column, partial, &partial_entry),
    DEFINITION_LIST("also", layout_column, also, &word_entry),
    CYAML_FIELD_END};
static const cyaml_schema_value_t column_entry = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, layout_column, column_fields)};

static const cyaml_schema_field_t layout_fields[] = {
    DEFINITION_TEXT("source", layout, source),
    DEFINITION_TEXT("file", layout, file),
    DEFINITION_TEXT("format", layout, format),
    DEFINITION_TEXT_OPTIONAL("delimiter", layout, delimiter),
    DEFINITION_FLAG("bom", layout, bom),
    DEFINITION_FLAG("crlf", layout, crlf),
    DEFINITION_LIST("missing", layout, missing, &word_entry),
    CYAML_FIELD_SEQUENCE("columns", CYAML_FLAG_POINTER, layout, columns, &column_entry, 1, CYAML_UNLIMITED),
    CYAML_FIELD_END};
static const cyaml_schema_value_t layout_schema = {CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, layout, layout_fields)};

/* The register's own lists and the countries. */
typedef struct lists_file {
    layout_list *lists;
    unsigned lists_count;
} lists_file;

typedef struct countries_file {
    layout_country *codes;
    unsigned codes_count;
} countries_file;

static const cyaml_schema_field_t code_fields[] = {DEFINITION_TEXT("code", layout_code, code), DEFINITION_TEXT("nl", layout_code, nl),
                                                   CYAML_FIELD_END};
static const cyaml_schema_value_t code_entry = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, layout_code, code_fields)};
static const cyaml_schema_field_t list_fields[] = {
    DEFINITION_TEXT("name", layout_list, name),
    CYAML_FIELD_SEQUENCE("codes", CYAML_FLAG_POINTER, layout_list, codes, &code_entry, 0, CYAML_UNLIMITED), CYAML_FIELD_END};
static const cyaml_schema_value_t list_entry = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, layout_list, list_fields)};
static const cyaml_schema_field_t lists_fields[] = {
    CYAML_FIELD_SEQUENCE("code_lists", CYAML_FLAG_POINTER, lists_file, lists, &list_entry, 0, CYAML_UNLIMITED), CYAML_FIELD_END};
static const cyaml_schema_value_t lists_schema = {CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, lists_file, lists_fields)};

static const cyaml_schema_field_t country_fields[] = {
    DEFINITION_TEXT("code", layout_country, code), DEFINITION_TEXT_OPTIONAL("alpha3", layout_country, alpha3),
    DEFINITION_TEXT_OPTIONAL("m49", layout_country, m49), DEFINITION_TEXT("nl", layout_country, nl),
    DEFINITION_TEXT("en", layout_country, en), CYAML_FIELD_END};
static const cyaml_schema_value_t country_entry = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, layout_country, country_fields)};
static const cyaml_schema_field_t countries_fields[] = {
    CYAML_FIELD_SEQUENCE("codes", CYAML_FLAG_POINTER, countries_file, codes, &country_entry, 0, CYAML_UNLIMITED), CYAML_FIELD_END};
static const cyaml_schema_value_t countries_schema = {CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, countries_file, countries_fields)};

status
synth_layout_read(arena *out, const char *path, const layout **result)
{
    void *loaded;
    CHECK(definition_load_part(out, path, &layout_schema, &loaded));
    const layout *l = loaded;
    bool sav = strcmp(l->format, "sav") == 0;
    if (!sav && strcmp(l->format, "csv") != 0) FAIL(ST_CONFIG, "%s: format: expected csv or sav", path);
    if (!sav && (!l->delimiter || strlen(l->delimiter) != 1)) FAIL(ST_CONFIG, "%s: delimiter: expected one character", path);
    *result = l;
    return ST_OK;
}

status
synth_layout_register_read(arena *out, const char *folder, layout_register *result)
{
    SCRATCH(tmp);
    char *lists_path = path_join(tmp, folder, "notifications.yaml"), *countries_path = path_join(tmp, folder, "countries.yaml");
    if (!lists_path || !countries_path) FAIL(ST_NO_MEMORY, "out of memory (layout)");
    void *lists, *countries;
    CHECK(definition_load_part(out, lists_path, &lists_schema, &lists));
    CHECK(definition_load_part(out, countries_path, &countries_schema, &countries));
    const lists_file *l = lists;
    const countries_file *c = countries;
    *result = (layout_register){c->codes, c->codes_count, l->lists, l->lists_count};
    return ST_OK;
}

const layout_list *
synth_layout_list(const layout_register *r, const char *name)
{
    for (unsigned i = 0; i < r->lists; i++)
        if (strcmp(r->list[i].name, name) == 0) return &r->list[i];
    return NULL;
}
