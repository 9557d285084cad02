#include "testing.h"

#include "base/date.h"
#include "base/rng.h"
#include "linkage/unify.h"

#include <math.h>

/* A notification in short; NULL or "" is missing. */
typedef struct note {
    const char *received, *given, *family, *born, *bsn, *v_number;
    int8_t sex;
    int32_t want; /* person */
} note;

#define A "999900006"
#define B "111222333"

static const note notes[] = {
    {"2016-01-02", "Anna", "Nowak", "1990-03-04", A, "", 0, 0},
    {"2016-02-02", "Ana", "Nowak", "1990-04-03", A, "", 0, 0},          /* equal number, other spelling */
    {"2017-02-03", "ANNA", "Nowak", "1990-03-04", "", "", 0, 0},        /* equal name, birth, sex */
    {"2017-02-04", "Anna", "Nowak", "1990-03-04", "", "", 1, 1},        /* other sex */
    {"2017-02-05", "Jan", "de Vries", "1985-01-01", A, "1234567890", 1, 2}, /* an equal number, all else contradicts: for review */
    {"2017-02-06", "Jo", "Kim", "", "", "1234567890", 1, 2},            /* by number alone: no birth, no contradiction */
    {"2018-02-07", "Mia", "Kok", "2001-07-19", A, "", 0, 3},
    {"2018-02-08", "Mia", "Kok", "2001-07-19", B, "", 0, 4},            /* never two valid numbers together */
    {"2018-02-09", "Mia", "Kok", "2001-07-19", "", "", 0, 5},           /* belongs to either: to neither */
    {"2018-02-10", "Mia", "K\xc3\xb3k", "2001-07-19", "", "", 0, 5},
    {"2019-02-11", "", "", "2001-01-01", "", "", 0, 6},                 /* nothing to go by */
    {"2019-02-12", "", "", "2001-01-01", "", "", 0, 7},
    {"2019-02-13", "Bo", "Li", "", "", "", 0, 8},
    {"2019-02-14", "Bo", "Li", "", "123456789", "", 0, 9},              /* fails the eleven-test */
    {"2019-02-15", "X", "Y", "1999-01-01", "123456789", "", 0, 10},
    {"2019-02-16", "Anouk", "Bos", "1999-05-01", "", "V99990001", 0, 11},
    {"2019-02-17", "Anouk", "Dekker", "1960-12-30", "", "V99990001", 0, 11}, /* a new family name, a wrong date: one of three agrees */
};
enum { NOTES = sizeof notes / sizeof *notes };

static int32_t
day(const char *iso)
{
    int32_t d = DATE_MISSING;
    (void)date_parse(text_of(iso), "%Y-%m-%d", &d);
    return d;
}

static void
make_table(arena *a, const note *rows, const uint32_t order[], size_t n, table *t)
{
    static const struct {
        const char *name;
        column_type type;
    } columns[] = {{"notification", COLUMN_INT32}, {"received", COLUMN_DATE}, {"given_name", COLUMN_TEXT},
                   {"family_name", COLUMN_TEXT},   {"born", COLUMN_DATE},     {"born_precision", COLUMN_INT8},
                   {"sex", COLUMN_INT8},           {"bsn", COLUMN_TEXT},      {"v_number", COLUMN_TEXT}};
    ASSERT_OK(table_new(a, "notifications", n, 9, t));
    for (size_t c = 0; c < 9; c++) {
        ASSERT_OK(table_set_column(a, t, c, columns[c].name, columns[c].type, NULL));
        if (columns[c].type != COLUMN_TEXT) continue;
        text_column *texts;
        ASSERT_OK(text_column_new(a, n, &texts));
        for (size_t i = 0; i < n; i++) {
            const note *r = &rows[order[i]];
            const char *value = c == 2 ? r->given : c == 3 ? r->family : c == 7 ? r->bsn : r->v_number;
            ASSERT_OK(text_column_put(texts, i, text_of(value)));
        }
        ASSERT_OK(text_column_end(texts, &t->column[c]));
    }
    for (size_t i = 0; i < n; i++) {
        const note *r = &rows[order[i]];
        ((int32_t *)t->column[0].data)[i] = (int32_t)i;
        ((int32_t *)t->column[1].data)[i] = day(r->received);
        ((int32_t *)t->column[4].data)[i] = day(r->born);
        ((int8_t *)t->column[6].data)[i] = r->sex;
    }
}

