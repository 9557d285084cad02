#include "testing.h"

#include "base/threads.h"
#include "linkage/encode.h"
#include "linkage/encode_seal.h"
#include "table/csv.h"

#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

static size_t
unhex(const char *hex, unsigned char *out, size_t n)
{
    size_t length = 0;
    assert_int_equal(sodium_hex2bin(out, n, hex, strlen(hex), NULL, &length, NULL), 0);
    return length;
}

/* RFC 5869, appendix A, cases 1 to 3 (SHA-256). */
static void
hkdf_equals_the_rfc(void **state)
{
    (void)state;
    static const struct {
        const char *key, *salt, *info, *want;
    } rows[] = {
        {"0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "000102030405060708090a0b0c", "f0f1f2f3f4f5f6f7f8f9",
         "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"},
        {"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c"
         "3d3e3f404142434445464748494a4b4c4d4e4f",
         "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c"
         "9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeaf",
         "b0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebec"
         "edeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
         "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9ac"
         "a3db71cc30c58179ec3e87c14c01d5c1f3434f1d87"},
        {"0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "", "",
         "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        unsigned char key[100], salt[100], info[100], want[100], out[100];
        size_t key_n = unhex(rows[i].key, key, 100), salt_n = unhex(rows[i].salt, salt, 100), n = unhex(rows[i].want, want, 100);
        text words = {(char *)info, unhex(rows[i].info, info, 100)};
        ASSERT_OK(encode_hkdf((text){(char *)key, key_n}, (text){(char *)salt, salt_n}, words, n, out));
        assert_memory_equal(out, want, n);
    }
}

typedef struct setting {
    arena *a;
    char *folder;
} setting;

static char *
in(setting *s, const char *name)
{
    return path_join(s->a, s->folder, name);
}

static const char fields_yaml[] = "id: id\nfields:\n  - {column: given, kind: given_name}\n  - {column: family, kind: family_name}\n"
                                  "  - {column: born, kind: date_of_birth, format: \"%Y-%m-%d\"}\n";
static const char people_csv[] = "id,given,family,born\n1,Anna,de Vries,1990-01-02\n2,Ana,de Vries,1990-01-02\n3,Bogdan,Popescu,1985-12-31\n"
                                 "4,,,\n5,,,\n6,de Vries,Anna,1990-01-02\n7,\xd0\x90\xd0\xbd\xd0\xbd\xd0\xb0,de Vries,1990-01-02\n";

static int
set_up(void **state)
{
    setting *s = calloc(1, sizeof *s);
    s->a = arena_new();
    s->folder = arena_copy(s->a, "/tmp/peil_encode_XXXXXX", 23);
    assert_non_null(mkdtemp(s->folder));
    ASSERT_OK(file_write(in(s, "fields.yaml"), text_of(fields_yaml)));
    ASSERT_OK(file_write(in(s, "people.csv"), text_of(people_csv)));
    ASSERT_OK(encode_key_new(in(s, "k1"), "test", 1, &(uint32_t){1}));
    ASSERT_OK(encode_key_new(in(s, "k2"), "test", 1, &(uint32_t){1}));
    *state = s;
    return 0;
}

static int
tear_down(void **state)
{
    setting *s = *state;
    remove_all(s->a, s->folder);
    arena_free(s->a);
    free(s);
    return 0;
}

static double
dice(const encoded *e, size_t i, size_t j)
{
    int common = 0, bits = 0;
    for (size_t w = 0; w < DICE_WORDS; w++) {
        uint64_t x = e->set.words[i * DICE_WORDS + w], y = e->set.words[j * DICE_WORDS + w];
        common += __builtin_popcountll(x & y);
        bits += __builtin_popcountll(x) + __builtin_popcountll(y);
    }
    return bits ? 2.0 * common / bits : 0;
}

static void
likeness_survives_encoding(void **state)
{
    setting *s = *state;
    encoded e;
    size_t rows;
    ASSERT_OK(encode_file(in(s, "people.csv"), in(s, "fields.yaml"), in(s, "k1"), in(s, "a.enc"), &rows));
    ASSERT_OK(encoded_read(s->a, in(s, "a.enc"), &e));
    assert_int_equal(e.n, 7);
    assert_true(text_is(e.id[6], "7"));
    assert_true(dice(&e, 0, 1) > 0.75);         /* one letter */
    assert_true(dice(&e, 0, 2) < 0.6);          /* another person */
    assert_true(dice(&e, 0, 5) == 1);           /* given and family name swapped */
    assert_true(dice(&e, 0, 6) == 1);           /* Cyrillic */
    assert_true(dice(&e, 3, 4) == 0);           /* nothing is no likeness */
}

/* Files are often sorted by name: who has the names would read them off by their ranks. */
static void
the_order_of_rows_leaves_no_trace(void **state)
{
    setting *s = *state;
    size_t rows;
    text one, other;
    ASSERT_OK(file_write(in(s, "turned.csv"), TEXT("id,given,family,born\n7,\xd0\x90\xd0\xbd\xd0\xbd\xd0\xb0,de Vries,1990-01-02\n"
                                                   "3,Bogdan,Popescu,1985-12-31\n5,,,\n2,Ana,de Vries,1990-01-02\n6,de Vries,Anna,1990-01-02\n"
                                                   "4,,,\n1,Anna,de Vries,1990-01-02\n")));
    ASSERT_OK(encode_file(in(s, "people.csv"), in(s, "fields.yaml"), in(s, "k1"), in(s, "a.enc"), &rows));
    ASSERT_OK(encode_file(in(s, "turned.csv"), in(s, "fields.yaml"), in(s, "k1"), in(s, "b.enc"), &rows));
    ASSERT_OK(file_map(s->a, in(s, "a.enc"), &one));
    ASSERT_OK(file_map(s->a, in(s, "b.enc"), &other));
    assert_true(text_equal(one, other));
}

static void
the_same_bytes_for_any_threads(void **state)
{
    setting *s = *state;
    size_t rows;
    text one, four;
    threads_set(1);
    ASSERT_OK(encode_file(in(s, "people.csv"), in(s, "fields.yaml"), in(s, "k1"), in(s, "a.enc"), &rows));
    threads_set(4);
    ASSERT_OK(encode_file(in(s, "people.csv"), in(s, "fields.yaml"), in(s, "k1"), in(s, "b.enc"), &rows));
    ASSERT_OK(file_map(s->a, in(s, "a.enc"), &one));
    ASSERT_OK(file_map(s->a, in(s, "b.enc"), &four));
    assert_true(text_equal(one, four));
}

static void
other_keys_and_fields_do_not_compare(void **state)
{
    setting *s = *state;
    encoded a, b, c;
    size_t rows;
    ASSERT_OK(encode_file(in(s, "people.csv"), in(s, "fields.yaml"), in(s, "k1"), in(s, "a.enc"), &rows));
    ASSERT_OK(encode_file(in(s, "people.csv"), in(s, "fields.yaml"), in(s, "k2"), in(s, "b.enc"), &rows));
    ASSERT_OK(file_write(in(s, "two.yaml"), TEXT("id: id\nfields:\n  - {column: given, kind: given_name}\n")));
    ASSERT_OK(encode_file(in(s, "people.csv"), in(s, "two.yaml"), in(s, "k1"), in(s, "c.enc"), &rows));
    ASSERT_OK(encoded_read(s->a, in(s, "a.enc"), &a));
    ASSERT_OK(encoded_read(s->a, in(s, "b.enc"), &b));
    ASSERT_OK(encoded_read(s->a, in(s, "c.enc"), &c));
    ASSERT_OK(encoded_comparable(&a, &a));
    ASSERT_STATUS(encoded_comparable(&a, &b), ST_INVALID);
    ASSERT_STATUS(encoded_comparable(&a, &c), ST_INVALID);
    ASSERT_STATUS(encode_key_new(in(s, "k1"), "test", 1, &(uint32_t){1}), ST_BUSY);
    ASSERT_STATUS(encode_key_new(in(s, "k3"), "no spaces", 1, &(uint32_t){1}), ST_USAGE);
}

static void
truncated_and_forged_files_are_refused(void **state)
{
    setting *s = *state;
    encoded e;
    size_t rows;
    text bytes;
    ASSERT_OK(encode_file(in(s, "people.csv"), in(s, "fields.yaml"), in(s, "k1"), in(s, "a.enc"), &rows));
    ASSERT_OK(file_map(s->a, in(s, "a.enc"), &bytes));
    for (size_t n = 0; n < bytes.n; n += 7) ASSERT_STATUS(encoded_read_bytes(s->a, "t", (text){bytes.bytes, n}, &e), ST_INVALID);
    for (size_t at = 0; at < bytes.n; at += 5) {
        char *changed = arena_copy(s->a, bytes.bytes, bytes.n);
        changed[at] ^= 16;
        ASSERT_STATUS(encoded_read_bytes(s->a, "t", (text){changed, bytes.n}, &e), ST_INVALID);
    }
    /* a domain that would write on the terminal of who reads the message about it */
    char *escape = arena_copy(s->a, bytes.bytes, bytes.n);
    escape[8 + 2 * sizeof(uint32_t) + 2 * sizeof(uint64_t)] = 27;
    hash right = hash_of(escape, bytes.n - HASH_BYTES);
    memcpy(escape + bytes.n - HASH_BYTES, right.bytes, HASH_BYTES);
    ASSERT_STATUS(encoded_read_bytes(s->a, "t", (text){escape, bytes.n}, &e), ST_INVALID);
    /* a record of ones, with its hash made right, would match everyone */
    char *forged = arena_copy(s->a, bytes.bytes, bytes.n);
    memset(forged + bytes.n - HASH_BYTES - DICE_WORDS * 8, 0xff, DICE_WORDS * 8);
    hash end = hash_of(forged, bytes.n - HASH_BYTES);
    memcpy(forged + bytes.n - HASH_BYTES, end.bytes, HASH_BYTES);
    ASSERT_STATUS(encoded_read_bytes(s->a, "t", (text){forged, bytes.n}, &e), ST_INVALID);
    assert_non_null(strstr(status_detail(), "match everyone"));
}

/* A part of a date that is not known sets no bits: two who both do not know it are not alike for that. */
static void
what_is_not_known_is_no_likeness(void **state)
{
    setting *s = *state;
    encoded e;
    size_t rows, bits[3] = {0};
    ASSERT_OK(file_write(in(s, "dates.csv"), TEXT("id,given,family,born\n1,,,1985-00-00\n2,,,1985-06-00\n3,,,1985-06-15\n")));
    ASSERT_OK(encode_file(in(s, "dates.csv"), in(s, "fields.yaml"), in(s, "k1"), in(s, "dates.enc"), &rows));
    ASSERT_OK(encoded_read(s->a, in(s, "dates.enc"), &e));
    for (size_t i = 0; i < 3; i++)
        for (size_t w = 0; w < DICE_WORDS; w++) bits[i] += (size_t)__builtin_popcountll(e.set.words[i * DICE_WORDS + w]);
    assert_true(bits[0] > 0 && bits[0] < bits[1] && bits[1] < bits[2]);
}

static void
keys_are_for_their_owner(void **state)
{
    setting *s = *state;
    encode_key key;
    text sealed, plain;
    char *file = in(s, "k1/key"), *unit = in(s, "unit.key"), *public = in(s, "unit.public");
    struct stat st;
    assert_true(stat(in(s, "k1"), &st) == 0 && (st.st_mode & 0777) == 0700);
    assert_int_equal(chmod(file, 0644), 0);
    ASSERT_STATUS(encode_key_read(in(s, "k1"), &key), ST_DENIED);
    assert_int_equal(chmod(file, 0600), 0);
    ASSERT_OK(encode_key_read(in(s, "k1"), &key));
    ASSERT_OK(encode_unit_new(unit, public));
    ASSERT_OK(encode_seal(s->a, public, TEXT("words"), &sealed));
    assert_int_equal(chmod(unit, 0640), 0);
    ASSERT_STATUS(encode_unseal(s->a, "t", unit, sealed, &plain), ST_DENIED);
    ASSERT_STATUS(encode_unit_end(public), ST_INVALID);
    assert_true(file_exists(public));
    ASSERT_OK(encode_unit_end(unit));
    assert_false(file_exists(unit));
    ASSERT_STATUS(encode_unit_new(unit, public), ST_BUSY); /* the public key of another unit */
    assert_false(file_exists(unit));
}

static void
bad_input_is_named(void **state)
{
    setting *s = *state;
    static const struct {
        const char *label, *csv;
        status want;
    } rows[] = {
        {"id twice", "id,given,family,born\n1,a,b,1990-01-01\n1,c,d,1990-01-01\n", ST_INVALID},
        {"no id", "id,given,family,born\n,a,b,1990-01-01\n", ST_INVALID},
        {"no column", "id,given,born\n1,a,1990-01-01\n", ST_INVALID},
        {"no rows", "id,given,family,born\n", ST_OK},
        {"a date that does not exist", "id,given,family,born\n1,a,b,1990-02-31\n", ST_OK},
        {"a date that is none", "id,given,family,born\n1,a,b,yesterday\n", ST_OK},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t n;
        ASSERT_OK(file_write(in(s, "bad.csv"), text_of(rows[i].csv)));
        status code = encode_file(in(s, "bad.csv"), in(s, "fields.yaml"), in(s, "k1"), in(s, "bad.enc"), &n);
        if (code != rows[i].want) fail_msg("%s: %s (%s)", rows[i].label, status_text(code), status_detail());
    }
}

int
main(void)
{
    if (sodium_init() < 0) return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hkdf_equals_the_rfc),
        cmocka_unit_test_setup_teardown(likeness_survives_encoding, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_order_of_rows_leaves_no_trace, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_same_bytes_for_any_threads, set_up, tear_down),
        cmocka_unit_test_setup_teardown(other_keys_and_fields_do_not_compare, set_up, tear_down),
        cmocka_unit_test_setup_teardown(truncated_and_forged_files_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_not_known_is_no_likeness, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keys_are_for_their_owner, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bad_input_is_named, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
