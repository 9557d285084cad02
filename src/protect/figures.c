#include "protect/figures.h"

typedef struct placer {
    arena *a;
    protect_system *s;
    uint16_t *key;
} placer;

static const char *
dimension_of(const exact_axis *axis, const exact_item *item)
{
    return item->dimension ? item->dimension : axis->name;
}

/* Not a part of its dimension: everybody, of the figure's or of a population of its own. */
static bool
is_everybody(const exact_item *item)
{
    return item->total || item->population;
}

static bool
inside(const exact_axis *axis, const exact_item *item, const exact_item *parent)
{
    (void)axis;
    if (!parent) return !item->parent;
    return item->parent && strcmp(item->parent, parent->code.code) == 0;
}

/* The items of one dimension directly under `parent` (NULL: the total) as a group that adds up, or overlaps. */
static status
group_items(protect_system *s, const exact_axis *axis, const char *dimension, const exact_item *parent)
{
    SCRATCH(tmp);
    uint16_t d, whole = 0, *child;
    size_t n = 0;
    ALLOC(tmp, child, axis->n);
    CHECK(system_dimension_find(s, dimension, &d));
    if (parent) CHECK(system_code_find(s, d, parent->code.code, &whole));
    for (size_t i = 0; i < axis->n; i++) {
        const exact_item *item = &axis->item[i];
        if (is_everybody(item) || strcmp(dimension_of(axis, item), dimension) != 0 || !inside(axis, item, parent)) continue;
        CHECK(system_code_find(s, d, item->code.code, &child[n++]));
    }
    if (n == 0) return ST_OK;
    return system_partition_add(s, d, whole, !axis->overlapping, n, child);
}

static status
name_axis(protect_system *s, const exact_axis *axis)
{
    for (size_t i = 0; i < axis->n; i++) {
        const exact_item *item = &axis->item[i];
        if (is_everybody(item)) continue;
        bool first = true;
        for (size_t j = 0; j < i && first; j++)
            first = is_everybody(&axis->item[j]) || strcmp(dimension_of(axis, &axis->item[j]), dimension_of(axis, item)) != 0;
        if (first) CHECK(group_items(s, axis, dimension_of(axis, item), NULL));
        CHECK(group_items(s, axis, dimension_of(axis, item), item));
    }
    return ST_OK;
}

static status
put_code(placer *p, const char *dimension, const char *name)
{
    uint16_t d, code;
    CHECK(system_dimension_find(p->s, dimension, &d));
    CHECK(system_code_find(p->s, d, name, &code));
    if (p->key) p->key[d + 1] = code;
    return ST_OK;
}

/* `other`: the item of the other axis, which may bring a dimension of its own. */
static status
put_item(placer *p, const exact_axis *axis, const exact_item *item, const exact_item *other)
{
    if (!item || is_everybody(item)) return ST_OK;
    const char *dimension = dimension_of(axis, item);
    if (other && other->stand_in && strcmp(dimension, dimension_of(axis, &axis->item[0])) == 0) dimension = other->stand_in;
    return put_code(p, dimension, item->code.code);
}

/* The population, and the codes it is narrowed to by lines "dimension=code". */
static status
put_population(placer *p, const char *population)
{
    uint16_t number;
    const char *line = strchr(population, '\n');
    const char *base = line ? arena_copy(p->a, population, (size_t)(line - population)) : population;
    if (!base) FAIL(ST_NO_MEMORY, "out of memory (populations)");
    CHECK(system_population_find(p->s, base, &number));
    if (p->key) p->key[0] = number;
    while (line) {
        const char *end = strchr(line + 1, '\n'), *equal = strchr(line + 1, '=');
        size_t n = end ? (size_t)(end - line - 1) : strlen(line + 1);
        if (!equal || (end && equal > end)) FAIL(ST_INVALID, "a population is narrowed by a line that is no dimension=code");
        char *dimension = arena_copy(p->a, line + 1, (size_t)(equal - line - 1)), *code = arena_copy(p->a, equal + 1, (size_t)(line + 1 + n - equal - 1));
        if (!dimension || !code) FAIL(ST_NO_MEMORY, "out of memory (populations)");
        CHECK(put_code(p, dimension, code));
        line = end;
    }
    return ST_OK;
}

