#include "testing.h"

#include "base/threads.h"
#include "protect/audit.h"
#include "protect/linked.h"
#include "protect/random_system.h"
#include "protect/suppress.h"

/* Is there another table of whole numbers, none negative, with another number in `cell`, behind the shown counts? Tried by
 * changing the hidden counts by up to `most` either way; what a loner knows (still) stays. */
typedef struct changer {
    const protect_system *s;
    const uint8_t *hidden, *still;
    uint32_t cell;
    int most, change[64];
    long steps;
    bool found;
} changer;

enum { MOST_STEPS = 2000000 };

static bool
balanced(const changer *c, size_t known)
{
    for (size_t i = 0; i < c->s->rows; i++) {
        const system_row *r = &c->s->row[i];
        if (r->relation != SYSTEM_EQUAL) continue;
        bool complete = r->whole < known;
        int sum = 0;
        for (uint32_t k = 0; k < r->n && complete; k++) {
            complete = r->part[k] < known;
            sum += c->change[r->part[k]];
        }
        if (complete && sum != c->change[r->whole]) return false;
    }
    return true;
}

static void
change(changer *c, size_t at)
{
    if (c->found || ++c->steps > MOST_STEPS) return;
    if (at == c->s->n) {
        c->found = c->change[c->cell] != 0;
        return;
    }
    for (int d = -c->most; d <= c->most && !c->found; d++) {
        if (d != 0 && (!c->hidden[at] || (c->still && c->still[at]) || c->s->value[at] + d < 0)) continue;
        if (at == c->cell && d == 0) continue;
        c->change[at] = d;
        if (balanced(c, at + 1)) change(c, at + 1);
    }
    c->change[at] = 0;
}

/* 1: there is; 0: there is none; -1: too many to try. */
static int
can_change(const protect_system *s, const uint8_t hidden[], const uint8_t still[], uint32_t cell)
{
    changer c = {.s = s, .hidden = hidden, .still = still, .cell = cell};
    for (c.most = 1; c.most <= 3 && !c.found; c.most++) change(&c, 0);
    return c.found ? 1 : c.steps > MOST_STEPS ? -1 : 0;
}

/* Every sensitive count is hidden, and open to outsiders and to all who are alone in a count. How many. */
static int
check_open(uint64_t seed, const protect_system *s, const suppression *r)
{
    uint8_t own[64];
    int n = 0;
    for (uint32_t i = 0; i < s->n; i++) {
        if (!r->sensitive[i]) continue;
        n++;
        if (!r->hidden[i]) fail_msg("seed %llu: a sensitive count is shown", (unsigned long long)seed);
        if (can_change(s, r->hidden, NULL, i) == 0) fail_msg("seed %llu: count %u follows from the shown ones", (unsigned long long)seed, i);
        for (uint32_t k = 0; k < s->n; k++) {
            if (s->value[k] != 1 || !r->hidden[k]) continue;
            own_counts(s, k, own);
            if (!own[i] && can_change(s, r->hidden, own, i) == 0)
                fail_msg("seed %llu: who is alone in %u can tell count %u", (unsigned long long)seed, k, i);
        }
    }
    return n;
}

typedef struct kind {
    const char *label;
    suppress_options options;
    int persons, want_tables, want_sensitive;
} kind;

static void
no_sensitive_count_follows_from_the_shown_ones(void **state)
{
    (void)state;
    const kind kinds[] = {
        {"small counts", {.minimum = 5, .runs = 8}, 25, 40, 60},
        {"zeros too", {.minimum = 3, .hide_zero = true, .runs = 8}, 30, 40, 60},
        {"full counts too", {.minimum = 3, .hide_full = true, .runs = 8}, 25, 40, 60},
    };
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        int tried = 0, sensitive = 0, refused = 0;
        for (uint64_t seed = 1; seed <= DRAWS(200); seed++) {
            SCRATCH(tmp);
            protect_system s;
            random_shape shape = {3, 3, 2, kinds[k].persons, false};
            ASSERT_OK(random_system(tmp, seed, &shape, &s));
            if (s.n > 30) continue;
            suppression r;
            status code = protect_suppress(tmp, &s, &kinds[k].options, &r);
            refused += code == ST_INFEASIBLE;
            if (code == ST_INFEASIBLE) continue; /* nothing is released */
            ASSERT_OK(code);
            tried++;
            sensitive += check_open(seed, &s, &r);
        }
        print_message("# %s: %d tables, %d sensitive counts, %d refused\n", kinds[k].label, tried, sensitive, refused);
        assert_true(tried >= DRAWS(kinds[k].want_tables) && sensitive >= DRAWS(kinds[k].want_sensitive));
    }
}

