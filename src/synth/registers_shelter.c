#include "synth/registers_internal.h"

static status
put_stay(registers_rows *rows, rng *r, int32_t person, int32_t left, const int32_t what[2])
{
    static const int32_t longest[SHELTERS] = {7, 120, 20, 330, 200};
    int32_t start = what[0], form = what[1], end = start + 1 + (int32_t)rng_below(r, (uint64_t)longest[form]);
    if (left != DATE_MISSING && end > left) end = left;
    if (end > registers_last_day()) end = DATE_MISSING;
    return registers_rows_add(rows, (const int32_t[]){person, start, end, form});
}

/* Which places the victims went through, in this order, and how many of 95: our own choice (the figure is an image), sheltered housing
 * most, as the text says. */
enum { CHAINS = 8, PLACES = 4, CHAINED = 95 };
static const struct {
    int8_t victims, form[PLACES]; /* -1: no more */
} chains[CHAINS] = {
    {31, {SHELTER_HOUSING, -1}}, {19, {SHELTER_SHELTER, -1}}, {17, {SHELTER_OTHER, -1}}, {6, {SHELTER_SHORT, -1}},
    {14, {SHELTER_SHELTER, SHELTER_HOUSING, -1}}, {3, {SHELTER_EMERGENCY, SHELTER_SHELTER, -1}},
    {3, {SHELTER_EMERGENCY, SHELTER_SHELTER, SHELTER_HOUSING, -1}}, {2, {SHELTER_EMERGENCY, SHELTER_SHORT, SHELTER_SHELTER, SHELTER_HOUSING}},
};

/* The chain of the i-th of n victims in random order. */
static const int8_t *
chain_of(size_t i, size_t n)
{
    size_t k = 0, until = (size_t)chains[0].victims;
    while (k + 1 < CHAINS && i * CHAINED >= n * until) until += (size_t)chains[++k].victims;
    return chains[k].form;
}

/* One place after the other, all begun within the year. */
static status
put_chain(registers_rows *rows, rng *r, const registers_victim *v, const int8_t form[PLACES])
{
    static const int32_t stays[SHELTERS] = {5, 45, 14, 330, 200};
    int places = 0;
    while (places < PLACES && form[places] >= 0) places++;
    int32_t until = date_add_years(v->period_end, 1), start = registers_between(r, v->day + 1, until - 70 * (places - 1));
    for (int i = 0; i < places; i++) {
        int32_t end = start + 2 + (int32_t)rng_below(r, (uint64_t)stays[form[i]]);
        CHECK(registers_rows_add(rows, (const int32_t[]){v->member->person, start, end > registers_last_day() ? DATE_MISSING : end, form[i]}));
        start = end + (int32_t)rng_below(r, 3);
    }
    return ST_OK;
}

/* The victims of 2016-2019 who had shelter within a year. */
static status
draw_victims(registers *g, rng *r, registers_rows *rows)
{
    SCRATCH(tmp);
    size_t first = g->victims.block[1], n = g->victims.block[4] - first;
    double *chance;
    bool *chosen;
    uint32_t *order;
    ALLOC(tmp, chance, n);
    ALLOC(tmp, chosen, n);
    for (size_t i = 0; i < n; i++) {
        const registers_victim *v = &g->victims.victim[first + i];
        bool stays = v->member->left == DATE_MISSING || v->member->left > date_add_years(v->period_end, 2); /* to its end */
        chance[i] = !stays ? 0 : v->age == MINOR ? 0.02 : 0.07;
    }
    size_t sheltered = (size_t)g->facts.help_shelter, at = 0;
    CHECK(synth_select(r, n, chance, (int64_t)sheltered, chosen));
    ALLOC(tmp, order, sheltered);
    for (size_t i = 0; i < sheltered; i++) order[i] = (uint32_t)i;
    registers_shuffle_first(r, sheltered, order, sheltered);
    for (size_t i = 0; i < n; i++) {
        const registers_victim *v = &g->victims.victim[first + i];
        int32_t later = date_add_years(v->day, 1) + 10 + (int32_t)rng_below(r, 200);
        bool there = later <= registers_last_day() && (v->member->left == DATE_MISSING || later <= v->member->left);
        if (chosen[i]) CHECK(put_chain(rows, r, v, chain_of(order[at++], sheltered)));
        else if (there && synth_happens(r, 0.02))
            CHECK(put_stay(rows, r, v->member->person, v->member->left, (const int32_t[]){later, SHELTER_HOUSING}));
    }
    return ST_OK;
}

/* Everybody's stays begin on the same day of every year: any window of a year holds one start. */
static status
put_person(registers *g, int32_t person, int32_t left)
{
    static const double weight[SHELTERS] = {5, 30, 8, 56.4, 0.6};
    rng r = rng_new(g->seed ^ (uint64_t)STREAM_SHELTER_OF << 32, (uint64_t)person);
    int32_t form = (int32_t)synth_choose(&r, SHELTERS, weight);
    date_parts day = date_to_parts(registers_day_in(&r, 2019));
    for (int year = 2016; year <= YEAR_LAST; year++) {
        int32_t start = registers_day(year, day.month, day.day);
        if (left != DATE_MISSING && start > left) break;
        CHECK(put_stay(&g->shelter, &r, person, left, (const int32_t[]){start, form}));
    }
    return ST_OK;
}

status
registers_shelter_draw(registers *g, const registers_selected *everybody)
{
    SCRATCH(tmp);
    rng r = rng_new(g->seed, STREAM_SHELTER);
    const int32_t *left = column_int32(table_column(&g->population, "left"));
    registers_rows victims;
    size_t at = 0;
    CHECK(registers_rows_new(tmp, g->tables, g->declared, "shelter", 500, &victims));
    CHECK(draw_victims(g, &r, &victims));
    CHECK(registers_rows_sort(&victims, 1));
    CHECK(registers_rows_new(g->memory, g->tables, g->declared, "shelter", everybody->n * 5 + 500, &g->shelter));
    for (size_t i = 0; i < everybody->n; i++) {
        CHECK(registers_rows_merge(&g->shelter, &victims, &at, everybody->person[i]));
        CHECK(put_person(g, everybody->person[i], left[everybody->person[i]]));
    }
    return registers_rows_merge(&g->shelter, &victims, &at, INT32_MAX);
}
