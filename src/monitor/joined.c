#include "monitor/joined.h"

#include "base/date.h"
#include "follow/again.h"
#include "monitor/bind.h"
#include "monitor/variable.h"
#include "tabulate/condition.h"

#include <math.h>
#include <stdlib.h>

size_t
joined_count(const monitor_population *p)
{
    size_t n = 2 + 7 * (size_t)p->windows_count + p->costs_count + p->orders_count;
    for (uint32_t i = 0; i < p->help_count; i++) n += 1 + p->help[i].collect_count;
    return n;
}

status
joined_add(joining *j, const char *name, column_type type, const code_list *codes, column **result)
{
    table *t = &j->x->table;
    if (table_column(t, name))
        FAIL(ST_CONFIG, "%s: %s: there is a variable %s already: rename one", j->d->file, j->what, name);
    if (t->columns == j->capacity) FAIL(ST_INVALID, "%s: %s: more columns than expected", j->d->file, j->what);
    *result = &t->column[t->columns];
    CHECK(variable_column(j->out, t, name, type, codes, *result));
    if (type == COLUMN_DOUBLE)
        for (size_t i = 0; i < t->rows; i++) ((double *)(*result)->data)[i] = NAN;
    t->columns++;
    return ST_OK;
}

static status
add_part(joining *j, const char *variable, const char *part, column_type type, const code_list *codes, column **result)
{
    char *name = arena_printf(j->out, "%s_%s", variable, part);
    if (!name) FAIL(ST_NO_MEMORY, "out of memory (variable)");
    return joined_add(j, name, type, codes, result);
}

status
joined_codes(arena *out, const char *name, size_t n, const char *const codes[], const char *const words[], code_list **result)
{
    code *list;
    ALLOC(out, list, n);
    ALLOC(out, *result, 1);
    for (size_t i = 0; i < n; i++) list[i] = (code){codes[i], {words_get(LANGUAGE_NL, words[i]), words_get(LANGUAGE_EN, words[i])}};
    **result = (code_list){name, n, list};
    return ST_OK;
}

/* The first row from `from` on whose person is not below the one asked for: near rows first. */
static size_t
seek(const int32_t *person, size_t from, size_t n, int32_t who)
{
    size_t step = 1, low = from, high;
    while (low < n && person[low] < who) from = low + 1, low += step, step *= 2;
    high = low < n ? low : n;
    while (from < high) {
        size_t middle = from + (high - from) / 2;
        if (person[middle] < who) from = middle + 1;
        else high = middle;
    }
    return from;
}

status
joined_rows(arena *a, const table *people, const table *from, size_t **first, size_t **last)
{
    const int32_t *who = column_int32(table_column(people, "person")), *person = column_int32(table_column(from, "person"));
    size_t at = 0;
    ALLOC(a, *first, people->rows);
    ALLOC(a, *last, people->rows);
    for (size_t i = 0; i < people->rows; i++) {
        at = seek(person, at, from->rows, who[i]);
        (*first)[i] = at;
        size_t end = at;
        while (end < from->rows && person[end] == who[i]) end++;
        (*last)[i] = end;
    }
    return ST_OK;
}

static status
day_of(const joining *j, const table *t, const char *name, const column **result)
{
    bind_place at = {j->d->file, j->what};
    CHECK(bind_column(at, t, name, result));
    if ((*result)->type != COLUMN_DATE) FAIL(ST_CONFIG, "%s: %s: %s is no day", at.file, at.what, name);
    return ST_OK;
}

/* Rows of a register that fulfil the conditions and are without fault. */
static status
chosen_rows(const joining *j, arena *tmp, const register_table *r, uint32_t n, const monitor_condition conditions[], uint8_t **keep)
{
    condition *bound;
    ALLOC(tmp, *keep, r->table.rows);
    CHECK(bind_conditions(tmp, (bind_place){j->d->file, j->what}, &r->table, n, conditions, &bound));
    CHECK(condition_select(r->table.rows, n, bound, *keep));
    for (size_t i = 0; r->fault && i < r->table.rows; i++) (*keep)[i] &= r->fault[i] == FAULT_NONE;
    return ST_OK;
}

