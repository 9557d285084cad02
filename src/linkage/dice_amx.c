/* AMX int8 tiles: one instruction multiplies 16 x 64 bytes with 64 x 16 bytes and adds up in 32 bits: 256 pairs.
 *
 * Plain: a byte is a bit, so a product is one word of 16 records with one word of 16 others; the sum is |A and B|.
 * Packed: a byte is two bits, x + B y on the left and B x' + y' on the right, B = 251. Then
 *     (x + B y)(B x' + y') = x y' + B (x x' + y y') + B^2 y x',
 * so the sum holds the bits in common, M, as its middle digit: T = L + B M + B^2 H. One instruction does the work of two. B^2 leaves by
 * a multiplication modulo 2^32: c B^2 = 2^32 - 123 for c = 68173, so c T = c L + c B M - 123 H, and c B is 2^32 / B but for rounding:
 * a wheel of 251 units on which M - M' is read, M' the least that is wanted. L only adds (a unit at most: L < B in 8 words but for
 * nearly full records), so no pair is lost; a pair that lacks nearly B comes round again and is refused by its full count. The
 * wheel holds what pairs can have more than they need (`window`), else the plain way is taken.
 *
 * Bound: 16 cycles for 256 pairs and a product: 1 cycle a pair with 16 words, P / 16 with a prefix of P, P / 32 packed. Four products
 * share their loads, and the vector ports check the last 32 x 32 pairs while the tiles work on the next. The right side stays in the
 * first cache for a chunk of columns while the left one passes. */
#include "linkage/dice_kernel.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>

#define WIDE __attribute__((target("amx-tile,amx-int8,avx512f,avx512bw,avx512vl,avx512dq")))

enum { TILE_ROWS = 16, TILE_BYTES = 1024, REQUEST_TILES = 0x1023, TILE_DATA = 18 };
enum { BASE = DICE_WHEEL, TURN = 68173 /* 2^32 / 251^2 */, UNIT = BASE * TURN, SLACK = 1 << 18 /* over 123 H and TURN */ };
enum { NEAR = 24 * 1024 /* bytes of the right side that stay in the first cache */, PANEL = DICE_BLOCK };

typedef struct tile_config {
    uint8_t palette, start_row, reserved[14];
    uint16_t row_bytes[16];
    uint8_t rows[16];
} tile_config;

/* Some records of one side as bytes. */
typedef struct panel {
    _Alignas(64) uint8_t tiles[PANEL / 16 * DICE_WORDS * TILE_BYTES]; /* [record / 16][step][1,024] */
    int32_t start[PANEL]; /* where the count begins: products on the right, their check on the left */
    int32_t tail[PANEL];  /* bits behind the prefix */
} panel;

/* Which sums tell whether a pair may be wanted: those of all words; of the first ones, with the least behind; or, packed, all words and the
 * first half, because both come round too often by themselves. */
enum check { CHECK_ALL, CHECK_FIRST, CHECK_BOTH };

/* 32 x 32 pairs waiting for their check. */
typedef struct waiting {
    _Alignas(64) int32_t product[4 * 256], middle[4 * 256]; /* tiles (0,0) (0,1) (1,0) (1,1); half way */
    size_t i, j;         /* in the panels; */
    bool full;
} waiting;

typedef struct amx_work {
    panel left, right;
    waiting buffer[2];
    size_t a_begin, b_begin; /* of the panels */
    uint32_t limit;          /* the check ends at most here when a pair may be wanted */
    int steps;               /* products */
    bool packed;
    enum check check;
} amx_work;

_Static_assert(sizeof(amx_work) <= DICE_WORK, "the work of a thread has room");

