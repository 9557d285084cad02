#include "synth/registers_internal.h"

#include <math.h>

enum { BLOCK_EARLY, BLOCK_2016, BLOCK_2017_2018, BLOCK_2019, BLOCK_2020, BLOCKS };

/* Exact numbers by block; the published ones hold for 2010-2015, 2010-2018 and 2016-2019. */
typedef struct victim_plan {
    int persons[BLOCKS], women[BLOCKS], ages[BLOCKS][AGE_GROUPS], kinds[BLOCKS][KINDS];
    int known_early, sexual_early; /* of 2010-2015: form known, and sexual */
    registers_outcomes outcomes;
} victim_plan;

/* `part` of `whole` persons, in proportion. */
static int
portion(int count, int part, int whole)
{
    return (int)lround((double)count * part / whole);
}

static status
plan_persons(const registers_facts *f, victim_plan *p)
{
    int two = (int)f->revict_2y_population, five = (int)f->revict_5y_population, help = (int)f->help_population;
    p->persons[BLOCK_EARLY] = five;
    p->persons[BLOCK_2016] = (int)f->revict_5y_form_population * 10 / 9; /* a tenth of unknown form */
    p->persons[BLOCK_2017_2018] = two - five - p->persons[BLOCK_2016];
    p->persons[BLOCK_2019] = help - (two - five);
    p->persons[BLOCK_2020] = (int)f->revict_population - two - p->persons[BLOCK_2019];
    for (int b = 0; b < BLOCKS; b++)
        if (p->persons[b] <= 0) FAIL(ST_INFEASIBLE, "facts.csv: the populations followed 2, 5 and 7 years and of help leave nobody in some year");
    return ST_OK;
}

/* Ages of the help population in proportion over 2016, 2017-2018, 2019; those of 2010-2015 are what 2010-2018 leaves. */
static void
plan_ages(const registers_facts *f, victim_plan *p)
{
    int help = (int)f->help_population, two = (int)f->revict_2y_population;
    int all[AGE_GROUPS] = {(int)f->help_minors, (int)f->help_adolescents, 0};
    int nine[AGE_GROUPS] = {registers_share(f->revict_minors, two), registers_share(f->revict_adolescents, two), 0};
    for (int k = 0; k < GROWN; k++) {
        int first = portion(all[k], p->persons[BLOCK_2016], help), second = portion(all[k], p->persons[BLOCK_2017_2018], help);
        p->ages[BLOCK_2016][k] = first;
        p->ages[BLOCK_2017_2018][k] = second;
        p->ages[BLOCK_2019][k] = all[k] - first - second;
        p->ages[BLOCK_EARLY][k] = nine[k] - first - second;
        p->ages[BLOCK_2020][k] = portion(all[k], p->persons[BLOCK_2020], help);
    }
    for (int b = 0; b < BLOCKS; b++) p->ages[b][GROWN] = p->persons[b] - p->ages[b][MINOR] - p->ages[b][ADOLESCENT];
}

static void
plan_women(const registers_facts *f, victim_plan *p)
{
    int help = (int)f->help_population, later = (int)f->revict_women - p->outcomes.women;
    int both = p->persons[BLOCK_2016] + p->persons[BLOCK_2017_2018];
    p->women[BLOCK_EARLY] = p->outcomes.women;
    p->women[BLOCK_2016] = portion(later, p->persons[BLOCK_2016], both);
    p->women[BLOCK_2017_2018] = later - p->women[BLOCK_2016];
    p->women[BLOCK_2019] = (int)f->help_women - later;
    p->women[BLOCK_2020] = portion((int)f->help_women, p->persons[BLOCK_2020], help);
}

