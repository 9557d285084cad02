/* Curves by hand, against naive versions on random data, in any order of rows, and without memory. */
#include "testing.h"

#include "base/rng.h"
#include "follow/aj.h"
#include "follow/cox.h"
#include "follow/curves.h"
#include "follow/logrank.h"
#include "follow/mcf.h"

#include <math.h>

enum { MOST = 120 };

typedef struct sample {
    double start[MOST], time[MOST], x[MOST];
    int32_t outcome[MOST], group[MOST], person[MOST];
    size_t n;
} sample;

static sample
draw(uint64_t seed, bool delayed, bool tied)
{
    sample s = {.n = MOST};
    rng r = rng_new(seed, 0);
    for (size_t i = 0; i < s.n; i++) {
        double t = -20 * log(1 - rng_uniform(&r));
        s.time[i] = tied ? floor(t / 4) + 1 : t + 0.01;
        s.start[i] = delayed ? (tied ? floor(rng_uniform(&r) * s.time[i]) : rng_uniform(&r) * s.time[i] * 0.9) : 0;
        s.outcome[i] = (int32_t)rng_below(&r, 3), s.group[i] = (int32_t)rng_below(&r, 2), s.person[i] = (int32_t)i;
        s.x[i] = rng_normal(&r);
    }
    return s;
}

static spans
spans_of(const sample *s, bool delayed)
{
    return (spans){s->n, delayed ? s->start : NULL, s->time, s->outcome, s->group, NULL, 2, 2, (int32_t)s->n};
}

/* Probabilities and errors of group g at time u, person by person, from the definition. */
static void
naive_states(const sample *s, int32_t g, double until, double p[3], double error[3])
{
    static double u[MOST][3];
    memset(u, 0, sizeof u);
    p[0] = 1, p[1] = p[2] = 0;
    for (double now = -1;;) {
        double next = INFINITY;
        for (size_t i = 0; i < s->n; i++)
            if (s->group[i] == g && s->time[i] > now && s->time[i] < next) next = s->time[i];
        if (next > until) break;
        now = next;
        double n = 0, d[3] = {0, 0, 0};
        for (size_t i = 0; i < s->n; i++) {
            if (s->group[i] != g) continue;
            n += s->start[i] < now && s->time[i] >= now;
            if (s->time[i] == now) d[s->outcome[i]]++;
        }
        for (size_t i = 0; i < s->n; i++) {
            if (s->group[i] != g) continue;
            double y = s->start[i] < now && s->time[i] >= now, u0 = u[i][0];
            for (int k = 1; k < 3; k++) {
                double own = s->time[i] == now && s->outcome[i] == k, gain = p[0] * (own - y * d[k] / n) / n;
                u[i][k] += u0 * d[k] / n + gain;
                u[i][0] -= u0 * d[k] / n + gain;
            }
        }
        for (int k = 1; k < 3; k++) p[k] += p[0] * d[k] / n;
        p[0] *= 1 - (d[1] + d[2]) / n;
    }
    for (int k = 0; k < 3; k++) {
        double sum = 0;
        for (size_t i = 0; i < s->n; i++) sum += u[i][k] * u[i][k];
        error[k] = sqrt(sum);
    }
}

static void
states_agree_with_a_naive_version(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        SCRATCH(a);
        bool delayed = seed & 1, tied = seed & 2;
        sample s = draw(seed, delayed, tied);
        spans in = spans_of(&s, delayed);
        follow_counts c;
        follow_states p;
        ASSERT_OK(follow_count(a, &in, &c));
        ASSERT_OK(follow_aj(a, &c, &in, &p));
        for (int32_t g = 0; g < 2; g++)
            for (size_t r = c.first[g]; r < c.first[g + 1]; r++) {
                double want[3], error[3];
                naive_states(&s, g, c.time[r], want, error);
                for (int k = 0; k < 3; k++)
                    if (fabs(p.p[r * 3 + (size_t)k] - want[k]) > 1e-12 || fabs(p.error[r * 3 + (size_t)k] - error[k]) > 1e-12 * (1 + error[k]))
                        fail_msg("seed %d, time %g, state %d: got %.17g (%.17g), want %.17g (%.17g)", (int)seed, c.time[r], k,
                                 p.p[r * 3 + (size_t)k], p.error[r * 3 + (size_t)k], want[k], error[k]);
            }
    }
}

