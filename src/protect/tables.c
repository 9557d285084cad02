#include "protect/tables.h"

#include "base/file.h"
#include "table/csv.h"

#include <stdlib.h>

/* Names met in a column, before they get their numbers. */
typedef struct name_list {
    size_t n, capacity;
    const char **name;
} name_list;

static const char *
last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static status
open_table(arena *a, const char *path, csv **c, int *count)
{
    CHECK(csv_open(a, path, NULL, c));
    *count = csv_find(*c, "count");
    if (*count < 0) FAIL(ST_INVALID, "%s: no column count: expected a column for each dimension and count", path);
    if (csv_columns(*c) < 2) FAIL(ST_INVALID, "%s: no dimensions: expected a column for each dimension and count", path);
    return ST_OK;
}

static status
note_name(arena *a, name_list *l, text name)
{
    for (size_t i = 0; i < l->n; i++)
        if (text_is(name, l->name[i])) return ST_OK;
    if (l->n == l->capacity) {
        const char **more;
        ALLOC(a, more, 2 * l->capacity + 32);
        if (l->n) memcpy(more, l->name, l->n * sizeof *more);
        l->name = more;
        l->capacity = 2 * l->capacity + 32;
    }
    l->name[l->n] = arena_copy(a, name.bytes, name.n);
    if (!l->name[l->n++]) FAIL(ST_NO_MEMORY, "out of memory (codes)");
    return ST_OK;
}

static int
by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static status
name_declared(protect_system *s, uint16_t d, const spec_dimension *dimension)
{
    uint16_t code;
    for (unsigned g = 0; dimension && g < dimension->groups_count; g++) {
        const spec_group *group = &dimension->groups[g];
        const char *own = spec_merged(dimension, group->code);
        if (!own || strcmp(own, group->code) != 0) continue;
        if (strcmp(own, spec_total(dimension)) != 0) CHECK(system_code_find(s, d, own, &code));
        for (unsigned i = 0; i < group->parts_count; i++) {
            const char *part = spec_merged(dimension, group->parts[i]);
            if (part) CHECK(system_code_find(s, d, part, &code));
        }
    }
    return ST_OK;
}

/* Codes of every column of one file; the dimensions become known to the system. */
static status
scan(arena *a, const protect_spec *spec, const char *path, protect_system *s, name_list list[], protect_file *f)
{
    SCRATCH(tmp);
    csv *c;
    int count;
    CHECK(open_table(tmp, path, &c, &count));
    *f = (protect_file){.path = path, .name = last_part(path)};
    CHECK(system_population_find(s, spec_population(spec, f->name), &f->population));
    ALLOC(a, f->dimension, csv_columns(c));
    ALLOC(a, f->column, csv_columns(c));
    for (size_t k = 0; k < csv_columns(c); k++) {
        if ((int)k == count || spec_is_amount(spec, csv_header(c, k))) continue;
        f->column[f->dimensions] = k;
        char *name = arena_copy(a, csv_header(c, k).bytes, csv_header(c, k).n);
        if (!name) FAIL(ST_NO_MEMORY, "out of memory (dimensions)");
        CHECK(system_dimension_find(s, name, &f->dimension[f->dimensions++]));
    }
    for (;;) {
        bool more;
        csv_row row;
        CHECK(csv_next(c, &more, &row));
        if (!more) return ST_OK;
        for (size_t d = 0; d < f->dimensions; d++) CHECK(note_name(a, &list[f->dimension[d]], row.field[f->column[d]]));
    }
}

static status
name_codes(const protect_spec *spec, protect_system *s, uint16_t d, name_list *l)
{
    const spec_dimension *dimension = spec_find(spec, s->dimension[d].name);
    uint16_t code;
    CHECK(name_declared(s, d, dimension));
    if (l->n) qsort(l->name, l->n, sizeof *l->name, by_bytes);
    for (size_t i = 0; i < l->n; i++) {
        const char *name = spec_merged(dimension, l->name[i]);
        if (name && strcmp(name, spec_total(dimension)) != 0) CHECK(system_code_find(s, d, name, &code));
    }
    return ST_OK;
}


