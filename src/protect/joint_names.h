/* Which codes of two releases are the same persons: by the codes that they are made of. Private to joint.c. */
#ifndef PEIL_PROTECT_JOINT_NAMES_H
#define PEIL_PROTECT_JOINT_NAMES_H

#include "protect/joint.h"

/* Names of one dimension in both releases; names, not codes: a name may mean other persons before and now. */
typedef struct joint_names {
    size_t n, capacity;
    const char **name;
} joint_names;

/* d: a dimension of the side's system. */

const char *joint_name_of(const joint_side *side, size_t d, uint16_t code); /* 0: the total */

/* The parts of a code in one release: as its system has them, or as protect.yaml put them together. n 0: it is not divided. */
status joint_parts_of(arena *tmp, const joint_side *side, size_t d, const char *name, size_t *n, const char ***part);

/* The undivided codes that a name stands for; among them a merged one's parts. depth: 0 */
status joint_leaves_of(arena *tmp, const joint_side *side, size_t d, const char *name, int depth, joint_names *l);

bool joint_has(const joint_names *l, const char *name);

/* 1: the code stands in a count with somebody; 0: with nobody; -1: in none. */
int joint_occurs(const joint_side *side, size_t d, const char *name);

/* Has the code anybody in this release, as far as it shows? */
bool joint_somebody(const joint_side *side, size_t d, const char *name);

/* All of one's persons among the other's? A code that has nobody does not matter. */
bool joint_within(const joint_side *side, size_t d, const joint_names *one, const joint_names *other);

/* The codes of a dimension that are divided, the total too. */
status joint_divided(arena *tmp, const joint_side *side, size_t d, size_t *n, uint16_t **codes);

#endif
