#include "monitor/persons.h"

#include "linkage/history.h"

#include <stdlib.h>

static int
compare_marks(const void *x, const void *y, void *rows)
{
    const store_person *row = rows;
    return memcmp(row[*(const int32_t *)x].mark, row[*(const int32_t *)y].mark, MARK_BYTES);
}

/* Rows by mark: an order that stays when deliveries come in another one. */
static status
order_by_mark(arena *a, const store_persons *p, int32_t **result)
{
    ALLOC(a, *result, p->n);
    for (size_t i = 0; i < p->n; i++) (*result)[i] = (int32_t)i;
    qsort_r(*result, p->n, sizeof **result, compare_marks, p->row);
    return ST_OK;
}

/* The notifications less what depends on the order of deliveries; `notification`, which decides ties, is the place by mark. */
static status
linking_view(arena *a, const table *from, const int32_t by_mark[], table *view)
{
    CHECK(table_new(a, from->name, from->rows, from->columns, view));
    view->columns = 0;
    for (size_t i = 0; i < from->columns; i++) {
        column *c = &from->column[i];
        if (!strcmp(c->name, "delivery") || !strcmp(c->name, "row")) continue;
        if (strcmp(c->name, "notification") != 0) {
            view->column[view->columns++] = *c;
            continue;
        }
        CHECK(table_set_column(a, view, view->columns, c->name, COLUMN_INT32, NULL));
        int32_t *place = view->column[view->columns++].data;
        for (size_t k = 0; k < from->rows; k++) place[by_mark[k]] = (int32_t)k;
    }
    return ST_OK;
}

/* The row of a report by its id; -1: none. */
static int32_t
find_report(const store_persons *p, const int32_t by_mark[], text id)
{
    size_t low = 0, high = p->n;
    char said[REPORT_ID + 1];
    while (low < high) {
        size_t mid = (low + high) / 2;
        register_report_id(p->row[by_mark[mid]].mark, said);
        int d = text_compare(text_of(said), id);
        if (d == 0) return by_mark[mid];
        if (d < 0) low = mid + 1;
        else high = mid;
    }
    return -1;
}

static int32_t
find_mark(const store_persons *p, const int32_t by_mark[], const unsigned char mark[MARK_BYTES])
{
    char said[REPORT_ID + 1];
    register_report_id(mark, said);
    int32_t row = find_report(p, by_mark, text_of(said));
    return row >= 0 && !memcmp(p->row[row].mark, mark, MARK_BYTES) ? row : -1;
}

static store_decision
make_decision(const store_persons *p, int32_t x, int32_t y, const link_decided *d)
{
    store_decision made = {.same = d->same, .who = d->who, .day = d->day};
    bool turned = memcmp(p->row[x].mark, p->row[y].mark, MARK_BYTES) > 0;
    memcpy(made.a, p->row[turned ? y : x].mark, MARK_BYTES);
    memcpy(made.b, p->row[turned ? x : y].mark, MARK_BYTES);
    return made;
}

/* New decisions, each with what messages call it. */
typedef struct fresh_decisions {
    size_t n, older; /* older than what the store holds about the same two: passed over */
    store_decision *decision;
    const link_decided **from;
} fresh_decisions;

/* Decisions by pair; of a pair in the order they stand in. */
typedef struct decision_order {
    size_t n;
    const store_decision *all;
    size_t *place; /* [n] */
} decision_order;

static int
compare_pair(const store_decision *x, const store_decision *y)
{
    int d = memcmp(x->a, y->a, MARK_BYTES);
    return d ? d : memcmp(x->b, y->b, MARK_BYTES);
}

static int
compare_places(const void *x, const void *y, void *all)
{
    const store_decision *d = all;
    size_t a = *(const size_t *)x, b = *(const size_t *)y;
    int by_pair = compare_pair(&d[a], &d[b]);
    return by_pair ? by_pair : (a > b) - (a < b);
}

