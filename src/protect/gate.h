/* The leak gate: how many digits of a statistic may be printed beside rounded counts.
 *
 * A chi-square to three decimals beside counts rounded to five often leaves one exact table. So the gate counts the tables
 * that fit everything printed and gives the number of digits that leaves enough values for every count. */
#ifndef PEIL_PROTECT_GATE_H
#define PEIL_PROTECT_GATE_H

#include "protect/audit.h"

/* A statistic of a table of counts (row-major); NaN where it does not exist. */
typedef double gate_statistic(size_t rows, size_t columns, const int64_t table[], const void *context);

/* A sum of counts that is released, too: it must keep as many values. */
typedef struct gate_watch {
    size_t n;
    const uint32_t *cell; /* indexes the table */
    int64_t lower;        /* the least it can be by what was released */
    uint64_t seen;        /* out: bit k = lower + k fits (63: or more), at the digits of the result */
    int most;             /* values it can have by what was released, where that is few; 0: not said */
} gate_watch;

typedef struct gate_input {
    size_t rows, columns;
    const int64_t *exact;         /* [rows * columns]; NULL: not known, `printed` is */
    const char *printed;          /* with `most` digits, as "%.*e" writes it: digits are not chosen. NULL: they are, for the exact table */
    const int64_t *lower, *upper; /* [rows * columns] what the released count says; equal: known exactly */
    size_t clues;                 /* printed totals and percentages; `cell` indexes the table */
    const audit_clue *clue;
    size_t watches;
    gate_watch *watch;
    gate_statistic *statistic;
    const void *context;
    int values;                   /* each count must keep at least so many; 0: the preset, 5 */
    int most;                     /* significant digits wanted at most; 0: the preset, 6 */
    bool few_too;                 /* a count that could have fewer values by what was released may: if it keeps them all */
    bool signed_too;              /* false: the sign is not printed */
} gate_input;

typedef struct gate_result {
    int digits;          /* significant digits that may be printed; 0: withhold the statistic */
    double shown;        /* the statistic with these digits; NaN: withheld */
    size_t values;       /* least number of values any unknown count or watched sum keeps then */
    size_t tables;       /* tables that fit (all, or those found) */
    bool complete;       /* every table was tried; else a sample, so that the true numbers are at least these */
} gate_result;

/* Errors  ST_INVALID (the exact table does not agree with what is printed), ST_NO_MEMORY
 * Cost    at most two million tables
 * Source  docs/methods/leak-gate.md
 * Checked tests/protect/test_gate.c */
status protect_gate(const gate_input *in, gate_result *result);

/* A printed percentage (0..100, `decimals` 0 or 1): the count of cell `part` over the sum of cells `whole`. Two clues. */
status gate_share_clues(arena *a, uint32_t part, size_t n, const uint32_t whole[], double printed, int decimals, audit_clue clue[2]);

#endif
