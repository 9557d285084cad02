/* What is printed beside the counts of a release: percentages and test statistics, and what they tell about the counts. */
#ifndef PEIL_PROTECT_PRINTED_H
#define PEIL_PROTECT_PRINTED_H

#include "protect/audit.h"
#include "protect/folder.h"

/* A column of percentages of one file. */
typedef struct printed_share {
    const spec_share *spec;
    size_t n;
    uint32_t *part, *base; /* [n] counts of the system; base SYSTEM_NONE: the count is its own base, nothing is printed */
    double *value;         /* [n] NaN: not printed */
    int decimals;
    bool exact;            /* not a function of the released counts, or said to be exact */
    size_t shown, hidden;
} printed_share;

typedef struct printed_statistic {
    const spec_statistic *spec;
    release_statistic *of;
    size_t rows, columns;
    uint32_t *cell;        /* [rows * columns] counts of the system */
    int digits;            /* significant ones printed; 0: withheld */
    double value;          /* as printed; NaN: withheld */
    bool exact;
} printed_statistic;

typedef struct printed {
    size_t shares, statistics;
    printed_share *share;
    printed_statistic *statistic;
} printed;

/* Where everything that protect.yaml declares stands in the system; nothing has a value yet.
 * Errors  ST_CONFIG: a file, dimension, code or kind that is not there, a base that no table has */
status printed_place(arena *a, const release_data *d, release_find *find, printed *result);

/* Percentages and the statistics that are not exact, of released counts alone. */
status printed_compute(arena *a, const release_data *d, const int64_t value[], const uint8_t hidden[], printed *p);

/* Exact statistics: as many digits as leave every count of their table, and every sum of it that is a count too, five values
 * within lower..upper (or all it had), given those before. digits of the declared ones are the most; the gate is asked again
 * when p->statistic[].digits was lowered. */
status printed_gate(arena *a, const release_data *d, const int64_t lower[], const int64_t upper[], printed *p);

/* One digit less for the exact statistic with the most; false: none is printed any more. */
bool printed_blur(printed *p);

/* As they were released: columns of the tables, and statistics.csv. Exact is what does not follow from the released counts. */
status printed_read(arena *a, const release_data *d, const char *folder, const int64_t released[], printed *p);

/* What exact percentages say: two rows each. */
status printed_clues(arena *a, const printed *p, size_t *n, audit_clue **clues);

/* What exact statistics leave of lower..upper [of the system]; changed: less than before. undecided: statistics of so large tables
 * that not all could be tried; without `exact` (NULL) these narrow nothing.
 * Errors  ST_INVALID: no table agrees with a statistic */
status printed_narrow(arena *a, const release_data *d, const printed *p, const int64_t exact[], int64_t lower[], int64_t upper[],
                      bool *changed, size_t *undecided);

/* The percentage that counts give. The number with so many significant digits; text NULL, or how it is written. */
double printed_percent(const printed_share *p, size_t i, const int64_t value[]);
double printed_digits(arena *a, double value, int digits, const char **text);

/* Columns for the released tables, and statistics.csv into the folder. */
status printed_columns(arena *a, release_data *d, const printed *p);
status printed_write(arena *a, const printed *p, const char *folder);

#endif
