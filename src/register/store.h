/* The store of a register: one SQLite file in which everything that says who a person is lies encrypted.
 *
 * Rows are recognised by a mark: a keyed hash of the source and the reporter's own number of the row. Marks and sealed
 * identities say nothing without the key, which lies elsewhere (register/key.h). docs/methods/store.md has the whole. */
#ifndef PEIL_REGISTER_STORE_H
#define PEIL_REGISTER_STORE_H

#include "base/hash.h"
#include "register/key.h"
#include "register/legal.h"
#include "register/row.h"

typedef struct register_store register_store;

/* Open a store, or make it when the file is not there (mode 0600). ":memory:" keeps it in memory. Closed when the arena ends.
 * Errors  ST_DENIED (the key is not that of the store), ST_CONFIG (made with another definition), ST_BUSY, ST_IO,
 *         ST_INVALID (not a store, damaged), ST_NO_MEMORY */
status register_store_open(arena *a, const char *path, const register_definition *d, const register_key *k, register_store **result);

/* What a delivery did. */
typedef struct delivery_counts {
    size_t read;     /* rows of the file */
    size_t kept;     /* stored with identity */
    size_t replaced; /* of the kept: rows delivered before */
    size_t counted;  /* counted without identity */
    size_t erased;   /* of the counted: rows whose stored identity was erased, since consent was withdrawn or refused */
    size_t rejected, repaired;
} delivery_counts;

/* One delivery is one transaction: begin, keep and count rows, then commit; without commit nothing has happened. */
status register_store_begin(register_store *s, const register_source *source);
void register_store_abandon(register_store *s); /* give up what has begun; nothing when nothing has */
status register_store_commit(register_store *s, const delivery_counts *counts, text delivery);

/* Was exactly this file of this source taken in before? Within a transaction. counts: what it did then; `replaced` and
 * `erased` are not kept. */
status register_store_knows(register_store *s, text delivery, bool *known, delivery_counts *counts);

/* The mark of a row; false when the reporter's own number is missing. */
bool register_store_mark(const register_store *s, const delivery_row *row, unsigned char mark[MARK_BYTES]);

status register_store_keep(register_store *s, const unsigned char mark[MARK_BYTES], size_t row, const legal_verdict *verdict,
                           const value values[], bool *replaced);
status register_store_count(register_store *s, const unsigned char mark[MARK_BYTES], int year, legal_reason reason, bool *erased);

/* What may be read, and by whom. */
typedef struct read_options {
    legal_purpose purpose; /* only reports permitted for it; PURPOSE_registration: all kept */
    const char *role;      /* a role of the definition: columns it may not see are left out; NULL: all columns */
} read_options;

/* All kept reports in the order they came in, as a table "notifications": the variables of the definition in their order, then
 * delivery (1, 2, ...) and row. And the reports without identity as a table "counted": reporter, year, reason; for the
 * purpose monitor also the kept reports that may not be used there. */
status register_store_read(arena *out, register_store *s, const read_options *options, table *notifications, table *counted);

/* Does every page, every sealed identity and every link of the audit chain hold? */
status register_store_verify(register_store *s, size_t *entries, hash *last);

#endif
