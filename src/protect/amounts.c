#include "protect/amounts.h"

#include "protect/check.h"
#include "protect/suppress.h"
#include "table/csv.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* The columns of one amount in one file; -1: not there. */
typedef struct amount_source {
    int sum, median, top[AMOUNTS_TOP];
} amount_source;

static amount_source
find_columns(const csv *c, const char *name)
{
    char column[256];
    amount_source s = {.sum = csv_find(c, name)};
    snprintf(column, sizeof column, "%s_median", name);
    s.median = csv_find(c, column);
    for (int k = 0; k < AMOUNTS_TOP; k++) {
        snprintf(column, sizeof column, "%s_%d", name, k + 1);
        s.top[k] = csv_find(c, column);
    }
    return s;
}

static status
read_number(const protect_file *f, const csv_row *row, int column, const char *name, double *value)
{
    *value = NAN;
    if (column < 0 || row->field[column].n == 0) return ST_OK;
    if (!text_to_double(row->field[column], value) || *value < 0)
        FAIL(ST_INVALID, "%s, row %zu, an amount of %s: expected a number of at least 0", f->path, row->number, name);
    return ST_OK;
}

static void
insert_top(double top[AMOUNTS_TOP], double value)
{
    for (int k = 0; k < AMOUNTS_TOP && !isnan(value); k++)
        if (isnan(top[k]) || value > top[k]) {
            double swap = top[k];
            top[k] = value;
            value = swap;
        }
}

/* What one file says of one amount, before it joins what others say. */
typedef struct gathering {
    double *sum, *median;
    double (*top)[AMOUNTS_TOP];
    uint16_t *rows; /* of a merged cell there are several */
} gathering;

static status
gather_row(const release_data *d, const protect_file *f, const csv_row *row, const amount_source *from, const char *name, gathering *g)
{
    uint32_t cell;
    double sum, median, top;
    CHECK(tables_cell(&d->spec, &d->system, f, row, &cell));
    if (cell == SYSTEM_NONE) return ST_OK;
    CHECK(read_number(f, row, from->sum, name, &sum));
    CHECK(read_number(f, row, from->median, name, &median));
    g->sum[cell] = g->rows[cell] ? g->sum[cell] + sum : sum;
    g->median[cell] = g->rows[cell] ? NAN : median;
    if (g->rows[cell] < UINT16_MAX) g->rows[cell]++;
    for (int k = 0; k < AMOUNTS_TOP; k++) {
        CHECK(read_number(f, row, from->top[k], name, &top));
        insert_top(g->top[cell], top);
    }
    return ST_OK;
}

static status
gathering_new(arena *a, size_t n, gathering *g)
{
    ALLOC(a, g->sum, n);
    ALLOC(a, g->median, n);
    ALLOC(a, g->top, n);
    ALLOC(a, g->rows, n);
    for (size_t i = 0; i < n; i++) {
        g->sum[i] = g->median[i] = NAN;
        for (int k = 0; k < AMOUNTS_TOP; k++) g->top[i][k] = NAN;
    }
    return ST_OK;
}

static bool
alike(double x, double y)
{
    return fabs(x - y) <= 1e-6 * (1 + fabs(x) + fabs(y));
}

static status
join_file(const release_data *d, const protect_file *f, const gathering *g, amount_column *m)
{
    for (size_t i = 0; i < d->system.n; i++) {
        if (g->rows[i] == 0 || isnan(g->sum[i])) continue;
        if (!isnan(m->sum[i]) && !alike(m->sum[i], g->sum[i])) {
            SCRATCH(tmp);
            const char *what = system_describe(tmp, &d->system, i);
            FAIL(ST_INVALID, "%s: another %s than an earlier table gives for the same persons (%s)", f->path, m->spec->name, what ? what : "");
        }
        m->sum[i] = g->sum[i];
        m->median[i] = g->median[i];
        memcpy(m->top[i], g->top[i], sizeof m->top[i]);
    }
    return ST_OK;
}

