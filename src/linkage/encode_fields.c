#include "linkage/encode_fields.h"

#include "linkage/encode_levels.h"
#include "linkage/levels.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

enum { TOKEN = 16, MOST_TOKENS = 60, YEARS = 400, FIRST_YEAR = 1700, LEAST_YEAR = 1880, LAST_YEAR = 2040 };

/* What a token is of: no two kinds of tokens of one value are alike. */
typedef enum purpose { OF_VALUE = 1, OF_PAIR, OF_GROUP, OF_CONSONANTS, OF_LOCAL, OF_LOCAL_PAIR } purpose;

typedef struct field_coder {
    crypto_auth_hmacsha256_state start; /* HMAC with the field's key, before anything else */
    unsigned char key[ENCODE_KEY];
} field_coder;

static void
keyed(const field_coder *f, purpose what, text value, unsigned char out[crypto_auth_hmacsha256_BYTES])
{
    crypto_auth_hmacsha256_state h = f->start;
    unsigned char of = (unsigned char)what;
    crypto_auth_hmacsha256_update(&h, &of, 1);
    crypto_auth_hmacsha256_update(&h, (const unsigned char *)value.bytes, value.n);
    crypto_auth_hmacsha256_final(&h, out);
}

/* 64 bits of it, never 0. */
static uint64_t
keyed_number(const field_coder *f, purpose what, text value)
{
    unsigned char bytes[crypto_auth_hmacsha256_BYTES];
    uint64_t number = 0;
    keyed(f, what, value, bytes);
    for (int i = 0; i < 8; i++) number = number << 8 | bytes[i];
    return number ? number : 1;
}

static void
put_token(const field_coder *f, purpose what, const char token[3], coded_filter *to)
{
    unsigned char bytes[crypto_auth_hmacsha256_BYTES];
    keyed(f, what, (text){token, 3}, bytes);
    for (int p = 0; p < CODED_POSITIONS; p++) {
        unsigned bit = (unsigned)(bytes[2 * p] | bytes[2 * p + 1] << 8) % DICE_BITS;
        to->words[bit / 64] |= 1ull << (bit % 64);
    }
}

/* Pairs of neighbouring signs, the how many-th of its kind with it; words of names apart, so that their order does not matter. */
static void
put_pairs(const field_coder *f, purpose what, text value, bool apart, coded_filter *to)
{
    char pair[MOST_TOKENS][2];
    int n = 0;
    char before = '_';
    for (size_t i = 0; i <= value.n && n < MOST_TOKENS; i++) {
        char c = i == value.n || (apart && value.bytes[i] == ' ') ? '_' : value.bytes[i];
        if (before != '_' || c != '_') pair[n][0] = before, pair[n++][1] = c;
        before = c;
    }
    for (int k = 0; k < n; k++) {
        char times = 0;
        for (int i = 0; i < k; i++) times = (char)(times + (pair[i][0] == pair[k][0] && pair[i][1] == pair[k][1]));
        put_token(f, what, (char[]){pair[k][0], pair[k][1], times}, to);
    }
}

/* ---- dates */

status
date_cipher_new(const unsigned char key[ENCODE_KEY], date_cipher *result)
{
    unsigned char stream[512];
    size_t at = 0;
    date_cipher c;
    for (uint32_t turn = 0;; turn++) {
        char info[32];
        int n = snprintf(info, sizeof info, "peil encode 1 dates %u", turn);
        CHECK(encode_hkdf(encode_key_text(key), TEXT(""), (text){info, (size_t)n}, sizeof stream, stream));
        at = 0;
        for (int i = 0; i < 10; i++) c.digit[i] = (uint8_t)i;
        for (int i = 9; i > 0; i--) { /* Fisher & Yates; 251 tries refuse what would not be even */
            while (at < 256 && stream[at] >= 256 - 256 % (i + 1)) at++;
            int j = stream[at++] % (i + 1);
            uint8_t d = c.digit[i];
            c.digit[i] = c.digit[j], c.digit[j] = d;
        }
        if (c.digit[1] && c.digit[2]) break; /* else 11 or 22 would become 00, which stands for unknown */
    }
    c.sign = stream[at] & 1 ? 1 : -1;
    /* years of the living stay in order: the turn of the circle lies outside them */
    int room = YEARS - (LAST_YEAR - LEAST_YEAR + 1), start = (stream[at + 1] | stream[at + 2] << 8) % room;
    c.shift = c.sign > 0 ? start - LEAST_YEAR : start + LAST_YEAR;
    sodium_memzero(stream, sizeof stream);
    *result = c;
    return ST_OK;
}

