#include "register/lookup.h"

typedef struct entry {
    text word;
    int code;
    bool used;
} entry;

struct lookup {
    size_t slots; /* a power of two, at least twice the words */
    entry *entry;
};

status
register_lookup_new(arena *out, size_t n, lookup **result)
{
    lookup *l;
    ALLOC(out, l, 1);
    l->slots = 8;
    while (l->slots < 2 * n + 2) l->slots *= 2;
    ALLOC(out, l->entry, l->slots);
    *result = l;
    return ST_OK;
}

static entry *
place_of(const lookup *l, text word)
{
    uint64_t h = 0xCBF29CE484222325u;
    for (size_t i = 0; i < word.n; i++) h = (h ^ (unsigned char)word.bytes[i]) * 0x100000001B3u;
    size_t at = (h ^ h >> 32) & (l->slots - 1);
    while (l->entry[at].used && !text_equal(l->entry[at].word, word)) at = (at + 1) & (l->slots - 1);
    return &l->entry[at];
}

bool
register_lookup_add(lookup *l, text word, int code)
{
    entry *e = place_of(l, word);
    if (e->used) return false;
    *e = (entry){word, code, true};
    return true;
}

int
register_lookup_find(const lookup *l, text word)
{
    const entry *e = place_of(l, word);
    return e->used ? e->code : -1;
}
