#include "register/audit.h"

#include "register/sql.h"

#include <sodium.h>
#include <time.h>

const char register_audit_schema[] =
    "CREATE TABLE audit(id INTEGER PRIMARY KEY, at INTEGER NOT NULL, what TEXT NOT NULL, detail TEXT NOT NULL, link BLOB NOT NULL) STRICT;"
    "CREATE TRIGGER audit_kept_1 BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit chain is append-only'); END;"
    "CREATE TRIGGER audit_kept_2 BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit chain is append-only'); END;";

/* link = BLAKE2b(key, link before, id, time, length and text of what and of detail). */
static hash
link_of(const register_key *k, const hash *before, int64_t id, int64_t at, text what, text detail)
{
    crypto_generichash_state state;
    hash h;
    int64_t numbers[4] = {id, at, (int64_t)what.n, (int64_t)detail.n};
    crypto_generichash_init(&state, register_key_for(k, KEY_AUDIT), KEY_BYTES, HASH_BYTES);
    crypto_generichash_update(&state, before->bytes, HASH_BYTES);
    crypto_generichash_update(&state, (const unsigned char *)numbers, sizeof numbers);
    crypto_generichash_update(&state, (const unsigned char *)what.bytes, what.n);
    crypto_generichash_update(&state, (const unsigned char *)detail.bytes, detail.n);
    crypto_generichash_final(&state, h.bytes, HASH_BYTES);
    return h;
}

static text
column_of(sqlite3_stmt *s, int i)
{
    const char *bytes = sqlite3_column_blob(s, i);
    return (text){bytes ? bytes : "", (size_t)sqlite3_column_bytes(s, i)};
}

status
register_audit_append(sqlite3 *db, const register_key *k, const char *what, const char *detail)
{
    SCRATCH(tmp);
    sqlite3_stmt *last, *add;
    CHECK(register_sql_prepare(tmp, db, "SELECT id, link FROM audit ORDER BY id DESC LIMIT 1", &last));
    bool row;
    hash before = {{0}};
    int64_t id = 1, at = (int64_t)time(NULL);
    CHECK(register_sql_next(last, &row));
    if (row) {
        text link = column_of(last, 1);
        if (link.n == HASH_BYTES) memcpy(before.bytes, link.bytes, HASH_BYTES);
        id = sqlite3_column_int64(last, 0) + 1;
        sqlite3_reset(last);
    }
    hash link = link_of(k, &before, id, at, text_of(what), text_of(detail));
    CHECK(register_sql_prepare(tmp, db, "INSERT INTO audit VALUES(?, ?, ?, ?, ?)", &add));
    sqlite3_bind_int64(add, 1, id);
    sqlite3_bind_int64(add, 2, at);
    sqlite3_bind_text(add, 3, what, -1, SQLITE_STATIC);
    sqlite3_bind_text(add, 4, detail, -1, SQLITE_STATIC);
    sqlite3_bind_blob(add, 5, link.bytes, HASH_BYTES, SQLITE_STATIC);
    return register_sql_do(add);
}

status
register_audit_verify(sqlite3 *db, const register_key *k, size_t *entries, hash *last)
{
    SCRATCH(tmp);
    sqlite3_stmt *s;
    CHECK(register_sql_prepare(tmp, db, "SELECT id, at, what, detail, link FROM audit ORDER BY id", &s));
    hash before = {{0}};
    for (*entries = 0;; ++*entries) {
        bool row;
        CHECK(register_sql_next(s, &row));
        if (!row) break;
        hash want = link_of(k, &before, (int64_t)*entries + 1, sqlite3_column_int64(s, 1), column_of(s, 2), column_of(s, 3));
        text link = column_of(s, 4);
        if (sqlite3_column_int64(s, 0) != (int64_t)*entries + 1 || link.n != HASH_BYTES || memcmp(link.bytes, want.bytes, HASH_BYTES) != 0)
            FAIL(ST_INVALID, "audit chain: entry %zu does not fit: entries were changed or removed", *entries + 1);
        before = want;
    }
    *last = before;
    return ST_OK;
}
