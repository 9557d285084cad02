/* A solution of a 0/1 problem by depth-first search with consequences, or the proof that there is none. */
#ifndef PEIL_PROTECT_SEARCH_H
#define PEIL_PROTECT_SEARCH_H

#include "protect/binary.h"

typedef struct search_result {
    bool found, infeasible; /* infeasible: every way was tried */
    int conflicts;          /* contradictions met */
} search_result;

/* Sets the variable whose rows were most often in the way of late (the surest by `fraction` of equals) to its nearest value, with all that
 * follows in the rows; after a contradiction the last choice turns round; after some hundred it starts again from the top, now with
 * the hard rows first. Contradictions are counted, not seconds.
 *
 * fraction  [n] where each variable is thought to go
 * most      contradictions to spend
 * value     [n] the solution; untouched where none is found
 * Errors    ST_NO_MEMORY
 * Source    weights of constraints in the way: Boussemart, Hemery, Lecoutre & Sais 2004, Boosting systematic search by weighting
 *           constraints, ECAI 146-150
 * Checked   tests/protect/test_round.c */
status search_solve(const binary_problem *p, const double fraction[], int most, int8_t value[], search_result *result);

#endif
