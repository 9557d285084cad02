/* Every pair of 1,024-bit encodings whose Dice coefficient reaches a threshold, exactly.
 *
 * Dice = 2 |A and B| / (|A| + |B|). The threshold is a fraction and the comparison is made in integers, so that a pair at
 * exactly the threshold is never lost. Two encodings without any bit are no pair. */
#ifndef PEIL_LINKAGE_DICE_H
#define PEIL_LINKAGE_DICE_H

#include "base/text.h"

enum { DICE_BITS = 1024, DICE_WORDS = DICE_BITS / 64 };

/* n encodings, 16 words each, record after record. */
typedef struct dice_set {
    size_t n;
    const uint64_t *words; /* [n * DICE_WORDS] */
} dice_set;

typedef struct dice_threshold {
    uint32_t numerator, denominator; /* 0 < numerator <= denominator <= 10,000, in lowest terms */
} dice_threshold;

/* "0.8" or "4/5"; at most four decimals. ST_USAGE otherwise. */
status dice_threshold_parse(text words, dice_threshold *out);

typedef enum dice_kernel {
    DICE_BEST,     /* the widest this machine has */
    DICE_PORTABLE, /* plain C, four records side by side */
    DICE_AVX2,     /* four words at a time */
    DICE_AVX512,   /* VPOPCNTDQ, groups of 8 records, 4 queries */
    DICE_AMX,      /* int8 tiles: 256 pairs, one or two words an instruction */
    DICE_KERNELS
} dice_kernel;

const char *dice_kernel_name(dice_kernel kernel); /* "amx" */
bool dice_kernel_usable(dice_kernel kernel);

typedef struct dice_options {
    dice_kernel kernel;
    int prefix; /* words of the bound c1 + min(a2, b2): 0 chosen from the data, 16 no bound, 1..15 as said */
    size_t band;      /* records of a at a time, a multiple of 32; 0: 8,192, fewer where most are alike */
    int rank, ranks;  /* compare only bands rank, rank + ranks, ...; ranks 0: all (linkage/dice_ranks.h) */
} dice_options;

typedef struct dice_pair {
    uint32_t a, b;   /* positions in the sets; within one set a < b */
    uint32_t common; /* |A and B| */
    uint32_t bits;   /* |A| + |B| */
} dice_pair;

/* Receives the pairs ordered by (a, b), a band of records a at a time. */
typedef status dice_receive(void *context, size_t n, const dice_pair pairs[]);

/* Compare everyone in `a` with everyone in `b`, or within `a` when b is NULL.
 *
 * Ties     a pair at exactly the threshold is received
 * Errors   ST_INVALID (over 2^32 - 64 records), ST_UNSUPPORTED (the kernel is not of this machine), ST_NO_MEMORY, and what
 *          `receive` returns
 * Cost     n_a n_b pairs, a quarter of a cycle to 10 each by kernel; memory 300 bytes a record, and four times some four million pairs
 * Result   the same pairs for every kernel, prefix and number of threads
 * Source   Dice 1945, doi:10.2307/1932409; prefix bound: |A and B| <= c1 + min(a2, b2)
 * Checked  tests/linkage/test_dice (all kernels against a naive count) */
status linkage_dice_compare(const dice_set *a, const dice_set *b, dice_threshold threshold, const dice_options *options,
                            dice_receive *receive, void *context);

#endif
