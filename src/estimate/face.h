/* Which cells does the likelihood drive to zero, and what do the others settle?
 *
 * For a design of 0/1 rows (cells) and a table with empty cells: the largest set of empty cells that some direction of the
 * parameters lowers without raising any (one linear program); and the directions that leave all remaining cells as they
 * are. */
#ifndef PEIL_ESTIMATE_FACE_H
#define PEIL_ESTIMATE_FACE_H

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct face_design {
    size_t rows;
    int columns;
    const uint8_t *value;  /* [rows * columns] 0 or 1 */
    const double *count;   /* [rows] */
} face_design;

typedef struct face {
    uint8_t *gone;     /* [rows] 1 = driven to zero */
    int directions;    /* that leave every remaining cell as it is */
    double *direction; /* [directions * columns] */
    uint8_t *free;     /* [columns] 1 = not needed: the other columns settle every remaining cell */
} face;

/* Errors  ST_NO_MEMORY, ST_INTERNAL (the linear program ended without an answer) */
status face_find(arena *out, const face_design *d, face *result);

/* Is a row (a cell not in the design, such as the unseen) settled by the remaining cells? */
bool face_settles(const face *f, int columns, const uint8_t row[]);

#endif
