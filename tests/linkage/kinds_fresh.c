#include "kinds_fresh.h"

#include "strangers.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef enum what { GIVEN, FAMILY, NAME, BORN, YEAR, SEX, NATION, PLACE, CITY, POSTCODE, STREET, PHONE, MAIL, WORK, UNIT, SERVICE, LAND, EMPTY, ROW, WHATS } what;

static const struct {
    const char *column;
    link_kind kind;
} columns[WHATS] = {{"first_name", KIND_given_name}, {"last_name", KIND_family_name}, {"person", KIND_full_name}, {"dob", KIND_date_of_birth}, {"yob", KIND_birth_year},
                    {"gender", KIND_sex}, {"citizenship", KIND_nationality}, {"birthplace", KIND_text}, {"town", KIND_city}, {"zip", KIND_postcode},
                    {"address", KIND_text}, {"telephone", KIND_number}, {"e_mail", KIND_email}, {"job", KIND_text}, {"unit", KIND_text},
                    {"service_no", KIND_number}, {"country", KIND_text}, {"remarks", KIND_text}, {"line", KIND_text}};

/* A column of a kind of file: share of records without it, and the errors it has. */
typedef struct column_plan {
    what is;
    double missing;
    struct {
        double share;
        spoil *by;
    } error[3];
    bool there; /* last of all: a column */
} column_plan;

typedef enum sizes { ONE, TWO, TAIL } sizes; /* records of a person: one, now and then two, up to fifteen with a long tail */

typedef struct fresh_plan {
    const char *name;
    size_t persons;
    sizes sizes;
    double again;      /* share of persons that have more than one record */
    double cover[2];   /* two files: share of the persons that each has */
    stranger_plan who;
    const char *format; /* of dates */
    double married;    /* share of women's later records under the partner's name */
    double moved;      /* share of later records from another home */
    bool styles;       /* families written as every clerk likes, names with titles */
    column_plan column[10];
} fresh_plan;

