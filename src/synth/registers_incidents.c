#include "synth/registers_internal.h"

#include <math.h>

/* What befalls victims outside the counts that are published. */
int
registers_any_group(rng *r, bool trafficking)
{
    static const double weight[GROUPS] = {7, 8, 27, 38, 8, 5, 7};
    int group = (int)synth_choose(r, GROUPS, weight);
    return group == GROUP_TRAFFICKING && !trafficking ? GROUP_PROPERTY : group;
}

static int32_t
missing8(int8_t value)
{
    return value == INT8_MIN ? INT32_MIN : value;
}

typedef struct incident_row {
    int32_t person, identified, sex, birth_year, day, start, end, offence, group, role, number, dutch;
} incident_row;

static status
put(registers *g, incident_row row)
{
    int32_t values[12];
    memcpy(values, &row, sizeof values);
    return registers_rows_add(&g->incidents, values);
}

static status
put_victim(registers *g, rng *r, const registers_victim *v)
{
    incident_row row = {v->member->person, BY_NUMBER, v->sex, v->member->birth_year, v->day, v->period_start, v->period_end, v->offence,
                        GROUP_TRAFFICKING, VICTIM, (int32_t)++g->cases, missing8(v->dutch)};
    CHECK(put(g, row));
    if (synth_happens(r, 0.05)) { /* another offence of the same case, registered with it */
        row.group = synth_happens(r, 0.5) ? GROUP_SEXUAL : GROUP_VIOLENCE;
        row.offence = registers_offence(r, row.group);
        CHECK(put(g, row));
    }
    int32_t before = registers_day(YEAR_FIRST, 1, 1);
    for (int i = -1; i < v->incidents; i++) {
        if (i < 0 && (v->day - before < 60 || !synth_happens(r, 0.15))) continue;
        row.day = i < 0 ? registers_between(r, before, v->day - 30) : v->incident[i].day;
        row.group = i < 0 ? registers_any_group(r, false) : v->incident[i].group;
        row.end = row.day - (int32_t)rng_below(r, 3);
        row.start = row.end - (synth_happens(r, 0.2) ? (int32_t)rng_below(r, 30) : 0);
        row.offence = registers_offence(r, row.group);
        row.number = (int32_t)++g->cases;
        CHECK(put(g, row));
    }
    return ST_OK;
}

/* Victims without a person number, numbered on their own: some with a pseudonym that linkage gave, by which they are followed. */
static status
put_unnumbered(registers *g, rng *r, int year, int32_t person)
{
    bool linked = synth_happens(r, 0.6), grown = synth_happens(r, 0.9);
    incident_row row = {.person = person, .identified = linked ? BY_LINKAGE : BY_NOTHING, .sex = synth_happens(r, 0.55) ? FEMALE : MALE,
                        .birth_year = year - 1 - (grown ? 18 + (int)(-12 * log(1 - rng_uniform(r) * 0.95)) : 14 + (int)rng_below(r, 4)),
                        .day = registers_day_in(r, year), .offence = year < 2016 ? F5293 : registers_offence(r, GROUP_TRAFFICKING),
                        .group = GROUP_TRAFFICKING, .role = VICTIM, .number = (int32_t)++g->cases, .dutch = NO};
    if (synth_happens(r, 0.1)) row.birth_year = INT32_MIN;
    if (synth_happens(r, 0.1)) row.dutch = INT32_MIN;
    row.end = registers_between(r, row.day - 120 < registers_day(year, 1, 1) ? registers_day(year, 1, 1) : row.day - 120, row.day);
    row.start = row.end - (int32_t)rng_below(r, 300);
    CHECK(put(g, row));
    if (!linked || registers_last_day() - row.day < 10 || !synth_happens(r, 0.2)) return ST_OK;
    row.day = row.start = row.end = registers_between(r, row.day + 3, registers_last_day());
    row.group = registers_any_group(r, false);
    row.offence = registers_offence(r, row.group);
    row.number = (int32_t)++g->cases;
    return put(g, row);
}

status
registers_incidents_write(registers *g)
{
    rng r = rng_new(g->seed, STREAM_UNNUMBERED);
    for (size_t i = 0; i < g->victims.n; i++) CHECK(put_victim(g, &r, &g->victims.victim[i]));
    int four = (int)g->facts.help_without_person_number;
    int32_t person = PERSONS_UNNUMBERED;
    static const int share[4] = {20, 20, 23, 37};
    for (int year = YEAR_FIRST; year <= YEAR_LAST; year++) {
        int count = year < 2016 ? four / 8 : year == 2020 ? four / 6 : four * share[year - 2016] / 100;
        if (year == 2019) count = four - four * share[0] / 100 - four * share[1] / 100 - four * share[2] / 100;
        for (int i = 0; i < count; i++) CHECK(put_unnumbered(g, &r, year, person++));
    }
    return ST_OK;
}
