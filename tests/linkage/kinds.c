#include "kinds.h"

#include <math.h>
#include <stdio.h>

typedef enum trait {
    GIVEN, FAMILY, FULL, DOB, YEAR, MONTH, DAY, SEX, NATION, CITY, POSTCODE, STREET, HOUSE, STATE, NUMBER, EMAIL, WORK, TRAITS
} trait;

static const char *const trait_names[TRAITS] = {"given", "family", "name", "born", "year", "month", "day", "sex", "nationality",
                                                "city", "postcode", "street", "house", "state", "number", "email", "occupation"};
static const link_kind trait_kinds[TRAITS] = {KIND_given_name, KIND_family_name, KIND_full_name, KIND_date_of_birth, KIND_birth_year, KIND_birth_month,
                                              KIND_birth_day, KIND_sex, KIND_nationality, KIND_city, KIND_postcode, KIND_text, KIND_text, KIND_text,
                                              KIND_number, KIND_email, KIND_text};

enum { LENGTH = 64 };
typedef struct person {
    char of[TRAITS][LENGTH];
    int year, month, day; /* 0: not known */
} person;

typedef enum naming { PLAIN, PATRONYMIC, SPELT } naming;

/* A field of a kind of file: share of records where it is missing, and where it is not as it was; how many typing errors then. */
typedef struct field_plan {
    trait what;
    double missing, wrong;
    int typos;
} field_plan;

typedef struct kind_plan {
    const char *name;
    size_t persons;
    double more;      /* mean number of records beyond the first (geometric); two files: share that is in both */
    int most;         /* records a person may have */
    bool two, clean;  /* clean: the first record has no errors */
    naming names;
    double swapped;   /* share of records with given and family name in each other's place */
    double moved;     /* share with another home */
    int home;         /* persons of one family and home */
    double twins;     /* share of second members of a home born on the same day as the first */
    double spread;    /* of how bad records are: 0 all alike */
    field_plan field[12];
} kind_plan;