/* The five printed percentages lack a point or two to 100: what is missing goes round, within their rounding. */
static void
plan_form_totals(const registers_facts *f, int total[5])
{
    double percent[5] = {f->help_form_domestic_sexual, f->help_form_cross_border_sexual, f->help_form_criminal, f->help_form_labour,
                         f->help_form_unknown};
    int n = (int)f->help_population, left = n;
    for (int i = 0; i < 5; i++) left -= total[i] = registers_share(percent[i], n);
    for (int i = 0; left > 0; i = (i + 1) % 5) total[i]++, left--;
    for (int i = 0; left < 0; i = (i + 1) % 5) total[i]--, left++;
}

/* Of the unknown: the general code, other forms, sexual exploitation of unknown nationality. */
static void
plan_kinds(const registers_facts *f, victim_plan *p)
{
    int total[5], all[KINDS] = {0};
    plan_form_totals(f, total);
    int general[BLOCKS] = {0, p->persons[BLOCK_2016] - (int)f->revict_5y_form_population, p->persons[BLOCK_2017_2018] / 24,
                           p->persons[BLOCK_2019] / 44, p->persons[BLOCK_2020] / 50};
    all[KIND_DOMESTIC] = total[0];
    all[KIND_CROSS_BORDER] = total[1];
    all[KIND_CRIMINAL] = total[2];
    all[KIND_LABOUR] = total[3];
    all[KIND_GENERAL] = general[BLOCK_2016] + general[BLOCK_2017_2018] + general[BLOCK_2019];
    all[KIND_OTHER] = (total[4] - all[KIND_GENERAL]) * 3 / 5;
    all[KIND_NO_NATIONALITY] = total[4] - all[KIND_GENERAL] - all[KIND_OTHER];
    int sexual = all[KIND_DOMESTIC] + all[KIND_CROSS_BORDER] + all[KIND_NO_NATIONALITY];
    int others = all[KIND_CRIMINAL] + all[KIND_LABOUR] + all[KIND_OTHER];
    for (int b = BLOCK_2016; b <= BLOCK_2020; b++) {
        int known = p->persons[b] - general[b], s = b == BLOCK_2016 ? p->outcomes.sexual : portion(known, sexual, sexual + others);
        int *k = p->kinds[b];
        k[KIND_GENERAL] = general[b];
        k[KIND_CROSS_BORDER] = portion(s, all[KIND_CROSS_BORDER], sexual);
        k[KIND_NO_NATIONALITY] = portion(s, all[KIND_NO_NATIONALITY], sexual);
        k[KIND_DOMESTIC] = s - k[KIND_CROSS_BORDER] - k[KIND_NO_NATIONALITY];
        k[KIND_CRIMINAL] = portion(known - s, all[KIND_CRIMINAL], others);
        k[KIND_LABOUR] = portion(known - s, all[KIND_LABOUR], others);
        k[KIND_OTHER] = known - s - k[KIND_CRIMINAL] - k[KIND_LABOUR];
    }
    for (int i = 0; i < KINDS; i++) p->kinds[BLOCK_2019][i] = all[i] - p->kinds[BLOCK_2016][i] - p->kinds[BLOCK_2017_2018][i];
    const int *a = p->kinds[BLOCK_2016], *c = p->kinds[BLOCK_2017_2018];
    p->known_early = (int)f->revict_form_known - (p->persons[BLOCK_2016] + p->persons[BLOCK_2017_2018] - a[KIND_GENERAL] - c[KIND_GENERAL]);
    p->sexual_early = registers_share(f->revict_form_sexual, (int)f->revict_form_known);
    for (int i = 0; i <= KIND_NO_NATIONALITY; i++) p->sexual_early -= a[i] + c[i];
}

