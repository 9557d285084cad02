/* A release: a folder of protected tables, protect.yaml and certificate.json; made whole or not at all, and attacked. */
#ifndef PEIL_PROTECT_RELEASE_H
#define PEIL_PROTECT_RELEASE_H

#include "protect/audit.h"
#include "protect/certificate.h"

/* A statistic of a table of counts, row-major; NaN where it does not exist. And the one of a name; NULL: no such. */
typedef double release_statistic(const int64_t *table, size_t rows, size_t columns);
typedef release_statistic *release_find(const char *name);

typedef struct release_options {
    protect_mode mode;       /* PROTECT_ROUND, PROTECT_CONVENTIONAL or PROTECT_SUPPRESS */
    const char *spec;        /* protect.yaml */
    const char *out;         /* folder: new, empty, or an earlier release of this program, which it replaces */
    const char *earlier;     /* folder of an earlier release; NULL: none */
    const char *explain;     /* file for inside: why each count was hidden or moved; NULL: none */
    const char *key;         /* file with a secret of the owner, for the hash of the exact counts; NULL: none */
    uint64_t seed;
    release_find *find;      /* statistics that protect.yaml may name; NULL: none */
    status (*page)(arena *a, const release_facts *facts, const char *folder); /* writes the certificate for readers; NULL: no page */
} release_options;

/* Protect, attack, and write when the attack failed to find anybody.
 * Errors  ST_INVALID (tables that contradict each other or do not add up: named), ST_INFEASIBLE, ST_EXPOSED; the folder is
 *         untouched on error */
status release_protect(arena *a, size_t n, const char *const path[], const release_options *o, release_facts *facts);

typedef struct release_audit_options {
    size_t truths;
    const char *const *truth;   /* exact tables; none: every count that is not known is attacked */
    const char *earlier;
    bool json;
    release_find *find;         /* statistics that protect.yaml may name; NULL: none */
} release_audit_options;

/* Counts found out; known to within less than protect.yaml asks for; groups of whom something is seen. All 0: it passes. */
typedef struct release_verdict {
    size_t exposed, narrow, groups;
} release_verdict;

/* Attack a release with the eyes of an outsider: all that stands in it, and an earlier one. report: per attacked count its interval, and a
 * summary; CSV or JSON. */
status release_audit(arena *a, const char *folder, const release_audit_options *o, text *report, release_verdict *verdict);

#endif
