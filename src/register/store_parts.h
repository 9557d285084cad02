/* The inside of a store, shared by the files that write and read it. */
#ifndef PEIL_REGISTER_STORE_PARTS_H
#define PEIL_REGISTER_STORE_PARTS_H

#include "register/seal.h"
#include "register/sql.h"
#include "register/store.h"

/* A row of this delivery that is not in the table `marks` yet. */
typedef struct pending_mark {
    unsigned char mark[MARK_BYTES];
    int64_t id;
} pending_mark;

struct register_store {
    arena *a;
    sqlite3 *db;
    const register_definition *definition;
    const register_key *key;
    sealer *sealer;
    size_t stored;      /* variables with a column of their own */
    size_t *column;     /* [stored] their positions in the definition */
    bool open;          /* a delivery has begun */
    const register_source *source;
    int64_t delivery;   /* number of the delivery that has begun */
    bool seen, counted; /* the reporter has kept, has counted rows from before */
    arena pending_memory;
    pending_mark *pending;
    size_t pendings, pending_capacity;
    sqlite3_stmt *insert, *update, *find, *add, *erase, *forget, *count, *uncount;
};

/* A mark in a row that was read. Errors  ST_INVALID: it has another length */
status store_mark(sqlite3_stmt *q, int at, unsigned char mark[MARK_BYTES]);

/* BLAKE2b under one of the store's keys. */
hash register_keyed_hash(const register_key *k, key_use use, const void *bytes, size_t n);

#endif
