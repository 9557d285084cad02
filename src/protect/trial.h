/* A test on its way through the leak gate: the tables an outsider must reckon with, and which of them what is printed leaves. */
#ifndef PEIL_PROTECT_TRIAL_H
#define PEIL_PROTECT_TRIAL_H

#include "protect/adjusted.h"

enum { TRIAL_COLUMN_SUMS = -1, TRIAL_ROW_SUMS = -2 };

enum { TRIAL_NUMBERS = 8, TRIAL_ITEMS = 4, TRIAL_DIGITS = 6 };

/* All numbers that may be printed of a table, at once; NaN: does not exist. `context` is the caller's. */
typedef void trial_evaluate(size_t rows, size_t columns, const int64_t table[], const void *context, double number[TRIAL_NUMBERS]);

/* Numbers printed together, with equally many significant digits: a statistic, or an effect with its limits. */
typedef struct trial_item {
    int first, n; /* n 0: there is none */
    int most;     /* significant digits wanted at most, 1 to TRIAL_DIGITS */
} trial_item;

/* How a table is tested. */
typedef struct trial_method {
    trial_evaluate *evaluate; /* NULL: no method fits, nothing of the test is printed */
    const void *context;
    int p;                    /* which number is p */
    trial_item item[TRIAL_ITEMS];
    bool columns_known;       /* an outsider may know who is in each column and what was matched on: beside such a one each count keeps as many values */
    bool slow;                /* evaluate is quick only for tables with the margins of the one before: few margins are tried */
} trial_method;

/* A count, or a sum of counts, that an outsider knows to within reach. */
typedef struct trial_range {
    int64_t low, high;
} trial_range;

typedef struct trial_chunk trial_chunk;

typedef struct trial {
    size_t rows, columns;
    const int64_t *exact;       /* [rows * columns] row-major */
    const trial_range *cell;    /* [rows * columns] */
    const trial_range *row, *column; /* [rows], [columns] sums; whole */
    trial_range whole;
    trial_method method;
    /* Tests that share counts are looked at together: those with one group number share some counts, by `shared`. */
    size_t group;
    int shared;                 /* TRIAL_COLUMN_SUMS, TRIAL_ROW_SUMS; r: the counts of row r */
    const int64_t *shared_low;  /* [columns, or rows] least value an outsider reckons with; equal for all tests of a group */
    int64_t shared_values;      /* values from there on, for each */

    /* filled by trial_gather */
    double number[TRIAL_NUMBERS]; /* of the exact table */
    uint16_t p;                 /* cell of the exact p */
    double printed[TRIAL_ITEMS][TRIAL_DIGITS][TRIAL_NUMBERS]; /* as printed with 1.. digits */
    bool complete;              /* every table was tried; else some, so that the gate is only stricter */
    size_t keys;                /* values the shared counts can have together */
    size_t record;              /* bytes of a candidate */
    trial_chunk *chunks;
} trial;

/* What is printed of a trial so far. */
typedef struct trial_state {
    int digits[TRIAL_ITEMS];    /* 0: withheld */
    uint16_t low, high;         /* range of cells p can be in */
} trial_state;

/* Try every table within reach (at most two million; else 400,000 at random, or of 32 margins for slow methods) and keep those that agree with
 * all sums. The grid turns p into cells.
 * Errors  ST_INVALID (the exact table lies outside its own ranges, more than 8 x 8 counts, too many shared values), ST_NO_MEMORY */
status trial_gather(arena *a, const adjusted_grid *g, trial *t);

/* Does every count and sum of every trial keep `values` values, given all that is printed of all of them? Only trials of one group together.
 * Method  shared counts: each combination of their values must leave a table of every trial; only tables with such a combination count
 * Errors  ST_NO_MEMORY */
status trial_safe(size_t n, const trial *const trials[], const trial_state *const states[], int values, bool *safe);

#endif
