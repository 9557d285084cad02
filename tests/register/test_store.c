#include "deliveries.h"

#include <signal.h>
#include <sodium.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/resource.h>

/* Every byte of every file in a folder. */
static bool
folder_holds(arena *a, const char *folder, const void *bytes, size_t n)
{
    size_t files;
    char **names;
    ASSERT_OK(folder_list(a, folder, &files, &names));
    for (size_t i = 0; i < files; i++) {
        text all;
        ASSERT_OK(file_map(a, path_join(a, folder, names[i]), &all));
        if (all.n >= n && memmem(all.bytes, all.n, bytes, n)) return true;
    }
    return false;
}

static const char *const planted[] = {"Qzgiven", "Qzfamily", "1990-04-05", "999900006", "9876543210", "Qzplace", "QZCASE77"};

/* A day as the four bytes the sealed identity would hold. */
static const unsigned char planted_day[4] = {0xeb, 0x1c, 0, 0}; /* 1990-04-05 is day 7403 */

#define REPORT(number, consent) \
    number ";2018-03-04;" consent ";" consent ";Qzgiven;Qzfamily;1990-04-05;V;NG;999900006;9876543210;sexual;;;;Qzplace;;;\n"

static void
assert_nothing_planted(arena *a, const fixture *f, const char *when)
{
    for (size_t i = 0; i < sizeof planted / sizeof *planted; i++)
        if (folder_holds(a, f->folder, planted[i], strlen(planted[i]))) fail_msg("%s: %s lies in the folder of the store", when, planted[i]);
    if (folder_holds(a, f->folder, planted_day, sizeof planted_day)) fail_msg("%s: the day of birth lies in the folder of the store", when);
}

static void
no_identity_lies_open(void **state)
{
    (void)state;
    static const char *const consents[] = {"geweigerd", "ingetrokken", "", "gezag" /* an adult's */, "betrokkene" /* kept, sealed */};
    for (size_t i = 0; i < sizeof consents / sizeof *consents; i++) {
        SCRATCH(tmp);
        fixture f = fixture_new(tmp, true);
        char *csv = arena_printf(tmp, OTHER_HEADER "QZCASE77;2018-03-04;%s;%s;Qzgiven;Qzfamily;1990-04-05;V;NG;999900006;9876543210;sexual;;;;Qzplace;;;\n"
                                 "QZCASE77;2018-03-04;%s;;Qzgiven;Qzfamily;1990-04-05;Qz;Qz;9999;Qz;Qz;;;;Qzplace;;;\n" /* a double, named */
                                 "9;;%s;;Qzgiven;Qzfamily;1990-04-05;V;NG;999900006;9876543210;sexual;;;;Qzplace;;;\n" /* rejected */
                                 "8;2018-03-04;%s;;Qzgiven;Qzfamily;1990-04-05;V;NG;999900006;9876543210;sexual;Qzplace\n", /* too short */
                                 consents[i], consents[i], consents[i], consents[i], consents[i]);
        delivery_counts c = fixture_intake(&f, "other_reporters", csv);
        assert_int_equal(c.counted, i == 4 ? 0 : 1);
        assert_int_equal(c.rejected, 3);
        assert_nothing_planted(tmp, &f, consents[i]);
        fixture_remove(&f);
    }
}

static text
one_blob(arena *a, const char *path, const char *sql)
{
    sqlite3 *db;
    sqlite3_stmt *q;
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &q, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(q), SQLITE_ROW);
    size_t n = (size_t)sqlite3_column_bytes(q, 0);
    text copy = {arena_copy(a, sqlite3_column_blob(q, 0), n), n};
    sqlite3_finalize(q);
    sqlite3_close(db);
    return copy;
}

static void
change(const char *path, const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK) fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    sqlite3_close(db);
}

