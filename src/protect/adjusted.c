#include "protect/adjusted.h"

#include <stdlib.h>
#include <string.h>

static const double bounds[ADJUSTED_BOUNDS] = {0.001, 0.01, 0.05};

double
adjusted_bound(int k)
{
    return bounds[k];
}

/* What the k-th smallest (from 1) of m must be below. */
static double
threshold(adjusted_by way, double bound, size_t k, size_t m)
{
    if (way == ADJUSTED_HOLM) return bound / (double)(m - k + 1);
    if (way == ADJUSTED_BH) return bound * ((double)k / (double)m);
    return bound;
}

static int
compare_double(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

uint16_t
adjusted_cell(const adjusted_grid *g, double p)
{
    size_t low = 0, high = g->n; /* how many thresholds p is not below */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (p < g->at[middle]) high = middle;
        else low = middle + 1;
    }
    return (uint16_t)low;
}

static uint16_t *
highest_of(const adjusted_grid *g, adjusted_by way, int bound)
{
    return g->highest + ((size_t)way * ADJUSTED_BOUNDS + (size_t)bound) * g->m;
}

status
adjusted_grid_make(arena *a, size_t m, adjusted_grid *g)
{
    size_t most = (size_t)ADJUSTED_WAYS * ADJUSTED_BOUNDS * m;
    *g = (adjusted_grid){.m = m};
    if (m < 1 || m > 7000) FAIL(ST_INVALID, "adjusted p-values: expected 1 to 7000 tests in a family, got %zu", m);
    ALLOC(a, g->at, most);
    ALLOC(a, g->highest, most);
    for (int way = 0; way < ADJUSTED_WAYS; way++)
        for (int b = 0; b < ADJUSTED_BOUNDS; b++)
            for (size_t k = 1; k <= m; k++) g->at[g->n++] = threshold((adjusted_by)way, bounds[b], k, m);
    qsort(g->at, g->n, sizeof *g->at, compare_double);
    size_t kept = 1;
    for (size_t i = 1; i < g->n; i++)
        if (g->at[i] != g->at[kept - 1]) g->at[kept++] = g->at[i];
    g->n = kept;
    for (int way = 0; way < ADJUSTED_WAYS; way++)
        for (int b = 0; b < ADJUSTED_BOUNDS; b++)
            for (size_t k = 1; k <= m; k++) /* the cell from a threshold on is the first that is not below it */
                highest_of(g, (adjusted_by)way, b)[k - 1] = (uint16_t)(adjusted_cell(g, threshold((adjusted_by)way, bounds[b], k, m)) - 1);
    return ST_OK;
}

enum { MOST_CELLS = 65535 };

/* Walk the tests from the smallest p on; those of one cell have equal rights, so the first rank in it decides for Holm, the last for the other. */
static int
walk(const adjusted_grid *g, adjusted_by way, const uint16_t highest[], const uint16_t tests[])
{
    int cut = -1;
    size_t rank = 0;
    for (size_t c = 0; c <= g->n && rank < g->m; c++) {
        if (tests[c] == 0) continue;
        if (way == ADJUSTED_HOLM && c > highest[rank]) return cut;
        rank += tests[c];
        if (way == ADJUSTED_HOLM || c <= highest[rank - 1]) cut = (int)c;
    }
    return cut;
}

int
adjusted_cut(const adjusted_grid *g, adjusted_by way, int bound, const uint16_t cell[])
{
    uint16_t tests[MOST_CELLS]; /* of each cell */
    memset(tests, 0, (g->n + 1) * sizeof *tests);
    for (size_t j = 0; j < g->m; j++) tests[cell[j]]++;
    return walk(g, way, highest_of(g, way, bound), tests);
}

static bool
anything(const adjusted_grid *g, const adjusted_said said[], int way, int bound)
{
    for (size_t j = 0; j < g->m; j++)
        if (said[j].said[way] >> bound & 1) return true;
    return false;
}

/* Is everything printed the same at both corners? */
static bool
same_corners(const adjusted_grid *g, const adjusted_said said[], const uint16_t low[], const uint16_t high[])
{
    for (int way = 0; way < ADJUSTED_WAYS; way++)
        for (int b = 0; b < ADJUSTED_BOUNDS; b++) {
            if (!anything(g, said, way, b)) continue;
            int at_low = adjusted_cut(g, (adjusted_by)way, b, low), at_high = adjusted_cut(g, (adjusted_by)way, b, high);
            for (size_t j = 0; j < g->m; j++)
                if ((said[j].said[way] >> b & 1) && (low[j] <= at_low) != (high[j] <= at_high)) return false;
        }
    return true;
}

/* As far as one end of one range can go while the others stay: further is never better, so halving finds it. */
static void
stretch(const adjusted_grid *g, const adjusted_said said[], uint16_t low[], uint16_t high[], uint16_t *end, uint16_t furthest)
{
    uint16_t good = *end, bad = furthest;
    *end = furthest;
    if (same_corners(g, said, low, high)) return;
    while (abs((int)bad - (int)good) > 1) {
        uint16_t middle = (uint16_t)((good + bad) / 2);
        *end = middle;
        if (same_corners(g, said, low, high)) good = middle;
        else bad = middle;
    }
    *end = good;
}

typedef struct ranked {
    uint16_t cell;
    uint32_t test;
} ranked;

static int
by_cell(const void *a, const void *b)
{
    const ranked *x = a, *y = b;
    if (x->cell != y->cell) return x->cell < y->cell ? -1 : 1;
    return (x->test > y->test) - (x->test < y->test);
}

status
adjusted_ranges(const adjusted_grid *g, const uint16_t exact[], const adjusted_said said[], uint16_t low[], uint16_t high[])
{
    SCRATCH(tmp);
    ranked *order;
    ALLOC(tmp, order, g->m);
    for (size_t j = 0; j < g->m; j++) {
        low[j] = high[j] = exact[j];
        order[j] = (ranked){exact[j], (uint32_t)j};
    }
    qsort(order, g->m, sizeof *order, by_cell);
    /* the largest p has the most room upwards by its rank, the smallest downwards */
    for (size_t k = g->m; k-- > 0;) stretch(g, said, low, high, &high[order[k].test], (uint16_t)g->n);
    for (size_t k = 0; k < g->m; k++) stretch(g, said, low, high, &low[order[k].test], 0);
    return ST_OK;
}
