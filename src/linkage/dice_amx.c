/* AMX int8 tiles: one instruction multiplies 16 x 64 bytes with 64 x 16 bytes, so one word of 16 records with one word of 16
 * others: 256 pairs. Bits are bytes of 0 and 1; the product is |A and B|, counted from - floor(p b / 2q) on.
 *
 * Bound: 16 cycles for 16 x 16 pairs and one word: 1 cycle a pair with 16 words, P / 16 with a prefix of P. Four products share
 * their loads, and the vector ports check the last 32 x 32 pairs while the tiles work on the next. */
#include "linkage/dice_kernel.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>

#define WIDE __attribute__((target("amx-tile,amx-int8,avx512f,avx512bw,avx512vl,avx512dq")))

enum { TILE_ROWS = 16, TILE_BYTES = 1024, REQUEST_TILES = 0x1023, TILE_DATA = 18 };

typedef struct tile_config {
    uint8_t palette, start_row, reserved[14];
    uint16_t row_bytes[16];
    uint8_t rows[16];
} tile_config;

/* 32 x 32 pairs waiting for their check. */
typedef struct waiting {
    _Alignas(64) int32_t product[4 * 256]; /* tiles (0,0) (0,1) (1,0) (1,1) */
    size_t i, j;
    bool full;
} waiting;

_Static_assert(2 * sizeof(waiting) <= 16384, "DICE_WORK has room for two");

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

/* Words of 32 records, for the left operand: [word][tile][row][64]. */
WIDE static void
expand_left(const uint64_t *words, int prefix, uint8_t *out)
{
    for (int w = 0; w < prefix; w++)
        for (int r = 0; r < DICE_TILE; r++)
            _mm512_store_si512(out + (w * DICE_TILE + r) * 64, _mm512_maskz_set1_epi8(words[r * DICE_WORDS + w], 1));
}

/* Words of n records, for the right operand: [record / 16][word][row r][column c x 4 bytes] = bits 4 r .. 4 r + 3 of record c. */
WIDE static void
expand_right(const uint64_t *words, size_t n, int prefix, uint8_t *out)
{
    for (size_t i = 0; i < n; i++)
        for (int w = 0; w < prefix; w++) {
            _Alignas(64) uint32_t bytes[16];
            _mm512_store_si512(bytes, _mm512_maskz_set1_epi8(words[i * DICE_WORDS + (size_t)w], 1));
            uint32_t *tile = (uint32_t *)(void *)(out + ((i / 16) * (size_t)prefix + (size_t)w) * TILE_BYTES) + i % 16;
            for (int r = 0; r < TILE_ROWS; r++) tile[r * 16] = bytes[r];
        }
}

/* Which of a row of 16 pairs may be wanted? */
WIDE static inline unsigned
row_mask(const dice_task *task, const waiting *done, int row, size_t i, __m512i tail, bool bound)
{
    __m512i have = _mm512_load_si512(done->product + row * 16);
    if (bound) have = _mm512_add_epi32(have, _mm512_min_epi32(tail, _mm512_set1_epi32(task->a->tail[i])));
    return _mm512_cmpge_epi32_mask(have, _mm512_set1_epi32(task->a->least[i]));
}

/* Check four rows of a waiting block. */
WIDE static inline void
check_rows(const dice_task *task, const waiting *done, int row, bool bound, dice_found *found)
{
    int tile = row / TILE_ROWS;
    size_t i = done->i + (size_t)(tile / 2 * TILE_ROWS + row % TILE_ROWS), j = done->j + (size_t)(tile % 2 * TILE_ROWS);
    __m512i tail = _mm512_loadu_si512(task->b->tail + j);
    unsigned mask[4];
    for (int r = 0; r < 4; r++) mask[r] = row_mask(task, done, row + r, i + (size_t)r, tail, bound);
    if (__builtin_expect((mask[0] | mask[1] | mask[2] | mask[3]) == 0, 1)) return;
    for (int r = 0; r < 4; r++)
        for (; mask[r]; mask[r] &= mask[r] - 1) dice_verify(task, i + (size_t)r, j + (size_t)__builtin_ctz(mask[r]), found);
}

/* Multiply 32 x 32 records into `next`, checking `done` on the way. */
WIDE static inline void
multiply(const dice_task *task, const uint8_t *left, const uint8_t *right, const waiting *done, waiting *next, dice_found *found, int prefix)
{
    int checked = 0;
    const uint8_t *right2 = right + prefix * TILE_BYTES;
    const int32_t *lack = task->b->lack + next->j; /* every row begins with it */
    _tile_loadd(0, lack, 0);
    _tile_loadd(1, lack + TILE_ROWS, 0);
    _tile_loadd(2, lack, 0);
    _tile_loadd(3, lack + TILE_ROWS, 0);
    for (int w = 0; w < prefix; w++) {
        _tile_loadd(4, left + w * 2 * TILE_BYTES, 64);
        _tile_stream_loadd(6, right + w * TILE_BYTES, 64); /* the right side passes by, the left one stays near */
        _tile_stream_loadd(7, right2 + w * TILE_BYTES, 64);
        _tile_loadd(5, left + w * 2 * TILE_BYTES + TILE_BYTES, 64);
        _tile_dpbuud(0, 4, 6);
        _tile_dpbuud(1, 4, 7);
        _tile_dpbuud(2, 5, 6);
        _tile_dpbuud(3, 5, 7);
        if (done->full)
            for (int to = 16 * (w + 1) / prefix; checked < to; checked++) check_rows(task, done, 4 * checked, prefix < DICE_WORDS, found);
    }
    _tile_stored(0, next->product, 64);
    _tile_stored(1, next->product + 256, 64);
    _tile_stored(2, next->product + 512, 64);
    _tile_stored(3, next->product + 768, 64);
}

WIDE void
dice_block_amx(const dice_task *task, dice_found *found)
{
    size_t n = task->b_end - task->b_begin, prefix = (size_t)task->prefix;
    uint8_t *left = task->work, *right = left + prefix * 2 * TILE_BYTES;
    waiting *buffer = (waiting *)(void *)(task->work + DICE_WORK - 2 * sizeof *buffer);
    buffer[0].full = buffer[1].full = false;
    _Alignas(64) tile_config config = {.palette = 1};
    for (int t = 0; t < 8; t++) config.row_bytes[t] = 64, config.rows[t] = TILE_ROWS;
    _tile_loadconfig(&config);
    expand_right(task->b->words + task->b_begin * DICE_WORDS, n, task->prefix, right);
    int now = 0;
    for (size_t i = task->a_begin; i < task->a_end; i += DICE_TILE) {
        size_t from = task->within && task->b_begin < i ? i : task->b_begin;
        if (from >= task->b_end) break;
        expand_left(task->a->words + i * DICE_WORDS, task->prefix, left);
        for (size_t j = from; j < task->b_end; j += DICE_TILE, now ^= 1) {
            buffer[now].i = i, buffer[now].j = j, buffer[now].full = true;
            const uint8_t *panel = right + (j - task->b_begin) / 16 * prefix * TILE_BYTES;
            DICE_UNROLLED((int)prefix, multiply, task, left, panel, &buffer[now ^ 1], &buffer[now], found);
        }
    }
    if (buffer[now ^ 1].full)
        for (int row = 0; row < 64; row += 4) check_rows(task, &buffer[now ^ 1], row, task->prefix < DICE_WORDS, found);
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
