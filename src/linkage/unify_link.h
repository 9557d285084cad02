/* Notifications as records for linkage: what identifies a person, as text. */
#ifndef PEIL_LINKAGE_UNIFY_LINK_H
#define PEIL_LINKAGE_UNIFY_LINK_H

#include "linkage/unify_parts.h"

/* w       canonical order and decisions: record i of the result is row w->order[i]
 * result  memory in `a` */
status unify_link(arena *a, const table *notifications, const unify_work *w, link_result *result);

/* Is the day of birth known, and no estimate? */
bool unify_born_whole(const table *notifications, size_t row);

#endif