/* Given first, withdrawn later: what was stored is gone, sealed or not, from every file. */
static void
withdrawal_erases_what_was_stored(void **state)
{
    (void)state;
    SCRATCH(tmp);
    fixture f = fixture_new(tmp, true);
    delivery_counts c = fixture_intake(&f, "other_reporters", OTHER_HEADER REPORT("1", "betrokkene") REPORT("2", "betrokkene"));
    assert_int_equal(c.kept, 2);
    text sealed = one_blob(tmp, f.path, "SELECT identity FROM notifications WHERE id = 1");
    assert_true(sealed.n > 100);
    assert_true(folder_holds(tmp, f.folder, sealed.bytes, sealed.n));
    c = fixture_intake(&f, "other_reporters", OTHER_HEADER REPORT("1", "ingetrokken"));
    assert_int_equal(c.counted, 1);
    assert_int_equal(c.erased, 1);
    assert_false(folder_holds(tmp, f.folder, sealed.bytes + 24, 40));
    table n, counted;
    fixture_read(&f, PURPOSE_registration, &n, &counted);
    assert_int_equal(n.rows, 1);
    assert_int_equal(counted.rows, 1);
    assert_string_equal(row_text(tmp, &counted, 0), "reporter=other_reporters year=2018 reason=withdrawn ");
    fixture_remove(&f);
}

static register_store *
reopen(arena *a, const fixture *f)
{
    register_store *s;
    ASSERT_OK(register_store_open(a, f->path, f->definition, f->key, &s));
    return s;
}

static void
a_store_that_was_tampered_with_is_found_out(void **state)
{
    (void)state;
    static const struct {
        const char *label, *sql;
        status want;
    } rows[] = {
        {"nothing", "SELECT 1", ST_OK},
        {"identities swapped", "UPDATE notifications SET identity = (SELECT identity FROM notifications n WHERE n.id = 3 - notifications.id)", ST_DENIED},
        {"a byte changed", "UPDATE notifications SET identity = zeroblob(100) WHERE id = 1", ST_DENIED},
        {"cut off", "UPDATE notifications SET identity = x'00' WHERE id = 1", ST_INVALID},
        {"audit entry changed", "DROP TRIGGER audit_kept_1; UPDATE audit SET detail = 'read=0' WHERE id = 2", ST_INVALID},
        {"audit entry removed", "DROP TRIGGER audit_kept_2; DELETE FROM audit WHERE id = 1", ST_INVALID},
        {"audit entry forged", "INSERT INTO audit VALUES(3, 1, 'delivery', '', zeroblob(32))", ST_INVALID},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        SCRATCH(tmp);
        fixture f = fixture_new(tmp, true);
        (void)fixture_intake(&f, "other_reporters", OTHER_HEADER REPORT("1", "betrokkene") REPORT("2", "betrokkene"));
        change(f.path, rows[i].sql);
        size_t entries;
        hash last;
        status code = register_store_verify(reopen(tmp, &f), &entries, &last);
        if (code != rows[i].want) fail_msg("%s: %s (%s)", rows[i].label, status_text(code), status_detail());
        if (code == ST_OK) assert_int_equal(entries, 2);
        fixture_remove(&f);
    }
}