#define E(...) {__VA_ARGS__}, true
static const fresh_plan plans[] = {
    {"forms read by machine", 1500, TWO, .4, {0}, {POLISH | DUTCH, .8, 1500, 1950, 50, 1}, "%d-%m-%Y", 0, 0, false,
     {{GIVEN, .02, E({.18, spoil_scan}, {.06, spoil_cut})}, {FAMILY, .01, E({.2, spoil_scan}, {.06, spoil_cut})}, {BORN, .02, E({.15, spoil_scan})},
      {PLACE, .06, E({.15, spoil_scan})}}},
    {"heard by an interpreter", 700, TAIL, .45, {0}, {NIGERIAN | ARABIC | VIETNAMESE, .7, 500, 1975, 35, 1}, "%Y-%m-%d", 0, 0, false,
     {{GIVEN, .04, E({.3, spoil_sound}, {.06, spoil_nickname}, {.04, spoil_other_name})}, {FAMILY, .04, E({.3, spoil_sound})},
      {BORN, .05, E({.12, spoil_january}, {.06, spoil_age}, {.06, spoil_year_only})}, {SEX, .01, E({.01, spoil_flip})}, {NATION, .05, E({.04, spoil_neighbour})}}},
    {"hospital and insurer", 3000, TWO, 0, {.9, .35}, {DUTCH | ARABIC | POLISH, .9, 3000, 1930, 80, 2}, "%Y%m%d", .25, .15, true,
     {{GIVEN, .01, E({.15, spoil_initial}, {.08, spoil_nickname})}, {FAMILY, 0, E({.05, spoil_key})}, {BORN, .01, E({.02, spoil_key}, {.01, spoil_turned})},
      {SEX, 0, E({.005, spoil_flip})}, {POSTCODE, .03, E({.03, spoil_key})}, {PHONE, .3, E({.2, spoil_new_number})}}},
    {"customers with e-mail", 2500, TWO, .2, {0}, {DUTCH | BRITISH, .9, 2500, 1945, 60, 1}, NULL, .1, .15, true,
     {{NAME, 0, E({.1, spoil_key}, {.03, spoil_part})}, {MAIL, .25, E({.1, spoil_host}, {.1, spoil_key})}, {PHONE, .3, E({.12, spoil_new_number}, {.05, spoil_key})},
      {CITY, .1, E({.05, spoil_key})}}},
    {"families at one address", 2400, TWO, .2, {0}, {DUTCH, .8, 900, 1950, 60, 4}, NULL, 0, .04, true,
     {{GIVEN, .02, E({.08, spoil_nickname}, {.05, spoil_key})}, {FAMILY, .01, E({.05, spoil_key})}, {YEAR, .05, E({.05, spoil_key})}, {STREET, .03, E({.06, spoil_key})},
      {POSTCODE, .04, E({.04, spoil_key})}, {SEX, .02, E({.01, spoil_flip})}}},
    {"nobody twice", 3000, ONE, 0, {0}, {DUTCH | NIGERIAN | BRITISH, 1, 1500, 1950, 50, 3}, "%d/%m/%Y", 0, 0, false,
     {{GIVEN, .03, E({0, NULL})}, {FAMILY, .02, E({0, NULL})}, {BORN, .03, E({.05, spoil_january})}, {CITY, .05, E({0, NULL})}}},
    {"initials and birth", 2000, TWO, .3, {0}, {DUTCH | ARABIC, .9, 2000, 1940, 70, 1}, "%Y-%m-%d", .15, .1, true,
     {{GIVEN, .02, E({.5, spoil_initial}, {.03, spoil_key})}, {FAMILY, .01, E({.06, spoil_key})}, {BORN, .02, E({.04, spoil_key}, {.01, spoil_turned})},
      {POSTCODE, .05, E({.04, spoil_key})}}},
    {"columns of no use", 1200, TWO, .35, {0}, {BRITISH | VIETNAMESE, .8, 1200, 1950, 50, 1}, "%d/%m/%Y", 0, .05, false,
     {{GIVEN, .03, E({.1, spoil_key}, {.04, spoil_nickname})}, {FAMILY, .02, E({.08, spoil_key})}, {BORN, .05, E({.06, spoil_key}, {.03, spoil_turned})},
      {LAND, 0, E({0, NULL})}, {EMPTY, 1, E({0, NULL})}, {ROW, 0, E({0, NULL})}}},
    {"names almost all alike rare", 3500, TWO, .35, {0}, {BRITISH, .1, 4000, 1940, 70, 1}, NULL, 0, 0, false,
     {{GIVEN, .04, E({.12, spoil_key}, {.06, spoil_nickname})}, {FAMILY, .02, E({.12, spoil_key}, {.05, spoil_cut})}, {YEAR, .05, E({.1, spoil_key})}}},
    {"few names for many", 1500, TWO, .3, {0}, {VIETNAMESE, 1.2, 300, 1970, 40, 1}, "%d-%m-%Y", 0, 0, false,
     {{NAME, 0, E({.1, spoil_sound}, {.05, spoil_part})}, {BORN, .05, E({.06, spoil_key}, {.05, spoil_january}, {.03, spoil_turned})}, {SEX, .01, E({.01, spoil_flip})},
      {PLACE, .15, E({.05, spoil_key})}}},
    {"passengers and settlers", 7000, TWO, 0, {.8, .5}, {BRITISH, .7, 3500, 1850, 45, 2}, NULL, .1, 0, false,
     {{NAME, 0, E({.1, spoil_sound}, {.04, spoil_scan})}, {YEAR, .03, E({.5, spoil_age})}, {WORK, .2, E({.3, spoil_work})}, {PLACE, .15, E({.08, spoil_sound})},
      {SEX, .01, E({.005, spoil_flip})}}},
    {"soldiers' papers", 900, TAIL, .6, {0}, {BRITISH, .8, 900, 1880, 22, 1}, "%Y-%m-%d", 0, 0, false,
     {{SERVICE, .25, E({.08, spoil_scan}, {.04, spoil_key})}, {GIVEN, .02, E({.2, spoil_initial}, {.06, spoil_sound})}, {FAMILY, .01, E({.1, spoil_sound})},
      {UNIT, .2, E({.1, spoil_scan}, {.1, spoil_part})}, {BORN, .4, E({.15, spoil_age}, {.05, spoil_scan})}, {PLACE, .3, E({.1, spoil_sound})}}},
    {"two hundred of a neighbourhood", 150, TWO, .35, {0}, {DUTCH | ARABIC, .7, 150, 1950, 60, 2}, NULL, .05, .05, false,
     {{GIVEN, .04, E({.1, spoil_key}, {.06, spoil_nickname})}, {FAMILY, .03, E({.1, spoil_key})}, {POSTCODE, .05, E({.05, spoil_key})}, {PHONE, .2, E({.1, spoil_new_number})}}},
    {"married in between", 2500, TWO, 0, {.8, .8}, {DUTCH | BRITISH, .8, 2500, 1960, 30, 1}, "%d-%m-%Y", .5, .5, true,
     {{GIVEN, .01, E({.08, spoil_nickname}, {.03, spoil_key})}, {FAMILY, .01, E({.05, spoil_key})}, {BORN, .03, E({.04, spoil_key}, {.01, spoil_turned})}, {PLACE, .1, E({.04, spoil_key})},
      {CITY, .05, E({.03, spoil_key})}}},
    {"police and migration", 4500, TAIL, .4, {0}, {NIGERIAN | POLISH | VIETNAMESE | ARABIC, .9, 1500, 1965, 40, 1}, "%Y%m%d", .05, .3, false,
     {{NAME, .02, E({.15, spoil_sound}, {.06, spoil_part}, {.03, spoil_scan})}, {BORN, .06, E({.1, spoil_january}, {.04, spoil_default}, {.04, spoil_key})},
      {NATION, .04, E({.05, spoil_neighbour})}, {SEX, .01, E({.01, spoil_flip})}, {SERVICE, .6, E({.03, spoil_key})}, {CITY, .3, E({.05, spoil_key})}}},
    {"age and trade alone", 1500, TWO, .3, {0}, {NIGERIAN | ARABIC, .8, 900, 1970, 35, 1}, NULL, 0, .2, false,
     {{GIVEN, .02, E({.15, spoil_sound}, {.05, spoil_nickname})}, {YEAR, .05, E({.3, spoil_age})}, {NATION, .03, E({.04, spoil_neighbour})}, {WORK, .2, E({.2, spoil_work})},
      {CITY, .1, E({.05, spoil_key})}}},
};

