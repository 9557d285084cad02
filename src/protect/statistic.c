#include "protect/statistic.h"

#include "protect/released_make.h"
#include "protect/system.h"

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

enum { LEAST_VALUES = 5, MOST_COUNTS = 8, MOST_SHARED = 1 << 20 };

/* Counts that another test may share: those of a row of the table, or the sums of its columns, or of its rows. */
typedef struct shared_counts {
    int shared; /* as of a trial */
    size_t n;
    uint32_t id[MOST_COUNTS];
    int64_t rounded[MOST_COUNTS];
} shared_counts;

/* A test on its way to the gate. */
typedef struct testing {
    const protect_tests *t;
    const protect_test *test;
    size_t i, rows, columns;
    int64_t *exact, *rounded;
    bool known; /* every count is released */
    protect_method method;
    size_t sharing;
    shared_counts *share; /* [sharing] */
    trial trial;
    family_said said;
} testing;

static size_t
place(const testing *x, size_t row, size_t column)
{
    return x->test->row[row] * x->t->exact->columns.n + x->test->column[column];
}

static bool
is_shown(const testing *x, size_t cell)
{
    const released *r = x->t->released;
    return x->t->exact->count[cell] != EXACT_UNKNOWN && r->count && r->cell[cell].state != RELEASED_CONFIDENTIAL;
}

static trial_range
range_of(int64_t rounded, int64_t reach, bool sum)
{
    int64_t low = rounded - reach, high = rounded + reach;
    return (trial_range){low > 0 || sum ? low : 0, high > 0 ? high : 0};
}

static void
put_counts(testing *x, trial_range cells[])
{
    const released *r = x->t->released;
    const exact_table *e = x->t->exact;
    x->known = true;
    for (size_t c = 0; c < x->columns; c++)
        for (size_t i = 0; i < x->rows; i++) {
            size_t cell = place(x, x->test->rest ? 0 : i, c), to = i * x->columns + c;
            x->known = x->known && is_shown(x, cell) && (!x->test->rest || r->base);
            if (!x->known) return;
            bool others = x->test->rest && i == 1;
            int64_t rounded = others ? r->base[cell] - r->count[cell] : r->count[cell];
            x->exact[to] = others ? e->base[cell] - e->count[cell] : e->count[cell];
            x->rounded[to] = rounded > 0 ? rounded : 0;
            cells[to] = range_of(rounded, others ? 2 * x->t->reach : x->t->reach, false);
        }
}

/* The sum of some cells lies within reach of the sum of the released ones: margins are taken for released, too. Conventional rounding need
 * not add up: then further. */
static trial_range
sum_range(const testing *x, size_t first, size_t step, size_t n)
{
    int64_t rounded = 0, exact = 0;
    for (size_t k = first, left = n; left > 0; left--, k += step) rounded += x->rounded[k], exact += x->exact[k];
    int64_t off = rounded > exact ? rounded - exact : exact - rounded;
    return range_of(rounded, off > x->t->reach ? off : x->t->reach, true);
}

static status
put_sums(arena *a, testing *x)
{
    trial_range *row, *column;
    ALLOC(a, row, x->rows);
    ALLOC(a, column, x->columns);
    for (size_t i = 0; i < x->rows; i++) row[i] = sum_range(x, i * x->columns, 1, x->columns);
    for (size_t c = 0; c < x->columns; c++) column[c] = sum_range(x, c, x->columns, x->rows);
    x->trial.row = row;
    x->trial.column = column;
    x->trial.whole = sum_range(x, 0, 1, x->rows * x->columns);
    return ST_OK;
}

/* Note counts that other tests may share; false: one of them is no count of the report. */
static bool
put_share(const testing *x, shared_counts *s, const uint32_t id[], const int64_t rounded[], const size_t cell[])
{
    s->n = x->columns;
    for (size_t c = 0; c < x->columns; c++) {
        s->id[c] = id[cell[c]];
        s->rounded[c] = rounded[cell[c]];
        if (s->id[c] == SYSTEM_NONE) return false;
    }
    return true;
}

