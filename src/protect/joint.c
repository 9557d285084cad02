#include "protect/joint.h"

#include "protect/attack.h"
#include "protect/joint_names.h"

#include <stdlib.h>

enum { MOST_PAIRS = 10000, MOST_ROUNDS = 12 };

typedef struct joiner {
    arena *tmp;
    const joint_side *side[2];  /* now, before */
    joint *j;
    uint16_t **map[2];          /* [dimensions of the side][codes] the joint code */
    uint16_t *dimension[2];     /* [dimensions of the side] the joint dimension */
} joiner;

static size_t
dimension_named(const protect_system *s, const char *name)
{
    size_t d = 0;
    while (d < s->dimensions && strcmp(s->dimension[d].name, name) != 0) d++;
    return d;
}

/* Does a name of the earlier release stand for the same persons now? */
static status
same_code(joiner *m, size_t before, const char *name, bool *same)
{
    SCRATCH(tmp);
    size_t now = dimension_named(m->side[0]->system, m->side[1]->system->dimension[before].name), n[2];
    const char **part;
    joint_names leaves[2] = {{0}};
    *same = true;
    if (now == m->side[0]->system->dimensions) return ST_OK;
    CHECK(joint_parts_of(tmp, m->side[0], now, name, &n[0], &part));
    CHECK(joint_parts_of(tmp, m->side[1], before, name, &n[1], &part));
    if (n[0] == 0 || n[1] == 0) return ST_OK;
    CHECK(joint_leaves_of(tmp, m->side[0], now, name, 0, &leaves[0]));
    CHECK(joint_leaves_of(tmp, m->side[1], before, name, 0, &leaves[1]));
    *same = joint_within(m->side[0], now, &leaves[0], &leaves[1]) && joint_within(m->side[1], before, &leaves[1], &leaves[0]);
    return ST_OK;
}

/* The joint code of a name: that of the release now; of the earlier one's when it means others. */
static status
code_of(joiner *m, int side, size_t d, const char *name, uint16_t *code)
{
    protect_system *s = &m->j->system;
    uint16_t joint_d = m->dimension[side][d];
    size_t now = dimension_named(m->side[0]->system, m->side[side]->system->dimension[d].name);
    bool same = true, total = strcmp(name, joint_name_of(m->side[side], d, 0)) == 0;
    if (side == 1) CHECK(same_code(m, d, name, &same));
    if (side == 1 && now < m->side[0]->system->dimensions && total && same) same = strcmp(name, joint_name_of(m->side[0], now, 0)) == 0;
    *code = 0;
    if (total && same) return ST_OK;
    if (side == 1 && !total && same && now < m->side[0]->system->dimensions && strcmp(name, joint_name_of(m->side[0], now, 0)) == 0) return ST_OK;
    if (same || (total && strcmp(name, joint_name_of(m->side[0], now, 0)) != 0)) return system_code_find(s, joint_d, name, code);
    const char *own = arena_printf(m->tmp, "%s (earlier)", name);
    if (!own) FAIL(ST_NO_MEMORY, "out of memory (earlier release)");
    return system_code_find(s, joint_d, own, code);
}

static status
join_names(joiner *m, int side)
{
    const protect_system *s = m->side[side]->system;
    uint16_t population;
    for (size_t p = 0; p < s->populations; p++) CHECK(system_population_find(&m->j->system, s->population[p], &population));
    ALLOC(m->tmp, m->map[side], s->dimensions);
    ALLOC(m->tmp, m->dimension[side], s->dimensions);
    for (size_t d = 0; d < s->dimensions; d++) {
        CHECK(system_dimension_find(&m->j->system, s->dimension[d].name, &m->dimension[side][d]));
        ALLOC(m->tmp, m->map[side][d], s->dimension[d].n);
        for (uint16_t c = 0; c < s->dimension[d].n; c++) CHECK(code_of(m, side, d, joint_name_of(m->side[side], d, c), &m->map[side][d][c]));
    }
    return ST_OK;
}

/* A declared or merged group whose code or parts the system itself does not have any more. */
static status
join_group(joiner *m, int side, size_t d, const spec_group *g, bool exclusive)
{
    SCRATCH(tmp);
    uint16_t parent, *child;
    ALLOC(tmp, child, g->parts_count);
    CHECK(code_of(m, side, d, g->code, &parent));
    for (unsigned i = 0; i < g->parts_count; i++) {
        CHECK(code_of(m, side, d, g->parts[i], &child[i]));
        if (child[i] == 0 || child[i] == parent) return ST_OK;
    }
    return system_partition_add(&m->j->system, m->dimension[side][d], parent, exclusive, g->parts_count, child);
}