/* An item may count another population than its figure. */
static const char *
population_of(const exact_table *t, const char *population, const exact_item *row, const exact_item *column)
{
    if (population != t->population) return population;
    if (row && row->population) return row->population;
    return column && column->population ? column->population : population;
}

/* The key of a row and a column item; NULL for everybody. */
static status
make_key(placer *p, const exact_table *t, const char *population, const exact_item *row, const exact_item *column)
{
    memset(p->key, 0, p->s->width * sizeof *p->key);
    CHECK(put_population(p, population_of(t, population, row, column)));
    CHECK(put_item(p, &t->rows, row, column));
    return put_item(p, &t->columns, column, row);
}

/* Would a count of this figure contradict one that is known? Persons without a value count in no mean, so that the
 * number behind a mean may differ from the count of the same group. */
static status
contradicts(placer *p, const exact_table *t, bool *result)
{
    *result = false;
    for (size_t i = 0; i < t->rows.n * t->columns.n && !*result; i++) {
        if (t->count[i] == EXACT_UNKNOWN) continue;
        CHECK(make_key(p, t, t->population, &t->rows.item[i / t->columns.n], &t->columns.item[i % t->columns.n]));
        uint32_t known = system_find(p->s, p->key);
        *result = known != SYSTEM_NONE && p->s->value[known] != t->count[i];
    }
    return ST_OK;
}

static status
place_counts(placer *p, const exact_table *t, figure_cells *cells)
{
    const char *population = t->population;
    bool apart = false;
    if (t->measure == EXACT_MEAN) CHECK(contradicts(p, t, &apart));
    if (apart) population = arena_printf(p->a, "with a value in figure %s of %s", t->figure, t->population);
    if (!population) FAIL(ST_NO_MEMORY, "out of memory (populations)");
    ALLOC(p->a, cells->count, t->rows.n * t->columns.n);
    for (size_t i = 0; i < t->rows.n * t->columns.n; i++) {
        cells->count[i] = SYSTEM_NONE;
        if (t->count[i] == EXACT_UNKNOWN) continue;
        CHECK(make_key(p, t, population, &t->rows.item[i / t->columns.n], &t->columns.item[i % t->columns.n]));
        CHECK(system_add(p->s, p->key, t->count[i], t->figure, &cells->count[i]));
        if (t->impossible && t->impossible[i]) p->s->zero[cells->count[i]] = 1;
    }
    return ST_OK;
}

typedef enum base_kind { BASE_OF_COLUMN, BASE_OF_ROW, BASE_OF_ALL, BASE_OWN, BASE_KINDS } base_kind;

/* Key of the denominator of cell i if denominators are of this kind. */
static status
base_key(placer *p, const exact_table *t, size_t i, base_kind kind, const char *own)
{
    const exact_item *row = &t->rows.item[i / t->columns.n], *column = &t->columns.item[i % t->columns.n];
    if (kind == BASE_OWN) return make_key(p, t, own, row, column);
    return make_key(p, t, t->population, kind == BASE_OF_ROW ? row : NULL, kind == BASE_OF_COLUMN ? column : NULL);
}

/* Do all denominators agree with being totals of this kind, and with the counts that are known already? */
static status
fits(placer *p, const exact_table *t, base_kind kind, bool *result)
{
    size_t width = t->columns.n;
    *result = true;
    for (size_t i = 0; i < t->rows.n * width && *result; i++) {
        if (t->count[i] == EXACT_UNKNOWN) continue;
        for (size_t j = 0; j < i && *result; j++) {
            bool same = kind == BASE_OF_ALL || (kind == BASE_OF_ROW ? i / width == j / width : i % width == j % width);
            if (same && t->count[j] != EXACT_UNKNOWN && t->base[i] != t->base[j]) *result = false;
        }
        CHECK(base_key(p, t, i, kind, NULL));
        uint32_t known = system_find(p->s, p->key);
        if (known != SYSTEM_NONE && p->s->value[known] != t->base[i]) *result = false;
    }
    return ST_OK;
}

