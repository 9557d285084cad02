/* Help, chains, cost and order in time, by hand. */
#include "testing.h"

#include "base/date.h"
#include "follow/paths.h"

#include <math.h>

enum { YOUTH, SHELTER, COSM, TYPES };

/* Offence period ends on day 100. Person 0: shelter 110-120, COSM 121-140, shelter 150 on: three places in 40 days. Person 1: youth care over before
 * (ends on day 100). Person 2: youth care since day 50, still going on. Person 3: COSM on day 465, the last one; 4: on day 466, too late.
 * Person 5: the year is not over. Person 6: not in the population. */
static const int32_t from[] = {100, 100, 100, 100, 100, 900, DATE_MISSING};
static const int32_t person[] = {0, 1, 2, 0, 3, 0, 4, 6, 5};
static const int32_t start[] = {150, 10, 50, 110, 465, 121, 466, 110, 901};
static const int32_t end[] = {DATE_MISSING, 100, DATE_MISSING, 120, 470, 140, 470, 120, 902};
static const int8_t type[] = {SHELTER, YOUTH, YOUTH, SHELTER, COSM, COSM, COSM, COSM, COSM};

static void
paths_by_hand(void **state)
{
    (void)state;
    SCRATCH(a);
    follow_spells s;
    follow_paths_result r;
    ASSERT_OK(follow_spells_of(a, 9, person, start, end, type, 7, TYPES, &s));
    follow_paths(&s, from, &(follow_paths_options){365, 35, 1000}, &r);
    assert_int_equal(r.eligible, 5);
    assert_int_equal(r.not_followed, 1);
    assert_int_equal(r.any, 3);
    assert_int_equal(r.persons[YOUTH], 1);
    assert_int_equal(r.persons[SHELTER], 1);
    assert_int_equal(r.persons[COSM], 2);
    assert_int_equal(r.moved[0], 2);
    assert_int_equal(r.moved[1], 1); /* COSM 11 days after the first; the second shelter 40 days after is beyond 35 */
    const int w = TYPES + 1;
    assert_int_equal(r.passage[0 * w + SHELTER + 1], 1);
    assert_int_equal(r.passage[(SHELTER + 1) * w + COSM + 1], 1);
    assert_int_equal(r.passage[(COSM + 1) * w + SHELTER + 1], 1);
    assert_int_equal(r.passage[(SHELTER + 1) * w], 1);
    assert_int_equal(r.soon[(SHELTER + 1) * w + COSM + 1], 1); /* the chain of the first 35 days ends in COSM */
    assert_int_equal(r.soon[(COSM + 1) * w + SHELTER + 1], 0);
    assert_int_equal(r.soon[(COSM + 1) * w], 2);
    for (int t = 1; t < w; t++) { /* as many come as go, and both chains begin alike */
        int64_t in[2] = {0}, out[2] = {0};
        for (int k = 0; k < w; k++) in[0] += r.passage[k * w + t], out[0] += r.passage[t * w + k], in[1] += r.soon[k * w + t], out[1] += r.soon[t * w + k];
        assert_true(in[0] == out[0] && in[1] == out[1] && r.passage[t] == r.soon[t]);
    }
    int64_t begun = 0, ended = 0;
    for (int t = 1; t < w; t++) begun += r.passage[t], ended += r.passage[t * w];
    assert_int_equal(begun, 3);
    assert_int_equal(ended, 3);
}

static void
cost_by_hand(void **state)
{
    (void)state;
    int32_t end_of_offence = 0;
    assert_true(date_from_parts((date_parts){2019, 6, 1}, &end_of_offence));
    const int32_t since[] = {end_of_offence, end_of_offence, DATE_MISSING}, who[] = {0, 0, 0, 1, 2, 0}, year[] = {2019, 2019, 2020, 2020, 2019, 2021};
    const double amount[] = {100, 50, 30, 10, 999, 5};
    follow_cost_result r;
    ASSERT_OK(follow_cost(6, who, year, amount, 3, since, &r));
    assert_int_equal(r.n, 2);
    assert_true(r.mean[0] == 75 && r.mean[1] == 20);
    assert_true(fabs(r.sd[0] - 150 / sqrt(2)) < 1e-12);
    const int32_t nobody[] = {3};
    ASSERT_STATUS(follow_cost(1, nobody, year, amount, 3, since, &r), ST_INVALID);
}

static void
order_by_hand(void **state)
{
    (void)state;
    const int32_t victim[] = {1, 5, 7, DATE_MISSING, 4, DATE_MISSING}, suspect[] = {2, 3, 7, 9, DATE_MISSING, DATE_MISSING};
    follow_order o = follow_order_of(6, victim, suspect);
    assert_true(o.first_before == 1 && o.second_before == 1 && o.same_day == 1 && o.only_first == 1 && o.only_second == 1);
}

static status
order_once(void)
{
    SCRATCH(a);
    follow_spells s;
    follow_cost_result r;
    const double amount[9] = {1};
    CHECK(follow_spells_of(a, 9, person, start, end, type, 7, TYPES, &s));
    return follow_cost(9, person, start, amount, 7, from, &r);
}

static void
says_what_is_wrong(void **state)
{
    (void)state;
    SCRATCH(a);
    follow_spells s;
    const int32_t backwards[] = {5};
    ASSERT_STATUS(follow_spells_of(a, 1, person, start, backwards, type, 7, TYPES, &s), ST_INVALID);
    ASSERT_STATUS(follow_spells_of(a, 9, person, start, end, type, 3, TYPES, &s), ST_INVALID);
    ASSERT_SURVIVES_NO_MEMORY(order_once());
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(paths_by_hand), cmocka_unit_test(cost_by_hand), cmocka_unit_test(order_by_hand),
                                       cmocka_unit_test(says_what_is_wrong)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
