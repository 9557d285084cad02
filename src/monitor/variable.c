#include "monitor/variable.h"

#include "base/date.h"
#include "monitor/bind.h"
#include "monitor/region.h"

#include <math.h>

typedef struct derivation {
    const monitor_definition *d;
    const table *t;
    const monitor_variable *v;
    const table *countries;
    bind_place at;
} derivation;

status
variable_column(arena *out, const table *t, const char *name, column_type type, const code_list *codes, column *result)
{
    size_t bytes = column_type_size(type);
    char *own = arena_copy(out, name, strlen(name)), *data = arena_alloc(out, t->rows, bytes);
    if (!own || !data) FAIL(ST_NO_MEMORY, "out of memory (variable %s of %zu rows)", name, t->rows);
    for (size_t i = 0; i < t->rows; i++) {
        if (type == COLUMN_INT8) ((int8_t *)data)[i] = INT8_MIN;
        if (type == COLUMN_INT16) ((int16_t *)data)[i] = INT16_MIN;
        if (type == COLUMN_INT32 || type == COLUMN_DATE) ((int32_t *)data)[i] = INT32_MIN;
    }
    *result = (column){.name = own, .type = type, .data = data, .codes = codes};
    return ST_OK;
}

static code
code_of(const monitor_item *item)
{
    code c = {.code = item->code};
    for (int in = 0; in < LANGUAGE_COUNT; in++) c.label[in] = item->label.in[in] ? item->label.in[in] : item->code;
    return c;
}

static status
codes_new(arena *out, const char *name, size_t n, code **items, code_list **result)
{
    ALLOC(out, *items, n);
    ALLOC(out, *result, 1);
    char *own = arena_copy(out, name, strlen(name));
    if (!own) FAIL(ST_NO_MEMORY, "out of memory (codes of %s)", name);
    **result = (code_list){own, n, *items};
    return ST_OK;
}

status
variable_codes(arena *out, const char *name, uint32_t n, const monitor_item items[], code_list **result)
{
    code *list;
    CHECK(codes_new(out, name, n, &list, result));
    for (uint32_t i = 0; i < n; i++) list[i] = code_of(&items[i]);
    return ST_OK;
}

static status
want_items(const derivation *x, uint32_t least, uint32_t most)
{
    if (x->v->items_count < least || x->v->items_count > most)
        FAIL(ST_CONFIG, "%s: %s: items: expected %u to %u of them", x->at.file, x->at.what, least, most);
    return ST_OK;
}

static status
want_type(const derivation *x, const column *c, column_type type)
{
    if (c->type != type)
        FAIL(ST_CONFIG, "%s: %s: %s is of type %s, expected %s", x->at.file, x->at.what, c->name, column_type_name(c->type),
             column_type_name(type));
    return ST_OK;
}

static status
want_codes(const derivation *x, const column *c)
{
    if (!c->codes || c->type == COLUMN_SET) FAIL(ST_CONFIG, "%s: %s: %s must have one code a row", x->at.file, x->at.what, c->name);
    return ST_OK;
}

static status
source_of(const derivation *x, uint32_t i, const column **c)
{
    return bind_column(x->at, x->t, x->v->of[i], c);
}

/* year: the calendar year of a day, from .. to; other years are missing. */
static status
derive_year(arena *out, const derivation *x, column *result)
{
    const column *day;
    CHECK(source_of(x, 0, &day));
    CHECK(want_type(x, day, COLUMN_DATE));
    int first = x->v->from ? x->v->from : date_to_parts(x->d->first_day).year;
    int last = x->v->to ? x->v->to : date_to_parts(x->d->last_day).year;
    if (last < first || last - first > 126)
        FAIL(ST_CONFIG, "%s: %s: from and to: expected at most 127 years in order", x->at.file, x->at.what);
    code *items;
    code_list *codes;
    CHECK(codes_new(out, x->v->variable, (size_t)(last - first + 1), &items, &codes));
    for (int y = first; y <= last; y++) {
        char *name = arena_printf(out, "%d", y);
        if (!name) FAIL(ST_NO_MEMORY, "out of memory (years)");
        items[y - first] = (code){name, {name, name}};
    }
    CHECK(variable_column(out, x->t, x->v->variable, COLUMN_INT8, codes, result));
    for (size_t i = 0; i < x->t->rows; i++) {
        int32_t at = column_int32(day)[i];
        int year = at == DATE_MISSING ? 0 : date_to_parts(at).year;
        if (year >= first && year <= last) ((int8_t *)result->data)[i] = (int8_t)(year - first);
    }
    return ST_OK;
}

