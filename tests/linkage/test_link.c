#include "testing.h"

#include "linkage/evaluate.h"
#include "linkage/link.h"
#include "people.h"

#include <math.h>

#define NAMES (PEOPLE_GIVEN | PEOPLE_FAMILY)
#define HOME (PEOPLE_STREET | PEOPLE_CITY | PEOPLE_POSTCODE)

/* Least F1 that any change must keep; measured values lie above. */
static const struct {
    const char *label;
    people_options o;
    double least;
} rows[] = {
    {"names and birth", {1, 2000, 1000, 1, 0.1, 0.02, 1, false, false, NAMES | PEOPLE_BORN}, 0.93},
    {"two files, households", {12, 2000, 1000, 1, 0.2, 0.05, 4, false, true, NAMES | PEOPLE_BORN | HOME}, 0.95},
    {"date in parts", {2, 2000, 1000, 1, 0.1, 0.02, 1, false, false, NAMES | PEOPLE_PARTS}, 0.93},
    {"with sex and home", {3, 2000, 1000, 1, 0.2, 0.05, 1, false, false, NAMES | PEOPLE_BORN | PEOPLE_SEX | HOME}, 0.97},
    {"households", {4, 2000, 1000, 1, 0.2, 0.05, 4, false, false, NAMES | PEOPLE_BORN | PEOPLE_SEX | HOME}, 0.94},
    {"clusters up to ten", {5, 1000, 2000, 9, 0.2, 0.05, 3, false, false, NAMES | PEOPLE_BORN | PEOPLE_SEX | HOME}, 0.93},
    {"bad records", {6, 2000, 1000, 1, 0.15, 0.05, 1, true, false, NAMES | PEOPLE_BORN | HOME}, 0.95},
    {"few duplicates", {7, 4000, 20, 1, 0.1, 0.02, 1, false, false, NAMES | PEOPLE_BORN | PEOPLE_SEX}, 0.7},
    {"many missing", {8, 2000, 1000, 1, 0.1, 0.3, 1, false, false, NAMES | PEOPLE_BORN | HOME}, 0.85},
    {"e-mail and city", {9, 600, 400, 1, 0.2, 0.1, 1, false, false, NAMES | PEOPLE_BORN | PEOPLE_CITY | PEOPLE_EMAIL}, 0.95},
    {"numbers", {10, 2000, 1000, 1, 0.1, 0.2, 1, false, false, NAMES | PEOPLE_BORN | PEOPLE_NUMBER}, 0.88},
    {"two files", {11, 2000, 1200, 1, 0.2, 0.05, 1, false, true, NAMES | PEOPLE_BORN | HOME}, 0.97},
    {"few duplicates among couples", {15, 3000, 100, 1, 0.15, 0.03, 2, false, false, NAMES | PEOPLE_BORN | PEOPLE_CITY}, 0.85},
    {"few duplicates among families", {16, 3000, 100, 1, 0.15, 0.03, 4, false, false, NAMES | PEOPLE_BORN | PEOPLE_SEX | HOME}, 0.85},
};

static status
score(const people *p, link_result *l, link_score *s)
{
    SCRATCH(tmp);
    const table *file[2] = {&p->file[0], &p->file[1]};
    const link_options o = {.seed = 1};
    CHECK(link_run(tmp, &p->fields, p->files, file, &o, l));
    int32_t *entity;
    ALLOC(tmp, entity, l->records.n);
    for (size_t i = 0; i < l->records.n; i++) entity[i] = p->entity[i >= l->records.split][l->records.row[i]];
    return link_evaluate(l->records.n, l->clusters.cluster, entity, s);
}

static void
persons_are_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < DRAWS(sizeof rows / sizeof *rows); i++) {
        SCRATCH(tmp);
        people p;
        link_result l;
        link_score s;
        ASSERT_OK(people_new(tmp, &rows[i].o, &p));
        ASSERT_OK(score(&p, &l, &s));
        print_message("%s: precision %.4f recall %.4f F1 %.4f, %zu candidates\n", rows[i].label, s.precision, s.recall, s.f1, l.pairs.n);
        if (s.f1 < rows[i].least) fail_msg("%s: F1 %.4f, want at least %.2f", rows[i].label, s.f1, rows[i].least);
    }
}

