#include "testing.h"

#include "base/threads.h"
#include "protect/audit.h"
#include "protect/lattice.h"
#include "protect/linked.h"
#include "protect/random_system.h"
#include "protect/round.h"

/* Every table of whole numbers within the bounds that keeps every row: least and most of each cell. */
typedef struct enumeration {
    const protect_system *s;
    const int64_t *lower, *upper;
    int64_t x[64], least[64], most[64];
    long steps;
} enumeration;

static bool
rows_hold(const enumeration *e, size_t known)
{
    for (size_t i = 0; i < e->s->rows; i++) {
        const system_row *r = &e->s->row[i];
        int64_t sum = 0;
        bool complete = r->whole < known;
        for (uint32_t k = 0; k < r->n && complete; k++) {
            complete = r->part[k] < known;
            sum += e->x[r->part[k]];
        }
        if (!complete) continue;
        int64_t whole = e->x[r->whole];
        if (r->relation == SYSTEM_EQUAL ? sum != whole : r->relation == SYSTEM_AT_LEAST ? sum > whole : sum < whole) return false;
    }
    return true;
}

static void
enumerate(enumeration *e, size_t at)
{
    if (++e->steps > 3000000) return;
    if (at == e->s->n) {
        for (size_t j = 0; j < at; j++) {
            if (e->x[j] < e->least[j]) e->least[j] = e->x[j];
            if (e->x[j] > e->most[j]) e->most[j] = e->x[j];
        }
        return;
    }
    for (e->x[at] = e->lower[at]; e->x[at] <= e->upper[at]; e->x[at]++)
        if (rows_hold(e, at + 1)) enumerate(e, at + 1);
}

/* What a rounded number says by itself: within reach of it. */
static void
bounds_of(const protect_system *s, const int64_t value[], int reach, int64_t lower[], int64_t upper[])
{
    for (size_t i = 0; i < s->n; i++) {
        lower[i] = value[i] < reach ? 0 : value[i] - reach;
        upper[i] = value[i] + reach;
    }
}

static void
intervals_are_those_of_all_tables(void **state)
{
    (void)state;
    int tried = 0, cells = 0, narrowed = 0, undecided = 0;
    for (uint64_t seed = 1; seed <= DRAWS(150); seed++) {
        SCRATCH(tmp);
        protect_system s;
        random_shape shape = {3, 3, 2, 20, seed % 3 == 0};
        ASSERT_OK(random_system(tmp, seed, &shape, &s));
        if (s.n > 20) continue;
        int64_t value[64], lower[64], upper[64];
        for (size_t i = 0; i < s.n; i++) value[i] = (s.value[i] + 2) / 5 * 5;
        bounds_of(&s, value, 2, lower, upper);
        enumeration e = {.s = &s, .lower = lower, .upper = upper};
        for (size_t i = 0; i < s.n; i++) e.least[i] = INT32_MAX, e.most[i] = -1;
        enumerate(&e, 0);
        if (e.steps > 3000000) continue;
        audit_input in = {.system = &s, .lower = lower, .upper = upper, .start = s.value};
        audit_result r;
        ASSERT_OK(protect_audit(tmp, &in, &r));
        tried++;
        for (size_t i = 0; i < r.n; i++) {
            const audit_cell *c = &r.cell[i];
            cells++;
            narrowed += e.least[c->cell] > lower[c->cell] || e.most[c->cell] < upper[c->cell];
            undecided += c->lower > e.least[c->cell] || c->upper < e.most[c->cell];
            /* inner bounds are attained, outer ones are never passed */
            if (c->lower < e.least[c->cell] || c->upper > e.most[c->cell] || c->outer_lower > e.least[c->cell] || c->outer_upper < e.most[c->cell])
                fail_msg("seed %llu cell %u: [%lld %lld] within [%lld %lld], truly [%lld %lld]", (unsigned long long)seed, c->cell,
                         (long long)c->lower, (long long)c->upper, (long long)c->outer_lower, (long long)c->outer_upper,
                         (long long)e.least[c->cell], (long long)e.most[c->cell]);
            if (e.least[c->cell] == e.most[c->cell] && !c->exposed) fail_msg("seed %llu: an exposed cell was missed", (unsigned long long)seed);
        }
    }
    print_message("# %d systems, %d cells, %d truly narrowed, %d intervals shown narrower than they are\n", tried, cells, narrowed, undecided);
    assert_true(tried >= DRAWS(40) && narrowed > 0);
    assert_true(undecided * 20 <= cells);
}