static const kind_plan plans[] = {
    {"historical persons", 1900, 4.2, 40, false, false, PLAIN, .03, .12, 1, 0, .8,
     {{GIVEN, .02, .18, 1}, {FAMILY, .02, .12, 1}, {DOB, .18, .12, 1}, {CITY, .10, .10, 1}, {POSTCODE, .10, .12, 1}, {WORK, .30, .25, 1}}},
    {"register, a tenth twice", 9000, .111, 2, false, true, PLAIN, 0, 0, 1, 0, 0,
     {{GIVEN, 0, .25, 1}, {FAMILY, 0, .3, 1}, {YEAR, 0, .15, 1}, {MONTH, 0, .1, 1}, {DAY, 0, .12, 1}}},
    {"few persons, e-mail and city", 251, 3, 9, false, true, PLAIN, .05, .02, 1, 0, .4,
     {{GIVEN, .17, .25, 3}, {FAMILY, .18, .25, 3}, {DOB, .02, .3, 1}, {CITY, .18, .25, 3}, {EMAIL, .2, .35, 4}}},
    {"two files, address", 5000, 1, 2, true, true, PLAIN, .05, .02, 1, 0, .5,
     {{GIVEN, .02, .2, 2}, {FAMILY, .01, .2, 2}, {HOUSE, .04, .15, 1}, {STREET, .02, .25, 2}, {CITY, .01, .15, 2}, {POSTCODE, 0, .12, 1},
      {STATE, .01, .12, 1}, {DOB, .02, .15, 1}, {NUMBER, 0, .06, 1}}},
    {"two files, half in both", 3000, .5, 2, true, false, PLAIN, .02, .1, 3, .04, .5,
     {{GIVEN, .03, .1, 1}, {FAMILY, .02, .1, 1}, {DOB, .05, .1, 1}, {SEX, .02, .01, 1}, {CITY, .05, .08, 1}, {POSTCODE, .1, .1, 1}}},
    {"sixty records", 40, .5, 4, false, false, PLAIN, .02, 0, 1, 0, .3, {{GIVEN, .02, .1, 1}, {FAMILY, .02, .1, 1}, {DOB, .05, .1, 1}}},
    {"three hundred records", 200, .5, 4, false, false, PLAIN, .02, .05, 1, 0, .5,
     {{GIVEN, .05, .12, 1}, {FAMILY, .03, .12, 1}, {DOB, .1, .12, 1}, {CITY, .1, .1, 1}}},
    {"families and twins", 2400, .25, 5, false, false, PLAIN, .01, .05, 4, .04, .6,
     {{GIVEN, .03, .1, 1}, {FAMILY, .02, .1, 1}, {DOB, .04, .08, 1}, {SEX, .02, .01, 1}, {STREET, .08, .12, 1}, {CITY, .05, .05, 1}, {POSTCODE, .08, .08, 1}}},
    {"patronymics", 1500, .4, 6, false, false, PATRONYMIC, .05, 0, 1, 0, .5, {{GIVEN, .02, .15, 1}, {FAMILY, .05, .15, 1}, {YEAR, .1, .15, 1}, {CITY, .1, .1, 1}}},
    {"birth in parts", 2000, .35, 5, false, false, PLAIN, .01, 0, 1, 0, .4,
     {{GIVEN, .02, .12, 1}, {FAMILY, .02, .12, 1}, {YEAR, .04, .08, 1}, {MONTH, .08, .08, 1}, {DAY, .1, .1, 1}, {SEX, .02, .02, 1}}},
    {"spelt in other scripts", 1500, .5, 8, false, false, SPELT, .08, 0, 1, 0, .5,
     {{GIVEN, .03, .3, 1}, {FAMILY, .03, .3, 1}, {DOB, .15, .2, 1}, {SEX, .02, .02, 1}, {NATION, .08, .05, 1}}},
    {"notifications", 1600, .35, 8, false, false, SPELT, .03, .15, 1, 0, .8,
     {{GIVEN, .15, .15, 1}, {FAMILY, .12, .15, 1}, {DOB, .25, .15, 1}, {SEX, .03, .02, 1}, {NATION, .1, .06, 1}, {CITY, .4, .15, 1}}},
    {"full name and birth", 2500, .25, 4, false, false, PLAIN, .08, 0, 1, 0, .4, {{FULL, .01, .25, 1}, {DOB, .08, .12, 1}, {SEX, .05, .02, 1}}},
    {"numbers with gaps", 2500, .3, 5, false, false, PLAIN, .01, .1, 3, .05, .5,
     {{NUMBER, .35, .04, 1}, {GIVEN, .05, .1, 1}, {FAMILY, .04, .1, 1}, {DOB, .06, .08, 1}, {POSTCODE, .2, .12, 1}}},
    {"a name, sex and nationality", 1200, .2, 4, false, false, SPELT, 0, 0, 1, 0, .3, {{FULL, .02, .15, 1}, {SEX, .05, .02, 1}, {NATION, .1, .05, 1}}},
};

static const char *
name(size_t kind)
{
    return plans[kind].name;
}

static const char *const given_names[] = {
    "john", "mary", "thomas", "william", "elizabeth", "james", "anna", "robert", "george", "sarah", "henry", "emma", "charles", "maria",
    "edward", "alice", "peter", "sophie", "joseph", "helen", "michael", "grace", "david", "olivia", "samuel", "jane", "richard", "lucy",
    "daniel", "laura", "francis", "eva", "arthur", "nina", "frederick", "clara", "albert", "ruth", "martin", "julia", "ernest", "irene",
    "hugh", "rosa", "philip", "agnes", "walter", "ida"};
static const char *const family_names[] = {
    "smith", "jones", "brown", "taylor", "meyer", "jansen", "wilson", "novak", "davies", "evans", "fischer", "bakker", "roberts", "walker",
    "schmidt", "visser", "wright", "thompson", "white", "mulder", "hughes", "edwards", "green", "keller", "wood", "harris", "martin", "jackson",
    "clarke", "peters", "turner", "hill", "moore", "cooper", "ward", "dekker", "morris", "koch", "king", "watson", "baker", "harrison",
    "morgan", "patel", "young", "allen", "mitchell", "lee", "phillips", "campbell"};
