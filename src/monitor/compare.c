#include "monitor/compare.h"

typedef struct comparison {
    arena *out;
    const figure_source *source;
    const monitor_figure *f;
    bool across; /* parts are columns */
    exact_table *part; /* [parts] */
} comparison;

/* The figure of one part: the other side's blocks by everybody. */
static status
make_part(const comparison *x, const monitor_part *p, exact_table *result)
{
    monitor_block *one, *blocks;
    monitor_condition *where;
    monitor_figure own = *x->f;
    monitor_axis *other = x->across ? &own.rows : &own.columns, *mine = x->across ? &own.columns : &own.rows;
    ALLOC(x->out, one, 1);
    ALLOC(x->out, blocks, other->blocks_count);
    ALLOC(x->out, where, own.where_count + p->where_count);
    *one = (monitor_block){.everybody = true, .code = p->code, .label = p->label};
    memcpy(blocks, other->blocks, other->blocks_count * sizeof *blocks);
    if (p->variable) {
        if (!blocks[0].name) blocks[0].name = blocks[0].variable;
        blocks[0].variable = p->variable;
    }
    for (uint32_t i = 0; i < own.where_count; i++) where[i] = own.where[i];
    for (uint32_t i = 0; i < p->where_count; i++) where[own.where_count + i] = p->where[i];
    other->blocks = blocks;
    mine->blocks = one;
    mine->blocks_count = 1;
    own.population = p->population;
    if (p->value) own.value = p->value;
    own.where = where;
    own.where_count += p->where_count;
    own.keep = p->keep;
    own.keep_count = p->keep_count;
    own.within = x->across ? "column" : "row";
    return figure_table(x->out, x->source, &own, result);
}

static status
same_items(const comparison *x, const exact_axis *a, const exact_axis *b)
{
    bool same = a->n == b->n;
    for (size_t i = 0; same && i < a->n; i++) same = !strcmp(a->item[i].code.code, b->item[i].code.code);
    if (!same)
        FAIL(ST_CONFIG, "%s: figure %s: the parts have different items: give the same codes to each by items", x->source->d->file, x->f->figure);
    return ST_OK;
}

/* The parts as one axis. */
static status
part_axis(const comparison *x, exact_axis *result)
{
    exact_item *item;
    const monitor_words *title = x->across ? &x->f->columns.title : &x->f->rows.title;
    ALLOC(x->out, item, x->f->parts_count);
    for (uint32_t i = 0; i < x->f->parts_count; i++) {
        const exact_table *t = &x->part[i];
        item[i] = x->across ? t->columns.item[0] : t->rows.item[0];
        item[i].dimension = "part";
        item[i].total = false;
        item[i].population = t->population;
        item[i].stand_in = x->f->parts[i].variable;
        for (uint32_t k = 0; k < i; k++)
            if (!strcmp(item[i].code.code, item[k].code.code))
                FAIL(ST_CONFIG, "%s: figure %s: part %s stands twice: rename one", x->source->d->file, x->f->figure, item[i].code.code);
    }
    *result = (exact_axis){"part", {title->in[0] ? title->in[0] : "part", title->in[1] ? title->in[1] : "part"}, true, x->f->parts_count, item};
    return ST_OK;
}

static status
stack(const comparison *x, exact_table *result)
{
    size_t parts = x->f->parts_count, other = (x->across ? &result->rows : &result->columns)->n, cells = parts * other;
    int64_t *count, *base = NULL;
    double *of[3] = {NULL};
    ALLOC(x->out, count, cells);
    if (x->part[0].base) ALLOC(x->out, base, cells);
    for (int v = 0; x->part[0].sum && v < 3; v++) ALLOC(x->out, of[v], cells);
    for (size_t i = 0; i < parts; i++)
        for (size_t k = 0; k < other; k++) {
            size_t to = x->across ? k * parts + i : i * other + k;
            count[to] = x->part[i].count[k];
            if (base) base[to] = x->part[i].base[k];
            const double *const from[] = {x->part[i].sum, x->part[i].low, x->part[i].high};
            for (int v = 0; of[0] && v < 3; v++) of[v][to] = from[v][k];
        }
    result->count = count;
    result->base = base;
    result->sum = of[0];
    result->low = of[1];
    result->high = of[2];
    return ST_OK;
}

status
figure_compare(arena *out, const figure_source *source, const monitor_figure *f, exact_table *result)
{
    comparison x = {.out = out, .source = source, .f = f, .across = f->columns.blocks_count == 0};
    ALLOC(out, x.part, f->parts_count);
    for (uint32_t i = 0; i < f->parts_count; i++) {
        CHECK(make_part(&x, &f->parts[i], &x.part[i]));
        CHECK(same_items(&x, x.across ? &x.part[i].rows : &x.part[i].columns, x.across ? &x.part[0].rows : &x.part[0].columns));
    }
    exact_table made = {.figure = f->figure, .measure = x.part[0].measure};
    exact_axis parts;
    CHECK(part_axis(&x, &parts));
    made.rows = x.across ? x.part[0].rows : parts;
    made.columns = x.across ? parts : x.part[0].columns;
    for (uint32_t i = 0; i < f->parts_count; i++) { /* for readers: each part has its own */
        const char *words;
        CHECK(figure_population_words(out, x.part[i].population, &words));
        made.population = i ? arena_printf(out, "%s | %s", made.population, words) : words;
        if (!made.population) FAIL(ST_NO_MEMORY, "out of memory (figure)");
    }
    CHECK(stack(&x, &made));
    *result = made;
    return ST_OK;
}