/* All tables behind what somebody knows. false: too many. */
static bool
all_tables(enumeration *e, const protect_system *s, const int64_t lower[], const int64_t upper[])
{
    *e = (enumeration){.s = s, .lower = lower, .upper = upper};
    for (size_t i = 0; i < s->n; i++) e->least[i] = INT32_MAX, e->most[i] = -1;
    enumerate(e, 0);
    return e->steps <= 3000000;
}

/* Can somebody who is alone in a hidden count tell what stands in `cell`? -1: too many tables to try. */
static int
a_loner_can_tell(const protect_system *s, const int64_t lower[], const int64_t upper[], uint32_t cell)
{
    uint8_t own[64];
    int64_t from[64], to[64];
    for (uint32_t k = 0; k < s->n; k++) {
        if (s->value[k] != 1 || lower[k] == upper[k]) continue;
        own_counts(s, k, own);
        if (own[cell]) continue;
        for (uint32_t j = 0; j < s->n; j++) {
            from[j] = own[j] ? 1 : lower[j];
            to[j] = own[j] ? 1 : upper[j];
        }
        enumeration e;
        if (!all_tables(&e, s, from, to)) return -1;
        if (e.least[cell] == e.most[cell]) return 1;
    }
    return 0;
}

/* Counts hidden at random, the rest exact: what is exposed must be found, for outsiders and for loners; and little else. */
static void
exposed_counts_among_exact_ones_are_found(void **state)
{
    (void)state;
    int tried = 0, cells = 0, exposed = 0, inside = 0, beyond = 0;
    for (uint64_t seed = 1; seed <= DRAWS(200); seed++) {
        SCRATCH(tmp);
        protect_system s;
        random_shape shape = {3, 3, 2, 12, false};
        ASSERT_OK(random_system(tmp, seed, &shape, &s));
        if (s.n > 24) continue;
        rng r = rng_new(seed, 5);
        int64_t lower[64], upper[64];
        for (size_t i = 0; i < s.n; i++) {
            bool hidden = rng_below(&r, 5) < 3 && s.value[i] > 0;
            lower[i] = hidden ? 0 : s.value[i];
            upper[i] = hidden ? 14 : s.value[i];
        }
        enumeration e;
        if (!all_tables(&e, &s, lower, upper)) continue;
        audit_input in = {.system = &s, .lower = lower, .upper = upper, .start = s.value, .against = AUDIT_LONERS};
        audit_result found;
        ASSERT_OK(protect_audit(tmp, &in, &found));
        tried++;
        for (size_t i = 0; i < found.n; i++) {
            const audit_cell *c = &found.cell[i];
            bool truly = e.least[c->cell] == e.most[c->cell];
            int told = truly ? 0 : a_loner_can_tell(&s, lower, upper, c->cell);
            cells++;
            exposed += truly;
            inside += told == 1;
            if ((truly || told == 1) && !c->exposed)
                fail_msg("seed %llu: count %u is exposed%s, and that was missed", (unsigned long long)seed, c->cell, truly ? "" : " to a loner");
            if (c->lower < e.least[c->cell] || c->upper > e.most[c->cell]) fail_msg("seed %llu: a table was invented", (unsigned long long)seed);
            if (c->outer_lower > e.least[c->cell] || c->outer_upper < e.most[c->cell]) fail_msg("seed %llu: a table was forgotten", (unsigned long long)seed);
            bool alone = c->lower < 2 && c->upper == 2; /* who is in it knows that he is: then one value is left */
            beyond += c->exposed && !truly && told == 0 && !alone;
        }
    }
    print_message("# %d systems, %d hidden counts, %d exposed, %d more to loners, %d called exposed that are not\n", tried, cells, exposed, inside, beyond);
    assert_true(tried >= DRAWS(60) && exposed >= DRAWS(20) && inside >= DRAWS(10));
    assert_true(beyond * 50 <= cells);
}

