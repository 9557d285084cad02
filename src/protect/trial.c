#include "protect/trial.h"

#include "base/rng.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_TABLES = 2000000, SAMPLES = 400000, MARGINS = 32, MOVES = 3000, MOST_CELLS = 64, MOST_KEYS = 1 << 20, CHUNK = 4096, MOST_RANGE = 64 };

/* A table that agrees with everything but what is printed of the test: key of its shared counts, cell of its p, for each item the digits
 * (bit d - 1) at which it prints like the exact table, and its counts from their least on. */
typedef struct candidate {
    uint32_t key;
    uint16_t p;
    uint8_t same[TRIAL_ITEMS];
    uint8_t cell[];
} candidate;

struct trial_chunk {
    trial_chunk *next;
    size_t n;
    char *record;
};

typedef struct gathering {
    arena *a;
    const adjusted_grid *g;
    trial *t;
    size_t n;
    int64_t x[MOST_CELLS];
    double edge[TRIAL_ITEMS][TRIAL_DIGITS][TRIAL_NUMBERS][2]; /* what prints the same lies between */
} gathering;

static int64_t
within(const trial_range *r, int64_t value)
{
    return value >= r->low && value <= r->high;
}

static int64_t
row_sum(const trial *t, const int64_t x[], size_t row)
{
    int64_t sum = 0;
    for (size_t c = 0; c < t->columns; c++) sum += x[row * t->columns + c];
    return sum;
}

static int64_t
column_sum(const trial *t, const int64_t x[], size_t column)
{
    int64_t sum = 0;
    for (size_t r = 0; r < t->rows; r++) sum += x[r * t->columns + column];
    return sum;
}

static bool
agrees(const trial *t, const int64_t x[])
{
    int64_t whole = 0;
    for (size_t r = 0; r < t->rows; r++) {
        int64_t sum = row_sum(t, x, r);
        whole += sum;
        if (!within(&t->row[r], sum)) return false;
    }
    for (size_t c = 0; c < t->columns; c++)
        if (!within(&t->column[c], column_sum(t, x, c))) return false;
    return within(&t->whole, whole);
}

/* How many counts are shared. */
static size_t
shared_counts(const trial *t)
{
    return t->shared == TRIAL_ROW_SUMS ? t->rows : t->columns;
}

static int64_t
shared_count(const trial *t, const int64_t x[], size_t i)
{
    if (t->shared == TRIAL_ROW_SUMS) return row_sum(t, x, i);
    return t->shared == TRIAL_COLUMN_SUMS ? column_sum(t, x, i) : x[(size_t)t->shared * t->columns + i];
}

/* The shared counts as one number; false: one is out of its range. */
static bool
key_of(const trial *t, const int64_t x[], uint32_t *key)
{
    uint64_t k = 0;
    for (size_t i = 0; i < shared_counts(t) && t->keys > 1; i++) {
        int64_t place = shared_count(t, x, i) - t->shared_low[i];
        if (place < 0 || place >= t->shared_values) return false;
        k = k * (uint64_t)t->shared_values + (uint64_t)place;
    }
    *key = (uint32_t)k;
    return true;
}

static uint8_t
same_digits(const gathering *g, const trial_item *item, int i, const double number[])
{
    uint8_t same = 0;
    for (int d = 0; item->n > 0 && d < item->most; d++) {
        bool here = true;
        for (int k = 0; k < item->n; k++) {
            const double *edge = g->edge[i][d][item->first + k];
            here = here && number[item->first + k] >= edge[0] && number[item->first + k] <= edge[1];
        }
        same |= (uint8_t)(here << d);
    }
    return same;
}

static status
room(gathering *g, candidate **to)
{
    trial_chunk *chunk = g->t->chunks;
    if (!chunk || chunk->n == CHUNK) {
        ALLOC(g->a, chunk, 1);
        chunk->record = arena_alloc(g->a, CHUNK, g->t->record);
        if (!chunk->record) FAIL(ST_NO_MEMORY, "out of memory (tables that fit)");
        chunk->next = g->t->chunks;
        g->t->chunks = chunk;
    }
    *to = (candidate *)(void *)(chunk->record + chunk->n++ * g->t->record);
    return ST_OK;
}

