/* Age at the first report of the year: shares under 23, minors in 2020, means. Whether persons of unknown age belong to the
 * denominator is not said: the shares come out as printed either way, which bounds the number of unknown ages. */
#include "synth/countries.h"
#include "synth/notifications.h"
#include "synth/select.h"

#include <math.h>

enum { LAST = SYNTH_YEARS - 1, PREVIOUS = SYNTH_YEARS - 2, ADULT = 18, GROWN = 23, OLDEST = 66, UNKNOWN_AGE = -1 };

typedef struct ages {
    size_t n;
    synth_victim *v;
    rng *r;
    uint32_t *at;
    double *chance;
    bool *chosen, *young; /* young: under 23 */
    int counted[SYNTH_YEARS], unknown[SYNTH_YEARS];
} ages;

/* Counts that print as `percent` of n and of n less the unknown. */
typedef struct window {
    int low, high;
} window;

static window
window_of(double percent, int n, int unknown)
{
    return (window){(int)ceil((percent - 0.5) / 100 * n), (int)ceil((percent + 0.5) / 100 * (n - unknown)) - 1};
}

/* FairWork's victims of labour exploitation whom nobody else reported may have no known age. */
static status
draw_unknown(const double under[SYNTH_YEARS], ages *a)
{
    for (int y = 0; y < SYNTH_YEARS; y++) {
        int most = a->counted[y] / 28;
        while (under[y] > 0 && most > 0 && window_of(under[y], a->counted[y], most).high <= window_of(under[y], a->counted[y], most).low) most--;
        size_t m = 0;
        for (size_t i = 0; i < a->n; i++) {
            const synth_victim *x = &a->v[i];
            if (x->year != y || x->kmar_only || x->main != SYNTH_MAIN_LABOUR || x->reporters != 1u << SYNTH_FAIRWORK) continue;
            a->chance[m] = 0.1;
            a->at[m++] = (uint32_t)i;
        }
        int count = (int)(most * (0.8 + 0.2 * rng_uniform(a->r)));
        if ((size_t)count > m / 3) count = (int)(m / 3);
        a->unknown[y] = count;
        CHECK(synth_select(a->r, m, a->chance, count, a->chosen));
        for (size_t i = 0; i < m; i++)
            if (a->chosen[i]) a->v[a->at[i]].age = UNKNOWN_AGE;
    }
    return ST_OK;
}

static bool
is_labour(const synth_victim *v)
{
    return v->main == SYNTH_MAIN_LABOUR;
}

static bool
has_labour_too(const synth_victim *v)
{
    return v->main < SYNTH_MAIN_LABOUR && (v->forms & SYNTH_LABOUR);
}

static bool
is_other(const synth_victim *v)
{
    return !is_labour(v) && !has_labour_too(v);
}

/* Exactly `count` victims of known age in these years and of this kind are under 23. */
static status
draw_young(ages *a, int year, bool (*belongs)(const synth_victim *), int count)
{
    static const double chance[SYNTH_MAINS] = {0.72, 0.33, 0.08, 0.38, 0.45};
    size_t m = 0;
    for (size_t i = 0; i < a->n; i++) {
        const synth_victim *x = &a->v[i];
        if (x->kmar_only || x->age == UNKNOWN_AGE || (year >= 0 && x->year != year) || !belongs(x)) continue;
        a->chance[m] = chance[x->main];
        a->at[m++] = (uint32_t)i;
    }
    CHECK(synth_select(a->r, m, a->chance, count, a->chosen));
    for (size_t i = 0; i < m; i++) a->young[a->at[i]] = a->chosen[i];
    return ST_OK;
}

/* Of labour exploitation: by main form, and with those who suffered it beside sexual exploitation. */
static status
draw_young_labour(double percent, ages *a)
{
    int main = 0, too = 0, unknown = 0;
    for (size_t i = 0; i < a->n; i++) {
        if (a->v[i].kmar_only) continue;
        main += is_labour(&a->v[i]), too += has_labour_too(&a->v[i]);
    }
    for (int y = 0; y < SYNTH_YEARS; y++) unknown += a->unknown[y];
    window alone = window_of(percent, main, unknown), any = window_of(percent, main + too, unknown);
    if (alone.low > alone.high || any.low > any.high) FAIL(ST_INFEASIBLE, "too many unknown ages for the share under 23");
    int count = synth_between(a->r, alone.low, alone.high);
    int beside = (any.low + any.high) / 2 - count;
    beside = beside < 0 ? 0 : beside > too ? too : beside;
    CHECK(draw_young(a, -1, is_labour, count));
    return draw_young(a, -1, has_labour_too, beside);
}

/* How many are under 23 in each year: as printed where it is, the rest from the share over all years. */
static status
count_young(const synth_published *p, const double under[SYNTH_YEARS], ages *a, int count[SYNTH_YEARS])
{
    double share;
    CHECK(synth_fact_get(p, "under_23_2016_2020", &share));
    int all = 0, unknown = 0, open = 0;
    for (int y = 0; y < SYNTH_YEARS; y++) {
        all += a->counted[y], unknown += a->unknown[y];
        if (under[y] < 0) open += a->counted[y];
    }
    window w = window_of(share, all, unknown);
    if (w.low > w.high) FAIL(ST_INFEASIBLE, "too many unknown ages for the share under 23");
    int rest = synth_between(a->r, w.low, w.high), last_open = -1;
    for (int y = 0; y < SYNTH_YEARS; y++) {
        if (under[y] < 0) {
            last_open = y;
            continue;
        }
        window own = window_of(under[y], a->counted[y], a->unknown[y]);
        if (own.low > own.high) FAIL(ST_INFEASIBLE, "too many unknown ages for the share under 23");
        count[y] = synth_between(a->r, own.low, own.high);
        rest -= count[y];
    }
    int left = rest;
    for (int y = 0; y < SYNTH_YEARS; y++) {
        if (under[y] >= 0) continue;
        count[y] = y == last_open ? left : (int)lround(rest * (double)a->counted[y] / open) + synth_between(a->r, 0, 24);
        left -= count[y];
    }
    return ST_OK;
}

