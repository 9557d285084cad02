/* Encodings field by field: links as good as those of plain records, files that are what they say. */
#include "testing.h"

#include "base/hash.h"
#include "base/threads.h"
#include "linkage/encode_fields.h"
#include "linkage/encode_levels.h"
#include "linkage/evaluate.h"
#include "linkage/levels.h"
#include "linkage/link.h"
#include "people.h"

#include <sodium.h>
#include <unistd.h>

#define NAMES (PEOPLE_GIVEN | PEOPLE_FAMILY)
#define HOME (PEOPLE_STREET | PEOPLE_CITY | PEOPLE_POSTCODE)

static encode_key
key_of(unsigned char seed)
{
    encode_key key = {.domain = "test", .epoch = 1, .diffusion = 8};
    memset(key.master, seed, sizeof key.master);
    return key;
}

/* ---- dates */

static void
dates_compare_as_they_did(void **state)
{
    (void)state;
    rng r = rng_new(21, 0);
    for (unsigned char k = 0; k < 20; k++) {
        unsigned char key[ENCODE_KEY];
        date_cipher c;
        memset(key, k, sizeof key);
        ASSERT_OK(date_cipher_new(key, &c));
        for (int i = 0; i < 20000; i++) {
            date_value d[2];
            for (int j = 0; j < 2; j++) { /* the second is often near the first */
                int keep = j ? (int)rng_below(&r, 8) : 0;
                int year = keep & 1 ? d[0].year + (int)rng_below(&r, 4) - 1 : 1881 + (int)rng_below(&r, 150);
                int month = keep & 2 ? d[0].month : (int)rng_below(&r, 13), day = keep & 4 ? d[0].day : (int)rng_below(&r, 32);
                if (j && rng_below(&r, 10) == 0) month = d[0].day <= 12 ? d[0].day : month, day = d[0].month;
                d[j] = date_value_make(year, month, day);
            }
            date_level want = compare_dates(d[0], d[1]), got = compare_dates(date_cipher_apply(&c, d[0]), date_cipher_apply(&c, d[1]));
            if (want != got)
                fail_msg("key %d, %04d-%02d-%02d and %04d-%02d-%02d: level %d, want %d", k, d[0].year, d[0].month, d[0].day, d[1].year,
                         d[1].month, d[1].day, got, want);
            date_value a = date_value_make(d[0].year, 0, 0), b = date_value_make(d[1].year, 0, 0);
            assert_int_equal(compare_birth_years(date_cipher_apply(&c, a), date_cipher_apply(&c, b)), compare_birth_years(a, b));
        }
    }
}

/* ---- levels */

/* Share of pairs at each plain level that are at that level, or one beside it, when encoded. */
static void
levels_of_encodings_are_those_of_names(void **state)
{
    (void)state;
    SCRATCH(tmp);
    people p;
    encoded_fields e;
    link_records r;
    level_set plain, coded;
    encode_key key = key_of(3);
    const people_options o = {31, 3000, 1500, 1, 0.4, 0.02, 1, false, false, NAMES | PEOPLE_BORN};
    ASSERT_OK(people_new(tmp, &o, &p));
    const table *file = &p.file[0];
    ASSERT_OK(link_records_new(tmp, &p.fields, 1, &file, &r));
    ASSERT_OK(encode_fields(tmp, file, &p.fields, &key, &e));
    ASSERT_OK(level_set_new(tmp, &r.set[0], &plain));
    ASSERT_OK(level_set_new(tmp, &e.records.set[0], &coded));
    assert_int_equal(r.set[0].n, e.records.set[0].n);
    /* the value of each plain value: through the records that have it */
    int32_t *place = calloc(r.set[0].n, sizeof *place);
    for (int f = 0; f < 2; f++)
        for (size_t i = 0; i < r.n; i++)
            if (r.attribute[f].of[i] >= 0) place[r.attribute[f].of[i]] = e.records.attribute[f].of[i];
    static size_t seen[NAME_LEVELS][NAME_LEVELS];
    for (size_t v = 0; v < r.set[0].n; v++)
        for (size_t w = 0; w < v; w++) seen[level_of(&plain, v, w)][level_of(&coded, (size_t)place[v], (size_t)place[w])]++;
    static const int order[] = {NAME_EDIT, NAME_92, NAME_84, NAME_72, NAME_ELSE}; /* by likeness */
    enum { N = sizeof order / sizeof *order };
    for (int k = 0; k < N; k++) {
        int x = order[k];
        size_t all = 0, same = 0, near = 0;
        for (int y = 0; y < N; y++) all += seen[x][order[y]], same += y == k ? seen[x][order[y]] : 0, near += abs(k - y) <= 1 ? seen[x][order[y]] : 0;
        print_message("# plain level %s: %zu pairs; encoded", level_rules(COMPARE_NAME)[x].name, all);
        for (int y = NAME_EDIT; y <= NAME_ELSE; y++) print_message(" %zu", seen[x][y]);
        print_message("\n");
        if (x == NAME_EDIT) assert_true((double)near > 0.95 * (double)all && (double)same > 0.8 * (double)all);
        if (x == NAME_ELSE) assert_true((double)same > 0.95 * (double)all);
    }
    free(place);
}

