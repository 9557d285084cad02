/* Amounts beside counts (costs, days): means and medians are released, sums never; dominance decides where. */
#ifndef PEIL_PROTECT_AMOUNTS_H
#define PEIL_PROTECT_AMOUNTS_H

#include "protect/audit.h"
#include "protect/folder.h"

enum { AMOUNTS_TOP = 5 };

/* One amount over all counts of a system; NaN: no table gives it. */
typedef struct amount_column {
    const spec_amount *spec;
    double *sum, *median;          /* [n] */
    double (*top)[AMOUNTS_TOP];    /* [n] the largest contributions, from the largest; NaN: not given */
    uint8_t *shown;                /* [n] */
    size_t primary, shows, hides;  /* cells sensitive by themselves, shown, not shown */
    int digits;                    /* significant digits printed; 0: the attack allowed none */
} amount_column;

typedef struct amounts {
    size_t n;
    amount_column *column;
} amounts;

/* The columns NAME, NAME_1, NAME_2 ... and NAME_median of every table for each amount that protect.yaml declares.
 * Errors  ST_INVALID: not a number, parts that do not add up, two tables that differ, a rule that lacks its columns */
status amounts_read(arena *a, const release_data *d, amounts *result);

/* Is a cell dominated? n-k: the n largest have more than k % of the sum. p %: the sum less the two largest is less than p % of
 * the largest, so that the second could work out the first to within p %.
 * Source  Hundepool et al. 2012, Statistical Disclosure Control, doi:10.1002/9781118348239, chapter 4 */
bool amounts_dominated(const spec_amount *rule, double sum, const double top[AMOUNTS_TOP]);

/* Choose what is shown: not what rests on too few persons or is dominated, and not what would give such a cell away by the sums. */
status amounts_choose(arena *a, const release_data *d, const uint8_t hidden[], amounts *m);

/* What the printed means say about counts: the sums of parts and whole agree, and there are enough persons. */
status amounts_clues(arena *a, const release_data *d, const amounts *m, size_t *n, audit_clue **clues);

/* The same of a release: its columns NAME_mean and NAME_median. digits [spec.amounts_count] printed; 0: not said. */
status amounts_read_clues(arena *a, const release_data *d, const int digits[], size_t *n, audit_clue **clues);

/* One digit less for the amount with the most; false: none is printed any more. */
bool amounts_blur(amounts *m);

/* The columns NAME_mean and NAME_median of the released files. */
status amounts_print(arena *a, release_data *d, const amounts *m);

#endif