/* month: of a day; twelve items name them. */
static status
derive_month(arena *out, const derivation *x, column *result)
{
    const column *day;
    code_list *codes;
    CHECK(source_of(x, 0, &day));
    CHECK(want_type(x, day, COLUMN_DATE));
    CHECK(want_items(x, 12, 12));
    CHECK(variable_codes(out, x->v->variable, 12, x->v->items, &codes));
    CHECK(variable_column(out, x->t, x->v->variable, COLUMN_INT8, codes, result));
    for (size_t i = 0; i < x->t->rows; i++)
        if (column_int32(day)[i] != DATE_MISSING)
            ((int8_t *)result->data)[i] = (int8_t)(date_to_parts(column_int32(day)[i]).month - 1);
    return ST_OK;
}

/* age: completed years from a day of birth to another day; unknown precision is missing. */
static status
derive_age(arena *out, const derivation *x, column *result)
{
    const column *born, *at, *precision = NULL;
    int unknown = -1;
    CHECK(source_of(x, 0, &born));
    CHECK(want_type(x, born, COLUMN_DATE));
    if (!x->v->at) FAIL(ST_CONFIG, "%s: %s: at: name the day the age is taken on", x->at.file, x->at.what);
    CHECK(bind_column(x->at, x->t, x->v->at, &at));
    CHECK(want_type(x, at, COLUMN_DATE));
    if (x->v->precision) {
        CHECK(bind_column(x->at, x->t, x->v->precision, &precision));
        CHECK(want_codes(x, precision));
        unknown = code_find(precision->codes, TEXT("unknown"));
    }
    CHECK(variable_column(out, x->t, x->v->variable, COLUMN_INT16, NULL, result));
    for (size_t i = 0; i < x->t->rows; i++) {
        int32_t from = column_int32(born)[i], to = column_int32(at)[i];
        if (from == DATE_MISSING || to == DATE_MISSING || from > to) continue;
        if (precision && unknown >= 0 && column_value(precision, i) == unknown) continue;
        ((int16_t *)result->data)[i] = (int16_t)date_age(from, to);
    }
    return ST_OK;
}

/* birth_age: age on 1 January of the year of a day, from a year of birth alone. */
static status
derive_birth_age(arena *out, const derivation *x, column *result)
{
    const column *born, *at;
    CHECK(source_of(x, 0, &born));
    CHECK(want_type(x, born, COLUMN_INT16));
    if (!x->v->at) FAIL(ST_CONFIG, "%s: %s: at: name the day whose year the age is taken in", x->at.file, x->at.what);
    CHECK(bind_column(x->at, x->t, x->v->at, &at));
    CHECK(want_type(x, at, COLUMN_DATE));
    CHECK(variable_column(out, x->t, x->v->variable, COLUMN_INT16, NULL, result));
    for (size_t i = 0; i < x->t->rows; i++) {
        int32_t day = column_int32(at)[i];
        int year = column_int16(born)[i];
        if (day == DATE_MISSING || year == INT16_MIN) continue;
        int age = date_to_parts(day).year - year - 1;
        if (age >= -1) ((int16_t *)result->data)[i] = (int16_t)(age < 0 ? 0 : age); /* born in that year: 0 */
    }
    return ST_OK;
}

