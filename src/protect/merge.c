#include "protect/merge.h"

#include "protect/tables.h"

/* One dimension while its codes are put together. */
typedef struct merger {
    arena *a;
    const protect_system *s;
    uint16_t d;
    int64_t *count;  /* [codes] persons in all; -1: not in any table */
    spec_dimension *spec;
} merger;

static const system_partition *
division_of(const protect_system *s, uint16_t d, uint16_t code)
{
    for (size_t p = 0; p < s->partitions; p++)
        if (s->partition[p].dimension == d && s->partition[p].parent == code) return &s->partition[p];
    return NULL;
}

/* Persons of each code, from one table: the other dimensions at their total, or over their undivided codes. */
static void
count_codes(const protect_system *s, const protect_file *f, size_t own, int64_t count[])
{
    for (size_t at = 0; at < f->n; at++) {
        bool in = f->value[at] >= 0;
        uint16_t code = 0;
        for (size_t d = f->dimensions, rest = at; d-- > 0; rest /= f->codes[d]) {
            uint16_t c = f->code[d][rest % f->codes[d]];
            if (d == own) code = c;
            else if (f->code[d][0] == 0) in = in && c == 0;
            else in = in && !division_of(s, f->dimension[d], c);
        }
        if (!in) continue;
        if (count[code] < 0) count[code] = 0;
        count[code] += f->value[at];
    }
}

/* A group that no table lists has the persons of its parts. */
static int64_t
persons_of(merger *m, uint16_t code, int depth)
{
    const system_partition *p = division_of(m->s, m->d, code);
    if (m->count[code] >= 0 || !p || depth > 16) return m->count[code] < 0 ? 0 : m->count[code];
    int64_t sum = 0;
    for (size_t i = 0; i < p->n; i++) sum += persons_of(m, p->child[i], depth + 1);
    return sum;
}

static status
drop_parts(merger *m, uint16_t code, int depth)
{
    const system_partition *p = division_of(m->s, m->d, code);
    for (size_t i = 0; p && i < p->n && depth < 16; i++) {
        char *name = arena_copy(m->a, m->s->dimension[m->d].code[p->child[i]], strlen(m->s->dimension[m->d].code[p->child[i]]));
        if (!name) FAIL(ST_NO_MEMORY, "out of memory (merging)");
        m->spec->dropped[m->spec->dropped_count++] = name;
        CHECK(drop_parts(m, p->child[i], depth + 1));
    }
    return ST_OK;
}

/* The first of them and how many more: M0102+4. */
static char *
name_of(merger *m, size_t n, const uint16_t list[])
{
    const system_dimension *d = &m->s->dimension[m->d];
    char *name = arena_printf(m->a, "%s+%zu", d->code[list[0]], n - 1);
    for (bool free = false; name && !free;) {
        free = true;
        for (size_t c = 0; c < d->n && free; c++) free = strcmp(d->code[c], name) != 0;
        if (!free) name = arena_printf(m->a, "%s_", name);
    }
    return name;
}

static status
put_together(merger *m, size_t n, const uint16_t list[])
{
    spec_group *g = &m->spec->merged[m->spec->merged_count++];
    *g = (spec_group){.code = name_of(m, n, list), .parts_count = (unsigned)n};
    if (!g->code) FAIL(ST_NO_MEMORY, "out of memory (merging)");
    ALLOC(m->a, g->parts, n);
    for (size_t i = 0; i < n; i++) {
        const char *code = m->s->dimension[m->d].code[list[i]];
        g->parts[i] = arena_copy(m->a, code, strlen(code));
        if (!g->parts[i]) FAIL(ST_NO_MEMORY, "out of memory (merging)");
        CHECK(drop_parts(m, list[i], 0));
    }
    return ST_OK;
}

/* The parts of one code in their declared order, each with the bin it goes to; 0: it stays alone. */
typedef struct bins {
    size_t n;
    uint16_t *code;
    int64_t *count;
    size_t *bin;
    size_t last;     /* bins so far */
    int64_t sum;     /* persons of the last one */
} bins;

/* Small codes that follow each other share a bin until it is full; the last, if it is not, goes to the one before. */
static void
fill_bins(bins *b, int64_t enough)
{
    b->sum = enough;
    for (size_t i = 0; i < b->n; i++) {
        if (b->count[i] >= enough) continue;
        if (b->sum >= enough) {
            b->last++;
            b->sum = 0;
        }
        b->bin[i] = b->last;
        b->sum += b->count[i];
    }
    if (b->sum >= enough || b->last < 2) return;
    for (size_t i = 0; i < b->n; i++)
        if (b->bin[i] == b->last) b->bin[i] = b->last - 1;
    b->last--;
    b->sum = enough;
}

