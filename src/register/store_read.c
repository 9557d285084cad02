#include "register/store.h"

#include "base/date.h"
#include "register/audit.h"
#include "register/store_parts.h"
#include "register/store_persons.h"

#include <math.h>

/* A table while it is filled from the store. */
typedef struct reading {
    arena *out;
    register_store *store;
    table *t;
    size_t shown; /* variables with a column in the table */
    size_t *variable, *sql; /* [shown] position in the definition; column of the query, SIZE_MAX: of the identity or the id */
    text_column **texts;    /* [shown] */
    value *identity;        /* [definition->n] */
    bool unseal;
} reading;

enum { COLUMN_ID, COLUMN_MARK, COLUMN_DELIVERY, COLUMN_ROW, COLUMN_IDENTITY, COLUMN_FIRST };

static status
find_role(const register_store *s, const char *role, int *out)
{
    *out = -1;
    if (!role) return ST_OK;
    *out = code_find(&s->definition->roles, text_of(role));
    if (*out < 0) FAIL(ST_USAGE, "there is no role %s: see roles in %s", role, s->definition->path);
    return ST_OK;
}

static status
choose_columns(reading *r, int role)
{
    const register_definition *d = r->store->definition;
    ALLOC(r->out, r->variable, d->n);
    ALLOC(r->out, r->sql, d->n);
    ALLOC(r->out, r->texts, d->n);
    ALLOC(r->out, r->identity, d->n);
    size_t next = COLUMN_FIRST;
    for (size_t i = 0; i < d->n; i++) {
        const variable *v = &d->variable[i];
        size_t sql = v->identifying || v->origin == ORIGIN_STORE ? SIZE_MAX : next++;
        if (role >= 0 && !(v->roles >> role & 1)) continue;
        r->unseal |= v->identifying;
        r->variable[r->shown] = i;
        r->sql[r->shown++] = sql;
    }
    return ST_OK;
}

static status
make_columns(reading *r, size_t rows)
{
    const register_definition *d = r->store->definition;
    CHECK(table_new(r->out, d->name, rows, r->shown + 2, r->t));
    for (size_t i = 0; i < r->shown; i++) {
        const variable *v = &d->variable[r->variable[i]];
        CHECK(table_set_column(r->out, r->t, i, v->name, v->type, v->codes));
        if (v->type == COLUMN_TEXT) CHECK(text_column_new(r->out, rows, &r->texts[i]));
    }
    CHECK(table_set_column(r->out, r->t, r->shown, "delivery", COLUMN_INT32, NULL));
    return table_set_column(r->out, r->t, r->shown + 1, "row", COLUMN_INT32, NULL);
}

static void
put_number(column *c, size_t row, int64_t number)
{
    bool missing = number == INT64_MIN;
    switch (c->type) {
    case COLUMN_INT8: ((int8_t *)c->data)[row] = missing ? INT8_MIN : (int8_t)number; break;
    case COLUMN_INT16: ((int16_t *)c->data)[row] = missing ? INT16_MIN : (int16_t)number; break;
    case COLUMN_INT32:
    case COLUMN_DATE: ((int32_t *)c->data)[row] = missing ? INT32_MIN : (int32_t)number; break;
    case COLUMN_SET: ((uint32_t *)c->data)[row] = missing ? 0 : (uint32_t)number; break;
    case COLUMN_DOUBLE: ((double *)c->data)[row] = missing ? NAN : (double)number; break;
    default: break;
    }
}

static text
text_at(sqlite3_stmt *q, int i)
{
    const char *bytes = sqlite3_column_blob(q, i);
    return (text){bytes, bytes ? (size_t)sqlite3_column_bytes(q, i) : 0};
}

