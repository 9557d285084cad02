/* Recurrent events: the mean number of events a person has had by a time. */
#ifndef PEIL_FOLLOW_MCF_H
#define PEIL_FOLLOW_MCF_H

#include "follow/counts.h"

typedef struct follow_mean {
    follow_counts counts; /* rows: distinct (group, time) */
    const double *mean;   /* [rows] events a person up to and at the time */
    const double *error;  /* [rows] robust standard error */
    const double *survival; /* [rows] share not ended by the terminal event; 1 without one */
} follow_mean;

/* Mean cumulative function; with `terminal`, that of Ghosh and Lin, for whom the dead have no more events.
 *
 * s        spans with person; status 1 = event, 2 = terminal event, others censored. start NULL: a person's spans follow on one
 *          another from 0, several events of a day allowed
 * terminal false: status 2 counts as censored
 * Ties     an event precedes a terminal event, both precede censorings; entries of a day come last
 * Errors   ST_INVALID (spans of a person overlap, or lie in different groups; row named), ST_NO_MEMORY
 * Cost     O(n log n)
 * Source   Lawless & Nadeau 1995, doi:10.1080/00401706.1995.10484300; Ghosh & Lin 2000,
 *          doi:10.1111/j.0006-341X.2000.00554.x
 * Checked  tests/reference/follow/mcf (R survfit with id), tests/follow/test_curves.c (naive version) */
status follow_mcf(arena *out, const spans *s, bool terminal, follow_mean *result);

#endif