/* One bin alone that is too small takes the smallest of the others. */
static void
top_up(bins *b, int64_t enough)
{
    while (b->last == 1 && b->sum < enough) {
        size_t best = SIZE_MAX;
        for (size_t i = 0; i < b->n; i++)
            if (!b->bin[i] && (best == SIZE_MAX || b->count[i] < b->count[best])) best = i;
        if (best == SIZE_MAX) return;
        b->bin[best] = 1;
        b->sum += b->count[best];
    }
}

static status
make_bins(arena *tmp, merger *m, const system_partition *p, bins *b)
{
    *b = (bins){.n = p->n};
    ALLOC(tmp, b->code, p->n);
    ALLOC(tmp, b->count, p->n);
    ALLOC(tmp, b->bin, p->n);
    for (size_t i = 0; i < p->n; i++) {
        b->code[i] = p->child[i];
        b->count[i] = persons_of(m, p->child[i], 0);
    }
    fill_bins(b, m->spec->merge);
    top_up(b, m->spec->merge);
    return ST_OK;
}

/* The parts of one code, then the parts of those that stay. Nothing is written in the order of counts: it would tell them. */
static status
merge_under(merger *m, uint16_t parent, int depth)
{
    SCRATCH(tmp);
    const system_partition *p = division_of(m->s, m->d, parent);
    bins b;
    uint16_t *list;
    if (!p || depth > 16) return ST_OK;
    CHECK(make_bins(tmp, m, p, &b));
    ALLOC(tmp, list, b.n);
    for (size_t bin = 1; bin <= b.last; bin++) {
        size_t n = 0;
        for (size_t i = 0; i < b.n; i++)
            if (b.bin[i] == bin) list[n++] = b.code[i];
        if (n > 1) CHECK(put_together(m, n, list));
        else CHECK(merge_under(m, list[0], depth + 1));
    }
    for (size_t i = 0; i < b.n; i++)
        if (!b.bin[i]) CHECK(merge_under(m, b.code[i], depth + 1));
    return ST_OK;
}

static status
merge_dimension(arena *a, const protect_system *s, size_t n, const protect_file file[], spec_dimension *spec)
{
    SCRATCH(tmp);
    merger m = {.a = a, .s = s, .spec = spec};
    int *groups;
    while (m.d < s->dimensions && strcmp(s->dimension[m.d].name, spec->name) != 0) m.d++;
    if (m.d == s->dimensions) return ST_OK;
    size_t codes = s->dimension[m.d].n;
    ALLOC(tmp, groups, codes);
    for (size_t p = 0; p < s->partitions; p++)
        for (size_t i = 0; s->partition[p].dimension == m.d && i < s->partition[p].n; i++)
            if (++groups[s->partition[p].child[i]] > 1)
                FAIL(ST_CONFIG, "dimension %s: merge: code %s is a part of two groups: expected one ladder", spec->name,
                     s->dimension[m.d].code[s->partition[p].child[i]]);
    ALLOC(tmp, m.count, codes);
    for (size_t c = 0; c < codes; c++) m.count[c] = -1;
    bool found = false;
    for (size_t i = 0; i < n && !found; i++)
        for (size_t k = 0; k < file[i].dimensions && !found; k++)
            if ((found = file[i].dimension[k] == m.d)) count_codes(s, &file[i], k, m.count);
    ALLOC(a, spec->merged, codes);
    ALLOC(a, spec->dropped, codes);
    return found ? merge_under(&m, 0, 0) : ST_OK;
}

status
merge_small(arena *a, size_t n, const char *const path[], protect_spec *spec, size_t *merges)
{
    SCRATCH(tmp);
    bool wanted = false;
    *merges = 0;
    for (unsigned i = 0; i < spec->dimensions_count; i++) {
        spec_dimension *d = &spec->dimensions[i];
        if (d->merge > 0 && (d->merged_count || d->dropped_count))
            FAIL(ST_CONFIG, "dimension %s: merge and merged: expected one of them, merged is what a release says was done", d->name);
        wanted |= d->merge > 0;
    }
    if (!wanted) return ST_OK;
    protect_system s;
    protect_file *file;
    ALLOC(tmp, file, n);
    CHECK(system_new(tmp, &s));
    CHECK(tables_name(tmp, spec, n, path, &s, file));
    CHECK(spec_partitions(spec, &s));
    for (size_t i = 0; i < n; i++) CHECK(tables_read(tmp, spec, false, &s, &file[i]));
    for (unsigned i = 0; i < spec->dimensions_count; i++)
        if (spec->dimensions[i].merge > 0) CHECK(merge_dimension(a, &s, n, file, &spec->dimensions[i]));
    for (unsigned i = 0; i < spec->dimensions_count; i++) *merges += spec->dimensions[i].merged_count;
    return ST_OK;
}
