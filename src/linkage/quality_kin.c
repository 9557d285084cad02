#include "linkage/quality_kin.h"

#include <math.h>

enum { PRIOR_LINKS = 50, PRIOR_AGREES = 10, TURNS = 30 };

#define LEAST_SHARE 0.05 /* of links between different given names that join relatives, as long as nothing is concluded */

/* A field that is a person's own, and that relatives share by chance only. */
typedef struct own_field {
    size_t f;
    double same, others; /* share that agrees: of pairs of one person, of two persons */
} own_field;

typedef struct own_fields {
    size_t n;
    own_field of[LINK_FIELDS];
} own_fields;

static bool
is_kind(const link_model *model, size_t f, link_kind kind)
{
    return model->r->attribute[f].kind == kind;
}

static bool
another_name(int level)
{
    return level == NAME_ELSE || level == NAME_72;
}

/* Initials: whatever differs there is another letter, never only alike. */
static bool
is_initials(const link_model *model, size_t f, uint32_t record)
{
    const attribute *at = &model->r->attribute[f];
    const value_set *s = &model->r->set[at->set];
    if (s->coded) return false;
    text x = s->plain[at->of[record]];
    for (size_t i = 1; i < x.n; i += 2)
        if (x.bytes[i] != ' ') return false;
    return true;
}

/* A given name of the one stands in another column of the other: who is called by the second name. */
static bool
shares_name(const link_model *model, uint32_t i, uint32_t j)
{
    for (size_t f = 0; f < model->r->attributes; f++)
        for (size_t g = 0; g < model->r->attributes && is_kind(model, f, KIND_given_name); g++) {
            const attribute *x = &model->r->attribute[f], *y = &model->r->attribute[g];
            const value_set *s = &model->r->set[x->set], *t = &model->r->set[y->set];
            if (f == g || !is_kind(model, g, KIND_given_name) || x->of[i] < 0 || y->of[j] < 0 || s->coded || t->coded) continue;
            if (text_equal(s->plain[x->of[i]], t->plain[y->of[j]])) return true;
        }
    return false;
}

/* A given name is another one altogether; none is the same. */
static bool
names_differ(const link_model *model, const link_pairs *pairs, size_t k)
{
    bool differ = false;
    for (size_t f = 0; f < model->r->attributes; f++) {
        int level = code_level(pairs->code[k], f);
        if (!is_kind(model, f, KIND_given_name) || level == LEVEL_MISSING) continue;
        if (!another_name(level) || is_initials(model, f, pairs->a[k]) || is_initials(model, f, pairs->b[k])) return false;
        differ = true;
    }
    return differ && !shares_name(model, pairs->a[k], pairs->b[k]);
}

/* Are given names asked for, and is none known of both? */
static bool
nameless(const link_model *model, link_code c)
{
    bool asked = false;
    for (size_t f = 0; f < model->r->attributes; f++) {
        if (!is_kind(model, f, KIND_given_name)) continue;
        if (code_level(c, f) != LEVEL_MISSING) return false;
        asked = true;
    }
    return asked;
}

/* Born on wholly different days, in files where homes are known: not linked, such pairs are those of parents and children. */
static bool
births_differ(const link_model *model, link_code c)
{
    for (size_t f = 0; f < model->r->attributes && model->places; f++)
        if (link_type(model, f) == COMPARE_DATE && code_level(c, f) == DATE_ELSE) return true;
    return false;
}

static bool
agrees(const link_model *model, link_code c, size_t f)
{
    int level = code_level(c, f);
    return level == LEVEL_EXACT || (link_type(model, f) != COMPARE_EQUAL && level != level_else(link_type(model, f)));
}

/* Two persons by lot agree. */
static double
by_chance(const link_model *model, size_t f)
{
    const attribute *at = &model->r->attribute[f];
    double sum = 0;
    for (size_t v = 0; v < model->r->set[at->set].n; v++) sum += pow(model->borne[f][v] / model->persons[f], 2);
    return fmin(fmax(sum, 0.001), 0.999);
}

/* Links by p: how often a person's own fields agree where the given name does too. */
typedef struct evidence {
    double known[LINK_FIELDS], agree[LINK_FIELDS];
    double named; /* links with a given name */
} evidence;

static void
count_links(const link_model *model, const link_pairs *pairs, const link_clusters *c, evidence *e)
{
    for (size_t k = 0; k < pairs->n; k++) {
        link_code code = pairs->code[k];
        double p = pairs->p[k];
        if (c->cluster[pairs->a[k]] != c->cluster[pairs->b[k]]) continue;
        if (names_differ(model, pairs, k)) continue;
        e->named += nameless(model, code) ? 0 : p;
        for (size_t f = 0; f < model->r->attributes; f++) {
            if (code_level(code, f) != LEVEL_MISSING) e->known[f] += p, e->agree[f] += agrees(model, code, f) ? p : 0;
        }
    }
}

/* Shares of m: names that are only alike, and others. */
static double
alike_share(const double m[])
{
    return m[NAME_EDIT] + m[NAME_92] + m[NAME_84];
}

static double
another_share(const double m[])
{
    return m[NAME_ELSE] + m[NAME_72];
}

