#include "monitor/load.h"

#include "base/date.h"
#include "base/file.h"
#include "base/log.h"
#include "linkage/unify.h"
#include "monitor/figure.h"
#include "monitor/persons.h"
#include "monitor/tested.h"
#include "register/intake.h"
#include "table/snapshot.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

static int
open_folder(const char *path, const struct stat *s, int type, struct FTW *at)
{
    (void)s, (void)at;
    return type == FTW_D ? chmod(path, 0700) : 0; /* a snapshot is read-only */
}

static int
remove_entry(const char *path, const struct stat *s, int type, struct FTW *at)
{
    (void)s, (void)type, (void)at;
    return remove(path);
}

status
folder_remove(const char *path)
{
    if (nftw(path, open_folder, 16, FTW_PHYS) != 0 || nftw(path, remove_entry, 16, FTW_PHYS | FTW_DEPTH) != 0)
        FAIL(ST_IO, "%s cannot be removed (%s)", path, strerror(errno));
    return ST_OK;
}

/* At the end of an arena there is nobody to tell; what is left is encrypted and its key is gone. */
static void
remove_work(void *path)
{
    if (folder_remove(path) != ST_OK) log_note("%s", status_detail());
}

/* Where a store that is thrown away lies: TMPDIR when it is set, else memory when there is ample room (nothing then reaches
 * a disk, and nothing waits for one), else /tmp. */
static const char *
private_base(const load_options *o)
{
    SCRATCH(tmp);
    const char *base = getenv("TMPDIR");
    struct statvfs room;
    char **names;
    size_t n;
    if (base && *base) return base;
    if (statvfs("/dev/shm", &room) != 0 || access("/dev/shm", W_OK) != 0 || folder_list(tmp, o->deliveries, &n, &names) != ST_OK)
        return "/tmp";
    uint64_t need = 64 << 20, free = (uint64_t)room.f_bavail * room.f_frsize;
    for (size_t i = 0; i < n; i++) {
        struct stat s;
        char *path = path_join(tmp, o->deliveries, names[i]);
        if (path && stat(path, &s) == 0) need += 16 * (uint64_t)s.st_size;
    }
    return need < free ? "/dev/shm" : "/tmp";
}

static status
make_work(arena *a, const load_options *o, char **work)
{
    if (o->work) {
        SCRATCH(tmp);
        CHECK(folder_make(o->work));
        if (chmod(o->work, 0700) != 0) FAIL(ST_IO, "%s cannot be made private (%s)", o->work, strerror(errno));
        char *store = path_join(tmp, o->work, "register.db");
        *work = arena_copy(a, o->work, strlen(o->work));
        if (!store || !*work) FAIL(ST_NO_MEMORY, "out of memory (work folder)");
        if (file_exists(store)) FAIL(ST_BUSY, "%s holds an earlier run: name another folder with --work or remove it", o->work);
        return ST_OK;
    }
    *work = arena_printf(a, "%s/peil-XXXXXX", private_base(o));
    if (!*work) FAIL(ST_NO_MEMORY, "out of memory (work folder)");
    if (!mkdtemp(*work)) FAIL(ST_IO, "no private work folder can be made (%s): set TMPDIR to a folder with room", strerror(errno));
    return arena_defer(a, remove_work, *work);
}

static status
make_key(arena *a, const load_options *o, register_key **key)
{
    char *path;
    if (!o->work && !o->store) return register_key_random(a, key);
    if (o->key) return register_key_load(a, o->key, !file_exists(o->store), key);
    CHECK(register_key_path(a, &path));
    return register_key_load(a, path, !o->store || !file_exists(o->store), key);
}

typedef struct loading {
    arena *a, *tmp;
    const monitor_definition *d;
    const load_options *options;
    char *work;
    const register_definition *variables;
    register_store *store;
    provenance_delivery *delivery;
} loading;

