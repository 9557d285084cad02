#include "synth/registers_internal.h"

#include <stdlib.h>

static int
by_number(const void *a, const void *b)
{
    const int32_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* Victims in order of person: they have what their own cohort is drawn to have. */
static status
victims_in_order(const registers *g, arena *tmp, int32_t **result)
{
    int32_t *who;
    ALLOC(tmp, who, g->victims.n + 1);
    for (size_t i = 0; i < g->victims.n; i++) who[i] = g->victims.victim[i].member->person;
    qsort(who, g->victims.n, sizeof *who, by_number);
    who[g->victims.n] = INT32_MAX;
    *result = who;
    return ST_OK;
}

typedef struct stratum {
    uint32_t sum[REGISTERS_DRAWS], step[REGISTERS_DRAWS];
} stratum;

enum { THERE_FIRST = 2016, THERE_YEARS = 4 };
#define SCALE_MOST 1.25

/* How many of a stratum are still in the register on 1 January of 2016 to 2019. */
typedef struct there {
    uint32_t n[STRATA][THERE_YEARS];
} there;

static void
count_there(const registers *g, there *t)
{
    const int8_t *sex = column_int8(table_column(&g->population, "sex"));
    const int16_t *birth_year = column_int16(table_column(&g->population, "birth_year"));
    const int32_t *left = column_int32(table_column(&g->population, "left"));
    int32_t day[THERE_YEARS];
    for (int y = 0; y < THERE_YEARS; y++) day[y] = registers_day(THERE_FIRST + y, 1, 1);
    for (size_t i = 0; i < g->population.rows; i++) {
        uint32_t *n = t->n[2 * (birth_year[i] - BIRTH_FIRST) + sex[i]];
        int32_t until = left[i] == DATE_MISSING ? INT32_MAX : left[i];
        for (int y = 0; y < THERE_YEARS; y++) n[y] += until >= day[y];
    }
}

/* Controls are drawn from those there on 1 January 2016; some leave before the year that counts and have nothing in it. */
static double
scale_of(const there *t, int stratum, int year)
{
    const uint32_t *n = t->n[stratum];
    double scale = n[year - THERE_FIRST] ? (double)n[0] / n[year - THERE_FIRST] : 1;
    return scale < SCALE_MOST ? scale : SCALE_MOST;
}

static void
make_strata(const registers *g, const there *t, const registers_rate rate[REGISTERS_DRAWS], stratum s[STRATA])
{
    rng r = rng_new(g->seed, STREAM_STRATA);
    for (int k = 0; k < STRATA; k++)
        for (int d = 0; d < REGISTERS_DRAWS; d++) {
            int born = BIRTH_FIRST + k / 2;
            s[k].sum[d] = rng_next32(&r);
            double share = born >= rate[d].born_from && born <= rate[d].born_until ? rate[d].share * scale_of(t, k, rate[d].year) : 0;
            s[k].step[d] = (uint32_t)(share * 4294967296.0);
        }
}

/* Every so many-th person of a stratum, counted from a random start: exact to one person, whatever else the draw does. */
status
registers_everybody_select(registers *g, arena *tmp, const registers_rate rate[REGISTERS_DRAWS], registers_selected selected[REGISTERS_DRAWS])
{
    size_t n = g->population.rows;
    const int8_t *sex = column_int8(table_column(&g->population, "sex"));
    const int16_t *birth_year = column_int16(table_column(&g->population, "birth_year"));
    stratum *s;
    there *t;
    int32_t *victim;
    ALLOC(tmp, s, STRATA);
    CHECK(victims_in_order(g, tmp, &victim));
    ALLOC(tmp, t, 1);
    count_there(g, t);
    make_strata(g, t, rate, s);
    for (int d = 0; d < REGISTERS_DRAWS; d++) {
        selected[d].n = 0;
        ALLOC(tmp, selected[d].person, (size_t)(SCALE_MOST * rate[d].share * (double)n) + STRATA + 1);
    }
    for (size_t i = 0; i < n; i++) {
        if ((int32_t)i == *victim) {
            victim++;
            continue;
        }
        stratum *of = &s[2 * (birth_year[i] - BIRTH_FIRST) + sex[i]];
        for (int d = 0; d < REGISTERS_DRAWS; d++) {
            uint32_t sum = of->sum[d] + of->step[d];
            if (sum < of->sum[d]) selected[d].person[selected[d].n++] = (int32_t)i;
            of->sum[d] = sum;
        }
    }
    return ST_OK;
}

/* Move rows of victims that come before `person` into the table. */
status
registers_rows_merge(registers_rows *into, const registers_rows *victims, size_t *at, int32_t person)
{
    size_t columns = into->declared->columns;
    for (; *at < victims->n && victims->value[*at * columns] < person; ++*at)
        CHECK(registers_rows_add(into, victims->value + *at * columns));
    return ST_OK;
}
