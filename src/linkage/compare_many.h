/* One word against many others, 32 at a time: what linkage/compare_text.h gives one by one, to the bit. */
#ifndef PEIL_LINKAGE_COMPARE_MANY_H
#define PEIL_LINKAGE_COMPARE_MANY_H

#include "linkage/compare_text.h"

typedef struct word_list {
    const word *word;
    const word_sign *sign;
} word_list;

/* edits[i]  compare_edits of words v and w[i]
 * Cost      some 40 instructions a pair of at most 16 signs; longer ones one by one */
void compare_edits_many(const word_list *l, size_t v, size_t n, const uint32_t w[], uint8_t edits[]);

/* jw[i]  compare_jaro_winkler of words v and w[i] when it is `least` or more, else 0
 * Cost   some 60 instructions a pair of at most 16 signs, twice that up to 32; longer ones one by one */
void compare_jaro_winkler_many(const word_list *l, size_t v, size_t n, const uint32_t w[], double least, double jw[]);

#endif
