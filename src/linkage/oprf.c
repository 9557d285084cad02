#include "linkage/oprf.h"

#include <sodium.h>

/* "OPRFV1-" mode "-ristretto255-SHA512" behind a prefix, as a domain separation tag. */
typedef struct tag {
    unsigned char bytes[64];
    size_t n;
} tag;

static tag
tag_make(const char *prefix, oprf_mode mode)
{
    tag t = {.n = 0};
    size_t n = strlen(prefix);
    memcpy(t.bytes, prefix, n);
    memcpy(t.bytes + n, "OPRFV1-", 7);
    t.bytes[n + 7] = (unsigned char)mode;
    memcpy(t.bytes + n + 8, "-ristretto255-SHA512", 20);
    t.n = n + 28;
    return t;
}

typedef crypto_hash_sha512_state hashing;

static void
put(hashing *h, const void *bytes, size_t n)
{
    if (n) crypto_hash_sha512_update(h, bytes, n);
}

/* I2OSP(n, 2) and the bytes. */
static void
put_framed(hashing *h, const void *bytes, size_t n)
{
    unsigned char length[2] = {(unsigned char)(n >> 8), (unsigned char)n};
    put(h, length, 2);
    put(h, bytes, n);
}

static void
put_tag(hashing *h, const tag *t)
{
    unsigned char n = (unsigned char)t->n;
    put(h, t->bytes, t->n);
    put(h, &n, 1);
}

/* expand_message_xmd of RFC 9380 for 64 bytes: the message is what `fill` was given between begin and end. */
static void
expand_begin(hashing *h)
{
    static const unsigned char zeros[128];
    crypto_hash_sha512_init(h);
    put(h, zeros, sizeof zeros);
}

static void
expand_end(hashing *h, const tag *t, unsigned char out[64])
{
    static const unsigned char length[3] = {0, 64, 0}, one[1] = {1};
    unsigned char b0[64];
    put(h, length, 3);
    put_tag(h, t);
    crypto_hash_sha512_final(h, b0);
    crypto_hash_sha512_init(h);
    put(h, b0, sizeof b0);
    put(h, one, 1);
    put_tag(h, t);
    crypto_hash_sha512_final(h, out);
    sodium_memzero(b0, sizeof b0);
}

static void
scalar_end(hashing *h, const tag *t, oprf_scalar *out)
{
    unsigned char wide[64];
    expand_end(h, t, wide);
    crypto_core_ristretto255_scalar_reduce(out->bytes, wide);
    sodium_memzero(wide, sizeof wide);
}

oprf_scalar
oprf_scalar_random(void)
{
    oprf_scalar s;
    do crypto_core_ristretto255_scalar_random(s.bytes);
    while (sodium_is_zero(s.bytes, sizeof s.bytes));
    return s;
}

static status
key_complete(oprf_key *key)
{
    if (crypto_scalarmult_ristretto255_base(key->open.bytes, key->secret.bytes) != 0) FAIL(ST_INVALID, "a key of zero");
    return ST_OK;
}

status
oprf_key_new(oprf_key *key)
{
    key->secret = oprf_scalar_random();
    return key_complete(key);
}

status
oprf_key_derive(oprf_mode mode, const unsigned char seed[OPRF_SEED], text info, oprf_key *key)
{
    if (info.n > OPRF_INPUT_LIMIT) FAIL(ST_INVALID, "key info of over 65,535 bytes");
    tag t = tag_make("DeriveKeyPair", mode);
    for (int counter = 0; counter < 256; counter++) {
        unsigned char byte = (unsigned char)counter;
        hashing h;
        expand_begin(&h);
        put(&h, seed, OPRF_SEED);
        put_framed(&h, info.bytes, info.n);
        put(&h, &byte, 1);
        scalar_end(&h, &t, &key->secret);
        if (!sodium_is_zero(key->secret.bytes, OPRF_BYTES)) return key_complete(key);
    }
    FAIL(ST_INTERNAL, "no key from this seed");
}

