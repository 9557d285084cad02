#include "protect/folder.h"

#include "base/file.h"
#include "protect/merge.h"
#include "table/csv.h"

#include <jansson.h>

static void
drop_json(void *json)
{
    json_decref(json);
}

static status
read_certificate(arena *a, const char *path, folder *f)
{
    text bytes;
    CHECK(file_map(a, path, &bytes));
    json_t *root = json_loadb(bytes.bytes, bytes.n, 0, NULL);
    if (!root) FAIL(ST_INVALID, "%s: not JSON: expected the certificate of a release", path);
    CHECK(arena_defer(a, drop_json, root));
    const char *mode = json_string_value(json_object_get(root, "mode"));
    json_t *reach = json_object_get(root, "largest_deviation"), *tables = json_object_get(root, "tables");
    if (!mode || !json_is_integer(reach) || !json_is_array(tables)) FAIL(ST_INVALID, "%s: expected mode, largest_deviation and tables", path);
    json_t *amounts = json_object_get(root, "amounts");
    f->certified = true;
    f->amounts = json_array_size(amounts);
    ALLOC(a, f->amount, f->amounts);
    ALLOC(a, f->digits, f->amounts);
    for (size_t i = 0; i < f->amounts; i++) {
        const char *name = json_string_value(json_object_get(json_array_get(amounts, i), "name"));
        f->amount[i] = name ? name : "";
        f->digits[i] = (int)json_integer_value(json_object_get(json_array_get(amounts, i), "significant_digits"));
    }
    f->mode = mode;
    f->reach = json_integer_value(reach);
    ALLOC(a, f->table, json_array_size(tables));
    for (size_t i = 0; i < json_array_size(tables); i++) {
        const char *name = json_string_value(json_object_get(json_array_get(tables, i), "file"));
        if (!name || strchr(name, '/')) FAIL(ST_INVALID, "%s: a table without a plain file name", path);
        f->table[f->n] = path_join(a, f->path, name);
        if (!f->table[f->n++]) FAIL(ST_NO_MEMORY, "out of memory (release)");
    }
    return ST_OK;
}

/* The file of printed statistics is no table of counts. */
static status
is_table(const char *path, const char *name, bool *result)
{
    SCRATCH(tmp);
    csv *c;
    *result = true;
    if (strcmp(name, FOLDER_STATISTICS) != 0) return ST_OK;
    CHECK(csv_open(tmp, path, NULL, &c));
    *result = csv_find(c, "count") >= 0;
    return ST_OK;
}

static status
list_tables(arena *a, folder *f)
{
    size_t n;
    char **name;
    CHECK(folder_list(a, f->path, &n, &name));
    ALLOC(a, f->table, n);
    for (size_t i = 0; i < n; i++) {
        size_t length = strlen(name[i]);
        if (length < 4 || strcmp(name[i] + length - 4, ".csv") != 0) continue;
        bool table;
        f->table[f->n] = path_join(a, f->path, name[i]);
        if (!f->table[f->n]) FAIL(ST_NO_MEMORY, "out of memory (release)");
        CHECK(is_table(f->table[f->n], name[i], &table));
        f->n += table;
    }
    return ST_OK;
}

status
folder_open(arena *a, const char *path, folder *f)
{
    *f = (folder){.path = path, .mode = "conventional", .reach = -1};
    const char *certificate = path_join(a, path, "certificate.json"), *spec = path_join(a, path, "protect.yaml");
    if (!certificate || !spec) FAIL(ST_NO_MEMORY, "out of memory (release)");
    if (!file_exists(path)) FAIL(ST_NOT_FOUND, "%s: no such folder: expected a release", path);
    if (file_exists(spec)) f->spec = spec;
    if (file_exists(certificate)) CHECK(read_certificate(a, certificate, f));
    else CHECK(list_tables(a, f));
    if (f->n == 0) FAIL(ST_NOT_FOUND, "%s: no tables: expected files *.csv", path);
    return ST_OK;
}

