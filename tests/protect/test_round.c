#include "testing.h"

#include "protect/anneal.h"
#include "protect/linked.h"
#include "protect/random_system.h"
#include "protect/round.h"

#include <math.h>

/* Cheapest zero-restricted additive rounding by trying all of them; -1: none, -2: too many to try. */
static int64_t
cheapest(const protect_system *s)
{
    uint32_t open[24];
    size_t n = 0;
    for (uint32_t i = 0; i < s->n; i++)
        if (s->value[i] % 5) {
            if (n == 18) return -2;
            open[n++] = i;
        }
    int64_t best = -1, value[600];
    for (uint32_t pattern = 0; pattern < 1u << n; pattern++) {
        int64_t cost = 0;
        for (size_t i = 0; i < s->n; i++) value[i] = s->value[i];
        for (size_t k = 0; k < n; k++) {
            value[open[k]] += (pattern >> k & 1u ? 5 : 0) - s->value[open[k]] % 5;
            cost += llabs(value[open[k]] - s->value[open[k]]);
        }
        if (best >= 0 && cost >= best) continue;
        bool good = true;
        for (size_t i = 0; i < s->rows && good; i++) {
            const system_row *r = &s->row[i];
            int64_t sum = 0;
            for (uint32_t p = 0; p < r->n; p++) sum += value[r->part[p]];
            if (r->relation == SYSTEM_EQUAL) good = sum == value[r->whole];
            if (r->relation == SYSTEM_AT_LEAST && r->n == 1) good = sum <= value[r->whole];
        }
        if (good) best = cost;
    }
    return best;
}

static void
small_tables_get_the_best_rounding(void **state)
{
    (void)state;
    int tried = 0, none = 0;
    for (uint64_t seed = 1; seed <= DRAWS(300); seed++) {
        SCRATCH(tmp);
        protect_system s;
        random_shape shape = {3, 3, 2, 30, seed % 3 == 0};
        ASSERT_OK(random_system(tmp, seed, &shape, &s));
        int64_t best = s.n <= 600 ? cheapest(&s) : -2;
        if (best == -2) continue;
        protect_round_options o = {.base = 5, .effort = 1000};
        protect_rounding r;
        status code = protect_round_controlled(tmp, &s, &o, &r);
        if (best < 0) {
            none++;
            assert_false(code == ST_OK && r.restricted && r.ordered);
            continue;
        }
        ASSERT_OK(code);
        if (!r.additive) fail_msg("seed %llu: not additive", (unsigned long long)seed);
        tried++;
        if (!r.restricted || llround(r.mean * (double)s.n) != best)
            fail_msg("seed %llu: cost %g, best %lld", (unsigned long long)seed, r.mean * (double)s.n, (long long)best);
    }
    print_message("%d tables, %d of them without such a rounding\n", tried + none, none);
    if (tried < DRAWS(50)) fail_msg("only %d tables were small enough", tried);
}

static void
linked_tables_stay_additive(void **state)
{
    (void)state;
    int done = 0;
    for (uint64_t seed = 1; seed <= DRAWS(25); seed++) {
        SCRATCH(tmp);
        protect_system s;
        random_shape shape = {4, 4, 4, 300, seed % 2};
        ASSERT_OK(random_system(tmp, seed, &shape, &s));
        protect_round_options o = {.base = 5, .iterations = 500, .effort = 1000};
        protect_rounding r, again;
        if (protect_round_controlled(tmp, &s, &o, &r) == ST_INFEASIBLE) continue;
        done++;
        ASSERT_OK(protect_round_controlled(tmp, &s, &o, &again));
        if (!r.additive) fail_msg("seed %llu: not additive", (unsigned long long)seed);
        assert_memory_equal(r.value, again.value, s.n * sizeof *r.value);
        for (size_t i = 0; i < s.n; i++) assert_true(r.value[i] % 5 == 0 && r.value[i] >= 0);
        for (size_t i = 0; i < s.n && r.restricted; i++) assert_true(llabs(r.value[i] - s.value[i]) < 5);
    }
    assert_true(done >= DRAWS(20));
}

