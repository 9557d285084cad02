/* How alike two texts are: edit distance, Jaro, Jaro-Winkler, Dice over q-grams.
 *
 * All work on bytes of normalised text (linkage/normalise.h). All are symmetric. */
#ifndef PEIL_LINKAGE_COMPARE_TEXT_H
#define PEIL_LINKAGE_COMPARE_TEXT_H

#include "base/text.h"

/* A short text in 64 bytes, zero behind its end, with what the filters look at: longer texts are cut. */
enum { WORD_LENGTH = 64 };
typedef struct word {
    char s[WORD_LENGTH];
} word;

typedef struct word_sign {
    uint64_t letters; /* planes of signs that occur once, twice, ... or more: two planes of 32, or four of 16 for codes */
    uint32_t head;    /* the first four bytes */
    uint8_t n;        /* length */
    uint8_t excess;   /* n less the bits in `letters` */
} word_sign;

/* planes  2 for words of letters, 4 for codes of digits */
word_sign word_make(text value, int planes, word *result);

/* At least as many letters as the two have in common, whatever their places. */
static inline int
word_common(word_sign a, word_sign b)
{
    return __builtin_popcountll(a.letters & b.letters) + (a.excess < b.excess ? a.excess : b.excess);
}

/* Damerau-Levenshtein distance: insertions, deletions, substitutions and swaps of neighbours, no part edited twice
 * (optimal string alignment).
 * Source  Hyyro 2003, A bit-vector algorithm for computing Levenshtein and Damerau edit distances
 * Cost    O(n) for words
 * Checked tests/linkage/test_compare_text.c, against the table of Wagner and Fischer */
int compare_edits(const word *a, int na, const word *b, int nb);
bool compare_one_edit(const word *a, int na, const word *b, int nb); /* distance 0 or 1, faster */

/* False only when more than two edits are needed: too few signs of a stand in b at most two places away, one when they are equally
 * long (a sign left out and one put in). */
bool compare_two_edits_may(const word *a, int na, const word *b, int nb);

/* Jaro 1989 (doi:10.1080/01621459.1989.10478785): 0 nothing alike, 1 equal; two empty texts give 0.
 * Winkler 1990 adds a tenth of the rest per equal leading byte, at most four. */
double compare_jaro(const word *a, int na, const word *b, int nb);
double compare_jaro_winkler(const word *a, int na, const word *b, int nb);

/* The greedy assignment of Jaro may depend on the side it starts from: the shorter, then the smaller text comes first. */
static inline bool
compare_first(const word *a, int na, const word *b, int nb)
{
    return na != nb ? na < nb : memcmp(a->s, b->s, WORD_LENGTH) <= 0;
}

/* Jaro-Winkler of two words with so many signs in common, and so many of them in another order. */
double compare_jaro_winkler_found(const word *a, int na, const word *b, int nb, int common, int moved);

/* The same for texts of any length; only their first 64 bytes count. */
int compare_text_edits(text a, text b);
double compare_text_jaro_winkler(text a, text b);

/* Dice coefficient of the multisets of q-grams, padded with q - 1 blanks on both sides; q 1 to 4.
 * Two empty texts give 0. Cost O(n log n) */
double compare_dice(text a, text b, int q);

#endif
