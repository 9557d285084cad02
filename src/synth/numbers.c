#include "synth/numbers.h"

#include <stdio.h>
#include <string.h>

enum { LOWEST = 999900000, HIGHEST = 999999999, V_SPACE = 100000000, STREAM = 0x6e756d62 };

bool
synth_bsn_valid(const char *digits)
{
    if (strlen(digits) != 9 || strspn(digits, "0123456789") != 9) return false;
    int sum = -(digits[8] - '0');
    for (int i = 0; i < 8; i++) sum += (9 - i) * (digits[i] - '0');
    return sum % 11 == 0;
}

status
synth_numbers_new(arena *out, uint64_t seed, synth_numbers *result)
{
    SCRATCH(tmp);
    uint32_t *valid, *order;
    ALLOC(tmp, valid, HIGHEST - LOWEST + 1);
    size_t n = 0;
    for (uint32_t number = LOWEST; number <= HIGHEST; number++) {
        char digits[11];
        snprintf(digits, sizeof digits, "%09u", number);
        if (synth_bsn_valid(digits)) valid[n++] = number;
    }
    ALLOC(tmp, order, n);
    rng r = rng_new(seed, STREAM);
    rng_shuffle(&r, n, order);
    ALLOC(out, result->bsn, n);
    for (size_t i = 0; i < n; i++) result->bsn[i] = valid[order[i]];
    result->bsns = n;
    result->bsns_given = 0;
    /* steps of an odd number not divisible by five visit all 10^8 numbers before one comes again */
    result->v_next = rng_below(&r, V_SPACE);
    result->v_step = 10 * (3000000 + rng_below(&r, 6000000)) + 7;
    return ST_OK;
}

void
synth_numbers_bsn(synth_numbers *n, char out[10])
{
    if (n->bsns_given == n->bsns) out[0] = 0;
    else snprintf(out, 10, "%09u", (unsigned)(n->bsn[n->bsns_given++] % 1000000000u));
}

void
synth_numbers_v(synth_numbers *n, char out[11])
{
    snprintf(out, 11, "99%08u", (unsigned)(n->v_next % V_SPACE));
    n->v_next = (n->v_next + n->v_step) % V_SPACE;
}
