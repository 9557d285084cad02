#include "monitor/bind.h"

#include "base/date.h"

#include <stdio.h>

enum { LIST_BYTES = 400 };

static void
list_add(char *list, const char *name)
{
    size_t n = strlen(list), room = LIST_BYTES - n;
    if (room > strlen(name) + 8)
        snprintf(list + n, room, "%s%s", n ? ", " : "", name);
    else if (n && list[n - 1] != '.')
        snprintf(list + n, room, " ...");
}

status
bind_column(bind_place at, const table *t, const char *variable, const column **out)
{
    *out = table_column(t, variable);
    if (*out) return ST_OK;
    char names[LIST_BYTES] = "";
    for (size_t i = 0; i < t->columns; i++) list_add(names, t->column[i].name);
    FAIL(ST_CONFIG, "%s: %s: %s has no variable %s: there are %s", at.file, at.what, t->name, variable, names);
}

status
bind_code(bind_place at, const column *c, const char *code, int *out)
{
    if (!c->codes) FAIL(ST_CONFIG, "%s: %s: %s is no list of codes: give from and to", at.file, at.what, c->name);
    *out = code_find(c->codes, text_of(code));
    if (*out >= 0) return ST_OK;
    char names[LIST_BYTES] = "";
    for (size_t i = 0; i < c->codes->n; i++) list_add(names, c->codes->items[i].code);
    FAIL(ST_CONFIG, "%s: %s: %s has no code %s: there are %s", at.file, at.what, c->name, code, names);
}

status
bind_codes(arena *out, bind_place at, const column *c, uint32_t n, const char *const codes[], uint8_t **chosen)
{
    uint8_t *in;
    ALLOC(out, in, c->codes ? c->codes->n : 0);
    for (uint32_t i = 0; i < n; i++) {
        int position;
        CHECK(bind_code(at, c, codes[i], &position));
        in[position] = 1;
    }
    *chosen = in;
    return ST_OK;
}

static status
range_end(bind_place at, const column *c, const char *value, int64_t *out)
{
    if (!value) return ST_OK;
    if (c->type == COLUMN_DATE) {
        int32_t day;
        if (!date_parse(text_of(value), "%Y-%m-%d", &day))
            FAIL(ST_CONFIG, "%s: %s: a range of %s: expected a day as YYYY-MM-DD", at.file, at.what, c->name);
        *out = day;
    } else if (!text_to_int(text_of(value), out))
        FAIL(ST_CONFIG, "%s: %s: a range of %s: expected a whole number", at.file, at.what, c->name);
    return ST_OK;
}

status
bind_range(bind_place at, const column *c, const char *from, const char *to, int64_t range[2])
{
    if (c->type == COLUMN_SET || c->type == COLUMN_TEXT)
        FAIL(ST_CONFIG, "%s: %s: %s has no order for a range: give codes", at.file, at.what, c->name);
    range[0] = INT64_MIN + 1;
    range[1] = INT64_MAX;
    CHECK(range_end(at, c, from, &range[0]));
    return range_end(at, c, to, &range[1]);
}

static status
bind_one(arena *out, bind_place at, const table *t, const monitor_condition *m, condition *c)
{
    const struct {
        uint32_t n;
        const char *const *codes;
        condition_kind kind;
    } sets[] = {{m->any_count, m->any, CONDITION_ANY}, {m->none_count, m->none, CONDITION_NONE}, {m->only_count, m->only, CONDITION_ONLY}};
    CHECK(bind_column(at, t, m->variable, &c->column));
    for (size_t i = 0; i < 3; i++) {
        if (sets[i].n == 0) continue;
        uint8_t *chosen;
        c->kind = sets[i].kind;
        CHECK(bind_codes(out, at, c->column, sets[i].n, sets[i].codes, &chosen));
        c->chosen = chosen;
        return ST_OK;
    }
    if (m->known) {
        c->kind = CONDITION_KNOWN;
        return ST_OK;
    }
    int64_t range[2];
    CHECK(bind_range(at, c->column, m->from, m->to, range));
    c->kind = CONDITION_RANGE;
    c->lower = range[0];
    c->upper = range[1];
    return ST_OK;
}

status
bind_conditions(arena *out, bind_place at, const table *t, uint32_t n, const monitor_condition conditions[], condition **result)
{
    condition *c;
    ALLOC(out, c, n);
    for (uint32_t i = 0; i < n; i++) CHECK(bind_one(out, at, t, &conditions[i], &c[i]));
    *result = c;
    return ST_OK;
}