static status
consider(gathering *g)
{
    const trial *t = g->t;
    double number[TRIAL_NUMBERS];
    uint32_t key;
    candidate *c;
    if (!agrees(t, g->x) || !key_of(t, g->x, &key)) return ST_OK;
    t->method.evaluate(t->rows, t->columns, g->x, t->method.context, number);
    if (isnan(number[t->method.p])) return ST_OK;
    CHECK(room(g, &c));
    c->key = key;
    c->p = adjusted_cell(g->g, number[t->method.p]);
    for (int i = 0; i < TRIAL_ITEMS; i++) c->same[i] = same_digits(g, &t->method.item[i], i, number);
    for (size_t k = 0; k < t->rows * t->columns; k++) c->cell[k] = (uint8_t)(g->x[k] - t->cell[k].low);
    return ST_OK;
}

/* Column by column: a column whose sum is out of its range ends the branch. */
static status
every_table(gathering *g, size_t place)
{
    const trial *t = g->t;
    size_t column = place / t->rows, row = place % t->rows, k = row * t->columns + column;
    if (row == 0 && column > 0 && !within(&t->column[column - 1], column_sum(t, g->x, column - 1))) return ST_OK;
    if (column == t->columns) return consider(g);
    for (g->x[k] = t->cell[k].low; g->x[k] <= t->cell[k].high; g->x[k]++) CHECK(every_table(g, place + 1));
    return ST_OK;
}

static int64_t
drawn(rng *random, const trial_range *r)
{
    return r->low + (int64_t)rng_below(random, (uint64_t)(r->high - r->low) + 1);
}

/* A table near the exact one, or all over the ranges. */
static void
draw(gathering *g, rng *random)
{
    size_t n = g->t->rows * g->t->columns, moved = 1 + (size_t)rng_below(random, n);
    for (size_t k = 0; k < n; k++) g->x[k] = rng_below(random, n) < moved ? drawn(random, &g->t->cell[k]) : g->t->exact[k];
}

/* What is found fits; what is missed only makes the gate stricter. */
static status
some_tables(gathering *g)
{
    rng random = rng_new(7, 5);
    for (int i = 0; i < SAMPLES; i++) {
        draw(g, &random);
        CHECK(consider(g));
    }
    return ST_OK;
}

/* One up, one down in two rows and two columns: the margins stay. */
static void
swap_four(gathering *g, rng *random)
{
    const trial *t = g->t;
    size_t r1 = (size_t)rng_below(random, t->rows), r2 = (r1 + 1 + (size_t)rng_below(random, t->rows - 1)) % t->rows;
    size_t c1 = (size_t)rng_below(random, t->columns), c2 = (c1 + 1 + (size_t)rng_below(random, t->columns - 1)) % t->columns;
    const size_t up[] = {r1 * t->columns + c1, r2 * t->columns + c2}, down[] = {r1 * t->columns + c2, r2 * t->columns + c1};
    for (int i = 0; i < 2; i++)
        if (g->x[up[i]] == t->cell[up[i]].high || g->x[down[i]] == t->cell[down[i]].low) return;
    for (int i = 0; i < 2; i++) g->x[up[i]]++, g->x[down[i]]--;
}

/* Few margins, many tables of each. */
static status
tables_by_margins(gathering *g)
{
    rng random = rng_new(7, 6);
    for (int margin = 0, tries = 0; margin < MARGINS && tries < SAMPLES; tries++) {
        if (margin > 0) draw(g, &random);
        if (!agrees(g->t, g->x)) continue;
        for (int i = 0; i < MOVES; i++) {
            CHECK(consider(g));
            swap_four(g, &random);
        }
        margin++;
    }
    return ST_OK;
}

static bool
small_enough(const trial *t)
{
    double tables = 1;
    for (size_t k = 0; k < t->rows * t->columns; k++) tables *= (double)(t->cell[k].high - t->cell[k].low + 1);
    return tables <= MOST_TABLES;
}

/* The number as it is printed, and between which numbers all print so: below a power of ten the steps are a tenth. Numbers at the very edge
 * count as printing otherwise. */
