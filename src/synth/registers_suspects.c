#include "synth/registers_internal.h"

#include <math.h>

enum { SUSPECTS_PENDING = 9, SUSPECTS_VICTIMS = 60, FLAGS = RECIDIVISM_FLAGS,
       TWO_YEARS = 725, FIVE_YEARS = 1820, NOT_TWO_YEARS = 735 };

typedef registers_suspect suspect;
typedef registers_offender offender;

static registers_member *
new_member(registers *g, rng *r, int year, bool young)
{
    registers_member *m = &g->member[g->members++];
    int age = young ? 16 + (int)rng_below(r, 7) : 23 + (int)(-12 * log(1 - rng_uniform(r) * 0.95));
    *m = (registers_member){.birth_year = (int16_t)(year - 1 - age), .sex = synth_happens(r, 0.84) ? MALE : FEMALE, .left = DATE_MISSING, .reason = INT8_MIN};
    return m;
}

/* Forms in fixed shares, then exactly the printed share of the young of each. */
static status
draw_forms(rng *r, const registers_facts *f, size_t n, suspect s[])
{
    static const int share[FORMS] = {[FORM_DOMESTIC] = 34, [FORM_CROSS_BORDER] = 24, [FORM_LABOUR] = 10, [FORM_CRIMINAL] = 12, [FORM_GENERAL] = 8};
    double young[FORMS] = {[FORM_DOMESTIC] = f->offenders_under_23_domestic_sexual, [FORM_CRIMINAL] = f->offenders_under_23_criminal,
                           [FORM_CROSS_BORDER] = 14, [FORM_LABOUR] = 4, [FORM_GENERAL] = 15, [FORM_UNKNOWN] = 15};
    SCRATCH(tmp);
    uint32_t *order;
    ALLOC(tmp, order, n);
    for (size_t i = 0; i < n; i++) order[i] = (uint32_t)i, s[i].form = FORM_UNKNOWN;
    registers_shuffle_first(r, n, order, n);
    for (size_t form = 0, at = 0; form < FORMS; form++) {
        size_t count = form == FORM_UNKNOWN ? n - at : (size_t)share[form] * n / 100;
        int youths = registers_share(young[form], (int)count);
        for (size_t i = 0; i < count; i++, at++) {
            s[order[at]].form = (int8_t)form;
            s[order[at]].young = (int)i < youths;
        }
    }
    return ST_OK;
}

/* Some suspects are known as victims: of forms whose share of the young is not published. */
static registers_member *
victim_as_suspect(registers *g, rng *r, bool used[])
{
    for (int tries = 0; tries < 1000; tries++) {
        size_t i = (size_t)rng_below(r, g->victims.n);
        if (used[i] || g->victims.victim[i].age == MINOR || g->victims.victim[i].member->left != DATE_MISSING) continue;
        used[i] = true;
        return g->victims.victim[i].member;
    }
    return NULL;
}

static status
choose_decisions(rng *r, const registers_facts *f, size_t n, suspect s[])
{
    SCRATCH(tmp);
    double *chance;
    bool *chosen;
    ALLOC(tmp, chance, n);
    ALLOC(tmp, chosen, n);
    for (size_t i = 0; i < n; i++) chance[i] = s[i].day > registers_day(YEAR_LAST, 7, 1) ? 0.5 : 0;
    CHECK(synth_select(r, n, chance, SUSPECTS_PENDING, chosen));
    for (size_t i = 0; i < n; i++) {
        s[i].prosecution = chosen[i] ? CASE_PENDING : CASE_PROSECUTED;
        chance[i] = chosen[i] ? 0 : 0.45;
    }
    /* prints the same of those decided and of all */
    CHECK(synth_select(r, n, chance, registers_share(f->offenders_dismissed, (int)n - SUSPECTS_PENDING / 2), chosen));
    for (size_t i = 0; i < n; i++)
        if (chosen[i]) s[i].prosecution = CASE_DISMISSED;
    return ST_OK;
}

