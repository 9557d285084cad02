/* Which of many words could be alike to one: letters they have in common against letters they need, 32 words at a time. */
#ifndef PEIL_LINKAGE_SIGNS_H
#define PEIL_LINKAGE_SIGNS_H

#include "linkage/compare_text.h"

enum { SIGNS_GROUP = 32, SIGNS_LENGTHS = WORD_LENGTH + 1, SIGNS_NEVER = 255 };

/* need[p][n][m]: letters two texts of n and m signs with p equal leading ones must have in common to be alike. */
typedef struct signs_needs {
    uint8_t need[5][SIGNS_LENGTHS][SIGNS_LENGTHS];
} signs_needs;

/* Words in byte order, laid out for vectors in groups of 32: the letters of word 8j + q of a group stand at 4q + j. */
typedef struct signs {
    size_t n;
    int longest;
    uint64_t *letters;
    uint8_t *length, *excess;
    uint32_t *head;
} signs;

/* pick  [n] which of `all`, ascending; NULL: the first n */
status signs_new(arena *a, size_t n, const word_sign all[], const uint32_t pick[], signs *result);

static inline bool
signs_may(const signs_needs *t, word_sign a, word_sign b)
{
    uint32_t x = a.head ^ b.head;
    int prefix = x ? __builtin_ctz(x) >> 3 : 4;
    return word_common(a, b) >= t->need[prefix][a.n][b.n];
}

/* A bit a word, for the words from `from` on, a multiple of 32: set where signs_may. Where words of a group begin
 * alike to different degrees all are taken for the most alike: a few more are set there.
 * n     how many; bits behind them are 0
 * pass  [n / 32], the last begun one too
 * Cost  three instructions a word */
void signs_pass(const signs *s, const signs_needs *t, word_sign a, size_t from, size_t n, uint32_t pass[]);

#endif
