#include "register/store_persons.h"

#include "register/audit.h"
#include "register/persons_state.h"
#include "register/store_parts.h"

#include <stdlib.h>

/* `before` and `after` are hashes of all numbers. Changes are found by mark when a report is erased, by linkage when one is undone. */
const char register_persons_schema[] =
    "CREATE TABLE linkages(id INTEGER PRIMARY KEY, last INTEGER NOT NULL, before BLOB NOT NULL, after BLOB NOT NULL,"
    " undone INTEGER NOT NULL) STRICT;"
    "CREATE TABLE persons(mark BLOB PRIMARY KEY, number INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE person_changes(mark BLOB NOT NULL, linkage INTEGER NOT NULL, before INTEGER NOT NULL, after INTEGER NOT NULL,"
    " PRIMARY KEY(mark, linkage)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE decisions(id INTEGER PRIMARY KEY, a BLOB NOT NULL, b BLOB NOT NULL, same INTEGER NOT NULL, who TEXT NOT NULL,"
    " day TEXT NOT NULL, linkage INTEGER NOT NULL, undone INTEGER NOT NULL) STRICT;";

static void
bind_mark(sqlite3_stmt *q, int at, const unsigned char mark[MARK_BYTES])
{
    sqlite3_bind_blob(q, at, mark, MARK_BYTES, SQLITE_STATIC);
}

/* What a linkage does to one report. */
typedef struct step {
    unsigned char mark[MARK_BYTES];
    int64_t before, after;
} step;

static int
compare_steps(const void *x, const void *y)
{
    return memcmp(((const step *)x)->mark, ((const step *)y)->mark, MARK_BYTES);
}

static int
compare_moves(const void *x, const void *y)
{
    const step *a = x, *b = y;
    if (a->before != b->before) return a->before < b->before ? -1 : 1;
    return (a->after > b->after) - (a->after < b->after);
}

static int
compare_numbers(const void *x, const void *y)
{
    int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;
    return (a > b) - (a < b);
}

static status
find_steps(arena *tmp, const store_persons *p, const int64_t number[], persons_change *c, step **result, size_t *n)
{
    step *made;
    ALLOC(tmp, made, p->n + p->gone);
    *n = 0;
    for (size_t i = 0; i < p->n + p->gone; i++) {
        const store_person *row = i < p->n ? &p->row[i] : &p->left[i - p->n];
        int64_t after = i < p->n ? number[i] : 0;
        if (row->number == after) continue;
        made[*n] = (step){.before = row->number, .after = after};
        memcpy(made[(*n)++].mark, row->mark, MARK_BYTES);
        c->added += !row->number, c->gone += !after, c->moved += row->number && after;
    }
    qsort(made, *n, sizeof *made, compare_steps);
    *result = made;
    return ST_OK;
}

/* One entry in the audit chain for each merge and each split: numbers, never a mark, since the chain cannot forget. */
static status
audit_moves(register_store *s, const store_persons *p, const int64_t number[], const step steps[], size_t n, persons_change *c)
{
    SCRATCH(tmp);
    step *move;
    int64_t *now;
    size_t m = 0;
    ALLOC(tmp, move, n);
    ALLOC(tmp, now, p->n);
    if (p->n) memcpy(now, number, p->n * sizeof *now);
    qsort(now, p->n, sizeof *now, compare_numbers);
    for (size_t i = 0; i < n; i++)
        if (steps[i].before && steps[i].after) move[m++] = steps[i];
    qsort(move, m, sizeof *move, compare_moves);
    for (size_t i = 0, j; i < m; i = j) {
        for (j = i; j < m && !compare_moves(&move[i], &move[j]); j++) {}
        bool stays = bsearch(&move[i].before, now, p->n, sizeof *now, compare_numbers) != NULL;
        char *detail = arena_printf(tmp, "linkage=%lld person=%lld into=%lld reports=%zu", (long long)c->linkage, (long long)move[i].before,
                                    (long long)move[i].after, j - i);
        if (!detail) FAIL(ST_NO_MEMORY, "out of memory (audit)");
        CHECK(register_audit_append(s->db, s->key, stays ? "split" : "merge", detail));
        if (stays) c->splits++;
        else c->merges++;
    }
    return ST_OK;
}