size_t
kinds_fresh_count(void)
{
    return sizeof plans / sizeof *plans;
}

const char *
kinds_fresh_name(size_t kind)
{
    return plans[kind].name;
}

/* One row of a file. */
typedef char cells[10][CELL];

static const char *
plain_cell(what is, const stranger *s)
{
    switch (is) {
    case GIVEN: return s->given;
    case PLACE: return s->place;
    case BORN:
    case YEAR: return s->born;
    case NATION: return strangers_nation(s);
    case CITY: return s->city;
    case POSTCODE: return s->postcode;
    case STREET: return s->street;
    case PHONE: return s->phone;
    case MAIL: return s->mail;
    case WORK: return s->work;
    case UNIT: return s->unit;
    case SERVICE: return s->service;
    case SEX: return s->woman ? "F" : "M";
    case LAND: return "Nederland";
    default: return "";
    }
}

/* YYYY-MM-DD, or a year alone, as the file writes dates. */
static void
write_date(const char *format, char cell[CELL])
{
    char out[CELL];
    size_t n = 0, length = strlen(cell);
    if (!format || length != 10) {
        if (length > 4) cell[4] = 0;
        return;
    }
    for (const char *f = format; *f; f++) {
        if (*f != '%') {
            out[n++] = *f;
            continue;
        }
        f++;
        size_t at = *f == 'Y' ? 0 : *f == 'm' ? 5 : 8, width = *f == 'Y' ? 4 : 2;
        memcpy(out + n, cell + at, width);
        n += width;
    }
    out[n] = 0;
    memcpy(cell, out, n + 1);
}

/* Telephones are written in three ways. */
static void
write_phone(rng *g, char cell[CELL])
{
    char rest[CELL];
    uint64_t how = rng_below(g, 3);
    if (!cell[0] || how == 0) return;
    snprintf(rest, CELL, "%s", cell + 2);
    snprintf(cell, CELL, how == 1 ? "06-%.60s" : "06 %.60s", rest);
}

static void
write_cell(rng *g, const fresh_plan *k, const column_plan *c, const stranger *s, bool married, char cell[CELL])
{
    if (c->is == FAMILY) stranger_family(g, s, married, k->styles, cell);
    else if (c->is == NAME) stranger_full(g, s, married, k->styles, cell);
    else snprintf(cell, CELL, "%s", plain_cell(c->is, s));
    if (c->is == ROW) snprintf(cell, CELL, "%08u", (unsigned)rng_below(g, 100000000));
}

static void
write_record(rng *g, const fresh_plan *k, const stranger *who, bool later, double by, cells row)
{
    stranger s = *who;
    bool married = rng_uniform(g) < k->married && later && s.woman;
    if (rng_uniform(g) < k->moved && later) strangers_move(g, &k->who, &s);
    for (size_t c = 0; c < 10 && k->column[c].there; c++) {
        const column_plan *plan = &k->column[c];
        write_cell(g, k, plan, &s, married, row[c]);
        for (size_t e = 0; e < 3; e++)
            if (plan->error[e].by && rng_uniform(g) < plan->error[e].share * by) plan->error[e].by(g, &s, row[c]);
        if (plan->is == BORN || plan->is == YEAR) write_date(plan->is == BORN ? k->format : NULL, row[c]);
        if (plan->is == PHONE) write_phone(g, row[c]);
        if (rng_uniform(g) < plan->missing) row[c][0] = 0;
    }
}