static void
draw_flow(rng *r, suspect *s)
{
    s->decision = s->verdict = INT32_MIN;
    s->outcome = VERDICT_NONE;
    if (s->prosecution == CASE_PENDING) return;
    s->decision = s->day + 20 + (int32_t)rng_below(r, 400);
    if (s->decision > registers_last_day()) s->decision = registers_between(r, s->day, registers_last_day());
    if (s->prosecution != CASE_PROSECUTED) return;
    int32_t verdict = s->decision + 60 + (int32_t)rng_below(r, 400);
    if (verdict > registers_last_day() || synth_happens(r, 0.04)) return;
    s->verdict = verdict;
    s->outcome = synth_happens(r, 0.76) ? VERDICT_CONVICTED : VERDICT_ACQUITTED;
}

static status
put_suspect(registers *g, rng *r, const suspect *s)
{
    static const int8_t offence[FORMS] = {F5293, F561, F561, F562, F563, F565};
    int32_t end = s->day - (int32_t)rng_below(r, 90);
    CHECK(registers_rows_add(&g->suspects, (const int32_t[]){s->member->person, s->day, s->form, s->member->sex, s->member->birth_year,
                                                             s->prosecution, s->outcome, s->decision, s->verdict}));
    return registers_rows_add(&g->incidents, (const int32_t[]){
        s->member->person, BY_NUMBER, s->member->sex, s->member->birth_year, s->day, end - (int32_t)rng_below(r, 300), end,
        offence[s->form], GROUP_TRAFFICKING, SUSPECT, (int32_t)(1 + rng_below(r, g->cases)), INT32_MIN});
}

static status
draw_suspects(registers *g, rng *r, size_t n, suspect s[])
{
    static const double weight[] = {27, 24, 23, 21, 20};
    SCRATCH(tmp);
    bool *used;
    ALLOC(tmp, used, g->victims.n);
    CHECK(draw_forms(r, &g->facts, n, s));
    int victims = SUSPECTS_VICTIMS;
    for (size_t i = 0; i < n; i++) {
        int year = 2016 + (int)synth_choose(r, 5, weight);
        bool open = s[i].form == FORM_CROSS_BORDER || s[i].form == FORM_UNKNOWN || s[i].form == FORM_GENERAL;
        s[i].day = registers_day_in(r, year);
        if (open && victims) s[i].member = victim_as_suspect(g, r, used);
        if (s[i].member) victims--;
        else s[i].member = new_member(g, r, year, s[i].young);
    }
    CHECK(choose_decisions(r, &g->facts, n, s));
    for (size_t i = 0; i < n; i++) draw_flow(r, &s[i]);
    return ST_OK;
}

/* Exactly `percent` of those marked `in` get the flag, by chance of 0.5 each. */
static status
choose_share(rng *r, size_t n, const bool in[], double percent, bool chosen[])
{
    SCRATCH(tmp);
    double *chance;
    int count = 0;
    ALLOC(tmp, chance, n);
    for (size_t i = 0; i < n; i++) {
        chance[i] = in[i] ? 0.5 : 0;
        count += in[i];
    }
    return synth_select(r, n, chance, registers_share(percent, count), chosen);
}

typedef struct recidivism {
    double two, five[FLAGS];
} recidivism;

/* Flags of offenders of one kind (`domestic` or not): exactly the shares, apart for those followed long enough. */
static status
draw_again(rng *r, size_t n, offender o[], bool domestic, const recidivism *share)
{
    SCRATCH(tmp);
    bool *in, *chosen;
    ALLOC(tmp, in, n);
    ALLOC(tmp, chosen, n);
    for (int part = 0; part < 2; part++) {
        for (size_t i = 0; i < n; i++) in[i] = (o[i].form == FORM_DOMESTIC) == domestic && (o[i].year <= 2018) == (part == 0);
        CHECK(choose_share(r, n, in, share->two, chosen));
        for (size_t i = 0; i < n; i++)
            if (in[i]) o[i].serious = chosen[i];
        for (int k = 0; k < FLAGS; k++) {
            for (size_t i = 0; i < n; i++) in[i] = (o[i].form == FORM_DOMESTIC) == domestic && (o[i].year <= 2015) == (part == 0);
            CHECK(choose_share(r, n, in, share->five[k], chosen));
            for (size_t i = 0; i < n; i++)
                if (in[i]) o[i].again[k] = chosen[i];
        }
    }
    return ST_OK;
}

