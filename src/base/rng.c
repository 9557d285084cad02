#include "base/rng.h"

#include <math.h>

void
rng_block(uint64_t seed, uint64_t stream, uint64_t index, uint32_t out[4])
{
    uint32_t c0 = (uint32_t)index, c1 = (uint32_t)(index >> 32);
    uint32_t c2 = (uint32_t)stream, c3 = (uint32_t)(stream >> 32);
    uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);
    for (int round = 0; round < 10; round++) {
        uint64_t p0 = (uint64_t)0xD2511F53u * c0, p1 = (uint64_t)0xCD9E8D57u * c2;
        uint32_t n0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0, n2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
        c0 = n0, c1 = (uint32_t)p1, c2 = n2, c3 = (uint32_t)p0;
        k0 += 0x9E3779B9u, k1 += 0xBB67AE85u;
    }
    out[0] = c0, out[1] = c1, out[2] = c2, out[3] = c3;
}

rng
rng_new(uint64_t seed, uint64_t stream)
{
    return (rng){.seed = seed, .stream = stream};
}

uint32_t
rng_next32(rng *r)
{
    if (r->left == 0) {
        rng_block(r->seed, r->stream, r->index++, r->block);
        r->left = 4;
    }
    return r->block[4 - r->left--];
}

uint64_t
rng_next64(rng *r)
{
    uint64_t low = rng_next32(r);
    return low | (uint64_t)rng_next32(r) << 32;
}

double
rng_uniform(rng *r)
{
    return (double)(rng_next64(r) >> 11) * 0x1p-53;
}

uint64_t
rng_below(rng *r, uint64_t bound)
{
    if (bound == 0) return 0;
    unsigned __int128 m = (unsigned __int128)rng_next64(r) * bound;
    if ((uint64_t)m < bound) {
        uint64_t threshold = -bound % bound;
        while ((uint64_t)m < threshold) m = (unsigned __int128)rng_next64(r) * bound;
    }
    return (uint64_t)(m >> 64);
}

double
rng_normal(rng *r)
{
    double u = 1 - rng_uniform(r), v = rng_uniform(r);
    return sqrt(-2 * log(u)) * cos(2 * M_PI * v);
}

void
rng_shuffle(rng *r, size_t n, uint32_t order[])
{
    for (size_t i = 0; i < n; i++) order[i] = (uint32_t)i;
    for (size_t i = n; i > 1; i--) {
        size_t j = (size_t)rng_below(r, i);
        uint32_t swap = order[i - 1];
        order[i - 1] = order[j];
        order[j] = swap;
    }
}