static status
plan_check(const victim_plan *p, int seven)
{
    bool good = seven <= p->persons[BLOCK_EARLY] && p->known_early >= p->sexual_early && p->sexual_early >= 0 && p->known_early <= p->persons[BLOCK_EARLY];
    for (int b = 0; b < BLOCKS; b++) {
        good = good && p->persons[b] > 0 && p->women[b] >= 0 && p->women[b] <= p->persons[b];
        for (int k = 0; k < AGE_GROUPS; k++) good = good && p->ages[b][k] >= 0;
        for (int k = 0; k < KINDS; k++) good = good && p->kinds[b][k] >= 0;
    }
    if (!good) FAIL(ST_INFEASIBLE, "facts.csv: the numbers of victims by year, sex, age and form leave fewer than none somewhere");
    return ST_OK;
}

static status
plan(rng *r, const registers_facts *f, victim_plan *p)
{
    CHECK(plan_persons(f, p));
    plan_ages(f, p);
    /* in 2016-2018 as in 2016-2019; the rest of the women of 2010-2018 are of 2010-2015 */
    int women = (int)f->revict_women - portion((int)f->help_women, p->persons[BLOCK_2016] + p->persons[BLOCK_2017_2018], (int)f->help_population);
    CHECK(registers_outcomes_find(r, f, women, p->ages[BLOCK_EARLY], &p->outcomes));
    plan_women(f, p);
    plan_kinds(f, p);
    return plan_check(p, (int)f->revict_7y_population);
}

/* Ages of minors lie around fifteen, of the grown ones they fall. */
static int
draw_age(rng *r, int group)
{
    static const double minors[] = {1, 1, 2, 4, 8, 15, 24, 27, 18}; /* 9 .. 17 */
    if (group == MINOR) return 9 + (int)synth_choose(r, 9, minors);
    if (group == ADOLESCENT) return 18 + (int)rng_below(r, 5);
    double age = 23 - 11 * log(1 - rng_uniform(r) * 0.98);
    return age > 70 ? 70 : (int)age;
}

/* Numbers dealt in random order: place i of n gets value k for counts[k] of them. */
static status
deal(rng *r, size_t n, int kinds, const int counts[], int8_t *into, size_t step)
{
    SCRATCH(tmp);
    uint32_t *order;
    ALLOC(tmp, order, n);
    for (size_t i = 0; i < n; i++) order[i] = (uint32_t)i;
    registers_shuffle_first(r, n, order, n);
    size_t at = 0;
    for (int k = 0; k < kinds; k++)
        for (int i = 0; i < counts[k] && at < n; i++) *(int8_t *)((char *)into + order[at++] * step) = (int8_t)k;
    return ST_OK;
}

/* The women of a block: exactly so many, more often where the form and age make it likely. */
static status
choose_women(rng *r, registers_victim *v, size_t n, int women)
{
    static const double chance[KINDS] = {[KIND_DOMESTIC] = 0.95, [KIND_CROSS_BORDER] = 0.88, [KIND_NO_NATIONALITY] = 0.85,
                                         [KIND_CRIMINAL] = 0.25, [KIND_LABOUR] = 0.3, [KIND_OTHER] = 0.5, [KIND_GENERAL] = 0.7};
    SCRATCH(tmp);
    double *p;
    bool *chosen;
    ALLOC(tmp, p, n);
    ALLOC(tmp, chosen, n);
    for (size_t i = 0; i < n; i++) p[i] = chance[v[i].kind];
    CHECK(synth_select(r, n, p, women, chosen));
    for (size_t i = 0; i < n; i++) v[i].sex = chosen[i] ? FEMALE : MALE;
    return ST_OK;
}

