/* Tests of a figure: which counts are put to a test, what is printed of it, and the line under the figure. */
#ifndef PEIL_MONITOR_TESTED_H
#define PEIL_MONITOR_TESTED_H

#include "monitor/figure.h"
#include "protect/report.h"
#include "publish/document.h"

/* Run the tests of all figures on their exact counts, chapter by chapter: the p-values of a chapter are adjusted for their number, and the leak
 * gate looks at all of them together. A figure in no chapter is a family by itself.
 *
 * tables   [figures of the definition]
 * tests    [figures of the definition] with code FIGURE-tests; NULL: the figure has no tests. Rows are results, their dimension the method;
 *          columns: shape, least expected count, chi-square with df and p (or an exact p), the bound the adjusted p is below (1: not below 0.05) by
 *          Holm and by Benjamini-Hochberg, the number of tests adjusted for, risk ratio (2 x 2) or Cramer's V with 95 % limits. What the gate does
 *          not allow is withheld; the rest is made of what is shown and of released counts
 * Errors   ST_CONFIG (nothing to test), ST_NO_MEMORY */
status tested_release(arena *out, const figure_source *source, const exact_table tables[], const protect_result *report, released *tests[]);

/* Tested without data: do the rows and columns of the tests exist? */
status tested_check(const figure_source *source, const monitor_figure *f, const exact_table *exact);

/* A sentence a result, with references to the released numbers. */
status tested_sentences(arena *out, const monitor_definition *d, const released *tests, size_t *n, phrase **result);

#endif
