#include "cli/register_store.h"

#include "base/file.h"

#include <signal.h>

/* The key goes where the user says, else to the user's own configuration: never beside the store without being told. */
static status
load_key(arena *a, const options *o, bool fresh, register_key **key)
{
    char *path = NULL;
    if (option_given(o, "key")) return register_key_load(a, option_text(o, "key"), fresh, key);
    CHECK(register_key_path(a, &path));
    return register_key_load(a, path, fresh, key);
}

status
cli_store_open(arena *a, const options *o, const register_definition *d, bool make, register_store **result)
{
    const char *path = option_text(o, "store");
    bool fresh = !file_exists(path);
    register_key *key;
    signal(SIGXFSZ, SIG_IGN); /* a limit on file sizes shows as an error like a full disk, not as a signal */
    if (fresh && !make) FAIL(ST_NOT_FOUND, "%s: there is no such store: peil intake makes one", path);
    if (!fresh) {
        SCRATCH(tmp);
        text there;
        CHECK(file_map(tmp, path, &there));
        if (!there.n && !make) FAIL(ST_INVALID, "%s: an empty file: expected a store that peil intake made", path);
    }
    CHECK(load_key(a, o, fresh, &key));
    return register_store_open(a, path, d, key, result);
}
