/* Exact figures as they come from tabulate, follow and estimate: for use inside the secure environment only. */
#ifndef PEIL_PROTECT_EXACT_H
#define PEIL_PROTECT_EXACT_H

#include "table/table.h"

/* A count nobody has: not zero, not hidden. */
#define EXACT_UNKNOWN INT64_MIN

typedef enum exact_measure { EXACT_COUNT, EXACT_SHARE, EXACT_MEAN } exact_measure;

/* One side of a figure. Items of one axis may come from several dimensions (years beside forms): each names its own. */
typedef struct exact_item {
    code code;             /* what files and readers see */
    const char *dimension; /* "year", "form"; NULL for a total over everything */
    bool total;            /* everybody, whatever the value of the dimension: the sum of the other items where these are
                            * exclusive */
    const char *parent;    /* code of the item of this axis and dimension it is a part of (domestic_sexual < sexual); NULL:
                            * of the total */
    const char *population; /* not NULL: this item counts everybody of another population than the figure's (canonical text), such
                             * as a line with and a line without some victims; its dimension is a name alone then */
    const char *stand_in;    /* such an item counts by another variable: this dimension stands in for that of the first item of the
                              * other axis; NULL: none does */
} exact_item;

typedef struct exact_axis {
    const char *name;                  /* "form" */
    const char *title[LANGUAGE_COUNT];
    bool overlapping;                  /* a person may be in several items: they do not add up to the total */
    size_t n;
    const exact_item *item;
} exact_axis;

typedef struct exact_table {
    const char *figure;     /* "2.2" */
    const char *population; /* canonical text of population and filter: equal text means the same persons. Lines "dimension=code" after
                             * it narrow it to that code: the same count as that item of the population */
    exact_measure measure;
    exact_axis rows, columns;
    const int64_t *count;    /* [rows.n * columns.n], row-major; of a share the numerator, of a mean the number of persons */
    const int64_t *base;     /* shares: the denominators; else NULL */
    const double *sum;       /* means: the sums; else NULL */
    const double *low, *high; /* means: the smallest and the largest value in each cell; else NULL */
    const char *flow;        /* not NULL: rows and columns are places that somebody comes from and goes to, so that as many come into each as leave it;
                              * the same persons begin in figures of equal text */
    const uint8_t *impossible; /* [rows.n * columns.n] 1 = cannot occur (not 0 by chance); NULL: none */
} exact_table;

#endif