status
tables_name(arena *a, const protect_spec *spec, size_t n, const char *const path[], protect_system *s, protect_file file[])
{
    SCRATCH(tmp);
    name_list *list;
    ALLOC(tmp, list, SYSTEM_DIMENSIONS);
    for (size_t i = 0; i < n; i++) CHECK(scan(a, spec, path[i], s, list, &file[i]));
    for (uint16_t d = 0; d < s->dimensions; d++) CHECK(name_codes(spec, s, d, &list[d]));
    return ST_OK;
}

enum { LONGEST_CODE = 512 };

/* The code of a field: SYSTEM_NONE when its rows are dropped. merged: it stands for another. */
static status
parse_code(const protect_file *f, const csv_row *row, size_t column, const spec_dimension *spec, const system_dimension *d, bool *merged,
           uint32_t *code)
{
    char own[LONGEST_CODE];
    text field = row->field[column];
    if (field.n >= sizeof own) FAIL(ST_INVALID, "%s, row %zu: a code of more than %d bytes", f->path, row->number, LONGEST_CODE - 1);
    memcpy(own, field.bytes, field.n);
    own[field.n] = 0;
    const char *name = spec_merged(spec, own);
    *code = SYSTEM_NONE;
    if (!name) return ST_OK;
    *merged |= name != own;
    *code = 0;
    if (strcmp(name, spec_total(spec)) == 0) return ST_OK;
    for (uint16_t c = 1; c < d->n && !*code; c++)
        if (strcmp(name, d->code[c]) == 0) *code = c;
    return ST_OK;
}

/* One row: its codes; used false when it is dropped. */
static status
parse_row(const protect_spec *spec, const protect_system *s, const protect_file *f, const csv_row *row, uint16_t code[], bool *merged,
          bool *used)
{
    *merged = false;
    *used = true;
    for (size_t d = 0; d < f->dimensions; d++) {
        const system_dimension *dimension = &s->dimension[f->dimension[d]];
        uint32_t found;
        CHECK(parse_code(f, row, f->column[d], spec_find(spec, dimension->name), dimension, merged, &found));
        if (found == SYSTEM_NONE) *used = false;
        code[d] = (uint16_t)found;
    }
    return ST_OK;
}

status
tables_cell(const protect_spec *spec, const protect_system *s, const protect_file *f, const csv_row *row, uint32_t *cell)
{
    SCRATCH(tmp);
    uint16_t *code, *key;
    bool merged, used;
    ALLOC(tmp, code, f->dimensions);
    ALLOC(tmp, key, s->width);
    CHECK(parse_row(spec, s, f, row, code, &merged, &used));
    key[0] = f->population;
    for (size_t d = 0; d < f->dimensions; d++) key[f->dimension[d] + 1] = code[d];
    *cell = used ? system_find(s, key) : SYSTEM_NONE;
    return ST_OK;
}

typedef struct file_row {
    size_t number;
    int64_t value;
    bool merged; /* one of several that stand for one combination */
} file_row;

