#include "monitor/figure.h"

#include <stdlib.h>

static int
compare_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Words in the order of their bytes, joined: the order they were written in does not show. */
static status
put_sorted(text_builder *b, arena *tmp, uint32_t n, const char *const words[], const char *between)
{
    const char **sorted;
    ALLOC(tmp, sorted, n);
    for (uint32_t i = 0; i < n; i++) sorted[i] = words[i];
    if (n) qsort(sorted, n, sizeof *sorted, compare_text);
    for (uint32_t i = 0; i < n; i++) {
        if (i) text_put(b, between);
        text_put(b, sorted[i]);
    }
    return ST_OK;
}

static status
condition_text(arena *tmp, const monitor_condition *c, const char **result)
{
    text_builder b = text_builder_new(tmp);
    text made;
    text_put(&b, c->variable);
    const struct {
        const char *word;
        uint32_t n;
        const char *const *codes;
    } sets[] = {{" any ", c->any_count, c->any}, {" none ", c->none_count, c->none}, {" only ", c->only_count, c->only}};
    for (size_t i = 0; i < 3; i++) {
        if (sets[i].n == 0) continue;
        text_put(&b, sets[i].word);
        CHECK(put_sorted(&b, tmp, sets[i].n, sets[i].codes, "|"));
    }
    if (c->from || c->to) text_printf(&b, " from %s to %s", c->from ? c->from : "", c->to ? c->to : "");
    if (c->known) text_put(&b, " known");
    CHECK(text_builder_end(&b, &made));
    *result = made.bytes;
    return ST_OK;
}

static bool
listed(uint32_t n, const char *const names[], const char *name)
{
    for (uint32_t i = 0; i < n; i++)
        if (!strcmp(names[i], name)) return true;
    return false;
}

static status
put_exclusions(text_builder *b, arena *tmp, const monitor_definition *d, const monitor_figure *f, const monitor_item *item)
{
    const char **names;
    uint32_t n = 0;
    ALLOC(tmp, names, d->exclusions_count);
    for (uint32_t i = 0; i < d->exclusions_count; i++) {
        const char *name = d->exclusions[i].name;
        if (!listed(f->keep_count, f->keep, name) || (item && listed(item->without_count, item->without, name))) names[n++] = name;
    }
    if (n) text_put(b, "; without ");
    return put_sorted(b, tmp, n, names, ", ");
}

static status
put_conditions(text_builder *b, arena *tmp, const monitor_figure *f, const monitor_item *item)
{
    uint32_t n = f->where_count + (item ? item->where_count : 0);
    const char **conditions;
    ALLOC(tmp, conditions, n);
    for (uint32_t i = 0; i < n; i++)
        CHECK(condition_text(tmp, i < f->where_count ? &f->where[i] : &item->where[i - f->where_count], &conditions[i]));
    if (n) text_put(b, "; ");
    return put_sorted(b, tmp, n, conditions, "; ");
}

/* A total over a set counts a person once for each code: those are other units. */
static void
put_times(text_builder *b, const monitor_figure *f, const table *t)
{
    const monitor_axis *axes[] = {&f->rows, &f->columns};
    for (int k = 0; t && k < 2; k++)
        for (uint32_t i = 0; i < axes[k]->blocks_count; i++) {
            const column *c = axes[k]->blocks[i].total ? table_column(t, axes[k]->blocks[i].total) : NULL;
            if (c && c->type == COLUMN_SET) text_printf(b, "; once for each of %s", c->name);
        }
}

status
figure_population(arena *out, const figure_source *s, const monitor_figure *f, const monitor_item *item, const char **result)
{
    SCRATCH(tmp);
    text_builder b = text_builder_new(out);
    text made;
    int u = f->population ? unit_find(f->population) : -1;
    if (f->table)
        text_printf(&b, "table %s %s", f->table, f->from ? f->from : f->figure);
    else
        text_printf(&b, "%s %s..%s", f->population, s->d->from, s->d->until);
    CHECK(put_exclusions(&b, tmp, s->d, f, item));
    CHECK(put_conditions(&b, tmp, f, item));
    put_times(&b, f, s->units && u >= 0 ? &s->units->table[u] : NULL);
    CHECK(text_builder_end(&b, &made));
    *result = made.bytes;
    return ST_OK;
}
