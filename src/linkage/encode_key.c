/* Keys of encodings as files: FOLDER/key, and when its epoch has ended FOLDER/ended in its place. */
#include "base/file.h"
#include "linkage/encode.h"

#include <sodium.h>
#include <stdio.h>

/* ---- one line "peil-encode-key 1 DOMAIN EPOCH DIFFUSION HEX" */

bool
encode_domain_valid(const char *domain)
{
    size_t n = strlen(domain);
    return n > 0 && n < ENCODE_DOMAIN && strspn(domain, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") == n;
}

static status
write_key(const char *path, const encode_key *key)
{
    char hex[2 * ENCODE_KEY + 1], line[256];
    sodium_bin2hex(hex, sizeof hex, key->master, ENCODE_KEY);
    int n = snprintf(line, sizeof line, "peil-encode-key 1 %s %u %u %s\n", key->domain, key->epoch, key->diffusion, hex);
    status code = file_write_new(path, (text){line, (size_t)n}, 0600);
    sodium_memzero(hex, sizeof hex);
    sodium_memzero(line, sizeof line);
    return code;
}

/* What an ended epoch leaves: one line "peil-encode-ended 1 DOMAIN EPOCH". */
static status
ended_read(const char *path, char domain[ENCODE_DOMAIN], uint32_t *epoch)
{
    SCRATCH(tmp);
    text bytes;
    char line[256] = "";
    CHECK(file_map(tmp, path, &bytes));
    if (bytes.n && bytes.n < sizeof line) memcpy(line, bytes.bytes, bytes.n);
    if (sscanf(line, "peil-encode-ended 1 %63s %u", domain, epoch) != 2 || !encode_domain_valid(domain))
        FAIL(ST_INVALID, "%s: expected the mark of an ended epoch: restore it, or take another folder", path);
    return ST_OK;
}

/* The epoch of a new key: after an ended one a later one. */
static status
next_epoch(const char *ended, const char *domain, uint32_t *epoch)
{
    char before[ENCODE_DOMAIN] = "";
    uint32_t last = 0;
    if (file_exists(ended)) {
        CHECK(ended_read(ended, before, &last));
        if (strcmp(before, domain) != 0) FAIL(ST_BUSY, "%s: this folder is that of domain %s: take another folder", ended, before);
        if (*epoch && *epoch <= last) FAIL(ST_BUSY, "%s: epoch %u has ended: the next is %u", ended, last, last + 1);
    }
    if (!*epoch) *epoch = last + 1;
    return ST_OK;
}

status
encode_key_new(const char *folder, const char *domain, uint32_t diffusion, uint32_t *epoch)
{
    SCRATCH(tmp);
    if (!encode_domain_valid(domain)) FAIL(ST_USAGE, "domain: expected 1 to %d letters, digits or -_.", ENCODE_DOMAIN - 1);
    if (diffusion < 1 || diffusion > ENCODE_DIFFUSION) FAIL(ST_USAGE, "diffusion: expected 1 to %d", ENCODE_DIFFUSION);
    char *path = path_join(tmp, folder, "key"), *ended = path_join(tmp, folder, "ended");
    if (!path || !ended) FAIL(ST_NO_MEMORY, "out of memory (key)");
    CHECK(next_epoch(ended, domain, epoch));
    encode_key key = {.epoch = *epoch, .diffusion = diffusion};
    memcpy(key.domain, domain, strlen(domain));
    CHECK(folder_make_private(folder));
    randombytes_buf(key.master, sizeof key.master);
    status code = write_key(path, &key);
    sodium_memzero(&key, sizeof key);
    return code;
}

status
encode_key_read_bytes(const char *name, text bytes, encode_key *key)
{
    char line[256] = "", hex[2 * ENCODE_KEY + 1] = "";
    size_t n = 0;
    *key = (encode_key){0};
    bool read = bytes.n < sizeof line;
    if (read && bytes.n) memcpy(line, bytes.bytes, bytes.n);
    read = read && sscanf(line, "peil-encode-key 1 %63s %u %u %64s", key->domain, &key->epoch, &key->diffusion, hex) == 4 &&
           encode_domain_valid(key->domain) && key->diffusion >= 1 && key->diffusion <= ENCODE_DIFFUSION &&
           sodium_hex2bin(key->master, ENCODE_KEY, hex, strlen(hex), NULL, &n, NULL) == 0 && n == ENCODE_KEY;
    sodium_memzero(line, sizeof line);
    sodium_memzero(hex, sizeof hex);
    if (!read) FAIL(ST_INVALID, "%s: not a key for encodings: make one with peil key new", name);
    return ST_OK;
}

status
encode_key_read(const char *folder, encode_key *key)
{
    SCRATCH(tmp);
    text bytes;
    char *path = path_join(tmp, folder, "key"), *ended = path_join(tmp, folder, "ended"), domain[ENCODE_DOMAIN] = "";
    uint32_t epoch = 0;
    if (!path || !ended) FAIL(ST_NO_MEMORY, "out of memory (key)");
    if (!file_exists(path) && file_exists(ended)) {
        CHECK(ended_read(ended, domain, &epoch));
        FAIL(ST_NOT_FOUND, "%s: epoch %u of %s has ended and its key is destroyed: draw the next with peil key new", folder, epoch, domain);
    }
    CHECK(file_map(tmp, path, &bytes));
    CHECK(encode_key_read_bytes(path, bytes, key));
    return file_check_secret(path);
}

/* The mark stands before the key goes: whoever looks in between finds both, and the key counts. */
status
encode_key_end(const char *folder, char domain[ENCODE_DOMAIN], uint32_t *epoch)
{
    SCRATCH(tmp);
    encode_key *key;
    ALLOC(tmp, key, 1);
    CHECK(encode_key_read(folder, key));
    *epoch = key->epoch;
    memcpy(domain, key->domain, ENCODE_DOMAIN);
    char *path = path_join(tmp, folder, "key"), *ended = path_join(tmp, folder, "ended");
    char *line = arena_printf(tmp, "peil-encode-ended 1 %s %u\n", domain, *epoch);
    if (!path || !ended || !line) FAIL(ST_NO_MEMORY, "out of memory (key)");
    CHECK(file_write(ended, text_of(line)));
    return file_destroy(path);
}
