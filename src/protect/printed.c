#include "protect/printed.h"

#include <math.h>

static const protect_file *
find_file(const release_data *d, const char *name)
{
    for (size_t i = 0; i < d->n; i++)
        if (strcmp(d->file[i].name, name) == 0) return &d->file[i];
    return NULL;
}

static size_t
column_of(const release_data *d, const protect_file *f, const char *dimension)
{
    size_t k = 0;
    while (k < f->dimensions && strcmp(d->system.dimension[f->dimension[k]].name, dimension) != 0) k++;
    return k;
}

static status
check_file(const release_data *d, const char *what, const char *name, const char *file, const protect_file **result)
{
    *result = find_file(d, file);
    if (!*result) FAIL(ST_CONFIG, "protect.yaml: %s %s: file %s is not among the tables: expected the name of one of them, without its folder", what, name, file);
    return ST_OK;
}

static status
check_dimension(const release_data *d, const char *what, const char *name, const protect_file *f, const char *dimension, size_t *column)
{
    *column = column_of(d, f, dimension);
    if (*column == f->dimensions) FAIL(ST_CONFIG, "protect.yaml: %s %s: %s has no column %s: expected one of its dimensions", what, name, f->name, dimension);
    return ST_OK;
}

static status
place_share(arena *a, const release_data *d, const spec_share *spec, printed_share *p)
{
    SCRATCH(tmp);
    const protect_system *s = &d->system;
    const protect_file *f;
    uint16_t *key;
    CHECK(check_file(d, "share", spec->name, spec->file, &f));
    *p = (printed_share){.spec = spec, .n = f->n, .part = f->cell, .decimals = spec->decimals, .exact = spec->exact};
    ALLOC(a, p->base, f->n);
    ALLOC(a, p->value, f->n);
    ALLOC(tmp, key, s->width);
    for (size_t i = 0; i < f->n; i++) {
        p->value[i] = NAN;
        memcpy(key, system_key(s, f->cell[i]), s->width * sizeof *key);
        for (unsigned k = 0; k < spec->over_count; k++) {
            size_t column;
            CHECK(check_dimension(d, "share", spec->name, f, spec->over[k], &column));
            key[f->dimension[column] + 1] = 0;
        }
        p->base[i] = system_find(s, key);
        if (p->base[i] == SYSTEM_NONE)
            FAIL(ST_CONFIG, "protect.yaml: share %s: no table has the base of (%s): expected rows with the total of the dimensions under over", spec->name,
                 system_describe(tmp, s, f->cell[i]));
        if (p->base[i] == f->cell[i]) p->base[i] = SYSTEM_NONE;
    }
    return ST_OK;
}

static status
code_named(const release_data *d, const spec_statistic *spec, uint16_t dimension, const char *name, size_t n, uint16_t *code)
{
    const system_dimension *known = &d->system.dimension[dimension];
    const spec_dimension *declared = spec_find(&d->spec, known->name);
    SCRATCH(tmp);
    const char *own = arena_copy(tmp, name, n);
    if (!own) FAIL(ST_NO_MEMORY, "out of memory (statistics)");
    own = spec_merged(declared, own);
    *code = 0;
    if (own && strcmp(own, spec_total(declared)) == 0) return ST_OK;
    for (uint16_t c = 1; own && c < known->n && !*code; c++)
        if (strcmp(known->code[c], own) == 0) *code = c;
    if (!*code) FAIL(ST_CONFIG, "protect.yaml: statistic %s: %s has no code %.*s: expected one that stands in %s", spec->name, known->name, (int)n, name, spec->file);
    return ST_OK;
}

static bool
is_divided(const protect_system *s, const protect_file *f, size_t column, uint16_t code)
{
    for (size_t p = 0; p < s->partitions; p++) {
        const system_partition *part = &s->partition[p];
        if (part->dimension != f->dimension[column] || part->parent != code) continue;
        for (size_t i = 0; i < part->n; i++)
            for (size_t k = 0; k < f->codes[column]; k++)
                if (f->code[column][k] == part->child[i]) return true;
    }
    return false;
}

/* The codes of one side: as declared, or all that are not divided further in the file. */
static status
side_codes(arena *tmp, const release_data *d, const spec_statistic *spec, const protect_file *f, bool rows, size_t *n, uint16_t **codes)
{
    size_t column;
    unsigned declared = rows ? spec->row_codes_count : spec->column_codes_count;
    char **name = rows ? spec->row_codes : spec->column_codes;
    CHECK(check_dimension(d, "statistic", spec->name, f, rows ? spec->rows : spec->columns, &column));
    ALLOC(tmp, *codes, declared + f->codes[column]);
    *n = 0;
    for (unsigned i = 0; i < declared; i++) {
        uint16_t code;
        bool again = false;
        CHECK(code_named(d, spec, f->dimension[column], name[i], strlen(name[i]), &code));
        for (size_t k = 0; k < *n; k++) again |= (*codes)[k] == code;
        if (!again) (*codes)[(*n)++] = code;
    }
    for (size_t k = 0; !declared && k < f->codes[column]; k++)
        if (f->code[column][k] && !is_divided(&d->system, f, column, f->code[column][k])) (*codes)[(*n)++] = f->code[column][k];
    if (*n < 2) FAIL(ST_CONFIG, "protect.yaml: statistic %s: %zu codes of %s: expected two or more", spec->name, *n, rows ? spec->rows : spec->columns);
    return ST_OK;
}

