#include "register/store.h"

#include "register/audit.h"
#include "register/store_parts.h"
#include "register/store_persons.h"

#include <sodium.h>
#include <stdlib.h>

void
register_store_abandon(register_store *s)
{
    if (s->open) (void)sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    s->open = false;
    arena_clear(&s->pending_memory);
    s->pending = NULL;
    s->pendings = s->pending_capacity = 0;
}

static status
note_pending(register_store *s, const unsigned char mark[MARK_BYTES], int64_t id)
{
    if (s->pendings == s->pending_capacity) {
        size_t capacity = s->pending_capacity ? 2 * s->pending_capacity : 1024;
        pending_mark *more;
        ALLOC(&s->pending_memory, more, capacity);
        if (s->pendings) memcpy(more, s->pending, s->pendings * sizeof *more);
        s->pending = more;
        s->pending_capacity = capacity;
    }
    pending_mark *p = &s->pending[s->pendings++];
    memcpy(p->mark, mark, MARK_BYTES);
    p->id = id;
    return ST_OK;
}

static int
compare_marks(const void *a, const void *b)
{
    return memcmp(((const pending_mark *)a)->mark, ((const pending_mark *)b)->mark, MARK_BYTES);
}

static status
put_pending(register_store *s)
{
    if (s->pendings) qsort(s->pending, s->pendings, sizeof *s->pending, compare_marks);
    for (size_t i = 0; i < s->pendings; i++) {
        sqlite3_bind_blob(s->add, 1, s->pending[i].mark, MARK_BYTES, SQLITE_STATIC);
        sqlite3_bind_int64(s->add, 2, s->pending[i].id);
        CHECK(register_sql_do(s->add));
    }
    return ST_OK;
}

/* The notification with a mark, when the reporter has any from before. */
static status
find_mark(register_store *s, const unsigned char mark[MARK_BYTES], bool *found, int64_t *id)
{
    *found = false;
    if (!s->seen) return ST_OK;
    sqlite3_bind_blob(s->find, 1, mark, MARK_BYTES, SQLITE_STATIC);
    CHECK(register_sql_next(s->find, found));
    if (*found) *id = sqlite3_column_int64(s->find, 0);
    sqlite3_reset(s->find);
    return ST_OK;
}

static status
has_rows(register_store *s, const char *sql, bool *out)
{
    SCRATCH(tmp);
    sqlite3_stmt *q;
    CHECK(register_sql_prepare(tmp, s->db, sql, &q));
    sqlite3_bind_int64(q, 1, s->source->reporter);
    return register_sql_next(q, out);
}

status
register_store_begin(register_store *s, const register_source *source)
{
    if (s->open) FAIL(ST_INTERNAL, "a delivery has begun already");
    CHECK(register_sql_run(s->db, "BEGIN IMMEDIATE"));
    s->open = true;
    s->source = source;
    CHECK(register_sql_number(s->db, "SELECT coalesce(max(id), 0) + 1 FROM deliveries", &s->delivery));
    CHECK(has_rows(s, "SELECT 1 FROM deliveries WHERE reporter = ? AND kept > 0", &s->seen));
    return has_rows(s, "SELECT 1 FROM deliveries WHERE reporter = ? AND counted > 0", &s->counted);
}

/* The mark of a file: keyed, since a plain hash of few and guessable rows could be tried out. */
static hash
delivery_mark(const register_store *s, text delivery)
{
    const char *name = s->source->name;
    hash parts[2] = {register_keyed_hash(s->key, KEY_MARK, delivery.bytes, delivery.n), register_keyed_hash(s->key, KEY_MARK, name, strlen(name))};
    return register_keyed_hash(s->key, KEY_MARK, parts, sizeof parts);
}

status
register_store_knows(register_store *s, text delivery, bool *known, delivery_counts *counts)
{
    SCRATCH(tmp);
    sqlite3_stmt *q;
    hash mark = delivery_mark(s, delivery);
    CHECK(register_sql_prepare(tmp, s->db, "SELECT read, kept, counted, rejected, repaired FROM deliveries WHERE mark = ?", &q));
    sqlite3_bind_blob(q, 1, mark.bytes, HASH_BYTES, SQLITE_STATIC);
    CHECK(register_sql_next(q, known));
    if (!*known) return ST_OK;
    size_t *const numbers[] = {&counts->read, &counts->kept, &counts->counted, &counts->rejected, &counts->repaired};
    for (int i = 0; i < 5; i++) *numbers[i] = (size_t)sqlite3_column_int64(q, i);
    return ST_OK;
}

bool
register_store_mark(const register_store *s, const delivery_row *row, unsigned char mark[MARK_BYTES])
{
    const register_source *source = s->source;
    crypto_generichash_state state;
    crypto_generichash_init(&state, register_key_for(s->key, KEY_MARK), KEY_BYTES, MARK_BYTES);
    crypto_generichash_update(&state, (const unsigned char *)source->name, strlen(source->name) + 1);
    for (size_t i = 0; i < source->rows; i++) {
        text part = text_trim(row->field[source->row[i]]);
        if (part.n == 0) return false;
        uint32_t n = (uint32_t)part.n;
        crypto_generichash_update(&state, (const unsigned char *)&n, sizeof n);
        crypto_generichash_update(&state, (const unsigned char *)part.bytes, part.n);
    }
    crypto_generichash_final(&state, mark, MARK_BYTES);
    return true;
}