/* Tens and ones replaced; 33 and more, which no day is, may lie on 00 and take the place of what 00 would become. */
static int
replaced(const date_cipher *c, int part)
{
    int out = c->digit[part / 10 % 10] * 10 + c->digit[part % 10];
    return part == 0 ? 0 : out ? out : c->digit[0] * 11;
}

date_value
date_cipher_apply(const date_cipher *c, date_value d)
{
    int year = (c->shift + c->sign * d.year) % YEARS;
    date_value out = date_value_make(FIRST_YEAR + (year + YEARS) % YEARS, replaced(c, d.month), replaced(c, d.day));
    out.digits = 0;
    for (int i = 28; i >= 0; i -= 4) out.digits = out.digits << 4 | c->digit[d.digits >> i & 15];
    if (!d.month) out.digits &= ~0xff00u;
    if (!d.day) out.digits &= ~0xffu;
    return out;
}

/* ---- sets */

static bool
has_filter(compare_type type)
{
    return type == COMPARE_NAME || type == COMPARE_TEXT || type == COMPARE_CODE || type == COMPARE_EMAIL;
}

typedef struct placed {
    unsigned char token[TOKEN];
    uint32_t value;
} placed;

static int
compare_placed(const void *x, const void *y)
{
    return memcmp(((const placed *)x)->token, ((const placed *)y)->token, TOKEN);
}

status
coded_room_new(arena *a, compare_type type, size_t n, value_set *set, coded_room *r)
{
    *r = (coded_room){0};
    ALLOC(a, r->coded, 1);
    if (has_filter(type)) ALLOC(a, r->filter, n + 1);
    if (type == COMPARE_EMAIL) ALLOC(a, r->local, n + 1);
    ALLOC(a, r->group, n + 1);
    ALLOC(a, r->other, n + 1);
    ALLOC(a, r->flags, n + 1);
    ALLOC(a, r->tokens, n * TOKEN + 1);
    ALLOC(a, set->plain, n + 1);
    ALLOC(a, set->consonants, n + 1);
    ALLOC(a, set->valid, n + 1);
    if (compare_type_dates(type)) ALLOC(a, set->dates, n + 1);
    for (size_t v = 0; v < n; v++) set->plain[v] = (text){r->tokens + v * TOKEN, TOKEN};
    *r->coded = (coded_values){.filter = r->filter, .local = r->local, .group = r->group, .other = r->other, .flags = r->flags};
    coded_values_tokens(r->coded);
    set->coded = r->coded;
    set->n = n;
    return ST_OK;
}

static void
code_name(const field_coder *f, const level_set *l, size_t v, size_t to, coded_room *r)
{
    char bones[WORD_LENGTH];
    text value = l->s->plain[v], left = level_consonants(value, bones);
    if (left.n >= 2) r->other[to] = keyed_number(f, OF_CONSONANTS, left);
    if (l->s->consonants[v]) r->flags[to] |= CODED_CONSONANTS;
    bool brief = false; /* a word of one letter */
    for (size_t i = 0; i < value.n; i++) brief |= (!i || value.bytes[i - 1] == ' ') && (i + 1 == value.n || value.bytes[i + 1] == ' ');
    if (l->words[v] == LONE_INITIALS) put_token(f, OF_PAIR, (char[]){'_', value.bytes[0], 0}, &r->filter[to]), r->flags[to] |= CODED_INITIAL;
    else put_pairs(f, OF_PAIR, value, true, &r->filter[to]), r->flags[to] |= brief ? CODED_BRIEF : 0;
}

static void
code_value(const field_coder *f, const level_set *l, size_t v, size_t to, coded_room *r)
{
    text value = l->s->plain[v];
    char root[16];
    if (l->root && l->root[v] >= 0)
        r->group[to] = keyed_number(f, OF_GROUP, (text){root, (size_t)snprintf(root, sizeof root, "%d", (int)l->root[v])});
    if (l->s->kind == KIND_number && l->s->valid[v]) r->flags[to] |= CODED_VALID;
    switch (l->s->type) {
    case COMPARE_NAME: code_name(f, l, v, to, r); break;
    case COMPARE_TEXT:
    case COMPARE_CODE: put_pairs(f, OF_PAIR, value, false, &r->filter[to]); break;
    case COMPARE_EMAIL: {
        const char *at = memchr(value.bytes, '@', value.n);
        text local = {value.bytes, at ? (size_t)(at - value.bytes) : value.n};
        put_pairs(f, OF_PAIR, value, false, &r->filter[to]);
        put_pairs(f, OF_LOCAL_PAIR, local, false, &r->local[to]);
        if (local.n) r->other[to] = keyed_number(f, OF_LOCAL, local);
        break;
    }
    default: break;
    }
}

