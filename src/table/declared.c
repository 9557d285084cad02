#include "table/declared.h"

#include "base/definition.h"
#include "base/file.h"

typedef struct label_entry {
    const char *nl, *en;
} label_entry;

typedef struct column_entry {
    const char *name, *type, *codes;
    label_entry label;
} column_entry;

typedef struct table_entry {
    const char *name, *order;
    label_entry label;
    column_entry *columns;
    unsigned columns_count;
} table_entry;

typedef struct code_entry {
    const char *code, *nl, *en;
} code_entry;

typedef struct list_entry {
    const char *name;
    code_entry *codes;
    unsigned codes_count;
} list_entry;

typedef struct file_entry {
    const char *registers, *countries;
    label_entry title;
    table_entry *tables;
    list_entry *code_lists;
    unsigned tables_count, code_lists_count;
} file_entry;

typedef struct countries_file {
    code_entry *codes;
    unsigned codes_count;
} countries_file;

static const cyaml_schema_field_t label_fields[] = {DEFINITION_TEXT("nl", label_entry, nl), DEFINITION_TEXT("en", label_entry, en),
                                                    CYAML_FIELD_END};
static const cyaml_schema_field_t column_fields[] = {
    DEFINITION_TEXT("name", column_entry, name), DEFINITION_TEXT("type", column_entry, type),
    DEFINITION_TEXT_OPTIONAL("codes", column_entry, codes),
    CYAML_FIELD_MAPPING("label", CYAML_FLAG_DEFAULT, column_entry, label, label_fields), CYAML_FIELD_END};
static const cyaml_schema_value_t column_value_schema = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, column_entry, column_fields)};
static const cyaml_schema_field_t table_fields[] = {
    DEFINITION_TEXT("name", table_entry, name), DEFINITION_TEXT_OPTIONAL("order", table_entry, order),
    CYAML_FIELD_MAPPING("label", CYAML_FLAG_DEFAULT, table_entry, label, label_fields),
    CYAML_FIELD_SEQUENCE("columns", CYAML_FLAG_POINTER, table_entry, columns, &column_value_schema, 1, 1000), CYAML_FIELD_END};
static const cyaml_schema_value_t table_value_schema = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, table_entry, table_fields)};
static const cyaml_schema_field_t code_fields[] = {DEFINITION_TEXT("code", code_entry, code), DEFINITION_TEXT("nl", code_entry, nl),
                                                   DEFINITION_TEXT("en", code_entry, en), CYAML_FIELD_END};
static const cyaml_schema_value_t code_value_schema = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, code_entry, code_fields)};
static const cyaml_schema_field_t list_fields[] = {
    DEFINITION_TEXT("name", list_entry, name),
    CYAML_FIELD_SEQUENCE("codes", CYAML_FLAG_POINTER, list_entry, codes, &code_value_schema, 1, 10000), CYAML_FIELD_END};
static const cyaml_schema_value_t list_value_schema = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, list_entry, list_fields)};
static const cyaml_schema_field_t file_fields[] = {
    DEFINITION_TEXT("registers", file_entry, registers), DEFINITION_TEXT_OPTIONAL("countries", file_entry, countries),
    CYAML_FIELD_MAPPING("title", CYAML_FLAG_DEFAULT, file_entry, title, label_fields),
    CYAML_FIELD_SEQUENCE("tables", CYAML_FLAG_POINTER, file_entry, tables, &table_value_schema, 1, 1000),
    CYAML_FIELD_SEQUENCE("code_lists", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, file_entry, code_lists, &list_value_schema, 0, 1000),
    CYAML_FIELD_END};
static const cyaml_schema_value_t file_schema = {CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, file_entry, file_fields)};
static const cyaml_schema_field_t countries_fields[] = {
    CYAML_FIELD_SEQUENCE("codes", CYAML_FLAG_POINTER, countries_file, codes, &code_value_schema, 1, 10000), CYAML_FIELD_END};
static const cyaml_schema_value_t countries_schema = {CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, countries_file, countries_fields)};

typedef struct lists {
    const char *path;
    size_t n;
    code_list *list;
} lists;

static status
make_list(arena *out, const char *path, const char *name, size_t n, const code_entry from[], code_list *result)
{
    code *items;
    ALLOC(out, items, n);
    for (size_t i = 0; i < n; i++) {
        items[i] = (code){from[i].code, {[LANGUAGE_NL] = from[i].nl, [LANGUAGE_EN] = from[i].en}};
        for (size_t k = 0; k < i; k++)
            if (strcmp(items[k].code, items[i].code) == 0) FAIL(ST_CONFIG, "%s: list %s: code %s stands twice", path, name, items[i].code);
    }
    *result = (code_list){name, n, items};
    return ST_OK;
}

static const code_list *
list_find(const lists *l, const char *name)
{
    for (size_t i = 0; i < l->n; i++)
        if (strcmp(l->list[i].name, name) == 0) return &l->list[i];
    return NULL;
}

static status
read_countries(arena *out, const char *path, const char *file, lists *into)
{
    const char *slash = strrchr(path, '/');
    char *beside = slash ? arena_printf(out, "%.*s/%s", (int)(slash - path), path, file) : arena_printf(out, "%s", file);
    if (!beside) FAIL(ST_NO_MEMORY, "out of memory (declared tables)");
    void *loaded;
    CHECK(definition_load_part(out, beside, &countries_schema, &loaded));
    const countries_file *c = loaded;
    CHECK(make_list(out, beside, "countries", c->codes_count, c->codes, &into->list[into->n]));
    into->n++;
    return ST_OK;
}

