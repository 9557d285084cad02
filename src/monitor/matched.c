#include "monitor/matched.h"

#include "base/date.h"
#include "follow/controls.h"
#include "monitor/bind.h"
#include "monitor/variable.h"
#include "tabulate/condition.h"

#include <stdlib.h>

typedef struct matching {
    arena *tmp;
    const monitor_definition *d;
    const monitor_controls *c;
    const table *cases, *people;
    bind_place at;
    uint32_t *row; /* [n] rows of the cases that get controls */
    controls_side side[2];
} matching;

static status
keys_of(arena *tmp, const table *t, size_t n, const uint32_t row[], const uint64_t **result)
{
    uint64_t *key;
    const int32_t *person = column_int32(table_column(t, "person"));
    ALLOC(tmp, key, n);
    for (size_t i = 0; i < n; i++) key[i] = (uint64_t)person[row ? row[i] : i];
    *result = key;
    return ST_OK;
}

/* A match column of some rows. */
static status
some_rows(arena *tmp, const column *c, size_t n, const uint32_t row[], const column **result)
{
    column *made;
    size_t size = column_type_size(c->type);
    ALLOC(tmp, made, 1);
    *made = *c;
    made->data = arena_alloc(tmp, n, size);
    if (!made->data) FAIL(ST_NO_MEMORY, "out of memory (controls)");
    for (size_t i = 0; i < n; i++) memcpy((char *)made->data + i * size, (const char *)c->data + (size_t)row[i] * size, size);
    *result = made;
    return ST_OK;
}

/* Who had left by the day the controls are drawn on, and who is in the population herself, is in no stratum: her first match value is
 * taken for missing. left NULL: nobody has left. */
static status
eligible_only(const matching *m, const column *left, int32_t on, const column **match)
{
    column *made;
    size_t rows = m->people->rows, size = column_type_size((*match)->type), k = 0;
    table shape = {.rows = rows};
    const int32_t *person = column_int32(table_column(m->people, "person")), *own = column_int32(table_column(m->cases, "person"));
    ALLOC(m->tmp, made, 1);
    CHECK(variable_column(m->tmp, &shape, (*match)->name, (*match)->type, (*match)->codes, made));
    for (size_t i = 0; i < rows; i++) {
        while (k < m->cases->rows && own[k] < person[i]) k++;
        bool is_case = k < m->cases->rows && own[k] == person[i];
        bool there = !left || column_int32(left)[i] == DATE_MISSING || column_int32(left)[i] >= on;
        if (there && !is_case) memcpy((char *)made->data + i * size, (const char *)(*match)->data + i * size, size);
    }
    *match = made;
    return ST_OK;
}

static status
bind_sides(matching *m)
{
    for (uint32_t k = 0; k < m->c->match_count; k++) {
        const column *of_cases;
        CHECK(bind_column(m->at, m->cases, m->c->match[k], &of_cases));
        CHECK(bind_column(m->at, m->people, m->c->match[k], &m->side[1].match[k]));
        if (of_cases->type != m->side[1].match[k]->type || of_cases->type == COLUMN_DOUBLE || of_cases->type == COLUMN_SET)
            FAIL(ST_CONFIG, "%s: %s: controls: %s must be of one whole type in both tables", m->at.file, m->at.what, m->c->match[k]);
        CHECK(some_rows(m->tmp, of_cases, m->side[0].n, m->row, &m->side[0].match[k]));
    }
    const column *left = NULL;
    int32_t on = DATE_MISSING;
    if (m->c->on) {
        CHECK(bind_column(m->at, m->people, m->c->left ? m->c->left : "left", &left));
        if (!date_parse(text_of(m->c->on), "%Y-%m-%d", &on) || left->type != COLUMN_DATE)
            FAIL(ST_CONFIG, "%s: %s: controls: on: expected a day as YYYY-MM-DD, and left a day", m->at.file, m->at.what);
    }
    CHECK(eligible_only(m, left, on, &m->side[1].match[0]));
    CHECK(keys_of(m->tmp, m->cases, m->side[0].n, m->row, &m->side[0].key));
    return keys_of(m->tmp, m->people, m->side[1].n, NULL, &m->side[1].key);
}

