#include "people.h"

#include <stdio.h>

/* Names are made of syllables, some far more common than others. */
static const char *const starts[] = {"an", "be", "ca", "da", "el", "fa", "ga", "ha", "is", "jo", "ka", "la", "ma", "na", "ol", "pe",
                                     "ra", "sa", "ta", "va", "wi", "ye", "ze", "mo", "ri", "so", "lu", "ni", "ti", "bo", "kri", "ste"};
static const char *const middles[] = {"li", "ra", "no", "mi", "the", "ko", "ri", "ssa", "va", "ne", "do", "ber", "san", "tel", "vin", "mar"};
static const char *const ends[] = {"a", "na", "s", "sen", "ska", "ov", "ez", "i", "man", "ra", "er", "ic", "en", "ta", "o", "ne"};
static const char *const streets[] = {"dorpsstraat", "kerkweg", "molenlaan", "stationsplein", "hoofdstraat", "schoolstraat", "beukenlaan",
                                      "julianastraat", "parkweg", "havenkade", "nieuwstraat", "wilgenhof", "marktplein", "zandpad"};
static const char *const hosts[] = {"post.nl", "mail.com", "example.org", "web.de", "xs.nl"};

/* 0 .. n-1, small ones more often (Zipf-like). */
static size_t
skewed(rng *g, size_t n)
{
    double u = rng_uniform(g);
    size_t i = (size_t)((double)n * u * u * u);
    return i < n ? i : n - 1;
}

enum { VALUE = 48, COLUMNS = 11 };
static const struct {
    const char *name;
    link_kind kind;
    unsigned bit;
} columns[COLUMNS] = {{"given", KIND_given_name, PEOPLE_GIVEN},    {"family", KIND_family_name, PEOPLE_FAMILY},
                      {"born", KIND_date_of_birth, PEOPLE_BORN},   {"sex", KIND_sex, PEOPLE_SEX},
                      {"street", KIND_text, PEOPLE_STREET},        {"city", KIND_city, PEOPLE_CITY},
                      {"postcode", KIND_postcode, PEOPLE_POSTCODE}, {"number", KIND_number, PEOPLE_NUMBER},
                      {"email", KIND_email, PEOPLE_EMAIL},         {"month", KIND_birth_month, PEOPLE_PARTS},
                      {"day", KIND_birth_day, PEOPLE_PARTS}};
enum { GIVEN, FAMILY, BORN, SEX, STREET, CITY, POSTCODE, NUMBER, EMAIL, MONTH, DAY };

typedef struct person {
    char value[COLUMNS][VALUE];
} person;

static void
make_name(size_t i, char out[VALUE])
{
    size_t s = i % 32, m = i / 32 % 16, e = i / 512 % 16;
    snprintf(out, VALUE, "%s%s%s", starts[(s * 7 + e) % 32], i < 40 ? "" : middles[(m * 5 + s) % 16], ends[(e * 3 + m) % 16]);
}

static void
make_home(rng *g, size_t cities, person *p)
{
    size_t city = skewed(g, cities);
    int house = (int)(1 + rng_below(g, 150));
    snprintf(p->value[STREET], VALUE, "%s %d", streets[rng_below(g, 14)], house);
    make_name(700 + 13 * city, p->value[CITY]);
    char last = (char)('A' + rng_below(g, 20)), first = (char)('A' + rng_below(g, 20));
    snprintf(p->value[POSTCODE], VALUE, "%04d%c%c", (int)(1000 + 9 * city + rng_below(g, 3)), first, last);
}

static void
other_mail(rng *g, person *p)
{
    const char *host = hosts[skewed(g, 5)];
    snprintf(p->value[EMAIL], VALUE, "%.12s%d@%s", p->value[GIVEN], (int)rng_below(g, 1000), host);
}

static int
bsn_check(const int d[8])
{
    int sum = 0;
    for (int i = 0; i < 8; i++) sum += (9 - i) * d[i];
    return sum % 11;
}

/* Of 9999xxxx the i-th number, where it has a check digit; nobody bears such a number. */
static void
make_number(size_t i, char out[VALUE])
{
    size_t serial = i * 7919 % 10000;
    int d[8] = {9, 9, 9, 9, (int)(serial / 1000), (int)(serial / 100 % 10), (int)(serial / 10 % 10), (int)(serial % 10)};
    int check = bsn_check(d);
    snprintf(out, VALUE, "9999%04zu%d", serial, check);
    if (check == 10) out[0] = 0;
}

