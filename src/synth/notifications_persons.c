/* From victims of a year to persons: some return in another year; everybody gets a birth, a name and numbers. */
#include "base/date.h"
#include "synth/countries.h"
#include "synth/names.h"
#include "synth/notifications.h"
#include "synth/numbers.h"
#include "synth/select.h"

#include <stdlib.h>

enum { STREAM = 0x70657273, NOBODY = -1, TRIES_ALONE = 24, TRIES_TWICE = 60, TRIES_LOOSE = 200, SPARSE = 8000,
       GROWN = 23 }; /* below, a rough birth would leave open whether a guardian must consent */

/* Days of birth that give the victim's ages: low .. high. */
typedef struct births {
    int32_t low, high;
} births;

static births
births_of(const synth_victim *v)
{
    return (births){date_add_years(v->first, -(v->age + 1)) + 1, date_add_years(v->first, -v->age)};
}

/* Set of 64-bit keys, open addressing; 0 is never a key. */
typedef struct key_set {
    uint64_t *slot;
    size_t mask;
} key_set;

static status
key_set_new(arena *a, size_t n, key_set *result)
{
    size_t size = 64;
    while (size < 2 * n) size *= 2;
    ALLOC(a, result->slot, size);
    result->mask = size - 1;
    return ST_OK;
}

static uint64_t *
key_set_find(const key_set *s, uint64_t key)
{
    size_t at = key * 0x9E3779B97F4A7C15u >> 20 & s->mask;
    while (s->slot[at] && s->slot[at] != key) at = (at + 1) & s->mask;
    return &s->slot[at];
}

static uint64_t
mix(uint64_t key, const char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) key = (key ^ (unsigned char)bytes[i]) * 0x100000001B3u;
    return key ^ key >> 29;
}

typedef struct draw {
    arena *out;
    rng r;
    synth_register *g;
    synth_numbers numbers;
    key_set exact, loose; /* exact: name and birth; loose: what must not come twice while names last */
    uint8_t *reporters;   /* [persons] of all years */
    int32_t *second;      /* [victims] the same person's other victim; NOBODY */
} draw;

/* The person returns: same sex, nationality and form, in a later year, at a fitting age. */
static bool
may_return(const synth_victim *a, const synth_victim *b)
{
    if (b->year <= a->year || a->kmar_only || a->refused || a->age < 0) return false;
    if (a->sex != b->sex || a->nationality != b->nationality || a->main != b->main) return false;
    births x = births_of(a), y = births_of(b);
    return x.low <= y.high && y.low <= x.high;
}

/* A few victims in a hundred are the same person as a victim of an earlier year. */
static void
draw_returns(draw *d, size_t from, size_t n)
{
    synth_victim *v = d->g->victim;
    for (size_t i = from; i < from + n; i++) {
        if (v[i].kmar_only || v[i].refused || v[i].age < 0 || d->second[i] != NOBODY || !synth_happens(&d->r, 0.06)) continue;
        size_t at = rng_below(&d->r, n);
        for (size_t k = 0; k < n; k++) {
            size_t j = from + (at + k) % n;
            if (d->second[j] != NOBODY || !may_return(&v[j], &v[i])) continue;
            d->second[i] = (int32_t)j, d->second[j] = (int32_t)i;
            break;
        }
    }
}

/* Persons in the order of their first victim. */
static status
number_persons(draw *d, arena *tmp)
{
    synth_register *g = d->g;
    size_t n = 0;
    for (size_t i = 0; i < g->victims; i++)
        if (g->victim[i].person < 0) {
            g->victim[i].person = (int32_t)n++;
            if (d->second[i] != NOBODY) g->victim[d->second[i]].person = g->victim[i].person;
        }
    g->persons = n;
    ALLOC(d->out, g->person, n);
    ALLOC(tmp, d->reporters, n);
    for (size_t i = 0; i < g->victims; i++) d->reporters[g->victim[i].person] |= g->victim[i].reporters;
    return ST_OK;
}

