/* Records on lists, and who of them may be one person: pairs with their probability, or draws of the clusters. */
#include "estimate/links.h"

#include "table/csv.h"

#include <stdlib.h>

enum { DRAWS_MOST = 100000 };

typedef struct named {
    text id;
    uint32_t record;
} named;

static int
compare_named(const void *a, const void *b)
{
    return text_compare(((const named *)a)->id, ((const named *)b)->id);
}

static status
count_rows(const char *path, size_t *n)
{
    SCRATCH(tmp);
    csv *c;
    CHECK(csv_open(tmp, path, NULL, &c));
    for (*n = 0;; ++*n) {
        bool more;
        csv_row row;
        CHECK(csv_next(c, &more, &row));
        if (!more) return ST_OK;
    }
}

static status
need_column(const csv *c, const char *path, const char *name, int *at)
{
    *at = csv_find(c, name);
    if (*at < 0) FAIL(ST_INVALID, "%s: no column %s", path, name);
    return ST_OK;
}

static status
find_list(arena *out, links *l, text name, size_t row, const char *path)
{
    for (int i = 0; i < l->lists; i++)
        if (text_is(name, l->list[i])) return l->list_of[l->records] = (uint8_t)i, ST_OK;
    if (l->lists == ESTIMATE_LISTS) FAIL(ST_LIMIT, "%s: row %zu: more than %d lists", path, row, ESTIMATE_LISTS);
    if (name.n == 0) FAIL(ST_INVALID, "%s: row %zu, column list: expected the name of a list", path, row);
    l->list[l->lists] = arena_copy(out, name.bytes, name.n);
    if (!l->list[l->lists]) FAIL(ST_NO_MEMORY, "out of memory (lists)");
    l->list_of[l->records] = (uint8_t)l->lists++;
    return ST_OK;
}

static status
read_records(arena *out, arena *tmp, const char *path, links *l, named **ids)
{
    csv *c;
    size_t n;
    int id, list;
    CHECK(count_rows(path, &n));
    ALLOC(tmp, *ids, n);
    ALLOC(out, l->list_of, n);
    CHECK(csv_open(tmp, path, NULL, &c));
    CHECK(need_column(c, path, "record_id", &id));
    CHECK(need_column(c, path, "list", &list));
    for (;;) {
        bool more;
        csv_row row;
        CHECK(csv_next(c, &more, &row));
        if (!more) break;
        CHECK(find_list(out, l, text_trim(row.field[list]), row.number, path));
        char *copy = arena_copy(tmp, row.field[id].bytes, row.field[id].n);
        if (!copy) FAIL(ST_NO_MEMORY, "out of memory (records)");
        (*ids)[l->records] = (named){{copy, row.field[id].n}, (uint32_t)l->records};
        l->records++;
    }
    qsort(*ids, l->records, sizeof **ids, compare_named);
    for (size_t i = 1; i < l->records; i++)
        if (text_equal((*ids)[i].id, (*ids)[i - 1].id))
            FAIL(ST_INVALID, "%s: rows %u and %u, column record_id: the same id twice", path, (*ids)[i - 1].record + 2, (*ids)[i].record + 2);
    return ST_OK;
}

static status
find_record(const links *l, const named ids[], text id, size_t row, const char *column, const char *path, uint32_t *record)
{
    named key = {id, 0}, *found = bsearch(&key, ids, l->records, sizeof *ids, compare_named);
    if (!found) FAIL(ST_INVALID, "%s: row %zu, column %s: no such record in the file of records", path, row, column);
    *record = found->record;
    return ST_OK;
}

static status
read_pairs(arena *out, arena *tmp, const char *path, const named ids[], links *l)
{
    csv *c;
    size_t n;
    int a, b, p;
    CHECK(count_rows(path, &n));
    ALLOC(out, l->a, n);
    ALLOC(out, l->b, n);
    ALLOC(out, l->probability, n);
    CHECK(csv_open(tmp, path, NULL, &c));
    CHECK(need_column(c, path, "id_a", &a));
    CHECK(need_column(c, path, "id_b", &b));
    CHECK(need_column(c, path, "probability", &p));
    for (;;) {
        bool more;
        csv_row row;
        double x;
        CHECK(csv_next(c, &more, &row));
        if (!more) return ST_OK;
        CHECK(find_record(l, ids, row.field[a], row.number, "id_a", path, &l->a[l->pairs]));
        CHECK(find_record(l, ids, row.field[b], row.number, "id_b", path, &l->b[l->pairs]));
        if (!text_to_double(text_trim(row.field[p]), &x) || !(x >= 0 && x <= 1))
            FAIL(ST_INVALID, "%s: row %zu, column probability: expected a number from 0 to 1", path, row.number);
        l->probability[l->pairs++] = x;
    }
}

