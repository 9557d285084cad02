#include "stranger_files.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *column;
    link_kind kind;
} columns[WHATS] = {{"first_name", KIND_given_name}, {"last_name", KIND_family_name}, {"person", KIND_full_name}, {"dob", KIND_date_of_birth}, {"yob", KIND_birth_year},
                    {"gender", KIND_sex}, {"citizenship", KIND_nationality}, {"birthplace", KIND_text}, {"town", KIND_city}, {"zip", KIND_postcode},
                    {"address", KIND_text}, {"telephone", KIND_number}, {"e_mail", KIND_email}, {"job", KIND_text}, {"unit", KIND_text},
                    {"service_no", KIND_number}, {"country", KIND_text}, {"remarks", KIND_text}, {"line", KIND_text},
                    {"second_name", KIND_given_name}, {"other_name", KIND_family_name}, {"birth_month", KIND_birth_month}, {"birth_day", KIND_birth_day}, {"age", KIND_text},
                    {"suffix", KIND_text}, {"house", KIND_text}, {"road", KIND_text}, {"state", KIND_text}, {"insured", KIND_number}, {"firm", KIND_text}, {"type", KIND_text},
                    {"first_seen", KIND_text}};

/* One row of a file. */
typedef char cells[FILE_COLUMNS][CELL];

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
    case SECOND: return s->second;
    case OTHER_FAMILY: return s->married;
    case MONTH: return s->born + 5;
    case DAY: return s->born + 8;
    case INSURED: return s->phone + 2;
    default: return "";
    }
}