/* A number of 0 takes the report out. */
static status
put_numbers(register_store *s, const step steps[], size_t n)
{
    SCRATCH(tmp);
    sqlite3_stmt *put, *drop;
    CHECK(register_sql_prepare(tmp, s->db, "INSERT OR REPLACE INTO persons VALUES(?, ?)", &put));
    CHECK(register_sql_prepare(tmp, s->db, "DELETE FROM persons WHERE mark = ?", &drop));
    for (size_t i = 0; i < n; i++) {
        sqlite3_stmt *q = steps[i].after ? put : drop;
        bind_mark(q, 1, steps[i].mark);
        if (steps[i].after) sqlite3_bind_int64(q, 2, steps[i].after);
        CHECK(register_sql_do(q));
    }
    return ST_OK;
}

static status
put_steps(register_store *s, int64_t linkage, const step steps[], size_t n)
{
    SCRATCH(tmp);
    sqlite3_stmt *q;
    CHECK(register_sql_prepare(tmp, s->db, "INSERT INTO person_changes VALUES(?, ?, ?, ?)", &q));
    for (size_t i = 0; i < n; i++) {
        bind_mark(q, 1, steps[i].mark);
        const int64_t numbers[] = {linkage, steps[i].before, steps[i].after};
        for (int k = 0; k < 3; k++) sqlite3_bind_int64(q, 2 + k, numbers[k]);
        CHECK(register_sql_do(q));
    }
    return ST_OK;
}

static status
put_decisions(register_store *s, int64_t linkage, size_t n, const store_decision d[])
{
    SCRATCH(tmp);
    sqlite3_stmt *q;
    CHECK(register_sql_prepare(tmp, s->db, "INSERT INTO decisions(a, b, same, who, day, linkage, undone) VALUES(?, ?, ?, ?, ?, ?, 0)", &q));
    for (size_t i = 0; i < n; i++) {
        bind_mark(q, 1, d[i].a);
        bind_mark(q, 2, d[i].b);
        sqlite3_bind_int64(q, 3, d[i].same);
        sqlite3_bind_text(q, 4, d[i].who.bytes, (int)d[i].who.n, SQLITE_STATIC);
        sqlite3_bind_text(q, 5, d[i].day.bytes, (int)d[i].day.n, SQLITE_STATIC);
        sqlite3_bind_int64(q, 6, linkage);
        CHECK(register_sql_do(q));
    }
    return ST_OK;
}

static status
put_linkage(register_store *s, int64_t id, int64_t last, const hash *before, const hash *after)
{
    SCRATCH(tmp);
    sqlite3_stmt *q;
    CHECK(register_sql_prepare(tmp, s->db, "INSERT INTO linkages VALUES(?, ?, ?, ?, 0)", &q));
    sqlite3_bind_int64(q, 1, id);
    sqlite3_bind_int64(q, 2, last);
    sqlite3_bind_blob(q, 3, before->bytes, HASH_BYTES, SQLITE_STATIC);
    sqlite3_bind_blob(q, 4, after->bytes, HASH_BYTES, SQLITE_STATIC);
    return register_sql_do(q);
}

typedef struct writing {
    const store_persons *before;
    const int64_t *number;
    size_t decisions;
    const store_decision *decided;
    persons_change change;
} writing;

static status
check_version(register_store *s, const store_persons *before)
{
    int64_t version;
    CHECK(register_sql_number(s->db, "SELECT max(id) FROM audit", &version));
    if (version != before->version)
        FAIL(ST_BUSY, "%s: a delivery or a linkage came in while persons were linked: link again", sqlite3_db_filename(s->db, "main"));
    return ST_OK;
}