static status
decisions_order(arena *a, size_t n, store_decision all[], decision_order *result)
{
    *result = (decision_order){n, all, NULL};
    ALLOC(a, result->place, n);
    for (size_t k = 0; k < n; k++) result->place[k] = k;
    qsort_r(result->place, n, sizeof *result->place, compare_places, all);
    return ST_OK;
}

/* The first decision about the same two; NULL: none. */
static const store_decision *
find_pair(const decision_order *o, const store_decision *d)
{
    size_t low = 0, high = o->n;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (compare_pair(&o->all[o->place[mid]], d) < 0) low = mid + 1;
        else high = mid;
    }
    return low < o->n && !compare_pair(&o->all[o->place[low]], d) ? &o->all[o->place[low]] : NULL;
}

/* Does the store hold that, or something newer? Of one day what came in last holds. */
static bool
is_held(const decision_order *stored, const store_decision *made, const link_decided *d, size_t *older)
{
    const store_decision *is = find_pair(stored, made);
    int32_t held;
    if (!is) return false;
    if (is->same == made->same) return true;
    bool newer = link_decisions_day(is->day, &held) && held != DATE_MISSING && held > d->on;
    *older += newer;
    return newer;
}

/* The file's decisions, each about two reports of the store. */
static status
bind_decisions(arena *tmp, const store_persons *p, const int32_t by_mark[], size_t n, const link_decided d[], decision_order *result)
{
    store_decision *made;
    ALLOC(tmp, made, n);
    for (size_t i = 0; i < n; i++) {
        int32_t x = find_report(p, by_mark, d[i].a), y = find_report(p, by_mark, d[i].b);
        if (x < 0 || y < 0)
            FAIL(ST_INVALID, "%s: column %s: the store has no such report: copy ids from the list for review, or take the row out if the report was withdrawn",
                 d[i].name, x < 0 ? "id_a" : "id_b");
        if (x == y) FAIL(ST_INVALID, "%s: expected two reports, found one twice", d[i].name);
        if (!d[i].who.n || !d[i].day.n) FAIL(ST_INVALID, "%s: column %s: expected who decided and when, the field is empty", d[i].name, d[i].who.n ? "when" : "who");
        made[i] = make_decision(p, x, y, &d[i]);
    }
    return decisions_order(tmp, n, made, result);
}

/* The file's decisions that the store does not hold already, of one pair the newest. */
static status
read_decisions(arena *a, const char *path, const store_persons *p, const int32_t by_mark[], fresh_decisions *fresh)
{
    SCRATCH(tmp);
    link_decided *d;
    size_t given;
    decision_order order, stored;
    CHECK(link_decisions_read(a, path, &given, &d));
    CHECK(bind_decisions(tmp, p, by_mark, given, d, &order));
    CHECK(decisions_order(tmp, p->decisions, p->decision, &stored));
    ALLOC(a, fresh->decision, given);
    ALLOC(a, fresh->from, given);
    for (size_t i = 0, end; i < given; i = end) {
        size_t best = order.place[i];
        for (end = i + 1; end < given && !compare_pair(&order.all[order.place[end]], &order.all[best]); end++) {
            int newer;
            CHECK(link_decisions_compare(&d[order.place[end]], &d[best], &newer));
            if (newer > 0) best = order.place[end];
        }
        if (is_held(&stored, &order.all[best], &d[best], &fresh->older)) continue;
        fresh->decision[fresh->n] = order.all[best];
        fresh->from[fresh->n++] = &d[best];
    }
    return ST_OK;
}

static status
name_kept(arena *a, const store_decision *d, const char **result)
{
    char x[REPORT_ID + 1], y[REPORT_ID + 1];
    register_report_id(d->a, x);
    register_report_id(d->b, y);
    char *name = arena_printf(a, "the decision about %s,%s, kept since %.*s,", x, y, (int)d->day.n, d->day.bytes);
    if (!name) FAIL(ST_NO_MEMORY, "out of memory (decisions)");
    *result = name;
    return ST_OK;
}

