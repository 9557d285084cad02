/* All methods side by side, and how far they disagree.
 *
 * One method's interval says nothing about the others: on real tables they differ by more than any interval admits.
 * The report therefore holds every method, what happens when each list is left out or two lists are merged, and a test
 * with a known answer: among the persons on one list, those on no other list are known; the other lists are asked to
 * estimate them as if they were not (held-out lists). Intervals are the ones to be shown (method.h). */
#ifndef PEIL_ESTIMATE_REPORT_H
#define PEIL_ESTIMATE_REPORT_H

#include "estimate/method.h"

/* An estimate of an altered table. */
typedef struct variant {
    const char *name;                /* list left out, or merged list "a+b" */
    double observed;
    double estimate, lower, upper;   /* NaN where none exists */
    const char *why;
    double known;                    /* held out: the answer; else NaN */
    bool covers;                     /* held out: known is within lower .. upper */
} variant;

typedef struct report {
    const overlap *table;
    finding finding[METHOD_COUNT];
    bool usable[METHOD_COUNT];       /* has an estimate, and its own checks do not speak against it */
    size_t without;                  /* = lists */
    variant *left_out;               /* [without] stepwise with this list left out */
    size_t merges;
    variant *merged;                 /* [merges] stepwise with two lists merged */
    variant *held_out[2];            /* [without] known answers: stepwise, independence */
    size_t held_out_covered[2], held_out_tried[2];
    /* over the usable methods */
    int used;
    method lowest, highest;
    double factor;                   /* highest / lowest estimate */
    double widest_factor;            /* largest upper / lower of one method */
    int apart;                       /* pairs of methods whose intervals do not overlap */
} report;

/* Errors  those of the methods; a method that cannot run on the table is a finding without estimate and a reason
 * Cost    all methods, lists * (lists + 5) / 2 stepwise runs with replicates */
status report_run(arena *out, const overlap *o, const method_options *options, report *result);

/* How far the methods disagree, in one or two plain sentences. */
status report_sentence(arena *out, const report *r, language in, text *result);

/* The whole report for reading; numbers in that language's way. */
status report_text(arena *out, const report *r, language in, text *result);

/* The methods as a table: method, estimate, lower, upper (doubles, NaN where none), usable (int8). */
status report_table(arena *out, const report *r, table *result);

#endif
