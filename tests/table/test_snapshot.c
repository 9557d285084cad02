#include "testing.h"

#include "table/snapshot.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static const code form_codes[] = {{"sexual", {"seksueel", "sexual"}}, {"labour", {"arbeid", "labour"}}};
static const code_list forms = {"forms", 2, form_codes};

static status
make_tables(arena *a, size_t rows, table t[2])
{
    CHECK(table_new(a, "victim", rows, 3, &t[0]));
    CHECK(table_set_column(a, &t[0], 0, "person", COLUMN_INT32, NULL));
    CHECK(table_set_column(a, &t[0], 1, "forms", COLUMN_SET, &forms));
    text_column *place;
    CHECK(text_column_new(a, rows, &place));
    for (size_t i = 0; i < rows; i++) {
        ((int32_t *)t[0].column[0].data)[i] = (int32_t)(i / 2);
        ((uint32_t *)t[0].column[1].data)[i] = (uint32_t)(1 + i % 3);
        CHECK(text_column_put(place, i, i % 2 ? TEXT("Ede") : TEXT("Den Haag")));
    }
    CHECK(text_column_end(place, &t[0].column[2]));
    t[0].column[2].name = "place";
    CHECK(table_new(a, "empty", 0, 1, &t[1]));
    return table_set_column(a, &t[1], 0, "age", COLUMN_DOUBLE, NULL);
}

static void
a_snapshot_opens_as_written(void **state)
{
    (void)state;
    SCRATCH(a);
    table t[2];
    ASSERT_OK(make_tables(a, 101, t));
    char *top = temporary_folder(a, "snapshot"), *folder = path_join(a, top, "s");
    hash content, again;
    ASSERT_OK(snapshot_write(folder, 2, t, (const char *const[]){"person", NULL}, &content));
    snapshot s;
    ASSERT_OK(snapshot_open(a, folder, &s));
    ASSERT_OK(snapshot_verify(folder));
    ASSERT_OK(snapshot_hash(s.n, s.table, &again));
    assert_memory_equal(&content, &again, sizeof content);
    const table *victim = snapshot_table(&s, "victim");
    assert_non_null(victim);
    assert_null(snapshot_table(&s, "nobody"));
    assert_int_equal(victim->rows, 101);
    assert_memory_equal(victim->column[0].data, t[0].column[0].data, 101 * 4);
    assert_memory_equal(victim->column[1].data, t[0].column[1].data, 101 * 4);
    assert_string_equal(victim->column[1].codes->items[1].label[LANGUAGE_NL], "arbeid");
    for (size_t i = 0; i < 101; i++) assert_true(text_is(column_text(&victim->column[2], i), i % 2 ? "Ede" : "Den Haag"));
    ASSERT_STATUS(snapshot_write(folder, 2, t, NULL, &content), ST_BUSY);
    remove_all(a, folder);
    rmdir(top);
}

static void
bad_tables_and_damaged_files_are_named(void **state)
{
    (void)state;
    SCRATCH(a);
    table t[2];
    ASSERT_OK(make_tables(a, 101, t));
    char *top = temporary_folder(a, "snapshot"), *folder = path_join(a, top, "s");
    hash content;
    ((int32_t *)t[0].column[0].data)[7] = 99;
    ASSERT_STATUS(snapshot_write(folder, 2, t, (const char *const[]){"person", NULL}, &content), ST_INVALID);
    assert_false(file_exists(folder));
    t[1].name = "../evil";
    ASSERT_STATUS(snapshot_write(folder, 2, t, NULL, &content), ST_INVALID);
    t[1].name = "empty";
    ASSERT_OK(snapshot_write(folder, 2, t, NULL, &content));
    char *path = path_join(a, folder, "victim.person.bin");
    assert_int_equal(chmod(path, 0600), 0);
    int fd = open(path, O_RDWR);
    assert_int_equal(pwrite(fd, "x", 1, 40), 1);
    snapshot s;
    ASSERT_OK(snapshot_open(a, folder, &s));
    ASSERT_STATUS(snapshot_verify(folder), ST_INVALID);
    assert_non_null(strstr(status_detail(), "column person of table victim"));
    assert_int_equal(ftruncate(fd, 100), 0);
    close(fd);
    ASSERT_STATUS(snapshot_open(a, folder, &s), ST_INVALID);
    remove_all(a, folder);
    ASSERT_STATUS(snapshot_open(a, folder, &s), ST_NOT_FOUND);
    rmdir(top);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_snapshot_opens_as_written),
        cmocka_unit_test(bad_tables_and_damaged_files_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
