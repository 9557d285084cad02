/* Any bytes as a delivery: rows go through gate and store or are named; counts add up, and what is read back holds. */
#include "register/intake.h"

#include "base/file.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

typedef struct setting {
    arena memory;
    const register_source *source;
    register_key *key;
} setting;

static const setting *
settings(void)
{
    static setting s; /* made once: the target is called a million times */
    if (!s.source) {
        const char *root = getenv("PEIL_SOURCE");
        if (register_source_load(&s.memory, path_join(&s.memory, root ? root : ".", "sources/other_reporters.yaml"), NULL, &s.source) != ST_OK) abort();
        if (register_key_random(&s.memory, &s.key) != ST_OK) abort();
    }
    return &s;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    SCRATCH(tmp);
    const setting *with = settings();
    register_store *store;
    intake_result r;
    table notifications, counted;
    if (register_store_open(tmp, ":memory:", with->source->definition, with->key, &store) != ST_OK) __builtin_trap();
    if (register_intake_bytes(store, with->source, "fuzz.csv", (text){(const char *)bytes, n}, NULL, &r) != ST_OK) return 0;
    if (r.counts.read != r.counts.kept + r.counts.counted + r.counts.rejected) __builtin_trap();
    if (register_store_read(tmp, store, NULL, &notifications, &counted) != ST_OK) __builtin_trap();
    if (notifications.rows != r.counts.kept || counted.rows != r.counts.counted) __builtin_trap();
    return 0;
}