static double
print(double value, int digits, double edge[2])
{
    char text[48];
    snprintf(text, sizeof text, "%.*e", digits - 1, value);
    double shown = strtod(text, NULL), half = value == 0 ? 0 : 0.5 * pow(10, atoi(strchr(text, 'e') + 1) - digits + 1);
    const char *mantissa = *text == '-' ? text + 1 : text;
    bool power = *mantissa == '1' && strspn(mantissa + 1, ".0") == (size_t)(strchr(mantissa, 'e') - mantissa) - 1;
    double inner = power ? half / 10 : half, down = shown < 0 ? half : inner, up = shown < 0 ? inner : half;
    edge[0] = shown - down * (1 - 1e-9), edge[1] = shown + up * (1 - 1e-9);
    return shown;
}

static void
print_exact(gathering *g)
{
    trial *t = g->t;
    for (int i = 0; i < TRIAL_ITEMS; i++) {
        const trial_item *item = &t->method.item[i];
        for (int d = 0; d < item->most; d++)
            for (int k = item->first; k < item->first + item->n; k++) {
                double *edge = g->edge[i][d][k];
                edge[0] = edge[1] = NAN; /* nothing prints like a number that does not exist */
                t->printed[i][d][k] = isfinite(t->number[k]) ? print(t->number[k], d + 1, edge) : (double)NAN;
            }
    }
}

static status
check_trial(trial *t)
{
    if (t->rows * t->columns > MOST_CELLS) FAIL(ST_INVALID, "leak gate: a table of %zu x %zu counts: expected at most %d", t->rows, t->columns, MOST_CELLS);
    for (size_t k = 0; k < t->rows * t->columns; k++)
        if (!within(&t->cell[k], t->exact[k]) || t->cell[k].high - t->cell[k].low > UINT8_MAX)
            FAIL(ST_INVALID, "leak gate: cell %zu lies outside what its released count says", k);
    if (!agrees(t, t->exact)) FAIL(ST_INVALID, "leak gate: the exact table does not agree with the printed totals");
    double keys = t->shared_values > 0 ? pow((double)t->shared_values, (double)shared_counts(t)) : 1;
    if (keys > MOST_KEYS) FAIL(ST_INVALID, "leak gate: %zu shared counts are too many", shared_counts(t));
    t->keys = (size_t)keys;
    return ST_OK;
}

status
trial_gather(arena *a, const adjusted_grid *grid, trial *t)
{
    SCRATCH(tmp);
    gathering *g;
    ALLOC(tmp, g, 1);
    *g = (gathering){.a = a, .g = grid, .t = t, .n = t->rows * t->columns};
    CHECK(check_trial(t));
    memcpy(g->x, t->exact, g->n * sizeof *g->x);
    t->record = (sizeof(candidate) + g->n + 3) / 4 * 4;
    t->chunks = NULL;
    t->method.evaluate(t->rows, t->columns, t->exact, t->method.context, t->number);
    t->p = adjusted_cell(grid, t->number[t->method.p]);
    print_exact(g);
    t->complete = !t->method.slow && small_enough(t);
    if (t->complete) return every_table(g, 0);
    return t->method.slow && t->rows > 1 && t->columns > 1 ? tables_by_margins(g) : some_tables(g);
}

static bool
fits(const candidate *c, const trial *t, const trial_state *s)
{
    for (int i = 0; i < TRIAL_ITEMS; i++)
        if (t->method.item[i].n > 0 && s->digits[i] > 0 && !(c->same[i] >> (s->digits[i] - 1) & 1)) return false;
    return c->p >= s->low && c->p <= s->high;
}

/* keys &= those that some table of the trial has. */
static status
narrow_keys(const trial *t, const trial_state *s, uint8_t keys[])
{
    SCRATCH(tmp);
    uint8_t *here;
    ALLOC(tmp, here, t->keys);
    for (const trial_chunk *chunk = t->chunks; chunk; chunk = chunk->next)
        for (size_t i = 0; i < chunk->n; i++) {
            const candidate *c = (const candidate *)(const void *)(chunk->record + i * t->record);
            if (keys[c->key] && fits(c, t, s)) here[c->key] = 1;
        }
    memcpy(keys, here, t->keys);
    return ST_OK;
}

