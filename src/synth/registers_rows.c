#include "synth/registers_internal.h"

#include "table/declared.h"

#include <math.h>
#include <stdlib.h>

enum { FACT_MOST = 1000000 };

status
registers_facts_read(const synth_published *p, registers_facts *result)
{
    static const struct {
        const char *id;
        size_t at;
    } facts[] = {
#define X(name) {#name, offsetof(registers_facts, name)},
        REGISTERS_FACTS(X)
#undef X
    };
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
        double value;
        CHECK(synth_fact_get(p, facts[i].id, &value));
        if (!(value > 0 && value <= FACT_MOST)) FAIL(ST_CONFIG, "facts.csv: %s: expected a number above 0, at most %d", facts[i].id, FACT_MOST);
        memcpy((char *)result + facts[i].at, &value, sizeof value);
    }
    return ST_OK;
}

/* The codes in the order of the enumerations of registers_internal.h. */
static const struct {
    const char *table, *column, *codes;
} known[] = {
    {"population", "sex", "female male"},
    {"population", "reason", "died emigrated"},
    {"incidents", "identified", "person_number linkage none"},
    {"incidents", "role", "victim suspect"},
    {"incidents", "dutch", "no yes"},
    {"incidents", "offence",
     "F5293 F561 F562 F563 F564 F565 rape sexual_assault child_abuse grooming intimate_images indecency assault grievous_assault threat "
     "stalking public_violence street_robbery robbery extortion hostage attempted_killing theft pickpocketing bicycle_theft car_theft "
     "burglary embezzlement fraud identity_fraud cybercrime vandalism arson trespass hit_and_run traffic_injury insult discrimination other"},
    {"incidents", "group", "trafficking sexual violence property vandalism traffic other"},
    {"youth_care", "type", "community_team ambulatory day_care in_network foster family_home closed residential_other"},
    {"youth_care", "stay", "no yes"},
    {"youth_care", "referrer", "municipality gp youth_doctor certified_institution medical_specialist none unknown"},
    {"youth_care", "ended", "as_planned by_client by_provider mutual external ongoing"},
    {"shelter", "form", "emergency shelter short_stay sheltered_housing other"},
    {"cosm", "nationality_region", "africa asia european_union europe_other america unknown"},
    {"residence", "step", "reflection_offered temporary_decided continued_decided"},
    {"residence", "ground", "indication report no_cooperation prosecution individual_circumstances"},
    {"residence", "decision", "granted refused withdrawn other"},
    {"suspects", "form", "general sexual_domestic sexual_cross_border labour criminal unknown"},
    {"suspects", "prosecution", "pending dismissed prosecuted"},
    {"suspects", "verdict", "none convicted acquitted"},
    {"convictions", "offender", "trafficking all"},
    {"convictions", "group", "trafficking sexual violence property drugs traffic other"},
};

/* How often each offence of that list befalls victims, by group: our own choice, in the order the monitor names them. */
static const struct {
    int8_t group, weight;
} offences[] = {
    {GROUP_TRAFFICKING, 0},  {GROUP_TRAFFICKING, 75}, {GROUP_TRAFFICKING, 8},  {GROUP_TRAFFICKING, 11}, {GROUP_TRAFFICKING, 0},
    {GROUP_TRAFFICKING, 6},  {GROUP_SEXUAL, 30},      {GROUP_SEXUAL, 24},      {GROUP_SEXUAL, 16},      {GROUP_SEXUAL, 8},
    {GROUP_SEXUAL, 14},      {GROUP_SEXUAL, 8},       {GROUP_VIOLENCE, 44},    {GROUP_VIOLENCE, 8},     {GROUP_VIOLENCE, 30},
    {GROUP_VIOLENCE, 12},    {GROUP_VANDALISM, 10},   {GROUP_PROPERTY, 4},     {GROUP_PROPERTY, 1},     {GROUP_PROPERTY, 4},
    {GROUP_VIOLENCE, 3},     {GROUP_VIOLENCE, 3},     {GROUP_PROPERTY, 26},    {GROUP_PROPERTY, 10},    {GROUP_PROPERTY, 12},
    {GROUP_PROPERTY, 6},     {GROUP_PROPERTY, 9},     {GROUP_PROPERTY, 6},     {GROUP_PROPERTY, 22},    {GROUP_OTHER, 20},
    {GROUP_OTHER, 8},        {GROUP_VANDALISM, 60},   {GROUP_VANDALISM, 8},    {GROUP_VANDALISM, 22},   {GROUP_TRAFFIC, 60},
    {GROUP_TRAFFIC, 40},     {GROUP_OTHER, 40},       {GROUP_OTHER, 6},        {GROUP_OTHER, 26},
};

