#include "monitor/registers.h"

#include "base/date.h"
#include "base/file.h"
#include "base/threads.h"
#include "table/declared.h"
#include "table/snapshot.h"

#include <stdio.h>

static bool
is_used(const monitor_definition *d, const char *name)
{
    for (uint32_t i = 0; i < d->populations_count; i++) {
        const monitor_population *p = &d->populations[i];
        const char *own[] = {p->table, p->people, p->controls ? p->controls->table : NULL};
        for (size_t k = 0; k < 3; k++)
            if (own[k] && !strcmp(own[k], name)) return true;
        for (uint32_t k = 0; k < p->windows_count; k++)
            if (!strcmp(p->windows[k].table, name)) return true;
        for (uint32_t k = 0; k < p->help_count; k++)
            if (!strcmp(p->help[k].table, name)) return true;
        for (uint32_t k = 0; k < p->costs_count; k++)
            if (!strcmp(p->costs[k].table, name)) return true;
        for (uint32_t k = 0; k < p->orders_count; k++)
            if (!strcmp(p->orders[k].table, name)) return true;
        for (uint32_t k = 0; k < p->places_count; k++)
            if (!strcmp(p->places[k].table, name)) return true;
    }
    return false;
}

/* Is a row of this table a person? */
static bool
is_people(const monitor_definition *d, const char *name)
{
    for (uint32_t i = 0; i < d->populations_count; i++) {
        const monitor_population *p = &d->populations[i];
        if (p->people && !strcmp(p->people, name)) return true;
        if (p->controls && !strcmp(p->controls->table, name)) return true;
    }
    return false;
}

status
registers_declared(arena *out, const monitor_definition *d, registers *result)
{
    SCRATCH(tmp);
    size_t n;
    table *tables;
    *result = (registers){0};
    char *path = monitor_path(tmp, d, d->registers->source);
    if (!path) FAIL(ST_NO_MEMORY, "out of memory (path)");
    CHECK(table_declared_read(out, path, &n, &tables));
    ALLOC(out, result->table, n);
    for (size_t i = 0; i < n; i++) {
        if (!is_used(d, tables[i].name)) continue;
        if (!table_column(&tables[i], "person"))
            FAIL(ST_CONFIG, "%s: table %s has no column person: persons cannot be followed through it", path, tables[i].name);
        result->table[result->n++].table = tables[i];
    }
    return ST_OK;
}

status
registers_find(const monitor_definition *d, const registers *r, const char *what, const char *name, const register_table **out)
{
    char names[300] = "";
    for (size_t i = 0; i < r->n; i++) {
        size_t n = strlen(names);
        *out = &r->table[i];
        if (!strcmp(r->table[i].table.name, name)) return ST_OK;
        snprintf(names + n, sizeof names - n, "%s%s", n ? ", " : "", r->table[i].table.name);
    }
    FAIL(ST_CONFIG, "%s: %s: %s has no table %s; used are %s", d->file, what, d->registers->source, name, names);
}

static status
check_persons(const char *folder, const table *t, bool once)
{
    const int32_t *person = column_int32(table_column(t, "person"));
    for (size_t i = 0; i < t->rows; i++) {
        if (person[i] < 0)
            FAIL(ST_INVALID, "%s: table %s, row %zu: a row without a person: leave it out or give it a number of its own", folder, t->name, i + 1);
        if (i && person[i] < person[i - 1])
            FAIL(ST_INVALID, "%s: table %s, row %zu: persons must stand in order: sort the table by person", folder, t->name, i + 1);
        if (i && once && person[i] == person[i - 1])
            FAIL(ST_INVALID, "%s: table %s, row %zu: the person stands in the row before too: one row a person is expected, merge them", folder,
                 t->name, i + 1);
    }
    return ST_OK;
}

/* First row with a code outside its list; rows: none. */
static size_t
bad_code(const column *c, size_t rows)
{
    size_t bad = rows;
    int n = (int)c->codes->n;
    if (c->type == COLUMN_INT8) {
        const int8_t *v = column_int8(c);
#pragma omp parallel for reduction(min : bad) num_threads(threads_count()) if (rows > 1000000)
        for (size_t i = 0; i < rows; i++)
            if (v[i] != INT8_MIN && (v[i] < 0 || v[i] >= n) && i < bad) bad = i;
        return bad;
    }
    for (size_t i = 0; i < rows; i++) {
        int64_t v = column_value(c, i);
        if (v != INT64_MIN && (v < 0 || v >= n)) return i;
    }
    return rows;
}

static status
check_codes(const char *folder, const table *t)
{
    for (size_t k = 0; k < t->columns; k++) {
        const column *c = &t->column[k];
        if (!c->codes || c->type == COLUMN_SET) continue;
        size_t row = bad_code(c, t->rows);
        if (row < t->rows)
            FAIL(ST_INVALID, "%s: table %s, row %zu, column %s: a code that is not declared: add it to the list %s or correct the row", folder,
                 t->name, row + 1, c->name, c->codes->name);
    }
    return ST_OK;
}

typedef struct dated {
    const column *day, *birth, *start[2], *end[2];
} dated;

