#include "monitor/axis.h"

#include "monitor/bind.h"
#include "monitor/variable.h"

typedef struct binding {
    arena *out;
    const figure_source *source;
    const monitor_figure *f;
    const monitor_axis *axis;
    const table *t;
    bind_place at;
    exact_item *item; /* of the whole axis */
    size_t n;
    tabulate_block *block, *whole;
} binding;

static const char *
block_name(const monitor_block *b)
{
    return b->name ? b->name : b->variable;
}

static code
item_code(const char *name, const monitor_words *label, const code *own)
{
    code c = {.code = name};
    for (int in = 0; in < LANGUAGE_COUNT; in++) {
        c.label[in] = label->in[in] ? label->in[in] : own ? own->label[in] : NULL;
        if (!c.label[in]) c.label[in] = name;
    }
    return c;
}

static exact_item *
put_item(binding *x, const monitor_block *b, code c)
{
    exact_item *item = &x->item[x->n++];
    *item = (exact_item){.code = c, .dimension = block_name(b)};
    return item;
}

/* The items a block cuts its column into, in the order of its items, of its codes, or of the column's codes. */
static status
cut(binding *x, const monitor_block *b, tabulate_block *block, int16_t *map)
{
    const column *c = block->column;
    uint32_t n = b->items_count ? b->items_count : b->codes_count ? b->codes_count : (uint32_t)c->codes->n;
    for (size_t i = 0; i < c->codes->n; i++) map[i] = -1;
    for (uint32_t k = 0; k < n; k++) {
        const monitor_item *item = b->items_count ? &b->items[k] : NULL;
        const char *one = item ? item->code : b->codes_count ? b->codes[k] : c->codes->items[k].code;
        const char *const *codes = item && item->codes_count ? item->codes : &one;
        int position = 0;
        for (uint32_t j = 0; j < (item && item->codes_count ? item->codes_count : 1); j++) {
            CHECK(bind_code(x->at, c, codes[j], &position));
            map[position] = (int16_t)k;
        }
        exact_item *made = put_item(x, b, item_code(one, item ? &item->label : &(monitor_words){{0}},
                                                    item && item->codes_count ? NULL : &c->codes->items[position]));
        if (item) made->parent = item->part_of;
    }
    block->items = n;
    if (b->missing) {
        block->missing = (int16_t)block->items++;
        put_item(x, b, item_code(b->missing->code, &b->missing->label, NULL));
    }
    return ST_OK;
}

static status
bind_variable(binding *x, const monitor_block *b, tabulate_block *block, tabulate_block *whole)
{
    int16_t *map, *all;
    CHECK(bind_column(x->at, x->t, b->variable, &block->column));
    if (!block->column->codes)
        FAIL(ST_CONFIG, "%s: %s: %s has no codes to cut a table by: derive groups of it", x->at.file, x->at.what, b->variable);
    ALLOC(x->out, map, block->column->codes->n);
    ALLOC(x->out, all, block->column->codes->n);
    CHECK(cut(x, b, block, map));
    block->item = map;
    for (size_t i = 0; i < block->column->codes->n; i++) all[i] = map[i] >= 0 ? 0 : -1;
    *whole = (tabulate_block){block->column, 1, all, (int16_t)(block->missing >= 0 ? 0 : -1), -1};
    return ST_OK;
}

/* Items by conditions become a set: a row is in every item whose conditions hold. */
static status
bind_items(binding *x, const monitor_block *b, tabulate_block *block, tabulate_block *whole)
{
    code_list *codes;
    column *set;
    int16_t *map, *all;
    uint8_t *keep;
    if (b->items_count > 32) FAIL(ST_CONFIG, "%s: %s: %s: at most 32 items by conditions", x->at.file, x->at.what, b->name);
    CHECK(variable_codes(x->out, b->name, b->items_count, b->items, &codes));
    ALLOC(x->out, set, 1);
    CHECK(variable_column(x->out, x->t, b->name, COLUMN_SET, codes, set));
    ALLOC(x->out, map, b->items_count);
    ALLOC(x->out, all, b->items_count);
    ALLOC(x->out, keep, x->t->rows);
    for (uint32_t k = 0; k < b->items_count; k++) {
        CHECK(figure_select_item(x->source, x->f, &b->items[k], x->t, keep));
        for (size_t i = 0; i < x->t->rows; i++) ((uint32_t *)set->data)[i] |= (uint32_t)keep[i] << k;
        map[k] = (int16_t)k;
        exact_item *made = put_item(x, b, codes->items[k]);
        made->parent = b->items[k].part_of;
        CHECK(figure_population(x->out, x->source, x->f, &b->items[k], &made->population));
    }
    *block = (tabulate_block){set, b->items_count, map, -1, -1};
    *whole = (tabulate_block){set, 1, all, -1, -1};
    return ST_OK;
}