static void
it_survives_without_memory(void **state)
{
    (void)state;
    SCRATCH(tmp);
    protect_system s;
    random_shape shape = {3, 3, 2, 30, false};
    ASSERT_OK(random_system(tmp, 3, &shape, &s));
    int64_t *lower = arena_alloc(tmp, s.n, sizeof *lower), *upper = arena_alloc(tmp, s.n, sizeof *upper);
    for (size_t exact = 0; exact < 2; exact++) {
        bounds_of(&s, s.value, 2, lower, upper);
        for (size_t i = 0; exact && i < s.n; i += 2) lower[i] = upper[i] = s.value[i];
        audit_input in = {.system = &s, .lower = lower, .upper = upper, .start = s.value, .against = AUDIT_LONERS, .tries = 4};
        audit_result r;
        ASSERT_SURVIVES_NO_MEMORY(protect_audit(tmp, &in, &r));
        assert_true(r.n > 0 && r.consistent);
    }
}

static void
the_result_does_not_depend_on_threads(void **state)
{
    (void)state;
    SCRATCH(tmp);
    protect_system s;
    random_shape shape = {4, 4, 4, 300, false};
    ASSERT_OK(random_system(tmp, 7, &shape, &s));
    int64_t *lower = arena_alloc(tmp, s.n, sizeof *lower), *upper = arena_alloc(tmp, s.n, sizeof *upper), *value = arena_alloc(tmp, s.n, sizeof *value);
    for (size_t i = 0; i < s.n; i++) value[i] = (s.value[i] + 2) / 5 * 5;
    bounds_of(&s, value, 2, lower, upper);
    audit_input in = {.system = &s, .lower = lower, .upper = upper, .start = s.value};
    audit_result one, three;
    threads_set(1);
    ASSERT_OK(protect_audit(tmp, &in, &one));
    threads_set(3);
    ASSERT_OK(protect_audit(tmp, &in, &three));
    threads_set(0);
    assert_int_equal(one.n, three.n);
    for (size_t i = 0; i < one.n; i++) {
        assert_int_equal(one.cell[i].lower, three.cell[i].lower);
        assert_int_equal(one.cell[i].upper, three.cell[i].upper);
    }
}

static void
clues_narrow_what_is_known(void **state)
{
    (void)state;
    SCRATCH(tmp);
    protect_system s;
    random_shape shape = {3, 2, 2, 40, false};
    ASSERT_OK(random_system(tmp, 3, &shape, &s));
    int64_t *lower = arena_alloc(tmp, s.n, sizeof *lower), *upper = arena_alloc(tmp, s.n, sizeof *upper);
    bounds_of(&s, s.value, 3, lower, upper);
    uint32_t cell = (uint32_t)s.n - 1;
    double one = 1;
    audit_clue clue = {1, &cell, &one, (double)s.value[cell], (double)s.value[cell]};
    audit_input in = {.system = &s, .lower = lower, .upper = upper, .start = s.value, .clues = 1, .clue = &clue};
    audit_result r;
    ASSERT_OK(protect_audit(tmp, &in, &r));
    assert_true(r.exposed >= 1);
}

static void
controlled_rounding_exposes_nobody(void **state)
{
    (void)state;
    SCRATCH(tmp);
    SHARED_OR_SKIP(tmp, path, "data/protect/synthetic_victims_5000.csv");
    protect_system s;
    ASSERT_OK(linked_system(tmp, path, 3, &s));
    protect_round_options o = {.base = 5, .iterations = 2000};
    protect_rounding rounded;
    ASSERT_OK(protect_round_controlled(tmp, &s, &o, &rounded));
    int64_t *lower = arena_alloc(tmp, s.n, sizeof *lower), *upper = arena_alloc(tmp, s.n, sizeof *upper);
    uint8_t *sensitive = arena_alloc(tmp, s.n, 1);
    bounds_of(&s, rounded.value, 4, lower, upper);
    for (size_t i = 0; i < s.n; i++) sensitive[i] = s.value[i] > 0 && s.value[i] < 5;
    audit_input in = {.system = &s, .lower = lower, .upper = upper, .start = s.value, .sensitive = sensitive};
    audit_result r;
    ASSERT_OK(protect_audit(tmp, &in, &r));
    assert_int_equal(r.n, 156);
    assert_int_equal(r.exposed, 0);
    assert_int_equal(r.narrowed, 0);
}

