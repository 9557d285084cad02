#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

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
    if (fstat(fd, &st) != 0) FAIL(ST_IO, "%s: %s", path, strerror(errno));
    if (!S_ISREG(st.st_mode)) FAIL(ST_IO, "%s: expected a regular file", path);
    if (st.st_size == 0) {
        *out = TEXT("");
        return ST_OK;
    }
    mapping *m;
    ALLOC(a, m, 1);
    m->n = (size_t)st.st_size;
    m->start = mmap(NULL, m->n, PROT_READ, MAP_PRIVATE, fd, 0);
    if (m->start == MAP_FAILED) FAIL(ST_IO, "%s: %s", path, strerror(errno));
    CHECK(arena_defer(a, mapping_close, m));
    madvise(m->start, m->n, MADV_SEQUENTIAL);
    *out = (text){m->start, m->n};
    return ST_OK;
}

status
file_map(arena *a, const char *path, text *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) FAIL(errno == ENOENT ? ST_NOT_FOUND : ST_IO, "%s: %s", path, strerror(errno));
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
        if (n < 0) FAIL(ST_IO, "%s: %s", path, strerror(errno));
        content.bytes += n;
        content.n -= (size_t)n;
    }
    return ST_OK;
}

static void
sync_folder_of(arena *tmp, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *folder = !slash ? "." : slash == path ? "/" : arena_copy(tmp, path, (size_t)(slash - path));
    int fd = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (fd < 0) return;
    if (fsync(fd) != 0) errno = 0; /* some file systems cannot sync a folder; the rename itself is atomic */
    close(fd);
}

/* A device or a pipe has no neighbour that could take its name: root would replace /dev/null by a file. */
static bool
is_special(const char *path)
{
    struct stat known;
    return stat(path, &known) == 0 && !S_ISREG(known.st_mode) && !S_ISDIR(known.st_mode);
}

static status
write_special(const char *path, text content)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) FAIL(ST_IO, "%s: %s", path, strerror(errno));
    status code = write_all(fd, path, content);
    if (close(fd) != 0 && code == ST_OK) code = status_fail(ST_IO, "%s: %s", path, strerror(errno));
    return code;
}

status
file_write(const char *path, text content)
{
    SCRATCH(tmp);
    if (is_special(path)) return write_special(path, content);
    char *neighbour = arena_printf(tmp, "%s.%ld.part", path, (long)getpid());
    if (!neighbour) FAIL(ST_NO_MEMORY, "out of memory while writing %s", path);
    int fd = open(neighbour, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0) FAIL(ST_IO, "%s: %s", neighbour, strerror(errno));
    status code = write_all(fd, path, content);
    if (code == ST_OK && fsync(fd) != 0) code = status_fail(ST_IO, "%s: %s", path, strerror(errno));
    if (close(fd) != 0 && code == ST_OK) code = status_fail(ST_IO, "%s: %s", path, strerror(errno));
    if (code == ST_OK && rename(neighbour, path) != 0) code = status_fail(ST_IO, "%s: %s", path, strerror(errno));
    if (code != ST_OK)
        unlink(neighbour);
    else
        sync_folder_of(tmp, path);
    return code;
}

static status
write_private(const char *neighbour, const char *path, text content, int mode)
{
    unlink(neighbour); /* of a process that was killed and had our number */
    int fd = open(neighbour, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
    if (fd < 0) FAIL(ST_IO, "%s: %s", path, strerror(errno));
    status code = write_all(fd, path, content);
    if (code == ST_OK && fsync(fd) != 0) code = status_fail(ST_IO, "%s: %s", path, strerror(errno));
    if (close(fd) != 0 && code == ST_OK) code = status_fail(ST_IO, "%s: %s", path, strerror(errno));
    return code;
}

/* Give a file its name unless somebody has it. */
static status
take_name(const char *neighbour, const char *path)
{
    int failed = renameat2(AT_FDCWD, neighbour, AT_FDCWD, path, RENAME_NOREPLACE);
    if (failed && (errno == EINVAL || errno == ENOSYS)) failed = link(neighbour, path); /* a file system without that rename */
    if (failed && errno == EEXIST) FAIL(ST_BUSY, "%s: exists already: keys are never overwritten", path);
    if (failed) FAIL(ST_IO, "%s: %s", path, strerror(errno));
    return ST_OK;
}

status
file_write_new(const char *path, text content, int mode)
{
    SCRATCH(tmp);
    char *neighbour = arena_printf(tmp, "%s.%ld.part", path, (long)getpid());
    if (!neighbour) FAIL(ST_NO_MEMORY, "out of memory while writing %s", path);
    struct stat st;
    if (lstat(path, &st) == 0) FAIL(ST_BUSY, "%s: exists already: keys are never overwritten", path);
    status code = write_private(neighbour, path, content, mode);
    if (code == ST_OK) code = take_name(neighbour, path);
    unlink(neighbour);
    if (code == ST_OK) sync_folder_of(tmp, path);
    return code;
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
    if (fsync(fd) != 0) FAIL(ST_IO, "%s: %s", path, strerror(errno));
    return ST_OK;
}

status
file_destroy(const char *path)
{
    SCRATCH(tmp);
    int fd = open(path, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT) FAIL(ST_NOT_FOUND, "%s: there is no such file", path);
    if (fd < 0) FAIL(ST_IO, "%s: %s", path, strerror(errno));
    status code = overwrite(fd, path);
    close(fd);
    CHECK(code);
    if (unlink(path) != 0) FAIL(ST_IO, "%s: %s", path, strerror(errno));
    sync_folder_of(tmp, path);
    return ST_OK;
}

status
file_put(const char *path, text content)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0) FAIL(ST_IO, "%s: %s", path, strerror(errno));
    status code = write_all(fd, path, content);
    if (close(fd) != 0 && code == ST_OK) code = status_fail(ST_IO, "%s: %s", path, strerror(errno));
    return code;
}

status
folder_sync(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) FAIL(ST_IO, "%s: %s", path, strerror(errno));
    bool synced = syncfs(fd) == 0;
    int error = errno;
    close(fd);
    if (!synced) FAIL(ST_IO, "%s: %s", path, strerror(error));
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
        if (*copy && mkdir(copy, 0777) != 0 && errno != EEXIST) FAIL(ST_IO, "%s: %s", copy, strerror(errno));
        *p = saved;
        if (!saved) break;
    }
    struct stat st;
    if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode)) FAIL(ST_IO, "%s: expected a folder", path);
    return ST_OK;
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
    if (!folder) FAIL(errno == ENOENT ? ST_NOT_FOUND : ST_IO, "%s: %s", path, strerror(errno));
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
