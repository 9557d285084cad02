#include "estimate/strata.h"

#include "table/csv.h"

#include <stdlib.h>

int
strata_level(const strata *s, size_t g, int j)
{
    for (int i = s->covariates - 1; i > j; i--) g /= (size_t)s->levels[i];
    return (int)(g % (size_t)s->levels[j]);
}

/* A record as read: lists, covariate values, persons. */
typedef struct record {
    size_t mask;
    const char *value[STRATA_COVARIATES]; /* NULL: unknown */
    double count;
} record;

static int
compare_labels(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static status
find_levels(strata *s, int j, size_t n, const record records[])
{
    for (size_t r = 0; r < n; r++) {
        const char *value = records[r].value[j];
        bool known = !value;
        for (int l = 0; l < s->levels[j] && !known; l++) known = strcmp(s->label[j][l], value) == 0;
        if (known) continue;
        if (s->levels[j] == STRATA_LEVELS)
            FAIL(ST_LIMIT, "covariate %s: more than %d levels, group them", s->covariate[j], STRATA_LEVELS);
        s->label[j][s->levels[j]++] = value;
    }
    if (s->levels[j] == 0) FAIL(ST_INVALID, "covariate %s: unknown for everybody, leave it out", s->covariate[j]);
    qsort(s->label[j], (size_t)s->levels[j], sizeof *s->label[j], compare_labels);
    return ST_OK;
}

static int
level_of(const strata *s, int j, const char *value)
{
    for (int l = 0; value && l < s->levels[j]; l++)
        if (strcmp(s->label[j][l], value) == 0) return l;
    return -1;
}

static void
add_partial(strata *s, const strata_partial *p)
{
    for (size_t i = 0; i < s->partials; i++) {
        strata_partial *q = &s->partial[i];
        if (q->mask != p->mask || memcmp(q->level, p->level, sizeof p->level) != 0) continue;
        q->count += p->count;
        return;
    }
    s->partial[s->partials++] = *p;
}

static void
add_record(strata *s, const record *r)
{
    strata_partial p = {.mask = r->mask, .count = r->count};
    size_t g = 0;
    bool whole = true;
    for (int j = 0; j < s->covariates; j++) {
        p.level[j] = level_of(s, j, r->value[j]);
        whole &= p.level[j] >= 0;
        g = g * (size_t)s->levels[j] + (size_t)(p.level[j] < 0 ? 0 : p.level[j]);
    }
    s->total += r->count;
    if (whole) s->count[g * s->cells + r->mask] += r->count;
    else add_partial(s, &p);
}

static status
build(arena *out, strata *s, size_t n, const record records[])
{
    if (s->lists < 2) FAIL(ST_INVALID, "an estimate needs at least two lists, %d given", s->lists);
    s->cells = (size_t)1 << s->lists;
    s->n = 1;
    for (int j = 0; j < s->covariates; j++) {
        CHECK(find_levels(s, j, n, records));
        s->n *= (size_t)s->levels[j];
        if (s->n > STRATA_LIMIT) FAIL(ST_LIMIT, "more than %d strata: leave a covariate out or group its levels", STRATA_LIMIT);
    }
    ALLOC(out, s->count, s->n * s->cells);
    ALLOC(out, s->partial, n);
    for (size_t r = 0; r < n; r++)
        if (records[r].count > 0) add_record(s, &records[r]);
    for (int i = 0; i < s->lists; i++) {
        bool any = false;
        for (size_t r = 0; r < n && !any; r++) any = records[r].mask >> i & 1 && records[r].count > 0;
        if (!any) FAIL(ST_INVALID, "list %s: nobody is on it; leave the column out", s->list[i]);
    }
    return ST_OK;
}

enum { IS_COUNT = -1 };

static status
find_columns(arena *out, const csv *c, const char *covariates, strata *s, int role[])
{
    bool counted = false;
    for (const char *at = covariates; *at;) {
        size_t n = strcspn(at, ",");
        if (s->covariates == STRATA_COVARIATES) FAIL(ST_LIMIT, "more than %d covariates", STRATA_COVARIATES);
        char *name = arena_copy(out, at, n);
        if (!name) FAIL(ST_NO_MEMORY, "out of memory (covariates)");
        if (csv_find(c, name) < 0) FAIL(ST_INVALID, "no column %s: --covariates names columns of the file", name);
        s->covariate[s->covariates++] = name;
        at += n + (at[n] == ',');
    }
    for (size_t i = 0; i < csv_columns(c); i++) {
        text header = csv_header(c, i);
        role[i] = STRATA_COVARIATES;
        for (int j = 0; j < s->covariates; j++)
            if (text_is(header, s->covariate[j])) role[i] = 1000 + j;
        if (text_is(header, "count")) role[i] = IS_COUNT, counted = true;
        if (role[i] != STRATA_COVARIATES) continue;
        if (s->lists == ESTIMATE_LISTS) FAIL(ST_LIMIT, "more than %d lists", ESTIMATE_LISTS);
        s->list[s->lists] = arena_copy(out, header.bytes, header.n);
        if (!s->list[s->lists]) FAIL(ST_NO_MEMORY, "out of memory (lists)");
        role[i] = s->lists++;
    }
    if (!counted) FAIL(ST_INVALID, "no column `count`");
    return ST_OK;
}

static status
read_record(arena *out, const csv *c, const csv_row *row, const int role[], record *r)
{
    *r = (record){0};
    for (size_t i = 0; i < row->n; i++) {
        text field = text_trim(row->field[i]), name = csv_header(c, i);
        int64_t whole;
        if (role[i] == IS_COUNT) {
            if (!text_to_int(field, &whole) || whole < 0 || whole > INT32_MAX)
                FAIL(ST_INVALID, "row %zu, column count: expected a whole number from 0 to 2147483647", row->number);
            r->count = (double)whole;
        } else if (role[i] >= 1000) {
            if (field.n) r->value[role[i] - 1000] = arena_copy(out, field.bytes, field.n);
        } else if (text_is(field, "1")) {
            r->mask |= (size_t)1 << role[i];
        } else if (!text_is(field, "0")) {
            FAIL(ST_INVALID, "row %zu, column %.*s: expected 0 or 1 (a list), or name the column with --covariates", row->number,
                 (int)name.n, name.bytes);
        }
    }
    if (!r->mask && r->count > 0) FAIL(ST_INVALID, "row %zu: persons on no list cannot have been counted", row->number);
    return ST_OK;
}

static status
read_records(arena *out, const char *path, const char *covariates, strata *s)
{
    SCRATCH(tmp);
    csv *c;
    int *role;
    size_t n = 0, room = 1024;
    record *records;
    CHECK(csv_open(tmp, path, NULL, &c));
    ALLOC(tmp, role, csv_columns(c));
    ALLOC(tmp, records, room);
    CHECK(find_columns(out, c, covariates, s, role));
    for (;;) {
        bool more;
        csv_row row;
        CHECK(csv_next(c, &more, &row));
        if (!more) break;
        if (n == room) {
            record *larger;
            ALLOC(tmp, larger, 2 * room);
            memcpy(larger, records, n * sizeof *records);
            records = larger, room *= 2;
        }
        CHECK(read_record(out, c, &row, role, &records[n++]));
    }
    return build(out, s, n, records);
}

status
strata_read(arena *out, const char *path, const char *covariates, strata *result)
{
    strata s = {0};
    status code = read_records(out, path, covariates, &s);
    if (code != ST_OK) return strstr(status_detail(), path) ? code : status_prefix(code, "%s: ", path);
    *result = s;
    return ST_OK;
}

/* The value of a covariate of one victim as a label; NULL when missing. */
static status
value_of(arena *out, const column *c, size_t row, const char **label)
{
    *label = NULL;
    if (c->type == COLUMN_TEXT) {
        text t = column_text(c, row);
        if (t.n) *label = arena_copy(out, t.bytes, t.n);
        return ST_OK;
    }
    int64_t value = column_value(c, row);
    if (value == INT64_MIN) return ST_OK;
    if (c->codes && value >= 0 && (size_t)value < c->codes->n) *label = c->codes->items[value].code;
    else *label = arena_printf(out, "%lld", (long long)value);
    if (!*label) FAIL(ST_NO_MEMORY, "out of memory (covariates)");
    return ST_OK;
}

status
strata_from_table(arena *out, const table *victims, const char *set, size_t n, const char *const covariates[], strata *result)
{
    SCRATCH(tmp);
    strata s = {.covariates = (int)n};
    column *lists, *c;
    record *records;
    if (n > STRATA_COVARIATES) FAIL(ST_LIMIT, "more than %d covariates", STRATA_COVARIATES);
    CHECK(table_require(victims, set, &lists));
    if (lists->type != COLUMN_SET || !lists->codes) FAIL(ST_INVALID, "column %s: expected a set of lists with its codes", set);
    ALLOC(tmp, records, victims->rows);
    uint32_t used = 0;
    int position[32];
    for (size_t r = 0; r < victims->rows; r++) used |= column_set(lists)[r];
    for (size_t i = 0; i < lists->codes->n && i < 32; i++) {
        position[i] = s.lists;
        if (!(used >> i & 1)) continue;
        if (s.lists == ESTIMATE_LISTS) FAIL(ST_LIMIT, "more than %d lists", ESTIMATE_LISTS);
        s.list[s.lists++] = lists->codes->items[i].code;
    }
    for (size_t j = 0; j < n; j++) {
        s.covariate[j] = covariates[j];
        CHECK(table_require(victims, covariates[j], &c));
        for (size_t r = 0; r < victims->rows; r++) CHECK(value_of(out, c, r, &records[r].value[j]));
    }
    for (size_t r = 0; r < victims->rows; r++) {
        for (uint32_t left = column_set(lists)[r]; left; left &= left - 1)
            records[r].mask |= (size_t)1 << position[__builtin_ctz(left)];
        records[r].count = records[r].mask ? 1 : 0;
    }
    CHECK(build(out, &s, victims->rows, records));
    *result = s;
    return ST_OK;
}
