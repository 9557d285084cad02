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

status
figure_condition_text(arena *tmp, const monitor_condition *c, const char **result)
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

/* Names of exclusions, sorted. keep: of those there are, the ones that do not apply; NULL: all apply. */
static status
put_names(text_builder *b, arena *tmp, const monitor_definition *d, const monitor_figure *f, const monitor_item *item, uint32_t *n)
{
    const char **names;
    uint32_t all;
    const monitor_exclusion *e = monitor_exclusions(d, f->population, &all);
    *n = 0;
    ALLOC(tmp, names, all);
    for (uint32_t i = 0; i < all; i++)
        if (!listed(f->keep_count, f->keep, e[i].name) || (item && listed(item->without_count, item->without, e[i].name))) names[(*n)++] = e[i].name;
    return put_sorted(b, tmp, *n, names, ", ");
}

status
figure_exclusion(arena *out, const monitor_definition *d, const char *population, const char **dimension)
{
    SCRATCH(tmp);
    text_builder b = text_builder_new(out);
    text made;
    uint32_t n;
    text_printf(&b, "%s without ", population);
    CHECK(put_names(&b, tmp, d, &(monitor_figure){.population = population}, NULL, &n));
    CHECK(text_builder_end(&b, &made));
    *dimension = n ? made.bytes : "exclusion";
    return ST_OK;
}

/* Who is left after all exclusions is the item "kept" of the table of exclusions, and a line says so: one count in both. */
static status
put_kept(text_builder *lines, arena *tmp, const monitor_definition *d, const char *population)
{
    uint32_t n;
    const char *dimension;
    (void)monitor_exclusions(d, population, &n);
    CHECK(figure_exclusion(tmp, d, population, &dimension));
    if (n) text_printf(lines, "\n%s=kept", dimension);
    return ST_OK;
}

static status
put_exclusions(text_builder *b, text_builder *lines, arena *tmp, const monitor_definition *d, const monitor_figure *f, const monitor_item *item)
{
    uint32_t n, all;
    text_builder names = text_builder_new(tmp);
    text made;
    (void)monitor_exclusions(d, f->population, &all);
    CHECK(put_names(&names, tmp, d, f, item, &n));
    if (n == all && f->population) return put_kept(lines, tmp, d, f->population);
    CHECK(text_builder_end(&names, &made));
    if (n) text_printf(b, "; without %s", made.bytes);
    return ST_OK;
}

static const monitor_condition *
condition_at(const monitor_figure *f, const monitor_item *item, uint32_t i)
{
    return i < f->where_count ? &f->where[i] : &item->where[i - f->where_count];
}

/* A condition on one code says the same as an item of that variable: protect is told by a line of its own, so that the count is one and
 * the same in both. Not where the figure cuts by the variable itself, or two conditions are about it. */
static bool
is_code(const monitor_figure *f, const monitor_item *item, uint32_t n, uint32_t at)
{
    const monitor_condition *c = condition_at(f, item, at);
    const monitor_axis *axes[] = {&f->rows, &f->columns};
    if (c->any_count != 1 || !f->population) return false;
    for (uint32_t i = 0; i < n; i++)
        if (i != at && !strcmp(condition_at(f, item, i)->variable, c->variable)) return false;
    for (uint32_t i = 0; i < f->parts_count; i++)
        if (f->parts[i].variable && !strcmp(f->parts[i].variable, c->variable)) return false;
    for (int k = 0; k < 2; k++)
        for (uint32_t i = 0; i < axes[k]->blocks_count; i++) {
            const monitor_block *b = &axes[k]->blocks[i];
            if ((b->variable && !strcmp(b->variable, c->variable)) || (b->name && !strcmp(b->name, c->variable))) return false;
        }
    return true;
}

static status
put_conditions(text_builder *b, arena *tmp, const monitor_figure *f, const monitor_item *item)
{
    uint32_t all = f->where_count + (item ? item->where_count : 0), n = 0;
    const char **conditions;
    ALLOC(tmp, conditions, all);
    for (uint32_t i = 0; i < all; i++)
        if (!is_code(f, item, all, i)) CHECK(figure_condition_text(tmp, condition_at(f, item, i), &conditions[n++]));
    if (n) text_put(b, "; ");
    return put_sorted(b, tmp, n, conditions, "; ");
}

