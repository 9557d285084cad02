/* Encodings field by field, for a linkage unit that is trusted with more than whole records: it links them as well as plain ones.
 *
 * Every field has a key of its own (HKDF). A value becomes
 *   a token      HMAC of the whole value: what is equal, and how frequent
 *   a filter     1,024 bits, 16 for each pair of neighbouring signs (names, texts, codes, e-mail)
 *   a group      HMAC of the number of its short forms or group of countries; names also of their consonants
 *   a date       digits under a secret permutation, years moved and perhaps turned: what compare_dates asks of two dates, it
 *                answers of two such dates; years of birth likewise
 * Records are in order of id, values in order of token: nothing tells how the file was sorted.
 *
 * The unit learns how frequent each value is, and dates fall to who looks at their structure: docs/methods/private-linkage.md.
 * Such a file stays inside the unit; what goes further is encoded record by record (linkage/encode.h).
 *
 * Checked  tests/linkage/test_encode_fields */
#ifndef PEIL_LINKAGE_ENCODE_FIELDS_H
#define PEIL_LINKAGE_ENCODE_FIELDS_H

#include "linkage/encode.h"
#include "linkage/records.h"

/* One file. Values are tokens, sets are coded: what names were is not there. */
typedef struct encoded_fields {
    link_records records;
    hash scheme; /* of key, domain, epoch and fields: equal means comparable */
    char domain[ENCODE_DOMAIN];
    uint32_t epoch;
} encoded_fields;

/* Encode the records of one table (text columns). Memory in `a`; texts of ids lie in the table.
 * The same result for any order of rows and number of threads.
 * Errors  as link_records_new */
status encode_fields(arena *a, const table *t, const link_fields *fields, const encode_key *key, encoded_fields *result);

/* A date that stands for another under this key; parts that are not known stay so. Public for its test. */
typedef struct date_cipher {
    uint8_t digit[10];
    int shift, sign; /* year = 1700 + (shift + sign * year) mod 400 */
} date_cipher;
status date_cipher_new(const unsigned char key[ENCODE_KEY], date_cipher *result);
date_value date_cipher_apply(const date_cipher *c, date_value d);

/* Files: whole or not at all. */
/* unit    the public key of the linkage unit that the file is sealed for (linkage/encode_seal.h); NULL: not sealed */
status encode_fields_file(const char *path, const char *fields, const char *key_folder, const char *unit, const char *out, size_t *rows);
bool encoded_fields_are(const char *path); /* does the file begin like one? */
/* Errors  those of encode_unseal; ST_INVALID: cut off, changed, or what no encoding looks like */
status encoded_fields_read(arena *a, const char *path, const char *unit, encoded_fields *result); /* unit: its key; NULL none */
status encoded_fields_read_bytes(arena *a, const char *name, text bytes, encoded_fields *result);

/* Room for n values of a coded set, and the set with it; the parts its type has not stay NULL. */
typedef struct coded_room {
    struct coded_values *coded;
    struct coded_filter *filter, *local;
    uint64_t *group, *other;
    uint8_t *flags;
    char *tokens; /* [n * 16] */
} coded_room;
status coded_room_new(arena *a, compare_type type, size_t n, value_set *set, coded_room *result);

/* One or two files as records to be linked: linkage/link.h.
 * Errors  ST_INVALID (made with other keys or fields, or a token that stands for two encodings) */
status encoded_fields_join(arena *a, size_t files, const encoded_fields *const file[], link_records *result);

#endif
