/* Aalen-Johansen: the share in each state when causes compete. */
#ifndef PEIL_FOLLOW_AJ_H
#define PEIL_FOLLOW_AJ_H

#include "follow/counts.h"

typedef struct follow_states {
    int32_t states;      /* causes + 1; state 0: no event yet */
    const double *p;     /* [rows * states] */
    const double *error; /* [rows * states] standard error */
} follow_states;

/* Aalen-Johansen probabilities with infinitesimal-jackknife standard errors.
 *
 * c        counts of `s` (or of days)
 * s        the spans themselves when entry is delayed; spans of a person stand together in their order (as
 *          follow_spans_join leaves them), a break between them is time nobody looked; NULL when everybody is under observation from the
 *          start: then persons with the same (time, status, group) share one influence value and no person is read again
 * Ties     events precede censorings and entries of a day
 * Errors   ST_INVALID (a span after an event), ST_NO_MEMORY
 * Cost     O(rows * causes^2), and O(n * causes^2) more with delayed entry
 * Source   Aalen & Johansen 1978, Scand. J. Statist. 5, 141-150; influence functions: Therneau, Crowson & Atkinson 2024,
 *          "Multi-state models and competing risks" (vignette of R survival)
 * Checked  tests/reference/follow/aj (R survfit), tests/follow/test_curves.c (naive version) */
status follow_aj(arena *out, const follow_counts *c, const spans *s, follow_states *result);

#endif
