/* Does everything else contradict that two rows with an equal number are one person? Both names and the date of birth are
 * known in both and wholly different. A name alone may change, a date may be estimated. */
#ifndef PEIL_LINKAGE_UNIFY_CONTRADICT_H
#define PEIL_LINKAGE_UNIFY_CONTRADICT_H

#include "linkage/compare_date.h"
#include "linkage/levels.h"

typedef struct unify_evidence {
    word *given, *family; /* [rows]; no letters: missing */
    uint8_t *given_n, *family_n;
    date_value *born;     /* [rows]; year 0: missing */
} unify_evidence;

/* given, family  [rows] normalised, empty when missing; born: days since 1970, DATE_MISSING when missing; whole: day is known */
status unify_evidence_new(arena *a, size_t rows, const text given[], const text family[], const int32_t born[], const bool whole[],
                          unify_evidence *result);

bool unify_contradict(const unify_evidence *e, size_t i, size_t j);

#endif
