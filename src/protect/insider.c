#include "protect/insider.h"

static uint32_t
chief(uint32_t boss[], uint32_t i)
{
    while (boss[i] != i) i = boss[i] = boss[boss[i]];
    return i;
}

/* A part of one in a whole of one is the same person. */
static void
join(const protect_system *s, const int64_t start[], uint32_t boss[])
{
    for (size_t i = 0; i < s->rows; i++) {
        const system_row *r = &s->row[i];
        if (start[r->whole] != 1 || r->relation == SYSTEM_AT_MOST) continue;
        for (uint32_t k = 0; k < r->n; k++)
            if (start[r->part[k]] == 1) boss[chief(boss, r->part[k])] = chief(boss, r->whole);
    }
}

status
insiders_find(arena *a, const attack *t, const int64_t start[], insiders *result)
{
    SCRATCH(tmp);
    size_t n = t->n;
    insiders all = {0};
    uint32_t *boss, *number;
    ALLOC(tmp, boss, n);
    ALLOC(tmp, number, n);
    ALLOC(a, all.who, n);
    ALLOC(a, all.first, n + 2);
    ALLOC(a, all.own, n);
    for (uint32_t j = 0; j < n; j++) boss[j] = j, all.who[j] = number[j] = SYSTEM_NONE;
    join(t->in->system, start, boss);
    for (uint32_t j = 0; j < n; j++) {
        if (start[j] != 1 || t->in->lower[j] == t->in->upper[j]) continue; /* public: everybody knows it */
        uint32_t b = chief(boss, j);
        if (number[b] == SYSTEM_NONE) number[b] = (uint32_t)all.n++;
        all.who[j] = number[b];
        all.first[number[b] + 2]++;
    }
    for (size_t i = 1; i <= all.n; i++) all.first[i + 1] += all.first[i];
    for (uint32_t j = 0; j < n; j++)
        if (all.who[j] != SYSTEM_NONE) all.own[all.first[all.who[j] + 1]++] = j;
    all.words = (all.n + 63) / 64;
    *result = all;
    return ST_OK;
}