/* Everybody has come to cause 1 in the end: that is certain, and a root of the rounding that is left would say 1e-8. */
static void
certain_states_have_no_error(void **state)
{
    (void)state;
    SCRATCH(a);
    double start[] = {0, 2, 0, 0, 0, 49, 0}, time[] = {14, 28, 56, 28, 7, 70, 14};
    int32_t outcome[] = {0, 0, 0, 1, 1, 1, 1};
    spans in = {7, start, time, outcome, NULL, NULL, 1, 2, 0};
    follow_counts c;
    follow_states p;
    ASSERT_OK(follow_count(a, &in, &c));
    ASSERT_OK(follow_aj(a, &c, &in, &p));
    for (size_t k = 0; k < 3; k++) {
        assert_true(fabs(p.p[(c.rows - 1) * 3 + k] - (k == 1)) < 1e-15);
        assert_true(p.error[(c.rows - 1) * 3 + k] == 0);
    }
    assert_true(fabs(p.error[(c.rows - 2) * 3] - 2.0 / 9) < 1e-12); /* R survfit: 0.2222222 */
}

/* Six persons: events at 1, 3, 3, 5; censored at 3 and 6. By hand: 5/6, 5/6 * 3/5, that * 1/2; Greenwood 1/30, + 2/15, + 1/2. */
static void
kaplan_meier_by_hand(void **state)
{
    (void)state;
    SCRATCH(a);
    double time[] = {1, 3, 3, 3, 5, 6};
    int32_t outcome[] = {1, 1, 1, 0, 1, 0};
    spans in = {6, NULL, time, outcome, NULL, NULL, 1, 1, 0};
    follow_counts c;
    follow_curve k;
    ASSERT_OK(follow_count(a, &in, &c));
    ASSERT_OK(follow_km(a, &c, NULL, &k));
    const double survival[] = {5.0 / 6, 0.5, 0.25, 0.25}, green[] = {1.0 / 30, 1.0 / 30 + 2.0 / 15, 1.0 / 30 + 2.0 / 15 + 0.5, 2.0 / 3};
    const double hazard[] = {1.0 / 6, 1.0 / 6 + 0.4, 1.0 / 6 + 0.9, 1.0 / 6 + 0.9};
    const int64_t risk[] = {6, 5, 2, 1};
    assert_int_equal(c.rows, 4);
    for (size_t r = 0; r < 4; r++) {
        assert_int_equal(c.at_risk[r], risk[r]);
        assert_true(fabs(k.survival[r] - survival[r]) < 1e-15);
        assert_true(fabs(k.std_error[r] - survival[r] * sqrt(green[r])) < 1e-15);
        assert_true(fabs(k.hazard[r] - hazard[r]) < 1e-15);
    }
    assert_true(follow_quantile(&c, &k, 0, 0.5) == 3);
    assert_true(isnan(follow_quantile(&c, &k, 0, 0.1)));
}

static sample
reversed(const sample *s)
{
    sample r = {.n = s->n};
    for (size_t i = 0; i < s->n; i++) {
        size_t k = s->n - 1 - i;
        r.start[i] = s->start[k], r.time[i] = s->time[k], r.outcome[i] = s->outcome[k], r.group[i] = s->group[k], r.x[i] = s->x[k];
    }
    return r;
}

static void
order_does_not_matter(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 4; seed++) {
        SCRATCH(a);
        bool delayed = seed & 1;
        sample one = draw(seed, delayed, seed & 2), two = reversed(&one);
        const sample *both[2] = {&one, &two};
        follow_logrank_result test[2];
        follow_states p[2];
        cox_result fit[2];
        for (int k = 0; k < 2; k++) {
            spans in = spans_of(both[k], delayed);
            follow_counts c;
            int8_t *event = arena_alloc(a, in.n, 1);
            const double *x = both[k]->x;
            for (size_t i = 0; i < in.n; i++) event[i] = in.status[i] == 1;
            ASSERT_OK(follow_count(a, &in, &c));
            ASSERT_OK(follow_aj(a, &c, &in, &p[k]));
            ASSERT_OK(follow_logrank(a, &in, NULL, 1, &test[k]));
            cox_input model = {.n = in.n, .p = 1, .x = &x, .start = in.start, .time = in.time, .event = event};
            ASSERT_OK(follow_cox(a, &model, &fit[k]));
            assert_true(fit[k].converged);
        }
        assert_true(fabs(p[0].error[5] - p[1].error[5]) <= 1e-15);
        assert_true(test[0].chisq == test[1].chisq);
        assert_true(fabs(fit[0].coef[0] - fit[1].coef[0]) < 1e-12);
    }
}