/* Annealing alone, where the best is known: additive always, close to the best, and the same again. */
static void
annealing_comes_close_to_the_best(void **state)
{
    (void)state;
    int64_t best_sum = 0, sum = 0;
    int tried = 0, beyond = 0;
    for (uint64_t seed = 1; seed <= DRAWS(90); seed++) {
        SCRATCH(tmp);
        protect_system s;
        random_shape shape = {3, 3, 2, 30, seed % 3 == 0};
        ASSERT_OK(random_system(tmp, seed, &shape, &s));
        int64_t best = s.n <= 600 ? cheapest(&s) : -2;
        int64_t *again = arena_alloc(tmp, s.n, sizeof *again);
        protect_rounding r = {.value = arena_alloc(tmp, s.n, sizeof *r.value)};
        ASSERT_OK(anneal_round(&s, 5, seed, 3000, r.value));
        ASSERT_OK(anneal_round(&s, 5, seed, 3000, again));
        assert_memory_equal(r.value, again, s.n * sizeof *again);
        protect_round_measure(&s, 5, &r);
        if (!r.additive || !r.ordered) fail_msg("seed %llu: not additive", (unsigned long long)seed);
        for (size_t i = 0; i < s.n; i++) assert_true(r.value[i] % 5 == 0 && r.value[i] >= 0);
        if (best < 0) continue;
        tried++;
        beyond += !r.restricted;
        best_sum += best;
        sum += llround(r.mean * (double)s.n);
    }
    print_message("%d tables, %d beyond the neighbours, deviation %lld against %lld\n", tried, beyond, (long long)sum, (long long)best_sum);
    assert_true(tried >= DRAWS(40));
    assert_true(sum <= best_sum * 103 / 100);
}

/* Tables with all their margins, mostly ones and zeros: some have no zero-restricted rounding. */
static void
what_has_no_neighbouring_rounding_goes_further(void **state)
{
    (void)state;
    int further = 0, proven = 0;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        SCRATCH(tmp);
        protect_system s;
        random_shape shape = {4, 4, 9, 90, false};
        ASSERT_OK(random_system(tmp, seed, &shape, &s));
        protect_round_options o = {.base = 5, .iterations = 200, .effort = 2000};
        protect_rounding r;
        ASSERT_OK(protect_round_controlled(tmp, &s, &o, &r));
        assert_true(r.additive);
        assert_true(r.restricted == (r.beyond == 0));
        if (r.restricted) continue;
        further++;
        proven += r.impossible;
        assert_true(r.largest >= 5);
        if (r.largest > 10) fail_msg("seed %llu: moved by %lld", (unsigned long long)seed, (long long)r.largest);
    }
    print_message("%d of 20 went further, for %d it is proven that some must\n", further, proven);
    assert_int_equal(proven, further); /* systems this small are searched to the end */
    assert_true(further > 0);
}

/* A declared code that no count has: nobody may be put there. */
static void
annealing_puts_nobody_in_a_code_without_counts(void **state)
{
    (void)state;
    SCRATCH(tmp);
    protect_system s;
    uint16_t population, d, child[4];
    ASSERT_OK(system_new(tmp, &s));
    ASSERT_OK(system_population_find(&s, "persons", &population));
    ASSERT_OK(system_dimension_find(&s, "a", &d));
    static const char *const codes[] = {"1", "2", "3", "nobody"};
    for (int c = 0; c < 4; c++) ASSERT_OK(system_code_find(&s, d, codes[c], &child[c]));
    ASSERT_OK(system_partition_add(&s, d, 0, true, 4, child));
    ASSERT_OK(system_counts(&s, 4));
    static const int64_t count[] = {13, 4, 6, 3};
    for (uint16_t c = 0; c < 4; c++) {
        uint32_t index;
        ASSERT_OK(system_add(&s, (uint16_t[]){0, c}, count[c], "test", &index));
    }
    ASSERT_OK(system_rows(&s, SYSTEM_STRICT));
    assert_int_equal(s.rows, 1);
    for (uint64_t seed = 1; seed <= DRAWS(20); seed++) {
        protect_rounding r = {.value = arena_alloc(tmp, s.n, sizeof *r.value)};
        ASSERT_OK(anneal_round(&s, 5, seed, 200, r.value));
        protect_round_measure(&s, 5, &r);
        assert_true(r.additive && r.largest < 5);
    }
}

static void
annealing_survives_without_memory(void **state)
{
    (void)state;
    SCRATCH(tmp);
    protect_system s;
    random_shape shape = {3, 3, 2, 30, true};
    ASSERT_OK(random_system(tmp, 3, &shape, &s));
    int64_t *value = arena_alloc(tmp, s.n, sizeof *value);
    ASSERT_SURVIVES_NO_MEMORY(anneal_round(&s, 5, 1, 50, value));
}

/* Both ways: a system that has a rounding to neighbours and one that has none. */
static void
rounding_survives_without_memory(void **state)
{
    (void)state;
    static const struct { const char *solver; uint64_t seed; random_shape shape; } rows[] = {{"GLPK", 3, {2, 3, 2, 25, true}}, {"annealing", 6, {4, 4, 9, 90, false}}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        SCRATCH(tmp);
        protect_system s;
        protect_rounding r;
        ASSERT_OK(random_system(tmp, rows[i].seed, &rows[i].shape, &s));
        protect_round_options o = {.base = 5, .iterations = 50, .effort = 50};
        ASSERT_SURVIVES_NO_MEMORY(protect_round_controlled(tmp, &s, &o, &r));
        assert_true(r.additive);
        if (strncmp(r.solver, rows[i].solver, strlen(rows[i].solver)) != 0) fail_msg("row %zu: %s", i, r.solver);
    }
}

