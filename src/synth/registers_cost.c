#include "synth/registers_internal.h"

#include <math.h>

enum { COST_FIRST = 2016, COST_YEARS = 3, COST_PERCENT_VICTIMS = 45 };

/* Amounts whose sum is `total` hundredths: around a common value, spread by `spread` on the log scale. */
static void
share_out(rng *r, size_t n, double total, double spread, int32_t cents[])
{
    double sum = 0;
    int64_t given = 0;
    for (size_t i = 0; i < n; i++) {
        double weight = exp(spread * rng_normal(r));
        cents[i] = (int32_t)(weight * 100000); /* in thousandths of a cent until the sum is known */
        sum += cents[i];
    }
    for (size_t i = 0; i < n; i++) {
        cents[i] = (int32_t)(total * cents[i] / sum);
        given += cents[i];
    }
    if (n) cents[0] += (int32_t)((int64_t)total - given);
}

static status
put_cost(registers_rows *rows, rng *r, int32_t person, int year, int32_t mental)
{
    int32_t other = (int32_t)(100 * exp(7.2 + 0.9 * rng_normal(r)));
    return registers_rows_add(rows, (const int32_t[]){person, year, mental, mental + other});
}

/* Victims whose offence ended in `ended`, minors or not, in the year `year`: the printed mean over all of them. */
static status
draw_cell(registers *g, rng *r, registers_rows *rows, int ended, int year, bool minor)
{
    SCRATCH(tmp);
    size_t first = g->victims.block[1], end = g->victims.block[4], n = 0, in = 0;
    uint32_t *who;
    int32_t *cents;
    ALLOC(tmp, who, end - first);
    for (size_t i = first; i < end; i++) {
        const registers_victim *v = &g->victims.victim[i];
        if (date_to_parts(v->period_end).year != ended || (v->age == MINOR) != minor) continue;
        in++;
        if (v->member->left == DATE_MISSING || v->member->left >= registers_day(year, 1, 1)) who[n++] = (uint32_t)i;
    }
    size_t with = n * COST_PERCENT_VICTIMS / 100;
    if (!with) return ST_OK;
    ALLOC(tmp, cents, with);
    registers_shuffle_first(r, n, who, with);
    share_out(r, with, 100 * g->facts.help_mental_cost * (double)in, 0.9, cents);
    for (size_t i = 0; i < with; i++) CHECK(put_cost(rows, r, g->victims.victim[who[i]].member->person, year, cents[i]));
    return ST_OK;
}

static status
draw_victims(registers *g, rng *r, registers_rows *rows)
{
    for (int year = COST_FIRST; year < COST_FIRST + COST_YEARS; year++)
        for (int ended = year - 1; ended <= year; ended++)
            for (int minor = 0; minor < 2; minor++) CHECK(draw_cell(g, r, rows, ended, year, minor));
    return ST_OK;
}

/* Each with cost has on average what makes the mean of all the printed one. */
static status
put_person(registers *g, int32_t person, int year, double mean)
{
    enum { SPREAD_PERCENT = 60 };
    double spread = SPREAD_PERCENT / 100.0;
    rng r = rng_new(g->seed ^ (uint64_t)STREAM_COST_OF << 32 ^ (uint64_t)year << 40, (uint64_t)person);
    int32_t mental = (int32_t)lround(100 * mean * exp(spread * rng_normal(&r) - spread * spread / 2));
    return put_cost(&g->cost, &r, person, year, mental);
}

status
registers_cost_draw(registers *g, const registers_selected everybody[COST_YEARS])
{
    SCRATCH(tmp);
    rng r = rng_new(g->seed, STREAM_COST);
    const int32_t *left = column_int32(table_column(&g->population, "left"));
    double mean = g->facts.help_mental_cost_controls / REGISTERS_COST_SHARE;
    registers_rows victims;
    size_t at = 0, next[COST_YEARS] = {0};
    CHECK(registers_rows_new(tmp, g->tables, g->declared, "cost", 3000, &victims));
    CHECK(draw_victims(g, &r, &victims));
    CHECK(registers_rows_sort(&victims, 1));
    CHECK(registers_rows_new(g->memory, g->tables, g->declared, "cost", everybody[0].n + everybody[1].n + everybody[2].n + 3000, &g->cost));
    for (;;) {
        int32_t person = INT32_MAX;
        for (int y = 0; y < COST_YEARS; y++)
            if (next[y] < everybody[y].n && everybody[y].person[next[y]] < person) person = everybody[y].person[next[y]];
        CHECK(registers_rows_merge(&g->cost, &victims, &at, person));
        if (person == INT32_MAX) return ST_OK;
        for (int y = 0; y < COST_YEARS; y++) {
            if (next[y] == everybody[y].n || everybody[y].person[next[y]] != person) continue;
            next[y]++;
            if (left[person] == DATE_MISSING || left[person] >= registers_day(COST_FIRST + y, 1, 1))
                CHECK(put_person(g, person, COST_FIRST + y, mean));
        }
    }
}
