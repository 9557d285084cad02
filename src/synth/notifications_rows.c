/* From victims to notifications: one a reporter, one a unit for the police; refused ones, and reports made twice. */
#include "base/date.h"
#include "synth/countries.h"
#include "synth/notifications.h"
#include "synth/select.h"

#include <math.h>
#include <stdlib.h>

enum { STREAM = 0x726f7773, NEEDS_CONSENT = 1 << SYNTH_COORDINATORS | 1 << SYNTH_FAIRWORK | 1 << SYNTH_OTHERS };

/* Towns by police unit, as the reporter writes them. */
static const char *const places[SYNTH_UNITS][6] = {
    {"Groningen", "Leeuwarden", "Assen", "Emmen", "Ter Apel", "Heerenveen"}, {"Zwolle", "Enschede", "Arnhem", "Nijmegen", "Apeldoorn", "Deventer"},
    {"Utrecht", "Almere", "Amersfoort", "Lelystad", "Hilversum", "Veenendaal"}, {"Haarlem", "Alkmaar", "Zaandam", "Hoorn", "Den Helder", "Beverwijk"},
    {"Amsterdam", "Amstelveen", "Diemen", "Aalsmeer", "Uithoorn", "Ouder-Amstel"}, {"'s-Gravenhage", "Leiden", "Delft", "Gouda", "Zoetermeer", "Westland"},
    {"Rotterdam", "Dordrecht", "Schiedam", "Vlaardingen", "Spijkenisse", "Gorinchem"}, {"Breda", "Tilburg", "Middelburg", "Roosendaal", "Vlissingen", "Bergen op Zoom"},
    {"Eindhoven", "'s-Hertogenbosch", "Helmond", "Oss", "Veghel", "Boxtel"}, {"Maastricht", "Heerlen", "Roermond", "Venlo", "Weert", "Sittard"},
    {"Schiphol", "Nijmegen", "Eindhoven", "Zevenaar", "Hazeldonk", "Venlo"}};

typedef struct writer {
    rng r;
    synth_register *g;
    synth_row *row;
    size_t n;
} writer;

static int32_t
year_end(int year)
{
    int32_t day = 0;
    (void)date_from_parts((date_parts){SYNTH_YEAR_FIRST + year, 12, 31}, &day);
    return day;
}

/* A later day of the same year. */
static int32_t
draw_later(writer *w, const synth_victim *v, int32_t from, double mean)
{
    double days = -log(1 - rng_uniform(&w->r)) * mean;
    int32_t left = year_end(v->year) - from;
    return from + (days > left ? left : (int32_t)days);
}

/* Who must consent: a guardian for a minor. */
static int
giver(const synth_person *p, int32_t received)
{
    return p->born != DATE_MISSING && date_age(p->born, received) < 18 ? SYNTH_GUARDIAN : SYNTH_GIVEN;
}

static void
put_consent(writer *w, const synth_victim *v, synth_row *row)
{
    static const double shelter[4] = {0.35, 0.15, 0.03, 0.47};
    int by = giver(&w->g->person[v->person], row->received);
    int asked = (int)synth_choose(&w->r, 4, shelter);
    row->shelter = (int8_t)(asked == 0 ? by : asked == 1 ? SYNTH_REFUSED : asked == 2 ? SYNTH_WITHDRAWN : -1);
    row->kept = true;
    if (!(NEEDS_CONSENT & 1 << row->reporter)) {
        row->consent = row->monitor = SYNTH_NOT_NEEDED;
        if (row->reporter != SYNTH_POLICE) row->shelter = -1;
        return;
    }
    row->consent = row->monitor = (int8_t)by;
    if (row->reporter == SYNTH_FAIRWORK) row->shelter = (int8_t)by;
}

static void
put_person(const synth_register *g, int32_t person, synth_row *row)
{
    const synth_person *p = &g->person[person];
    row->person = person;
    row->given = p->given, row->family = p->family, row->bsn = p->bsn, row->v_number = p->v_number;
    row->born = p->born, row->precision = p->precision, row->sex = p->sex;
    row->nationality = p->nationality, row->nationality_2 = p->nationality_2;
}

/* Sectors go with the forms the notification names. */
static void
put_forms(const synth_victim *v, unsigned forms, synth_row *row)
{
    row->forms = (uint8_t)forms;
    row->sector_sexual = forms & SYNTH_SEXUAL ? v->sector_sexual : 0;
    row->sector_labour = forms & SYNTH_LABOUR ? v->sector_labour : 0;
    row->sector_criminal = forms & SYNTH_CRIMINAL ? v->sector_criminal : 0;
}

static void
put_circumstances(writer *w, const synth_victim *v, synth_row *row)
{
    int unit = row->unit >= 0 ? row->unit : (int)rng_below(&w->r, SYNTH_UNITS - 1);
    row->place = synth_happens(&w->r, 0.75) ? places[unit][rng_below(&w->r, 6)] : "";
    row->period_start = row->period_end = DATE_MISSING;
    if (synth_happens(&w->r, 0.6)) {
        row->period_end = v->first - (int32_t)rng_below(&w->r, 200);
        row->period_start = row->period_end - (int32_t)(-log(1 - rng_uniform(&w->r)) * 240);
    }
    row->dublin = v->dublin, row->residence = v->residence;
}

static synth_row *
add_row(writer *w, const synth_victim *v, int reporter, int unit, int32_t received)
{
    synth_row *row = &w->row[w->n++];
    *row = (synth_row){.reporter = (int8_t)reporter, .unit = (int8_t)unit, .received = received};
    put_person(w->g, v->person, row);
    put_forms(v, v->forms, row);
    put_circumstances(w, v, row);
    put_consent(w, v, row);
    return row;
}