/* ---- links */

static const struct {
    const char *label;
    people_options o;
} rows[] = {
    {"two files", {11, 2000, 1200, 1, 0.2, 0.05, 1, false, true, NAMES | PEOPLE_BORN | HOME}},
    {"names and birth", {1, 2000, 1000, 1, 0.1, 0.02, 1, false, false, NAMES | PEOPLE_BORN}},
    {"date in parts", {2, 2000, 1000, 1, 0.1, 0.02, 1, false, false, NAMES | PEOPLE_PARTS}},
    {"with sex and home", {3, 2000, 1000, 1, 0.2, 0.05, 1, false, false, NAMES | PEOPLE_BORN | PEOPLE_SEX | HOME}},
    {"households", {4, 2000, 1000, 1, 0.2, 0.05, 4, false, false, NAMES | PEOPLE_BORN | PEOPLE_SEX | HOME}},
    {"many missing", {8, 2000, 1000, 1, 0.1, 0.3, 1, false, false, NAMES | PEOPLE_BORN | HOME}},
    {"e-mail and city", {9, 600, 400, 1, 0.2, 0.1, 1, false, false, NAMES | PEOPLE_BORN | PEOPLE_CITY | PEOPLE_EMAIL}},
    {"numbers", {10, 2000, 1000, 1, 0.1, 0.2, 1, false, false, NAMES | PEOPLE_BORN | PEOPLE_NUMBER}},
};

static double
f1_of(const people *p, const link_records *r)
{
    SCRATCH(tmp);
    link_result l;
    link_score s;
    const link_options o = {.seed = 1};
    int32_t *entity = calloc(r->n, sizeof *entity);
    ASSERT_OK(link_run_records(tmp, r, &o, &l));
    for (size_t i = 0; i < r->n; i++) entity[i] = p->entity[i >= r->split][r->row[i]];
    ASSERT_OK(link_evaluate(r->n, l.clusters.cluster, entity, &s));
    free(entity);
    return s.f1;
}

static void
encodings_link_as_well_as_names(void **state)
{
    (void)state;
    for (size_t k = 0; k < DRAWS(sizeof rows / sizeof *rows); k++) {
        SCRATCH(tmp);
        people p;
        link_records plain, coded;
        encoded_fields e[2];
        encode_key key = key_of((unsigned char)(40 + k));
        ASSERT_OK(people_new(tmp, &rows[k].o, &p));
        const table *file[2] = {&p.file[0], &p.file[1]};
        ASSERT_OK(link_records_new(tmp, &p.fields, p.files, file, &plain));
        for (size_t i = 0; i < p.files; i++) ASSERT_OK(encode_fields(tmp, file[i], &p.fields, &key, &e[i]));
        ASSERT_OK(encoded_fields_join(tmp, p.files, (const encoded_fields *const[]){&e[0], &e[1]}, &coded));
        double open = f1_of(&p, &plain), closed = f1_of(&p, &coded);
        print_message("# %s: F1 plain %.4f, encoded %.4f\n", rows[k].label, open, closed);
        if (closed < open - 0.01) fail_msg("%s: F1 %.4f encoded, %.4f plain: more than .01 less", rows[k].label, closed, open);
    }
}

