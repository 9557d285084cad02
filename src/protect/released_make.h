/* Making released figures: for src/protect alone (tests/layers holds the others to it). */
#ifndef PEIL_PROTECT_RELEASED_MAKE_H
#define PEIL_PROTECT_RELEASED_MAKE_H

#include "protect/released.h"

struct released {
    const char *figure;
    exact_measure measure;
    exact_axis rows, columns;
    bool published;
    released_cell *cell; /* [rows.n * columns.n] */
    const int64_t *count, *base; /* [rows.n * columns.n] protected counts behind the cells, for statistics; NULL: none */
    const uint32_t *count_id, *base_id; /* the same: equal numbers are one count of the report; SYSTEM_NONE: none */
};

/* A figure whose cells are all unknown, for the caller to fill. */
status released_make(arena *out, const exact_table *t, released **result);

#endif