/* The values that every count and sum of a trial keeps. */
typedef struct seen_values {
    uint64_t cell[MOST_CELLS][4], row[MOST_CELLS], column[MOST_CELLS], whole;
} seen_values;

static void
see(uint64_t *seen, int64_t place)
{
    *seen |= UINT64_C(1) << (place < 0 ? 0 : place < MOST_RANGE ? place : MOST_RANGE - 1);
}

static void
see_all(seen_values *seen, const trial *t, const candidate *c)
{
    int64_t whole = 0, column[MOST_CELLS] = {0};
    for (size_t r = 0; r < t->rows; r++) {
        int64_t sum = 0;
        for (size_t k = 0; k < t->columns; k++) {
            uint8_t at = c->cell[r * t->columns + k];
            int64_t value = t->cell[r * t->columns + k].low + at;
            seen->cell[r * t->columns + k][at / 64] |= UINT64_C(1) << at % 64;
            sum += value;
            column[k] += value;
        }
        see(&seen->row[r], sum - t->row[r].low);
        whole += sum;
    }
    for (size_t k = 0; k < t->columns; k++) see(&seen->column[k], column[k] - t->column[k].low);
    see(&seen->whole, whole - t->whole.low);
}

/* Has the table the sums of columns that the exact one has? */
static bool
same_columns(const trial *t, const candidate *c)
{
    for (size_t k = 0; k < t->columns; k++) {
        int64_t off = 0;
        for (size_t r = 0; r < t->rows; r++) off += t->cell[r * t->columns + k].low + c->cell[r * t->columns + k] - t->exact[r * t->columns + k];
        if (off != 0) return false;
    }
    return true;
}

static int
count_values(const uint64_t seen[], int words)
{
    int n = 0;
    for (int i = 0; i < words; i++) n += __builtin_popcountll(seen[i]);
    return n;
}

static bool
keeps_cells(const seen_values *seen, const trial *t, int values)
{
    for (size_t k = 0; k < t->rows * t->columns; k++)
        if (t->cell[k].low < t->cell[k].high && count_values(seen->cell[k], 4) < values) return false;
    return true;
}

static bool
keeps(const seen_values *seen, const trial *t, int values)
{
    if (!keeps_cells(seen, t, values)) return false;
    for (size_t r = 0; r < t->rows; r++)
        if (t->row[r].low < t->row[r].high && count_values(&seen->row[r], 1) < values) return false;
    for (size_t c = 0; c < t->columns; c++)
        if (t->column[c].low < t->column[c].high && count_values(&seen->column[c], 1) < values) return false;
    return t->whole.low == t->whole.high || count_values(&seen->whole, 1) >= values;
}

status
trial_safe(size_t n, const trial *const trials[], const trial_state *const states[], int values, bool *safe)
{
    SCRATCH(tmp);
    uint8_t *keys;
    seen_values *seen; /* by all tables that fit; by those with the exact sums of columns */
    *safe = true;
    if (n == 0) return ST_OK;
    ALLOC(tmp, keys, trials[0]->keys);
    ALLOC(tmp, seen, 2);
    memset(keys, 1, trials[0]->keys);
    for (size_t i = 0; i < n; i++) CHECK(narrow_keys(trials[i], states[i], keys));
    for (size_t i = 0; i < n && *safe; i++) {
        const trial *t = trials[i];
        memset(seen, 0, 2 * sizeof *seen);
        for (const trial_chunk *chunk = t->chunks; chunk; chunk = chunk->next)
            for (size_t k = 0; k < chunk->n; k++) {
                const candidate *c = (const candidate *)(const void *)(chunk->record + k * t->record);
                if (!keys[c->key] || !fits(c, t, states[i])) continue;
                see_all(seen, t, c);
                if (t->method.columns_known && same_columns(t, c)) see_all(seen + 1, t, c);
            }
        *safe = keeps(seen, t, values) && (!t->method.columns_known || keeps_cells(seen + 1, t, values));
    }
    return ST_OK;
}