static const char *const spelt_given[] = {
    "mohammed", "fatima", "yusuf", "khadija", "ahmed", "aisha", "oluwaseun", "blessing", "hussein", "maryam", "abdoulaye", "aminata", "ibrahim",
    "zaynab", "dmitriy", "yekaterina", "sergey", "nataliya", "mikhail", "tatyana", "giorgi", "oksana", "mehmet", "ayshe", "joseph", "precious",
    "abubakar", "hauwa", "emeka", "ngozi", "chukwuemeka", "olena", "volodymyr", "lyudmila", "khaled", "samira"};
static const char *const cities[] = {"london", "birmingham", "leeds", "sheffield", "manchester", "liverpool", "bristol", "cardiff", "coventry", "hull",
                                     "leicester", "nottingham", "plymouth", "derby", "portsmouth", "southampton", "reading", "luton", "northampton", "york"};
static const char *const streets[] = {"church street", "mill lane", "station road", "high street", "park avenue", "school lane", "victoria road", "green lane",
                                      "manor drive", "kings road", "queen street", "grange close", "chapel walk", "meadow place", "hillside crescent"};
static const char *const works[] = {"writer", "politician", "painter", "clergyman", "lawyer", "engineer", "physician", "merchant", "actor", "soldier",
                                    "botanist", "architect", "composer", "teacher", "printer", "judge"};
static const char *const other_words[] = {"poet", "member of parliament", "artist", "priest", "barrister", "inventor", "surgeon", "banker", "comedian",
                                          "officer", "naturalist", "builder", "musician", "scholar", "publisher", "magistrate"};
static const char *const nations[] = {"nl", "ng", "pl", "ro", "bg", "hu", "ua", "ru", "cn", "vn", "ph", "ug", "gn", "ma", "sy", "ir"};
static const char *const hosts[] = {"smith.net", "jones.com", "harris-bailey.net", "brown.org", "lee-green.com", "walker.biz", "mail.com", "post.nl"};
static const char *const beginnings[] = {"bar", "cal", "der", "fen", "gar", "hol", "ken", "lan", "mar", "nor", "pen", "ros", "sto", "tre", "wal", "win",
                                         "ash", "bur", "cum", "dan", "ell", "fair", "ham", "kirk", "lod", "mel", "oak", "rad", "sand", "thorn", "whit", "yar"};
static const char *const endings[] = {"ton", "ley", "ford", "man", "well", "ham", "worth", "by", "field", "wood", "gate", "stone", "ner", "son", "low", "den",
                                      "court", "mere", "bridge", "shaw", "combe", "hurst", "wick", "dale"};

#define PICK(g, list) ((list)[rng_below((g), sizeof(list) / sizeof *(list))])

/* 0 .. n-1 with shares falling as 1 / (rank + 3): few names are common, most are rare. */
static size_t
by_rank(rng *g, size_t n)
{
    double u = rng_uniform(g), top = log(((double)n + 3) / 3);
    size_t i = (size_t)(3 * exp(u * top) - 3);
    return i < n ? i : n - 1;
}

static void
put(char out[LENGTH], const char *s)
{
    snprintf(out, LENGTH, "%s", s);
}

/* The i-th name: a known one, then made ones. */
static void
ranked_name(const char *const known[], size_t n, size_t i, char out[LENGTH])
{
    if (i < n) put(out, known[i]);
    else if (i - n < 32 * 24) snprintf(out, LENGTH, "%s%s", beginnings[(i - n) % 32], endings[(i - n) / 32 % 24]);
    else snprintf(out, LENGTH, "%s%s%s", beginnings[(i - n) % 32], beginnings[((i - n) / 32 * 5 + 7) % 32], endings[(i - n) / 1024 % 24]);
}

static void
given_name(rng *g, const kind_plan *k, char out[LENGTH])
{
    bool spelt = k->names == SPELT;
    size_t n = spelt ? sizeof spelt_given / sizeof *spelt_given : sizeof given_names / sizeof *given_names;
    ranked_name(spelt ? spelt_given : given_names, n, by_rank(g, n + (spelt ? 30 : k->persons / 12)), out);
}

