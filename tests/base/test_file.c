#include "testing.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
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

static void
a_pipe_without_a_writer_is_refused_at_once(void **state)
{
    folder *f = *state;
    char *path = path_join(f->a, f->path, "pipe");
    text bytes;
    assert_int_equal(mkfifo(path, 0600), 0);
    ASSERT_STATUS(file_map(f->a, path, &bytes), ST_IO);
}

static void
a_key_that_others_may_read_is_refused(void **state)
{
    folder *f = *state;
    static const struct {
        mode_t mode;
        status want;
    } rows[] = {{0600, ST_OK}, {0400, ST_OK}, {0640, ST_DENIED}, {0604, ST_DENIED}, {0620, ST_DENIED}, {0666, ST_DENIED}};
    char *path = path_join(f->a, f->path, "key");
    ASSERT_OK(file_write_new(path, TEXT("secret"), 0600));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(chmod(path, rows[i].mode), 0);
        status code = file_check_secret(path);
        if (code != rows[i].want) fail_msg("mode %o: %s", (unsigned)rows[i].mode, status_text(code));
    }
}

static void
a_folder_for_keys_is_private(void **state)
{
    folder *f = *state;
    char *path = path_join(f->a, f->path, "keys");
    struct stat st;
    ASSERT_OK(folder_make_private(path));
    assert_true(stat(path, &st) == 0 && (st.st_mode & 0777) == 0700);
    assert_int_equal(chmod(path, 0750), 0);
    ASSERT_OK(folder_make_private(path)); /* whose it was decides */
    assert_true(stat(path, &st) == 0 && (st.st_mode & 0777) == 0750);
    rmdir(path);
}

static status
write_and_die(void *context, FILE *to)
{
    (void)context;
    if (fputs("half of what", to) < 0 || fflush(to) != 0) return ST_IO;
    raise(SIGKILL);
    return ST_OK;
}

/* Where the file system has files without a name; elsewhere only the name that counts is safe. */
static void
nothing_stays_of_who_is_killed_while_writing(void **state)
{
    folder *f = *state;
    char *path = path_join(f->a, f->path, "result");
    int probe = open(f->path, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600), how;
    size_t n;
    char **names;
    text bytes;
    if (probe >= 0) close(probe);
    ASSERT_OK(file_write(path, TEXT("before")));
    pid_t child = fork();
    if (child == 0) _exit(file_write_by(path, write_and_die, NULL) == ST_OK);
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_true(WIFSIGNALED(how) && WTERMSIG(how) == SIGKILL);
    ASSERT_OK(file_map(f->a, path, &bytes));
    assert_true(text_is(bytes, "before"));
    ASSERT_OK(folder_list(f->a, f->path, &n, &names));
    assert_int_equal(n, probe >= 0 ? 1 : 2);
}

static void
one_file_has_many_names(void **state)
{
    folder *f = *state;
    char *path = path_join(f->a, f->path, "one"), *sym = path_join(f->a, f->path, "link");
    ASSERT_OK(file_write(path, TEXT("x")));
    assert_int_equal(symlink(path, sym), 0);
    assert_true(file_same(path, sym));
    assert_false(file_same(path, f->path));
    assert_false(file_same(path, path_join(f->a, f->path, "none")));
}

/* As /dev/stdout of a program whose output goes to a file: the system's link stays, and the file has both. */
static void
an_open_file_is_written_into(void **state)
{
    folder *f = *state;
    char *path = path_join(f->a, f->path, "output");
    text bytes;
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0 && write(fd, "before,", 7) == 7);
    char *by = arena_printf(f->a, "/dev/fd/%d", fd);
    ASSERT_OK(file_write(by, TEXT("after")));
    assert_int_equal(close(fd), 0);
    ASSERT_OK(file_map(f->a, path, &bytes));
    assert_true(text_is(bytes, "before,after"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_key_is_written_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_key_without_a_folder_is_an_error, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_file_is_destroyed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_pipe_stays_a_pipe, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_pipe_without_a_writer_is_refused_at_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_key_that_others_may_read_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_folder_for_keys_is_private, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_stays_of_who_is_killed_while_writing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_file_has_many_names, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_open_file_is_written_into, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_key_that_does_not_fit_is_removed, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
