/* Exact and Monte-Carlo tests of a table given its margins. */
#include "follow/crosstab.h"
#include "base/rng.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#define MATHLIB_STANDALONE
#include <Rmath.h>

enum { MOST_ROWS = 8, MOST_COLUMNS = 64, MOST_COUNT = 65535, MOST_STEPS = 40000000 };

/* Row totals still to be filled, largest first: rows are interchangeable. */
typedef struct margins {
    uint16_t left[MOST_ROWS];
} margins;

/* A state after `column` columns, with the bounds of what the remaining columns can add to the log probability. */
typedef struct state {
    margins m;
    double most, least;
    bool used;
} state;

/* Ways that arrive at a state with the same log probability so far. */
typedef struct way {
    margins m;
    int64_t past; /* log probability, in units of 1e-9 */
    double log_past, mass;
    bool used;
} way;

typedef struct hash_states {
    state *slot;
    size_t size, n;
} hash_states;

typedef struct hash_ways {
    way *slot;
    size_t size, n;
} hash_ways;

typedef struct network {
    arena *a;
    int rows, cols;
    int64_t column[MOST_COLUMNS];
    const double *log_factorial;
    hash_states bounds[MOST_COLUMNS + 1];
    double limit; /* log probability a table may have to be counted */
    int64_t steps;
    double sum;
} network;

static uint64_t
hash_margins(const margins *m, int64_t past)
{
    uint64_t parts[2], h = (uint64_t)past * 0x9E3779B97F4A7C15u;
    memcpy(parts, m, sizeof parts);
    for (int i = 0; i < 2; i++) {
        h ^= parts[i];
        h *= 0xD6E8FEB86659FD93u;
        h ^= h >> 32;
    }
    return h;
}

static state *
find_state(const hash_states *h, const margins *m)
{
    size_t at = hash_margins(m, 0) & (h->size - 1);
    while (h->slot[at].used && memcmp(&h->slot[at].m, m, sizeof *m) != 0) at = (at + 1) & (h->size - 1);
    return &h->slot[at];
}

static status
grow_states(arena *a, hash_states *h)
{
    hash_states next = {.size = h->size ? 2 * h->size : 256, .n = h->n};
    ALLOC(a, next.slot, next.size);
    for (size_t i = 0; i < h->size; i++)
        if (h->slot[i].used) *find_state(&next, &h->slot[i].m) = h->slot[i];
    *h = next;
    return ST_OK;
}

static way *
find_way(const hash_ways *h, const margins *m, int64_t past)
{
    size_t at = hash_margins(m, past) & (h->size - 1);
    while (h->slot[at].used && (h->slot[at].past != past || memcmp(&h->slot[at].m, m, sizeof *m) != 0)) at = (at + 1) & (h->size - 1);
    return &h->slot[at];
}

static status
grow_ways(arena *a, hash_ways *h)
{
    hash_ways next = {.size = h->size ? 2 * h->size : 256, .n = h->n};
    ALLOC(a, next.slot, next.size);
    for (size_t i = 0; i < h->size; i++)
        if (h->slot[i].used) *find_way(&next, &h->slot[i].m, h->slot[i].past) = h->slot[i];
    *h = next;
    return ST_OK;
}

static void
sort_margins(int rows, margins *m)
{
    for (int i = 1; i < rows; i++)
        for (int k = i; k > 0 && m->left[k] > m->left[k - 1]; k--) {
            uint16_t t = m->left[k];
            m->left[k] = m->left[k - 1];
            m->left[k - 1] = t;
        }
}

/* All ways to fill one column: x[row] <= left[row], summing to the column's total. */
typedef struct filling {
    int rows;
    int64_t x[MOST_ROWS], rest[MOST_ROWS], after[MOST_ROWS + 1]; /* rest: for this row and those below; after: room below */
    const margins *from;
    bool started;
} filling;

static void
fill_from(filling *f, int row, int64_t rest)
{
    for (int i = row; i < f->rows; i++) {
        f->rest[i] = rest;
        int64_t least = rest - f->after[i + 1];
        f->x[i] = least > 0 ? least : 0;
        rest -= f->x[i];
    }
}

