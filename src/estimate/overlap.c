#include "estimate/overlap.h"

#include "estimate/zeta.h"
#include "table/csv.h"

#include <stdlib.h>

enum { COUNT_LIMIT = 2147483647 };

status
overlap_new(arena *out, int lists, const char *const names[], overlap *result)
{
    if (lists < 2) FAIL(ST_INVALID, "an estimate needs at least two lists, %d given: the unseen are found from overlaps", lists);
    if (lists > ESTIMATE_LISTS) FAIL(ST_LIMIT, "%d lists given, at most %d can be handled: merge some", lists, ESTIMATE_LISTS);
    overlap o = {.lists = lists, .cells = (size_t)1 << lists};
    for (int i = 0; i < lists; i++) {
        o.name[i] = arena_copy(out, names[i], strlen(names[i]));
        if (!o.name[i]) FAIL(ST_NO_MEMORY, "out of memory (list names)");
    }
    ALLOC(out, o.count, o.cells);
    *result = o;
    return ST_OK;
}

void
overlap_superset_sums(int lists, const double count[], double sums[])
{
    size_t cells = (size_t)1 << lists;
    memcpy(sums, count, cells * sizeof *sums);
    zeta_supersets(lists, sums);
}

status
overlap_check(overlap *o)
{
    double total = 0;
    for (size_t s = 1; s < o->cells; s++) {
        if (o->count[s] > COUNT_LIMIT) FAIL(ST_INVALID, "a count above %d: such a table cannot be one of persons", COUNT_LIMIT);
        total += o->count[s];
    }
    if (total == 0) FAIL(ST_INVALID, "the table counts nobody: expected at least one person on a list");
    for (int i = 0; i < o->lists; i++) {
        double on = 0;
        for (size_t s = 1; s < o->cells; s++)
            if (s >> i & 1) on += o->count[s];
        if (on == 0) FAIL(ST_INVALID, "list %s: nobody is on it; leave the column out, an empty list says nothing", o->name[i]);
    }
    o->total = total;
    return ST_OK;
}

/* Which column holds what: list number, or one of these. */
enum { IS_COUNT = -1, IS_IGNORED = -2 };

static bool
among(const char *names, text name)
{
    for (const char *at = names; at && *at;) {
        size_t n = strcspn(at, ",");
        if (text_equal((text){at, n}, name)) return true;
        at += n + (at[n] == ',');
    }
    return false;
}

static status
find_columns(arena *a, const csv *c, const char *ignore, int *role, int *lists, const char *names[])
{
    int n = 0;
    bool counted = false;
    for (size_t i = 0; i < csv_columns(c); i++) {
        text header = csv_header(c, i);
        if (text_is(header, "count")) {
            if (counted) FAIL(ST_INVALID, "two columns `count`: expected one");
            role[i] = IS_COUNT;
            counted = true;
        } else if (among(ignore, header)) {
            role[i] = IS_IGNORED;
        } else {
            if (n >= ESTIMATE_LISTS)
                FAIL(ST_LIMIT, "more than %d list columns: at most %d lists can be handled, merge some", ESTIMATE_LISTS, ESTIMATE_LISTS);
            names[n] = arena_copy(a, header.bytes, header.n);
            if (!names[n]) FAIL(ST_NO_MEMORY, "out of memory (list names)");
            role[i] = n++;
        }
    }
    if (!counted) FAIL(ST_INVALID, "no column `count`: expected one 0/1 column per list and `count`");
    *lists = n;
    return ST_OK;
}

static status
read_count(text field, size_t row, double *count)
{
    int64_t whole;
    if (!text_to_int(text_trim(field), &whole))
        FAIL(ST_INVALID, "row %zu, column count: expected a whole number of persons, without fraction or empty field", row);
    if (whole < 0) FAIL(ST_INVALID, "row %zu, column count: expected a number of persons, found a negative number", row);
    if (whole > COUNT_LIMIT)
        FAIL(ST_INVALID, "row %zu, column count: above %d, more persons than a table can hold", row, COUNT_LIMIT);
    *count = (double)whole;
    return ST_OK;
}

