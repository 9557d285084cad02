#include "synth/registers_internal.h"

#include <math.h>
#include <stdlib.h>

enum { DAYS_2 = 730, DAYS_5 = 1826, DAYS_7 = 2550, EACH_MOST = 12 };

static void
add_incident(registers_victim *v, int32_t day, int group)
{
    if (v->incidents < INCIDENTS_MOST) v->incident[v->incidents++] = (registers_incident){day, (int8_t)group};
}

/* A day that is a week away from all others where there is room, so that whether incidents within days are one case or two changes
 * little; never a day that is taken. */
static int32_t
free_day(rng *r, const registers_victim *v, int32_t low, int32_t high)
{
    int32_t day = high;
    for (int tries = 0; tries < 200; tries++) {
        int32_t apart = tries < 100 ? 7 : 0;
        bool taken = false;
        day = registers_between(r, low, high);
        for (int i = 0; i < v->incidents; i++) taken |= abs(v->incident[i].day - day) <= apart;
        if (!taken) break;
    }
    return day;
}

/* Times to persons: who is a victim several times has had the first one earlier. */
static status
deal_times(rng *r, registers_victim *v, size_t n, size_t again, const int32_t days[])
{
    SCRATCH(tmp);
    uint32_t *who[3];
    size_t count[3] = {0}, at[3] = {0};
    double *chance;
    bool *several;
    ALLOC(tmp, chance, again);
    ALLOC(tmp, several, again);
    for (int k = 0; k < 3; k++) ALLOC(tmp, who[k], n);
    for (size_t i = 0; i < n; i++) who[v[i].outcome][count[v[i].outcome]++] = (uint32_t)i;
    for (int k = 1; k < 3; k++) registers_shuffle_first(r, count[k], who[k], count[k]);
    for (size_t i = 0; i < again; i++) chance[i] = days[i] > DAYS_5 - 60 ? 0 : 0.7 - 0.4 * days[i] / DAYS_5;
    CHECK(synth_select(r, again, chance, (int64_t)count[2], several));
    for (size_t i = 0; i < again; i++) {
        int k = several[i] ? 2 : 1;
        registers_victim *of = &v[who[k][at[k]++]];
        add_incident(of, of->day + days[i], GROUP_OTHER);
    }
    return ST_OK;
}

/* Further incidents of those again victims several times: one each, the rest to who has some already more often. */
static status
deal_further(rng *r, registers_victim *v, size_t n, int further)
{
    SCRATCH(tmp);
    uint32_t *who;
    size_t several = 0;
    ALLOC(tmp, who, n + (size_t)further);
    for (size_t i = 0; i < n; i++)
        if (v[i].outcome == 2) who[several++] = (uint32_t)i;
    if (further < (int)several || further > (int)several * EACH_MOST)
        FAIL(ST_INFEASIBLE, "facts.csv: revict_5y_incidents: %d further incidents of %zu persons", further, several);
    for (size_t given = 0, tickets = several; given < (size_t)further;) {
        uint32_t i = given < several ? who[given] : who[rng_below(r, tickets)];
        if (v[i].incidents > EACH_MOST) continue;
        add_incident(&v[i], free_day(r, &v[i], v[i].incident[0].day + 1, v[i].day + DAYS_5), GROUP_OTHER);
        given++;
        if (given > several) who[tickets++] = i;
    }
    return ST_OK;
}

/* The persons of 2010-2015 who meet trafficking, a sexual offence or violence again: sets of groups with the printed sizes whose
 * union has the printed size. A person needs as many incidents as groups. */
typedef struct group_sets {
    int all, size[3]; /* of the union; trafficking, sexual, violence */
} group_sets;

static bool
may_be_trafficking(const registers_victim *v)
{
    return v->incident[0].day < registers_day(2016, 1, 1);
}