static filling
filling_new(const margins *m, int rows, int64_t count)
{
    filling f = {.rows = rows, .from = m};
    for (int i = rows; i-- > 0;) f.after[i] = f.after[i + 1] + m->left[i];
    fill_from(&f, 0, count);
    return f;
}

static bool
filling_next(filling *f, margins *to)
{
    if (f->started) {
        int row = f->rows - 2;
        while (row >= 0 && (f->x[row] >= f->from->left[row] || f->x[row] >= f->rest[row])) row--;
        if (row < 0) return false;
        f->x[row]++;
        fill_from(f, row + 1, f->rest[row] - f->x[row]);
    }
    f->started = true;
    memset(to, 0, sizeof *to);
    for (int i = 0; i < f->rows; i++) to->left[i] = (uint16_t)(f->from->left[i] - f->x[i]);
    sort_margins(f->rows, to);
    return true;
}

static double
log_column(const network *w, const filling *f)
{
    double sum = 0;
    for (int i = 0; i < f->rows; i++) sum -= w->log_factorial[f->x[i]];
    return sum;
}

/* The most and the least the columns from `column` on can add. */
static status
find_bounds(network *w, int column, const margins *m, double *most, double *least)
{
    if (column == w->cols) {
        *most = *least = 0;
        return ST_OK;
    }
    hash_states *h = &w->bounds[column];
    if (h->size && find_state(h, m)->used) {
        const state *s = find_state(h, m);
        *most = s->most, *least = s->least;
        return ST_OK;
    }
    double high = -INFINITY, low = INFINITY;
    margins next;
    for (filling f = filling_new(m, w->rows, w->column[column]); filling_next(&f, &next);) {
        if (++w->steps > MOST_STEPS) return ST_OK;
        double add = log_column(w, &f), up, down;
        CHECK(find_bounds(w, column + 1, &next, &up, &down));
        high = fmax(high, add + up), low = fmin(low, add + down);
    }
    if (2 * (h->n + 1) > h->size) CHECK(grow_states(w->a, h));
    *find_state(h, m) = (state){*m, high, low, true};
    h->n++;
    *most = high, *least = low;
    return ST_OK;
}

/* Log of the sum over all ways to fill the columns from `column` on. */
static double
log_all(const network *w, int column, const margins *m)
{
    int64_t n = 0;
    double sum = 0;
    for (int c = column; c < w->cols; c++) {
        n += w->column[c];
        sum -= w->log_factorial[w->column[c]];
    }
    for (int r = 0; r < w->rows; r++) sum -= w->log_factorial[m->left[r]];
    return sum + w->log_factorial[n];
}

static status
go_on(network *w, int column, const way *from, hash_ways *to)
{
    margins next;
    for (filling f = filling_new(&from->m, w->rows, w->column[column]); filling_next(&f, &next);) {
        if (++w->steps > MOST_STEPS) return ST_OK;
        double past = from->log_past + log_column(w, &f), most, least;
        CHECK(find_bounds(w, column + 1, &next, &most, &least));
        if (past + least > w->limit) continue;
        if (past + most <= w->limit) {
            w->sum += from->mass * exp(past + log_all(w, column + 1, &next));
            continue;
        }
        if (2 * (to->n + 1) > to->size) CHECK(grow_ways(w->a, to));
        way *there = find_way(to, &next, llround(past * 1e9));
        if (!there->used) {
            *there = (way){next, llround(past * 1e9), past, 0, true};
            to->n++;
        }
        there->mass += from->mass;
    }
    return ST_OK;
}

static status
walk(network *w, const margins *start, double log_constant)
{
    hash_ways now = {0};
    CHECK(grow_ways(w->a, &now));
    *find_way(&now, start, llround(log_constant * 1e9)) = (way){*start, llround(log_constant * 1e9), log_constant, 1, true};
    now.n = 1;
    for (int column = 0; column < w->cols && now.n; column++) {
        hash_ways next = {0};
        for (size_t i = 0; i < now.size; i++)
            if (now.slot[i].used) CHECK(go_on(w, column, &now.slot[i], &next));
        if (w->steps > MOST_STEPS) return ST_OK;
        now = next;
    }
    return ST_OK;
}

