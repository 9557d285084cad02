/* The identity of one row as one sealed piece: XChaCha20-Poly1305 (IETF) with a random nonce, bound to the row it belongs to
 * and to the set of identifying variables, so that it cannot be moved to another row or read by another definition. */
#ifndef PEIL_REGISTER_SEAL_H
#define PEIL_REGISTER_SEAL_H

#include "base/hash.h"
#include "register/definition.h"
#include "register/key.h"
#include "register/row.h"

typedef struct sealer sealer;

status register_sealer_new(arena *a, const register_definition *d, const register_key *k, sealer **result);

/* Seal the identifying values of a row; `*out` is valid until the next call. A row without any gives the empty text. */
status register_seal(sealer *s, const unsigned char mark[MARK_BYTES], const value values[], text *out);

/* Open into the identifying values; texts are valid until the next call.
 * Errors  ST_DENIED (another key, or the row was tampered with), ST_INVALID */
status register_unseal(sealer *s, const unsigned char mark[MARK_BYTES], text sealed, value values[]);

/* What is bound in besides the mark: a hash of the names and types of the identifying variables. */
hash register_identity_columns(const register_definition *d);

#endif
