/* Encodings for those without a number: 1,024 bits a record, made at the source with a secret key, compared by others without it.
 *
 * Each value is cut into tokens (bigrams of names, digits of dates with their place). HMAC-SHA-256 under a key of the field's own
 * (HKDF, RFC 5869) gives every token its positions in a filter of 2,048 bits, independent of each other. The halves are then
 * folded by exclusive or, and on request each bit is made the exclusive or of several (diffusion): what is far apart becomes noise,
 * and noise tells an attacker nothing. A missing value gives no tokens. Encodings stay personal data:
 * docs/methods/private-linkage.md says what each party learns.
 *
 * Source   Schnell, Bachteler & Reiher 2009, doi:10.1186/1472-6947-9-41 (filters); Schnell & Borgs 2016,
 *          doi:10.1109/ICDMW.2016.0038 (folding); Armknecht, Heng & Schnell 2023, doi:10.56553/popets-2023-0054 (diffusion)
 * Checked  tests/linkage/test_encode, tests/linkage/test_attack */
#ifndef PEIL_LINKAGE_ENCODE_H
#define PEIL_LINKAGE_ENCODE_H

#include "base/hash.h"
#include "linkage/dice.h"
#include "linkage/fields.h"
#include "table/table.h"

enum { ENCODE_KEY = 32, ENCODE_DOMAIN = 64, ENCODE_DIFFUSION = 16, ENCODE_DIFFUSION_USUAL = 8 };

/* A key of one domain and epoch. */
typedef struct encode_key {
    unsigned char master[ENCODE_KEY];
    char domain[ENCODE_DOMAIN];
    uint32_t epoch;
    uint32_t diffusion; /* bits behind each bit: 1 none, at most 16 */
} encode_key;

static inline text
encode_key_text(const unsigned char key[ENCODE_KEY])
{
    return (text){(const char *)key, ENCODE_KEY};
}

/* HKDF-SHA-256: n <= 8,160 bytes from a key and public words. */
status encode_hkdf(text key, text salt, text info, size_t n, unsigned char out[]);

/* FOLDER/key, mode 0600, never overwritten. epoch: 0 takes the one after the last that ended in this folder, else the first.
 * Errors  ST_BUSY (there is a key, or that epoch has ended), ST_USAGE, ST_IO */
status encode_key_new(const char *folder, const char *domain, uint32_t diffusion, uint32_t *epoch);
/* Errors  ST_NOT_FOUND (no key, or its epoch has ended), ST_INVALID, ST_DENIED (others may read it) */
status encode_key_read(const char *folder, encode_key *key);
/* The end of an epoch: the key is destroyed, a mark stays. */
status encode_key_end(const char *folder, char domain[ENCODE_DOMAIN], uint32_t *epoch);
status encode_key_read_bytes(const char *name, text bytes, encode_key *key);
bool encode_domain_valid(const char *domain); /* letters, digits and -_. */

/* A fingerprint that says "made alike" and nothing about the key; `how` tells record by record from field by field. */
status encode_scheme(const encode_key *key, const link_fields *fields, const char *how, hash *result);

/* Encode the columns of a table (text columns, in the order of `fields`) into n_rows * DICE_WORDS words.
 * The same bytes for any number of threads. */
status encode_records(const table *t, const link_fields *fields, const encode_key *key, uint64_t words[]);

/* What a file of encodings holds. */
typedef struct encoded {
    size_t n;
    const text *id;    /* [n] */
    dice_set set;
    hash scheme;       /* of key, domain, epoch, diffusion and fields: equal means comparable */
    char domain[ENCODE_DOMAIN];
    uint32_t epoch, diffusion; /* diffusion 0: the file does not say */
} encoded;

/* Read a CSV and write its encodings, in order of id: the file appears whole or not at all.
 * Errors  ST_INVALID (columns, an id twice or missing), ST_CONFIG (fields), ST_IO, ST_NO_MEMORY */
status encode_file(const char *path, const char *fields, const char *key_folder, const char *out, size_t *rows);

/* Errors  ST_INVALID: truncated, changed since it was written, or a record that cannot be an encoding (nearly all bits set:
 *         it would match everyone) */
status encoded_read(arena *a, const char *path, encoded *result);
status encoded_read_bytes(arena *a, const char *name, text bytes, encoded *result);

/* Does the file begin like encodings of whole records? Like a file of that kind? */
bool encoded_are(const char *path);
bool encoded_begins(const char *path, const char magic[8]);

/* ST_INVALID unless both were made with the same key, epoch and fields. */
status encoded_comparable(const encoded *a, const encoded *b);

#endif