static void
mark(registers_victim *v, int group)
{
    for (int i = 0; i < v->incidents; i++)
        if (v->incident[i].group == GROUP_OTHER) {
            v->incident[i].group = (int8_t)group;
            return;
        }
}

static int
unmarked(const registers_victim *v)
{
    int n = 0;
    for (int i = 0; i < v->incidents; i++) n += v->incident[i].group == GROUP_OTHER;
    return n;
}

static bool
has_group(const registers_victim *v, int group)
{
    for (int i = 0; i < v->incidents; i++)
        if (v->incident[i].group == group) return true;
    return false;
}

/* First groups to all of the union: trafficking first, among those whose first new incident lies before 2016. */
static status
deal_first_groups(size_t n, registers_victim *const who[], const int first[3])
{
    size_t at = 0;
    for (size_t i = 0; i < n && (int)at < first[0]; i++) {
        if (!may_be_trafficking(who[i])) continue;
        who[i]->incident[0].group = GROUP_TRAFFICKING;
        at++;
    }
    if ((int)at < first[0]) FAIL(ST_INFEASIBLE, "facts.csv: revict_5y_trafficking: too few new incidents before 2016");
    for (size_t i = 0; i < n; i++) {
        if (who[i]->incident[0].group == GROUP_TRAFFICKING) continue;
        mark(who[i], (int)at < first[0] + first[1] ? GROUP_SEXUAL : GROUP_VIOLENCE);
        at++;
    }
    return ST_OK;
}

/* Second and third groups, to whoever has room. */
static status
deal_more_groups(rng *r, size_t n, registers_victim *const who[], const int more[3])
{
    for (int k = 0; k < 3; k++) {
        int left = more[k];
        size_t start = (size_t)rng_below(r, n);
        for (size_t i = 0; i < n && left; i++) {
            registers_victim *v = who[(start + i) % n];
            if (has_group(v, k) || !unmarked(v)) continue;
            if (k == GROUP_TRAFFICKING) { /* the first incident is the early one: what it was moves to another */
                if (!may_be_trafficking(v)) continue;
                int8_t other = v->incident[0].group;
                mark(v, other);
                v->incident[0].group = GROUP_TRAFFICKING;
            } else mark(v, k);
            left--;
        }
        if (left) FAIL(ST_INFEASIBLE, "facts.csv: too few persons with several incidents for the overlap of groups");
    }
    return ST_OK;
}

/* Again of a group they have met, up to the printed number of incidents. */
static void
deal_repeats(rng *r, size_t n, registers_victim *const who[], int group, int repeats)
{
    int32_t early = registers_day(2016, 1, 1);
    size_t start = (size_t)rng_below(r, n);
    for (size_t i = 0; i < 3 * n && repeats > 0; i++) {
        registers_victim *v = who[(start + i) % n];
        if (!has_group(v, group)) continue;
        for (int k = 0; k < v->incidents; k++)
            if (v->incident[k].group == GROUP_OTHER && (group != GROUP_TRAFFICKING || v->incident[k].day < early)) {
                v->incident[k].group = (int8_t)group;
                repeats--;
                break;
            }
    }
}

/* All that is left: property most, never one of the three groups, which would make more persons of them. */
static void
deal_rest(rng *r, registers_victim *v)
{
    static const double weight[GROUPS] = {[GROUP_PROPERTY] = 62, [GROUP_VANDALISM] = 14, [GROUP_TRAFFIC] = 8, [GROUP_OTHER] = 16};
    for (int i = 0; i < v->incidents; i++)
        if (v->incident[i].group == GROUP_OTHER) v->incident[i].group = (int8_t)synth_choose(r, GROUPS, weight);
}

