/* Tables as files: long form, a column for each dimension and `count`. */
#ifndef PEIL_PROTECT_TABLES_H
#define PEIL_PROTECT_TABLES_H

#include "protect/spec.h"

/* A hidden count, as an empty field in a released file. */
enum { TABLES_HIDDEN = -1 };

/* A further column of a released file. */
typedef struct protect_extra {
    const char *name;
    const char **text; /* [of the system] NULL: empty */
} protect_extra;

typedef struct protect_file {
    const char *path;
    const char *name;    /* the path's last part */
    uint16_t population;
    size_t extras;
    const protect_extra *extra;
    size_t *column;      /* [dimensions] of the file */
    size_t dimensions;
    uint16_t *dimension; /* [dimensions] of the system, in the order of the columns */
    size_t *codes;       /* [dimensions] how many codes stand in the column */
    uint16_t **code;     /* [dimensions][codes] in the system's order, the total first */
    size_t n;            /* cells: all combinations of the codes; the last column runs fastest */
    int64_t *value;      /* [n] */
    uint32_t *cell;      /* [n] in the system */
} protect_file;

/* Name every dimension and code of these files in the system: declared codes in the order of the spec, others by their
 * bytes, so that the order of rows does not matter. */
status tables_name(arena *a, const protect_spec *spec, size_t n, const char *const path[], protect_system *s, protect_file file[]);

/* Read the counts. Combinations that are not listed: the sum of their parts, or nobody. hidden: empty counts are allowed.
 * Errors  ST_INVALID with file and row: no count, a negative one, a combination twice */
status tables_read(arena *a, const protect_spec *spec, bool hidden, const protect_system *s, protect_file *file);

/* The count that a row of the file belongs to; SYSTEM_NONE: its code was dropped. */
struct csv_row;
status tables_cell(const protect_spec *spec, const protect_system *s, const protect_file *f, const struct csv_row *row, uint32_t *cell);

/* Put all counts into the system (after system_counts). */
status tables_place(protect_system *s, size_t n, protect_file file[]);

/* The file again, in canonical order, with these counts [of the system]; hidden[i] or TABLES_HIDDEN leaves it empty. */
status tables_write(const protect_spec *spec, const protect_system *s, const protect_file *file, const int64_t value[],
                    const uint8_t hidden[], const char *path);

#endif