static status
load_counts(arena *a, bool hidden, release_data *d)
{
    size_t counts = 0;
    for (size_t i = 0; i < d->n; i++) {
        CHECK(tables_read(a, &d->spec, hidden, &d->system, &d->file[i]));
        counts += d->file[i].n;
    }
    CHECK(system_counts(&d->system, counts));
    return tables_place(&d->system, d->n, d->file);
}

/* The earlier release as its own protect.yaml describes it, and both together. */
static status
join_earlier(arena *a, const char *spec, const folder *earlier, release_data *d)
{
    if (!earlier) {
        uint8_t *less;
        ALLOC(a, d->earlier, d->system.n);
        ALLOC(a, less, d->system.n);
        for (size_t i = 0; i < d->system.n; i++) d->earlier[i] = TABLES_HIDDEN;
        d->joint = joint_alone(&d->system, d->earlier, less);
        return ST_OK;
    }
    release_data *old;
    ALLOC(a, old, 1);
    CHECK(release_data_load(a, earlier->n, earlier->table, earlier->spec ? earlier->spec : spec, NULL, true, old));
    joint_side now = {&d->spec, &d->system}, before = {&old->spec, &old->system};
    CHECK(joint_make(a, &now, &before, &d->joint));
    d->earlier = d->joint.before;
    d->earlier_reach = earlier->reach < 0 ? old->spec.base / 2 : earlier->reach;
    return ST_OK;
}

status
release_data_load(arena *a, size_t n, const char *const path[], const char *spec, const folder *earlier, bool hidden, release_data *d)
{
    *d = (release_data){.n = n, .spec = {.base = 5, .minimum = 5}};
    uint16_t population;
    size_t merges;
    ALLOC(a, d->file, d->n);
    if (spec) CHECK(spec_load(a, spec, &d->spec));
    CHECK(merge_small(a, n, path, &d->spec, &merges));
    CHECK(system_new(a, &d->system));
    CHECK(system_population_find(&d->system, "persons", &population));
    CHECK(tables_name(a, &d->spec, d->n, path, &d->system, d->file));
    CHECK(spec_partitions(&d->spec, &d->system));
    CHECK(load_counts(a, hidden, d));
    CHECK(system_rows(&d->system, hidden ? SYSTEM_DECLARED : SYSTEM_STRICT));
    return join_earlier(a, spec, earlier, d);
}

status
release_bounds(arena *a, const release_data *d, const int64_t value[], const uint8_t hidden[], int64_t reach, const int64_t exact[],
               int64_t **lower, int64_t **upper, int64_t *top)
{
    const protect_system *s = &d->joint.system;
    size_t own = d->joint.own;
    int64_t *least, *most, all = 25;
    ALLOC(a, least, s->n);
    ALLOC(a, most, s->n);
    for (size_t i = 0; i < s->n; i++) {
        if (i < own && value[i] + reach > all) all = value[i] + reach;
        if (i < own && exact && exact[i] > all) all = exact[i];
        if (d->earlier[i] + d->earlier_reach > all) all = d->earlier[i] + d->earlier_reach;
    }
    *top = 4 * all;
    for (size_t i = 0; i < s->n; i++) {
        bool shown = i < own && value[i] != TABLES_HIDDEN && !(hidden && hidden[i]);
        least[i] = !shown || value[i] < reach ? 0 : value[i] - reach;
        most[i] = shown ? value[i] + reach : *top;
        if (d->earlier[i] == TABLES_HIDDEN) continue;
        int64_t from = d->earlier[i] - d->earlier_reach, to = d->earlier[i] + d->earlier_reach;
        bool revised = exact && i < own ? exact[i] < from || exact[i] > to : from > most[i] || to < least[i];
        if (revised) continue; /* both cannot be about the same count */
        if (from > least[i]) least[i] = from;
        if (to < most[i]) most[i] = to;
    }
    *lower = least;
    *upper = most;
    return ST_OK;
}
