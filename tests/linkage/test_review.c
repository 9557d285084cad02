/* What people are shown to decide: one score everywhere, its parts, and what numbers forbid or contradict. */
#include "testing.h"

#include "base/log.h"
#include "linkage/levels.h"
#include "linkage/link.h"
#include "linkage/review.h"
#include "people.h"

#include <math.h>
#include <stdio.h>

enum { NAMES = PEOPLE_GIVEN | PEOPLE_FAMILY, PLAIN = 400, COLUMNS = 5 };

/* Of every pair, joined or not, the parts sum to the log-odds, and those are of its p. */
static void
assert_one_score(const link_result *l, const char *label)
{
    size_t step = l->pairs.n / 500 + 1;
    for (size_t k = 0; k < l->pairs.n; k += step) {
        link_waterfall w;
        double sum = 0, p = l->pairs.p[k];
        link_waterfall_of(l, k, &w);
        for (size_t i = 0; i < w.n; i++) sum += w.part[i];
        if (w.p != p || fabs(sum - w.log_odds) > 1e-9) fail_msg("%s: pair %zu: the parts do not sum to the score", label, k);
        if (fabs(1 / (1 + exp(-w.log_odds)) - p) > 1e-4) fail_msg("%s: pair %zu: log-odds %g, p %g", label, k, w.log_odds, p);
    }
}

