#include "monitor/definition.h"

#include "base/date.h"
#include "base/file.h"
#include "monitor/schema.h"

#include <stdlib.h>

char *
monitor_path(arena *a, const monitor_definition *d, const char *path)
{
    return path[0] == '/' ? arena_copy(a, path, strlen(path)) : path_join(a, d->folder, path);
}

const monitor_figure *
monitor_figure_find(const monitor_definition *d, const char *figure)
{
    for (uint32_t i = 0; i < d->figures_count; i++)
        if (!strcmp(d->figures[i].figure, figure)) return &d->figures[i];
    return NULL;
}

const monitor_population *
monitor_population_find(const monitor_definition *d, const char *name)
{
    for (uint32_t i = 0; name && i < d->populations_count; i++)
        if (!strcmp(d->populations[i].name, name)) return &d->populations[i];
    return NULL;
}

const monitor_exclusion *
monitor_exclusions(const monitor_definition *d, const char *population, uint32_t *n)
{
    const monitor_population *p = monitor_population_find(d, population);
    bool counted = population && !strcmp(population, "counted"); /* reports without identity: nothing to exclude by */
    *n = p ? p->exclusions_count : counted ? 0 : d->exclusions_count;
    return p ? p->exclusions : d->exclusions;
}

const monitor_exclusion *
monitor_exclusion_find(const monitor_definition *d, const char *population, const char *name)
{
    uint32_t n;
    const monitor_exclusion *e = monitor_exclusions(d, population, &n);
    for (uint32_t i = 0; i < n; i++)
        if (!strcmp(e[i].name, name)) return &e[i];
    return NULL;
}

static const monitor_table *
table_find(const monitor_definition *d, const char *name)
{
    for (uint32_t i = 0; i < d->tables_count; i++)
        if (!strcmp(d->tables[i].name, name)) return &d->tables[i];
    return NULL;
}

static status
check_day(const monitor_definition *d, const char *key, const char *value, int32_t *out)
{
    if (!date_parse(text_of(value), "%Y-%m-%d", out)) FAIL(ST_CONFIG, "%s: %s: expected a day as YYYY-MM-DD", d->file, key);
    return ST_OK;
}

static status
check_days(monitor_definition *d)
{
    CHECK(check_day(d, "from", d->from, &d->first_day));
    CHECK(check_day(d, "until", d->until, &d->last_day));
    if (d->last_day < d->first_day) FAIL(ST_CONFIG, "%s: until: the period ends before it begins: exchange from and until", d->file);
    d->data_date = DATE_MISSING;
    if (d->date) CHECK(check_day(d, "date", d->date, &d->data_date));
    return ST_OK;
}

/* A condition says exactly one thing. */
static status
check_condition(const monitor_definition *d, const char *where, const monitor_condition *c)
{
    int said = (c->any_count > 0) + (c->none_count > 0) + (c->only_count > 0) + (c->from || c->to) + c->known;
    if (said != 1)
        FAIL(ST_CONFIG, "%s: %s: a condition on %s says %s: give one of any, none, only, from and to, known", d->file, where,
             c->variable, said ? "several things" : "nothing");
    return ST_OK;
}

static status
check_keep(const monitor_definition *d, const char *where, const char *population, uint32_t n, const char *const names[])
{
    for (uint32_t i = 0; i < n; i++)
        if (!monitor_exclusion_find(d, population, names[i]))
            FAIL(ST_CONFIG, "%s: %s: there is no exclusion %s: declare it under exclusions or leave it out", d->file, where, names[i]);
    return ST_OK;
}

static status
check_items(const monitor_definition *d, const char *where, const char *population, uint32_t n, const monitor_item items[])
{
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t k = 0; k < i; k++)
            if (!strcmp(items[i].code, items[k].code))
                FAIL(ST_CONFIG, "%s: %s: the code %s stands twice: give each item its own code", d->file, where, items[i].code);
        for (uint32_t k = 0; k < items[i].where_count; k++) CHECK(check_condition(d, where, &items[i].where[k]));
        CHECK(check_keep(d, where, population, items[i].without_count, items[i].without));
        if (!items[i].label.in[LANGUAGE_NL] != !items[i].label.in[LANGUAGE_EN])
            FAIL(ST_CONFIG, "%s: %s: the item %s has a label in one language: give nl and en", d->file, where, items[i].code);
    }
    return ST_OK;
}