static status
join_partitions(joiner *m, int side)
{
    const protect_system *s = m->side[side]->system;
    for (size_t p = 0; p < s->partitions; p++) {
        SCRATCH(tmp);
        const system_partition *q = &s->partition[p];
        uint16_t *child;
        ALLOC(tmp, child, q->n);
        for (size_t i = 0; i < q->n; i++) child[i] = m->map[side][q->dimension][q->child[i]];
        CHECK(system_partition_add(&m->j->system, m->dimension[side][q->dimension], m->map[side][q->dimension][q->parent], q->exclusive, q->n, child));
    }
    for (size_t d = 0; d < s->dimensions; d++) {
        const spec_dimension *declared = spec_find(m->side[side]->spec, s->dimension[d].name);
        if (!declared || declared->merged_count == 0) continue;
        for (unsigned g = 0; g < declared->merged_count; g++) CHECK(join_group(m, side, d, &declared->merged[g], true));
        for (unsigned g = 0; g < declared->groups_count; g++) CHECK(join_group(m, side, d, &declared->groups[g], !declared->overlapping));
    }
    return ST_OK;
}

/* A present and an earlier code of one dimension: the persons of one among those of the other. rest: the undivided codes of the
 * larger one, in its release, that the other lacks. */
static status
add_difference(joiner *m, uint16_t joint_d, uint16_t all, uint16_t part, size_t n, const uint16_t rest[])
{
    protect_system *s = &m->j->system;
    const system_dimension *d = &s->dimension[joint_d];
    uint16_t child[2] = {part, 0};
    const char *name = arena_printf(m->tmp, "%s less %s", all ? d->code[all] : "total", d->code[part]);
    if (!name) FAIL(ST_NO_MEMORY, "out of memory (earlier release)");
    CHECK(system_code_find(s, joint_d, name, &child[1]));
    if (n > 0) CHECK(system_partition_add(s, joint_d, child[1], true, n, rest)); /* so that who is alone in both is one person */
    return system_partition_add(s, joint_d, all, true, 2, child);
}

/* The codes of `all` that `part` lacks, as far as they have anybody; none when one of them stands in no table. */
static status
codes_left(joiner *m, int side, size_t d, const joint_names *all, const joint_names *part, size_t *n, uint16_t code[])
{
    *n = 0;
    for (size_t i = 0; i < all->n; i++) {
        if (joint_has(part, all->name[i]) || !joint_somebody(m->side[side], d, all->name[i])) continue;
        if (joint_occurs(m->side[side], d, all->name[i]) < 0) {
            *n = 0;
            return ST_OK;
        }
        CHECK(code_of(m, side, d, all->name[i], &code[(*n)++]));
    }
    return ST_OK;
}

static bool
has_code(const joiner *m, int side, size_t d, uint16_t code)
{
    for (uint16_t c = 0; c < m->side[side]->system->dimension[d].n; c++)
        if (m->map[side][d][c] == code) return true;
    return false;
}

/* Codes of which one holds all of the other and more, each in one release alone: else that release's own sums have the difference. */
static status
differ(joiner *m, size_t now, size_t before, uint16_t c, uint16_t e)
{
    SCRATCH(tmp);
    joint_names leaves[2] = {{0}};
    uint16_t one = m->map[0][now][c], other = m->map[1][before][e];
    if (has_code(m, 1, before, one) || has_code(m, 0, now, other)) return ST_OK;
    CHECK(joint_leaves_of(tmp, m->side[0], now, joint_name_of(m->side[0], now, c), 0, &leaves[0]));
    CHECK(joint_leaves_of(tmp, m->side[1], before, joint_name_of(m->side[1], before, e), 0, &leaves[1]));
    if (leaves[0].n < 2 || leaves[1].n < 2) return ST_OK;
    bool in = joint_within(m->side[0], now, &leaves[0], &leaves[1]), around = joint_within(m->side[1], before, &leaves[1], &leaves[0]);
    if (in == around || !(in ? one : other)) return ST_OK;
    int larger = in ? 1 : 0;
    size_t n;
    uint16_t *rest;
    ALLOC(tmp, rest, leaves[larger].n);
    CHECK(codes_left(m, larger, larger ? before : now, &leaves[larger], &leaves[1 - larger], &n, rest));
    return add_difference(m, m->dimension[0][now], in ? other : one, in ? one : other, n, rest);
}

static status
join_differences(joiner *m)
{
    const protect_system *s = m->side[0]->system, *old = m->side[1]->system;
    for (size_t now = 0; now < s->dimensions; now++) {
        SCRATCH(tmp);
        size_t before = dimension_named(old, s->dimension[now].name), n[2];
        const spec_dimension *declared = spec_find(m->side[0]->spec, s->dimension[now].name);
        uint16_t *codes[2];
        if (before == old->dimensions || (declared && declared->overlapping)) continue;
        CHECK(joint_divided(tmp, m->side[0], now, &n[0], &codes[0]));
        CHECK(joint_divided(tmp, m->side[1], before, &n[1], &codes[1]));
        for (size_t c = 0; c < n[0] && n[0] * n[1] <= MOST_PAIRS; c++)
            for (size_t e = 0; e < n[1]; e++) CHECK(differ(m, now, before, codes[0][c], codes[1][e]));
    }
    return ST_OK;
}

