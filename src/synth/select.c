#include "synth/select.h"

#include <math.h>
#include <stdlib.h>

typedef struct key {
    double value;
    uint32_t at;
} key;

static int
by_value_down(const void *a, const void *b)
{
    const key *x = a, *y = b;
    if (x->value != y->value) return x->value > y->value ? -1 : 1;
    return x->at < y->at ? -1 : x->at > y->at;
}

static double
logistic(rng *r)
{
    double u = (rng_uniform(r) + 0x1p-54) / (1 + 0x1p-53);
    return log(u / (1 - u));
}

status
synth_select(rng *r, size_t n, const double chance[], int64_t count, bool chosen[])
{
    SCRATCH(tmp);
    if (count < 0 || (size_t)count > n)
        FAIL(ST_INFEASIBLE, "the published numbers ask for %lld of %zu persons", (long long)count, n);
    key *keys;
    ALLOC(tmp, keys, n);
    for (size_t i = 0; i < n; i++) {
        double p = fmin(fmax(chance[i], 1e-12), 1 - 1e-12);
        keys[i] = (key){log(p / (1 - p)) + logistic(r), (uint32_t)i};
        if (chance[i] <= 0) keys[i].value -= 1e6;
        if (chance[i] >= 1) keys[i].value += 1e6;
    }
    qsort(keys, n, sizeof *keys, by_value_down);
    for (size_t i = 0; i < n; i++) chosen[keys[i].at] = i < (size_t)count;
    return ST_OK;
}

size_t
synth_choose(rng *r, size_t n, const double weight[])
{
    double total = 0;
    for (size_t i = 0; i < n; i++) total += weight[i];
    double at = rng_uniform(r) * total;
    for (size_t i = 0; i + 1 < n; i++) {
        at -= weight[i];
        if (at < 0) return i;
    }
    return n - 1;
}

bool
synth_happens(rng *r, double chance)
{
    return rng_uniform(r) < chance;
}

int
synth_between(rng *r, int low, int high)
{
    return high <= low ? low : low + (int)rng_below(r, (uint64_t)(high - low) + 1);
}