/* Those that are put together from others; nothing for the rest. */
static void
made_cell(what is, const stranger *s, char cell[CELL])
{
    static const char *const suffixes[] = {"jr", "sr", "iii"}, *const states[] = {"nsw", "vic", "qld", "wa", "sa"},
        *const trades[] = {"restaurant", "cafe", "grill", "bakery", "bistro", "& sons", "bar", "house"}, *const types[] = {"italian", "french", "american", "seafood", "asian", "mexican"};
    unsigned serial = (unsigned)atoi(s->service + 1), district = (unsigned)atoi(s->postcode) / 210;
    const char *house = strrchr(s->street, ' ');
    switch (is) {
    case MONTH:
    case DAY: cell[2] = 0; return;
    case AGE: snprintf(cell, CELL, "%d", 2020 - atoi(s->born)); return;
    case SUFFIX: snprintf(cell, CELL, "%s", serial % 12 < 3 ? suffixes[serial % 12] : ""); return;
    case HOUSE: snprintf(cell, CELL, "%s", house ? house + 1 : ""); return;
    case ROAD: snprintf(cell, CELL, "%.*s", (int)(house ? house - s->street : 0), s->street); return;
    case STATE: snprintf(cell, CELL, "%s", states[district % 5]); return;
    case FIRM: snprintf(cell, CELL, "%.40s %s", s->family, trades[serial % 8]); return;
    case TYPE: snprintf(cell, CELL, "%s", types[serial / 8 % 6]); return;
    case FIRST_SEEN: snprintf(cell, CELL, "%u%02u%02u", 2005 + serial % 14, 1 + serial / 14 % 12, 1 + serial / 168 % 28); return;
    default: return;
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
write_cell(rng *g, const file_plan *k, const column_plan *c, const stranger *s, bool married, char cell[CELL])
{
    if (c->is == FAMILY) stranger_family(g, s, married, k->styles, cell);
    else if (c->is == NAME) stranger_full(g, s, married, k->styles, cell);
    else snprintf(cell, CELL, "%s", plain_cell(c->is, s));
    if (c->is >= SECOND) made_cell(c->is, s, cell);
    if (c->is == ROW) snprintf(cell, CELL, "%08u", (unsigned)rng_below(g, 100000000));
}

/* Each error by its own share, or so many errors as are left for this record. */
static void
spoil_row(rng *g, const file_plan *k, const stranger *s, double by, size_t c, cells row)
{
    const column_plan *plan = &k->column[c];
    for (size_t e = 0; e < 3; e++)
        if (plan->error[e].by && rng_uniform(g) < plan->error[e].share * by) plan->error[e].by(g, s, row[c]);
}

/* One to k->errors errors in columns chosen by lot. */
static void
spoil_some(rng *g, const file_plan *k, const stranger *s, double level, cells row)
{
    size_t columns = 0;
    while (columns < FILE_COLUMNS && k->column[columns].there) columns++;
    double most = fmax(level * k->errors, 1);
    uint64_t left = 1 + rng_below(g, (uint64_t)most);
    for (int tries = 0; left && tries < 100; tries++) {
        size_t c = rng_below(g, columns), e = rng_below(g, 3);
        const column_plan *plan = &k->column[c];
        if (!plan->error[0].by || !row[c][0]) continue;
        left--;
        plan->error[plan->error[e].by ? e : 0].by(g, s, row[c]);
    }
}

static void
swap_names(const file_plan *k, cells row)
{
    char was[CELL];
    size_t given = FILE_COLUMNS, family = FILE_COLUMNS;
    for (size_t c = 0; c < FILE_COLUMNS && k->column[c].there; c++) {
        if (k->column[c].is == GIVEN) given = c;
        if (k->column[c].is == FAMILY) family = c;
    }
    if (given == FILE_COLUMNS || family == FILE_COLUMNS) return;
    memcpy(was, row[given], CELL);
    memcpy(row[given], row[family], CELL);
    memcpy(row[family], was, CELL);
}

static void
write_record(rng *g, const file_plan *k, const stranger *who, bool later, double by, cells row)
{
    stranger s = *who;
    bool married = rng_uniform(g) < k->married && later && s.woman;
    if (rng_uniform(g) < k->moved && later) strangers_move(g, &k->who, &s);
    for (size_t c = 0; c < FILE_COLUMNS && k->column[c].there; c++) {
        const column_plan *plan = &k->column[c];
        write_cell(g, k, plan, &s, married, row[c]);
        if (!k->errors) spoil_row(g, k, &s, by, c, row);
        if (plan->is == BORN || plan->is == YEAR) write_date(plan->is == BORN ? k->format : NULL, row[c]);
        if (plan->is == PHONE) write_phone(g, row[c]);
        if (rng_uniform(g) < plan->missing) row[c][0] = 0;
    }
    if (k->errors && later) spoil_some(g, k, &s, by, row);
    if (k->swapped > 0 && later && rng_uniform(g) < k->swapped * by) swap_names(k, row);
    bool nameless = k->nameless > 0 && rng_uniform(g) < k->nameless;
    for (size_t c = 0; nameless && c < FILE_COLUMNS; c++)
        if (k->column[c].there && (k->column[c].is == GIVEN || k->column[c].is == FAMILY || k->column[c].is == NAME)) row[c][0] = 0;
}

static size_t
records_of(rng *g, const file_plan *k)
{
    if (rng_uniform(g) >= k->again) return 1;
    if (k->sizes == TWO) return 2;
    if (k->sizes == TAIL) return 1 + (size_t)fmin(pow(1 - rng_uniform(g), -.9), 14); /* a tail of the power -1.1 */
    static const double zipf[] = {.438, .657, .803, .912}, poisson[] = {.582, .873, .970, .994}; /* 1 / k; of mean one, without none */
    if (k->sizes == UNIFORM) return 2 + rng_below(g, 5);
    double u = rng_uniform(g);
    size_t more = 0;
    while (more < 4 && u >= (k->sizes == ZIPF ? zipf : poisson)[more]) more++;
    return 2 + more;
}

typedef struct stranger_rows {
    size_t n;
    cells *row;
    int32_t *entity;
} stranger_rows;

static void
add_record(rng *g, const file_plan *k, const stranger *s, int32_t entity, bool later, double by, stranger_rows *f)
{
    write_record(g, k, s, later, by, f->row[f->n]);
    f->entity[f->n++] = entity;
}

static status
fill_table(arena *a, const file_plan *k, rng *g, const stranger_rows *f, table *t, int32_t **entity)
{
    SCRATCH(tmp);
    uint32_t *order;
    size_t fields = 0;
    while (fields < FILE_COLUMNS && k->column[fields].there) fields++;
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
fill_fields(arena *a, const file_plan *k, link_fields *fields)
{
    *fields = (link_fields){.id = "id"};
    ALLOC(a, fields->field, FILE_COLUMNS);
    for (size_t c = 0; c < FILE_COLUMNS && k->column[c].there; c++) {
        what is = k->column[c].is;
        fields->field[fields->n++] = (link_field){columns[is].column, columns[is].kind, is == BORN ? k->format : NULL};
    }
    return ST_OK;
}

/* In two files a person is in either by lot; errors of one clerk's record go together. */
static void
make_rows(rng *g, const file_plan *k, double level, const stranger who[], stranger_rows file[2])
{
    bool two = k->cover[0] > 0;
    for (size_t i = 0; i < k->persons; i++) {
        size_t records = two ? 2 : records_of(g, k);
        for (size_t r = 0; r < records; r++) {
            bool careless = rng_below(g, 5) == 0;
            double by = level * (k->errors ? 1 : careless ? 2.2 : .7);
            if (two && rng_uniform(g) >= k->cover[r]) continue;
            add_record(g, k, &who[i], (int32_t)i, r > 0, by, &file[two ? r : 0]);
        }
    }
}

/* Records of one person in one file. */
static size_t
most_records(const file_plan *k)
{
    return k->sizes == TAIL ? 15 : k->sizes <= TWO ? 2 : 6;
}

status
stranger_file_new(arena *a, const file_plan *plan, int level, double share, const uint64_t stream[2], people *result)
{
    SCRATCH(tmp);
    static const double levels[] = {0.5, 1, 1.7};
    file_plan k = *plan;
    k.persons = (size_t)fmax((double)k.persons * share, 1);
    rng g = rng_new(stream[0], stream[1]);
    stranger_rows file[2] = {{0}};
    stranger *who;
    people out = {.files = k.cover[0] > 0 ? 2 : 1};
    ALLOC(tmp, who, k.persons);
    strangers_make(&g, &k.who, k.persons, who);
    for (size_t f = 0; f < out.files; f++) {
        ALLOC(tmp, file[f].row, k.persons * most_records(&k));
        ALLOC(tmp, file[f].entity, k.persons * most_records(&k));
    }
    make_rows(&g, &k, levels[level], who, file);
    for (size_t f = 0; f < out.files; f++) CHECK(fill_table(a, &k, &g, &file[f], &out.file[f], &out.entity[f]));
    CHECK(fill_fields(a, &k, &out.fields));
    *result = out;
    return ST_OK;
}