static status
deal_groups(rng *r, const registers_facts *f, registers_victim *v, size_t n)
{
    SCRATCH(tmp);
    int five = (int)f->revict_5y_population;
    group_sets g = {(int)f->revict_5y_any_of_three,
                    {registers_share(f->revict_5y_trafficking, five), registers_share(f->revict_5y_sexual, five), registers_share(f->revict_5y_violence, five)}};
    int mentions = g.size[0] + g.size[1] + g.size[2], extra = mentions - g.all, first[3], more[3];
    for (int k = 0; k < 3; k++) {
        more[k] = (int)lround((double)extra * g.size[k] / mentions);
        if (k == 2) more[k] = extra - more[0] - more[1];
        first[k] = g.size[k] - more[k];
    }
    registers_victim **who;
    double *chance;
    bool *chosen;
    size_t again = 0, in = 0;
    ALLOC(tmp, who, n);
    ALLOC(tmp, chance, n);
    ALLOC(tmp, chosen, n);
    for (size_t i = 0; i < n; i++)
        if (v[i].outcome) who[again++] = &v[i];
    for (size_t i = 0; i < again; i++) chance[i] = who[i]->outcome == 2 ? 0.78 : 0.46;
    CHECK(synth_select(r, again, chance, g.all, chosen));
    for (size_t i = 0; i < again; i++)
        if (chosen[i]) who[in++] = who[i];
    /* in random order: what comes first is trafficking */
    for (size_t i = in; i > 1; i--) {
        size_t k = (size_t)rng_below(r, i);
        registers_victim *other = who[k];
        who[k] = who[i - 1];
        who[i - 1] = other;
    }
    CHECK(deal_first_groups(in, who, first));
    CHECK(deal_more_groups(r, in, who, more));
    deal_repeats(r, in, who, GROUP_TRAFFICKING, (int)f->revict_5y_trafficking_incidents - g.size[0]);
    deal_repeats(r, in, who, GROUP_SEXUAL, (int)f->revict_5y_sexual_incidents - g.size[1]);
    deal_repeats(r, in, who, GROUP_VIOLENCE, g.size[2] / 3);
    for (size_t i = 0; i < n; i++) deal_rest(r, &v[i]);
    return ST_OK;
}

/* After five years: so many of 2010-2013 for the first time within seven, others again; of 2014-2015 a few. */
static status
draw_after_five(rng *r, const registers_facts *f, registers_victim *v, size_t n)
{
    SCRATCH(tmp);
    uint32_t *who;
    size_t none = 0;
    int again = 0;
    ALLOC(tmp, who, n);
    for (size_t i = 0; i < n; i++) {
        if (v[i].year > 2013) {
            if (v[i].day + DAYS_5 + 5 < registers_last_day() && synth_happens(r, 0.06))
                add_incident(&v[i], registers_between(r, v[i].day + DAYS_5 + 5, registers_last_day()), registers_any_group(r, false));
        } else if (v[i].outcome) {
            again++;
            if (synth_happens(r, 0.3)) add_incident(&v[i], registers_between(r, v[i].day + DAYS_5 + 5, v[i].day + DAYS_7), registers_any_group(r, false));
        } else who[none++] = (uint32_t)i;
    }
    int first = registers_share(f->revict_7y, (int)f->revict_7y_population) - again;
    if (first < 0 || (size_t)first > none) FAIL(ST_INFEASIBLE, "facts.csv: revict_7y: fewer than within five years");
    registers_shuffle_first(r, none, who, (size_t)first);
    for (int i = 0; i < first; i++) {
        registers_victim *of = &v[who[i]];
        add_incident(of, registers_between(r, of->day + DAYS_5 + 5, of->day + DAYS_7), registers_any_group(r, false));
        if (synth_happens(r, 0.3)) add_incident(of, free_day(r, of, of->incident[0].day + 1, of->day + DAYS_7), registers_any_group(r, false));
    }
    return ST_OK;
}

static void
add_first(rng *r, registers_victim *v, int32_t low, int32_t high, bool several)
{
    double u = rng_uniform(r);
    add_incident(v, v->day + low + (int32_t)(u * u * (high - low)), registers_any_group(r, true));
    if (!several) return;
    for (int k = 1 + (int)rng_below(r, 3); k > 0; k--)
        add_incident(v, free_day(r, v, v->incident[0].day + 1, registers_last_day()), registers_any_group(r, true));
}