static status
read_file(const release_data *d, const protect_file *f, amount_column *m)
{
    SCRATCH(tmp);
    csv *c;
    gathering g;
    CHECK(csv_open(tmp, f->path, NULL, &c));
    amount_source from = find_columns(c, m->spec->name);
    if (from.sum < 0) return ST_OK;
    int needed = m->spec->p_percent > 0 && m->spec->dominance_n < 2 ? 2 : m->spec->dominance_n;
    for (int k = 0; k < needed; k++)
        if (from.top[k] < 0) FAIL(ST_INVALID, "%s: no column %s_%d: the rule of dominance needs the largest contributions", f->path, m->spec->name, k + 1);
    CHECK(gathering_new(tmp, d->system.n, &g));
    for (;;) {
        bool more;
        csv_row row;
        CHECK(csv_next(c, &more, &row));
        if (!more) return join_file(d, f, &g, m);
        CHECK(gather_row(d, f, &row, &from, m->spec->name, &g));
    }
}

/* Amounts add up like the counts they belong to. */
static status
check_sums(const release_data *d, const amount_column *m)
{
    const protect_system *s = &d->system;
    for (size_t i = 0; i < s->rows; i++) {
        const system_row *r = &s->row[i];
        double sum = 0;
        for (uint32_t k = 0; k < r->n; k++) sum += s->value[r->part[k]] == 0 && isnan(m->sum[r->part[k]]) ? 0 : m->sum[r->part[k]];
        if (r->relation != SYSTEM_EQUAL || isnan(sum) || isnan(m->sum[r->whole]) || alike(sum, m->sum[r->whole])) continue;
        SCRATCH(tmp);
        const char *what = system_describe(tmp, s, r->whole);
        FAIL(ST_INVALID, "%s: %s: the parts of (%s) do not add up to it", s->source[r->whole], m->spec->name, what ? what : "");
    }
    return ST_OK;
}

status
amounts_read(arena *a, const release_data *d, amounts *result)
{
    amounts m = {.n = d->spec.amounts_count};
    ALLOC(a, m.column, m.n);
    for (size_t k = 0; k < m.n; k++) {
        amount_column *c = &m.column[k];
        gathering g;
        c->spec = &d->spec.amounts[k];
        CHECK(gathering_new(a, d->system.n, &g));
        c->sum = g.sum;
        c->median = g.median;
        c->top = g.top;
        ALLOC(a, c->shown, d->system.n);
        for (size_t i = 0; i < d->n; i++) CHECK(read_file(d, &d->file[i], c));
        CHECK(check_sums(d, c));
    }
    *result = m;
    return ST_OK;
}

bool
amounts_dominated(const spec_amount *rule, double sum, const double top[AMOUNTS_TOP])
{
    double largest = 0;
    if (!(sum > 0)) return false;
    for (int k = 0; k < rule->dominance_n && k < AMOUNTS_TOP; k++) largest += isnan(top[k]) ? 0 : top[k];
    if (rule->dominance_n > 0 && 100 * largest > rule->dominance_k * sum) return true;
    double first = isnan(top[0]) ? 0 : top[0], second = isnan(top[1]) ? 0 : top[1];
    return rule->p_percent > 0 && 100 * (sum - first - second) < rule->p_percent * first;
}

