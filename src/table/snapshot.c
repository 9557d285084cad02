#include "table/snapshot.h"

#include "base/file.h"

#include <jansson.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* The up to three files of a column. */
typedef struct part {
    const char *suffix;
    text bytes;
} part;

static size_t
column_parts(const table *t, const column *c, part parts[3])
{
    parts[0] = (part){"bin", {c->data ? c->data : "", t->rows * column_type_size(c->type)}};
    if (c->type != COLUMN_TEXT) return 1;
    const dictionary *d = c->dictionary;
    static const uint32_t no_offsets[1] = {0};
    parts[1] = (part){"offset", {(const char *)(d ? d->offset : no_offsets), ((d ? d->n : 0) + 1) * sizeof(uint32_t)}};
    parts[2] = (part){"text", {d && d->n ? d->bytes : "", d ? d->offset[d->n] : 0}};
    return 3;
}

static bool
is_file_name(const char *name)
{
    if (!name || !*name || strlen(name) > 60) return false;
    for (const char *p = name; *p; p++)
        if (!((*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9') || *p == '_')) return false;
    return true;
}

static status
check_order(const table *t, const char *name)
{
    if (!name) return ST_OK;
    column *c;
    CHECK(table_require(t, name, &c));
    for (size_t i = 1; i < t->rows; i++)
        if (column_value(c, i - 1) > column_value(c, i))
            FAIL(ST_INVALID, "table %s, row %zu: not in the order of column %s: sort it before writing", t->name, i + 1, name);
    return ST_OK;
}

static status
check_names(size_t n, const table tables[])
{
    for (size_t i = 0; i < n; i++) {
        const table *t = &tables[i];
        if (!is_file_name(t->name)) FAIL(ST_INVALID, "table %zu: a name of a-z, 0-9 and _ is needed", i + 1);
        for (size_t k = 0; k < i; k++)
            if (strcmp(tables[k].name, t->name) == 0) FAIL(ST_INVALID, "two tables are called %s", t->name);
        for (size_t k = 0; k < t->columns; k++) {
            if (!is_file_name(t->column[k].name))
                FAIL(ST_INVALID, "table %s, column %zu: a name of a-z, 0-9 and _ is needed", t->name, k + 1);
            if (table_column(t, t->column[k].name) != &t->column[k])
                FAIL(ST_INVALID, "table %s: two columns are called %s", t->name, t->column[k].name);
        }
    }
    return ST_OK;
}

static json_t *
codes_json(const code_list *codes)
{
    json_t *items = json_array();
    for (size_t i = 0; i < codes->n; i++)
        json_array_append_new(items, json_pack("{s:s, s:s, s:s}", "code", codes->items[i].code, "nl",
                                               codes->items[i].label[LANGUAGE_NL], "en", codes->items[i].label[LANGUAGE_EN]));
    return json_pack("{s:s, s:o}", "name", codes->name, "items", items);
}

static json_t *
column_json(const table *t, const column *c)
{
    json_t *files = json_object();
    part parts[3];
    for (size_t i = 0, n = column_parts(t, c, parts); i < n; i++) {
        char hex[HASH_HEX];
        hash_hex(hash_of(parts[i].bytes.bytes, parts[i].bytes.n), hex);
        json_object_set_new(files, parts[i].suffix, json_pack("{s:I, s:s}", "bytes", (json_int_t)parts[i].bytes.n, "hash", hex));
    }
    json_t *result = json_pack("{s:s, s:s, s:o}", "name", c->name, "type", column_type_name(c->type), "files", files);
    if (c->codes) json_object_set_new(result, "codes", codes_json(c->codes));
    return result;
}

static void
json_close(void *object)
{
    json_decref(object);
}

/* The schema of the tables as JSON and its hash, which covers the hashes of all values. */
static status
make_schema(arena *tmp, size_t n, const table tables[], json_t **schema, hash *content)
{
    json_t *list = json_array();
    if (!list) FAIL(ST_NO_MEMORY, "out of memory (snapshot)");
    CHECK(arena_defer(tmp, json_close, list));
    for (size_t i = 0; i < n; i++) {
        json_t *columns = json_array();
        for (size_t k = 0; k < tables[i].columns; k++)
            json_array_append_new(columns, column_json(&tables[i], &tables[i].column[k]));
        json_array_append_new(list, json_pack("{s:s, s:I, s:o}", "name", tables[i].name, "rows", (json_int_t)tables[i].rows,
                                              "columns", columns));
    }
    char *bytes = json_dumps(list, JSON_COMPACT | JSON_SORT_KEYS);
    if (!bytes) FAIL(ST_NO_MEMORY, "out of memory (snapshot)");
    *content = hash_of(bytes, strlen(bytes));
    free(bytes);
    *schema = list;
    return ST_OK;
}

status
snapshot_hash(size_t n, const table tables[], hash *content)
{
    SCRATCH(tmp);
    json_t *schema;
    return make_schema(tmp, n, tables, &schema, content);
}

static char *
part_path(arena *a, const char *folder, const char *table_name, const char *column_name, const char *suffix)
{
    return arena_printf(a, "%s/%s.%s.%s", folder, table_name, column_name, suffix);
}

static status
write_parts(arena *tmp, const char *folder, size_t n, const table tables[])
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < tables[i].columns; k++) {
            part parts[3];
            for (size_t p = 0, count = column_parts(&tables[i], &tables[i].column[k], parts); p < count; p++) {
                char *path = part_path(tmp, folder, tables[i].name, tables[i].column[k].name, parts[p].suffix);
                if (!path) FAIL(ST_NO_MEMORY, "out of memory (snapshot)");
                CHECK(file_write(path, parts[p].bytes));
                if (chmod(path, 0400) != 0) FAIL(ST_IO, "%s: cannot be made read-only", path);
            }
        }
    return ST_OK;
}

static status
write_folder(arena *tmp, const char *folder, size_t n, const table tables[], hash *content)
{
    json_t *schema;
    CHECK(make_schema(tmp, n, tables, &schema, content));
    CHECK(write_parts(tmp, folder, n, tables));
    char hex[HASH_HEX];
    hash_hex(*content, hex);
    json_t *root = json_pack("{s:i, s:s, s:O}", "format", 1, "content", hex, "tables", schema);
    if (!root) FAIL(ST_NO_MEMORY, "out of memory (snapshot)");
    CHECK(arena_defer(tmp, json_close, root));
    char *bytes = json_dumps(root, JSON_INDENT(1) | JSON_SORT_KEYS);
    if (!bytes) FAIL(ST_NO_MEMORY, "out of memory (snapshot)");
    CHECK(arena_defer(tmp, free, bytes));
    return file_write(path_join(tmp, folder, "schema.json"), text_of(bytes));
}

static void
remove_folder(arena *tmp, const char *folder)
{
    size_t n;
    char **names;
    if (folder_list(tmp, folder, &n, &names) != ST_OK) return;
    for (size_t i = 0; i < n; i++) {
        char *path = path_join(tmp, folder, names[i]);
        if (path) unlink(path);
    }
    rmdir(folder);
}

status
snapshot_write(const char *folder, size_t n, const table tables[], const char *const order[], hash *content)
{
    SCRATCH(tmp);
    CHECK(check_names(n, tables));
    for (size_t i = 0; order && i < n; i++) CHECK(check_order(&tables[i], order[i]));
    if (file_exists(folder)) FAIL(ST_BUSY, "%s: exists already: a snapshot is never changed, choose another folder", folder);
    char *part_folder = arena_printf(tmp, "%s.part", folder);
    if (!part_folder) FAIL(ST_NO_MEMORY, "out of memory (snapshot)");
    remove_folder(tmp, part_folder); /* of a run that was stopped */
    CHECK(folder_make(part_folder));
    if (chmod(part_folder, 0700) != 0) FAIL(ST_IO, "%s: cannot be made private", part_folder);
    status code = write_folder(tmp, part_folder, n, tables, content);
    if (code == ST_OK && rename(part_folder, folder) != 0) code = status_fail(ST_IO, "%s: cannot be put in place", folder);
    if (code != ST_OK) remove_folder(tmp, part_folder);
    return code;
}

/* ---- reading */

static status
bad_schema(const char *folder, const char *what)
{
    FAIL(ST_INVALID, "%s/schema.json: %s: the snapshot is not as it was written, make it again", folder, what);
}

static status
load_schema(arena *a, const char *folder, json_t **root)
{
    char *path = path_join(a, folder, "schema.json");
    if (!path) FAIL(ST_NO_MEMORY, "out of memory (snapshot)");
    text bytes;
    CHECK(file_map(a, path, &bytes));
    *root = json_loadb(bytes.bytes, bytes.n, JSON_REJECT_DUPLICATES, NULL);
    if (!*root) return bad_schema(folder, "no JSON");
    CHECK(arena_defer(a, json_close, *root));
    if (!json_is_array(json_object_get(*root, "tables"))) return bad_schema(folder, "no tables");
    return ST_OK;
}

static status
open_codes(arena *a, const char *folder, const json_t *json, const code_list **result)
{
    *result = NULL;
    if (!json) return ST_OK;
    const json_t *items = json_object_get(json, "items");
    const char *name = json_string_value(json_object_get(json, "name"));
    code_list *list;
    code *item;
    ALLOC(a, list, 1);
    ALLOC(a, item, json_array_size(items) + 1);
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *entry = json_array_get(items, i);
        const char *code_text = json_string_value(json_object_get(entry, "code"));
        const char *nl = json_string_value(json_object_get(entry, "nl")), *en = json_string_value(json_object_get(entry, "en"));
        if (!code_text || !nl || !en) return bad_schema(folder, "a code without labels");
        item[i] = (code){code_text, {nl, en}};
    }
    *list = (code_list){name ? name : "", json_array_size(items), item};
    *result = list;
    return ST_OK;
}

