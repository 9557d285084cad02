#include "testing.h"

#include "base/date.h"
#include "base/rng.h"
#include "linkage/unify.h"

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
    {"2017-02-05", "Jan", "de Vries", "1985-01-01", A, "1234567890", 1, 0}, /* by number alone */
    {"2017-02-06", "Jo", "Kim", "", "", "1234567890", 1, 0},            /* chained by the V-number */
    {"2018-02-07", "Mia", "Kok", "2001-01-01", A, "", 0, 0},
    {"2018-02-08", "Mia", "Kok", "2001-01-01", B, "", 0, 2},            /* never two valid numbers together */
    {"2018-02-09", "Mia", "Kok", "2001-01-01", "", "", 0, 3},           /* belongs to either: to neither */
    {"2018-02-10", "Mia", "K\xc3\xb3k", "2001-01-01", "", "", 0, 3},
    {"2019-02-11", "", "", "2001-01-01", "", "", 0, 4},                 /* nothing to go by */
    {"2019-02-12", "", "", "2001-01-01", "", "", 0, 5},
    {"2019-02-13", "Bo", "Li", "", "", "", 0, 6},
    {"2019-02-14", "Bo", "Li", "", "123456789", "", 0, 7},              /* fails the eleven-test */
    {"2019-02-15", "X", "Y", "1999-01-01", "123456789", "", 0, 8},
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
    assert_int_equal(u.persons, 9);
    assert_int_equal(u.clashes, 1);
    assert_int_equal(u.clash[0].rule, UNIFY_NAME_BIRTH_SEX);
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
    static const int32_t want[NOTES] = {0, 0, 1, 2, 1, 1, 3, 4, 5, 5, 6, 7, 8, 9, 10};
    assert_int_equal(count, 11);
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
        cmocka_unit_test(the_log_can_be_undone),
        cmocka_unit_test(years_count_a_person_once_each),
        cmocka_unit_test(lack_of_memory_and_bad_tables_are_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
