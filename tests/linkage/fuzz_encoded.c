/* Any bytes as either kind of file of encodings, also with a hash that fits, as whoever forges would make one: records that hold
 * what is promised of them, or an error. */
#include "linkage/encode_fields.h"
#include "linkage/encode_levels.h"
#include "linkage/levels.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void
use_records(arena *a, const encoded_fields *e)
{
    const link_records *r = &e->records;
    link_records joint;
    for (size_t f = 0; f < r->attributes; f++) {
        const value_set *s = &r->set[r->attribute[f].set];
        level_set l;
        if (level_set_new(a, s, &l) != ST_OK) return;
        for (size_t i = 0; i < r->n; i++) {
            int32_t v = r->attribute[f].of[i], w = r->attribute[f].of[r->n - 1 - i];
            if (v < -1 || v >= (int64_t)s->n) __builtin_trap();
            if (v >= 0 && w >= 0 && v != w && level_of(&l, (size_t)v, (size_t)w) >= level_count(s->type)) __builtin_trap();
        }
    }
    if (encoded_fields_join(a, 2, (const encoded_fields *const[]){e, e}, &joint) == ST_OK && joint.n != 2 * r->n) __builtin_trap();
}

static void
read_both(text bytes)
{
    SCRATCH(tmp);
    encoded whole;
    encoded_fields fields;
    if (encoded_read_bytes(tmp, "fuzz", bytes, &whole) == ST_OK)
        for (size_t i = 0; i < whole.n; i++)
            if (whole.id[i].n > bytes.n) __builtin_trap();
    if (encoded_fields_read_bytes(tmp, "fuzz", bytes, &fields) == ST_OK) use_records(tmp, &fields);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    SCRATCH(tmp);
    hash end;
    read_both((text){(const char *)bytes, n});
    if (n < sizeof end.bytes) return 0;
    char *copy = arena_copy(tmp, (const char *)bytes, n);
    if (!copy) return 0;
    end = hash_of(copy, n - sizeof end.bytes);
    memcpy(copy + n - sizeof end.bytes, end.bytes, sizeof end.bytes);
    read_both((text){copy, n});
    return 0;
}
