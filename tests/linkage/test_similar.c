#include "testing.h"

#include "linkage/similar.h"
#include "people.h"

/* The lists of similar values against every pair compared one by one. */
static void
check_set(const char *label, const level_set *l, const similar *s)
{
    size_t listed = 0;
    for (size_t v = 0; v < s->n; v++) {
        for (size_t i = s->start[v] + 1; i < s->start[v + 1]; i++)
            if (s->entry[i] >> 4 <= s->entry[i - 1] >> 4) fail_msg("%s: row %zu is not ascending", label, v);
        for (size_t w = 0; w < s->n; w++) {
            if (v == w) continue;
            int want = level_of(l, v, w), got = similar_level(s, v, w);
            if (want != got)
                fail_msg("%s: '%.*s' '%.*s': level %d listed, %d compared", label, (int)l->s->plain[v].n, l->s->plain[v].bytes,
                         (int)l->s->plain[w].n, l->s->plain[w].bytes, got, want);
            if (level_of(l, w, v) != want) fail_msg("%s: levels are not symmetric", label);
            if (l->words && level_of_words(l, v, w) < want) /* words were passed over that have something to say */
                fail_msg("%s: '%.*s' '%.*s': level %d, by words %d", label, (int)l->s->plain[v].n, l->s->plain[v].bytes, (int)l->s->plain[w].n,
                         l->s->plain[w].bytes, want, level_of_words(l, v, w));
            listed += got != s->other;
        }
    }
    assert_int_equal(listed, s->start[s->n]);
}

static void
lists_agree_with_every_pair(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 3; seed++) {
        SCRATCH(tmp);
        people p;
        link_records r;
        const people_options o = {seed, 400, 400, 1, 0.4, 0.05, 1, false, false,
                                  PEOPLE_GIVEN | PEOPLE_FAMILY | PEOPLE_BORN | PEOPLE_SEX | PEOPLE_STREET | PEOPLE_CITY | PEOPLE_POSTCODE |
                                      PEOPLE_NUMBER | PEOPLE_EMAIL};
        ASSERT_OK(people_new(tmp, &o, &p));
        const table *file[1] = {&p.file[0]};
        ASSERT_OK(link_records_new(tmp, &p.fields, 1, file, &r));
        for (size_t s = 0; s < r.sets; s++) {
            level_set l;
            similar made;
            ASSERT_OK(level_set_new(tmp, &r.set[s], &l));
            ASSERT_OK(similar_new(tmp, &l, &made));
            check_set(link_kind_name(r.set[s].kind), &l, &made);
        }
    }
}

/* A file of one column. */
static void
one_column(arena *a, link_kind kind, const char *const values[], size_t n, link_records *r)
{
    table *t = arena_alloc(a, 1, sizeof *t);
    link_field *field = arena_alloc(a, 1, sizeof *field);
    *field = (link_field){"value", kind, NULL};
    const link_fields fields = {.id = "id", .n = 1, .field = field};
    ASSERT_OK(table_new(a, "values", n, 2, t));
    for (size_t c = 0; c < 2; c++) {
        text_column *texts;
        char id[24];
        ASSERT_OK(table_set_column(a, t, c, c ? "value" : "id", COLUMN_TEXT, NULL));
        ASSERT_OK(text_column_new(a, n, &texts));
        for (size_t i = 0; i < n; i++) {
            snprintf(id, sizeof id, "%06zu", i);
            ASSERT_OK(text_column_put(texts, i, text_of(c ? values[i] : id)));
        }
        ASSERT_OK(text_column_end(texts, &t->column[c]));
    }
    const table *file[1] = {t};
    ASSERT_OK(link_records_new(a, &fields, 1, file, r));
}

