#include "cli/verb.h"

#include "base/file.h"
#include "base/log.h"
#include "linkage/pseudonym_file.h"

#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/stat.h>

static const verb_option pseudonym_options[] = {
    {.name = "out", .type = OPTION_TEXT, .metavar = "PATH", .help = "keys, rotate: the folder; factor, request, domain: the file"},
    {.name = "keys", .type = OPTION_TEXT, .metavar = "DIR", .help = "rotate: the folder of the public keys and shares so far; a keeper has one share"},
    {.name = "factor", .type = OPTION_TEXT, .metavar = "FILE", .help = "rotate, domain: the factor"},
    {.name = "share", .type = OPTION_TEXT, .metavar = "FILE", .help = "serve: this server's share of the key"},
    {.name = "organisations", .type = OPTION_TEXT, .metavar = "FILE", .help = "serve: CSV name,token_hash,quota (a day)"},
    {.name = "state", .type = OPTION_TEXT, .metavar = "FILE", .help = "serve: what each organisation used today"},
    {.name = "log", .type = OPTION_TEXT, .metavar = "FILE", .help = "serve: a line per request"},
    {.name = "socket", .type = OPTION_TEXT, .metavar = "PATH", .help = "serve: the Unix socket to answer on"},
    {.name = "servers", .type = OPTION_TEXT, .metavar = "I=PATH,J=PATH", .help = "request: two servers, by number of their share"},
    {.name = "public", .type = OPTION_TEXT, .metavar = "FILE", .help = "request: the public keys"},
    {.name = "organisation", .type = OPTION_TEXT, .metavar = "NAME", .help = "request, token: who asks"},
    {.name = "token", .type = OPTION_TEXT, .metavar = "FILE", .help = "request, token: the file of the secret token"},
    {.name = "quota", .type = OPTION_INT, .metavar = "N", .lower = 0, .upper = 1e9, .preset = "1000", .help = "token: evaluations a day"},
    {.name = "id", .type = OPTION_TEXT, .metavar = "COLUMN", .preset = "id", .help = "request: the row's own key"},
    {.name = "column", .type = OPTION_TEXT, .metavar = "COLUMN", .preset = "bsn", .help = "request: the person number"},
    {0},
};

static status
need(const options *o, const char *name, const char **value)
{
    *value = option_text(o, name);
    if (!*value) FAIL(ST_USAGE, "--%s is needed", name);
    return ST_OK;
}

/* Pseudonyms do not take the place of the numbers, nor of a key. */
static status
spare(const char *out, const char *file, const char *key)
{
    if (file_same(file, out) || file_same(key, out)) FAIL(ST_USAGE, "--out %s: would overwrite what is read: take another name", out);
    return ST_OK;
}

static status
share_path(arena *a, const char *folder, int i, const char **path)
{
    *path = arena_printf(a, "%s/share-%d", folder, i + 1);
    if (!*path) FAIL(ST_NO_MEMORY, "out of memory");
    return ST_OK;
}

/* The public keys first: where they stand already, no share is written. */
static status
write_keys(arena *a, const char *folder, const pseudonym_share shares[], const pseudonym_public *open)
{
    const char *path = path_join(a, folder, "public");
    if (!path) FAIL(ST_NO_MEMORY, "out of memory");
    CHECK(folder_make_private(folder));
    CHECK(pseudonym_public_write(path, open));
    for (int i = 0; i < PSEUDONYM_SERVERS; i++) {
        CHECK(share_path(a, folder, i, &path));
        if (shares[i].index) CHECK(pseudonym_share_write(path, &shares[i]));
    }
    return ST_OK;
}

static status
run_keys(arena *a, const options *o)
{
    const char *out;
    pseudonym_share *shares;
    pseudonym_public open;
    CHECK(need(o, "out", &out));
    ALLOC(a, shares, PSEUDONYM_SERVERS);
    CHECK(pseudonym_deal(shares, &open));
    CHECK(write_keys(a, out, shares, &open));
    printf("%s: three shares and the public keys; bring each share to its own server and delete it here\n", out);
    return ST_OK;
}

/* The shares that lie in the folder; a keeper has one and does not see the others. */
static status
read_keys(arena *a, const char *folder, pseudonym_share shares[], pseudonym_public *open, int *n)
{
    const char *path = path_join(a, folder, "public");
    if (!path) FAIL(ST_NO_MEMORY, "out of memory");
    CHECK(pseudonym_public_read(path, open));
    for (int i = *n = 0; i < PSEUDONYM_SERVERS; i++) {
        CHECK(share_path(a, folder, i, &path));
        if (!file_exists(path)) continue;
        CHECK(pseudonym_share_read(path, &shares[i]));
        ++*n;
    }
    return ST_OK;
}

static status
run_rotate(arena *a, const options *o)
{
    const char *out, *keys, *factor;
    pseudonym_share *shares;
    pseudonym_public open;
    int n;
    CHECK(need(o, "out", &out));
    CHECK(need(o, "keys", &keys));
    CHECK(need(o, "factor", &factor));
    ALLOC(a, shares, PSEUDONYM_SERVERS);
    CHECK(read_keys(a, keys, shares, &open, &n));
    CHECK(pseudonym_rotate(factor, shares, &open));
    CHECK(write_keys(a, out, shares, &open));
    printf("%s: public keys of the new key, shares: %d\n", out, n);
    return ST_OK;
}