status
oprf_element_check(const oprf_element *element)
{
    if (!crypto_core_ristretto255_is_valid_point(element->bytes) || sodium_is_zero(element->bytes, OPRF_BYTES))
        FAIL(ST_INVALID, "not a group element: expected 32 bytes of a ristretto255 encoding");
    return ST_OK;
}

status
oprf_scalar_check(const oprf_scalar *scalar)
{
    unsigned char wide[64] = {0}, reduced[OPRF_BYTES];
    memcpy(wide, scalar->bytes, OPRF_BYTES);
    crypto_core_ristretto255_scalar_reduce(reduced, wide);
    bool good = sodium_memcmp(reduced, scalar->bytes, OPRF_BYTES) == 0 && !sodium_is_zero(reduced, OPRF_BYTES);
    sodium_memzero(wide, sizeof wide);
    sodium_memzero(reduced, sizeof reduced);
    if (!good) FAIL(ST_INVALID, "not a scalar: expected 32 bytes below the order of the group, other than 0");
    return ST_OK;
}

status
oprf_multiply(const oprf_scalar *scalar, const oprf_element *element, oprf_element *out)
{
    CHECK(oprf_element_check(element));
    oprf_element product;
    if (crypto_scalarmult_ristretto255(product.bytes, scalar->bytes, element->bytes) != 0)
        FAIL(ST_INVALID, "a multiplication by zero");
    *out = product;
    return ST_OK;
}

status
oprf_hash_to_group(oprf_mode mode, text input, oprf_element *out)
{
    if (input.n > OPRF_INPUT_LIMIT) FAIL(ST_INVALID, "an input of over 65,535 bytes");
    tag t = tag_make("HashToGroup-", mode);
    unsigned char wide[64];
    hashing h;
    expand_begin(&h);
    put(&h, input.bytes, input.n);
    expand_end(&h, &t, wide);
    crypto_core_ristretto255_from_hash(out->bytes, wide);
    sodium_memzero(wide, sizeof wide);
    sodium_memzero(&h, sizeof h);
    return oprf_element_check(out);
}

status
oprf_blind(oprf_mode mode, text input, const oprf_scalar *blind, oprf_element *blinded)
{
    oprf_element element;
    CHECK(oprf_hash_to_group(mode, input, &element));
    status code = oprf_multiply(blind, &element, blinded);
    sodium_memzero(&element, sizeof element);
    return code;
}

status
oprf_evaluate(const oprf_scalar *secret, const oprf_element *blinded, oprf_element *evaluated)
{
    return oprf_multiply(secret, blinded, evaluated);
}

/* m of the partial mode: the scalar of the public info. */
static status
info_scalar(text info, oprf_scalar *m)
{
    if (info.n > OPRF_INPUT_LIMIT) FAIL(ST_INVALID, "public info of over 65,535 bytes");
    tag t = tag_make("HashToScalar-", OPRF_PARTIAL);
    hashing h;
    expand_begin(&h);
    put(&h, "Info", 4);
    put_framed(&h, info.bytes, info.n);
    scalar_end(&h, &t, m);
    return ST_OK;
}

/* The key of the partial mode for this info: key + m and its public key. */
static status
tweak(const oprf_scalar *secret, text info, oprf_key *key)
{
    oprf_scalar m;
    CHECK(info_scalar(info, &m));
    crypto_core_ristretto255_scalar_add(key->secret.bytes, secret->bytes, m.bytes);
    if (sodium_is_zero(key->secret.bytes, OPRF_BYTES)) FAIL(ST_INVALID, "public info that undoes the key: change the key");
    return key_complete(key);
}

status
oprf_evaluate_partial(const oprf_scalar *secret, text info, const oprf_element *blinded, oprf_element *evaluated)
{
    oprf_key key;
    oprf_scalar inverse;
    CHECK(tweak(secret, info, &key));
    if (crypto_core_ristretto255_scalar_invert(inverse.bytes, key.secret.bytes) != 0) FAIL(ST_INTERNAL, "no inverse");
    status code = oprf_multiply(&inverse, blinded, evaluated);
    sodium_memzero(&key, sizeof key);
    sodium_memzero(&inverse, sizeof inverse);
    return code;
}

