#include "register/store.h"

#include "base/file.h"
#include "register/audit.h"
#include "register/store_parts.h"
#include "register/store_persons.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

enum { FORMAT = 1 };

/* Notes on the tables: `mark` is a keyed hash; `permitted` has a bit per purpose; `withheld` is why a kept report is only
 * counted in the monitor, NULL when it is used there; a set is a bit set over its code list, a code its position there.
 * `marks` is an index kept by hand: marks are random, so a million of them are sorted and put in at the end of a delivery
 * instead of one by one at random places. */
static const char fixed_schema[] =
    "CREATE TABLE about(name TEXT PRIMARY KEY, number INTEGER, bytes BLOB) STRICT;"
    "CREATE TABLE codes(list TEXT NOT NULL, position INTEGER NOT NULL, code TEXT NOT NULL, PRIMARY KEY(list, position)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE deliveries(id INTEGER PRIMARY KEY, reporter INTEGER NOT NULL, mark BLOB NOT NULL UNIQUE,"
    " read INTEGER NOT NULL, kept INTEGER NOT NULL, counted INTEGER NOT NULL, rejected INTEGER NOT NULL, repaired INTEGER NOT NULL) STRICT;"
    "CREATE TABLE marks(mark BLOB PRIMARY KEY, notification INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE counted(mark BLOB PRIMARY KEY, reporter INTEGER NOT NULL, year INTEGER NOT NULL, reason INTEGER NOT NULL) STRICT, WITHOUT ROWID;";

static void
close_database(void *db)
{
    sqlite3_close_v2(db);
}

static void
clear_pending(void *store)
{
    arena_clear(&((register_store *)store)->pending_memory);
}

/* The file is made by us, so that it is nobody else's to read; its -wal and -shm files follow its rights. */
static status
make_file(const char *path)
{
    if (strcmp(path, ":memory:") == 0) return ST_OK;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) FAIL(errno == EACCES ? ST_DENIED : ST_IO, "%s: %s", path, file_error(errno));
    close(fd);
    return ST_OK;
}

static status
open_database(arena *a, const char *path, sqlite3 **db)
{
    CHECK(make_file(path));
    int code = sqlite3_open_v2(path, db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
    if (*db) CHECK(arena_defer(a, close_database, *db));
    if (code != SQLITE_OK) return register_sql_fail(*db, code, "opening it");
    sqlite3_extended_result_codes(*db, 1);
    sqlite3_busy_timeout(*db, 10000);
    return register_sql_run(*db,
                            "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA secure_delete = ON;"
                            "PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0; PRAGMA page_size = 8192; PRAGMA cache_size = -65536;"
                            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;");
}

static const char *
sql_type(const variable *v)
{
    return v->type == COLUMN_TEXT ? "TEXT" : v->type == COLUMN_DOUBLE ? "REAL" : "INTEGER";
}

/* The SQL of the notifications table and of the statements on it; variables that identify have no column. */
static status
notifications_sql(arena *tmp, const register_store *s, const char *before, const char *each, const char *after, const char **out)
{
    text_builder b = text_builder_new(tmp);
    text_put(&b, before);
    for (size_t i = 0; i < s->stored; i++) {
        const variable *v = &s->definition->variable[s->column[i]];
        text_printf(&b, each, v->name, sql_type(v));
    }
    text_put(&b, after);
    text sql;
    CHECK(text_builder_end(&b, &sql));
    *out = sql.bytes;
    return ST_OK;
}

hash
register_keyed_hash(const register_key *k, key_use use, const void *bytes, size_t n)
{
    hash h;
    crypto_generichash(h.bytes, HASH_BYTES, bytes, n, register_key_for(k, use), KEY_BYTES);
    return h;
}

/* Names and types of all variables: a store holds one definition. */
static hash
definition_hash(const register_definition *d)
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, HASH_BYTES);
    for (size_t i = 0; i < d->n; i++) {
        const variable *v = &d->variable[i];
        const char *parts[] = {v->name, column_type_name(v->type), v->identifying ? "identifying" : "", v->codes ? v->codes->name : ""};
        for (size_t k = 0; k < 4; k++) crypto_generichash_update(&state, (const unsigned char *)parts[k], strlen(parts[k]) + 1);
    }
    hash h;
    crypto_generichash_final(&state, h.bytes, HASH_BYTES);
    return h;
}

