#include "testing.h"

#include "base/date.h"
#include "synth/countries.h"
#include "synth/notifications.h"
#include "synth/numbers.h"

#include <math.h>

/* A person in a year as the monitor sees her: from the notifications alone. */
typedef struct seen {
    int year, main, sex, age;
    unsigned forms, reporters, units, sexual, labour, criminal;
    int32_t first, born;
    int nationality, dublin;
} seen;

typedef struct sight {
    size_t n; /* persons x years */
    seen *s;
    int scale;
} sight;

static int
main_of(const seen *s)
{
    if (s->forms & SYNTH_SEXUAL) return s->nationality == synth_country_find("NL") ? SYNTH_DOMESTIC : SYNTH_CROSS;
    if (s->forms & SYNTH_LABOUR) return SYNTH_MAIN_LABOUR;
    return s->forms & SYNTH_CRIMINAL ? SYNTH_MAIN_CRIMINAL : SYNTH_MAIN_UNKNOWN;
}

static void
look(arena *a, const synth_register *g, int scale, sight *result)
{
    *result = (sight){.n = g->persons * SYNTH_YEARS, .scale = scale};
    result->s = arena_alloc(a, result->n, sizeof *result->s);
    for (size_t i = 0; i < g->rows; i++) {
        const synth_row *r = &g->row[i];
        if (!r->kept) continue;
        int year = date_to_parts(r->received).year - SYNTH_YEAR_FIRST;
        seen *s = &result->s[(size_t)r->person * SYNTH_YEARS + (size_t)year];
        if (!s->reporters || r->received < s->first) s->first = r->received;
        s->year = year, s->sex = r->sex, s->born = r->born, s->nationality = r->nationality;
        s->forms |= r->forms, s->reporters |= 1u << r->reporter, s->units |= r->unit >= 0 ? 1u << r->unit : 0;
        s->sexual |= r->sector_sexual, s->labour |= r->sector_labour, s->criminal |= r->sector_criminal;
        s->dublin |= r->dublin;
    }
    for (size_t i = 0; i < result->n; i++) {
        seen *s = &result->s[i];
        if (!s->reporters) continue;
        if (s->forms != SYNTH_UNKNOWN) s->forms &= ~(unsigned)SYNTH_UNKNOWN;
        s->main = main_of(s);
        s->age = s->born == DATE_MISSING ? -1 : date_age(s->born, s->first);
    }
}

static bool
is_kmar_only(const seen *s)
{
    return (s->forms & SYNTH_SEXUAL) && s->reporters == 1u << SYNTH_KMAR;
}

static int
position(const char *word, int n, const char *const list[])
{
    for (int i = 0; i < n; i++)
        if (strcmp(list[i], word) == 0) return i;
    return -1;
}

static bool
has_mention(const seen *s, int mention)
{
    static const unsigned form[SYNTH_MENTIONS] = {SYNTH_SEXUAL, SYNTH_SEXUAL, SYNTH_LABOUR, SYNTH_CRIMINAL, SYNTH_ORGAN, SYNTH_UNKNOWN};
    return mention >= 0 && (s->forms & form[mention]) && (mention > SYNTH_CROSS || s->main == mention);
}

/* How often the cell's row counts for this person and year. */
static int
row_count(const synth_margin *m, const seen *s)
{
    if (strcmp(m->figure, "2.1") == 0) return 1;
    if (strcmp(m->figure, "2.2") == 0) return has_mention(s, position(m->row, SYNTH_MENTIONS, synth_mentions));
    if (strcmp(m->figure, "2.3") == 0) return s->sexual >> position(m->row, SYNTH_SECTORS_SEXUAL, synth_sectors_sexual) & 1;
    unsigned set = strcmp(m->figure, "2.9") == 0 ? s->reporters : s->units;
    if (strcmp(m->row, "total") == 0) return __builtin_popcount(set);
    int bit = strcmp(m->figure, "2.9") == 0 ? position(m->row, SYNTH_REPORTERS, synth_reporters) : position(m->row, SYNTH_UNITS, synth_units);
    return (int)(set >> bit & 1);
}

