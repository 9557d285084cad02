#include "testing.h"

#include "protect/gate.h"

#include <math.h>
#include <string.h>

static double
chi_square(size_t rows, size_t columns, const int64_t x[], const void *context)
{
    (void)context;
    double r[4] = {0}, c[4] = {0}, n = 0, sum = 0;
    for (size_t i = 0; i < rows * columns; i++) {
        r[i / columns] += (double)x[i];
        c[i % columns] += (double)x[i];
        n += (double)x[i];
    }
    for (size_t i = 0; i < rows * columns; i++) {
        double e = r[i / columns] * c[i % columns] / n;
        if (!(e > 0)) return NAN;
        sum += ((double)x[i] - e) * ((double)x[i] - e) / e;
    }
    return sum;
}

static void
bounds(const int64_t exact[4], int64_t lower[4], int64_t upper[4])
{
    for (int i = 0; i < 4; i++) {
        int64_t rounded = (exact[i] + 2) / 5 * 5;
        lower[i] = rounded < 2 ? 0 : rounded - 2;
        upper[i] = rounded + 2;
    }
}

/* How many tables give the same printed statistic: by plain loops. */
static size_t
naive(const int64_t lower[4], const int64_t upper[4], const char *printed, int digits, int cell, size_t *tables)
{
    uint64_t seen = 0;
    int64_t x[4];
    *tables = 0;
    for (x[0] = lower[0]; x[0] <= upper[0]; x[0]++)
        for (x[1] = lower[1]; x[1] <= upper[1]; x[1]++)
            for (x[2] = lower[2]; x[2] <= upper[2]; x[2]++)
                for (x[3] = lower[3]; x[3] <= upper[3]; x[3]++) {
                    char text[40];
                    snprintf(text, sizeof text, "%.*e", digits - 1, chi_square(2, 2, x, NULL));
                    if (strcmp(text, printed) != 0) continue;
                    ++*tables;
                    seen |= UINT64_C(1) << (x[cell] - lower[cell]);
                }
    return (size_t)__builtin_popcountll(seen);
}

static void
the_digits_leave_enough_values(void **state)
{
    (void)state;
    static const int64_t rows[][4] = {{570, 700, 41, 33}, {12, 48, 7, 91}, {104, 22, 63, 45}, {8, 9, 11, 14}, {311, 200, 108, 97}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t lower[4], upper[4];
        bounds(rows[i], lower, upper);
        gate_input in = {.rows = 2, .columns = 2, .exact = rows[i], .lower = lower, .upper = upper, .statistic = chi_square};
        gate_result r;
        ASSERT_OK(protect_gate(&in, &r));
        assert_true(r.complete);
        double exact = chi_square(2, 2, rows[i], NULL);
        for (int digits = 6; digits > 0; digits--) {
            char printed[40];
            snprintf(printed, sizeof printed, "%.*e", digits - 1, exact);
            size_t least = SIZE_MAX, tables = 0;
            for (int cell = 0; cell < 4; cell++) {
                size_t values = naive(lower, upper, printed, digits, cell, &tables);
                if (values < least) least = values;
            }
            if (digits > r.digits) assert_true(least < 5);
            if (digits != r.digits) continue;
            assert_true(least >= 5);
            assert_int_equal(least, r.values);
            assert_int_equal(tables, r.tables);
        }
        assert_true(r.digits < 5); /* three decimals would give the table away */
    }
}

static void
printed_shares_count_too(void **state)
{
    (void)state;
    SCRATCH(tmp);
    static const int64_t exact[4] = {12, 48, 7, 91};
    int64_t lower[4], upper[4];
    bounds(exact, lower, upper);
    static const uint32_t whole[2] = {0, 1};
    audit_clue clue[2];
    ASSERT_OK(gate_share_clues(tmp, 0, 2, whole, 20, 0, clue)); /* 12 / 60 */
    gate_input in = {.rows = 2, .columns = 2, .exact = exact, .lower = lower, .upper = upper, .clues = 2, .clue = clue, .statistic = chi_square};
    gate_result with, without;
    ASSERT_OK(protect_gate(&in, &with));
    in.clues = 0;
    ASSERT_OK(protect_gate(&in, &without));
    assert_true(with.digits <= without.digits);
    ASSERT_OK(gate_share_clues(tmp, 0, 2, whole, 35, 0, clue));
    in.clues = 2;
    ASSERT_STATUS(protect_gate(&in, &with), ST_INVALID);
}

static void
what_cannot_be_printed_is_withheld(void **state)
{
    (void)state;
    static const int64_t exact[4] = {3, 1, 2, 4}, lower[4] = {1, 1, 1, 1}, upper[4] = {4, 4, 4, 4};
    gate_input in = {.rows = 2, .columns = 2, .exact = exact, .lower = lower, .upper = upper, .statistic = chi_square};
    gate_result r;
    ASSERT_OK(protect_gate(&in, &r)); /* four values at most can be left */
    assert_int_equal(r.digits, 0);
    assert_true(isnan(r.shown));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_digits_leave_enough_values),
        cmocka_unit_test(printed_shares_count_too),
        cmocka_unit_test(what_cannot_be_printed_is_withheld),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
