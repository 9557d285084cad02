#include "testing.h"

#include "synth/joint.h"
#include "synth/numbers.h"
#include "synth/select.h"

#include <math.h>

/* A problem with a known solution: draw counts, take their margins. */
static void
make(rng *r, int kinds, joint *j)
{
    *j = (joint){.kinds = kinds};
    int most[JOINT_ROWS][JOINT_COLUMNS] = {{0}}, sum[JOINT_ROWS][JOINT_COLUMNS] = {{0}};
    for (int k = 0; k < kinds; k++)
        for (int y = 0; y < JOINT_ROWS; y++)
            for (int f = 0; f < JOINT_COLUMNS; f++) {
                int n = (int)rng_below(r, 60);
                j->row_sum[k][y] += n, j->column_sum[k][f] += n, sum[y][f] += n;
                if (n > most[y][f]) most[y][f] = n;
                j->covers[k][f] = true;
            }
    for (int y = 0; y < JOINT_ROWS; y++)
        for (int f = 0; f < JOINT_COLUMNS; f++) {
            j->persons[y][f] = synth_between(r, most[y][f], sum[y][f]); /* between one kind each and all on one */
            for (int k = 0; k < kinds; k++) j->upper[k][y][f] = j->persons[y][f];
        }
}

static void
expect_margins(const joint *j)
{
    for (int k = 0; k < j->kinds; k++) {
        for (int y = 0; y < JOINT_ROWS; y++) {
            int sum = 0;
            for (int f = 0; f < JOINT_COLUMNS; f++) sum += j->count[k][y][f];
            assert_int_equal(sum, j->row_sum[k][y]);
        }
        for (int f = 0; f < JOINT_COLUMNS; f++) {
            int sum = 0;
            for (int y = 0; y < JOINT_ROWS; y++) sum += j->count[k][y][f];
            assert_int_equal(sum, j->column_sum[k][f]);
        }
    }
    for (int y = 0; y < JOINT_ROWS; y++)
        for (int f = 0; f < JOINT_COLUMNS; f++) {
            int cover = 0;
            for (int k = 0; k < j->kinds; k++) {
                assert_in_range(j->count[k][y][f], 0, j->persons[y][f]);
                cover += j->count[k][y][f];
            }
            assert_true(cover >= j->persons[y][f]);
        }
}

static void
tables_meet_their_margins(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        rng r = rng_new(seed, 1);
        joint j;
        make(&r, 3 + (int)(seed % 9), &j);
        ASSERT_OK(synth_joint_draw(&r, &j));
        expect_margins(&j);
    }
}

static void
seeds_give_different_tables(void **state)
{
    (void)state;
    rng r = rng_new(1, 1), one = rng_new(2, 1), two = rng_new(3, 1);
    joint a, b;
    make(&r, 6, &a);
    b = a;
    ASSERT_OK(synth_joint_draw(&one, &a));
    ASSERT_OK(synth_joint_draw(&two, &b));
    assert_memory_not_equal(a.count, b.count, sizeof a.count);
}

static void
what_cannot_be_is_refused(void **state)
{
    (void)state;
    rng r = rng_new(1, 1);
    joint j;
    make(&r, 6, &j);
    j.row_sum[2][1]++;
    ASSERT_STATUS(synth_joint_draw(&r, &j), ST_CONFIG);
    make(&r, 6, &j);
    j.persons[3][3] = 100000; /* nobody to report so many */
    ASSERT_STATUS(synth_joint_draw(&r, &j), ST_INFEASIBLE);
}

static void
exactly_so_many_are_chosen(void **state)
{
    (void)state;
    static const double chance[6] = {0, 0.5, 1, 0.5, 0, 1};
    rng r = rng_new(1, 2);
    for (int want = 0; want <= 6; want++)
        for (int round = 0; round < 50; round++) {
            bool chosen[6];
            int n = 0;
            ASSERT_OK(synth_select(&r, 6, chance, want, chosen));
            for (int i = 0; i < 6; i++) n += chosen[i];
            assert_int_equal(n, want);
            if (want <= 4) assert_false(chosen[0] || chosen[4]);
            if (want >= 2) assert_true(chosen[2] && chosen[5]);
        }
    bool chosen[6];
    ASSERT_STATUS(synth_select(&r, 6, chance, 7, chosen), ST_INFEASIBLE);
    ASSERT_STATUS(synth_select(&r, 6, chance, -1, chosen), ST_INFEASIBLE);
    ASSERT_SURVIVES_NO_MEMORY(synth_select(&r, 6, chance, 3, chosen));
}

static void
citizen_service_numbers_pass_the_test(void **state)
{
    (void)state;
    static const struct {
        const char *label, *input;
        bool want;
    } rows[] = {{"the common example", "111222333", true}, {"one digit off", "111222334", false}, {"two swapped", "112122333", false},
                {"too short", "11122233", false}, {"letters", "11122233a", false}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (synth_bsn_valid(rows[i].input) != rows[i].want) fail_msg("%s", rows[i].label);
    SCRATCH(tmp);
    synth_numbers n;
    char bsn[10], v[11], last[11] = "";
    ASSERT_OK(synth_numbers_new(tmp, 1, &n));
    assert_in_range(n.bsns, 9080, 9100);
    for (size_t i = 0; i < n.bsns; i++) {
        synth_numbers_bsn(&n, bsn);
        assert_true(synth_bsn_valid(bsn));
    }
    synth_numbers_bsn(&n, bsn);
    assert_string_equal(bsn, "");
    for (int i = 0; i < 1000; i++, memcpy(last, v, 11)) {
        synth_numbers_v(&n, v);
        assert_true(strlen(v) == 10 && strcmp(v, last) != 0);
    }
    ASSERT_SURVIVES_NO_MEMORY(synth_numbers_new(tmp, 1, &n));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_meet_their_margins),  cmocka_unit_test(seeds_give_different_tables),
        cmocka_unit_test(what_cannot_be_is_refused),  cmocka_unit_test(exactly_so_many_are_chosen),
        cmocka_unit_test(citizen_service_numbers_pass_the_test),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
