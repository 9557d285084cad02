#include "monitor/people.h"

#include "base/date.h"
#include "monitor/bind.h"
#include "monitor/joined.h"
#include "monitor/matched.h"
#include "monitor/moves.h"
#include "monitor/variable.h"
#include "tabulate/condition.h"

#include <stdlib.h>

typedef struct building {
    arena *out;
    const monitor_definition *d;
    const registers *r;
    const table *countries;
    populations *all;
    const monitor_population *p;
    bind_place at;
} building;

const population *
populations_find(const populations *all, const char *name)
{
    for (size_t i = 0; all && i < all->n; i++)
        if (!strcmp(all->item[i].p->name, name)) return &all->item[i];
    return NULL;
}

static status
select_rows(bind_place at, const table *t, uint32_t n, const monitor_condition conditions[], uint8_t keep[])
{
    SCRATCH(tmp);
    condition *bound;
    CHECK(bind_conditions(tmp, at, t, n, conditions, &bound));
    return condition_select(t->rows, n, bound, keep);
}

status
population_keep(const monitor_definition *d, const population *x, uint8_t keep[])
{
    SCRATCH(tmp);
    const table *t = &x->table;
    uint8_t *here;
    ALLOC(tmp, here, t->rows);
    memset(keep, 1, t->rows);
    for (uint32_t i = 0; i < x->p->exclusions_count; i++) {
        const monitor_exclusion *e = &x->p->exclusions[i];
        CHECK(select_rows((bind_place){d->file, e->name}, t, e->where_count, e->where, here));
        for (size_t k = 0; k < t->rows; k++) keep[k] &= !here[k];
    }
    return ST_OK;
}

/* A table of some rows of another, with room for further columns. */
static status
take_rows(arena *out, const char *name, const table *from, size_t n, const uint32_t row[], size_t room, table *result)
{
    table t = {.name = name, .rows = n, .columns = from->columns};
    ALLOC(out, t.column, from->columns + room);
    for (size_t k = 0; k < from->columns; k++) {
        const column *c = &from->column[k];
        size_t size = column_type_size(c->type);
        char *data = arena_alloc(out, n, size);
        if (!data) FAIL(ST_NO_MEMORY, "out of memory (population %s)", name);
        for (size_t i = 0; i < n; i++) memcpy(data + i * size, (const char *)c->data + (size_t)row[i] * size, size);
        t.column[k] = *c;
        t.column[k].data = data;
    }
    *result = t;
    return ST_OK;
}

/* Rows of a register that fulfil the conditions, lie in the period and are without fault. */
static status
usable_rows(const building *b, const register_table *from, uint8_t keep[])
{
    const table *t = &from->table;
    const monitor_population *p = b->p;
    const column *day = NULL;
    CHECK(select_rows(b->at, t, p->where_count, p->where, keep));
    if (p->day) {
        CHECK(bind_column(b->at, t, p->day, &day));
        if (day->type != COLUMN_DATE) FAIL(ST_CONFIG, "%s: %s: day: %s is no day", b->at.file, b->at.what, p->day);
    }
    for (size_t i = 0; i < t->rows; i++) {
        int32_t at = day ? column_int32(day)[i] : 0;
        bool late = day && ((p->last_day != DATE_MISSING && at > p->last_day) || (p->first_day != DATE_MISSING && at < p->first_day));
        if (late || at == DATE_MISSING || (from->fault && from->fault[i])) keep[i] = 0;
    }
    return ST_OK;
}

static int
compare_rows(const table *t, size_t a, size_t b)
{
    int order = 0;
    for (size_t k = 0; k < t->columns && order == 0; k++) {
        const column *c = &t->column[k];
        if (c->type == COLUMN_DOUBLE || c->type == COLUMN_TEXT) continue;
        int64_t x = c->type == COLUMN_SET ? column_set(c)[a] : column_value(c, a), y = c->type == COLUMN_SET ? column_set(c)[b] : column_value(c, b);
        order = (x > y) - (x < y);
    }
    return order;
}

