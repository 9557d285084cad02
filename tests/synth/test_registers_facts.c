#include "testing.h"

#include "synth/registers_internal.h"
#include "table/declared.h"
#include "table/snapshot.h"

#include <math.h>
#include <unistd.h>

enum { PEOPLE = 100000, MEASURES = 128 };

/* What was counted in a snapshot, to be compared with facts.csv. */
typedef struct measures {
    int n;
    struct {
        const char *id;
        double value, half; /* half a unit of the last printed digit */
    } of[MEASURES];
} measures;

static void
measure(measures *m, const char *id, double value, double half)
{
    assert_true(m->n < MEASURES);
    m->of[m->n].id = id;
    m->of[m->n].value = value;
    m->of[m->n++].half = half;
}

static void
share(measures *m, const char *id, int part, int whole)
{
    measure(m, id, 100.0 * part / whole, 0.5);
}

static int64_t
at(const table *t, const char *name, size_t row)
{
    const column *c = table_column(t, name);
    if (!c) fail_msg("%s: no column %s", t->name, name);
    return column_value(c, row);
}

static int
year_of(int64_t day)
{
    return date_to_parts((int32_t)day).year;
}

/* Somebody's rows of a table sorted by person. */
typedef struct span {
    int64_t person;
    size_t first, end;
} span;

static span
span_from(const table *t, size_t row)
{
    span s = {at(t, "person", row), row, row};
    while (s.end < t->rows && at(t, "person", s.end) == s.person) s.end++;
    return s;
}

static span
span_of(const table *t, int64_t person)
{
    size_t low = 0, high = t->rows;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (at(t, "person", middle) < person) low = middle + 1;
        else high = middle;
    }
    return low < t->rows && at(t, "person", low) == person ? span_from(t, low) : (span){person, low, low};
}

typedef struct victim {
    span rows;
    size_t index; /* the first trafficking incident as a victim */
    int64_t day, sex, offence, dutch;
    int year, age, identified;
} victim;

/* Everybody once a victim of trafficking, with the index incident. */
static size_t
find_victims(arena *a, const table *t, victim **result)
{
    victim *v = arena_alloc(a, t->rows, sizeof *v);
    size_t n = 0;
    for (size_t i = 0; i < t->rows;) {
        span s = span_from(t, i);
        for (size_t k = s.first; k < s.end; k++) {
            if (at(t, "group", k) != GROUP_TRAFFICKING || at(t, "role", k) != VICTIM) continue;
            int year = year_of(at(t, "day", k));
            int64_t born = at(t, "birth_year", k);
            v[n++] = (victim){s, k, at(t, "day", k), at(t, "sex", k), at(t, "offence", k), at(t, "dutch", k), year,
                              born == INT64_MIN ? -1 : year - (int)born - 1, (int)at(t, "identified", k)};
            break;
        }
        i = s.end;
    }
    *result = v;
    return n;
}

/* New incidents as a victim within so many years, of the groups in the set; the days to the first. */
static int
again(const table *t, const victim *v, int years, uint32_t groups, int64_t *first)
{
    int n = 0;
    int64_t until = date_add_years((int32_t)v->day, years);
    for (size_t k = v->rows.first; k < v->rows.end; k++) {
        int64_t day = at(t, "day", k);
        if (at(t, "role", k) != VICTIM || day <= v->day || day > until || !(groups >> at(t, "group", k) & 1)) continue;
        if (!n++ && first) *first = day - v->day;
    }
    return n;
}

static bool
followed(const victim *v, int from, int until)
{
    return v->identified == BY_NUMBER && v->year >= from && v->year <= until;
}

static double
chi_square(int rows, double cell[][3])
{
    double column[3] = {0}, all = 0, sum = 0;
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < 3; j++) column[j] += cell[i][j], all += cell[i][j];
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < 3; j++) {
            double expected = (cell[i][0] + cell[i][1] + cell[i][2]) * column[j] / all;
            sum += (cell[i][j] - expected) * (cell[i][j] - expected) / expected;
        }
    return sum;
}