static void
family_name(rng *g, const kind_plan *k, char out[LENGTH])
{
    char father[LENGTH];
    size_t n = sizeof family_names / sizeof *family_names;
    if (k->names == PLAIN) {
        ranked_name(family_names, n, by_rank(g, n + k->persons / 2), out);
        return;
    }
    given_name(g, k, father);
    if (k->names == PATRONYMIC) snprintf(out, LENGTH, "%.40s%s", father, rng_below(g, 2) ? "sson" : "sdottir");
    else if (rng_below(g, 3)) {
        const char *end = rng_below(g, 3) ? "" : "ov";
        snprintf(out, LENGTH, "%s%.40s%s", rng_below(g, 4) ? "" : "el ", father, end);
    } else ranked_name(family_names, n, n + by_rank(g, 700), out);
}

static void
make_home(rng *g, person *p)
{
    size_t city = by_rank(g, 60), area = city * 7 + rng_below(g, 7);
    ranked_name(cities, 20, city, p->of[CITY]);
    char last = (char)('a' + rng_below(g, 20)), first = (char)('a' + rng_below(g, 20));
    snprintf(p->of[POSTCODE], LENGTH, "%c%c%d %d%c%c", (char)('a' + city % 26), (char)('a' + city * 11 % 26), (int)(1 + area % 30), (int)rng_below(g, 10),
             first, last);
    if (rng_below(g, 2)) put(p->of[STREET], PICK(g, streets));
    else {
        const char *end = PICK(g, endings);
        snprintf(p->of[STREET], LENGTH, "%s%s street", PICK(g, beginnings), end);
    }
    snprintf(p->of[HOUSE], LENGTH, "%d", (int)(1 + by_rank(g, 400)));
    snprintf(p->of[STATE], LENGTH, "%s", (const char *const[]){"nsw", "vic", "qld", "wa", "sa", "tas"}[city * 5 % 17 % 6]);
}

static void
write_birth(person *p)
{
    if (p->year && p->month) snprintf(p->of[DOB], LENGTH, "%04d-%02d-%02d", p->year, p->month, p->day);
    snprintf(p->of[YEAR], LENGTH, "%d", p->year);
    snprintf(p->of[MONTH], LENGTH, "%d", p->month);
    snprintf(p->of[DAY], LENGTH, "%d", p->day);
}

static void
make_person(rng *g, const kind_plan *k, person *p)
{
    given_name(g, k, p->of[GIVEN]);
    family_name(g, k, p->of[FAMILY]);
    p->year = (k->field[5].what == WORK ? 1780 : 1945) + (int)rng_below(g, 65), p->month = 1 + (int)rng_below(g, 12), p->day = 1 + (int)rng_below(g, 28);
    if (k->names == SPELT && !rng_below(g, 8)) p->month = p->day = 1; /* estimated */
    write_birth(p);
    put(p->of[SEX], rng_below(g, 10) < 7 ? "f" : "m");
    put(p->of[NATION], nations[by_rank(g, sizeof nations / sizeof *nations)]);
    snprintf(p->of[NUMBER], LENGTH, "%07d", (int)(1000000 + rng_below(g, 9000000)));
    put(p->of[WORK], works[by_rank(g, 16)]);
    make_home(g, p);
    switch (rng_below(g, 3)) {
    case 0: snprintf(p->of[EMAIL], LENGTH, "%.20s.%.20s%d@%s", p->of[GIVEN], p->of[FAMILY], (int)rng_below(g, 100), PICK(g, hosts)); break;
    case 1: snprintf(p->of[EMAIL], LENGTH, "%.20s%d@%s", p->of[GIVEN], (int)rng_below(g, 300), PICK(g, hosts)); break;
    default: snprintf(p->of[EMAIL], LENGTH, "%.20s%c%d@%s", p->of[GIVEN], p->of[FAMILY][0], (int)rng_below(g, 100), PICK(g, hosts));
    }
}