static status
run_token(const options *o)
{
    const char *organisation, *token;
    char hash[65];
    CHECK(need(o, "organisation", &organisation));
    CHECK(need(o, "token", &token));
    CHECK(pseudonym_token_new(token, hash));
    printf("%s,%s,%lld\n", organisation, hash, (long long)option_int(o, "quota"));
    return ST_OK;
}

/* Set by the signal that stops the server. */
static volatile sig_atomic_t stopped;

static void
on_signal(int signal)
{
    (void)signal;
    stopped = 1;
}

static status
run_serve(arena *a, const options *o)
{
    const char *share_path, *organisations, *state, *log, *socket;
    CHECK(need(o, "share", &share_path));
    CHECK(need(o, "organisations", &organisations));
    CHECK(need(o, "state", &state));
    CHECK(need(o, "log", &log));
    CHECK(need(o, "socket", &socket));
    pseudonym_share *share;
    pseudonym_server *server;
    ALLOC(a, share, 1);
    ALLOC(a, server, 1);
    (void)sodium_mlock(share, sizeof *share); /* not into the swap space, where the machine lets us */
    (void)sodium_mlock(server, sizeof *server);
    CHECK(pseudonym_share_read(share_path, share));
    CHECK(pseudonym_server_open(share, organisations, state, log, server));
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    log_note("pseudonym server %u answers on %s", share->index, socket);
    return pseudonym_serve(server, socket, &stopped);
}

/* "1=PATH,3=PATH" */
static status
parse_servers(arena *a, const char *words, pseudonym_request *request)
{
    for (int i = 0; i < PSEUDONYM_NEEDED; i++) {
        if (words[0] < '1' || words[0] > '3' || words[1] != '=')
            FAIL(ST_USAGE, "--servers: expected two of 1=PATH,2=PATH,3=PATH");
        request->index[i] = (uint32_t)(words[0] - '0');
        const char *comma = strchr(words, ',');
        size_t n = comma ? (size_t)(comma - words) : strlen(words);
        request->socket[i] = arena_copy(a, words + 2, n - 2);
        if (!request->socket[i]) FAIL(ST_NO_MEMORY, "out of memory");
        words += n + (comma != NULL);
    }
    if (*words || request->index[0] == request->index[1]) FAIL(ST_USAGE, "--servers: expected two different servers");
    return ST_OK;
}

static status
run_request(arena *a, const options *o)
{
    const char *out, *servers, *file = option_argument(o, 1);
    pseudonym_request request = {.id = option_text(o, "id"), .column = option_text(o, "column")};
    if (!file) FAIL(ST_USAGE, "expected: peil pseudonym request FILE.csv");
    CHECK(need(o, "out", &out));
    CHECK(need(o, "servers", &servers));
    CHECK(need(o, "public", &request.open));
    CHECK(need(o, "organisation", &request.organisation));
    CHECK(need(o, "token", &request.token));
    CHECK(parse_servers(a, servers, &request));
    CHECK(spare(out, file, request.open));
    CHECK(spare(out, file, request.token));
    pseudonym_counts counts;
    umask(077); /* pseudonyms are for who asked for them */
    CHECK(pseudonym_request_file(file, &request, out, &counts));
    log_note("%zu rows: %zu pseudonyms, %zu without a number, %zu numbers that fail the eleven-test", counts.rows, counts.made,
             counts.without, counts.invalid);
    return ST_OK;
}

static status
run_domain(const options *o)
{
    const char *out, *factor, *file = option_argument(o, 1);
    size_t rows;
    if (!file) FAIL(ST_USAGE, "expected: peil pseudonym domain FILE.csv");
    CHECK(need(o, "out", &out));
    CHECK(need(o, "factor", &factor));
    CHECK(spare(out, file, factor));
    umask(077);
    CHECK(pseudonym_multiply_file(file, factor, out, &rows));
    log_note("%zu pseudonyms", rows);
    return ST_OK;
}

static status
run(arena *a, const options *o)
{
    const char *what = option_argument(o, 0), *out;
    if (strcmp(what, "keys") == 0) return run_keys(a, o);
    if (strcmp(what, "rotate") == 0) return run_rotate(a, o);
    if (strcmp(what, "token") == 0) return run_token(o);
    if (strcmp(what, "serve") == 0) return run_serve(a, o);
    if (strcmp(what, "request") == 0) return run_request(a, o);
    if (strcmp(what, "domain") == 0) return run_domain(o);
    if (strcmp(what, "factor") != 0) FAIL(ST_USAGE, "expected keys, token, serve, request, factor, domain or rotate");
    CHECK(need(o, "out", &out));
    return pseudonym_factor_new(out);
}

const verb verb_pseudonym = {
    .name = "pseudonym",
    .arguments = "keys|token|serve|request|factor|domain|rotate [FILE.csv]",
    .least = 1,
    .most = 2,
    .summary = "Pseudonyms for person numbers that no server sees, with a key in three shares.",
    .details = "keys draws a key and splits it in three shares, of which any two make pseudonyms. token gives an organisation its "
               "secret and prints its line for the servers' list. serve answers on a Unix socket within quotas and logs each "
               "request. request blinds the numbers of a file, asks two servers, checks their proofs and writes id,pseudonym. "
               "factor draws a factor; domain multiplies the pseudonyms of a file by it, for one recipient or after a change of key; "
               "rotate makes the public keys and shares of the new key, each keeper of its own.",
    .example = "peil pseudonym keys --out keys\n"
               "  peil pseudonym token --organisation fairwork --token fairwork.token --quota 1000 >>organisations.csv",
    .options = pseudonym_options,
    .run = run,
};