static void
rules_make_persons(void **state)
{
    (void)state;
    SCRATCH(tmp);
    uint32_t order[NOTES];
    for (uint32_t i = 0; i < NOTES; i++) order[i] = i;
    table t;
    unified u;
    make_table(tmp, notes, order, NOTES, &t);
    ASSERT_OK(unify_persons(tmp, &t, &u));
    for (size_t i = 0; i < NOTES; i++)
        if (u.person[i] != notes[i].want) fail_msg("row %zu: person %d, want %d", i, u.person[i], notes[i].want);
    assert_int_equal(u.persons, 12);
    size_t clashes[UNIFY_RULES] = {0};
    for (size_t k = 0; k < u.clashes; k++) clashes[u.clash[k].rule]++;
    assert_int_equal(clashes[UNIFY_BSN], 2);
    assert_int_equal(clashes[UNIFY_V_NUMBER], 0);
    assert_int_equal(clashes[UNIFY_NAME_BIRTH_SEX], 1);
}

static void
order_of_rows_does_not_matter(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 50; seed++) {
        SCRATCH(tmp);
        uint32_t order[NOTES];
        rng r = rng_new(seed, 0);
        rng_shuffle(&r, NOTES, order);
        table t;
        unified u;
        make_table(tmp, notes, order, NOTES, &t);
        ASSERT_OK(unify_persons(tmp, &t, &u));
        for (size_t i = 0; i < NOTES; i++)
            if (u.person[i] != notes[order[i]].want) fail_msg("seed %d, note %u", (int)seed, order[i]);
    }
}

/* Notifications enough for linkage: sixty persons, some reported again with a mistake. */
enum { MANY = 120 };

static const char *
spelled(arena *a, const char *name, size_t i, rng *g)
{
    char *copy = arena_copy(a, name, strlen(name));
    assert_non_null(copy);
    if (i >= 60 && !rng_below(g, 3)) copy[1 + rng_below(g, strlen(name) - 1)] = (char)('a' + rng_below(g, 26));
    return copy;
}

static void
make_many(arena *a, note rows[MANY])
{
    static const char *const starts[] = {"Ama", "Bel", "Chi", "Dor", "Emi", "Fle", "Gra", "Hil", "Ire", "Jos"}, *const ends[] = {"nda", "rik", "sou", "tje", "vana", "wen"};
    static const char *const families[] = {"Okafor", "Nowak", "Kovacs", "Haddad", "Jansen", "Petrov", "Silva", "Tran", "Visser", "Yilmaz"};
    rng g = rng_new(5, 1);
    for (size_t i = 0; i < MANY; i++) {
        size_t k = i % 60;
        rows[i] = (note){.received = arena_printf(a, "20%02zu-%02zu-%02zu", 16 + i % 5, 1 + i % 12, 1 + i % 28), .sex = (int8_t)(k % 3 == 0)};
        rows[i].given = spelled(a, arena_printf(a, "%s%s", starts[k % 10], ends[k / 10]), i, &g);
        rows[i].family = spelled(a, families[(k * 7 + k / 10) % 10], i, &g);
        rows[i].born = arena_printf(a, "%04zu-%02zu-%02zu", 1960 + k * 13 % 40, 1 + k * 5 % 12, 1 + k * 11 % 28);
        rows[i].bsn = "";
        rows[i].v_number = k % 10 ? "" : arena_printf(a, "V9999%04zu", k);
    }
    rows[60].v_number = "V77770000"; /* as person 0 in all else */
    rows[60].given = rows[0].given, rows[60].family = rows[0].family;
    rows[61].bsn = rows[2].bsn = A;  /* an equal number of two persons who share nothing */
}

