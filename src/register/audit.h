/* The audit chain of a store: what was done to it, each entry bound to the one before by a keyed hash.
 *
 * Entries hold counts and codes, never a value of a record. Whoever changes, drops or reorders entries without the key is
 * found out; cutting off the newest entries is found out by whoever kept the last link (docs/methods/store.md). */
#ifndef PEIL_REGISTER_AUDIT_H
#define PEIL_REGISTER_AUDIT_H

#include "base/hash.h"
#include "register/key.h"

#include <sqlite3.h>

/* The table and the triggers that keep it append-only. */
extern const char register_audit_schema[];

/* Append an entry, in the transaction that is open. `what` is one word, `detail` "name=number ..." pairs. */
status register_audit_append(sqlite3 *db, const register_key *k, const char *what, const char *detail);

/* Walk the chain. ST_INVALID names the first entry that does not fit; *entries and *last (32 bytes) may be noted elsewhere. */
status register_audit_verify(sqlite3 *db, const register_key *k, size_t *entries, hash *last);

#endif
