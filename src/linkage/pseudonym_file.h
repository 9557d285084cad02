/* Pseudonyms for the rows of a file: what an organisation, or the holder of stored pseudonyms, does with pseudonym.h. */
#ifndef PEIL_LINKAGE_PSEUDONYM_FILE_H
#define PEIL_LINKAGE_PSEUDONYM_FILE_H

#include "linkage/pseudonym.h"

typedef struct pseudonym_request {
    const char *id, *column;      /* columns of the row's own key and of the person number (BSN) */
    const char *organisation;     /* name as the servers know it */
    const char *token;            /* file with the token, 64 hexadecimal digits */
    const char *open;             /* file of public keys */
    uint32_t index[PSEUDONYM_NEEDED];
    const char *socket[PSEUDONYM_NEEDED];
} pseudonym_request;

typedef struct pseudonym_counts {
    size_t rows, made, without, invalid; /* rows read, pseudonyms, rows without a number, numbers that fail the eleven-test */
} pseudonym_counts;

/* Write `id,pseudonym` for every row with a valid number. Numbers never leave the process unblinded; equal numbers are asked
 * once. The file appears whole or not at all. */
status pseudonym_request_file(const char *path, const pseudonym_request *request, const char *out, pseudonym_counts *counts);

/* Multiply every pseudonym of a file `id,pseudonym` by the scalar of a factor file: a recipient's domain, or a new key. */
status pseudonym_multiply_file(const char *path, const char *factor, const char *out, size_t *rows);

/* A factor file with a random scalar, mode 0600. */
status pseudonym_factor_new(const char *path);

/* New shares: each times the factor; those with index 0 lie with other keepers and stay as they are. Stored pseudonyms follow by
 * pseudonym_multiply_file with the same factor.
 * Errors  ST_INVALID (a share that is not of these public keys, no factor), ST_DENIED (others may read the factor) */
status pseudonym_rotate(const char *factor, pseudonym_share shares[PSEUDONYM_SERVERS], pseudonym_public *open);

/* A random token into a file of mode 0600, and its hash in hex for the servers' list. */
status pseudonym_token_new(const char *path, char hash_hex[65]);

#endif
