/* Counter-based random numbers: Philox4x32-10 (Salmon, Moraes, Dror & Shaw 2011, doi:10.1145/2063384.2063405).
 *
 * A value depends only on (seed, stream, index): draws made by many threads, in any order, are the same.
 * Give each unit of work (a replicate, a person, a stratum) its own stream. Not for keys: use libsodium. */
#ifndef PEIL_BASE_RNG_H
#define PEIL_BASE_RNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct rng {
    uint64_t seed, stream, index; /* index: blocks of 128 bits drawn so far */
    uint32_t block[4];
    int left; /* words of the block not yet given out */
} rng;

/* The 128-bit block at (seed, stream, index). */
void rng_block(uint64_t seed, uint64_t stream, uint64_t index, uint32_t out[4]);

rng rng_new(uint64_t seed, uint64_t stream);
uint32_t rng_next32(rng *r);
uint64_t rng_next64(rng *r);
double rng_uniform(rng *r);                 /* [0, 1), 53 bits */
uint64_t rng_below(rng *r, uint64_t bound); /* 0 .. bound-1 without bias (Lemire 2019); bound 0 gives 0 */
double rng_normal(rng *r);                  /* standard normal, Box-Muller */

/* A random permutation of 0 .. n-1 (Fisher-Yates). */
void rng_shuffle(rng *r, size_t n, uint32_t order[]);

#endif