/* An amount counts as the next whole number; missing and beyond all numbers: none. */
static int64_t
whole_value(const column *c, size_t i)
{
    if (c->type != COLUMN_DOUBLE) return column_value(c, i);
    double v = ceil(column_double(c)[i]);
    return fabs(v) < 1e15 ? (int64_t)v : INT64_MIN;
}

/* groups: ranges of a number, first match. */
static status
derive_groups(arena *out, const derivation *x, column *result)
{
    SCRATCH(tmp);
    const column *number;
    code_list *codes;
    int64_t(*range)[2];
    CHECK(source_of(x, 0, &number));
    CHECK(want_items(x, 1, 127));
    ALLOC(tmp, range, x->v->items_count);
    for (uint32_t k = 0; k < x->v->items_count; k++)
        CHECK(bind_range(x->at, number, x->v->items[k].from, x->v->items[k].to, range[k]));
    CHECK(variable_codes(out, x->v->variable, x->v->items_count, x->v->items, &codes));
    CHECK(variable_column(out, x->t, x->v->variable, COLUMN_INT8, codes, result));
    for (size_t i = 0; i < x->t->rows; i++) {
        int64_t v = whole_value(number, i);
        uint32_t k = 0;
        while (k < x->v->items_count && !(v >= range[k][0] && v <= range[k][1])) k++;
        if (v != INT64_MIN && k < x->v->items_count) ((int8_t *)result->data)[i] = (int8_t)k;
    }
    return ST_OK;
}

/* For each code of a column the item that names it; an item without codes takes the rest; -1: none. */
static status
item_of_codes(arena *a, const derivation *x, const column *c, int16_t **result)
{
    int16_t *item, rest = -1;
    ALLOC(a, item, c->codes->n);
    for (size_t i = 0; i < c->codes->n; i++) item[i] = -1;
    for (uint32_t k = 0; k < x->v->items_count; k++) {
        const monitor_item *it = &x->v->items[k];
        if (it->codes_count == 0) rest = (int16_t)k;
        for (uint32_t j = 0; j < it->codes_count; j++) {
            int at;
            CHECK(bind_code(x->at, c, it->codes[j], &at));
            if (item[at] >= 0) FAIL(ST_CONFIG, "%s: %s: the code %s stands in two items", x->at.file, x->at.what, it->codes[j]);
            item[at] = (int16_t)k;
        }
    }
    for (size_t i = 0; i < c->codes->n; i++)
        if (item[i] < 0) item[i] = rest;
    *result = item;
    return ST_OK;
}

/* recode: codes of a variable brought together in items; of a set, in a set. */
static status
derive_recode(arena *out, const derivation *x, column *result)
{
    SCRATCH(tmp);
    const column *c;
    code_list *codes;
    int16_t *item;
    CHECK(source_of(x, 0, &c));
    if (!c->codes) FAIL(ST_CONFIG, "%s: %s: %s has no codes: use groups", x->at.file, x->at.what, c->name);
    CHECK(want_items(x, 1, c->type == COLUMN_SET ? 32 : 127));
    CHECK(item_of_codes(tmp, x, c, &item));
    CHECK(variable_codes(out, x->v->variable, x->v->items_count, x->v->items, &codes));
    CHECK(variable_column(out, x->t, x->v->variable, c->type == COLUMN_SET ? COLUMN_SET : COLUMN_INT8, codes, result));
    for (size_t i = 0; i < x->t->rows; i++) {
        if (c->type == COLUMN_SET) {
            for (uint32_t set = column_set(c)[i]; set; set &= set - 1)
                if (item[__builtin_ctz(set)] >= 0) ((uint32_t *)result->data)[i] |= UINT32_C(1) << item[__builtin_ctz(set)];
            continue;
        }
        int64_t v = column_value(c, i);
        if (v >= 0 && item[v] >= 0) ((int8_t *)result->data)[i] = (int8_t)item[v];
    }
    return ST_OK;
}

