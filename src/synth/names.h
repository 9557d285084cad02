/* Names of synthetic persons: small lists per language area, made for this purpose. Any likeness is chance. */
#ifndef PEIL_SYNTH_NAMES_H
#define PEIL_SYNTH_NAMES_H

#include "base/rng.h"
#include "synth/countries.h"

typedef struct synth_name {
    char given[96], family[96]; /* UTF-8 */
} synth_name;

/* A name as drawn: two given names when `twice`. Women's family names take their ending where the language has one. */
void synth_name_draw(rng *r, synth_tongue tongue, int sex, bool twice, synth_name *result);

/* Another spelling of the same name: without diacritics, or as another reporter would transliterate it. The name itself
 * when there is none. */
status synth_name_respell(arena *out, rng *r, const char *name, const char **result);

#endif
