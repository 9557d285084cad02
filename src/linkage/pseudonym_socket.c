/* Requests and answers over a Unix socket: one each a connection. */
#include "base/date.h"
#include "linkage/pseudonym.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE_MS = 10000 };

static void
descriptor_close(void *object)
{
    close((int)(intptr_t)object);
}

static status
make_address(const char *path, struct sockaddr_un *address)
{
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address->sun_path) FAIL(ST_USAGE, "%s: a socket path has at most %zu bytes", path, sizeof address->sun_path - 1);
    memcpy(address->sun_path, path, strlen(path));
    return ST_OK;
}

static status
open_socket(arena *a, const char *path, int *fd)
{
    *fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (*fd < 0) FAIL(ST_IO, "%s: %s", path, strerror(errno));
    CHECK(arena_defer(a, descriptor_close, (void *)(intptr_t)*fd));
    struct timeval patience = {PATIENCE_MS / 1000, 0};
    (void)setsockopt(*fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    (void)setsockopt(*fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    return ST_OK;
}

static status
send_all(int fd, text bytes)
{
    while (bytes.n) {
        ssize_t n = send(fd, bytes.bytes, bytes.n, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) FAIL(ST_IO, "the connection broke off");
        bytes.bytes += n, bytes.n -= (size_t)n;
    }
    return ST_OK;
}

static status
receive_bytes(int fd, char *to, size_t n)
{
    while (n) {
        ssize_t got = recv(fd, to, n, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) FAIL(ST_IO, "the connection broke off");
        to += got, n -= (size_t)got;
    }
    return ST_OK;
}

/* One message of either kind; its size is known from its first 12 bytes and bounded. */
static status
receive_message(arena *a, int fd, text *out)
{
    char head[12];
    CHECK(receive_bytes(fd, head, sizeof head));
    size_t size = pseudonym_message_size((text){head, sizeof head});
    if (size < sizeof head) FAIL(ST_INVALID, "a malformed message");
    char *bytes;
    ALLOC(a, bytes, size);
    memcpy(bytes, head, sizeof head);
    CHECK(receive_bytes(fd, bytes + sizeof head, size - sizeof head));
    *out = (text){bytes, size};
    return ST_OK;
}

status
pseudonym_send(arena *a, const char *socket_path, text request, text *answer)
{
    SCRATCH(tmp);
    struct sockaddr_un address;
    int fd;
    CHECK(make_address(socket_path, &address));
    CHECK(open_socket(tmp, socket_path, &fd));
    if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
        FAIL(ST_NOT_FOUND, "%s: no pseudonym server answers there: %s", socket_path, strerror(errno));
    CHECK(send_all(fd, request));
    status code = receive_message(a, fd, answer);
    return code == ST_OK ? ST_OK : status_prefix(code, "%s: ", socket_path);
}

static status
serve_one(pseudonym_server *server, int fd)
{
    SCRATCH(tmp);
    struct timeval patience = {PATIENCE_MS / 1000, 0};
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    text request, answer = TEXT("");
    CHECK(receive_message(tmp, fd, &request));
    status code = pseudonym_answer(tmp, server, (int32_t)(time(NULL) / 86400), request, &answer);
    CHECK(send_all(fd, answer));
    return code;
}

static status
listen_on(arena *a, const char *path, int *fd)
{
    struct sockaddr_un address;
    CHECK(make_address(path, &address));
    struct stat st;
    if (stat(path, &st) == 0 && S_ISSOCK(st.st_mode)) unlink(path); /* of a server that was stopped */
    CHECK(open_socket(a, path, fd));
    mode_t before = umask(0117); /* owner and group may ask */
    int bad = bind(*fd, (struct sockaddr *)&address, sizeof address);
    umask(before);
    if (bad || listen(*fd, 16) != 0) FAIL(ST_IO, "%s: cannot listen: %s", path, strerror(errno));
    return ST_OK;
}

status
pseudonym_serve(pseudonym_server *server, const char *socket_path, const volatile int *stop)
{
    SCRATCH(tmp);
    int fd;
    CHECK(listen_on(tmp, socket_path, &fd));
    while (!*stop) {
        struct pollfd waiting = {.fd = fd, .events = POLLIN};
        if (poll(&waiting, 1, 200) <= 0) continue;
        int client = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
        if (client < 0) continue;
        (void)serve_one(server, client); /* a bad client is answered and logged; the server lives */
        close(client);
    }
    unlink(socket_path);
    return ST_OK;
}
