/* A list of numbers that grows, one per thread: parallel loops collect into piles, their owner reads them in order. */
#ifndef PEIL_LINKAGE_PILE_H
#define PEIL_LINKAGE_PILE_H

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

typedef struct pile {
    arena memory;
    uint64_t *item;
    size_t n, capacity;
    bool failed; /* out of memory: items are missing */
    char room[64]; /* neighbours do not share a cache line */
} pile;

static inline void
pile_grow(pile *p)
{
    size_t capacity = p->capacity ? 2 * p->capacity : 1024;
    arena next = {0};
    uint64_t *more = arena_alloc(&next, capacity, sizeof *more);
    if (!more) {
        p->failed = true;
        arena_clear(&next);
        return;
    }
    if (p->n) memcpy(more, p->item, p->n * sizeof *more);
    arena_clear(&p->memory);
    p->memory = next;
    p->item = more;
    p->capacity = capacity;
}

static inline void
pile_put(pile *p, uint64_t item)
{
    if (p->n == p->capacity) pile_grow(p);
    if (p->n < p->capacity) p->item[p->n++] = item;
}

typedef struct piles {
    pile *pile;
    int n;
} piles;

/* n empty piles that end with the arena. */
status piles_new(arena *a, int n, piles **result);

/* ST_NO_MEMORY when any pile failed. */
status piles_check(const piles *p);

#endif
