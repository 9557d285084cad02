#include "testing.h"

#include <string.h>

static void
memory_is_zeroed_aligned_and_apart(void **state)
{
    (void)state;
    SCRATCH(tmp);
    static const size_t sizes[] = {1, 16, 63, 64, 65, 4096, 300000, 5000000, 8};
    char *last = NULL;
    size_t last_size = 0;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char *p = arena_alloc(tmp, sizes[i], 1);
        assert_non_null(p);
        assert_int_equal((uintptr_t)p % (sizes[i] >= 64 ? 64 : 16), 0);
        for (size_t k = 0; k < sizes[i]; k++) assert_int_equal(p[k], 0);
        memset(p, 0x5a, sizes[i]);
        if (last) assert_true(p >= last + last_size || p + sizes[i] <= last);
        last = p, last_size = sizes[i];
    }
}

static void
overflow_and_failure_give_null(void **state)
{
    (void)state;
    SCRATCH(tmp);
    volatile size_t huge = SIZE_MAX / 2;
    assert_null(arena_alloc(tmp, huge, 3));
    assert_null(arena_alloc(tmp, huge, 1));
    arena_fail_at(2);
    assert_non_null(arena_alloc(tmp, 1, 1));
    assert_null(arena_alloc(tmp, 1, 1));
    assert_non_null(arena_alloc(tmp, 1, 1));
    arena_fail_at(0);
}

static int closed[3], closings;

static void
note_closing(void *object)
{
    closed[closings++] = *(int *)object;
}

static void
cleanups_run_newest_first(void **state)
{
    (void)state;
    static int numbers[] = {1, 2, 3};
    closings = 0;
    {
        SCRATCH(tmp);
        for (int i = 0; i < 2; i++) ASSERT_OK(arena_defer(tmp, note_closing, &numbers[i]));
        arena_fail_at(1);
        ASSERT_STATUS(arena_defer(tmp, note_closing, &numbers[2]), ST_NO_MEMORY);
        assert_int_equal(closings, 1); /* closed at once */
    }
    assert_int_equal(closings, 3);
    assert_int_equal(closed[0], 3);
    assert_int_equal(closed[1], 2);
    assert_int_equal(closed[2], 1);
}

static status
fail_deep(void)
{
    FAIL(ST_INVALID, "row %d: expected a date", 7);
}

static status
pass_up(void)
{
    CHECK(fail_deep());
    return ST_OK;
}

static void
status_keeps_the_detail(void **state)
{
    (void)state;
    ASSERT_STATUS(pass_up(), ST_INVALID);
    assert_string_equal(status_detail(), "row 7: expected a date");
    assert_int_equal(status_prefix(ST_INVALID, "%s: ", "x.csv"), ST_INVALID);
    assert_string_equal(status_detail(), "x.csv: row 7: expected a date");
    assert_int_equal(status_exit_code(ST_USAGE), 64);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zeroed_aligned_and_apart),
        cmocka_unit_test(overflow_and_failure_give_null),
        cmocka_unit_test(cleanups_run_newest_first),
        cmocka_unit_test(status_keeps_the_detail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
