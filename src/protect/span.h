/* What follows from what: counts as vectors over the finest counts, modulo the sums that tie these (arithmetic modulo the
 * prime 2^31 - 1, so that nothing is rounded). */
#ifndef PEIL_PROTECT_SPAN_H
#define PEIL_PROTECT_SPAN_H

#include "protect/system.h"

typedef struct span span;

/* vectors: how many targets will be watched at most. */
status span_new(arena *a, const protect_system *s, size_t targets, span **result);

/* Watch a count, or (other != SYSTEM_NONE) the sum of two: it must not follow from what is shown. */
status span_watch(span *p, uint32_t cell, uint32_t other);

/* Show a count, unless a watched one would follow: then false, and nothing has changed. */
bool span_show(span *p, uint32_t cell);

#endif