/* Exactly `want` young among one part of the offenders of domestic sexual exploitation, those known before counted. */
static status
choose_young(rng *r, size_t n, offender o[], bool again, int want)
{
    SCRATCH(tmp);
    uint32_t *open;
    size_t free_ones = 0;
    ALLOC(tmp, open, n);
    for (size_t i = 0; i < n; i++) {
        if (o[i].form != FORM_DOMESTIC || (o[i].serious && o[i].year <= 2018) != again) continue;
        if (o[i].fixed) want -= o[i].young;
        else open[free_ones++] = (uint32_t)i;
    }
    if (want < 0 || (size_t)want > free_ones) FAIL(ST_INFEASIBLE, "facts.csv: shares of offenders under 23 do not go together");
    registers_shuffle_first(r, free_ones, open, (size_t)want);
    for (int i = 0; i < want; i++) o[open[i]].young = true;
    return ST_OK;
}

/* How many of the reoffending (followed for two years) and of the others are young. */
static status
draw_young(rng *r, const registers_facts *f, size_t n, offender o[])
{
    int all = 0, again = 0;
    for (size_t i = 0; i < n; i++) {
        if (o[i].form != FORM_DOMESTIC) continue;
        all++;
        again += o[i].serious && o[i].year <= 2018;
    }
    int young = registers_share(f->offenders_under_23_domestic_sexual, all), of_again = registers_share(f->offenders_recidivists_under_23, again);
    CHECK(choose_young(r, n, o, true, of_again));
    return choose_young(r, n, o, false, young - of_again);
}

static status
put_conviction(registers *g, const offender *o, int32_t day, int group, int serious, int index)
{
    if (day > registers_last_day()) return ST_OK;
    int form = group == AGAIN_TRAFFICKING ? o->form : FORM_UNKNOWN;
    return registers_rows_add(&g->convictions, (const int32_t[]){o->member->person, o->offender, day, group, form, serious, index,
                                                                 o->member->sex, o->member->birth_year});
}

/* The index conviction and what came after it: within two years a serious one exactly when flagged. */
static status
put_offender(registers *g, rng *r, const offender *o)
{
    static const int group_of[FLAGS] = {AGAIN_PROPERTY, AGAIN_VIOLENCE, AGAIN_DRUGS, AGAIN_TRAFFICKING};
    bool trafficking = o->offender == OFFENDER_TRAFFICKING, owed = o->serious;
    int index = trafficking ? AGAIN_TRAFFICKING : AGAIN_SEXUAL + (int)rng_below(r, 6);
    CHECK(put_conviction(g, o, o->day, index, trafficking || synth_happens(r, 0.4) ? YES : NO, YES));
    for (int k = 0; k < FLAGS; k++) {
        if (!o->again[k]) continue;
        int32_t after = owed ? registers_between(r, 20, TWO_YEARS) : registers_between(r, 20, FIVE_YEARS);
        bool soon = after <= NOT_TWO_YEARS;
        if (!owed && soon && group_of[k] == AGAIN_TRAFFICKING) after += NOT_TWO_YEARS, soon = false; /* always serious */
        bool serious = owed || (!soon && synth_happens(r, 0.5)) || group_of[k] == AGAIN_TRAFFICKING;
        CHECK(put_conviction(g, o, o->day + after, group_of[k], serious ? YES : NO, NO));
        owed = false;
    }
    if (owed) CHECK(put_conviction(g, o, o->day + registers_between(r, 20, TWO_YEARS), synth_happens(r, 0.3) ? AGAIN_SEXUAL : AGAIN_OTHER, YES, NO));
    if (synth_happens(r, 0.1)) CHECK(put_conviction(g, o, o->day + registers_between(r, 20, FIVE_YEARS), AGAIN_TRAFFIC, NO, NO));
    return ST_OK;
}

