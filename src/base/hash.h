/* BLAKE2b content hashes (libsodium). Unkeyed: never for identities. */
#ifndef PEIL_BASE_HASH_H
#define PEIL_BASE_HASH_H

#include "base/text.h"

enum { HASH_BYTES = 32, HASH_HEX = 2 * HASH_BYTES + 1 };

typedef struct hash {
    unsigned char bytes[HASH_BYTES];
} hash;

hash hash_of(const void *bytes, size_t n);
/* The same with a key: who lacks it cannot find the bytes by trying. */
hash hash_keyed(const hash *key, const void *bytes, size_t n);
/* The hash of several hashes in order. */
hash hash_combine(const hash *hashes, size_t n);
void hash_hex(hash h, char out[HASH_HEX]);
bool hash_from_hex(const char *hex, hash *out); /* 64 hexadecimal digits, nothing else */
/* The first 8 bytes as a number, for seeds. */
uint64_t hash_seed(hash h);

#endif