static int
cell_count(const synth_margin *m, const sight *t)
{
    bool all = strcmp(m->row, "all") == 0;
    int count = 0, year = atoi(m->column) - SYNTH_YEAR_FIRST, main = position(m->column, SYNTH_MAINS, synth_mains);
    bool every = strcmp(m->column, "2016-2020") == 0;
    for (size_t i = 0; i < t->n; i++) {
        const seen *s = &t->s[i];
        if (!s->reporters || (!all && is_kmar_only(s))) continue;
        if (every || (main >= 0 ? s->main == main : s->year == year)) count += row_count(m, s);
    }
    return count;
}

static void
load(arena *a, synth_published *p)
{
    ASSERT_OK(synth_published_read(a, source_path(a, "monitors/nl-2016-2020"), p));
}

static void
check_counts(const synth_published *p, const synth_options *o)
{
    SCRATCH(tmp);
    synth_register g;
    sight t;
    ASSERT_OK(synth_notifications_draw(tmp, p, o, &g));
    look(tmp, &g, o->scale, &t);
    assert_true(p->margins > 250);
    for (size_t i = 0; i < p->margins; i++) {
        const synth_margin *m = &p->margin[i];
        int got = cell_count(m, &t);
        if (got != m->value * o->scale)
            fail_msg("seed %d: figure %s, %s, %s: got %d, want %d", (int)o->seed, m->figure, m->row, m->column, got, m->value * o->scale);
    }
}

static void
every_published_count_comes_out(void **state)
{
    (void)state;
    SCRATCH(tmp);
    synth_published p;
    load(tmp, &p);
    for (uint64_t seed = 1; seed <= DRAWS(20); seed++) check_counts(&p, &(synth_options){.seed = seed, .scale = 1});
    check_counts(&p, &(synth_options){.seed = 7, .scale = 3});
}

/* Shares and means over those that belong, all of them or those of known age. */
typedef bool belongs(const seen *s);
static bool any(const seen *s) { return s->year >= 0; }
static bool in_2016(const seen *s) { return s->year == 0; }
static bool in_2019(const seen *s) { return s->year == 3; }
static bool in_2020(const seen *s) { return s->year == 4; }
static bool main_labour(const seen *s) { return s->main == SYNTH_MAIN_LABOUR; }
static bool any_labour(const seen *s) { return s->forms & SYNTH_LABOUR; }
static bool any_labour_2020(const seen *s) { return s->year == 4 && (s->forms & SYNTH_LABOUR); }
static bool criminal_2020(const seen *s) { return s->year == 4 && (s->forms & SYNTH_CRIMINAL); }
static bool main_criminal_2020(const seen *s) { return s->year == 4 && s->main == SYNTH_MAIN_CRIMINAL; }
static bool drugs_2020(const seen *s) { return criminal_2020(s) && (s->criminal & 1); }
static bool main_drugs_2020(const seen *s) { return main_criminal_2020(s) && (s->criminal & 1); }
static bool is_man(const seen *s) { return s->sex == SYNTH_MALE; }
static bool is_woman(const seen *s) { return s->sex == SYNTH_FEMALE; }
static bool is_young(const seen *s) { return s->age >= 0 && s->age < 23; }
static bool is_drugs(const seen *s) { return s->criminal & 1; }
static bool is_african(const seen *s) { return synth_countries[s->nationality].region == REGION_AFRICA; }
static bool is_asian(const seen *s) { return synth_countries[s->nationality].region == REGION_ASIA; }
static bool is_african_dublin(const seen *s) { return is_african(s) && s->dublin; }
static bool has_sector(const seen *s) { return s->labour != 0; }
static bool by_fairwork(const seen *s) { return s->reporters & 1u << SYNTH_FAIRWORK; }
static bool by_inspectorate(const seen *s) { return s->reporters & 1u << SYNTH_INSPECTORATE; }

static double
share(const sight *t, belongs *who, belongs *what, bool known_age)
{
    double n = 0, k = 0;
    for (size_t i = 0; i < t->n; i++) {
        const seen *s = &t->s[i];
        if (!s->reporters || is_kmar_only(s) || !who(s) || (known_age && s->age < 0)) continue;
        n++, k += what(s);
    }
    return 100 * k / n;
}

