#include "protect/release_making.h"

#include "base/file.h"
#include "table/csv.h"

#include <stdio.h>
#include <unistd.h>

static status
write_certificate(arena *a, making *m, const char *to)
{
    release_facts *f = &m->facts;
    text json;
    const char *path = path_join(a, to, "certificate.json"), *spec = path_join(a, to, "protect.yaml");
    if (!path || !spec) FAIL(ST_NO_MEMORY, "out of memory (certificate)");
    CHECK(making_hash_file(a, spec, &f->spec_hash));
    f->tables = m->data.n;
    ALLOC(a, f->table, f->tables);
    for (size_t i = 0; i < m->data.n; i++) {
        const char *file = path_join(a, to, m->data.file[i].name);
        if (!file) FAIL(ST_NO_MEMORY, "out of memory (certificate)");
        f->table[i] = (certificate_table){.file = m->data.file[i].name, .cells = m->data.file[i].n};
        CHECK(making_hash_file(a, file, &f->table[i].hash));
    }
    CHECK(certificate_json(a, f, &json));
    CHECK(file_write(path, json));
    return m->options->page ? m->options->page(a, f, to) : ST_OK;
}

/* Why each count was hidden or moved: for inside only, since it tells on which side of its number a count lies. */
static status
write_explanation(arena *a, const making *m)
{
    const protect_system *s = &m->data.system;
    text_builder b = text_builder_new(a);
    text out;
    text_put(&b, "table,cell,reason\n");
    for (size_t i = 0; i < s->n; i++) {
        const char *reason = NULL, *what = system_describe(a, s, i);
        int64_t d = m->value[i] - s->value[i];
        bool small = s->value[i] > 0 && s->value[i] < m->data.spec.minimum;
        if (m->hidden && m->hidden[i]) reason = small ? "hidden: fewer persons than the minimum" : "hidden: with the sums it would give a small count away";
        else if (2 * d > m->data.spec.base) reason = "rounded up although down is nearer: so that the sums add up";
        else if (2 * -d > m->data.spec.base) reason = "rounded down although up is nearer: so that the sums add up";
        if (!reason) continue;
        csv_put_field(&b, text_of(s->source[i]));
        text_put_char(&b, ',');
        csv_put_field(&b, text_of(what ? what : ""));
        text_put_char(&b, ',');
        csv_put_field(&b, text_of(reason));
        text_put_char(&b, '\n');
    }
    CHECK(text_builder_end(&b, &out));
    return file_write(m->options->explain, out);
}

/* Remove a folder of plain files. */
static status
remove_folder(arena *a, const char *path)
{
    size_t n;
    char **name;
    CHECK(folder_list(a, path, &n, &name));
    for (size_t i = 0; i < n; i++) {
        const char *file = path_join(a, path, name[i]);
        if (!file || unlink(file) != 0) FAIL(ST_IO, "%s: cannot remove %s", path, name[i]);
    }
    if (rmdir(path) != 0) FAIL(ST_IO, "%s: cannot remove the folder", path);
    return ST_OK;
}

/* May the folder be replaced? */
static status
check_target(arena *a, const char *path)
{
    size_t n = 0;
    char **name;
    if (!file_exists(path)) return ST_OK;
    CHECK(folder_list(a, path, &n, &name));
    const char *certificate = path_join(a, path, "certificate.json");
    if (n > 0 && certificate && !file_exists(certificate))
        FAIL(ST_USAGE, "%s: holds other files: expected a new folder, an empty one or an earlier release", path);
    return ST_OK;
}

/* Two tables must not have one name. */
static status
check_names(const release_data *d)
{
    for (size_t i = 0; i < d->n; i++)
        for (size_t j = 0; j < i; j++)
            if (strcmp(d->file[i].name, d->file[j].name) == 0) FAIL(ST_USAGE, "two tables are called %s: expected different names", d->file[i].name);
    return ST_OK;
}

/* Do the tables have names of their own, and does protect.yaml speak of tables that there are? */
static status
check_spec(const making *m)
{
    const release_data *d = &m->data;
    for (size_t i = 0; i < d->n && m->printed.statistics + d->spec.statistics_count; i++)
        if (strcmp(d->file[i].name, FOLDER_STATISTICS) == 0)
            FAIL(ST_USAGE, "a table is called %s, as the file of statistics will be: expected another name", FOLDER_STATISTICS);
    for (unsigned k = 0; k < d->spec.tables_count; k++) {
        bool found = false;
        for (size_t i = 0; i < d->n; i++) found |= strcmp(d->file[i].name, d->spec.tables[k].file) == 0;
        if (!found)
            FAIL(ST_CONFIG, "%s: tables: file %s is not among the tables: expected the name of one of them, without its folder", m->options->spec, d->spec.tables[k].file);
    }
    return ST_OK;
}

status
making_check(arena *a, const making *m)
{
    CHECK(check_target(a, m->options->out));
    CHECK(check_names(&m->data));
    return check_spec(m);
}

/* Everything into a folder beside, which then takes the place of the old one. */
status
making_write(arena *a, making *m)
{
    const char *out = m->options->out;
    const char *part = arena_printf(a, "%s.part", out), *old = arena_printf(a, "%s.old", out);
    if (!part || !old) FAIL(ST_NO_MEMORY, "out of memory (release)");
    if (file_exists(part)) CHECK(remove_folder(a, part));
    if (file_exists(old)) CHECK(remove_folder(a, old));
    CHECK(folder_make(part));
    CHECK(amounts_print(a, &m->data, &m->amounts));
    CHECK(printed_columns(a, &m->data, &m->printed));
    for (size_t i = 0; i < m->data.n; i++) {
        const char *path = path_join(a, part, m->data.file[i].name);
        if (!path) FAIL(ST_NO_MEMORY, "out of memory (release)");
        CHECK(tables_write(&m->data.spec, &m->data.system, &m->data.file[i], m->value, m->hidden, path));
    }
    text spec;
    const char *path = path_join(a, part, "protect.yaml");
    if (!path) FAIL(ST_NO_MEMORY, "out of memory (release)");
    if (m->facts.merges) CHECK(spec_write(a, &m->data.spec, &spec));
    else CHECK(file_map(a, m->options->spec, &spec));
    CHECK(file_write(path, spec));
    CHECK(printed_write(a, &m->printed, part));
    CHECK(write_certificate(a, m, part));
    if (m->options->explain) CHECK(write_explanation(a, m));
    bool replaced = file_exists(out);
    if (replaced && rename(out, old) != 0) FAIL(ST_IO, "%s: cannot be moved aside", out);
    if (rename(part, out) != 0) FAIL(ST_IO, "%s: cannot be put in place", out);
    return replaced ? remove_folder(a, old) : ST_OK;
}

