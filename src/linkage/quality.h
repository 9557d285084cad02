/* How good a linkage is, without labels.
 *
 * precision  mean posterior of the linked pairs, less what is likely to join relatives (linkage/quality_kin.h); a pair inside a cluster
 *            is as likely as the best chain over one member
 * recall     those found, over those and the missed: candidates outside the clusters, by their posterior when alone and by the evidence
 *            clusters are joined on when between two clusters; and as many more as the model expects of pairs of which too little is
 *            known to be candidates (linkage/em.h); both by as much as such counts proved to be off
 * Both with 95 % intervals, for what the model leaves open. Where it does not fit, or its own error exceeds .03, `alarm` says which of the
 * two is not to be trusted and why.
 * Checked  tests/linkage/test_link.c */
#ifndef PEIL_LINKAGE_QUALITY_H
#define PEIL_LINKAGE_QUALITY_H

#include "base/words.h"
#include "linkage/clusters.h"
#include "linkage/em.h"
#include "linkage/quality_kin.h"

typedef struct link_estimate {
    double value, low, high;
} link_estimate;

typedef struct link_quality {
    size_t linked;          /* pairs inside clusters */
    double expected;        /* pairs of one person there should be: found and missed */
    link_estimate precision, recall;
    size_t unlinkable;      /* records that not even an equal copy would be linked to */
    const char *alarm;      /* "which of them not to trust: why", for words_get(); NULL: nothing found */
} link_quality;

/* kin  of these pairs, and whether it is taken off their p */
status link_quality_estimate(const link_model *model, const link_pairs *pairs, const link_clusters *c, const link_kin *kin, double threshold, link_quality *result);

/* One row of the chart for choosing a threshold. */
typedef struct link_point {
    double threshold, links, precision, recall; /* estimated, over pairs taken one by one */
} link_point;

enum { LINK_POINTS = 19 };
/* Thresholds .05, .10, ... .95. */
void link_quality_curve(const link_pairs *pairs, const link_quality *q, link_point curve[LINK_POINTS]);

/* The curve as a chart, the estimates of the clusters and the alarm above it: a complete SVG document with a title, a description and real text. */
status link_quality_chart(arena *a, const link_quality *q, const link_point curve[LINK_POINTS], language in, text *svg);

#endif
