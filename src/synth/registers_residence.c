#include "synth/registers_internal.h"

#include "synth/countries.h"
#include "table/declared.h"

#include <math.h>

enum { DUBLIN = 900, STAY_MOST = 92 }; /* persons with a Dublin indication: not published */

/* Nationalities by weight: those the monitor names, in its order, among others of our own choice. */
typedef struct nation {
    const char *code;
    double weight;
} nation;

static const nation others[] = {{"UG", 150}, {"PH", 125}, {"SL", 105}, {"GM", 95}, {"GN", 60}, {"GH", 45}, {"CM", 30}, {"MA", 35}, {"ET", 30},
                                {"CD", 25}, {"SO", 15}, {"CN", 60}, {"VN", 62}, {"IN", 60}, {"ID", 30}, {"TH", 15}, {"IR", 20},
                                {"RO", 72}, {"BG", 66}, {"HU", 50}, {"PL", 35}, {"AL", 45}, {"BR", 22}, {"CO", 15}};
static const nation sheltered[] = {{"NG", 60}, {"RO", 40}, {"GN", 36}, {"NL", 28}, {"MA", 26}, {"PH", 20}, {"SL", 18}, {"GM", 16}, {"CN", 14},
                                   {"BG", 14}, {"HU", 12}, {"VN", 12}, {"GH", 10}, {"AL", 8}, {"BR", 5}};

static int
choose_nation(rng *r, size_t n, const nation of[])
{
    double weight[32];
    for (size_t i = 0; i < n; i++) weight[i] = of[i].weight;
    return synth_country_find(of[synth_choose(r, n, weight)].code);
}

static int32_t
region_of(int country)
{
    static const int8_t regions[REGION_COUNT] = {[REGION_NETHERLANDS] = REGION_OF_UNION, [REGION_EUROPE] = REGION_OF_EUROPE,
                                                 [REGION_AFRICA] = REGION_OF_AFRICA, [REGION_ASIA] = REGION_OF_ASIA,
                                                 [REGION_LATIN_AMERICA] = REGION_OF_AMERICA};
    if (country < 0) return REGION_OF_UNKNOWN;
    return synth_countries[country].union_member ? REGION_OF_UNION : regions[synth_countries[country].region];
}

/* The place of a country in the declared list; missing when it is not there. */
static int32_t
nationality_of(const registers *g, int country)
{
    const table *t = table_declared_find(g->tables, g->declared, "residence");
    const column *c = t ? table_column(t, "nationality") : NULL;
    int at = c && country >= 0 ? code_find(c->codes, text_of(synth_countries[country].code)) : -1;
    return at < 0 ? INT32_MIN : at;
}

typedef struct resident {
    int32_t person;
    int16_t year, birth_year; /* year of the first step */
    int8_t sex, age, group, country;
    bool dublin;
} resident;

/* Ages within the bounds of their group: under 18, 18-22, 23-29, over. */
static const int bounds[4][2] = {{13, 17}, {18, 22}, {23, 29}, {30, 62}};

static status
draw_ages(rng *r, size_t n, resident p[], const int count[4], double mean)
{
    size_t at = 0;
    int64_t sum = 0, want = llround(mean * (double)n);
    for (int k = 0; k < 4; k++)
        for (int i = 0; i < count[k]; i++, at++) {
            p[at].group = (int8_t)k;
            p[at].age = (int8_t)(k == 3 ? 30 + (int)fmin(32, -7 * log(1 - rng_uniform(r))) : synth_between(r, bounds[k][0], bounds[k][1]));
            sum += p[at].age;
        }
    for (long step = 0; sum != want; step++) {
        resident *of = &p[rng_below(r, n)];
        int to = of->age + (sum < want ? 1 : -1);
        if (step > 4000000) FAIL(ST_INFEASIBLE, "facts.csv: residence_mean_age: no ages of the printed groups have this mean");
        if (to < bounds[of->group][0] || to > bounds[of->group][1]) continue;
        of->age = (int8_t)to;
        sum += sum < want ? 1 : -1;
    }
    return ST_OK;
}

