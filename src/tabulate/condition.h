/* Which rows count: conditions as sets of codes and ranges. There is no expression language; conditions are all to hold. */
#ifndef PEIL_TABULATE_CONDITION_H
#define PEIL_TABULATE_CONDITION_H

#include "table/table.h"

typedef enum condition_kind {
    CONDITION_ANY,   /* the value is one of the codes; a set holds at least one of them */
    CONDITION_NONE,  /* not one of the codes (missing passes); a set holds none of them */
    CONDITION_ONLY,  /* a set that is not empty and holds nothing but these codes; a single value as CONDITION_ANY */
    CONDITION_RANGE, /* lower <= value <= upper, over numbers and dates */
    CONDITION_KNOWN  /* not missing; a set is not empty */
} condition_kind;

typedef struct condition {
    const column *column;
    condition_kind kind;
    const uint8_t *chosen;  /* ANY, NONE, ONLY: [codes of the column] 1 = in the set */
    int64_t lower, upper;   /* RANGE: both ends in */
} condition;

/* keep[rows] = 1 where all conditions hold, else 0; no condition keeps every row. A missing value passes only NONE.
 * Errors  ST_INVALID (a kind that does not go with the column); keep untouched */
status condition_select(size_t rows, size_t n, const condition conditions[], uint8_t keep[]);

#endif