/* ---- files */

typedef struct setting {
    arena *a;
    char *folder;
    text bytes; /* of a good file */
} setting;

static char *
in(setting *s, const char *name)
{
    return path_join(s->a, s->folder, name);
}

static const char fields_yaml[] = "id: id\nfields:\n  - {column: given, kind: given_name}\n  - {column: family, kind: family_name}\n"
                                  "  - {column: born, kind: date_of_birth, format: \"%Y-%m-%d\"}\n  - {column: mail, kind: email}\n"
                                  "  - {column: land, kind: nationality}\n  - {column: bsn, kind: number}\n";
static const char people_csv[] = "id,given,family,born,mail,land,bsn\n2,Ana,de Vries,1990-01-02,ana@x.org,nl,999900006\n"
                                 "1,Anna,de Vries,1990-01-02,anna@x.org,aw,\n3,Bogdan,Popescu,1985-12-31,,ro,999900018\n4,,,,,,\n"
                                 "5,B,\xd8\xae\xd8\xa7\xd9\x84\xd8\xaf,1985-00-00,b@y.org,sy,123\n";
static const char shuffled_csv[] = "id,given,family,born,mail,land,bsn\n5,B,\xd8\xae\xd8\xa7\xd9\x84\xd8\xaf,1985-00-00,b@y.org,sy,123\n4,,,,,,\n"
                                   "1,Anna,de Vries,1990-01-02,anna@x.org,aw,\n3,Bogdan,Popescu,1985-12-31,,ro,999900018\n"
                                   "2,Ana,de Vries,1990-01-02,ana@x.org,nl,999900006\n";

static void
encode_to(setting *s, const char *csv, const char *yaml, const char *key, const char *out)
{
    size_t rows_n;
    ASSERT_OK(file_write(in(s, "people.csv"), text_of(csv)));
    ASSERT_OK(file_write(in(s, "fields.yaml"), text_of(yaml)));
    ASSERT_OK(encode_fields_file(in(s, "people.csv"), in(s, "fields.yaml"), in(s, key), NULL, in(s, out), &rows_n));
}

