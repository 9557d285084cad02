/* Linkage error: the correction for known rates, and draws of uncertain links. */
#include "reference.h"

#include "estimate/links.h"

/* Two lists: Ding & Fienberg's estimator by hand. */
static void
test_two_lists(void **state)
{
    (void)state;
    static const struct {
        const char *label;
        double missed, falsely, count[4], want[4];
        bool fits;
    } rows[] = {
        {"no error", 0, 0, {0, 60, 40, 20}, {0, 60, 40, 20}, true},
        /* 80 on the first list, 60 on the second; a tenth of the links missed: 18 / .9 = 20 in truth */
        {"missed links", 0.1, 0, {0, 62, 42, 18}, {0, 60, 40, 20}, true},
        /* 5 % of the 60 others linked falsely: 20 + 3 */
        {"false links", 0, 0.05, {0, 57, 37, 23}, {0, 60, 40, 20}, true},
        {"both", 0.1, 0.05, {0, 59, 39, 21}, {0, 60, 40, 20}, true},
        {"rates too large", 0, 0.5, {0, 60, 40, 20}, {0, 80, 60, 0}, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double count[4];
        memcpy(count, rows[i].count, sizeof count);
        assert_int_equal(links_correct(2, rows[i].missed, rows[i].falsely, count), rows[i].fits);
        for (int c = 1; c < 4; c++) assert_close(rows[i].label, count[c], rows[i].want[c], 1e-12);
    }
}

/* Whatever the rates, nobody joins or leaves a list. */
static void
test_margins(void **state)
{
    (void)state;
    SCRATCH(a);
    overlap o = reference_table(a, "UKdat_5.csv");
    double before[32], after[32], count[32];
    overlap_superset_sums(5, o.count, before);
    memcpy(count, o.count, sizeof count);
    links_correct(5, 0.04, 0.0001, count);
    overlap_superset_sums(5, count, after);
    for (int l = 0; l < 5; l++) assert_close("persons on a list", after[1 << l], before[1 << l], 1e-12);
    assert_true(after[0] < before[0]); /* links found join persons that were two */
}

static const char *
write_text(arena *a, const char *content)
{
    char *path = arena_printf(a, "%s/peil-links-XXXXXX", P_tmpdir);
    assert_true(mkstemp(path) >= 0);
    ASSERT_OK(file_write(path, text_of(content)));
    return path;
}

static void
test_reading(void **state)
{
    (void)state;
    SCRATCH(a);
    static const struct {
        const char *label, *records, *pairs, *says;
        status want;
    } rows[] = {
        {"good", "record_id,list\n1,A\n2,B\n", "id_a,id_b,probability\n1,2,0.5\n", "", ST_OK},
        {"id twice", "record_id,list\n1,A\n1,B\n", "id_a,id_b,probability\n", "rows 2 and 3", ST_INVALID},
        {"unknown id", "record_id,list\n1,A\n2,B\n", "id_a,id_b,probability\n1,3,0.5\n", "row 2, column id_b", ST_INVALID},
        {"probability above 1", "record_id,list\n1,A\n2,B\n", "id_a,id_b,probability\n1,2,1.5\n", "row 2, column probability", ST_INVALID},
        {"one list", "record_id,list\n1,A\n2,A\n", "id_a,id_b,probability\n", "two lists", ST_INVALID},
        {"draws", "record_id,list\n1,A\n2,B\n", "draw,record_id,cluster_id\n2,1,x\n2,2,x\n1,1,x\n1,2,y\n", "", ST_OK},
        {"a draw short", "record_id,list\n1,A\n2,B\n", "draw,record_id,cluster_id\n1,1,x\n1,2,x\n2,2,y\n", "2 draws of 2 records", ST_INVALID},
        {"a record twice", "record_id,list\n1,A\n2,B\n", "draw,record_id,cluster_id\n1,1,x\n1,1,x\n", "draw 1 has a record twice", ST_INVALID},
        {"draw 0", "record_id,list\n1,A\n2,B\n", "draw,record_id,cluster_id\n0,1,x\n0,2,x\n", "row 2, column draw", ST_INVALID},
        {"unknown in a draw", "record_id,list\n1,A\n2,B\n", "draw,record_id,cluster_id\n1,1,x\n1,3,x\n", "row 3, column record_id", ST_INVALID},
        {"no draws", "record_id,list\n1,A\n2,B\n", "draw,record_id,cluster_id\n", "no draws", ST_INVALID},
        {"no list column", "record_id\n1\n", "id_a,id_b,probability\n", "no column list", ST_INVALID},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *records = write_text(a, rows[i].records), *pairs = write_text(a, rows[i].pairs);
        links l;
        status got = links_read(a, records, pairs, &l);
        if (got != rows[i].want) fail_msg("%s: got %s (%s)", rows[i].label, status_text(got), status_detail());
        if (got != ST_OK && !strstr(status_detail(), rows[i].says)) fail_msg("%s: says %s", rows[i].label, status_detail());
        remove(records), remove(pairs);
    }
}

/* Certain links give the table itself; uncertain ones move it and widen the interval. */
static void
test_draws(void **state)
{
    (void)state;
    SCRATCH(a);
    enum { SHARED = 60, FIRST = 240, SECOND = 180 };
    static uint8_t list_of[FIRST + SECOND];
    static uint32_t x[SHARED], y[SHARED];
    static double probability[SHARED];
    links l = {.lists = 2, .list = {"A", "B"}, .records = FIRST + SECOND, .list_of = list_of, .pairs = SHARED, .a = x, .b = y, .probability = probability};
    links_result certain, uncertain;
    method_options options = method_defaults();
    double count[4];
    for (int i = FIRST; i < FIRST + SECOND; i++) list_of[i] = 1;
    for (uint32_t i = 0; i < SHARED; i++) x[i] = i, y[i] = FIRST + i, probability[i] = 1;
    ASSERT_OK(links_draw(&l, 1, 0, count));
    assert_true(count[1] == FIRST - SHARED && count[2] == SECOND - SHARED && count[3] == SHARED);
    options.replicates = 1000;
    ASSERT_OK(links_estimate(a, &l, METHOD_INDEPENDENCE, 10, &options, &certain));
    assert_close("certain links", certain.estimate[3], 240.0 * 180 / 60, 1e-9);
    assert_close("certain links bring nothing", certain.share, 0, 1e-9);
    for (int i = 0; i < SHARED; i++) probability[i] = 0.5;
    ASSERT_OK(links_estimate(a, &l, METHOD_INDEPENDENCE, 10, &options, &uncertain));
    assert_true(uncertain.median > 1.5 * certain.median);
    assert_true(uncertain.share > 0.05 && uncertain.share < 0.95);
    assert_true(uncertain.upper / uncertain.lower > certain.upper / certain.lower);
}

/* Given draws are taken as they are: clusters are persons, whatever their order and names. */
static void
test_given_draws(void **state)
{
    (void)state;
    SCRATCH(a);
    links l;
    double count[8];
    const char *records = write_text(a, "record_id,list\n1,A\n2,B\n3,C\n4,A\n5,B\n");
    const char *given = write_text(a, "draw,record_id,cluster_id\n2,5,7\n1,1,9\n1,2,9\n1,3,9\n1,4,4\n1,5,4\n2,1,1\n2,2,2\n2,3,7\n2,4,5\n");
    static const double want[2][8] = {{0, 0, 0, 1, 0, 0, 0, 1}, {0, 2, 1, 0, 0, 0, 1, 0}};
    ASSERT_SURVIVES_NO_MEMORY(links_read(a, records, given, &l));
    assert_int_equal(l.draws, 2);
    for (uint64_t d = 0; d < 2; d++) {
        ASSERT_OK(links_draw(&l, 1, d, count));
        assert_memory_equal(count, want[d], sizeof count);
    }
    links_result r;
    method_options options = method_defaults();
    ASSERT_STATUS(links_estimate(a, &l, METHOD_INDEPENDENCE, 3, &options, &r), ST_INVALID);
    remove(records), remove(given);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_two_lists), cmocka_unit_test(test_margins), cmocka_unit_test(test_reading),
                                       cmocka_unit_test(test_draws), cmocka_unit_test(test_given_draws)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