/* left and reason: the last day in the register of people. */
static status
add_people(joining *j)
{
    SCRATCH(tmp);
    const monitor_population *p = j->x->p;
    const register_table *r;
    const column *left, *reason;
    column *to_left, *to_reason;
    size_t *first, *last;
    if (!p->people) return ST_OK;
    CHECK(registers_find(j->d, j->registers, j->what, p->people, &r));
    CHECK(day_of(j, &r->table, p->left ? p->left : "left", &left));
    CHECK(bind_column((bind_place){j->d->file, j->what}, &r->table, "reason", &reason));
    CHECK(joined_add(j, "left", COLUMN_DATE, NULL, &to_left));
    CHECK(joined_add(j, "reason", COLUMN_INT8, reason->codes, &to_reason));
    CHECK(joined_rows(tmp, &j->x->table, &r->table, &first, &last));
    for (size_t i = 0; i < j->x->table.rows; i++) {
        if (first[i] == last[i]) continue;
        int64_t why = column_value(reason, first[i]);
        ((int32_t *)to_left->data)[i] = column_int32(left)[first[i]];
        if (why >= 0) ((int8_t *)to_reason->data)[i] = (int8_t)why;
    }
    return ST_OK;
}

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
    CHECK(day_of(x->j, t, x->w->day, &x->day));
    CHECK(day_of(x->j, own, x->j->x->p->day, &index));
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
    CHECK(chosen_rows(x->j, tmp, x->from, x->w->where_count, x->w->where, &keep));
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
    CHECK(add_part(j, v, "new", COLUMN_INT32, NULL, &c->fresh));
    CHECK(add_part(j, v, "days", COLUMN_INT32, NULL, &c->days));
    CHECK(add_part(j, v, "followed", COLUMN_SET, codes[1], &c->followed));
    CHECK(add_part(j, v, "end", COLUMN_INT8, codes[2], &c->end));
    CHECK(add_part(j, v, "year", COLUMN_INT8, codes[3], &c->year));
    return x->types ? add_part(j, v, "types", COLUMN_SET, x->types->codes, &c->types) : ST_OK;
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

static status
add_window(joining *j, const monitor_window *w, window_events *events)
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

static status
no_yes(arena *out, const char *name, code_list **result)
{
    static const char *const codes[] = {"no", "yes"}, *const words[] = {WORD("no"), WORD("yes")};
    return joined_codes(out, name, 2, codes, words, result);
}

static status
add_help(joining *j, const monitor_help *h)
{
    SCRATCH(tmp);
    const register_table *r;
    const column *start, *after, **from;
    column *help, **set;
    code_list *codes;
    size_t *first, *last;
    uint8_t *keep;
    CHECK(registers_find(j->d, j->registers, j->what, h->table, &r));
    CHECK(day_of(j, &r->table, h->start, &start));
    CHECK(day_of(j, &j->x->table, h->after, &after));
    CHECK(no_yes(j->out, h->variable, &codes));
    CHECK(joined_add(j, h->variable, COLUMN_INT8, codes, &help));
    ALLOC(tmp, from, h->collect_count);
    ALLOC(tmp, set, h->collect_count);
    for (uint32_t k = 0; k < h->collect_count; k++) {
        CHECK(bind_column((bind_place){j->d->file, j->what}, &r->table, h->collect[k], &from[k]));
        if (!from[k]->codes || from[k]->codes->n > 32 || from[k]->type == COLUMN_SET)
            FAIL(ST_CONFIG, "%s: %s: collect: %s must have at most 32 codes, one a row", j->d->file, j->what, h->collect[k]);
        CHECK(add_part(j, h->variable, h->collect[k], COLUMN_SET, from[k]->codes, &set[k]));
    }
    CHECK(chosen_rows(j, tmp, r, h->where_count, h->where, &keep));
    CHECK(joined_rows(tmp, &j->x->table, &r->table, &first, &last));
    for (size_t i = 0; i < j->x->table.rows; i++) {
        int32_t day = column_int32(after)[i];
        if (day == DATE_MISSING) continue;
        ((int8_t *)help->data)[i] = 0;
        for (size_t row = first[i]; row < last[i]; row++) {
            int32_t begun = column_int32(start)[row];
            if (!keep[row] || begun <= day || begun - day > h->days) continue;
            ((int8_t *)help->data)[i] = 1;
            for (uint32_t k = 0; k < h->collect_count; k++) {
                int64_t v = column_value(from[k], row);
                if (v >= 0) ((uint32_t *)set[k]->data)[i] |= UINT32_C(1) << v;
            }
        }
    }
    return ST_OK;
}

