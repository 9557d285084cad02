#include "protect/joint_names.h"

enum { DEEPEST = 16 };

const char *
joint_name_of(const joint_side *side, size_t d, uint16_t code)
{
    const system_dimension *known = &side->system->dimension[d];
    return code ? known->code[code] : spec_total(spec_find(side->spec, known->name));
}

static status
note(arena *tmp, joint_names *l, const char *name, size_t *at)
{
    for (*at = 0; *at < l->n; ++*at)
        if (strcmp(l->name[*at], name) == 0) return ST_OK;
    if (l->n == l->capacity) {
        const char **more;
        ALLOC(tmp, more, 2 * l->capacity + 64);
        if (l->n) memcpy(more, l->name, l->n * sizeof *more);
        l->name = more;
        l->capacity = 2 * l->capacity + 64;
    }
    l->name[l->n++] = name;
    return ST_OK;
}

status
joint_parts_of(arena *tmp, const joint_side *side, size_t d, const char *name, size_t *n, const char ***part)
{
    const protect_system *s = side->system;
    const spec_dimension *declared = spec_find(side->spec, s->dimension[d].name);
    *n = 0;
    for (unsigned k = 0; declared && k < declared->merged_count + declared->groups_count; k++) {
        const spec_group *g = k < declared->merged_count ? &declared->merged[k] : &declared->groups[k - declared->merged_count];
        if (strcmp(g->code, name) != 0) continue;
        ALLOC(tmp, *part, g->parts_count);
        for (*n = 0; *n < g->parts_count; ++*n) (*part)[*n] = g->parts[*n];
        return ST_OK;
    }
    for (size_t p = 0; p < s->partitions; p++) {
        const system_partition *q = &s->partition[p];
        if (q->dimension != d || strcmp(joint_name_of(side, d, q->parent), name) != 0) continue;
        ALLOC(tmp, *part, q->n);
        for (*n = 0; *n < q->n; ++*n) (*part)[*n] = joint_name_of(side, d, q->child[*n]);
        return ST_OK;
    }
    return ST_OK;
}

status
joint_leaves_of(arena *tmp, const joint_side *side, size_t d, const char *name, int depth, joint_names *l)
{
    size_t n, at;
    const char **part;
    CHECK(joint_parts_of(tmp, side, d, name, &n, &part));
    if (n == 0 || depth > DEEPEST) return note(tmp, l, name, &at);
    for (size_t i = 0; i < n; i++) CHECK(joint_leaves_of(tmp, side, d, part[i], depth + 1, l));
    return ST_OK;
}

bool
joint_has(const joint_names *l, const char *name)
{
    for (size_t i = 0; i < l->n; i++)
        if (strcmp(l->name[i], name) == 0) return true;
    return false;
}

int
joint_occurs(const joint_side *side, size_t d, const char *name)
{
    const protect_system *s = side->system;
    uint16_t code = 1;
    int found = -1;
    while (code < s->dimension[d].n && strcmp(s->dimension[d].code[code], name) != 0) code++;
    for (size_t i = 0; i < s->n && code < s->dimension[d].n && found < 1; i++)
        if (system_key(s, i)[d + 1] == code) found = s->value[i] != 0;
    return found;
}

/* A declared part that no table has is nobody where the other parts stand in
 * one; where none does, only their group is shown, and nobody knows. */
bool
joint_somebody(const joint_side *side, size_t d, const char *name)
{
    int own = joint_occurs(side, d, name);
    const spec_dimension *declared = spec_find(side->spec, side->system->dimension[d].name);
    if (own >= 0 || !declared || spec_merged(declared, name) != name) return own > 0;
    for (unsigned g = 0; g < declared->groups_count; g++) {
        bool in = false, others = false;
        for (unsigned i = 0; i < declared->groups[g].parts_count; i++) {
            in |= strcmp(declared->groups[g].parts[i], name) == 0;
            others |= joint_occurs(side, d, declared->groups[g].parts[i]) >= 0;
        }
        if (in) return !others;
    }
    return false;
}

bool
joint_within(const joint_side *side, size_t d, const joint_names *one, const joint_names *other)
{
    for (size_t i = 0; i < one->n; i++)
        if (!joint_has(other, one->name[i]) && joint_somebody(side, d, one->name[i])) return false;
    return true;
}

status
joint_divided(arena *tmp, const joint_side *side, size_t d, size_t *n, uint16_t **codes)
{
    ALLOC(tmp, *codes, side->system->dimension[d].n);
    *n = 0;
    for (uint16_t c = 0; c < side->system->dimension[d].n; c++) {
        size_t parts;
        const char **part;
        CHECK(joint_parts_of(tmp, side, d, joint_name_of(side, d, c), &parts, &part));
        if (parts > 0) (*codes)[(*n)++] = c;
    }
    return ST_OK;
}