/* Do these hidden counts keep every sensitive one open, to outsiders or also to all who are alone in a count? */
static bool
good_choice(const protect_system *s, const uint8_t sensitive[], const uint8_t hidden[], bool loners)
{
    uint8_t own[64];
    for (uint32_t i = 0; i < s->n; i++) {
        if (!sensitive[i]) continue;
        if (can_change(s, hidden, NULL, i) != 1) return false;
        for (uint32_t k = 0; k < s->n && loners; k++) {
            if (s->value[k] != 1) continue;
            own_counts(s, k, own);
            if (!own[i] && can_change(s, hidden, own, i) != 1) return false;
        }
    }
    return true;
}

/* The least number of hidden counts, by trying all choices of shown ones; `most`: no less than that. */
static size_t
least_choice(const protect_system *s, const uint8_t sensitive[], bool loners, size_t most)
{
    uint32_t free[32], n = 0;
    size_t primary = 0;
    for (uint32_t i = 0; i < s->n; i++) {
        primary += sensitive[i];
        if (!sensitive[i] && s->value[i] > 0) free[n++] = i;
    }
    for (uint32_t choice = 0; choice < 1u << n; choice++) {
        size_t count = primary + (size_t)__builtin_popcount(choice);
        if (count >= most) continue;
        uint8_t hidden[64];
        memcpy(hidden, sensitive, s->n);
        for (uint32_t k = 0; k < n; k++)
            if (choice >> k & 1) hidden[free[k]] = 1;
        if (good_choice(s, sensitive, hidden, loners)) most = count;
    }
    return most;
}

static void
it_hides_hardly_more_than_needed(void **state)
{
    (void)state;
    for (int loners = 0; loners <= 1; loners++) {
        size_t tables = 0, hidden = 0, least = 0, bound = 0;
        for (uint64_t seed = 1; seed <= DRAWS(300); seed++) {
            SCRATCH(tmp);
            protect_system s;
            random_shape shape = {2, 3, 2, 40, false};
            ASSERT_OK(random_system(tmp, seed, &shape, &s));
            suppression r;
            suppress_options o = {.minimum = 5, .outsiders_only = !loners, .runs = 40};
            if (s.n > 15 || protect_suppress(tmp, &s, &o, &r) != ST_OK || r.primary == 0) continue;
            size_t best = least_choice(&s, r.sensitive, loners, r.suppressed);
            if (r.least > best) fail_msg("seed %llu: %zu can be hidden, but the bound is %zu", (unsigned long long)seed, best, r.least);
            tables++;
            hidden += r.suppressed;
            least += best;
            bound += r.least;
        }
        print_message("# %s: %zu tables: %zu hidden, at least %zu needed, at least %zu by the bound\n", loners ? "loners" : "outsiders", tables, hidden, least, bound);
        assert_true(tables >= DRAWS(40));
        assert_true(100 * hidden <= 105 * least);
    }
}

/* The same report with the dimensions, codes and counts in the opposite order, under other names. */
static status
turned_round(arena *a, const protect_system *s, protect_system *t)
{
    SCRATCH(tmp);
    uint16_t id, key[5] = {0}, child[16];
    uint32_t index;
    CHECK(system_new(a, t));
    for (size_t p = 0; p < s->populations; p++) CHECK(system_population_find(t, s->population[p], &id));
    for (size_t d = s->dimensions; d-- > 0;) {
        CHECK(system_dimension_find(t, arena_printf(tmp, "other-%s", s->dimension[d].name), &id));
        for (size_t c = s->dimension[d].n; c-- > 1;) CHECK(system_code_find(t, id, arena_printf(tmp, "%zu", 90 - c), &child[0]));
    }
    for (size_t p = s->partitions; p-- > 0;) {
        const system_partition *old = &s->partition[p];
        uint16_t codes = (uint16_t)s->dimension[old->dimension].n;
        for (size_t c = 0; c < old->n; c++) child[c] = (uint16_t)(codes - old->child[c]);
        CHECK(system_partition_add(t, (uint16_t)(s->dimensions - 1 - old->dimension), old->parent ? (uint16_t)(codes - old->parent) : 0, old->exclusive, old->n, child));
    }
    CHECK(system_counts(t, s->n));
    for (size_t i = s->n; i-- > 0;) {
        for (size_t d = 0; d < s->dimensions; d++) {
            uint16_t code = system_key(s, i)[d + 1];
            key[s->dimensions - d] = code ? (uint16_t)(s->dimension[d].n - code) : 0;
        }
        CHECK(system_add(t, key, s->value[i], "turned", &index));
    }
    return system_rows(t, SYSTEM_FOUND);
}

