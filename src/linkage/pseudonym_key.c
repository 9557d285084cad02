/* Shares and public keys of pseudonym servers as files: lines "name hex". */
#include "base/file.h"
#include "linkage/pseudonym.h"

#include <sodium.h>
#include <stdio.h>

static status
bad_key_file(const char *path)
{
    FAIL(ST_INVALID, "%s: not a key file of peil pseudonym: make keys with peil pseudonym keys", path);
}

status
pseudonym_share_write(const char *path, const pseudonym_share *share)
{
    char secret[2 * OPRF_BYTES + 1], line[160];
    sodium_bin2hex(secret, sizeof secret, share->key.secret.bytes, OPRF_BYTES);
    int n = snprintf(line, sizeof line, "peil-pseudonym-share 1\nindex %u\nsecret %s\n", share->index, secret);
    status code = file_write_new(path, (text){line, (size_t)n}, 0600);
    sodium_memzero(secret, sizeof secret);
    sodium_memzero(line, sizeof line);
    return code;
}

status
pseudonym_share_read(const char *path, pseudonym_share *share)
{
    SCRATCH(tmp);
    text bytes;
    CHECK(file_map(tmp, path, &bytes));
    char secret[2 * OPRF_BYTES + 1] = "", line[160] = "";
    if (bytes.n >= sizeof line) return bad_key_file(path);
    memcpy(line, bytes.bytes, bytes.n);
    size_t n = 0;
    bool read = sscanf(line, "peil-pseudonym-share 1\nindex %u\nsecret %64s\n", &share->index, secret) == 2 &&
                share->index >= 1 && share->index <= PSEUDONYM_SERVERS &&
                sodium_hex2bin(share->key.secret.bytes, OPRF_BYTES, secret, strlen(secret), NULL, &n, NULL) == 0 && n == OPRF_BYTES &&
                oprf_scalar_check(&share->key.secret) == ST_OK && crypto_scalarmult_ristretto255_base(share->key.open.bytes, share->key.secret.bytes) == 0;
    sodium_memzero(secret, sizeof secret);
    sodium_memzero(line, sizeof line);
    return read ? file_check_secret(path) : bad_key_file(path);
}

status
pseudonym_public_write(const char *path, const pseudonym_public *open)
{
    SCRATCH(tmp);
    text_builder b = text_builder_new(tmp);
    text_put(&b, "peil-pseudonym-public 1\n");
    char hex[2 * OPRF_BYTES + 1];
    for (int i = 0; i <= PSEUDONYM_SERVERS; i++) {
        sodium_bin2hex(hex, sizeof hex, (i ? open->share[i - 1] : open->whole).bytes, OPRF_BYTES);
        text_printf(&b, "%d %s\n", i, hex);
    }
    text content;
    CHECK(text_builder_end(&b, &content));
    return file_write_new(path, content, 0644);
}

/* Do the shares lie on one line that begins at the key? Those of two keys would give pseudonyms of neither. */
static status
check_line(const char *path, const pseudonym_public *open)
{
    for (uint32_t i = 1; i < PSEUDONYM_SERVERS; i++) {
        oprf_element key;
        const uint32_t index[PSEUDONYM_NEEDED] = {i, i + 1};
        if (pseudonym_combine(index, &open->share[i - 1], &key) != ST_OK || memcmp(&key, &open->whole, sizeof key) != 0)
            FAIL(ST_INVALID, "%s: public keys of shares that are not of one key: take the file that came with the shares", path);
    }
    return ST_OK;
}

status
pseudonym_public_read(const char *path, pseudonym_public *open)
{
    SCRATCH(tmp);
    text bytes;
    CHECK(file_map(tmp, path, &bytes));
    static const char head[] = "peil-pseudonym-public 1\n";
    const size_t line = 2 + 2 * OPRF_BYTES + 1;
    if (bytes.n != sizeof head - 1 + line * (PSEUDONYM_SERVERS + 1) || memcmp(bytes.bytes, head, sizeof head - 1) != 0)
        return bad_key_file(path);
    for (int i = 0; i <= PSEUDONYM_SERVERS; i++) {
        oprf_element *to = i ? &open->share[i - 1] : &open->whole;
        size_t n = 0;
        const char *hex = bytes.bytes + sizeof head - 1 + (size_t)i * line + 2;
        if (sodium_hex2bin(to->bytes, OPRF_BYTES, hex, 2 * OPRF_BYTES, NULL, &n, NULL) != 0 || n != OPRF_BYTES ||
            oprf_element_check(to) != ST_OK)
            return bad_key_file(path);
    }
    return check_line(path, open);
}
