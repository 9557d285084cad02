#include "cli/stat.h"

#include "base/log.h"
#include "table/csv.h"

#include <math.h>
#include <stdlib.h>

enum { MOST_COLUMNS = 80 };

typedef struct wanted {
    csv_column spec[MOST_COLUMNS];
    size_t n;
} wanted;

static status
want(wanted *w, const char *name, size_t *at)
{
    for (size_t i = 0; i < w->n; i++)
        if (strcmp(w->spec[i].name, name) == 0) {
            *at = i;
            return ST_OK;
        }
    if (w->n == MOST_COLUMNS) FAIL(ST_USAGE, "more than %d columns named", MOST_COLUMNS);
    w->spec[w->n] = (csv_column){.name = name, .type = COLUMN_TEXT};
    *at = w->n++;
    return ST_OK;
}

/* Commas apart. */
static status
split(arena *a, const char *list, const char **part, size_t most, size_t *n)
{
    *n = 0;
    while (list && *list) {
        size_t length = strcspn(list, ",");
        if (*n == most) FAIL(ST_USAGE, "more than %zu columns in a list", most);
        part[*n] = arena_copy(a, list, length);
        if (!part[*n]) FAIL(ST_NO_MEMORY, "out of memory (options)");
        ++*n;
        list += length + (list[length] == ',');
    }
    return ST_OK;
}

typedef struct ordered {
    text value;
    double number;
    bool numeric;
    int32_t index;
} ordered;

static int
by_value(const void *a, const void *b)
{
    const ordered *x = a, *y = b;
    if (x->numeric && y->numeric && x->number != y->number) return x->number < y->number ? -1 : 1;
    return text_compare(x->value, y->value);
}

/* One level a distinct value. */
static status
levels_of(arena *a, const table *t, const column *c, stat_levels *result)
{
    SCRATCH(tmp);
    size_t n = c->dictionary->n;
    ordered *o;
    int32_t *rank;
    bool numeric = true;
    ALLOC(tmp, o, n);
    ALLOC(tmp, rank, n);
    for (size_t i = 0; i < n; i++) {
        o[i] = (ordered){dictionary_get(c->dictionary, (int32_t)i), 0, false, (int32_t)i};
        o[i].numeric = text_to_double(o[i].value, &o[i].number);
        numeric = numeric && o[i].numeric;
    }
    for (size_t i = 0; i < n; i++) o[i].numeric = numeric;
    qsort(o, n, sizeof *o, by_value);
    ALLOC(a, result->name, n);
    ALLOC(a, result->of, t->rows);
    result->n = n;
    for (size_t i = 0; i < n; i++) {
        rank[o[i].index] = (int32_t)i;
        result->name[i] = arena_copy(a, o[i].value.bytes, o[i].value.n);
        if (!result->name[i]) FAIL(ST_NO_MEMORY, "out of memory (levels)");
    }
    for (size_t r = 0; r < t->rows; r++) {
        int32_t index = column_int32(c)[r];
        result->of[r] = index < 0 ? -1 : rank[index];
    }
    return ST_OK;
}

/* Levels of several columns together: combinations that occur, in the order of the first column, then the second, ... */
static status
levels_of_list(arena *a, const table *t, size_t n, const size_t *at, stat_levels *result)
{
    CHECK(levels_of(a, t, &t->column[at[0]], result));
    for (size_t k = 1; k < n; k++) {
        stat_levels next, both = {0};
        CHECK(levels_of(a, t, &t->column[at[k]], &next));
        size_t cells = result->n * next.n;
        int32_t *number;
        ALLOC(a, number, cells);
        for (size_t r = 0; r < t->rows; r++)
            if (result->of[r] >= 0 && next.of[r] >= 0) number[(size_t)result->of[r] * next.n + (size_t)next.of[r]] = 1;
        ALLOC(a, both.name, cells);
        ALLOC(a, both.of, t->rows);
        for (size_t c = 0; c < cells; c++) {
            if (!number[c]) continue;
            number[c] = (int32_t)both.n;
            both.name[both.n] = arena_printf(a, "%s, %s", result->name[c / next.n], next.name[c % next.n]);
            if (!both.name[both.n++]) FAIL(ST_NO_MEMORY, "out of memory (levels)");
        }
        for (size_t r = 0; r < t->rows; r++)
            both.of[r] = result->of[r] < 0 || next.of[r] < 0 ? -1 : number[(size_t)result->of[r] * next.n + (size_t)next.of[r]];
        *result = both;
    }
    return ST_OK;
}

