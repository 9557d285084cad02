/* p-values of a family of tests, adjusted for their number, and what printing them says of each test by itself. */
#ifndef PEIL_PROTECT_ADJUSTED_H
#define PEIL_PROTECT_ADJUSTED_H

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>

typedef enum adjusted_by { ADJUSTED_NOT, ADJUSTED_HOLM, ADJUSTED_BH, ADJUSTED_WAYS } adjusted_by;

/* The bounds an adjusted p is printed by: below 0.001, 0.01, 0.05, or not. */
enum { ADJUSTED_BOUNDS = 3, ADJUSTED_WIDEST = ADJUSTED_BOUNDS - 1 };
double adjusted_bound(int k);

/* A bound on the k-th smallest of m p-values is a bound on p itself; all of them together cut 0..1 into cells, and nothing that is
 * printed depends on more than the cell of each p. */
typedef struct adjusted_grid {
    size_t m, n;
    double *at;        /* [n] ascending; cell i: at[i - 1] <= p < at[i] */
    uint16_t *highest; /* [ADJUSTED_WAYS * ADJUSTED_BOUNDS * m] the last cell below the bound that way, for the k-th smallest */
} adjusted_grid;

/* Holm: the k-th smallest of m is below a when it and all smaller ones are below a / (m - k + 1), each by its own rank. Benjamini-Hochberg: it or a
 * larger one is below k a / m. m 1 to 7,000.
 * Errors  ST_NO_MEMORY
 * Source  Holm 1979; Benjamini & Hochberg 1995, doi:10.1111/j.2517-6161.1995.tb02031.x
 * Checked tests/protect/test_adjusted.c (against adjusted p-values worked out one by one) */
status adjusted_grid_make(arena *a, size_t m, adjusted_grid *g);

uint16_t adjusted_cell(const adjusted_grid *g, double p);

/* The adjusted p of test j is below the bound when its cell is at most this; -1: of no test. cell [m] */
int adjusted_cut(const adjusted_grid *g, adjusted_by way, int bound, const uint16_t cell[]);

/* What is printed of a test: bit k of said[way] = on which side of bound k its adjusted p lies. */
typedef struct adjusted_said {
    uint8_t said[ADJUSTED_WAYS];
} adjusted_said;

/* Ranges of cells low[j]..high[j] around the exact ones such that, wherever each p lies in its own range, all that is printed stays the same.
 * So a table whose p stays in its range is possible, whatever the other tests are, within theirs: what the gate counts with these ranges
 * is never more than what an outsider must reckon with. (Adjusted p-values never fall when a p rises: the two corners decide.)
 *
 * exact, low, high [m]. Errors ST_NO_MEMORY. Cost O(m^2 log m) */
status adjusted_ranges(const adjusted_grid *g, const uint16_t exact[], const adjusted_said said[], uint16_t low[], uint16_t high[]);

#endif
