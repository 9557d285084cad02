/* Reading overlap tables: what is refused, and why; tables from victims; lists left out and merged. */
#include "reference.h"

#include "estimate/model.h"

static void
write_text(const char *path, const char *content)
{
    ASSERT_OK(file_write(path, text_of(content)));
}

static void
test_reading(void **state)
{
    (void)state;
    SCRATCH(a);
    static const struct {
        const char *label, *input;
        status want;
        const char *says;
    } rows[] = {
        {"plain", "A,B,count\n1,0,5\n0,1,3\n1,1,2\n", ST_OK, ""},
        {"rows in any order add up", "count,A,B\n2,1,1\n5,1,0\n1,1,1\n3,0,1\n", ST_OK, ""},
        {"semicolons", "A;B;count\n1;0;5\n0;1;3\n1;1;2\n", ST_OK, ""},
        {"all-zero row without persons", "A,B,count\n0,0,0\n1,0,5\n0,1,3\n1,1,2\n", ST_OK, ""},
        {"two rows of 2^30", "A,B,count\n1,0,1073741824\n0,1,3\n1,1,1073741823\n", ST_OK, ""},
        {"negative", "A,B,count\n1,0,-5\n0,1,3\n1,1,2\n", ST_INVALID, "row 2, column count"},
        {"fraction", "A,B,count\n1,0,5\n0,1,3.5\n1,1,2\n", ST_INVALID, "row 3, column count"},
        {"empty count", "A,B,count\n1,0,5\n0,1,\n1,1,2\n", ST_INVALID, "row 3, column count"},
        {"not a number", "A,B,count\n1,0,x\n", ST_INVALID, "row 2, column count"},
        {"above 2^31", "A,B,count\n1,0,2147483648\n0,1,3\n1,1,2\n", ST_INVALID, "2147483647"},
        {"adds up to above 2^31", "A,B,count\n1,0,2147483647\n1,0,3\n1,1,2\n", ST_INVALID, "add up"},
        {"nobody on B", "A,B,C,count\n1,0,0,5\n1,0,1,3\n0,0,1,2\n", ST_INVALID, "list B"},
        {"one list", "A,count\n1,5\n", ST_INVALID, "two lists"},
        {"no list", "count\n5\n", ST_INVALID, "two lists"},
        {"no count", "A,B\n1,0\n", ST_INVALID, "no column `count`"},
        {"unknown column", "A,B,sex,count\n1,0,F,5\n", ST_INVALID, "column sex: expected 0 or 1"},
        {"2 in a list", "A,B,count\n1,2,5\n", ST_INVALID, "column B: expected 0 or 1"},
        {"person on no list", "A,B,count\n0,0,5\n", ST_INVALID, "row 2: persons on no list"},
        {"no persons", "A,B,count\n1,0,0\n", ST_INVALID, "nobody"},
        {"no rows", "A,B,count\n", ST_INVALID, "nobody"},
        {"short row", "A,B,count\n1,0\n", ST_INVALID, "row 2"},
        {"17 lists", "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,count\n", ST_LIMIT, "16"},
        {"empty file", "", ST_INVALID, ""},
    };
    char *folder = arena_printf(a, "%s/peil-overlap-XXXXXX", P_tmpdir);
    assert_non_null(mkdtemp(folder));
    const char *path = path_join(a, folder, "table.csv");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        overlap o;
        write_text(path, rows[i].input);
        status_detail_clear();
        status got = overlap_read(a, path, NULL, &o);
        if (got != rows[i].want) fail_msg("%s: got %s (%s)", rows[i].label, status_text(got), status_detail());
        if (got != ST_OK && (!strstr(status_detail(), rows[i].says) || !strstr(status_detail(), path)))
            fail_msg("%s: says %s", rows[i].label, status_detail());
    }
    remove(path);
    ASSERT_STATUS(overlap_read(a, path, NULL, &(overlap){0}), ST_NOT_FOUND);
    remove(folder);
}

static void
test_victims(void **state)
{
    (void)state;
    SCRATCH(a);
    static const code reporters[] = {{"police", {"", ""}}, {"ngo", {"", ""}}, {"nobody", {"", ""}}, {"inspectorate", {"", ""}}};
    static const code_list codes = {"reporter", 4, reporters};
    static const uint32_t sets[] = {1, 3, 2, 8, 9, 11, 0, 1};
    static const uint8_t keep[] = {1, 1, 1, 1, 1, 1, 1, 0};
    table victims;
    overlap o, without, merged;
    ASSERT_OK(table_new(a, "victims", 8, 1, &victims));
    ASSERT_OK(table_set_column(a, &victims, 0, "reporters", COLUMN_SET, &codes));
    memcpy(victims.column[0].data, sets, sizeof sets);
    ASSERT_OK(overlap_from_table(a, &victims, "reporters", keep, &o));
    assert_int_equal(o.lists, 3);
    assert_string_equal(o.name[2], "inspectorate");
    static const double want[8] = {0, 1, 1, 1, 1, 1, 0, 1};
    for (int s = 0; s < 8; s++) assert_true(o.count[s] == want[s]);
    ASSERT_OK(overlap_without(a, &o, 0, &without));
    assert_true(without.count[1] == 2 && without.count[2] == 2 && without.count[3] == 1 && without.total == 5);
    ASSERT_OK(overlap_merge(a, &o, 0, 2, &merged));
    assert_string_equal(merged.name[0], "police+inspectorate");
    assert_true(merged.count[1] == 3 && merged.count[2] == 1 && merged.count[3] == 2 && merged.total == 6);
}

static void
test_notation(void **state)
{
    (void)state;
    SCRATCH(a);
    static const struct {
        const char *input;
        int lists;
        const char *want;
        status want_status;
    } rows[] = {
        {"[1,2,3]", 3, "[1,2,3]", ST_OK},          {"[12,3]", 3, "[12,3]", ST_OK},
        {"[3,21]", 3, "[12,3]", ST_OK},            {"[123]", 4, "[123,4]", ST_OK},
        {"[34,123,14]", 4, "[123,14,34]", ST_OK},  {"[10.2,1]", 10, "[2.10,1,3,4,5,6,7,8,9]", ST_OK},
        {"[14]", 3, NULL, ST_INVALID},             {"12", 3, NULL, ST_INVALID},
        {"[]", 3, NULL, ST_INVALID},               {"[11]", 3, NULL, ST_INVALID},
        {"[1,,2]", 3, NULL, ST_INVALID},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        model m;
        text got;
        status code = model_parse(text_of(rows[i].input), rows[i].lists, &m);
        if (code != rows[i].want_status) fail_msg("%s: got %s", rows[i].input, status_text(code));
        if (code != ST_OK) continue;
        ASSERT_OK(model_text(a, &m, &got));
        assert_string_equal(got.bytes, rows[i].want);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reading),
        cmocka_unit_test(test_victims),
        cmocka_unit_test(test_notation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