static status
put_row(reading *r, size_t row, sqlite3_stmt *q)
{
    text mark = text_at(q, COLUMN_MARK);
    if (mark.n != MARK_BYTES) FAIL(ST_INVALID, "a row of the store has no mark: the store is damaged");
    if (r->unseal) CHECK(register_unseal(r->store->sealer, (const unsigned char *)mark.bytes, text_at(q, COLUMN_IDENTITY), r->identity));
    for (size_t i = 0; i < r->shown; i++) {
        const variable *v = &r->store->definition->variable[r->variable[i]];
        column *c = &r->t->column[i];
        value x = v->identifying ? r->identity[r->variable[i]] : (value){.number = INT64_MIN};
        if (v->origin == ORIGIN_STORE) {
            x.number = sqlite3_column_int64(q, COLUMN_ID);
        } else if (!v->identifying && sqlite3_column_type(q, (int)r->sql[i]) != SQLITE_NULL) {
            if (v->type == COLUMN_TEXT)
                x.bytes = text_at(q, (int)r->sql[i]);
            else
                x.number = sqlite3_column_int64(q, (int)r->sql[i]);
        }
        if (r->texts[i])
            CHECK(text_column_put(r->texts[i], row, x.bytes));
        else
            put_number(c, row, x.number);
    }
    put_number(&r->t->column[r->shown], row, sqlite3_column_int64(q, COLUMN_DELIVERY));
    put_number(&r->t->column[r->shown + 1], row, sqlite3_column_int64(q, COLUMN_ROW));
    return ST_OK;
}

static status
select_sql(arena *tmp, const register_store *s, legal_purpose purpose, const char **out)
{
    text_builder b = text_builder_new(tmp);
    text_put(&b, "SELECT id, mark, delivery, row, identity");
    for (size_t i = 0; i < s->stored; i++) text_printf(&b, ", \"%s\"", s->definition->variable[s->column[i]].name);
    text_printf(&b, " FROM notifications WHERE (permitted >> %d) & 1 ORDER BY id", (int)purpose);
    text sql;
    CHECK(text_builder_end(&b, &sql));
    *out = sql.bytes;
    return ST_OK;
}

static status
read_notifications(reading *r, legal_purpose purpose)
{
    SCRATCH(tmp);
    char *how_many = arena_printf(tmp, "SELECT count(*) FROM notifications WHERE (permitted >> %d) & 1", (int)purpose);
    if (!how_many) FAIL(ST_NO_MEMORY, "out of memory (store)");
    int64_t rows;
    CHECK(register_sql_number(r->store->db, how_many, &rows));
    CHECK(make_columns(r, (size_t)rows));
    const char *sql;
    sqlite3_stmt *q;
    CHECK(select_sql(tmp, r->store, purpose, &sql));
    CHECK(register_sql_prepare(tmp, r->store->db, sql, &q));
    for (size_t i = 0; i < (size_t)rows; i++) {
        bool more;
        CHECK(register_sql_next(q, &more));
        if (!more) FAIL(ST_INTERNAL, "the store changed while it was read");
        CHECK(put_row(r, i, q));
    }
    for (size_t i = 0; i < r->shown; i++)
        if (r->texts[i]) CHECK(text_column_end(r->texts[i], &r->t->column[i]));
    return ST_OK;
}

