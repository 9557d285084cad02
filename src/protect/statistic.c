#include "protect/statistic.h"

#include "protect/released_make.h"

#include <math.h>

static released_cell
cell_of(double value, int decimals, const char *reason)
{
    if (!isfinite(value)) return (released_cell){RELEASED_UNKNOWN, NAN, 0, WORD("not available")};
    double scale = pow(10, decimals), shown = round(value * scale) / scale;
    if (shown == 0 && value != 0) return (released_cell){RELEASED_LOW, 0, decimals, reason};
    return (released_cell){RELEASED_VALUE, shown, decimals, reason};
}

status
protect_computed(arena *out, const exact_table *shape, const released *from, protect_compute *compute, const void *context,
                 released **result)
{
    CHECK(released_make(out, shape, result));
    (*result)->published = from->published;
    for (size_t r = 0; r < shape->rows.n; r++)
        for (size_t c = 0; c < shape->columns.n; c++)
            (*result)->cell[r * shape->columns.n + c] = cell_of(compute(r, c, from, context), 0, WORD("computed from rounded counts"));
    return ST_OK;
}

/* A test on its way to the gate. */
typedef struct trial {
    const protect_tests *t;
    const protect_test *test;
    size_t rows, columns;
    int64_t *exact, *rounded, *lower, *upper;
    size_t clues;
    audit_clue *clue;
    gate_watch *watch; /* [clues] the same sums */
    bool known; /* every count is released */
    uint64_t *base; /* [columns of the figure] values that its denominators kept so far, over the tests of one figure */
} trial;

static size_t
place(const trial *x, size_t row, size_t column)
{
    return x->test->row[row] * x->t->exact->columns.n + x->test->column[column];
}

static void
put_count(trial *x, size_t to, int64_t exact, int64_t rounded, int64_t reach)
{
    x->exact[to] = exact;
    x->rounded[to] = rounded > 0 ? rounded : 0;
    x->lower[to] = rounded > reach ? rounded - reach : 0;
    x->upper[to] = rounded + reach > 0 ? rounded + reach : 0;
}

static bool
is_shown(const trial *x, size_t cell)
{
    const released *r = x->t->released;
    return x->t->exact->count[cell] != EXACT_UNKNOWN && r->count && r->cell[cell].state != RELEASED_CONFIDENTIAL;
}

static void
put_counts(trial *x)
{
    const released *r = x->t->released;
    const exact_table *e = x->t->exact;
    x->known = true;
    for (size_t c = 0; c < x->columns; c++)
        for (size_t i = 0; i < x->rows; i++) {
            size_t cell = place(x, x->test->rest ? 0 : i, c);
            x->known = x->known && is_shown(x, cell) && (!x->test->rest || r->base);
            if (!x->known) return;
            bool others = x->test->rest && i == 1;
            put_count(x, i * x->columns + c, others ? e->base[cell] - e->count[cell] : e->count[cell],
                      others ? r->base[cell] - r->count[cell] : r->count[cell], others ? 2 * x->t->reach : x->t->reach);
        }
}

/* The sum of some cells lies within reach of the sum of the released ones: margins are taken for released, too. */
static status
put_sum(arena *tmp, trial *x, size_t n, const uint32_t cells[])
{
    uint32_t *cell;
    double *one, rounded = 0, exact = 0;
    ALLOC(tmp, cell, n);
    ALLOC(tmp, one, n);
    for (size_t i = 0; i < n; i++) {
        cell[i] = cells[i];
        one[i] = 1;
        rounded += (double)x->rounded[cells[i]];
        exact += (double)x->exact[cells[i]];
    }
    double reach = fmax(x->t->reach, fabs(rounded - exact)); /* conventional rounding need not add up */
    x->watch[x->clues] = (gate_watch){n, cell, (int64_t)(rounded - reach), 0};
    x->clue[x->clues++] = (audit_clue){n, cell, one, rounded - reach, rounded + reach};
    return ST_OK;
}

static status
put_sums(arena *tmp, trial *x)
{
    uint32_t *cell;
    ALLOC(tmp, cell, x->rows * x->columns);
    ALLOC(tmp, x->clue, x->rows + x->columns + 1);
    ALLOC(tmp, x->watch, x->rows + x->columns + 1);
    for (size_t c = 0; c < x->columns; c++) {
        for (size_t i = 0; i < x->rows; i++) cell[i] = (uint32_t)(i * x->columns + c);
        CHECK(put_sum(tmp, x, x->rows, cell));
    }
    for (size_t i = 0; i < x->rows; i++) {
        for (size_t c = 0; c < x->columns; c++) cell[c] = (uint32_t)(i * x->columns + c);
        CHECK(put_sum(tmp, x, x->columns, cell));
    }
    for (size_t i = 0; i < x->rows * x->columns; i++) cell[i] = (uint32_t)i;
    return put_sum(tmp, x, x->rows * x->columns, cell);
}