/* Cox by the definition (Breslow's likelihood of untied data) on a grid around the fit: the fit is the highest. */
static double
naive_loglik(const sample *s, double b)
{
    double sum = 0;
    for (size_t i = 0; i < s->n; i++) {
        if (s->outcome[i] != 1) continue;
        double risk = 0;
        for (size_t k = 0; k < s->n; k++) risk += s->start[k] < s->time[i] && s->time[k] >= s->time[i] ? exp(b * s->x[k]) : 0;
        sum += b * s->x[i] - log(risk);
    }
    return sum;
}

static void
cox_is_the_highest_point(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 4; seed++) {
        SCRATCH(a);
        sample s = draw(seed + 20, seed & 1, false);
        int8_t event[MOST];
        const double *x = s.x;
        for (size_t i = 0; i < s.n; i++) event[i] = s.outcome[i] == 1;
        cox_input model = {.n = s.n, .p = 1, .x = &x, .start = s.start, .time = s.time, .event = event};
        cox_result fit;
        ASSERT_OK(follow_cox(a, &model, &fit));
        double top = naive_loglik(&s, fit.coef[0]);
        assert_true(fabs(top - fit.loglik[1]) < 1e-9);
        for (double d = 1e-3; d < 1; d *= 3) {
            assert_true(naive_loglik(&s, fit.coef[0] + d) < top);
            assert_true(naive_loglik(&s, fit.coef[0] - d) < top);
        }
    }
}

static void
a_coefficient_that_runs_away_is_said_so(void **state)
{
    (void)state;
    SCRATCH(a);
    double time[] = {1, 2, 3, 4, 5, 6}, column[] = {1, 1, 1, 0, 0, 0};
    const double *x = column;
    int8_t event[] = {1, 1, 1, 0, 0, 0};
    cox_result fit;
    ASSERT_OK(follow_cox(a, &(cox_input){.n = 6, .p = 1, .x = &x, .time = time, .event = event}, &fit));
    assert_false(fit.converged);
    assert_true(isnan(fit.coef[0]));
    double other[] = {0, 1, 0, 1, 0, 1}, both[] = {0, 1, 0, 0, 1, 0}; /* neither separates alone, their difference does */
    const double *pair[] = {other, both};
    int8_t happens[] = {0, 0, 0, 1, 0, 1};
    double at[] = {5, 5, 5, 1, 5, 2};
    ASSERT_OK(follow_cox(a, &(cox_input){.n = 6, .p = 2, .x = pair, .time = at, .event = happens}, &fit));
    assert_false(fit.converged);
    int8_t none[6] = {0};
    ASSERT_OK(follow_cox(a, &(cox_input){.n = 6, .p = 1, .x = &x, .time = time, .event = none}, &fit));
    assert_false(fit.converged);
}

