/* What the methods of `peil stat` share: the data as named on the command line, and their output. */
#ifndef PEIL_CLI_STAT_H
#define PEIL_CLI_STAT_H

#include "cli/verb.h"
#include "follow/spans.h"

#include <jansson.h>

/* Values of a column as numbers 0..n-1 in their natural order (numbers by value, else by bytes). */
typedef struct stat_levels {
    size_t n;
    const char **name; /* [n] */
    int32_t *of;       /* [rows] -1: missing */
} stat_levels;

typedef struct stat_data {
    const char *file;
    spans s;             /* cleaned; group by --by, person by --id */
    stat_levels by;      /* of: cleaned rows */
    stat_levels strata, cluster;
    size_t p;
    const char **names;  /* [p] covariates; a text column gives one a level but the first */
    int *term;           /* [p] which of --covariates it comes from */
    size_t terms;
    const char **term_name;
    const double **x;    /* [p][s.n] */
    spans_excluded excluded;
} stat_data;

enum { STAT_TIMES = 1, STAT_CODES = 2, STAT_TERMINAL = 4 }; /* what a method needs: --time; event codes beyond 0 and 1; no code beyond 2 */

/* Read what the options name. Rows with an empty value among these are left out and counted. */
status stat_read(arena *a, const options *o, const char *file, int needs, stat_data *result);

/* JSON: NaN becomes null. Nothing fails: jansson gives NULL when out of memory, which stat_print reports. */
json_t *stat_number(double value);
json_t *stat_numbers(size_t n, const double *values);
json_t *stat_square(size_t n, const double *values);
json_t *stat_names(size_t n, const char *const *names);
json_t *stat_excluded(const stat_data *d);
/* Print with 17 significant digits and a line end, and let it go. */
status stat_print(json_t *json);
/* Say on stderr what was left out; for output that has no place for it. */
void stat_note_excluded(const stat_data *d);

/* The methods. */
status stat_curve(arena *a, const options *o, const char *method);
status stat_model(arena *a, const options *o, const char *method);
status stat_tables(arena *a, const options *o, const char *method);

#endif