static status
map_part(arena *a, const char *folder, const table *t, const column *c, part *p)
{
    char *path = part_path(a, folder, t->name, c->name, p->suffix);
    if (!path) FAIL(ST_NO_MEMORY, "out of memory (snapshot)");
    return file_map(a, path, &p->bytes);
}

static status
open_text(arena *a, const char *folder, const table *t, column *c)
{
    part offset = {.suffix = "offset"}, bytes = {.suffix = "text"};
    CHECK(map_part(a, folder, t, c, &offset));
    CHECK(map_part(a, folder, t, c, &bytes));
    dictionary *d;
    ALLOC(a, d, 1);
    if (offset.bytes.n < sizeof(uint32_t) || offset.bytes.n % sizeof(uint32_t)) return bad_schema(folder, "a cut-off dictionary");
    *d = (dictionary){offset.bytes.n / sizeof(uint32_t) - 1, (const uint32_t *)offset.bytes.bytes, bytes.bytes.bytes};
    for (size_t i = 0; i < d->n; i++)
        if (d->offset[i] > d->offset[i + 1]) return bad_schema(folder, "a damaged dictionary");
    if (d->offset[d->n] != bytes.bytes.n) return bad_schema(folder, "a cut-off dictionary");
    c->dictionary = d;
    return ST_OK;
}

