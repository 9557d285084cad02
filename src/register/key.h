/* The key of a store: 32 random bytes in a file of its own, outside the database, readable by its owner only.
 *
 * From it come separate keys for identities, for the marks of rows and deliveries, and for the audit chain. It lies in
 * memory that is locked, guarded and wiped (sodium_malloc) until the arena ends. */
#ifndef PEIL_REGISTER_KEY_H
#define PEIL_REGISTER_KEY_H

#include "base/text.h"

enum { KEY_BYTES = 32, MARK_BYTES = 16 };

typedef enum key_use { KEY_IDENTITY = 1, KEY_MARK, KEY_AUDIT, KEY_USES } key_use;

typedef struct register_key register_key;

/* A random key that lives as long as the arena: for throw-away stores. */
status register_key_random(arena *a, register_key **result);

/* Read a key file (64 hex digits). `create`: make it, with its folder, when it is not there.
 * Errors  ST_NOT_FOUND, ST_DENIED (others than its owner may read it), ST_INVALID, ST_IO, ST_NO_MEMORY */
status register_key_load(arena *a, const char *path, bool create, register_key **result);

/* Where the key lies when none is named: peil/register.key under XDG_CONFIG_HOME or the home folder's .config. */
status register_key_path(arena *a, char **result);

const unsigned char *register_key_for(const register_key *k, key_use use); /* KEY_BYTES */

#endif