static status
choose_sex(rng *r, size_t n, resident p[], int men)
{
    SCRATCH(tmp);
    uint32_t *order;
    ALLOC(tmp, order, n);
    for (size_t i = 0; i < n; i++) order[i] = (uint32_t)i;
    if (men < 0 || (size_t)men > n) FAIL(ST_INFEASIBLE, "facts.csv: residence: more men with a Dublin indication than men");
    registers_shuffle_first(r, n, order, (size_t)men);
    for (int i = 0; i < men; i++) p[order[i]].sex = MALE;
    return ST_OK;
}

/* Nigerians: exactly so many of a group; the others by weight. */
static status
choose_nations(rng *r, size_t n, resident p[], int nigerian)
{
    SCRATCH(tmp);
    uint32_t *order;
    ALLOC(tmp, order, n);
    for (size_t i = 0; i < n; i++) order[i] = (uint32_t)i;
    if (nigerian < 0 || (size_t)nigerian > n) FAIL(ST_INFEASIBLE, "facts.csv: residence_nigerian_2016_2020: more than persons");
    registers_shuffle_first(r, n, order, (size_t)nigerian);
    for (size_t i = 0; i < n; i++) {
        resident *of = &p[order[i]];
        of->country = (int8_t)((int)i < nigerian ? synth_country_find("NG") : choose_nation(r, sizeof others / sizeof *others, others));
    }
    return ST_OK;
}

static status
put_step(registers *g, const resident *p, int32_t day, const int32_t what[4])
{
    if (day > registers_last_day()) return ST_OK;
    return registers_rows_add(&g->residence, (const int32_t[]){p->person, day, what[0], what[1], what[2], what[3], p->sex, p->birth_year,
                                                               nationality_of(g, p->country), region_of(p->country)});
}

/* Before 2019 a report was nearly always enough; since then fewer, with a Dublin indication few. */
static int32_t
temporary_decision(rng *r, int year, bool dublin)
{
    double refused = year < 2019 ? 0.03 : dublin ? (year == 2019 ? 0.55 : 0.8) : 0.12;
    if (synth_happens(r, 0.06)) return synth_happens(r, 0.5) ? DECISION_WITHDRAWN : DECISION_OTHER;
    return synth_happens(r, refused) ? DECISION_REFUSED : DECISION_GRANTED;
}

/* Refused is decided when all are drawn. */
static status
put_continued(registers *g, rng *r, const resident *p, int32_t day)
{
    int32_t ground = synth_happens(r, 0.35) ? GROUND_PROSECUTION : GROUND_CIRCUMSTANCES, decision = synth_happens(r, 0.06) ? DECISION_OTHER : DECISION_GRANTED;
    return put_step(g, p, day, (const int32_t[]){STEP_CONTINUED, ground, decision, INT32_MIN});
}

/* Of the continued residences decided in a year so many are refused, more and a larger share each year, first those on individual circumstances. */
static void
refuse_continued(registers *g)
{
    static const int percent[5] = {22, 25, 33, 42, 54};
    enum { DAY = 1, STEP, GROUND, DECISION };
    size_t columns = g->residence.declared->columns;
    int before = 0, decided_before = 0;
    for (int y = 0; y < 5; y++) {
        int decided = 0, refused = 0, want;
        for (int pass = 0; pass < 3; pass++)
            for (size_t i = 0; i < g->residence.n; i++) {
                int32_t *row = g->residence.value + i * columns;
                if (row[STEP] != STEP_CONTINUED || date_to_parts(row[DAY]).year != 2016 + y) continue;
                if (pass == 0) {
                    decided++;
                    continue;
                }
                want = percent[y] * decided / 100;
                while (want < decided && (want <= before || want * decided_before < before * decided + (y > 0))) want++;
                if (refused == want || row[DECISION] != DECISION_GRANTED || (pass == 1 && row[GROUND] != GROUND_CIRCUMSTANCES)) continue;
                row[DECISION] = DECISION_REFUSED;
                refused++;
            }
        before = refused;
        decided_before = decided;
    }
}

