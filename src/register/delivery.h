/* One reporter's file, CSV or SPSS, as rows of texts in the order of the source's columns. */
#ifndef PEIL_REGISTER_DELIVERY_H
#define PEIL_REGISTER_DELIVERY_H

#include "register/source.h"

enum { DELIVERY_FIELD_LIMIT = 64 * 1024 };

typedef struct delivery delivery;

typedef struct delivery_row {
    size_t number;     /* CSV: as a spreadsheet shows it, header 1; SPSS: the case, from 1 */
    const text *field; /* [source->columns], valid until the next row; numbers as shortest decimals, days as YYYY-MM-DD */
} delivery_row;

/* Open a file and find the source's columns in it. Messages never repeat a header of the file: in a file without a header
 * line that would be the first person.
 * Errors  ST_NOT_FOUND, ST_IO, ST_INVALID (a column is missing, not CSV or not SPSS), ST_LIMIT, ST_NO_MEMORY */
status register_delivery_open(arena *a, const register_source *s, const char *path, delivery **result);

/* The same from bytes, for tests; `name` is what messages call the file. */
status register_delivery_open_bytes(arena *a, const register_source *s, const char *name, text bytes, delivery **result);

const char *register_delivery_name(const delivery *d); /* the file's name without folders */
text register_delivery_bytes(const delivery *d);       /* the whole file */
size_t register_delivery_extra(const delivery *d);     /* columns of the file that the source does not describe */

/* The next row; `*more` false at the end. After ST_INVALID row->number is set, the detail says what was expected, and the
 * next call goes on with the next row. */
status register_delivery_next(delivery *d, bool *more, delivery_row *row);

#endif
