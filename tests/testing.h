/* What every test needs: cmocka with its headers in order, shared data that may be absent, failing allocations. */
#ifndef PEIL_TESTS_TESTING_H
#define PEIL_TESTS_TESTING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Random cases to draw, or rows of a table to try: all of them when built with gcc, which proves what a test says; one in four with
 * clang, which is to do the same with the same draws; one in eight under the address sanitizer, which looks for faults of memory in the
 * same code and takes ten times as long. At least one. */
#if defined(__SANITIZE_ADDRESS__)
#define DRAWS(n) (((n) + 7) / 8)
#elif defined(__clang__)
#define DRAWS(n) (((n) + 3) / 4)
#else
#define DRAWS(n) (n)
#endif

/* A new folder for a test, /tmp/peil_NAME_XXXXXX; remove_all() takes it away. */
static inline char *
temporary_folder(arena *a, const char *name)
{
    char path[64];
    snprintf(path, sizeof path, "/tmp/peil_%s_XXXXXX", name);
    assert_non_null(mkdtemp(path));
    return arena_copy(a, path, strlen(path) + 1);
}

/* A file, or a folder with all that is in it. */
static inline void
remove_all(arena *a, const char *path)
{
    size_t n;
    char **names;
    if (folder_list(a, path, &n, &names) == ST_OK)
        for (size_t i = 0; i < n; i++) remove_all(a, path_join(a, path, names[i]));
    remove(path);
}

/* A file of the project: tests run with PEIL_SOURCE set to its root. */
static inline const char *
source_path(arena *a, const char *name)
{
    const char *root = getenv("PEIL_SOURCE");
    return path_join(a, root ? root : ".", name);
}

/* A file of the shared data (PEIL_SHARED); ends the test, and says so, when it is absent. scripts/summary.py counts it as
 * skipped: cmocka's own skip() prints "not ok", which TAP readers take for a failure. */
#define SHARED_OR_SKIP(a, path, name)                                                  \
    const char *path = getenv("PEIL_SHARED") ? path_join((a), getenv("PEIL_SHARED"), (name)) : NULL; \
    if (!path || !file_exists(path)) {                                                 \
        print_message("# skipped: shared data %s is absent\n", (name));                \
        return;                                                                        \
    }

/* The call must end well; its detail is printed when it does not. */
#define ASSERT_OK(call)                                                                                \
    do {                                                                                               \
        status code_ = (call);                                                                    \
        if (code_ != ST_OK) fail_msg("%s: %s (%s)", #call, status_text(code_), status_detail());       \
    } while (0)

/* The call must end so, and say why. */
#define ASSERT_STATUS(call, want)                                                                      \
    do {                                                                                               \
        status code_ = (call);                                                                    \
        if (code_ != (want)) fail_msg("%s: got %s (%s), want %s", #call, status_text(code_), status_detail(), status_text(want)); \
    } while (0)

/* Make the n-th allocation of `call` fail for n = 1, 2, ... until it succeeds; every failure must be ST_NO_MEMORY. */
#define ASSERT_SURVIVES_NO_MEMORY(call)                                               \
    do {                                                                              \
        for (size_t n_ = 1;; n_++) {                                                  \
            arena_fail_at(n_);                                                        \
            status code_ = (call);                                               \
            arena_fail_at(0);                                                         \
            if (code_ == ST_OK) break;                                                \
            if (code_ != ST_NO_MEMORY) fail_msg("allocation %zu: %s", n_, status_text(code_)); \
            if (n_ > 100000) fail_msg("never succeeds");                              \
        }                                                                             \
    } while (0)

#endif