static void
names_and_order_do_not_matter(void **state)
{
    (void)state;
    int tried = 0, same = 0;
    /* what hides nothing, or cannot be protected, is drawn anew */
    for (uint64_t seed = 1; tried < DRAWS(24) && seed <= 4 * DRAWS(24); seed++) {
        SCRATCH(tmp);
        protect_system s, t;
        random_shape shape = {4, 4, 4, 150, false};
        ASSERT_OK(random_system(tmp, seed, &shape, &s));
        ASSERT_OK(turned_round(tmp, &s, &t));
        suppress_options o = {.minimum = 5, .runs = 8};
        suppression one, other;
        status code = protect_suppress(tmp, &s, &o, &one);
        ASSERT_STATUS(protect_suppress(tmp, &t, &o, &other), code);
        if (code != ST_OK || one.primary == 0) continue;
        tried++;
        bool equal = true;
        for (size_t i = 0; i < s.n; i++) equal = equal && one.hidden[i] == other.hidden[s.n - 1 - i];
        same += equal;
        if (one.suppressed != other.suppressed || one.least != other.least)
            fail_msg("seed %llu: %zu hidden, in another order %zu", (unsigned long long)seed, one.suppressed, other.suppressed);
    }
    print_message("# %d tables, %d with the very same counts hidden\n", tried, same);
    assert_true(tried == DRAWS(24) && same == tried);
}

static void
the_choice_does_not_depend_on_threads(void **state)
{
    (void)state;
    SCRATCH(tmp);
    protect_system s;
    random_shape shape = {4, 4, 4, 50, false};
    ASSERT_OK(random_system(tmp, 7, &shape, &s));
    suppress_options o = {.minimum = 5, .runs = 30};
    suppression one, three;
    threads_set(1);
    ASSERT_OK(protect_suppress(tmp, &s, &o, &one));
    threads_set(3);
    ASSERT_OK(protect_suppress(tmp, &s, &o, &three));
    threads_set(0);
    print_message("# %zu counts, %zu sensitive, %zu hidden\n", s.n, one.primary, one.suppressed);
    assert_true(one.primary > 0 && one.suppressed < s.n);
    assert_memory_equal(one.hidden, three.hidden, s.n);
}

static void
what_is_public_already_is_said(void **state)
{
    (void)state;
    SCRATCH(tmp);
    protect_system s;
    random_shape shape = {3, 3, 2, 60, false};
    ASSERT_OK(random_system(tmp, 11, &shape, &s));
    uint8_t *known = arena_alloc(tmp, s.n, 1);
    suppress_options o = {.minimum = 5, .known = known};
    suppression r;
    ASSERT_OK(protect_suppress(tmp, &s, &o, &r));
    uint32_t shown = SYSTEM_NONE, small = SYSTEM_NONE;
    for (uint32_t i = 0; i < s.n; i++) {
        if (r.sensitive[i]) small = i;
        else if (r.hidden[i]) shown = i;
    }
    assert_true(small != SYSTEM_NONE && shown != SYSTEM_NONE);
    known[shown] = 1; /* an earlier release shows it: now others must be hidden */
    ASSERT_OK(protect_suppress(tmp, &s, &o, &r));
    assert_false(r.hidden[shown]);
    known[small] = 1;
    ASSERT_STATUS(protect_suppress(tmp, &s, &o, &r), ST_INFEASIBLE);
}

