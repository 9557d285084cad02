/* Any bytes as the files around pseudonyms and evaluation: lists of organisations, states, tokens, factors, pseudonyms, numbers, clusters
 * and truths: what holds together, or an error that says why. */
#include "linkage/evaluate.h"
#include "linkage/pseudonym_file.h"

#include "fuzz_file.h"

#include <sodium.h>

static void
must_say(status code)
{
    if (code != ST_OK && !status_detail()[0]) __builtin_trap();
    status_detail_clear();
}

static void
as_server_files(const char *path)
{
    static pseudonym_server server;
    static const pseudonym_share share = {.index = 1};
    status code = pseudonym_server_open(&share, path, "/dev/shm/peil_fuzz_no_state", "/dev/null", &server);
    if (code == ST_OK)
        for (size_t i = 0; i < server.n; i++)
            if (server.n > PSEUDONYM_ORGANISATIONS || !server.organisation[i].name[0] || !memchr(server.organisation[i].name, 0, PSEUDONYM_NAME)) __builtin_trap();
    must_say(code);
    static const char one[] = "name,token_hash,quota\ncosm,0000000000000000000000000000000000000000000000000000000000000000,5\n";
    fuzz_file list = fuzz_file_open((const uint8_t *)one, sizeof one - 1);
    must_say(pseudonym_server_open(&share, list.path, path, "/dev/null", &server));
    close(list.fd);
}

/* No server listens: what is asked ends there, at the latest. */
static void
as_asker_files(const char *path)
{
    pseudonym_counts counts;
    pseudonym_request q = {.id = "id", .column = "bsn", .organisation = "cosm", .token = path, .open = path, .index = {1, 2},
                           .socket = {"/dev/shm/peil_fuzz_no_socket", "/dev/shm/peil_fuzz_no_socket"}};
    must_say(pseudonym_request_file(path, &q, "/dev/null", &counts));
}

static void
as_lists(const char *path)
{
    link_score score;
    size_t rows;
    static const char factor[] = "0200000000000000000000000000000000000000000000000000000000000000\n", truth[] = "id,entity\na,1\nb,1\nc,2\n";
    fuzz_file two = fuzz_file_open((const uint8_t *)factor, sizeof factor - 1), known = fuzz_file_open((const uint8_t *)truth, sizeof truth - 1);
    must_say(pseudonym_multiply_file(path, two.path, "/dev/shm/peil_fuzz_out", &rows));
    must_say(pseudonym_multiply_file(path, path, "/dev/shm/peil_fuzz_out", &rows));
    must_say(link_evaluate_files(path, known.path, "id", "entity", &score));
    must_say(link_evaluate_files(path, path, "id", "entity", &score));
    close(two.fd);
    close(known.fd);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    if (sodium_init() < 0) return 0;
    fuzz_file file = fuzz_file_open(bytes, n);
    as_server_files(file.path);
    as_asker_files(file.path);
    as_lists(file.path);
    close(file.fd);
    return 0;
}