status
registers_codes_check(size_t n, const table tables[])
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        const table *t = table_declared_find(n, tables, known[i].table);
        if (!t) FAIL(ST_CONFIG, "registers.yaml: expected a table %s", known[i].table);
        column *c;
        CHECK(table_require(t, known[i].column, &c));
        const char *at = known[i].codes;
        for (int k = 0; *at; k++) {
            size_t length = strcspn(at, " ");
            if (code_find(c->codes, (text){at, length}) != k)
                FAIL(ST_CONFIG, "registers.yaml: table %s, column %s: expected the codes %s, in this order", known[i].table,
                     known[i].column, known[i].codes);
            at += length + (at[length] == ' ');
        }
    }
    return ST_OK;
}

status
registers_rows_new(arena *a, size_t n, const table tables[], const char *name, size_t expected, registers_rows *result)
{
    registers_rows r = {.memory = a, .declared = table_declared_find(n, tables, name), .capacity = expected};
    if (!r.declared) FAIL(ST_CONFIG, "registers.yaml: expected a table %s", name);
    ALLOC(a, r.value, expected * r.declared->columns);
    *result = r;
    return ST_OK;
}

status
registers_rows_add(registers_rows *r, const int32_t values[])
{
    size_t columns = r->declared->columns;
    if (r->n == r->capacity) {
        int32_t *more;
        r->capacity = 2 * r->capacity + 64;
        ALLOC(r->memory, more, r->capacity * columns);
        memcpy(more, r->value, r->n * columns * sizeof *more);
        r->value = more;
    }
    memcpy(r->value + r->n++ * columns, values, columns * sizeof *values);
    return ST_OK;
}

typedef struct row_order {
    size_t columns, second;
} row_order;

static int
by_person(const void *a, const void *b, void *order)
{
    const int32_t *x = a, *y = b;
    const row_order *o = order;
    if (x[0] != y[0]) return x[0] < y[0] ? -1 : 1;
    if (x[o->second] != y[o->second]) return x[o->second] < y[o->second] ? -1 : 1;
    for (size_t i = 1; i < o->columns; i++)
        if (x[i] != y[i]) return x[i] < y[i] ? -1 : 1;
    return 0;
}

status
registers_rows_sort(registers_rows *r, size_t second)
{
    row_order o = {r->declared->columns, second};
    qsort_r(r->value, r->n, o.columns * sizeof *r->value, by_person, &o);
    return ST_OK;
}

static void
fill(column *c, size_t rows, const int32_t *value, size_t step)
{
    for (size_t i = 0; i < rows; i++) {
        int32_t v = value[i * step];
        bool missing = v == INT32_MIN;
        switch (c->type) {
        case COLUMN_INT8: ((int8_t *)c->data)[i] = missing ? INT8_MIN : (int8_t)v; break;
        case COLUMN_INT16: ((int16_t *)c->data)[i] = missing ? INT16_MIN : (int16_t)v; break;
        case COLUMN_DOUBLE: ((double *)c->data)[i] = missing ? (double)NAN : v / 100.0; break;
        default: ((int32_t *)c->data)[i] = v;
        }
    }
}

status
registers_rows_table(arena *out, const registers_rows *r, table *result)
{
    table t;
    CHECK(table_declared_rows(out, r->declared, r->n, &t));
    for (size_t i = 0; i < t.columns; i++) fill(&t.column[i], r->n, r->value + i, t.columns);
    *result = t;
    return ST_OK;
}

int
registers_share(double percent, int n)
{
    double count = round(percent * n / 100);
    return count <= 0 ? 0 : count >= n ? n : (int)count;
}

int32_t
registers_day(int year, int month, int day)
{
    int32_t result = DATE_MISSING;
    (void)date_from_parts((date_parts){year, month, day}, &result);
    return result;
}

int32_t
registers_last_day(void)
{
    return registers_day(YEAR_LAST, 12, 31);
}

int32_t
registers_between(rng *r, int32_t low, int32_t high)
{
    return high <= low ? low : low + (int32_t)rng_below(r, (uint64_t)(high - low) + 1);
}

int32_t
registers_day_in(rng *r, int year)
{
    int32_t day = registers_between(r, registers_day(year, 1, 1), registers_day(year, 12, 31));
    date_parts parts = date_to_parts(day);
    return parts.month == 2 && parts.day == 29 ? day - 1 : day;
}

int8_t
registers_offence(rng *r, int group)
{
    enum { N = sizeof offences / sizeof *offences };
    double weight[N];
    for (int i = 0; i < N; i++) weight[i] = offences[i].group == group ? offences[i].weight : 0;
    return (int8_t)synth_choose(r, N, weight);
}

void
registers_shuffle_first(rng *r, size_t n, uint32_t of[], size_t count)
{
    for (size_t i = 0; i < count && i + 1 < n; i++) {
        size_t k = i + (size_t)rng_below(r, n - i);
        uint32_t other = of[k];
        of[k] = of[i];
        of[i] = other;
    }
}
