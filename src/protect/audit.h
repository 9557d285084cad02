/* The attack: what can an outsider derive from everything that is released, taken together?
 *
 * Independent of the protector's code: it reads the constraints and the released numbers only, and believes no one. */
#ifndef PEIL_PROTECT_AUDIT_H
#define PEIL_PROTECT_AUDIT_H

#include "protect/system.h"

/* A further thing that is known: lower <= sum of coefficient * count <= upper (a printed mean, a ratio, a statistic). */
typedef struct audit_clue {
    size_t n;
    const uint32_t *cell;
    const double *coefficient;
    double lower, upper;
} audit_clue;

/* Who attacks. Everybody may be in the report: then he knows that his own counts are not empty. */
typedef enum audit_against {
    AUDIT_OUTSIDERS,
    AUDIT_LONERS     /* and each who is alone in counts that are not public, knows that he is, and so knows these counts */
} audit_against;

typedef struct audit_input {
    const protect_system *system;  /* the rows; `value` is what the attack must not find out */
    const int64_t *lower, *upper;  /* [n] what each released number says by itself; exact where equal */
    const int64_t *start;          /* [n] a table that agrees with everything: the exact one, or NULL: one is looked for */
    const int64_t *guess;          /* [n] without `start`: a table that may agree, tried first; NULL: none */
    const uint8_t *sensitive;      /* [n] counts to attack; NULL: all that are not known anyway */
    size_t clues;
    const audit_clue *clue;
    audit_against against;
    bool zeros;                    /* that nobody is there is sensitive too: who is alone must not learn that nobody else is */
    uint64_t seed;
    int tries;                     /* random moves a side; 0: the preset, 400 */
} audit_input;

typedef struct audit_cell {
    uint32_t cell;
    int64_t lower, upper;     /* both attained by whole tables that agree with everything: proof */
    int64_t outer_lower, outer_upper; /* no table goes beyond (linear programs); equal to the above where all is known */
    int64_t inside_lower;     /* the least a contributor to the cell can derive: he knows of himself */
    bool narrowed;            /* less is possible than the number by itself says */
    bool exposed;             /* one value only: for an outsider, or for somebody who knows of himself */
    bool inside;              /* exposed, but only to somebody in the report */
} audit_cell;

typedef struct audit_result {
    size_t n;
    audit_cell *cell;         /* [n] attacked counts in the order of the system */
    size_t exposed, inside, narrowed; /* inside: of the exposed ones */
    int64_t narrowest, widest; /* width upper - lower; -1: nothing was attacked */
    size_t broken;            /* released sums that do not add up */
    size_t programs;          /* linear programs that were needed */
    bool consistent;          /* some table agrees with everything */
} audit_result;

/* Attack every sensitive count from both sides.
 *
 * First by moves that keep every sum and every count that is known exactly: each that stays within what is known is a table
 * that proves a value possible (checked against every row and clue), and for every loner whose counts it leaves alone. What is
 * left, while there is not too much of it, by linear programs, warm-started: first all open sides in one sum, striking those
 * that reach their bound, then one by one. What stays undecided counts as exposed. Each cell has its own random stream: the
 * same result for any number of threads.
 * Errors    ST_INVALID (start does not agree with the released numbers), ST_NO_MEMORY
 * Source    docs/methods/audit.md
 * Checked   tests/protect/test_audit.c against enumeration of all tables */
status protect_audit(arena *out, const audit_input *in, audit_result *result);

#endif
