#include "linkage/weights.h"

#include "linkage/candidates.h"

#include <math.h>
#include <stdlib.h>

enum { MANY_VALUES = 40000 }; /* beyond, comparing all values of a set takes more than a second */
#define MANY_PAIRS 5e9         /* beyond, looking at all pairs takes more than ten */

/* A value against itself: a date in part agrees in its part only. */
static int
own_level(const value_set *s, size_t v)
{
    return s->type == COMPARE_DATE ? (int)compare_dates(s->dates[v], s->dates[v]) : LEVEL_EXACT;
}

double
link_away_share(compare_type type, int level)
{
    return level == level_else(type) ? 0.7 : level == LEVEL_EXACT ? 0.2 : 0.1 / (level_count(type) - 2);
}

static bool
is_place(link_kind kind)
{
    return kind == KIND_city || kind == KIND_postcode || kind == KIND_text;
}

static bool
is_own(link_kind kind)
{
    return kind == KIND_given_name || kind == KIND_full_name || kind == KIND_date_of_birth || kind == KIND_birth_year || kind == KIND_number || kind == KIND_email;
}

static void
prior_shares(link_model *model)
{
    int places = 0;
    for (size_t f = 0; f < model->r->attributes; f++) {
        compare_type type = link_type(model, f);
        const level_rule *rules = level_rules(type);
        bool place = is_place(model->r->attribute[f].kind);
        places += place;
        model->places |= (unsigned)place << f;
        model->own |= (unsigned)is_own(model->r->attribute[f].kind) << f;
        for (int l = 0; l < level_count(type); l++) {
            model->m[f][l] = rules[l].share / 1000.0;
            model->away[f][l] = link_away_share(type, l);
            model->log_m[f][l] = log(model->m[f][l]);
            model->log_away[f][l] = log(model->away[f][l]);
        }
    }
    model->moved = places >= 2 ? LINK_MOVED : 0;
}

status
link_model_new(arena *a, const link_records *r, link_model *result)
{
    link_model model = {.r = r, .two = r->split < r->n};
    double n = (double)r->n, first = (double)r->split;
    model.pairs = model.two ? first * (n - first) : n * (n - 1) / 2;
    bool many = model.pairs > MANY_PAIRS;
    ALLOC(a, model.levels, r->sets);
    for (size_t s = 0; s < r->sets; s++) {
        CHECK(level_set_new(a, &r->set[s], &model.levels[s]));
        many = many || r->set[s].n > MANY_VALUES;
    }
    if (!many) {
        ALLOC(a, model.similar, r->sets);
        for (size_t s = 0; s < r->sets; s++) CHECK(similar_new(a, &model.levels[s], &model.similar[s]));
    }
    for (size_t f = 0; f < r->attributes; f++) {
        size_t n = r->set[r->attribute[f].set].n;
        ALLOC(a, model.log_f[f], n * LEVELS);
        ALLOC(a, model.borne[f], n);
        ALLOC(a, model.log_of[f], n);
    }
    ALLOC(a, model.weight, r->n);
    ALLOC(a, model.lifts, 1);
    model.matches = model.two ? fmin(first, n - first) / 2 : n / 4;
    if (model.matches < 1) model.matches = 1;
    model.cut = -HUGE_VAL;
    prior_shares(&model);
    *result = model;
    return ST_OK;
}

/* Frequencies. */

/* Shares of years, months and days, to tell how rare a date is that was seen once; and for each the shares of the other ones, a digit
 * off (or two that changed places) or more. */
enum { YEARS = 400, PARTS = 100 }; /* years from 1700 on */
typedef struct date_parts_shares {
    double year[YEARS], month[PARTS], day[PARTS];
    double year_near[YEARS], year_other[YEARS], month_other[PARTS], day_near[PARTS], day_other[PARTS];
    double guessed;
} date_parts_shares;

static int
year_slot(int year)
{
    return year < 1700 ? 0 : year > 2099 ? YEARS - 1 : year - 1700;
}

static bool
two_digits_small(int a, int b)
{
    int a1 = a / 10, a0 = a % 10, b1 = b / 10, b0 = b % 10;
    return (a1 == b1) != (a0 == b0) || (a != b && a1 == b0 && a0 == b1);
}

