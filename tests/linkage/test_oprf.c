#include "testing.h"

#include "linkage/oprf.h"

#include <sodium.h>

/* The vectors of RFC 9497, appendix A.1 (ristretto255-SHA512). */
static const struct {
    oprf_mode mode;
    size_t n;
    const char *secret, *open, *info, *proof, *random, *input[2], *blind[2], *blinded[2], *evaluated[2], *output[2];
} vectors[] = {
    {OPRF_BASE, 1, "5ebcea5ee37023ccb9fc2d2019f9d7737be85591ae8652ffa9ef0f4d37063b0e", "", "", "", "",
     {"00", ""}, {"64d37aed22a27f5191de1c1d69fadb899d8862b58eb4220029e036ec4c1f6706", ""},
     {"609a0ae68c15a3cf6903766461307e5c8bb2f95e7e6550e1ffa2dc99e412803c", ""},
     {"7ec6578ae5120958eb2db1745758ff379e77cb64fe77b0b2d8cc917ea0869c7e", ""},
     {"527759c3d9366f277d8c6020418d96bb393ba2afb20ff90df23fb7708264e2f3ab9135e3bd69955851de4b1f9fe8a0973396719b7912ba9ee8aa7d0b5e24bcf6", ""}},
    {OPRF_BASE, 1, "5ebcea5ee37023ccb9fc2d2019f9d7737be85591ae8652ffa9ef0f4d37063b0e", "", "", "", "",
     {"5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a", ""}, {"64d37aed22a27f5191de1c1d69fadb899d8862b58eb4220029e036ec4c1f6706", ""},
     {"da27ef466870f5f15296299850aa088629945a17d1f5b7f5ff043f76b3c06418", ""},
     {"b4cbf5a4f1eeda5a63ce7b77c7d23f461db3fcab0dd28e4e17cecb5c90d02c25", ""},
     {"f4a74c9c592497375e796aa837e907b1a045d34306a749db9f34221f7e750cb4f2a6413a6bf6fa5e19ba6348eb673934a722a7ede2e7621306d18951e7cf2c73", ""}},
    {OPRF_VERIFIABLE, 1, "e6f73f344b79b379f1a0dd37e07ff62e38d9f71345ce62ae3a9bc60b04ccd909", "c803e2cc6b05fc15064549b5920659ca4a77b2cca6f04f6b357009335476ad4e", "", "ddef93772692e535d1a53903db24367355cc2cc78de93b3be5a8ffcc6985dd066d4346421d17bf5117a2a1ff0fcb2a759f58a539dfbe857a40bce4cf49ec600d", "222a5e897cf59db8145db8d16e597e8facb80ae7d4e26d9881aa6f61d645fc0e",
     {"00", ""}, {"64d37aed22a27f5191de1c1d69fadb899d8862b58eb4220029e036ec4c1f6706", ""},
     {"863f330cc1a1259ed5a5998a23acfd37fb4351a793a5b3c090b642ddc439b945", ""},
     {"aa8fa048764d5623868679402ff6108d2521884fa138cd7f9c7669a9a014267e", ""},
     {"b58cfbe118e0cb94d79b5fd6a6dafb98764dff49c14e1770b566e42402da1a7da4d8527693914139caee5bd03903af43a491351d23b430948dd50cde10d32b3c", ""}},
    {OPRF_VERIFIABLE, 1, "e6f73f344b79b379f1a0dd37e07ff62e38d9f71345ce62ae3a9bc60b04ccd909", "c803e2cc6b05fc15064549b5920659ca4a77b2cca6f04f6b357009335476ad4e", "", "401a0da6264f8cf45bb2f5264bc31e109155600babb3cd4e5af7d181a2c9dc0a67154fabf031fd936051dec80b0b6ae29c9503493dde7393b722eafdf5a50b02", "222a5e897cf59db8145db8d16e597e8facb80ae7d4e26d9881aa6f61d645fc0e",
     {"5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a", ""}, {"64d37aed22a27f5191de1c1d69fadb899d8862b58eb4220029e036ec4c1f6706", ""},
     {"cc0b2a350101881d8a4cba4c80241d74fb7dcbfde4a61fde2f91443c2bf9ef0c", ""},
     {"60a59a57208d48aca71e9e850d22674b611f752bed48b36f7a91b372bd7ad468", ""},
     {"8a9a2f3c7f085b65933594309041fc1898d42d0858e59f90814ae90571a6df60356f4610bf816f27afdd84f47719e480906d27ecd994985890e5f539e7ea74b6", ""}},
    {OPRF_VERIFIABLE, 2, "e6f73f344b79b379f1a0dd37e07ff62e38d9f71345ce62ae3a9bc60b04ccd909", "c803e2cc6b05fc15064549b5920659ca4a77b2cca6f04f6b357009335476ad4e", "", "cc203910175d786927eeb44ea847328047892ddf8590e723c37205cb74600b0a5ab5337c8eb4ceae0494c2cf89529dcf94572ed267473d567aeed6ab873dee08", "419c4f4f5052c53c45f3da494d2b67b220d02118e0857cdbcf037f9ea84bbe0c",
     {"00", "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a"}, {"64d37aed22a27f5191de1c1d69fadb899d8862b58eb4220029e036ec4c1f6706", "222a5e897cf59db8145db8d16e597e8facb80ae7d4e26d9881aa6f61d645fc0e"},
     {"863f330cc1a1259ed5a5998a23acfd37fb4351a793a5b3c090b642ddc439b945", "90a0145ea9da29254c3a56be4fe185465ebb3bf2a1801f7124bbbadac751e654"},
     {"aa8fa048764d5623868679402ff6108d2521884fa138cd7f9c7669a9a014267e", "cc5ac221950a49ceaa73c8db41b82c20372a4c8d63e5dded2db920b7eee36a2a"},
     {"b58cfbe118e0cb94d79b5fd6a6dafb98764dff49c14e1770b566e42402da1a7da4d8527693914139caee5bd03903af43a491351d23b430948dd50cde10d32b3c", "8a9a2f3c7f085b65933594309041fc1898d42d0858e59f90814ae90571a6df60356f4610bf816f27afdd84f47719e480906d27ecd994985890e5f539e7ea74b6"}},
    {OPRF_PARTIAL, 1, "145c79c108538421ac164ecbe131942136d5570b16d8bf41a24d4337da981e07", "c647bef38497bc6ec077c22af65b696efa43bff3b4a1975a3e8e0a1c5a79d631", "7465737420696e666f", "41ad1a291aa02c80b0915fbfbb0c0afa15a57e2970067a602ddb9e8fd6b7100de32e1ecff943a36f0b10e3dae6bd266cdeb8adf825d86ef27dbc6c0e30c52206", "222a5e897cf59db8145db8d16e597e8facb80ae7d4e26d9881aa6f61d645fc0e",
     {"00", ""}, {"64d37aed22a27f5191de1c1d69fadb899d8862b58eb4220029e036ec4c1f6706", ""},
     {"c8713aa89241d6989ac142f22dba30596db635c772cbf25021fdd8f3d461f715", ""},
     {"1a4b860d808ff19624731e67b5eff20ceb2df3c3c03b906f5693e2078450d874", ""},
     {"ca688351e88afb1d841fde4401c79efebb2eb75e7998fa9737bd5a82a152406d38bd29f680504e54fd4587eddcf2f37a2617ac2fbd2993f7bdf45442ace7d221", ""}},
    {OPRF_PARTIAL, 1, "145c79c108538421ac164ecbe131942136d5570b16d8bf41a24d4337da981e07", "c647bef38497bc6ec077c22af65b696efa43bff3b4a1975a3e8e0a1c5a79d631", "7465737420696e666f", "4c39992d55ffba38232cdac88fe583af8a85441fefd7d1d4a8d0394cd1de77018bf135c174f20281b3341ab1f453fe72b0293a7398703384bed822bfdeec8908", "222a5e897cf59db8145db8d16e597e8facb80ae7d4e26d9881aa6f61d645fc0e",
     {"5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a", ""}, {"64d37aed22a27f5191de1c1d69fadb899d8862b58eb4220029e036ec4c1f6706", ""},
     {"f0f0b209dd4d5f1844dac679acc7761b91a2e704879656cb7c201e82a99ab07d", ""},
     {"8c3c9d064c334c6991e99f286ea2301d1bde170b54003fb9c44c6d7bd6fc1540", ""},
     {"7c6557b276a137922a0bcfc2aa2b35dd78322bd500235eb6d6b6f91bc5b56a52de2d65612d503236b321f5d0bebcbc52b64b92e426f29c9b8b69f52de98ae507", ""}},
    {OPRF_PARTIAL, 2, "145c79c108538421ac164ecbe131942136d5570b16d8bf41a24d4337da981e07", "c647bef38497bc6ec077c22af65b696efa43bff3b4a1975a3e8e0a1c5a79d631", "7465737420696e666f", "43fdb53be399cbd3561186ae480320caa2b9f36cca0e5b160c4a677b8bbf4301b28f12c36aa8e11e5a7ef551da0781e863a6dc8c0b2bf5a149c9e00621f02006", "419c4f4f5052c53c45f3da494d2b67b220d02118e0857cdbcf037f9ea84bbe0c",
     {"00", "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a"}, {"64d37aed22a27f5191de1c1d69fadb899d8862b58eb4220029e036ec4c1f6706", "222a5e897cf59db8145db8d16e597e8facb80ae7d4e26d9881aa6f61d645fc0e"},
     {"c8713aa89241d6989ac142f22dba30596db635c772cbf25021fdd8f3d461f715", "423a01c072e06eb1cce96d23acce06e1ea64a609d7ec9e9023f3049f2d64e50c"},
     {"1a4b860d808ff19624731e67b5eff20ceb2df3c3c03b906f5693e2078450d874", "aa1f16e903841036e38075da8a46655c94fc92341887eb5819f46312adfc0504"},
     {"ca688351e88afb1d841fde4401c79efebb2eb75e7998fa9737bd5a82a152406d38bd29f680504e54fd4587eddcf2f37a2617ac2fbd2993f7bdf45442ace7d221", "7c6557b276a137922a0bcfc2aa2b35dd78322bd500235eb6d6b6f91bc5b56a52de2d65612d503236b321f5d0bebcbc52b64b92e426f29c9b8b69f52de98ae507"}},
};