static void
make_person(rng *g, size_t i, size_t persons, person *p)
{
    size_t given = 120 + persons / 20, family = 200 + persons / 4;
    make_name(skewed(g, given < 4000 ? given : 4000), p->value[GIVEN]);
    make_name(37 + skewed(g, family < 8000 ? family : 8000), p->value[FAMILY]);
    int year = 1950 + (int)rng_below(g, 55), month = 1 + (int)rng_below(g, 12), day = 1 + (int)rng_below(g, 28);
    snprintf(p->value[BORN], VALUE, "%04d-%02d-%02d", year, month, day);
    snprintf(p->value[MONTH], VALUE, "%d", month);
    snprintf(p->value[DAY], VALUE, "%d", day);
    snprintf(p->value[SEX], VALUE, "%s", rng_below(g, 3) ? "f" : "m");
    make_number(i, p->value[NUMBER]);
    const char *host = hosts[skewed(g, 5)];
    snprintf(p->value[EMAIL], VALUE, "%.12s.%.12s%d@%s", p->value[GIVEN], p->value[FAMILY], (int)rng_below(g, 100), host);
}

/* One sign wrong, missing, doubled, or two neighbours swapped. */
static void
mistype(rng *g, char s[VALUE])
{
    size_t n = strlen(s);
    if (!n) return;
    size_t i = rng_below(g, n);
    char c = s[i] >= '0' && s[i] <= '9' ? (char)('0' + rng_below(g, 10)) : (char)('a' + rng_below(g, 26));
    switch (rng_below(g, 4)) {
    case 0: s[i] = c; break;
    case 1: memmove(s + i, s + i + 1, n - i); break;
    case 2:
        if (n + 2 < VALUE) memmove(s + i + 1, s + i, n - i + 1), s[i] = c;
        break;
    default:
        if (i + 1 < n) c = s[i], s[i] = s[i + 1], s[i + 1] = c;
    }
}

static void
spoil_date(rng *g, person *p)
{
    int year, month, day;
    if (sscanf(p->value[BORN], "%d-%d-%d", &year, &month, &day) != 3) return;
    switch (rng_below(g, 6)) {
    case 0: {
        int swap = month;
        if (day <= 12) month = day, day = swap;
        else day = 1 + (int)rng_below(g, 28);
        break;
    }
    case 1: year += rng_below(g, 2) ? 1 : -1; break;
    case 2: year = year / 100 * 100 + (int)rng_below(g, 100); break;
    case 3: month = 1 + (int)rng_below(g, 12); break;
    default: day = 1 + (int)rng_below(g, 28);
    }
    snprintf(p->value[BORN], VALUE, "%04d-%02d-%02d", year, month, day);
    snprintf(p->value[MONTH], VALUE, "%d", month);
    snprintf(p->value[DAY], VALUE, "%d", day);
}

static void
spoil(rng *g, const people_options *o, double error, person *p)
{
    if (rng_uniform(g) < error / 8) {
        person q = *p;
        memcpy(p->value[GIVEN], q.value[FAMILY], VALUE);
        memcpy(p->value[FAMILY], q.value[GIVEN], VALUE);
    }
    for (int c = 0; c < MONTH; c++) {
        if (rng_uniform(g) >= error) continue;
        if (c == BORN) spoil_date(g, p);
        else if (c == SEX) snprintf(p->value[SEX], VALUE, "%s", rng_below(g, 2) ? "f" : "m");
        else if ((c == GIVEN || c == FAMILY) && !rng_below(g, 5)) make_name(skewed(g, 200 + o->persons / 4), p->value[c]); /* another name */
        else if (c == EMAIL && !rng_below(g, 4)) other_mail(g, p);
        else if ((c == STREET || c == CITY || c == POSTCODE) && !rng_below(g, 4)) make_home(g, 40 + o->persons / 40, p); /* moved */
        else mistype(g, p->value[c]);
    }
    for (int c = 0; c < MONTH; c++)
        if (rng_uniform(g) < o->missing) p->value[c][0] = 0;
    if (!p->value[BORN][0]) p->value[MONTH][0] = p->value[DAY][0] = 0;
}