static status
put_about(sqlite3 *db, const char *name, const hash *bytes)
{
    SCRATCH(tmp);
    sqlite3_stmt *s;
    CHECK(register_sql_prepare(tmp, db, "INSERT INTO about VALUES(?, ?, ?)", &s));
    sqlite3_bind_text(s, 1, name, -1, SQLITE_STATIC);
    sqlite3_bind_int64(s, 2, FORMAT);
    if (bytes) sqlite3_bind_blob(s, 3, bytes->bytes, HASH_BYTES, SQLITE_STATIC);
    return register_sql_do(s);
}

static status
create_tables(register_store *s)
{
    SCRATCH(tmp);
    const char *sql;
    CHECK(register_sql_run(s->db, fixed_schema));
    CHECK(register_sql_run(s->db, register_audit_schema));
    CHECK(register_sql_run(s->db, register_persons_schema));
    CHECK(notifications_sql(tmp, s, "CREATE TABLE notifications(id INTEGER PRIMARY KEY, mark BLOB NOT NULL,"
                            " delivery INTEGER NOT NULL, row INTEGER NOT NULL, permitted INTEGER NOT NULL, withheld INTEGER",
                            ", \"%s\" %s", ", identity BLOB) STRICT", &sql));
    CHECK(register_sql_run(s->db, sql));
    hash check = register_keyed_hash(s->key, KEY_MARK, "peil store", 10), definition = definition_hash(s->definition);
    CHECK(put_about(s->db, "key", &check));
    CHECK(put_about(s->db, "definition", &definition));
    return register_audit_append(s->db, s->key, "create", "format=1");
}

static status
check_about(register_store *s, const char *name, const hash *want, bool *same)
{
    SCRATCH(tmp);
    sqlite3_stmt *q;
    CHECK(register_sql_prepare(tmp, s->db, "SELECT number, bytes FROM about WHERE name = ?", &q));
    sqlite3_bind_text(q, 1, name, -1, SQLITE_STATIC);
    bool row;
    CHECK(register_sql_next(q, &row));
    if (!row || sqlite3_column_int64(q, 0) != FORMAT)
        FAIL(ST_CONFIG, "%s: a store of another version of peil: read it with that version", sqlite3_db_filename(s->db, "main"));
    *same = sqlite3_column_bytes(q, 1) == HASH_BYTES && sodium_memcmp(sqlite3_column_blob(q, 1), want->bytes, HASH_BYTES) == 0;
    return ST_OK;
}

/* Positions of codes are what the rows hold: known codes must stand where they stood, new ones behind them. */
static status
check_codes(register_store *s)
{
    SCRATCH(tmp);
    sqlite3_stmt *find, *add;
    CHECK(register_sql_prepare(tmp, s->db, "SELECT code FROM codes WHERE list = ? AND position = ?", &find));
    CHECK(register_sql_prepare(tmp, s->db, "INSERT INTO codes VALUES(?, ?, ?)", &add));
    for (size_t l = 0; l < s->definition->lists; l++) {
        const code_list *list = &s->definition->list[l];
        for (size_t i = 0; i < list->n; i++) {
            bool row;
            sqlite3_bind_text(find, 1, list->name, -1, SQLITE_STATIC);
            sqlite3_bind_int64(find, 2, (int64_t)i);
            CHECK(register_sql_next(find, &row));
            if (row && strcmp((const char *)sqlite3_column_text(find, 0), list->items[i].code) != 0)
                FAIL(ST_CONFIG, "%s: list %s: code %zu is not the one the store was made with: add new codes at the end",
                     s->definition->path, list->name, i + 1);
            sqlite3_reset(find);
            if (row) continue;
            sqlite3_bind_text(add, 1, list->name, -1, SQLITE_STATIC);
            sqlite3_bind_int64(add, 2, (int64_t)i);
            sqlite3_bind_text(add, 3, list->items[i].code, -1, SQLITE_STATIC);
            CHECK(register_sql_do(add));
        }
    }
    return ST_OK;
}

static status
check_store(register_store *s)
{
    hash check = register_keyed_hash(s->key, KEY_MARK, "peil store", 10), definition = definition_hash(s->definition);
    bool same;
    CHECK(check_about(s, "key", &check, &same));
    if (!same) FAIL(ST_DENIED, "%s: the key is not the key of this store: name the right one with --key", sqlite3_db_filename(s->db, "main"));
    CHECK(check_about(s, "definition", &definition, &same));
    if (!same)
        FAIL(ST_CONFIG, "%s: the store was made with other variables than %s declares: make a new store and deliver again",
             sqlite3_db_filename(s->db, "main"), s->definition->path);
    return ST_OK;
}

