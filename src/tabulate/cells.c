#include "tabulate/cells.h"

#include "base/threads.h"
#include "tabulate/count.h"

#include <math.h>

enum { SHARES_MOST = 64, ROWS_A_SHARE = 1 << 16 };

/* Doubles are added as multiples of 2^-20, exactly, so that no order of adding can show. */
static const double STEP = 1048576.0, VALUE_MOST = 4e12;

size_t
tabulate_axis_items(const tabulate_axis *axis)
{
    size_t n = 0;
    for (size_t i = 0; i < axis->n; i++) n += axis->block[i].total_of >= 0 ? 1 : axis->block[i].items;
    return n;
}

/* Where a block's items begin on its axis. */
static size_t
block_start(const tabulate_axis *axis, size_t block)
{
    tabulate_axis before = {block, axis->block};
    return tabulate_axis_items(&before);
}

static bool
is_everybody(const tabulate_block *b)
{
    return !b->column && b->total_of < 0;
}

static status
check_axis(const tabulate_axis *axis)
{
    for (size_t i = 0; i < axis->n; i++) {
        const tabulate_block *b = &axis->block[i];
        if (b->total_of >= (int)i || (b->total_of >= 0 && axis->block[b->total_of].total_of >= 0))
            FAIL(ST_INVALID, "a total must add up a dimension that stands before it on the same axis");
        if (!b->column) continue;
        if (!b->column->codes || (b->column->type != COLUMN_INT8 && b->column->type != COLUMN_INT16 && b->column->type != COLUMN_SET))
            FAIL(ST_INVALID, "column %s of type %s has no codes to cut a table by: derive groups from it", b->column->name,
                 column_type_name(b->column->type));
        if (b->column->type == COLUMN_SET && b->items > 64)
            FAIL(ST_INVALID, "the set %s is cut into %zu items, at most 64", b->column->name, b->items);
    }
    return ST_OK;
}

/* The items a row is in: bits for a set, one number (or -1) for a single column. */
typedef struct membership {
    uint64_t bits;
    int one;
} membership;

static membership
block_members(const tabulate_block *b, size_t row)
{
    if (is_everybody(b)) return (membership){1, 0};
    if (b->column->type == COLUMN_SET) {
        uint32_t set = column_set(b->column)[row];
        uint64_t bits = set ? 0 : b->missing >= 0 ? UINT64_C(1) << b->missing : 0;
        for (; set; set &= set - 1) {
            int code = __builtin_ctz(set);
            int item = (size_t)code < b->column->codes->n ? b->item[code] : -1;
            if (item >= 0) bits |= UINT64_C(1) << item;
        }
        return (membership){bits, -2};
    }
    int v = b->column->type == COLUMN_INT8 ? column_int8(b->column)[row] : column_int16(b->column)[row];
    return (membership){0, v >= 0 && (size_t)v < b->column->codes->n ? b->item[v] : b->missing};
}

/* Leave the bits of a membership one by one; a single item is one bit of another kind. */
static bool
next_item(membership *m, int *item)
{
    if (m->one >= -1) {
        *item = m->one;
        m->one = -1;
        m->bits = 0;
        return *item >= 0;
    }
    if (!m->bits) return false;
    *item = __builtin_ctzll(m->bits);
    m->bits &= m->bits - 1;
    return true;
}

typedef __int128 wide;

/* Of the values in a cell, in steps of 2^-20. */
typedef struct amount {
    wide sum, low, high;
} amount;

/* What lies in one cell comes into another, which has `n` values already. */
static void
add_amount(amount *to, int64_t n, const amount *from, int64_t more)
{
    if (more == 0) return;
    to->sum += from->sum;
    if (n == 0 || from->low < to->low) to->low = from->low;
    if (n == 0 || from->high > to->high) to->high = from->high;
}

typedef struct pair_sums {
    const tabulate_job *job;
    const tabulate_block *down, *across;
    size_t width;  /* items across */
    int64_t *count;
    amount *sum; /* NULL without a value */
} pair_sums;

