#include "synth/countries.h"

const synth_country synth_countries[] = {
    {"NL", REGION_NETHERLANDS, TONGUE_DUTCH, true, {1, 1, 1, 1}},
    /* Europe */
    {"PL", REGION_EUROPE, TONGUE_POLISH, true, {10, 33, 24, 18}},
    {"RO", REGION_EUROPE, TONGUE_ROMANIAN, true, {22, 16, 18, 18}},
    {"BG", REGION_EUROPE, TONGUE_BULGARIAN, true, {18, 15, 10, 13}},
    {"HU", REGION_EUROPE, TONGUE_HUNGARIAN, true, {20, 11, 6, 10}},
    {"SK", REGION_EUROPE, TONGUE_SLOVAK, true, {5, 5, 4, 4}},
    {"CZ", REGION_EUROPE, TONGUE_SLOVAK, true, {4, 2, 2, 3}},
    {"LV", REGION_EUROPE, TONGUE_BALTIC, true, {3, 3, 2, 2}},
    {"LT", REGION_EUROPE, TONGUE_BALTIC, true, {2, 4, 6, 3}},
    {"HR", REGION_EUROPE, TONGUE_SLOVAK, true, {1, 1, 3, 2}},
    {"IT", REGION_EUROPE, TONGUE_ITALIAN, true, {2, 1, 1, 3}},
    {"ES", REGION_EUROPE, TONGUE_SPANISH, true, {3, 3, 1, 3}},
    {"PT", REGION_EUROPE, TONGUE_PORTUGUESE, true, {1, 2, 1, 2}},
    {"DE", REGION_EUROPE, TONGUE_GERMAN, true, {3, 1, 2, 4}},
    {"BE", REGION_EUROPE, TONGUE_FRENCH, true, {3, 1, 2, 4}},
    {"FR", REGION_EUROPE, TONGUE_FRENCH, true, {1, 1, 1, 2}},
    {"AL", REGION_EUROPE, TONGUE_ALBANIAN, false, {4, 1, 8, 6}},
    {"UA", REGION_EUROPE, TONGUE_RUSSIAN, false, {3, 5, 2, 3}},
    {"RU", REGION_EUROPE, TONGUE_RUSSIAN, false, {2, 1, 1, 2}},
    {"MD", REGION_EUROPE, TONGUE_ROMANIAN, false, {2, 1, 2, 2}},
    /* Africa */
    {"NG", REGION_AFRICA, TONGUE_NIGERIAN, false, {46, 12, 34, 30}},
    {"GM", REGION_AFRICA, TONGUE_MANDE, false, {5, 8, 12, 8}},
    {"GN", REGION_AFRICA, TONGUE_MANDE, false, {6, 5, 8, 8}},
    {"SL", REGION_AFRICA, TONGUE_MANDE, false, {5, 4, 6, 6}},
    {"UG", REGION_AFRICA, TONGUE_UGANDAN, false, {8, 3, 3, 5}},
    {"GH", REGION_AFRICA, TONGUE_AKAN, false, {4, 20, 5, 6}},
    {"CM", REGION_AFRICA, TONGUE_CONGOLESE, false, {4, 3, 4, 4}},
    {"ET", REGION_AFRICA, TONGUE_ETHIOPIAN, false, {3, 4, 3, 5}},
    {"ER", REGION_AFRICA, TONGUE_ETHIOPIAN, false, {3, 3, 4, 8}},
    {"SO", REGION_AFRICA, TONGUE_SOMALI, false, {3, 2, 5, 6}},
    {"MA", REGION_AFRICA, TONGUE_ARABIC, false, {2, 20, 8, 5}},
    {"DZ", REGION_AFRICA, TONGUE_ARABIC, false, {1, 2, 3, 2}},
    {"EG", REGION_AFRICA, TONGUE_ARABIC, false, {1, 8, 1, 1}},
    {"SN", REGION_AFRICA, TONGUE_MANDE, false, {2, 3, 3, 2}},
    {"CI", REGION_AFRICA, TONGUE_CONGOLESE, false, {2, 1, 2, 2}},
    {"CD", REGION_AFRICA, TONGUE_CONGOLESE, false, {2, 1, 1, 1}},
    {"AO", REGION_AFRICA, TONGUE_PORTUGUESE, false, {2, 1, 1, 1}},
    /* Asia */
    {"PH", REGION_ASIA, TONGUE_FILIPINO, false, {4, 26, 1, 8}},
    {"CN", REGION_ASIA, TONGUE_CHINESE, false, {26, 14, 6, 12}},
    {"VN", REGION_ASIA, TONGUE_VIETNAMESE, false, {8, 8, 60, 30}},
    {"IN", REGION_ASIA, TONGUE_INDIAN, false, {2, 16, 2, 6}},
    {"NP", REGION_ASIA, TONGUE_INDIAN, false, {2, 5, 1, 3}},
    {"ID", REGION_ASIA, TONGUE_INDONESIAN, false, {3, 13, 1, 4}},
    {"TH", REGION_ASIA, TONGUE_THAI, false, {20, 4, 2, 5}},
    {"AF", REGION_ASIA, TONGUE_PERSIAN, false, {6, 3, 12, 10}},
    {"IR", REGION_ASIA, TONGUE_PERSIAN, false, {10, 2, 6, 6}},
    {"SY", REGION_ASIA, TONGUE_ARABIC, false, {6, 2, 5, 6}},
    {"IQ", REGION_ASIA, TONGUE_ARABIC, false, {6, 1, 4, 5}},
    {"TR", REGION_ASIA, TONGUE_TURKISH, false, {4, 5, 1, 3}},
    /* Latin America and the Caribbean */
    {"BR", REGION_LATIN_AMERICA, TONGUE_PORTUGUESE, false, {24, 42, 14, 20}},
    {"CO", REGION_LATIN_AMERICA, TONGUE_SPANISH, false, {24, 10, 22, 16}},
    {"VE", REGION_LATIN_AMERICA, TONGUE_SPANISH, false, {20, 9, 16, 16}},
    {"DO", REGION_LATIN_AMERICA, TONGUE_SPANISH, false, {10, 4, 8, 8}},
    {"SR", REGION_LATIN_AMERICA, TONGUE_SURINAMESE, false, {8, 14, 18, 22}},
    {"PE", REGION_LATIN_AMERICA, TONGUE_SPANISH, false, {5, 8, 6, 6}},
    {"EC", REGION_LATIN_AMERICA, TONGUE_SPANISH, false, {4, 6, 4, 4}},
    {"CU", REGION_LATIN_AMERICA, TONGUE_SPANISH, false, {4, 2, 3, 4}},
};

const int synth_countries_count = (int)(sizeof synth_countries / sizeof *synth_countries);

_Static_assert(sizeof synth_countries / sizeof *synth_countries <= SYNTH_COUNTRIES, "as many as the header allows");

int
synth_country_find(const char *code)
{
    for (int i = 0; i < synth_countries_count; i++)
        if (strcmp(synth_countries[i].code, code) == 0) return i;
    return -1;
}