/* Sum d_i C_i and, without a secret, sum d_i D_i (section 2.2.1); C blinded, D evaluated. */
static status
composites(oprf_mode mode, const oprf_element *open, const oprf_batch *batch, bool both, oprf_element sums[2])
{
    const oprf_element *c = batch->blinded, *d = batch->evaluated;
    tag seed_tag = tag_make("Seed-", mode), scalar_tag = tag_make("HashToScalar-", mode);
    unsigned char seed[64];
    hashing h;
    crypto_hash_sha512_init(&h);
    put_framed(&h, open->bytes, OPRF_BYTES);
    put_framed(&h, seed_tag.bytes, seed_tag.n);
    crypto_hash_sha512_final(&h, seed);
    memset(sums, 0, 2 * sizeof *sums); /* the identity */
    for (size_t i = 0; i < batch->n; i++) {
        unsigned char index[2] = {(unsigned char)(i >> 8), (unsigned char)i};
        oprf_scalar weight;
        oprf_element part;
        expand_begin(&h);
        put_framed(&h, seed, sizeof seed);
        put(&h, index, 2);
        put_framed(&h, c[i].bytes, OPRF_BYTES);
        put_framed(&h, d[i].bytes, OPRF_BYTES);
        put(&h, "Composite", 9);
        scalar_end(&h, &scalar_tag, &weight);
        CHECK(oprf_multiply(&weight, &c[i], &part));
        if (crypto_core_ristretto255_add(sums[0].bytes, sums[0].bytes, part.bytes) != 0) FAIL(ST_INVALID, "not a group element");
        if (!both) continue;
        CHECK(oprf_multiply(&weight, &d[i], &part));
        if (crypto_core_ristretto255_add(sums[1].bytes, sums[1].bytes, part.bytes) != 0) FAIL(ST_INVALID, "not a group element");
    }
    return ST_OK;
}

static void
challenge(oprf_mode mode, const oprf_element *open, const oprf_element sums[2], const oprf_element t[2], oprf_scalar *c)
{
    tag scalar_tag = tag_make("HashToScalar-", mode);
    hashing h;
    expand_begin(&h);
    put_framed(&h, open->bytes, OPRF_BYTES);
    put_framed(&h, sums[0].bytes, OPRF_BYTES);
    put_framed(&h, sums[1].bytes, OPRF_BYTES);
    put_framed(&h, t[0].bytes, OPRF_BYTES);
    put_framed(&h, t[1].bytes, OPRF_BYTES);
    put(&h, "Challenge", 9);
    scalar_end(&h, &scalar_tag, c);
}

static status
check_batch(size_t n)
{
    if (n == 0 || n > 65535) FAIL(ST_INVALID, "a batch of %zu: expected 1 to 65,535 elements", n);
    return ST_OK;
}

status
oprf_prove(oprf_mode mode, const oprf_key *key, const oprf_batch *batch, const oprf_scalar *r, oprf_proof *proof)
{
    CHECK(check_batch(batch->n));
    oprf_element sums[2], t[2];
    CHECK(composites(mode, &key->open, batch, false, sums));
    CHECK(oprf_multiply(&key->secret, &sums[0], &sums[1]));
    if (crypto_scalarmult_ristretto255_base(t[0].bytes, r->bytes) != 0) FAIL(ST_INVALID, "a random scalar of zero");
    CHECK(oprf_multiply(r, &sums[0], &t[1]));
    challenge(mode, &key->open, sums, t, &proof->c);
    oprf_scalar product;
    crypto_core_ristretto255_scalar_mul(product.bytes, proof->c.bytes, key->secret.bytes);
    crypto_core_ristretto255_scalar_sub(proof->s.bytes, r->bytes, product.bytes);
    sodium_memzero(&product, sizeof product);
    return ST_OK;
}

/* In the partial mode it is the inverse of the key that makes evaluated of blinded. */
static oprf_batch
turn(const oprf_batch *b)
{
    return (oprf_batch){b->n, b->evaluated, b->blinded};
}

