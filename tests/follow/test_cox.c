/* Cox by its two ways, few times and many: the same persons with days, and with the days stretched so that they are no whole numbers, must
 * give the same. Sizes are such that rows are gathered by number, by slices, and with a sample. */
#include "testing.h"

#include "base/rng.h"
#include "follow/cox.h"
#include "follow/order.h"

#include <math.h>
#include <string.h>

enum { MOST = 300000, P = 3 };

typedef struct persons {
    size_t n;
    double *x[P], *start, *time, *stretched_start, *stretched;
    int8_t *event;
    int32_t *stratum, *cluster;
} persons;

static persons
draw(arena *a, size_t n, uint64_t seed, double longest)
{
    persons d = {.n = n};
    rng r = rng_new(seed, 0);
    for (int k = 0; k < P; k++) d.x[k] = arena_alloc(a, n, sizeof(double));
    d.start = arena_alloc(a, n, sizeof(double)), d.time = arena_alloc(a, n, sizeof(double));
    d.stretched_start = arena_alloc(a, n, sizeof(double)), d.stretched = arena_alloc(a, n, sizeof(double));
    d.event = arena_alloc(a, n, 1), d.stratum = arena_alloc(a, n, 4), d.cluster = arena_alloc(a, n, 4);
    for (size_t i = 0; i < n; i++) {
        for (int k = 0; k < P; k++) d.x[k][i] = k < 2 ? rng_normal(&r) + 2000 * k : (double)rng_below(&r, 2);
        double t = -longest / 3 * log(1 - rng_uniform(&r)) * exp(-0.5 * d.x[0][i] - 0.3 * d.x[2][i]);
        d.time[i] = 1 + floor(fmin(t, longest));
        d.start[i] = floor(rng_uniform(&r) * 0.6 * d.time[i]);
        d.event[i] = t < longest && rng_below(&r, 3) > 0;
        d.stratum[i] = (int32_t)rng_below(&r, 3), d.cluster[i] = (int32_t)rng_below(&r, 50);
        d.stretched[i] = d.time[i] * 0.37 - 20, d.stretched_start[i] = d.start[i] * 0.37 - 20;
    }
    return d;
}

static void
assert_close(const char *label, const char *what, double got, double want)
{
    if (fabs(got - want) > 1e-9 * fabs(want) && fabs(got - want) > 1e-13) fail_msg("%s: %s: got %.17g, want %.17g", label, what, got, want);
}

static void
assert_same(const char *label, const cox_result *got, const cox_result *want)
{
    assert_true(want->converged && got->converged);
    assert_int_equal(got->events, want->events);
    for (int k = 0; k < P; k++) {
        assert_close(label, "coef", got->coef[k], want->coef[k]);
        for (int m = 0; m < P; m++) {
            double scale = sqrt(want->variance[k * P + k] * want->variance[m * P + m]);
            assert_close(label, "variance", 1 + got->variance[k * P + m] / scale, 1 + want->variance[k * P + m] / scale);
            if (want->robust) assert_close(label, "robust", 1 + got->robust[k * P + m] / scale, 1 + want->robust[k * P + m] / scale);
        }
    }
    assert_close(label, "loglik", got->loglik[1], want->loglik[1]);
    assert_close(label, "loglik of nothing", got->loglik[0], want->loglik[0]);
    assert_close(label, "score", got->score, want->score);
    for (int k = 0; want->zph && k <= want->terms; k++) assert_close(label, "zph", 1 + got->zph[k], 1 + want->zph[k]);
}

static const struct {
    const char *label;
    size_t n;
    double longest;
    bool late, strata, cluster, breslow;
} rows[] = {
    {"few rows, many ties", 500, 30, false, false, true, false},
    {"strata", 3000, 900, false, true, true, false},
    {"strata, breslow", 3000, 300, false, true, false, true},
    {"delayed entry", 3000, 900, true, false, true, false},
    {"delayed entry, strata", 3000, 200, true, true, true, false},
    {"delayed entry, strata, breslow", 4000, 700, true, true, true, true},
    {"slices", 60000, 20000, false, false, false, false},
    {"slices, strata", 60000, 20000, false, true, true, false},
    {"sample", 270000, 60000, false, false, false, false},
    {"sample, delayed entry", 270000, 3000, true, false, false, false},
};

static void
times_that_are_no_days_give_the_same(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        SCRATCH(a);
        persons d = draw(a, rows[i].n, i + 1, rows[i].longest);
        cox_input in = {.n = d.n, .p = P, .x = (const double *const *)d.x, .start = rows[i].late ? d.start : NULL, .time = d.time,
                        .event = d.event, .stratum = rows[i].strata ? d.stratum : NULL, .strata = 3,
                        .cluster = rows[i].cluster ? d.cluster : NULL, .clusters = 50, .breslow = rows[i].breslow, .zph = true};
        cox_result want, got;
        ASSERT_OK(follow_cox(a, &in, &want));
        in.time = d.stretched;
        if (in.start) in.start = d.stretched_start;
        ASSERT_OK(follow_cox(a, &in, &got));
        assert_same(rows[i].label, &got, &want);
    }
}

