#include "protect/printed.h"

#include "base/file.h"
#include "table/csv.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

double
printed_digits(arena *a, double value, int digits, const char **text)
{
    char bytes[40];
    snprintf(bytes, sizeof bytes, "%.*e", digits - 1, value);
    double shown = strtod(bytes, NULL);
    if (!text) return shown;
    double size = shown != 0 ? floor(log10(fabs(shown))) : 0;
    int decimals = size < digits - 1 ? digits - 1 - (int)size : 0;
    snprintf(bytes, sizeof bytes, "%.*f", decimals, shown);
    *text = arena_copy(a, bytes, strlen(bytes));
    return shown;
}

static int
decimals_in(text field)
{
    const char *point = memchr(field.bytes, '.', field.n);
    return point ? (int)(field.bytes + field.n - point) - 1 : 0;
}

/* Columns by the count they stand beside. */
static status
read_share(arena *a, const release_data *d, printed_share *p)
{
    SCRATCH(tmp);
    const protect_file *f = NULL;
    uint32_t *at;
    csv *c;
    (void)a;
    for (size_t i = 0; i < d->n; i++)
        if (strcmp(d->file[i].name, p->spec->file) == 0) f = &d->file[i];
    if (!f) return ST_OK;
    CHECK(csv_open(tmp, f->path, NULL, &c));
    int column = csv_find(c, p->spec->name);
    if (column < 0) return ST_OK;
    ALLOC(tmp, at, d->system.n);
    for (size_t i = 0; i < p->n; i++) at[p->part[i]] = (uint32_t)i;
    for (;;) {
        bool more;
        csv_row row;
        uint32_t cell;
        CHECK(csv_next(c, &more, &row));
        if (!more) return ST_OK;
        CHECK(tables_cell(&d->spec, &d->system, f, &row, &cell));
        text field = row.field[column];
        if (cell == SYSTEM_NONE || field.n == 0) continue;
        double value;
        if (!text_to_double(field, &value) || value < 0) FAIL(ST_INVALID, "%s, row %zu, column %s: expected a percentage or nothing", f->path, row.number, p->spec->name);
        if (p->base[at[cell]] == SYSTEM_NONE) continue;
        if (decimals_in(field) > p->decimals) p->decimals = decimals_in(field);
        p->value[at[cell]] = value;
        p->shown++;
    }
}

/* Percentages that the released counts do not give are of exact ones. */
static void
judge_share(const int64_t released[], printed_share *p)
{
    double half = 0.5 * pow(10, -p->decimals) + 1e-9;
    for (size_t i = 0; i < p->n; i++) {
        if (isnan(p->value[i])) continue;
        bool known = released[p->part[i]] != TABLES_HIDDEN && released[p->base[i]] != TABLES_HIDDEN && released[p->base[i]] > 0;
        if (!known || fabs(p->value[i] - printed_percent(p, i, released)) > half) p->exact = true;
    }
}

static void
judge_statistic(const int64_t released[], const int64_t table[], printed_statistic *p)
{
    char own[40], given[40];
    bool known = true;
    for (size_t i = 0; i < p->rows * p->columns; i++) known = known && released[p->cell[i]] != TABLES_HIDDEN;
    snprintf(own, sizeof own, "%.*e", p->digits - 1, known ? p->of(table, p->rows, p->columns) : NAN);
    snprintf(given, sizeof given, "%.*e", p->digits - 1, p->value);
    if (!known || strcmp(own, given) != 0) p->exact = true;
}

/* Significant digits of a number as it is written. */
static int
digits_in(text field)
{
    int n = 0;
    bool started = false;
    for (size_t i = 0; i < field.n && field.bytes[i] != 'e' && field.bytes[i] != 'E'; i++) {
        char c = field.bytes[i];
        started |= c >= '1' && c <= '9';
        n += started && c >= '0' && c <= '9';
    }
    return n ? n : 1;
}

static status
read_statistic(const csv *c, const csv_row *row, const char *path, printed_statistic *p)
{
    int value = csv_find(c, "value"), digits = csv_find(c, "digits");
    text field = row->field[value];
    int64_t given;
    p->digits = 0;
    if (field.n == 0) return ST_OK;
    if (!text_to_double(field, &p->value)) FAIL(ST_INVALID, "%s, row %zu, column value: expected a number or nothing", path, row->number);
    p->digits = digits_in(field);
    if (digits >= 0 && text_to_int(row->field[digits], &given) && given > 0 && given <= 15) p->digits = (int)given;
    return ST_OK;
}

