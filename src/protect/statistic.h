/* Numbers worked out after protection: curves from released counts, and statistics of exact counts as far as the leak gate allows. */
#ifndef PEIL_PROTECT_STATISTIC_H
#define PEIL_PROTECT_STATISTIC_H

#include "protect/family.h"
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

/* How a table is tested, chosen by released counts, so that the choice tells nothing; up to two results of it are printed (as matched pairs
 * and as if they were not), a row each. */
typedef struct protect_method {
    trial_method trial;
    int parts;
    const char *part[2]; /* code of the method of each result: it becomes the dimension of its row */
} protect_method;

/* What a column of the result may look at: all of it may be known. */
typedef struct protect_tested {
    double shown[TRIAL_NUMBERS]; /* as the gate lets them be printed; NaN: withheld, or it does not exist */
    int digits[TRIAL_NUMBERS];
    double below[ADJUSTED_WAYS]; /* the bound an adjusted p is below, 1: not below 0.05; NaN: withheld */
    size_t family;               /* tests that were adjusted for */
    size_t rows, columns;
    const int64_t *rounded;      /* [rows * columns] released counts */
    const char *method;
    int part;
} protect_tested;

typedef enum protect_number_state { NUMBER_VALUE, NUMBER_WITHHELD, NUMBER_NONE } protect_number_state;

typedef struct protect_number {
    protect_number_state state;
    double value;
    int digits; /* significant digits; 0: as many decimals as the measure has */
} protect_number;

typedef struct protect_measure {
    code name;
    int decimals; /* at most */
    protect_number (*of)(const protect_tested *x);
} protect_measure;

typedef struct protect_tests protect_tests;

struct protect_tests {
    const char *figure;       /* code of the result */
    const exact_table *exact; /* the figure that is tested */
    const released *released; /* the same, protected */
    int reach;                /* how far a released count can be from the exact one: largest_deviation of the certificate */
    size_t n;
    const protect_test *test;
    const code (*name)[2];    /* [n] rows of the result, for each part */
    status (*choose)(arena *a, const protect_tests *t, size_t test, const int64_t rounded[], protect_method *result);
    const void *context;      /* of choose */
    size_t measures;
    const protect_measure *measure;
};

/* Test the figures of a chapter, adjust for the number of tests, let the gate decide on what is printed, and release that: for each figure a
 * table with a row a result, a column a measure.
 *
 * way     how p-values are adjusted that are printed first (see family_decide); tests with a hidden count are not in the family
 * result  [n] tables
 * Gate    every count within `reach` of its released one, sums of rows, columns and the whole too: each keeps five values, by tables that
 *         print everything of their test alike, and whose shared counts fit a table of each test they are shared with; further measures are functions
 *         of what is shown and of released counts, so that they add nothing an outsider could use
 * Hidden  a test with a hidden count is withheld
 * Errors  ST_INVALID, ST_NO_MEMORY
 * Source  docs/methods/leak-gate.md
 * Checked tests/protect/test_statistic.c */
status protect_statistics(arena *out, size_t n, const protect_tests figures[], adjusted_by way, released *result[]);

#endif