static status
place_bases(placer *p, const exact_table *t, const char *own, figure_cells *cells)
{
    base_kind kind = BASE_OF_COLUMN;
    bool good = false;
    for (; kind < BASE_OWN; kind++) {
        CHECK(fits(p, t, kind, &good));
        if (good) break;
    }
    ALLOC(p->a, cells->base, t->rows.n * t->columns.n);
    for (size_t i = 0; i < t->rows.n * t->columns.n; i++) {
        cells->base[i] = SYSTEM_NONE;
        if (t->count[i] == EXACT_UNKNOWN) continue;
        CHECK(base_key(p, t, i, kind, own));
        CHECK(system_add(p->s, p->key, t->base[i], t->figure, &cells->base[i]));
    }
    return ST_OK;
}

static const char *
own_population(arena *a, const exact_table *t)
{
    return arena_printf(a, "denominators of figure %s of %s", t->figure, t->population);
}

/* Populations and stand-in dimensions of the items of one axis; `other`: the axis whose dimension they replace. */
static status
name_items(placer *p, const exact_axis *axis, const exact_axis *other)
{
    SCRATCH(tmp);
    for (size_t i = 0; i < axis->n; i++) {
        const exact_item *own = &axis->item[i];
        if (own->population) CHECK(put_population(p, own->population));
        if (!own->stand_in) continue;
        exact_axis stand_in = *other;
        exact_item *item;
        size_t n = 0;
        ALLOC(tmp, item, other->n);
        for (size_t k = 0; k < other->n; k++) {
            if (strcmp(dimension_of(other, &other->item[k]), dimension_of(other, &other->item[0])) != 0) continue;
            item[n] = other->item[k];
            item[n++].dimension = own->stand_in;
        }
        stand_in.item = item;
        stand_in.n = n;
        CHECK(name_axis(p->s, &stand_in));
    }
    return ST_OK;
}

static status
name_everything(arena *a, protect_system *s, size_t n, const exact_table tables[], const bool use[], size_t *counts)
{
    placer p = {.a = a, .s = s};
    for (size_t i = 0; i < n; i++) {
        const exact_table *t = &tables[i];
        if (!use[i]) continue;
        CHECK(name_axis(s, &t->rows));
        CHECK(name_axis(s, &t->columns));
        CHECK(put_population(&p, t->population));
        CHECK(name_items(&p, &t->rows, &t->columns));
        CHECK(name_items(&p, &t->columns, &t->rows));
        *counts += (t->measure == EXACT_SHARE ? 2 : 1) * t->rows.n * t->columns.n;
    }
    return ST_OK;
}

static size_t
item_at(const exact_axis *axis, const char *code)
{
    size_t i = 0;
    while (i < axis->n && (axis->item[i].total || strcmp(axis->item[i].code.code, code))) i++;
    return i;
}

static size_t
total_at(const exact_axis *axis)
{
    size_t i = 0;
    while (i < axis->n && !axis->item[i].total) i++;
    return i;
}