static status
case_rows(matching *m)
{
    const table *t = m->cases;
    condition *bound;
    uint8_t *keep;
    ALLOC(m->tmp, keep, t->rows);
    ALLOC(m->tmp, m->row, t->rows);
    CHECK(bind_conditions(m->tmp, m->at, t, m->c->where_count, m->c->where, &bound));
    CHECK(condition_select(t->rows, m->c->where_count, bound, keep));
    for (size_t i = 0; i < t->rows; i++)
        if (keep[i]) m->row[m->side[0].n++] = (uint32_t)i;
    m->side[1].n = m->people->rows;
    return ST_OK;
}

/* Where each row of the table to be comes from. */
typedef struct origin {
    int32_t person;
    uint32_t of;      /* row of the cases */
    uint32_t control; /* row of the people, UINT32_MAX: the case itself */
} origin;

static int
by_person(const void *a, const void *b)
{
    const origin *x = a, *y = b;
    if (x->person != y->person) return x->person < y->person ? -1 : 1;
    return (x->control < y->control) - (x->control > y->control);
}

static status
fill_columns(arena *out, const matching *m, size_t n, const origin from[], table *t)
{
    for (size_t k = 0; k < t->columns; k++) {
        column *c = &t->column[k];
        size_t size = column_type_size(c->type);
        const column *own = strcmp(c->name, "person") ? NULL : table_column(m->people, "person");
        for (uint32_t i = 0; i < m->c->match_count; i++)
            if (!strcmp(c->name, m->c->match[i])) own = table_column(m->people, c->name);
        char *data = arena_alloc(out, n, size);
        if (!data) FAIL(ST_NO_MEMORY, "out of memory (controls)");
        for (size_t i = 0; i < n; i++) {
            bool hers = own && from[i].control != UINT32_MAX;
            memcpy(data + i * size, (const char *)(hers ? own : c)->data + (size_t)(hers ? from[i].control : from[i].of) * size, size);
        }
        c->data = data;
    }
    t->rows = n;
    return ST_OK;
}

static status
origins(const matching *m, const controls_result *r, origin **result)
{
    origin *from;
    size_t cases = m->cases->rows;
    const int32_t *person = column_int32(table_column(m->cases, "person")), *people = column_int32(table_column(m->people, "person"));
    ALLOC(m->tmp, from, cases + r->n);
    for (size_t i = 0; i < cases; i++) from[i] = (origin){person[i], (uint32_t)i, UINT32_MAX};
    for (size_t i = 0; i < r->n; i++) from[cases + i] = (origin){people[r->control[i]], m->row[r->of[i]], r->control[i]};
    if (cases + r->n) qsort(from, cases + r->n, sizeof *from, by_person);
    *result = from;
    return ST_OK;
}

status
matched_add(arena *out, const monitor_definition *d, const registers *r, population *x)
{
    SCRATCH(tmp);
    const register_table *people;
    const monitor_controls *c = x->p->controls;
    controls_result drawn;
    origin *from;
    code_list *codes;
    uint8_t *control;
    table *t = &x->table;
    CHECK(registers_find(d, r, x->p->name, c->table, &people));
    matching m = {.tmp = tmp, .d = d, .c = c, .cases = t, .people = &people->table, .at = {d->file, x->p->name}};
    CHECK(case_rows(&m));
    CHECK(bind_sides(&m));
    CHECK(follow_controls(tmp, &m.side[0], &m.side[1], &(controls_options){(int)c->match_count, c->per_case, (uint64_t)c->seed}, &drawn));
    for (size_t i = 0; i < drawn.strata; i++) x->short_of += drawn.stratum[i].wanted - drawn.stratum[i].given;
    x->controls = (int64_t)drawn.n;
    CHECK(origins(&m, &drawn, &from));
    size_t n = t->rows + drawn.n;
    CHECK(fill_columns(out, &m, n, from, t));
    ALLOC(out, control, n);
    CHECK(variable_codes(out, c->variable, c->items_count, c->items, &codes));
    if (table_column(t, c->variable))
        FAIL(ST_CONFIG, "%s: %s: controls: the register has a variable %s already: choose another", d->file, x->p->name, c->variable);
    CHECK(variable_column(out, t, c->variable, COLUMN_INT8, codes, &t->column[t->columns]));
    for (size_t i = 0; i < n; i++) {
        control[i] = from[i].control != UINT32_MAX;
        ((int8_t *)t->column[t->columns].data)[i] = (int8_t)control[i];
    }
    t->columns++;
    x->control = control;
    return ST_OK;
}