/* Sides without empty rows or columns, the shorter one as rows. */
static bool
read_margins(const int64_t *t, size_t rows, size_t cols, network *w, margins *m, double *log_observed)
{
    int64_t side[2][MOST_COLUMNS], n = 0;
    int used[2] = {0, 0};
    for (int s = 0; s < 2; s++)
        for (size_t i = 0; i < (s ? cols : rows); i++) {
            int64_t sum = 0;
            for (size_t k = 0; k < (s ? rows : cols); k++) sum += s ? t[k * cols + i] : t[i * cols + k];
            if (sum == 0) continue;
            if (used[s] == MOST_COLUMNS || sum > MOST_COUNT) return false;
            side[s][used[s]++] = sum;
            if (s) n += sum;
        }
    int shorter = used[1] < used[0];
    if (used[shorter] > MOST_ROWS || n > MOST_COUNT) return false;
    w->rows = used[shorter], w->cols = used[!shorter];
    for (int i = 0; i < w->rows; i++) m->left[i] = (uint16_t)side[shorter][i];
    memcpy(w->column, side[!shorter], sizeof w->column);
    for (int i = 1; i < w->cols; i++) /* largest first: fewer states */
        for (int k = i; k > 0 && w->column[k] > w->column[k - 1]; k--) {
            int64_t c = w->column[k];
            w->column[k] = w->column[k - 1], w->column[k - 1] = c;
        }
    sort_margins(w->rows, m);
    *log_observed = 0;
    for (size_t i = 0; i < rows * cols; i++) *log_observed -= lgammafn((double)t[i] + 1);
    return true;
}

status
follow_fisher(const int64_t *table, size_t rows, size_t cols, fisher_result *result)
{
    SCRATCH(tmp);
    network *w;
    ALLOC(tmp, w, 1);
    w->a = tmp;
    margins m = {0};
    double observed, *lf;
    *result = (fisher_result){false, NAN, NAN};
    if (!read_margins(table, rows, cols, w, &m, &observed) || w->rows == 0) return ST_OK;
    int64_t n = 0;
    for (int c = 0; c < w->cols; c++) n += w->column[c];
    ALLOC(tmp, lf, n + 1);
    for (int64_t i = 2; i <= n; i++) lf[i] = lgammafn((double)i + 1);
    w->log_factorial = lf;
    double constant = -log_all(w, 0, &m);
    w->limit = constant + observed + 1e-7;
    CHECK(walk(w, &m, constant));
    if (w->steps > MOST_STEPS) return ST_OK;
    *result = (fisher_result){true, fmin(w->sum, 1), exp(constant + observed)};
    return ST_OK;
}

/* Stirling's series; below 16 by products. Good to 2e-16 of itself. */
static double
log_factorial(double n)
{
    if (n < 16) {
        double product = 1;
        for (double k = 2; k <= n; k++) product *= k;
        return log(product);
    }
    double s = 1 / (n * n);
    return (n + 0.5) * log(n) - n + 0.91893853320467274178 + (1 / 12.0 - s * (1 / 360.0 - s * (1 / 1260.0 - s / 1680))) / n;
}

/* How many of `here` persons are good, drawn from `good` and `other`: by inversion from the mode outwards, some standard deviations' steps where
 * from below it would take as many as the mode is high. */
static double
draw_count(rng *r, double good, double other, double here)
{
    double low = fmax(0, here - other), high = fmin(good, here), all = good + other;
    if (low >= high) return high;
    double mode = fmin(high, fmax(low, floor((here + 1) * (good + 1) / (all + 2))));
    double p = exp(log_factorial(good) + log_factorial(other) + log_factorial(here) + log_factorial(all - here) - log_factorial(all) -
                   log_factorial(mode) - log_factorial(good - mode) - log_factorial(here - mode) - log_factorial(other - here + mode));
    double u = rng_uniform(r) - p, up = p, down = p;
    for (double above = mode, below = mode; u >= 0 && up + down > 1e-18;) {
        up *= (good - above) * (here - above) / ((above + 1) * (other - here + above + 1)); /* 0 past the end */
        above++;
        if ((u -= up) < 0) return above;
        down *= below * (other - here + below) / ((good - below + 1) * (here - below + 1));
        below--;
        if ((u -= down) < 0) return below;
    }
    return mode;
}

