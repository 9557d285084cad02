/* A release as it lies in a folder, and its tables as one system. Private to release_*.c. */
#ifndef PEIL_PROTECT_FOLDER_H
#define PEIL_PROTECT_FOLDER_H

#include "protect/joint.h"
#include "protect/release.h"
#include "protect/tables.h"

/* The file of a release that holds its test statistics: name,file,kind,rows,columns,digits,value. */
#define FOLDER_STATISTICS "statistics.csv"

typedef struct folder {
    const char *path;
    bool certified;       /* a certificate.json says how it was made */
    const char *mode;     /* "round", "conventional", "suppress" */
    int64_t reach;        /* how far a number can be from the exact one; -1: not said */
    size_t n;
    const char **table;   /* [n] paths of the tables */
    const char *spec;     /* path of protect.yaml; NULL: none */
    size_t amounts;
    const char **amount;  /* [amounts] of which means are printed... */
    int *digits;          /* [amounts] ...with so many significant digits */
} folder;

/* Errors  ST_NOT_FOUND (no such folder, no tables), ST_INVALID (a certificate that cannot be read) */
status folder_open(arena *a, const char *path, folder *f);

/* Tables as one system, and with the counts of an earlier release. */
typedef struct release_data {
    protect_spec spec;
    protect_system system;
    size_t n;
    protect_file *file;
    joint joint;          /* the same system, then what the earlier release alone has */
    int64_t *earlier;     /* [joint.system.n] released before; TABLES_HIDDEN: not */
    int64_t earlier_reach;
} release_data;

/* hidden: empty counts are allowed (a release); declared: sums hold for the counts behind, not for those in the files. */
status release_data_load(arena *a, size_t n, const char *const path[], const char *spec, const folder *earlier, bool hidden,
                         release_data *d);

/* What is known of each count [joint.system.n]: from the release itself, and from an earlier one where both can be true. exact: NULL or
 * the exact counts, which decide whether a count was revised since. most: what no count is above. */
status release_bounds(arena *a, const release_data *d, const int64_t value[], const uint8_t hidden[], int64_t reach,
                      const int64_t exact[], int64_t **lower, int64_t **upper, int64_t *most);

#endif
