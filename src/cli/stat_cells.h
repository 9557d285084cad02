/* Small files of counts, read whole as text. */
#ifndef PEIL_CLI_STAT_CELLS_H
#define PEIL_CLI_STAT_CELLS_H

#include "base/arena.h"
#include "base/text.h"

typedef struct stat_counts {
    size_t rows, cols;
    const char **row, **col; /* labels */
    int64_t *count;          /* row-major */
} stat_counts;

/* All fields of a file as text, header first; a file whose first line is all numbers gets a header of its own. */
typedef struct stat_cells {
    size_t rows, cols; /* without the header */
    size_t first_row;  /* of the file: 1 where there is no header */
    const char **header;
    text *field; /* [rows * cols] */
} stat_cells;

status stat_read_cells(arena *a, const char *file, stat_cells *result);
int stat_find_column(const stat_cells *t, const char *name); /* -1: not there */
/* A whole number from 0 in row r, column k. */
status stat_read_count(const stat_cells *t, const char *file, size_t r, size_t k, int64_t *count);
/* Distinct values of a column in the order they come; of[r] = which. */
status stat_values_of(arena *a, const stat_cells *t, size_t k, size_t *n, const char ***name, size_t **of);
/* A table of counts: row,column,count or as it looks, with or without labels. */
status stat_read_counts(arena *a, const char *file, stat_counts *c);

#endif
