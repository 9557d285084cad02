#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

const char *
file_error(int error)
{
    switch (error) {
    case ENOENT: return "not there: expected the name of one that is";
    case EACCES:
    case EPERM: return "not allowed: expected the right to read or write there";
    case ENOTDIR: return "a file stands where a folder is expected";
    case EISDIR: return "a folder: expected a file";
    case ENOSPC:
    case EDQUOT: return "the disk is full: make room and run it again";
    case EROFS: return "the disk is read-only: name another place";
    default: return strerror(error);
    }
}

typedef struct mapping {
    void *start;
    size_t n;
} mapping;

static void
mapping_close(void *object)
{
    mapping *m = object;
    munmap(m->start, m->n);
}

static status
map_descriptor(arena *a, const char *path, int fd, text *out)
{
    struct stat st;
    if (fstat(fd, &st) != 0) FAIL(ST_IO, "%s: %s", path, file_error(errno));
    if (S_ISDIR(st.st_mode)) FAIL(ST_IO, "%s: %s", path, file_error(EISDIR));
    if (!S_ISREG(st.st_mode)) FAIL(ST_IO, "%s: expected a regular file", path);
    if (st.st_size == 0) {
        *out = TEXT("");
        return ST_OK;
    }
    mapping *m;
    ALLOC(a, m, 1);
    m->n = (size_t)st.st_size;
    m->start = mmap(NULL, m->n, PROT_READ, MAP_PRIVATE, fd, 0);
    if (m->start == MAP_FAILED) FAIL(ST_IO, "%s: %s", path, file_error(errno));
    CHECK(arena_defer(a, mapping_close, m));
    madvise(m->start, m->n, MADV_SEQUENTIAL);
    *out = (text){m->start, m->n};
    return ST_OK;
}

status
file_map(arena *a, const char *path, text *out)
{
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC); /* a pipe without a writer is refused, not waited for */
    if (fd < 0) FAIL(errno == ENOENT ? ST_NOT_FOUND : ST_IO, "%s: %s", path, file_error(errno));
    status code = map_descriptor(a, path, fd, out);
    close(fd);
    return code;
}

static status
write_all(int fd, const char *path, text content)
{
    while (content.n) {
        ssize_t n = write(fd, content.bytes, content.n);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) FAIL(ST_IO, "%s: %s", path, file_error(errno));
        content.bytes += n;
        content.n -= (size_t)n;
    }
    return ST_OK;
}

static const char *
folder_of(arena *tmp, const char *path)
{
    const char *slash = strrchr(path, '/');
    return !slash ? "." : slash == path ? "/" : arena_copy(tmp, path, (size_t)(slash - path));
}

static void
sync_folder_of(arena *tmp, const char *path)
{
    const char *folder = folder_of(tmp, path);
    int fd = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (fd < 0) return;
    if (fsync(fd) != 0) errno = 0; /* some file systems cannot sync a folder; the rename itself is atomic */
    close(fd);
}

/* A device or a pipe has no neighbour that could take its name: root would replace /dev/null by a file; nor has what the system's own
 * links lead to, be it a file: `--out /dev/stdout >file` would replace /dev/stdout. */
static bool
is_special(const char *path)
{
    struct stat known;
    if (stat(path, &known) != 0 || S_ISDIR(known.st_mode)) return false;
    if (!S_ISREG(known.st_mode)) return true;
    return (strncmp(path, "/dev/", 5) == 0 || strncmp(path, "/proc/", 6) == 0) && lstat(path, &known) == 0 && S_ISLNK(known.st_mode);
}

/* After what stands there: an output may have been written to. */
static int
open_special(const char *path)
{
    return open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
}

static status
write_special(const char *path, text content)
{
    int fd = open_special(path);
    if (fd < 0) FAIL(ST_IO, "%s: %s", path, file_error(errno));
    status code = write_all(fd, path, content);
    if (close(fd) != 0 && code == ST_OK) code = status_fail(ST_IO, "%s: %s", path, file_error(errno));
    return code;
}

/* A file on its way to a path: without a name where the file system has such files, so that nothing stays of a process that is killed;
 * else a neighbour. */
typedef struct unfinished {
    int fd;
    bool named;
    char *neighbour, self[32];
} unfinished;

