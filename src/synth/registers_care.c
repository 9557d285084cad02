#include "synth/registers_internal.h"

#include "table/declared.h"

enum { LENGTH_MOST = 340, TRIES = 400 };

/* Cut at the end of the data or when the person left: then it goes on, or ended by circumstances. */
static void
cut(int32_t left, int32_t *end, int32_t *ended)
{
    if (left != DATE_MISSING && *end > left) {
        *end = left;
        *ended = ENDED_EXTERNAL;
    }
    if (*end > registers_last_day()) {
        *end = DATE_MISSING;
        *ended = ENDED_ONGOING;
    }
}

static status
put_care(registers_rows *rows, int32_t person, int32_t start, int32_t end, const int32_t what[4])
{
    int type = what[0];
    return registers_rows_add(rows, (const int32_t[]){person, start, end, type, type >= CARE_FOSTER ? YES : NO, what[1], what[2], what[3]});
}

/* The victims under 18 of 2016-2019 who can be followed for a year. */
static size_t
minors_of(const registers *g, registers_victim **who)
{
    size_t n = 0;
    for (size_t i = g->victims.block[1]; i < g->victims.block[4]; i++) {
        registers_victim *v = &g->victims.victim[i];
        bool stays = v->member->left == DATE_MISSING || v->member->left > date_add_years(v->period_end, 1);
        if (v->age == MINOR && stays) who[n++] = v;
    }
    return n;
}

/* A set of types a person: closed placement and other residential care as printed, the others our own choice. Who would have
 * none gets outpatient care. */
static status
choose_types(rng *r, const registers_facts *f, size_t n, uint32_t types[])
{
    double percent[CARES] = {[CARE_TEAM] = 14, [CARE_AMBULATORY] = 48, [CARE_DAY] = 6, [CARE_NETWORK] = 22, [CARE_FOSTER] = 2, [CARE_HOME] = 10,
                             [CARE_CLOSED] = f->help_closed, [CARE_RESIDENTIAL] = f->help_residential_other};
    static const int order[CARES] = {CARE_CLOSED, CARE_RESIDENTIAL, CARE_TEAM, CARE_DAY, CARE_NETWORK, CARE_FOSTER, CARE_HOME, CARE_AMBULATORY};
    SCRATCH(tmp);
    double *chance;
    bool *chosen;
    ALLOC(tmp, chance, n);
    ALLOC(tmp, chosen, n);
    for (int k = 0; k < CARES; k++) {
        for (size_t i = 0; i < n; i++) chance[i] = types[i] ? 0.5 : order[k] == CARE_AMBULATORY ? 1 : 0.6;
        CHECK(synth_select(r, n, chance, registers_share(percent[order[k]], (int)n), chosen));
        for (size_t i = 0; i < n; i++) types[i] |= chosen[i] ? 1u << order[k] : 0;
    }
    for (size_t i = 0; i < n; i++)
        if (!types[i]) types[i] = 1u << CARE_AMBULATORY;
    return ST_OK;
}

static int
count_types(uint32_t types)
{
    return __builtin_popcount(types);
}

/* Whose care ended as planned: the printed share of the persons, and of their trajectories too. */
static status
choose_planned(rng *r, const registers_facts *f, size_t n, const uint32_t types[], uint32_t order[])
{
    int planned = registers_share(f->help_ended_as_planned, (int)n), all = 0;
    for (size_t i = 0; i < n; i++) {
        order[i] = (uint32_t)i;
        all += count_types(types[i]);
    }
    for (int tries = 0; tries < TRIES; tries++) {
        int of = 0;
        registers_shuffle_first(r, n, order, n);
        for (int i = 0; i < planned; i++) of += count_types(types[order[i]]);
        if (of == registers_share(f->help_ended_as_planned, all)) return ST_OK;
    }
    FAIL(ST_INFEASIBLE, "facts.csv: help_ended_as_planned: no share of persons and trajectories at once");
}

/* The next of a set after `last`, from the first again after the last. */
static int32_t
next_of(uint32_t set, int32_t last)
{
    for (int32_t k = last + 1; k <= last + 32; k++)
        if (set >> (k & 31) & 1) return k & 31;
    return 0;
}