bool
dice_amx_ready(void)
{
    static int ready = -1; /* the same answer for the whole process */
    if (ready < 0) {
        unsigned a = 7, b, c = 0, d;
        __asm__("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
        bool has = (d >> 24 & 1) && (d >> 25 & 1); /* AMX-TILE, AMX-INT8 */
        ready = has && syscall(SYS_arch_prctl, REQUEST_TILES, TILE_DATA) == 0;
    }
    return ready;
}

/* Bytes of one step of a record: a word of bits, or two words packed. */
WIDE static inline __m512i
expand(const uint64_t *record, int step, int prefix, bool packed, bool left)
{
    if (!packed) return _mm512_maskz_set1_epi8(record[step], 1);
    uint64_t x = record[2 * step], y = 2 * step + 1 < prefix ? record[2 * step + 1] : 0;
    const char low = left ? 1 : (char)BASE, high = left ? (char)BASE : 1;
    return _mm512_add_epi8(_mm512_maskz_set1_epi8(x, low), _mm512_maskz_set1_epi8(y, high));
}

/* Left: row r of a tile is a record. Right: bytes 4 r .. 4 r + 3 of record c stand in row r, column c. */
WIDE static void
fill_tiles(const dice_side *side, size_t at, size_t n, const dice_task *task, amx_work *w, bool left)
{
    panel *to = left ? &w->left : &w->right;
    size_t steps = (size_t)w->steps;
    for (size_t i = 0; i < n; i++)
        for (size_t s = 0; s < steps; s++) {
            uint8_t *tile = to->tiles + (i / 16 * steps + s) * TILE_BYTES;
            __m512i bytes = _mm512_setzero_si512();
            if (at + i < side->n) bytes = expand(side->words + (at + i) * DICE_WORDS, (int)s, task->prefix, w->packed, left);
            if (left) {
                _mm512_store_si512(tile + i % 16 * 64, bytes);
                continue;
            }
            _Alignas(64) uint32_t column[16];
            uint32_t *out = (uint32_t *)(void *)tile + i % 16;
            _mm512_store_si512(column, bytes);
            for (int r = 0; r < TILE_ROWS; r++) out[r * 16] = column[r];
        }
}

/* A wanted pair has T + min(tail, tail) - least - least >= 0, all on the wheel when packed. */
static void
fill_counts(const dice_side *side, size_t at, size_t n, amx_work *w, bool left)
{
    panel *to = left ? &w->left : &w->right;
    for (size_t i = 0; i < n; i++) {
        uint32_t least = (uint32_t)side->least[at + i], scale = w->packed ? BASE : 1;
        to->tail[i] = side->tail[at + i] * (int32_t)scale;
        to->start[i] = (int32_t)(w->packed && left ? SLACK - least * UNIT : 0 - least * scale);
    }
}

/* What one row of 16 pairs has more than the least, at most `limit` (without sign) when they may be wanted. */
WIDE static inline __m512i
row_rest(const amx_work *w, const waiting *done, int row, size_t i, __m512i start, __m512i tail, bool packed, enum check check)
{
    __m512i have = _mm512_load_si512(done->product + row * 16), first = have, from = _mm512_set1_epi32(w->left.start[i]);
    if (check == CHECK_BOTH) first = _mm512_load_si512(done->middle + row * 16);
    if (check != CHECK_ALL) first = _mm512_add_epi32(first, _mm512_min_epi32(tail, _mm512_set1_epi32(w->left.tail[i])));
    first = _mm512_add_epi32(first, start);
    if (packed) first = _mm512_mullo_epi32(first, _mm512_set1_epi32(TURN));
    first = _mm512_add_epi32(first, from);
    if (check != CHECK_BOTH) return first;
    have = _mm512_mullo_epi32(_mm512_add_epi32(have, start), _mm512_set1_epi32(TURN));
    return _mm512_max_epu32(first, _mm512_add_epi32(have, from));
}

/* Check four rows of a waiting block. */
WIDE static inline void
check_rows(const dice_task *task, const amx_work *w, const waiting *done, int row, bool packed, enum check check, dice_found *found)
{
    int tile = row / TILE_ROWS;
    size_t i = done->i + (size_t)(tile / 2 * TILE_ROWS + row % TILE_ROWS), j = done->j + (size_t)(tile % 2 * TILE_ROWS);
    __m512i tail = _mm512_loadu_si512(w->right.tail + j), start = _mm512_loadu_si512(w->right.start + j), rest[4];
    __m512i limit = _mm512_set1_epi32((int32_t)w->limit);
    for (int r = 0; r < 4; r++) rest[r] = row_rest(w, done, row + r, i + (size_t)r, start, tail, packed, check);
    __m512i nearest = _mm512_min_epu32(_mm512_min_epu32(rest[0], rest[1]), _mm512_min_epu32(rest[2], rest[3]));
    if (__builtin_expect(_mm512_cmple_epu32_mask(nearest, limit) == 0, 1)) return;
    for (int r = 0; r < 4; r++)
        for (unsigned mask = _mm512_cmple_epu32_mask(rest[r], limit); mask; mask &= mask - 1)
            dice_verify(task, w->a_begin + i + (size_t)r, w->b_begin + j + (size_t)__builtin_ctz(mask), found);
}

WIDE static inline __attribute__((always_inline)) void
store(int32_t to[4 * 256])
{
    _tile_stored(0, to, 64);
    _tile_stored(1, to + 256, 64);
    _tile_stored(2, to + 512, 64);
    _tile_stored(3, to + 768, 64);
}

/* Multiply 32 x 32 records into `next`, checking `done` on the way. */
WIDE static inline __attribute__((always_inline)) void
multiply(const dice_task *task, amx_work *w, const waiting *done, waiting *next, dice_found *found, int steps, bool packed, enum check check)
{
    int checked = 0;
    const uint8_t *left = w->left.tiles + next->i / 16 * (size_t)steps * TILE_BYTES, *left2 = left + steps * TILE_BYTES;
    const uint8_t *right = w->right.tiles + next->j / 16 * (size_t)steps * TILE_BYTES, *right2 = right + steps * TILE_BYTES;
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
    for (int s = 0; s < steps; s++) {
        _tile_stream_loadd(4, left + s * TILE_BYTES, 64);
        _tile_loadd(6, right + s * TILE_BYTES, 64);
        _tile_dpbuud(0, 4, 6);
        _tile_loadd(7, right2 + s * TILE_BYTES, 64);
        _tile_dpbuud(1, 4, 7);
        _tile_stream_loadd(5, left2 + s * TILE_BYTES, 64);
        _tile_dpbuud(2, 5, 6);
        _tile_dpbuud(3, 5, 7);
        if (check == CHECK_BOTH && 2 * (s + 1) == steps) store(next->middle);
        if (done->full)
            for (int to = 16 * (s + 1) / steps; checked < to; checked++) check_rows(task, w, done, 4 * checked, packed, check, found);
    }
    store(next->product);
    next->full = true;
}

/* Numbers of steps that occur, as constants, so that loops unroll. */
WIDE static void
multiply_any(const dice_task *task, amx_work *w, const waiting *done, waiting *next, dice_found *found)
{
    switch (w->packed ? -w->steps : w->steps) {
    case -3: multiply(task, w, done, next, found, 3, true, CHECK_FIRST); break;
    case -4: multiply(task, w, done, next, found, 4, true, CHECK_FIRST); break;
    case -5: multiply(task, w, done, next, found, 5, true, CHECK_FIRST); break;
    case 7: multiply(task, w, done, next, found, 7, false, CHECK_FIRST); break;
    case 8: multiply(task, w, done, next, found, 8, false, CHECK_FIRST); break;
    case DICE_WORDS: multiply(task, w, done, next, found, DICE_WORDS, false, CHECK_ALL); break;
    case -8:
        if (w->check == CHECK_BOTH) {
            multiply(task, w, done, next, found, 8, true, CHECK_BOTH);
            break;
        }
        /* fall through */
    default: multiply(task, w, done, next, found, w->steps, w->packed, CHECK_FIRST);
    }
}

/* The panels at hand, a chunk of columns after the other; returns which buffer waits. */
WIDE static int
multiply_panels(const dice_task *task, amx_work *w, size_t rows, size_t columns, dice_found *found, int now)
{
    size_t chunk = NEAR / ((size_t)w->steps * TILE_BYTES) * 16 / DICE_TILE * DICE_TILE;
    if (chunk < DICE_TILE) chunk = DICE_TILE;
    for (size_t begin = 0; begin < columns; begin += chunk) {
        size_t end = begin + chunk < columns ? begin + chunk : columns;
        for (size_t i = 0; i < rows; i += DICE_TILE)
            for (size_t j = begin; j < end; j += DICE_TILE) {
                if (task->within && w->a_begin + i > w->b_begin + j) continue;
                w->buffer[now].i = i, w->buffer[now].j = j;
                multiply_any(task, w, &w->buffer[now ^ 1], &w->buffer[now], found);
                now ^= 1;
            }
    }
    return now;
}

WIDE void
dice_block_amx(const dice_task *task, dice_found *found)
{
    amx_work *w = (amx_work *)(void *)task->work;
    w->packed = task->packed;
    w->check = task->prefix < DICE_WORDS ? CHECK_FIRST : task->packed ? CHECK_BOTH : CHECK_ALL;
    w->steps = w->packed ? (task->prefix + 1) / 2 : task->prefix;
    w->limit = w->packed ? (uint32_t)(task->window + 3) * UNIT : INT32_MAX;
    _Alignas(64) tile_config config = {.palette = 1};
    for (int t = 0; t < 8; t++) config.row_bytes[t] = 64, config.rows[t] = TILE_ROWS;
    _tile_loadconfig(&config);
    size_t columns = task->b_end - task->b_begin;
    w->b_begin = task->b_begin;
    fill_tiles(task->b, task->b_begin, columns, task, w, false);
    fill_counts(task->b, task->b_begin, columns, w, false);
    for (size_t at = task->a_begin; at < task->a_end && !(task->within && at >= task->b_end); at += PANEL) {
        size_t rows = task->a_end - at < PANEL ? task->a_end - at : PANEL;
        w->a_begin = at;
        fill_tiles(task->a, at, rows, task, w, true);
        fill_counts(task->a, at, rows, w, true);
        w->buffer[0].full = w->buffer[1].full = false;
        const waiting *last = &w->buffer[multiply_panels(task, w, rows, columns, found, 0) ^ 1];
        for (int row = 0; row < 64 && last->full; row += 4) check_rows(task, w, last, row, w->packed, w->check, found);
    }
    _tile_release();
}
#else
bool
dice_amx_ready(void)
{
    return false;
}

void
dice_block_amx(const dice_task *task, dice_found *found)
{
    dice_block_portable(task, found);
}
#endif
