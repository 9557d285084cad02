/* Nationality: shares of regions over all years, the order of nationalities in 2020, the Dublin indication. */
#include "synth/countries.h"
#include "synth/notifications.h"
#include "synth/select.h"

#include <math.h>

enum { LAST = SYNTH_YEARS - 1, PREVIOUS = SYNTH_YEARS - 2, DRUGS = 1, OPEN = -1 };

/* Work of this stage: the region of every victim (OPEN: not yet), and lists for one selection. */
typedef struct origin {
    size_t n;
    synth_victim *v;
    rng *r;
    int8_t *region;
    uint32_t *at;
    double *chance;
    bool *chosen, *forced; /* forced: African with a Dublin indication, exploited in drugs in 2020 */
} origin;

static double
percent_of(double percent, double n)
{
    return percent / 100 * n;
}

static void
draw_dutch(origin *o)
{
    static const double chance[SYNTH_MAINS] = {1, 0, 0.012, 0.10, 0.50};
    for (size_t i = 0; i < o->n; i++)
        o->region[i] = synth_happens(o->r, chance[o->v[i].main]) ? REGION_NETHERLANDS : OPEN;
}

/* Of the victims exploited in drugs in 2020 so many are African with a Dublin indication: in proportion among those whose
 * main form is criminal and the others. */
static status
force_dublin(const synth_published *p, origin *o)
{
    double share;
    CHECK(synth_fact_get(p, "criminal_drugs_2020_african_dublin", &share));
    int total = 0, done = 0;
    for (int group = 0; group < 2; group++) {
        size_t m = 0;
        for (size_t i = 0; i < o->n; i++) {
            const synth_victim *x = &o->v[i];
            if (x->year != LAST || !(x->sector_criminal & DRUGS) || (x->main == SYNTH_MAIN_CRIMINAL) != (group == 0)) continue;
            total++;
            if (x->main == SYNTH_DOMESTIC) continue;
            o->chance[m] = x->main == SYNTH_MAIN_LABOUR ? 0.7 : 0.85;
            o->at[m++] = (uint32_t)i;
        }
        int count = (int)lround(percent_of(share, total)) - done;
        done += count;
        CHECK(synth_select(o->r, m, o->chance, count, o->chosen));
        for (size_t i = 0; i < m; i++)
            if (o->chosen[i]) o->forced[o->at[i]] = true, o->region[o->at[i]] = REGION_AFRICA;
    }
    return ST_OK;
}

/* Exactly `count` victims of the figures whose region is open get this one; chance by year and main form. */
static status
draw_region(origin *o, int region, int year, int count, const double chance[SYNTH_YEARS][SYNTH_MAINS])
{
    size_t m = 0;
    for (size_t i = 0; i < o->n; i++) {
        const synth_victim *x = &o->v[i];
        if (x->kmar_only || (year >= 0 && x->year != year)) continue;
        if (o->region[i] == region) count--;
        if (o->region[i] != OPEN) continue;
        bool overlap = region == REGION_AFRICA && x->main == SYNTH_CROSS && (x->forms & SYNTH_CRIMINAL);
        o->chance[m] = overlap ? 0.93 : chance[x->year][x->main];
        o->at[m++] = (uint32_t)i;
    }
    CHECK(synth_select(o->r, m, o->chance, count, o->chosen));
    for (size_t i = 0; i < m; i++)
        if (o->chosen[i]) o->region[o->at[i]] = (int8_t)region;
    return ST_OK;
}