/* Reporters need not all know every form; together they name all. */
static void
spread_forms(writer *w, const synth_victim *v, size_t from)
{
    size_t n = w->n - from;
    unsigned left = v->forms;
    if (n < 2 || v->refused) return;
    size_t full = from + rng_below(&w->r, n);
    for (size_t i = from; i < w->n; i++) {
        bool inspectorate = w->row[i].reporter == SYNTH_INSPECTORATE;
        unsigned forms = inspectorate ? v->forms & SYNTH_LABOUR : v->forms;
        if (!inspectorate && i != full && synth_happens(&w->r, 0.3)) {
            unsigned some = forms & rng_next32(&w->r);
            forms = some ? some : synth_happens(&w->r, 0.2) ? SYNTH_UNKNOWN : forms;
        }
        put_forms(v, forms, &w->row[i]);
        left &= ~forms;
    }
    for (size_t i = from; left && i < w->n; i++) /* the first who may name everything does */
        if (w->row[i].reporter != SYNTH_INSPECTORATE || i + 1 == w->n) {
            put_forms(v, v->forms, &w->row[i]);
            break;
        }
}

static void
add_victim(writer *w, const synth_victim *v)
{
    size_t from = w->n;
    for (int r = 0; r < SYNTH_REPORTERS; r++) {
        if (!(v->reporters & 1u << r)) continue;
        if (r != SYNTH_POLICE) add_row(w, v, r, -1, v->first);
        for (int u = 0; u < SYNTH_UNITS && r == SYNTH_POLICE; u++)
            if (v->units & 1u << u) add_row(w, v, r, u, v->first);
    }
    size_t earliest = from + rng_below(&w->r, w->n - from);
    for (size_t i = from; i < w->n; i++) {
        if (i == earliest) continue;
        w->row[i].received = draw_later(w, v, v->first, 45);
        put_consent(w, v, &w->row[i]);
    }
    spread_forms(w, v, from);
    for (size_t i = from, end = w->n; i < end; i++) {
        /* sent in once more; without any birth nobody could tell that it is */
        if (v->age < 0 || !synth_happens(&w->r, 0.02)) continue;
        synth_row *again = &w->row[w->n++];
        *again = w->row[i];
        again->received = draw_later(w, v, w->row[i].received, 10);
        put_consent(w, v, again);
    }
}

/* Consent refused, withdrawn, or given to registration but not to the monitor. Half of the organisations deliver the
 * names all the same: what intake does with them is its task. */
static void
refuse(writer *w, synth_row *row)
{
    double u = rng_uniform(&w->r);
    int by = row->consent;
    row->kept = false;
    row->monitor = row->consent = u < 0.75 ? SYNTH_REFUSED : SYNTH_WITHDRAWN;
    row->shelter = row->reporter == SYNTH_FAIRWORK ? row->consent : SYNTH_REFUSED;
    if (row->reporter == SYNTH_COORDINATORS && synth_happens(&w->r, 0.2)) row->consent = (int8_t)by;
    if (synth_happens(&w->r, 0.5)) return;
    row->given = row->family = row->bsn = row->v_number = row->place = "";
    row->born = DATE_MISSING, row->precision = SYNTH_PRECISE_UNKNOWN;
}

/* Some victims were also reported by somebody whom they gave no consent. */
static void
add_refused(writer *w, const synth_victim *v)
{
    if (v->refused) {
        for (int r = 0; r < SYNTH_REPORTERS; r++)
            if (v->reporters & 1u << r) refuse(w, add_row(w, v, r, -1, v->first));
        return;
    }
    add_victim(w, v);
    unsigned others = NEEDS_CONSENT & ~v->reporters;
    if (v->kmar_only || !others || !synth_happens(&w->r, 0.012)) return;
    int r = SYNTH_COORDINATORS;
    while (!(others & 1u << r)) r++;
    refuse(w, add_row(w, v, r, -1, draw_later(w, v, v->first, 60)));
}

static int
by_delivery(const void *a, const void *b)
{
    const synth_row *x = a, *y = b;
    if (x->reporter != y->reporter) return x->reporter < y->reporter ? -1 : 1;
    if (x->received != y->received) return x->received < y->received ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

/* Order of the deliveries: by date, within a day at random; numbers run per reporter and year. */
static void
number_rows(writer *w)
{
    synth_register *g = w->g;
    for (size_t i = 0; i < w->n; i++) w->row[i].number = rng_next32(&w->r);
    qsort(w->row, w->n, sizeof *w->row, by_delivery);
    uint32_t number = 0;
    int reporter = -1, year = 0;
    for (size_t i = 0; i < w->n; i++) {
        int now = date_to_parts(w->row[i].received).year;
        if (w->row[i].reporter != reporter || now != year) number = 0;
        reporter = w->row[i].reporter, year = now;
        w->row[i].number = ++number;
    }
    size_t at = 0;
    for (int r = 0; r <= SYNTH_REPORTERS; r++) {
        while (at < w->n && w->row[at].reporter < r) at++;
        g->first[r] = at;
    }
}

status
synth_rows_draw(arena *out, uint64_t seed, synth_register *g)
{
    size_t most = 0;
    for (size_t i = 0; i < g->victims; i++)
        most += 2 * ((size_t)__builtin_popcount(g->victim[i].reporters) + (size_t)__builtin_popcount(g->victim[i].units)) + 1;
    writer w = {.r = rng_new(seed, STREAM), .g = g};
    ALLOC(out, w.row, most);
    for (size_t i = 0; i < g->victims; i++) add_refused(&w, &g->victim[i]);
    number_rows(&w);
    g->rows = w.n;
    g->row = w.row;
    return ST_OK;
}