static size_t
unhex(const char *hex, void *out, size_t n)
{
    size_t length = 0;
    assert_int_equal(sodium_hex2bin(out, n, hex, strlen(hex), NULL, &length, NULL), 0);
    return length;
}

static void
all_vectors_of_the_rfc_hold(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof vectors / sizeof *vectors; k++) {
        oprf_mode mode = vectors[k].mode;
        oprf_key key;
        unsigned char seed[OPRF_SEED], want[OPRF_OUTPUT], info_bytes[16];
        memset(seed, 0xa3, sizeof seed);
        ASSERT_OK(oprf_key_derive(mode, seed, TEXT("test key"), &key));
        unhex(vectors[k].secret, want, sizeof want);
        assert_memory_equal(key.secret.bytes, want, OPRF_BYTES);
        if (unhex(vectors[k].open, want, sizeof want)) assert_memory_equal(key.open.bytes, want, OPRF_BYTES);
        text info = {(char *)info_bytes, unhex(vectors[k].info, info_bytes, sizeof info_bytes)};
        oprf_element blinded[2], evaluated[2];
        for (size_t i = 0; i < vectors[k].n; i++) {
            unsigned char input_bytes[32], output[OPRF_OUTPUT];
            text input = {(char *)input_bytes, unhex(vectors[k].input[i], input_bytes, sizeof input_bytes)};
            oprf_scalar blind;
            oprf_element element;
            unhex(vectors[k].blind[i], blind.bytes, OPRF_BYTES);
            ASSERT_OK(oprf_blind(mode, input, &blind, &blinded[i]));
            unhex(vectors[k].blinded[i], want, sizeof want);
            assert_memory_equal(blinded[i].bytes, want, OPRF_BYTES);
            if (mode == OPRF_PARTIAL)
                ASSERT_OK(oprf_evaluate_partial(&key.secret, info, &blinded[i], &evaluated[i]));
            else
                ASSERT_OK(oprf_evaluate(&key.secret, &blinded[i], &evaluated[i]));
            unhex(vectors[k].evaluated[i], want, sizeof want);
            assert_memory_equal(evaluated[i].bytes, want, OPRF_BYTES);
            ASSERT_OK(oprf_unblind(&blind, &evaluated[i], &element));
            ASSERT_OK(oprf_finalize(mode, input, info, &element, output));
            unhex(vectors[k].output[i], want, sizeof want);
            assert_memory_equal(output, want, OPRF_OUTPUT);
        }
        if (mode == OPRF_BASE) continue;
        oprf_scalar r;
        oprf_proof proof;
        const oprf_batch batch = {vectors[k].n, blinded, evaluated};
        unhex(vectors[k].random, r.bytes, OPRF_BYTES);
        if (mode == OPRF_PARTIAL)
            ASSERT_OK(oprf_prove_partial(&key, info, &batch, &r, &proof));
        else
            ASSERT_OK(oprf_prove(mode, &key, &batch, &r, &proof));
        unhex(vectors[k].proof, want, sizeof want);
        assert_memory_equal(&proof, want, sizeof proof);
        for (int bad = 0; bad < 2; bad++) {
            if (bad) proof.s.bytes[0] ^= 1;
            status got = mode == OPRF_PARTIAL ? oprf_verify_partial(&key.open, info, &batch, &proof) : oprf_verify(mode, &key.open, &batch, &proof);
            assert_int_equal(got, bad ? ST_DENIED : ST_OK);
        }
    }
}

