/* Sectors of sexual, labour and criminal exploitation. */
#include "synth/notifications.h"
#include "synth/select.h"

#include <math.h>

enum { LAST = SYNTH_YEARS - 1 }; /* 2020 */
enum { DRUGS = 1, ALL_LABOUR = SYNTH_SECTORS_LABOUR };

/* Figure 2.3: everybody with a known sector has one. The order of victims within a year is random enough: forms made it by
 * combination, so it is shuffled here. */
static status
draw_sexual(const synth_targets *t, rng *r, size_t n, synth_victim v[])
{
    SCRATCH(tmp);
    uint32_t *order;
    ALLOC(tmp, order, n);
    rng_shuffle(r, n, order);
    for (int y = 0; y < SYNTH_YEARS; y++) {
        int sector = 0, left = t->sector[y][0];
        for (size_t i = 0; i < n; i++) {
            synth_victim *x = &v[order[i]];
            if (x->year != y || x->kmar_only || !(x->forms & SYNTH_SEXUAL)) continue;
            while (left == 0 && sector + 1 < SYNTH_SECTORS_SEXUAL) left = t->sector[y][++sector];
            if (left > 0) x->sector_sexual = (uint8_t)(1u << sector), left--;
        }
        if (left > 0 || sector + 1 < SYNTH_SECTORS_SEXUAL)
            FAIL(ST_INFEASIBLE, "figure 2.3, %d: more sectors than victims of sexual exploitation", SYNTH_YEAR_FIRST + y);
    }
    return ST_OK;
}

/* The sector is known for 67 % over all years and 61 % in 2020, where FairWork leaves it open for 44 %. */
static status
known_labour(const synth_published *p, rng *r, size_t n, const synth_victim v[], bool known[])
{
    SCRATCH(tmp);
    double all, last, fairwork;
    CHECK(synth_fact_get(p, "sector_labour_known", &all));
    CHECK(synth_fact_get(p, "sector_labour_known_2020", &last));
    CHECK(synth_fact_get(p, "sector_labour_fairwork_unknown_2020", &fairwork));
    double *chance;
    uint32_t *at;
    bool *chosen;
    ALLOC(tmp, chance, n);
    ALLOC(tmp, at, n);
    ALLOC(tmp, chosen, n);
    int total = 0, total_last = 0, by_fairwork = 0;
    for (size_t i = 0; i < n; i++) {
        if (v[i].kmar_only || !(v[i].forms & SYNTH_LABOUR)) continue;
        total++, total_last += v[i].year == LAST;
        by_fairwork += v[i].year == LAST && (v[i].reporters & 1u << SYNTH_FAIRWORK);
    }
    int known_last = (int)lround(last / 100 * total_last), known_fairwork = (int)lround((1 - fairwork / 100) * by_fairwork);
    int counts[3] = {known_fairwork, known_last - known_fairwork, (int)lround(all / 100 * total) - known_last};
    for (int group = 0; group < 3; group++) {
        size_t m = 0;
        for (size_t i = 0; i < n; i++) {
            if (v[i].kmar_only || !(v[i].forms & SYNTH_LABOUR)) continue;
            bool is_fairwork = v[i].reporters & 1u << SYNTH_FAIRWORK;
            int belongs = v[i].year != LAST ? 2 : is_fairwork ? 0 : 1;
            if (belongs != group) continue;
            chance[m] = is_fairwork ? 0.6 : 0.78;
            at[m++] = (uint32_t)i;
        }
        CHECK(synth_select(r, m, chance, counts[group], chosen));
        for (size_t i = 0; i < m; i++) known[at[i]] = chosen[i];
    }
    return ST_OK;
}

static status
draw_labour(const synth_published *p, rng *r, size_t n, synth_victim v[])
{
    SCRATCH(tmp);
    /* agriculture, domestic, hospitality, manufacturing, construction, transport, trade, other services, other */
    static const double before[ALL_LABOUR] = {22, 10, 18, 14, 12, 8, 5, 8, 6}, last[ALL_LABOUR] = {11, 20, 22, 9, 8, 5, 4, 18, 4};
    bool *known;
    ALLOC(tmp, known, n);
    CHECK(known_labour(p, r, n, v, known));
    for (size_t i = 0; i < n; i++) {
        if (!known[i]) continue;
        const double *weight = v[i].year == LAST ? last : before;
        v[i].sector_labour = (uint16_t)(1u << synth_choose(r, ALL_LABOUR, weight));
        if (v[i].year != LAST && synth_happens(r, 0.03)) v[i].sector_labour |= (uint16_t)(1u << synth_choose(r, ALL_LABOUR, weight));
    }
    return ST_OK;
}

/* Drugs in 2020: the printed share, among all and among those whose main form is criminal. */
static status
draw_drugs(const synth_published *p, rng *r, size_t n, synth_victim v[])
{
    SCRATCH(tmp);
    double share, *chance;
    uint32_t *at;
    bool *chosen;
    CHECK(synth_fact_get(p, "criminal_drugs_2020", &share));
    ALLOC(tmp, chance, n);
    ALLOC(tmp, at, n);
    ALLOC(tmp, chosen, n);
    int done = 0, total = 0;
    for (int group = 0; group < 2; group++) {
        size_t m = 0;
        for (size_t i = 0; i < n; i++) {
            bool main = v[i].main == SYNTH_MAIN_CRIMINAL;
            if (v[i].year != LAST || v[i].kmar_only || !(v[i].forms & SYNTH_CRIMINAL) || main != (group == 0)) continue;
            chance[m] = v[i].main == SYNTH_DOMESTIC ? 0.3 : 0.7;
            at[m++] = (uint32_t)i;
        }
        total += (int)m;
        int count = (int)lround(share / 100 * total) - done;
        done += count;
        CHECK(synth_select(r, m, chance, count, chosen));
        for (size_t i = 0; i < m; i++) v[at[i]].sector_criminal = chosen[i] ? DRUGS : 0;
    }
    return ST_OK;
}

static status
draw_criminal(const synth_published *p, rng *r, size_t n, synth_victim v[])
{
    static const double weight[SYNTH_YEARS][SYNTH_SECTORS_CRIMINAL] = {
        {34, 34, 14, 9, 9}, {38, 32, 13, 8, 9}, {45, 28, 12, 7, 8}, {58, 20, 9, 5, 8}, {0, 52, 22, 10, 16}};
    CHECK(draw_drugs(p, r, n, v));
    for (size_t i = 0; i < n; i++) {
        if (v[i].kmar_only || !(v[i].forms & SYNTH_CRIMINAL) || v[i].sector_criminal) continue;
        if (v[i].year != LAST && synth_happens(r, 0.15)) continue; /* unknown; in 2020 all are known */
        v[i].sector_criminal = (uint8_t)(1u << synth_choose(r, SYNTH_SECTORS_CRIMINAL, weight[v[i].year]));
    }
    return ST_OK;
}

status
synth_sectors_draw(const synth_published *p, const synth_targets *t, rng *r, size_t n, synth_victim victims[])
{
    CHECK(draw_sexual(t, r, n, victims));
    CHECK(draw_labour(p, r, n, victims));
    return draw_criminal(p, r, n, victims);
}