static status
put_steps(registers *g, rng *r, const resident *p, bool reflection)
{
    int32_t day = registers_day_in(r, p->year);
    /* their first steps lie before 2016 */
    static const double before[] = {0.17, 0.15, 0.1, 0, 0};
    if (!p->dublin && synth_happens(r, before[p->year - 2016])) return put_continued(g, r, p, day);
    if (reflection) {
        CHECK(put_step(g, p, day, (const int32_t[]){STEP_REFLECTION, GROUND_INDICATION, DECISION_GRANTED, INT32_MIN}));
        if (!synth_happens(r, 0.45)) return ST_OK;
        day += 10 + (int32_t)rng_below(r, 80);
    }
    int year = date_to_parts(day).year;
    int32_t decision = temporary_decision(r, year, p->dublin), dublin = year < 2019 ? INT32_MIN : p->dublin ? YES : NO;
    CHECK(put_step(g, p, day, (const int32_t[]){STEP_TEMPORARY, synth_happens(r, 0.05) ? GROUND_NO_COOPERATION : GROUND_REPORT, decision, dublin}));
    if (decision != DECISION_GRANTED || p->dublin || !synth_happens(r, 0.36)) return ST_OK;
    day += 365 + (int32_t)rng_below(r, 700);
    return put_continued(g, r, p, day);
}

/* Persons with a Dublin indication come first; their numbers by age are our own choice, the rest is what is printed. */
static status
draw_residents(const registers_facts *f, rng *r, size_t n, resident p[])
{
    int minors = (int)f->residence_minors_2016_2020, under_23 = registers_share(f->residence_under_23, (int)n);
    int middle = registers_share(f->residence_23_29, (int)n), men = (int)n - registers_share(f->residence_women, (int)n);
    int dublin[4] = {minors / 4, 195, 490, 0}, rest[4];
    dublin[3] = DUBLIN - dublin[0] - dublin[1] - dublin[2];
    rest[0] = minors - dublin[0];
    rest[1] = under_23 - minors - dublin[1];
    rest[2] = middle - dublin[2];
    rest[3] = (int)n - DUBLIN - rest[0] - rest[1] - rest[2];
    for (int k = 0; k < 4; k++)
        if (rest[k] < 0 || dublin[k] < 0) FAIL(ST_INFEASIBLE, "facts.csv: residence: ages leave fewer than none without a Dublin indication");
    double others_mean = (f->residence_mean_age * (double)n - f->residence_mean_age_dublin * DUBLIN) / (double)(n - DUBLIN);
    int men_dublin = registers_share(f->residence_men_dublin, DUBLIN), nigerian = (int)f->residence_nigerian_2016_2020;
    CHECK(draw_ages(r, DUBLIN, p, dublin, f->residence_mean_age_dublin));
    CHECK(draw_ages(r, n - DUBLIN, p + DUBLIN, rest, others_mean));
    CHECK(choose_sex(r, DUBLIN, p, men_dublin));
    CHECK(choose_sex(r, n - DUBLIN, p + DUBLIN, men - men_dublin));
    CHECK(choose_nations(r, DUBLIN, p, nigerian * 7 / 10));
    return choose_nations(r, n - DUBLIN, p + DUBLIN, nigerian - nigerian * 7 / 10);
}

/* Years of the first step, in these shares of a thousand: those with a Dublin indication since it is recorded. */
static status
deal_years(rng *r, size_t n, resident p[], const int until[5])
{
    SCRATCH(tmp);
    uint32_t *order;
    ALLOC(tmp, order, n);
    for (size_t i = 0; i < n; i++) order[i] = (uint32_t)i;
    registers_shuffle_first(r, n, order, n);
    for (size_t i = 0, y = 0; i < n; i++) {
        while (y < 4 && i * 1000 >= n * (size_t)until[y]) y++;
        p[order[i]].year = (int16_t)(2016 + y);
    }
    return ST_OK;
}

