/* One method, one finding: what `peil estimate --method M` says about an overlap table. */
#ifndef PEIL_ESTIMATE_METHOD_H
#define PEIL_ESTIMATE_METHOD_H

#include "estimate/fit.h"
#include "estimate/resample.h"

typedef enum method { METHOD_STEPWISE, METHOD_BIC, METHOD_DECOMPOSABLE, METHOD_LATENT, METHOD_INDEPENDENCE, METHOD_COUNT } method;

const char *method_name(method m); /* "stepwise" */
bool method_find(const char *name, method *m);

enum { METHOD_PRIORS = 5 };

typedef struct method_options {
    double p;              /* stepwise: threshold */
    int order;             /* bic: largest terms; 0 = all for up to 5 lists, else 2 */
    size_t top;            /* bic: replicates choose among this many best models; 0 = all when there are at most 1,100, else 100 */
    size_t replicates;     /* bootstrap */
    uint64_t seed;
    size_t given;          /* resampled tables given */
    const double *counts;
    double delta;          /* decomposable: prior count of a cell; 0 = 1 / 2^lists */
    bool brief;            /* decomposable: that prior alone, without the band */
    double missed, falsely; /* linkage error to correct for (links.h); stepwise, bic and independence only */
    size_t draws;          /* latent: kept draws a chain, ten times as many are burnt in */
} method_options;

method_options method_defaults(void);

typedef struct finding {
    method method;
    double estimate, lower, upper; /* NaN where none exists; upper +inf when unbounded. A bootstrap's are BCa */
    double shown_lower, shown_upper; /* for readers: the wide interval of a bootstrap, else lower and upper */
    const char *why;               /* why something is missing, NULL else */
    int code;                      /* existence.h */
    bool has_model;
    model model;
    fit fit;
    fit_statistics statistics;
    size_t models, fits;           /* bic: models compared; decomposable: graphs */
    const char *search;            /* how the model was searched for, in words */
    const overlap *linked;         /* the table as linked, before any correction */
    resample_result resample;      /* n = 0 without */
    /* decomposable and latent: the posterior instead of a bootstrap */
    double mean, median;
    double delta[METHOD_PRIORS], median_at[METHOD_PRIORS]; /* decomposable: medians under other priors, 0 = not tried */
    double band_lower, band_upper; /* the least and the largest of them */
    double probability;            /* decomposable: posterior of the model named */
    double r_hat, effective;       /* latent: convergence */
    double seconds;
} finding;

/* A finding without estimate, for this reason. */
finding finding_nothing(method m, const char *why);

/* A table in which nobody is on two lists has no estimate by any method: a posterior would be the prior's.
 *
 * Errors  those of the parts; that no estimate exists is a finding, not an error */
status method_run(arena *out, const overlap *o, method m, const method_options *options, finding *result);

#endif
