/* Mean, standard deviation and median of persons: by hand, and that no one person shows in what is printed. */
#include "protect/spread.h"
#include "testing.h"

#include "base/rng.h"

#include <math.h>
#include <stdlib.h>

enum { LEAST = 10, MOST = 400 };

static int
compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void
by_hand(void **state)
{
    (void)state;
    /* 101 .. 200: mean 150.5, sd sqrt(841.67) = 29.01, median 150.5. Leaving out 101 or 200 moves the mean by .5, the sd by
     * less than .5, the median by .5: steps of .5; ten persons for the median need a step of 10 */
    double v[100];
    for (int i = 0; i < 100; i++) v[i] = 101 + i;
    spread_numbers s = spread_of(&(spread_values){100, v}, LEAST);
    assert_true(s.mean.step == 0.5 && s.mean.value == 150.5);
    assert_true(s.sd.step == 0.5 && s.sd.value == 29);
    assert_true(s.median.step == 10 && s.median.value == 150);
    s = spread_of(&(spread_values){9, v}, LEAST);
    assert_true(isnan(s.mean.value) && isnan(s.sd.value) && isnan(s.median.value));
    for (int i = 0; i < 100; i++) v[i] = i < 99 ? 1 : 100000; /* one person has nearly all of it */
    s = spread_of(&(spread_values){100, v}, LEAST);
    assert_true(isnan(s.mean.value) && isnan(s.sd.value));
    assert_true(s.median.value == 1);
}

static double
mean_of(size_t n, const double v[], size_t without)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += i == without ? 0 : v[i];
    return sum / (double)(n - (without < n));
}

static double
deviation(size_t n, const double v[], size_t without)
{
    double mean = mean_of(n, v, without), sum = 0;
    for (size_t i = 0; i < n; i++) sum += i == without ? 0 : (v[i] - mean) * (v[i] - mean);
    return sqrt(sum / (double)(n - 1 - (without < n)));
}

static double
middle(size_t n, const double v[], size_t without)
{
    double left[MOST] = {0};
    size_t k = 0;
    for (size_t i = 0; i < n; i++)
        if (i != without) left[k++] = v[i];
    return (left[(k - 1) / 2] + left[k / 2]) / 2;
}

static void
check(const char *what, size_t n, const double v[], spread_number got, double (*of)(size_t, const double[], size_t))
{
    double all = of(n, v, n);
    if (isnan(got.value)) return;
    if (fabs(got.value - all) > got.step / 2 * (1 + 1e-9)) fail_msg("%s of %zu: %g printed as %g by steps of %g", what, n, all, got.value, got.step);
    for (size_t i = 0; i < n; i++)
        if (fabs(of(n, v, i) - all) > got.step * (1 + 1e-9)) fail_msg("%s of %zu: person %zu moves it by more than %g", what, n, i, got.step);
}

static double
all_three(size_t n, const double v[], const spread_numbers *s, int which)
{
    const spread_number *number[] = {&s->mean, &s->sd, &s->median};
    double is = which == 0 ? mean_of(n, v, n) : which == 1 ? deviation(n, v, n) : middle(n, v, n);
    return isnan(number[which]->value) ? 0 : fabs(is - number[which]->value) / (number[which]->step / 2);
}

/* Whoever knows all others: try values for one person, from far below to far above; those that print alike lie around her own as wide as promised. */
static void
nobody_shows_to_who_knows_all_others(size_t n, const double v[], const spread_numbers *s, size_t person)
{
    double mean = mean_of(n, v, n), farthest = fmax(v[n - 1] - mean, mean - v[0]), tried[MOST], range[2];
    for (int side = 0; side < 2; side++) {
        range[side] = v[person];
        for (int step = 1; step <= 400; step++) {
            double x = v[person] + (side ? 1 : -1) * step * farthest / 100;
            size_t at = 0, k = 0;
            for (size_t i = 0; i < n; i++)
                if (i != person) tried[k++] = v[i];
            while (at < k && tried[at] <= x) at++;
            memmove(tried + at + 1, tried + at, (k - at) * sizeof *tried);
            tried[at] = x;
            bool alike = true;
            for (int w = 0; w < 3; w++) alike = alike && all_three(n, tried, s, w) <= 1;
            if (!alike) break;
            range[side] = x;
        }
    }
    /* tried by hundredths: two of them at most are missed */
    if (range[1] - range[0] < farthest * 0.48)
        fail_msg("of %zu, person %zu with %g: %g to %g, the farthest is %g off", n, person, v[person], range[0], range[1], farthest);
}

static void
nobody_shows(void **state)
{
    (void)state;
    rng r = rng_new(41, 1);
    size_t shown = 0;
    for (int k = 0; k < 300; k++) {
        double v[MOST];
        size_t n = 3 + (size_t)rng_below(&r, MOST - 3);
        double scale = pow(10, 1 + 4 * rng_uniform(&r));
        for (size_t i = 0; i < n; i++) v[i] = floor(-log(rng_uniform(&r) + 1e-12) * scale);
        qsort(v, n, sizeof *v, compare);
        spread_numbers s = spread_of(&(spread_values){n, v}, LEAST);
        check("mean", n, v, s.mean, mean_of);
        check("standard deviation", n, v, s.sd, deviation);
        check("median", n, v, s.median, middle);
        size_t near = 0;
        for (size_t i = 0; i < n; i++) near += fabs(v[i] - s.median.value) <= s.median.step / 2;
        if (!isnan(s.median.value)) assert_true(near >= LEAST);
        if (n < LEAST) assert_true(isnan(s.mean.value) && isnan(s.median.value));
        for (size_t i = 0; k < 100 && i < n; i += 1 + n / 20) nobody_shows_to_who_knows_all_others(n, v, &s, i);
        if (k < 100) nobody_shows_to_who_knows_all_others(n, v, &s, n - 1);
        shown += !isnan(s.mean.value) + !isnan(s.sd.value) + !isnan(s.median.value);
    }
    assert_true(shown > 300);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(by_hand), cmocka_unit_test(nobody_shows)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
