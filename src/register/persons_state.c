#include "register/persons_state.h"

#include "register/audit.h"
#include "register/store_parts.h"
#include "register/store_persons.h"

#include "table/csv.h"

#include <sodium.h>
#include <time.h>

enum { STATE_HEX = HASH_HEX - 1 };

/* Each value with its type and length, so that no two tables look the same. */
static status
hash_rows(register_store *s, const char *sql, crypto_generichash_state *state)
{
    SCRATCH(tmp);
    sqlite3_stmt *q;
    CHECK(register_sql_prepare(tmp, s->db, sql, &q));
    crypto_generichash_update(state, (const unsigned char *)sql, strlen(sql) + 1);
    for (;;) {
        bool row;
        CHECK(register_sql_next(q, &row));
        if (!row) return ST_OK;
        for (int i = 0; i < sqlite3_column_count(q); i++) {
            bool number = sqlite3_column_type(q, i) == SQLITE_INTEGER;
            int64_t value = number ? sqlite3_column_int64(q, i) : sqlite3_column_bytes(q, i);
            crypto_generichash_update(state, (const unsigned char *)(number ? "i" : "b"), 1);
            crypto_generichash_update(state, (const unsigned char *)&value, sizeof value);
            if (!number && value) crypto_generichash_update(state, sqlite3_column_blob(q, i), (unsigned long long)value);
        }
    }
}

static status
hash_tables(register_store *s, size_t n, const char *const sql[], hash *result)
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, register_key_for(s->key, KEY_AUDIT), KEY_BYTES, HASH_BYTES);
    crypto_generichash_update(&state, (const unsigned char *)"persons", 8);
    for (size_t i = 0; i < n; i++) CHECK(hash_rows(s, sql[i], &state));
    crypto_generichash_final(&state, result->bytes, HASH_BYTES);
    return ST_OK;
}

static const char *const tables[] = {
    "SELECT mark, number FROM persons ORDER BY mark", "SELECT mark, linkage, before, after FROM person_changes ORDER BY mark, linkage",
    "SELECT id, last, before, after, undone FROM linkages ORDER BY id",
    "SELECT id, a, b, same, who, day, linkage, undone FROM decisions ORDER BY id"};

status
persons_state_numbers(register_store *s, hash *result)
{
    return hash_tables(s, 1, tables, result);
}

status
persons_state_note(register_store *s, const char *what, const char *detail)
{
    SCRATCH(tmp);
    hash state;
    char hex[HASH_HEX];
    CHECK(hash_tables(s, 4, tables, &state));
    hash_hex(state, hex);
    char *all = arena_printf(tmp, "%s state=%s", detail, hex);
    if (!all) FAIL(ST_NO_MEMORY, "out of memory (audit)");
    return register_audit_append(s->db, s->key, what, all);
}

/* The newest entry about persons says what they must be; without one there are none. */
status
register_persons_verify(register_store *s)
{
    SCRATCH(tmp);
    sqlite3_stmt *q;
    bool row;
    hash now, want;
    int64_t rows;
    CHECK(hash_tables(s, 4, tables, &now));
    CHECK(register_sql_prepare(tmp, s->db, "SELECT detail FROM audit WHERE what IN ('persons', 'undo', 'erase') ORDER BY id DESC LIMIT 1", &q));
    CHECK(register_sql_next(q, &row));
    if (!row) {
        CHECK(register_sql_number(s->db, "SELECT (SELECT count(*) FROM persons) + (SELECT count(*) FROM person_changes) + "
                                  "(SELECT count(*) FROM linkages) + (SELECT count(*) FROM decisions)", &rows));
        if (rows) FAIL(ST_INVALID, "the store has persons that no entry of the audit chain tells of: it was tampered with");
        return ST_OK;
    }
    const char *detail = (const char *)sqlite3_column_text(q, 0);
    size_t n = detail ? strlen(detail) : 0;
    if (n < STATE_HEX || !hash_from_hex(detail + n - STATE_HEX, &want) || memcmp(want.bytes, now.bytes, HASH_BYTES) != 0)
        FAIL(ST_INVALID, "persons, their log or decisions are not what the audit chain says: the store was tampered with");
    return ST_OK;
}

void
register_report_id(const unsigned char mark[MARK_BYTES], char out[REPORT_ID + 1])
{
    sodium_bin2hex(out, REPORT_ID + 1, mark, REPORT_ID / 2);
}

static status
put_entries(register_store *s, text_builder *b)
{
    SCRATCH(tmp);
    sqlite3_stmt *q;
    CHECK(register_sql_prepare(tmp, s->db, "SELECT id, at, what, detail FROM audit ORDER BY id", &q));
    for (;;) {
        bool row;
        CHECK(register_sql_next(q, &row));
        if (!row) return ST_OK;
        time_t at = (time_t)sqlite3_column_int64(q, 1);
        struct tm day;
        char said[32] = "";
        if (gmtime_r(&at, &day)) strftime(said, sizeof said, "%Y-%m-%dT%H:%M:%SZ", &day);
        text_printf(b, "%lld,%s,", (long long)sqlite3_column_int64(q, 0), said);
        csv_put_field(b, text_of((const char *)sqlite3_column_text(q, 2)));
        text_put_char(b, ',');
        csv_put_field(b, text_of((const char *)sqlite3_column_text(q, 3)));
        text_put_char(b, '\n');
    }
}

status
register_audit_csv(arena *out, register_store *s, text *result)
{
    size_t entries;
    hash last;
    text_builder b = text_builder_new(out);
    text_put(&b, "id,at,what,detail\n");
    CHECK(register_audit_verify(s->db, s->key, &entries, &last));
    CHECK(put_entries(s, &b));
    return text_builder_end(&b, result);
}