static void
no_duplicates_are_invented(void **state)
{
    (void)state;
    /* Not without birth: these people give one given name to two of a household, whom nothing tells apart then. */
    static const struct {
        int families;
        unsigned fields;
    } files[] = {{1, NAMES | PEOPLE_BORN}, {1, NAMES | PEOPLE_BORN | HOME}, {3, NAMES | PEOPLE_BORN | HOME}, {2, NAMES | PEOPLE_BORN | PEOPLE_CITY},
                 {3, NAMES | PEOPLE_BORN | PEOPLE_CITY}};
    for (uint64_t seed = 1; seed <= DRAWS(sizeof files / sizeof *files); seed++) {
        SCRATCH(tmp);
        people p;
        link_result l;
        link_score s;
        const people_options o = {seed, 5000, 0, 1, 0.1, 0.02, files[seed - 1].families, false, false, files[seed - 1].fields};
        ASSERT_OK(people_new(tmp, &o, &p));
        ASSERT_OK(score(&p, &l, &s));
        print_message("no duplicates, seed %d: %.0f pairs linked\n", (int)seed, s.linked_pairs);
        if (s.linked_pairs > 1) fail_msg("seed %d: %.0f pairs linked, want at most one", (int)seed, s.linked_pairs);
    }
}

/* So many values that passes take the place of every pair. */
static void
many_records_go_by_passes(void **state)
{
    (void)state;
    SCRATCH(tmp);
    people p;
    link_result l;
    link_score s;
    const people_options o = {13, 60000, 10000, 1, 0.1, 0.02, 1, false, false, NAMES | PEOPLE_BORN | PEOPLE_SEX | HOME};
    ASSERT_OK(people_new(tmp, &o, &p));
    ASSERT_OK(score(&p, &l, &s));
    print_message("passes: precision %.4f recall %.4f, estimated %.4f %.4f\n", s.precision, s.recall, l.quality.precision.value, l.quality.recall.value);
    assert_null(l.model.similar);
    assert_true(s.f1 > 0.97);
    assert_true(l.quality.precision.value > s.precision - 0.03 && l.quality.precision.value < s.precision + 0.03);
    assert_true(l.quality.recall.value > s.recall - 0.03 && l.quality.recall.value < s.recall + 0.03);
}

/* A name of its own for each number, unlike that of the next one. */
static void
put_name(uint32_t number, char name[32])
{
    uint64_t x = number * UINT64_C(0x9e3779b97f4a7c15);
    for (int i = 0; i < 10; i++, x = x << 5 | x >> 59) name[i] = (char)('a' + x % 26);
    name[10] = 0;
}

/* More values than are compared with each other: a third is called Jan, a third Johannes, the others all differ. */
static void
short_forms_of_common_names_are_common(void **state)
{
    (void)state;
    SCRATCH(tmp);
    enum { N = 45000 };
    static link_field field[] = {{"given", KIND_given_name, NULL}, {"family", KIND_family_name, NULL}, {"born", KIND_date_of_birth, NULL}};
    const link_fields f = {"id", 3, field};
    const link_options o = {.seed = 1};
    table t;
    text_column *c[4];
    link_result l;
    char cell[32];
    ASSERT_OK(table_new(tmp, "t", N, 4, &t));
    for (size_t k = 0; k < 4; k++) ASSERT_OK(table_set_column(tmp, &t, k, k ? field[k - 1].column : "id", COLUMN_TEXT, NULL));
    for (size_t k = 0; k < 4; k++) ASSERT_OK(text_column_new(tmp, N, &c[k]));
    for (uint32_t i = 0; i < N; i++) {
        snprintf(cell, sizeof cell, "r%u", i);
        ASSERT_OK(text_column_put(c[0], i, text_of(cell)));
        if (i % 3 < 2) snprintf(cell, sizeof cell, i % 3 ? "Jan" : "Johannes");
        else put_name(N + i, cell);
        ASSERT_OK(text_column_put(c[1], i, text_of(cell)));
        put_name(i, cell);
        ASSERT_OK(text_column_put(c[2], i, text_of(cell)));
        uint64_t day = i * UINT64_C(0x9e3779b97f4a7c15) >> 32;
        snprintf(cell, sizeof cell, "%04d-%02d-%02d", (int)(1940 + day % 61), (int)(1 + day / 61 % 12), (int)(1 + day / 732 % 28));
        ASSERT_OK(text_column_put(c[3], i, text_of(cell)));
    }
    for (size_t k = 0; k < 4; k++) ASSERT_OK(text_column_end(c[k], &t.column[k]));
    const table *file[1] = {&t};
    ASSERT_OK(link_run(tmp, &f, 1, file, &o, &l));
    assert_null(l.model.similar);
    size_t given = (size_t)l.records.given;
    const value_set *s = &l.records.set[l.records.attribute[given].set];
    for (size_t v = 0; v < s->n; v++) {
        double share = exp(l.model.log_f[given][v * LEVELS + NAME_SHORT]);
        if ((text_is(s->plain[v], "jan") || text_is(s->plain[v], "johannes")) && fabs(share - 1.0 / 3) > 0.02) fail_msg("%.*s: its short form is borne by a share of %.4f", (int)s->plain[v].n, s->plain[v].bytes, share);
    }
}