status
oprf_prove_partial(const oprf_key *key, text info, const oprf_batch *batch, const oprf_scalar *r, oprf_proof *proof)
{
    oprf_key tweaked;
    CHECK(tweak(&key->secret, info, &tweaked));
    const oprf_batch turned = turn(batch);
    status code = oprf_prove(OPRF_PARTIAL, &tweaked, &turned, r, proof);
    sodium_memzero(&tweaked, sizeof tweaked);
    return code;
}

static status
no_proof(void)
{
    FAIL(ST_DENIED, "the proof of the pseudonym server does not hold: do not use its answer");
}

/* s X + c Y; X NULL: the generator. */
static status
combine(const oprf_scalar *s, const oprf_element *x, const oprf_scalar *c, const oprf_element *y, oprf_element *out)
{
    oprf_element left = {{0}}, right = {{0}};
    bool bad = x ? crypto_scalarmult_ristretto255(left.bytes, s->bytes, x->bytes) != 0
                 : crypto_scalarmult_ristretto255_base(left.bytes, s->bytes) != 0;
    bad |= crypto_scalarmult_ristretto255(right.bytes, c->bytes, y->bytes) != 0;
    return bad || crypto_core_ristretto255_add(out->bytes, left.bytes, right.bytes) != 0 ? no_proof() : ST_OK;
}

status
oprf_verify(oprf_mode mode, const oprf_element *open, const oprf_batch *batch, const oprf_proof *proof)
{
    CHECK(check_batch(batch->n));
    CHECK(oprf_element_check(open));
    oprf_element sums[2], t[2];
    oprf_scalar want;
    if (oprf_scalar_check(&proof->c) != ST_OK || oprf_scalar_check(&proof->s) != ST_OK) return no_proof();
    CHECK(composites(mode, open, batch, true, sums));
    CHECK(combine(&proof->s, NULL, &proof->c, open, &t[0]));
    CHECK(combine(&proof->s, &sums[0], &proof->c, &sums[1], &t[1]));
    challenge(mode, open, sums, t, &want);
    return sodium_memcmp(want.bytes, proof->c.bytes, OPRF_BYTES) == 0 ? ST_OK : no_proof();
}

status
oprf_verify_partial(const oprf_element *open, text info, const oprf_batch *batch, const oprf_proof *proof)
{
    oprf_scalar m;
    oprf_element shift, tweaked;
    CHECK(oprf_element_check(open));
    CHECK(info_scalar(info, &m));
    if (crypto_scalarmult_ristretto255_base(shift.bytes, m.bytes) != 0 ||
        crypto_core_ristretto255_add(tweaked.bytes, shift.bytes, open->bytes) != 0)
        FAIL(ST_INVALID, "public info without a key");
    const oprf_batch turned = turn(batch);
    return oprf_verify(OPRF_PARTIAL, &tweaked, &turned, proof);
}

status
oprf_unblind(const oprf_scalar *blind, const oprf_element *evaluated, oprf_element *out)
{
    oprf_scalar inverse;
    if (crypto_core_ristretto255_scalar_invert(inverse.bytes, blind->bytes) != 0) FAIL(ST_INVALID, "a blind of zero");
    status code = oprf_multiply(&inverse, evaluated, out);
    sodium_memzero(&inverse, sizeof inverse);
    return code;
}

status
oprf_finalize(oprf_mode mode, text input, text info, const oprf_element *unblinded, unsigned char output[OPRF_OUTPUT])
{
    if (input.n > OPRF_INPUT_LIMIT || info.n > OPRF_INPUT_LIMIT) FAIL(ST_INVALID, "an input of over 65,535 bytes");
    hashing h;
    crypto_hash_sha512_init(&h);
    put_framed(&h, input.bytes, input.n);
    if (mode == OPRF_PARTIAL) put_framed(&h, info.bytes, info.n);
    put_framed(&h, unblinded->bytes, OPRF_BYTES);
    put(&h, "Finalize", 8);
    crypto_hash_sha512_final(&h, output);
    return ST_OK;
}
