/* FIELDS.yaml: which columns are compared, and as what. No labels, no tuning.
 *
 *     id: rec_id
 *     fields:
 *       - {column: given_name, kind: given_name}
 *       - {column: born, kind: date_of_birth, format: "%Y%m%d"}
 */
#ifndef PEIL_LINKAGE_FIELDS_H
#define PEIL_LINKAGE_FIELDS_H

#include "table/table.h"

#define LINK_KINDS                                                                                                    \
    X(given_name) X(family_name) X(full_name) X(date_of_birth) X(birth_year) X(birth_month) X(birth_day) X(number)    \
    X(sex) X(nationality) X(city) X(postcode) X(email) X(text)

typedef enum link_kind {
#define X(name) KIND_##name,
    LINK_KINDS
#undef X
    KIND_COUNT
} link_kind;

const char *link_kind_name(link_kind kind);

typedef struct link_field {
    const char *column;
    link_kind kind;
    const char *format; /* dates: of %Y %m %d; NULL: found out */
} link_field;

enum { LINK_FIELDS = 16 }; /* the most that can be compared: four bits each in 64 */

typedef struct link_fields {
    const char *id; /* column */
    size_t n;
    link_field *field; /* [n] */
} link_fields;

/* Errors  ST_NOT_FOUND, ST_CONFIG (not as above: says what was expected), ST_NO_MEMORY */
status link_fields_read(arena *a, const char *path, link_fields *result);

/* The same for fields made by a program: kinds, formats, how many. `name` is what messages call them. */
status link_fields_check(const char *name, const link_fields *fields);

/* The columns of a CSV that the fields name, as text: the id, then the fields in their order. How many dates cannot be read
 * by their format is said aloud.
 * Errors  those of csv_read_table */
status link_fields_table(arena *a, const char *path, const link_fields *fields, table *result);

#endif