static status
check_axis(const monitor_definition *d, const char *where, const char *population, const monitor_axis *axis)
{
    for (uint32_t i = 0; i < axis->blocks_count; i++) {
        const monitor_block *b = &axis->blocks[i];
        bool by_items = !b->variable && b->items_count > 0;
        int said = (b->variable != NULL) + by_items + (b->total != NULL) + b->everybody;
        if (said != 1)
            FAIL(ST_CONFIG, "%s: %s: block %u: give one of variable, items, total, everybody", d->file, where, i + 1);
        if (by_items && !b->name) FAIL(ST_CONFIG, "%s: %s: block %u: items without a variable need a name", d->file, where, i + 1);
        if ((b->total || b->everybody) && !b->code)
            FAIL(ST_CONFIG, "%s: %s: block %u: a total needs a code", d->file, where, i + 1);
        CHECK(check_items(d, where, population, b->items_count, b->items));
    }
    return ST_OK;
}

static bool
is_one_of(const char *word, size_t n, const char *const words[])
{
    for (size_t i = 0; word && i < n; i++)
        if (!strcmp(word, words[i])) return true;
    return false;
}

/* A population that figures can count: a unit of the notifications, the reports without identity, or one of `populations`. */
static bool
is_population(const monitor_definition *d, const char *name)
{
    static const char *const units[] = {"victim_year", "victim", "notification", "counted"};
    return is_one_of(name, 4, units) || monitor_population_find(d, name);
}

static status
check_parts(const monitor_definition *d, const monitor_figure *f)
{
    if (f->parts_count == 0) FAIL(ST_CONFIG, "%s: figure %s: parts: a comparison lists what it compares", d->file, f->figure);
    if (!strcmp(f->kind, "compare") && (f->rows.blocks_count > 0) == (f->columns.blocks_count > 0))
        FAIL(ST_CONFIG, "%s: figure %s: parts stand for the rows or the columns: give blocks to the other side alone", d->file, f->figure);
    for (uint32_t i = 0; i < f->parts_count; i++) {
        const monitor_part *p = &f->parts[i];
        if (!is_population(d, p->population))
            FAIL(ST_CONFIG, "%s: figure %s: part %s: there is no population %s", d->file, f->figure, p->code, p->population);
        for (uint32_t k = 0; k < p->where_count; k++) CHECK(check_condition(d, f->figure, &p->where[k]));
        CHECK(check_keep(d, f->figure, p->population, p->keep_count, p->keep));
    }
    return ST_OK;
}

static status
check_tests(const monitor_definition *d, const monitor_figure *f)
{
    static const char *const kinds[] = {"table", "rows", "means", "ranks"}, *const matched[] = {"instead", "beside"};
    for (uint32_t i = 0; i < f->tests_count; i++) {
        if (!is_one_of(f->tests[i].of, 4, kinds)) FAIL(ST_CONFIG, "%s: figure %s: tests: of: expected table, rows, means or ranks", d->file, f->figure);
        if (f->tests[i].matched && !is_one_of(f->tests[i].matched, 2, matched))
            FAIL(ST_CONFIG, "%s: figure %s: tests: matched: expected instead or beside", d->file, f->figure);
    }
    if (f->tests_count && f->measure && !strcmp(f->measure, "mean"))
        FAIL(ST_CONFIG, "%s: figure %s: tests compare counts and shares, not means", d->file, f->figure);
    return ST_OK;
}

static status
check_sides(const monitor_definition *d, const monitor_figure *f)
{
    bool compared = f->kind && (!strcmp(f->kind, "compare") || !strcmp(f->kind, "spread"));
    if (compared) CHECK(check_parts(d, f));
    bool curve = f->kind && !strcmp(f->kind, "curve");
    if (!compared && !curve && (f->rows.blocks_count == 0 || f->columns.blocks_count == 0))
        FAIL(ST_CONFIG, "%s: figure %s: rows and columns: blocks: expected at least one", d->file, f->figure);
    CHECK(check_axis(d, f->figure, f->population, &f->rows));
    return check_axis(d, f->figure, f->population, &f->columns);
}