static void
make_persons(rng *g, const kind_plan *k, size_t n, person p[])
{
    for (size_t i = 0; i < n; i++) {
        make_person(g, k, &p[i]);
        if (k->home < 2 || i % (size_t)k->home == 0) continue;
        put(p[i].of[FAMILY], p[i - 1].of[FAMILY]);
        for (trait t = CITY; t <= STATE; t++) put(p[i].of[t], p[i - 1].of[t]);
        if (rng_uniform(g) >= k->twins) continue;
        p[i].year = p[i - 1].year, p[i].month = p[i - 1].month, p[i].day = p[i - 1].day;
        write_birth(&p[i]);
    }
}

/* One sign wrong, missing, more, or changed places with its neighbour or (rarely) with any other. */
static void
mistype(rng *g, char s[LENGTH])
{
    size_t n = strlen(s);
    if (!n) return;
    size_t i = rng_below(g, n), j = rng_below(g, 3) ? i + 1 : rng_below(g, n);
    char c = s[i] >= '0' && s[i] <= '9' ? (char)('0' + rng_below(g, 10)) : (char)('a' + rng_below(g, 26));
    switch (rng_below(g, 4)) {
    case 0: s[i] = c; break;
    case 1: memmove(s + i, s + i + 1, n - i); break;
    case 2:
        if (n + 2 < LENGTH) memmove(s + i + 1, s + i, n - i + 1), s[i] = c;
        break;
    default:
        if (j < n) c = s[i], s[i] = s[j], s[j] = c;
    }
}

/* The same name as another clerk hears it. */
static void
respell(rng *g, char s[LENGTH])
{
    static const char *const pairs[][2] = {{"mm", "m"}, {"ou", "u"}, {"kh", "h"}, {"ye", "e"}, {"iy", "y"}, {"ph", "f"}, {"sh", "ch"}, {"ei", "ey"}, {"ss", "s"},
                                           {"ya", "ia"}, {"o", "u"}, {"k", "c"}, {"e", "a"}, {"y", "i"}, {"u", "oo"}, {"z", "s"}, {"v", "w"}, {"dj", "j"}};
    enum { N = sizeof pairs / sizeof *pairs };
    size_t from = rng_below(g, N);
    for (size_t i = 0; i < N; i++) {
        const char *const *pair = pairs[(from + i) % N];
        char *at = strstr(s, pair[0]), rest[LENGTH];
        if (!at || strlen(s) + 2 >= LENGTH) continue;
        put(rest, at + strlen(pair[0]));
        snprintf(at, LENGTH - (size_t)(at - s), "%s%s", pair[1], rest);
        return;
    }
    mistype(g, s);
}

static void
spoil_name(rng *g, const kind_plan *k, bool family, int typos, char s[LENGTH])
{
    uint64_t how = rng_below(g, 20);
    if (how == 0) family ? family_name(g, k, s) : given_name(g, k, s);
    else if (how == 1 && !family) s[1] = 0;
    else if (how == 2) {
        char second[LENGTH], both[2 * LENGTH];
        family ? family_name(g, k, second) : given_name(g, k, second);
        snprintf(both, sizeof both, "%s %s", s, second);
        snprintf(s, LENGTH, "%.60s", both);
    } else if (how == 3 && strlen(s) > 4) s[3 + rng_below(g, 2)] = 0; /* a short form */
    else if (k->names == SPELT && how < 16) respell(g, s);
    else
        for (uint64_t n = 1 + rng_below(g, (uint64_t)typos); n > 0; n--) mistype(g, s);
}

static void
spoil_birth(rng *g, const kind_plan *k, trait t, person *p)
{
    int was = p->month;
    if (t == YEAR || (t == DOB && !rng_below(g, 3))) {
        int how = (int)rng_below(g, 4);
        p->year += how == 0 ? 1 : how == 1 ? -1 : how == 2 ? 10 * ((int)rng_below(g, 5) - 2) : (int)rng_below(g, 10) - p->year % 10;
    } else if (t == MONTH) p->month = 1 + (int)rng_below(g, 12);
    else if (t == DAY) p->day = 1 + (int)rng_below(g, 28);
    else if (k->names == SPELT && rng_below(g, 2)) p->month = p->day = 1;
    else if (p->day <= 12 && !rng_below(g, 3)) p->month = p->day, p->day = was;
    else if (rng_below(g, 2)) p->day = 1 + (int)rng_below(g, 28);
    else p->month = 1 + (int)rng_below(g, 12);
    write_birth(p);
}

