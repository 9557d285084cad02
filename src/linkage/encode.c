#include "linkage/encode.h"

#include "linkage/compare_date.h"
#include "linkage/normalise.h"

#include <math.h>
#include <sodium.h>

enum { FILTER = 2048, FILTER_WORDS = FILTER / 64, TOKEN = 24 };

/* What the tokens of a kind are, and how many a usual value has. */
typedef enum tokens { TOKENS_BIGRAMS, TOKENS_DIGITS, TOKENS_DATE, TOKENS_WHOLE } tokens;

static const struct {
    tokens tokens;
    int usual;
    const char *domain; /* kinds of one domain share a key: swapped names give the same bits */
} kinds[KIND_COUNT] = {
    [KIND_given_name] = {TOKENS_BIGRAMS, 7, "name"},    [KIND_family_name] = {TOKENS_BIGRAMS, 8, "name"},
    [KIND_full_name] = {TOKENS_BIGRAMS, 15, "name"},    [KIND_date_of_birth] = {TOKENS_DATE, 8, "date"},
    [KIND_birth_year] = {TOKENS_DIGITS, 4, "year"},     [KIND_birth_month] = {TOKENS_WHOLE, 2, "month"},
    [KIND_birth_day] = {TOKENS_WHOLE, 2, "day"},        [KIND_number] = {TOKENS_DIGITS, 9, "number"},
    [KIND_sex] = {TOKENS_WHOLE, 1, "sex"},              [KIND_nationality] = {TOKENS_WHOLE, 1, "nationality"},
    [KIND_city] = {TOKENS_BIGRAMS, 9, "city"},          [KIND_postcode] = {TOKENS_DIGITS, 5, "postcode"},
    [KIND_email] = {TOKENS_BIGRAMS, 18, "email"},       [KIND_text] = {TOKENS_BIGRAMS, 12, "text"},
};

