/* What is printed of a test: its columns in the table of tests, and its sentence. */
#ifndef PEIL_MONITOR_MEASURED_H
#define PEIL_MONITOR_MEASURED_H

#include "protect/statistic.h"

enum {
    MEASURED_ROWS, MEASURED_COLUMNS, MEASURED_LEAST, MEASURED_CHISQ, MEASURED_DF, MEASURED_P, MEASURED_EXACT, MEASURED_BELOW, MEASURED_HOLM, MEASURED_BH,
    MEASURED_FAMILY, MEASURED_RR, MEASURED_RR_LOWER, MEASURED_RR_UPPER, MEASURED_V, MEASURED_V_LOWER, MEASURED_V_UPPER, MEASURED
};

/* [MEASURED] with words in both languages. Errors ST_NO_MEMORY */
status measured_list(arena *out, const protect_measure **result);

#endif