static status
read_row(const csv *c, const csv_row *row, const int *role, overlap *o)
{
    size_t mask = 0;
    double count = 0;
    for (size_t i = 0; i < row->n; i++) {
        text field = text_trim(row->field[i]);
        if (role[i] == IS_IGNORED) continue;
        if (role[i] == IS_COUNT) {
            CHECK(read_count(field, row->number, &count));
        } else if (text_is(field, "1")) {
            mask |= (size_t)1 << role[i];
        } else if (!text_is(field, "0")) {
            text name = csv_header(c, i);
            FAIL(ST_INVALID, "row %zu, column %.*s: expected 0 or 1 (on this list or not); a column that is no list "
                 "must be left out or named a covariate", row->number, (int)name.n, name.bytes);
        }
    }
    if (mask == 0 && count > 0)
        FAIL(ST_INVALID, "row %zu: persons on no list cannot have been counted; leave the row out", row->number);
    o->count[mask] += count;
    if (o->count[mask] > COUNT_LIMIT) FAIL(ST_INVALID, "row %zu, column count: rows of the same lists add up to more than %d", row->number, COUNT_LIMIT);
    return ST_OK;
}

static status
read_rows(arena *out, csv *c, const char *ignore, overlap *result)
{
    SCRATCH(tmp);
    const char *names[ESTIMATE_LISTS];
    int *role, lists;
    ALLOC(tmp, role, csv_columns(c));
    CHECK(find_columns(tmp, c, ignore, role, &lists, names));
    CHECK(overlap_new(out, lists, names, result));
    for (;;) {
        bool more;
        csv_row row;
        CHECK(csv_next(c, &more, &row));
        if (!more) break;
        CHECK(read_row(c, &row, role, result));
    }
    return overlap_check(result);
}

status
overlap_read(arena *out, const char *path, const char *ignore, overlap *result)
{
    SCRATCH(tmp);
    csv *c;
    overlap o;
    CHECK(csv_open(tmp, path, NULL, &c));
    status code = read_rows(out, c, ignore, &o);
    if (code != ST_OK) return strstr(status_detail(), path) ? code : status_prefix(code, "%s: ", path);
    *result = o;
    return ST_OK;
}

status
overlap_read_bytes(arena *out, text bytes, const char *ignore, overlap *result)
{
    SCRATCH(tmp);
    csv *c;
    overlap o;
    CHECK(csv_open_bytes(tmp, "table", bytes, NULL, &c));
    CHECK(read_rows(out, c, ignore, &o));
    *result = o;
    return ST_OK;
}

status
overlap_from_table(arena *out, const table *victims, const char *set, const uint8_t *keep, overlap *result)
{
    column *c;
    CHECK(table_require(victims, set, &c));
    if (c->type != COLUMN_SET || !c->codes) FAIL(ST_INVALID, "column %s: expected a set of lists with its codes", set);
    const uint32_t *sets = column_set(c);
    uint32_t used = 0;
    for (size_t r = 0; r < victims->rows; r++)
        if (!keep || keep[r]) used |= sets[r];
    const char *names[32];
    int position[32], lists = 0;
    for (size_t i = 0; i < c->codes->n && i < 32; i++) {
        position[i] = lists;
        if (used >> i & 1) names[lists++] = c->codes->items[i].code;
    }
    overlap o;
    CHECK(overlap_new(out, lists, names, &o));
    for (size_t r = 0; r < victims->rows; r++) {
        size_t mask = 0;
        if (keep && !keep[r]) continue;
        for (uint32_t left = sets[r]; left; left &= left - 1) mask |= (size_t)1 << position[__builtin_ctz(left)];
        if (mask) o.count[mask]++;
    }
    CHECK(overlap_check(&o));
    *result = o;
    return ST_OK;
}

status
overlap_without(arena *out, const overlap *o, int list, overlap *result)
{
    const char *names[ESTIMATE_LISTS];
    int n = 0;
    for (int i = 0; i < o->lists; i++)
        if (i != list) names[n++] = o->name[i];
    overlap r;
    CHECK(overlap_new(out, n, names, &r));
    size_t low = ((size_t)1 << list) - 1;
    for (size_t s = 1; s < o->cells; s++) r.count[(s & low) | (s >> 1 & ~low)] += o->count[s];
    r.count[0] = 0;
    CHECK(overlap_check(&r));
    *result = r;
    return ST_OK;
}

status
overlap_merge(arena *out, const overlap *o, int a, int b, overlap *result)
{
    SCRATCH(tmp);
    const char *names[ESTIMATE_LISTS];
    int n = 0;
    for (int i = 0; i < o->lists; i++)
        if (i != b) names[n++] = i == a ? arena_printf(tmp, "%s+%s", o->name[a], o->name[b]) : o->name[i];
    if (!names[a]) FAIL(ST_NO_MEMORY, "out of memory (list names)");
    overlap r;
    CHECK(overlap_new(out, n, names, &r));
    size_t low = ((size_t)1 << b) - 1;
    for (size_t s = 1; s < o->cells; s++) {
        size_t merged = s >> b & 1 ? s | (size_t)1 << a : s;
        r.count[(merged & low) | (merged >> 1 & ~low)] += o->count[s];
    }
    CHECK(overlap_check(&r));
    *result = r;
    return ST_OK;
}

