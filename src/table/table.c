#include "table/table.h"

#include "base/date.h"

#include <math.h>

static const struct {
    size_t size;
    const char *name;
} types[COLUMN_TYPES] = {
    [COLUMN_INT8] = {1, "int8"},     [COLUMN_INT16] = {2, "int16"}, [COLUMN_INT32] = {4, "int32"},
    [COLUMN_DATE] = {4, "date"},     [COLUMN_DOUBLE] = {8, "double"}, [COLUMN_TEXT] = {4, "text"},
    [COLUMN_SET] = {4, "set"},
};

size_t
column_type_size(column_type type)
{
    return types[type].size;
}

const char *
column_type_name(column_type type)
{
    return types[type].name;
}

int
code_find(const code_list *list, text code)
{
    for (size_t i = 0; list && i < list->n; i++)
        if (text_is(code, list->items[i].code)) return (int)i;
    return -1;
}

text
dictionary_get(const dictionary *d, int32_t index)
{
    if (index < 0 || !d || (size_t)index >= d->n) return TEXT("");
    return (text){d->bytes + d->offset[index], d->offset[index + 1] - d->offset[index]};
}

column *
table_column(const table *t, const char *name)
{
    for (size_t i = 0; i < t->columns; i++)
        if (t->column[i].name && strcmp(t->column[i].name, name) == 0) return &t->column[i];
    return NULL;
}

status
table_require(const table *t, const char *name, column **out)
{
    *out = table_column(t, name);
    if (*out) return ST_OK;
    SCRATCH(tmp);
    text_builder names = text_builder_new(tmp);
    for (size_t i = 0; i < t->columns; i++) text_printf(&names, "%s%s", i ? ", " : "", t->column[i].name);
    text list;
    CHECK(text_builder_end(&names, &list));
    FAIL(ST_INVALID, "%s: expected a column %s; it has %s", t->name ? t->name : "table", name, list.bytes);
}

int64_t
column_value(const column *c, size_t row)
{
    switch (c->type) {
    case COLUMN_INT8: return column_int8(c)[row] == INT8_MIN ? INT64_MIN : column_int8(c)[row];
    case COLUMN_INT16: return column_int16(c)[row] == INT16_MIN ? INT64_MIN : column_int16(c)[row];
    case COLUMN_INT32:
    case COLUMN_DATE: return column_int32(c)[row] == INT32_MIN ? INT64_MIN : column_int32(c)[row];
    case COLUMN_TEXT: return column_int32(c)[row] < 0 ? INT64_MIN : column_int32(c)[row];
    case COLUMN_SET: return column_set(c)[row] == 0 ? INT64_MIN : column_set(c)[row];
    default: return isnan(column_double(c)[row]) ? INT64_MIN : (int64_t)column_double(c)[row];
    }
}

text
column_text(const column *c, size_t row)
{
    if (c->type == COLUMN_TEXT) return dictionary_get(c->dictionary, column_int32(c)[row]);
    int64_t value = column_value(c, row);
    if (c->codes && c->type != COLUMN_SET && value >= 0 && (size_t)value < c->codes->n)
        return text_of(c->codes->items[value].code);
    return TEXT("");
}

status
table_new(arena *out, const char *name, size_t rows, size_t columns, table *result)
{
    table t = {.name = arena_copy(out, name, strlen(name)), .rows = rows, .columns = columns};
    if (!t.name) FAIL(ST_NO_MEMORY, "out of memory (table %s)", name);
    ALLOC(out, t.column, columns);
    *result = t;
    return ST_OK;
}

status
table_set_column(arena *out, table *t, size_t i, const char *name, column_type type, const code_list *codes)
{
    column c = {.name = arena_copy(out, name, strlen(name)), .type = type, .codes = codes};
    if (c.name) c.data = arena_alloc(out, t->rows, column_type_size(type));
    if (!c.data) FAIL(ST_NO_MEMORY, "out of memory (column %s of %zu rows)", name, t->rows);
    t->column[i] = c;
    return ST_OK;
}

/* An open-addressing table of text indices, rebuilt at twice the size when half full. */
struct text_column {
    arena *out;
    int32_t *index; /* [rows] */
    uint32_t *offset;
    char *bytes;
    int32_t *slot; /* [slots] index or -1 */
    size_t rows, n, offsets, used, capacity, slots;
};