static status
draw_minors(const synth_published *p, ages *a)
{
    static const double chance[SYNTH_MAINS] = {0.45, 0.14, 0.10, 0.35, 0.70};
    double minors;
    CHECK(synth_fact_get(p, "minors_2020", &minors));
    size_t m = 0;
    for (size_t i = 0; i < a->n; i++) {
        synth_victim *x = &a->v[i];
        if (!a->young[i]) continue;
        bool minor = synth_happens(a->r, chance[x->main]);
        if (x->year == LAST) a->chance[m] = chance[x->main], a->at[m++] = (uint32_t)i;
        x->age = minor ? 0 : ADULT;
    }
    CHECK(synth_select(a->r, m, a->chance, (int64_t)minors, a->chosen));
    for (size_t i = 0; i < m; i++) a->v[a->at[i]].age = a->chosen[i] ? 0 : ADULT;
    return ST_OK;
}

static void
draw_years_of_age(ages *a)
{
    static const double minor[18] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.4, 1, 2, 4, 7, 10, 12};
    static const double mean[SYNTH_MAINS] = {6, 5.5, 14, 6, 9};
    for (size_t i = 0; i < a->n; i++) {
        synth_victim *x = &a->v[i];
        if (x->age == UNKNOWN_AGE) continue;
        if (a->young[i]) {
            x->age = x->age < ADULT ? (int8_t)synth_choose(a->r, 18, minor) : (int8_t)synth_between(a->r, ADULT, GROWN - 1);
            continue;
        }
        double over = -log(1 - rng_uniform(a->r)) * (x->kmar_only ? 7 : mean[x->main]);
        int from = x->kmar_only ? ADULT + 1 : GROWN;
        x->age = (int8_t)(from + (over > OLDEST - from ? synth_between(a->r, 0, 20) : (int)over));
    }
}

/* Move ages of grown victims by single years until the mean over all that belong is `mean`; only `movable` ones move. */
static status
meet_mean(ages *a, int year, bool (*belongs)(const synth_victim *), bool (*movable)(const synth_victim *), double mean)
{
    int64_t sum = 0, n = 0;
    size_t m = 0;
    for (size_t i = 0; i < a->n; i++) {
        const synth_victim *x = &a->v[i];
        if (x->kmar_only || x->age == UNKNOWN_AGE || (year >= 0 && x->year != year) || (belongs && !belongs(x))) continue;
        sum += x->age, n++;
        if (x->age >= GROWN && movable(x)) a->at[m++] = (uint32_t)i;
    }
    int64_t off = (int64_t)lround(mean * (double)n) - sum;
    for (int64_t tries = 0; off != 0 && m > 0 && tries < 4000000; tries++) {
        synth_victim *x = &a->v[a->at[rng_below(a->r, m)]];
        int8_t to = (int8_t)(x->age + (off > 0 ? 1 : -1));
        if (to < GROWN || to > OLDEST) continue;
        x->age = to;
        off -= off > 0 ? 1 : -1;
    }
    if (off != 0) FAIL(ST_INFEASIBLE, "no ages found that give the printed mean");
    return ST_OK;
}

/* The printed means are met in completed years and in exact years (half a year more), both rounded. */
static status
meet_means(const synth_published *p, ages *a)
{
    double labour, previous, last;
    CHECK(synth_fact_get(p, "mean_age_labour", &labour));
    CHECK(synth_fact_get(p, "mean_age_2019", &previous));
    CHECK(synth_fact_get(p, "mean_age_2020", &last));
    double jitter = 0.1 * rng_uniform(a->r) - 0.05;
    CHECK(meet_mean(a, -1, is_labour, is_labour, labour - 0.1 + jitter));
    CHECK(meet_mean(a, PREVIOUS, NULL, is_other, previous - 0.25 + 3 * jitter));
    return meet_mean(a, LAST, NULL, is_other, last - 0.25 - 3 * jitter);
}

status
synth_age_draw(const synth_published *p, rng *r, size_t n, synth_victim victims[])
{
    SCRATCH(tmp);
    ages a = {.n = n, .v = victims, .r = r};
    ALLOC(tmp, a.at, n);
    ALLOC(tmp, a.chance, n);
    ALLOC(tmp, a.chosen, n);
    ALLOC(tmp, a.young, n);
    for (size_t i = 0; i < n; i++) {
        victims[i].age = GROWN;
        if (!victims[i].kmar_only) a.counted[victims[i].year]++;
    }
    double under[SYNTH_YEARS] = {-1, -1, -1, -1, -1}, labour;
    CHECK(synth_fact_get(p, "under_23_2016", &under[0]));
    CHECK(synth_fact_get(p, "under_23_2019", &under[PREVIOUS]));
    CHECK(synth_fact_get(p, "under_23_2020", &under[LAST]));
    CHECK(synth_fact_get(p, "under_23_labour", &labour));
    int count[SYNTH_YEARS];
    CHECK(draw_unknown(under, &a));
    CHECK(count_young(p, under, &a, count));
    CHECK(draw_young_labour(labour, &a));
    for (size_t i = 0; i < n; i++)
        if (a.young[i]) count[victims[i].year]--;
    for (int y = 0; y < SYNTH_YEARS; y++) CHECK(draw_young(&a, y, is_other, count[y]));
    CHECK(draw_minors(p, &a));
    draw_years_of_age(&a);
    return meet_means(p, &a);
}