static status
begin(arena *tmp, const char *path, int mode, unfinished *u)
{
    const char *folder = folder_of(tmp, path);
    u->neighbour = arena_printf(tmp, "%s.%ld.part", path, (long)getpid());
    if (!folder || !u->neighbour) FAIL(ST_NO_MEMORY, "out of memory while writing %s", path);
    unlink(u->neighbour); /* of a process that was killed and had our number */
    u->fd = open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, mode);
    snprintf(u->self, sizeof u->self, "/proc/self/fd/%d", u->fd);
    u->named = u->fd < 0 || access(u->self, F_OK) != 0;
    if (!u->named) return ST_OK;
    if (u->fd >= 0) close(u->fd);
    u->fd = open(u->neighbour, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
    if (u->fd < 0 && errno == ENOENT) FAIL(ST_IO, "%s: its folder is not there: make it first", path);
    if (u->fd < 0) FAIL(ST_IO, "%s: %s", path, file_error(errno));
    return ST_OK;
}

/* Whole and on the disk, under the neighbour's name. */
static status
end(const unfinished *u, const char *path, status code)
{
    if (code == ST_OK && fsync(u->fd) != 0) code = status_fail(ST_IO, "%s: %s", path, file_error(errno));
    if (code == ST_OK && !u->named && linkat(AT_FDCWD, u->self, AT_FDCWD, u->neighbour, AT_SYMLINK_FOLLOW) != 0)
        code = status_fail(ST_IO, "%s: %s", path, file_error(errno));
    if (close(u->fd) != 0 && code == ST_OK) code = status_fail(ST_IO, "%s: %s", path, file_error(errno));
    return code;
}

/* The neighbour takes the place of what was there. */
static status
replace(arena *tmp, const unfinished *u, const char *path, status code)
{
    if (code == ST_OK && rename(u->neighbour, path) != 0) code = status_fail(ST_IO, "%s: %s", path, file_error(errno));
    if (code == ST_OK) sync_folder_of(tmp, path);
    else unlink(u->neighbour);
    return code;
}

status
file_write(const char *path, text content)
{
    SCRATCH(tmp);
    unfinished u;
    if (is_special(path)) return write_special(path, content);
    CHECK(begin(tmp, path, 0666, &u));
    return replace(tmp, &u, path, end(&u, path, write_all(u.fd, path, content)));
}

/* What `fill` writes; the descriptor stays open. */
static status
fill_descriptor(const char *path, int fd, file_fill *fill, void *context)
{
    int own = dup(fd);
    FILE *to = own < 0 ? NULL : fdopen(own, "w");
    if (!to && own >= 0) close(own);
    if (!to) FAIL(ST_IO, "%s: %s", path, file_error(errno));
    status code = fill(context, to);
    if (fclose(to) != 0 && code == ST_OK) code = status_fail(ST_IO, "%s: %s", path, file_error(errno));
    return code;
}

status
file_write_by(const char *path, file_fill *fill, void *context)
{
    SCRATCH(tmp);
    unfinished u;
    if (!is_special(path)) {
        CHECK(begin(tmp, path, 0666, &u));
        return replace(tmp, &u, path, end(&u, path, fill_descriptor(path, u.fd, fill, context)));
    }
    int fd = open_special(path);
    if (fd < 0) FAIL(ST_IO, "%s: %s", path, file_error(errno));
    status code = fill_descriptor(path, fd, fill, context);
    close(fd);
    return code;
}

/* Give a file its name unless somebody has it. */
static status
take_name(const char *neighbour, const char *path)
{
    int failed = renameat2(AT_FDCWD, neighbour, AT_FDCWD, path, RENAME_NOREPLACE);
    if (failed && (errno == EINVAL || errno == ENOSYS)) failed = link(neighbour, path); /* a file system without that rename */
    if (failed && errno == EEXIST) FAIL(ST_BUSY, "%s: exists already: keys are never overwritten", path);
    if (failed) FAIL(ST_IO, "%s: %s", path, file_error(errno));
    return ST_OK;
}

status
file_write_new(const char *path, text content, int mode)
{
    SCRATCH(tmp);
    unfinished u;
    struct stat st;
    if (lstat(path, &st) == 0) FAIL(ST_BUSY, "%s: exists already: keys are never overwritten", path);
    CHECK(begin(tmp, path, mode, &u));
    status code = end(&u, path, write_all(u.fd, path, content));
    if (code == ST_OK) code = take_name(u.neighbour, path);
    unlink(u.neighbour);
    if (code == ST_OK) sync_folder_of(tmp, path);
    return code;
}

