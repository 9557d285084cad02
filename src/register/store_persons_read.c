/* What is read of a store's persons: their numbers, what people decided, the log. */
#include "register/store_parts.h"
#include "register/store_persons.h"

status
store_mark(sqlite3_stmt *q, int at, unsigned char mark[MARK_BYTES])
{
    if (sqlite3_column_bytes(q, at) != MARK_BYTES) FAIL(ST_INVALID, "a mark among the persons has another length: the store is damaged");
    memcpy(mark, sqlite3_column_blob(q, at), MARK_BYTES);
    return ST_OK;
}

static status
list_rows(arena *out, register_store *s, const char *from, size_t *n, store_person **result)
{
    SCRATCH(tmp);
    sqlite3_stmt *q;
    int64_t rows;
    char *how_many = arena_printf(tmp, "SELECT count(*) %s", from), *select = arena_printf(tmp, "SELECT x.mark, coalesce(p.number, 0) %s ORDER BY x.id", from);
    if (!how_many || !select) FAIL(ST_NO_MEMORY, "out of memory (persons)");
    CHECK(register_sql_number(s->db, how_many, &rows));
    CHECK(register_sql_prepare(tmp, s->db, select, &q));
    ALLOC(out, *result, rows);
    for (*n = 0; *n < (size_t)rows; ++*n) {
        bool more;
        CHECK(register_sql_next(q, &more));
        if (!more) FAIL(ST_INTERNAL, "the store changed while it was read");
        CHECK(store_mark(q, 0, (*result)[*n].mark));
        (*result)[*n].number = sqlite3_column_int64(q, 1);
    }
    return ST_OK;
}

static status
copy_text(arena *out, sqlite3_stmt *q, int at, text *result)
{
    size_t n = (size_t)sqlite3_column_bytes(q, at);
    char *bytes = n ? arena_copy(out, sqlite3_column_blob(q, at), n) : NULL;
    if (n && !bytes) FAIL(ST_NO_MEMORY, "out of memory (decisions)");
    *result = (text){n ? bytes : "", n};
    return ST_OK;
}

static status
list_decisions(arena *out, register_store *s, store_persons *p)
{
    SCRATCH(tmp);
    sqlite3_stmt *q;
    int64_t most;
    CHECK(register_sql_number(s->db, "SELECT count(*) FROM decisions", &most));
    ALLOC(out, p->decision, most);
    CHECK(register_sql_prepare(tmp, s->db, "SELECT a, b, same, who, day FROM decisions WHERE id IN"
                               " (SELECT max(id) FROM decisions WHERE undone = 0 GROUP BY a, b) ORDER BY id", &q));
    for (;;) {
        bool more;
        CHECK(register_sql_next(q, &more));
        if (!more) return ST_OK;
        store_decision *d = &p->decision[p->decisions++];
        CHECK(store_mark(q, 0, d->a));
        CHECK(store_mark(q, 1, d->b));
        d->same = sqlite3_column_int64(q, 2) != 0;
        CHECK(copy_text(out, q, 3, &d->who));
        CHECK(copy_text(out, q, 4, &d->day));
    }
}

status
register_persons_list(arena *out, register_store *s, legal_purpose purpose, store_persons *result)
{
    SCRATCH(tmp);
    store_persons p = {0};
    char *kept = arena_printf(tmp, "FROM notifications x LEFT JOIN persons p ON p.mark = x.mark WHERE (x.permitted >> %d) & 1", (int)purpose);
    char *left = arena_printf(tmp, "FROM (SELECT mark, number, mark AS id FROM persons) x JOIN persons p ON p.mark = x.mark"
                              " WHERE x.mark NOT IN (SELECT mark FROM notifications WHERE (permitted >> %d) & 1)", (int)purpose);
    if (!kept || !left) FAIL(ST_NO_MEMORY, "out of memory (persons)");
    CHECK(list_rows(out, s, kept, &p.n, &p.row));
    CHECK(list_rows(out, s, left, &p.gone, &p.left));
    CHECK(list_decisions(out, s, &p));
    CHECK(register_sql_number(s->db, "SELECT coalesce(max(last), 0) FROM linkages WHERE undone = 0", &p.last));
    CHECK(register_sql_number(s->db, "SELECT max(id) FROM audit", &p.version));
    *result = p;
    return ST_OK;
}

status
register_persons_log(arena *out, register_store *s, size_t *n, person_step **result)
{
    SCRATCH(tmp);
    sqlite3_stmt *q;
    int64_t rows;
    CHECK(register_sql_number(s->db, "SELECT count(*) FROM person_changes", &rows));
    CHECK(register_sql_prepare(tmp, s->db, "SELECT c.linkage, l.undone, c.mark, c.before, c.after FROM person_changes c"
                               " JOIN linkages l ON l.id = c.linkage ORDER BY c.linkage, c.mark", &q));
    ALLOC(out, *result, rows);
    for (*n = 0;; ++*n) {
        bool more;
        CHECK(register_sql_next(q, &more));
        if (!more) return ST_OK;
        if (*n == (size_t)rows) FAIL(ST_BUSY, "the store changed while its log was read: read it again");
        person_step *step = &(*result)[*n];
        *step = (person_step){.linkage = sqlite3_column_int64(q, 0), .undone = sqlite3_column_int64(q, 1) != 0,
                              .before = sqlite3_column_int64(q, 3), .after = sqlite3_column_int64(q, 4)};
        CHECK(store_mark(q, 2, step->mark));
    }
}
