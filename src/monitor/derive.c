#include "monitor/derive.h"

#include "base/date.h"
#include "monitor/bind.h"
#include "monitor/variable.h"

#include <stdlib.h>

static const char *const unit_names[UNITS] = {"notification", "victim_year", "victim"};

const char *
unit_name(unit u)
{
    return unit_names[u];
}

int
unit_find(const char *name)
{
    for (int u = 0; u < UNITS; u++)
        if (!strcmp(unit_names[u], name)) return u;
    return -1;
}

/* How a person's value is made of those of her notifications. */
typedef enum take { TAKE_FIRST, TAKE_BEST, TAKE_EARLIEST, TAKE_UNION, TAKE_COLLECT, TAKE_HIGHEST, TAKES } take;

static const char *const take_names[TAKES] = {"first", "best", "earliest", "union", "collect", "highest"};

typedef struct taking {
    const monitor_variable *v;
    take kind;
    const column *of, *by;
    const uint8_t *weak; /* [codes] gives way to others */
} taking;

typedef struct grouping {
    arena *tmp;
    const monitor_definition *d;
    const table *notifications, *countries;
    const int32_t *person;
    const column *received;
    size_t n; /* notifications in the period */
    uint32_t *order; /* [n] by person, day, values */
    size_t takings;
    taking *taking;
} grouping;

static status
bind_taking(arena *tmp, const monitor_definition *d, const table *t, const monitor_variable *v, taking *result)
{
    char *what = arena_printf(tmp, "persons, %s", v->variable);
    if (!what) FAIL(ST_NO_MEMORY, "out of memory (variable)");
    bind_place at = {d->file, what};
    taking g = {.v = v, .kind = TAKES};
    for (int k = 0; k < TAKES; k++)
        if (!strcmp(take_names[k], v->kind)) g.kind = (take)k;
    if (g.kind == TAKES)
        FAIL(ST_CONFIG, "%s: %s: there is no kind %s: there are first, best, earliest, union, collect, highest", d->file, what, v->kind);
    CHECK(bind_column(at, t, v->of[0], &g.of));
    column_type type = g.of->type;
    if (type == COLUMN_TEXT) FAIL(ST_CONFIG, "%s: %s: free text is not carried over: it may identify", d->file, what);
    bool set = type == COLUMN_SET, coded = !set && g.of->codes;
    if (set != (g.kind == TAKE_UNION)) FAIL(ST_CONFIG, "%s: %s: union and only union takes sets", d->file, what);
    if ((g.kind == TAKE_COLLECT || g.kind == TAKE_HIGHEST) && (!coded || g.of->codes->n > 32))
        FAIL(ST_CONFIG, "%s: %s: %s takes a variable with at most 32 codes", d->file, what, v->kind);
    if (g.kind == TAKE_BEST) {
        if (!v->by) FAIL(ST_CONFIG, "%s: %s: by: name the variable whose first code is best", d->file, what);
        CHECK(bind_column(at, t, v->by, &g.by));
        if (g.by->type == COLUMN_TEXT || g.by->type == COLUMN_SET) FAIL(ST_CONFIG, "%s: %s: by: expected codes", d->file, what);
    }
    if (v->weak_count) {
        uint8_t *weak;
        CHECK(bind_codes(tmp, at, g.of, v->weak_count, v->weak, &weak));
        g.weak = weak;
    }
    *result = g;
    return ST_OK;
}

static int
compare_values(const column *c, size_t a, size_t b)
{
    if (c->type == COLUMN_SET) return (column_set(c)[a] > column_set(c)[b]) - (column_set(c)[a] < column_set(c)[b]);
    if (c->type == COLUMN_DOUBLE) return memcmp(&column_double(c)[a], &column_double(c)[b], sizeof(double));
    int64_t x = column_value(c, a), y = column_value(c, b);
    return (x > y) - (x < y);
}