/* 2016: those again victims by the end of 2020, most within two years. 2017-2018: what the two years still lack. */
static status
draw_later(rng *r, const registers_facts *f, registers_victims *all, int within_two)
{
    SCRATCH(tmp);
    uint32_t *who;
    int left = (int)f->revict_2y - within_two;
    for (size_t i = all->block[1]; i < all->block[2]; i++) {
        registers_victim *v = &all->victim[i];
        bool soon = v->outcome && synth_happens(r, 0.72);
        if (!v->outcome) continue;
        left -= soon;
        if (soon) add_first(r, v, 3, DAYS_2 - 1, v->outcome == 2);
        else add_first(r, v, DAYS_2 + 3, registers_last_day() - v->day - 5, v->outcome == 2);
    }
    size_t n = all->block[3] - all->block[2];
    if (left < 0 || (size_t)left > n) FAIL(ST_INFEASIBLE, "facts.csv: revict_2y: %d of %zu persons of 2017-2018", left, n);
    ALLOC(tmp, who, n);
    for (size_t i = 0; i < n; i++) who[i] = (uint32_t)(all->block[2] + i);
    registers_shuffle_first(r, n, who, n);
    for (size_t i = 0; i < n; i++) {
        registers_victim *v = &all->victim[who[i]];
        if (i < (size_t)left) add_first(r, v, 3, DAYS_2 - 1, synth_happens(r, 0.45));
        else if (v->day + DAYS_2 + 30 < registers_last_day() && synth_happens(r, 0.05)) add_first(r, v, DAYS_2 + 3, registers_last_day() - v->day, false);
        v->outcome = v->incidents > 1 ? 2 : v->incidents;
    }
    for (size_t i = all->block[3]; i < all->n; i++) {
        registers_victim *v = &all->victim[i];
        int32_t days = registers_last_day() - v->day;
        if (days > 10 && synth_happens(r, 0.3 * days / DAYS_2)) add_first(r, v, 3, days, synth_happens(r, 0.2));
        v->outcome = v->incidents > 1 ? 2 : v->incidents;
    }
    return ST_OK;
}

/* A few die or leave the country, after everything that is known of them: not within the month after the index incident. */
static void
draw_leaving(rng *r, registers_victim *v)
{
    int32_t last = v->day + 30;
    for (int i = 0; i < v->incidents; i++)
        if (v->incident[i].day >= last) last = v->incident[i].day + 1;
    if (last >= registers_last_day() || !synth_happens(r, 0.08)) return;
    v->member->left = registers_between(r, last, registers_last_day());
    v->member->reason = synth_happens(r, 0.2) ? DIED : EMIGRATED;
}

status
registers_again_draw(registers *g)
{
    SCRATCH(tmp);
    rng r = rng_new(g->seed, STREAM_AGAIN);
    const registers_facts *f = &g->facts;
    registers_victims *all = &g->victims;
    size_t early = all->block[1], again = 0;
    int within_two = 0;
    for (size_t i = 0; i < early; i++) again += all->victim[i].outcome > 0;
    int32_t *days;
    ALLOC(tmp, days, again);
    CHECK(registers_times_find(&r, f, again, days));
    for (size_t i = 0; i < again; i++) within_two += days[i] <= DAYS_2;
    CHECK(deal_times(&r, all->victim, early, again, days));
    CHECK(deal_further(&r, all->victim, early, (int)f->revict_5y_incidents - (int)again));
    CHECK(deal_groups(&r, f, all->victim, early));
    CHECK(draw_after_five(&r, f, all->victim, early));
    CHECK(draw_later(&r, f, all, within_two));
    for (size_t i = 0; i < all->n; i++) draw_leaving(&r, &all->victim[i]);
    return ST_OK;
}