static bool
value_at(const column *value, size_t row, wide *out)
{
    if (value->type == COLUMN_DOUBLE) {
        double v = column_double(value)[row];
        if (isnan(v)) return false;
        *out = (wide)llrint(v * STEP);
        return true;
    }
    int64_t v = column_value(value, row);
    *out = (wide)v * (wide)STEP;
    return v != INT64_MIN;
}

static void
add_row(const pair_sums *p, size_t row)
{
    if (p->job->keep && !p->job->keep[row]) return;
    wide v = 0;
    if (p->sum && !value_at(p->job->value, row, &v)) return;
    membership down = block_members(p->down, row), across = block_members(p->across, row);
    for (int i; next_item(&down, &i);) {
        membership again = across;
        for (int k; next_item(&again, &k);) {
            size_t cell = (size_t)i * p->width + (size_t)k;
            if (p->sum) add_amount(&p->sum[cell], p->count[cell], &(amount){v, v, v}, 1);
            p->count[cell]++;
        }
    }
}

/* Any pair of blocks, row by row. */
static status
pair_by_rows(const pair_sums *total, size_t cells)
{
    SCRATCH(tmp);
    size_t rows = total->job->rows, shares = rows / ROWS_A_SHARE + 1;
    if (shares > (size_t)threads_count()) shares = (size_t)threads_count();
    int64_t *count;
    amount *sum = NULL;
    ALLOC(tmp, count, shares * cells);
    if (total->sum) ALLOC(tmp, sum, shares * cells);
#pragma omp parallel for schedule(static, 1) num_threads((int)shares) if (shares > 1)
    for (size_t s = 0; s < shares; s++) {
        pair_sums mine = *total;
        mine.count = count + s * cells;
        mine.sum = sum ? sum + s * cells : NULL;
        for (size_t i = rows * s / shares; i < rows * (s + 1) / shares; i++) add_row(&mine, i);
    }
    for (size_t i = 0; i < shares * cells; i++) {
        if (sum) add_amount(&total->sum[i % cells], total->count[i % cells], &sum[i], count[i]);
        total->count[i % cells] += count[i];
    }
    return ST_OK;
}

static int
item_of(const tabulate_block *b, size_t code, size_t codes)
{
    if (is_everybody(b)) return 0;
    return code == codes ? b->missing : b->item[code];
}

/* Two single dimensions: count codes by the kernel, then fold codes into items. */
static status
pair_by_codes(const pair_sums *p)
{
    SCRATCH(tmp);
    const tabulate_block *down = p->down, *across = p->across;
    if (is_everybody(down) && is_everybody(across)) return pair_by_rows(p, 1);
    bool turned = is_everybody(down); /* the kernel wants its first column */
    const tabulate_block *first = turned ? across : down, *second = turned ? down : across;
    size_t na = first->column->codes->n, nb = is_everybody(second) ? 0 : second->column->codes->n;
    int64_t *cells;
    ALLOC(tmp, cells, (na + 1) * (nb + 1));
    CHECK(tabulate_count_pairs(first->column, na, second->column, nb, p->job->rows, p->job->keep, cells));
    for (size_t a = 0; a <= na; a++)
        for (size_t b = 0; b <= nb; b++) {
            int i = item_of(first, a, na), k = item_of(second, b, nb);
            if (i >= 0 && k >= 0) p->count[(size_t)(turned ? k : i) * p->width + (size_t)(turned ? i : k)] += cells[a * (nb + 1) + b];
        }
    return ST_OK;
}

static bool
is_single(const tabulate_block *b)
{
    return is_everybody(b) || b->column->type != COLUMN_SET;
}

typedef struct grid {
    size_t down, across;
    int64_t *count;
    amount *sum;
} grid;