static status
check_figure(const monitor_definition *d, const monitor_figure *f)
{
    static const char *const measures[] = {"count", "share", "mean"}, *const bases[] = {"column", "row", "all"};
    bool alone = f->kind && (!strcmp(f->kind, "compare") || !strcmp(f->kind, "spread") || f->table);
    if (f->measure && !is_one_of(f->measure, 3, measures))
        FAIL(ST_CONFIG, "%s: figure %s: measure: expected count, share or mean", d->file, f->figure);
    if (!alone && !f->table && !is_population(d, f->population))
        FAIL(ST_CONFIG, "%s: figure %s: population: expected victim_year, victim, notification, counted, one of populations, or a table",
             d->file, f->figure);
    if (f->table && !table_find(d, f->table))
        FAIL(ST_CONFIG, "%s: figure %s: there is no table %s: declare it under tables", d->file, f->figure, f->table);
    if (f->measure && !strcmp(f->measure, "mean") && !f->value)
        FAIL(ST_CONFIG, "%s: figure %s: a mean needs value: the variable it is taken of", d->file, f->figure);
    if (f->within && !is_one_of(f->within, 3, bases))
        FAIL(ST_CONFIG, "%s: figure %s: within: expected column, row or all", d->file, f->figure);
    for (uint32_t i = 0; i < f->where_count; i++) CHECK(check_condition(d, f->figure, &f->where[i]));
    CHECK(check_keep(d, f->figure, f->population, f->keep_count, f->keep));
    CHECK(check_tests(d, f));
    return check_sides(d, f);
}

static status
check_variables(const monitor_definition *d, const char *where, uint32_t n, const monitor_variable variables[])
{
    for (uint32_t i = 0; i < n; i++) {
        const monitor_variable *v = &variables[i];
        for (uint32_t k = 0; k < i; k++)
            if (!strcmp(v->variable, variables[k].variable))
                FAIL(ST_CONFIG, "%s: %s: %s is declared twice: rename or remove one", d->file, where, v->variable);
        if (v->of_count == 0) FAIL(ST_CONFIG, "%s: %s: %s: of: say which variables it is made of", d->file, where, v->variable);
        CHECK(check_items(d, v->variable, NULL, v->items_count, v->items));
    }
    return ST_OK;
}

static status
check_conditions(const monitor_definition *d, const char *where, uint32_t n, const monitor_condition conditions[])
{
    for (uint32_t i = 0; i < n; i++) CHECK(check_condition(d, where, &conditions[i]));
    return ST_OK;
}

static status
check_day_of(const monitor_definition *d, const monitor_population *p, const char *key, const char *value, int32_t *out)
{
    *out = DATE_MISSING;
    if (value && !date_parse(text_of(value), "%Y-%m-%d", out))
        FAIL(ST_CONFIG, "%s: population %s: %s: expected a day as YYYY-MM-DD", d->file, p->name, key);
    return ST_OK;
}

static status
check_places(const monitor_definition *d, const monitor_population *p)
{
    if (p->places_count == 0 || !p->after || p->days < 1 || p->days > 36500 || p->soon < 0)
        FAIL(ST_CONFIG, "%s: population %s: moves need places, the day after which they begin (after) and how many days count (1 to 36500)", d->file, p->name);
    for (uint32_t i = 0; i < p->places_count; i++) {
        const monitor_place *m = &p->places[i];
        if (!m->variable && m->items_count != 1)
            FAIL(ST_CONFIG, "%s: population %s: places: %s: name the variable whose codes are the places, or give one item", d->file, p->name, m->table);
        CHECK(check_conditions(d, p->name, m->where_count, m->where));
        CHECK(check_items(d, p->name, NULL, m->items_count, m->items));
    }
    return ST_OK;
}

