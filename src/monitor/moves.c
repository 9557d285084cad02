#include "monitor/moves.h"

#include "base/date.h"
#include "monitor/bind.h"
#include "monitor/joined.h"
#include "monitor/variable.h"

#include <stdlib.h>

enum { MOST_PLACES = 100 };

typedef struct spell {
    uint32_t person;
    int32_t start;
    int8_t place;
} spell;

typedef struct chaining {
    arena *out, *tmp;
    const monitor_definition *d;
    const registers *registers;
    const population *of;
    const monitor_population *p;
    const uint8_t *keep;
    code *code; /* [codes] the places */
    size_t codes;
    size_t n, capacity;
    spell *spell;
} chaining;

static int
by_person_start(const void *a, const void *b)
{
    const spell *x = a, *y = b;
    if (x->person != y->person) return x->person < y->person ? -1 : 1;
    if (x->start != y->start) return x->start < y->start ? -1 : 1;
    return (x->place > y->place) - (x->place < y->place);
}

static status
add_code(chaining *x, const char *name, const char *nl, const char *en)
{
    if (x->codes == MOST_PLACES) FAIL(ST_CONFIG, "%s: population %s: places: at most %d", x->d->file, x->p->name, MOST_PLACES);
    for (size_t i = 0; i < x->codes; i++)
        if (!strcmp(x->code[i].code, name))
            FAIL(ST_CONFIG, "%s: population %s: places: %s stands twice: rename one by items", x->d->file, x->p->name, name);
    x->code[x->codes++] = (code){name, {nl ? nl : name, en ? en : name}};
    return ST_OK;
}

/* The code of each code of the variable, or of every row where there is none. */
static status
place_codes(chaining *x, const monitor_place *m, const column *c, int8_t **result)
{
    int8_t *place;
    bind_place at = {x->d->file, x->p->name};
    ALLOC(x->tmp, place, c ? c->codes->n : 1);
    if (!c) {
        place[0] = (int8_t)x->codes;
        *result = place;
        return add_code(x, m->items[0].code, m->items[0].label.in[0], m->items[0].label.in[1]);
    }
    for (size_t i = 0; i < c->codes->n; i++) place[i] = -1;
    for (uint32_t k = 0; k < m->items_count; k++) {
        const monitor_item *item = &m->items[k];
        const char *const *codes = item->codes_count ? item->codes : &item->code;
        for (uint32_t j = 0; j < (item->codes_count ? item->codes_count : 1); j++) {
            int position;
            CHECK(bind_code(at, c, codes[j], &position));
            place[position] = (int8_t)x->codes;
        }
        CHECK(add_code(x, item->code, item->label.in[0], item->label.in[1]));
    }
    for (size_t i = 0; i < c->codes->n && m->items_count == 0; i++) {
        place[i] = (int8_t)x->codes;
        CHECK(add_code(x, c->codes->items[i].code, c->codes->items[i].label[0], c->codes->items[i].label[1]));
    }
    *result = place;
    return ST_OK;
}

static status
grow(chaining *x)
{
    if (x->n < x->capacity) return ST_OK;
    spell *wider;
    size_t capacity = x->capacity ? 2 * x->capacity : 1024;
    ALLOC(x->tmp, wider, capacity);
    for (size_t i = 0; i < x->n; i++) wider[i] = x->spell[i];
    x->spell = wider;
    x->capacity = capacity;
    return ST_OK;
}

static status
gather(chaining *x, const monitor_place *m, const int32_t after[])
{
    SCRATCH(tmp);
    const register_table *r;
    const column *start, *variable = NULL;
    int8_t *place;
    uint8_t *chosen;
    size_t *first, *last;
    population own = *x->of;
    joining j = {.out = x->tmp, .d = x->d, .registers = x->registers, .x = &own, .what = x->p->name};
    CHECK(registers_find(x->d, x->registers, x->p->name, m->table, &r));
    CHECK(joined_day(&j, &r->table, m->start, &start));
    if (m->variable) {
        CHECK(bind_column((bind_place){x->d->file, x->p->name}, &r->table, m->variable, &variable));
        if (!variable->codes || variable->type == COLUMN_SET)
            FAIL(ST_CONFIG, "%s: population %s: places: %s must have one code a row", x->d->file, x->p->name, m->variable);
    }
    CHECK(place_codes(x, m, variable, &place));
    CHECK(joined_chosen(&j, tmp, r, m->where_count, m->where, &chosen));
    CHECK(joined_rows(tmp, &x->of->table, &r->table, &first, &last));
    for (size_t i = 0; i < x->of->table.rows; i++)
        for (size_t k = first[i]; k < last[i] && x->keep[i] && after[i] != DATE_MISSING; k++) {
            int32_t begun = column_int32(start)[k];
            int64_t at = variable ? column_value(variable, k) : 0;
            if (!chosen[k] || begun == DATE_MISSING || at < 0 || place[at] < 0) continue;
            if (begun < after[i] + !x->p->same_day || (int64_t)begun - after[i] > x->p->days) continue;
            CHECK(grow(x));
            x->spell[x->n++] = (spell){(uint32_t)i, begun, place[at]};
        }
    return ST_OK;
}