/* The row of the figure that adds up the tested ones; the number of rows: there is none. */
static size_t
total_row(const testing *x)
{
    const exact_axis *rows = &x->t->exact->rows;
    const char *dimension = rows->item[x->test->row[0]].dimension;
    for (size_t i = 0; i < rows->n; i++)
        if (rows->item[i].total && dimension && rows->item[i].dimension && !strcmp(dimension, rows->item[i].dimension)) return i;
    return rows->n;
}

/* Sums of rows: of the same rows of one population they are taken for the same counts, where they are equal. (Taking others for the same would only
 * be stricter.) */
static void
put_row_sums(const testing *x, shared_counts *s)
{
    *s = (shared_counts){.shared = TRIAL_ROW_SUMS, .n = x->rows};
    for (size_t i = 0; i < x->rows; i++) {
        const char *parts[] = {x->t->exact->population, x->t->exact->rows.item[x->test->row[i]].code.code};
        uint32_t id = 2166136261u; /* FNV-1a */
        int64_t exact = 0;
        for (int k = 0; k < 2; k++)
            for (const char *c = parts[k]; c && *c; c++) id = (id ^ (uint8_t)*c) * 16777619u;
        for (size_t c = 0; c < x->columns; c++) {
            s->rounded[i] += x->rounded[i * x->columns + c];
            exact += x->exact[i * x->columns + c];
        }
        s->id[i] = (id ^ (uint32_t)exact) * 16777619u;
    }
}

static status
put_shares(arena *a, testing *x)
{
    const released *r = x->t->released;
    const exact_table *e = x->t->exact;
    size_t cell[MOST_COUNTS], total = total_row(x);
    ALLOC(a, x->share, x->rows + 2);
    if (!x->test->rest && x->rows <= MOST_COUNTS) put_row_sums(x, &x->share[x->sharing++]);
    if (x->columns > MOST_COUNTS || !r->count_id) return ST_OK;
    for (size_t i = 0; i <= x->rows; i++) {
        bool sums = i == x->rows, bases = sums && r->base_id != NULL;
        if (!sums && x->test->rest) continue;
        if (sums && !bases && total == e->rows.n) continue;
        for (size_t c = 0; c < x->columns; c++)
            cell[c] = !sums || bases ? place(x, bases ? 0 : i, c) : total * e->columns.n + x->test->column[c];
        shared_counts *s = &x->share[x->sharing];
        s->shared = sums ? TRIAL_COLUMN_SUMS : (int)i;
        x->sharing += put_share(x, s, bases ? r->base_id : r->count_id, bases ? r->base : r->count, cell);
    }
    return ST_OK;
}

static bool
same_counts(const shared_counts *a, const shared_counts *b)
{
    bool rows = a->shared == TRIAL_ROW_SUMS, others = b->shared == TRIAL_ROW_SUMS;
    return rows == others && a->n == b->n && !memcmp(a->id, b->id, a->n * sizeof *a->id) && !memcmp(a->rounded, b->rounded, a->n * sizeof *a->rounded);
}

static size_t
how_many_share(size_t n, const testing tests[], const shared_counts *s)
{
    size_t sharing = 0;
    for (size_t j = 0; j < n; j++) {
        bool has = false;
        for (size_t k = 0; tests[j].known && k < tests[j].sharing; k++) has = has || same_counts(s, &tests[j].share[k]);
        sharing += has;
    }
    return sharing;
}

/* Which tests are looked at together: those that have the counts in common that most tests have. */
static status
put_groups(arena *a, size_t n, testing tests[])
{
    const shared_counts **by;
    ALLOC(a, by, n);
    for (size_t j = 0; j < n; j++) {
        testing *x = &tests[j];
        size_t most = 1;
        for (size_t k = 0; x->known && k < x->sharing; k++) {
            size_t sharing = how_many_share(n, tests, &x->share[k]);
            if (sharing > most) most = sharing, by[j] = &x->share[k];
        }
        x->trial.group = j;
        for (size_t i = 0; i < j && by[j]; i++)
            if (by[i] && same_counts(by[i], by[j])) {
                x->trial.group = tests[i].trial.group;
                break;
            }
        if (!by[j]) continue;
        int64_t *low, values = 2 * x->t->reach + 1;
        ALLOC(a, low, by[j]->n);
        for (size_t c = 0; c < by[j]->n; c++) low[c] = by[j]->rounded[c] - x->t->reach;
        x->trial.shared = by[j]->shared;
        x->trial.shared_low = low;
        x->trial.shared_values = values;
        x->known = pow((double)values, (double)by[j]->n) <= MOST_SHARED; /* too many to count: withheld */
    }
    return ST_OK;
}