static status
draw_regions(const synth_published *p, origin *o)
{
    static const double africa[SYNTH_YEARS][SYNTH_MAINS] = {{0, 0.44, 0.06, 0.60, 0.50}, {0, 0.50, 0.06, 0.60, 0.50},
        {0, 0.68, 0.06, 0.70, 0.55}, {0, 0.86, 0.06, 0.90, 0.60}, {0, 0.58, 0.03, 0.70, 0.50}};
    static const double asia[SYNTH_YEARS][SYNTH_MAINS] = {{0, 0.10, 0.24, 0.3, 0.2}, {0, 0.10, 0.24, 0.3, 0.2},
        {0, 0.12, 0.24, 0.3, 0.2}, {0, 0.20, 0.22, 0.3, 0.2}, {0, 0.14, 0.14, 0.2, 0.2}};
    static const double latin[SYNTH_YEARS][SYNTH_MAINS] = {{0, 0.09, 0.07, 0.1, 0.1}, {0, 0.09, 0.07, 0.1, 0.1},
        {0, 0.15, 0.12, 0.1, 0.1}, {0, 0.15, 0.07, 0.1, 0.1}, {0, 0.22, 0.14, 0.2, 0.2}};
    double counted = 0, share_africa, share_asia;
    for (size_t i = 0; i < o->n; i++) counted += !o->v[i].kmar_only;
    CHECK(synth_fact_get(p, "origin_africa", &share_africa));
    CHECK(synth_fact_get(p, "origin_asia", &share_asia));
    double jitter = 0.4 * rng_uniform(o->r) - 0.2; /* the printed percentage leaves half a per cent */
    CHECK(draw_region(o, REGION_AFRICA, -1, (int)lround(percent_of(share_africa + jitter, counted)), africa));
    jitter = 0.4 * rng_uniform(o->r) - 0.2;
    CHECK(draw_region(o, REGION_ASIA, -1, (int)lround(percent_of(share_asia + jitter, counted)), asia));
    /* in words: Latin American victims more than doubled in 2020; Europe and the Netherlands are a little under half */
    int previous = synth_between(o->r, 40, 45);
    for (int y = 0; y < SYNTH_YEARS; y++) {
        int count = y == PREVIOUS ? previous : y == LAST ? 2 * previous + synth_between(o->r, 3, 8) : synth_between(o->r, 45, 56);
        CHECK(draw_region(o, REGION_LATIN_AMERICA, y, count, latin));
    }
    for (size_t i = 0; i < o->n; i++)
        if (o->region[i] == OPEN) o->region[i] = REGION_EUROPE;
    return ST_OK;
}

/* Weight of a country for a victim; those whose numbers are fixed in 2020 are dealt apart. */
static int
draw_country(origin *o, const synth_victim *x, int region)
{
    double weight[SYNTH_COUNTRIES] = {0};
    for (int c = 0; c < synth_countries_count; c++) {
        const synth_country *k = &synth_countries[c];
        bool fixed = x->year == LAST && !x->kmar_only &&
                     (strcmp(k->code, "PL") == 0 || strcmp(k->code, "BG") == 0 || strcmp(k->code, "HU") == 0 || strcmp(k->code, "NG") == 0);
        if ((int)k->region != region || fixed) continue;
        weight[c] = k->weight[x->main <= SYNTH_CROSS ? 0 : x->main - 1];
    }
    return (int)synth_choose(o->r, (size_t)synth_countries_count, weight);
}

/* In 2020 exactly `count` victims of a region without a country yet get this one; of labour exploitation or of the others. */
static status
deal_country(origin *o, const char *code, bool labour, bool both, int count)
{
    int c = synth_country_find(code);
    size_t m = 0;
    for (size_t i = 0; i < o->n; i++) {
        const synth_victim *x = &o->v[i];
        if (x->year != LAST || x->kmar_only || x->nationality >= 0 || o->region[i] != (int8_t)synth_countries[c].region) continue;
        if (!both && (x->main == SYNTH_MAIN_LABOUR) != labour) continue;
        o->chance[m] = synth_countries[c].weight[x->main <= SYNTH_CROSS ? 0 : x->main - 1] / 100;
        o->at[m++] = (uint32_t)i;
    }
    CHECK(synth_select(o->r, m, o->chance, count < 0 ? 0 : count, o->chosen));
    for (size_t i = 0; i < m; i++)
        if (o->chosen[i]) o->v[o->at[i]].nationality = (int16_t)c;
    return ST_OK;
}

/* Most reported in 2020: Polish, Nigerian, Dutch, Bulgarian, Hungarian; of labour exploitation Poland, Hungary and Bulgaria
 * together more than half. */