static void
key_of(const joiner *m, int side, size_t i, uint16_t key[])
{
    const protect_system *s = m->side[side]->system;
    const uint16_t *own = system_key(s, i);
    memset(key, 0, m->j->system.width * sizeof *key);
    for (uint16_t p = 0; p < m->j->system.populations; p++)
        if (strcmp(m->j->system.population[p], s->population[own[0]]) == 0) key[0] = p;
    for (size_t d = 0; d < s->dimensions; d++) key[m->dimension[side][d] + 1] = m->map[side][d][own[d + 1]];
}

/* Differences of counts that there are: the last partitions, from `first`. */
static status
add_less(joiner *m, size_t first)
{
    SCRATCH(tmp);
    protect_system *s = &m->j->system;
    uint16_t *key;
    size_t before = s->n;
    ALLOC(tmp, key, s->width);
    for (size_t p = first; p < s->partitions; p++) {
        const system_partition *q = &s->partition[p];
        if (q->parent > q->child[q->n - 1]) continue; /* what a difference is made of */
        for (size_t i = 0; i < before && s->n < s->capacity; i++) {
            uint32_t index;
            memcpy(key, system_key(s, i), s->width * sizeof *key);
            if (key[q->dimension + 1] != q->parent) continue;
            uint16_t less = q->child[0] > q->child[1] ? q->child[0] : q->child[1]; /* named last */
            key[q->dimension + 1] = less == q->child[0] ? q->child[1] : q->child[0];
            if (system_find(s, key) == SYSTEM_NONE) continue;
            key[q->dimension + 1] = less;
            if (system_find(s, key) == SYSTEM_NONE) CHECK(system_add(s, key, -1, "a difference of two releases", &index));
        }
    }
    return ST_OK;
}

/* A row of one release that joining did not give. */
static status
keep_row(joiner *m, const system_row *r, const uint32_t at[], system_row *to)
{
    uint32_t *part;
    ALLOC(m->j->system.a, part, r->n);
    for (uint32_t k = 0; k < r->n; k++) part[k] = at[r->part[k]];
    *to = (system_row){r->relation, 0, at[r->whole], r->n, part};
    return ST_OK;
}

static uint64_t
fingerprint(const system_row *r)
{
    uint64_t h = (uint64_t)r->whole * 0x9E3779B97F4A7C15u + r->n + ((uint64_t)r->relation << 60);
    for (uint32_t k = 0; k < r->n; k++) h += ((uint64_t)r->part[k] + 1) * ((uint64_t)r->part[k] + 7) * 0xD1B54A32D192ED03u;
    return h;
}

