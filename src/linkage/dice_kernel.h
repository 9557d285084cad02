/* What the kernels of dice.c share. Private to dice_*.c. */
#ifndef PEIL_LINKAGE_DICE_KERNEL_H
#define PEIL_LINKAGE_DICE_KERNEL_H

#include "linkage/dice.h"

enum {
    DICE_GROUP = 8,
    DICE_TILE = 32,
    DICE_WHEEL = 251, /* packed counts are known modulo this */
    DICE_BLOCK = 512,
    DICE_WORK = 2 * (DICE_BLOCK * DICE_WORDS * 64 + 8 * DICE_BLOCK) + 32768 /* AMX: bits as bytes, and products */
}; /* records are padded to whole tiles with empty ones */

/* One side, prepared. A pair is wanted when 2q c >= p a + p b. Kernels look for pairs that may be, without multiplying:
 *
 *     c1 + min(tail a, tail b) >= floor(p a / 2q) + floor(p b / 2q)
 *
 * with c1 the bits in common in the first words. Those few are counted in full and decided exactly (dice_verify). */
typedef struct dice_side {
    size_t n, padded;
    const uint64_t *words;  /* [n * 16] by record */
    const uint32_t *need;   /* [padded] p times the bits of the record */
    const int32_t *least;   /* [padded] floor(p bits / 2q); an empty record: more than there are */
    const int32_t *tail;    /* [padded] bits behind the prefix; packed and all words: behind the first half */
    /* for all but tiles: */
    const uint64_t *rows;   /* [padded * 16] by record; but for AVX2 words 2, 4, .. 14 are the exclusive or of all up to them */
    const uint64_t *groups; /* [padded * 16] rows, word-transposed: group g, word w, record r at ((g * 16) + w) * 8 + r */
    const int64_t *lack64, *tail64, *room64; /* [padded] - least, tail, and bits before the prefix ends less twice the least, wide */
} dice_side;

/* Pairs found by one thread in one block, in any order. */
typedef struct dice_found {
    arena *a;
    dice_pair *pair;
    size_t n, capacity;
    bool failed;
} dice_found;

typedef struct dice_task {
    const dice_side *a, *b;
    bool within; /* a and b are one set: only a < b */
    uint32_t p, q2; /* numerator, twice the denominator */
    int prefix; /* words, 1..16 */
    bool packed; /* AMX: two words a product */
    int32_t window; /* bits in common that a pair can have more than floor(p a / 2q) + floor(p b / 2q), at most */
    size_t a_begin, a_end, b_begin, b_end; /* multiples of DICE_TILE; at most DICE_BLOCK of b */
    uint8_t *work; /* [DICE_WORK] of this thread, kept from block to block: new pages cost as much as the block's pairs */
} dice_task;

/* Call f(..., words) with words a constant where it often is one, so that its loops unroll. */
#define DICE_UNROLLED(words, f, ...)                  \
    switch (words) {                                  \
    case 5: f(__VA_ARGS__, 5); break;                   \
    case 6: f(__VA_ARGS__, 6); break;                 \
    case 7: f(__VA_ARGS__, 7); break;                 \
    case 8: f(__VA_ARGS__, 8); break;                 \
    case 9: f(__VA_ARGS__, 9); break;                 \
    case DICE_WORDS: f(__VA_ARGS__, DICE_WORDS); break; \
    default: f(__VA_ARGS__, words);                   \
    }

typedef void dice_block(const dice_task *task, dice_found *found);

void dice_block_portable(const dice_task *task, dice_found *found);
void dice_block_avx2(const dice_task *task, dice_found *found);
void dice_block_avx512(const dice_task *task, dice_found *found);
void dice_block_amx(const dice_task *task, dice_found *found);
bool dice_amx_ready(void); /* ask the kernel for tile registers, once a process */

/* Count the pair in full and keep it when it is wanted. */
void dice_verify(const dice_task *task, size_t i, size_t j, dice_found *found);

#endif