static uint64_t
text_hash(text value)
{
    uint64_t h = 0x9E3779B97F4A7C15u ^ value.n;
    for (size_t i = 0; i < value.n; i++) h = (h ^ (unsigned char)value.bytes[i]) * 0x100000001B3u;
    return h ^ h >> 29;
}

static text
entry_of(const text_column *c, int32_t i)
{
    return (text){c->bytes + c->offset[i], c->offset[i + 1] - c->offset[i]};
}

static size_t
slot_for(const text_column *c, text value)
{
    size_t at = text_hash(value) & (c->slots - 1);
    while (c->slot[at] >= 0 && !text_equal(entry_of(c, c->slot[at]), value)) at = (at + 1) & (c->slots - 1);
    return at;
}

static status
grow_slots(text_column *c)
{
    c->slots *= 2;
    ALLOC(c->out, c->slot, c->slots);
    memset(c->slot, 0xff, c->slots * sizeof *c->slot);
    for (size_t i = 0; i < c->n; i++) c->slot[slot_for(c, entry_of(c, (int32_t)i))] = (int32_t)i;
    return ST_OK;
}

status
text_column_new(arena *out, size_t rows, text_column **result)
{
    text_column *c;
    ALLOC(out, c, 1);
    *c = (text_column){.out = out, .rows = rows, .offsets = 16, .capacity = 256, .slots = 32};
    ALLOC(out, c->index, rows);
    memset(c->index, 0xff, rows * sizeof *c->index);
    ALLOC(out, c->offset, c->offsets + 1);
    ALLOC(out, c->bytes, c->capacity);
    ALLOC(out, c->slot, c->slots);
    memset(c->slot, 0xff, c->slots * sizeof *c->slot);
    *result = c;
    return ST_OK;
}

static status
append(text_column *c, text value)
{
    if (c->n == c->offsets) {
        uint32_t *more;
        ALLOC(c->out, more, 2 * c->offsets + 1);
        memcpy(more, c->offset, (c->n + 1) * sizeof *more);
        c->offset = more;
        c->offsets *= 2;
    }
    if (value.n > UINT32_MAX - c->used) FAIL(ST_LIMIT, "texts of a column exceed 4 GiB: split the file");
    if (value.n > c->capacity - c->used) {
        char *more;
        ALLOC(c->out, more, 2 * (c->capacity + value.n));
        memcpy(more, c->bytes, c->used);
        c->bytes = more;
        c->capacity = 2 * (c->capacity + value.n);
    }
    memcpy(c->bytes + c->used, value.bytes, value.n);
    c->used += value.n;
    c->offset[++c->n] = (uint32_t)c->used;
    return ST_OK;
}

static status
grow_rows(text_column *c, size_t row)
{
    size_t rows = 2 * c->rows > row ? 2 * c->rows : row + 64;
    int32_t *more;
    ALLOC(c->out, more, rows);
    memcpy(more, c->index, c->rows * sizeof *more);
    memset(more + c->rows, 0xff, (rows - c->rows) * sizeof *more);
    c->index = more;
    c->rows = rows;
    return ST_OK;
}

status
text_column_put(text_column *c, size_t row, text value)
{
    if (row >= c->rows) CHECK(grow_rows(c, row));
    if (value.n == 0) {
        c->index[row] = -1;
        return ST_OK;
    }
    size_t at = slot_for(c, value);
    if (c->slot[at] < 0) {
        CHECK(append(c, value));
        c->slot[at] = (int32_t)(c->n - 1);
        c->index[row] = (int32_t)(c->n - 1);
        if (2 * c->n > c->slots) CHECK(grow_slots(c));
        return ST_OK;
    }
    c->index[row] = c->slot[at];
    return ST_OK;
}

status
text_column_end(text_column *c, column *into)
{
    dictionary *d;
    ALLOC(c->out, d, 1);
    *d = (dictionary){c->n, c->offset, c->bytes};
    into->type = COLUMN_TEXT;
    into->data = c->index;
    into->dictionary = d;
    return ST_OK;
}
