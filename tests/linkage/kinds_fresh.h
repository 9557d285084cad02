/* A second list of kinds of made-up files, with other people and other errors than kinds.h has: for evaluation alone. Nothing in the
 * linkage is to be chosen by it; the share TAKEN_SURE of linkage/lift.c was, on three of its kinds. Same interface. */
#ifndef PEIL_TESTS_LINKAGE_KINDS_FRESH_H
#define PEIL_TESTS_LINKAGE_KINDS_FRESH_H

#include "people.h"

size_t kinds_fresh_count(void);
const char *kinds_fresh_name(size_t kind);

/* As kinds_new. */
status kinds_fresh_new(arena *a, size_t kind, int level, double share, uint64_t seed, people *result);

#endif
