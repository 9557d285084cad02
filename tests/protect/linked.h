/* Linked tables of synthetic persons: every table of `ways` of the five dimensions, with subtotals. For tests and benches. */
#ifndef PEIL_TESTS_PROTECT_LINKED_H
#define PEIL_TESTS_PROTECT_LINKED_H

#include "base/rng.h"
#include "protect/system.h"
#include "table/csv.h"

enum { LINKED_DIMENSIONS = 5, LINKED_ANCESTORS = 3 };

static const char *const linked_names[LINKED_DIMENSIONS] = {"form", "unit", "year", "age", "sex"};

typedef struct linked_group {
    int dimension;
    const char *code, *parts[8];
} linked_group;

static const linked_group linked_groups[] = {
    {0, "SEXUAL", {"SEX_DOM", "SEX_CROSS"}},
    {0, "NONSEX", {"LABOUR", "SERVICES", "CRIMINAL", "OTHER"}},
    {1, "NORTH", {"U01", "U02", "U03", "U04"}},
    {1, "MIDDLE", {"U05", "U06", "U07"}},
    {1, "SOUTH", {"U08", "U09", "U10"}},
    {3, "ADULT", {"18-22", "23-29", "30+"}},
};
enum { LINKED_GROUPS = sizeof linked_groups / sizeof *linked_groups };

typedef struct linked_persons {
    size_t n;
    uint16_t (*code)[LINKED_DIMENSIONS]; /* leaf codes */
} linked_persons;

/* Codes 1..: leaves first in order of appearance, then the groups. */
static inline status
linked_read(arena *a, const char *path, protect_system *s, linked_persons *persons)
{
    csv *c;
    CHECK(csv_open(a, path, NULL, &c));
    int column[LINKED_DIMENSIONS];
    for (int d = 0; d < LINKED_DIMENSIONS; d++) {
        uint16_t dimension;
        CHECK(system_dimension_find(s, linked_names[d], &dimension));
        column[d] = csv_find(c, linked_names[d]);
        if (column[d] < 0) FAIL(ST_INVALID, "no column %s", linked_names[d]);
    }
    ALLOC(a, persons->code, 100000);
    for (;;) {
        bool more;
        csv_row row;
        CHECK(csv_next(c, &more, &row));
        if (!more || persons->n == 100000) break;
        for (int d = 0; d < LINKED_DIMENSIONS; d++) {
            const char *code = arena_copy(a, row.field[column[d]].bytes, row.field[column[d]].n);
            CHECK(system_code_find(s, (uint16_t)d, code, &persons->code[persons->n][d]));
        }
        persons->n++;
    }
    return ST_OK;
}

/* The code's ancestors, itself first, the total last; how many. */
static inline int
linked_ancestors(const protect_system *s, int d, uint16_t code, uint16_t ancestor[LINKED_ANCESTORS])
{
    int n = 0;
    ancestor[n++] = code;
    for (size_t p = 0; p < s->partitions; p++)
        if (s->partition[p].dimension == d && s->partition[p].parent != 0)
            for (size_t i = 0; i < s->partition[p].n; i++)
                if (s->partition[p].child[i] == code) ancestor[n++] = s->partition[p].parent;
    ancestor[n++] = 0;
    return n;
}

static inline status
linked_partitions(protect_system *s)
{
    uint16_t child[64], group[LINKED_GROUPS];
    bool taken[LINKED_DIMENSIONS][64] = {{false}};
    for (int g = 0; g < LINKED_GROUPS; g++) {
        const linked_group *l = &linked_groups[g];
        size_t n = 0;
        for (; n < 8 && l->parts[n]; n++) {
            CHECK(system_code_find(s, (uint16_t)l->dimension, l->parts[n], &child[n]));
            taken[l->dimension][child[n]] = true;
        }
        CHECK(system_code_find(s, (uint16_t)l->dimension, l->code, &group[g]));
        CHECK(system_partition_add(s, (uint16_t)l->dimension, group[g], true, n, child));
    }
    for (int d = 0; d < LINKED_DIMENSIONS; d++) {
        size_t n = 0;
        for (uint16_t c = 1; c < s->dimension[d].n; c++)
            if (!taken[d][c]) child[n++] = c;
        CHECK(system_partition_add(s, (uint16_t)d, 0, true, n, child));
    }
    return ST_OK;
}

/* Every cell with at most `ways` codes that are not the total, all of dimensions in the mask; zeros included. */
static inline status
linked_cells(protect_system *s, const linked_persons *persons, int ways, unsigned mask)
{
    SCRATCH(tmp);
    size_t size = 1, width[LINKED_DIMENSIONS];
    for (int d = 0; d < LINKED_DIMENSIONS; d++) size *= width[d] = s->dimension[d].n;
    int64_t *count;
    ALLOC(tmp, count, size);
    for (size_t i = 0; i < persons->n; i++) {
        uint16_t up[LINKED_DIMENSIONS][LINKED_ANCESTORS];
        int n[LINKED_DIMENSIONS], all = 1;
        for (int d = 0; d < LINKED_DIMENSIONS; d++) all *= n[d] = linked_ancestors(s, d, persons->code[i][d], up[d]);
        for (int k = 0; k < all; k++) {
            size_t at = 0;
            for (int d = 0, rest = k; d < LINKED_DIMENSIONS; rest /= n[d], d++) at = at * width[d] + up[d][rest % n[d]];
            count[at]++;
        }
    }
    CHECK(system_counts(s, size));
    for (size_t i = 0; i < size; i++) {
        uint16_t key[LINKED_DIMENSIONS + 1] = {0};
        size_t rest = i;
        int codes = 0;
        for (int d = LINKED_DIMENSIONS - 1; d >= 0; rest /= width[d], d--) codes += (key[d + 1] = (uint16_t)(rest % width[d])) == 0 ? 0 : mask >> d & 1u ? 1 : 99;
        uint32_t index;
        if (codes <= ways) CHECK(system_add(s, key, count[i], "linked", &index));
    }
    return system_rows(s, SYSTEM_STRICT);
}

/* As many persons drawn from them with replacement. */
static inline status
linked_resample(arena *a, uint64_t seed, linked_persons *persons)
{
    rng r = rng_new(seed, 17);
    uint16_t (*drawn)[LINKED_DIMENSIONS];
    ALLOC(a, drawn, persons->n);
    for (size_t i = 0; i < persons->n; i++) memcpy(drawn[i], persons->code[rng_below(&r, persons->n)], sizeof *drawn);
    persons->code = drawn;
    return ST_OK;
}

/* mask: a bit for each dimension that is used. seed: of a resample; 0: the persons as they are. */
static inline status
linked_drawn(arena *a, const char *path, int ways, unsigned mask, uint64_t seed, protect_system *s)
{
    linked_persons persons = {0};
    CHECK(system_new(a, s));
    uint16_t population;
    CHECK(system_population_find(s, "persons", &population));
    CHECK(linked_read(a, path, s, &persons));
    if (seed) CHECK(linked_resample(a, seed, &persons));
    CHECK(linked_partitions(s));
    return linked_cells(s, &persons, ways, mask);
}

static inline status
linked_table(arena *a, const char *path, int ways, unsigned mask, protect_system *s)
{
    return linked_drawn(a, path, ways, mask, 0, s);
}

static inline status
linked_system(arena *a, const char *path, int ways, protect_system *s)
{
    return linked_table(a, path, ways, ~0u, s);
}

#endif