static status
write_all(register_store *s, writing *w)
{
    SCRATCH(tmp);
    step *steps;
    size_t n;
    hash before, after;
    persons_change *c = &w->change;
    int64_t last = w->before->last;
    CHECK(check_version(s, w->before));
    CHECK(find_steps(tmp, w->before, w->number, c, &steps, &n));
    c->decisions = w->decisions;
    if (n == 0 && w->decisions == 0) return ST_OK;
    for (size_t i = 0; i < w->before->n; i++)
        if (w->number[i] > last) last = w->number[i];
    CHECK(register_sql_number(s->db, "SELECT coalesce(max(id), 0) + 1 FROM linkages", &c->linkage));
    CHECK(persons_state_numbers(s, &before));
    CHECK(put_numbers(s, steps, n));
    CHECK(put_steps(s, c->linkage, steps, n));
    CHECK(put_decisions(s, c->linkage, w->decisions, w->decided));
    CHECK(persons_state_numbers(s, &after));
    CHECK(put_linkage(s, c->linkage, last, &before, &after));
    CHECK(audit_moves(s, w->before, w->number, steps, n, c));
    char *detail = arena_printf(tmp, "linkage=%lld reports=%zu added=%zu moved=%zu gone=%zu merges=%zu splits=%zu decisions=%zu",
                                (long long)c->linkage, w->before->n, c->added, c->moved, c->gone, c->merges, c->splits, c->decisions);
    if (!detail) FAIL(ST_NO_MEMORY, "out of memory (audit)");
    return persons_state_note(s, "persons", detail);
}

/* Undo. */

/* The steps back: each from the number of now to that of before. */
static status
steps_of(arena *tmp, register_store *s, int64_t linkage, size_t *n, step **result)
{
    sqlite3_stmt *q;
    int64_t most;
    CHECK(register_sql_number(s->db, "SELECT count(*) FROM person_changes", &most));
    ALLOC(tmp, *result, most);
    CHECK(register_sql_prepare(tmp, s->db, "SELECT c.mark, c.before, c.after, coalesce(p.number, 0) FROM person_changes c"
                               " LEFT JOIN persons p ON p.mark = c.mark WHERE c.linkage = ? ORDER BY c.mark", &q));
    sqlite3_bind_int64(q, 1, linkage);
    for (*n = 0;; ++*n) {
        bool more;
        CHECK(register_sql_next(q, &more));
        if (!more) return ST_OK;
        step *back = &(*result)[*n];
        CHECK(store_mark(q, 0, back->mark));
        back->before = sqlite3_column_int64(q, 2), back->after = sqlite3_column_int64(q, 1);
        if (back->before != sqlite3_column_int64(q, 3)) FAIL(ST_INVALID, "the log of linkage %lld does not fit the persons: the store was tampered with", (long long)linkage);
    }
}

/* When nothing was erased since, the numbers must be those of before. */
static status
check_undone(register_store *s, int64_t linkage, const hash *found)
{
    SCRATCH(tmp);
    sqlite3_stmt *q;
    bool row;
    hash now;
    CHECK(register_sql_prepare(tmp, s->db, "SELECT before, after FROM linkages WHERE id = ?", &q));
    sqlite3_bind_int64(q, 1, linkage);
    CHECK(register_sql_next(q, &row));
    if (!row || sqlite3_column_bytes(q, 0) != HASH_BYTES || sqlite3_column_bytes(q, 1) != HASH_BYTES)
        FAIL(ST_INVALID, "linkage %lld has no hashes: the store is damaged", (long long)linkage);
    bool whole = !memcmp(sqlite3_column_blob(q, 1), found->bytes, HASH_BYTES);
    CHECK(persons_state_numbers(s, &now));
    if (whole && memcmp(sqlite3_column_blob(q, 0), now.bytes, HASH_BYTES) != 0)
        FAIL(ST_INVALID, "undoing linkage %lld does not lead back to the persons of before: the store was tampered with", (long long)linkage);
    return ST_OK;
}

