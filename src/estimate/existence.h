/* Does the estimate exist, and is it the only one?
 *
 * With the empty overlaps at minus infinity (fit.h), the likelihood of the rest has a maximum exactly when no direction
 * of the parameters lowers some expected counts of empty cells and leaves all others as they are (Fienberg & Rinaldo 2012,
 * doi:10.1214/12-AOS986). Directions that leave every occupied cell as it is are found by elimination; usually there is
 * none and nothing is left to ask. One direction is decided by its signs; only for two and more a linear program
 * (GLPK) is needed. The maximum is unique when no direction leaves every cell as it is. */
#ifndef PEIL_ESTIMATE_EXISTENCE_H
#define PEIL_ESTIMATE_EXISTENCE_H

#include "estimate/fit.h"

enum {
    EXISTENCE_FINE = 0,
    EXISTENCE_NONE = 1,         /* no estimate */
    EXISTENCE_NOT_UNIQUE = 2,   /* not identifiable */
    EXISTENCE_NEITHER = 3
};

/* Memory of one thread. */
typedef struct existence_space {
    int terms;
    double *basis;   /* [terms * terms] rows of the echelon form */
    int *lead;       /* [terms] column of the leading 1 of each row */
    double *null;    /* [terms * terms] directions */
    double *cell;    /* [cells] */
    uint16_t *term;
    uint8_t *gone;   /* [cells] */
    size_t programs; /* linear programs solved so far */
} existence_space;

status existence_space_new(arena *out, int lists, int terms, existence_space *result);

/* The code of a model for a table.
 *
 * Errors  ST_NO_MEMORY, ST_INTERNAL (the linear program ended without an answer)
 * Checked tests/reference/estimate (extMLE codes), tests/estimate/test_existence.c (every model of small tables against
 *         a linear program without shortcuts) */
status existence_code(existence_space *w, const fit_data *d, const model *m, int *code);

/* Do the occupied cells settle every finite parameter of the family? Then every model of it has code 0. */
status existence_family_settled(existence_space *w, const fit_data *d, const model_family *f, bool *settled);

/* "no estimate exists: ..." in words for a code, NULL for 0. */
const char *existence_words(int code);

#endif