/* Numbers of a text column, NaN where empty; `*all` false when some value is not a number. */
static status
numbers_of(arena *a, const table *t, const column *c, double **result, bool *all)
{
    SCRATCH(tmp);
    double *value, *known;
    ALLOC(a, value, t->rows);
    ALLOC(tmp, known, c->dictionary->n);
    *all = true;
    for (size_t i = 0; i < c->dictionary->n; i++) {
        text v = text_trim(dictionary_get(c->dictionary, (int32_t)i));
        if (text_is(v, "TRUE") || text_is(v, "true"))
            known[i] = 1;
        else if (text_is(v, "FALSE") || text_is(v, "false"))
            known[i] = 0;
        else if (!text_to_double(v, &known[i]))
            *all = false;
    }
    for (size_t r = 0; r < t->rows; r++) {
        int32_t index = column_int32(c)[r];
        value[r] = index < 0 ? NAN : known[index];
    }
    *result = value;
    return ST_OK;
}

static status
require_numbers(arena *a, const table *t, size_t at, const char *file, double **result)
{
    bool all;
    CHECK(numbers_of(a, t, &t->column[at], result, &all));
    if (!all) FAIL(ST_INVALID, "%s: column %s: expected numbers with a decimal point, or empty", file, t->column[at].name);
    return ST_OK;
}

/* Status of each row: COLUMN=CODE gives 1 for the code; else 0, 1, ... as they stand. With `codes`, COLUMN=CODE gives 1 for the
 * code, 0 for 0 and 2 for any other. */
static status
statuses(arena *a, const table *t, size_t at, const char *code, int needs, const char *file, int32_t *of, int32_t *causes)
{
    bool codes = needs & STAT_CODES;
    const column *c = &t->column[at];
    *causes = 1;
    if (code) {
        bool found = false;
        for (size_t r = 0; r < t->rows; r++) {
            text v = text_trim(column_text(c, r));
            bool hit = text_is(v, code);
            found = found || hit;
            of[r] = v.n == 0 ? -1 : hit ? 1 : codes && !text_is(v, "0") ? 2 : 0;
        }
        if (codes) *causes = 2;
        if (!found && t->rows) log_note("peil stat: %s: no row has the code given for column %s", file, c->name);
        return ST_OK;
    }
    double *value;
    CHECK(require_numbers(a, t, at, file, &value));
    for (size_t r = 0; r < t->rows; r++) {
        double most = needs & STAT_TERMINAL ? 2 : codes ? 100 : 1;
        if (isnan(value[r])) {
            of[r] = -1;
            continue;
        }
        if (value[r] != floor(value[r]) || value[r] < 0 || value[r] > most)
            FAIL(ST_INVALID, "%s: row %zu, column %s: an unknown code; expected %s", file, r + 2, c->name,
                 needs & STAT_TERMINAL ? "0 (censored), 1 (event) or 2 (terminal event)" : codes ? "0 (censored) or a cause 1 to 100" : "0 or 1 (or name the code: --event COLUMN=CODE)");
        of[r] = (int32_t)value[r];
        if (of[r] > *causes) *causes = of[r];
    }
    return ST_OK;
}

/* The columns of covariates: numbers as they are, texts as one 0/1 column a level but the first. */
static status
covariates(arena *a, const table *t, size_t n, const size_t *at, stat_data *d)
{
    enum { MOST = 64 };
    ALLOC(a, d->names, MOST);
    ALLOC(a, d->x, MOST);
    ALLOC(a, d->term, MOST);
    ALLOC(a, d->term_name, MOST);
    for (size_t k = 0; k < n; k++) {
        bool all;
        double *value;
        const column *c = &t->column[at[k]];
        CHECK(numbers_of(a, t, c, &value, &all));
        stat_levels l = {0};
        if (!all) CHECK(levels_of(a, t, c, &l));
        for (size_t v = all ? 0 : 1; v < (all ? 1 : l.n); v++) {
            if (d->p == MOST) FAIL(ST_INVALID, "%s: more than %d covariates (column %s has %zu levels)", d->file, MOST, c->name, l.n);
            if (!all) {
                ALLOC(a, value, t->rows);
                for (size_t r = 0; r < t->rows; r++) value[r] = l.of[r] < 0 ? NAN : l.of[r] == (int32_t)v;
            }
            d->names[d->p] = all ? c->name : arena_printf(a, "%s%s", c->name, l.name[v]);
            if (!d->names[d->p]) FAIL(ST_NO_MEMORY, "out of memory (covariates)");
            d->term[d->p] = (int)d->terms;
            d->x[d->p++] = value;
        }
        if (d->p && d->term[d->p - 1] == (int)d->terms) d->term_name[d->terms++] = c->name;
    }
    return ST_OK;
}

typedef struct places {
    size_t time, event, start, id, cluster, by[8], strata[8], covariates[64];
    size_t bys, stratas, covariate_count;
    const char *code;
} places;