static status
load_rows(arena *tmp, const protect_spec *spec, bool hidden, const protect_system *s, const protect_file *f, size_t *n,
          uint16_t **codes, file_row **rows)
{
    csv *c;
    int count;
    size_t capacity = 0;
    CHECK(open_table(tmp, f->path, &c, &count));
    for (*n = 0;;) {
        bool more, used, merged;
        csv_row row;
        CHECK(csv_next(c, &more, &row));
        if (!more) return ST_OK;
        if (*n == capacity) {
            uint16_t *wider;
            file_row *longer;
            capacity = 2 * capacity + 1024;
            ALLOC(tmp, wider, capacity * f->dimensions);
            ALLOC(tmp, longer, capacity);
            if (*n) memcpy(wider, *codes, *n * f->dimensions * sizeof *wider);
            if (*n) memcpy(longer, *rows, *n * sizeof *longer);
            *codes = wider;
            *rows = longer;
        }
        CHECK(parse_row(spec, s, f, &row, *codes + *n * f->dimensions, &merged, &used));
        if (!used) continue;
        file_row *r = &(*rows)[(*n)++];
        *r = (file_row){row.number, TABLES_HIDDEN, merged};
        if (hidden && (merged || row.field[count].n == 0)) continue; /* released parts add up with all their deviations */
        if (!text_to_int(row.field[count], &r->value) || r->value < 0 || r->value > INT32_MAX)
            FAIL(ST_INVALID, "%s, row %zu, column count: expected a whole number from 0 to 2147483647", f->path, row.number);
    }
}

/* Which codes stand in each column, in the system's order. */
static status
list_codes(arena *a, const protect_system *s, protect_file *f, size_t n, const uint16_t codes[])
{
    ALLOC(a, f->codes, f->dimensions);
    ALLOC(a, f->code, f->dimensions);
    f->n = 1;
    for (size_t d = 0; d < f->dimensions; d++) {
        SCRATCH(tmp);
        size_t all = s->dimension[f->dimension[d]].n;
        bool *used;
        ALLOC(tmp, used, all);
        ALLOC(a, f->code[d], all);
        for (size_t i = 0; i < n; i++) used[codes[i * f->dimensions + d]] = true;
        for (uint16_t c = 0; c < all; c++)
            if (used[c]) f->code[d][f->codes[d]++] = c;
        f->n *= f->codes[d];
        if (f->n > 10000000) FAIL(ST_LIMIT, "%s: more than ten million combinations of codes", f->path);
    }
    return ST_OK;
}

static size_t
place_of(const protect_file *f, const uint16_t code[])
{
    size_t at = 0;
    for (size_t d = 0; d < f->dimensions; d++) {
        size_t k = 0;
        while (k < f->codes[d] && f->code[d][k] != code[d]) k++;
        if (k == f->codes[d]) return SIZE_MAX;
        at = at * f->codes[d] + k;
    }
    return at;
}

static void
codes_at(const protect_file *f, size_t at, uint16_t code[])
{
    for (size_t d = f->dimensions; d-- > 0; at /= f->codes[d]) code[d] = f->code[d][at % f->codes[d]];
}

enum { NOT_LISTED = -2 };

/* A combination that is not listed: the sum of its parts where these stand in the table, else nobody. */
static int64_t
fill(const protect_system *s, protect_file *f, size_t at)
{
    if (f->value[at] != NOT_LISTED) return f->value[at];
    uint16_t code[SYSTEM_DIMENSIONS];
    codes_at(f, at, code);
    for (size_t d = 0; d < f->dimensions; d++)
        for (size_t p = 0; p < s->partitions; p++) {
            const system_partition *part = &s->partition[p];
            if (part->dimension != f->dimension[d] || part->parent != code[d] || !part->exclusive) continue;
            uint16_t own = code[d];
            int64_t sum = 0;
            size_t i = 0;
            for (; i < part->n; i++) {
                code[d] = part->child[i];
                size_t child = place_of(f, code);
                if (child == SIZE_MAX) break;
                int64_t v = fill(s, f, child);
                if (v == TABLES_HIDDEN) break;
                sum += v;
            }
            code[d] = own;
            if (i == part->n) return f->value[at] = sum;
        }
    return f->value[at] = 0;
}

