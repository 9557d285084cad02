/* How much figures move with the links: persons are drawn again, each link taken with its probability, and the figures counted
 * anew. Draws know only the links that the model sees; what it misses altogether is in `too_many`. What comes of it is a share of
 * the figure's own size, so that no count can be read from it. */
#ifndef PEIL_MONITOR_MOVEMENT_H
#define PEIL_MONITOR_MOVEMENT_H

#include "linkage/unify.h"
#include "monitor/figure.h"

enum { MOVEMENT_DRAWS = 10 };

/* The linkage behind a monitor's persons, without anything of a person. */
typedef struct monitor_linkage {
    bool linked;             /* false: too few notifications for linkage, rules only */
    link_estimate precision, recall;
    double unlinkable;       /* share of the notifications that say too little to be linked */
    const char *alarm;       /* NULL: none */
    size_t draws;
    double persons;          /* standard deviation of the number of persons over draws, as a share of it */
    link_estimate too_many;  /* persons counted too many, as a share of them, by the estimated precision and recall; under 0: too few */
    size_t figures;
    const char **figure;     /* [figures] tables of counts over the units, and estimates from them */
    bool *estimate;          /* [figures] the latter */
    double *moved;           /* [figures] mean over draws of the sum of differences in the cells, as a share of the figure's sum */
} monitor_linkage;

/* base  the units of `persons` themselves
 * Cost  deriving and counting anew for each draw */
status monitor_linkage_of(arena *out, const monitor_definition *d, const table *notifications, const table *countries,
                          const unified *persons, const units *base, monitor_linkage *result);

#endif
