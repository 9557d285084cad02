/* Random small reports: persons with three or four dimensions, groups of codes, and a random choice of linked tables. */
#ifndef PEIL_TESTS_PROTECT_RANDOM_SYSTEM_H
#define PEIL_TESTS_PROTECT_RANDOM_SYSTEM_H

#include "base/rng.h"
#include "protect/system.h"

typedef struct random_shape {
    int dimensions, codes, tables, persons; /* codes: leaves a dimension at most */
    bool overlapping;                       /* the last dimension holds sets of codes */
} random_shape;

enum { RANDOM_LEAVES = 4 };

/* Leaf codes 1..n; code n + 1 is a group of the first two when n >= 3. */
static inline status
random_names(protect_system *s, rng *r, const random_shape *shape, int leaves[])
{
    static const char *const names[] = {"a", "b", "c", "d"}, *const codes[] = {"1", "2", "3", "4", "first-two"};
    uint16_t id, population;
    CHECK(system_population_find(s, "persons", &population));
    for (int d = 0; d < shape->dimensions; d++) {
        leaves[d] = 2 + (int)rng_below(r, (uint64_t)(shape->codes - 1));
        CHECK(system_dimension_find(s, names[d], &id));
        uint16_t child[RANDOM_LEAVES + 1], group;
        size_t n = 0;
        bool overlapping = shape->overlapping && d == shape->dimensions - 1;
        for (int c = 0; c < leaves[d]; c++) CHECK(system_code_find(s, id, codes[c], &child[n++]));
        if (leaves[d] >= 3 && !overlapping) {
            CHECK(system_code_find(s, id, codes[4], &group));
            CHECK(system_partition_add(s, id, group, true, 2, child));
            child[1] = group;
            CHECK(system_partition_add(s, id, 0, true, n - 1, child + 1));
        } else {
            CHECK(system_partition_add(s, id, 0, !overlapping, n, child));
        }
    }
    return ST_OK;
}

/* Does a person (leaf bits a dimension) belong to code c of a dimension with n leaves? */
static inline bool
random_belongs(unsigned bits, int c, int n)
{
    if (c == 0) return true;
    if (c == n + 1) return (bits & 3u) != 0;
    return bits >> (c - 1) & 1u;
}

static inline status
random_cells(protect_system *s, rng *r, const random_shape *shape, const int leaves[])
{
    SCRATCH(tmp);
    unsigned (*person)[4];
    ALLOC(tmp, person, shape->persons + 1);
    for (int i = 0; i < shape->persons; i++)
        for (int d = 0; d < shape->dimensions; d++) {
            person[i][d] = 1u << rng_below(r, (uint64_t)leaves[d]);
            if (shape->overlapping && d == shape->dimensions - 1 && rng_below(r, 3) == 0) person[i][d] |= 1u << rng_below(r, (uint64_t)leaves[d]);
        }
    CHECK(system_counts(s, 20000));
    for (int t = 0; t < shape->tables; t++) {
        unsigned spanned = 1u + (unsigned)rng_below(r, (1u << shape->dimensions) - 1);
        int size = 1, width[4];
        for (int d = 0; d < shape->dimensions; d++) size *= width[d] = spanned >> d & 1u ? (int)s->dimension[d].n : 1;
        for (int k = 0; k < size; k++) {
            uint16_t key[5] = {0};
            for (int d = 0, rest = k; d < shape->dimensions; rest /= width[d], d++) key[d + 1] = (uint16_t)(rest % width[d]);
            int64_t count = 0;
            for (int i = 0; i < shape->persons; i++) {
                bool in = true;
                for (int d = 0; d < shape->dimensions; d++) in = in && random_belongs(person[i][d], key[d + 1], leaves[d]);
                count += in;
            }
            uint32_t index;
            CHECK(system_add(s, key, count, "random", &index));
        }
    }
    return system_rows(s, SYSTEM_FOUND);
}

static inline status
random_system(arena *a, uint64_t seed, const random_shape *shape, protect_system *s)
{
    rng r = rng_new(seed, 99);
    int leaves[4];
    CHECK(system_new(a, s));
    CHECK(random_names(s, &r, shape, leaves));
    return random_cells(s, &r, shape, leaves);
}

/* The counts of one that are the same person's as `one`: wholes of which it is a part, and the other way, and so on. */
static inline void
own_counts(const protect_system *s, uint32_t one, uint8_t own[])
{
    memset(own, 0, s->n);
    own[one] = 1;
    for (bool more = true; more;) {
        more = false;
        for (size_t i = 0; i < s->rows; i++) {
            const system_row *r = &s->row[i];
            for (uint32_t k = 0; k < r->n; k++) {
                if (s->value[r->whole] != 1 || s->value[r->part[k]] != 1 || own[r->whole] == own[r->part[k]]) continue;
                own[r->whole] = own[r->part[k]] = 1;
                more = true;
            }
        }
    }
}

#endif