/* Hide by another rule than the protector's: all counts are shown in an order that has much chance in it, as far as it goes. */
static status
hide_by_chance(arena *tmp, const protect_system *s, uint64_t seed, const uint8_t sensitive[], uint8_t hidden[])
{
    rng r = rng_new(seed, 6);
    uint32_t *order;
    uint8_t *zero;
    lattice *l;
    bool done;
    ALLOC(tmp, order, s->n);
    ALLOC(tmp, zero, s->n);
    for (uint32_t i = 0; i < s->n; i++) {
        order[i] = i;
        zero[i] = s->value[i] == 0;
        hidden[i] = s->value[i] > 0;
    }
    rng_shuffle(&r, s->n, order);
    CHECK(lattice_new(tmp, s, s->value, zero, LATTICE_LONERS, &l));
    for (uint32_t i = 0; i < s->n; i++)
        if (sensitive[i]) CHECK(lattice_watch(l, i, &done));
    for (int large = 4096; large > 0; large /= 2)
        for (size_t k = 0; k < s->n; k++) {
            uint32_t i = order[k];
            if (!hidden[i] || sensitive[i] || s->value[i] < large || s->value[i] >= 2 * large) continue;
            CHECK(lattice_show(l, i, 1, &done));
            hidden[i] = !done;
        }
    return ST_OK;
}

static void
what_another_rule_hides_is_decided(void **state)
{
    (void)state;
    const unsigned masks[] = {7, 27, 15};
    for (size_t k = 0; k < 2 * sizeof masks / sizeof *masks; k++) {
        SCRATCH(tmp);
        SHARED_OR_SKIP(tmp, path, "data/protect/synthetic_victims_5000.csv");
        protect_system s;
        ASSERT_OK(linked_table(tmp, path, masks[k / 2] == 7 ? 3 : 4, masks[k / 2], &s));
        uint8_t *hidden = arena_alloc(tmp, s.n, 1), *sensitive = arena_alloc(tmp, s.n, 1);
        int64_t *lower = arena_alloc(tmp, s.n, sizeof *lower), *upper = arena_alloc(tmp, s.n, sizeof *upper);
        for (size_t i = 0; i < s.n; i++) sensitive[i] = s.value[i] > 0 && s.value[i] < 5;
        ASSERT_OK(hide_by_chance(tmp, &s, k, sensitive, hidden));
        size_t n = 0;
        for (size_t i = 0; i < s.n; i++) {
            n += hidden[i];
            lower[i] = hidden[i] ? 0 : s.value[i];
            upper[i] = hidden[i] ? 20000 : s.value[i];
        }
        audit_input in = {.system = &s, .lower = lower, .upper = upper, .start = s.value, .sensitive = sensitive, .against = AUDIT_LONERS, .seed = 1};
        audit_result found;
        ASSERT_OK(protect_audit(tmp, &in, &found));
        print_message("# %zu counts, %zu hidden, %zu attacked: %zu exposed\n", s.n, n, found.n, found.exposed);
        assert_int_equal(found.exposed, 0);
        uint32_t shown = 0; /* show one sensitive count: it is found */
        while (!sensitive[shown]) shown++;
        lower[shown] = upper[shown] = s.value[shown];
        ASSERT_OK(protect_audit(tmp, &in, &found));
        assert_true(found.exposed > 0);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(intervals_are_those_of_all_tables),
        cmocka_unit_test(exposed_counts_among_exact_ones_are_found),
        cmocka_unit_test(it_survives_without_memory),
        cmocka_unit_test(the_result_does_not_depend_on_threads),
        cmocka_unit_test(clues_narrow_what_is_known),
        cmocka_unit_test(controlled_rounding_exposes_nobody),
        cmocka_unit_test(what_another_rule_hides_is_decided),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