static void
a_rare_group_without_events_is_not_finite(void **state)
{
    (void)state;
    SCRATCH(a);
    persons d = draw(a, MOST, 77, 50000);
    for (size_t i = 0; i < d.n; i++) {
        d.x[2][i] = i % 300 == 0;
        if (i % 300 == 0) d.event[i] = 0;
    }
    cox_result r;
    ASSERT_OK(follow_cox(a, &(cox_input){.n = d.n, .p = P, .x = (const double *const *)d.x, .time = d.stretched, .event = d.event}, &r));
    assert_false(r.converged);
}

/* Twenty persons, their first column 0 for all with an event: seen by some random draws only as rounding decides when to stop. */
static void
a_group_without_events_is_never_finite(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        SCRATCH(a);
        persons d = draw(a, 20, seed, 50);
        for (size_t i = 0; i < d.n; i++) {
            d.event[i] = i % 3 == 0;
            d.x[0][i] = i % 3 == 1;
            d.time[i] += i % 3 == 1 ? 100 : 0; /* at risk all the while */
        }
        cox_result r;
        ASSERT_OK(follow_cox(a, &(cox_input){.n = d.n, .p = 2, .x = (const double *const *)d.x, .time = d.time, .event = d.event}, &r));
        assert_false(r.converged);
        assert_true(isnan(r.coef[0]) && isnan(r.coef[1]));
    }
}

/* What tells nobody at risk from another: the same for a whole stratum, or other only for who leaves before the first event. */
static void
a_column_that_is_constant_at_risk_has_no_coefficient(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        SCRATCH(a);
        persons d = draw(a, 200, seed, 50);
        for (size_t i = 0; i < d.n; i++) {
            d.x[0][i] = 2.7 + 0.1 * d.stratum[i];
            d.x[2][i] = i < 3 ? 1 : 0;
            d.time[i] = i < 3 ? 0 : d.time[i] + 1;
            if (i < 3) d.event[i] = 0;
        }
        cox_result r;
        ASSERT_OK(follow_cox(a, &(cox_input){.n = d.n, .p = 3, .x = (const double *const *)d.x, .time = d.time, .event = d.event,
                                             .stratum = d.stratum, .strata = 3}, &r));
        assert_true(r.converged);
        assert_true(isnan(r.coef[0]) && !isnan(r.coef[1]) && isnan(r.coef[2]));
        assert_int_equal(r.df, 1);
    }
}

static int
by_stratum_and_time(const persons *d, size_t x, size_t y)
{
    if (d->stratum[x] != d->stratum[y]) return d->stratum[x] < d->stratum[y] ? -1 : 1;
    if (d->time[x] != d->time[y]) return d->time[x] < d->time[y] ? -1 : 1;
    return x < y ? -1 : 1;
}

static void
rows_are_in_order(void **state)
{
    (void)state;
    static const double special[] = {0, -0.0, 1e-300, -1e-300, INFINITY, -INFINITY, 1, 1 + 2.3e-16, 1e300, -5, 5e-324};
    for (int round = 0; round < 6; round++) {
        SCRATCH(a);
        size_t n = (size_t[]){0, 1, 7, 300, 5000, 20000}[round];
        persons d = draw(a, n, 5, 1e9);
        rng r = rng_new(9, (uint64_t)round);
        for (size_t i = 0; i < n; i++) d.time[i] = rng_below(&r, 4) == 0 ? special[rng_below(&r, 11)] : rng_normal(&r) * (round % 2 ? 1e-9 : 1e9);
        for (int strata = 1; strata >= 0; strata--) {
            uint32_t *order;
            uint8_t *mark = arena_alloc(a, n, 1);
            if (!strata) memset(d.stratum, 0, n * sizeof *d.stratum);
            ASSERT_OK(follow_order_rows(a, &(order_input){n, d.time, d.event, strata ? d.stratum : NULL, strata ? 3 : 1}, &order, mark));
            for (size_t k = 0; k < n; k++) {
                if (k && by_stratum_and_time(&d, order[k - 1], order[k]) >= 0) fail_msg("round %d: place %zu is out of order", round, k);
                bool same = k && d.stratum[order[k]] == d.stratum[order[k - 1]] && d.time[order[k]] == d.time[order[k - 1]];
                assert_int_equal(mark[k], (same ? 0 : ORDER_FRESH) + (d.event[order[k]] ? ORDER_EVENT : 0));
            }
        }
    }
}

static status
fit_stretched(const persons *d, bool late)
{
    SCRATCH(out);
    cox_result r;
    return follow_cox(out, &(cox_input){.n = d->n, .p = P, .x = (const double *const *)d->x, .start = late ? d->stretched_start : NULL,
                                        .time = d->stretched, .event = d->event, .stratum = d->stratum, .strata = 3, .cluster = d->cluster,
                                        .clusters = 50, .zph = true}, &r);
}

static void
lack_of_memory_is_survived(void **state)
{
    (void)state;
    SCRATCH(a);
    persons d = draw(a, 400, 3, 200);
    ASSERT_SURVIVES_NO_MEMORY(fit_stretched(&d, false));
    ASSERT_SURVIVES_NO_MEMORY(fit_stretched(&d, true));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_that_are_no_days_give_the_same),
        cmocka_unit_test(a_rare_group_without_events_is_not_finite),
        cmocka_unit_test(a_group_without_events_is_never_finite),
        cmocka_unit_test(a_column_that_is_constant_at_risk_has_no_coefficient),
        cmocka_unit_test(rows_are_in_order),
        cmocka_unit_test(lack_of_memory_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