static int
by_value(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

/* The rows of both releases, and those that join them; each once. */
static status
join_rows(joiner *m, uint32_t *const at[2])
{
    protect_system *s = &m->j->system;
    system_row *all;
    uint64_t *known;
    CHECK(system_rows(s, SYSTEM_DECLARED));
    size_t most = s->rows + m->side[0]->system->rows + m->side[1]->system->rows, n = s->rows;
    ALLOC(s->a, all, most);
    ALLOC(m->tmp, known, s->rows + 1);
    if (n) memcpy(all, s->row, n * sizeof *all);
    for (size_t i = 0; i < n; i++) known[i] = fingerprint(&all[i]);
    if (n) qsort(known, n, sizeof *known, by_value);
    for (int side = 0; side < 2; side++)
        for (size_t i = 0; i < m->side[side]->system->rows; i++) {
            CHECK(keep_row(m, &m->side[side]->system->row[i], at[side], &all[n]));
            uint64_t own = fingerprint(&all[n]);
            n += s->rows == 0 || !bsearch(&own, known, s->rows, sizeof own, by_value);
        }
    s->row = all;
    s->rows = n;
    return ST_OK;
}

static status
join_counts(joiner *m, size_t differences)
{
    joint *j = m->j;
    protect_system *s = &j->system;
    uint32_t *at[2];
    uint16_t *key;
    size_t n[2] = {m->side[0]->system->n, m->side[1]->system->n};
    CHECK(system_counts(s, 2 * (n[0] + n[1]) + 1));
    ALLOC(m->tmp, key, s->width);
    for (int side = 0; side < 2; side++) {
        ALLOC(m->tmp, at[side], n[side]);
        for (size_t i = 0; i < n[side]; i++) {
            const protect_system *own = m->side[side]->system;
            key_of(m, side, i, key);
            uint32_t known = system_find(s, key);
            at[side][i] = known;
            if (known == SYSTEM_NONE) CHECK(system_add(s, key, side ? -1 : own->value[i], own->source[i], &at[side][i]));
            if (side == 0) s->zero[at[side][i]] = own->zero[i];
        }
        if (side == 0) j->own = s->n;
    }
    j->earlier = s->n - j->own;
    CHECK(add_less(m, differences));
    ALLOC(s->a, j->before, s->n);
    ALLOC(s->a, j->less, s->n);
    for (size_t i = 0; i < s->n; i++) {
        j->before[i] = -1;
        j->less[i] = i >= j->own + j->earlier;
    }
    for (size_t i = 0; i < n[1]; i++) j->before[at[1][i]] = m->side[1]->system->value[i];
    return join_rows(m, at);
}

status
joint_make(arena *a, const joint_side *now, const joint_side *before, joint *result)
{
    SCRATCH(tmp);
    joint j = {.own = 0};
    joiner m = {.tmp = tmp, .side = {now, before}, .j = &j};
    CHECK(system_new(a, &j.system));
    for (int side = 0; side < 2; side++) CHECK(join_names(&m, side));
    for (int side = 0; side < 2; side++) CHECK(join_partitions(&m, side));
    size_t differences = j.system.partitions;
    CHECK(join_differences(&m));
    CHECK(join_counts(&m, differences));
    *result = j;
    return ST_OK;
}

joint
joint_alone(const protect_system *s, int64_t none[], uint8_t less[])
{
    return (joint){.system = *s, .own = s->n, .before = none, .less = less};
}

/* Rows that no counts within the bounds fulfil: their earlier numbers are no longer true. */
static size_t
widen(const joint *j, const attack *t, int64_t most, int64_t lower[], int64_t upper[])
{
    size_t widened = 0;
    for (size_t i = 0; i < t->rows; i++) {
        double least = 0, top = 0;
        for (uint32_t k = t->start[i]; k < t->start[i + 1]; k++) {
            double c = t->coefficient[k];
            least += c * (double)(c > 0 ? lower[t->cell[k]] : upper[t->cell[k]]);
            top += c * (double)(c > 0 ? upper[t->cell[k]] : lower[t->cell[k]]);
        }
        if (least <= t->upper[i] + 0.5 && top >= t->lower[i] - 0.5) continue;
        for (uint32_t k = t->start[i]; k < t->start[i + 1]; k++) {
            uint32_t cell = t->cell[k];
            if (cell < j->own || (lower[cell] == 0 && upper[cell] == most)) continue;
            lower[cell] = 0;
            upper[cell] = most;
            widened++;
        }
    }
    return widened;
}

static status
try_complete(const joint *j, int64_t most, const int64_t exact[], int64_t lower[], int64_t upper[], bool again, int64_t x[], size_t *unusable, bool *found)
{
    SCRATCH(tmp);
    int64_t *from, *to;
    attack t;
    size_t n = j->system.n;
    audit_input in = {.system = &j->system};
    ALLOC(tmp, from, n);
    ALLOC(tmp, to, n);
    for (size_t i = 0; i < n; i++) {
        from[i] = i < j->own ? exact[i] : lower[i];
        to[i] = i < j->own ? exact[i] : upper[i];
    }
    in.lower = from, in.upper = to;
    CHECK(attack_new(tmp, &in, &t));
    size_t widened = 0;
    for (int round = 0; round < MOST_ROUNDS && again; round++) {
        size_t more = widen(j, &t, most, from, to);
        widened += more;
        if (more == 0) break;
    }
    for (size_t i = j->own; i < n; i++) lower[i] = from[i], upper[i] = to[i];
    *unusable += widened;
    CHECK(attack_new(tmp, &in, &t));
    *found = true;
    for (size_t i = 0; i < n && *found; i++) *found = t.low[i] <= t.high[i];
    return *found ? attack_start(&t, x, found) : ST_OK;
}

status
joint_complete(const joint *j, int64_t most, int64_t lower[], int64_t upper[], int64_t x[], size_t *unusable, bool *found)
{
    SCRATCH(tmp);
    int64_t *exact;
    *unusable = 0;
    *found = true;
    if (j->own == j->system.n) return ST_OK;
    ALLOC(tmp, exact, j->own);
    memcpy(exact, x, j->own * sizeof *exact);
    CHECK(try_complete(j, most, exact, lower, upper, true, x, unusable, found));
    if (!*found) {
        for (size_t i = j->own; i < j->system.n; i++) {
            *unusable += lower[i] > 0 || upper[i] < most;
            lower[i] = 0, upper[i] = most;
        }
        CHECK(try_complete(j, most, exact, lower, upper, false, x, unusable, found));
    }
    memcpy(x, exact, j->own * sizeof *exact);
    return ST_OK;
}
