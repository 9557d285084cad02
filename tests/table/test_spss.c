#include "testing.h"

#include "base/date.h"
#include "table/spss.h"

#include <math.h>
#include <unistd.h>

static const code sex_codes[] = {{"female", {"vrouw", "female"}}, {"male", {"man", "male"}}};
static const code_list sexes = {"sex", 2, sex_codes};

static status
make_table(arena *a, size_t rows, table *t)
{
    CHECK(table_new(a, "police", rows, 4, t));
    CHECK(table_set_column(a, t, 0, "geslacht", COLUMN_INT8, &sexes));
    CHECK(table_set_column(a, t, 1, "datum", COLUMN_DATE, NULL));
    CHECK(table_set_column(a, t, 2, "leeftijd", COLUMN_DOUBLE, NULL));
    text_column *names;
    CHECK(text_column_new(a, rows, &names));
    for (size_t i = 0; i < rows; i++) {
        ((int8_t *)t->column[0].data)[i] = i % 3 == 2 ? INT8_MIN : (int8_t)(i % 3);
        ((int32_t *)t->column[1].data)[i] = i % 7 == 6 ? DATE_MISSING : (int32_t)(16000 + i);
        ((double *)t->column[2].data)[i] = i % 5 == 4 ? NAN : 18.5 + (double)i;
        CHECK(text_column_put(names, i, i % 4 == 3 ? TEXT("") : i % 2 ? TEXT("J\xc3\xb6rg") : TEXT("Ewa; \"x\"")));
    }
    CHECK(text_column_end(names, &t->column[3]));
    t->column[3].name = "naam";
    return ST_OK;
}

static char *
temporary(arena *a)
{
    char *path = arena_copy(a, "/tmp/peil_spss_XXXXXX", 21);
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    return path;
}

static void
what_was_written_is_read(void **state)
{
    (void)state;
    for (int compressed = 0; compressed < 2; compressed++) {
        SCRATCH(a);
        table t, got;
        ASSERT_OK(make_table(a, 1000, &t));
        char *path = temporary(a);
        ASSERT_OK(spss_write(path, &t, &(spss_options){.compressed = compressed}));
        ASSERT_OK(spss_read(a, path, &got));
        unlink(path);
        assert_int_equal(got.rows, 1000);
        assert_int_equal(got.columns, 4);
        assert_int_equal(got.column[0].type, COLUMN_DOUBLE);
        assert_string_equal(got.column[0].codes->items[1].code, "1");
        assert_string_equal(got.column[0].codes->items[1].label[LANGUAGE_NL], "man");
        assert_int_equal(got.column[1].type, COLUMN_DATE);
        for (size_t i = 0; i < got.rows; i++) {
            double sex = column_double(&got.column[0])[i];
            assert_true(i % 3 == 2 ? isnan(sex) : sex == (double)(i % 3));
            assert_int_equal(column_int32(&got.column[1])[i], column_int32(&t.column[1])[i]);
            double age = column_double(&got.column[2])[i];
            assert_true(i % 5 == 4 ? isnan(age) : age == 18.5 + (double)i);
            assert_true(text_equal(column_text(&got.column[3], i), column_text(&t.column[3], i)));
        }
    }
}

static void
damaged_files_are_errors(void **state)
{
    (void)state;
    SCRATCH(a);
    table t, got;
    ASSERT_OK(make_table(a, 50, &t));
    char *path = temporary(a);
    ASSERT_OK(spss_write(path, &t, NULL));
    text bytes;
    ASSERT_OK(file_map(a, path, &bytes));
    unlink(path);
    ASSERT_STATUS(spss_read_bytes(a, "t.sav", TEXT(""), &got), ST_INVALID);
    ASSERT_STATUS(spss_read_bytes(a, "t.sav", TEXT("a,b\n1,2\n"), &got), ST_INVALID);
    for (size_t n = 1; n < bytes.n; n += 97) {
        SCRATCH(tmp);
        status code = spss_read_bytes(tmp, "t.sav", (text){bytes.bytes, n}, &got);
        if (code == ST_OK) assert_true(got.rows < 50); /* cut between rows of a file without a row count */
        else assert_int_equal(code, ST_INVALID);
    }
    ASSERT_STATUS(spss_read(a, "/nonexistent.sav", &got), ST_NOT_FOUND);
    ASSERT_STATUS(spss_read(a, "/tmp", &got), ST_IO);
}

static void
memory_may_run_out(void **state)
{
    (void)state;
    SCRATCH(a);
    table t, got;
    ASSERT_OK(make_table(a, 50, &t));
    char *path = temporary(a);
    ASSERT_OK(spss_write(path, &t, NULL));
    ASSERT_SURVIVES_NO_MEMORY(spss_read(a, path, &got));
    unlink(path);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_written_is_read),
        cmocka_unit_test(damaged_files_are_errors),
        cmocka_unit_test(memory_may_run_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