static status
bind_total(binding *x, const monitor_block *b, uint32_t position, tabulate_block *block)
{
    for (uint32_t i = 0; i < position; i++) {
        const char *name = block_name(&x->axis->blocks[i]);
        if (name && !strcmp(name, b->total)) block->total_of = (int)i;
    }
    if (block->total_of < 0)
        FAIL(ST_CONFIG, "%s: %s: the total of %s must stand after the block it adds up", x->at.file, x->at.what, b->total);
    exact_item *item = put_item(x, b, item_code(b->code, &b->label, NULL));
    item->dimension = b->total;
    item->total = true;
    return ST_OK;
}

static status
bind_block(binding *x, uint32_t i)
{
    const monitor_block *b = &x->axis->blocks[i];
    tabulate_block *block = &x->block[i], *whole = &x->whole[i];
    *block = *whole = (tabulate_block){NULL, 1, NULL, -1, -1};
    if (b->total) {
        CHECK(bind_total(x, b, i, block));
        *whole = x->whole[block->total_of]; /* everybody in the dimension */
        return ST_OK;
    }
    if (b->everybody) {
        exact_item *item = put_item(x, b, item_code(b->code, &b->label, NULL));
        item->dimension = NULL;
        item->total = true;
        return ST_OK;
    }
    if (b->variable && x->t) return bind_variable(x, b, block, whole);
    if (x->t) return bind_items(x, b, block, whole);
    for (uint32_t k = 0; k < b->items_count; k++) { /* a frequency table: the items as listed */
        exact_item *item = put_item(x, b, item_code(b->items[k].code, &b->items[k].label, NULL));
        item->parent = b->items[k].part_of;
    }
    return ST_OK;
}

static size_t
most_items(const monitor_axis *axis, const table *t)
{
    size_t n = 0;
    for (uint32_t i = 0; i < axis->blocks_count; i++) {
        const monitor_block *b = &axis->blocks[i];
        const column *c = t && b->variable ? table_column(t, b->variable) : NULL;
        n += 2 + b->items_count + b->codes_count + (c && c->codes ? c->codes->n : 0);
    }
    return n;
}

/* Can a person be in several items of a dimension here, without a total that counts it so often? */
static bool
is_overlapping(const binding *x)
{
    for (uint32_t i = 0; i < x->axis->blocks_count; i++) {
        if (!x->block[i].column || x->block[i].column->type != COLUMN_SET) continue;
        bool totalled = false;
        for (uint32_t k = i + 1; k < x->axis->blocks_count; k++) totalled = totalled || x->block[k].total_of == (int)i;
        if (!totalled) return true;
    }
    return false;
}

static status
check_codes(const binding *x)
{
    for (size_t i = 0; i < x->n; i++)
        for (size_t k = 0; k < i; k++)
            if (!strcmp(x->item[i].code.code, x->item[k].code.code))
                FAIL(ST_CONFIG, "%s: %s: the code %s stands twice on one axis: rename one by items", x->at.file, x->at.what,
                     x->item[i].code.code);
    return ST_OK;
}

status
figure_axis_bind(arena *out, const figure_source *source, const monitor_figure *f, const monitor_axis *axis, const table *t,
                 figure_axis *result)
{
    SCRATCH(tmp);
    char *what = arena_printf(tmp, "figure %s, %s", f->figure, axis == &f->rows ? "rows" : "columns");
    if (!what) FAIL(ST_NO_MEMORY, "out of memory (figure)");
    binding x = {.out = out, .source = source, .f = f, .axis = axis, .t = t, .at = {source->d->file, what}};
    ALLOC(out, x.item, most_items(axis, t));
    ALLOC(out, x.block, axis->blocks_count);
    ALLOC(out, x.whole, axis->blocks_count);
    for (uint32_t i = 0; i < axis->blocks_count; i++) CHECK(bind_block(&x, i));
    CHECK(check_codes(&x));
    const char *name = block_name(&axis->blocks[0]);
    if (!name) name = axis == &f->rows ? "row" : "column";
    *result = (figure_axis){{name, {NULL}, is_overlapping(&x), x.n, x.item}, {axis->blocks_count, x.block}, {axis->blocks_count, x.whole}};
    for (int in = 0; in < LANGUAGE_COUNT; in++) result->exact.title[in] = axis->title.in[in] ? axis->title.in[in] : name;
    return ST_OK;
}