/* How exactly the birth is known: every reporter of the person must be able to write it so. */
static int
draw_precision(draw *d, const synth_victim *v, unsigned reporters)
{
    const unsigned no_month = 1u << SYNTH_FAIRWORK | 1u << SYNTH_INSPECTORATE, estimates = 1u << SYNTH_POLICE | 1u << SYNTH_COORDINATORS;
    if (v->age < 0) return SYNTH_PRECISE_UNKNOWN;
    if (v->age < GROWN || synth_countries[v->nationality].region == REGION_NETHERLANDS) return SYNTH_PRECISE_DAY;
    double u = rng_uniform(&d->r);
    if (u < 0.03) return SYNTH_PRECISE_YEAR;
    if (u < 0.05 && !(reporters & ~estimates)) return SYNTH_PRECISE_ESTIMATED;
    if (u < 0.065 && !(reporters & no_month)) return SYNTH_PRECISE_MONTH;
    return SYNTH_PRECISE_DAY;
}

/* A day of birth within the bounds; in the middle of its month or year when not known to the day, where intake puts it. */
static int32_t
draw_birth(draw *d, births b, int8_t *precision)
{
    int32_t day = b.low + (int32_t)rng_below(&d->r, (uint64_t)(b.high - b.low) + 1), middle = day;
    if (*precision == SYNTH_PRECISE_DAY) return day;
    date_parts parts = date_to_parts(b.high);
    parts = *precision == SYNTH_PRECISE_MONTH ? (date_parts){parts.year, 1 + (int)rng_below(&d->r, 12), 15} : (date_parts){parts.year, 7, 1};
    for (int back = 0; back < 2; back++, parts.year--)
        if (date_from_parts(parts, &middle) && middle >= b.low && middle <= b.high) return middle;
    *precision = SYNTH_PRECISE_DAY;
    return day;
}

static int32_t
swapped(int32_t day)
{
    date_parts p = date_to_parts(day);
    int32_t other = day;
    if (!date_from_parts((date_parts){p.year, p.day, p.month}, &other)) return day;
    return other < day ? other : day;
}

/* Keys that must be new: 0 full name with birth, then full name, and either name with the birth (day and month in either
 * order). Given names count by their first. */
static void
keys_of(const synth_person *p, const synth_name *name, uint64_t key[4])
{
    int32_t born = p->precision == SYNTH_PRECISE_UNKNOWN ? 0 : swapped(p->born);
    size_t given = strcspn(name->given, " ");
    key[0] = mix(mix(mix(1, name->given, strlen(name->given)), name->family, strlen(name->family)), (const char *)&born, sizeof born) | 1;
    key[1] = mix(mix(2, name->given, given), name->family, strlen(name->family)) | 1;
    key[2] = mix(mix(3, name->given, given), (const char *)&born, sizeof born) | 1;
    key[3] = mix(mix(4, name->family, strlen(name->family)), (const char *)&born, sizeof born) | 1;
    if (p->precision == SYNTH_PRECISE_UNKNOWN) key[2] = key[3] = key[1];
}

static bool
is_new(draw *d, const uint64_t key[4], bool loosely)
{
    if (*key_set_find(&d->exact, key[0])) return false;
    for (int k = 1; k < 4 && !loosely; k++)
        if (*key_set_find(&d->loose, key[k])) return false;
    *key_set_find(&d->exact, key[0]) = key[0];
    for (int k = 1; k < 4; k++) *key_set_find(&d->loose, key[k]) = key[k];
    return true;
}

static synth_tongue
draw_tongue(draw *d, synth_person *p)
{
    static const struct {
        double chance;
        synth_tongue tongue;
        const char *second;
    } origin[] = {{0.78, TONGUE_DUTCH, NULL}, {0.09, TONGUE_ARABIC, "MA"}, {0.06, TONGUE_TURKISH, "TR"}, {0.05, TONGUE_SURINAMESE, "SR"}, {1, TONGUE_POLISH, "PL"}};
    const synth_country *c = &synth_countries[p->nationality];
    p->nationality_2 = -1;
    if (c->region != REGION_NETHERLANDS) return c->tongue;
    double u = rng_uniform(&d->r);
    size_t k = 0;
    while (u >= origin[k].chance && k + 1 < sizeof origin / sizeof *origin) u -= origin[k++].chance;
    if (origin[k].second && synth_happens(&d->r, 0.5)) p->nationality_2 = (int16_t)synth_country_find(origin[k].second);
    return origin[k].tongue;
}

