/* The one door out: exact figures of a whole report in, released figures out.
 *
 * All figures of a report go through one call, because they protect and betray each other: a count that stands in two
 * figures, or follows from two others, must get one and the same protected value. Provenance numbers (how many were
 * excluded) are figures too: hand them over as a table of one row. */
#ifndef PEIL_PROTECT_REPORT_H
#define PEIL_PROTECT_REPORT_H

#include "protect/released.h"

typedef enum protect_mode {
    PROTECT_ROUND,        /* controlled rounding: additive over the whole report */
    PROTECT_CONVENTIONAL, /* each count to the nearest multiple, then the fewest changes that pass the audit */
    PROTECT_SUPPRESS,     /* exact counts, small and revealing ones hidden */
    PROTECT_PUBLISHED     /* made of figures that are public already: passed through, and says so */
} protect_mode;

/* What applies to one figure. */
typedef struct protect_rules {
    protect_mode mode;
    int base;          /* counts become multiples of this; 5 */
    int minimum;       /* rounding: protected counts under this are hidden (0: none); suppression: exact counts under
                        * this are sensitive (5) */
    int minimum_share; /* a percentage is shown where its protected denominator is at least this */
    int minimum_mean;  /* a mean is shown where its protected number of persons is at least this; at least 10 */
    int share_decimals; /* 0 or 1 */
    bool hide_zero;    /* suppression: zeros are sensitive too (group disclosure) */
    bool hide_full;    /* suppression: a cell that holds a whole margin is sensitive (group disclosure) */
} protect_rules;

typedef struct protect_options {
    protect_rules rules;             /* for every figure without its own */
    const protect_rules *const *own; /* [n], NULL entries: `rules`; NULL: none has its own */
    uint64_t seed;                   /* added to the key made from the counts */
} protect_options;

/* Base 5, no minimum for counts, percentages and means from 10 persons, whole percentages. */
protect_rules protect_rules_preset(protect_mode mode);
protect_options protect_options_preset(void);

/* What was done and proven, for the page beside the figures: nothing in it depends on a single exact count.
 * (No hash of exact counts stands here: of a small table it could be reversed by trying.) */
typedef struct protect_certificate {
    const char *method;     /* word id: "controlled rounding" ... */
    const char *solver;     /* "GLPK 5.0" or "none" */
    int base;
    size_t figures;
    size_t cells;           /* different counts in the report; a count in two figures is one */
    size_t equations;       /* sums that tie them */
    size_t sensitive;       /* counts under the minimum frequency (5 where rounded) */
    size_t hidden;          /* counts not shown */
    size_t moved;           /* not at their nearest multiple */
    size_t beyond;          /* further than a neighbouring multiple: where no additive rounding to neighbours was found */
    double mean_deviation;  /* |released - exact| over all counts */
    int largest_deviation;
    bool additive;          /* every sum that holds for the exact counts holds for the released ones */
    bool audited;           /* attacked by independent code */
    size_t exposed;         /* sensitive counts an outsider can pin down: 0, or there is no release */
    int narrowest, widest;  /* interval widths of the sensitive counts; -1: none */
    const char *basis;      /* word id: "published before" where nothing was protected, else what outsiders learn */
} protect_certificate;

/* For the secure environment only: why this count was hidden or moved. */
typedef struct protect_note {
    const char *figure, *row, *column; /* codes */
    const char *reason;                /* word id */
} protect_note;

typedef struct protect_result {
    size_t n;
    released **released; /* [n], in the order of the tables */
    protect_certificate certificate;
    size_t notes;
    const protect_note *note; /* never to be published */
} protect_result;

/* Protect a report.
 *
 * n, tables  the exact figures; their names, codes and titles are borrowed and must outlive the result
 * options    NULL: the presets
 * result     in `out`; untouched on error
 * Cells      equal population and equal codes (without totals) mean the same count, in any figure
 * Shares     from protected numerator and denominator only, never from exact ones
 * Means      of exact values where n >= 10, by steps so wide that no one person shows in them (protect/spread.h); hidden where a step is more than half
 *            of the mean. So a mean says nothing about n by divisibility
 * Errors     ST_INVALID (a negative count, a share without denominators, one cell with two values),
 *            ST_EXPOSED (the audit failed: nothing is released), ST_INFEASIBLE, ST_NO_MEMORY
 * Cost       seconds for thousands of linked cells
 * Source     docs/methods/round.md, docs/methods/audit.md
 * Checked    tests/protect */
status protect_report(arena *out, size_t n, const exact_table tables[], const protect_options *options,
                      protect_result *result);

#endif