status
amounts_choose(arena *a, const release_data *d, const uint8_t hidden[], amounts *m)
{
    const protect_system *s = &d->system;
    for (size_t k = 0; k < m->n; k++) {
        amount_column *c = &m->column[k];
        uint8_t *dominated;
        suppression r;
        ALLOC(a, dominated, s->n);
        for (size_t i = 0; i < s->n; i++) {
            dominated[i] = !isnan(c->sum[i]) && s->value[i] > 0 && amounts_dominated(c->spec, c->sum[i], c->top[i]);
            c->primary += dominated[i] || (s->value[i] > 0 && s->value[i] < c->spec->minimum);
        }
        suppress_options o = {.minimum = c->spec->minimum, .sensitive = dominated};
        status code = protect_suppress(a, s, &o, &r);
        if (code != ST_OK && code != ST_INFEASIBLE && code != ST_LIMIT) return code;
        c->digits = code == ST_OK ? c->spec->digits : 0; /* nothing could be shown safely */
        for (size_t i = 0; i < s->n; i++) {
            if (isnan(c->sum[i]) || s->value[i] == 0) continue;
            c->shown[i] = code == ST_OK && !r.hidden[i] && !(hidden && hidden[i]);
            *(c->shown[i] ? &c->shows : &c->hides) += 1;
        }
    }
    return ST_OK;
}

/* The value with so many significant digits, and half a unit of the last. */
static double
printed(double value, int digits, double *half)
{
    double unit = value > 0 ? pow(10, floor(log10(value)) - (digits - 1)) : 1;
    *half = unit / 2;
    return round(value / unit) * unit;
}

/* Where a mean or median is printed there are as many persons as the rule asks for. */
static status
least_clue(arena *a, uint32_t cell, int minimum, audit_clue *clue)
{
    uint32_t *list;
    double *one;
    ALLOC(a, list, 1);
    ALLOC(a, one, 1);
    *list = cell;
    *one = 1;
    *clue = (audit_clue){1, list, one, minimum, INFINITY};
    return ST_OK;
}

status
amounts_clues(arena *a, const release_data *d, const amounts *m, size_t *n, audit_clue **clues)
{
    const protect_system *s = &d->system;
    audit_clue *list;
    *n = 0;
    ALLOC(a, list, (2 * s->rows + s->n) * m->n + 1);
    for (size_t k = 0; k < m->n; k++) {
        const amount_column *c = &m->column[k];
        double *mean, *half;
        ALLOC(a, mean, s->n);
        ALLOC(a, half, s->n);
        for (uint32_t i = 0; i < s->n; i++) {
            mean[i] = c->digits && c->shown[i] ? printed(c->sum[i] / (double)s->value[i], c->digits, &half[i]) : NAN;
            if (!isnan(mean[i])) CHECK(least_clue(a, i, c->spec->minimum, &list[(*n)++]));
        }
        CHECK(check_clues(a, s, mean, half, n, list));
    }
    *clues = list;
    return ST_OK;
}

/* Digits that a number surely has: without zeros at the end of a whole one. */
static int
sure_digits(text field)
{
    int n = 0, zeros = 0;
    bool started = false, point = memchr(field.bytes, '.', field.n) != NULL;
    for (size_t i = 0; i < field.n; i++) {
        char c = field.bytes[i];
        if (c < '0' || c > '9') continue;
        started |= c != '0';
        n += started;
        zeros = c == '0' && started ? zeros + 1 : 0;
    }
    return point ? n : n - zeros;
}

/* One released column: a mean tells of sums, a median only that there are enough persons. */
static status
read_released(arena *a, const release_data *d, const protect_file *f, const spec_amount *spec, int digits, double mean[], double half[], size_t *n,
              audit_clue list[])
{
    SCRATCH(tmp);
    csv *c;
    char name[2][256];
    int column[2];
    CHECK(csv_open(tmp, f->path, NULL, &c));
    for (int k = 0; k < 2; k++) {
        snprintf(name[k], sizeof name[k], "%s_%s", spec->name, k ? "median" : "mean");
        column[k] = csv_find(c, name[k]);
    }
    for (;;) {
        bool more;
        csv_row row;
        uint32_t cell;
        CHECK(csv_next(c, &more, &row));
        if (!more) return ST_OK;
        CHECK(tables_cell(&d->spec, &d->system, f, &row, &cell));
        for (int k = 0; k < 2 && cell != SYSTEM_NONE; k++) {
            double value;
            if (column[k] < 0 || row.field[column[k]].n == 0) continue;
            text field = row.field[column[k]];
            CHECK(read_number(f, &row, column[k], name[k], &value));
            CHECK(least_clue(a, cell, spec->minimum, &list[(*n)++]));
            if (k == 0) mean[cell] = printed(value, sure_digits(field) > digits ? sure_digits(field) : digits, &half[cell]);
        }
    }
}