static void
it_survives_without_memory(void **state)
{
    (void)state;
    SCRATCH(tmp);
    protect_system s;
    random_shape shape = {3, 3, 2, 60, false};
    ASSERT_OK(random_system(tmp, 11, &shape, &s));
    suppress_options o = {.minimum = 5, .runs = 1};
    suppression r;
    ASSERT_SURVIVES_NO_MEMORY(protect_suppress(tmp, &s, &o, &r));
    assert_true(r.primary > 0);
}

typedef struct known_least {
    const char *label;
    unsigned mask; /* form 1, unit 2, year 4, age 8, sex 16 */
    bool outsiders;
    size_t most, least;
} known_least;

/* Proven from both sides: what is hidden passes, and nobody hides fewer. 54 is the optimum of others, who do not mind loners. */
static void
the_least_is_found_and_proven(void **state)
{
    (void)state;
    const known_least cases[] = {
        {"form x year x age", 13, false, 8, 8},
        {"form x unit x sex", 19, true, 54, 54},
        {"form x unit x sex, loners", 19, false, 56, 56},
        {"form x year x unit, loners", 7, false, 132, 126}, /* within 5 % */
        {"form x unit x age, loners", 11, false, 174, 0},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        SCRATCH(tmp);
        SHARED_OR_SKIP(tmp, path, "data/protect/synthetic_victims_5000.csv");
        protect_system s;
        suppression r;
        suppress_options o = {.minimum = 5, .outsiders_only = cases[k].outsiders};
        ASSERT_OK(linked_table(tmp, path, 3, cases[k].mask, &s));
        ASSERT_OK(protect_suppress(tmp, &s, &o, &r));
        print_message("# %s: %zu hidden, at least %zu\n", cases[k].label, r.suppressed, r.least);
        if (r.suppressed > cases[k].most || r.least < cases[k].least) fail_msg("%s: %zu hidden, at least %zu", cases[k].label, r.suppressed, r.least);
    }
}

/* Five dimensions of synthetic persons; GaussSuppression (R) hides 1,075 of form x unit x age x sex. */
static void
four_dimensions_are_protected_and_pass_the_audit(void **state)
{
    (void)state;
    SCRATCH(tmp);
    SHARED_OR_SKIP(tmp, path, "data/protect/synthetic_victims_5000.csv");
    protect_system s;
    ASSERT_OK(linked_table(tmp, path, 4, 27, &s));
    suppress_options o = {.minimum = 5, .runs = 1};
    suppression r;
    ASSERT_OK(protect_suppress(tmp, &s, &o, &r));
    assert_int_equal(r.primary, 378);
    assert_true(r.suppressed <= 1075);
    int64_t *lower = arena_alloc(tmp, s.n, sizeof *lower), *upper = arena_alloc(tmp, s.n, sizeof *upper);
    for (size_t i = 0; i < s.n; i++) {
        lower[i] = r.hidden[i] ? 0 : s.value[i];
        upper[i] = r.hidden[i] ? 20000 : s.value[i];
    }
    audit_input in = {.system = &s, .lower = lower, .upper = upper, .start = s.value, .sensitive = r.sensitive, .against = AUDIT_LONERS, .seed = 1};
    audit_result found;
    ASSERT_OK(protect_audit(tmp, &in, &found));
    assert_int_equal(found.n, 378);
    assert_int_equal(found.exposed, 0);
}

static void
nothing_small_hides_nothing(void **state)
{
    (void)state;
    SCRATCH(tmp);
    protect_system s;
    random_shape shape = {3, 2, 2, 4000, false};
    ASSERT_OK(random_system(tmp, 5, &shape, &s));
    suppress_options o = {.minimum = 5};
    suppression r;
    ASSERT_OK(protect_suppress(tmp, &s, &o, &r));
    assert_int_equal(r.suppressed, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_sensitive_count_follows_from_the_shown_ones),
        cmocka_unit_test(it_hides_hardly_more_than_needed),
        cmocka_unit_test(names_and_order_do_not_matter),
        cmocka_unit_test(the_least_is_found_and_proven),
        cmocka_unit_test(the_choice_does_not_depend_on_threads),
        cmocka_unit_test(what_is_public_already_is_said),
        cmocka_unit_test(it_survives_without_memory),
        cmocka_unit_test(four_dimensions_are_protected_and_pass_the_audit),
        cmocka_unit_test(nothing_small_hides_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
