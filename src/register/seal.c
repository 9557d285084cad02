#include "register/seal.h"

#include <sodium.h>

enum {
    NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES,
    NONCES = 512, /* drawn at once: a system call each would cost more than the cipher */
    BOUND = MARK_BYTES + HASH_BYTES,
    STEP = 64 /* plain is padded to a multiple, so that the length of a name does not show */
};

struct sealer {
    const register_definition *definition;
    const unsigned char *key;
    size_t n;        /* identifying variables */
    size_t *at;      /* [n] their positions */
    size_t capacity; /* bytes of plain at most */
    unsigned char *plain, *sealed;
    unsigned char bound[BOUND]; /* mark, then the columns */
    unsigned char nonce[NONCES][NONCE];
    size_t nonces; /* left */
};

hash
register_identity_columns(const register_definition *d)
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, HASH_BYTES);
    for (size_t i = 0; i < d->n; i++) {
        const variable *v = &d->variable[i];
        if (!v->identifying) continue;
        const char *type = column_type_name(v->type);
        crypto_generichash_update(&state, (const unsigned char *)v->name, strlen(v->name) + 1);
        crypto_generichash_update(&state, (const unsigned char *)type, strlen(type) + 1);
    }
    hash h;
    crypto_generichash_final(&state, h.bytes, HASH_BYTES);
    return h;
}

/* Plain texts and nonces not yet used are wiped before the memory goes back. */
static void
wipe(void *object)
{
    sealer *s = object;
    sodium_memzero(s->plain, s->capacity);
    sodium_memzero(s->nonce, sizeof s->nonce);
}

status
register_sealer_new(arena *a, const register_definition *d, const register_key *k, sealer **result)
{
    sealer *s;
    ALLOC(a, s, 1);
    s->definition = d;
    s->key = register_key_for(k, KEY_IDENTITY);
    ALLOC(a, s->at, d->n);
    for (size_t i = 0; i < d->n; i++) {
        if (!d->variable[i].identifying) continue;
        s->at[s->n++] = i;
        s->capacity += d->variable[i].type == COLUMN_TEXT ? 2 + TEXT_LIMIT : 4;
    }
    s->capacity = (s->capacity + STEP - 1) / STEP * STEP;
    ALLOC(a, s->plain, s->capacity);
    ALLOC(a, s->sealed, s->capacity + NONCE + TAG);
    hash columns = register_identity_columns(d);
    memcpy(s->bound + MARK_BYTES, columns.bytes, HASH_BYTES);
    CHECK(arena_defer(a, wipe, s));
    *result = s;
    return ST_OK;
}

/* Texts as length (two bytes, little-endian) and bytes, days as four bytes. */
static size_t
write_plain(sealer *s, const value values[])
{
    unsigned char *p = s->plain;
    for (size_t i = 0; i < s->n; i++) {
        const value *v = &values[s->at[i]];
        if (s->definition->variable[s->at[i]].type == COLUMN_TEXT) {
            size_t n = v->bytes.n;
            *p++ = (unsigned char)(n & 0xff);
            *p++ = (unsigned char)(n >> 8);
            if (n) memcpy(p, v->bytes.bytes, n);
            p += n;
        } else {
            uint32_t day = v->number == INT64_MIN ? (uint32_t)INT32_MIN : (uint32_t)v->number;
            for (int b = 0; b < 4; b++) *p++ = (unsigned char)(day >> (8 * b));
        }
    }
    size_t n = (size_t)(p - s->plain), padded = (n + STEP - 1) / STEP * STEP;
    memset(p, 0, padded - n);
    return padded;
}

static status
read_plain(sealer *s, size_t n, value values[])
{
    const unsigned char *p = s->plain, *end = s->plain + n;
    for (size_t i = 0; i < s->n; i++) {
        value *v = &values[s->at[i]];
        bool is_text = s->definition->variable[s->at[i]].type == COLUMN_TEXT;
        if (end - p < (is_text ? 2 : 4)) FAIL(ST_INVALID, "a sealed identity is too short: the store is damaged");
        if (is_text) {
            size_t length = p[0] | (size_t)p[1] << 8;
            p += 2;
            if ((size_t)(end - p) < length) FAIL(ST_INVALID, "a sealed identity is too short: the store is damaged");
            *v = (value){INT64_MIN, {(const char *)p, length}};
            p += length;
        } else {
            uint32_t day = p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
            *v = (value){(int32_t)day == INT32_MIN ? INT64_MIN : (int32_t)day, {NULL, 0}};
            p += 4;
        }
    }
    return ST_OK;
}

static bool
knows_anything(const sealer *s, const value values[])
{
    for (size_t i = 0; i < s->n; i++)
        if (values[s->at[i]].number != INT64_MIN || values[s->at[i]].bytes.n) return true;
    return false;
}

status
register_seal(sealer *s, const unsigned char mark[MARK_BYTES], const value values[], text *out)
{
    *out = (text){NULL, 0};
    if (!knows_anything(s, values)) return ST_OK;
    for (size_t i = 0; i < s->n; i++)
        if (values[s->at[i]].bytes.n > TEXT_LIMIT) FAIL(ST_INTERNAL, "an identifying text beyond %d bytes", TEXT_LIMIT);
    if (s->nonces == 0) {
        randombytes_buf(s->nonce, sizeof s->nonce);
        s->nonces = NONCES;
    }
    const unsigned char *nonce = s->nonce[--s->nonces];
    size_t n = write_plain(s, values);
    memcpy(s->bound, mark, MARK_BYTES);
    memcpy(s->sealed, nonce, NONCE);
    unsigned long long length;
    crypto_aead_xchacha20poly1305_ietf_encrypt(s->sealed + NONCE, &length, s->plain, n, s->bound, BOUND, NULL, nonce, s->key);
    sodium_memzero(s->plain, n);
    *out = (text){(const char *)s->sealed, NONCE + (size_t)length};
    return ST_OK;
}

status
register_unseal(sealer *s, const unsigned char mark[MARK_BYTES], text sealed, value values[])
{
    for (size_t i = 0; i < s->n; i++) values[s->at[i]] = (value){INT64_MIN, {NULL, 0}};
    if (sealed.n == 0) return ST_OK;
    if (sealed.n < NONCE + TAG || sealed.n > s->capacity + NONCE + TAG)
        FAIL(ST_INVALID, "a sealed identity of %zu bytes: the store is damaged", sealed.n);
    const unsigned char *bytes = (const unsigned char *)sealed.bytes;
    memcpy(s->bound, mark, MARK_BYTES);
    unsigned long long n;
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(s->plain, &n, NULL, bytes + NONCE, sealed.n - NONCE, s->bound, BOUND, bytes, s->key) != 0)
        FAIL(ST_DENIED, "an identity in the store does not open: it belongs to another key or row, or was tampered with");
    return read_plain(s, (size_t)n, values);
}