static status
put_codes(text_builder *b, arena *tmp, const monitor_figure *f, const monitor_item *item)
{
    uint32_t all = f->where_count + (item ? item->where_count : 0), n = 0;
    const char **lines;
    ALLOC(tmp, lines, all);
    for (uint32_t i = 0; i < all; i++) {
        const monitor_condition *c = condition_at(f, item, i);
        if (!is_code(f, item, all, i)) continue;
        lines[n] = arena_printf(tmp, "%s=%s", c->variable, c->any[0]);
        if (!lines[n++]) FAIL(ST_NO_MEMORY, "out of memory (population)");
    }
    if (n) text_put(b, "\n");
    return put_sorted(b, tmp, n, lines, "\n");
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

/* What a population of the registers is made of; a part is what its parent keeps, and the conditions it adds. */
static status
put_source(text_builder *b, text_builder *lines, arena *tmp, const monitor_definition *d, const monitor_population *p)
{
    const char *kind = p->kind ? p->kind : "rows";
    monitor_figure own = {.where = p->where, .where_count = p->where_count};
    if (!strcmp(kind, "part")) {
        CHECK(put_source(b, lines, tmp, d, monitor_population_find(d, p->of)));
        CHECK(put_kept(lines, tmp, d, p->of));
        return put_conditions(b, tmp, &own, NULL);
    }
    text_printf(b, "%s (%s of %s", p->name, kind, p->of ? p->of : p->table);
    if (p->window) text_printf(b, " in %s", p->window);
    for (uint32_t i = 0; i < p->places_count; i++) text_printf(b, "%s%s", i ? ", " : " between ", p->places[i].table);
    if (p->places_count) text_printf(b, " within %d days %s %s", p->days, p->same_day ? "from" : "after", p->after);
    if (p->from || p->until) text_printf(b, "; %s %s..%s", p->day ? p->day : "registered", p->from ? p->from : "", p->until ? p->until : "");
    CHECK(put_conditions(b, tmp, &own, NULL));
    text_put(b, ")");
    return ST_OK;
}

status
figure_population(arena *out, const figure_source *s, const monitor_figure *f, const monitor_item *item, const char **result)
{
    SCRATCH(tmp);
    text_builder b = text_builder_new(out), lines = text_builder_new(tmp);
    text made, after;
    int u = f->population ? unit_find(f->population) : -1;
    const monitor_population *p = monitor_population_find(s->d, f->population);
    const population *made_of = populations_find(s->populations, f->population);
    if (f->table)
        text_printf(&b, "table %s %s", f->table, f->from ? f->from : f->figure);
    else if (p)
        CHECK(put_source(&b, &lines, tmp, s->d, p));
    else
        text_printf(&b, "%s %s..%s", f->population, s->d->from, s->d->until);
    CHECK(put_exclusions(&b, &lines, tmp, s->d, f, item));
    CHECK(put_conditions(&b, tmp, f, item));
    put_times(&b, f, made_of ? &made_of->table : s->units && u >= 0 ? &s->units->table[u] : NULL);
    CHECK(put_codes(&lines, tmp, f, item));
    CHECK(text_builder_end(&lines, &after));
    text_put(&b, after.bytes);
    CHECK(text_builder_end(&b, &made));
    *result = made.bytes;
    return ST_OK;
}

status
figure_population_words(arena *out, const char *population, const char **result)
{
    text_builder b = text_builder_new(out);
    text made;
    for (const char *c = population; *c; c++) {
        if (!strncmp(c, "=kept", 5) && (c[5] == 0 || c[5] == '\n')) c += 5;
        if (!*c) break;
        if (*c == '\n') text_put(&b, "; ");
        else text_put_char(&b, *c);
    }
    CHECK(text_builder_end(&b, &made));
    *result = made.bytes;
    return ST_OK;
}
