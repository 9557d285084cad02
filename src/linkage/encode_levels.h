/* Levels of agreement between values known by their encodings only: what the linkage unit has in place of names.
 *
 * A filter of 1,024 bits has CODED_POSITIONS bits for every pair of neighbouring signs. How many tokens a filter holds follows
 * from how many bits are set, how many two filters share from the bits of either: n(x) = -(1024 / positions) ln(1 - x / 1024),
 * only A = n(A or B) - n(B). One wrong sign changes two pairs, one swap of neighbours three: bands of these numbers and of
 * Dice = 2 common / (a + b) take the place of edit distance and Jaro-Winkler (linkage/levels.h). Dates are compared as
 * dates: their digits are replaced (linkage/encode_fields.h).
 *
 * Source   Swamidass & Baldi 2007, doi:10.1021/ci600526a (number of tokens from bits)
 * Checked  tests/linkage/test_encode_fields (against the levels of the plain values; F1 of links) */
#ifndef PEIL_LINKAGE_ENCODE_LEVELS_H
#define PEIL_LINKAGE_ENCODE_LEVELS_H

#include "linkage/dice.h"
#include "linkage/records.h"

enum { CODED_POSITIONS = 16, CODED_INITIAL = 1, CODED_CONSONANTS = 2, CODED_VALID = 4, CODED_BRIEF = 8 };

typedef struct coded_filter {
    uint64_t words[DICE_WORDS];
} coded_filter;

/* The encodings of a value set, value by value. */
typedef struct coded_values {
    const coded_filter *filter; /* [n]; NULL: values that are equal or not */
    const coded_filter *local;  /* [n] e-mail only: the part before @ */
    const uint64_t *group;      /* [n] keyed number of short forms or countries; 0 none */
    const uint64_t *other;      /* [n] keyed: names by their consonants, e-mails by the part before @; 0 none */
    const uint8_t *flags;       /* [n] CODED_...: nothing but initials, no vowels, a valid number, an initial among words */
    int32_t tokens[DICE_BITS + 1]; /* 256ths, by number of bits set */
} coded_values;

void coded_values_tokens(coded_values *c); /* fill the table */

/* The level of two different values; symmetric. type is not of dates. */
int coded_level(const coded_values *c, compare_type type, size_t v, size_t w);

#endif