static status
check_sources(const monitor_definition *d, const monitor_population *p)
{
    static const char *const kinds[] = {"rows", "persons", "person_years", "part", "events", "moves"};
    const char *kind = p->kind ? p->kind : "rows";
    bool of = !strcmp(kind, "part") || !strcmp(kind, "events") || !strcmp(kind, "moves");
    if (!is_one_of(kind, 6, kinds)) FAIL(ST_CONFIG, "%s: population %s: kind: expected rows, persons, person_years, part, events or moves", d->file, p->name);
    if (!strcmp(kind, "moves")) CHECK(check_places(d, p));
    if (of && (!p->of || monitor_population_find(d, p->of) >= p || !monitor_population_find(d, p->of)))
        FAIL(ST_CONFIG, "%s: population %s: of: name a population that stands before it", d->file, p->name);
    if (!of && !p->table) FAIL(ST_CONFIG, "%s: population %s: table: name a table of the registers", d->file, p->name);
    if (!strcmp(kind, "events") && !p->window) FAIL(ST_CONFIG, "%s: population %s: window: name the window whose events count", d->file, p->name);
    if (!strncmp(kind, "person", 6) && !p->day) FAIL(ST_CONFIG, "%s: population %s: day: name the day of the first row", d->file, p->name);
    if (p->windows_count && !p->data_end)
        FAIL(ST_CONFIG, "%s: population %s: data_end: give the last day the events cover", d->file, p->name);
    return ST_OK;
}

static status
check_population(const monitor_definition *d, monitor_population *p)
{
    static const char *const rules[] = {"anniversary", "calendar", "open"};
    if (is_one_of(p->name, 4, (const char *const[]){"victim_year", "victim", "notification", "counted"}) ||
        monitor_population_find(d, p->name) != p)
        FAIL(ST_CONFIG, "%s: population %s is declared twice: rename or remove one", d->file, p->name);
    CHECK(check_sources(d, p));
    CHECK(check_day_of(d, p, "from", p->from, &p->first_day));
    CHECK(check_day_of(d, p, "until", p->until, &p->last_day));
    CHECK(check_day_of(d, p, "data_end", p->data_end, &p->end_day));
    CHECK(check_conditions(d, p->name, p->where_count, p->where));
    CHECK(check_variables(d, p->name, p->derived_count, p->derived));
    for (uint32_t i = 0; i < p->windows_count; i++) {
        const monitor_window *w = &p->windows[i];
        if (w->years < 1 || w->years > 50 || w->same_case < 0 || w->lag < 0)
            FAIL(ST_CONFIG, "%s: population %s: window %s: expected 1 to 50 years, same_case and lag 0 or more days", d->file, p->name, w->variable);
        if (w->eligibility && !is_one_of(w->eligibility, 3, rules))
            FAIL(ST_CONFIG, "%s: population %s: window %s: eligibility: expected anniversary, calendar or open", d->file, p->name, w->variable);
        CHECK(check_conditions(d, p->name, w->where_count, w->where));
    }
    for (uint32_t i = 0; i < p->help_count; i++) CHECK(check_conditions(d, p->name, p->help[i].where_count, p->help[i].where));
    for (uint32_t i = 0; i < p->orders_count; i++) CHECK(check_conditions(d, p->name, p->orders[i].where_count, p->orders[i].where));
    for (uint32_t i = 0; i < p->exclusions_count; i++)
        CHECK(check_conditions(d, p->exclusions[i].name, p->exclusions[i].where_count, p->exclusions[i].where));
    return p->controls ? check_conditions(d, p->name, p->controls->where_count, p->controls->where) : ST_OK;
}

static status
check_chapters(const monitor_definition *d)
{
    for (uint32_t i = 0; i < d->chapters_count; i++)
        for (uint32_t k = 0; k < d->chapters[i].pieces_count; k++) {
            const monitor_piece *p = &d->chapters[i].pieces[k];
            if ((p->heading != NULL) + (p->text != NULL) + (p->figure != NULL) != 1)
                FAIL(ST_CONFIG, "%s: chapter %s: piece %u: give one of heading, text, figure", d->file, d->chapters[i].id, k + 1);
            if (p->figure && !monitor_figure_find(d, p->figure))
                FAIL(ST_CONFIG, "%s: chapter %s: there is no figure %s: declare it under figures", d->file, d->chapters[i].id, p->figure);
        }
    for (uint32_t i = 0; i < d->keys_count; i++)
        if (!monitor_figure_find(d, d->keys[i].figure))
            FAIL(ST_CONFIG, "%s: keys: there is no figure %s: declare it under figures", d->file, d->keys[i].figure);
    if (d->front && !monitor_figure_find(d, d->front->figure))
        FAIL(ST_CONFIG, "%s: front: there is no figure %s: declare it under figures", d->file, d->front->figure);
    return ST_OK;
}

