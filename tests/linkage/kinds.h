/* Made-up files of many kinds, each with the fields, the errors and the gaps that such files have: so that no choice in the
 * linkage is fitted to one of them. The people of people.h have one kind of name and one rate of errors for all fields. */
#ifndef PEIL_TESTS_LINKAGE_KINDS_H
#define PEIL_TESTS_LINKAGE_KINDS_H

#include "linkage/records.h"
#include "people.h"

enum { KINDS_ERRORS = 3 };

typedef struct kinds_list {
    size_t n;
    const char *(*name)(size_t kind);
    /* level  0 few errors, 1 as such files have, 2 many
     * share  of the records that the file of that kind has: 1; more for larger files */
    status (*make)(arena *a, size_t kind, int level, double share, uint64_t seed, people *result);
} kinds_list;

extern const kinds_list kinds_first;
/* Other people and other errors: for evaluation alone. The share TAKEN_SURE of linkage/lift.c was chosen on three of its kinds. */
extern const kinds_list kinds_fresh;
/* Files as the test sets of the field look, by their structure: columns, sizes, errors a record. For evaluation alone. */
extern const kinds_list kinds_third;

/* F1 over pairs of the best of the simple rules "equal in at least k fields", k chosen by the truth: entity, [r->n]. */
double kinds_best_rule(const link_records *r, const int32_t entity[]);

#endif
