/* A little order around SQLite: statements that close with their arena, errors as statuses, never with a value. */
#ifndef PEIL_REGISTER_SQL_H
#define PEIL_REGISTER_SQL_H

#include "base/text.h"

#include <sqlite3.h>

/* The status for an SQLite code, with what was being done as detail. */
status register_sql_fail(sqlite3 *db, int code, const char *doing);

status register_sql_run(sqlite3 *db, const char *sql);

/* Prepare a statement; it is finalised when the arena ends. */
status register_sql_prepare(arena *a, sqlite3 *db, const char *sql, sqlite3_stmt **result);

/* Step a statement that gives no rows, and reset it. */
status register_sql_do(sqlite3_stmt *s);

/* Step to the next row; false at the end, the statement is then reset. */
status register_sql_next(sqlite3_stmt *s, bool *row);

/* The one number a query gives. */
status register_sql_number(sqlite3 *db, const char *sql, int64_t *result);

#endif