/* Dates of few digits: much of them overlaps, some lack a part. */
static void
dates_agree_with_every_pair(void **state)
{
    (void)state;
    enum { DATES = 700 };
    SCRATCH(tmp);
    static char room[DATES][16];
    const char *values[DATES];
    link_records r;
    level_set l;
    similar s;
    rng g = rng_new(4, 1);
    for (size_t i = 0; i < DATES; i++) {
        unsigned d[8];
        for (size_t k = 0; k < 8; k++) d[k] = (unsigned)rng_below(&g, i % 2 ? 2 : 3);
        if (rng_below(&g, 8)) snprintf(room[i], sizeof room[i], "%u%u%u%u%u%u%u%u", d[0] + 1, d[1], d[2], d[3], d[4], d[5], d[6], d[7]);
        else snprintf(room[i], sizeof room[i], "%u%u%u%u", d[0] + 1, d[1], d[2], d[3]);
        values[i] = room[i];
    }
    one_column(tmp, KIND_date_of_birth, values, DATES, &r);
    ASSERT_OK(level_set_new(tmp, &r.set[0], &l));
    ASSERT_OK(similar_new(tmp, &l, &s));
    check_set("dates", &l, &s);
}

/* Texts of a few words: short ones, particles, words twice, short forms, initials. */
static void
words_agree_with_every_pair(void **state)
{
    (void)state;
    enum { TEXTS = 300 };
    static const char *const words[] = {"street", "st", "cove", "place", "pl", "bora", "della", "de", "van", "william", "bill", "wm", "w", "anna", "thornbury", "b"};
    static const link_kind kinds[] = {KIND_text, KIND_full_name, KIND_given_name};
    rng g = rng_new(6, 1);
    for (size_t k = 0; k < 3; k++) {
        SCRATCH(tmp);
        static char room[TEXTS][64];
        const char *values[TEXTS];
        link_records r;
        level_set l;
        similar s;
        for (size_t i = 0; i < TEXTS; i++) {
            values[i] = room[i], room[i][0] = 0;
            for (size_t n = 1 + rng_below(&g, 3); n > 0; n--) {
                strcat(room[i], words[rng_below(&g, sizeof words / sizeof *words)]);
                strcat(room[i], n > 1 ? " " : "");
            }
        }
        one_column(tmp, kinds[k], values, TEXTS, &r);
        ASSERT_OK(level_set_new(tmp, &r.set[0], &l));
        ASSERT_OK(similar_new(tmp, &l, &s));
        check_set(link_kind_name(kinds[k]), &l, &s);
    }
}