/* Exactly so many of age group k within a block: of the minors two thirds are victims of domestic sexual exploitation. */
static status
choose_age(rng *r, registers_victim *v, size_t n, const victim_plan *p, int block, double domestic)
{
    SCRATCH(tmp);
    double *chance;
    bool *chosen;
    ALLOC(tmp, chance, n);
    ALLOC(tmp, chosen, n);
    int minors = p->ages[block][MINOR], of_domestic = (int)lround(domestic * minors);
    for (int pass = 0; pass < 2; pass++) {
        int have = 0, count = pass == 0 ? of_domestic : minors - of_domestic;
        for (size_t i = 0; i < n; i++) {
            bool may = (v[i].kind == KIND_DOMESTIC) == (pass == 0);
            chance[i] = may ? 0.5 : 0;
            have += may;
        }
        if (count > have) FAIL(ST_INFEASIBLE, "facts.csv: more minors of a form than victims of it");
        CHECK(synth_select(r, n, chance, count, chosen));
        for (size_t i = 0; i < n; i++)
            if (chosen[i]) v[i].age = MINOR + 1;
    }
    for (size_t i = 0; i < n; i++) chance[i] = v[i].age ? 0 : v[i].kind == KIND_DOMESTIC ? 0.45 : 0.25;
    CHECK(synth_select(r, n, chance, p->ages[block][ADOLESCENT], chosen));
    for (size_t i = 0; i < n; i++) v[i].age = v[i].age ? MINOR : chosen[i] ? ADOLESCENT : GROWN;
    return ST_OK;
}

/* 2010-2015: age, then whether again a victim, then sex; the form of few is known. */
static status
draw_early(rng *r, registers_victim *v, const victim_plan *p)
{
    size_t n = (size_t)p->persons[BLOCK_EARLY], at = 0;
    const registers_outcomes *o = &p->outcomes;
    for (int age = 0; age < AGE_GROUPS; age++)
        for (int again = 0; again < 3; again++)
            for (int i = 0; i < o->by_age[age][again]; i++, at++) {
                v[at].age = (int8_t)age;
                v[at].outcome = (int8_t)again;
            }
    int men[3] = {(int)n - o->women - o->men_once - o->men_several, o->men_once, o->men_several};
    SCRATCH(tmp);
    uint32_t *who;
    ALLOC(tmp, who, n);
    for (int again = 0; again < 3; again++) {
        size_t found = 0;
        for (size_t i = 0; i < n; i++)
            if (v[i].outcome == again) who[found++] = (uint32_t)i;
        registers_shuffle_first(r, found, who, (size_t)men[again]);
        for (int i = 0; i < men[again]; i++) v[who[i]].sex = MALE;
    }
    for (size_t i = 0; i < n; i++) who[i] = (uint32_t)i, v[i].kind = KIND_GENERAL;
    registers_shuffle_first(r, n, who, (size_t)p->known_early);
    static const victim_kind sexual[] = {KIND_DOMESTIC, KIND_CROSS_BORDER}, other[] = {KIND_CRIMINAL, KIND_LABOUR, KIND_OTHER};
    for (int i = 0; i < p->known_early; i++)
        v[who[i]].kind = (int8_t)(i < p->sexual_early ? sexual[rng_below(r, 2)] : other[rng_below(r, 3)]);
    return ST_OK;
}

/* 2016: whether again a victim by form. */
static void
again_by_form(rng *r, registers_victim *v, size_t n, const registers_outcomes *o)
{
    int left[2][3];
    memcpy(left, o->by_form, sizeof left);
    for (size_t i = 0; i < n; i++) {
        if (v[i].kind == KIND_GENERAL) {
            v[i].outcome = (int8_t)(synth_happens(r, 0.38) ? 1 + rng_below(r, 2) : 0);
            continue;
        }
        int *row = left[v[i].kind > KIND_NO_NATIONALITY], k = 0;
        int64_t at = (int64_t)rng_below(r, (uint64_t)(row[0] + row[1] + row[2]));
        while (at >= row[k]) at -= row[k++];
        row[k]--;
        v[i].outcome = (int8_t)k;
    }
}

static status
draw_block(rng *r, registers_victim *v, const victim_plan *p, int block, double domestic)
{
    size_t n = (size_t)p->persons[block];
    CHECK(deal(r, n, KINDS, p->kinds[block], &v->kind, sizeof *v));
    CHECK(choose_age(r, v, n, p, block, domestic));
    CHECK(choose_women(r, v, n, p->women[block]));
    if (block == BLOCK_2016) again_by_form(r, v, n, &p->outcomes);
    return ST_OK;
}

