/* Nationalities of synthetic persons: where they lie, whose names they bear, how often they are seen by main form.
 *
 * The weights are our own choices within what the monitor says in words; shares of regions come from facts.csv. */
#ifndef PEIL_SYNTH_COUNTRIES_H
#define PEIL_SYNTH_COUNTRIES_H

#include "base/text.h"

typedef enum synth_region {
    REGION_NETHERLANDS,
    REGION_EUROPE,
    REGION_AFRICA,
    REGION_ASIA,
    REGION_LATIN_AMERICA,
    REGION_COUNT
} synth_region;

/* Whose names: an index into the lists of names.c. */
typedef enum synth_tongue {
    TONGUE_DUTCH, TONGUE_POLISH, TONGUE_ROMANIAN, TONGUE_BULGARIAN, TONGUE_HUNGARIAN, TONGUE_SLOVAK, TONGUE_BALTIC,
    TONGUE_RUSSIAN, TONGUE_ALBANIAN, TONGUE_GERMAN, TONGUE_FRENCH, TONGUE_ITALIAN, TONGUE_SPANISH, TONGUE_PORTUGUESE,
    TONGUE_NIGERIAN, TONGUE_AKAN, TONGUE_MANDE, TONGUE_UGANDAN, TONGUE_ETHIOPIAN, TONGUE_SOMALI, TONGUE_ARABIC,
    TONGUE_CONGOLESE, TONGUE_FILIPINO, TONGUE_CHINESE, TONGUE_VIETNAMESE, TONGUE_INDIAN, TONGUE_INDONESIAN, TONGUE_THAI,
    TONGUE_PERSIAN, TONGUE_TURKISH, TONGUE_SURINAMESE, TONGUE_COUNT
} synth_tongue;

typedef struct synth_country {
    const char *code; /* ISO 3166-1 alpha-2 */
    synth_region region;
    synth_tongue tongue;
    bool union_member;
    double weight[4]; /* cross-border sexual, labour, criminal, unknown: within the region */
} synth_country;

enum { SYNTH_COUNTRIES = 64 }; /* at most */
extern const synth_country synth_countries[];
extern const int synth_countries_count;

/* Place of a code; -1 when it is not there. */
int synth_country_find(const char *code);

#endif
