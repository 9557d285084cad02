#include "synth/registers_internal.h"

#include <math.h>
#include <stdlib.h>

/* Pearson's chi-square of k rows x (none, once, several), no correction. */
static double
chi_square(int k, int cell[][3])
{
    double column[3] = {0}, all = 0, sum = 0;
    for (int i = 0; i < k; i++)
        for (int j = 0; j < 3; j++) column[j] += cell[i][j];
    all = column[0] + column[1] + column[2];
    for (int i = 0; i < k; i++) {
        double row = cell[i][0] + cell[i][1] + cell[i][2];
        for (int j = 0; j < 3; j++) {
            double expected = row * column[j] / all;
            if (expected > 0) sum += (cell[i][j] - expected) * (cell[i][j] - expected) / expected;
        }
    }
    return sum;
}

static bool
prints(double value, double printed, double digit)
{
    return fabs(value - printed) < digit / 2;
}

/* Chi-squares are met to one decimal: three would give back the exact counts of real persons (docs/methods/leak-gate.md). */
#define CHI_SQUARE_DIGIT 0.1

/* The one of all solutions offered so far, each with the same chance. */
static bool
keep(rng *r, int *seen)
{
    return rng_below(r, (uint64_t)++*seen) == 0;
}

/* Men and women: how many of each again once and several times. Men are few, so their numbers decide; how many women there are
 * of 2010-2015 alone is not published, so it may give way. */
static status
find_by_sex(rng *r, const registers_facts *f, int women_about, registers_outcomes *o)
{
    int n = (int)f->revict_5y_population, again = (int)f->revict_5y, seen = 0;
    for (int women = women_about - 40; women <= women_about + 40; women++) {
        int men = n - women;
        for (int men_again = 0; men_again <= men; men_again++) {
            if (!prints(100.0 * men_again / men, f->revict_5y_men, 1)) continue;
            for (int once = again * 47 / 100; once <= again * 53 / 100; once++)
                for (int men_once = men_again / 2; men_once <= men_again; men_once++) {
                    int men_several = men_again - men_once, several = again - once;
                    int cell[2][3] = {{men - men_again, men_once, men_several}, {women - again + men_again, once - men_once, several - men_several}};
                    if (!prints(chi_square(2, cell), f->revict_5y_sex_chi2, CHI_SQUARE_DIGIT) || !keep(r, &seen)) continue;
                    o->women = women;
                    o->once = once;
                    o->several = several;
                    o->men_once = men_once;
                    o->men_several = men_several;
                }
        }
    }
    if (!seen) FAIL(ST_INFEASIBLE, "facts.csv: no table of sex by again a victim gives the printed chi-square");
    return ST_OK;
}

/* Half of the minors and of those of 18 to 22 are again victims (49 to 51 %); the rest follows. */
static status
find_by_age(rng *r, const registers_facts *f, const int ages[AGE_GROUPS], registers_outcomes *o)
{
    int seen = 0, again = (int)f->revict_5y;
    for (int minor = ages[MINOR] * 49 / 100; minor <= ages[MINOR] * 51 / 100; minor++)
        for (int adolescent = ages[ADOLESCENT] * 49 / 100; adolescent <= ages[ADOLESCENT] * 51 / 100; adolescent++) {
            int grown = again - minor - adolescent;
            if (grown < 0 || grown > ages[GROWN]) continue;
            for (int a = minor * 35 / 100; a <= minor * 65 / 100; a++)
                for (int b = adolescent * 35 / 100; b <= adolescent * 65 / 100; b++) {
                    int c = o->once - a - b;
                    if (c < 0 || c > grown) continue;
                    int cell[3][3] = {{ages[MINOR] - minor, a, minor - a}, {ages[ADOLESCENT] - adolescent, b, adolescent - b},
                                      {ages[GROWN] - grown, c, grown - c}};
                    if (prints(chi_square(3, cell), f->revict_5y_age_chi2, CHI_SQUARE_DIGIT) && keep(r, &seen)) memcpy(o->by_age, cell, sizeof cell);
                }
        }
    if (!seen) FAIL(ST_INFEASIBLE, "facts.csv: no table of age by again a victim gives the printed chi-square");
    return ST_OK;
}

static status
find_by_form(rng *r, const registers_facts *f, registers_outcomes *o)
{
    int n = (int)f->revict_5y_form_population, about = registers_share(f->revict_form_sexual, n), seen = 0;
    for (int sexual = about - 2; sexual <= about + 2; sexual++)
        for (int s = 0; s <= sexual; s++) {
            if (!prints(100.0 * s / sexual, f->revict_5y_form_sexual, 1)) continue;
            for (int t = 0; t <= n - sexual; t++) {
                if (!prints(100.0 * t / (n - sexual), f->revict_5y_form_other, 1)) continue;
                for (int a = s * 35 / 100; a <= s * 65 / 100; a++)
                    for (int b = t / 3; b <= t; b++) {
                        int cell[2][3] = {{sexual - s, a, s - a}, {n - sexual - t, b, t - b}};
                        if (!prints(chi_square(2, cell), f->revict_5y_form_chi2, CHI_SQUARE_DIGIT) || !keep(r, &seen)) continue;
                        o->sexual = sexual;
                        memcpy(o->by_form, cell, sizeof cell);
                    }
            }
        }
    if (!seen) FAIL(ST_INFEASIBLE, "facts.csv: no table of form by again a victim gives the printed chi-square");
    return ST_OK;
}