/* One digit differs, or two neighbours changed places: four bits a digit. */
static bool
year_small(uint32_t a, uint32_t b)
{
    uint32_t x = a ^ b;
    if (!x) return false;
    int low = __builtin_ctz(x) / 4 * 4;
    if (!(x >> low >> 4)) return true;
    return !(x >> low >> 8) && (a >> low & 15) == (b >> low >> 4 & 15) && (a >> low >> 4 & 15) == (b >> low & 15);
}

/* Share of all whole dates at each level from d when year, month and day are independent: levels up to DATE_YEAR_ONLY. */
static void
independent_shares(const date_parts_shares *p, date_value d, double share[LEVELS])
{
    int own = year_slot(d.year);
    double y = p->year[own], m = p->month[d.month], day = p->day[d.day];
    share[DATE_EXACT] = y * m * day;
    share[DATE_DAY_SMALL] = y * m * p->day_near[d.day];
    share[DATE_DAY_OTHER] = y * m * p->day_other[d.day];
    share[DATE_MONTH] = y * day * p->month_other[d.month];
    share[DATE_YEAR_SMALL] = m * day * p->year_near[own];
    share[DATE_YEAR_OTHER] = m * day * p->year_other[own];
    share[DATE_SWAPPED] = y * p->month[d.day] * p->day[d.month];
    share[DATE_GUESSED] = y * (d.guessed ? 1 - p->guessed : p->guessed);
    share[DATE_YEAR_ONLY] = y * (1 - m) * (1 - day);
}

/* digits  of the years, by slot */
static void
others_shares(const uint32_t digits[YEARS], date_parts_shares *p)
{
    for (int other = 0; other < YEARS; other++)
        for (int own = 0; own < YEARS && p->year[other] > 0; own++)
            if (own != other) *(year_small(digits[other], digits[own]) ? &p->year_near[own] : &p->year_other[own]) += p->year[other];
    for (int other = 1; other < PARTS; other++)
        for (int own = 0; own < PARTS; own++) {
            if (own == other) continue;
            p->month_other[own] += p->month[other];
            *(two_digits_small(other, own) ? &p->day_near[own] : &p->day_other[own]) += p->day[other];
        }
}

static void
parts_shares(const value_set *s, const double w[], double whole, date_parts_shares *p)
{
    uint32_t digits[YEARS] = {0};
    *p = (date_parts_shares){0};
    for (size_t v = 0; v < s->n; v++) digits[year_slot(s->dates[v].year)] = s->dates[v].digits >> 16; /* not those of the year in encodings */
    for (size_t v = 0; v < s->n && whole > 0; v++) {
        date_value d = s->dates[v];
        if (!d.month || !d.day) continue;
        p->year[year_slot(d.year)] += w[v] / whole;
        p->month[d.month] += w[v] / whole;
        p->day[d.day] += w[v] / whole;
        p->guessed += d.guessed ? w[v] / whole : 0;
    }
    others_shares(digits, p);
}

/* A date seen once is rarer than one in n: its observed count is one person more than a prior of one person expects.
 * Gives how many persons an equal date is one of. */
static double
smooth_date(const date_parts_shares *p, date_value d, double whole, double self, const double sum[LEVELS], float log_f[LEVELS])
{
    double share[LEVELS] = {0};
    independent_shares(p, d, share);
    for (int l = 0; l <= DATE_YEAR_ONLY; l++) {
        double seen = fmax((l == DATE_EXACT ? self : sum[l]) - 1, 0);
        if (share[l] > 0) log_f[l] = (float)log((seen + 1) / (whole + 1 / share[l]));
    }
    return share[DATE_EXACT] > 0 ? whole + 1 / share[DATE_EXACT] : whole + 1;
}

/* Persons at each level from value v and from the next one, if it is to be had: two rows in turn, for the sums of one would wait for
 * each other. The values themselves are the caller's. */