static status
read_lists(arena *out, const char *path, const file_entry *f, lists *result)
{
    lists l = {.path = path};
    ALLOC(out, l.list, f->code_lists_count + 1);
    if (f->countries) CHECK(read_countries(out, path, f->countries, &l));
    for (unsigned i = 0; i < f->code_lists_count; i++) {
        const list_entry *e = &f->code_lists[i];
        if (list_find(&l, e->name)) FAIL(ST_CONFIG, "%s: list %s is declared twice", path, e->name);
        CHECK(make_list(out, path, e->name, e->codes_count, e->codes, &l.list[l.n]));
        l.n++;
    }
    *result = l;
    return ST_OK;
}

/* Positions 0 .. n-1 a type can hold; 0: codes make no sense. */
static size_t
codes_limit(column_type type)
{
    static const size_t limit[COLUMN_TYPES] = {[COLUMN_INT8] = 128, [COLUMN_INT16] = 32768, [COLUMN_INT32] = 1u << 31, [COLUMN_SET] = 32};
    return limit[type];
}

static status
make_column(const lists *l, const char *in, const column_entry *e, column *result)
{
    int type = 0;
    while (type < COLUMN_TYPES && strcmp(column_type_name((column_type)type), e->type) != 0) type++;
    if (type == COLUMN_TYPES || type == COLUMN_TEXT)
        FAIL(ST_CONFIG, "%s: table %s, column %s: expected a type int8, int16, int32, date, double or set", l->path, in, e->name);
    column c = {.name = e->name, .type = (column_type)type};
    if (e->codes) {
        c.codes = list_find(l, e->codes);
        if (!c.codes) FAIL(ST_CONFIG, "%s: table %s, column %s: there is no list %s", l->path, in, e->name, e->codes);
        if (c.codes->n > codes_limit(c.type))
            FAIL(ST_CONFIG, "%s: table %s, column %s: type %s cannot hold the %zu codes of list %s", l->path, in, e->name, e->type,
                 c.codes->n, e->codes);
    }
    *result = c;
    return ST_OK;
}

static bool
is_integer(const column *c)
{
    return c && (c->type == COLUMN_INT8 || c->type == COLUMN_INT16 || c->type == COLUMN_INT32 || c->type == COLUMN_DATE);
}

static status
make_table(arena *out, const lists *l, const table_entry *e, table *result)
{
    table t = {.name = e->name};
    ALLOC(out, t.column, e->columns_count);
    for (unsigned i = 0; i < e->columns_count; i++) {
        if (table_column(&t, e->columns[i].name))
            FAIL(ST_CONFIG, "%s: table %s: column %s is declared twice", l->path, e->name, e->columns[i].name);
        CHECK(make_column(l, e->name, &e->columns[i], &t.column[i]));
        t.columns++;
    }
    if (e->order && !is_integer(table_column(&t, e->order)))
        FAIL(ST_CONFIG, "%s: table %s: order: expected the name of an integer column of it", l->path, e->name);
    *result = t;
    return ST_OK;
}

status
table_declared_read(arena *out, const char *path, size_t *n, table **tables)
{
    void *loaded;
    lists l;
    table *t;
    CHECK(definition_load(out, path, &file_schema, &loaded));
    const file_entry *f = loaded;
    CHECK(read_lists(out, path, f, &l));
    ALLOC(out, t, f->tables_count);
    for (unsigned i = 0; i < f->tables_count; i++) {
        if (table_declared_find(i, t, f->tables[i].name)) FAIL(ST_CONFIG, "%s: table %s is declared twice", path, f->tables[i].name);
        CHECK(make_table(out, &l, &f->tables[i], &t[i]));
    }
    *n = f->tables_count;
    *tables = t;
    return ST_OK;
}

const table *
table_declared_find(size_t n, const table tables[], const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(tables[i].name, name) == 0) return &tables[i];
    return NULL;
}

status
table_declared_rows(arena *out, const table *declared, size_t rows, table *result)
{
    table t;
    CHECK(table_new(out, declared->name, rows, declared->columns, &t));
    for (size_t i = 0; i < declared->columns; i++)
        CHECK(table_set_column(out, &t, i, declared->column[i].name, declared->column[i].type, declared->column[i].codes));
    *result = t;
    return ST_OK;
}

static bool
same_codes(const code_list *a, const code_list *b)
{
    if (!a || !b || a->n != b->n) return a == b;
    for (size_t i = 0; i < a->n; i++)
        if (strcmp(a->items[i].code, b->items[i].code) != 0) return false;
    return true;
}

status
table_declared_check(const table *declared, const table *found)
{
    for (size_t i = 0; i < declared->columns; i++) {
        const column *want = &declared->column[i];
        column *c;
        CHECK(table_require(found, want->name, &c));
        if (c->type != want->type)
            FAIL(ST_INVALID, "table %s, column %s: it is %s, declared is %s", found->name, want->name, column_type_name(c->type),
                 column_type_name(want->type));
        if (!same_codes(want->codes, c->codes))
            FAIL(ST_INVALID, "table %s, column %s: its codes are not those declared: write the table anew by the same declaration",
                 found->name, want->name);
    }
    return ST_OK;
}
