#include "testing.h"

#include "protect/audit.h"
#include "protect/random_system.h"
#include "protect/suppress.h"

/* Can another table of whole numbers, with one person more or less in `cell`, be hidden behind the shown counts? Tried by
 * changing the hidden counts by -1, 0 or 1. */
typedef struct changer {
    const protect_system *s;
    const uint8_t *hidden;
    uint32_t cell;
    int change[64];
    long steps;
    bool found;
} changer;

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
    if (c->found || ++c->steps > 2000000) return;
    if (at == c->s->n) {
        c->found = c->change[c->cell] != 0;
        return;
    }
    for (int d = -1; d <= 1 && !c->found; d++) {
        if (d != 0 && (!c->hidden[at] || c->s->value[at] + d < 0)) continue;
        c->change[at] = d;
        if (balanced(c, at + 1)) change(c, at + 1);
    }
    c->change[at] = 0;
}

static void
no_small_count_follows_from_the_shown_ones(void **state)
{
    (void)state;
    int tried = 0, sensitive = 0;
    for (uint64_t seed = 1; seed <= 200; seed++) {
        SCRATCH(tmp);
        protect_system s;
        random_shape shape = {3, 3, 2, 60, false};
        ASSERT_OK(random_system(tmp, seed, &shape, &s));
        if (s.n > 30) continue;
        suppress_options o = {.minimum = 5};
        suppression r;
        status code = protect_suppress(tmp, &s, &o, &r);
        if (code == ST_INFEASIBLE || code == ST_EXPOSED) continue; /* nothing is released */
        ASSERT_OK(code);
        tried++;
        for (uint32_t i = 0; i < s.n; i++) {
            if (s.value[i] == 0 || s.value[i] >= 5) continue;
            sensitive++;
            if (!r.hidden[i]) fail_msg("seed %llu: a small count is shown", (unsigned long long)seed);
            changer c = {.s = &s, .hidden = r.hidden, .cell = i};
            change(&c, 0);
            if (!c.found && c.steps <= 2000000) fail_msg("seed %llu: a small count follows from the shown ones", (unsigned long long)seed);
        }
    }
    print_message("%d tables, %d small counts\n", tried, sensitive);
    assert_true(tried >= 40 && sensitive >= 20);
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
        cmocka_unit_test(no_small_count_follows_from_the_shown_ones),
        cmocka_unit_test(nothing_small_hides_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