status
file_check_secret(const char *path)
{
    struct stat st;
    if (stat(path, &st) != 0) FAIL(ST_IO, "%s: %s", path, file_error(errno));
    if (st.st_mode & 077) FAIL(ST_DENIED, "%s: others may read the key: chmod 600 it, and make a new one if they did", path);
    return ST_OK;
}

static status
overwrite(int fd, const char *path)
{
    static const char zeros[1 << 16];
    struct stat st;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) FAIL(ST_IO, "%s: expected an ordinary file", path);
    for (off_t left = st.st_size; left > 0;) {
        size_t n = left < (off_t)sizeof zeros ? (size_t)left : sizeof zeros;
        CHECK(write_all(fd, path, (text){zeros, n}));
        left -= (off_t)n;
    }
    if (fsync(fd) != 0) FAIL(ST_IO, "%s: %s", path, file_error(errno));
    return ST_OK;
}

status
file_destroy(const char *path)
{
    SCRATCH(tmp);
    int fd = open(path, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT) FAIL(ST_NOT_FOUND, "%s: there is no such file", path);
    if (fd < 0 && errno == ELOOP) FAIL(ST_IO, "%s: a link to a file: name the file itself", path);
    if (fd < 0) FAIL(ST_IO, "%s: %s", path, file_error(errno));
    status code = overwrite(fd, path);
    close(fd);
    CHECK(code);
    if (unlink(path) != 0) FAIL(ST_IO, "%s: %s", path, file_error(errno));
    sync_folder_of(tmp, path);
    return ST_OK;
}

status
file_put(const char *path, text content)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0) FAIL(ST_IO, "%s: %s", path, file_error(errno));
    status code = write_all(fd, path, content);
    if (close(fd) != 0 && code == ST_OK) code = status_fail(ST_IO, "%s: %s", path, file_error(errno));
    return code;
}

status
folder_sync(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) FAIL(ST_IO, "%s: %s", path, file_error(errno));
    bool synced = syncfs(fd) == 0;
    int error = errno;
    close(fd);
    if (!synced) FAIL(ST_IO, "%s: %s", path, file_error(error));
    return ST_OK;
}

status
folder_make(const char *path)
{
    SCRATCH(tmp);
    char *copy = arena_copy(tmp, path, strlen(path));
    if (!copy) FAIL(ST_NO_MEMORY, "out of memory while making %s", path);
    for (char *p = copy + 1;; p++) {
        if (*p != '/' && *p != '\0') continue;
        char saved = *p;
        *p = '\0';
        if (*copy && mkdir(copy, 0777) != 0 && errno != EEXIST) FAIL(ST_IO, "%s: %s", copy, file_error(errno));
        *p = saved;
        if (!saved) break;
    }
    struct stat st;
    if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode)) FAIL(ST_IO, "%s: expected a folder", path);
    return ST_OK;
}

status
folder_make_private(const char *path)
{
    bool known = file_exists(path);
    CHECK(folder_make(path));
    if (!known && chmod(path, 0700) != 0) FAIL(ST_IO, "%s: %s", path, file_error(errno));
    return ST_OK;
}

bool
file_same(const char *a, const char *b)
{
    struct stat x, y;
    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

bool
file_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

char *
path_join(arena *a, const char *folder, const char *name)
{
    size_t n = strlen(folder);
    return arena_printf(a, "%s%s%s", folder, n && folder[n - 1] == '/' ? "" : "/", name);
}

static int
compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
folder_close(void *object)
{
    closedir(object);
}

status
folder_list(arena *a, const char *path, size_t *n, char ***names)
{
    SCRATCH(tmp);
    DIR *folder = opendir(path);
    if (!folder) FAIL(errno == ENOENT ? ST_NOT_FOUND : ST_IO, "%s: %s", path, file_error(errno));
    CHECK(arena_defer(tmp, folder_close, folder));
    size_t count = 0, capacity = 16;
    char **found;
    ALLOC(tmp, found, capacity);
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
        if (count == capacity) {
            char **more;
            ALLOC(tmp, more, capacity * 2);
            memcpy(more, found, count * sizeof *found);
            found = more;
            capacity *= 2;
        }
        found[count] = arena_copy(a, entry->d_name, strlen(entry->d_name));
        if (!found[count++]) FAIL(ST_NO_MEMORY, "out of memory while listing %s", path);
    }
    qsort(found, count, sizeof *found, compare_names);
    char **result;
    ALLOC(a, result, count + 1);
    memcpy(result, found, count * sizeof *found);
    *n = count;
    *names = result;
    return ST_OK;
}
