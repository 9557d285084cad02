#include "linkage/pile.h"

static void
close_piles(void *object)
{
    piles *p = object;
    for (int i = 0; i < p->n; i++) arena_clear(&p->pile[i].memory);
}

status
piles_new(arena *a, int n, piles **result)
{
    piles *p;
    ALLOC(a, p, 1);
    ALLOC(a, p->pile, n);
    p->n = n;
    CHECK(arena_defer(a, close_piles, p));
    *result = p;
    return ST_OK;
}

status
piles_check(const piles *p)
{
    for (int i = 0; i < p->n; i++)
        if (p->pile[i].failed) FAIL(ST_NO_MEMORY, "out of memory (%zu items in a list)", p->pile[i].n);
    return ST_OK;
}
