/* Notifications as records for linkage: what identifies a person, as text. */
#ifndef PEIL_LINKAGE_UNIFY_LINK_H
#define PEIL_LINKAGE_UNIFY_LINK_H

#include "linkage/link.h"

/* order   [rows] rows of `notifications` in canonical order: record i of the result is row order[i]
 * result  memory in `a` */
status unify_link(arena *a, const table *notifications, const int32_t order[], link_result *result);

/* Is the day of birth known, and no estimate? */
bool unify_born_whole(const table *notifications, size_t row);

#endif
