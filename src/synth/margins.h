/* Published numbers the generator must reproduce: margins.csv (figure,row,column,value) and facts.csv (id,value).
 *
 * Only the generator reads them; the monitor never does. */
#ifndef PEIL_SYNTH_MARGINS_H
#define PEIL_SYNTH_MARGINS_H

#include "base/text.h"

typedef struct synth_margin {
    const char *figure, *row, *column;
    int value;
} synth_margin;

typedef struct synth_fact {
    const char *id;
    double value; /* NaN: a statement without a number */
} synth_fact;

typedef struct synth_published {
    size_t margins, facts;
    const synth_margin *margin;
    const synth_fact *fact;
} synth_published;

/* Read FOLDER/margins.csv and FOLDER/facts.csv.
 * Errors  ST_NOT_FOUND, ST_CONFIG (a column is missing, a value is no whole number >= 0, a cell stands twice) */
status synth_published_read(arena *out, const char *folder, synth_published *result);

/* The printed count; ST_CONFIG when it is not there. */
status synth_margin_get(const synth_published *p, const char *figure, const char *row, const char *column, int *value);

/* The same, -1 when it is not there. */
int synth_margin_find(const synth_published *p, const char *figure, const char *row, const char *column);

/* The value of a fact; ST_CONFIG when it is not there or has no number. */
status synth_fact_get(const synth_published *p, const char *id, double *value);

#endif
