/* CSV by RFC 4180: UTF-8 with or without BOM, comma or semicolon, quoted newlines, CRLF or LF.
 *
 * Files are mapped, not copied. Messages name file, row (header = row 1) and column, never a value. */
#ifndef PEIL_TABLE_CSV_H
#define PEIL_TABLE_CSV_H

#include "table/table.h"

typedef struct csv_options {
    char delimiter;      /* 0: find out from the header line (',' ';' or tab) */
    size_t field_limit;  /* bytes a field may have; 0: 1 MiB */
    bool ragged;         /* true: rows with another number of fields are handed out (row.n differs), not an error */
    bool no_header;      /* true: the caller put a header before the file's bytes, whose first row is row 1 */
} csv_options;

typedef struct csv csv;

typedef struct csv_row {
    size_t number; /* row in the file as a spreadsheet shows it: header 1, first record 2 */
    size_t n;      /* fields */
    const text *field; /* unquoted; valid until the next csv_next */
} csv_row;

/* Open and read the header. `name` is what messages call the file.
 * Errors  ST_NOT_FOUND, ST_IO, ST_INVALID (empty file, NUL bytes, not UTF-8, a header name twice) */
status csv_open(arena *a, const char *path, const csv_options *options, csv **result);
status csv_open_bytes(arena *a, const char *name, text bytes, const csv_options *options, csv **result);

size_t csv_columns(const csv *c);
text csv_header(const csv *c, size_t column);
int csv_find(const csv *c, const char *column); /* -1: not there */
size_t csv_number(const csv *c); /* of the record last read, also when csv_next called it bad */

/* The next record; `*more` false at the end. After ST_INVALID the next call goes on with the next record,
 * so that one bad row never loses the good ones; after a stray quote that is the line behind the record's first. */
status csv_next(csv *c, bool *more, csv_row *row);

/* Read a whole file into typed columns. */
typedef struct csv_column {
    const char *name;       /* header; required unless `optional` */
    column_type type;       /* COLUMN_DATE is read as ISO 8601 (YYYY-MM-DD) */
    const code_list *codes; /* integers: read codes; NULL reads decimal numbers. Sets: codes joined by '|' */
    bool optional;          /* an absent column is all missing */
} csv_column;

/* Columns come in the order of `spec`. Empty fields are missing. Stops at the first bad value with ST_INVALID. */
status csv_read_table(arena *out, const char *path, const csv_options *options, size_t n, const csv_column spec[],
                      table *result);

/* Writing: RFC 4180 with LF line ends, C locale, fields quoted only when needed. */
void csv_put_field(text_builder *b, text value);
status csv_write_table(const char *path, const table *t);

#endif
