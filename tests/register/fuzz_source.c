/* Any bytes as a source definition: a compiled source or an error, never a fault. */
#include "register/source.h"

#include "base/definition.h"
#include "base/file.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static const register_definition *
definition(void)
{
    static arena keep; /* loaded once: the target is called a million times */
    static const register_definition *d;
    if (!d) {
        const char *root = getenv("PEIL_SOURCE");
        if (register_definition_load(&keep, path_join(&keep, root ? root : ".", "sources/notifications.yaml"), &d) != ST_OK) abort();
    }
    return d;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    SCRATCH(tmp);
    const register_source *s;
    if (register_source_load_bytes(tmp, "fuzz.yaml", (text){(const char *)bytes, n}, definition(), &s) != ST_OK) return 0;
    if (s->columns == 0 || s->rows == 0 || s->rules == 0) __builtin_trap();
    for (size_t i = 0; i < s->rules; i++)
        if (s->rule[i].column >= s->columns || s->rule[i].variable >= s->definition->n) __builtin_trap();
    return 0;
}
