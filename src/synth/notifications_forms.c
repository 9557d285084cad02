/* Which combinations of forms the victims of a year have: mentions (figure 2.2) less persons (figure 2.1) are the
 * second and third forms of those who have several. */
#include "synth/notifications.h"
#include "synth/select.h"

#include <math.h>

/* Persons of a year by combination; sexual ones not yet split by nationality. */
typedef struct overlap {
    int sexual_criminal, sexual_labour, labour_criminal, all_three; /* each exactly these forms */
    int organ_with_other;
} overlap;

/* 2020 as the text gives it. Read alike, the four numbers do not fit (docs/published.md); they do when the two pairs with
 * sexual exploitation hold the triples and the pair without it does not, as the hierarchy of forms suggests. */
static status
overlap_published(const synth_published *p, int extra, overlap *o)
{
    double pair[4];
    static const char *const id[4] = {"overlap_2020_sexual_criminal", "overlap_2020_labour_sexual",
                                      "overlap_2020_labour_criminal", "overlap_2020_sexual_labour_criminal"};
    for (int i = 0; i < 4; i++) CHECK(synth_fact_get(p, id[i], &pair[i]));
    int three = (int)pair[3];
    *o = (overlap){(int)pair[0] - three, (int)pair[1] - three, (int)pair[2], three, 0};
    int sum = o->sexual_criminal + o->sexual_labour + o->labour_criminal + 2 * three;
    if (sum != extra || o->sexual_criminal < 0 || o->sexual_labour < 0)
        FAIL(ST_CONFIG, "facts.csv: overlaps of 2020 give %d second forms, figures 2.1 and 2.2 give %d", sum, extra);
    return ST_OK;
}

/* Nobody printed the overlaps of other years. As criminal exploitation is reported 434 times in figure 2.9 and mentioned
 * 672 times in figure 2.2, at least 238 of those mentions must belong to somebody with another main form: nearly all overlap
 * is with criminal exploitation. */
static void
overlap_draw(rng *r, int extra, int organ, overlap *o)
{
    *o = (overlap){.organ_with_other = synth_between(r, 0, organ < extra / 8 ? organ : extra / 8)};
    int rest = extra - o->organ_with_other;
    int with_labour = (int)lround(rest * (0.03 + 0.04 * rng_uniform(r)));
    if (with_labour == 0 && rest > 6) with_labour = 1;
    int with_criminal = rest - with_labour;
    o->all_three = synth_between(r, 0, with_labour / 3);
    o->sexual_labour = with_labour - o->all_three;
    o->labour_criminal = (int)lround(with_criminal * (0.06 + 0.10 * rng_uniform(r)));
    o->sexual_criminal = with_criminal - o->all_three - o->labour_criminal;
}

typedef struct maker {
    rng *r;
    synth_victim *at;
    int year;
} maker;

static void
make(maker *m, int n, int main, unsigned forms)
{
    for (int i = 0; i < n; i++)
        *m->at++ = (synth_victim){.year = (int8_t)m->year, .main = (int8_t)main, .forms = (uint8_t)forms, .person = -1};
}

/* How many of n victims with a second form are Dutch victims of sexual exploitation. */
static int
domestic_of(rng *r, int n, double chance)
{
    int domestic = 0;
    for (int i = 0; i < n; i++) domestic += synth_happens(r, chance);
    return domestic;
}

static status
make_year(maker *m, const synth_targets *t, const overlap *o)
{
    const int *mention = t->mentions[m->year];
    static const struct {
        unsigned forms;
        double domestic;
    } kind[3] = {{SYNTH_SEXUAL | SYNTH_CRIMINAL, 0.08}, {SYNTH_SEXUAL | SYNTH_LABOUR, 0.08},
                 {SYNTH_SEXUAL | SYNTH_LABOUR | SYNTH_CRIMINAL, 0.05}};
    int number[3] = {o->sexual_criminal, o->sexual_labour, o->all_three};
    int domestic = mention[0], cross = mention[1];
    for (int k = 0; k < 3; k++) {
        int d = domestic_of(m->r, number[k], kind[k].domestic);
        make(m, d, SYNTH_DOMESTIC, kind[k].forms), domestic -= d;
        make(m, number[k] - d, SYNTH_CROSS, kind[k].forms), cross -= number[k] - d;
    }
    int labour = mention[2] - o->sexual_labour - o->labour_criminal - o->all_three;
    int criminal = mention[3] - o->sexual_criminal - o->labour_criminal - o->all_three;
    int organ = mention[4] - o->organ_with_other;
    if (domestic < 0 || cross < o->organ_with_other || labour < 0 || criminal < 0)
        FAIL(ST_INFEASIBLE, "figure 2.2, %d: more second forms than victims of a form", SYNTH_YEAR_FIRST + m->year);
    make(m, o->organ_with_other, SYNTH_CROSS, SYNTH_SEXUAL | SYNTH_ORGAN);
    make(m, domestic, SYNTH_DOMESTIC, SYNTH_SEXUAL);
    make(m, cross - o->organ_with_other, SYNTH_CROSS, SYNTH_SEXUAL);
    make(m, labour, SYNTH_MAIN_LABOUR, SYNTH_LABOUR);
    make(m, o->labour_criminal, SYNTH_MAIN_LABOUR, SYNTH_LABOUR | SYNTH_CRIMINAL);
    make(m, criminal, SYNTH_MAIN_CRIMINAL, SYNTH_CRIMINAL);
    make(m, organ, SYNTH_MAIN_UNKNOWN, SYNTH_ORGAN);
    make(m, mention[5], SYNTH_MAIN_UNKNOWN, SYNTH_UNKNOWN);
    return ST_OK;
}

static void
make_kmar_only(maker *m, int n)
{
    for (int i = 0; i < n; i++) {
        make(m, 1, synth_happens(m->r, 0.04) ? SYNTH_DOMESTIC : SYNTH_CROSS, SYNTH_SEXUAL);
        m->at[-1].kmar_only = true;
        m->at[-1].reporters = 1u << SYNTH_KMAR;
    }
}

status
synth_forms_draw(arena *out, const synth_published *p, const synth_targets *t, rng *r, size_t *n, synth_victim **victims)
{
    size_t total = 0;
    for (int y = 0; y < SYNTH_YEARS; y++) total += (size_t)t->all[y];
    synth_victim *list;
    ALLOC(out, list, total);
    maker m = {.r = r, .at = list};
    for (int y = 0; y < SYNTH_YEARS; y++) {
        int extra = -t->persons[y];
        for (int f = 0; f < SYNTH_MENTIONS; f++) extra += t->mentions[y][f];
        if (extra < 0) FAIL(ST_CONFIG, "margins.csv: %d: figure 2.2 mentions fewer than figure 2.1 counts", SYNTH_YEAR_FIRST + y);
        overlap o;
        if (SYNTH_YEAR_FIRST + y == 2020) CHECK(overlap_published(p, extra, &o));
        else overlap_draw(r, extra, t->mentions[y][4], &o);
        m.year = y;
        CHECK(make_year(&m, t, &o));
        make_kmar_only(&m, t->all[y] - t->persons[y]);
    }
    if ((size_t)(m.at - list) != total)
        FAIL(ST_INTERNAL, "%zu victims made, figure 2.1 has %zu", (size_t)(m.at - list), total);
    *n = total;
    *victims = list;
    return ST_OK;
}
