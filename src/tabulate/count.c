#include "tabulate/count.h"

#include "base/threads.h"

#include <omp.h>

enum {
    BLOCK = 4096,       /* rows whose cell numbers are worked out at once: they stay in the first cache */
    WAYS = 8,           /* histograms side by side: equal neighbours then do not wait for each other's store */
    WIDE_CELLS = 2048,  /* up to here WAYS histograms fit the first and second cache */
    BLOCKS_A_FLUSH = 1 << 18 /* 2^30 rows: a 32-bit cell cannot run over */
};

typedef struct pair_job {
    const column *a, *b;
    uint32_t na, nb; /* codes of each side: also the place of missing values */
    size_t rows;
    const uint8_t *keep;
    size_t cells; /* (na + 1) * (nb + 1); one more in the histograms takes the rows left out */
    size_t ways;
} pair_job;

/* code[i] = min(value, n) * stride, or added to what is there. Negative values, missing among them, count as n. */
static void
codes_from_int8(size_t n, const int8_t *restrict value, uint32_t codes, uint32_t stride, uint32_t *restrict code)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t v = (uint32_t)(int32_t)value[i];
        code[i] += (v < codes ? v : codes) * stride;
    }
}

static void
codes_from_int16(size_t n, const int16_t *restrict value, uint32_t codes, uint32_t stride, uint32_t *restrict code)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t v = (uint32_t)(int32_t)value[i];
        code[i] += (v < codes ? v : codes) * stride;
    }
}

static void
codes_add(const column *c, size_t from, size_t n, uint32_t codes, uint32_t stride, uint32_t *code)
{
    if (c->type == COLUMN_INT8)
        codes_from_int8(n, column_int8(c) + from, codes, stride, code);
    else
        codes_from_int16(n, column_int16(c) + from, codes, stride, code);
}

static void
codes_leave_out(size_t n, const uint8_t *restrict keep, uint32_t out, uint32_t *restrict code)
{
    for (size_t i = 0; i < n; i++) code[i] = keep[i] ? code[i] : out;
}

/* The usual case, two int8 columns whose cells fit a byte: a byte a row, which the compiler does 32 or 64 at a time. */
static void
bytes_from_int8(size_t n, const int8_t *restrict a, const int8_t *restrict b, const uint8_t limit[2], uint8_t *restrict cell)
{
    uint8_t na = limit[0], nb = limit[1], stride = (uint8_t)(nb + 1);
    for (size_t i = 0; i < n; i++) {
        uint8_t u = (uint8_t)a[i], v = (uint8_t)b[i];
        u = u < na ? u : na;
        v = v < nb ? v : nb;
        cell[i] = (uint8_t)(u * stride + v);
    }
}

static void
bytes_leave_out(size_t n, const uint8_t *restrict keep, uint8_t out, uint8_t *restrict cell)
{
    for (size_t i = 0; i < n; i++) cell[i] = keep[i] ? cell[i] : out;
}

static void
histogram_bytes(size_t n, const uint8_t *cell, uint32_t (*restrict h)[256])
{
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        uint64_t eight;
        memcpy(&eight, cell + i, 8);
        h[0][eight & 255]++;
        h[1][eight >> 8 & 255]++;
        h[2][eight >> 16 & 255]++;
        h[3][eight >> 24 & 255]++;
        h[4][eight >> 32 & 255]++;
        h[5][eight >> 40 & 255]++;
        h[6][eight >> 48 & 255]++;
        h[7][eight >> 56]++;
    }
    for (; i < n; i++) h[0][cell[i]]++;
}

static void
block_bytes(const pair_job *j, size_t from, size_t n, uint32_t *h)
{
    uint8_t cell[BLOCK];
    bytes_from_int8(n, column_int8(j->a) + from, column_int8(j->b) + from, (uint8_t[]){(uint8_t)j->na, (uint8_t)j->nb}, cell);
    if (j->keep) bytes_leave_out(n, j->keep + from, (uint8_t)j->cells, cell);
    histogram_bytes(n, cell, (uint32_t(*)[256])h);
}

