/* Sex: the share of men over all years, of women in 2019 and 2020. */
#include "synth/countries.h"
#include "synth/notifications.h"
#include "synth/select.h"

#include <math.h>

static double
chance_male(const synth_victim *v)
{
    static const double by_main[SYNTH_MAINS] = {0.05, 0.16, 0.66, 0.85, 0.30};
    bool african = synth_countries[v->nationality].region == REGION_AFRICA;
    if (v->main != SYNTH_CROSS || !african) return by_main[v->main];
    if (v->forms & SYNTH_CRIMINAL) return 0.62;
    return v->dublin ? 0.42 : 0.16; /* the men of 2019 came with a Dublin indication */
}

/* Men of some years (a bit set): exactly `count`. */
static status
draw_years(rng *r, unsigned years, int count, size_t n, synth_victim v[])
{
    SCRATCH(tmp);
    double *chance;
    uint32_t *at;
    bool *chosen;
    ALLOC(tmp, chance, n);
    ALLOC(tmp, at, n);
    ALLOC(tmp, chosen, n);
    size_t m = 0;
    for (size_t i = 0; i < n; i++) {
        if (v[i].kmar_only || !(years & 1u << v[i].year)) continue;
        chance[m] = chance_male(&v[i]);
        at[m++] = (uint32_t)i;
    }
    CHECK(synth_select(r, m, chance, count, chosen));
    for (size_t i = 0; i < m; i++) v[at[i]].sex = chosen[i] ? SYNTH_MALE : SYNTH_FEMALE;
    return ST_OK;
}

status
synth_sex_draw(const synth_published *p, rng *r, size_t n, synth_victim victims[])
{
    double men, women_2019, women_2020, all = 0, year[SYNTH_YEARS] = {0};
    CHECK(synth_fact_get(p, "men_2016_2020", &men));
    CHECK(synth_fact_get(p, "women_2019", &women_2019));
    CHECK(synth_fact_get(p, "women_2020", &women_2020));
    for (size_t i = 0; i < n; i++)
        if (victims[i].kmar_only) victims[i].sex = synth_happens(r, 0.03) ? SYNTH_MALE : SYNTH_FEMALE;
        else all++, year[victims[i].year]++;
    double jitter[3];
    for (int k = 0; k < 3; k++) jitter[k] = 0.5 * rng_uniform(r) - 0.25; /* the printed percentages leave half a per cent */
    int men_2019 = (int)year[3] - (int)lround((women_2019 + jitter[0]) / 100 * year[3]);
    int men_2020 = (int)year[4] - (int)lround((women_2020 + jitter[1]) / 100 * year[4]);
    int men_all = (int)lround((men + jitter[2]) / 100 * all);
    CHECK(draw_years(r, 1u << 3, men_2019, n, victims));
    CHECK(draw_years(r, 1u << 4, men_2020, n, victims));
    return draw_years(r, 1u << 0 | 1u << 1 | 1u << 2, men_all - men_2019 - men_2020, n, victims);
}
