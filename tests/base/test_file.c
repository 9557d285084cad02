#include "testing.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct folder {
    arena *a;
    char *path;
} folder;

static int
set_up(void **state)
{
    folder *f = calloc(1, sizeof *f);
    f->a = arena_new();
    f->path = arena_copy(f->a, "/tmp/peil_file_XXXXXX", 21);
    assert_non_null(mkdtemp(f->path));
    *state = f;
    return 0;
}

static int
tear_down(void **state)
{
    folder *f = *state;
    size_t n;
    char **names;
    ASSERT_OK(folder_list(f->a, f->path, &n, &names));
    for (size_t i = 0; i < n; i++) unlink(path_join(f->a, f->path, names[i]));
    rmdir(f->path);
    arena_free(f->a);
    free(f);
    return 0;
}

static void
a_key_is_written_once(void **state)
{
    folder *f = *state;
    char *path = path_join(f->a, f->path, "key");
    ASSERT_OK(file_write_new(path, TEXT("first"), 0600));
    ASSERT_STATUS(file_write_new(path, TEXT("second"), 0600), ST_BUSY);
    text bytes;
    ASSERT_OK(file_map(f->a, path, &bytes));
    assert_true(text_is(bytes, "first"));
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    size_t n;
    char **names;
    ASSERT_OK(folder_list(f->a, f->path, &n, &names));
    assert_int_equal(n, 1); /* and no neighbour of it */
}

static void
a_key_without_a_folder_is_an_error(void **state)
{
    folder *f = *state;
    char *path = path_join(f->a, path_join(f->a, f->path, "none"), "key");
    ASSERT_STATUS(file_write_new(path, TEXT("x"), 0600), ST_IO);
    assert_false(file_exists(path));
}

/* No room: what was begun is taken away again. */
static void
a_key_that_does_not_fit_is_removed(void **state)
{
    folder *f = *state;
    char *path = path_join(f->a, f->path, "key");
    struct rlimit before, none;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    none = (struct rlimit){2, before.rlim_max};
    void (*old)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
    status code = file_write_new(path, TEXT("longer than two"), 0600);
    setrlimit(RLIMIT_FSIZE, &before);
    signal(SIGXFSZ, old);
    assert_int_equal(code, ST_IO);
    assert_false(file_exists(path));
}

/* What was in the file is not in its blocks any more: seen through another name of it. */
static void
a_file_is_destroyed(void **state)
{
    folder *f = *state;
    char *path = path_join(f->a, f->path, "secret"), *other = path_join(f->a, f->path, "other"), *sym = path_join(f->a, f->path, "link");
    ASSERT_OK(file_write_new(path, TEXT("a secret of some length"), 0600));
    assert_int_equal(link(path, other), 0);
    assert_int_equal(symlink(other, sym), 0);
    ASSERT_STATUS(file_destroy(sym), ST_IO); /* a link is not followed */
    ASSERT_OK(file_destroy(path));
    assert_false(file_exists(path));
    text bytes;
    ASSERT_OK(file_map(f->a, other, &bytes));
    assert_int_equal(bytes.n, 23);
    for (size_t i = 0; i < bytes.n; i++) assert_int_equal(bytes.bytes[i], 0);
    ASSERT_STATUS(file_destroy(path), ST_NOT_FOUND);
    ASSERT_STATUS(file_destroy(f->path), ST_IO);
    unlink(sym);
    unlink(other);
}

/* As root a rename over a device would put a file in its place: /dev/null for everybody. */
static void
a_pipe_stays_a_pipe(void **state)
{
    folder *f = *state;
    char *path = path_join(f->a, f->path, "pipe"), bytes[8] = "";
    assert_int_equal(mkfifo(path, 0600), 0);
    int end = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    assert_true(end >= 0);
    ASSERT_OK(file_write(path, TEXT("words")));
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_true(S_ISFIFO(st.st_mode));
    assert_int_equal(read(end, bytes, sizeof bytes), 5);
    assert_string_equal(bytes, "words");
    close(end);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_key_is_written_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_key_without_a_folder_is_an_error, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_file_is_destroyed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_pipe_stays_a_pipe, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_key_that_does_not_fit_is_removed, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