static void
names_have_levels(void **state)
{
    (void)state;
    static const struct {
        link_kind kind;
        const char *a, *b;
        int want;
    } rows[] = {
        {KIND_given_name, "Anna", "ANNA ", LEVEL_EXACT}, {KIND_given_name, "Anna", "Ana", NAME_EDIT}, {KIND_given_name, "Anna", "A.", NAME_INITIAL},
        {KIND_given_name, "Anna Maria", "A.M.", NAME_INITIAL}, {KIND_given_name, "A.", "A.M.", NAME_INITIAL}, {KIND_given_name, "Anna Maria", "A.B.", NAME_ELSE},
        {KIND_given_name, "Anna", "B.", NAME_ELSE}, {KIND_full_name, "John Smith", "Smith, J.", NAME_INITIAL}, {KIND_full_name, "Wm Penrose", "William Penrose", NAME_INITIAL},
        {KIND_full_name, "John Smith", "Smith, K.", NAME_ELSE}, {KIND_full_name, "John Smith", "John Peter Smith", NAME_PART}, {KIND_full_name, "John Smith", "Smith", NAME_84},
        {KIND_text, "Restaurant Katsu", "Katsu", NAME_PART}, {KIND_text, "12 Mill Street", "12 Mill St.", NAME_INITIAL}, {KIND_text, "Hotel Bel Air", "Bel Air Hotel", NAME_EDIT},
        {KIND_given_name, "Bob", "Robert", NAME_SHORT}, {KIND_given_name, "Anne-Marie", "Marie Anne", NAME_EDIT},
        {KIND_family_name, "de Jong", "Jong", NAME_92}, {KIND_family_name, "Jansen-de Vries", "Jansen", NAME_PART},
        {KIND_family_name, "\xd0\x98\xd0\xb2\xd0\xb0\xd0\xbd\xd0\xbe\xd0\xb2", "Ivanov", LEVEL_EXACT},
        {KIND_given_name, "\xd9\x85\xd8\xad\xd9\x85\xd8\xaf", "Mohammed", NAME_EDIT}, {KIND_given_name, "Piet", "Gerda", NAME_ELSE},
        {KIND_full_name, "Anna de Vries", "de Vries, Anna", LEVEL_EXACT}, {KIND_number, "1234567", "1234576", CODE_EDIT},
        {KIND_number, "12", "13", CODE_ELSE}, {KIND_number, "1234567", "7234561", CODE_EDITS},
        {KIND_email, "a.bee@x.nl", "a.bee@yahoo.com", EMAIL_LOCAL}, {KIND_email, "a.bee@x.nl", "A.Bee@x.nl", LEVEL_EXACT},
        {KIND_nationality, "RU", "UA", EQUAL_GROUP}, {KIND_nationality, "RU", "NL", EQUAL_ELSE}, {KIND_birth_year, "1980", "1981", YEAR_ONE}, {KIND_birth_year, "1980.0", " 1980", LEVEL_EXACT}, {KIND_birth_year, "1980", "2008-04-07", YEAR_ELSE},
        {KIND_sex, "Vrouw", "f", LEVEL_EXACT},
        {KIND_date_of_birth, "2008-04-07", "1959-04-07", DATE_YEAR_OTHER}, {KIND_date_of_birth, "1212-12-12", "2121-12-12", DATE_YEAR_OTHER},
        {KIND_date_of_birth, "1980-04-07", "1980-07-04", DATE_SWAPPED}, {KIND_date_of_birth, "1980", "1981-07-04", DATE_PART_NEAR},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        SCRATCH(tmp);
        link_records r;
        level_set l;
        similar s;
        const char *const values[2] = {rows[i].a, rows[i].b};
        one_column(tmp, rows[i].kind, values, 2, &r);
        ASSERT_OK(level_set_new(tmp, &r.set[0], &l));
        ASSERT_OK(similar_new(tmp, &l, &s));
        const int32_t *of = r.attribute[0].of;
        int got = of[0] == of[1] ? LEVEL_EXACT : similar_level(&s, (size_t)of[0], (size_t)of[1]);
        if (got != rows[i].want) fail_msg("%s / %s: level %d, want %d", rows[i].a, rows[i].b, got, rows[i].want);
    }
}

/* One day of the year for births of which the day is not known: of n dates every `every`-th, over so many years. */
static void
days_not_known_are_found(void **state)
{
    (void)state;
    static const struct {
        const char *label;
        unsigned every, month, day, years;
        bool want;
    } rows[] = {{"one in ten on 1 January", 10, 1, 1, 30, true}, {"one in ten on 1 July", 10, 7, 1, 30, true}, {"one in a hundred", 100, 1, 1, 30, false}, {"a class of one year", 10, 1, 1, 1, false}};
    enum { DATES = 600 };
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        SCRATCH(tmp);
        static char room[DATES][16];
        const char *values[DATES];
        link_records r;
        rng g = rng_new(7, k);
        for (size_t i = 0; i < DATES; i++) {
            unsigned month = 1 + (unsigned)rng_below(&g, 12), day = 2 + (unsigned)rng_below(&g, 26), year = 1960 + (unsigned)rng_below(&g, rows[k].years);
            if (i % rows[k].every == 0) month = rows[k].month, day = rows[k].day;
            snprintf(room[i], sizeof room[i], "%u-%02u-%02u", year, month, day);
            values[i] = room[i];
        }
        one_column(tmp, KIND_date_of_birth, values, DATES, &r);
        for (size_t v = 0; v < r.set[0].n; v++) {
            const date_value *d = &r.set[0].dates[v];
            bool there = d->month == (int)rows[k].month && d->day == (int)rows[k].day;
            if (d->guessed != (rows[k].want && there)) fail_msg("%s: %d-%d-%d: %d", rows[k].label, d->year, d->month, d->day, d->guessed);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(lists_agree_with_every_pair), cmocka_unit_test(dates_agree_with_every_pair), cmocka_unit_test(words_agree_with_every_pair), cmocka_unit_test(names_have_levels), cmocka_unit_test(days_not_known_are_found)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