static void
value_sums(const similar *s, const double w[], size_t v, double total, double sum[2][LEVELS])
{
    const bool two = v + 1 < s->n;
    const size_t end = s->start[v + 1], n[2] = {end - s->start[v], two ? s->start[v + 2] - end : 0};
    const uint32_t *row[2] = {s->entry + s->start[v], s->entry + end};
    double listed[2] = {0, 0};
    memset(sum, 0, (two ? 2 : 1) * sizeof *sum);
    for (size_t i = 0; i < n[0] && i < n[1]; i++)
        for (size_t k = 0; k < 2; k++) {
            double x = w[row[k][i] >> 4];
            sum[k][row[k][i] & 15] += x, listed[k] += x;
        }
    size_t longer = n[1] > n[0];
    for (size_t i = n[!longer]; i < n[longer]; i++) {
        double x = w[row[longer][i] >> 4];
        sum[longer][row[longer][i] & 15] += x, listed[longer] += x;
    }
    for (size_t k = 0; k <= two; k++) sum[k][s->other] += fmax(total - listed[k] - w[v + k], 0);
}

/* Too many values to compare all: levels against the values that most persons have, and against a sample of the others, once, each
 * standing for its share of all persons. Common names are few and most of what a name is alike to by a short form. */
enum { COMMON_VALUES = 500, SAMPLE_VALUES = 500 };

/* No hit among five hundred is not no neighbour: every value's hits at a level are drawn one towards the mean. */
static void
smooth_sample(float sums[], size_t n, double unit)
{
    for (int l = 1; l < LEVELS; l++) {
        double mean = 0;
        for (size_t v = 0; v < n; v++) mean += sums[v * LEVELS + (size_t)l] / unit / (double)n;
        if (mean <= 0) continue;
        for (size_t v = 0; v < n; v++) {
            float *sum = &sums[v * LEVELS + (size_t)l];
            *sum = (float)(unit * (*sum / unit + 1) / (1 + 1 / mean));
        }
    }
}

/* Adds to each value's sums the persons of the n values in `pick`, at most LEVEL_MANY, times `scale`. */
static status
add_levels(const link_model *model, size_t set, const double w[], size_t n, const uint32_t pick[], double scale, float sums[])
{
    SCRATCH(tmp);
    similar_filter *filter;
    CHECK(similar_filter_new(tmp, &model->levels[set], n, pick, &filter));
#pragma omp parallel for schedule(dynamic, 256)
    for (size_t v = 0; v < model->r->set[set].n; v++) {
        uint8_t level[LEVEL_MANY];
        similar_pick(filter, v, level);
        for (size_t i = 0; i < n; i++)
            if (pick[i] != v) sums[v * LEVELS + level[i]] += (float)(w[pick[i]] * scale);
    }
    return ST_OK;
}

typedef struct weighed {
    double w;
    uint32_t v;
} weighed;

static int
heaviest_first(const void *x, const void *y)
{
    const weighed *a = x, *b = y;
    if (a->w != b->w) return a->w > b->w ? -1 : 1;
    return (a->v > b->v) - (a->v < b->v);
}

static status
sample_levels(arena *a, link_model *model, size_t f, const double w[])
{
    SCRATCH(tmp);
    size_t set = model->r->attribute[f].set, all = model->r->set[set].n, common = all < COMMON_VALUES ? all : COMMON_VALUES, n = 0;
    size_t step = (all - common + SAMPLE_VALUES - 1) / SAMPLE_VALUES;
    weighed *by_weight;
    uint32_t *pick;
    float *sums;
    double others = 0, picked = 0;
    ALLOC(tmp, by_weight, all);
    ALLOC(tmp, pick, COMMON_VALUES + SAMPLE_VALUES);
    ALLOC(a, sums, all * LEVELS);
    for (size_t v = 0; v < all; v++) by_weight[v] = (weighed){w[v], (uint32_t)v};
    qsort(by_weight, all, sizeof *by_weight, heaviest_first);
    for (size_t k = common; k < all; k++) others += by_weight[k].w;
    for (size_t k = common + step / 2; k < all; k += step) pick[n++] = by_weight[k].v, picked += by_weight[k].w;
    if (picked > 0) {
        CHECK(add_levels(model, set, w, n, pick, others / picked, sums));
        smooth_sample(sums, all, others / (double)n);
    }
    for (size_t k = 0; k < common; k++) pick[k] = by_weight[k].v;
    CHECK(add_levels(model, set, w, common, pick, 1, sums));
    model->sampled[f] = sums;
    return ST_OK;
}