static const char *
base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static status
take_in(loading *l, uint32_t i)
{
    SCRATCH(tmp);
    const monitor_delivery *m = &l->d->deliveries[i];
    const register_source *source;
    intake_result r;
    text bytes;
    char *layout = monitor_path(tmp, l->d, m->source), *file = path_join(tmp, l->options->deliveries, m->file);
    char *name = arena_printf(tmp, "%s/rejected-%s.csv", l->work, base_name(m->file));
    if (!layout || !file || !name) FAIL(ST_NO_MEMORY, "out of memory (delivery)");
    if (!file_exists(file))
        FAIL(ST_NOT_FOUND, "%s: the delivery is not there: %s names it; put it there or take it out of deliveries", file, l->d->file);
    CHECK(register_source_load(tmp, layout, l->variables, &source));
    CHECK(register_intake(l->store, source, file, name, &r));
    CHECK(file_map(tmp, file, &bytes));
    const delivery_counts *c = &r.counts;
    provenance_delivery *p = &l->delivery[i];
    *p = (provenance_delivery){.file = m->file, .content = hash_of(bytes.bytes, bytes.n), .rows = c->read, .kept = c->kept,
                               .counted = c->counted, .rejected = c->rejected};
    p->source = arena_copy(l->a, source->name, strlen(source->name));
    for (int in = 0; in < LANGUAGE_COUNT; in++)
        p->title[in] = source->title[in] ? arena_copy(l->a, source->title[in], strlen(source->title[in])) : p->source;
    if (!p->source || !p->title[0] || !p->title[1]) FAIL(ST_NO_MEMORY, "out of memory (delivery)");
    if (r.repeated) log_note("%s: taken in before", m->file);
    else if (c->rejected && l->options->work) log_note("%s: %zu rows rejected, listed in %s", m->file, c->rejected, name);
    else if (c->rejected) log_note("%s: %zu rows rejected; --work DIR keeps the list", m->file, c->rejected);
    return ST_OK;
}

/* A table of the register's variables without rows. */
static status
empty_notifications(arena *a, const register_definition *r, table *result)
{
    CHECK(table_new(a, "notifications", 0, r->n, result));
    for (size_t i = 0; i < r->n; i++)
        CHECK(table_set_column(a, result, i, r->variable[i].name, r->variable[i].type, r->variable[i].codes));
    return ST_OK;
}

static status
load_variables(arena *a, const monitor_definition *d, const register_definition **result)
{
    char *path = monitor_path(a, d, d->reg_file);
    if (!path) FAIL(ST_NO_MEMORY, "out of memory (path)");
    return register_definition_load(a, path, result);
}

/* The reports without identity, as figures count them: their year has codes, those of the period. raw NULL: none. */
static status
make_counted(arena *a, const monitor_definition *d, const register_definition *variables, const table *raw, table *result)
{
    int first = date_to_parts(d->first_day).year, years = date_to_parts(d->last_day).year - first + 1;
    code *list;
    code_list *codes;
    ALLOC(a, list, (size_t)years);
    ALLOC(a, codes, 1);
    for (int k = 0; k < years; k++) {
        char *name = arena_printf(a, "%d", first + k);
        if (!name) FAIL(ST_NO_MEMORY, "out of memory (years)");
        list[k] = (code){name, {name, name}};
    }
    *codes = (code_list){"year", (size_t)years, list};
    CHECK(table_new(a, "counted", raw ? raw->rows : 0, 3, result));
    CHECK(table_set_column(a, result, 0, "reporter", COLUMN_INT8, register_codes(variables, "reporters")));
    CHECK(table_set_column(a, result, 1, "year", COLUMN_INT16, codes));
    CHECK(table_set_column(a, result, 2, "reason", COLUMN_INT8, &variables->reasons));
    for (size_t i = 0; i < result->rows; i++) {
        int year = column_int16(&raw->column[1])[i] - first;
        ((int8_t *)result->column[0].data)[i] = column_int8(&raw->column[0])[i];
        ((int16_t *)result->column[1].data)[i] = (int16_t)(year >= 0 && year < years ? year : INT16_MIN);
        ((int8_t *)result->column[2].data)[i] = column_int8(&raw->column[2])[i];
    }
    return ST_OK;
}

static status
load_populations(arena *a, const monitor_definition *d, const char *deliveries, const table *countries, loaded *result)
{
    if (!d->registers) return ST_OK;
    if (deliveries)
        CHECK(registers_open(a, d, deliveries, &result->registers));
    else
        CHECK(registers_declared(a, d, &result->registers));
    return populations_build(a, d, &result->registers, countries, &result->populations);
}

static status
check_figures(arena *tmp, const monitor_definition *d, const figure_source *source)
{
    exact_table made;
    for (uint32_t i = 0; i < d->figures_count; i++) {
        CHECK(figure_make(tmp, source, &d->figures[i], &made));
        CHECK(tested_check(source, &d->figures[i], &made));
    }
    for (uint32_t i = 0; i < d->populations_count; i++) CHECK(figure_exclusions(tmp, source, d->populations[i].name, &made));
    return ST_OK;
}