static void
bind_value(sqlite3_stmt *q, int at, const variable *v, const value *x)
{
    if (v->type == COLUMN_TEXT && x->bytes.n)
        sqlite3_bind_text(q, at, x->bytes.bytes, (int)x->bytes.n, SQLITE_STATIC);
    else if (v->type != COLUMN_TEXT && x->number != INT64_MIN)
        sqlite3_bind_int64(q, at, x->number);
    else
        sqlite3_bind_null(q, at);
}

/* A value the source fixes, else that of the row. */
static value
value_of(const register_store *s, size_t at, const value values[])
{
    const variable *v = &s->definition->variable[at];
    if (v->origin != ORIGIN_SOURCE) return values[at];
    return (value){.number = strcmp(v->name, "reporter") == 0 ? s->source->reporter : (int64_t)s->source->basis};
}

status
register_store_keep(register_store *s, const unsigned char mark[MARK_BYTES], size_t row, const legal_verdict *verdict,
                    const value values[], bool *replaced)
{
    int64_t id = 0;
    CHECK(find_mark(s, mark, replaced, &id));
    if (s->counted) {
        sqlite3_bind_blob(s->uncount, 1, mark, MARK_BYTES, SQLITE_STATIC);
        CHECK(register_sql_do(s->uncount));
    }
    text sealed;
    CHECK(register_seal(s->sealer, mark, values, &sealed));
    sqlite3_stmt *q = *replaced ? s->update : s->insert;
    sqlite3_bind_blob(q, 1, mark, MARK_BYTES, SQLITE_STATIC);
    sqlite3_bind_int64(q, 2, s->delivery);
    sqlite3_bind_int64(q, 3, (int64_t)row);
    sqlite3_bind_int64(q, 4, verdict->permitted);
    if (verdict->withheld < 0)
        sqlite3_bind_null(q, 5);
    else
        sqlite3_bind_int64(q, 5, verdict->withheld);
    if (sealed.n)
        sqlite3_bind_blob(q, 6, sealed.bytes, (int)sealed.n, SQLITE_STATIC);
    else
        sqlite3_bind_null(q, 6);
    for (size_t i = 0; i < s->stored; i++) {
        value x = value_of(s, s->column[i], values);
        bind_value(q, 7 + (int)i, &s->definition->variable[s->column[i]], &x);
    }
    if (*replaced) sqlite3_bind_int64(q, 7 + (int)s->stored, id);
    CHECK(register_sql_do(q));
    return *replaced ? ST_OK : note_pending(s, mark, sqlite3_last_insert_rowid(s->db));
}

static status
erase_notification(register_store *s, const unsigned char mark[MARK_BYTES], int64_t id)
{
    sqlite3_bind_int64(s->erase, 1, id);
    CHECK(register_sql_do(s->erase));
    sqlite3_bind_blob(s->forget, 1, mark, MARK_BYTES, SQLITE_STATIC);
    CHECK(register_sql_do(s->forget));
    return register_persons_erase(s, mark);
}

status
register_store_count(register_store *s, const unsigned char mark[MARK_BYTES], int year, legal_reason reason, bool *erased)
{
    int64_t id = 0;
    CHECK(find_mark(s, mark, erased, &id));
    if (*erased) CHECK(erase_notification(s, mark, id));
    sqlite3_bind_blob(s->count, 1, mark, MARK_BYTES, SQLITE_STATIC);
    sqlite3_bind_int64(s->count, 2, s->source->reporter);
    sqlite3_bind_int64(s->count, 3, year);
    sqlite3_bind_int64(s->count, 4, reason);
    return register_sql_do(s->count);
}

static status
put_delivery(register_store *s, const delivery_counts *c, text delivery)
{
    SCRATCH(tmp);
    sqlite3_stmt *q;
    hash mark = delivery_mark(s, delivery);
    CHECK(register_sql_prepare(tmp, s->db, "INSERT INTO deliveries VALUES(?, ?, ?, ?, ?, ?, ?, ?)", &q));
    sqlite3_bind_int64(q, 1, s->delivery);
    sqlite3_bind_int64(q, 2, s->source->reporter);
    sqlite3_bind_blob(q, 3, mark.bytes, HASH_BYTES, SQLITE_STATIC);
    const size_t numbers[] = {c->read, c->kept, c->counted, c->rejected, c->repaired};
    for (int i = 0; i < 5; i++) sqlite3_bind_int64(q, 4 + i, (int64_t)numbers[i]);
    CHECK(register_sql_do(q));
    char *detail = arena_printf(tmp, "delivery=%lld reporter=%d read=%zu kept=%zu replaced=%zu counted=%zu erased=%zu rejected=%zu repaired=%zu",
                                (long long)s->delivery, s->source->reporter, c->read, c->kept, c->replaced, c->counted, c->erased,
                                c->rejected, c->repaired);
    if (!detail) FAIL(ST_NO_MEMORY, "out of memory (store)");
    CHECK(register_audit_append(s->db, s->key, "delivery", detail));
    return register_persons_erased(s, c->erased);
}

status
register_store_commit(register_store *s, const delivery_counts *counts, text delivery)
{
    if (!s->open) FAIL(ST_INTERNAL, "no delivery has begun");
    status code = put_pending(s);
    if (code == ST_OK) code = put_delivery(s, counts, delivery);
    if (code == ST_OK) code = register_sql_run(s->db, "COMMIT");
    if (code != ST_OK) {
        register_store_abandon(s);
        return code;
    }
    s->open = false;
    register_store_abandon(s); /* the pending marks */
    /* Move the log into the file and empty it, so that what was erased is gone from it too. A reader may be in the way
     * (the next intake does it then), and the delivery is in either way. */
    (void)sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    return ST_OK;
}
