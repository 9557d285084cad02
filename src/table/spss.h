/* SPSS system files (.sav, .zsav) through libreadstat.
 *
 * Reading happens in a child process without file access (seccomp) and with bounded memory and time, since over-reads
 * are known in the library: a hostile file can at worst make the child die, which is an ordinary error here. */
#ifndef PEIL_TABLE_SPSS_H
#define PEIL_TABLE_SPSS_H

#include "table/table.h"

/* Columns: strings as COLUMN_TEXT (trailing blanks gone, UTF-8), dates and times as COLUMN_DATE (the day), other numbers as
 * COLUMN_DOUBLE. System-missing and user-missing values are missing. A column with value labels has `codes`: item i is a
 * labelled value, written as the shortest decimal ("1", "2.5") or the string itself, with its label in both languages;
 * unlike elsewhere the values of the column are the SPSS values, not positions in the list.
 * Errors  ST_NOT_FOUND, ST_IO, ST_INVALID (not a system file, damaged, or the child was stopped), ST_LIMIT (over
 *         4 GiB of memory or 5 minutes), ST_NO_MEMORY */
status spss_read(arena *out, const char *path, table *result);

/* The same from bytes, for tests; `name` is what messages call the file. */
status spss_read_bytes(arena *out, const char *name, text bytes, table *result);

/* Integer columns with codes become numbers with value labels (Dutch), text becomes strings, dates EDATE10.
 * The time stamp in the header is fixed, so that the same table gives the same bytes.
 * Errors  ST_INVALID (names SPSS cannot hold, a set column), ST_IO, ST_NO_MEMORY */
typedef struct spss_options {
    const char *const *label; /* [columns] variable labels, or NULL */
    bool compressed;          /* true: .zsav */
} spss_options;
status spss_write(const char *path, const table *t, const spss_options *options);

#endif
