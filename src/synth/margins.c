#include "synth/margins.h"

#include "base/file.h"
#include "table/csv.h"

#include <math.h>

/* The places of the named columns in the file. */
static status
find_columns(const csv *c, const char *path, size_t n, const char *const name[], int at[])
{
    for (size_t i = 0; i < n; i++) {
        at[i] = csv_find(c, name[i]);
        if (at[i] < 0) FAIL(ST_CONFIG, "%s: expected a column %s", path, name[i]);
    }
    return ST_OK;
}

static status
copy(arena *out, text value, const char **result)
{
    *result = arena_copy(out, value.bytes, value.n);
    if (!*result) FAIL(ST_NO_MEMORY, "out of memory (margins)");
    return ST_OK;
}

static status
add_margin(arena *out, const char *path, const csv_row *row, const int at[4], synth_margin *m)
{
    int64_t value;
    if (!text_to_int(row->field[at[3]], &value) || value < 0 || value > 10000000)
        FAIL(ST_CONFIG, "%s: row %zu: column value: expected a whole number of at least 0", path, row->number);
    CHECK(copy(out, row->field[at[0]], &m->figure));
    CHECK(copy(out, row->field[at[1]], &m->row));
    CHECK(copy(out, row->field[at[2]], &m->column));
    m->value = (int)value;
    return ST_OK;
}

static status
read_margins(arena *out, const char *path, synth_published *p)
{
    SCRATCH(tmp);
    enum { LIMIT = 4096 };
    static const char *const name[] = {"figure", "row", "column", "value"};
    csv *c;
    int at[4];
    CHECK(csv_open(tmp, path, NULL, &c));
    CHECK(find_columns(c, path, 4, name, at));
    synth_margin *list;
    ALLOC(out, list, LIMIT);
    size_t n = 0;
    for (;;) {
        bool more;
        csv_row row;
        CHECK(csv_next(c, &more, &row));
        if (!more) break;
        if (n == LIMIT) FAIL(ST_CONFIG, "%s: more than %d rows", path, LIMIT);
        CHECK(add_margin(out, path, &row, at, &list[n]));
        *p = (synth_published){.margins = n, .margin = list};
        if (synth_margin_find(p, list[n].figure, list[n].row, list[n].column) >= 0)
            FAIL(ST_CONFIG, "%s: row %zu: this cell stands twice", path, row.number);
        n++;
    }
    *p = (synth_published){.margins = n, .margin = list};
    return ST_OK;
}

static status
read_facts(arena *out, const char *path, synth_published *p)
{
    SCRATCH(tmp);
    enum { LIMIT = 1024 };
    static const char *const name[] = {"id", "value"};
    csv *c;
    int at[2];
    CHECK(csv_open(tmp, path, NULL, &c));
    CHECK(find_columns(c, path, 2, name, at));
    synth_fact *list;
    ALLOC(out, list, LIMIT);
    size_t n = 0;
    for (;;) {
        bool more;
        csv_row row;
        CHECK(csv_next(c, &more, &row));
        if (!more) break;
        if (n == LIMIT) FAIL(ST_CONFIG, "%s: more than %d rows", path, LIMIT);
        CHECK(copy(out, row.field[at[0]], &list[n].id));
        text value = row.field[at[1]];
        list[n].value = NAN;
        if (value.n && !text_to_double(value, &list[n].value))
            FAIL(ST_CONFIG, "%s: row %zu: column value: expected a number or nothing", path, row.number);
        n++;
    }
    p->facts = n;
    p->fact = list;
    return ST_OK;
}

status
synth_published_read(arena *out, const char *folder, synth_published *result)
{
    SCRATCH(tmp);
    char *margins = path_join(tmp, folder, "margins.csv"), *facts = path_join(tmp, folder, "facts.csv");
    if (!margins || !facts) FAIL(ST_NO_MEMORY, "out of memory (margins)");
    synth_published p = {0};
    CHECK(read_margins(out, margins, &p));
    CHECK(read_facts(out, facts, &p));
    *result = p;
    return ST_OK;
}

int
synth_margin_find(const synth_published *p, const char *figure, const char *row, const char *column)
{
    for (size_t i = 0; i < p->margins; i++) {
        const synth_margin *m = &p->margin[i];
        if (strcmp(m->figure, figure) == 0 && strcmp(m->row, row) == 0 && strcmp(m->column, column) == 0) return m->value;
    }
    return -1;
}

status
synth_margin_get(const synth_published *p, const char *figure, const char *row, const char *column, int *value)
{
    int found = synth_margin_find(p, figure, row, column);
    if (found < 0) FAIL(ST_CONFIG, "margins.csv: figure %s, row %s, column %s is missing", figure, row, column);
    *value = found;
    return ST_OK;
}

status
synth_fact_get(const synth_published *p, const char *id, double *value)
{
    for (size_t i = 0; i < p->facts; i++) {
        if (strcmp(p->fact[i].id, id) != 0) continue;
        if (isnan(p->fact[i].value)) FAIL(ST_CONFIG, "facts.csv: fact %s has no number", id);
        *value = p->fact[i].value;
        return ST_OK;
    }
    FAIL(ST_CONFIG, "facts.csv: fact %s is missing", id);
}
