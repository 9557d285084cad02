#include "monitor/joined.h"

#include "base/date.h"
#include "monitor/bind.h"
#include "monitor/variable.h"
#include "monitor/windowed.h"
#include "tabulate/condition.h"

#include <math.h>

size_t
joined_count(const monitor_population *p)
{
    size_t n = 2 + 7 * (size_t)p->windows_count + p->costs_count + p->orders_count;
    for (uint32_t i = 0; i < p->help_count; i++) n += 2 + (p->help[i].moves > 0) + p->help[i].collect_count;
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

status
joined_part(joining *j, const char *variable, const char *part, column_type type, const code_list *codes, column **result)
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

status
joined_day(const joining *j, const table *t, const char *name, const column **result)
{
    bind_place at = {j->d->file, j->what};
    CHECK(bind_column(at, t, name, result));
    if ((*result)->type != COLUMN_DATE) FAIL(ST_CONFIG, "%s: %s: %s is no day", at.file, at.what, name);
    return ST_OK;
}

/* Rows of a register that fulfil the conditions and are without fault. */
status
joined_chosen(const joining *j, arena *tmp, const register_table *r, uint32_t n, const monitor_condition conditions[], uint8_t **keep)
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
    CHECK(joined_day(j, &r->table, p->left ? p->left : "left", &left));
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

static status
no_yes(arena *out, const char *name, code_list **result)
{
    static const char *const codes[] = {"no", "yes"}, *const words[] = {WORD("no"), WORD("yes")};
    return joined_codes(out, name, 2, codes, words, result);
}

/* How many trajectories begin within so many days after the first that counts: each is a move to another place or kind of help. */
static int
count_moves(const monitor_help *h, const int32_t start[], const uint8_t keep[], const size_t rows[2], int32_t day)
{
    int32_t begun = INT32_MAX;
    int n = 0;
    for (size_t row = rows[0]; row < rows[1]; row++)
        if (keep[row] && start[row] > day && start[row] - day <= h->days && start[row] < begun) begun = start[row];
    for (size_t row = rows[0]; row < rows[1]; row++) n += keep[row] && begun != INT32_MAX && start[row] >= begun && start[row] - begun <= h->moves;
    return n > 0 ? n - 1 : -1;
}

enum { MOST_MOVES = 4 };

static status
add_moves(joining *j, const monitor_help *h, const int32_t start[], const int32_t after[], const uint8_t keep[], size_t *const rows[2])
{
    static const char *const codes[MOST_MOVES + 1] = {"0", "1", "2", "3", "4"};
    static const char *const words[MOST_MOVES + 1] = {WORD("none"), WORD("one"), WORD("two"), WORD("three"), WORD("four or more")};
    code_list *list;
    column *moves;
    if (h->moves <= 0) return ST_OK;
    CHECK(joined_codes(j->out, h->variable, MOST_MOVES + 1, codes, words, &list));
    CHECK(joined_part(j, h->variable, "moves", COLUMN_INT8, list, &moves));
    for (size_t i = 0; i < j->x->table.rows; i++) {
        const size_t own[2] = {rows[0][i], rows[1][i]};
        int n = after[i] == DATE_MISSING ? -1 : count_moves(h, start, keep, own, after[i]);
        if (n >= 0) ((int8_t *)moves->data)[i] = (int8_t)(n < MOST_MOVES ? n : MOST_MOVES);
    }
    return ST_OK;
}

static status
add_help(joining *j, const monitor_help *h)
{
    SCRATCH(tmp);
    const register_table *r;
    const column *start, *after, **from;
    column *help, *days, **set;
    code_list *codes;
    size_t *first, *last;
    uint8_t *keep;
    CHECK(registers_find(j->d, j->registers, j->what, h->table, &r));
    CHECK(joined_day(j, &r->table, h->start, &start));
    CHECK(joined_day(j, &j->x->table, h->after, &after));
    CHECK(no_yes(j->out, h->variable, &codes));
    CHECK(joined_add(j, h->variable, COLUMN_INT8, codes, &help));
    CHECK(joined_part(j, h->variable, "days", COLUMN_INT32, NULL, &days));
    ALLOC(tmp, from, h->collect_count);
    ALLOC(tmp, set, h->collect_count);
    for (uint32_t k = 0; k < h->collect_count; k++) {
        CHECK(bind_column((bind_place){j->d->file, j->what}, &r->table, h->collect[k], &from[k]));
        if (!from[k]->codes || from[k]->codes->n > 32 || from[k]->type == COLUMN_SET)
            FAIL(ST_CONFIG, "%s: %s: collect: %s must have at most 32 codes, one a row", j->d->file, j->what, h->collect[k]);
        CHECK(joined_part(j, h->variable, h->collect[k], COLUMN_SET, from[k]->codes, &set[k]));
    }
    CHECK(joined_chosen(j, tmp, r, h->where_count, h->where, &keep));
    CHECK(joined_rows(tmp, &j->x->table, &r->table, &first, &last));
    for (size_t i = 0; i < j->x->table.rows; i++) {
        int32_t day = column_int32(after)[i];
        if (day == DATE_MISSING) continue;
        ((int8_t *)help->data)[i] = 0;
        for (size_t row = first[i]; row < last[i]; row++) {
            int32_t begun = column_int32(start)[row];
            if (!keep[row] || begun <= day || begun - day > h->days) continue;
            ((int8_t *)help->data)[i] = 1;
            int32_t *wait = &((int32_t *)days->data)[i];
            if (*wait == INT32_MIN || begun - day < *wait) *wait = begun - day;
            for (uint32_t k = 0; k < h->collect_count; k++) {
                int64_t v = column_value(from[k], row);
                if (v >= 0) ((uint32_t *)set[k]->data)[i] |= UINT32_C(1) << v;
            }
        }
    }
    return add_moves(j, h, column_int32(start), column_int32(after), keep, (size_t *const[]){first, last});
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
    CHECK(joined_day(j, &j->x->table, c->after, &after));
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
    CHECK(joined_day(j, &r->table, o->day, &day));
    CHECK(joined_day(j, &j->x->table, j->x->p->day, &index));
    CHECK(joined_codes(j->out, o->variable, 4, codes, words, &list));
    CHECK(joined_add(j, o->variable, COLUMN_INT8, list, &order));
    CHECK(joined_chosen(j, tmp, r, o->where_count, o->where, &keep));
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
    for (uint32_t i = 0; i < p->windows_count; i++) CHECK(windowed_add(j, &p->windows[i], &events[i]));
    j->x->events = events;
    for (uint32_t i = 0; i < p->help_count; i++) CHECK(add_help(j, &p->help[i]));
    for (uint32_t i = 0; i < p->costs_count; i++) CHECK(add_cost(j, &p->costs[i]));
    for (uint32_t i = 0; i < p->orders_count; i++) CHECK(add_order(j, &p->orders[i]));
    return ST_OK;
}
