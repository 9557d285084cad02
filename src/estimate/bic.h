/* The model of least BIC: over all hierarchical models, over a given few, or downhill (Silverman, Chan & Vincent 2024,
 * doi:10.1007/s11222-023-10346-9). */
#ifndef PEIL_ESTIMATE_BIC_H
#define PEIL_ESTIMATE_BIC_H

#include "estimate/existence.h"

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

/* The member of least BIC whose estimate exists; ties go to the one that comes first. `bic` is +inf and `estimate` NaN
 * when there is none.
 *
 * few      [n] members to choose among, in any order; NULL for the whole family */
typedef struct bic_best {
    uint32_t member;
    double bic, estimate;
    size_t fits; /* models fitted */
} bic_best;

status bic_choose(bic_space *w, const fit_data *d, const model_family *f, size_t n, const uint32_t few[], bic_best *result);

/* Downhill: from `from`, go to the best model one term away (added or taken out, hierarchy kept, terms of at most `order`
 * lists) until none is better. For tables with too many models to see them all. */
status bic_downhill(fit_space *w, existence_space *e, const fit_data *d, int order, const model *from, model *best, fit *fitted,
                    int *code);

/* The n rows of least BIC among those whose estimate exists, best first; gives how many there are. */
size_t bic_top(size_t rows, const model_row row[], size_t n, uint32_t members[]);

#endif
