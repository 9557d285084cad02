/* Any bytes as a request to a pseudonym server, and as a server's answer: an answer always goes back, an answer is believed only with
 * its proof. */
#include "linkage/pseudonym.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* A server whose only organisation is "fuzz" with a token of zeros. */
static void
make_server(pseudonym_server *s, const char *state)
{
    static const unsigned char token[PSEUDONYM_TOKEN];
    *s = (pseudonym_server){.n = 1, .state_path = state, .log_path = "/dev/null", .share = {.index = 1}};
    memcpy(s->organisation[0].name, "fuzz", 4);
    s->organisation[0].quota = 3;
    crypto_generichash(s->organisation[0].token_hash, 32, token, sizeof token, NULL, 0);
    s->share.key.secret.bytes[0] = 7;
    if (crypto_scalarmult_ristretto255_base(s->share.key.open.bytes, s->share.key.secret.bytes) != 0) abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    SCRATCH(tmp);
    static pseudonym_server server;
    text message = {(const char *)bytes, n}, answer = {NULL, 0};
    char state[64];
    snprintf(state, sizeof state, "/dev/shm/peil_fuzz_%ld", (long)getpid());
    make_server(&server, state);
    size_t size = pseudonym_message_size(message);
    if (size && n < 12) __builtin_trap();
    status code = pseudonym_answer(tmp, &server, 1, message, &answer);
    if (!answer.n || pseudonym_message_size(answer) != answer.n) __builtin_trap();
    if (code == ST_OK && server.organisation[0].used == 0) __builtin_trap();
    unlink(state);
    /* the same bytes as an answer to somebody who asked for one element */
    pseudonym_public open = {.whole = server.share.key.open};
    for (int i = 0; i < PSEUDONYM_SERVERS; i++) open.share[i] = server.share.key.open;
    oprf_element asked = server.share.key.open, got;
    if (pseudonym_read(message, &open, 1, 1, &asked, &got) == ST_OK) {
        oprf_element want; /* a proof that holds is of the right key */
        if (oprf_evaluate(&server.share.key.secret, &asked, &want) != ST_OK || memcmp(&want, &got, sizeof got) != 0) __builtin_trap();
    }
    return 0;
}
