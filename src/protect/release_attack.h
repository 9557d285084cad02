/* The attack on a release with everything that stands in it: counts, percentages, means, statistics, an earlier release; and how the rules
 * of protect.yaml judge what it finds. Private to release*.c. */
#ifndef PEIL_PROTECT_RELEASE_ATTACK_H
#define PEIL_PROTECT_RELEASE_ATTACK_H

#include "protect/printed.h"

typedef struct release_attack_input {
    const release_data *data;
    const int64_t *value;      /* [n] released; TABLES_HIDDEN: not shown */
    const uint8_t *hidden;     /* [n] not shown either; NULL: none */
    int64_t reach;             /* how far a released number can be from the exact one */
    const int64_t *exact;      /* [n] NULL: not known */
    const uint8_t *sensitive;  /* [n] NULL: all that is not known anyway */
    bool suppressed;
    size_t clues;              /* of means */
    const audit_clue *clue;
    const printed *printed;
} release_attack_input;

typedef struct release_found {
    audit_result audit;
    uint8_t *narrow;           /* [audit.n] known to within less than the interval that protect.yaml asks for */
    size_t narrows;
    size_t zeros, zeros_found; /* counts of nobody that were attacked too; that are found out */
    size_t full, full_found;   /* counts that hold all of their whole; of which that is found out */
    size_t unusable;           /* counts of the earlier release alone that cannot be true any more */
    bool apart;                /* nothing agrees with both releases: the earlier one was left out */
    size_t rounds;             /* attacks in turn with the statistics */
    size_t undecided;          /* statistics of which not all tables could be tried */
    const protect_system *system; /* that the counts of the audit are of: with those of the earlier release, or alone */
    int64_t *lower, *upper;    /* [system.n] what is left of each count */
} release_found;

/* Errors  those of protect_audit; ST_INVALID: a statistic that no table has */
status release_attack(arena *a, const release_attack_input *in, release_found *result);

/* Is there a count that the rules do not let go out like this? */
bool release_fails(const release_found *f);

#endif