static status
deal_last_year(origin *o)
{
    int labour = 0, dutch = 0;
    for (size_t i = 0; i < o->n; i++) {
        if (o->v[i].year != LAST || o->v[i].kmar_only) continue;
        labour += o->v[i].main == SYNTH_MAIN_LABOUR;
        dutch += o->region[i] == REGION_NETHERLANDS;
    }
    int polish = (int)lround(labour * (0.32 + 0.02 * rng_uniform(o->r))), bulgarian = (int)lround(labour * (0.13 + 0.02 * rng_uniform(o->r)));
    int hungarian = (int)lround(labour * (0.10 + 0.01 * rng_uniform(o->r)));
    int nigerian = dutch + synth_between(o->r, 4, 10), most = nigerian + synth_between(o->r, 4, 10);
    CHECK(deal_country(o, "PL", true, false, polish));
    CHECK(deal_country(o, "BG", true, false, bulgarian));
    CHECK(deal_country(o, "HU", true, false, hungarian));
    CHECK(deal_country(o, "PL", false, false, most - polish));
    CHECK(deal_country(o, "BG", false, false, synth_between(o->r, 12, 15)));
    CHECK(deal_country(o, "HU", false, false, synth_between(o->r, 8, 12)));
    return deal_country(o, "NG", true, true, nigerian);
}

static status
check_order(const origin *o)
{
    static const char *const order[5] = {"PL", "NG", "NL", "BG", "HU"};
    int count[SYNTH_COUNTRIES] = {0};
    for (size_t i = 0; i < o->n; i++)
        if (o->v[i].year == LAST && !o->v[i].kmar_only) count[o->v[i].nationality]++;
    int last = synth_country_find(order[4]);
    for (int k = 0; k < 4; k++)
        if (count[synth_country_find(order[k])] <= count[synth_country_find(order[k + 1])])
            FAIL(ST_INFEASIBLE, "nationalities of 2020 do not come in the printed order");
    for (int c = 0; c < synth_countries_count; c++) {
        bool named = false;
        for (int k = 0; k < 5; k++) named = named || strcmp(synth_countries[c].code, order[k]) == 0;
        if (!named && count[c] >= count[last]) FAIL(ST_INFEASIBLE, "nationalities of 2020 do not come in the printed order");
    }
    return ST_OK;
}

static void
draw_status(origin *o)
{
    static const double dublin[SYNTH_YEARS] = {0.30, 0.40, 0.60, 0.78, 0.55};
    for (size_t i = 0; i < o->n; i++) {
        synth_victim *x = &o->v[i];
        const synth_country *c = &synth_countries[x->nationality];
        bool african = c->region == REGION_AFRICA, drugs = x->year == LAST && (x->sector_criminal & DRUGS);
        double chance = african ? dublin[x->year] * (x->main == SYNTH_MAIN_LABOUR ? 0.2 : 1) : c->union_member ? 0 : 0.08;
        x->dublin = o->forced[i] || (!drugs && synth_happens(o->r, chance));
        static const double with[4] = {35, 8, 52, 5}, without[4] = {45, 20, 28, 7}, citizen[4] = {94, 6, 0, 0};
        x->residence = (int8_t)synth_choose(o->r, 4, x->dublin ? with : c->union_member ? citizen : without);
        if (c->region == REGION_NETHERLANDS) x->residence = SYNTH_RESIDENCE_NONE;
    }
}

status
synth_origin_draw(const synth_published *p, rng *r, size_t n, synth_victim victims[])
{
    SCRATCH(tmp);
    origin o = {.n = n, .v = victims, .r = r};
    ALLOC(tmp, o.region, n);
    ALLOC(tmp, o.at, n);
    ALLOC(tmp, o.chance, n);
    ALLOC(tmp, o.chosen, n);
    ALLOC(tmp, o.forced, n);
    for (size_t i = 0; i < n; i++) victims[i].nationality = -1;
    draw_dutch(&o);
    CHECK(force_dublin(p, &o));
    CHECK(draw_regions(p, &o));
    for (size_t i = 0; i < n; i++)
        if (o.region[i] == REGION_NETHERLANDS) victims[i].nationality = (int16_t)synth_country_find("NL");
    CHECK(deal_last_year(&o));
    for (size_t i = 0; i < n; i++)
        if (victims[i].nationality < 0) victims[i].nationality = (int16_t)draw_country(&o, &victims[i], o.region[i]);
    CHECK(check_order(&o));
    draw_status(&o);
    return ST_OK;
}
