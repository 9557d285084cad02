#include "cli/key_ring.h"

#include "base/file.h"

#include <stdlib.h>

status
cli_key_ring(arena *a, const char **folder)
{
    const char *keys = getenv("PEIL_KEYS"), *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
    *folder = NULL;
    if (keys && *keys) *folder = keys;
    else if (data && *data) *folder = path_join(a, data, "peil/keys");
    else if (home && *home) *folder = path_join(a, home, ".local/share/peil/keys");
    else return ST_OK;
    if (!*folder) FAIL(ST_NO_MEMORY, "out of memory (keys)");
    return ST_OK;
}

status
cli_key_unit(arena *a, const char *given, const char **unit)
{
    *unit = given;
    if (given) return ST_OK;
    CHECK(cli_key_ring(a, unit));
    if (*unit && !file_exists(*unit)) *unit = NULL;
    return ST_OK;
}