status
tables_read(arena *a, const protect_spec *spec, bool hidden, const protect_system *s, protect_file *f)
{
    SCRATCH(tmp);
    size_t n;
    uint16_t *codes = NULL;
    file_row *rows = NULL;
    CHECK(load_rows(tmp, spec, hidden, s, f, &n, &codes, &rows));
    if (n == 0) FAIL(ST_INVALID, "%s: no rows below the header", f->path);
    CHECK(list_codes(a, s, f, n, codes));
    ALLOC(a, f->value, f->n);
    for (size_t i = 0; i < f->n; i++) f->value[i] = NOT_LISTED;
    for (size_t i = 0; i < n; i++) {
        size_t at = place_of(f, codes + i * f->dimensions);
        if (f->value[at] != NOT_LISTED && !rows[i].merged)
            FAIL(ST_INVALID, "%s, row %zu: this combination of codes stands in an earlier row too", f->path, rows[i].number);
        if (f->value[at] == NOT_LISTED) f->value[at] = rows[i].value;
        else if (f->value[at] == TABLES_HIDDEN || rows[i].value == TABLES_HIDDEN) f->value[at] = TABLES_HIDDEN;
        else f->value[at] += rows[i].value;
    }
    for (size_t i = 0; i < f->n; i++) (void)fill(s, f, i);
    return ST_OK;
}

status
tables_place(protect_system *s, size_t n, protect_file file[])
{
    SCRATCH(tmp);
    uint16_t *key;
    ALLOC(tmp, key, s->width);
    for (size_t i = 0; i < n; i++) {
        protect_file *f = &file[i];
        ALLOC(s->a, f->cell, f->n);
        for (size_t at = 0; at < f->n; at++) {
            uint16_t code[SYSTEM_DIMENSIONS];
            codes_at(f, at, code);
            memset(key, 0, s->width * sizeof *key);
            key[0] = f->population;
            for (size_t d = 0; d < f->dimensions; d++) key[f->dimension[d] + 1] = code[d];
            uint32_t known = system_find(s, key);
            int64_t value = f->value[at];
            if (known != SYSTEM_NONE && s->value[known] == TABLES_HIDDEN) s->value[known] = value;
            if (known != SYSTEM_NONE && value == TABLES_HIDDEN) value = s->value[known];
            CHECK(system_add(s, key, value, f->name, &f->cell[at]));
        }
    }
    return ST_OK;
}

static void
put_header(text_builder *b, const protect_system *s, const protect_file *f)
{
    for (size_t d = 0; d < f->dimensions; d++) {
        csv_put_field(b, text_of(s->dimension[f->dimension[d]].name));
        text_put_char(b, ',');
    }
    text_put(b, "count");
    for (size_t k = 0; k < f->extras; k++) {
        text_put_char(b, ',');
        csv_put_field(b, text_of(f->extra[k].name));
    }
    text_put_char(b, '\n');
}

status
tables_write(const protect_spec *spec, const protect_system *s, const protect_file *f, const int64_t value[], const uint8_t hidden[],
             const char *path)
{
    SCRATCH(tmp);
    text_builder b = text_builder_new(tmp);
    text out;
    put_header(&b, s, f);
    for (size_t at = 0; at < f->n; at++) {
        uint16_t code[SYSTEM_DIMENSIONS];
        codes_at(f, at, code);
        for (size_t d = 0; d < f->dimensions; d++) {
            const system_dimension *dimension = &s->dimension[f->dimension[d]];
            csv_put_field(&b, text_of(code[d] ? dimension->code[code[d]] : spec_total(spec_find(spec, dimension->name))));
            text_put_char(&b, ',');
        }
        uint32_t cell = f->cell[at];
        if (value[cell] != TABLES_HIDDEN && !(hidden && hidden[cell])) text_printf(&b, "%lld", (long long)value[cell]);
        for (size_t k = 0; k < f->extras; k++) {
            text_put_char(&b, ',');
            if (f->extra[k].text[cell]) text_put(&b, f->extra[k].text[cell]);
        }
        text_put_char(&b, '\n');
    }
    CHECK(text_builder_end(&b, &out));
    return file_write(path, out);
}