/* member: yes where one of the variables has one of the codes, else no. */
static status
derive_member(arena *out, const derivation *x, column *result)
{
    static const monitor_item plain[] = {{.code = "no"}, {.code = "yes"}};
    code_list *codes;
    if (x->v->items_count) CHECK(want_items(x, 2, 2));
    CHECK(variable_codes(out, x->v->variable, 2, x->v->items_count ? x->v->items : plain, &codes));
    CHECK(variable_column(out, x->t, x->v->variable, COLUMN_INT8, codes, result));
    memset(result->data, 0, x->t->rows);
    for (uint32_t k = 0; k < x->v->of_count; k++) {
        SCRATCH(tmp);
        condition c = {.kind = CONDITION_ANY};
        uint8_t *chosen, *keep;
        CHECK(source_of(x, k, &c.column));
        CHECK(bind_codes(tmp, x->at, c.column, x->v->codes_count, x->v->codes, &chosen));
        c.chosen = chosen;
        ALLOC(tmp, keep, x->t->rows);
        CHECK(condition_select(x->t->rows, 1, &c, keep));
        for (size_t i = 0; i < x->t->rows; i++) ((int8_t *)result->data)[i] |= (int8_t)keep[i];
    }
    return ST_OK;
}

/* hierarchy: of the codes of a set the one that comes first in `order`; `otherwise` where it has none of them but is
 * not empty. */
static status
derive_hierarchy(arena *out, const derivation *x, column *result)
{
    SCRATCH(tmp);
    const column *c;
    code *items;
    code_list *codes;
    int *bit;
    uint32_t n = x->v->order_count;
    CHECK(source_of(x, 0, &c));
    CHECK(want_type(x, c, COLUMN_SET));
    if (n < 1 || n > 100) FAIL(ST_CONFIG, "%s: %s: order: list the codes, the strongest first", x->at.file, x->at.what);
    ALLOC(tmp, bit, n);
    CHECK(codes_new(out, x->v->variable, n + (x->v->otherwise != NULL), &items, &codes));
    for (uint32_t k = 0; k < n; k++) {
        CHECK(bind_code(x->at, c, x->v->order[k], &bit[k]));
        items[k] = c->codes->items[bit[k]];
    }
    if (x->v->otherwise) {
        int at;
        CHECK(bind_code(x->at, c, x->v->otherwise, &at));
        items[n] = c->codes->items[at];
    }
    CHECK(variable_column(out, x->t, x->v->variable, COLUMN_INT8, codes, result));
    for (size_t i = 0; i < x->t->rows; i++) {
        uint32_t set = column_set(c)[i], k = 0;
        while (k < n && !(set >> bit[k] & 1)) k++;
        if (set && (k < n || x->v->otherwise)) ((int8_t *)result->data)[i] = (int8_t)k;
    }
    return ST_OK;
}