/* The years of 2010-2015: of those again victims within five years, as many share in 2010-2013 as of all. */
static status
draw_early_years(rng *r, registers_victim *v, size_t n, const registers_facts *f)
{
    static const double weight[2][4] = {{16, 19, 22, 27}, {21.5, 21.5, 0, 0}};
    int first = (int)f->revict_7y_population, again = portion((int)f->revict_5y, first, (int)n);
    SCRATCH(tmp);
    uint32_t *who;
    ALLOC(tmp, who, n);
    for (int pass = 0; pass < 2; pass++) {
        size_t found = 0, count = (size_t)(pass ? again : first - again);
        for (size_t i = 0; i < n; i++)
            if ((v[i].outcome > 0) == pass) who[found++] = (uint32_t)i;
        registers_shuffle_first(r, found, who, found);
        for (size_t i = 0; i < found; i++)
            v[who[i]].year = (int16_t)(i < count ? 2010 + synth_choose(r, 4, weight[0]) : 2014 + synth_choose(r, 2, weight[1]));
    }
    return ST_OK;
}

/* Offence code, nationality and dates. The period ends in the year of registration and at most four months before it: who is
 * registered in 2016-2019 is so by either date. */
static void
draw_particulars(rng *r, registers_victim *v, bool later)
{
    static const int8_t codes[KINDS] = {F561, F561, F561, F563, F562, F565, F5293};
    v->offence = codes[v->kind];
    if (v->kind == KIND_OTHER && synth_happens(r, 0.02)) v->offence = F564;
    v->dutch = v->kind == KIND_DOMESTIC ? YES : v->kind == KIND_CROSS_BORDER || v->kind == KIND_LABOUR ? NO : synth_happens(r, 0.5) ? YES : NO;
    if (v->kind == KIND_NO_NATIONALITY) v->dutch = INT8_MIN;
    v->day = registers_day_in(r, v->year);
    int32_t first = registers_day(v->year, 1, 1), earliest = v->day - 120;
    v->period_end = registers_between(r, later && earliest < first ? first : earliest, v->day);
    v->period_start = v->period_end - (int32_t)(-240 * log(1 - rng_uniform(r) * 0.99));
    v->member->sex = v->sex;
    v->member->left = DATE_MISSING;
    v->member->reason = INT8_MIN;
    v->member->birth_year = (int16_t)(v->year - 1 - draw_age(r, v->age));
}

status
registers_victims_draw(registers *g)
{
    rng r = rng_new(g->seed, STREAM_VICTIMS);
    const registers_facts *f = &g->facts;
    victim_plan p = {0};
    CHECK(plan(&r, f, &p));
    registers_victims *all = &g->victims;
    for (int b = 0; b < BLOCKS; b++) all->block[b + 1] = all->block[b] + (size_t)p.persons[b];
    all->n = all->block[BLOCKS];
    ALLOC(g->memory, all->victim, all->n);
    CHECK(draw_early(&r, all->victim, &p));
    CHECK(draw_early_years(&r, all->victim, all->block[1], f));
    for (int b = BLOCK_2016; b < BLOCKS; b++)
        CHECK(draw_block(&r, all->victim + all->block[b], &p, b, f->help_minors_domestic_sexual / 100));
    for (size_t i = 0; i < all->n; i++) {
        registers_victim *v = &all->victim[i];
        static const int16_t years[BLOCKS] = {0, 2016, 2017, 2019, 2020};
        int b = 0;
        while (i >= all->block[b + 1]) b++;
        if (b) v->year = (int16_t)(years[b] + (b == BLOCK_2017_2018 && i % 2));
        v->member = &g->member[g->members++];
        draw_particulars(&r, v, b != BLOCK_EARLY);
    }
    return ST_OK;
}
