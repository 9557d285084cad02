#include "register/sql.h"

status
register_sql_fail(sqlite3 *db, int code, const char *doing)
{
    const char *file = db ? sqlite3_db_filename(db, "main") : NULL;
    if (!file || !*file) file = "store";
    switch (code & 0xff) {
    case SQLITE_NOMEM: FAIL(ST_NO_MEMORY, "%s: out of memory while %s", file, doing);
    case SQLITE_BUSY:
    case SQLITE_LOCKED: FAIL(ST_BUSY, "%s: another process is writing: try again when it is done", file);
    case SQLITE_FULL: FAIL(ST_IO, "%s: the disk is full while %s: nothing was changed; make room and try again", file, doing);
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN: FAIL(ST_IO, "%s: reading or writing failed while %s: nothing was changed; check the disk and the rights on the folder", file, doing);
    case SQLITE_READONLY:
    case SQLITE_PERM: FAIL(ST_DENIED, "%s: it may not be written", file);
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT: FAIL(ST_INVALID, "%s: it is not a store, or it is damaged: restore it from its copy", file);
    default: FAIL(ST_INTERNAL, "%s: SQLite ended with code %d while %s", file, code, doing);
    }
}

status
register_sql_run(sqlite3 *db, const char *sql)
{
    int code = sqlite3_exec(db, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? ST_OK : register_sql_fail(db, code, "changing the store");
}

static void
finalize(void *statement)
{
    sqlite3_finalize(statement);
}

status
register_sql_prepare(arena *a, sqlite3 *db, const char *sql, sqlite3_stmt **result)
{
    sqlite3_stmt *s;
    int code = sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &s, NULL);
    if (code != SQLITE_OK) return register_sql_fail(db, code, "preparing a statement");
    CHECK(arena_defer(a, finalize, s));
    *result = s;
    return ST_OK;
}

status
register_sql_do(sqlite3_stmt *s)
{
    int code = sqlite3_step(s);
    int reset = sqlite3_reset(s);
    if (code != SQLITE_DONE) return register_sql_fail(sqlite3_db_handle(s), code, "writing");
    return reset == SQLITE_OK ? ST_OK : register_sql_fail(sqlite3_db_handle(s), reset, "writing");
}

status
register_sql_next(sqlite3_stmt *s, bool *row)
{
    int code = sqlite3_step(s);
    *row = code == SQLITE_ROW;
    if (*row) return ST_OK;
    sqlite3_reset(s);
    return code == SQLITE_DONE ? ST_OK : register_sql_fail(sqlite3_db_handle(s), code, "reading");
}

status
register_sql_number(sqlite3 *db, const char *sql, int64_t *result)
{
    SCRATCH(tmp);
    sqlite3_stmt *s;
    bool row;
    CHECK(register_sql_prepare(tmp, db, sql, &s));
    CHECK(register_sql_next(s, &row));
    *result = row ? sqlite3_column_int64(s, 0) : 0;
    return ST_OK;
}