static status
draw_residence(registers *g, rng *r)
{
    static const int with_dublin[5] = {0, 0, 0, 620, 1000}, without[5] = {260, 515, 770, 925, 1000};
    SCRATCH(tmp);
    resident *p;
    size_t n = (size_t)g->facts.residence_persons_2016_2020;
    if (n <= DUBLIN) FAIL(ST_INFEASIBLE, "facts.csv: residence_persons_2016_2020: expected more than %d", DUBLIN);
    ALLOC(tmp, p, n);
    CHECK(draw_residents(&g->facts, r, n, p));
    CHECK(deal_years(r, DUBLIN, p, with_dublin));
    CHECK(deal_years(r, n - DUBLIN, p + DUBLIN, without));
    for (size_t i = 0; i < n; i++) {
        p[i].person = PERSONS_RESIDENCE + (int32_t)i;
        p[i].dublin = i < DUBLIN;
        p[i].birth_year = (int16_t)(p[i].year - 1 - p[i].age);
        CHECK(put_steps(g, r, &p[i], !p[i].dublin && synth_happens(r, 0.77)));
    }
    refuse_continued(g);
    return ST_OK;
}

/* One stay a person, not over New Year: stays, persons and persons there in a year are the same number. */
static status
put_shelter(registers *g, rng *r, const resident *p)
{
    int32_t last = registers_day(p->year, 12, 31), start = registers_between(r, registers_day(p->year, 1, 1), last - 20), end = start + 7 + (int32_t)rng_below(r, STAY_MOST);
    if (end > last) end = last;
    return registers_rows_add(&g->cosm, (const int32_t[]){p->person, start, end, p->sex, p->birth_year, nationality_of(g, p->country), region_of(p->country)});
}

static status
draw_cosm(registers *g)
{
    SCRATCH(tmp);
    rng r = rng_new(g->seed, STREAM_COSM);
    const registers_facts *f = &g->facts;
    int by_year[5] = {(int)f->cosm_2019 + 2, (int)f->cosm_2019 - 2, (int)f->cosm_2019 + 3, (int)f->cosm_2019, (int)f->cosm_2020};
    size_t n = 0;
    for (int y = 0; y < 5; y++) n += (size_t)by_year[y];
    resident *p;
    uint32_t *order;
    ALLOC(tmp, p, n);
    ALLOC(tmp, order, n);
    for (size_t i = 0, y = 0, in = 0; i < n; i++, in++) {
        if ((int)in == by_year[y]) y++, in = 0;
        order[i] = (uint32_t)i;
        p[i].person = PERSONS_COSM + (int32_t)i;
        p[i].year = (int16_t)(2016 + y);
        p[i].birth_year = (int16_t)(p[i].year - 1 - 18 - (int)fmin(40, -10 * log(1 - rng_uniform(&r))));
        p[i].country = (int8_t)choose_nation(&r, sizeof sheltered / sizeof *sheltered, sheltered);
    }
    CHECK(choose_sex(&r, n, p, (int)n - registers_share(f->cosm_women, (int)n)));
    size_t ugandan = (size_t)registers_share(f->cosm_ugandan, (int)n);
    registers_shuffle_first(&r, n, order, ugandan);
    for (size_t i = 0; i < ugandan; i++) p[order[i]].country = (int8_t)synth_country_find("UG");
    for (size_t i = 0; i < n; i++) CHECK(put_shelter(g, &r, &p[i]));
    return ST_OK;
}

status
registers_residence_draw(registers *g)
{
    rng r = rng_new(g->seed, STREAM_RESIDENCE);
    CHECK(draw_residence(g, &r));
    return draw_cosm(g);
}