static double
family_total(compare_type type, const double sum[LEVELS], int family)
{
    double total = 0;
    for (int l = 0; l < level_count(type); l++)
        if (level_rules(type)[l].family == family) total += sum[l];
    return total;
}

/* The least number of persons at a level: how many a value has there by chance that has none but one person's. */
typedef struct floors {
    double persons[LEVELS];
} floors;

#define LEAST_PERSONS 0.1

static void
exact_floor(size_t n, const double w[], floors *f)
{
    double one = 0, two = 0;
    for (size_t v = 0; v < n; v++) {
        one += w[v] <= 0 ? 0 : w[v] < 1 ? 1 : fmax(2 - w[v], 0);
        two += fmax(1 - fabs(w[v] - 2), 0);
    }
    f->persons[LEVEL_EXACT] = fmin(fmax(2 * (two + 1) / (one + 1), LEAST_PERSONS), 1);
}

/* What the records of each value have at each level of their own persons, by p. */
static void
own_sums(const link_model *model, size_t f, const double weight[], const link_pairs *pairs, double own[][LEVELS])
{
    const int32_t *of = model->r->attribute[f].of;
    for (size_t k = 0; k < pairs->n; k++) {
        uint32_t i = pairs->a[k], j = pairs->b[k];
        int l = code_level(pairs->code[k], f);
        if (l == LEVEL_MISSING) continue;
        double both = pairs->p[k] * weight[i] * weight[j];
        own[of[i]][l] += both, own[of[j]][l] += both;
    }
}

/* Persons at each level from a value where none but its own person was seen: what Good & Turing expect, from the values with one
 * other person there and those with none. */
static void
level_floors(const value_set *s, const double w[], double sums[][LEVELS], double own[][LEVELS], floors *result)
{
    for (int l = 1; l < LEVELS; l++) {
        double none = 0, one = 0;
        if (l == level_else(s->type)) continue;
        for (size_t v = 0; v < s->n; v++) {
            if (w[v] <= 0) continue;
            double others = fmax(sums[v][l] - own[v][l] / w[v], 0);
            none += w[v] * fmax(1 - others, 0);
            one += w[v] * fmax(1 - fabs(others - 1), 0);
        }
        result->persons[l] = fmin(fmax((one + 1) / (none + 1), LEAST_PERSONS), 1);
    }
}

/* A neighbour that weighs less than three quarters of a person is likely the same person's other record. */
static void
log_frequencies(compare_type type, const double sum[LEVELS], const floors *f, float log_f[LEVELS])
{
    double total[2] = {family_total(type, sum, 0), family_total(type, sum, 1)};
    for (int l = 0; l < level_count(type); l++) {
        double persons = fmax(total[level_rules(type)[l].family], 1), alone = l == LEVEL_EXACT ? 1.5 : 0.75;
        double seen = l == LEVEL_EXACT ? (sum[l] < alone ? f->persons[l] : sum[l]) : fmax(sum[l] - 1, 0) + f->persons[l];
        log_f[l] = (float)log(fmin(seen / persons, 1));
    }
}

/* Persons at each level from each value, the value itself at its own. */
static status
level_sums(const link_model *model, size_t f, const double w[], double total, double sums[][LEVELS])
{
    const attribute *at = &model->r->attribute[f];
    size_t n = model->r->set[at->set].n;
#pragma omp parallel for schedule(dynamic, 64)
    for (size_t v = 0; v < n; v += 2) {
        if (model->similar) value_sums(&model->similar[at->set], w, v, total, sums + v);
        else
            for (size_t x = v; x < n && x < v + 2; x++)
                for (size_t l = 0; l < LEVELS; l++) sums[x][l] = model->sampled[f][x * LEVELS + l];
    }
    return ST_OK;
}

/* What one attribute after the other needs, each [most values]. */
typedef struct frequency_room {
    double *w, (*sums)[LEVELS], (*own)[LEVELS];
} frequency_room;