static void
parts_sum_to_the_score(void **state)
{
    (void)state;
    static const struct {
        const char *label;
        people_options o;
        size_t decided;
    } rows[] = {
        {"one file", {81, 400, 200, 2, 0.2, 0.05, 1, false, false, NAMES | PEOPLE_BORN | PEOPLE_CITY}, 0},
        {"decided", {82, 400, 200, 2, 0.2, 0.05, 1, false, false, NAMES | PEOPLE_BORN}, 2},
        {"two files", {83, 300, 200, 1, 0.2, 0.05, 1, false, true, NAMES | PEOPLE_BORN}, 0},
        {"few records", {84, 20, 10, 1, 0.2, 0.05, 1, false, false, NAMES | PEOPLE_BORN}, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        SCRATCH(tmp);
        people p;
        link_result l;
        ASSERT_OK(people_new(tmp, &rows[i].o, &p));
        const table *file[2] = {&p.file[0], &p.file[1]};
        ASSERT_OK(link_run(tmp, &p.fields, p.files, file, &(link_options){.seed = 1}, &l));
        assert_one_score(&l, rows[i].label);
        if (!rows[i].decided) continue;
        const link_merge m = l.clusters.merge[0];
        uint32_t other = 0; /* a record that is no candidate of the first */
        while (other == m.a || link_pairs_find(&l.pairs, other < m.a ? other : m.a, other < m.a ? m.a : other) != SIZE_MAX) other++;
        const link_decided d[] = {{.a = l.records.id[m.a], .b = l.records.id[m.b], .name = "first"},
                                  {.a = l.records.id[m.b], .b = l.records.id[other], .name = "second"}};
        link_result again;
        link_waterfall w;
        ASSERT_OK(link_run(tmp, &p.fields, 1, file, &(link_options){.seed = 1, .decided = 2, .decision = d}, &again));
        assert_one_score(&again, rows[i].label);
        for (int k = 0; k < 2; k++) {
            link_waterfall_of_records(&again, m.b, k ? other : m.a, &w);
            assert_true(w.p == 0 && !strcmp(w.name[w.n - 1], "decided"));
        }
    }
}

/* Of many decisions about a pair the newest holds, as a naive reading says; a hundred thousand take seconds (the square of them took forty). */
static void
decisions_are_many(void **state)
{
    (void)state;
    SCRATCH(tmp);
    enum { DAYS = 40 };
    const size_t n = DRAWS(100000);
    people p;
    link_result l;
    link_decided *d;
    int32_t *day;
    uint8_t *says;
    rng r = rng_new(5, 1);
    ASSERT_OK(people_new(tmp, &(people_options){85, 500, 100, 1, 0.2, 0.05, 1, false, false, NAMES | PEOPLE_BORN}, &p));
    const table *file[1] = {&p.file[0]};
    ASSERT_OK(link_run(tmp, &p.fields, 1, file, &(link_options){.seed = 1}, &l));
    size_t m = l.records.n;
    d = arena_alloc(tmp, n, sizeof *d), day = arena_alloc(tmp, m * m, sizeof *day), says = arena_alloc(tmp, m * m, sizeof *says);
    for (size_t k = 0; k < n; k++) {
        size_t a = rng_below(&r, m - 1), b = a + 1 + rng_below(&r, m - 1 - a), at = a * m + b;
        int32_t on = 1 + (int32_t)rng_below(&r, DAYS);
        bool same = on == DAYS && b == a + 1 && a % 2 == 0; /* none of these contradict each other */
        d[k] = (link_decided){.a = l.records.id[k % 2 ? a : b], .b = l.records.id[k % 2 ? b : a], .same = same, .on = on, .name = "a decision"};
        if (on > day[at]) day[at] = on, says[at] = same;
    }
    double started = clock_cpu();
    ASSERT_OK(link_run(tmp, &p.fields, 1, file, &(link_options){.seed = 1, .decided = n, .decision = d}, &l));
    assert_true(clock_cpu() - started < 10);
    size_t pairs = 0, held = 0;
    for (size_t at = 0; at < m * m; at++) pairs += day[at] > 0;
    for (size_t k = 0; k < l.decisions; k++) held += l.decision[k].same == says[l.decision[k].a * m + l.decision[k].b];
    assert_int_equal(l.decisions, pairs);
    assert_int_equal(held, pairs);
}

/* Each level that a field can have, as it is or encoded, has its words in both languages. */
static void
levels_have_words(void **state)
{
    (void)state;
    static const char names[] = "";
    for (int type = COMPARE_NAME; type <= COMPARE_EQUAL; type++)
        for (int coded = 0; coded < 2; coded++)
            for (int level = 0; level < level_count((compare_type)type); level++) {
                const char *name = level_name(&(value_set){.type = (compare_type)type, .coded = coded ? (const void *)names : NULL}, level);
                if (!strcmp(words_get(LANGUAGE_NL, name), name))
                    fail_msg("level \"%s\" has no Dutch words: give msgid and msgstr in po/nl.po and po/en.po", name);
            }
}

typedef const char *plain[COLUMNS]; /* id, given, family, born, number */

/* Made-up persons each of whom stands once or twice, and the rows given. */
static void
make_table(arena *a, size_t n, const plain rows[], table *t)
{
    static const char *const names[COLUMNS] = {"id", "given", "family", "born", "bsn"};
    static const char *const given[] = {"anna", "bogdan", "chidi", "daria", "emeka", "farid", "gerda", "hans"}, *const family[] = {"jansen", "nowak", "okafor", "petrov", "silva", "tran", "visser"};
    text_column *texts[COLUMNS];
    ASSERT_OK(table_new(a, "people", PLAIN + n, COLUMNS, t));
    for (size_t k = 0; k < COLUMNS; k++) {
        ASSERT_OK(table_set_column(a, t, k, names[k], COLUMN_TEXT, NULL));
        ASSERT_OK(text_column_new(a, PLAIN + n, &texts[k]));
    }
    for (size_t i = 0; i < PLAIN + n; i++) {
        size_t x = i % 300; /* a hundred stand twice */
        char made[COLUMNS][32] = {{0}};
        snprintf(made[0], sizeof made[0], "p%zu", i);
        snprintf(made[1], sizeof made[1], "%s%c", given[x % 8], (char)('a' + x / 8 % 20));
        snprintf(made[2], sizeof made[2], "%s%c", family[x % 7], (char)('a' + x / 7 % 20));
        snprintf(made[3], sizeof made[3], "%04zu%02zu%02zu", 1950 + x % 50, 1 + x % 12, 1 + x % 28);
        for (size_t k = 0; k < COLUMNS; k++) ASSERT_OK(text_column_put(texts[k], i, text_of(i < PLAIN ? made[k] : rows[i - PLAIN][k])));
    }
    for (size_t k = 0; k < COLUMNS; k++) ASSERT_OK(text_column_end(texts[k], &t->column[k]));
}

static size_t
refused_between(const link_result *l, const link_refused r[], size_t n, const char *x, const char *y)
{
    size_t found = 0, i = link_record_find(&l->records, text_of(x), false), j = link_record_find(&l->records, text_of(y), false);
    assert_true(i != SIZE_MAX && j != SIZE_MAX);
    for (size_t k = 0; k < n; k++) found += (r[k].a == i && r[k].b == j) || (r[k].a == j && r[k].b == i);
    return found;
}

static void
numbers_that_contradict_are_reviewed(void **state)
{
    (void)state;
    static link_field fields[] = {{"given", KIND_given_name, NULL}, {"family", KIND_family_name, NULL}, {"born", KIND_date_of_birth, "%Y%m%d"}, {"bsn", KIND_number, NULL}};
    static const struct {
        const char *label;
        plain row[4];
        size_t n;
        bool together, refused; /* x and y */
    } rows[] = {
        {"two different valid numbers, the only ones", {{"x", "xenia", "qwertz", "19800203", "999900006"}, {"y", "xenia", "qwertz", "19800203", "999900018"}}, 2, false, true},
        {"among numbers of another kind", {{"x", "xenia", "qwertz", "19800203", "999900006"}, {"y", "xenia", "qwertz", "19800203", "999900018"},
                                           {"u", "ulla", "uiop", "19700101", "V1234567"}, {"v", "vera", "vrum", "19710101", "V7654321"}}, 4, false, true},
        {"an equal number, all else different", {{"x", "xenia", "qwertz", "19800203", "999900006"}, {"y", "bob", "asdfgh", "19650911", "999900006"},
                                                 {"u", "ulla", "uiop", "19700101", "999900018"}}, 3, false, true},
        {"an equal number and name", {{"x", "xenia", "qwertz", "19800203", "999900006"}, {"y", "xenia", "qwertz", "", "999900006"},
                                      {"u", "ulla", "uiop", "19700101", "999900018"}}, 3, true, false},
        {"another number that fails the test", {{"x", "xenia", "qwertz", "19800203", "999900006"}, {"y", "xenia", "qwertz", "19800203", "999900007"},
                                                {"u", "ulla", "uiop", "19700101", "999900018"}}, 3, true, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        SCRATCH(tmp);
        table t;
        link_result l;
        link_refused *r;
        size_t n;
        make_table(tmp, rows[i].n, rows[i].row, &t);
        const link_fields f = {.id = "id", .n = 4, .field = fields};
        const table *file[] = {&t};
        ASSERT_OK(link_run(tmp, &f, 1, file, &(link_options){.seed = 1}, &l));
        const int32_t *cluster = l.clusters.cluster;
        bool together = cluster[link_record_find(&l.records, TEXT("x"), false)] == cluster[link_record_find(&l.records, TEXT("y"), false)];
        ASSERT_OK(link_review_refused(tmp, &l, &n, &r));
        if (together != rows[i].together) fail_msg("%s: %s", rows[i].label, together ? "joined" : "apart");
        if (refused_between(&l, r, n, "x", "y") != rows[i].refused) fail_msg("%s: %zu refused", rows[i].label, n);
        if (!rows[i].refused) continue;
        const link_decided d = {.a = TEXT("y"), .b = TEXT("x"), .name = "a decision"};
        ASSERT_OK(link_run(tmp, &f, 1, file, &(link_options){.seed = 1, .decided = 1, .decision = &d}, &l));
        ASSERT_OK(link_review_refused(tmp, &l, &n, &r));
        if (refused_between(&l, r, n, "x", "y")) fail_msg("%s: decided and asked again", rows[i].label);
    }
}

static status
decide(const char *when, bool same, const char *then, bool same_then, int *newer)
{
    link_decided x = {.same = same, .name = "one"}, y = {.same = same_then, .name = "other"};
    if (!link_decisions_day(text_of(when), &x.on) || !link_decisions_day(text_of(then), &y.on)) FAIL(ST_CONFIG, "no day");
    return link_decisions_compare(&x, &y, newer);
}

static void
the_newer_decision_holds(void **state)
{
    (void)state;
    static const struct {
        const char *label, *when;
        bool same;
        const char *then;
        bool same_then;
        status want;
        int newer;
    } rows[] = {
        {"newer", "2026-02-01", true, "2026-01-31", false, ST_OK, 1},
        {"older", "2025-02-01", true, "2026-01-31", false, ST_OK, -1},
        {"a time of the day", "2026-02-01T10:00:00Z", true, "2026-01-31 09:00", true, ST_OK, 1},
        {"one day, one word", "2026-02-01", true, "2026-02-01", true, ST_OK, 0},
        {"one day, two words", "2026-02-01", true, "2026-02-01", false, ST_INVALID, 0},
        {"no day", "", true, "2026-02-01", false, ST_INVALID, 0},
        {"no day that exists", "2026-02-30", true, "2026-02-01", true, ST_CONFIG, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int newer = 0;
        status code = decide(rows[i].when, rows[i].same, rows[i].then, rows[i].same_then, &newer);
        if (code != rows[i].want || (code == ST_OK && newer != rows[i].newer)) fail_msg("%s: %s, %d", rows[i].label, status_text(code), newer);
        status_detail_clear();
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_sum_to_the_score),
        cmocka_unit_test(numbers_that_contradict_are_reviewed),
        cmocka_unit_test(the_newer_decision_holds),
        cmocka_unit_test(decisions_are_many),
        cmocka_unit_test(levels_have_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
