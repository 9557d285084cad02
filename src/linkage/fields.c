#include "linkage/fields.h"

#include "base/file.h"
#include "base/log.h"
#include "linkage/compare_date.h"
#include "table/csv.h"

#include <cyaml/cyaml.h>

#include <stdio.h>

static const char *const kind_names[KIND_COUNT] = {
#define X(name) #name,
    LINK_KINDS
#undef X
};

const char *
link_kind_name(link_kind kind)
{
    return kind_names[kind];
}

/* As the YAML has it: everything text, so that the messages can be ours. */
typedef struct yaml_field {
    char *column, *kind, *format;
} yaml_field;

typedef struct yaml_file {
    char *id;
    yaml_field *fields;
    unsigned fields_count;
} yaml_file;

static const cyaml_schema_field_t field_keys[] = {
    CYAML_FIELD_STRING_PTR("column", CYAML_FLAG_POINTER, yaml_field, column, 1, 1024),
    CYAML_FIELD_STRING_PTR("kind", CYAML_FLAG_POINTER, yaml_field, kind, 1, 64),
    CYAML_FIELD_STRING_PTR("format", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, yaml_field, format, 1, 64),
    CYAML_FIELD_END};
static const cyaml_schema_value_t field_schema = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, yaml_field, field_keys)};
static const cyaml_schema_field_t file_keys[] = {
    CYAML_FIELD_STRING_PTR("id", CYAML_FLAG_POINTER, yaml_file, id, 1, 1024),
    CYAML_FIELD_SEQUENCE("fields", CYAML_FLAG_POINTER, yaml_file, fields, &field_schema, 1, 64),
    CYAML_FIELD_END};
static const cyaml_schema_value_t file_schema = {CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, yaml_file, file_keys)};

/* The first message of libcyaml is the cause. */
static void
keep_message(cyaml_log_t level, void *context, const char *format, va_list args)
{
    char *kept = context;
    if (level < CYAML_LOG_ERROR || kept[0]) return;
    vsnprintf(kept, 200, format, args);
    for (char *c = kept; *c; c++)
        if (*c == '\n') *c = ' ';
}

static status
kind_of(const char *path, size_t i, const char *name, link_kind *kind)
{
    for (int k = 0; k < KIND_COUNT; k++)
        if (!strcmp(name, kind_names[k])) {
            *kind = (link_kind)k;
            return ST_OK;
        }
    FAIL(ST_CONFIG, "%s: field %zu: expected a kind (given_name, family_name, full_name, date_of_birth, birth_year, birth_month, "
         "birth_day, number, sex, nationality, city, postcode, email, text), found '%.64s'", path, i + 1, name);
}

static status
convert(arena *a, const char *path, const yaml_file *y, link_fields *result)
{
    link_fields f = {.n = y->fields_count};
    ALLOC(a, f.field, f.n);
    f.id = arena_copy(a, y->id, strlen(y->id));
    bool full = !f.id;
    for (size_t i = 0; i < f.n; i++) {
        const yaml_field *from = &y->fields[i];
        f.field[i].column = arena_copy(a, from->column, strlen(from->column));
        f.field[i].format = from->format ? arena_copy(a, from->format, strlen(from->format)) : NULL;
        full = full || !f.field[i].column || (from->format && !f.field[i].format);
        CHECK(kind_of(path, i, from->kind, &f.field[i].kind));
    }
    if (full) FAIL(ST_NO_MEMORY, "out of memory for %s", path);
    CHECK(link_fields_check(path, &f));
    *result = f;
    return ST_OK;
}

status
link_fields_read(arena *a, const char *path, link_fields *result)
{
    SCRATCH(tmp);
    text bytes;
    CHECK(file_map(tmp, path, &bytes));
    char message[200] = "";
    cyaml_config_t config = {.log_fn = keep_message, .log_ctx = message, .mem_fn = cyaml_mem, .log_level = CYAML_LOG_ERROR};
    yaml_file *y = NULL;
    cyaml_err_t error = cyaml_load_data((const uint8_t *)bytes.bytes, bytes.n, &config, &file_schema, (cyaml_data_t **)&y, NULL);
    if (error != CYAML_OK)
        FAIL(error == CYAML_ERR_OOM ? ST_NO_MEMORY : ST_CONFIG,
             "%s: expected `id: COLUMN` and `fields:` as a list of {column, kind, format}: %s", path,
             message[0] ? message : cyaml_strerror(error));
    if (!y) FAIL(ST_CONFIG, "%s: nothing in it: expected `id: COLUMN` and `fields:` as a list of {column, kind, format}", path);
    status code = convert(a, path, y, result);
    cyaml_free(&config, &file_schema, y, 0);
    return code;
}

static status
check_format(const char *name, const link_field *f)
{
    if (!f->format) return ST_OK;
    if (f->kind != KIND_date_of_birth) FAIL(ST_CONFIG, "%s: column %s: only a date_of_birth has a format", name, f->column);
    bool year = false;
    for (const char *c = f->format; *c; c++) {
        if (*c != '%') continue;
        c++;
        if (!*c || !strchr("Yymd", *c)) FAIL(ST_CONFIG, "%s: column %s: a format is made of %%Y %%y %%m %%d", name, f->column);
        year = year || *c == 'Y' || *c == 'y';
    }
    if (!year) FAIL(ST_CONFIG, "%s: column %s: the format has no year (%%Y or %%y)", name, f->column);
    return ST_OK;
}

status
link_fields_check(const char *name, const link_fields *fields)
{
    if (!fields->n) FAIL(ST_CONFIG, "%s: expected at least one field", name);
    if (fields->n > LINK_FIELDS) FAIL(ST_CONFIG, "%s: expected at most %d fields, found %zu", name, LINK_FIELDS, fields->n);
    for (size_t i = 0; i < fields->n; i++) {
        CHECK(check_format(name, &fields->field[i]));
        for (size_t j = 0; j < i; j++)
            if (!strcmp(fields->field[i].column, fields->field[j].column))
                FAIL(ST_CONFIG, "%s: column %s stands twice", name, fields->field[i].column);
    }
    return ST_OK;
}

/* A wrong format would leave a file without its dates: never silently. */
static void
tell_dates(const char *path, const link_field *f, const column *c, size_t rows)
{
    date_value d;
    size_t all = 0, unread = 0;
    for (size_t i = 0; i < rows; i++) {
        text value = text_trim(column_text(c, i));
        all += value.n > 0, unread += value.n && !date_value_read(value, f->format, &d);
    }
    if (unread)
        log_note("%s: column %s: %zu of %zu values cannot be read as dates (%s) and count as missing", path, f->column, unread, all,
                 f->format ? f->format : "no format given");
}

status
link_fields_table(arena *a, const char *path, const link_fields *fields, table *result)
{
    csv_column *spec;
    ALLOC(a, spec, fields->n + 1);
    spec[0] = (csv_column){.name = fields->id, .type = COLUMN_TEXT};
    for (size_t k = 0; k < fields->n; k++) spec[k + 1] = (csv_column){.name = fields->field[k].column, .type = COLUMN_TEXT};
    CHECK(csv_read_table(a, path, NULL, fields->n + 1, spec, result));
    for (size_t k = 0; k < fields->n; k++)
        if (fields->field[k].kind == KIND_date_of_birth) tell_dates(path, &fields->field[k], &result->column[k + 1], result->rows);
    return ST_OK;
}
