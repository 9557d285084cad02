#include "testing.h"

#include "base/rng.h"

/* Known answers of Philox4x32-10 as published with Random123 (Salmon et al. 2011): counter, key, result. */
static void
blocks_equal_the_published_answers(void **state)
{
    (void)state;
    static const struct {
        uint64_t seed, stream, index;
        uint32_t want[4];
    } rows[] = {
        {0, 0, 0, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {UINT64_MAX, UINT64_MAX, UINT64_MAX, {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {0x299f31d0a4093822, 0x0370734413198a2e, 0x85a308d3243f6a88, {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint32_t got[4];
        rng_block(rows[i].seed, rows[i].stream, rows[i].index, got);
        assert_memory_equal(got, rows[i].want, sizeof got);
    }
}

static void
draws_are_even_and_repeatable(void **state)
{
    (void)state;
    rng a = rng_new(1, 2), b = rng_new(1, 2), c = rng_new(1, 3);
    int same = 0, count[10] = {0};
    double sum = 0, squares = 0;
    for (int i = 0; i < 100000; i++) {
        uint64_t x = rng_next64(&a);
        assert_int_equal(x, rng_next64(&b));
        same += x == rng_next64(&c);
        count[rng_below(&a, 10)]++;
        rng_next64(&b);
        double z = rng_normal(&c);
        sum += z, squares += z * z;
    }
    assert_int_equal(same, 0);
    for (int i = 0; i < 10; i++) assert_in_range(count[i], 9600, 10400);
    assert_true(sum / 100000 < 0.02 && sum / 100000 > -0.02);
    assert_true(squares / 100000 < 1.03 && squares / 100000 > 0.97);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_equal_the_published_answers),
        cmocka_unit_test(draws_are_even_and_repeatable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
