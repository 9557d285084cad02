/* Adjusted p-values by cells against adjusted p-values worked out one by one; ranges that leave everything printed as it is. */
#include "protect/adjusted.h"
#include "testing.h"

#include "base/rng.h"

#include <math.h>
#include <stdlib.h>

enum { MOST = 14 };

/* Naive: the definition, test by test. Equal p-values get equal adjusted ones. */
static double
adjusted(adjusted_by way, size_t m, const double p[], size_t j)
{
    double result = way == ADJUSTED_BH ? 1 : 0;
    if (way == ADJUSTED_NOT) return p[j];
    for (size_t i = 0; i < m; i++) {
        size_t below = 0, upto = 0;
        for (size_t k = 0; k < m; k++) below += p[k] < p[i], upto += p[k] <= p[i];
        if (way == ADJUSTED_HOLM && p[i] <= p[j]) result = fmax(result, fmin(1, p[i] * (double)(m - below)));
        if (way == ADJUSTED_BH && p[i] >= p[j]) result = fmin(result, p[i] * ((double)m / (double)upto));
    }
    return result;
}

static double
random_p(rng *r)
{
    static const double some[] = {0.0001, 0.001, 0.01, 0.02, 0.05, 0.5};
    double u = rng_uniform(r);
    return rng_below(r, 4) == 0 ? some[rng_below(r, 6)] : u * u * u * u;
}

static void
against_definition(void **state)
{
    (void)state;
    rng r = rng_new(11, 1);
    for (int i = 0; i < 4000; i++) {
        SCRATCH(a);
        size_t m = 1 + (size_t)rng_below(&r, MOST);
        adjusted_grid g;
        double p[MOST];
        uint16_t cell[MOST];
        ASSERT_OK(adjusted_grid_make(a, m, &g));
        for (size_t j = 0; j < m; j++) p[j] = random_p(&r);
        for (size_t j = 0; j < m; j++) cell[j] = adjusted_cell(&g, p[j]);
        for (int way = 0; way < ADJUSTED_WAYS; way++)
            for (int b = 0; b < ADJUSTED_BOUNDS; b++) {
                int cut = adjusted_cut(&g, (adjusted_by)way, b, cell);
                for (size_t j = 0; j < m; j++) {
                    double want = adjusted((adjusted_by)way, m, p, j);
                    if (fabs(want - adjusted_bound(b)) < 1e-12) continue; /* the last bit of a product decides */
                    if ((cell[j] <= cut) != (want < adjusted_bound(b)))
                        fail_msg("case %d, way %d: adjusted p %.17g, bound %g, cell %u, cut %d", i, way, want, adjusted_bound(b), cell[j], cut);
                }
            }
    }
}

static void
by_hand(void **state)
{
    (void)state;
    SCRATCH(a);
    /* .01, .02, .03: Holm .03, .04, .04; Benjamini-Hochberg .03, .03, .03 */
    static const double p[] = {0.01, 0.02, 0.03}, late[] = {0.01, 0.03, 0.03};
    adjusted_grid g;
    uint16_t cell[3];
    ASSERT_OK(adjusted_grid_make(a, 3, &g));
    for (int j = 0; j < 3; j++) cell[j] = adjusted_cell(&g, p[j]);
    assert_int_equal(adjusted_cut(&g, ADJUSTED_HOLM, 2, cell), cell[2]);
    assert_int_equal(adjusted_cut(&g, ADJUSTED_HOLM, 1, cell), -1);
    for (int j = 0; j < 3; j++) cell[j] = adjusted_cell(&g, late[j]); /* Holm .03, .06, .06 */
    assert_int_equal(adjusted_cut(&g, ADJUSTED_HOLM, 2, cell), cell[0]);
    assert_int_equal(adjusted_cut(&g, ADJUSTED_BH, 2, cell), cell[2]);
    ASSERT_STATUS(ST_INVALID, adjusted_grid_make(a, 0, &g));
}

/* Wherever each p lies in its range, all that is printed stays. */
static void
ranges(void **state)
{
    (void)state;
    rng r = rng_new(12, 1);
    size_t wide = 0;
    for (int i = 0; i < 600; i++) {
        SCRATCH(a);
        size_t m = 1 + (size_t)rng_below(&r, MOST);
        adjusted_grid g;
        adjusted_said said[MOST] = {{{0}}};
        uint16_t cell[MOST], low[MOST], high[MOST], other[MOST];
        ASSERT_OK(adjusted_grid_make(a, m, &g));
        for (size_t j = 0; j < m; j++) {
            cell[j] = adjusted_cell(&g, random_p(&r));
            for (int way = 0; way < ADJUSTED_WAYS; way++) said[j].said[way] = (uint8_t)(rng_below(&r, 3) ? rng_below(&r, 8) : 0);
        }
        ASSERT_OK(adjusted_ranges(&g, cell, said, low, high));
        for (int k = 0; k < 50; k++) {
            for (size_t j = 0; j < m; j++) {
                assert_true(low[j] <= cell[j] && cell[j] <= high[j]);
                other[j] = (uint16_t)(low[j] + rng_below(&r, (uint64_t)(high[j] - low[j]) + 1));
                wide += other[j] != cell[j];
            }
            for (int way = 0; way < ADJUSTED_WAYS; way++)
                for (int b = 0; b < ADJUSTED_BOUNDS; b++)
                    for (size_t j = 0; j < m; j++)
                        if (said[j].said[way] >> b & 1)
                            assert_int_equal(cell[j] <= adjusted_cut(&g, (adjusted_by)way, b, cell), other[j] <= adjusted_cut(&g, (adjusted_by)way, b, other));
        }
    }
    assert_true(wide > 1000);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(against_definition), cmocka_unit_test(by_hand), cmocka_unit_test(ranges)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
