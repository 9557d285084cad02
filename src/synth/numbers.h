/* Numbers that belong to nobody: citizen service numbers that start with 9999 and pass the eleven-test, and numbers of the
 * aliens' administration of ten digits that start with 99. */
#ifndef PEIL_SYNTH_NUMBERS_H
#define PEIL_SYNTH_NUMBERS_H

#include "base/arena.h"
#include "base/rng.h"

#include <stdbool.h>

typedef struct synth_numbers {
    uint32_t *bsn; /* in random order */
    size_t bsns, bsns_given;
    uint64_t v_next, v_step;
} synth_numbers;

/* There are 9,091 such citizen service numbers. */
status synth_numbers_new(arena *out, uint64_t seed, synth_numbers *result);

/* The next number; "" when all are given away. Never the same twice. */
void synth_numbers_bsn(synth_numbers *n, char out[10]);
void synth_numbers_v(synth_numbers *n, char out[11]);

/* Nine digits that pass the eleven-test. */
bool synth_bsn_valid(const char *digits);

#endif