static int
compare_rows(const void *a, const void *b, void *context)
{
    const grouping *g = context;
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    if (g->person[x] != g->person[y]) return g->person[x] < g->person[y] ? -1 : 1;
    int order = compare_values(g->received, x, y);
    for (size_t k = 0; order == 0 && k < g->takings; k++) {
        order = compare_values(g->taking[k].of, x, y);
        if (order == 0 && g->taking[k].by) order = compare_values(g->taking[k].by, x, y);
    }
    return order;
}

static status
group(grouping *g)
{
    const monitor_definition *d = g->d;
    bind_place at = {d->file, "persons"};
    CHECK(bind_column(at, g->notifications, "received", &g->received));
    if (g->received->type != COLUMN_DATE) FAIL(ST_INVALID, "the column received is of type %s, expected date", column_type_name(g->received->type));
    g->takings = d->persons_count;
    ALLOC(g->tmp, g->taking, g->takings);
    for (size_t k = 0; k < g->takings; k++) CHECK(bind_taking(g->tmp, d, g->notifications, &d->persons[k], &g->taking[k]));
    ALLOC(g->tmp, g->order, g->notifications->rows);
    for (size_t i = 0; i < g->notifications->rows; i++) {
        int32_t day = column_int32(g->received)[i];
        if (day != DATE_MISSING && day >= d->first_day && day <= d->last_day) g->order[g->n++] = (uint32_t)i;
    }
    qsort_r(g->order, g->n, sizeof *g->order, compare_rows, g);
    return ST_OK;
}

/* Where each row of a unit begins in the order; start[rows] = n. */
static status
find_starts(const grouping *g, unit u, size_t *rows, uint32_t **starts)
{
    uint32_t *start;
    size_t n = 0;
    int year = 0;
    ALLOC(g->tmp, start, g->n + 1);
    for (size_t i = 0; i < g->n; i++) {
        int own = u == UNIT_VICTIM_YEAR ? date_to_parts(column_int32(g->received)[g->order[i]]).year : 0;
        bool same = i > 0 && u != UNIT_NOTIFICATION && g->person[g->order[i]] == g->person[g->order[i - 1]] && own == year;
        if (!same) start[n++] = (uint32_t)i;
        year = own;
    }
    start[n] = (uint32_t)g->n;
    *rows = n;
    *starts = start;
    return ST_OK;
}

static uint32_t
weak_bits(const taking *k)
{
    uint32_t bits = 0;
    for (size_t i = 0; k->weak && i < k->of->codes->n; i++) bits |= (uint32_t)(k->weak[i] != 0) << i;
    return bits;
}

/* Bits of a set gathered over notifications; weak codes only when there is nothing else. */
static uint32_t
take_bits(const grouping *g, const taking *k, uint32_t from, uint32_t to)
{
    uint32_t bits = 0, weak = weak_bits(k);
    for (uint32_t i = from; i < to; i++) {
        size_t row = g->order[i];
        if (k->kind == TAKE_UNION) {
            bits |= column_set(k->of)[row];
        } else {
            int64_t v = column_value(k->of, row);
            if (v >= 0) bits |= UINT32_C(1) << v;
        }
    }
    return bits & ~weak ? bits & ~weak : bits;
}

static bool
is_missing(const column *c, size_t row)
{
    if (c->type == COLUMN_DOUBLE) return column_double(c)[row] != column_double(c)[row];
    return column_value(c, row) == INT64_MIN;
}

/* Is row a to be taken rather than row b (which was met earlier)? */
static bool
is_better(const taking *k, size_t a, size_t b)
{
    if (k->kind == TAKE_EARLIEST) return column_value(k->of, a) < column_value(k->of, b);
    if (k->kind == TAKE_HIGHEST) return column_value(k->of, a) > column_value(k->of, b);
    if (k->kind == TAKE_BEST) {
        uint64_t x = (uint64_t)column_value(k->by, a), y = (uint64_t)column_value(k->by, b); /* missing is the largest */
        return x < y;
    }
    return k->weak && k->weak[column_value(k->of, b)] && !k->weak[column_value(k->of, a)];
}