static status
open_column(arena *a, const char *folder, const json_t *json, const table *t, column *c)
{
    c->name = json_string_value(json_object_get(json, "name"));
    const char *type = json_string_value(json_object_get(json, "type"));
    if (!is_file_name(c->name) || !type) return bad_schema(folder, "a column without name or type");
    c->type = COLUMN_TYPES;
    for (column_type k = 0; k < COLUMN_TYPES; k++)
        if (strcmp(column_type_name(k), type) == 0) c->type = k;
    if (c->type == COLUMN_TYPES) return bad_schema(folder, "an unknown type");
    CHECK(open_codes(a, folder, json_object_get(json, "codes"), &c->codes));
    part values = {.suffix = "bin"};
    CHECK(map_part(a, folder, t, c, &values));
    if (values.bytes.n != t->rows * column_type_size(c->type)) return bad_schema(folder, "a cut-off column");
    c->data = (void *)(uintptr_t)values.bytes.bytes;
    return c->type == COLUMN_TEXT ? open_text(a, folder, t, c) : ST_OK;
}

static status
open_table(arena *a, const char *folder, const json_t *json, table *t)
{
    const json_t *columns = json_object_get(json, "columns");
    t->name = json_string_value(json_object_get(json, "name"));
    json_int_t rows = json_integer_value(json_object_get(json, "rows"));
    if (!is_file_name(t->name) || rows < 0 || rows > (json_int_t)1 << 40) return bad_schema(folder, "a table without name or rows");
    t->rows = (size_t)rows;
    t->columns = json_array_size(columns);
    ALLOC(a, t->column, t->columns);
    for (size_t k = 0; k < t->columns; k++) CHECK(open_column(a, folder, json_array_get(columns, k), t, &t->column[k]));
    return ST_OK;
}

status
snapshot_open(arena *a, const char *folder, snapshot *result)
{
    json_t *root;
    CHECK(load_schema(a, folder, &root));
    const json_t *tables = json_object_get(root, "tables");
    const char *hex = json_string_value(json_object_get(root, "content"));
    snapshot s = {.n = json_array_size(tables)};
    if (!hex || !hash_from_hex(hex, &s.content)) return bad_schema(folder, "no content hash");
    table *t;
    ALLOC(a, t, s.n);
    for (size_t i = 0; i < s.n; i++) CHECK(open_table(a, folder, json_array_get(tables, i), &t[i]));
    s.table = t;
    *result = s;
    return ST_OK;
}

status
snapshot_verify(const char *folder)
{
    SCRATCH(tmp);
    snapshot s;
    CHECK(snapshot_open(tmp, folder, &s));
    hash content;
    CHECK(snapshot_hash(s.n, s.table, &content));
    if (memcmp(content.bytes, s.content.bytes, sizeof content.bytes) == 0) return ST_OK;
    json_t *root;
    CHECK(load_schema(tmp, folder, &root));
    const json_t *written = json_object_get(root, "tables");
    for (size_t i = 0; i < s.n; i++)
        for (size_t k = 0; k < s.table[i].columns; k++) {
            const column *c = &s.table[i].column[k];
            json_t *now = column_json(&s.table[i], c);
            if (!now) FAIL(ST_NO_MEMORY, "out of memory (snapshot)");
            bool same = json_equal(now, json_array_get(json_object_get(json_array_get(written, i), "columns"), k));
            json_decref(now);
            if (!same) FAIL(ST_INVALID, "%s: column %s of table %s is not as it was written", folder, c->name, s.table[i].name);
        }
    return bad_schema(folder, "the content hash differs");
}

const table *
snapshot_table(const snapshot *s, const char *name)
{
    for (size_t i = 0; i < s->n; i++)
        if (strcmp(s->table[i].name, name) == 0) return &s->table[i];
    return NULL;
}
