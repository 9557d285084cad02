#include "monitor/windowed.h"

#include "base/date.h"
#include "follow/again.h"
#include "monitor/bind.h"

#include <stdlib.h>

/* Events of a window on their way to the engine. */
typedef struct event {
    uint32_t person, row;
    int32_t day, type;
    int64_t same;
} event;

static int
by_person_day(const void *a, const void *b)
{
    const event *x = a, *y = b;
    if (x->person != y->person) return x->person < y->person ? -1 : 1;
    if (x->day != y->day) return x->day < y->day ? -1 : 1;
    if (x->type != y->type) return x->type < y->type ? -1 : 1;
    if (x->same != y->same) return x->same < y->same ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

typedef struct window {
    joining *j;
    arena *tmp;
    const monitor_window *w;
    const register_table *from;
    const column *day, *types, *same, *own_same; /* of the events; own_same: of the index case */
    const int32_t *index;
    size_t n;
    event *event;
} window;

static status
bind_window(window *x)
{
    bind_place at = {x->j->d->file, x->j->what};
    const table *t, *own = &x->j->x->table;
    const column *index;
    CHECK(registers_find(x->j->d, x->j->registers, x->j->what, x->w->table, &x->from));
    t = &x->from->table;
    CHECK(joined_day(x->j, t, x->w->day, &x->day));
    CHECK(joined_day(x->j, own, x->j->x->p->day, &index));
    x->index = column_int32(index);
    if (x->w->types) {
        CHECK(bind_column(at, t, x->w->types, &x->types));
        if (!x->types->codes || x->types->codes->n > FOLLOW_TYPES || x->types->type == COLUMN_SET)
            FAIL(ST_CONFIG, "%s: %s: types: %s must have at most %d codes, one a row", at.file, at.what, x->w->types, FOLLOW_TYPES);
    }
    if (x->w->same) {
        CHECK(bind_column(at, t, x->w->same, &x->same));
        CHECK(bind_column(at, own, x->w->same, &x->own_same));
    }
    return ST_OK;
}

static status
gather_events(window *x)
{
    SCRATCH(tmp);
    const table *own = &x->j->x->table;
    size_t *first, *last, most = 0;
    uint8_t *keep;
    CHECK(joined_chosen(x->j, tmp, x->from, x->w->where_count, x->w->where, &keep));
    CHECK(joined_rows(tmp, own, &x->from->table, &first, &last));
    for (size_t i = 0; i < own->rows; i++) most += last[i] - first[i];
    ALLOC(x->tmp, x->event, most);
    for (size_t i = 0; i < own->rows; i++)
        for (size_t k = first[i]; k < last[i]; k++) {
            int32_t day = column_int32(x->day)[k];
            if (!keep[k] || day == DATE_MISSING) continue;
            int64_t type = x->types ? column_value(x->types, k) : 0, same = x->same ? column_value(x->same, k) : INT64_MIN;
            x->event[x->n++] = (event){(uint32_t)i, (uint32_t)k, day, type < 0 ? -1 : (int32_t)type, same};
        }
    if (x->n) qsort(x->event, x->n, sizeof *x->event, by_person_day);
    return ST_OK;
}

/* Rows of one case are one event: that of the index incident is none, of the others the first stays. */
static void
drop_same_cases(window *x)
{
    size_t kept = 0, start = 0;
    for (size_t i = 0; x->same && i < x->n; i++) {
        event e = x->event[i];
        if (kept && x->event[kept - 1].person != e.person) start = kept;
        bool known = e.same != INT64_MIN && e.same == column_value(x->own_same, e.person);
        for (size_t k = start; k < kept && !known; k++)
            known = x->event[k].person == e.person && e.same != INT64_MIN && x->event[k].same == e.same;
        if (!known) x->event[kept++] = e;
    }
    if (x->same) x->n = kept;
}

static status
run_window(window *x, follow_again_person *person, uint8_t *counted)
{
    SCRATCH(tmp);
    const monitor_population *p = x->j->x->p;
    size_t rows = x->j->x->table.rows;
    const column *left = table_column(&x->j->x->table, "left");
    int32_t *who, *date;
    int8_t *type;
    follow_incidents in;
    ALLOC(tmp, who, x->n);
    ALLOC(tmp, date, x->n);
    ALLOC(tmp, type, x->n);
    for (size_t i = 0; i < x->n; i++)
        who[i] = (int32_t)x->event[i].person, date[i] = x->event[i].day, type[i] = (int8_t)x->event[i].type;
    CHECK(follow_incidents_of(tmp, x->n, who, date, type, rows, &in));
    follow_cohort c = {.n = rows, .index = x->index, .until = left ? column_int32(left) : NULL};
    follow_window_options o = {.windows = 1, .years = {x->w->years}, .data_end = p->end_day, .lag = x->w->lag, .same_case = x->w->same_case};
    return follow_again(&c, &in, &o, person, counted);
}

typedef struct window_columns {
    column *again, *fresh, *types, *days, *followed, *end, *year;
} window_columns;

static status
year_codes(arena *out, const char *name, int years, code_list **result)
{
    code *list;
    ALLOC(out, list, (size_t)years);
    ALLOC(out, *result, 1);
    for (int k = 0; k < years; k++) {
        char *number = arena_printf(out, "%d", k + 1);
        if (!number) FAIL(ST_NO_MEMORY, "out of memory (years)");
        list[k] = (code){number, {number, number}};
    }
    **result = (code_list){name, (size_t)years, list};
    return ST_OK;
}

enum { END_AGAIN, END_DIED, END_LEFT, END_FOLLOWED };

static status
add_window_columns(window *x, window_columns *c)
{
    static const char *const again[] = {"none", "once", "several"};
    static const char *const again_words[] = {WORD("not again"), WORD("once"), WORD("several times")};
    static const char *const rules[] = {"anniversary", "calendar"};
    static const char *const rule_words[] = {WORD("followed for the whole window"), WORD("by calendar year")};
    static const char *const ends[] = {"again", "died", "left", "followed"};
    static const char *const end_words[] = {WORD("again"), WORD("died"), WORD("left the country"), WORD("followed to the end")};
    joining *j = x->j;
    const char *v = x->w->variable;
    code_list *codes[4];
    CHECK(joined_codes(j->out, v, 3, again, again_words, &codes[0]));
    CHECK(joined_codes(j->out, v, 2, rules, rule_words, &codes[1]));
    CHECK(joined_codes(j->out, v, 4, ends, end_words, &codes[2]));
    CHECK(year_codes(j->out, v, x->w->years, &codes[3]));
    CHECK(joined_add(j, v, COLUMN_INT8, codes[0], &c->again));
    CHECK(joined_part(j, v, "new", COLUMN_INT32, NULL, &c->fresh));
    CHECK(joined_part(j, v, "days", COLUMN_INT32, NULL, &c->days));
    CHECK(joined_part(j, v, "followed", COLUMN_SET, codes[1], &c->followed));
    CHECK(joined_part(j, v, "end", COLUMN_INT8, codes[2], &c->end));
    CHECK(joined_part(j, v, "year", COLUMN_INT8, codes[3], &c->year));
    return x->types ? joined_part(j, v, "types", COLUMN_SET, x->types->codes, &c->types) : ST_OK;
}

/* How following ended, and in which year of the window. */
static void
put_end(const window *x, const window_columns *c, size_t i, const follow_again_person *p)
{
    const column *left = table_column(&x->j->x->table, "left"), *reason = table_column(&x->j->x->table, "reason");
    int32_t index = x->index[i], whole = date_add_years(index, x->w->years) - index, at = p->observed;
    int end = END_FOLLOWED;
    if (p->days >= 0 && p->days <= p->observed) {
        end = END_AGAIN;
        at = p->days;
    } else if (left && column_int32(left)[i] != DATE_MISSING && p->observed < whole && column_int32(left)[i] <= index + p->observed) {
        int died = code_find(reason->codes, TEXT("died"));
        end = column_value(reason, i) == died ? END_DIED : END_LEFT;
    }
    int year = 1;
    while (year < x->w->years && at > date_add_years(index, year) - index) year++;
    ((int8_t *)c->end->data)[i] = (int8_t)end;
    ((int8_t *)c->year->data)[i] = (int8_t)(year - 1);
}

static void
put_window(const window *x, const window_columns *c, const follow_again_person person[])
{
    const char *rule = x->w->eligibility ? x->w->eligibility : "anniversary";
    bool calendar = !strcmp(rule, "calendar"), open = !strcmp(rule, "open");
    for (size_t i = 0; i < x->j->x->table.rows; i++) {
        const follow_again_person *p = &person[i];
        if (x->index[i] == DATE_MISSING) continue;
        ((uint32_t *)c->followed->data)[i] = (uint32_t)p->anniversary | (uint32_t)p->calendar << 1;
        put_end(x, c, i, p);
        if (!(open || (calendar ? p->calendar : p->anniversary))) continue;
        ((int8_t *)c->again->data)[i] = (int8_t)(p->incidents > 1 ? 2 : p->incidents);
        ((int32_t *)c->fresh->data)[i] = p->incidents;
        if (p->days >= 0) ((int32_t *)c->days->data)[i] = p->days;
        if (c->types) ((uint32_t *)c->types->data)[i] = p->types;
    }
}

static status
keep_events(const window *x, const uint8_t *counted, window_events *result)
{
    uint32_t *row, *person;
    uint8_t *mark;
    ALLOC(x->j->out, row, x->n);
    ALLOC(x->j->out, person, x->n);
    ALLOC(x->j->out, mark, x->n);
    for (size_t i = 0; i < x->n; i++) row[i] = x->event[i].row, person[i] = x->event[i].person, mark[i] = counted[i];
    *result = (window_events){x->w, &x->from->table, x->n, row, person, mark};
    return ST_OK;
}

status
windowed_add(joining *j, const monitor_window *w, window_events *events)
{
    SCRATCH(tmp);
    window x = {.j = j, .tmp = tmp, .w = w};
    window_columns c = {NULL};
    follow_again_person *person;
    uint8_t *counted;
    CHECK(bind_window(&x));
    CHECK(add_window_columns(&x, &c));
    CHECK(gather_events(&x));
    drop_same_cases(&x);
    ALLOC(tmp, person, j->x->table.rows);
    ALLOC(tmp, counted, x.n);
    CHECK(run_window(&x, person, counted));
    put_window(&x, &c, person);
    return keep_events(&x, counted, events);
}
