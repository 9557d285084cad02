/* Taking in a delivery: read, gate, store. One transaction; a repeated delivery changes nothing; bad rows are named in the
 * rejection file and cost nobody else. */
#ifndef PEIL_REGISTER_INTAKE_H
#define PEIL_REGISTER_INTAKE_H

#include "register/store.h"

typedef struct intake_result {
    delivery_counts counts;
    bool repeated; /* exactly this file was taken in before: nothing was done, no rejection file written; counts are those of then */
} intake_result;

/* Take in a file. `rejections` is the path of the rejection file, replaced as a whole before the transaction is committed;
 * NULL writes none.
 * Errors  those of reading the file, the store and the rejection file: the store is then as before */
status register_intake(register_store *s, const register_source *source, const char *path, const char *rejections, intake_result *result);

/* The same from bytes; `name` is what the rejection file calls the delivery. */
status register_intake_bytes(register_store *s, const register_source *source, const char *name, text bytes, const char *rejections,
                             intake_result *result);

#endif