status
registers_outcomes_find(rng *r, const registers_facts *f, int women_about, const int ages[AGE_GROUPS], registers_outcomes *result)
{
    registers_outcomes o = {0};
    CHECK(find_by_sex(r, f, women_about, &o));
    CHECK(find_by_age(r, f, ages, &o));
    CHECK(find_by_form(r, f, &o));
    *result = o;
    return ST_OK;
}

enum { TIME_LEAST = 3, TIME_MOST = 1826, TIME_NOT = 731 }; /* five years have at least 1,826 days; on day 731 two years may end */

static bool
move_time(int32_t *t, int32_t by, int32_t low, int32_t high)
{
    int32_t to = *t + by;
    if (to < low || to > high || to == TIME_NOT) return false;
    *t = to;
    return true;
}

typedef struct time_fit {
    size_t n, half;      /* n days, half of them below the two middle ones */
    int32_t middle;
    double sum, squares; /* wanted */
    int32_t *days;       /* [n] the two middle ones last */
} time_fit;

static void
bounds(const time_fit *t, size_t i, int32_t *low, int32_t *high)
{
    *low = i < t->half ? TIME_LEAST : t->middle + 1;
    *high = i < t->half ? t->middle - 1 : TIME_MOST;
}

static void
start_times(rng *r, const time_fit *t)
{
    for (size_t i = 0; i < t->n; i++) {
        int32_t low, high;
        bounds(t, i, &low, &high);
        if (i >= t->n - 2) t->days[i] = t->middle;
        else do t->days[i] = low + (int32_t)(rng_uniform(r) * (high - low + 1));
            while (t->days[i] == TIME_NOT);
    }
}

/* Steps that bring the sum, then pairs of steps that keep the sum and bring the squares: always nearer, until they print. */
static bool
fit_times(rng *r, time_fit *t, double tolerance)
{
    double sum = 0, squares = 0;
    for (size_t i = 0; i < t->n; i++) sum += t->days[i], squares += (double)t->days[i] * t->days[i];
    for (long step = 0; step < 4000000; step++) {
        int32_t low, high, d = (int32_t)rng_below(r, 40) + 1;
        size_t i = (size_t)rng_below(r, t->n - 2), k = (size_t)rng_below(r, t->n - 2);
        if (sum != t->sum) {
            if (d > fabs(sum - t->sum)) d = (int32_t)fabs(sum - t->sum);
            if (sum > t->sum) d = -d;
            bounds(t, i, &low, &high);
            double before = t->days[i];
            if (move_time(&t->days[i], d, low, high)) sum += d, squares += (before + d) * (before + d) - before * before;
            continue;
        }
        if (fabs(squares - t->squares) < tolerance) return true;
        if (i == k) continue;
        double a = t->days[i], b = t->days[k], change = (a + d) * (a + d) - a * a + (b - d) * (b - d) - b * b;
        if (fabs(squares + change - t->squares) >= fabs(squares - t->squares)) continue;
        bounds(t, i, &low, &high);
        if (!move_time(&t->days[i], d, low, high)) continue;
        bounds(t, k, &low, &high);
        if (move_time(&t->days[k], -d, low, high)) squares += change;
        else t->days[i] -= d;
    }
    return false;
}

static int
by_days(const void *a, const void *b)
{
    const int32_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

status
registers_times_find(rng *r, const registers_facts *f, size_t n, int32_t days[])
{
    if (n < 4 || n % 2) FAIL(ST_INFEASIBLE, "facts.csv: revict_5y: expected an even number of persons, at least 4");
    if (f->revict_5y_median <= TIME_LEAST + 1 || f->revict_5y_median >= TIME_MOST - 1)
        FAIL(ST_INFEASIBLE, "facts.csv: revict_5y_median: expected a day within five years");
    double sum = round(f->revict_5y_mean * (double)n), variance = f->revict_5y_sd * f->revict_5y_sd;
    time_fit t = {.n = n, .half = n / 2 - 1, .middle = (int32_t)f->revict_5y_median, .sum = sum, .days = days,
                  .squares = variance * (double)(n - 1) + sum * sum / (double)n};
    start_times(r, &t);
    /* a standard deviation a quarter of its last digit off */
    if (!fit_times(r, &t, 2 * f->revict_5y_sd * 0.0025 * (double)(n - 1)))
        FAIL(ST_INFEASIBLE, "facts.csv: no times give the printed median, mean and standard deviation together");
    qsort(days, n, sizeof *days, by_days);
    return ST_OK;
}
