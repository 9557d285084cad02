/* Encodings field by field for one linkage unit: sealed under its public key, so that on the way, and wherever a copy lies, they tell
 * nobody anything but their length. X25519 and XSalsa20-Poly1305 with a key of the file's own (libsodium, crypto_box_seal).
 *
 * Checked  tests/linkage/test_encode_fields, tests/cli/test_encode.sh */
#ifndef PEIL_LINKAGE_ENCODE_SEAL_H
#define PEIL_LINKAGE_ENCODE_SEAL_H

#include "base/text.h"

#define SEALED_MAGIC "PEILSEA1"

/* A unit's keys, never overwritten: `key` (mode 0600) stays with the unit, `public` goes to the organisations. */
status encode_unit_new(const char *key, const char *public);

/* A public key given by a unit, put where `to` says (never overwritten).
 * Errors  ST_INVALID (no public key), ST_NOT_FOUND, ST_BUSY */
status encode_unit_copy(const char *public, const char *to);

/* The end of a unit: its key is destroyed, and what was sealed for it, wherever copies lie, opens for nobody any more.
 * Errors  ST_INVALID (not the key of a unit), ST_NOT_FOUND, ST_IO */
status encode_unit_end(const char *key);

/* The bytes of a sealed file.
 * unit    file of the public key
 * Errors  ST_INVALID (no public key), ST_NOT_FOUND */
status encode_seal(arena *a, const char *unit, text plain, text *result);

/* name    what messages call the file
 * unit    file of the unit's key, or a folder of which every NAME.key is tried; NULL: none was given
 * Errors  ST_DENIED (another unit's, changed or cut off), ST_USAGE (a key is needed) */
status encode_unseal(arena *a, const char *name, const char *unit, text sealed, text *result);

bool encode_sealed(text bytes); /* do they begin like a sealed file? */

#endif