/* Share of the links between different given names that errors do not explain: to names that are only alike other ones are as it is
 * with family names. Given names may be mistaken otherwise: as long as there are not three times as many, nothing is concluded. */
static double
said_share(const link_model *model)
{
    double ratio = 0, share = 0;
    const level_rule *rules = level_rules(COMPARE_NAME);
    for (size_t f = 0; f < model->r->attributes; f++)
        if (is_kind(model, f, KIND_family_name)) ratio = fmax(ratio, another_share(model->m[f]) / alike_share(model->m[f]));
    if (ratio <= 0) ratio = (double)(rules[NAME_ELSE].share + rules[NAME_72].share) / (rules[NAME_EDIT].share + rules[NAME_92].share + rules[NAME_84].share);
    for (size_t f = 0; f < model->r->attributes; f++) {
        double seen = another_share(model->m[f]), expected = ratio * alike_share(model->m[f]);
        if (is_kind(model, f, KIND_given_name) && seen > 3 * expected) share = fmax(share, 1 - expected / seen);
    }
    return share;
}

static void
choose_fields(const link_model *model, const evidence *e, own_fields *own)
{
    own->n = 0;
    for (size_t f = 0; f < model->r->attributes; f++) {
        if (!is_kind(model, f, KIND_sex) && !is_kind(model, f, KIND_number) && !is_kind(model, f, KIND_email)) continue;
        double same = (e->agree[f] + 0.9 * PRIOR_AGREES) / (e->known[f] + PRIOR_AGREES);
        own->of[own->n++] = (own_field){f, fmin(same, 0.999), by_chance(model, f)};
    }
}

/* Of a pair between different given names: that it is of relatives, when a share of such pairs is. */
static double
kin_of(const link_model *model, link_code c, const own_fields *own, double share)
{
    double one = 1 - share, two = share;
    for (size_t i = 0; i < own->n; i++) {
        const own_field *o = &own->of[i];
        if (code_level(c, o->f) == LEVEL_MISSING) continue;
        bool agree = agrees(model, c, o->f);
        one *= agree ? o->same : 1 - o->same;
        two *= agree ? o->others : 1 - o->others;
    }
    return two / fmax(one + two, 1e-300);
}

/* The share that explains the links best, from what is said beforehand. */
static double
fit_share(const link_model *model, const link_pairs *pairs, const own_fields *own, size_t n, const uint32_t differ[], double said)
{
    double share = said;
    for (int turn = 0; turn < TURNS && own->n; turn++) {
        double all = PRIOR_LINKS, sum = PRIOR_LINKS * said;
        for (size_t i = 0; i < n; i++) {
            double p = pairs->p[differ[i]];
            all += p, sum += p * kin_of(model, pairs->code[differ[i]], own, share);
        }
        share = sum / all;
    }
    return share;
}

status
link_kin_find(arena *a, const link_model *model, const link_pairs *pairs, const link_clusters *c, link_kin *result)
{
    SCRATCH(tmp);
    evidence e = {{0}};
    own_fields own = {0};
    link_kin r = {0};
    uint32_t *differ;
    size_t links = 0, n = 0;
    ALLOC(a, r.share, pairs->n);
    ALLOC(tmp, differ, pairs->n);
    for (size_t k = 0; k < pairs->n; k++) /* links first */
        if (c->cluster[pairs->a[k]] == c->cluster[pairs->b[k]] && names_differ(model, pairs, k)) differ[links++] = (uint32_t)k;
    n = links;
    for (size_t k = 0; k < pairs->n; k++) {
        if (c->cluster[pairs->a[k]] == c->cluster[pairs->b[k]]) continue;
        if (links && names_differ(model, pairs, k)) differ[n++] = (uint32_t)k;
        else if (births_differ(model, pairs->code[k])) r.share[k] = 1;
    }
    if (links) {
        count_links(model, pairs, c, &e);
        choose_fields(model, &e, &own);
        double share = fit_share(model, pairs, &own, links, differ, fmax(said_share(model), LEAST_SHARE));
        for (size_t i = 0; i < n; i++) r.share[differ[i]] = kin_of(model, pairs->code[differ[i]], &own, share);
    }
    for (size_t i = 0; i < links; i++) r.links += pairs->p[differ[i]], r.kin += pairs->p[differ[i]] * r.share[differ[i]];
    r.nameless = r.kin / fmax(r.kin + e.named, 1);
    *result = r;
    return ST_OK;
}

double
link_kin_share(const link_model *model, const link_pairs *pairs, const link_kin *kin, size_t k)
{
    return kin->share[k] <= 0 && nameless(model, pairs->code[k]) ? kin->nameless : kin->share[k];
}

status
link_kin_take(arena *a, link_pairs *pairs, link_kin *kin)
{
    double *p;
    if (kin->kin <= kin->links / 2) return ST_OK;
    ALLOC(a, p, pairs->n);
    memcpy(p, pairs->p, pairs->n * sizeof *p);
    for (size_t k = 0; k < pairs->n; k++)
        if (kin->share[k] < 1 && p[k] < 1) pairs->p[k] *= 1 - kin->share[k];
    kin->model = p;
    return ST_OK;
}