/* The key of a set: those of one kind are numbered, names have one. */
static status
coder_new(const encode_key *key, const link_records *r, size_t s, field_coder *f)
{
    char info[96], salt[ENCODE_DOMAIN + 16];
    size_t same = 0;
    for (size_t i = 0; i < s; i++) same += r->set[i].kind == r->set[s].kind;
    bool name = r->set[s].kind == KIND_given_name || r->set[s].kind == KIND_family_name;
    int n = snprintf(info, sizeof info, "peil encode 1 apart %s %zu", name ? "name" : link_kind_name(r->set[s].kind), same);
    int m = snprintf(salt, sizeof salt, "%s/%u", key->domain, key->epoch);
    CHECK(encode_hkdf(encode_key_text(key->master), (text){salt, (size_t)m}, (text){info, (size_t)n}, ENCODE_KEY, f->key));
    crypto_auth_hmacsha256_init(&f->start, f->key, ENCODE_KEY);
    return ST_OK;
}

/* order[k] is the value that comes k-th by token, place[v] the reverse. */
static status
order_values(arena *tmp, const field_coder *f, const value_set *from, char *tokens, uint32_t *place)
{
    placed *p;
    ALLOC(tmp, p, from->n + 1);
#pragma omp parallel for schedule(static)
    for (size_t v = 0; v < from->n; v++) {
        unsigned char bytes[crypto_auth_hmacsha256_BYTES];
        keyed(f, OF_VALUE, from->plain[v], bytes);
        memcpy(p[v].token, bytes, TOKEN);
        p[v].value = (uint32_t)v;
    }
    qsort(p, from->n, sizeof *p, compare_placed);
    for (size_t k = 0; k < from->n; k++) {
        place[p[k].value] = (uint32_t)k;
        memcpy(tokens + k * TOKEN, p[k].token, TOKEN);
    }
    return ST_OK;
}

static status
code_set(arena *a, const encode_key *key, const link_records *r, size_t s, value_set *to, uint32_t *place)
{
    SCRATCH(tmp);
    const value_set *from = &r->set[s];
    field_coder *f;
    level_set levels;
    date_cipher dates;
    coded_room made;
    ALLOC(tmp, f, 1);
    CHECK(coder_new(key, r, s, f));
    CHECK(level_set_new(tmp, from, &levels));
    CHECK(date_cipher_new(f->key, &dates));
    *to = (value_set){.type = from->type, .kind = from->kind};
    CHECK(coded_room_new(a, from->type, from->n, to, &made));
    CHECK(order_values(tmp, f, from, made.tokens, place));
#pragma omp parallel for schedule(dynamic, 64)
    for (size_t v = 0; v < from->n; v++) {
        size_t k = place[v];
        if (compare_type_dates(from->type)) to->dates[k] = date_cipher_apply(&dates, from->dates[v]);
        else code_value(f, &levels, v, k, &made);
        to->consonants[k] = from->consonants[v];
        to->valid[k] = from->valid[v];
    }
    return ST_OK;
}

status
encode_fields(arena *a, const table *t, const link_fields *fields, const encode_key *key, encoded_fields *result)
{
    SCRATCH(tmp);
    link_records plain, *r = &result->records;
    CHECK(link_records_new(tmp, fields, 1, &t, &plain));
    *r = plain;
    ALLOC(a, r->id, r->n + 1);
    ALLOC(a, r->row, r->n + 1);
    ALLOC(a, r->attribute, r->attributes);
    ALLOC(a, r->set, r->sets);
    memcpy(r->id, plain.id, r->n * sizeof *r->id);
    memcpy(r->row, plain.row, r->n * sizeof *r->row);
    for (size_t s = 0; s < r->sets; s++) {
        uint32_t *place;
        ALLOC(tmp, place, plain.set[s].n + 1);
        CHECK(code_set(a, key, &plain, s, &r->set[s], place));
        for (size_t f = 0; f < r->attributes; f++) {
            const attribute *from = &plain.attribute[f];
            if (from->set != s) continue;
            attribute *to = &r->attribute[f];
            *to = *from;
            ALLOC(a, to->of, r->n + 1);
            for (size_t i = 0; i < r->n; i++) to->of[i] = from->of[i] < 0 ? -1 : (int32_t)place[from->of[i]];
        }
    }
    memcpy(result->domain, key->domain, sizeof result->domain);
    result->epoch = key->epoch;
    return encode_scheme(key, fields, "apart 2", &result->scheme);
}