enum { LEAST_VALUES = 5 };

/* Tests of one figure share their denominators: would these, with what this test says, keep too few values? Columns come first among the
 * watched sums. `keep`: take note of it. */
static bool
narrows(const trial *x, bool keep)
{
    bool narrow = false;
    for (size_t c = 0; x->test->rest && c < x->columns; c++) {
        uint64_t *base = &x->base[x->test->column[c]], left = *base & x->watch[c].seen;
        narrow = narrow || __builtin_popcountll(left) < LEAST_VALUES;
        if (keep) *base = left;
    }
    return narrow;
}

static status
ask_gate(const trial *x, gate_statistic *statistic, int most, gate_result *g)
{
    *g = (gate_result){.shown = NAN};
    for (int digits = statistic ? most : 0; digits > 0; digits = g->digits - 1) {
        gate_input in = {.rows = x->rows, .columns = x->columns, .exact = x->exact, .lower = x->lower, .upper = x->upper, .clues = x->clues,
                         .clue = x->clue, .watches = x->clues, .watch = x->watch, .statistic = statistic, .most = digits};
        CHECK(protect_gate(&in, g));
        if (g->digits == 0) return ST_OK;
        if (!narrows(x, false)) {
            (void)narrows(x, true);
            return ST_OK;
        }
    }
    *g = (gate_result){.shown = NAN};
    return ST_OK;
}

static status
pass_gate(trial *x, protect_tested *seen)
{
    const protect_tests *t = x->t;
    gate_result fine = {.shown = NAN}, coarse = {.shown = NAN};
    if (x->known) CHECK(ask_gate(x, t->choose(x->rows, x->columns, x->rounded), t->most, &fine));
    if (x->known && fine.digits == 0 && t->coarser) CHECK(ask_gate(x, t->coarser(x->rows, x->columns, x->rounded), 1, &coarse));
    *seen = (protect_tested){fine.shown, fine.digits, coarse.shown, x->rows, x->columns, x->rounded};
    return ST_OK;
}

/* Decimals that show so many significant digits. */
static int
decimals_of(double value, int digits)
{
    int whole = value != 0 ? (int)floor(log10(fabs(value))) + 1 : 1;
    return digits > whole ? digits - whole : 0;
}

static status
run_test(const protect_tests *t, size_t i, uint64_t base[], released_cell cells[])
{
    SCRATCH(tmp);
    trial x = {.t = t, .test = &t->test[i], .rows = t->test[i].rest ? 2 : t->test[i].rows, .columns = t->test[i].columns,
               .base = base};
    size_t n = x.rows * x.columns;
    protect_tested seen;
    ALLOC(tmp, x.exact, n);
    ALLOC(tmp, x.rounded, n);
    ALLOC(tmp, x.lower, n);
    ALLOC(tmp, x.upper, n);
    put_counts(&x);
    if (x.known) CHECK(put_sums(tmp, &x));
    CHECK(pass_gate(&x, &seen));
    for (size_t k = 0; k < t->measures; k++) {
        const protect_measure *m = &t->measure[k];
        if (!x.known || (m->gated && isnan(seen.shown) && isnan(seen.coarse))) {
            cells[k] = (released_cell){RELEASED_CONFIDENTIAL, NAN, 0, WORD("withheld: it would give counts away")};
            continue;
        }
        double value = m->of(&seen);
        cells[k] = isnan(value) ? (released_cell){RELEASED_IMPOSSIBLE, NAN, 0, WORD("not of this test")}
                                : cell_of(value, m->decimals < 0 ? decimals_of(value, seen.digits) : m->decimals,
                                          WORD("as far as the counts stay safe"));
    }
    return ST_OK;
}

status
protect_statistics(arena *out, const protect_tests *t, released **result)
{
    exact_item *row, *column;
    ALLOC(out, row, t->n);
    ALLOC(out, column, t->measures);
    for (size_t i = 0; i < t->n; i++) row[i] = (exact_item){.code = t->name[i], .dimension = "test"};
    for (size_t k = 0; k < t->measures; k++) column[k] = (exact_item){.code = t->measure[k].name, .dimension = "measure"};
    exact_table shape = {.figure = t->figure, .population = t->exact->population, .measure = EXACT_MEAN,
                         .rows = {"test", {"test", "test"}, true, t->n, row}, .columns = {"measure", {"measure", "measure"}, true, t->measures, column}};
    SCRATCH(tmp);
    uint64_t *base;
    ALLOC(tmp, base, t->exact->columns.n);
    for (size_t c = 0; c < t->exact->columns.n; c++) base[c] = UINT64_MAX;
    CHECK(released_make(out, &shape, result));
    for (size_t i = 0; i < t->n; i++) CHECK(run_test(t, i, base, (*result)->cell + i * t->measures));
    return ST_OK;
}