static double
record_error(rng *g, const people_options *o)
{
    if (!o->clustered) return o->error;
    return rng_below(g, 5) ? o->error / 4 : o->error * 4;
}

static status
fill_table(arena *a, const people_options *o, size_t n, const person rows[], table *t)
{
    size_t count = 1, k = 1;
    for (int c = 0; c < COLUMNS; c++) count += (o->fields & columns[c].bit) != 0;
    count += (o->fields & PEOPLE_PARTS) != 0;
    CHECK(table_new(a, "people", n, count, t));
    text_column *texts;
    char id[32];
    CHECK(table_set_column(a, t, 0, "id", COLUMN_TEXT, NULL));
    CHECK(text_column_new(a, n, &texts));
    for (size_t i = 0; i < n; i++) {
        snprintf(id, sizeof id, "r%07zu", i);
        CHECK(text_column_put(texts, i, text_of(id)));
    }
    CHECK(text_column_end(texts, &t->column[0]));
    for (int c = -1; c < COLUMNS; c++) {
        if (c < 0 ? !(o->fields & PEOPLE_PARTS) : !(o->fields & columns[c].bit)) continue;
        CHECK(table_set_column(a, t, k, c < 0 ? "year" : columns[c].name, COLUMN_TEXT, NULL));
        CHECK(text_column_new(a, n, &texts));
        for (size_t i = 0; i < n; i++) {
            text v = text_of(rows[i].value[c < 0 ? BORN : c]);
            if (c < 0 && v.n > 4) v.n = 4;
            CHECK(text_column_put(texts, i, v));
        }
        CHECK(text_column_end(texts, &t->column[k++]));
    }
    return ST_OK;
}

static status
fill_fields(arena *a, const people_options *o, link_fields *f)
{
    *f = (link_fields){.id = "id"};
    ALLOC(a, f->field, COLUMNS + 1);
    if (o->fields & PEOPLE_PARTS) f->field[f->n++] = (link_field){"year", KIND_birth_year, NULL};
    for (int c = 0; c < COLUMNS; c++)
        if (o->fields & columns[c].bit) f->field[f->n++] = (link_field){columns[c].name, columns[c].kind, NULL};
    return ST_OK;
}

status
people_new(arena *a, const people_options *o, people *result)
{
    SCRATCH(tmp);
    rng g = rng_new(o->seed, 1);
    size_t total = o->persons + o->duplicates;
    person *truth, *rows;
    int32_t *entity;
    ALLOC(tmp, truth, o->persons);
    ALLOC(tmp, rows, total);
    ALLOC(tmp, entity, total);
    for (size_t i = 0; i < o->persons; i++) {
        make_person(&g, i, o->persons, &truth[i]);
        bool same_home = o->families > 1 && i % (size_t)o->families;
        if (same_home)
            for (int c = FAMILY; c <= POSTCODE; c++) {
                if (c == BORN || c == SEX) continue;
                memcpy(truth[i].value[c], truth[i - 1].value[c], VALUE);
            }
        else make_home(&g, 40 + o->persons / 40, &truth[i]);
    }
    for (size_t i = 0; i < total; i++) {
        size_t k = i < o->persons ? i : 0;
        if (i >= o->persons && o->two) k = i - o->persons;
        else if (i >= o->persons) k = (i - o->persons) / (size_t)(o->most > 1 ? 1 + (i - o->persons) % (size_t)o->most : 1) % o->persons;
        rows[i] = truth[k];
        entity[i] = (int32_t)k;
        spoil(&g, o, i < o->persons ? o->error / 5 : record_error(&g, o), &rows[i]);
    }
    people out = {.files = o->two ? 2 : 1};
    for (size_t f = 0; f < out.files; f++) {
        size_t from = f ? o->persons : 0, n = !o->two ? total : f ? o->duplicates : o->persons;
        ALLOC(a, out.entity[f], n);
        uint32_t *order;
        person *mixed;
        ALLOC(tmp, order, n);
        ALLOC(tmp, mixed, n);
        rng_shuffle(&g, n, order);
        for (size_t i = 0; i < n; i++) mixed[i] = rows[from + order[i]], out.entity[f][i] = entity[from + order[i]];
        CHECK(fill_table(a, o, n, mixed, &out.file[f]));
    }
    CHECK(fill_fields(a, o, &out.fields));
    *result = out;
    return ST_OK;
}