/* As many come into a place as leave it; who begins, ends: the row that is no column, and the column that is no row. */
static status
flow_pairs(arena *a, const exact_table *t, const figure_cells *cells, size_t *n, uint32_t (**result)[2])
{
    uint32_t(*pair)[2];
    size_t width = t->columns.n, row = total_at(&t->rows), column = total_at(&t->columns), begin = t->rows.n, end = width;
    *n = 0;
    ALLOC(a, pair, t->rows.n + 1);
    *result = pair;
    if (row == t->rows.n || column == width) return ST_OK;
    for (size_t c = 0; c < width; c++)
        if (!t->columns.item[c].total && item_at(&t->rows, t->columns.item[c].code.code) == t->rows.n) end = c;
    for (size_t r = 0; r < t->rows.n; r++) {
        size_t c = item_at(&t->columns, t->rows.item[r].code.code);
        if (t->rows.item[r].total) continue;
        if (c == width) begin = r;
        else pair[*n][0] = cells->count[r * width + column], pair[(*n)++][1] = cells->count[row * width + c];
    }
    if (begin < t->rows.n && end < width) pair[*n][0] = cells->count[begin * width + column], pair[(*n)++][1] = cells->count[row * width + end];
    return ST_OK;
}

static bool
is_flow(const exact_table *t, bool use)
{
    return use && t->flow && t->measure == EXACT_COUNT;
}

/* The persons who begin, and where, are the same in both. */
static status
begin_pairs(arena *a, const exact_table *t, const figure_cells *cells, const exact_table *u, const figure_cells *others, size_t *n, uint32_t (**result)[2])
{
    uint32_t(*pair)[2];
    *n = 0;
    ALLOC(a, pair, t->columns.n);
    for (size_t r = 0; r < t->rows.n; r++) {
        const char *code = t->rows.item[r].code.code;
        size_t other = item_at(&u->rows, code);
        if (t->rows.item[r].total || other == u->rows.n || item_at(&t->columns, code) < t->columns.n) continue;
        for (size_t c = 0; c < t->columns.n; c++) {
            size_t k = item_at(&u->columns, t->columns.item[c].code.code);
            if (k < u->columns.n) pair[*n][0] = cells->count[r * t->columns.n + c], pair[(*n)++][1] = others->count[other * u->columns.n + k];
        }
        break;
    }
    *result = pair;
    return ST_OK;
}

static status
add_flows(arena *a, size_t n, const exact_table tables[], const bool use[], protect_system *s, const figure_cells cells[])
{
    size_t pairs;
    uint32_t(*pair)[2];
    for (size_t i = 0; i < n; i++) {
        if (!is_flow(&tables[i], use[i])) continue;
        CHECK(flow_pairs(a, &tables[i], &cells[i], &pairs, &pair));
        CHECK(system_same(s, pairs, (const uint32_t(*)[2])pair));
        for (size_t j = 0; j < i; j++) {
            if (!is_flow(&tables[j], use[j]) || strcmp(tables[i].flow, tables[j].flow)) continue;
            CHECK(begin_pairs(a, &tables[i], &cells[i], &tables[j], &cells[j], &pairs, &pair));
            CHECK(system_same(s, pairs, (const uint32_t(*)[2])pair));
        }
    }
    return ST_OK;
}

status
figures_system(arena *a, size_t n, const exact_table tables[], const bool use[], protect_system *s, figure_cells cells[])
{
    size_t counts = 0;
    CHECK(system_new(a, s));
    CHECK(name_everything(a, s, n, tables, use, &counts));
    CHECK(system_counts(s, counts));
    placer p = {.a = a, .s = s};
    ALLOC(a, p.key, s->width);
    for (int means = 0; means < 2; means++)
        for (size_t i = 0; i < n; i++)
            if (use[i] && (tables[i].measure == EXACT_MEAN) == means) CHECK(place_counts(&p, &tables[i], &cells[i]));
    for (size_t i = 0; i < n; i++) {
        if (!use[i] || tables[i].measure != EXACT_SHARE) continue;
        const char *own = own_population(a, &tables[i]);
        if (!own) FAIL(ST_NO_MEMORY, "out of memory (denominators)");
        CHECK(place_bases(&p, &tables[i], own, &cells[i]));
    }
    CHECK(system_rows(s, SYSTEM_FOUND));
    return add_flows(a, n, tables, use, s, cells);
}