static status
fill_pair(const tabulate_job *job, size_t i, size_t k, grid *g)
{
    SCRATCH(tmp);
    const tabulate_block *down = &job->down.block[i], *across = &job->across.block[k];
    if (down->total_of >= 0 || across->total_of >= 0) return ST_OK;
    size_t height = down->items, width = across->items, top = block_start(&job->down, i), left = block_start(&job->across, k);
    pair_sums p = {job, down, across, width, NULL, NULL};
    ALLOC(tmp, p.count, height * width);
    if (job->value) ALLOC(tmp, p.sum, height * width);
    if (!job->value && is_single(down) && is_single(across))
        CHECK(pair_by_codes(&p));
    else
        CHECK(pair_by_rows(&p, height * width));
    for (size_t r = 0; r < height; r++)
        for (size_t c = 0; c < width; c++) {
            size_t to = (top + r) * g->across + left + c;
            g->count[to] = p.count[r * width + c];
            if (g->sum) g->sum[to] = p.sum[r * width + c];
        }
    return ST_OK;
}

static void
add_cell(grid *g, size_t to, size_t from)
{
    if (g->sum) add_amount(&g->sum[to], g->count[to], &g->sum[from], g->count[from]);
    g->count[to] += g->count[from];
}

/* Totals last: columns first, then rows, so that the corner adds up both. */
static void
fill_totals(const tabulate_job *job, grid *g)
{
    for (size_t k = 0; k < job->across.n; k++) {
        const tabulate_block *b = &job->across.block[k];
        if (b->total_of < 0) continue;
        size_t to = block_start(&job->across, k), from = block_start(&job->across, (size_t)b->total_of);
        for (size_t r = 0; r < g->down; r++)
            for (size_t c = 0; c < job->across.block[b->total_of].items; c++) add_cell(g, r * g->across + to, r * g->across + from + c);
    }
    for (size_t i = 0; i < job->down.n; i++) {
        const tabulate_block *b = &job->down.block[i];
        if (b->total_of < 0) continue;
        size_t to = block_start(&job->down, i), from = block_start(&job->down, (size_t)b->total_of);
        for (size_t r = 0; r < job->down.block[b->total_of].items; r++)
            for (size_t c = 0; c < g->across; c++) add_cell(g, to * g->across + c, (from + r) * g->across + c);
    }
}

static status
check_value(const tabulate_job *job)
{
    const column *v = job->value;
    if (!v) return ST_OK;
    if (v->type == COLUMN_SET || v->type == COLUMN_TEXT || v->type == COLUMN_DATE)
        FAIL(ST_INVALID, "column %s of type %s cannot be added up: give a column of numbers", v->name, column_type_name(v->type));
    for (size_t i = 0; v->type == COLUMN_DOUBLE && i < job->rows; i++)
        if (fabs(column_double(v)[i]) > VALUE_MOST)
            FAIL(ST_INVALID, "column %s, row %zu: a value of more than %.0e cannot be added up", v->name, i + 1, VALUE_MOST);
    return ST_OK;
}

status
tabulate_cells(arena *out, const tabulate_job *job, tabulate_result *result)
{
    SCRATCH(tmp);
    CHECK(check_axis(&job->down));
    CHECK(check_axis(&job->across));
    CHECK(check_value(job));
    grid g = {tabulate_axis_items(&job->down), tabulate_axis_items(&job->across), NULL, NULL};
    size_t cells = g.down * g.across;
    ALLOC(out, g.count, cells);
    if (job->value) ALLOC(tmp, g.sum, cells);
    for (size_t i = 0; i < job->down.n; i++)
        for (size_t k = 0; k < job->across.n; k++) CHECK(fill_pair(job, i, k, &g));
    fill_totals(job, &g);
    double *of[3] = {NULL};
    for (int k = 0; job->value && k < 3; k++) ALLOC(out, of[k], cells);
    for (size_t i = 0; job->value && i < cells; i++) {
        of[0][i] = (double)g.sum[i].sum / STEP;
        of[1][i] = (double)g.sum[i].low / STEP;
        of[2][i] = (double)g.sum[i].high / STEP;
    }
    *result = (tabulate_result){g.down, g.across, g.count, of[0], of[1], of[2]};
    return ST_OK;
}
