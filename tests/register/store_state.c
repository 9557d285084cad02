/* What a store holds, for tests of the program: "kept=N counted=N audit=N", or why it does not hold together.
 *
 * usage: store_state STORE KEY */
#include "base/file.h"
#include "register/store.h"

#include <stdio.h>
#include <stdlib.h>

static status
print_state(const char *path, const char *key_path)
{
    SCRATCH(a);
    const register_definition *d;
    register_key *key;
    register_store *s;
    table n, counted;
    size_t entries;
    hash last;
    const char *root = getenv("PEIL_SOURCE");
    CHECK(register_definition_load(a, path_join(a, root ? root : ".", "sources/notifications.yaml"), &d));
    CHECK(register_key_load(a, key_path, false, &key));
    CHECK(register_store_open(a, path, d, key, &s));
    CHECK(register_store_verify(s, &entries, &last));
    CHECK(register_store_read(a, s, NULL, &n, &counted));
    printf("kept=%zu counted=%zu audit=%zu\n", n.rows, counted.rows, entries);
    return ST_OK;
}

int
main(int argc, char **argv)
{
    if (argc != 3) return 64;
    status code = print_state(argv[1], argv[2]);
    if (code != ST_OK) printf("%s\n", status_detail());
    return status_exit_code(code);
}