static double
mean_age(const sight *t, belongs *who, bool exact)
{
    double n = 0, sum = 0;
    for (size_t i = 0; i < t->n; i++) {
        const seen *s = &t->s[i];
        if (!s->reporters || is_kmar_only(s) || !who(s) || s->age < 0) continue;
        n++, sum += exact ? (s->first - s->born) / 365.25 : s->age;
    }
    return sum / n;
}

static int
count(const sight *t, belongs *who, unsigned forms)
{
    int n = 0;
    for (size_t i = 0; i < t->n; i++)
        n += t->s[i].reporters && !is_kmar_only(&t->s[i]) && who(&t->s[i]) && (t->s[i].forms & forms) == forms;
    return n;
}

static void
expect(const synth_published *p, uint64_t seed, const char *id, const char *how, double got)
{
    double want;
    ASSERT_OK(synth_fact_get(p, id, &want));
    if (lround(got) != lround(want)) fail_msg("seed %d: %s (%s): got %.3f, want %g", (int)seed, id, how, got, want);
}

static void
expect_shares(const synth_published *p, uint64_t seed, const sight *t)
{
    static const struct {
        const char *id;
        belongs *who, *what;
        bool ages;
    } rows[] = {
        {"men_2016_2020", any, is_man, false},
        {"women_2019", in_2019, is_woman, false},
        {"women_2020", in_2020, is_woman, false},
        {"under_23_2016_2020", any, is_young, true},
        {"under_23_2016", in_2016, is_young, true},
        {"under_23_2019", in_2019, is_young, true},
        {"under_23_2020", in_2020, is_young, true},
        {"under_23_labour", main_labour, is_young, true},
        {"under_23_labour", any_labour, is_young, true},
        {"origin_africa", any, is_african, false},
        {"origin_asia", any, is_asian, false},
        {"criminal_drugs_2020", criminal_2020, is_drugs, false},
        {"criminal_drugs_2020", main_criminal_2020, is_drugs, false},
        {"criminal_drugs_2020_african_dublin", drugs_2020, is_african_dublin, false},
        {"criminal_drugs_2020_african_dublin", main_drugs_2020, is_african_dublin, false},
        {"sector_labour_known", any_labour, has_sector, false},
        {"sector_labour_known_2020", any_labour_2020, has_sector, false},
        {"labour_fairwork_2020", any_labour_2020, by_fairwork, false},
        {"labour_inspectorate_2020", any_labour_2020, by_inspectorate, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        expect(p, seed, rows[i].id, "of all", share(t, rows[i].who, rows[i].what, false));
        if (rows[i].ages) expect(p, seed, rows[i].id, "of known age", share(t, rows[i].who, rows[i].what, true));
    }
}

static double
share_of_reports(const sight *t, int main, unsigned reporters)
{
    double n = 0, k = 0;
    for (size_t i = 0; i < t->n; i++) {
        const seen *s = &t->s[i];
        if (!s->reporters || is_kmar_only(s) || (main >= 0 && s->main != main)) continue;
        n += __builtin_popcount(s->reporters), k += __builtin_popcount(s->reporters & reporters);
    }
    return 100 * k / n;
}

static void
expect_reporters(const synth_published *p, uint64_t seed, const sight *t)
{
    const unsigned consent = 1u << SYNTH_COORDINATORS | 1u << SYNTH_FAIRWORK | 1u << SYNTH_OTHERS, police = 1u << SYNTH_POLICE;
    const struct {
        const char *id;
        int main;
        unsigned reporters;
    } rows[] = {
        {"share_no_legal_basis", -1, consent},
        {"share_no_legal_basis_domestic_sexual", SYNTH_DOMESTIC, consent},
        {"share_no_legal_basis_cross_border_sexual", SYNTH_CROSS, consent},
        {"share_no_legal_basis_labour", SYNTH_MAIN_LABOUR, consent},
        {"share_no_legal_basis_criminal", SYNTH_MAIN_CRIMINAL, consent},
        {"police_share_domestic_sexual", SYNTH_DOMESTIC, police},
        {"police_share_cross_border_sexual", SYNTH_CROSS, police},
        {"police_share_labour", SYNTH_MAIN_LABOUR, police},
        {"police_share_criminal", SYNTH_MAIN_CRIMINAL, police},
        {"labour_inspectorate_share", SYNTH_MAIN_LABOUR, 1u << SYNTH_INSPECTORATE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        expect(p, seed, rows[i].id, "of reports", share_of_reports(t, rows[i].main, rows[i].reporters));
}

static void
expect_ages(const synth_published *p, uint64_t seed, const sight *t)
{
    for (int exact = 0; exact < 2; exact++) {
        expect(p, seed, "mean_age_2019", exact ? "exact years" : "completed years", mean_age(t, in_2019, exact));
        expect(p, seed, "mean_age_2020", exact ? "exact years" : "completed years", mean_age(t, in_2020, exact));
        expect(p, seed, "mean_age_labour", exact ? "exact years" : "completed years", mean_age(t, main_labour, exact));
        expect(p, seed, "mean_age_labour", exact ? "exact years, any" : "completed years, any", mean_age(t, any_labour, exact));
    }
    int minors = 0;
    for (size_t i = 0; i < t->n; i++)
        minors += t->s[i].reporters && !is_kmar_only(&t->s[i]) && in_2020(&t->s[i]) && t->s[i].age >= 0 && t->s[i].age < 18;
    expect(p, seed, "minors_2020", "count", minors);
}

/* The nationalities of 2020 come in the printed order; labour exploitation is half Polish, Hungarian and Bulgarian. */
static void
expect_nationalities(uint64_t seed, const sight *t)
{
    static const char *const order[] = {"PL", "NG", "NL", "BG", "HU"};
    int number[SYNTH_COUNTRIES] = {0}, labour[2][2] = {{0}}; /* main form, any form: all, of the three */
    for (size_t i = 0; i < t->n; i++) {
        const seen *s = &t->s[i];
        if (!s->reporters || is_kmar_only(s) || !in_2020(s)) continue;
        const char *code = synth_countries[s->nationality].code;
        bool three = strcmp(code, "PL") == 0 || strcmp(code, "HU") == 0 || strcmp(code, "BG") == 0;
        number[s->nationality]++;
        if (main_labour(s)) labour[0][0]++, labour[0][1] += three;
        if (any_labour(s)) labour[1][0]++, labour[1][1] += three;
    }
    for (int k = 0; k < 2; k++)
        if (2 * labour[k][1] <= labour[k][0]) fail_msg("seed %d: %d of %d", (int)seed, labour[k][1], labour[k][0]);
    for (int c = 0; c < synth_countries_count; c++) {
        int place = position(synth_countries[c].code, 5, order);
        int before = place > 0 ? number[synth_country_find(order[place - 1])] : 1000000;
        if (number[c] >= before || (place < 0 && number[c] >= number[synth_country_find("HU")]))
            fail_msg("seed %d: %s comes too early in 2020 (%d)", (int)seed, synth_countries[c].code, number[c]);
    }
}

static void
expect_overlap_and_months(const synth_published *p, uint64_t seed, const sight *t)
{
    expect(p, seed, "overlap_2020_sexual_criminal", "count", count(t, in_2020, SYNTH_SEXUAL | SYNTH_CRIMINAL));
    expect(p, seed, "overlap_2020_labour_sexual", "count", count(t, in_2020, SYNTH_SEXUAL | SYNTH_LABOUR));
    int three = count(t, in_2020, SYNTH_SEXUAL | SYNTH_LABOUR | SYNTH_CRIMINAL);
    expect(p, seed, "overlap_2020_sexual_labour_criminal", "count", three);
    expect(p, seed, "overlap_2020_labour_criminal", "count without sexual", count(t, in_2020, SYNTH_LABOUR | SYNTH_CRIMINAL) - three);
    int month[13] = {0};
    for (size_t i = 0; i < t->n; i++)
        if (t->s[i].reporters && any_labour_2020(&t->s[i])) month[date_to_parts(t->s[i].first).month]++;
    for (int m = 1; m <= 12; m++)
        for (int peak = 3; peak <= 5 && (m < 3 || m > 5); peak++)
            if (month[m] >= month[peak]) fail_msg("seed %d: month %d is no lower than month %d", (int)seed, m, peak);
}

static void
facts_come_out_as_printed(void **state)
{
    (void)state;
    SCRATCH(all);
    synth_published p;
    load(all, &p);
    for (uint64_t seed = 1; seed <= DRAWS(20); seed++) {
        SCRATCH(tmp);
        synth_register g;
        sight t;
        ASSERT_OK(synth_notifications_draw(tmp, &p, &(synth_options){.seed = seed, .scale = 1}, &g));
        look(tmp, &g, 1, &t);
        expect_shares(&p, seed, &t);
        expect_reporters(&p, seed, &t);
        expect_ages(&p, seed, &t);
        expect_nationalities(seed, &t);
        expect_overlap_and_months(&p, seed, &t);
    }
}

static int
by_name_and_birth(const void *a, const void *b)
{
    const synth_person *x = *(const synth_person *const *)a, *y = *(const synth_person *const *)b;
    int c = strcmp(x->family, y->family);
    if (!c) c = strcmp(x->given, y->given);
    return c ? c : x->born < y->born ? -1 : x->born > y->born;
}

static int
by_string(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
persons_are_told_apart(void **state)
{
    (void)state;
    SCRATCH(tmp);
    synth_published p;
    synth_register g;
    load(tmp, &p);
    ASSERT_OK(synth_notifications_draw(tmp, &p, &(synth_options){.seed = 3, .scale = 1}, &g));
    const synth_person **sorted = arena_alloc(tmp, g.persons, sizeof *sorted);
    const char **number = arena_alloc(tmp, 2 * g.persons, sizeof *number);
    size_t numbers = 0, returned = 0;
    for (size_t i = 0; i < g.persons; i++) {
        sorted[i] = &g.person[i];
        if (*g.person[i].bsn) {
            assert_true(synth_bsn_valid(g.person[i].bsn) && strncmp(g.person[i].bsn, "9999", 4) == 0);
            number[numbers++] = g.person[i].bsn;
        }
        if (*g.person[i].v_number) {
            assert_int_equal(strlen(g.person[i].v_number), 10);
            number[numbers++] = g.person[i].v_number;
        }
    }
    qsort(sorted, g.persons, sizeof *sorted, by_name_and_birth);
    for (size_t i = 1; i < g.persons; i++) /* at scale 1 not even the full name is the same */
        if (strcmp(sorted[i - 1]->family, sorted[i]->family) == 0 && strcmp(sorted[i - 1]->given, sorted[i]->given) == 0)
            fail_msg("two persons have one name");
    qsort(number, numbers, sizeof *number, by_string);
    for (size_t i = 1; i < numbers; i++) assert_string_not_equal(number[i - 1], number[i]);
    for (size_t i = 0; i < g.victims; i++) returned += g.victim[i].person >= 0;
    returned -= g.persons;
    assert_true(returned > 50 && returned < 400);
}

/* Share of the persons whom the police reported that have a number; the published follow-up: 1,630 with and 975 without. */
static void
numbers_are_as_common_as_published(void **state)
{
    (void)state;
    SCRATCH(tmp);
    synth_published p;
    synth_register g;
    double with, without, n = 0, k = 0;
    load(tmp, &p);
    ASSERT_OK(synth_notifications_draw(tmp, &p, &(synth_options){.seed = 2, .scale = 1}, &g));
    ASSERT_OK(synth_fact_get(&p, "help_population", &with));
    ASSERT_OK(synth_fact_get(&p, "help_without_person_number", &without));
    for (size_t i = 0; i < g.victims; i++) {
        const synth_person *q = &g.person[g.victim[i].person];
        if (!(g.victim[i].reporters & 1u << SYNTH_POLICE)) continue;
        n++, k += *q->bsn || *q->v_number;
    }
    if (fabs(k / n - with / (with + without)) > 0.03) fail_msg("%.3f have a number, published %.3f", k / n, with / (with + without));
}

static uint64_t
checksum(const synth_register *g)
{
    uint64_t sum = 14695981039346656037u;
    for (size_t i = 0; i < g->rows; i++) {
        const synth_row *r = &g->row[i];
        uint64_t words[4] = {(uint64_t)r->person << 32 | (uint32_t)r->received, (uint64_t)r->forms << 32 | (uint32_t)r->born,
                             strlen(r->family) << 16 | (unsigned char)r->family[0], (uint64_t)r->reporter << 8 | (uint8_t)r->unit};
        for (int k = 0; k < 4; k++) sum = (sum ^ words[k]) * 1099511628211u;
    }
    return sum;
}

static void
a_seed_gives_one_register(void **state)
{
    (void)state;
    SCRATCH(tmp);
    synth_published p;
    synth_register g[4];
    load(tmp, &p);
    static const synth_options o[4] = {{5, 0.1, 2}, {5, 0.1, 2}, {6, 0.1, 2}, {5, 0, 2}};
    for (int i = 0; i < 4; i++) ASSERT_OK(synth_notifications_draw(tmp, &p, &o[i], &g[i]));
    assert_true(checksum(&g[0]) == checksum(&g[1]));
    assert_true(checksum(&g[0]) != checksum(&g[2]));
    assert_true(checksum(&g[0]) != checksum(&g[3]));
}

/* Noise spoils about its share of the fields; without it every notification bears the person's own data. */
static void
noise_is_as_asked(void **state)
{
    (void)state;
    SCRATCH(tmp);
    synth_published p;
    load(tmp, &p);
    for (int k = 0; k < 2; k++) {
        synth_register g;
        ASSERT_OK(synth_notifications_draw(tmp, &p, &(synth_options){.seed = 1, .noise = k * 0.1, .scale = 1}, &g));
        double n = 0, off = 0;
        for (size_t i = 0; i < g.rows; i++) {
            const synth_row *r = &g.row[i];
            const synth_person *q = &g.person[r->person];
            if (!r->kept) continue;
            n += 3;
            off += strcmp(r->given, q->given) != 0, off += strcmp(r->family, q->family) != 0, off += r->born != q->born;
        }
        if (k == 0) assert_true(off == 0);
        else if (off / n < 0.07 || off / n > 0.16) fail_msg("%.3f of the fields are spoilt", off / n);
    }
}

/* Who needs consent and has none is not let in; minors need a guardian's. */
static void
consent_is_stated(void **state)
{
    (void)state;
    SCRATCH(tmp);
    synth_published p;
    synth_register g;
    load(tmp, &p);
    ASSERT_OK(synth_notifications_draw(tmp, &p, &(synth_options){.seed = 4, .scale = 1}, &g));
    size_t refused = 0;
    for (size_t i = 0; i < g.rows; i++) {
        const synth_row *r = &g.row[i];
        bool needed = r->reporter == SYNTH_COORDINATORS || r->reporter == SYNTH_FAIRWORK || r->reporter == SYNTH_OTHERS;
        refused += !r->kept;
        if (!needed) {
            assert_true(r->kept && r->consent == SYNTH_NOT_NEEDED);
            continue;
        }
        int by = r->born != DATE_MISSING && date_age(r->born, r->received) < 18 ? SYNTH_GUARDIAN : SYNTH_GIVEN;
        if (r->kept) assert_true(r->consent == by && r->monitor == by);
        else assert_true(r->monitor == SYNTH_REFUSED || r->monitor == SYNTH_WITHDRAWN);
    }
    assert_true(refused >= 160 && refused < 400);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_published_count_comes_out), cmocka_unit_test(facts_come_out_as_printed),
        cmocka_unit_test(persons_are_told_apart),          cmocka_unit_test(numbers_are_as_common_as_published),
        cmocka_unit_test(a_seed_gives_one_register),       cmocka_unit_test(noise_is_as_asked),
        cmocka_unit_test(consent_is_stated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