static status
put_minor(registers_rows *rows, rng *r, const registers_victim *v, const int32_t how[4])
{
    int32_t referrer = -1;
    static const int32_t early[] = {ENDED_BY_PROVIDER, ENDED_MUTUAL, ENDED_EXTERNAL, ENDED_ONGOING};
    uint32_t types = (uint32_t)how[0];
    bool crisis = how[1], client = how[2] == ENDED_BY_CLIENT;
    for (int type = CARES - 1; type >= 0; type--) {
        if (!(types >> type & 1)) continue;
        int32_t start = registers_between(r, v->day + 1, date_add_years(v->period_end, 1)), end = start + 14 + (int32_t)rng_below(r, LENGTH_MOST);
        int32_t ended = how[2] == ENDED_AS_PLANNED || client ? how[2] : early[rng_below(r, 4)];
        if (ended == ENDED_ONGOING) end = DATE_MISSING;
        else if (end > registers_last_day()) end = registers_last_day();
        if (v->member->left != DATE_MISSING && (end == DATE_MISSING || end > v->member->left)) end = v->member->left;
        if (end < start) end = start;
        if (end != DATE_MISSING && ended == ENDED_ONGOING) ended = ENDED_EXTERNAL;
        referrer = next_of((uint32_t)how[3], referrer);
        CHECK(put_care(rows, v->member->person, start, end, (const int32_t[]){type, crisis, referrer, ended}));
        crisis = client = false;
    }
    return ST_OK;
}

/* Care that is not within the year: over before the offence ended, or begun later. */
static status
put_outside(registers_rows *rows, rng *r, const registers_victim *v)
{
    int32_t start = v->period_start - 400 - (int32_t)rng_below(r, 200), end = start + 100 + (int32_t)rng_below(r, 200);
    int32_t ended = ENDED_AS_PLANNED;
    if (synth_happens(r, 0.5)) {
        start = date_add_years(v->day, 1) + 10 + (int32_t)rng_below(r, 200);
        end = start + 100;
        cut(v->member->left, &end, &ended);
        if (start > registers_last_day() || (v->member->left != DATE_MISSING && start > v->member->left)) return ST_OK;
    }
    return put_care(rows, v->member->person, start, end, (const int32_t[]){CARE_AMBULATORY, NO, (int32_t)rng_below(r, REFERRERS), ended});
}

/* A set of referrers a person, at most one a trajectory: certified institutions refer most victims, then municipalities. Shares of
 * persons, our own choice of what gives about the printed chi-squares. */
static status
choose_referrers(rng *r, size_t n, const uint32_t types[], uint32_t referrers[])
{
    static const double percent[REFERRERS] = {45.5, 8.3, 2, 46.9, 4.8, 9, 16.5};
    static const double all = 133;
    SCRATCH(tmp);
    uint32_t *order;
    ALLOC(tmp, order, n);
    for (size_t i = 0; i < n; i++) order[i] = (uint32_t)i;
    registers_shuffle_first(r, n, order, n);
    int more[REFERRERS];
    size_t at = 0;
    for (int k = 0; k < REFERRERS; k++) {
        int count = registers_share(percent[k], (int)n), first = k == REFERRERS - 1 ? (int)(n - at) : registers_share(100 * percent[k] / all, (int)n);
        more[k] = count - first;
        for (int i = 0; i < first && at < n; i++) referrers[order[at++]] = 1u << k;
    }
    for (int k = 0; k < REFERRERS; k++)
        for (size_t i = 0, start = (size_t)rng_below(r, n); i < n && more[k] > 0; i++) {
            size_t who = order[(start + i) % n];
            if (referrers[who] >> k & 1 || count_types(referrers[who]) == count_types(types[who])) continue;
            referrers[who] |= 1u << k;
            more[k]--;
        }
    return ST_OK;
}