static status
undo_marks(register_store *s, int64_t linkage, size_t *decisions)
{
    SCRATCH(tmp);
    char *sql = arena_printf(tmp, "UPDATE decisions SET undone = 1 WHERE linkage = %lld AND undone = 0", (long long)linkage);
    char *done = arena_printf(tmp, "UPDATE linkages SET undone = 1 WHERE id = %lld", (long long)linkage);
    if (!sql || !done) FAIL(ST_NO_MEMORY, "out of memory (persons)");
    CHECK(register_sql_run(s->db, sql));
    *decisions = (size_t)sqlite3_changes(s->db);
    return register_sql_run(s->db, done);
}

static status
undo_all(register_store *s, persons_change *c)
{
    SCRATCH(tmp);
    step *steps;
    size_t n;
    hash found;
    CHECK(register_persons_verify(s));
    CHECK(register_sql_number(s->db, "SELECT coalesce(max(id), 0) FROM linkages WHERE undone = 0", &c->linkage));
    if (!c->linkage) FAIL(ST_NOT_FOUND, "%s: there is no linkage to undo", sqlite3_db_filename(s->db, "main"));
    CHECK(persons_state_numbers(s, &found));
    CHECK(steps_of(tmp, s, c->linkage, &n, &steps));
    CHECK(put_numbers(s, steps, n));
    CHECK(check_undone(s, c->linkage, &found));
    CHECK(undo_marks(s, c->linkage, &c->decisions));
    for (size_t i = 0; i < n; i++) c->added += !steps[i].before, c->gone += !steps[i].after, c->moved += steps[i].before && steps[i].after;
    char *detail = arena_printf(tmp, "linkage=%lld reports=%zu decisions=%zu", (long long)c->linkage, n, c->decisions);
    if (!detail) FAIL(ST_NO_MEMORY, "out of memory (audit)");
    return persons_state_note(s, "undo", detail);
}

static status
finish(register_store *s, status code)
{
    if (code == ST_OK) code = register_sql_run(s->db, "COMMIT");
    if (code != ST_OK) (void)sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    else (void)sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    return code;
}

status
register_persons_write(register_store *s, const store_persons *before, const int64_t number[], size_t decisions, const store_decision decided[],
                       persons_change *result)
{
    writing w = {before, number, decisions, decided, {0}};
    if (s->open) FAIL(ST_INTERNAL, "a delivery has begun: commit or abandon it before linking");
    CHECK(register_sql_run(s->db, "BEGIN IMMEDIATE"));
    CHECK(finish(s, write_all(s, &w)));
    *result = w.change;
    return ST_OK;
}

status
register_persons_undo(register_store *s, persons_change *result)
{
    persons_change c = {0};
    if (s->open) FAIL(ST_INTERNAL, "a delivery has begun: commit or abandon it before undoing a linkage");
    CHECK(register_sql_run(s->db, "BEGIN IMMEDIATE"));
    CHECK(finish(s, undo_all(s, &c)));
    *result = c;
    return ST_OK;
}

/* Erasure. */

status
register_persons_erase(register_store *s, const unsigned char mark[MARK_BYTES])
{
    SCRATCH(tmp);
    static const char *const from[] = {"DELETE FROM persons WHERE mark = ?1", "DELETE FROM person_changes WHERE mark = ?1",
                                       "DELETE FROM decisions WHERE a = ?1 OR b = ?1"};
    for (int i = 0; i < 3; i++) {
        sqlite3_stmt *q;
        CHECK(register_sql_prepare(tmp, s->db, from[i], &q));
        bind_mark(q, 1, mark);
        CHECK(register_sql_do(q));
    }
    return ST_OK;
}

status
register_persons_erased(register_store *s, size_t reports)
{
    SCRATCH(tmp);
    int64_t linkages;
    CHECK(register_sql_number(s->db, "SELECT count(*) FROM linkages", &linkages));
    if (!linkages || !reports) return ST_OK;
    char *detail = arena_printf(tmp, "delivery=%lld reports=%zu", (long long)s->delivery, reports);
    if (!detail) FAIL(ST_NO_MEMORY, "out of memory (audit)");
    return persons_state_note(s, "erase", detail);
}