/* Of the rows kept those that are the first of their person, or of each of her calendar years. */
static status
first_rows(const building *b, const table *t, bool yearly, uint8_t keep[])
{
    const column *day;
    CHECK(bind_column(b->at, t, b->p->day, &day));
    const int32_t *person = column_int32(table_column(t, "person")), *on = column_int32(day);
    size_t start = 0;
    for (size_t i = 0; i < t->rows; i++) {
        if (person[i] != person[start]) start = i;
        for (size_t k = start; k < i && keep[i]; k++) { /* at most one row of her, or of that year, is kept so far */
            if (!keep[k] || (yearly && date_to_parts(on[k]).year != date_to_parts(on[i]).year)) continue;
            bool earlier = on[i] < on[k] || (on[i] == on[k] && compare_rows(t, i, k) < 0);
            keep[earlier ? k : i] = 0;
        }
    }
    return ST_OK;
}

static status
kept_rows(arena *a, size_t rows, const uint8_t keep[], size_t *n, uint32_t **row)
{
    *n = 0;
    for (size_t i = 0; i < rows; i++) *n += keep[i];
    ALLOC(a, *row, *n);
    size_t at = 0;
    for (size_t i = 0; i < rows; i++)
        if (keep[i]) (*row)[at++] = (uint32_t)i;
    return ST_OK;
}

static size_t
room_for(const monitor_population *p)
{
    return joined_count(p) + p->derived_count + 1;
}

static status
build_rows(const building *b, const char *kind, population *x)
{
    SCRATCH(tmp);
    const register_table *from;
    uint8_t *keep;
    uint32_t *row;
    size_t n;
    CHECK(registers_find(b->d, b->r, b->at.what, b->p->table, &from));
    ALLOC(tmp, keep, from->table.rows);
    CHECK(usable_rows(b, from, keep));
    if (strcmp(kind, "rows")) CHECK(first_rows(b, &from->table, !strcmp(kind, "person_years"), keep));
    CHECK(kept_rows(tmp, from->table.rows, keep, &n, &row));
    CHECK(take_rows(b->out, b->p->name, &from->table, n, row, room_for(b->p), &x->table));
    if (b->p->controls) CHECK(matched_add(b->out, b->d, b->r, x));
    joining j = {b->out, b->d, b->r, x, x->table.columns + room_for(b->p), b->at.what};
    return joined_columns(&j);
}

static status
build_part(const building *b, population *x)
{
    SCRATCH(tmp);
    const population *of = populations_find(b->all, b->p->of);
    const table *t = &of->table;
    uint8_t *keep, *here;
    uint32_t *row;
    size_t n;
    ALLOC(tmp, keep, t->rows);
    ALLOC(tmp, here, t->rows);
    CHECK(population_keep(b->d, of, keep));
    CHECK(select_rows(b->at, t, b->p->where_count, b->p->where, here));
    for (size_t i = 0; i < t->rows; i++) keep[i] &= here[i];
    CHECK(kept_rows(tmp, t->rows, keep, &n, &row));
    CHECK(take_rows(b->out, b->p->name, t, n, row, room_for(b->p), &x->table));
    if (of->control) {
        uint8_t *control;
        ALLOC(b->out, control, n);
        for (size_t i = 0; i < n; i++) control[i] = of->control[row[i]];
        x->control = control;
    }
    joining j = {b->out, b->d, b->r, x, x->table.columns + room_for(b->p), b->at.what};
    return joined_columns(&j);
}

/* The new events of those in the population who were followed for the window. */
static status
build_events(const building *b, population *x)
{
    SCRATCH(tmp);
    const population *of = populations_find(b->all, b->p->of);
    const window_events *e = NULL;
    const column *again;
    uint8_t *keep, *person;
    uint32_t *row;
    size_t n;
    for (uint32_t i = 0; i < of->p->windows_count; i++)
        if (!strcmp(of->p->windows[i].variable, b->p->window)) e = &of->events[i];
    if (!e) FAIL(ST_CONFIG, "%s: %s: population %s has no window %s", b->at.file, b->at.what, b->p->of, b->p->window);
    CHECK(bind_column(b->at, &of->table, b->p->window, &again));
    ALLOC(tmp, person, of->table.rows);
    ALLOC(tmp, keep, e->table->rows);
    CHECK(population_keep(b->d, of, person));
    for (size_t i = 0; i < e->n; i++) {
        size_t who = e->person[i];
        if (e->counted[i] && person[who] && !(of->control && of->control[who]) && column_int8(again)[who] >= 0) keep[e->row[i]] = 1;
    }
    CHECK(kept_rows(tmp, e->table->rows, keep, &n, &row));
    return take_rows(b->out, b->p->name, e->table, n, row, room_for(b->p), &x->table);
}

