/* Tests of a figure: which counts are put to a test, what is printed of it, and the line under the figure. */
#ifndef PEIL_MONITOR_TESTED_H
#define PEIL_MONITOR_TESTED_H

#include "monitor/definition.h"
#include "protect/report.h"
#include "publish/document.h"

/* Run the tests of a figure on its exact counts; what the leak gate does not allow is withheld.
 *
 * reach    largest deviation of the certificate
 * result   its code is FIGURE-tests; NULL: the figure has no tests. Rows are tests; columns: chi-square, df, p, exact p (in the place of
 *          the first three where a released count expected under independence is below 5; 2 x 2 alone), risk ratio (2 x 2) or Cramer's V
 *          with 95 % limits, and the least expected count; all but the statistic are made of it as printed and of released counts
 * Errors   ST_CONFIG (nothing to test), ST_NO_MEMORY */
status tested_release(arena *out, const monitor_definition *d, const monitor_figure *f, const exact_table *exact, const released *shown,
                      int reach, released **result);

/* Tested without data: do the rows and columns of the tests exist? */
status tested_check(const monitor_definition *d, const monitor_figure *f, const exact_table *exact);

/* A sentence a test, with references to the released numbers. */
status tested_sentences(arena *out, const released *tests, size_t *n, phrase **result);

#endif
