/* Again within so many years: a cohort followed from the index incident through fixed windows. */
#ifndef PEIL_FOLLOW_WINDOWS_H
#define PEIL_FOLLOW_WINDOWS_H

#include "table/table.h"

enum { FOLLOW_WINDOWS = 8, FOLLOW_TYPES = 32 };

/* Incidents by person, as a person-major snapshot holds them. */
typedef struct follow_incidents {
    size_t persons;
    const size_t *first; /* [persons + 1] incidents of a person */
    const int32_t *date; /* days */
    const int8_t *type;  /* 0..FOLLOW_TYPES-1, the offence group; negative: of no group, but an incident; NULL: all 0 */
    bool sorted;         /* by date within each person */
} follow_incidents;

/* Bring incidents into person-major order; columns already in that order are used as they are, nothing is copied.
 *
 * person   [n] 0..persons-1
 * Errors   ST_INVALID (a person out of range, by row), ST_NO_MEMORY
 * Cost     O(n) */
status follow_incidents_of(arena *out, size_t n, const int32_t *person, const int32_t *date, const int8_t *type, size_t persons,
                           follow_incidents *result);

typedef struct follow_cohort {
    size_t n;
    const int32_t *index; /* [n] day of the index incident; DATE_MISSING: not in the cohort */
    const int32_t *until; /* [n] last day under observation (death, emigration); DATE_MISSING: to the end. NULL: all to the end */
    const int32_t *group; /* [n] 0..groups-1, or NULL */
    int32_t groups;
} follow_cohort;

typedef enum follow_eligibility {
    ELIGIBLE_ANNIVERSARY, /* observed for the whole window: anniversary <= end of the data less the lag, and <= until */
    ELIGIBLE_CALENDAR     /* year of the index incident + years <= year of the end of the data (the published rule) */
} follow_eligibility;

typedef struct follow_window_options {
    int windows;
    int years[FOLLOW_WINDOWS]; /* ascending */
    follow_eligibility eligibility;
    int32_t data_end; /* last day the incidents cover */
    int32_t lag;      /* days it takes to register an incident: the data is complete until data_end - lag */
    int32_t same_case; /* an incident up to so many days after the index incident or the last counted one is the same case */
} follow_window_options;

typedef struct follow_window {
    int64_t eligible;
    int64_t by_anniversary, by_calendar; /* eligible under either rule */
    int64_t left_early;      /* would be eligible but for `until` (anniversary) */
    int64_t none, once, several;
    int64_t incidents;       /* counted, same cases left out */
    int64_t type_persons[FOLLOW_TYPES];   /* with an incident of the type outside the index case */
    int64_t type_incidents[FOLLOW_TYPES];
    int64_t first_n;         /* persons with a counted incident */
    double first_median, first_mean, first_sd; /* days from the index incident to the first one; NaN without */
} follow_window;

/* Count each window in one pass over the incidents.
 *
 * Window   (index day, same day `years` later]; an incident on the index day belongs to the index case
 * result   [groups * windows], group-major; memory in `out`
 * Median   mean of the two middle days for even numbers; sd with n - 1
 * Empty    a window nobody is eligible for has zeros and NaN
 * Errors   ST_INVALID (options out of range), ST_NO_MEMORY
 * Memory   8 * groups * windows * days of the window
 * Cost     O(incidents); unsorted incidents are sorted person by person
 * Checked  tests/follow/test_windows.c (by hand, and a naive version) */
status follow_windows(arena *out, const follow_cohort *c, const follow_incidents *i, const follow_window_options *o,
                      follow_window **result);

/* The first day each person has an incident whose type is in `types` (bit set) from `from` to `to`: the index incident.
 * index [persons]: DATE_MISSING where there is none. */
void follow_index(const follow_incidents *i, uint32_t types, int32_t from, int32_t to, int32_t *index);

#endif