static status
attribute_frequencies(arena *a, link_model *model, size_t f, const double weight[], const link_pairs *pairs, const frequency_room *room)
{
    const attribute *at = &model->r->attribute[f];
    const value_set *s = &model->r->set[at->set];
    double *w = room->w, total = 0, whole = 0, (*sums)[LEVELS] = room->sums;
    memset(w, 0, s->n * sizeof *w);
    for (size_t i = 0; i < model->r->n; i++)
        if (at->of[i] >= 0) w[at->of[i]] += weight ? weight[i] : 1;
    for (size_t v = 0; v < s->n; v++) {
        total += w[v];
        if (s->type == COMPARE_DATE && s->dates[v].month && s->dates[v].day) whole += w[v];
    }
    if (!model->similar && !model->sampled[f]) CHECK(sample_levels(a, model, f, w));
    CHECK(level_sums(model, f, w, total, sums));
    floors least;
    for (int l = 0; l < LEVELS; l++) least.persons[l] = 1;
    if (weight) exact_floor(s->n, w, &least);
    if (weight && pairs && model->similar) {
        memset(room->own, 0, s->n * sizeof *room->own);
        own_sums(model, f, weight, pairs, room->own);
        level_floors(s, w, sums, room->own, &least);
    }
    date_parts_shares parts;
    if (s->type == COMPARE_DATE) parts_shares(s, w, whole, &parts);
    model->persons[f] = fmax(total, 1);
    model->plus[f] = s->type == COMPARE_DATE ? 1 : (float)least.persons[LEVEL_EXACT];
#pragma omp parallel for schedule(dynamic, 64)
    for (size_t v = 0; v < s->n; v++) {
        float *log_f = &model->log_f[f][v * LEVELS];
        sums[v][own_level(s, v)] += w[v];
        log_frequencies(s->type, sums[v], &least, log_f);
        double of = fmax(family_total(s->type, sums[v], 0), 1);
        if (s->type == COMPARE_DATE && s->dates[v].month && s->dates[v].day) of = smooth_date(&parts, s->dates[v], whole, w[v], sums[v], log_f);
        model->borne[f][v] = (float)w[v];
        model->log_of[f][v] = (float)log(of);
    }
    return ST_OK;
}

status
link_model_frequencies(arena *a, link_model *model, const double weight[], const struct link_pairs *pairs)
{
    SCRATCH(tmp);
    frequency_room room;
    size_t most = 0;
    for (size_t s = 0; s < model->r->sets; s++) most = model->r->set[s].n > most ? model->r->set[s].n : most;
    ALLOC(tmp, room.w, most);
    ALLOC(tmp, room.sums, most);
    ALLOC(tmp, room.own, weight && pairs && model->similar ? most : 0);
    for (size_t i = 0; i < model->r->n; i++) model->weight[i] = weight ? (float)weight[i] : 1;
    for (size_t f = 0; f < model->r->attributes; f++) CHECK(attribute_frequencies(a, model, f, weight, pairs, &room));
    return ST_OK;
}

/* Pairs. */

static int
value_level(const link_model *model, size_t set, int32_t v, int32_t w)
{
    if (v < 0 || w < 0) return LEVEL_MISSING;
    if (v == w) return own_level(&model->r->set[set], (size_t)v);
    if (model->similar) return similar_level(&model->similar[set], (size_t)v, (size_t)w);
    return level_of(&model->levels[set], (size_t)v, (size_t)w);
}

link_code
link_levels(const link_model *model, size_t i, size_t j)
{
    link_code c = 0;
    for (size_t f = 0; f < model->r->attributes; f++) {
        const attribute *at = &model->r->attribute[f];
        c |= (link_code)value_level(model, at->set, at->of[i], at->of[j]) << 4 * f;
    }
    return link_swapped(model, i, j, c);
}

link_code
link_swapped(const link_model *model, size_t i, size_t j, link_code c)
{
    int g = model->r->given, f = model->r->family;
    if (g < 0) return c;
    int lg = code_level(c, (size_t)g), lf = code_level(c, (size_t)f);
    if (lg < NAME_92 || lf < NAME_92 || lg == LEVEL_MISSING || lf == LEVEL_MISSING) return c;
    const attribute *given = &model->r->attribute[g], *family = &model->r->attribute[f];
    if (value_level(model, given->set, given->of[i], family->of[j]) > NAME_EDIT) return c;
    if (value_level(model, given->set, family->of[i], given->of[j]) > NAME_EDIT) return c;
    c &= ~((link_code)15 << 4 * g | (link_code)15 << 4 * f);
    return c | (link_code)NAME_SWAPPED << 4 * g | (link_code)NAME_SWAPPED << 4 * f;
}