static void
order_does_not_matter_to_linkage(void **state)
{
    (void)state;
    SCRATCH(tmp);
    note rows[MANY];
    int32_t first[MANY];
    make_many(tmp, rows);
    for (uint64_t seed = 0; seed <= 20; seed++) {
        SCRATCH(round);
        uint32_t order[MANY];
        rng r = rng_new(seed, 0);
        if (seed) rng_shuffle(&r, MANY, order);
        else
            for (uint32_t i = 0; i < MANY; i++) order[i] = i;
        table t;
        unified u;
        make_table(round, rows, order, MANY, &t);
        for (size_t i = 0; i < MANY; i++) ((int32_t *)t.column[0].data)[i] = (int32_t)order[i];
        ASSERT_OK(unify_persons_with(round, &t, &(unify_options){.draws = 3}, &u));
        assert_true(u.linked);
        assert_int_equal(u.draws, 3);
        for (size_t i = 0; i < MANY; i++) {
            if (!seed) first[i] = u.person[i];
            else if (u.person[i] != first[order[i]]) fail_msg("seed %d, note %u: person %d, was %d", (int)seed, order[i], u.person[i], first[order[i]]);
        }
        if (seed) continue;
        print_message("# %zu persons, %zu clashes, draws %zu %zu %zu\n", u.persons, u.clashes, u.drawn_persons[0], u.drawn_persons[1], u.drawn_persons[2]);
        assert_true(u.persons >= 60 && u.persons < 90);
        assert_true(u.person[0] != u.person[60]); /* two V-numbers */
        assert_true(u.person[2] != u.person[61]); /* one BSN, nothing else */
        for (size_t k = 0; k < 3; k++) assert_true(u.drawn[k][0] != u.drawn[k][60] && u.drawn[k][2] != u.drawn[k][61]);
    }
}

