/* Fits of one model to several tables side by side: a table a lane of a vector.
 *
 * All tables share the design, so that every step of Newton's method is the same operations on other numbers. Lanes never
 * touch each other and each stops where it would stop alone: what a table gets does not depend on its neighbours, on how
 * many there are, or on how wide the vectors of the machine are. */
#ifndef PEIL_ESTIMATE_LANES_H
#define PEIL_ESTIMATE_LANES_H

#include "estimate/fit.h"

enum { LANES = 8, LANES_PARAMETERS = 1 + ESTIMATE_LISTS + 32 };

/* Parameters of a model of a family: the intercept, the lists, the candidates, in this order. [..][LANES] arrays hold a
 * number a table. */
typedef struct lanes_space {
    int lists, parameters;
    size_t cells, slots;
    bool wide;                        /* vectors of 512 bits */
    uint16_t term[LANES_PARAMETERS];
    double small;                     /* as fit_space.small */
    double constant[LANES];           /* log_constant of each table */
    double log_people[LANES];
    double *seen, *floor, *unit;      /* [parameters][LANES] superset sums of the counts; 0 and 0, or -1e6 and 1 where 0 */
    double *beta, *expected;          /* [slots][parameters][LANES] of fitted models, and their superset sums */
    uint32_t *member;                 /* [slots] */
    double *cell;                     /* [cells + 1][LANES] */
    double *whole, *divided;          /* rows of the factor, as they are and divided by their diagonal */
    double *at, *step, *trial;        /* [parameters][LANES] */
} lanes_space;

/* Memory of one thread; slots hold fitted models to start others from. Slot 0 is independence. */
status lanes_space_new(arena *out, const model_family *f, size_t slots, lanes_space *result);

/* Load n tables, 1 to LANES, and fit independence to each, where it exists, into slot 0. */
void lanes_set(lanes_space *w, size_t n, const fit_data d[], fit_space *fits);

typedef struct lanes_fit {
    bool converged[LANES];
    double bic[LANES];
} lanes_fit;

/* Fit the member with these candidates to the tables with wanted[i], from slot `from` into slot `to`; a slot that was not
 * wanted, or did not converge, still holds values to start from.
 *
 * Cost  about 4 steps of the operations of fit.h for all tables together, vectors for numbers */
void lanes_fit_member(lanes_space *w, uint32_t member, size_t from, size_t to, const bool wanted[LANES], lanes_fit *result);

#endif
