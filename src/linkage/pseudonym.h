/* Pseudonyms for those with a number: three servers hold a key in shares, any two of them make a pseudonym, none of them sees a
 * number, and each counts what it was asked.
 *
 * Who may ask without limit can enumerate every valid number in hours: so each organisation has a quota per day, kept by each
 * server in its own state file, and every request is a line in the server's log (who, when, how many; never what).
 *
 * A pseudonym is a group element: key * H(number). It moves to a new key by one multiplication, and each recipient domain gets
 * its own: domain key * element, so that two recipients cannot put their files side by side. */
#ifndef PEIL_LINKAGE_PSEUDONYM_H
#define PEIL_LINKAGE_PSEUDONYM_H

#include "linkage/oprf.h"

enum {
    PSEUDONYM_SERVERS = 3,
    PSEUDONYM_NEEDED = 2,
    PSEUDONYM_BATCH = 1024,
    PSEUDONYM_MESSAGE = 12 + 64 + PSEUDONYM_BATCH * OPRF_BYTES, /* bytes of the longest message */
    PSEUDONYM_NAME = 32,  /* bytes of an organisation's name, with a 0 */
    PSEUDONYM_TOKEN = 32, /* bytes of its secret token */
    PSEUDONYM_ORGANISATIONS = 256
};

/* Share i of the key: f(i) of a line f with f(0) = key (Shamir 1979, doi:10.1145/359168.359176). */
typedef struct pseudonym_share {
    uint32_t index; /* 1..3 */
    oprf_key key;
} pseudonym_share;

/* What everyone may know: the public keys of the shares and of the whole. */
typedef struct pseudonym_public {
    oprf_element share[PSEUDONYM_SERVERS], whole;
} pseudonym_public;

/* Draw a key and split it; the key itself is wiped. */
status pseudonym_deal(pseudonym_share shares[PSEUDONYM_SERVERS], pseudonym_public *open);

/* Files: shares and tokens mode 0600, never overwritten. */
status pseudonym_share_write(const char *path, const pseudonym_share *share);
status pseudonym_share_read(const char *path, pseudonym_share *share);
status pseudonym_public_write(const char *path, const pseudonym_public *open);
status pseudonym_public_read(const char *path, pseudonym_public *open);

/* One element from the answers of two servers (indices 1..3, different): Lagrange at 0. */
status pseudonym_combine(const uint32_t index[PSEUDONYM_NEEDED], const oprf_element answer[PSEUDONYM_NEEDED], oprf_element *out);

/* The pseudonym for one recipient domain: domain key * element. */
status pseudonym_domain(const oprf_scalar *domain_key, const oprf_element *element, oprf_element *out);

/* ---- the server's side, without sockets */

typedef struct pseudonym_organisation {
    char name[PSEUDONYM_NAME];
    unsigned char token_hash[32]; /* BLAKE2b of the token */
    uint64_t quota;               /* evaluations a day */
    uint64_t used;
} pseudonym_organisation;

typedef struct pseudonym_server {
    pseudonym_share share;
    size_t n;
    pseudonym_organisation organisation[PSEUDONYM_ORGANISATIONS];
    int32_t day; /* of the counts in `used` */
    const char *state_path, *log_path;
} pseudonym_server;

/* The organisations of a CSV `name,token_hash,quota` (hash in hex) and the counts of the state file, which may not exist yet. */
status pseudonym_server_open(const pseudonym_share *share, const char *organisations, const char *state, const char *log,
                             pseudonym_server *server);

/* Answer one request: counts are on disk and in the log before an answer exists. Bad requests get an answer that says why;
 * `answer` is then what goes back, whatever the status.
 * today    days since 1970-01-01
 * Errors   ST_INVALID (malformed request or element), ST_DENIED (unknown organisation or token), ST_LIMIT (quota), ST_IO */
status pseudonym_answer(arena *a, pseudonym_server *server, int32_t today, text request, text *answer);

/* ---- the asker's side */

/* The bytes of a request. */
status pseudonym_ask(arena *a, const char *organisation, const unsigned char token[PSEUDONYM_TOKEN], size_t n,
                     const oprf_element blinded[], text *request);

/* Check an answer to `blinded` from server `index` and its proof. */
status pseudonym_read(text answer, const pseudonym_public *open, uint32_t index, size_t n, const oprf_element blinded[],
                      oprf_element evaluated[]);

/* How many bytes the message that begins with these needs; 0 when they are none of ours or too few (12) to tell. */
size_t pseudonym_message_size(text begin);

/* Serve on a Unix socket until `stop` is set; one request a connection, ten seconds for it to come in. Who is slow keeps nobody waiting:
 * up to 32 connections are read side by side, and answered one after the other; when one more comes, the one that has been silent longest goes.
 * Errors  ST_BUSY (a server answers on that socket, or keeps that state file), ST_IO */
status pseudonym_serve(pseudonym_server *server, const char *socket_path, const volatile int *stop);

/* Send a request to a socket and wait for its answer. */
status pseudonym_send(arena *a, const char *socket_path, text request, text *answer);

#endif
