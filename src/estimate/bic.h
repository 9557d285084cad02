/* The model of least BIC: over all hierarchical models, over a given few, or downhill (Silverman, Chan & Vincent 2024,
 * doi:10.1007/s11222-023-10346-9). */
#ifndef PEIL_ESTIMATE_BIC_H
#define PEIL_ESTIMATE_BIC_H

#include "estimate/existence.h"
#include "estimate/lanes.h"

/* One model of a table of models; the figures are NaN where no estimate exists. */
typedef struct model_row {
    uint32_t member; /* of the family */
    int code;
    double estimate, std_error, deviance, aic, bic;
    int df;
} model_row;

/* Memory of one thread. */
typedef struct bic_space {
    fit_space fit;
    existence_space existence;
    fit *fits;       /* [candidates + 1] one a depth */
    double *mu;      /* [(candidates + 1) * cells] expected counts of the fits above */
    model *models;   /* [candidates + 1] */
} bic_space;

status bic_space_new(arena *out, const model_family *f, bic_space *result);

/* Every model of the family, in its order. */
status bic_table(bic_space *w, const fit_data *d, const model_family *f, model_row rows[]);

/* Only the codes. */
status bic_codes(bic_space *w, const fit_data *d, const model_family *f, int codes[]);

/* Members to choose among, each with the earlier one it is fitted from. */
typedef struct bic_plan {
    const model_family *family;
    size_t n, slots;             /* slots of fitted models that are kept (lanes.h) */
    const uint32_t *member;      /* [n] */
    uint32_t *from, *to;         /* [n] slots */
} bic_plan;

/* few      [n] members to choose among, in any order; NULL for the whole family */
status bic_plan_new(arena *out, const model_family *f, size_t n, const uint32_t few[], bic_plan *result);

/* Memory of one thread for choosing. */
typedef struct bic_choice_space {
    bic_space one;
    lanes_space side_by_side;
    fit_data *data;  /* [LANES] */
    double *bic;     /* [plan->n] of the first table; +inf where no estimate exists */
} bic_choice_space;

status bic_choice_space_new(arena *out, const bic_plan *plan, bic_choice_space *result);

/* The member of least BIC whose estimate exists; ties (to 1e-9) go to the one that comes first. `bic` is +inf and
 * `estimate` NaN when there is none. */
typedef struct bic_best {
    uint32_t member;
    double bic, estimate;
    size_t fits; /* models fitted */
} bic_best;

/* For n tables count[n * cells], 1 to LANES, at once: each gets what it would get alone. */
status bic_choose(bic_choice_space *w, const bic_plan *plan, size_t n, const double count[], bic_best best[]);

/* Downhill: from `from`, go to the best model one term away (added or taken out, hierarchy kept, terms of at most `order`
 * lists) until none is better. For tables with too many models to see them all. */
status bic_downhill(fit_space *w, existence_space *e, const fit_data *d, int order, const model *from, model *best, fit *fitted,
                    int *code);

/* The n members of least BIC among those whose estimate exists (bic finite), best first; gives how many there are. */
size_t bic_top(size_t rows, const uint32_t member[], const double bic[], size_t n, uint32_t members[]);

#endif