/* Those that hold, as rows: of a pair decided anew the new one; none about a report that is not there for now. */
static status
decisions_as_rows(arena *a, const store_persons *p, const int32_t by_mark[], const fresh_decisions *fresh, unify_options *o)
{
    SCRATCH(tmp);
    unify_decision *made;
    decision_order anew;
    CHECK(decisions_order(tmp, fresh->n, fresh->decision, &anew));
    ALLOC(a, made, p->decisions + fresh->n);
    for (size_t k = 0; k < p->decisions + fresh->n; k++) {
        bool kept = k < p->decisions;
        const store_decision *d = kept ? &p->decision[k] : &fresh->decision[k - p->decisions];
        int32_t x = find_mark(p, by_mark, d->a), y = find_mark(p, by_mark, d->b);
        if (x < 0 || y < 0 || (kept && find_pair(&anew, d))) continue;
        unify_decision *taken = &made[o->decisions++];
        *taken = (unify_decision){x, y, d->same, NULL};
        if (kept) CHECK(name_kept(a, d, &taken->name));
        else taken->name = fresh->from[k - p->decisions]->name;
    }
    o->decision = made;
    return ST_OK;
}

static status
rows_to_explain(const store_persons *p, const int32_t by_mark[], const text report[2], int32_t row[2])
{
    for (int i = 0; i < 2; i++)
        if ((row[i] = find_report(p, by_mark, report[i])) < 0)
            FAIL(ST_NOT_FOUND, "the store has no report with the %s id: take ids from the list of persons or the one for review", i ? "second" : "first");
    if (row[0] == row[1]) FAIL(ST_NOT_FOUND, "expected two reports, found one twice");
    return ST_OK;
}

/* Numbers stay with persons: see linkage/history.h. */
static status
keep_numbers(const store_persons *p, const int32_t by_mark[], const unified *u, int64_t number[])
{
    SCRATCH(tmp);
    link_history before = {.last = p->last};
    text *id;
    int32_t *cluster;
    int64_t *of;
    ALLOC(tmp, before.id, p->n);
    ALLOC(tmp, before.person, p->n);
    ALLOC(tmp, id, p->n);
    ALLOC(tmp, cluster, p->n);
    ALLOC(tmp, of, u->persons);
    for (size_t k = 0; k < p->n; k++) {
        const store_person *row = &p->row[by_mark[k]];
        id[k] = (text){(const char *)row->mark, MARK_BYTES};
        cluster[k] = u->person[by_mark[k]];
        if (!row->number) continue;
        before.id[before.n] = id[k];
        before.person[before.n++] = row->number;
    }
    CHECK(link_history_keep(&before, p->n, id, cluster, u->persons, of));
    for (size_t i = 0; i < p->n; i++) number[i] = of[u->person[i]];
    return ST_OK;
}

status
monitor_persons_link(arena *out, register_store *s, const persons_options *options, persons_linked *result)
{
    SCRATCH(tmp);
    const read_options all = {.purpose = PURPOSE_monitor, .role = NULL};
    persons_linked made = {0};
    table view;
    int32_t *by_mark, explain[2];
    fresh_decisions fresh = {0};
    unify_options o = {.draws = options->draws, .review = options->review};
    CHECK(register_persons_read(out, s, &all, &made.notifications, &made.counted, &made.stored));
    CHECK(order_by_mark(tmp, &made.stored, &by_mark));
    CHECK(linking_view(tmp, &made.notifications, by_mark, &view));
    if (options->decisions) CHECK(read_decisions(tmp, options->decisions, &made.stored, by_mark, &fresh));
    CHECK(decisions_as_rows(tmp, &made.stored, by_mark, &fresh, &o));
    if (options->explain) {
        CHECK(rows_to_explain(&made.stored, by_mark, options->explain, explain));
        o.explain = explain;
    }
    CHECK(unify_persons_with(out, &view, &o, &made.persons));
    ALLOC(out, made.number, made.notifications.rows);
    CHECK(keep_numbers(&made.stored, by_mark, &made.persons, made.number));
    CHECK(register_persons_write(s, &made.stored, made.number, fresh.n, fresh.decision, &made.change));
    made.older = fresh.older;
    *result = made;
    return ST_OK;
}