/* Lines "dimension=code". */
static status
put_where(const release_data *d, const spec_statistic *spec, const protect_file *f, uint16_t key[])
{
    for (unsigned i = 0; i < spec->where_count; i++) {
        SCRATCH(tmp);
        const char *equal = strchr(spec->where[i], '=');
        if (!equal) FAIL(ST_CONFIG, "protect.yaml: statistic %s: where: expected dimension=code, not %s", spec->name, spec->where[i]);
        const char *name = arena_copy(tmp, spec->where[i], (size_t)(equal - spec->where[i]));
        size_t column;
        if (!name) FAIL(ST_NO_MEMORY, "out of memory (statistics)");
        CHECK(check_dimension(d, "statistic", spec->name, f, name, &column));
        CHECK(code_named(d, spec, f->dimension[column], equal + 1, strlen(equal + 1), &key[f->dimension[column] + 1]));
    }
    return ST_OK;
}

static status
place_statistic(arena *a, const release_data *d, release_find *find, const spec_statistic *spec, printed_statistic *p)
{
    SCRATCH(tmp);
    const protect_system *s = &d->system;
    const protect_file *f;
    uint16_t *row, *column, *key;
    CHECK(check_file(d, "statistic", spec->name, spec->file, &f));
    *p = (printed_statistic){.spec = spec, .of = find ? find(spec->kind) : NULL, .value = NAN, .digits = spec->digits, .exact = spec->exact};
    if (!p->of) FAIL(ST_CONFIG, "protect.yaml: statistic %s: no kind %s: expected pearson, yates, g2, cramers_v, rd, rr, or, p", spec->name, spec->kind);
    if (strcmp(spec->rows, spec->columns) == 0) FAIL(ST_CONFIG, "protect.yaml: statistic %s: rows and columns: expected two dimensions", spec->name);
    CHECK(side_codes(tmp, d, spec, f, true, &p->rows, &row));
    CHECK(side_codes(tmp, d, spec, f, false, &p->columns, &column));
    ALLOC(tmp, key, s->width);
    ALLOC(a, p->cell, p->rows * p->columns);
    key[0] = f->population;
    CHECK(put_where(d, spec, f, key));
    for (size_t i = 0; i < p->rows * p->columns; i++) {
        key[f->dimension[column_of(d, f, spec->rows)] + 1] = row[i / p->columns];
        key[f->dimension[column_of(d, f, spec->columns)] + 1] = column[i % p->columns];
        p->cell[i] = system_find(s, key);
        if (p->cell[i] == SYSTEM_NONE) FAIL(ST_CONFIG, "protect.yaml: statistic %s: %s lacks one of its counts: expected every combination, other dimensions at their total", spec->name, f->name);
    }
    return ST_OK;
}

status
printed_place(arena *a, const release_data *d, release_find *find, printed *result)
{
    printed p = {.shares = d->spec.shares_count, .statistics = d->spec.statistics_count};
    ALLOC(a, p.share, p.shares);
    ALLOC(a, p.statistic, p.statistics);
    for (size_t i = 0; i < p.shares; i++) CHECK(place_share(a, d, &d->spec.shares[i], &p.share[i]));
    for (size_t i = 0; i < p.statistics; i++) CHECK(place_statistic(a, d, find, &d->spec.statistics[i], &p.statistic[i]));
    *result = p;
    return ST_OK;
}

static bool
is_shown(const int64_t value[], const uint8_t hidden[], uint32_t cell)
{
    return value[cell] != TABLES_HIDDEN && !(hidden && hidden[cell]);
}

static double
rounded(double value, int decimals)
{
    double scale = pow(10, decimals);
    return round(value * scale) / scale;
}

double
printed_percent(const printed_share *p, size_t i, const int64_t value[])
{
    return 100 * (double)value[p->part[i]] / (double)value[p->base[i]];
}

status
printed_compute(arena *a, const release_data *d, const int64_t value[], const uint8_t hidden[], printed *p)
{
    (void)d;
    for (size_t k = 0; k < p->shares; k++) {
        printed_share *c = &p->share[k];
        if (c->exact)
            FAIL(ST_CONFIG, "protect.yaml: share %s: exact: percentages are computed of released counts: leave the key out", c->spec->name);
        for (size_t i = 0; i < c->n; i++) {
            if (c->base[i] == SYSTEM_NONE) continue;
            bool shown = is_shown(value, hidden, c->part[i]) && is_shown(value, hidden, c->base[i]) && value[c->base[i]] >= c->spec->minimum && value[c->base[i]] > 0;
            if (shown) c->value[i] = rounded(printed_percent(c, i, value), c->decimals);
            *(shown ? &c->shown : &c->hidden) += 1;
        }
    }
    for (size_t k = 0; k < p->statistics; k++) {
        SCRATCH(tmp);
        printed_statistic *c = &p->statistic[k];
        int64_t *table;
        bool shown = true;
        if (c->exact) continue;
        ALLOC(tmp, table, c->rows * c->columns);
        for (size_t i = 0; i < c->rows * c->columns; i++) {
            shown = shown && is_shown(value, hidden, c->cell[i]);
            table[i] = value[c->cell[i]];
        }
        double of = shown ? c->of(table, c->rows, c->columns) : NAN;
        if (!isfinite(of)) c->digits = 0;
        else c->value = printed_digits(a, of, c->digits, NULL);
    }
    return ST_OK;
}

bool
printed_blur(printed *p)
{
    printed_statistic *most = NULL;
    for (size_t k = 0; k < p->statistics; k++)
        if (p->statistic[k].exact && p->statistic[k].digits > 0 && (!most || p->statistic[k].digits > most->digits)) most = &p->statistic[k];
    if (!most) return false;
    most->digits--;
    return true;
}