/* Keep the lists of `used` and the combinations counted. */
static status
compress(arena *out, int lists, const char *const names[], size_t used, const double count[], overlap *result)
{
    const char *kept[ESTIMATE_LISTS] = {NULL};
    int position[ESTIMATE_LISTS], n = 0;
    overlap o;
    for (int i = 0; i < lists; i++) {
        position[i] = n;
        if (used >> i & 1) kept[n++] = names[i];
    }
    CHECK(overlap_new(out, n, kept, &o));
    for (size_t s = 1; s < (size_t)1 << lists; s++) {
        size_t mask = 0;
        for (size_t left = s & used; left; left &= left - 1) mask |= (size_t)1 << position[__builtin_ctzll(left)];
        if (mask) o.count[mask] += count[s];
    }
    CHECK(overlap_check(&o));
    *result = o;
    return ST_OK;
}

status
overlap_within(arena *out, const overlap *o, int list, overlap *result)
{
    SCRATCH(tmp);
    size_t bit = (size_t)1 << list, used = 0;
    double *count;
    ALLOC(tmp, count, o->cells);
    for (size_t s = 1; s < o->cells; s++) {
        if (!(s & bit) || !(o->count[s] > 0)) continue;
        used |= s & ~bit;
        count[s & ~bit] = o->count[s];
    }
    count[0] = 0;
    return compress(out, o->lists, o->name, used, count, result);
}

status
overlap_of_counts(arena *out, int lists, const double count[], overlap *result)
{
    SCRATCH(tmp);
    const char *names[ESTIMATE_LISTS];
    size_t used = 0;
    if (lists > ESTIMATE_LISTS) FAIL(ST_LIMIT, "%d lists given, at most %d can be handled: merge some", lists, ESTIMATE_LISTS);
    for (int i = 0; i < lists; i++)
        if (!(names[i] = arena_printf(tmp, "%d", i + 1))) FAIL(ST_NO_MEMORY, "out of memory (list names)");
    for (size_t s = 1; s < (size_t)1 << lists; s++)
        if (count[s] > 0) used |= s;
    return compress(out, lists, names, used, count, result);
}

static status
pattern_mask(text pattern, int lists, size_t *mask)
{
    size_t m = 0;
    bool right = pattern.n == (size_t)lists;
    for (size_t i = 0; right && i < pattern.n; i++) {
        right = pattern.bytes[i] == '0' || pattern.bytes[i] == '1';
        if (pattern.bytes[i] == '1') m |= (size_t)1 << i;
    }
    if (!right || m == 0)
        FAIL(ST_INVALID, "column %.*s: expected a pattern of %d digits 0 and 1, not all 0", (int)pattern.n, pattern.bytes, lists);
    *mask = m;
    return ST_OK;
}

static status
count_rows(arena *a, const char *path, size_t *n)
{
    csv *c;
    CHECK(csv_open(a, path, NULL, &c));
    for (*n = 0;; ++*n) {
        bool more;
        csv_row row;
        CHECK(csv_next(c, &more, &row));
        if (!more) return ST_OK;
    }
}

status
overlap_read_resamples(arena *out, const char *path, const overlap *o, size_t *n, double **counts)
{
    SCRATCH(tmp);
    csv *c;
    size_t rows, *mask;
    double *data;
    CHECK(count_rows(tmp, path, &rows));
    CHECK(csv_open(tmp, path, NULL, &c));
    ALLOC(tmp, mask, csv_columns(c));
    for (size_t i = 0; i < csv_columns(c); i++) {
        status code = pattern_mask(csv_header(c, i), o->lists, &mask[i]);
        if (code != ST_OK) return status_prefix(code, "%s: ", path);
    }
    ALLOC(out, data, rows * o->cells);
    for (size_t r = 0; r < rows; r++) {
        bool more;
        csv_row row;
        CHECK(csv_next(c, &more, &row));
        for (size_t i = 0; i < row.n; i++) {
            double count;
            status code = read_count(row.field[i], row.number, &count);
            if (code != ST_OK) return status_prefix(code, "%s: ", path);
            data[r * o->cells + mask[i]] += count;
        }
    }
    *n = rows, *counts = data;
    return ST_OK;
}