/* Rows "given,family,born", written `times` times each. */
static void
link_rows(arena *a, const char *const rows[][3], const size_t times[], size_t n, link_result *l)
{
    static link_field field[] = {{"given", KIND_given_name, NULL}, {"family", KIND_family_name, NULL}, {"born", KIND_date_of_birth, NULL}};
    const link_fields f = {"id", 3, field};
    const link_options o = {.seed = 1};
    table t;
    const table *file[1] = {&t};
    size_t total = 0;
    for (size_t i = 0; i < n; i++) total += times[i];
    ASSERT_OK(table_new(a, "odd", total, 4, &t));
    for (size_t k = 0; k < 4; k++) {
        text_column *texts;
        size_t at = 0;
        ASSERT_OK(table_set_column(a, &t, k, k ? field[k - 1].column : "id", COLUMN_TEXT, NULL));
        ASSERT_OK(text_column_new(a, total, &texts));
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < times[i]; j++, at++)
                ASSERT_OK(text_column_put(texts, at, text_of(k ? rows[i][k - 1] : arena_printf(a, "r%06zu", at))));
        ASSERT_OK(text_column_end(texts, &t.column[k]));
    }
    ASSERT_OK(link_run(a, &f, 1, file, &o, l));
}

static void
odd_files_make_sense(void **state)
{
    (void)state;
    static const struct {
        const char *label, *row[3][3];
        size_t times[3], clusters;
    } cases[] = {
        {"10,000 equal records", {{"anna", "jansen", "1980-01-01"}}, {10000, 0, 0}, 1},
        {"two persons by the hundred", {{"anna", "jansen", "1980-01-01"}, {"bert", "visser", "1975-03-04"}}, {500, 500, 0}, 2},
        {"one name a thousand times", {{"anna", "", ""}}, {1000, 0, 0}, 1000},
        {"nothing known", {{"", "", ""}}, {1000, 0, 0}, 1000},
        {"no day of birth", {{"anna", "jansen", "1980"}}, {40, 0, 0}, 40},
        {"three records", {{"anna", "jansen", "1980-01-01"}, {"anna", "jansn", "1980-01-01"}, {"bert", "visser", "1975-03-04"}}, {1, 1, 1}, 2},
        {"one record", {{"anna", "jansen", "1980-01-01"}}, {1, 0, 0}, 1},
        {"no record", {{"anna", "jansen", "1980-01-01"}}, {0, 0, 0}, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        SCRATCH(tmp);
        link_result l;
        link_rows(tmp, cases[i].row, cases[i].times, 3, &l);
        if (l.clusters.clusters != cases[i].clusters) fail_msg("%s: %zu clusters, want %zu", cases[i].label, l.clusters.clusters, cases[i].clusters);
        if (!l.quality.alarm) fail_msg("%s: no alarm", cases[i].label);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(persons_are_found),
        cmocka_unit_test(no_duplicates_are_invented),
        cmocka_unit_test(many_records_go_by_passes),
        cmocka_unit_test(short_forms_of_common_names_are_common),
        cmocka_unit_test(odd_files_make_sense),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
