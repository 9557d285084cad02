/* The files of `peil follow`: a cohort and its incidents, with everything left out counted by name. */
#ifndef PEIL_CLI_FOLLOW_DATA_H
#define PEIL_CLI_FOLLOW_DATA_H

#include "cli/verb.h"
#include "follow/paths.h"
#include "follow/windows.h"

enum {
    LEFT_NO_PERSON, LEFT_NO_INDEX, LEFT_INDEX_BEFORE_BIRTH, LEFT_INDEX_AFTER_END, LEFT_UNTIL_BEFORE_INDEX, LEFT_COHORT
};
enum {
    LEFT_EVENT_NO_PERSON, LEFT_EVENT_NO_DATE, LEFT_EVENT_NOT_IN_COHORT, LEFT_EVENT_OTHER_ROLE, LEFT_EVENT_UNKNOWN_CODE,
    LEFT_EVENT_BEFORE_BIRTH, LEFT_EVENT_AFTER_END, LEFT_EVENTS
};

typedef struct follow_files {
    follow_cohort cohort;
    follow_incidents incidents;
    const char **group;   /* [cohort.groups] */
    size_t types;
    const char **type;    /* [types] */
    int64_t rows, event_rows, kept_events, persons;
    int64_t cohort_left[LEFT_COHORT], events_left[LEFT_EVENTS];
    bool index_from_events;
    follow_order order; /* persons of the cohort as victim (first) and suspect (second) in any incident */
    int32_t data_end;
} follow_files;

extern const char *const follow_cohort_left[LEFT_COHORT];
extern const char *const follow_events_left[LEFT_EVENTS];

status follow_files_read(arena *a, const options *o, follow_files *result);

#endif
