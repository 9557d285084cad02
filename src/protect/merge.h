/* Small areas, or years, put together by the ladder that protect.yaml declares, before anything is rounded or hidden. */
#ifndef PEIL_PROTECT_MERGE_H
#define PEIL_PROTECT_MERGE_H

#include "protect/spec.h"

/* For each dimension with `merge`: within a group (first the total's own parts, then down the groups that stay) the codes of fewer
 * persons than that are put together with the next small ones in the declared order, until they are enough. A group that is too small goes as a
 * whole: its parts are dropped. The decision is taken on the total of a code over all else.
 *
 * spec      merged and dropped are filled; memory in `a`
 * merges    how many codes now stand for several
 * Errors    ST_CONFIG (a code in two groups: which of them should it leave?), those of reading */
status merge_small(arena *a, size_t n, const char *const path[], protect_spec *spec, size_t *merges);

#endif
