#include "linkage/encode_seal.h"

#include "base/file.h"

#include <sodium.h>
#include <stdio.h>
#include <sys/stat.h>

enum { KEY = crypto_box_SECRETKEYBYTES, MAGIC = sizeof SEALED_MAGIC - 1 };

/* ---- keys: one line "peil-unit-key 1 HEX" or "peil-unit-public 1 HEX" */

static status
write_line(const char *path, const char *kind, const unsigned char bytes[KEY], int mode)
{
    char hex[2 * KEY + 1], line[128];
    sodium_bin2hex(hex, sizeof hex, bytes, KEY);
    int n = snprintf(line, sizeof line, "peil-unit-%s 1 %s\n", kind, hex);
    status code = file_write_new(path, (text){line, (size_t)n}, mode);
    sodium_memzero(hex, sizeof hex);
    sodium_memzero(line, sizeof line);
    return code;
}

static status
read_line(const char *path, const char *kind, unsigned char out[KEY])
{
    SCRATCH(tmp);
    text bytes;
    char line[128] = "", found[8] = "", hex[2 * KEY + 1] = "";
    size_t n = 0;
    CHECK(file_map(tmp, path, &bytes));
    if (bytes.n && bytes.n < sizeof line) memcpy(line, bytes.bytes, bytes.n);
    bool good = sscanf(line, "peil-unit-%7s 1 %64s", found, hex) == 2 && strcmp(found, kind) == 0 &&
                sodium_hex2bin(out, KEY, hex, strlen(hex), NULL, &n, NULL) == 0 && n == KEY;
    sodium_memzero(line, sizeof line);
    sodium_memzero(hex, sizeof hex);
    if (!good) FAIL(ST_INVALID, "%s: expected unit.%s as peil key unit makes it", path, kind);
    return ST_OK;
}

status
encode_unit_new(const char *key, const char *public)
{
    unsigned char open[KEY], secret[KEY];
    if (sodium_init() < 0) FAIL(ST_INTERNAL, "libsodium cannot start on this machine");
    if (file_exists(public)) FAIL(ST_BUSY, "%s: exists already: keys are never overwritten", public); /* else a key without its public one stays */
    crypto_box_keypair(open, secret);
    status code = write_line(key, "key", secret, 0600);
    sodium_memzero(secret, sizeof secret);
    CHECK(code);
    return write_line(public, "public", open, 0644);
}

status
encode_unit_copy(const char *public, const char *to)
{
    unsigned char open[KEY];
    CHECK(read_line(public, "public", open));
    return write_line(to, "public", open, 0644);
}

status
encode_unit_end(const char *key)
{
    SCRATCH(tmp);
    unsigned char *secret;
    ALLOC(tmp, secret, KEY);
    CHECK(read_line(key, "key", secret));
    return file_destroy(key);
}

/* ---- files: magic, then the sealed box */

bool
encode_sealed(text bytes)
{
    return bytes.n >= MAGIC && memcmp(bytes.bytes, SEALED_MAGIC, MAGIC) == 0;
}

status
encode_seal(arena *a, const char *unit, text plain, text *result)
{
    unsigned char open[KEY];
    char *bytes;
    size_t n = MAGIC + crypto_box_SEALBYTES + plain.n;
    if (sodium_init() < 0) FAIL(ST_INTERNAL, "libsodium cannot start on this machine");
    CHECK(read_line(unit, "public", open));
    ALLOC(a, bytes, n);
    memcpy(bytes, SEALED_MAGIC, MAGIC);
    if (crypto_box_seal((unsigned char *)bytes + MAGIC, (const unsigned char *)plain.bytes, plain.n, open) != 0)
        FAIL(ST_INVALID, "%s: not a public key: make one with peil key unit", unit);
    *result = (text){bytes, n};
    return ST_OK;
}

static status
open_with(const char *unit, text sealed, unsigned char *plain, bool *good)
{
    SCRATCH(tmp);
    unsigned char open[KEY], *secret;
    ALLOC(tmp, secret, KEY);
    CHECK(read_line(unit, "key", secret));
    CHECK(file_check_secret(unit));
    *good = crypto_scalarmult_base(open, secret) == 0 &&
            crypto_box_seal_open(plain, (const unsigned char *)sealed.bytes + MAGIC, sealed.n - MAGIC, open, secret) == 0;
    return ST_OK;
}

/* The unit is a file, or one of those of a folder. */
static status
open_with_any(const char *unit, text sealed, unsigned char *plain, bool *good)
{
    SCRATCH(tmp);
    struct stat at;
    size_t n;
    char **names;
    if (stat(unit, &at) != 0 || !S_ISDIR(at.st_mode)) return open_with(unit, sealed, plain, good);
    CHECK(folder_list(tmp, unit, &n, &names));
    for (size_t i = 0; i < n && !*good; i++) {
        size_t length = strlen(names[i]);
        char *path = path_join(tmp, unit, names[i]);
        if (!path) FAIL(ST_NO_MEMORY, "out of memory (key)");
        if (length > 4 && strcmp(names[i] + length - 4, ".key") == 0) CHECK(open_with(path, sealed, plain, good));
    }
    return ST_OK;
}

status
encode_unseal(arena *a, const char *name, const char *unit, text sealed, text *result)
{
    unsigned char *plain;
    bool good = false;
    if (!unit) FAIL(ST_USAGE, "%s: encodings sealed for a linkage unit: name its key with --unit", name);
    if (!encode_sealed(sealed) || sealed.n < MAGIC + crypto_box_SEALBYTES) FAIL(ST_INVALID, "%s: not a sealed file of encodings, or cut off", name);
    if (sodium_init() < 0) FAIL(ST_INTERNAL, "libsodium cannot start on this machine");
    size_t n = sealed.n - MAGIC - crypto_box_SEALBYTES;
    ALLOC(a, plain, n + 1);
    CHECK(open_with_any(unit, sealed, plain, &good));
    if (!good) FAIL(ST_DENIED, "%s: sealed for a linkage unit whose key is not here (name it with --unit), changed or cut off", name);
    *result = (text){(const char *)plain, n};
    return ST_OK;
}