/* Offenders of trafficking: the suspects convicted since 2016, and earlier ones. */
static void
collect_offenders(rng *r, size_t suspects, const suspect s[], size_t *n, offender o[])
{
    for (size_t i = 0; i < suspects; i++) {
        if (s[i].outcome != VERDICT_CONVICTED || s[i].member->left != DATE_MISSING) continue;
        int year = date_to_parts(s[i].verdict).year;
        o[(*n)++] = (offender){.member = s[i].member, .day = s[i].verdict, .year = (int16_t)year, .form = s[i].form, .fixed = true,
                               .young = year - s[i].member->birth_year - 1 < 23};
    }
    for (int i = 0; i < OFFENDERS_EARLIER; i++) {
        static const double weight[FORMS] = {20, 40, 25, 6, 5, 4};
        int year = 2010 + (int)rng_below(r, 7);
        o[(*n)++] = (offender){.day = registers_day_in(r, year), .year = (int16_t)year, .form = (int8_t)synth_choose(r, FORMS, weight)};
    }
}

/* All offenders: a sample, for comparison. */
static status
draw_sample(registers *g, rng *r, size_t n, offender o[])
{
    recidivism share = {g->facts.offenders_recidivism_2y_all, {22, 12, 8, 0.1}}; /* by type: not published */
    for (size_t i = 0; i < n; i++) {
        int year = YEAR_FIRST + (int)rng_below(r, YEAR_LAST - YEAR_FIRST + 1);
        o[i] = (offender){.day = registers_day_in(r, year), .year = (int16_t)year, .form = FORM_UNKNOWN, .offender = OFFENDER_ALL,
                          .member = new_member(g, r, year, synth_happens(r, 0.22))};
    }
    return draw_again(r, n, o, false, &share);
}

static status
draw_offenders(registers *g, size_t suspects, const suspect s[])
{
    rng r = rng_new(g->seed, STREAM_CONVICTIONS);
    const registers_facts *f = &g->facts;
    recidivism share = {f->offenders_recidivism_2y, {f->offenders_5y_property, f->offenders_5y_violence, f->offenders_5y_drugs, f->offenders_5y_trafficking}};
    offender *o;
    size_t n = 0;
    ALLOC(g->memory, o, suspects + OFFENDERS_EARLIER + OFFENDERS_SAMPLE);
    collect_offenders(&r, suspects, s, &n, o);
    CHECK(draw_again(&r, n, o, true, &share));
    share.two = (f->offenders_recidivism_2y + f->offenders_recidivism_2y_all) / 2; /* other forms: not published, between the two */
    CHECK(draw_again(&r, n, o, false, &share));
    CHECK(draw_young(&r, f, n, o));
    for (size_t i = 0; i < n; i++) {
        if (!o[i].member) o[i].member = new_member(g, &r, o[i].year, o[i].form == FORM_DOMESTIC ? o[i].young : synth_happens(&r, 0.15));
    }
    CHECK(draw_sample(g, &r, OFFENDERS_SAMPLE, o + n));
    g->offender = o;
    g->offenders = n + OFFENDERS_SAMPLE;
    return ST_OK;
}

status
registers_suspects_draw(registers *g)
{
    rng r = rng_new(g->seed, STREAM_SUSPECTS);
    ALLOC(g->memory, g->suspect, SUSPECTS);
    g->suspected = SUSPECTS;
    CHECK(draw_suspects(g, &r, SUSPECTS, g->suspect));
    return draw_offenders(g, SUSPECTS, g->suspect);
}

status
registers_suspects_write(registers *g)
{
    rng r = rng_new(g->seed, STREAM_SUSPECTS_FLOW);
    for (size_t i = 0; i < g->suspected; i++) CHECK(put_suspect(g, &r, &g->suspect[i]));
    for (size_t i = 0; i < g->offenders; i++) CHECK(put_offender(g, &r, &g->offender[i]));
    return ST_OK;
}