/* Decisions hold against numbers, names and links; what contradicts itself is an error. */
static void
decisions_hold(void **state)
{
    (void)state;
    SCRATCH(tmp);
    uint32_t order[NOTES];
    for (uint32_t i = 0; i < NOTES; i++) order[i] = i;
    table t;
    make_table(tmp, notes, order, NOTES, &t);
    static const struct {
        const char *label;
        unify_decision decision[3];
        size_t n;
        status want;
        int32_t a, b;
        bool together;
    } rows[] = {
        {"an equal number and name, decided apart", {{0, 1, false}}, 1, ST_OK, 0, 1, false},
        {"the third goes with the first", {{0, 1, false}}, 1, ST_OK, 0, 2, true},
        {"two valid numbers, decided the same", {{6, 7, true}}, 1, ST_OK, 6, 7, true},
        {"an equal number that all contradicts, decided the same", {{0, 4, true}}, 1, ST_OK, 1, 4, true},
        {"nothing in common, decided the same", {{10, 12, true}}, 1, ST_OK, 10, 12, true},
        {"equal names, decided apart", {{8, 9, false}}, 1, ST_OK, 8, 9, false},
        {"same and different", {{0, 1, true}, {1, 0, false}}, 2, ST_INVALID, 0, 0, false},
        {"round about", {{0, 4, true}, {4, 6, true}, {0, 6, false}}, 3, ST_INVALID, 0, 0, false},
        {"a row that is not there", {{0, NOTES, true}}, 1, ST_INVALID, 0, 0, false},
        {"one row twice", {{3, 3, true}}, 1, ST_INVALID, 0, 0, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        unified u;
        status code = unify_persons_with(tmp, &t, &(unify_options){.decisions = rows[i].n, .decision = rows[i].decision}, &u);
        if (code != rows[i].want) fail_msg("%s: %s", rows[i].label, status_text(code));
        if (code == ST_OK && (u.person[rows[i].a] == u.person[rows[i].b]) != rows[i].together) fail_msg("%s", rows[i].label);
    }
}

/* With enough rows for linkage: a doubtful pair is listed, decided, and then holds, in the persons and in every draw. */
static void
doubts_are_listed_and_decided(void **state)
{
    (void)state;
    SCRATCH(tmp);
    note rows[MANY];
    uint32_t order[MANY];
    unified u, then;
    table t;
    make_many(tmp, rows);
    for (size_t i = 62; i < 100; i++) rows[i].born = ""; /* names alone leave doubts */
    for (uint32_t i = 0; i < MANY; i++) order[i] = i;
    make_table(tmp, rows, order, MANY, &t);
    ASSERT_OK(unify_persons_with(tmp, &t, &(unify_options){.review = true}, &u));
    assert_true(u.doubts > 0);
    for (size_t k = 0; k < u.doubts; k++) {
        double sum = 0;
        for (size_t i = 0; i < u.doubt[k].what.n; i++) sum += u.doubt[k].what.part[i];
        assert_true(fabs(sum - u.doubt[k].what.log_odds) < 1e-9);
        for (int same = 0; same < 2; same++) {
            unify_decision d = {u.doubt[k].a, u.doubt[k].b, same};
            ASSERT_OK(unify_persons_with(tmp, &t, &(unify_options){.draws = 2, .decisions = 1, .decision = &d, .review = true}, &then));
            assert_int_equal(then.person[d.a] == then.person[d.b], same);
            for (int draw = 0; draw < 2; draw++) assert_int_equal(then.drawn[draw][d.a] == then.drawn[draw][d.b], same);
            for (size_t i = 0; i < then.doubts; i++) assert_false(then.doubt[i].a == d.a && then.doubt[i].b == d.b);
        }
        if (k == 3) break;
    }
}

/* Of those taken as the same, is anybody decided to be somebody else? */
static bool
contradict(size_t n, const unify_decision d[])
{
    int32_t group[MANY];
    for (int32_t i = 0; i < MANY; i++) group[i] = i;
    for (size_t k = 0; k < n; k++)
        for (int32_t i = 0, was = group[d[k].b], is = group[d[k].a]; d[k].same && i < MANY; i++)
            if (group[i] == was) group[i] = is;
    for (size_t k = 0; k < n; k++)
        if (!d[k].same && group[d[k].a] == group[d[k].b]) return true;
    return false;
}

/* Any number of decisions holds at once, against rules, links and draws, or is refused as a naive reading refuses it. */
static void
many_decisions_hold(void **state)
{
    (void)state;
    SCRATCH(tmp);
    note rows[MANY];
    uint32_t order[MANY];
    table t;
    size_t refused = 0;
    const size_t rounds = DRAWS(48);
    make_many(tmp, rows);
    for (uint32_t i = 0; i < MANY; i++) order[i] = i;
    make_table(tmp, rows, order, MANY, &t);
    for (uint64_t seed = 0; seed < rounds; seed++) {
        SCRATCH(round);
        enum { MOST = 60 };
        unify_decision d[MOST];
        unified u;
        rng r = rng_new(seed, 3);
        size_t n = 2 + rng_below(&r, MOST - 1);
        for (size_t k = 0; k < n; k++) {
            int32_t a = (int32_t)rng_below(&r, MANY), b = (int32_t)rng_below(&r, MANY / 60) * 60 + a % 60; /* of one person */
            bool same = rng_below(&r, 6) == 0;
            if (same || b >= MANY || b == a) b = (a + 1 + (int32_t)rng_below(&r, MANY - 1)) % MANY;
            d[k] = (unify_decision){a, b, same, "a decision"};
        }
        bool bad = contradict(n, d);
        refused += bad;
        ASSERT_STATUS(unify_persons_with(round, &t, &(unify_options){.draws = 2, .decisions = n, .decision = d}, &u), bad ? ST_INVALID : ST_OK);
        for (size_t k = 0; !bad && k < n; k++) {
            bool held = (u.person[d[k].a] == u.person[d[k].b]) == d[k].same;
            for (int draw = 0; draw < 2; draw++) held = held && (u.drawn[draw][d[k].a] == u.drawn[draw][d[k].b]) == d[k].same;
            if (!held) fail_msg("seed %d: decision %zu does not hold", (int)seed, k);
        }
    }
    print_message("# %zu of %zu refused\n", refused, rounds);
    assert_true(refused < rounds);
}

static void
the_log_can_be_undone(void **state)
{
    (void)state;
    SCRATCH(tmp);
    uint32_t order[NOTES];
    for (uint32_t i = 0; i < NOTES; i++) order[i] = i;
    table t;
    unified u;
    make_table(tmp, notes, order, NOTES, &t);
    ASSERT_OK(unify_persons(tmp, &t, &u));
    int32_t person[NOTES];
    size_t persons;
    for (size_t steps = 0; steps <= u.merges; steps++) {
        ASSERT_OK(unify_replay(&u, steps, person, &persons));
        assert_int_equal(persons, NOTES - steps);
    }
    assert_memory_equal(person, u.person, sizeof person);
    ASSERT_OK(unify_replay(&u, 0, person, &persons));
    for (int32_t i = 0; i < NOTES; i++) assert_int_equal(person[i], i);
    ASSERT_STATUS(unify_replay(&u, u.merges + 1, person, &persons), ST_INVALID);
}

static void
years_count_a_person_once_each(void **state)
{
    (void)state;
    SCRATCH(tmp);
    uint32_t order[NOTES];
    for (uint32_t i = 0; i < NOTES; i++) order[i] = i;
    table t;
    unified u;
    make_table(tmp, notes, order, NOTES, &t);
    ASSERT_OK(unify_persons(tmp, &t, &u));
    int32_t year_person[NOTES];
    size_t count;
    ASSERT_OK(unify_per_year(&u, &t, year_person, &count));
    static const int32_t want[NOTES] = {0, 0, 1, 2, 3, 3, 4, 5, 6, 6, 7, 8, 9, 10, 11, 12, 12};
    assert_int_equal(count, 13);
    assert_memory_equal(year_person, want, sizeof want);
}

static status
unify_again(const table *t, unified *u)
{
    SCRATCH(tmp);
    return unify_persons(tmp, t, u);
}

static void
lack_of_memory_and_bad_tables_are_said(void **state)
{
    (void)state;
    SCRATCH(tmp);
    uint32_t order[NOTES];
    for (uint32_t i = 0; i < NOTES; i++) order[i] = i;
    table t, empty, wrong;
    unified u;
    make_table(tmp, notes, order, NOTES, &t);
    ASSERT_SURVIVES_NO_MEMORY(unify_again(&t, &u));
    make_table(tmp, notes, order, 0, &empty);
    ASSERT_OK(unify_persons(tmp, &empty, &u));
    assert_int_equal(u.persons, 0);
    ASSERT_OK(table_new(tmp, "wrong", 0, 0, &wrong));
    ASSERT_STATUS(unify_persons(tmp, &wrong, &u), ST_INVALID);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_make_persons),
        cmocka_unit_test(order_of_rows_does_not_matter),
        cmocka_unit_test(order_does_not_matter_to_linkage),
        cmocka_unit_test(decisions_hold),
        cmocka_unit_test(doubts_are_listed_and_decided), cmocka_unit_test(many_decisions_hold),
        cmocka_unit_test(the_log_can_be_undone),
        cmocka_unit_test(years_count_a_person_once_each),
        cmocka_unit_test(lack_of_memory_and_bad_tables_are_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