/* Moves of those in the population, and of their controls. */
static status
build_moves(const building *b, population *x)
{
    SCRATCH(tmp);
    const population *of = populations_find(b->all, b->p->of);
    uint8_t *keep, *here;
    moves_found found;
    ALLOC(tmp, keep, of->table.rows);
    ALLOC(tmp, here, of->table.rows);
    CHECK(population_keep(b->d, of, keep));
    CHECK(select_rows(b->at, &of->table, b->p->where_count, b->p->where, here));
    for (size_t i = 0; i < of->table.rows; i++) keep[i] &= here[i];
    CHECK(moves_find(b->out, b->d, b->r, of, b->p, keep, &found));
    CHECK(take_rows(b->out, b->p->name, &of->table, found.n, found.person, room_for(b->p) + MOVES_COLUMNS, &x->table));
    if (of->control) {
        uint8_t *control;
        ALLOC(b->out, control, found.n);
        for (size_t i = 0; i < found.n; i++) control[i] = of->control[found.person[i]];
        x->control = control;
    }
    return moves_columns(b->out, b->d, &found, &x->table);
}

static status
derive_all(const building *b, population *x)
{
    table *t = &x->table;
    for (uint32_t i = 0; i < b->p->derived_count; i++) {
        if (table_column(t, b->p->derived[i].variable))
            FAIL(ST_CONFIG, "%s: %s: the register has a variable %s already: rename the derived one", b->at.file, b->at.what,
                 b->p->derived[i].variable);
        CHECK(variable_derive(b->out, b->d, t, b->countries, &b->p->derived[i], &t->column[t->columns]));
        t->columns++;
    }
    return ST_OK;
}

static status
build(const building *b, population *x)
{
    const char *kind = b->p->kind ? b->p->kind : "rows";
    x->p = b->p;
    if (!strcmp(kind, "part"))
        CHECK(build_part(b, x));
    else if (!strcmp(kind, "events"))
        CHECK(build_events(b, x));
    else if (!strcmp(kind, "moves"))
        CHECK(build_moves(b, x));
    else
        CHECK(build_rows(b, kind, x));
    return derive_all(b, x);
}

status
populations_build(arena *out, const monitor_definition *d, const registers *r, const table *countries, populations *result)
{
    populations all = {0};
    ALLOC(out, all.item, d->populations_count);
    for (uint32_t i = 0; i < d->populations_count; i++) {
        SCRATCH(tmp);
        char *what = arena_printf(tmp, "population %s", d->populations[i].name);
        if (!what) FAIL(ST_NO_MEMORY, "out of memory (population)");
        building b = {out, d, r, countries, &all, &d->populations[i], {d->file, what}};
        status made = build(&b, &all.item[i]);
        if (made == ST_CONFIG) return status_prefix(made, "population %s: ", d->populations[i].name);
        if (made != ST_OK) return made;
        all.n = i + 1;
    }
    *result = all;
    return ST_OK;
}

status
populations_controls(arena *out, const populations *all, exact_table *result)
{
    enum { DRAWN, SHORT, WANTED, STEPS };
    static const char *const codes[STEPS] = {"drawn", "short", "wanted"}, *const words[STEPS] = {WORD("drawn"), WORD("not to be found"), WORD("wanted")};
    exact_item *row, *column;
    int64_t *count;
    size_t n = 0;
    ALLOC(out, row, all->n);
    ALLOC(out, column, STEPS);
    ALLOC(out, count, all->n * STEPS);
    for (int k = 0; k < STEPS; k++) {
        column[k] = (exact_item){{codes[k], {words_get(LANGUAGE_NL, words[k]), words_get(LANGUAGE_EN, words[k])}}, "drawing"};
        column[k].total = k == WANTED;
    }
    for (size_t i = 0; i < all->n; i++) {
        const population *x = &all->item[i];
        if (!x->p->controls) continue;
        row[n] = (exact_item){{x->p->name, {x->p->title.in[0], x->p->title.in[1]}}, "population"};
        count[n * STEPS + DRAWN] = x->controls;
        count[n * STEPS + SHORT] = x->short_of;
        count[n++ * STEPS + WANTED] = x->controls + x->short_of;
    }
    *result = (exact_table){.figure = CONTROLS_FIGURE, .population = "controls", .measure = EXACT_COUNT,
                            .rows = {"population", {"population", "population"}, true, n, row},
                            .columns = {"drawing", {"drawing", "drawing"}, false, STEPS, column}, .count = count};
    return ST_OK;
}