static size_t
records_of(rng *g, const fresh_plan *k)
{
    if (rng_uniform(g) >= k->again) return 1;
    return k->sizes == TWO ? 2 : 1 + (size_t)fmin(pow(1 - rng_uniform(g), -.9), 14); /* a tail of the power -1.1 */
}

typedef struct fresh_file {
    size_t n;
    cells *row;
    int32_t *entity;
} fresh_file;

static void
add_record(rng *g, const fresh_plan *k, const stranger *s, int32_t entity, bool later, double by, fresh_file *f)
{
    write_record(g, k, s, later, by, f->row[f->n]);
    f->entity[f->n++] = entity;
}

static status
fill_table(arena *a, const fresh_plan *k, rng *g, const fresh_file *f, table *t, int32_t **entity)
{
    SCRATCH(tmp);
    uint32_t *order;
    size_t fields = 0;
    while (fields < 10 && k->column[fields].there) fields++;
    ALLOC(tmp, order, f->n);
    ALLOC(a, *entity, f->n);
    rng_shuffle(g, f->n, order);
    for (size_t i = 0; i < f->n; i++) (*entity)[i] = f->entity[order[i]];
    CHECK(table_new(a, k->name, f->n, fields + 1, t));
    for (size_t c = 0; c <= fields; c++) {
        text_column *texts;
        CHECK(table_set_column(a, t, c, c ? columns[k->column[c - 1].is].column : "id", COLUMN_TEXT, NULL));
        CHECK(text_column_new(a, f->n, &texts));
        for (size_t i = 0; i < f->n; i++) {
            char id[32];
            snprintf(id, sizeof id, "%zu", 100000 + i);
            CHECK(text_column_put(texts, i, text_of(c ? f->row[order[i]][c - 1] : id)));
        }
        CHECK(text_column_end(texts, &t->column[c]));
    }
    return ST_OK;
}

static status
fill_fields(arena *a, const fresh_plan *k, link_fields *fields)
{
    *fields = (link_fields){.id = "id"};
    ALLOC(a, fields->field, 10);
    for (size_t c = 0; c < 10 && k->column[c].there; c++) {
        what is = k->column[c].is;
        fields->field[fields->n++] = (link_field){columns[is].column, columns[is].kind, is == BORN ? k->format : NULL};
    }
    return ST_OK;
}

/* In two files a person is in either by lot; errors of one clerk's record go together. */
static void
make_rows(rng *g, const fresh_plan *k, double level, const stranger who[], fresh_file file[2])
{
    bool two = k->cover[0] > 0;
    for (size_t i = 0; i < k->persons; i++) {
        size_t records = two ? 2 : records_of(g, k);
        for (size_t r = 0; r < records; r++) {
            bool careless = rng_below(g, 5) == 0;
            double by = level * (careless ? 2.2 : .7);
            if (two && rng_uniform(g) >= k->cover[r]) continue;
            add_record(g, k, &who[i], (int32_t)i, r > 0, by, &file[two ? r : 0]);
        }
    }
}

status
kinds_fresh_new(arena *a, size_t kind, int level, double share, uint64_t seed, people *result)
{
    SCRATCH(tmp);
    static const double levels[] = {0.5, 1, 1.7};
    fresh_plan k = plans[kind];
    k.persons = (size_t)fmax((double)k.persons * share, 1);
    rng g = rng_new(seed, 0x66726573 + kind);
    fresh_file file[2] = {{0}};
    stranger *who;
    people out = {.files = k.cover[0] > 0 ? 2 : 1};
    ALLOC(tmp, who, k.persons);
    strangers_make(&g, &k.who, k.persons, who);
    for (size_t f = 0; f < out.files; f++) {
        ALLOC(tmp, file[f].row, k.persons * (k.sizes == TAIL ? 15 : 2));
        ALLOC(tmp, file[f].entity, k.persons * (k.sizes == TAIL ? 15 : 2));
    }
    make_rows(&g, &k, levels[level], who, file);
    for (size_t f = 0; f < out.files; f++) CHECK(fill_table(a, &k, &g, &file[f], &out.file[f], &out.entity[f]));
    CHECK(fill_fields(a, &k, &out.fields));
    *result = out;
    return ST_OK;
}
