/* Typed columns with codes and labels: what every room hands to the next.
 *
 * A table owns nothing: names, data, codes and dictionaries live in the arena (or the mapping) it was made in. */
#ifndef PEIL_TABLE_TABLE_H
#define PEIL_TABLE_TABLE_H

#include "base/text.h"
#include "base/words.h"

typedef enum column_type {
    COLUMN_INT8,   /* int8_t; missing INT8_MIN */
    COLUMN_INT16,  /* int16_t; missing INT16_MIN */
    COLUMN_INT32,  /* int32_t; missing INT32_MIN */
    COLUMN_DATE,   /* int32_t days since 1970-01-01; missing DATE_MISSING (INT32_MIN) */
    COLUMN_DOUBLE, /* double; missing NaN */
    COLUMN_TEXT,   /* int32_t index into the dictionary; missing -1 */
    COLUMN_SET,    /* uint32_t bit set over the code list (bit i = code i, at most 32 codes); missing 0 */
    COLUMN_TYPES
} column_type;

size_t column_type_size(column_type type);       /* bytes a value */
const char *column_type_name(column_type type);  /* "int8", "int16", "int32", "date", "double", "text", "set" */

/* A code: the column's value is its position in the list, the string is what files hold. */
typedef struct code {
    const char *code;                  /* "domestic_sexual" */
    const char *label[LANGUAGE_COUNT]; /* what people read */
} code;

typedef struct code_list {
    const char *name;
    size_t n;
    const code *items;
} code_list;

/* Position of a code, -1 when it is not in the list. */
int code_find(const code_list *list, text code);

/* Distinct texts of a column; text i is bytes[offset[i] .. offset[i + 1]). */
typedef struct dictionary {
    size_t n;
    const uint32_t *offset; /* [n + 1] */
    const char *bytes;
} dictionary;

text dictionary_get(const dictionary *d, int32_t index); /* -1 gives the empty text */

typedef struct column {
    const char *name;
    column_type type;
    void *data;                   /* [rows of the table], 64-byte aligned; read-only in a snapshot */
    const code_list *codes;       /* integers and sets: may be NULL */
    const dictionary *dictionary; /* text only */
} column;

typedef struct table {
    const char *name;
    size_t rows, columns;
    column *column; /* [columns] */
} table;

/* Typed access; the caller knows the type. */
static inline const int8_t *column_int8(const column *c) { return c->data; }
static inline const int16_t *column_int16(const column *c) { return c->data; }
static inline const int32_t *column_int32(const column *c) { return c->data; } /* int32, date, text index */
static inline const double *column_double(const column *c) { return c->data; }
static inline const uint32_t *column_set(const column *c) { return c->data; }

/* The column of that name, NULL when there is none. */
column *table_column(const table *t, const char *name);

/* The same with an error that names the columns there are. */
status table_require(const table *t, const char *name, column **out);

/* Any integer or coded or date column widened: missing is INT64_MIN. For slow paths and tests. */
int64_t column_value(const column *c, size_t row);
text column_text(const column *c, size_t row);

/* A table of `columns` columns, all zero, for the caller to fill with table_set_column. */
status table_new(arena *out, const char *name, size_t rows, size_t columns, table *result);

/* Name and allocate column i (data zeroed: set missing values yourself). */
status table_set_column(arena *out, table *t, size_t i, const char *name, column_type type, const code_list *codes);

/* Build a text column: add values in row order, then end. Equal texts share an index; indices are by first use.
 * `rows` is a first guess: the column grows. */
typedef struct text_column text_column;
status text_column_new(arena *out, size_t rows, text_column **result);
status text_column_put(text_column *c, size_t row, text value); /* an empty value is missing */
status text_column_end(text_column *c, column *into);

#endif
