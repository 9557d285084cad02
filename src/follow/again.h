/* Again within a window, person by person: the columns a monitor counts, by the rules of follow_windows. */
#ifndef PEIL_FOLLOW_AGAIN_H
#define PEIL_FOLLOW_AGAIN_H

#include "follow/windows.h"

typedef struct follow_again_person {
    int32_t incidents; /* new ones within the window, same cases left out */
    int32_t days;      /* from the index incident to the first of them; -1: none */
    int32_t observed;  /* days after the index incident the person was under observation, within the window */
    uint32_t types;    /* types of incidents outside the index case */
    bool anniversary;  /* followed for the whole window */
    bool calendar;     /* by calendar year (the published rule) */
} follow_again_person;

/* One window of `o->years[0]` years, person by person.
 *
 * c, i      as in follow_windows; incidents sorted by date within each person
 * person    [c->n] overwritten; all zero (days -1) where the person is not in the cohort
 * counted   [incidents] 1: a new incident within the window of a person (whoever is eligible); NULL: not wanted
 * Errors    ST_INVALID (options, incidents not sorted)
 * Cost      O(incidents)
 * Checked   tests/follow/test_again.c (by hand; sums equal follow_windows) */
status follow_again(const follow_cohort *c, const follow_incidents *i, const follow_window_options *o, follow_again_person person[],
                    uint8_t counted[]);

#endif