static void
spoil_field(rng *g, const kind_plan *k, const field_plan *f, person *p)
{
    person other;
    char *s = p->of[f->what];
    switch (f->what) {
    case GIVEN:
    case FAMILY: spoil_name(g, k, f->what == FAMILY, f->typos, s); return;
    case DOB:
    case YEAR:
    case MONTH:
    case DAY: spoil_birth(g, k, f->what, p); return;
    case SEX: put(s, *s == 'f' ? "m" : "f"); return;
    case NATION: put(s, PICK(g, nations)); return;
    case WORK: put(s, rng_below(g, 3) ? PICK(g, works) : PICK(g, other_words)); return;
    case POSTCODE:
    case CITY:
        other = *p;
        make_home(g, &other);
        if (!rng_below(g, 4)) put(s, other.of[f->what]);
        else mistype(g, s);
        return;
    default:
        for (uint64_t n = 1 + rng_below(g, (uint64_t)f->typos); n > 0; n--) mistype(g, s);
    }
}

static void
swap_names(person *p)
{
    char was[LENGTH];
    put(was, p->of[GIVEN]);
    put(p->of[GIVEN], p->of[FAMILY]);
    put(p->of[FAMILY], was);
}

/* A record of a person: `by` says how bad it is. */
static void
make_record(rng *g, const kind_plan *k, double by, double level, person *p)
{
    if (by > 0 && rng_uniform(g) < k->moved) make_home(g, p);
    if (by > 0 && rng_uniform(g) < k->swapped * by) swap_names(p);
    bool full = k->field[0].what == FULL;
    for (size_t f = 0; f < 12 && k->field[f].wrong > 0; f++) {
        const field_plan *plan = &k->field[f];
        field_plan part = {rng_below(g, 2) ? GIVEN : FAMILY, 0, 0, plan->typos};
        if (rng_uniform(g) < fmin(plan->wrong * by * level, .8)) spoil_field(g, k, plan->what == FULL ? &part : plan, p);
    }
    if (full) {
        char both[2 * LENGTH];
        snprintf(both, sizeof both, "%s %s", p->of[GIVEN], p->of[FAMILY]);
        snprintf(p->of[FULL], LENGTH, "%.60s", both);
    }
    for (size_t f = 0; f < 12 && k->field[f].wrong > 0; f++)
        if (rng_uniform(g) < k->field[f].missing * (by > 0 ? 1 : .5)) p->of[k->field[f].what][0] = 0;
}

/* How bad a record is: mean one, longer tailed with more spread. */
static double
badness(rng *g, double spread)
{
    return exp(spread * rng_normal(g) - spread * spread / 2);
}

static size_t
more_records(rng *g, const kind_plan *k)
{
    size_t n = 0;
    while (n + 1 < (size_t)k->most && rng_uniform(g) < k->more / (1 + k->more)) n++;
    return k->most == 2 ? rng_uniform(g) < k->more : n;
}

static status
fill_file(arena *a, const kind_plan *k, size_t n, const person rows[], table *t)
{
    size_t fields = 0;
    while (fields < 12 && k->field[fields].wrong > 0) fields++;
    CHECK(table_new(a, k->name, n, fields + 1, t));
    for (size_t c = 0; c <= fields; c++) {
        text_column *texts;
        trait what = c ? k->field[c - 1].what : GIVEN;
        char id[32];
        CHECK(table_set_column(a, t, c, c ? trait_names[what] : "id", COLUMN_TEXT, NULL));
        CHECK(text_column_new(a, n, &texts));
        for (size_t i = 0; i < n; i++) {
            snprintf(id, sizeof id, "r%07zu", i);
            CHECK(text_column_put(texts, i, text_of(c ? rows[i].of[what] : id)));
        }
        CHECK(text_column_end(texts, &t->column[c]));
    }
    return ST_OK;
}

