/* The weight of a pair of records: Fellegi & Sunter 1969 (doi:10.1080/01621459.1969.10501049) with frequencies of values.
 *
 *     weight = sum over fields [ ln m(level) - (ln F(level, a) + ln F(level, b)) / 2 ] - lifts + theta(k)
 *
 * m      share of a level among pairs of one person, estimated by EM (linkage/em.h)
 * F      fuzzy frequency: share of persons whose value lies at that level from the value of a; at least one person.
 *        Persons are counted, not records: a record weighs 1 / (1 + expected partners)
 * lift   what two agreeing fields say twice, from joint agreement among pairs of different persons, along a tree (after
 *        Chow & Liu 1968, doi:10.1109/TIT.1968.1054142), only above three standard deviations
 * moved  a person who moved has another street, city and postcode at once: the m of places are a mixture of two
 * theta  ln of observed over expected number of pairs of one person with k fields that are not equal: errors cluster
 * A missing value adds nothing. See docs/methods/linkage.md. */
#ifndef PEIL_LINKAGE_WEIGHTS_H
#define PEIL_LINKAGE_WEIGHTS_H

#include "linkage/similar.h"

/* Levels of all attributes of a pair, four bits each: attribute f at bits 4f. */
typedef uint64_t link_code;

static inline int
code_level(link_code c, size_t f)
{
    return (int)(c >> 4 * f & 15);
}

/* Different persons who agree on one attribute (a home) agree on another (a family name) more often than by chance:
 * by `more`, whatever the value, so that F(value) + more takes the place of F(value). The rarer of the two tells, and each
 * attribute believes the one that tells it most: a tree for every pair, over the attributes it agrees on. */
/* Counts of agreeing levels over a sample of pairs: of one attribute, and of two at once. */
typedef struct link_joint {
    double one[LINK_FIELDS][LEVELS];
    double two[LINK_FIELDS][LINK_FIELDS][LEVELS][LEVELS]; /* f < g */
    double pairs;
} link_joint;

typedef struct link_lifts {
    uint8_t *chosen;  /* [records] whose pairs with all others are the sample; NULL: not drawn yet */
    link_joint *seen; /* all pairs of the sample */
    link_joint *equal; /* all pairs there are, equal levels only */
    /* f, g, level of f, level of g: f is the rarer and tells g */
    float more[LINK_FIELDS][LINK_FIELDS][LEVELS][LEVELS];
    float both[LINK_FIELDS][LINK_FIELDS][LEVELS][LEVELS]; /* share of all pairs that agree on both beyond chance */
} link_lifts;

struct link_pairs;

typedef struct link_model {
    const link_records *r;
    level_set *levels;  /* [sets] */
    similar *similar;   /* [sets]; NULL when there are too many values: levels are then found pair by pair */
    double pairs;       /* all pairs there are */
    double m[LINK_FIELDS][LEVELS], log_m[LINK_FIELDS][LEVELS];
    double away[LINK_FIELDS][LEVELS], log_away[LINK_FIELDS][LEVELS]; /* m of places when the person moved between the records */
    double moved;                /* share of pairs of one person that did; 0: fewer than two fields of places */
    unsigned places;             /* bit f: attribute f is a place */
    unsigned own;                /* bit f: relatives do not share attribute f: given and full names, birth, numbers, e-mail */
    float *log_f[LINK_FIELDS]; /* [values * LEVELS] by attribute; of equal values: see `borne` */
    /* Two equal values are as rare as others say, who bear that value too: ln (those + plus) - log_of. */
    float *borne[LINK_FIELDS];   /* [values] persons that bear it */
    float *log_of[LINK_FIELDS];  /* [values] ln of all persons */
    float plus[LINK_FIELDS];
    float *weight;               /* [records] of a person */
    double persons[LINK_FIELDS]; /* with a value */
    double theta[LINK_FIELDS + 1];
    link_lifts *lifts;
    double matches;     /* expected pairs of one person, those that are no candidates too */
    double cut;         /* candidates weigh this at least, without lifts and theta */
    bool two;           /* two files: one to one */
    float *sampled[LINK_FIELDS]; /* [values * LEVELS] without `similar`: persons at each level, from a sample of values */
    size_t passes;      /* without `similar`: which attributes had to be equal for a pair to be seen */
    struct { uint8_t f, g; } pass[LINK_FIELDS * LINK_FIELDS];
} link_model;

/* Values compared, m as said beforehand, no frequencies yet. */
status link_model_new(arena *a, const link_records *r, link_model *result);

/* F from records that weigh `weight`; NULL: 1 each. A value that one person has is not as common as one in n: a second
 * person would have it as often as values have two persons (Good & Turing), between a tenth of a person and one.
 * a       the arena of the model
 * pairs   with p, to know which similar values belong to one person; NULL: none
 * Cost    the similar values of all values */
status link_model_frequencies(arena *a, link_model *model, const double weight[], const struct link_pairs *pairs);

/* What is said beforehand of places when the person moved. */
#define LINK_MOVED 0.05
double link_away_share(compare_type type, int level);

/* Levels of a pair. */
link_code link_levels(const link_model *model, size_t i, size_t j);
/* NAME_SWAPPED for given and family name when the one's given name is the other's family name. */
link_code link_swapped(const link_model *model, size_t i, size_t j, link_code c);

static inline compare_type
link_type(const link_model *model, size_t f)
{
    return model->r->set[model->r->attribute[f].set].type;
}

/* Fields that are known in both and not equal. */
int link_unequal(const link_model *model, link_code c);

/* Relatives look like that, and so do few pairs of one person: of what relatives do not share nothing agrees, or two fields differ
 * wholly. Nothing in a file tells how many of those are one person, so nothing is learned from them. */
bool link_relatives(const link_model *model, link_code c);

/* ln m over the fields, places as a mixture; without theta. share, when not NULL, gets how likely the person moved. */
double link_agreement(const link_model *model, link_code c, double *share);
/* An upper bound of what two equal values weigh. */
double link_rarity_bound(const link_model *model, size_t f, size_t value);
/* An upper bound of one field's part in it. */
static inline double
link_agreement_bound(const link_model *model, size_t f, int level)
{
    bool place = model->moved > 0 && model->places >> f & 1;
    return place && model->log_away[f][level] > model->log_m[f][level] ? model->log_away[f][level] : model->log_m[f][level];
}

/* - (ln F(a) + ln F(b)) / 2 of one field; of two equal values, the others that bear them. */
double link_rarity(const link_model *model, size_t f, int level, size_t i, size_t j);
/* What the lifts take off. */
double link_lift(const link_model *model, link_code c, size_t i, size_t j);
/* All of the weight but m and theta: fixed while EM runs. */
double link_fixed_weight(const link_model *model, link_code c, size_t i, size_t j);
/* The whole weight; field[f], when not NULL, gets each field's part, lifts shared between their two fields. */
double link_weight(const link_model *model, link_code c, size_t i, size_t j, double field[]);
/* ln of the odds that any pair belongs to one person. */
double link_prior(const link_model *model);

#endif