static status
read_statistics(const char *folder, const int64_t released[], printed *p)
{
    SCRATCH(tmp);
    csv *c;
    const char *path = path_join(tmp, folder, FOLDER_STATISTICS);
    if (!path) FAIL(ST_NO_MEMORY, "out of memory (statistics)");
    for (size_t k = 0; k < p->statistics; k++) p->statistic[k].digits = 0;
    if (p->statistics == 0 || !file_exists(path)) return ST_OK;
    CHECK(csv_open(tmp, path, NULL, &c));
    int name = csv_find(c, "name");
    if (name < 0 || csv_find(c, "value") < 0) FAIL(ST_INVALID, "%s: expected columns name and value", path);
    for (;;) {
        bool more;
        csv_row row;
        CHECK(csv_next(c, &more, &row));
        if (!more) return ST_OK;
        for (size_t k = 0; k < p->statistics; k++) {
            printed_statistic *s = &p->statistic[k];
            int64_t *table;
            if (!text_is(row.field[name], s->spec->name)) continue;
            CHECK(read_statistic(c, &row, path, s));
            if (s->digits == 0) continue;
            ALLOC(tmp, table, s->rows * s->columns);
            for (size_t i = 0; i < s->rows * s->columns; i++) table[i] = released[s->cell[i]];
            judge_statistic(released, table, s);
        }
    }
}

status
printed_read(arena *a, const release_data *d, const char *folder, const int64_t released[], printed *p)
{
    for (size_t k = 0; k < p->shares; k++) {
        CHECK(read_share(a, d, &p->share[k]));
        judge_share(released, &p->share[k]);
    }
    return read_statistics(folder, released, p);
}

static status
share_text(arena *a, const release_data *d, const printed_share *c, protect_extra *extra)
{
    extra->name = c->spec->name;
    ALLOC(a, extra->text, d->system.n);
    for (size_t i = 0; i < c->n; i++) {
        if (isnan(c->value[i])) continue;
        extra->text[c->part[i]] = arena_printf(a, "%.*f", c->decimals, c->value[i]);
        if (!extra->text[c->part[i]]) FAIL(ST_NO_MEMORY, "out of memory (percentages)");
    }
    return ST_OK;
}

status
printed_columns(arena *a, release_data *d, const printed *p)
{
    for (size_t i = 0; i < d->n; i++) {
        protect_file *f = &d->file[i];
        protect_extra *extra;
        size_t n = f->extras;
        ALLOC(a, extra, n + p->shares);
        if (n) memcpy(extra, f->extra, n * sizeof *extra);
        for (size_t k = 0; k < p->shares; k++)
            if (strcmp(p->share[k].spec->file, f->name) == 0) CHECK(share_text(a, d, &p->share[k], &extra[n++]));
        f->extras = n;
        f->extra = extra;
    }
    return ST_OK;
}

status
printed_write(arena *a, const printed *p, const char *folder)
{
    text_builder b = text_builder_new(a);
    text out;
    const char *path = path_join(a, folder, FOLDER_STATISTICS);
    if (!path) FAIL(ST_NO_MEMORY, "out of memory (statistics)");
    if (p->statistics == 0) return ST_OK;
    text_put(&b, "name,file,kind,rows,columns,digits,value\n");
    for (size_t k = 0; k < p->statistics; k++) {
        const printed_statistic *c = &p->statistic[k];
        const char *field[] = {c->spec->name, c->spec->file, c->spec->kind, c->spec->rows, c->spec->columns}, *value = "";
        for (int i = 0; i < 5; i++) {
            csv_put_field(&b, text_of(field[i]));
            text_put_char(&b, ',');
        }
        if (c->digits > 0) (void)printed_digits(a, c->value, c->digits, &value);
        text_printf(&b, "%d,%s\n", c->digits, value ? value : "");
    }
    CHECK(text_builder_end(&b, &out));
    return file_write(path, out);
}
