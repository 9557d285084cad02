/* Who is in the report himself: alone in some counts, and knowing it, he attacks the others. Private to the audit. */
#ifndef PEIL_PROTECT_INSIDER_H
#define PEIL_PROTECT_INSIDER_H

#include "protect/attack.h"

/* Loners: each is alone in some counts that are not public. Counts of one of which one contains the other are one person's. */
typedef struct insiders {
    size_t n, words;       /* words: of a set of them */
    uint32_t *who;         /* [counts] whose count of one it is; SYSTEM_NONE: nobody's */
    uint32_t *first, *own; /* the counts of loner i: own[first[i] .. first[i + 1]) */
} insiders;

status insiders_find(arena *a, const attack *t, const int64_t start[], insiders *result);

#endif