static status
draw_minors(registers *g, rng *r, registers_rows *rows)
{
    SCRATCH(tmp);
    const registers_facts *f = &g->facts;
    registers_victim **who;
    uint32_t *types, *order, *referrers;
    size_t all = g->victims.n, n = (size_t)f->help_youth_care, stay;
    ALLOC(tmp, who, all);
    ALLOC(tmp, types, n);
    ALLOC(tmp, referrers, n);
    stay = minors_of(g, who);
    if (stay < n) FAIL(ST_INFEASIBLE, "facts.csv: help_youth_care: %zu of %zu minors", n, stay);
    ALLOC(tmp, order, stay);
    for (size_t i = 0; i < stay; i++) order[i] = (uint32_t)i;
    registers_shuffle_first(r, stay, order, stay);
    registers_victim **chosen;
    ALLOC(tmp, chosen, stay);
    for (size_t i = 0; i < stay; i++) chosen[i] = who[order[i]];
    CHECK(choose_types(r, f, n, types));
    CHECK(choose_referrers(r, n, types, referrers));
    CHECK(choose_planned(r, f, n, types, order));
    size_t planned = (size_t)registers_share(f->help_ended_as_planned, (int)n), client = (size_t)registers_share(f->help_ended_by_client, (int)n);
    for (size_t i = 0; i < n; i++) {
        size_t k = order[i];
        int32_t ended = i < planned ? ENDED_AS_PLANNED : i < planned + client ? ENDED_BY_CLIENT : ENDED_BY_PROVIDER;
        bool crisis = k < (size_t)f->help_crisis;
        CHECK(put_minor(rows, r, chosen[k], (const int32_t[]){(int32_t)types[k], crisis, ended, (int32_t)referrers[k]}));
    }
    for (size_t i = n; i < stay; i++)
        if (synth_happens(r, 0.35)) CHECK(put_outside(rows, r, chosen[i]));
    return ST_OK;
}

/* Everybody's care is renewed on the same day of every year: any window of a year holds one start. */
static status
put_yearly(registers *g, rng *r, int32_t person, int32_t left, const int32_t what[3])
{
    date_parts day = date_to_parts(registers_day_in(r, 2019));
    for (int year = 2016; year <= YEAR_LAST; year++) {
        int32_t start = registers_day(year, day.month, day.day), end = start + 30 + (int32_t)rng_below(r, LENGTH_MOST - 30);
        static const double weight[] = {84, 4, 2, 4, 6};
        int32_t ended = (int32_t)synth_choose(r, 5, weight);
        if (left != DATE_MISSING && start > left) break;
        cut(left, &end, &ended);
        CHECK(put_care(&g->youth_care, person, start, end, (const int32_t[]){what[0], what[1], what[2], ended}));
    }
    return ST_OK;
}

static status
put_child(registers *g, int32_t person, int32_t left)
{
    /* our own choice of what gives about the printed chi-squares with the shares of the victims above */
    static const double first[CARES] = {15, 62.2, 4.5, 5, 5.5, 2.5, 0.8, 4.5}, second[CARES] = {23.5, 42, 14.7, 16.8, 8.5, 6.2, 2.6, 19};
    static const double weight[REFERRERS] = {30, 35.5, 3.2, 8.6, 5.3, 9.6, 7.7};
    rng r = rng_new(g->seed ^ (uint64_t)STREAM_CARE_OF << 32, (uint64_t)person);
    int32_t type = (int32_t)synth_choose(&r, CARES, first), referrer = (int32_t)synth_choose(&r, REFERRERS, weight);
    CHECK(put_yearly(g, &r, person, left, (const int32_t[]){type, synth_happens(&r, 0.07), referrer}));
    if (!synth_happens(&r, 0.334)) return ST_OK;
    int32_t other = (int32_t)synth_choose(&r, CARES, second);
    if (synth_happens(&r, 0.2)) referrer = (int32_t)synth_choose(&r, REFERRERS, weight);
    return other == type ? ST_OK : put_yearly(g, &r, person, left, (const int32_t[]){other, NO, referrer});
}

status
registers_care_draw(registers *g, const registers_selected *everybody)
{
    SCRATCH(tmp);
    rng r = rng_new(g->seed, STREAM_HELP);
    const int32_t *left = column_int32(table_column(&g->population, "left"));
    registers_rows victims;
    size_t at = 0;
    CHECK(registers_rows_new(tmp, g->tables, g->declared, "youth_care", 1000, &victims));
    CHECK(draw_minors(g, &r, &victims));
    CHECK(registers_rows_sort(&victims, 1));
    CHECK(registers_rows_new(g->memory, g->tables, g->declared, "youth_care", everybody->n * 25 / 4 + 1000, &g->youth_care));
    for (size_t i = 0; i < everybody->n; i++) {
        CHECK(registers_rows_merge(&g->youth_care, &victims, &at, everybody->person[i]));
        CHECK(put_child(g, everybody->person[i], left[everybody->person[i]]));
    }
    return registers_rows_merge(&g->youth_care, &victims, &at, INT32_MAX);
}