static const column *
day_column(const table *t, const char *name)
{
    const column *c = table_column(t, name);
    return c && c->type == COLUMN_DATE ? c : NULL;
}

static register_fault
fault_of(const dated *x, size_t row)
{
    if (x->day) {
        int32_t day = column_int32(x->day)[row];
        if (day == DATE_MISSING) return FAULT_NO_DAY;
        int64_t birth = x->birth ? column_value(x->birth, row) : INT64_MIN;
        if (birth != INT64_MIN && date_to_parts(day).year < birth) return FAULT_BEFORE_BIRTH;
    }
    for (int k = 0; k < 2; k++) {
        if (!x->start[k] || !x->end[k]) continue;
        int32_t start = column_int32(x->start[k])[row], end = column_int32(x->end[k])[row];
        if (start != DATE_MISSING && end != DATE_MISSING && end < start) return FAULT_ENDS_BEFORE_START;
    }
    return FAULT_NONE;
}

/* What a row is about is its `day`, or its `start`; a population register has neither. */
static status
mark_faults(arena *a, register_table *r)
{
    const table *t = &r->table;
    dated x = {day_column(t, "day"), table_column(t, "birth_year"), {day_column(t, "start"), day_column(t, "period_start")},
               {day_column(t, "end"), day_column(t, "period_end")}};
    if (!x.day) x.day = x.start[0];
    if (x.birth && (x.birth->type == COLUMN_DOUBLE || x.birth->type == COLUMN_SET)) x.birth = NULL;
    r->counts[FAULT_NONE] = (int64_t)t->rows;
    if (!x.day) return ST_OK;
    uint8_t *fault;
    ALLOC(a, fault, t->rows);
    for (size_t i = 0; i < t->rows; i++) {
        fault[i] = (uint8_t)fault_of(&x, i);
        r->counts[FAULT_NONE] -= fault[i] != FAULT_NONE;
        if (fault[i]) r->counts[fault[i]]++;
    }
    r->fault = fault;
    return ST_OK;
}

status
registers_open(arena *a, const monitor_definition *d, const char *deliveries, registers *result)
{
    snapshot s;
    registers r;
    char *folder = path_join(a, deliveries, d->registers->folder);
    if (!folder) FAIL(ST_NO_MEMORY, "out of memory (registers)");
    if (!file_exists(folder))
        FAIL(ST_NOT_FOUND, "%s: the registers are not there: %s names them; put the snapshot there (peil synth draws one), or take registers, "
             "populations and their figures out of the definition", folder, d->file);
    CHECK(registers_declared(a, d, &r));
    CHECK(snapshot_open(a, folder, &s));
    for (size_t i = 0; i < r.n; i++) {
        const table *found = snapshot_table(&s, r.table[i].table.name);
        if (!found)
            FAIL(ST_NOT_FOUND, "%s: the snapshot has no table %s, which %s counts: draw or export it again", folder, r.table[i].table.name, d->file);
        status fits = table_declared_check(&r.table[i].table, found);
        if (fits != ST_OK) return status_prefix(fits, "%s: ", folder);
        CHECK(check_persons(folder, found, is_people(d, found->name)));
        CHECK(check_codes(folder, found));
        r.table[i].table = *found;
        CHECK(mark_faults(a, &r.table[i]));
    }
    r.content = s.content;
    *result = r;
    return ST_OK;
}

status
registers_figure(arena *out, const registers *r, exact_table *result)
{
    static const char *const codes[FAULTS] = {"usable", "no_day", "before_birth", "ends_before_start"};
    static const char *const words[FAULTS] = {WORD("usable"), WORD("without the day it is about"), WORD("before the year of birth"),
                                              WORD("ends before it starts")};
    exact_item *row, *column;
    int64_t *count;
    ALLOC(out, row, r->n);
    ALLOC(out, column, FAULTS + 1);
    ALLOC(out, count, r->n * (FAULTS + 1));
    for (int k = 0; k < FAULTS; k++)
        column[k] = (exact_item){{codes[k], {words_get(LANGUAGE_NL, words[k]), words_get(LANGUAGE_EN, words[k])}}, "fault"};
    column[FAULTS] = (exact_item){{"rows", {words_get(LANGUAGE_NL, WORD("rows")), words_get(LANGUAGE_EN, WORD("rows"))}}, "fault", true};
    for (size_t i = 0; i < r->n; i++) {
        const char *name = r->table[i].table.name;
        row[i] = (exact_item){{name, {name, name}}, "register"};
        for (int k = 0; k < FAULTS; k++) count[i * (FAULTS + 1) + (size_t)k] = r->table[i].counts[k];
        count[i * (FAULTS + 1) + FAULTS] = (int64_t)r->table[i].table.rows;
    }
    *result = (exact_table){.figure = REGISTERS_FIGURE, .population = "rows of the registers", .measure = EXACT_COUNT,
                            .rows = {"register", {"register", "register"}, false, r->n, row},
                            .columns = {"fault", {"fault", "fault"}, false, FAULTS + 1, column}, .count = count};
    return ST_OK;
}