/* Two persons: events at 2 and 4 of the first (followed to 5), at 4 of the second (followed to 4). Means: 1/2, 1/2 + 2/2. */
static void
mean_by_hand(void **state)
{
    (void)state;
    SCRATCH(a);
    double time[] = {2, 4, 5, 4};
    int32_t outcome[] = {1, 1, 0, 1}, person[] = {0, 0, 0, 1};
    spans in = {4, NULL, time, outcome, NULL, person, 1, 1, 2};
    follow_mean m;
    ASSERT_OK(follow_mcf(a, &in, false, &m));
    assert_int_equal(m.counts.rows, 3);
    assert_true(fabs(m.mean[0] - 0.5) < 1e-15 && fabs(m.mean[1] - 1.5) < 1e-15 && fabs(m.mean[2] - 1.5) < 1e-15);
    assert_true(fabs(m.error[0] - sqrt(2 * 0.0625)) < 1e-15); /* influences 1/4 and -1/4 */
    double early[] = {0, 3, 3, 4, 5}; /* an event on day 0, two on day 3; the other person followed to 5 */
    int32_t kind[] = {1, 1, 1, 0, 0}, who[] = {0, 0, 0, 0, 1};
    spans days = {5, NULL, early, kind, NULL, who, 1, 1, 2};
    ASSERT_OK(follow_mcf(a, &days, false, &m));
    assert_int_equal(m.counts.at_risk[0], 2);
    assert_true(fabs(m.mean[0] - 0.5) < 1e-15 && fabs(m.mean[1] - 1.5) < 1e-15 && m.mean[3] == m.mean[1]);
    /* influences: day 0 +-1/4, day 3 twice +1/2 less 1/2 for one, less 1/2 for the other: +-3/4 */
    assert_true(fabs(m.error[1] - sqrt(2 * 0.5625)) < 1e-15);
    double overlap[] = {0, 1, 4, 0};
    in.start = overlap;
    ASSERT_STATUS(follow_mcf(a, &in, false, &m), ST_INVALID);
}

static status
everything(const sample *s)
{
    SCRATCH(a);
    spans raw = spans_of(s, true), in, joined;
    const size_t *row;
    size_t gaps;
    spans_excluded left;
    follow_counts c;
    follow_curve k;
    follow_states p;
    follow_mean m;
    cox_result fit;
    raw.person = s->person;
    int8_t event[MOST];
    const double *x = s->x;
    for (size_t i = 0; i < s->n; i++) event[i] = s->outcome[i] == 1;
    CHECK(follow_spans_clean(a, &raw, &in, &row, &left));
    CHECK(follow_spans_join(a, &in, &joined, &gaps));
    CHECK(follow_count(a, &joined, &c));
    CHECK(follow_km(a, &c, NULL, &k));
    CHECK(follow_aj(a, &c, &joined, &p));
    CHECK(follow_mcf(a, &in, true, &m));
    return follow_cox(a, &(cox_input){.n = s->n, .p = 1, .x = &x, .start = s->start, .time = s->time, .event = event, .cluster = s->person,
                                      .clusters = MOST, .zph = true}, &fit);
}

static void
survives_without_memory(void **state)
{
    (void)state;
    sample s = draw(3, true, false);
    ASSERT_SURVIVES_NO_MEMORY(everything(&s));
}

static void
columns_of_days_give_the_same_counts(void **state)
{
    (void)state;
    SCRATCH(a);
    sample s = draw(2, false, true);
    int32_t day[MOST];
    int8_t outcome[MOST], group[MOST];
    for (size_t i = 0; i < s.n; i++) day[i] = (int32_t)s.time[i], outcome[i] = (int8_t)s.outcome[i], group[i] = (int8_t)s.group[i];
    spans in = spans_of(&s, false);
    follow_counts slow, fast;
    ASSERT_OK(follow_count(a, &in, &slow));
    ASSERT_OK(follow_count_days(a, &(follow_days){s.n, day, outcome, group, 2, 2, 200}, &fast));
    assert_int_equal(slow.rows, fast.rows);
    assert_memory_equal(slow.time, fast.time, slow.rows * sizeof *slow.time);
    assert_memory_equal(slow.at_risk, fast.at_risk, slow.rows * sizeof *slow.at_risk);
    assert_memory_equal(slow.exits, fast.exits, slow.rows * 3 * sizeof *slow.exits);
    day[3] = -1;
    ASSERT_STATUS(follow_count_days(a, &(follow_days){s.n, day, outcome, group, 2, 2, 200}, &fast), ST_INVALID);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kaplan_meier_by_hand),          cmocka_unit_test(mean_by_hand),
        cmocka_unit_test(states_agree_with_a_naive_version), cmocka_unit_test(order_does_not_matter),
        cmocka_unit_test(cox_is_the_highest_point),      cmocka_unit_test(a_coefficient_that_runs_away_is_said_so),
        cmocka_unit_test(columns_of_days_give_the_same_counts), cmocka_unit_test(certain_states_have_no_error),
        cmocka_unit_test(survives_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
