/* Memory that is freed at once, and wiped.
 *
 * Results live in the caller's arena; scratch memory in SCRATCH(tmp), which ends with the scope.
 * All memory is zeroed. Small chunks are overwritten when freed, large ones go back to the kernel,
 * which clears pages before anybody sees them again; large chunks are kept out of core dumps. */
#ifndef PEIL_BASE_ARENA_H
#define PEIL_BASE_ARENA_H

#include "base/status.h"

#include <stdalign.h>
#include <stddef.h>

typedef struct arena_chunk arena_chunk;
typedef struct arena_cleanup arena_cleanup;

typedef struct arena {
    arena_chunk *chunks;     /* newest first */
    arena_cleanup *cleanups; /* newest first */
    size_t used;             /* bytes handed out, for tests and memory reports */
} arena;

/* An arena on the heap; NULL when there is no memory. */
arena *arena_new(void);
void arena_free(arena *a);

/* Run the cleanups (newest first), wipe and give back everything; the arena can be used again. */
void arena_clear(arena *a);

/* n items of `size` bytes, zeroed, aligned to 64 bytes when the block is 64 bytes or more, else to 16.
 * NULL when there is no memory or n * size overflows. n = 0 gives a valid pointer to nothing. */
void *arena_alloc(arena *a, size_t n, size_t size) __attribute__((alloc_size(2, 3)));

/* A copy of n bytes with a 0 behind it; NULL when there is no memory. */
char *arena_copy(arena *a, const char *bytes, size_t n);

/* printf into the arena; NULL when there is no memory. */
char *arena_printf(arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Call `close(object)` when the arena ends. On failure `close(object)` has been called already. */
status arena_defer(arena *a, void (*close)(void *), void *object);

/* Test hook, per thread: the n-th allocation from now fails (1 = the next); 0 switches it off. */
void arena_fail_at(size_t n);

/* `tmp` is an arena that is freed and wiped when the scope ends. */
#define SCRATCH(tmp)                                              \
    arena tmp##_arena_ __attribute__((cleanup(arena_clear))) = {0}; \
    arena *const tmp = &tmp##_arena_

/* Allocate n items for pointer p from arena a, or return ST_NO_MEMORY. */
#define ALLOC(a, p, n)                                                    \
    do {                                                                  \
        (p) = arena_alloc((a), (size_t)(n), sizeof *(p));                 \
        if (!(p)) FAIL(ST_NO_MEMORY, "out of memory (%zu items of %zu bytes)", (size_t)(n), sizeof *(p)); \
    } while (0)

#endif