status
monitor_check(const monitor_definition *d)
{
    SCRATCH(tmp);
    units none;
    loaded empty = {0};
    exact_table made;
    table countries, *known = NULL;
    figure_source source = {.d = d, .checking = true};
    if (d->deliveries_count > 0) {
        const register_definition *variables;
        table notifications;
        CHECK(load_variables(tmp, d, &variables));
        CHECK(empty_notifications(tmp, variables, &notifications));
        CHECK(register_countries(tmp, variables, &countries));
        known = &countries;
        CHECK(monitor_derive(tmp, d, &notifications, &countries, NULL, &none));
        CHECK(make_counted(tmp, d, variables, NULL, &none.counted));
        source.units = &none;
        CHECK(figure_exclusions(tmp, &source, unit_name(UNIT_VICTIM_YEAR), &made));
    }
    CHECK(load_populations(tmp, d, NULL, known, &empty));
    source.populations = &empty.populations;
    return check_figures(tmp, d, &source);
}

/* Of a store that stays the persons are kept in it; what is thrown away needs no numbers. */
static status
make_persons(arena *a, loading *l, persons_linked *p)
{
    const read_options all = {.purpose = PURPOSE_monitor, .role = NULL};
    if (!l->options->store) {
        CHECK(register_store_read(a, l->store, &all, &p->notifications, &p->counted));
        return unify_persons_with(a, &p->notifications, &(unify_options){.draws = MOVEMENT_DRAWS}, &p->persons);
    }
    CHECK(monitor_persons_link(a, l->store, &(persons_options){.draws = MOVEMENT_DRAWS}, p));
    const persons_change *c = &p->change;
    if (c->linkage) log_note("linkage %lld: %zu reports new, %zu moved, %zu gone; %zu merges, %zu splits", (long long)c->linkage, c->added, c->moved,
                             c->gone, c->merges, c->splits);
    return ST_OK;
}

/* Persons, units, and the frozen picture of them; whatever identifies ends with this scope. */
static status
freeze(loading *l, loaded *result)
{
    SCRATCH(tmp);
    table countries;
    persons_linked p;
    units made;
    hash content;
    snapshot frozen;
    CHECK(make_persons(tmp, l, &p));
    CHECK(register_countries(tmp, l->variables, &countries));
    CHECK(monitor_derive(tmp, l->d, &p.notifications, &countries, p.persons.person, &made));
    CHECK(make_counted(tmp, l->d, l->variables, &p.counted, &made.counted));
    CHECK(monitor_linkage_of(l->a, l->d, &p.notifications, &countries, &p.persons, &made, &result->linkage));
    char *folder = path_join(tmp, l->work, "snapshot");
    if (!folder) FAIL(ST_NO_MEMORY, "out of memory (snapshot)");
    const char *const order[UNITS + 1] = {"person", "person", "person", NULL};
    table tables[UNITS + 1];
    for (int u = 0; u < UNITS; u++) tables[u] = made.table[u];
    tables[UNITS] = made.counted;
    CHECK(snapshot_write(folder, UNITS + 1, tables, order, &content));
    CHECK(snapshot_open(l->a, folder, &frozen));
    for (int u = 0; u < UNITS; u++) made.table[u] = frozen.table[u];
    made.counted = frozen.table[UNITS];
    result->units = made;
    result->snapshot = content;
    return ST_OK;
}

status
monitor_load(arena *a, const monitor_definition *d, const load_options *options, loaded *result)
{
    SCRATCH(tmp);
    loading l = {.a = a, .tmp = tmp, .d = d, .options = options};
    char *path;
    register_key *key;
    loaded made = {.deliveries = d->deliveries_count};
    table countries;
    CHECK(load_variables(tmp, d, &l.variables));
    CHECK(make_work(a, options, &l.work));
    CHECK(make_key(tmp, options, &key));
    path = path_join(tmp, l.work, "register.db");
    if (!path) FAIL(ST_NO_MEMORY, "out of memory (store)");
    CHECK(register_store_open(tmp, options->store ? options->store : path, l.variables, key, &l.store));
    ALLOC(a, l.delivery, d->deliveries_count);
    for (uint32_t i = 0; i < d->deliveries_count; i++) CHECK(take_in(&l, i));
    CHECK(freeze(&l, &made));
    CHECK(register_countries(a, l.variables, &countries));
    if (!options->without_registers) CHECK(load_populations(a, d, options->deliveries, &countries, &made));
    if (made.registers.n) made.snapshot = hash_combine((hash[]){made.snapshot, made.registers.content}, 2);
    made.delivery = l.delivery;
    *result = made;
    return ST_OK;
}

status
monitor_load_registers(arena *a, const monitor_definition *d, const load_options *options, loaded *result)
{
    loaded made = {0};
    CHECK(load_populations(a, d, options->deliveries, NULL, &made));
    made.snapshot = made.registers.content;
    *result = made;
    return ST_OK;
}