typedef struct made {
    size_t n[2];
    person *row[2];
    int32_t *entity[2];
} made;

static status
make_records(arena *tmp, const kind_plan *k, double level, rng *g, made *m)
{
    person *truth;
    size_t most = k->persons * (k->two ? 1 : (size_t)k->most);
    ALLOC(tmp, truth, k->persons);
    make_persons(g, k, k->persons, truth);
    for (int f = 0; f < (k->two ? 2 : 1); f++) {
        ALLOC(tmp, m->row[f], most + k->persons);
        ALLOC(tmp, m->entity[f], most + k->persons);
    }
    for (size_t i = 0; i < k->persons; i++) {
        size_t records = 1 + more_records(g, k);
        for (size_t r = 0; r < records; r++) {
            size_t f = k->two && r;
            person p = truth[i];
            make_record(g, k, !r && k->clean ? 0 : badness(g, k->spread), level, &p);
            m->row[f][m->n[f]] = p;
            m->entity[f][m->n[f]++] = (int32_t)i;
        }
        if (k->two && records == 1 && k->more < 1) { /* the other file has others in their place */
            person p = {0};
            make_person(g, k, &p);
            make_record(g, k, 1, level, &p);
            m->row[1][m->n[1]] = p;
            m->entity[1][m->n[1]++] = (int32_t)(k->persons + i);
        }
    }
    return ST_OK;
}

static status
make(arena *a, size_t kind, int level, double share, uint64_t seed, people *result)
{
    SCRATCH(tmp);
    static const double levels[KINDS_ERRORS] = {0.5, 1, 1.6};
    kind_plan k = plans[kind];
    k.persons = (size_t)((double)k.persons * share);
    rng g = rng_new(seed, 0x6b696e64 + kind);
    made m = {{0}};
    people out = {.files = k.two ? 2 : 1, .fields = {.id = "id"}};
    CHECK(make_records(tmp, &k, levels[level], &g, &m));
    for (size_t f = 0; f < out.files; f++) {
        uint32_t *order;
        person *mixed;
        ALLOC(tmp, order, m.n[f]);
        ALLOC(tmp, mixed, m.n[f]);
        ALLOC(a, out.entity[f], m.n[f]);
        rng_shuffle(&g, m.n[f], order);
        for (size_t i = 0; i < m.n[f]; i++) mixed[i] = m.row[f][order[i]], out.entity[f][i] = m.entity[f][order[i]];
        CHECK(fill_file(a, &k, m.n[f], mixed, &out.file[f]));
    }
    ALLOC(a, out.fields.field, 12);
    for (size_t f = 0; f < 12 && k.field[f].wrong > 0; f++)
        out.fields.field[out.fields.n++] = (link_field){trait_names[k.field[f].what], trait_kinds[k.field[f].what], NULL};
    *result = out;
    return ST_OK;
}

const kinds_list kinds_first = {sizeof plans / sizeof *plans, name, make};

double
kinds_best_rule(const link_records *r, const int32_t entity[])
{
    double n[LINK_FIELDS + 1] = {0}, right[LINK_FIELDS + 1] = {0}, best = 0, all = 0, good = 0, truth = 0;
    bool two = r->split < r->n;
    for (size_t i = 0; i < r->split; i++)
        for (size_t j = two ? r->split : i + 1; j < r->n; j++) {
            size_t equal = 0;
            for (size_t f = 0; f < r->attributes; f++) equal += r->attribute[f].of[i] >= 0 && r->attribute[f].of[i] == r->attribute[f].of[j];
            n[equal]++, right[equal] += entity[i] == entity[j];
        }
    for (size_t k = 0; k <= r->attributes; k++) truth += right[k];
    for (size_t k = r->attributes; k > 0; k--) {
        all += n[k], good += right[k];
        best = fmax(best, 2 * good / fmax(all + truth, 1));
    }
    return best;
}
