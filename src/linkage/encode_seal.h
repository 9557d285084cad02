/* Encodings field by field for one linkage unit: sealed under its public key, so that on the way, and wherever a copy lies, they tell
 * nobody anything but their length. X25519 and XSalsa20-Poly1305 with a key of the file's own (libsodium, crypto_box_seal).
 *
 * Checked  tests/linkage/test_encode_fields, tests/cli/test_encode.sh */
#ifndef PEIL_LINKAGE_ENCODE_SEAL_H
#define PEIL_LINKAGE_ENCODE_SEAL_H

#include "base/text.h"

#define SEALED_MAGIC "PEILSEA1"

/* FOLDER/unit.key (mode 0600, stays with the unit) and FOLDER/unit.public (goes to the organisations); never overwritten. */
status encode_unit_new(const char *folder);

/* The bytes of a sealed file.
 * unit    file of the public key
 * Errors  ST_INVALID (no public key), ST_NOT_FOUND */
status encode_seal(arena *a, const char *unit, text plain, text *result);

/* name    what messages call the file
 * unit    file of the unit's key; NULL: none was given
 * Errors  ST_DENIED (another unit's, changed or cut off), ST_USAGE (a key is needed) */
status encode_unseal(arena *a, const char *name, const char *unit, text sealed, text *result);

bool encode_sealed(text bytes); /* do they begin like a sealed file? */

#endif