static void
the_audit_chain_is_append_only(void **state)
{
    (void)state;
    SCRATCH(tmp);
    fixture f = fixture_new(tmp, true);
    sqlite3 *db;
    assert_int_equal(sqlite3_open(f.path, &db), SQLITE_OK);
    assert_int_not_equal(sqlite3_exec(db, "UPDATE audit SET at = 0", NULL, NULL, NULL), SQLITE_OK);
    assert_int_not_equal(sqlite3_exec(db, "DELETE FROM audit", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    fixture_remove(&f);
}

static void
only_its_own_key_opens_a_store(void **state)
{
    (void)state;
    SCRATCH(tmp);
    fixture f = fixture_new(tmp, true);
    register_key *other;
    register_store *s;
    ASSERT_OK(register_key_random(tmp, &other));
    ASSERT_STATUS(register_store_open(tmp, f.path, f.definition, other, &s), ST_DENIED);
    struct stat st;
    assert_int_equal(stat(f.path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    fixture_remove(&f);
}

static void
no_store_is_made_of_another_file(void **state)
{
    (void)state;
    SCRATCH(tmp);
    fixture f = fixture_new(tmp, true);
    register_store *s;
    char *path = path_join(tmp, f.folder, "no.db");
    ASSERT_OK(file_write(path, TEXT("this is no database, but a text that somebody named instead of the store, long enough to be read")));
    ASSERT_STATUS(register_store_open(tmp, path, f.definition, f.key, &s), ST_INVALID);
    ASSERT_STATUS(register_store_open(tmp, f.folder, f.definition, f.key, &s), ST_IO);
    ASSERT_STATUS(register_store_open(tmp, path_join(tmp, f.folder, "no/such.db"), f.definition, f.key, &s), ST_IO);
    fixture_remove(&f);
}

static void
key_files_are_made_once_and_kept_private(void **state)
{
    (void)state;
    SCRATCH(tmp);
    fixture f = fixture_new(tmp, true);
    char *folder = path_join(tmp, f.folder, "keys"), *path = path_join(tmp, folder, "k");
    register_key *k, *again;
    ASSERT_STATUS(register_key_load(tmp, path, false, &k), ST_NOT_FOUND);
    ASSERT_OK(register_key_load(tmp, path, true, &k));
    ASSERT_OK(register_key_load(tmp, path, true, &again));
    for (int use = 1; use < KEY_USES; use++) {
        assert_memory_equal(register_key_for(k, (key_use)use), register_key_for(again, (key_use)use), KEY_BYTES);
        if (use > 1) assert_memory_not_equal(register_key_for(k, (key_use)use), register_key_for(k, (key_use)(use - 1)), KEY_BYTES);
    }
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(chmod(path, 0640), 0);
    ASSERT_STATUS(register_key_load(tmp, path, true, &k), ST_DENIED);
    static const char *const bad[] = {"", "00", "zz00000000000000000000000000000000000000000000000000000000000000",
                                      "000000000000000000000000000000000000000000000000000000000000000000000"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        unlink(path);
        ASSERT_OK(file_write(path, text_of(bad[i])));
        assert_int_equal(chmod(path, 0600), 0);
        ASSERT_STATUS(register_key_load(tmp, path, true, &k), ST_INVALID);
    }
    unlink(path);
    rmdir(folder);
    fixture_remove(&f);
}

/* No room for the delivery: an error, and the store as it was. */
static void
a_full_disk_changes_nothing(void **state)
{
    (void)state;
    SCRATCH(tmp);
    fixture f = fixture_new(tmp, true);
    (void)fixture_intake(&f, "other_reporters", OTHER_HEADER REPORT("1", "betrokkene"));
    text_builder b = text_builder_new(tmp);
    text_put(&b, OTHER_HEADER);
    for (int i = 0; i < 20000; i++) text_printf(&b, "R%d;2018-03-04;betrokkene;;Ada;Tok;;V;;;;;;;;;;;\n", i);
    text csv;
    ASSERT_OK(text_builder_end(&b, &csv));
    struct rlimit before;
    intake_result r;
    getrlimit(RLIMIT_FSIZE, &before);
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){300 * 1024, before.rlim_max});
    status code = register_intake_bytes(f.store, fixture_source(&f, "other_reporters"), "t.csv", csv, f.rejections, &r);
    setrlimit(RLIMIT_FSIZE, &before);
    signal(SIGXFSZ, SIG_DFL);
    if (code != ST_IO) fail_msg("got %s (%s)", status_text(code), status_detail());
    table n, counted;
    register_store *s = reopen(tmp, &f);
    ASSERT_OK(register_store_read(tmp, s, NULL, &n, &counted));
    assert_int_equal(n.rows, 1);
    size_t entries;
    hash last;
    ASSERT_OK(register_store_verify(s, &entries, &last));
    ASSERT_OK(register_intake_bytes(f.store, fixture_source(&f, "other_reporters"), "t.csv", csv, f.rejections, &r));
    assert_int_equal(r.counts.kept, 20000);
    fixture_remove(&f);
}

/* The rejection file cannot be written: nothing is taken in. */
static void
no_rejection_file_no_intake(void **state)
{
    (void)state;
    SCRATCH(tmp);
    fixture f = fixture_new(tmp, true);
    intake_result r;
    status code = register_intake_bytes(f.store, fixture_source(&f, "other_reporters"), "t.csv", TEXT(OTHER_HEADER REPORT("1", "betrokkene")),
                                        "/nonexistent/rejections.csv", &r);
    assert_int_equal(code, ST_IO);
    table n, counted;
    fixture_read(&f, PURPOSE_registration, &n, &counted);
    assert_int_equal(n.rows + counted.rows, 0);
    fixture_remove(&f);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_identity_lies_open),
        cmocka_unit_test(withdrawal_erases_what_was_stored),
        cmocka_unit_test(a_store_that_was_tampered_with_is_found_out),
        cmocka_unit_test(the_audit_chain_is_append_only),
        cmocka_unit_test(only_its_own_key_opens_a_store),
        cmocka_unit_test(no_store_is_made_of_another_file),
        cmocka_unit_test(key_files_are_made_once_and_kept_private),
        cmocka_unit_test(a_full_disk_changes_nothing),
        cmocka_unit_test(no_rejection_file_no_intake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