status
amounts_read_clues(arena *a, const release_data *d, const int digits[], size_t *n, audit_clue **clues)
{
    const protect_system *s = &d->system;
    audit_clue *list;
    size_t rows = 0;
    for (size_t i = 0; i < d->n; i++) rows += d->file[i].n;
    *n = 0;
    ALLOC(a, list, (2 * s->rows + 2 * rows) * d->spec.amounts_count + 1);
    for (unsigned k = 0; k < d->spec.amounts_count; k++) {
        SCRATCH(tmp);
        const spec_amount *spec = &d->spec.amounts[k];
        double *mean, *half;
        ALLOC(tmp, mean, s->n);
        ALLOC(tmp, half, s->n);
        for (size_t i = 0; i < s->n; i++) mean[i] = NAN;
        for (size_t i = 0; i < d->n; i++) CHECK(read_released(a, d, &d->file[i], spec, digits[k] ? digits[k] : spec->digits, mean, half, n, list));
        CHECK(check_clues(a, s, mean, half, n, list));
    }
    *clues = list;
    return ST_OK;
}

bool
amounts_blur(amounts *m)
{
    amount_column *most = NULL;
    for (size_t k = 0; k < m->n; k++)
        if (m->column[k].digits > 0 && (!most || m->column[k].digits > most->digits)) most = &m->column[k];
    if (!most) return false;
    if (--most->digits == 0) {
        most->hides += most->shows;
        most->shows = 0;
    }
    return true;
}

static status
print_one(arena *a, const release_data *d, const amount_column *c, const double value[], bool per_person, const char *suffix,
          protect_extra *extra)
{
    const protect_system *s = &d->system;
    extra->name = arena_printf(a, "%s_%s", c->spec->name, suffix);
    if (!extra->name) FAIL(ST_NO_MEMORY, "out of memory (amounts)");
    ALLOC(a, extra->text, s->n);
    for (size_t i = 0; i < s->n; i++) {
        double half;
        if (!c->shown[i] || c->digits == 0 || isnan(value[i])) continue;
        text_builder b = text_builder_new(a);
        text out;
        double shown = printed(per_person ? value[i] / (double)s->value[i] : value[i], per_person || c->digits < 2 ? c->digits : 2, &half);
        char digits[64];
        snprintf(digits, sizeof digits, "%.*g", 15, shown);
        text_put(&b, digits);
        CHECK(text_builder_end(&b, &out));
        extra->text[i] = out.bytes;
    }
    return ST_OK;
}

static bool
any(size_t n, const double value[])
{
    for (size_t i = 0; i < n; i++)
        if (!isnan(value[i])) return true;
    return false;
}

status
amounts_print(arena *a, release_data *d, const amounts *m)
{
    protect_extra *extra;
    size_t n = 0;
    if (m->n == 0) return ST_OK;
    ALLOC(a, extra, 2 * m->n);
    for (size_t k = 0; k < m->n; k++) {
        const amount_column *c = &m->column[k];
        if (any(d->system.n, c->sum)) CHECK(print_one(a, d, c, c->sum, true, "mean", &extra[n++]));
        if (any(d->system.n, c->median)) CHECK(print_one(a, d, c, c->median, false, "median", &extra[n++]));
    }
    for (size_t i = 0; i < d->n; i++) {
        d->file[i].extras = n;
        d->file[i].extra = extra;
    }
    return ST_OK;
}