static void
malformed_elements_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *label, *hex;
    } rows[] = {
        {"identity", "0000000000000000000000000000000000000000000000000000000000000000"},
        {"not canonical", "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"},
        {"negative", "0100000000000000000000000000000000000000000000000000000000000080"},
        {"no square", "26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371"},
    };
    oprf_key key;
    ASSERT_OK(oprf_key_new(&key));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        oprf_element element, out;
        unhex(rows[i].hex, element.bytes, OPRF_BYTES);
        if (oprf_evaluate(&key.secret, &element, &out) != ST_INVALID) fail_msg("%s", rows[i].label);
    }
}

static void
scalars_are_reduced_and_not_zero(void **state)
{
    (void)state;
    static const struct {
        const char *label, *hex;
        status want;
    } rows[] = {
        {"one", "0100000000000000000000000000000000000000000000000000000000000000", ST_OK},
        {"the order less one", "ecd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010", ST_OK},
        {"zero", "0000000000000000000000000000000000000000000000000000000000000000", ST_INVALID},
        {"the order", "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010", ST_INVALID},
        {"one and the order", "eed3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010", ST_INVALID},
        {"one with the highest bit", "0100000000000000000000000000000000000000000000000000000000000080", ST_INVALID},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        oprf_scalar s;
        unhex(rows[i].hex, s.bytes, OPRF_BYTES);
        if (oprf_scalar_check(&s) != rows[i].want) fail_msg("%s", rows[i].label);
    }
}