/* Counted rows by reporter, year and reason; an order of marks would differ from key to key. */
static status
read_counted(arena *out, register_store *s, legal_purpose purpose, table *t)
{
    SCRATCH(tmp);
    /* days / 365.2425 does not do: the year comes from SQLite's own calendar, which is Gregorian throughout */
    char *from = arena_printf(tmp, "FROM (SELECT reporter, year, reason FROM counted%s)", purpose == PURPOSE_monitor ?
        " UNION ALL SELECT reporter, CAST(strftime('%Y', received * 86400, 'unixepoch') AS INTEGER), withheld"
        " FROM notifications WHERE withheld IS NOT NULL" : "");
    char *number = from ? arena_printf(tmp, "SELECT count(*) %s", from) : NULL;
    char *select = number ? arena_printf(tmp, "SELECT reporter, year, reason %s ORDER BY 1, 2, 3", from) : NULL;
    if (!select) FAIL(ST_NO_MEMORY, "out of memory (store)");
    int64_t rows;
    CHECK(register_sql_number(s->db, number, &rows));
    CHECK(table_new(out, "counted", (size_t)rows, 3, t));
    CHECK(table_set_column(out, t, 0, "reporter", COLUMN_INT8, register_codes(s->definition, "reporters")));
    CHECK(table_set_column(out, t, 1, "year", COLUMN_INT16, NULL));
    CHECK(table_set_column(out, t, 2, "reason", COLUMN_INT8, &s->definition->reasons));
    sqlite3_stmt *q;
    CHECK(register_sql_prepare(tmp, s->db, select, &q));
    for (size_t i = 0; i < (size_t)rows; i++) {
        bool more;
        CHECK(register_sql_next(q, &more));
        if (!more) FAIL(ST_INTERNAL, "the store changed while it was read");
        for (int k = 0; k < 3; k++) put_number(&t->column[k], i, sqlite3_column_int64(q, k));
    }
    return ST_OK;
}

static status
read_both(arena *out, register_store *s, const read_options *o, table *notifications, table *counted)
{
    reading r = {.out = out, .store = s, .t = notifications};
    int role;
    CHECK(find_role(s, o->role, &role));
    CHECK(choose_columns(&r, role));
    CHECK(read_notifications(&r, o->purpose));
    return read_counted(out, s, o->purpose, counted);
}

status
register_persons_read(arena *out, register_store *s, const read_options *options, table *notifications, table *counted, store_persons *persons)
{
    read_options o = options ? *options : (read_options){.purpose = PURPOSE_registration};
    if (s->open) FAIL(ST_INTERNAL, "a delivery has begun: commit or abandon it before reading");
    table n, c;
    CHECK(register_sql_run(s->db, "BEGIN")); /* one picture of the store for all tables */
    status code = read_both(out, s, &o, &n, &c);
    if (code == ST_OK && persons) code = register_persons_list(out, s, o.purpose, persons);
    (void)sqlite3_exec(s->db, "COMMIT", NULL, NULL, NULL);
    CHECK(code);
    *notifications = n;
    *counted = c;
    return ST_OK;
}

status
register_store_read(arena *out, register_store *s, const read_options *options, table *notifications, table *counted)
{
    return register_persons_read(out, s, options, notifications, counted, NULL);
}

static status
verify_pages(register_store *s)
{
    SCRATCH(tmp);
    sqlite3_stmt *q;
    bool row;
    CHECK(register_sql_prepare(tmp, s->db, "PRAGMA integrity_check(1)", &q));
    CHECK(register_sql_next(q, &row));
    const char *said = row ? (const char *)sqlite3_column_text(q, 0) : NULL;
    if (!said || strcmp(said, "ok") != 0) FAIL(ST_INVALID, "the store is damaged: restore it from its copy");
    return ST_OK;
}

status
register_store_verify(register_store *s, size_t *entries, hash *last)
{
    CHECK(verify_pages(s));
    SCRATCH(tmp);
    sqlite3_stmt *q;
    value *values;
    ALLOC(tmp, values, s->definition->n);
    CHECK(register_sql_prepare(tmp, s->db, "SELECT mark, identity FROM notifications", &q));
    for (;;) {
        bool row;
        CHECK(register_sql_next(q, &row));
        if (!row) break;
        text mark = text_at(q, 0);
        if (mark.n != MARK_BYTES) FAIL(ST_INVALID, "a row of the store has no mark: the store is damaged");
        CHECK(register_unseal(s->sealer, (const unsigned char *)mark.bytes, text_at(q, 1), values));
    }
    CHECK(register_audit_verify(s->db, s->key, entries, last));
    return register_persons_verify(s);
}