static status
prepare(arena *a, const protect_tests *t, size_t i, testing *x)
{
    trial_range *cells;
    *x = (testing){.t = t, .test = &t->test[i], .i = i, .rows = t->test[i].rest ? 2 : t->test[i].rows, .columns = t->test[i].columns};
    ALLOC(a, x->exact, x->rows * x->columns);
    ALLOC(a, x->rounded, x->rows * x->columns);
    ALLOC(a, cells, x->rows * x->columns);
    put_counts(x, cells);
    CHECK(t->choose(a, t, i, x->rounded, &x->method));
    if (!x->known || !x->method.trial.evaluate) {
        x->known = false;
        return ST_OK;
    }
    x->trial.rows = x->rows;
    x->trial.columns = x->columns;
    x->trial.exact = x->exact;
    x->trial.cell = cells;
    x->trial.method = x->method.trial;
    CHECK(put_sums(a, x));
    return put_shares(a, x);
}

/* Does the test have a p at all? Else it is not of the family. */
static void
drop_without_p(testing *x)
{
    double number[TRIAL_NUMBERS];
    if (!x->known) return;
    x->method.trial.evaluate(x->rows, x->columns, x->exact, x->method.trial.context, number);
    x->known = !isnan(number[x->method.trial.p]);
}

/* Gather the tables of every test that is left; `grid` is for so many. */
static status
gather(arena *a, size_t n, testing tests[], adjusted_grid *grid, size_t *family)
{
    *family = 0;
    for (size_t j = 0; j < n; j++) *family += tests[j].known;
    if (*family == 0) return ST_OK;
    CHECK(adjusted_grid_make(a, *family, grid));
    for (size_t j = 0; j < n; j++)
        if (tests[j].known) CHECK(trial_gather(a, grid, &tests[j].trial));
    return ST_OK;
}

/* A count that can have few values already by what was released (close to zero): nothing of its test is printed, and it stands in no other's way. */
static status
drop_narrow(size_t n, testing tests[], const adjusted_grid *grid, bool *any)
{
    const trial_state nothing = {.high = (uint16_t)grid->n}, *state = &nothing;
    *any = false;
    for (size_t j = 0; j < n; j++) {
        const trial *one = &tests[j].trial;
        bool safe = true;
        if (tests[j].known) CHECK(trial_safe(1, &one, &state, LEAST_VALUES, &safe));
        *any = *any || !safe;
        tests[j].known = tests[j].known && safe;
    }
    return ST_OK;
}

static status
decide(arena *a, size_t n, testing tests[], adjusted_by way, size_t *family)
{
    const trial **trials;
    family_said *said;
    adjusted_grid grid;
    size_t at = 0;
    bool dropped = false;
    CHECK(gather(a, n, tests, &grid, family));
    if (*family) CHECK(drop_narrow(n, tests, &grid, &dropped));
    if (dropped) CHECK(gather(a, n, tests, &grid, family));
    if (*family == 0) return ST_OK;
    ALLOC(a, trials, *family);
    ALLOC(a, said, *family);
    for (size_t j = 0; j < n; j++)
        if (tests[j].known) trials[at++] = &tests[j].trial;
    CHECK(family_decide(*family, trials, &grid, way, LEAST_VALUES, said));
    at = 0;
    for (size_t j = 0; j < n; j++)
        if (tests[j].known) tests[j].said = said[at++];
    return ST_OK;
}