static int
set_up(void **state)
{
    setting *s = calloc(1, sizeof *s);
    s->a = arena_new();
    s->folder = arena_copy(s->a, "/tmp/peil_fields_XXXXXX", 23);
    assert_non_null(mkdtemp(s->folder));
    ASSERT_OK(encode_key_new(in(s, "k1"), "test", 8, &(uint32_t){1}));
    ASSERT_OK(encode_key_new(in(s, "k2"), "test", 8, &(uint32_t){1}));
    ASSERT_OK(encode_key_new(in(s, "k3"), "test", 8, &(uint32_t){2}));
    encode_to(s, people_csv, fields_yaml, "k1", "a.enc");
    ASSERT_OK(file_map(s->a, in(s, "a.enc"), &s->bytes));
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

static void
a_file_holds_what_was_encoded(void **state)
{
    setting *s = *state;
    encoded_fields e;
    ASSERT_OK(encoded_fields_read(s->a, in(s, "a.enc"), NULL, &e));
    const link_records *r = &e.records;
    assert_int_equal(r->n, 5);
    assert_true(text_is(r->id[0], "1"));
    assert_int_equal(r->attribute[0].of[3], -1);
    assert_int_equal(r->given, 0);
    assert_int_equal(r->family, 1);
    level_set names, lands;
    ASSERT_OK(level_set_new(s->a, &r->set[r->attribute[0].set], &names));
    assert_int_equal(level_of(&names, (size_t)r->attribute[0].of[0], (size_t)r->attribute[0].of[1]), NAME_EDIT);  /* Anna, Ana */
    assert_int_equal(level_of(&names, (size_t)r->attribute[0].of[2], (size_t)r->attribute[0].of[4]), NAME_INITIAL);    /* Bogdan, B */
    assert_int_equal(level_of(&names, (size_t)r->attribute[0].of[0], (size_t)r->attribute[0].of[4]), NAME_ELSE);
    size_t land = 0;
    while (r->attribute[land].kind != KIND_nationality) land++;
    ASSERT_OK(level_set_new(s->a, &r->set[r->attribute[land].set], &lands));
    assert_int_equal(level_of(&lands, (size_t)r->attribute[land].of[0], (size_t)r->attribute[land].of[1]), EQUAL_GROUP); /* aw, nl */
    assert_int_equal(level_of(&lands, (size_t)r->attribute[land].of[0], (size_t)r->attribute[land].of[2]), EQUAL_ELSE);
}

/* The order of rows and the number of threads leave no trace; a key does. */
static void
the_same_bytes_for_any_order(void **state)
{
    setting *s = *state;
    text other;
    threads_set(3);
    encode_to(s, shuffled_csv, fields_yaml, "k1", "b.enc");
    threads_set(1);
    ASSERT_OK(file_map(s->a, in(s, "b.enc"), &other));
    assert_true(text_equal(s->bytes, other));
    encode_to(s, people_csv, fields_yaml, "k2", "c.enc");
    ASSERT_OK(file_map(s->a, in(s, "c.enc"), &other));
    assert_false(text_equal(s->bytes, other));
    assert_null(memmem(s->bytes.bytes, s->bytes.n, "popescu", 7));
    assert_null(memmem(s->bytes.bytes, s->bytes.n, "Popescu", 7));
    assert_null(memmem(s->bytes.bytes, s->bytes.n, "999900018", 9));
}

static void
only_what_was_made_alike_is_joined(void **state)
{
    setting *s = *state;
    static const char less[] = "id: id\nfields:\n  - {column: given, kind: given_name}\n  - {column: family, kind: family_name}\n";
    encoded_fields a, b;
    link_records r;
    ASSERT_OK(encoded_fields_read(s->a, in(s, "a.enc"), NULL, &a));
    encode_to(s, people_csv, fields_yaml, "k2", "other_key.enc");
    encode_to(s, people_csv, fields_yaml, "k3", "other_epoch.enc");
    encode_to(s, people_csv, less, "k1", "other_fields.enc");
    encode_to(s, people_csv, fields_yaml, "k1", "alike.enc");
    static const struct {
        const char *file;
        status want;
    } cases[] = {{"other_key.enc", ST_INVALID}, {"other_epoch.enc", ST_INVALID}, {"other_fields.enc", ST_INVALID}, {"alike.enc", ST_OK}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ASSERT_OK(encoded_fields_read(s->a, in(s, cases[i].file), NULL, &b));
        ASSERT_STATUS(encoded_fields_join(s->a, 2, (const encoded_fields *const[]){&a, &b}, &r), cases[i].want);
    }
    assert_int_equal(r.n, 10);
    assert_int_equal(r.split, 5);
    assert_int_equal(r.set[0].n, a.records.set[0].n);
    for (size_t f = 0; f < r.attributes; f++)
        for (size_t i = 0; i < 5; i++) assert_int_equal(r.attribute[f].of[i], r.attribute[f].of[i + 5]);
    /* the same token with other bits: forged */
    ((coded_filter *)(uintptr_t)b.records.set[0].coded->filter)[0].words[0] ^= 1;
    ASSERT_STATUS(encoded_fields_join(s->a, 2, (const encoded_fields *const[]){&a, &b}, &r), ST_INVALID);
}

/* With a hash that fits: whoever forges can make one. */
static status
read_forged(setting *s, size_t at, const void *bytes, size_t n)
{
    SCRATCH(tmp);
    encoded_fields e;
    char *copy = arena_copy(tmp, s->bytes.bytes, s->bytes.n);
    memcpy(copy + at, bytes, n);
    hash end = hash_of(copy, s->bytes.n - sizeof end.bytes);
    memcpy(copy + s->bytes.n - sizeof end.bytes, end.bytes, sizeof end.bytes);
    return encoded_fields_read_bytes(tmp, "forged", (text){copy, s->bytes.n}, &e);
}

static void
damaged_and_forged_files_are_refused(void **state)
{
    setting *s = *state;
    encoded_fields e;
    for (size_t n = 0; n < s->bytes.n; n += 1 + n / 7)
        ASSERT_STATUS(encoded_fields_read_bytes(s->a, "cut", (text){s->bytes.bytes, n}, &e), ST_INVALID);
    const uint64_t many = UINT64_MAX / 2;
    const uint32_t wrong = 77;
    char full[128];
    memset(full, 255, sizeof full);
    const size_t head = 8 + 16 + 8 + ENCODE_DOMAIN + sizeof(hash), set = head + 16, values = 16 + 8 + 8 + 16;
    encoded_fields good;
    ASSERT_OK(encoded_fields_read_bytes(s->a, "good", s->bytes, &good));
    const char *given = memmem(s->bytes.bytes, s->bytes.n, "given", 6);
    assert_non_null(given);
    size_t name = (size_t)(given - s->bytes.bytes), filters = set + good.records.set[0].n * values;
    const struct {
        const char *label;
        size_t at;
        const void *bytes;
        size_t n;
    } cases[] = {{"number of sets", 12, &wrong, 4}, {"number of fields", 16, &wrong, 4}, {"number of records", 24, &many, 8},
                 {"type of a set", head, &wrong, 4}, {"kind of a set", head + 4, &wrong, 4}, {"values of a set", head + 8, &many, 8},
                 {"order of tokens", set, full, 16}, {"a full filter", filters, full, 128},
                 {"a domain that moves the terminal", 8 + 16 + 8, "\033", 1}, {"a column's name that does", name, "\n", 1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        status code = read_forged(s, cases[i].at, cases[i].bytes, cases[i].n);
        if (code != ST_INVALID) fail_msg("%s: got %s, want a refusal", cases[i].label, status_text(code));
    }
}

static void
each_kind_of_file_says_where_it_belongs(void **state)
{
    setting *s = *state;
    size_t rows_n;
    encoded whole;
    encoded_fields e;
    ASSERT_OK(encode_file(in(s, "people.csv"), in(s, "fields.yaml"), in(s, "k1"), in(s, "whole.enc"), &rows_n));
    ASSERT_STATUS(encoded_fields_read(s->a, in(s, "whole.enc"), NULL, &e), ST_INVALID);
    assert_non_null(strstr(status_detail(), "peil match"));
    ASSERT_STATUS(encoded_read(s->a, in(s, "a.enc"), &whole), ST_INVALID);
    assert_non_null(strstr(status_detail(), "in one way"));
    assert_true(encoded_fields_are(in(s, "a.enc")) && !encoded_are(in(s, "a.enc")));
    assert_true(encoded_are(in(s, "whole.enc")) && !encoded_fields_are(in(s, "whole.enc")));
    assert_false(encoded_fields_are(in(s, "people.csv")));
}

typedef struct paths {
    const char *csv, *yaml, *key, *out;
} paths;

static status
there_and_back(const paths *p)
{
    SCRATCH(tmp);
    encoded_fields e;
    link_records r;
    size_t rows_n;
    CHECK(encode_fields_file(p->csv, p->yaml, p->key, NULL, p->out, &rows_n));
    CHECK(encoded_fields_read(tmp, p->out, NULL, &e));
    return encoded_fields_join(tmp, 2, (const encoded_fields *const[]){&e, &e}, &r);
}

static void
memory_may_run_out(void **state)
{
    setting *s = *state;
    const paths p = {in(s, "people.csv"), in(s, "fields.yaml"), in(s, "k1"), in(s, "m.enc")};
    threads_set(1);
    ASSERT_SURVIVES_NO_MEMORY(there_and_back(&p));
}

int
main(void)
{
    if (sodium_init() < 0) return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_compare_as_they_did),
        cmocka_unit_test(levels_of_encodings_are_those_of_names),
        cmocka_unit_test(encodings_link_as_well_as_names),
        cmocka_unit_test_setup_teardown(a_file_holds_what_was_encoded, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_same_bytes_for_any_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(only_what_was_made_alike_is_joined, set_up, tear_down),
        cmocka_unit_test_setup_teardown(damaged_and_forged_files_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(each_kind_of_file_says_where_it_belongs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(memory_may_run_out, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