enum { WHOLE = 1, SOON = 2, START = 0 };

static void
put_step(moves_found *m, const spell *s, int8_t from, int8_t to, int32_t days, uint32_t chain)
{
    size_t k = m->n++;
    m->person[k] = s->person;
    m->from[k] = from;
    m->to[k] = to;
    m->days[k] = days;
    m->chain[k] = chain;
}

/* The steps of one chain of n places. */
static void
put_chain(const chaining *x, size_t n, const spell s[], moves_found *m)
{
    int8_t end = (int8_t)(x->codes - 1);
    put_step(m, s, START, s[0].place, INT32_MIN, WHOLE | SOON);
    for (size_t i = 0; i < n; i++) {
        bool last = i + 1 == n, cut = last || s[i + 1].start - s[0].start > x->p->soon, soon = s[i].start - s[0].start <= x->p->soon;
        if (cut && soon) put_step(m, &s[i], s[i].place, end, INT32_MIN, last ? WHOLE | SOON : SOON);
        else if (last) put_step(m, &s[i], s[i].place, end, INT32_MIN, WHOLE);
        if (!last) put_step(m, &s[i], s[i].place, s[i + 1].place, s[i + 1].start - s[i].start, cut ? WHOLE : WHOLE | SOON);
    }
}

static status
put_moves(const chaining *x, moves_found *m)
{
    ALLOC(x->out, m->person, 3 * x->n); /* a chain of n places has at most n + 2 steps */
    ALLOC(x->out, m->from, 3 * x->n);
    ALLOC(x->out, m->to, 3 * x->n);
    ALLOC(x->out, m->days, 3 * x->n);
    ALLOC(x->out, m->chain, 3 * x->n);
    for (size_t first = 0, next; first < x->n; first = next) {
        for (next = first + 1; next < x->n && x->spell[next].person == x->spell[first].person;) next++;
        put_chain(x, next - first, x->spell + first, m);
    }
    return ST_OK;
}

status
moves_find(arena *out, const monitor_definition *d, const registers *r, const population *of, const monitor_population *p,
           const uint8_t keep[], moves_found *result)
{
    SCRATCH(tmp);
    static const char *const chains[] = {"whole", "soon"}, *const words[] = {WORD("whole"), WORD("soon")};
    static const char *const first = WORD("Start"), *const last = WORD("No further place");
    chaining x = {.out = out, .tmp = tmp, .d = d, .registers = r, .of = of, .p = p, .keep = keep};
    const column *after;
    code_list *places, *of_chains;
    moves_found made = {0};
    population own = *of;
    joining j = {.out = tmp, .d = d, .registers = r, .x = &own, .what = p->name};
    ALLOC(out, x.code, MOST_PLACES);
    CHECK(joined_day(&j, &of->table, p->after, &after));
    CHECK(add_code(&x, "start", words_get(LANGUAGE_NL, first), words_get(LANGUAGE_EN, first)));
    for (uint32_t i = 0; i < p->places_count; i++) CHECK(gather(&x, &p->places[i], column_int32(after)));
    CHECK(add_code(&x, "end", words_get(LANGUAGE_NL, last), words_get(LANGUAGE_EN, last)));
    if (x.n) qsort(x.spell, x.n, sizeof *x.spell, by_person_start);
    CHECK(put_moves(&x, &made));
    ALLOC(out, places, 1);
    *places = (code_list){"place", x.codes, x.code};
    CHECK(joined_codes(out, "chain", 2, chains, words, &of_chains));
    made.places = places;
    made.chains = of_chains;
    *result = made;
    return ST_OK;
}

status
moves_columns(arena *out, const monitor_definition *d, const moves_found *m, table *t)
{
    const struct {
        const char *name;
        column_type type;
        const code_list *codes;
        void *data;
    } columns[MOVES_COLUMNS] = {{"from", COLUMN_INT8, m->places, m->from}, {"to", COLUMN_INT8, m->places, m->to},
                                {"days", COLUMN_INT32, NULL, m->days}, {"chain", COLUMN_SET, m->chains, m->chain}};
    for (int k = 0; k < MOVES_COLUMNS; k++) {
        if (table_column(t, columns[k].name))
            FAIL(ST_CONFIG, "%s: population %s: there is a variable %s already: rename it", d->file, t->name, columns[k].name);
        char *name = arena_copy(out, columns[k].name, strlen(columns[k].name));
        if (!name) FAIL(ST_NO_MEMORY, "out of memory (moves)");
        t->column[t->columns++] = (column){.name = name, .type = columns[k].type, .codes = columns[k].codes, .data = columns[k].data};
    }
    return ST_OK;
}