static void
block_words(const pair_job *j, size_t from, size_t n, uint32_t *h)
{
    uint32_t cell[BLOCK] = {0};
    codes_add(j->a, from, n, j->na, j->nb + 1, cell);
    if (j->b) codes_add(j->b, from, n, j->nb, 1, cell);
    if (j->keep) codes_leave_out(n, j->keep + from, (uint32_t)j->cells, cell);
    size_t width = j->cells + 1, i = 0;
    if (j->ways == WAYS)
        for (; i + WAYS <= n; i += WAYS)
            for (size_t k = 0; k < WAYS; k++) h[k * width + cell[i + k]]++;
    for (; i < n; i++) h[cell[i]]++;
}

static bool
is_bytes(const pair_job *j)
{
    return j->b && j->a->type == COLUMN_INT8 && j->b->type == COLUMN_INT8 && j->cells < 256;
}

static size_t
histogram_width(const pair_job *j)
{
    return is_bytes(j) ? 256 : j->cells + 1;
}

static void
flush(const pair_job *j, uint32_t *h, int64_t *sum)
{
    size_t width = histogram_width(j);
    for (size_t k = 0; k < j->ways; k++)
        for (size_t c = 0; c < j->cells; c++) sum[c] += h[k * width + c];
    memset(h, 0, j->ways * width * sizeof *h);
}

/* One thread's share of the blocks. */
static void
count_share(const pair_job *j, size_t share, size_t shares, uint32_t *h, int64_t *sum)
{
    size_t blocks = (j->rows + BLOCK - 1) / BLOCK, from = blocks * share / shares, to = blocks * (share + 1) / shares;
    bool bytes = is_bytes(j);
    for (size_t i = from; i < to; i++) {
        size_t at = i * BLOCK, n = j->rows - at < BLOCK ? j->rows - at : BLOCK;
        if (bytes)
            block_bytes(j, at, n, h);
        else
            block_words(j, at, n, h);
        if ((i - from + 1) % BLOCKS_A_FLUSH == 0) flush(j, h, sum);
    }
    flush(j, h, sum);
}

static bool
is_coded(const column *c)
{
    return c->type == COLUMN_INT8 || c->type == COLUMN_INT16;
}

status
tabulate_count_pairs(const column *a, size_t na, const column *b, size_t nb, size_t rows, const uint8_t keep[],
                     int64_t cells[])
{
    SCRATCH(tmp);
    if (!is_coded(a) || (b && !is_coded(b)))
        FAIL(ST_INVALID, "column %s is of type %s: pairs are counted over int8 and int16 columns", is_coded(a) ? b->name : a->name,
             column_type_name(is_coded(a) ? b->type : a->type));
    if (na >= TABULATE_CELLS || nb >= TABULATE_CELLS || (na + 1) * (nb + 1) > TABULATE_CELLS)
        FAIL(ST_INVALID, "%zu x %zu codes make too many cells (at most %d)", na, nb, TABULATE_CELLS);
    pair_job j = {a, b, (uint32_t)na, (uint32_t)nb, rows, keep, (na + 1) * (nb + 1), 1};
    if (is_bytes(&j) || j.cells <= WIDE_CELLS) j.ways = WAYS;
    size_t blocks = (rows + BLOCK - 1) / BLOCK, shares = (size_t)threads_count();
    if (shares > blocks / 16 + 1) shares = blocks / 16 + 1; /* small tables: not worth a thread */
    uint32_t *h;
    int64_t *sum;
    size_t width = (histogram_width(&j) * j.ways + 15) / 16 * 16;
    ALLOC(tmp, h, shares * width);
    ALLOC(tmp, sum, shares * j.cells);
#pragma omp parallel for schedule(static, 1) num_threads((int)shares) if (shares > 1)
    for (size_t i = 0; i < shares; i++) count_share(&j, i, shares, h + i * width, sum + i * j.cells);
    memset(cells, 0, j.cells * sizeof *cells);
    for (size_t i = 0; i < shares; i++)
        for (size_t c = 0; c < j.cells; c++) cells[c] += sum[i * j.cells + c];
    return ST_OK;
}
