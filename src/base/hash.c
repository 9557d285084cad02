#include "base/hash.h"

#include <sodium.h>

hash
hash_of(const void *bytes, size_t n)
{
    hash h;
    crypto_generichash(h.bytes, sizeof h.bytes, bytes, n, NULL, 0);
    return h;
}

hash
hash_keyed(const hash *key, const void *bytes, size_t n)
{
    hash h;
    crypto_generichash(h.bytes, sizeof h.bytes, bytes, n, key->bytes, sizeof key->bytes);
    return h;
}

hash
hash_combine(const hash *hashes, size_t n)
{
    return hash_of(hashes, n * sizeof *hashes);
}

void
hash_hex(hash h, char out[HASH_HEX])
{
    sodium_bin2hex(out, HASH_HEX, h.bytes, sizeof h.bytes);
}

bool
hash_from_hex(const char *hex, hash *out)
{
    hash h;
    size_t n;
    if (strlen(hex) != HASH_HEX - 1 || sodium_hex2bin(h.bytes, sizeof h.bytes, hex, HASH_HEX - 1, NULL, &n, NULL) != 0 ||
        n != sizeof h.bytes)
        return false;
    *out = h;
    return true;
}

uint64_t
hash_seed(hash h)
{
    uint64_t seed = 0;
    for (int i = 0; i < 8; i++) seed |= (uint64_t)h.bytes[i] << (8 * i);
    return seed;
}
