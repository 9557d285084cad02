#include "synth/registers_internal.h"

#include "base/threads.h"
#include "table/declared.h"

#include <math.h>
#include <stdlib.h>

/* Living by year of birth around 2015, thousands; in between on a line. Our own rounding of the Dutch age pyramid. */
static const struct {
    int year, thousands;
} pyramid[] = {{1910, 1}, {1920, 30}, {1930, 110}, {1940, 160}, {1946, 245}, {1955, 220}, {1968, 255}, {1976, 200}, {1990, 225},
               {2000, 215}, {2010, 185}, {2020, 168}};

/* A birth year is looked up by 16 bits; whoever leaves by 32 bits: bins of (year, reason). */
typedef struct lookup {
    uint8_t birth[65536];
    uint32_t leaves[BIRTH_YEARS][YEAR_LAST - YEAR_FIRST + 1][2]; /* cumulative, of 2^32 */
} lookup;

static double
thousands(int year)
{
    int i = 1;
    while (pyramid[i].year < year) i++;
    double part = (double)(year - pyramid[i - 1].year) / (pyramid[i].year - pyramid[i - 1].year);
    return pyramid[i - 1].thousands + part * (pyramid[i].thousands - pyramid[i - 1].thousands);
}

static void
make_births(lookup *l)
{
    double total = 0, sum = 0;
    for (int b = 0; b < BIRTH_YEARS; b++) total += thousands(BIRTH_FIRST + b);
    for (int b = 0, at = 0; b < BIRTH_YEARS; b++) {
        sum += thousands(BIRTH_FIRST + b);
        for (int to = (int)lround(65536 * sum / total); at < to; at++) l->birth[at] = (uint8_t)b;
    }
}

/* Chances to die (Gompertz: near 5 % at eighty) and to emigrate, a year. */
static void
make_leaving(lookup *l)
{
    for (int b = 0; b < BIRTH_YEARS; b++) {
        double here = 1, gone = 0;
        for (int y = 0; y <= YEAR_LAST - YEAR_FIRST; y++) {
            int age = YEAR_FIRST + y - BIRTH_FIRST - b;
            double die = age < 0 ? 0 : fmin(0.5, exp(0.1 * age - 11)), go = age < 1 ? 0 : age >= 18 && age < 45 ? 0.006 : 0.002;
            for (int reason = 0; reason < 2; reason++) {
                gone += here * (reason == DIED ? die : go);
                l->leaves[b][y][reason] = (uint32_t)fmin(4294967295.0, gone * 4294967296.0);
            }
            here *= 1 - die - go;
        }
    }
}

typedef struct population {
    int8_t *sex, *reason;
    int16_t *birth_year;
    int32_t *person, *left;
} population;

static void
put_person(const population *p, const lookup *l, size_t i, uint32_t who, uint32_t leaves)
{
    int b = l->birth[who >> 16];
    p->person[i] = (int32_t)i;
    p->sex[i] = (who & 0xffff) < 33096 ? FEMALE : MALE; /* 50.5 % */
    p->birth_year[i] = (int16_t)(BIRTH_FIRST + b);
    p->left[i] = DATE_MISSING;
    p->reason[i] = INT8_MIN;
    const uint32_t *bin = &l->leaves[b][0][0];
    int bins = 2 * (YEAR_LAST - YEAR_FIRST + 1), k = 0;
    if (leaves >= bin[bins - 1]) return;
    while (leaves >= bin[k]) k++;
    uint32_t low = k ? bin[k - 1] : 0, width = bin[k] - low;
    int year = YEAR_FIRST + k / 2;
    p->left[i] = registers_day(year, 1, 1) + (int32_t)((uint64_t)(leaves - low) * 365 / width);
    p->reason[i] = (int8_t)(k % 2);
}

static void
put_everybody(const population *p, const lookup *l, uint64_t seed, size_t n)
{
#pragma omp parallel for schedule(static) num_threads(threads_count())
    for (size_t block = 0; block < (n + 1) / 2; block++) {
        uint32_t word[4];
        rng_block(seed, STREAM_POPULATION, block, word);
        put_person(p, l, 2 * block, word[0], word[1]);
        if (2 * block + 1 < n) put_person(p, l, 2 * block + 1, word[2], word[3]);
    }
}

/* Each member gets a place of its own among all persons, in random order. */
static status
place_members(registers *g, size_t n)
{
    SCRATCH(tmp);
    rng r = rng_new(g->seed, STREAM_PERSONS);
    uint32_t *order;
    ALLOC(tmp, order, g->members);
    for (size_t i = 0; i < g->members; i++) order[i] = (uint32_t)i;
    registers_shuffle_first(&r, g->members, order, g->members);
    for (size_t i = 0; i < g->members; i++) {
        size_t low = i * n / g->members, high = (i + 1) * n / g->members;
        g->member[order[i]].person = (int32_t)(low + rng_below(&r, high - low));
    }
    return ST_OK;
}

static status
column_data(const table *t, const char *name, void *data)
{
    column *c;
    CHECK(table_require(t, name, &c));
    memcpy(data, &c->data, sizeof c->data);
    return ST_OK;
}

status
registers_population_draw(registers *g, int64_t persons)
{
    SCRATCH(tmp);
    size_t n = (size_t)persons;
    lookup *l;
    population p;
    const table *declared = table_declared_find(g->tables, g->declared, "population");
    if (!declared) FAIL(ST_CONFIG, "registers.yaml: expected a table population");
    if (g->members > n / 2) FAIL(ST_INVALID, "a population of %zu is too small for %zu victims, suspects and offenders", n, g->members);
    ALLOC(tmp, l, 1);
    CHECK(table_declared_rows(g->memory, declared, n, &g->population));
    CHECK(column_data(&g->population, "person", &p.person));
    CHECK(column_data(&g->population, "sex", &p.sex));
    CHECK(column_data(&g->population, "birth_year", &p.birth_year));
    CHECK(column_data(&g->population, "left", &p.left));
    CHECK(column_data(&g->population, "reason", &p.reason));
    make_births(l);
    make_leaving(l);
    put_everybody(&p, l, g->seed, n);
    CHECK(place_members(g, n));
    for (size_t i = 0; i < g->members; i++) {
        const registers_member *m = &g->member[i];
        p.sex[m->person] = m->sex;
        p.birth_year[m->person] = m->birth_year;
        p.left[m->person] = m->left;
        p.reason[m->person] = m->reason;
    }
    return ST_OK;
}