/* A table of two dimensions always has a rounding to neighbours: found by search alone, then brought closer. */
static void
a_large_table_is_searched(void **state)
{
    (void)state;
    SCRATCH(tmp);
    enum { A = 75, B = 60 };
    protect_system s;
    protect_rounding r;
    rng random = rng_new(11, 1);
    uint16_t population, d, code[A + 1], key[3] = {0};
    int64_t row[A] = {0}, column[B] = {0}, all = 0;
    uint32_t index;
    ASSERT_OK(system_new(tmp, &s));
    ASSERT_OK(system_population_find(&s, "persons", &population));
    for (int k = 0; k < 2; k++) {
        ASSERT_OK(system_dimension_find(&s, k ? "b" : "a", &d));
        for (int i = 0; i < (k ? B : A); i++) ASSERT_OK(system_code_find(&s, d, arena_printf(tmp, "%d", i), &code[i]));
        ASSERT_OK(system_partition_add(&s, d, 0, true, k ? B : A, code));
    }
    ASSERT_OK(system_counts(&s, (A + 1) * (B + 1)));
    for (uint16_t i = 0; i < A; i++)
        for (uint16_t j = 0; j < B; j++) {
            int64_t v = (int64_t)rng_below(&random, 9);
            key[1] = (uint16_t)(i + 1), key[2] = (uint16_t)(j + 1);
            ASSERT_OK(system_add(&s, key, v, "test", &index));
            row[i] += v, column[j] += v, all += v;
        }
    for (uint16_t i = 0; i < A; i++) {
        key[1] = (uint16_t)(i + 1), key[2] = 0;
        ASSERT_OK(system_add(&s, key, row[i], "test", &index));
    }
    for (uint16_t j = 0; j < B; j++) {
        key[1] = 0, key[2] = (uint16_t)(j + 1);
        ASSERT_OK(system_add(&s, key, column[j], "test", &index));
    }
    key[1] = key[2] = 0;
    ASSERT_OK(system_add(&s, key, all, "test", &index));
    ASSERT_OK(system_rows(&s, SYSTEM_STRICT));
    protect_round_options o = {.base = 5, .effort = 4000};
    ASSERT_OK(protect_round_controlled(tmp, &s, &o, &r));
    print_message("%zu unknowns, %s, mean deviation %.3f, at most %lld\n", r.unknowns, r.solver, r.mean, (long long)r.largest);
    assert_true(r.additive && r.restricted && r.unknowns > 3000 && r.largest <= 4);
}

/* Slow under sanitizers: only that it ends additive with nothing moved by more than three steps. */
static void
the_full_table_is_additive(void **state)
{
    (void)state;
    SCRATCH(tmp);
    SHARED_OR_SKIP(tmp, path, "data/protect/synthetic_victims_5000.csv");
    protect_system s;
    ASSERT_OK(linked_system(tmp, path, 5, &s));
    protect_round_options o = {.base = 5, .effort = 3000};
    protect_rounding r;
    ASSERT_OK(protect_round_controlled(tmp, &s, &o, &r));
    print_message("mean deviation %.4f, at most %lld, %zu beyond their neighbours\n", r.mean, (long long)r.largest, r.beyond);
    assert_true(r.additive && !r.restricted);
    assert_true(r.largest <= 15);
}

static void
ten_linked_tables_meet_their_figures(void **state)
{
    (void)state;
    SCRATCH(tmp);
    SHARED_OR_SKIP(tmp, path, "data/protect/synthetic_victims_5000.csv");
    protect_system s;
    ASSERT_OK(linked_system(tmp, path, 3, &s));
    protect_round_options o = {.base = 5};
    protect_rounding r;
    ASSERT_OK(protect_round_controlled(tmp, &s, &o, &r));
    print_message("mean deviation %.4f (no less than %.4f), moved %zu\n", r.mean, r.bound, r.moved);
    assert_true(r.additive && r.restricted);
    assert_true(r.largest <= 4);
    assert_true(r.mean <= 1.5);
    assert_true(r.mean >= r.bound - 1e-9);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_tables_get_the_best_rounding),
        cmocka_unit_test(linked_tables_stay_additive),
        cmocka_unit_test(annealing_comes_close_to_the_best),
        cmocka_unit_test(what_has_no_neighbouring_rounding_goes_further),
        cmocka_unit_test(annealing_puts_nobody_in_a_code_without_counts),
        cmocka_unit_test(annealing_survives_without_memory),
        cmocka_unit_test(rounding_survives_without_memory),
        cmocka_unit_test(a_large_table_is_searched),
        cmocka_unit_test(the_full_table_is_additive),
        cmocka_unit_test(ten_linked_tables_meet_their_figures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
