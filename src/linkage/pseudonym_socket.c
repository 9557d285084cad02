/* Requests and answers over a Unix socket: one each a connection. */
#include "base/log.h"
#include "linkage/pseudonym.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/file.h>
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

/* Does a server answer there? What is left of one that was killed does not. */
static bool
answers(const char *path)
{
    SCRATCH(tmp);
    struct sockaddr_un address;
    int fd;
    if (make_address(path, &address) != ST_OK || open_socket(tmp, path, &fd) != ST_OK) return false;
    return connect(fd, (struct sockaddr *)&address, sizeof address) == 0;
}

static status
listen_on(arena *a, const char *path, int *fd)
{
    struct sockaddr_un address;
    struct stat st;
    CHECK(make_address(path, &address));
    if (stat(path, &st) == 0 && S_ISSOCK(st.st_mode)) {
        if (answers(path)) FAIL(ST_BUSY, "%s: a pseudonym server answers there already: stop it, or take another socket", path);
        unlink(path);
    }
    CHECK(open_socket(a, path, fd));
    mode_t before = umask(0117); /* owner and group may ask */
    int bad = bind(*fd, (struct sockaddr *)&address, sizeof address);
    umask(before);
    if (bad || listen(*fd, 16) != 0) FAIL(ST_IO, "%s: cannot listen: %s", path, strerror(errno));
    return ST_OK;
}

/* Two servers that keep one state file would each give the whole quota. The lock goes with the process. */
static status
lock_state(arena *a, const char *state)
{
    char *path = arena_printf(a, "%s.lock", state);
    if (!path) FAIL(ST_NO_MEMORY, "out of memory (server)");
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) FAIL(ST_IO, "%s: %s", path, strerror(errno));
    CHECK(arena_defer(a, descriptor_close, (void *)(intptr_t)fd));
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) FAIL(ST_BUSY, "%s: another pseudonym server keeps it: each server has a state file of its own", state);
    return ST_OK;
}

/* A connection whose request is coming in. */
typedef struct client {
    int fd;
    int64_t until; /* milliseconds */
    size_t got, need;
    char bytes[PSEUDONYM_MESSAGE];
} client;

enum { CLIENTS = 32, BEGIN = 12 };

static int64_t
milliseconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Bad requests are answered and logged; the server lives. What is wrong on its own side, its keeper reads here. */
static void
answer_client(pseudonym_server *server, const client *c)
{
    SCRATCH(tmp);
    text answer = TEXT("");
    struct timeval patience = {2, 0};
    (void)setsockopt(c->fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    status code = pseudonym_answer(tmp, server, (int32_t)(time(NULL) / 86400), (text){c->bytes, c->got}, &answer);
    if (code == ST_IO) log_note("%s", status_detail());
    if (code != ST_OK) status_detail_clear();
    if (send_all(c->fd, answer) != ST_OK) status_detail_clear();
}

/* Take what has come; false when the connection is done with. */
static bool
hear_client(pseudonym_server *server, client *c)
{
    ssize_t n = recv(c->fd, c->bytes + c->got, c->need - c->got, MSG_DONTWAIT);
    if (n < 0) return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
    if (n == 0) return false;
    c->got += (size_t)n;
    if (c->got < c->need) return true;
    size_t size = c->need == BEGIN ? pseudonym_message_size((text){c->bytes, BEGIN}) : c->need;
    if (size > c->got && size <= sizeof c->bytes) {
        c->need = size;
        return true;
    }
    answer_client(server, c);
    return false;
}

static void
serve_round(pseudonym_server *server, int fd, client clients[], size_t *n)
{
    struct pollfd waiting[CLIENTS + 1] = {{.fd = fd, .events = POLLIN}};
    for (size_t i = 0; i < *n; i++) waiting[i + 1] = (struct pollfd){.fd = clients[i].fd, .events = POLLIN};
    if (poll(waiting, *n + 1, 200) < 0) return;
    int64_t now = milliseconds();
    size_t kept = 0, before = *n;
    for (size_t i = 0; i < before; i++) {
        bool stays = (waiting[i + 1].revents ? hear_client(server, &clients[i]) : true) && now < clients[i].until;
        if (!stays) close(clients[i].fd);
        else if (kept++ != i) clients[kept - 1] = clients[i];
    }
    *n = kept;
    if (!waiting[0].revents) return;
    if (*n == CLIENTS) { /* who has been silent longest makes room */
        close(clients[0].fd);
        memmove(clients, clients + 1, --*n * sizeof *clients);
    }
    int came = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
    if (came >= 0) {
        client *c = &clients[(*n)++];
        c->fd = came, c->until = now + PATIENCE_MS, c->got = 0, c->need = BEGIN;
    }
}

status
pseudonym_serve(pseudonym_server *server, const char *socket_path, const volatile int *stop)
{
    SCRATCH(tmp);
    int fd;
    client *clients;
    size_t n = 0;
    ALLOC(tmp, clients, CLIENTS);
    CHECK(lock_state(tmp, server->state_path));
    CHECK(listen_on(tmp, socket_path, &fd));
    while (!*stop) serve_round(server, fd, clients, &n);
    for (size_t i = 0; i < n; i++) close(clients[i].fd);
    unlink(socket_path);
    return ST_OK;
}