static status
prepare_statements(register_store *s)
{
    SCRATCH(tmp);
    const char *names, *marks, *sets;
    CHECK(notifications_sql(tmp, s, "", ", \"%s\"", "", &names));
    CHECK(notifications_sql(tmp, s, "", ", ?", "", &marks));
    CHECK(notifications_sql(tmp, s, "", ", \"%s\" = ?", "", &sets));
    char *insert = arena_printf(tmp, "INSERT INTO notifications(mark, delivery, row, permitted, withheld, identity%s) VALUES(?, ?, ?, ?, ?, ?%s)",
                                names, marks);
    char *update = arena_printf(tmp, "UPDATE notifications SET mark = ?1, delivery = ?2, row = ?3, permitted = ?4, withheld = ?5, identity = ?6%s WHERE id = ?%zu",
                                sets, 7 + s->stored);
    if (!insert || !update) FAIL(ST_NO_MEMORY, "out of memory (store)");
    CHECK(register_sql_prepare(s->a, s->db, insert, &s->insert));
    CHECK(register_sql_prepare(s->a, s->db, update, &s->update));
    CHECK(register_sql_prepare(s->a, s->db, "SELECT notification FROM marks WHERE mark = ?", &s->find));
    CHECK(register_sql_prepare(s->a, s->db, "INSERT INTO marks VALUES(?, ?)", &s->add));
    CHECK(register_sql_prepare(s->a, s->db, "DELETE FROM notifications WHERE id = ?", &s->erase));
    CHECK(register_sql_prepare(s->a, s->db, "DELETE FROM marks WHERE mark = ?", &s->forget));
    CHECK(register_sql_prepare(s->a, s->db, "INSERT OR REPLACE INTO counted VALUES(?, ?, ?, ?)", &s->count));
    return register_sql_prepare(s->a, s->db, "DELETE FROM counted WHERE mark = ?", &s->uncount);
}

static status
find_columns(register_store *s)
{
    const register_definition *d = s->definition;
    ALLOC(s->a, s->column, d->n);
    for (size_t i = 0; i < d->n; i++)
        if (!d->variable[i].identifying && d->variable[i].origin != ORIGIN_STORE) s->column[s->stored++] = i;
    return ST_OK;
}

/* A store made before persons were kept gets their tables. */
static status
add_persons(register_store *s)
{
    int64_t tables;
    CHECK(register_sql_number(s->db, "SELECT count(*) FROM sqlite_schema WHERE name = 'linkages'", &tables));
    return tables ? ST_OK : register_sql_run(s->db, register_persons_schema);
}

/* Make the tables, or check that key, definition and codes are those of the store, in one transaction. */
static status
set_up(register_store *s)
{
    int64_t tables;
    static const char how_many[] = "SELECT count(*) FROM sqlite_schema WHERE type = 'table'";
    CHECK(register_sql_run(s->db, "BEGIN")); /* reading only, so that a running intake is not in the way */
    status code = register_sql_number(s->db, how_many, &tables);
    if (code == ST_OK && tables == 0) {
        (void)sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
        CHECK(register_sql_run(s->db, "BEGIN IMMEDIATE"));
        code = register_sql_number(s->db, how_many, &tables); /* another process may have been first */
    }
    if (code == ST_OK) code = tables == 0 ? create_tables(s) : check_store(s);
    if (code == ST_OK) code = add_persons(s);
    if (code == ST_OK) code = check_codes(s);
    if (code == ST_OK) code = register_sql_run(s->db, "COMMIT");
    if (code != ST_OK) (void)sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    return code;
}

status
register_store_open(arena *a, const char *path, const register_definition *d, const register_key *k, register_store **result)
{
    register_store *s;
    ALLOC(a, s, 1);
    *s = (register_store){.a = a, .definition = d, .key = k};
    CHECK(arena_defer(a, clear_pending, s));
    CHECK(open_database(a, path, &s->db));
    CHECK(find_columns(s));
    CHECK(set_up(s));
    CHECK(prepare_statements(s));
    CHECK(register_sealer_new(a, d, k, &s->sealer));
    *result = s;
    return ST_OK;
}