/* The notification a single value is taken of; -1: none has one. */
static int64_t
take_row(const grouping *g, const taking *k, uint32_t from, uint32_t to)
{
    int64_t best = -1;
    for (uint32_t i = from; i < to; i++) {
        size_t row = g->order[i];
        if (is_missing(k->of, row)) continue;
        if (best < 0 || is_better(k, row, (size_t)best)) best = (int64_t)row;
    }
    return best;
}

static status
take_column(arena *out, const grouping *g, const table *t, const taking *k, const uint32_t start[], column *result)
{
    bool set = k->kind == TAKE_UNION || k->kind == TAKE_COLLECT;
    CHECK(variable_column(out, t, k->v->variable, set ? COLUMN_SET : k->of->type, k->of->codes, result));
    size_t bytes = column_type_size(result->type);
    for (size_t i = 0; i < t->rows; i++) {
        if (set) {
            ((uint32_t *)result->data)[i] = take_bits(g, k, start[i], start[i + 1]);
            continue;
        }
        int64_t row = take_row(g, k, start[i], start[i + 1]);
        if (row >= 0) memcpy((char *)result->data + i * bytes, (const char *)k->of->data + (size_t)row * bytes, bytes);
    }
    return ST_OK;
}

static bool
is_transient(const monitor_definition *d, const char *name)
{
    for (uint32_t i = 0; i < d->persons_count; i++)
        if (!strcmp(d->persons[i].variable, name)) return d->persons[i].transient;
    for (uint32_t i = 0; i < d->derived_count; i++)
        if (!strcmp(d->derived[i].variable, name)) return d->derived[i].transient;
    return false;
}

/* What was only needed on the way does not stay. */
static void
drop_transient(const monitor_definition *d, table *t)
{
    size_t n = 0;
    for (size_t i = 0; i < t->columns; i++) {
        if (is_transient(d, t->column[i].name))
            memset(t->column[i].data, 0, t->rows * column_type_size(t->column[i].type));
        else
            t->column[n++] = t->column[i];
    }
    t->columns = n;
}

static status
build_unit(arena *out, const grouping *g, unit u, table *result)
{
    const monitor_definition *d = g->d;
    table t = {.name = unit_names[u]};
    uint32_t *start;
    CHECK(find_starts(g, u, &t.rows, &start));
    ALLOC(out, t.column, 1 + d->persons_count + d->derived_count);
    CHECK(variable_column(out, &t, "person", COLUMN_INT32, NULL, &t.column[t.columns++]));
    for (size_t i = 0; i < t.rows; i++) ((int32_t *)t.column[0].data)[i] = g->person[g->order[start[i]]];
    for (size_t k = 0; k < g->takings; k++) {
        CHECK(take_column(out, g, &t, &g->taking[k], start, &t.column[t.columns]));
        t.columns++;
    }
    for (uint32_t i = 0; i < d->derived_count; i++) {
        if (table_column(&t, d->derived[i].variable))
            FAIL(ST_CONFIG, "%s: variable %s is declared under persons and derived: rename one", d->file, d->derived[i].variable);
        CHECK(variable_derive(out, d, &t, g->countries, &d->derived[i], &t.column[t.columns]));
        t.columns++;
    }
    drop_transient(d, &t);
    *result = t;
    return ST_OK;
}

status
monitor_derive(arena *out, const monitor_definition *d, const table *notifications, const table *countries,
               const int32_t *person, units *result)
{
    SCRATCH(tmp);
    grouping g = {.tmp = tmp, .d = d, .notifications = notifications, .countries = countries, .person = person};
    CHECK(group(&g));
    units made = {.outside = notifications->rows - g.n};
    for (int u = 0; u < UNITS; u++) CHECK(build_unit(out, &g, (unit)u, &made.table[u]));
    *result = made;
    return ST_OK;
}
