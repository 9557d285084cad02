/* A frozen, pseudonymised picture of the registers: a folder of column files, mapped when opened.
 *
 * FOLDER/schema.json names the tables, columns, types, code lists and the BLAKE2b hash of every file;
 * FOLDER/TABLE/COLUMN.bin holds the values (little-endian), .offset and .text the dictionary of a text column.
 * Opening maps the files and copies nothing. The content hash covers values and schema, not file times:
 * the same tables give the same hash on every machine. */
#ifndef PEIL_TABLE_SNAPSHOT_H
#define PEIL_TABLE_SNAPSHOT_H

#include "base/hash.h"
#include "table/table.h"

typedef struct snapshot {
    size_t n;
    const table *table; /* [n] */
    hash content;
} snapshot;

/* Write n tables. `order[i]` names the integer column table i is sorted by (person-major: "person"), or is NULL;
 * `order` itself may be NULL. The folder appears whole or not at all and is read-only afterwards.
 * Errors  ST_INVALID (a table out of order, two columns of one name, a name that is no file name),
 *         ST_BUSY (the folder exists), ST_IO */
status snapshot_write(const char *folder, size_t n, const table tables[], const char *const order[], hash *content);

/* Map the tables until the arena ends. Sizes and types are checked, values are not: snapshot_verify reads them.
 * Errors  ST_NOT_FOUND, ST_INVALID (a schema or a file that is not as written), ST_IO */
status snapshot_open(arena *a, const char *folder, snapshot *result);

/* Read every byte and compare the hashes. ST_INVALID names the file that differs. */
status snapshot_verify(const char *folder);

/* The content hash of tables, written or not. */
status snapshot_hash(size_t n, const table tables[], hash *content);

const table *snapshot_table(const snapshot *s, const char *name); /* NULL: not there */

#endif
