#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { ALIGN = 64, FIRST_CHUNK = 4096, MAPPED_FROM = 256 * 1024, HUGE_FROM = 4 * 1024 * 1024 };

struct arena_chunk {
    arena_chunk *next;
    size_t size; /* whole chunk, this header included */
    size_t used;
    size_t mapped;
};

struct arena_cleanup {
    arena_cleanup *next;
    void (*close)(void *);
    void *object;
};

static _Thread_local size_t fail_at;

void
arena_fail_at(size_t n)
{
    fail_at = n;
}

arena *
arena_new(void)
{
    return calloc(1, sizeof(arena));
}

void
arena_free(arena *a)
{
    if (!a) return;
    arena_clear(a);
    free(a);
}

static void
chunk_free(arena_chunk *chunk)
{
    if (chunk->mapped) {
        munmap(chunk, chunk->size);
    } else {
        size_t size = chunk->size;
        explicit_bzero(chunk, size);
        free(chunk);
    }
}

void
arena_clear(arena *a)
{
    for (arena_cleanup *c = a->cleanups; c; c = c->next) c->close(c->object);
    a->cleanups = NULL;
    for (arena_chunk *chunk = a->chunks; chunk;) {
        arena_chunk *next = chunk->next;
        chunk_free(chunk);
        chunk = next;
    }
    a->chunks = NULL;
    a->used = 0;
}

static arena_chunk *
chunk_new(size_t size)
{
    if (size >= MAPPED_FROM) {
        size = (size + 4095) & ~(size_t)4095;
        arena_chunk *chunk = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (chunk == MAP_FAILED) return NULL;
        madvise(chunk, size, MADV_DONTDUMP);
        if (size >= HUGE_FROM) madvise(chunk, size, MADV_HUGEPAGE);
        chunk->size = size;
        chunk->mapped = 1;
        return chunk;
    }
    size = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    arena_chunk *chunk = aligned_alloc(ALIGN, size);
    if (!chunk) return NULL;
    memset(chunk, 0, size);
    chunk->size = size;
    return chunk;
}

/* Room for `size` bytes at an aligned place in the newest chunk, or a new chunk. */
void *
arena_alloc(arena *a, size_t n, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(n, size, &bytes) || bytes > PTRDIFF_MAX / 2) return NULL;
    if (fail_at && --fail_at == 0) return NULL;
    arena_chunk *chunk = a->chunks;
#ifndef __SANITIZE_ADDRESS__
    size_t align = bytes >= ALIGN ? ALIGN : 16;
    if (chunk) {
        size_t start = (chunk->used + align - 1) & ~(align - 1);
        if (start <= chunk->size && bytes <= chunk->size - start) {
            chunk->used = start + bytes;
            a->used += bytes;
            return (char *)chunk + start;
        }
    }
    size_t want = chunk ? chunk->size * 2 : FIRST_CHUNK;
    if (want > MAPPED_FROM * 4) want = MAPPED_FROM * 4;
#else
    size_t want = 0; /* a chunk an allocation, so that an overflow is seen */
#endif
    size_t head = (sizeof(arena_chunk) + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    if (want < head + bytes) want = head + bytes;
    arena_chunk *fresh = chunk_new(want);
    if (!fresh) return NULL;
    fresh->used = head + bytes;
    /* A block larger than its chunk's neighbours must not hide the free space of the newest chunk. */
    if (chunk && bytes > MAPPED_FROM && chunk->size - chunk->used > fresh->size - fresh->used) {
        fresh->next = chunk->next;
        chunk->next = fresh;
    } else {
        fresh->next = chunk;
        a->chunks = fresh;
    }
    a->used += bytes;
    return (char *)fresh + head;
}

char *
arena_copy(arena *a, const char *bytes, size_t n)
{
    char *copy = arena_alloc(a, n + 1, 1);
    if (copy && n) memcpy(copy, bytes, n);
    return copy;
}

char *
arena_printf(arena *a, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    char room[64]; /* most are short: printed once */
    int n = vsnprintf(room, sizeof room, format, args);
    char *out = n < 0 ? NULL : arena_alloc(a, (size_t)n + 1, 1);
    if (out && (size_t)n < sizeof room) memcpy(out, room, (size_t)n);
    else if (out) vsnprintf(out, (size_t)n + 1, format, again);
    explicit_bzero(room, sizeof room);
    va_end(again);
    va_end(args);
    return out;
}

status
arena_defer(arena *a, void (*close)(void *), void *object)
{
    arena_cleanup *cleanup = arena_alloc(a, 1, sizeof *cleanup);
    if (!cleanup) {
        close(object);
        FAIL(ST_NO_MEMORY, "out of memory (cleanup)");
    }
    *cleanup = (arena_cleanup){a->cleanups, close, object};
    a->cleanups = cleanup;
    return ST_OK;
}