/* Given and family name changed places: one mistake, which the level of the given name tells. */
static inline bool
told_by_given(const link_model *model, link_code c, size_t f)
{
    return (int)f == model->r->family && code_level(c, f) == NAME_SWAPPED;
}

int
link_unequal(const link_model *model, link_code c)
{
    int k = 0, swapped = model->r->family >= 0 && told_by_given(model, c, (size_t)model->r->family);
    for (size_t f = 0; f < model->r->attributes; f++, c >>= 4)
        k += (c & 15) != LEVEL_EXACT && (c & 15) != LEVEL_MISSING && (c & 15) != (link_type(model, f) == COMPARE_DATE ? DATE_PART_EXACT : 0);
    return k - swapped;
}

/* -1 differs wholly, 1 agrees; 0 neither, or not known. */
static int
tells_apart(compare_type type, link_kind kind, int level)
{
    if (level == LEVEL_MISSING) return 0;
    switch (type) {
    case COMPARE_DATE:
        if (level == DATE_GUESSED) return 0;
        return (level >= DATE_YEAR_ONLY && level <= DATE_ELSE) || level == DATE_PART_ELSE ? -1 : 1;
    case COMPARE_NAME:
        if (level == NAME_INITIAL || level == NAME_PART) return kind == KIND_full_name; /* of which more than a word agrees */
        return level == NAME_72 || level == NAME_ELSE ? -1 : level != NAME_84;
    case COMPARE_YEAR: return level >= YEAR_FIVE ? -1 : level == YEAR_EXACT;
    case COMPARE_CODE: return level == LEVEL_EXACT ? 1 : -(level == CODE_ELSE);
    default: return level == level_else(type) ? -1 : 1;
    }
}

bool
link_relatives(const link_model *model, link_code c)
{
    int differ = 0, agree = 0;
    for (unsigned x = model->own; x; x &= x - 1) {
        size_t f = (size_t)__builtin_ctz(x);
        int says = tells_apart(link_type(model, f), model->r->attribute[f].kind, code_level(c, f));
        differ += says < 0, agree += says > 0;
    }
    return model->own && (differ >= 2 || !agree);
}

/* Names that changed places are equal or one edit apart. */
static double
swapped_rarity(const link_model *model, size_t f, size_t i, size_t j)
{
    const attribute *other = &model->r->attribute[f == (size_t)model->r->given ? model->r->family : model->r->given];
    const float *x = &model->log_f[f][other->of[i] * LEVELS], *y = &model->log_f[f][other->of[j] * LEVELS];
    return -0.5 * log((exp(x[LEVEL_EXACT]) + exp(x[NAME_EDIT])) * (exp(y[LEVEL_EXACT]) + exp(y[NAME_EDIT])));
}

double
link_rarity(const link_model *model, size_t f, int level, size_t i, size_t j)
{
    if (level == LEVEL_MISSING) return 0;
    if (level == NAME_SWAPPED && link_type(model, f) == COMPARE_NAME) return swapped_rarity(model, f, i, j);
    const int32_t *of = model->r->attribute[f].of;
    if (level == LEVEL_EXACT) {
        double own = fmax(model->weight[i] + model->weight[j], 1), others = fmax(model->borne[f][of[i]] - own, 0);
        return fmax(model->log_of[f][of[i]] - log(others + model->plus[f]), 0);
    }
    return -0.5 * (model->log_f[f][of[i] * LEVELS + level] + model->log_f[f][of[j] * LEVELS + level]);
}

double
link_rarity_bound(const link_model *model, size_t f, size_t value)
{
    return fmax(model->log_of[f][value] - log(fmax(model->borne[f][value] - 2, 0) + model->plus[f]), 0);
}