/* What may be known of a test. */
static protect_tested
tested_of(const testing *x, size_t family, int part)
{
    protect_tested seen = {.family = family, .rows = x->rows, .columns = x->columns, .rounded = x->rounded, .method = x->method.part[part], .part = part};
    for (int k = 0; k < TRIAL_NUMBERS; k++) seen.shown[k] = NAN;
    for (int w = 0; w < ADJUSTED_WAYS; w++) seen.below[w] = x->said.below[w];
    for (int i = 0; i < TRIAL_ITEMS; i++) {
        const trial_item *item = &x->method.trial.item[i];
        int digits = x->said.digits[i];
        for (int k = item->first; digits > 0 && k < item->first + item->n; k++) {
            seen.shown[k] = x->trial.printed[i][digits - 1][k];
            seen.digits[k] = digits;
        }
    }
    return seen;
}

/* Decimals that show so many significant digits. */
static int
decimals_of(double value, int digits, int most)
{
    int whole = value != 0 ? (int)floor(log10(fabs(value))) + 1 : 1, decimals = digits > whole ? digits - whole : 0;
    return decimals < most ? decimals : most;
}

static released_cell
cell_of_measure(const testing *x, const protect_tested *seen, const protect_measure *m)
{
    if (!x->known) return (released_cell){RELEASED_CONFIDENTIAL, NAN, 0, WORD("withheld: it would give counts away")};
    protect_number number = m->of(seen);
    if (number.state == NUMBER_WITHHELD) return (released_cell){RELEASED_CONFIDENTIAL, NAN, 0, WORD("withheld: it would give counts away")};
    if (number.state == NUMBER_NONE) return (released_cell){RELEASED_IMPOSSIBLE, NAN, 0, WORD("not of this test")};
    int decimals = number.digits > 0 ? decimals_of(number.value, number.digits, m->decimals) : m->decimals;
    return cell_of(number.value, decimals, WORD("as far as the counts stay safe"));
}

static status
release_tests(arena *out, const protect_tests *t, const testing tests[], size_t family, released **result)
{
    exact_item *row, *column;
    size_t rows = 0;
    ALLOC(out, row, 2 * t->n);
    ALLOC(out, column, t->measures);
    for (size_t i = 0; i < t->n; i++)
        for (int part = 0; part < tests[i].method.parts; part++) row[rows++] = (exact_item){.code = t->name[i][part], .dimension = tests[i].method.part[part]};
    for (size_t k = 0; k < t->measures; k++) column[k] = (exact_item){.code = t->measure[k].name, .dimension = "measure"};
    exact_table shape = {.figure = t->figure, .population = t->exact->population, .measure = EXACT_MEAN,
                         .rows = {"test", {"test", "test"}, true, rows, row}, .columns = {"measure", {"measure", "measure"}, true, t->measures, column}};
    CHECK(released_make(out, &shape, result));
    released_cell *cell = (*result)->cell;
    for (size_t i = 0; i < t->n; i++)
        for (int part = 0; part < tests[i].method.parts; part++) {
            protect_tested seen = tested_of(&tests[i], family, part);
            for (size_t k = 0; k < t->measures; k++) *cell++ = cell_of_measure(&tests[i], &seen, &t->measure[k]);
        }
    return ST_OK;
}

status
protect_statistics(arena *out, size_t n, const protect_tests figures[], adjusted_by way, released *result[])
{
    SCRATCH(tmp);
    testing *tests;
    size_t all = 0, at = 0, family;
    for (size_t i = 0; i < n; i++) all += figures[i].n;
    ALLOC(tmp, tests, all);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < figures[i].n; k++) CHECK(prepare(tmp, &figures[i], k, &tests[at++]));
    for (size_t j = 0; j < all; j++) drop_without_p(&tests[j]);
    CHECK(put_groups(tmp, all, tests));
    CHECK(decide(tmp, all, tests, way, &family));
    at = 0;
    for (size_t i = 0; i < n; i++) {
        CHECK(release_tests(out, &figures[i], &tests[at], family, &result[i]));
        at += figures[i].n;
    }
    return ST_OK;
}