/* No bit of a proof can be turned, also not one that the arithmetic would not see. */
static void
a_proof_has_one_form(void **state)
{
    (void)state;
    oprf_key key;
    oprf_element blinded, evaluated;
    oprf_proof proof;
    const oprf_batch batch = {1, &blinded, &evaluated};
    oprf_scalar r = oprf_scalar_random();
    ASSERT_OK(oprf_key_new(&key));
    ASSERT_OK(oprf_hash_to_group(OPRF_VERIFIABLE, TEXT("999900006"), &blinded));
    ASSERT_OK(oprf_evaluate(&key.secret, &blinded, &evaluated));
    ASSERT_OK(oprf_prove(OPRF_VERIFIABLE, &key, &batch, &r, &proof));
    ASSERT_OK(oprf_verify(OPRF_VERIFIABLE, &key.open, &batch, &proof));
    for (size_t bit = 0; bit < 8 * sizeof proof; bit++) {
        oprf_proof bad = proof;
        ((unsigned char *)&bad)[bit / 8] ^= (unsigned char)(1u << bit % 8);
        if (oprf_verify(OPRF_VERIFIABLE, &key.open, &batch, &bad) != ST_DENIED) fail_msg("bit %zu", bit);
    }
}

/* A stored element moves to a new key by one multiplication with new / old. */
static void
keys_rotate_by_one_multiplication(void **state)
{
    (void)state;
    oprf_key before, after;
    ASSERT_OK(oprf_key_new(&before));
    ASSERT_OK(oprf_key_new(&after));
    oprf_element h, stored, rotated, want;
    ASSERT_OK(oprf_hash_to_group(OPRF_VERIFIABLE, TEXT("999900006"), &h));
    ASSERT_OK(oprf_evaluate(&before.secret, &h, &stored));
    ASSERT_OK(oprf_evaluate(&after.secret, &h, &want));
    oprf_scalar inverse, factor;
    assert_int_equal(crypto_core_ristretto255_scalar_invert(inverse.bytes, before.secret.bytes), 0);
    crypto_core_ristretto255_scalar_mul(factor.bytes, inverse.bytes, after.secret.bytes);
    ASSERT_OK(oprf_multiply(&factor, &stored, &rotated));
    assert_memory_equal(&rotated, &want, sizeof want);
}

int
main(void)
{
    if (sodium_init() < 0) return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_vectors_of_the_rfc_hold),
        cmocka_unit_test(malformed_elements_are_refused),
        cmocka_unit_test(scalars_are_reduced_and_not_zero),
        cmocka_unit_test(a_proof_has_one_form),
        cmocka_unit_test(keys_rotate_by_one_multiplication),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