/* split: a set in which one code is cut into items by another variable (sexual into domestic and cross-border). */
static status
derive_split(arena *out, const derivation *x, column *result)
{
    SCRATCH(tmp);
    const column *c, *by;
    code *items;
    code_list *codes;
    int16_t *item;
    int at, otherwise = -1;
    uint32_t n = x->v->items_count;
    CHECK(source_of(x, 0, &c));
    CHECK(want_type(x, c, COLUMN_SET));
    CHECK(want_items(x, 1, 31));
    if (!x->v->by || !x->v->code) FAIL(ST_CONFIG, "%s: %s: code and by: what is split, by which variable", x->at.file, x->at.what);
    CHECK(bind_column(x->at, x->t, x->v->by, &by));
    CHECK(want_codes(x, by));
    CHECK(bind_code(x->at, c, x->v->code, &at));
    CHECK(item_of_codes(tmp, x, by, &item));
    if (c->codes->n - 1 + n > 32) FAIL(ST_CONFIG, "%s: %s: a set has at most 32 codes", x->at.file, x->at.what);
    CHECK(codes_new(out, x->v->variable, c->codes->n - 1 + n, &items, &codes));
    for (size_t i = 0; i < c->codes->n; i++)
        if (i != (size_t)at) items[i < (size_t)at ? i : i - 1 + n] = c->codes->items[i];
    for (uint32_t k = 0; k < n; k++) {
        items[(uint32_t)at + k] = code_of(&x->v->items[k]);
        if (x->v->otherwise && !strcmp(x->v->otherwise, x->v->items[k].code)) otherwise = (int)k;
    }
    CHECK(variable_column(out, x->t, x->v->variable, COLUMN_SET, codes, result));
    for (size_t i = 0; i < x->t->rows; i++) {
        uint32_t set = column_set(c)[i], low = (UINT32_C(1) << at) - 1;
        uint64_t high = (uint64_t)(set >> at >> 1) << at << n;
        int64_t v = column_value(by, i);
        int k = v >= 0 ? item[v] : otherwise;
        ((uint32_t *)result->data)[i] = (set & low) | (uint32_t)high | (set >> at & 1 && k >= 0 ? UINT32_C(1) << (at + k) : 0);
    }
    return ST_OK;
}

/* region: countries brought together by M49 regions, by membership of the European Union on a day, or by name; the first
 * item that fits, an item that names nothing takes the rest. */
static status
derive_region(arena *out, const derivation *x, column *result)
{
    SCRATCH(tmp);
    const column *c, *at = NULL;
    code_list *codes;
    CHECK(source_of(x, 0, &c));
    CHECK(want_codes(x, c));
    CHECK(want_items(x, 1, 127));
    if (!x->countries) FAIL(ST_CONFIG, "%s: %s: a region needs the register's list of countries", x->at.file, x->at.what);
    if (!x->v->at) FAIL(ST_CONFIG, "%s: %s: at: name the day the grouping is taken on", x->at.file, x->at.what);
    CHECK(bind_column(x->at, x->t, x->v->at, &at));
    CHECK(want_type(x, at, COLUMN_DATE));
    region_map *map;
    CHECK(region_bind(tmp, x->at, x->countries, c->codes, x->v, &map));
    CHECK(variable_codes(out, x->v->variable, x->v->items_count, x->v->items, &codes));
    CHECK(variable_column(out, x->t, x->v->variable, COLUMN_INT8, codes, result));
    for (size_t i = 0; i < x->t->rows; i++) {
        int64_t v = column_value(c, i);
        int item = v >= 0 ? region_item(map, (size_t)v, column_int32(at)[i]) : -1;
        if (item >= 0) ((int8_t *)result->data)[i] = (int8_t)item;
    }
    return ST_OK;
}

/* A further kind is a further line here, and a paragraph in docs/monitor-definition.md. */
static const struct {
    const char *name;
    status (*derive)(arena *out, const derivation *x, column *result);
} kinds[] = {
    {"year", derive_year},           {"month", derive_month}, {"age", derive_age},       {"birth_age", derive_birth_age}, {"groups", derive_groups},
    {"recode", derive_recode},       {"member", derive_member}, {"hierarchy", derive_hierarchy}, {"split", derive_split},
    {"region", derive_region},
};

status
variable_derive(arena *out, const monitor_definition *d, const table *t, const table *countries, const monitor_variable *v, column *result)
{
    SCRATCH(tmp);
    char *what = arena_printf(tmp, "variable %s", v->variable);
    if (!what) FAIL(ST_NO_MEMORY, "out of memory (variable)");
    derivation x = {d, t, v, countries, {d->file, what}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (!strcmp(kinds[i].name, v->kind)) return kinds[i].derive(out, &x, result);
    FAIL(ST_CONFIG, "%s: variable %s: there is no kind %s: there are year, month, age, birth_age, groups, recode, member, hierarchy, split, "
         "region", d->file, v->variable, v->kind);
}