/* Lifts of each attribute that another one tells. */
static void
lifts_of(const link_model *model, link_code c, size_t i, size_t j, double lift[LINK_FIELDS])
{
    int agree[LINK_FIELDS], n = 0;
    for (size_t f = 0; f < model->r->attributes; f++) {
        int level = code_level(c, f);
        lift[f] = 0;
        if (level != LEVEL_MISSING && level != level_else(link_type(model, f))) agree[n++] = (int)f;
    }
    double says[LINK_FIELDS];
    for (int a = 0; a < n; a++) says[a] = link_rarity(model, (size_t)agree[a], code_level(c, (size_t)agree[a]), i, j);
    for (int a = 0; a < n; a++) {
        size_t g = (size_t)agree[a];
        int y = code_level(c, g);
        double more = 0;
        for (int b = 0; b < n; b++) {
            size_t f = (size_t)agree[b];
            int x = code_level(c, f);
            float on_average = model->lifts->more[f][g][x][y];
            if (on_average > 0) more = fmax(more, fmax(on_average, fmin(model->lifts->both[f][g][x][y] * exp(says[b]), 1)));
        }
        if (more > 0 && says[a] > 0) lift[g] = fmax(says[a] + log(fmin(exp(-says[a]) + more, 1)), 0);
    }
}

double
link_lift(const link_model *model, link_code c, size_t i, size_t j)
{
    double lift[LINK_FIELDS], sum = 0;
    lifts_of(model, c, i, j, lift);
    for (size_t f = 0; f < model->r->attributes; f++) sum += lift[f];
    return sum;
}

double
link_fixed_weight(const link_model *model, link_code c, size_t i, size_t j)
{
    double w = -link_lift(model, c, i, j);
    for (size_t f = 0; f < model->r->attributes; f++) w += link_rarity(model, f, code_level(c, f), i, j);
    return w;
}

double
link_agreement(const link_model *model, link_code c, double *share)
{
    double here = 0, there = 0, sum = 0;
    for (size_t f = 0; f < model->r->attributes; f++) {
        int level = code_level(c, f);
        if (level == LEVEL_MISSING || told_by_given(model, c, f)) continue;
        if (model->moved > 0 && model->places >> f & 1) here += model->log_m[f][level], there += model->log_away[f][level];
        else sum += model->log_m[f][level];
    }
    if (share) *share = 0;
    if (model->moved <= 0) return sum;
    double a = (1 - model->moved) * exp(here), b = model->moved * exp(there);
    if (share) *share = b / (a + b);
    return sum + log(a + b);
}

double
link_weight(const link_model *model, link_code c, size_t i, size_t j, double field[])
{
    double part[LINK_FIELDS] = {0}, sum = 0, theta = model->theta[link_unequal(model, c)];
    int places = 0;
    for (size_t f = 0; f < model->r->attributes; f++) {
        int level = code_level(c, f);
        if (level == LEVEL_MISSING) continue;
        double log_m = told_by_given(model, c, f) ? 0 : model->log_m[f][level];
        sum += log_m;
        places += model->places >> f & 1;
        part[f] = log_m + link_rarity(model, f, level, i, j);
    }
    double mixed = link_agreement(model, c, NULL) - sum; /* what the places say together and not one by one */
    for (size_t f = 0; f < model->r->attributes; f++)
        if (places && model->places >> f & 1 && code_level(c, f) != LEVEL_MISSING) part[f] += mixed / places;
    double lift[LINK_FIELDS];
    lifts_of(model, c, i, j, lift);
    for (size_t f = 0; f < model->r->attributes; f++) part[f] -= lift[f];
    double w = theta;
    for (size_t f = 0; f < model->r->attributes; f++) {
        w += part[f];
        if (field) field[f] = part[f];
    }
    return w;
}

/* Two files: where most records have found their partner, one without has few to choose from. One in fifty is left free: with
 * less the last ones would be pushed together. */
static double
free_records(double n, double matches)
{
    return fmax(n - matches, 0.02 * n + 1);
}

double
link_prior(const link_model *model)
{
    double p = fmin(model->matches / fmax(model->pairs, 2), 0.5), first = (double)model->r->split, n = (double)model->r->n;
    if (model->two) return log(fmax(model->matches, 1e-9)) - log(free_records(first, model->matches)) - log(free_records(n - first, model->matches));
    return log(p / (1 - p));
}
