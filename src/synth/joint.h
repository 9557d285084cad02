/* A table of cells x kinds with printed margins whose joint numbers nobody printed: drawn at random.
 *
 * Cells are (year, main form); kinds are reporters or police units. For every kind its sum over forms per year and its
 * sum over years per form are given. A person of a cell has at least one kind and none twice, so in every cell no kind
 * exceeds the persons and all kinds together are at least as many as they. */
#ifndef PEIL_SYNTH_JOINT_H
#define PEIL_SYNTH_JOINT_H

#include "base/rng.h"
#include "base/status.h"

enum { JOINT_ROWS = 5, JOINT_COLUMNS = 5, JOINT_KINDS = 11 };

typedef struct joint {
    int kinds;
    int row_sum[JOINT_KINDS][JOINT_ROWS], column_sum[JOINT_KINDS][JOINT_COLUMNS];
    int persons[JOINT_ROWS][JOINT_COLUMNS];
    int upper[JOINT_KINDS][JOINT_ROWS][JOINT_COLUMNS];  /* at most so many */
    bool covers[JOINT_KINDS][JOINT_COLUMNS];            /* false: a person must have another kind too */
    int count[JOINT_KINDS][JOINT_ROWS][JOINT_COLUMNS];  /* the result */
} joint;

/* Fill `count` so that all margins and bounds hold: proportional start, then exchanges along rectangles of one kind
 * (which keep its margins) that lower the distance to a proportional cover and never trade it for a broken bound.
 * Different seeds give different tables.
 * Errors  ST_CONFIG when a kind's margins do not add up to the same, ST_INFEASIBLE when no table was found
 * Checked tests/synth/test_joint.c */
status synth_joint_draw(rng *r, joint *j);

#endif