/* A random table with the margins given: cell by cell, hypergeometric (as Patefield 1981, AS 159); the last row and column are what is left. */
static void
draw_table(rng *r, size_t rows, size_t cols, const int64_t *row, const int64_t *column, int64_t *left, int64_t *t)
{
    memcpy(left, column, cols * sizeof *left);
    int64_t below = 0;
    for (size_t i = 0; i < rows; i++) below += row[i];
    for (size_t i = 0; i < rows; i++) {
        int64_t here = row[i], others = below;
        for (size_t c = 0; c < cols; c++) {
            others -= left[c]; /* counts of the columns to the right */
            t[i * cols + c] = (int64_t)draw_count(r, (double)left[c], (double)others, (double)here);
            here -= t[i * cols + c];
            left[c] -= t[i * cols + c];
        }
        below -= row[i];
    }
}

status
follow_monte_carlo(const int64_t *table, size_t rows, size_t cols, uint64_t seed, size_t samples, double *p)
{
    SCRATCH(tmp);
    int64_t *row, *column, *left, *t;
    ALLOC(tmp, row, rows);
    ALLOC(tmp, column, cols);
    ALLOC(tmp, left, cols);
    ALLOC(tmp, t, rows * cols);
    for (size_t i = 0; i < rows * cols; i++) {
        row[i / cols] += table[i];
        column[i % cols] += table[i];
    }
    double observed = follow_pearson(table, rows, cols) * (1 - 64 * 2.220446049250313e-16);
    size_t extreme = 0;
    for (size_t s = 0; s < samples; s++) {
        rng r = rng_new(seed, s);
        draw_table(&r, rows, cols, row, column, left, t);
        extreme += follow_pearson(t, rows, cols) >= observed;
    }
    *p = isnan(observed) ? NAN : (double)(1 + extreme) / (double)(samples + 1);
    return ST_OK;
}

struct follow_null {
    size_t rows, cols, samples;
    uint64_t seed;
    int64_t *row, *column, *left, *t; /* row and column: of the table before */
    double *statistic;                /* [samples] ascending, of these margins */
    bool drawn;
};

status
follow_null_new(arena *a, size_t rows, size_t cols, uint64_t seed, size_t samples, follow_null **result)
{
    follow_null *x;
    ALLOC(a, x, 1);
    *x = (follow_null){.rows = rows, .cols = cols, .samples = samples, .seed = seed};
    ALLOC(a, x->row, rows);
    ALLOC(a, x->column, cols);
    ALLOC(a, x->left, cols);
    ALLOC(a, x->t, rows * cols);
    ALLOC(a, x->statistic, samples);
    *result = x;
    return ST_OK;
}

static int
compare_statistic(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Are the margins those of the table before? Keep them. */
static bool
keep_margins(follow_null *x, const int64_t *table)
{
    bool same = x->drawn;
    for (size_t i = 0; i < x->rows; i++) {
        int64_t sum = 0;
        for (size_t c = 0; c < x->cols; c++) sum += table[i * x->cols + c];
        same = same && sum == x->row[i];
        x->row[i] = sum;
    }
    for (size_t c = 0; c < x->cols; c++) {
        int64_t sum = 0;
        for (size_t i = 0; i < x->rows; i++) sum += table[i * x->cols + c];
        same = same && sum == x->column[c];
        x->column[c] = sum;
    }
    return same;
}

double
follow_null_p(follow_null *x, const int64_t *table)
{
    double observed = follow_pearson(table, x->rows, x->cols) * (1 - 64 * 2.220446049250313e-16);
    if (isnan(observed)) return NAN;
    if (!keep_margins(x, table)) {
        for (size_t s = 0; s < x->samples; s++) {
            rng r = rng_new(x->seed, s);
            draw_table(&r, x->rows, x->cols, x->row, x->column, x->left, x->t);
            x->statistic[s] = follow_pearson(x->t, x->rows, x->cols);
        }
        qsort(x->statistic, x->samples, sizeof *x->statistic, compare_statistic);
        x->drawn = true;
    }
    size_t low = 0, high = x->samples; /* how many lie below */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (x->statistic[middle] < observed) low = middle + 1;
        else high = middle;
    }
    return (double)(1 + x->samples - low) / (double)(x->samples + 1);
}
