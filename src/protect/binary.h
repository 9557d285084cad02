/* Problems in 0/1 variables with small whole coefficients: lower <= sum of coefficient * variable <= upper, least cost.
 * What controlled rounding asks of a solver, and what can be settled before asking. */
#ifndef PEIL_PROTECT_BINARY_H
#define PEIL_PROTECT_BINARY_H

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct binary_problem {
    size_t n, rows;
    const uint32_t *start;      /* [rows + 1] */
    const uint32_t *column;     /* [start[rows]] */
    const int32_t *coefficient; /* [start[rows]] */
    const int32_t *lower, *upper; /* [rows] */
    const int32_t *cost;        /* [n] */
} binary_problem;

/* A smaller problem with the same solutions: forced variables fixed, variables of two-term sums merged, empty and
 * double rows dropped. */
typedef struct binary_reduced {
    binary_problem problem;
    int64_t constant;      /* cost already settled */
    bool infeasible;
    size_t conflict;       /* the row of the original where it showed */
    const uint32_t *into;  /* [original n] column of the reduced problem, UINT32_MAX when settled */
    const uint8_t *flip;   /* [original n] 1: the value is 1 - that column; of a settled variable its value */
} binary_reduced;

/* fixed [n]: -1 free, 0 or 1 settled by the caller; NULL: all free. */
status binary_reduce(arena *out, const binary_problem *p, const int8_t fixed[], binary_reduced *result);

/* Rows of each column: row[first[j] .. first[j + 1]). */
typedef struct binary_columns {
    uint32_t *first, *row;
    int32_t *coefficient;
} binary_columns;

status binary_columns_of(arena *out, const binary_problem *p, binary_columns *result);

/* The solution of the original from that of the reduced problem. */
void binary_expand(const binary_reduced *r, size_t n, const int8_t reduced[], int8_t value[]);

/* Does the solution satisfy every row? */
bool binary_satisfies(const binary_problem *p, const int8_t value[]);

int64_t binary_cost(const binary_problem *p, const int8_t value[]);

#endif
