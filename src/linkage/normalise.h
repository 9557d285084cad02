/* Spellings made comparable: any script to lower-case ASCII letters and digits.
 *
 * Compatibility decomposition (NFKD), marks removed, other scripts transliterated (Cyrillic, Greek, Arabic and what
 * else ICU knows), lower case; everything but letters and digits becomes one space. Done once per distinct value. */
#ifndef PEIL_LINKAGE_NORMALISE_H
#define PEIL_LINKAGE_NORMALISE_H

#include "base/text.h"

/* Holds ICU's objects; one thread at a time. */
typedef struct normaliser normaliser;

typedef struct normalised {
    text value;      /* "jan willem"; empty when nothing is left */
    bool consonants; /* came from a script that writes no short vowels (Arabic, Hebrew): compare without vowels */
} normalised;

/* Errors  ST_NO_MEMORY, ST_INTERNAL (ICU without its data) */
status normaliser_new(arena *a, normaliser **result);

/* Bytes that are not UTF-8 become U+FFFD and so a space. The value lives in `a`. */
status normaliser_apply(normaliser *n, arena *a, text value, normalised *result);

/* Words that stand where something is not known ("onbekend", "N.N."), once or twice: no name at all. `value` as normalised. */
bool normalised_is_unknown(text value);

#endif