static int
by_value(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static void
measure_times(measures *m, size_t n, int64_t days[])
{
    double sum = 0, squares = 0;
    qsort(days, n, sizeof *days, by_value);
    for (size_t i = 0; i < n; i++) sum += (double)days[i];
    for (size_t i = 0; i < n; i++) squares += ((double)days[i] - sum / (double)n) * ((double)days[i] - sum / (double)n);
    measure(m, "revict_5y_median", (double)(days[(n - 1) / 2] + days[n / 2]) / 2, 0.001);
    measure(m, "revict_5y_mean", sum / (double)n, 0.005);
    measure(m, "revict_5y_sd", sqrt(squares / (double)(n - 1)), 0.005);
}

static void
measure_windows(measures *m, const table *t, size_t n, const victim v[])
{
    static const struct {
        int years, until;
        const char *population, *again;
    } windows[] = {{2, 2018, "revict_2y_population", "revict_2y"}, {5, 2015, "revict_5y_population", "revict_5y"}, {7, 2013, "revict_7y_population", "revict_7y"}};
    int all = 0;
    for (size_t i = 0; i < n; i++) all += followed(&v[i], 2010, 2020);
    measure(m, "revict_population", all, 0);
    for (int w = 0; w < 3; w++) {
        int in = 0, hit = 0, once = 0;
        for (size_t i = 0; i < n; i++) {
            if (!followed(&v[i], 2010, windows[w].until)) continue;
            int k = again(t, &v[i], windows[w].years, ~0u, NULL);
            in++;
            hit += k > 0;
            once += k == 1;
        }
        measure(m, windows[w].population, in, 0);
        if (w < 2) measure(m, windows[w].again, hit, 0);
        else share(m, windows[w].again, hit, in);
        if (w == 0) assert_true(2 * once > hit); /* most of them once */
        if (w == 2) assert_true(2 * once < hit); /* most of them more often */
    }
}

static void
measure_again(measures *m, arena *a, const table *t, size_t n, const victim v[])
{
    static const char *const of_group[] = {"revict_5y_trafficking", "revict_5y_sexual", "revict_5y_violence"};
    double by_sex[2][3] = {{0}}, by_age[3][3] = {{0}};
    int all = 0, hit = 0, incidents = 0, any = 0, group[3] = {0}, of[2] = {0};
    int64_t *days = arena_alloc(a, n, sizeof *days);
    for (size_t i = 0; i < n; i++) {
        if (!followed(&v[i], 2010, 2015)) continue;
        int k = again(t, &v[i], 5, ~0u, &days[hit]), some = k > 2 ? 2 : k;
        all++;
        hit += k > 0;
        incidents += k;
        any += again(t, &v[i], 5, 7, NULL) > 0;
        for (int g = 0; g < 3; g++) group[g] += again(t, &v[i], 5, 1u << g, NULL) > 0;
        for (int g = 0; g < 2; g++) of[g] += again(t, &v[i], 5, 1u << g, NULL);
        by_sex[v[i].sex][some]++;
        by_age[v[i].age < 18 ? 0 : v[i].age < 23 ? 1 : 2][some]++;
    }
    measure(m, "revict_5y_incidents", incidents, 0);
    measure(m, "revict_5y_any_of_three", any, 0);
    for (int g = 0; g < 3; g++) share(m, of_group[g], group[g], all);
    measure(m, "revict_5y_trafficking_incidents", of[0], 0);
    measure(m, "revict_5y_sexual_incidents", of[1], 0);
    share(m, "revict_5y_men", (int)(by_sex[MALE][1] + by_sex[MALE][2]), (int)(by_sex[MALE][0] + by_sex[MALE][1] + by_sex[MALE][2]));
    measure(m, "revict_5y_sex_chi2", chi_square(2, by_sex), 0.05);
    measure(m, "revict_5y_age_chi2", chi_square(3, by_age), 0.05);
    measure_times(m, (size_t)hit, days);
}

static void
measure_forms(measures *m, const table *t, size_t n, const victim v[])
{
    double by_form[2][3] = {{0}};
    int known = 0, sexual = 0, minors = 0, adolescents = 0, women = 0, all = 0;
    for (size_t i = 0; i < n; i++) {
        if (!followed(&v[i], 2010, 2018)) continue;
        all++;
        minors += v[i].age < 18;
        adolescents += v[i].age >= 18 && v[i].age < 23;
        women += v[i].sex == FEMALE;
        known += v[i].offence != F5293;
        sexual += v[i].offence == F561;
        if (v[i].year != 2016 || v[i].offence == F5293) continue;
        int k = again(t, &v[i], 5, ~0u, NULL);
        by_form[v[i].offence != F561][k > 2 ? 2 : k]++;
    }
    double s = by_form[0][0] + by_form[0][1] + by_form[0][2], o = by_form[1][0] + by_form[1][1] + by_form[1][2];
    share(m, "revict_minors", minors, all);
    share(m, "revict_adolescents", adolescents, all);
    measure(m, "revict_women", women, 0);
    measure(m, "revict_form_known", known, 0);
    share(m, "revict_form_sexual", sexual, known);
    measure(m, "revict_5y_form_population", s + o, 0);
    share(m, "revict_5y_form_sexual", (int)(s - by_form[0][0]), (int)s);
    share(m, "revict_5y_form_other", (int)(o - by_form[1][0]), (int)o);
    measure(m, "revict_5y_form_chi2", chi_square(2, by_form), 0.05);
}

/* Rows begun in the year after the end of the offence; by what they hold in a column, a set. */
static int
begun(const table *t, int64_t person, int64_t end, const char *name, uint32_t *set)
{
    span s = span_of(t, person);
    int n = 0, overlapping = 0;
    int64_t until = date_add_years((int32_t)end, 1);
    *set = 0;
    for (size_t k = s.first; k < s.end; k++) {
        int64_t start = at(t, "start", k), over = at(t, "end", k);
        overlapping += start <= until && (over == INT64_MIN || over > end);
        if (start <= end || start > until) continue;
        *set |= 1u << at(t, name, k);
        n++;
    }
    assert_int_equal(n > 0, overlapping > 0); /* begun within the year or going on within it: the same persons */
    return n;
}

static void
measure_help(measures *m, const table *t, const snapshot *s, size_t n, const victim v[])
{
    const table *care = snapshot_table(s, "youth_care"), *shelter = snapshot_table(s, "shelter"), *cost = snapshot_table(s, "cost");
    int all = 0, minors = 0, adolescents = 0, women = 0, unnumbered = 0, form[5] = {0}, domestic = 0, cared = 0, crisis = 0, closed = 0,
        other = 0, planned = 0, client = 0, sheltered = 0, years = 0, institution = 0, municipality = 0, places[SHELTERS] = {0};
    double euros = 0;
    for (size_t i = 0; i < n; i++) {
        unnumbered += v[i].identified != BY_NUMBER && v[i].year >= 2016 && v[i].year <= 2019;
        if (!followed(&v[i], 2016, 2019)) continue;
        uint32_t set;
        int64_t end = at(t, "period_end", v[i].index);
        int kind = v[i].offence == F561 ? v[i].dutch == YES ? 0 : v[i].dutch == NO ? 1 : 4 : v[i].offence == F563 ? 2 : v[i].offence == F562 ? 3 : 4;
        assert_int_equal(year_of(end), v[i].year); /* registered and ended in the same years: either definition gives this population */
        all++;
        form[kind]++;
        women += v[i].sex == FEMALE;
        minors += v[i].age < 18;
        adolescents += v[i].age >= 18 && v[i].age < 23;
        domestic += v[i].age < 18 && kind == 0;
        sheltered += begun(shelter, v[i].rows.person, end, "form", &set) > 0;
        for (int k = 0; k < SHELTERS; k++) places[k] += set >> k & 1;
        if (v[i].age < 18 && begun(care, v[i].rows.person, end, "type", &set)) {
            cared++;
            closed += set >> CARE_CLOSED & 1;
            other += set >> CARE_RESIDENTIAL & 1;
            (void)begun(care, v[i].rows.person, end, "crisis", &set);
            crisis += set >> YES & 1;
            (void)begun(care, v[i].rows.person, end, "referrer", &set);
            institution += set >> 3 & 1;
            municipality += set & 1;
            (void)begun(care, v[i].rows.person, end, "ended", &set);
            planned += set >> ENDED_AS_PLANNED & 1;
            client += set >> ENDED_BY_CLIENT & 1;
        }
        span c = span_of(cost, v[i].rows.person);
        for (int y = v[i].year; y <= v[i].year + 1 && y <= 2018; y++, years++)
            for (size_t k = c.first; k < c.end; k++)
                if (at(cost, "year", k) == y) euros += column_double(table_column(cost, "mental_health"))[k];
    }
    static const char *const forms[] = {"help_form_domestic_sexual", "help_form_cross_border_sexual", "help_form_criminal", "help_form_labour", "help_form_unknown"};
    for (int k = 0; k < 5; k++) share(m, forms[k], form[k], all);
    assert_true(institution > municipality); /* refer most, as the text says */
    for (int k = 0; k < SHELTERS; k++) assert_true(places[SHELTER_HOUSING] >= places[k]);
    measure(m, "help_population", all, 0);
    measure(m, "help_without_person_number", unnumbered, 0);
    measure(m, "help_minors", minors, 0);
    measure(m, "help_adolescents", adolescents, 0);
    measure(m, "help_women", women, 0);
    share(m, "help_minors_domestic_sexual", domestic, minors);
    measure(m, "help_youth_care", cared, 0);
    measure(m, "help_crisis", crisis, 0);
    share(m, "help_closed", closed, cared);
    share(m, "help_residential_other", other, cared);
    share(m, "help_ended_as_planned", planned, cared);
    share(m, "help_ended_by_client", client, cared);
    measure(m, "help_shelter", sheltered, 0);
    measure(m, "help_mental_cost", euros / years, 0.5);
}

static void
measure_residence(measures *m, const table *t)
{
    int all = 0, minors = 0, under_23 = 0, middle = 0, nigerian = 0, women = 0, dublin = 0, men_dublin = 0;
    double ages = 0, ages_dublin = 0;
    int nigeria = code_find(table_column(t, "nationality")->codes, TEXT("NG"));
    for (size_t i = 0; i < t->rows;) {
        span s = span_from(t, i);
        bool claimed = false;
        int age = year_of(at(t, "day", s.first)) - (int)at(t, "birth_year", s.first) - 1;
        for (size_t k = s.first; k < s.end; k++) claimed |= at(t, "dublin", k) == YES;
        all++;
        ages += age;
        minors += age < 18;
        under_23 += age < 23;
        middle += age >= 23 && age < 30;
        women += at(t, "sex", s.first) == FEMALE;
        nigerian += at(t, "nationality", s.first) == nigeria;
        dublin += claimed;
        men_dublin += claimed && at(t, "sex", s.first) == MALE;
        ages_dublin += claimed ? age : 0;
        i = s.end;
    }
    measure(m, "residence_persons_2016_2020", all, 0);
    measure(m, "residence_minors_2016_2020", minors, 0);
    measure(m, "residence_nigerian_2016_2020", nigerian, 0);
    measure(m, "residence_mean_age", ages / all, 0.5);
    measure(m, "residence_mean_age_dublin", ages_dublin / dublin, 0.5);
    share(m, "residence_women", women, all);
    share(m, "residence_men_dublin", men_dublin, dublin);
    share(m, "residence_under_23", under_23, all);
    share(m, "residence_23_29", middle, all);
}

/* What the text says of the years: fewer offers in 2019, half of them in 2020; more applications in 2019, fewer in 2020; temporary
 * residence nearly always granted until 2019; continued residence refused ever more often. */
static void
years_go_as_told(const table *t)
{
    int offered[5] = {0}, decided[5] = {0}, refused[5] = {0}, continued[5] = {0}, refused_again[5] = {0};
    for (size_t i = 0; i < t->rows; i++) {
        int y = year_of(at(t, "day", i)) - 2016;
        bool no = at(t, "decision", i) == DECISION_REFUSED;
        offered[y] += at(t, "step", i) == STEP_REFLECTION;
        decided[y] += at(t, "step", i) == STEP_TEMPORARY;
        refused[y] += at(t, "step", i) == STEP_TEMPORARY && no;
        continued[y] += at(t, "step", i) == STEP_CONTINUED;
        refused_again[y] += at(t, "step", i) == STEP_CONTINUED && no;
    }
    assert_true(offered[3] < offered[2] && 10 * offered[4] < 6 * offered[3]);
    assert_true(decided[3] > 2 * decided[2] && decided[4] < decided[3]);
    for (int y = 0; y < 3; y++) assert_true(20 * refused[y] < 2 * decided[y]);
    assert_true(refused[3] * decided[4] < refused[4] * decided[3]);
    for (int y = 1; y < 4; y++) {
        assert_true(refused_again[y + 1] > refused_again[y]);
        assert_true(refused_again[y + 1] * continued[y] > refused_again[y] * continued[y + 1]);
    }
}

static void
measure_cosm(measures *m, const table *t)
{
    int by_year[2021] = {0}, all = 0, women = 0, ugandan = 0;
    for (size_t i = 0; i < t->rows;) {
        span s = span_from(t, i);
        all++;
        by_year[year_of(at(t, "start", i))]++;
        women += at(t, "sex", i) == FEMALE;
        ugandan += column_text(table_column(t, "nationality"), i).n == 2 && text_is(column_text(table_column(t, "nationality"), i), "UG");
        for (; i < s.end; i++) assert_int_equal(year_of(at(t, "start", i)), year_of(at(t, "end", i)));
    }
    measure(m, "cosm_2019", by_year[2019], 0);
    measure(m, "cosm_2020", by_year[2020], 0);
    share(m, "cosm_women", women, all);
    share(m, "cosm_ugandan", ugandan, all);
}

static void
measure_suspects(measures *m, const table *t)
{
    int dismissed = 0, decided = 0, domestic = 0, criminal = 0, young_domestic = 0, young_criminal = 0;
    for (size_t i = 0; i < t->rows; i++) {
        bool young = year_of(at(t, "day", i)) - at(t, "birth_year", i) - 1 < 23;
        dismissed += at(t, "prosecution", i) == CASE_DISMISSED;
        decided += at(t, "prosecution", i) != CASE_PENDING;
        domestic += at(t, "form", i) == FORM_DOMESTIC;
        criminal += at(t, "form", i) == FORM_CRIMINAL;
        young_domestic += at(t, "form", i) == FORM_DOMESTIC && young;
        young_criminal += at(t, "form", i) == FORM_CRIMINAL && young;
        assert_true(at(t, "verdict", i) == VERDICT_NONE || at(t, "verdict_day", i) > at(t, "decision_day", i));
        assert_true(at(t, "prosecution", i) == CASE_PENDING || at(t, "decision_day", i) >= at(t, "day", i));
    }
    share(m, "offenders_dismissed", dismissed, decided);
    share(m, "offenders_dismissed", dismissed, (int)t->rows);
    share(m, "offenders_under_23_domestic_sexual", young_domestic, domestic);
    share(m, "offenders_under_23_criminal", young_criminal, criminal);
}

typedef struct offences_after {
    bool serious_2, group_5[7];
} offences_after;

static offences_after
after(const table *t, span s, size_t index)
{
    offences_after o = {0};
    int32_t day = (int32_t)at(t, "day", index);
    for (size_t k = s.first; k < s.end; k++) {
        int64_t then = at(t, "day", k);
        if (k == index || at(t, "offender", k) != at(t, "offender", index) || then <= day) continue;
        if (then <= date_add_years(day, 2) && at(t, "serious", k) == YES) o.serious_2 = true;
        if (then <= date_add_years(day, 5)) o.group_5[at(t, "group", k)] = true;
    }
    return o;
}

static void
measure_convictions(measures *m, const table *t)
{
    static const struct {
        const char *id;
        int group;
    } types[] = {{"offenders_5y_property", AGAIN_PROPERTY}, {"offenders_5y_violence", AGAIN_VIOLENCE}, {"offenders_5y_drugs", AGAIN_DRUGS},
                 {"offenders_5y_trafficking", AGAIN_TRAFFICKING}};
    int two[2] = {0}, again_2[2] = {0}, five[2] = {0}, again_5[2][4] = {{0}}, young = 0, young_again = 0, domestic_all = 0;
    for (size_t i = 0; i < t->rows;) {
        span s = span_from(t, i);
        for (; i < s.end; i++) {
            if (at(t, "index", i) != YES) continue;
            offences_after o = after(t, s, i);
            bool domestic = at(t, "form", i) == FORM_DOMESTIC, trafficking = at(t, "offender", i) == OFFENDER_TRAFFICKING;
            int year = year_of(at(t, "day", i));
            bool is_young = year - at(t, "birth_year", i) - 1 < 23;
            domestic_all += domestic;
            young += domestic && is_young;
            if (year <= 2018 && (domestic || !trafficking)) {
                two[!trafficking]++;
                again_2[!trafficking] += o.serious_2;
                young_again += domestic && is_young && o.serious_2;
            }
            for (int part = 0; part < 2 && year <= 2015 && trafficking; part++) {
                if (part && !domestic) continue;
                five[part]++;
                for (int k = 0; k < 4; k++) again_5[part][k] += o.group_5[types[k].group];
            }
        }
    }
    share(m, "offenders_recidivism_2y", again_2[0], two[0]);
    share(m, "offenders_recidivism_2y_all", again_2[1], two[1]);
    for (int part = 0; part < 2; part++)
        for (int k = 0; k < 4; k++) share(m, types[k].id, again_5[part][k], five[part]);
    share(m, "offenders_under_23_domestic_sexual", young, domestic_all);
    share(m, "offenders_recidivists_under_23", young_again, again_2[0]);
}

/* Of everybody who is no victim and still there: the rates of the control groups. */
static void
measure_everybody(measures *m, const snapshot *s, size_t n, const victim v[])
{
    const table *people = snapshot_table(s, "population"), *care = snapshot_table(s, "youth_care"), *cost = snapshot_table(s, "cost");
    int children = 0, cared = 0, grown = 0;
    double euros = 0;
    size_t next = 0;
    for (size_t i = 0; i < people->rows; i++) {
        while (next < n && v[next].rows.person < (int64_t)i) next++;
        int64_t born = at(people, "birth_year", i);
        assert_int_equal(at(people, "person", i), i);
        if ((next < n && v[next].rows.person == (int64_t)i) || at(people, "left", i) != INT64_MIN || born < 1940 || born > 2010) continue;
        grown++;
        span c = span_of(cost, (int64_t)i);
        for (size_t k = c.first; k < c.end; k++) euros += column_double(table_column(cost, "mental_health"))[k];
        if (born < 1998) continue;
        span h = span_of(care, (int64_t)i);
        bool in = false;
        for (size_t k = h.first; k < h.end; k++) in |= year_of(at(care, "start", k)) == 2019;
        children++;
        cared += in;
    }
    /* the published share of the controls, as 24,990 of 261,605 is one */
    measure(m, "help_youth_care_controls_with", 261605.0 * cared / children, 400);
    measure(m, "help_mental_cost_controls", euros / grown / 3, 12);
}

static void
every_fact_comes_out(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 3; seed++) {
        SCRATCH(a);
        char *top = temporary_folder(a, "registers"), *folder = path_join(a, top, "registers");
        synth_published p;
        snapshot s;
        hash content;
        measures m = {0};
        victim *v;
        ASSERT_OK(synth_published_read(a, source_path(a, "monitors/nl-2016-2020"), &p));
        ASSERT_OK(synth_registers_write(&p, &(synth_registers_options){seed, PEOPLE, source_path(a, "sources")}, folder, &content));
        ASSERT_OK(snapshot_open(a, folder, &s));
        const table *incidents = snapshot_table(&s, "incidents");
        size_t n = find_victims(a, incidents, &v);
        measure_windows(&m, incidents, n, v);
        measure_again(&m, a, incidents, n, v);
        measure_forms(&m, incidents, n, v);
        measure_help(&m, incidents, &s, n, v);
        measure_residence(&m, snapshot_table(&s, "residence"));
        years_go_as_told(snapshot_table(&s, "residence"));
        measure_cosm(&m, snapshot_table(&s, "cosm"));
        measure_suspects(&m, snapshot_table(&s, "suspects"));
        measure_convictions(&m, snapshot_table(&s, "convictions"));
        measure_everybody(&m, &s, n, v);
        for (int i = 0; i < m.n; i++) {
            double fact;
            ASSERT_OK(synth_fact_get(&p, m.of[i].id, &fact));
            if (!(fabs(m.of[i].value - fact) <= m.of[i].half)) fail_msg("seed %d, %s: %.4f, printed %.3f", (int)seed, m.of[i].id, m.of[i].value, fact);
        }
        remove_all(a, folder);
        remove_all(a, top);
    }
}

/* Index incidents are the only trafficking of victims of 2010-2015 in the years the help population is taken from. */
static void
populations_do_not_overlap(void **state)
{
    (void)state;
    SCRATCH(a);
    synth_published p;
    size_t n, victims, in = 0;
    table *t;
    victim *v;
    ASSERT_OK(synth_published_read(a, source_path(a, "monitors/nl-2016-2020"), &p));
    ASSERT_OK(synth_registers_draw(a, &p, &(synth_registers_options){4, PEOPLE, source_path(a, "sources")}, &n, &t));
    const table *incidents = table_declared_find(n, t, "incidents");
    victims = find_victims(a, incidents, &v);
    for (size_t i = 0; i < victims; i++)
        for (size_t k = v[i].rows.first; k < v[i].rows.end && v[i].identified == BY_NUMBER; k++) {
            int year = year_of(at(incidents, "day", k));
            if (at(incidents, "role", k) != VICTIM || at(incidents, "group", k) != GROUP_TRAFFICKING || year < 2016 || year > 2019) continue;
            in++;
            break;
        }
    assert_int_equal(in, 1630);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_fact_comes_out), cmocka_unit_test(populations_do_not_overlap)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