/* A row of a file of draws. */
typedef struct drawn {
    uint32_t draw, record;
    text cluster;
} drawn;

static int
compare_drawn(const void *a, const void *b)
{
    const drawn *x = a, *y = b;
    if (x->draw != y->draw) return x->draw < y->draw ? -1 : 1;
    int order = text_compare(x->cluster, y->cluster);
    return order ? order : (x->record > y->record) - (x->record < y->record);
}

static status
read_drawn_row(const csv *c, const csv_row *row, const char *path, const links *l, const named ids[], arena *tmp, drawn *d)
{
    int64_t draw;
    const text cluster = row->field[csv_find(c, "cluster_id")];
    if (!text_to_int(text_trim(row->field[csv_find(c, "draw")]), &draw) || draw < 1 || draw > DRAWS_MOST)
        FAIL(ST_INVALID, "%s: row %zu, column draw: expected a number from 1 to %d", path, row->number, DRAWS_MOST);
    CHECK(find_record(l, ids, row->field[csv_find(c, "record_id")], row->number, "record_id", path, &d->record));
    d->draw = (uint32_t)draw - 1;
    d->cluster = (text){arena_copy(tmp, cluster.bytes, cluster.n), cluster.n};
    if (!d->cluster.bytes) FAIL(ST_NO_MEMORY, "out of memory (draws)");
    return ST_OK;
}

/* Every draw has every record once. */
static status
check_draws(const char *path, size_t rows, const drawn list[], links *l)
{
    SCRATCH(tmp);
    uint8_t *seen;
    for (size_t i = 0; i < rows; i++)
        if (list[i].draw >= l->draws) l->draws = list[i].draw + 1;
    if (l->draws * l->records != rows)
        FAIL(ST_INVALID, "%s: %zu draws of %zu records need as many rows, found %zu: expected every record once in every draw", path, l->draws,
             l->records, rows);
    ALLOC(tmp, seen, rows);
    for (size_t i = 0; i < rows; i++) {
        uint8_t *one = &seen[list[i].draw * l->records + list[i].record];
        if (*one) FAIL(ST_INVALID, "%s: draw %u has a record twice", path, list[i].draw + 1);
        *one = 1;
    }
    return ST_OK;
}

/* The overlap table of each draw. */
static status
count_draws(arena *out, size_t rows, const drawn list[], links *l)
{
    size_t mask = 0;
    ALLOC(out, l->drawn, l->draws << l->lists);
    for (size_t i = 0; i < rows; i++) {
        mask |= (size_t)1 << l->list_of[list[i].record];
        bool last = i + 1 == rows || list[i + 1].draw != list[i].draw || !text_equal(list[i + 1].cluster, list[i].cluster);
        if (!last) continue;
        l->drawn[((size_t)list[i].draw << l->lists) + mask]++;
        mask = 0;
    }
    return ST_OK;
}

static status
read_draws(arena *out, arena *tmp, const char *path, const named ids[], links *l)
{
    csv *c;
    size_t n, rows = 0;
    int unused;
    drawn *list;
    CHECK(count_rows(path, &n));
    ALLOC(tmp, list, n);
    CHECK(csv_open(tmp, path, NULL, &c));
    CHECK(need_column(c, path, "record_id", &unused));
    CHECK(need_column(c, path, "cluster_id", &unused));
    for (;; rows++) {
        bool more;
        csv_row row;
        CHECK(csv_next(c, &more, &row));
        if (!more) break;
        CHECK(read_drawn_row(c, &row, path, l, ids, tmp, &list[rows]));
    }
    if (rows == 0) FAIL(ST_INVALID, "%s: no draws in it", path);
    CHECK(check_draws(path, rows, list, l));
    qsort(list, rows, sizeof *list, compare_drawn);
    return count_draws(out, rows, list, l);
}

static status
holds_draws(const char *path, bool *draws)
{
    SCRATCH(tmp);
    csv *c;
    CHECK(csv_open(tmp, path, NULL, &c));
    *draws = csv_find(c, "draw") >= 0;
    return ST_OK;
}

status
links_read(arena *out, const char *records_path, const char *links_path, links *result)
{
    SCRATCH(tmp);
    links l = {0};
    named *ids;
    bool draws;
    CHECK(read_records(out, tmp, records_path, &l, &ids));
    if (l.lists < 2) FAIL(ST_INVALID, "%s: an estimate needs records of at least two lists", records_path);
    CHECK(holds_draws(links_path, &draws));
    CHECK((draws ? read_draws : read_pairs)(out, tmp, links_path, ids, &l));
    *result = l;
    return ST_OK;
}
