/* The store and key that a verb's options name. */
#ifndef PEIL_CLI_REGISTER_STORE_H
#define PEIL_CLI_REGISTER_STORE_H

#include "cli/verb.h"
#include "register/store.h"

/* Open the store of --store under the key of --key, else the user's own. make: both are made where there is no store yet.
 * Errors  ST_NOT_FOUND (no store and not to be made, no key), those of register_store_open */
status cli_store_open(arena *a, const options *o, const register_definition *d, bool make, register_store **result);

#endif