status
encode_hkdf(text key, text salt, text info, size_t n, unsigned char out[])
{
    if (n > 255 * crypto_auth_hmacsha256_BYTES) FAIL(ST_INVALID, "HKDF gives at most 8,160 bytes");
    unsigned char prk[crypto_auth_hmacsha256_BYTES], block[crypto_auth_hmacsha256_BYTES];
    static const unsigned char zeros[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_state s;
    crypto_auth_hmacsha256_init(&s, salt.n ? (const unsigned char *)salt.bytes : zeros, salt.n ? salt.n : sizeof zeros);
    crypto_auth_hmacsha256_update(&s, (const unsigned char *)key.bytes, key.n);
    crypto_auth_hmacsha256_final(&s, prk);
    for (unsigned char i = 1; n; i++) {
        crypto_auth_hmacsha256_init(&s, prk, sizeof prk);
        if (i > 1) crypto_auth_hmacsha256_update(&s, block, sizeof block);
        crypto_auth_hmacsha256_update(&s, (const unsigned char *)info.bytes, info.n);
        crypto_auth_hmacsha256_update(&s, &i, 1);
        crypto_auth_hmacsha256_final(&s, block);
        size_t part = n < sizeof block ? n : sizeof block;
        memcpy(out, block, part);
        out += part, n -= part;
    }
    sodium_memzero(prk, sizeof prk);
    sodium_memzero(block, sizeof block);
    sodium_memzero(&s, sizeof s);
    return ST_OK;
}

/* Everything of a scheme that does not depend on the record. */
typedef struct scheme {
    const link_fields *fields;
    unsigned char key[LINK_FIELDS][ENCODE_KEY];
    crypto_auth_hmacsha256_state start[LINK_FIELDS]; /* HMAC with the field's key, before the token */
    int positions;                                   /* per token */
    uint32_t diffusion;
    uint16_t source[DICE_BITS][ENCODE_DIFFUSION];
} scheme;

/* Fields of one domain share a key, except texts: each column of those is a thing of its own. */
static status
field_key(const encode_key *key, const link_fields *fields, size_t k, unsigned char out[ENCODE_KEY])
{
    SCRATCH(tmp);
    size_t same = 0; /* the how many-th field of its kind, where that matters */
    for (size_t i = 0; i < k; i++) same += fields->field[i].kind == fields->field[k].kind;
    const char *domain = kinds[fields->field[k].kind].domain;
    if (strcmp(domain, "name") == 0) same = 0;
    char *info = arena_printf(tmp, "peil encode 1 field %s %zu", domain, same);
    if (!info) FAIL(ST_NO_MEMORY, "out of memory (keys)");
    char *salt = arena_printf(tmp, "%s/%u", key->domain, key->epoch);
    if (!salt) FAIL(ST_NO_MEMORY, "out of memory (keys)");
    return encode_hkdf(encode_key_text(key->master), text_of(salt), text_of(info), ENCODE_KEY, out);
}

/* Each output bit is the exclusive or of `diffusion` bits of the folded filter, chosen by the key. */
static status
choose_sources(const encode_key *key, scheme *s)
{
    unsigned char seed[crypto_stream_chacha20_KEYBYTES];
    static const unsigned char nonce[crypto_stream_chacha20_NONCEBYTES];
    CHECK(encode_hkdf(encode_key_text(key->master), text_of(key->domain), TEXT("peil encode 1 diffusion"), sizeof seed, seed));
    crypto_stream_chacha20((unsigned char *)s->source, sizeof s->source, nonce, seed);
    for (int i = 0; i < DICE_BITS; i++) {
        for (int d = 0; d < ENCODE_DIFFUSION; d++) s->source[i][d] %= DICE_BITS;
        s->source[i][0] = (uint16_t)i; /* every bit is used; one source is no diffusion */
    }
    sodium_memzero(seed, sizeof seed);
    return ST_OK;
}

/* As many positions as fill three bits of ten with usual values, so four of ten once folded. */
static int
positions_for(const link_fields *fields)
{
    int usual = 0;
    for (size_t k = 0; k < fields->n; k++) usual += kinds[fields->field[k].kind].usual;
    int positions = (int)lround(0.357 * FILTER / (usual ? usual : 1)); /* -ln(0.7) */
    return positions < 4 ? 4 : positions > 40 ? 40 : positions;
}

static status
scheme_make(const link_fields *fields, const encode_key *key, scheme *s)
{
    s->fields = fields;
    s->positions = positions_for(fields);
    s->diffusion = key->diffusion;
    for (size_t k = 0; k < fields->n; k++) {
        CHECK(field_key(key, fields, k, s->key[k]));
        crypto_auth_hmacsha256_init(&s->start[k], s->key[k], ENCODE_KEY);
    }
    return choose_sources(key, s);
}

/* Set the positions of one token: 11 bits each from HMAC(key, counter, token). */
static void
put_token(const scheme *s, size_t k, const char *token, size_t n, uint64_t filter[FILTER_WORDS])
{
    unsigned char bytes[crypto_auth_hmacsha256_BYTES];
    int left = 0, bits = 0;
    uint32_t window = 0;
    const unsigned char *at = bytes;
    for (unsigned char p = 0, counter = 0; p < s->positions; p++) {
        while (bits < 11) {
            if (left == 0) {
                crypto_auth_hmacsha256_state h = s->start[k];
                crypto_auth_hmacsha256_update(&h, &counter, 1);
                crypto_auth_hmacsha256_update(&h, (const unsigned char *)token, n);
                crypto_auth_hmacsha256_final(&h, bytes);
                counter++, left = (int)sizeof bytes, at = bytes;
            }
            window = window << 8 | *at++;
            left--, bits += 8;
        }
        uint32_t position = window >> (bits - 11) & (FILTER - 1);
        bits -= 11;
        filter[position / 64] |= 1ull << (position % 64);
    }
}

/* Bigrams of the padded value; words of a name apart, so that their order does not matter. */
static void
put_bigrams(const scheme *s, size_t k, text value, uint64_t filter[FILTER_WORDS])
{
    bool apart = strcmp(kinds[s->fields->field[k].kind].domain, "name") == 0;
    char before = '_';
    for (size_t i = 0; i <= value.n; i++) {
        char c = i == value.n || (apart && value.bytes[i] == ' ') ? '_' : value.bytes[i];
        if (before != '_' || c != '_') put_token(s, k, (char[]){before, c}, 2, filter);
        before = c;
    }
}

/* A sign with its place, for codes whose every place means something. */
static void
put_placed(const scheme *s, size_t k, size_t place, char sign, uint64_t filter[FILTER_WORDS])
{
    put_token(s, k, (char[]){(char)(place + 1), sign}, 2, filter);
}

static void
put_date(const scheme *s, size_t k, text value, uint64_t filter[FILTER_WORDS])
{
    date_value date;
    if (!date_value_read(value, s->fields->field[k].format, &date)) return;
    for (size_t i = 0; i < 8; i++) {
        if ((i / 2 == 2 && !date.month) || (i / 2 == 3 && !date.day)) continue; /* that neither knows the month is no likeness */
        put_placed(s, k, i, (char)('0' + (date.digits >> (28 - 4 * i) & 15)), filter);
    }
}

static void
put_value(const scheme *s, size_t k, text raw, text plain, uint64_t filter[FILTER_WORDS])
{
    switch (kinds[s->fields->field[k].kind].tokens) {
    case TOKENS_DATE: put_date(s, k, raw, filter); break;
    case TOKENS_DIGITS:
        for (size_t i = 0; i < plain.n && i < 255; i++) put_placed(s, k, i, plain.bytes[i], filter);
        break;
    case TOKENS_WHOLE:
        if (plain.n) put_token(s, k, plain.bytes, plain.n, filter);
        break;
    default: put_bigrams(s, k, plain, filter);
    }
}

static void
finish(const scheme *s, const uint64_t filter[FILTER_WORDS], uint64_t out[DICE_WORDS])
{
    uint64_t folded[DICE_WORDS];
    for (int w = 0; w < DICE_WORDS; w++) folded[w] = filter[w] ^ filter[w + DICE_WORDS];
    memcpy(out, folded, sizeof folded);
    if (s->diffusion < 2) return;
    memset(out, 0, sizeof folded);
    for (int i = 0; i < DICE_BITS; i++) {
        uint64_t bit = 0;
        for (uint32_t d = 0; d < s->diffusion; d++) bit ^= folded[s->source[i][d] / 64] >> (s->source[i][d] % 64);
        out[i / 64] |= (bit & 1) << (i % 64);
    }
    sodium_memzero(folded, sizeof folded);
}

/* The distinct values of a column, normalised once. */
static status
normalise_column(arena *tmp, normaliser *n, const column *c, text **plain)
{
    size_t distinct = c->dictionary ? c->dictionary->n : 0;
    ALLOC(tmp, *plain, distinct + 1);
    for (size_t i = 0; i < distinct; i++) {
        normalised value;
        CHECK(normaliser_apply(n, tmp, dictionary_get(c->dictionary, (int32_t)i), &value));
        (*plain)[i] = value.value;
    }
    return ST_OK;
}

status
encode_records(const table *t, const link_fields *fields, const encode_key *key, uint64_t words[])
{
    SCRATCH(tmp);
    scheme *s;
    text **plain;
    normaliser *n;
    ALLOC(tmp, s, 1);
    ALLOC(tmp, plain, fields->n + 1);
    CHECK(scheme_make(fields, key, s));
    CHECK(normaliser_new(tmp, &n));
    for (size_t k = 0; k < fields->n; k++) CHECK(normalise_column(tmp, n, &t->column[k], &plain[k]));
#pragma omp parallel for schedule(static)
    for (size_t i = 0; i < t->rows; i++) {
        uint64_t filter[FILTER_WORDS] = {0};
        for (size_t k = 0; k < fields->n; k++) {
            int32_t index = column_int32(&t->column[k])[i];
            if (index >= 0) put_value(s, k, dictionary_get(t->column[k].dictionary, index), plain[k][index], filter);
        }
        finish(s, filter, words + i * DICE_WORDS);
    }
    return ST_OK;
}