static status
want_list(arena *a, wanted *w, const char *list, size_t *at, size_t most, size_t *n)
{
    const char *part[64];
    CHECK(split(a, list, part, most, n));
    for (size_t i = 0; i < *n; i++) CHECK(want(w, part[i], &at[i]));
    return ST_OK;
}

static status
find_places(arena *a, const options *o, int needs, wanted *w, places *at)
{
    const char *time = option_text(o, "time"), *event = option_text(o, "event");
    if (needs & STAT_TIMES && !time) FAIL(ST_USAGE, "--time COLUMN is needed");
    if (!event) FAIL(ST_USAGE, "--event COLUMN is needed");
    if (time) CHECK(want(w, time, &at->time));
    const char *equals = strchr(event, '=');
    if (equals) {
        at->code = equals + 1;
        event = arena_copy(a, event, (size_t)(equals - event));
        if (!event) FAIL(ST_NO_MEMORY, "out of memory (options)");
    }
    CHECK(want(w, event, &at->event));
    if (option_text(o, "start")) CHECK(want(w, option_text(o, "start"), &at->start));
    if (option_text(o, "id")) CHECK(want(w, option_text(o, "id"), &at->id));
    if (option_text(o, "cluster")) CHECK(want(w, option_text(o, "cluster"), &at->cluster));
    CHECK(want_list(a, w, option_text(o, "by"), at->by, 8, &at->bys));
    CHECK(want_list(a, w, option_text(o, "strata"), at->strata, 8, &at->stratas));
    return want_list(a, w, option_text(o, "covariates"), at->covariates, 64, &at->covariate_count);
}

/* Which rows lack something; their time becomes missing, so that cleaning counts them. */
static void
mark_missing(const stat_data *d, double *time, size_t rows)
{
    for (size_t r = 0; r < rows; r++) {
        bool missing = (d->strata.of && d->strata.of[r] < 0) || (d->cluster.of && d->cluster.of[r] < 0);
        for (size_t k = 0; k < d->p; k++) missing = missing || isnan(d->x[k][r]);
        if (missing) time[r] = NAN;
    }
}

static void
keep_rows(stat_data *d, const size_t *row)
{
    for (size_t i = 0; i < d->s.n; i++) {
        if (d->by.of) d->by.of[i] = d->by.of[row[i]];
        if (d->strata.of) d->strata.of[i] = d->strata.of[row[i]];
        if (d->cluster.of) d->cluster.of[i] = d->cluster.of[row[i]];
        for (size_t k = 0; k < d->p; k++) ((double *)d->x[k])[i] = d->x[k][row[i]];
    }
}

status
stat_read(arena *a, const options *o, const char *file, int needs, stat_data *result)
{
    wanted w = {.n = 0};
    places at = {0};
    stat_data d = {.file = file};
    table t;
    CHECK(find_places(a, o, needs, &w, &at));
    CHECK(csv_read_table(a, file, NULL, w.n, w.spec, &t));
    double *time, *start = NULL;
    int32_t *of;
    stat_levels id = {0};
    ALLOC(a, of, t.rows);
    int32_t causes;
    CHECK(statuses(a, &t, at.event, at.code, needs, file, of, &causes));
    if (option_text(o, "time"))
        CHECK(require_numbers(a, &t, at.time, file, &time));
    else
        ALLOC(a, time, t.rows);
    if (option_text(o, "start")) CHECK(require_numbers(a, &t, at.start, file, &start));
    if (option_text(o, "id")) CHECK(levels_of(a, &t, &t.column[at.id], &id));
    if (option_text(o, "cluster")) CHECK(levels_of(a, &t, &t.column[at.cluster], &d.cluster));
    if (at.bys) CHECK(levels_of_list(a, &t, at.bys, at.by, &d.by));
    if (at.stratas) CHECK(levels_of_list(a, &t, at.stratas, at.strata, &d.strata));
    CHECK(covariates(a, &t, at.covariate_count, at.covariates, &d));
    mark_missing(&d, time, t.rows);
    spans raw = {t.rows, start, time, of, d.by.of, id.of, d.by.of ? (int32_t)d.by.n : 1, causes, (int32_t)id.n};
    const size_t *row;
    status code = follow_spans_clean(a, &raw, &d.s, &row, &d.excluded);
    if (code != ST_OK) return status_prefix(code, "%s: ", file);
    if (d.s.n == 0) FAIL(ST_INVALID, "%s: no rows to use (%zu without a value, %zu empty spans)", file, d.excluded.missing, d.excluded.empty);
    keep_rows(&d, row);
    *result = d;
    return ST_OK;
}