static status
add_cost(joining *j, const monitor_cost *c)
{
    SCRATCH(tmp);
    bind_place at = {j->d->file, j->what};
    const register_table *r;
    const column *after, *year, *value;
    column *cost;
    size_t *first, *last;
    CHECK(registers_find(j->d, j->registers, j->what, c->table, &r));
    CHECK(day_of(j, &j->x->table, c->after, &after));
    CHECK(bind_column(at, &r->table, c->year, &year));
    CHECK(bind_column(at, &r->table, c->value, &value));
    if (value->type != COLUMN_DOUBLE || year->type == COLUMN_DOUBLE || year->type == COLUMN_SET)
        FAIL(ST_CONFIG, "%s: %s: cost: expected %s as an amount and %s as a whole year", at.file, at.what, c->value, c->year);
    CHECK(joined_add(j, c->variable, COLUMN_DOUBLE, NULL, &cost));
    CHECK(joined_rows(tmp, &j->x->table, &r->table, &first, &last));
    for (size_t i = 0; i < j->x->table.rows; i++) {
        int32_t day = column_int32(after)[i];
        int of = day == DATE_MISSING ? 0 : date_to_parts(day).year;
        if (day == DATE_MISSING || of < c->from || of + 1 > c->until) continue;
        double sum = 0;
        for (size_t row = first[i]; row < last[i]; row++) {
            int64_t y = column_value(year, row);
            double amount = column_double(value)[row];
            if ((y == of || y == of + 1) && !isnan(amount)) sum += amount;
        }
        ((double *)cost->data)[i] = sum / 2;
    }
    return ST_OK;
}

static status
add_order(joining *j, const monitor_order *o)
{
    static const char *const codes[] = {"not", "before", "same_day", "after"};
    static const char *const words[] = {WORD("not"), WORD("before"), WORD("on the same day"), WORD("afterwards")};
    SCRATCH(tmp);
    const register_table *r;
    const column *day, *index;
    column *order;
    code_list *list;
    size_t *first, *last;
    uint8_t *keep;
    CHECK(registers_find(j->d, j->registers, j->what, o->table, &r));
    CHECK(day_of(j, &r->table, o->day, &day));
    CHECK(day_of(j, &j->x->table, j->x->p->day, &index));
    CHECK(joined_codes(j->out, o->variable, 4, codes, words, &list));
    CHECK(joined_add(j, o->variable, COLUMN_INT8, list, &order));
    CHECK(chosen_rows(j, tmp, r, o->where_count, o->where, &keep));
    CHECK(joined_rows(tmp, &j->x->table, &r->table, &first, &last));
    for (size_t i = 0; i < j->x->table.rows; i++) {
        int32_t earliest = DATE_MISSING, own = column_int32(index)[i];
        for (size_t row = first[i]; row < last[i]; row++) {
            int32_t at = column_int32(day)[row];
            if (keep[row] && at != DATE_MISSING && (earliest == DATE_MISSING || at < earliest)) earliest = at;
        }
        ((int8_t *)order->data)[i] = (int8_t)(earliest == DATE_MISSING ? 0 : earliest < own ? 1 : earliest == own ? 2 : 3);
    }
    return ST_OK;
}

status
joined_columns(joining *j)
{
    const monitor_population *p = j->x->p;
    window_events *events;
    if ((p->windows_count || p->orders_count) && !p->day)
        FAIL(ST_CONFIG, "%s: %s: day: name the day that is followed from", j->d->file, j->what);
    CHECK(add_people(j));
    ALLOC(j->out, events, p->windows_count);
    for (uint32_t i = 0; i < p->windows_count; i++) CHECK(add_window(j, &p->windows[i], &events[i]));
    j->x->events = events;
    for (uint32_t i = 0; i < p->help_count; i++) CHECK(add_help(j, &p->help[i]));
    for (uint32_t i = 0; i < p->costs_count; i++) CHECK(add_cost(j, &p->costs[i]));
    for (uint32_t i = 0; i < p->orders_count; i++) CHECK(add_order(j, &p->orders[i]));
    return ST_OK;
}
