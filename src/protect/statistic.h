/* Numbers worked out after protection: curves from released counts, and statistics of exact counts as far as the leak gate allows. */
#ifndef PEIL_PROTECT_STATISTIC_H
#define PEIL_PROTECT_STATISTIC_H

#include "protect/gate.h"
#include "protect/report.h"

/* One cell of a figure made of a released one; NaN: not available. It sees released numbers alone, so that what it makes may be released. */
typedef double protect_compute(size_t row, size_t column, const released *from, const void *context);

/* A figure computed from a released one.
 * shape   code, measure and axes; its counts are not looked at. decimals: of every cell
 * Errors  ST_NO_MEMORY */
status protect_computed(arena *out, const exact_table *shape, const released *from, protect_compute *compute, const void *context,
                        released **result);

/* A table of counts within a figure that is put to a test. */
typedef struct protect_test {
    bool rest;          /* of shares: row[0] against everybody else it is a share of: two rows */
    size_t rows, columns;
    const size_t *row;    /* [rows] positions on the figure's axis; rest: one */
    const size_t *column; /* [columns] */
} protect_test;

/* What a column of the result may look at. */
typedef struct protect_tested {
    double shown;   /* the statistic as the gate lets it be printed; NaN: withheld */
    int digits;
    double coarse;  /* where it is withheld: the coarser statistic, a small whole number; NaN: withheld, too */
    size_t rows, columns;
    const int64_t *rounded; /* [rows * columns] released counts */
} protect_tested;

typedef struct protect_measure {
    code name;
    int decimals; /* -1: as many as the digits of the statistic */
    bool gated;   /* made of the statistic: withheld where both are */
    double (*of)(const protect_tested *x); /* NaN: not applicable */
} protect_measure;

typedef struct protect_tests {
    const char *figure;       /* code of the result */
    const exact_table *exact; /* the figure that is tested */
    const released *released; /* the same, protected */
    int reach;                /* how far a released count can be from the exact one: largest_deviation of the certificate */
    size_t n;
    const protect_test *test;
    const code *name;         /* [n] rows of the result */
    gate_statistic *(*choose)(size_t rows, size_t columns, const int64_t rounded[]); /* by released counts, so that the choice tells
                                                                                      * nothing; NULL: none fits, withheld */
    gate_statistic *(*coarser)(size_t rows, size_t columns, const int64_t rounded[]); /* tried where no digit of the first passes */
    int most;                 /* significant digits wanted at most */
    size_t measures;
    const protect_measure *measure;
} protect_tests;

/* Test, let the gate decide on the digits, and release what may be: a row a test, a column a measure.
 *
 * Gate    every count within `reach` of its released one, sums of rows, columns and the whole too: each keeps five values, and so
 *         do the denominators that several tests share, taken one by one; further measures are functions of the
 *         statistic as shown and of released counts, so that they add nothing an outsider could use
 * Hidden  a test with a hidden count is withheld
 * Errors  ST_INVALID, ST_NO_MEMORY
 * Source  docs/methods/leak-gate.md
 * Checked tests/protect/test_statistic.c */
status protect_statistics(arena *out, const protect_tests *t, released **result);

#endif