static status
keep_name(draw *d, const synth_name *name, synth_person *p)
{
    p->given = arena_copy(d->out, name->given, strlen(name->given));
    p->family = arena_copy(d->out, name->family, strlen(name->family));
    if (!p->given || !p->family) FAIL(ST_NO_MEMORY, "out of memory (names)");
    return ST_OK;
}

static status
draw_identity(draw *d, const synth_victim *v, births b, synth_person *p)
{
    synth_tongue tongue = draw_tongue(d, p);
    int8_t precision = p->precision;
    /* beyond some thousands of persons the lists run out of full names: two given names, and soon only name and birth */
    bool many = v->person > SPARSE;
    for (int try = 0; try < TRIES_LOOSE; try++) {
        synth_name name;
        uint64_t key[4];
        p->precision = precision;
        p->born = v->age < 0 ? DATE_MISSING : draw_birth(d, b, &p->precision);
        synth_name_draw(&d->r, tongue, p->sex, try >= TRIES_ALONE || many, &name);
        keys_of(p, &name, key);
        if (is_new(d, key, try >= TRIES_TWICE || (many && try >= 2))) return keep_name(d, &name, p);
    }
    FAIL(ST_INFEASIBLE, "the lists of names are too short for so many persons: use a smaller --scale");
}

static void
draw_numbers(draw *d, unsigned reporters, synth_person *p)
{
    const synth_country *c = &synth_countries[p->nationality];
    bool dutch = c->region == REGION_NETHERLANDS;
    bool official = reporters & (1u << SYNTH_POLICE | 1u << SYNTH_COORDINATORS | 1u << SYNTH_OTHERS);
    double citizen = dutch ? 0.97 : c->union_member ? (official ? 0.42 : 0.25) : 0.06, alien = c->union_member ? 0.02 : 0.48;
    if (p->precision == SYNTH_PRECISE_UNKNOWN) return;
    if (synth_happens(&d->r, citizen)) synth_numbers_bsn(&d->numbers, p->bsn);
    if (synth_happens(&d->r, alien)) synth_numbers_v(&d->numbers, p->v_number);
}

status
synth_persons_draw(arena *out, uint64_t seed, int copies, synth_register *g)
{
    SCRATCH(tmp);
    draw d = {.out = out, .r = rng_new(seed, STREAM), .g = g};
    CHECK(synth_numbers_new(tmp, seed, &d.numbers));
    CHECK(key_set_new(tmp, g->victims, &d.exact));
    CHECK(key_set_new(tmp, 3 * g->victims, &d.loose));
    ALLOC(tmp, d.second, g->victims);
    for (size_t i = 0; i < g->victims; i++) d.second[i] = NOBODY, g->victim[i].person = NOBODY;
    size_t each = g->victims / (size_t)copies;
    for (int k = 0; k < copies; k++) draw_returns(&d, (size_t)k * each, each);
    CHECK(number_persons(&d, tmp));
    for (size_t i = 0; i < g->victims; i++) {
        const synth_victim *v = &g->victim[i];
        synth_person *p = &g->person[v->person];
        if (p->given) continue; /* the second year of somebody */
        births b = births_of(v);
        if (d.second[i] != NOBODY) {
            births other = births_of(&g->victim[d.second[i]]);
            b = (births){b.low > other.low ? b.low : other.low, b.high < other.high ? b.high : other.high};
        }
        p->sex = v->sex, p->nationality = v->nationality;
        p->precision = (int8_t)draw_precision(&d, v, d.reporters[v->person]);
        CHECK(draw_identity(&d, v, b, p));
        draw_numbers(&d, d.reporters[v->person], p);
    }
    return ST_OK;
}