static status
check_definition(monitor_definition *d)
{
    static const char *const adjusts[] = {"none", "holm", "benjamini_hochberg"};
    if (d->adjust && !is_one_of(d->adjust, 3, adjusts)) FAIL(ST_CONFIG, "%s: adjust: expected holm, benjamini_hochberg or none", d->file);
    CHECK(check_days(d));
    CHECK(check_variables(d, "persons", d->persons_count, d->persons));
    CHECK(check_variables(d, "derived", d->derived_count, d->derived));
    for (uint32_t i = 0; i < d->exclusions_count; i++)
        for (uint32_t k = 0; k < d->exclusions[i].where_count; k++)
            CHECK(check_condition(d, d->exclusions[i].name, &d->exclusions[i].where[k]));
    if (d->populations_count && !d->registers)
        FAIL(ST_CONFIG, "%s: registers: name the source and the folder that the populations are made of", d->file);
    for (uint32_t i = 0; i < d->populations_count; i++) CHECK(check_population(d, &d->populations[i]));
    for (uint32_t i = 0; i < d->figures_count; i++) {
        if (monitor_figure_find(d, d->figures[i].figure) != &d->figures[i])
            FAIL(ST_CONFIG, "%s: figure %s is declared twice: rename or remove one", d->file, d->figures[i].figure);
        CHECK(check_figure(d, &d->figures[i]));
    }
    if (d->deliveries_count > 0 && !d->reg_file)
        FAIL(ST_CONFIG, "%s: register: name the file with the register's variables", d->file);
    return check_chapters(d);
}

status
monitor_definition_read_bytes(arena *out, const char *folder, text bytes, monitor_definition **result)
{
    void *loaded = NULL;
    char *file = path_join(out, folder, "monitor.yaml"), *own = arena_copy(out, folder, strlen(folder));
    if (!file || !own) FAIL(ST_NO_MEMORY, "out of memory (definition)");
    CHECK(definition_load_bytes(out, file, bytes, &monitor_schema, &loaded));
    monitor_definition *d = loaded;
    d->file = file;
    d->folder = own;
    d->content = hash_of(bytes.bytes, bytes.n);
    CHECK(check_definition(d));
    *result = d;
    return ST_OK;
}

/* What a definition means also lies in the tables it names. */
static status
hash_files(monitor_definition *d)
{
    SCRATCH(tmp);
    size_t most = 1 + d->tables_count, n = 1;
    hash *hashes;
    ALLOC(tmp, hashes, most);
    hashes[0] = d->content;
    for (uint32_t i = 0; i < d->tables_count; i++) {
        char *path = monitor_path(tmp, d, d->tables[i].file);
        if (!path) FAIL(ST_NO_MEMORY, "out of memory (path)");
        text bytes;
        CHECK(file_map(tmp, path, &bytes));
        hashes[n++] = hash_of(bytes.bytes, bytes.n);
    }
    d->content = hash_combine(hashes, n);
    return ST_OK;
}

/* "monitors/x", "monitors/x/" and "monitors/x/monitor.yaml" are one. */
static char *
folder_of(arena *a, const char *monitor)
{
    size_t n = strlen(monitor);
    if (n >= 5 && !strcmp(monitor + n - 5, ".yaml")) {
        const char *slash = strrchr(monitor, '/');
        return slash ? arena_copy(a, monitor, (size_t)(slash - monitor)) : arena_copy(a, ".", 1);
    }
    while (n > 1 && monitor[n - 1] == '/') n--;
    return arena_copy(a, monitor, n);
}

status
monitor_definition_read(arena *out, const char *monitor, monitor_definition **result)
{
    SCRATCH(tmp);
    char *folder = folder_of(tmp, monitor), *file = folder ? path_join(tmp, folder, "monitor.yaml") : NULL;
    if (!file) FAIL(ST_NO_MEMORY, "out of memory (definition)");
    text bytes;
    monitor_definition *d;
    CHECK(file_map(tmp, file, &bytes));
    CHECK(monitor_definition_read_bytes(out, folder, bytes, &d));
    CHECK(hash_files(d));
    *result = d;
    return ST_OK;
}
