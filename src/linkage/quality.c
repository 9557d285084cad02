#include "linkage/quality.h"

#include <math.h>
#include <stdlib.h>

/* p of the links of each record, to find chains. */
typedef struct links {
    size_t *start; /* [records + 1] */
    uint32_t *other;
    double *p;
} links;

static status
links_new(arena *a, const link_pairs *pairs, const link_clusters *c, links *result)
{
    links l;
    size_t *next;
    ALLOC(a, l.start, c->records + 1);
    ALLOC(a, next, c->records + 1);
    for (size_t k = 0; k < pairs->n; k++)
        if (c->cluster[pairs->a[k]] == c->cluster[pairs->b[k]]) l.start[pairs->a[k] + 1]++, l.start[pairs->b[k] + 1]++;
    for (size_t i = 0; i < c->records; i++) l.start[i + 1] += l.start[i];
    memcpy(next, l.start, (c->records + 1) * sizeof *next);
    ALLOC(a, l.other, l.start[c->records]);
    ALLOC(a, l.p, l.start[c->records]);
    for (size_t k = 0; k < pairs->n; k++) {
        uint32_t i = pairs->a[k], j = pairs->b[k];
        if (c->cluster[i] != c->cluster[j]) continue;
        l.other[next[i]] = j, l.p[next[i]++] = pairs->p[k];
        l.other[next[j]] = i, l.p[next[j]++] = pairs->p[k];
    }
    *result = l;
    return ST_OK;
}

/* Sums over the pairs of one cluster: of p, and of p (1 - p). `p` has room for every member. */
static void
add_cluster(const links *l, size_t n, const uint32_t member[], double p[], double *sum, double *variance)
{
    for (size_t x = 0; x < n; x++) {
        uint32_t i = member[x];
        for (size_t y = 0; y < n; y++) p[member[y]] = 0;
        for (size_t k = l->start[i]; k < l->start[i + 1]; k++) {
            uint32_t j = l->other[k];
            p[j] = fmax(p[j], l->p[k]);
            for (size_t e = l->start[j]; e < l->start[j + 1]; e++)
                if (l->other[e] != i) p[l->other[e]] = fmax(p[l->other[e]], l->p[k] * l->p[e]);
        }
        for (size_t y = x + 1; y < n; y++) *sum += p[member[y]], *variance += p[member[y]] * (1 - p[member[y]]);
    }
}

enum { LARGE_CLUSTER = 200 };

static status
linked_pairs(const link_pairs *pairs, const link_clusters *c, size_t *linked, double *sum, double *variance)
{
    SCRATCH(tmp);
    links l;
    size_t *start;
    uint32_t *member;
    double *p;
    CHECK(links_new(tmp, pairs, c, &l));
    ALLOC(tmp, start, c->clusters + 2);
    ALLOC(tmp, member, c->records);
    ALLOC(tmp, p, c->records);
    for (size_t i = 0; i < c->records; i++) start[c->cluster[i] + 2]++;
    for (size_t k = 0; k < c->clusters; k++) start[k + 2] += start[k + 1];
    for (size_t i = 0; i < c->records; i++) member[start[c->cluster[i] + 1]++] = (uint32_t)i;
    *linked = 0, *sum = *variance = 0;
    for (size_t k = 0; k < c->clusters; k++) {
        size_t n = start[k + 1] - start[k];
        *linked += n * (n - 1) / 2;
        if (n > LARGE_CLUSTER) *sum += (double)n * (double)(n - 1) / 2; /* equal records by the hundred */
        else if (n > 1) add_cluster(&l, n, member + start[k], p, sum, variance);
    }
    return ST_OK;
}

/* How errors come together: two fields of a pair of one person are both unequal in the square of this share of the pairs. */
static double
errors_together(const link_model *model, const link_pairs *pairs)
{
    double both = 0, known = 0;
    for (size_t k = 0; k < pairs->n; k++) {
        int fields = 0, unequal = link_unequal(model, pairs->code[k]);
        for (size_t f = 0; f < model->r->attributes; f++) fields += code_level(pairs->code[k], f) != LEVEL_MISSING;
        both += pairs->p[k] * unequal * (unequal - 1), known += pairs->p[k] * fields * (fields - 1);
    }
    return known > 0 ? sqrt(both / known) : 0;
}

/* What is missed, from what the model says: candidates outside, more often the more errors come together, for it learns of errors from the
 * pairs it finds; most of what it says is linked in error, since where links are in doubt so are their neighbours; and a third of the
 * others: it draws them (linkage/partner.h) with more names wholly different than there are. By the least sum of what recall is off by
 * over the three lists of bench/linkage_quality.c, seeds 1 and 2; either seed alone says nearly the same. */
#define DOUBTED_TIMES 0.6
#define ERRORS_TIMES 4
#define WRONG_TIMES 0.75
#define UNSEEN_TIMES 0.35

static double
doubted_times(const link_model *model, const link_pairs *pairs)
{
    return DOUBTED_TIMES + ERRORS_TIMES * errors_together(model, pairs);
}

/* A candidate between two clusters. */
typedef struct outside {
    uint64_t clusters;
    double p, own; /* of one person; and not of relatives */
} outside;

static int
by_clusters(const void *a, const void *b)
{
    const outside *x = a, *y = b;
    if (x->clusters != y->clusters) return x->clusters > y->clusters ? 1 : -1;
    if (x->p != y->p) return x->p > y->p ? 1 : -1; /* so that sums do not depend on the order of rows */
    return (x->own > y->own) - (x->own < y->own);
}

/* Two clusters are of one person or not, whichever of their records are compared: their pairs count by the evidence that clusters
 * are joined on (linkage/clusters.c), half the best pair, half the mean of all. Returns the share of their p that is left. */
static double
joint_share(const outside *pair, size_t n, double cells)
{
    double best = 0, sum = 0;
    for (size_t i = 0; i < n; i++) best = fmax(best, pair[i].p), sum += link_log_odds(fmin(fmax(pair[i].p, LINK_KEPT_P), 1 - LINK_KEPT_P));
    if (best <= LINK_KEPT_P || best >= 1 - LINK_KEPT_P) return 1;
    double odds = (link_log_odds(best) + (sum + (cells - (double)n) * link_log_odds(LINK_KEPT_P)) / cells) / 2;
    return fmin(1 / (1 + exp(-odds)) / best, 1);
}

static status
find_outside(arena *a, const link_pairs *pairs, const link_clusters *c, const double own_p[], size_t *n, outside **result)
{
    outside *o;
    ALLOC(a, o, pairs->n);
    *n = 0;
    for (size_t k = 0; k < pairs->n; k++) {
        uint64_t x = c->cluster[pairs->a[k]], y = c->cluster[pairs->b[k]];
        if (x != y) o[(*n)++] = (outside){x < y ? x << 32 | y : y << 32 | x, pairs->p[k], own_p[k]};
    }
    qsort(o, *n, sizeof *o, by_clusters);
    *result = o;
    return ST_OK;
}

/* Pairs of one person outside the clusters: candidates; and those too little is known of to be candidates: as many as the model
 * expects beyond these and those found, with relatives as that counts them. own_p: not of relatives. */
static status
missed_pairs(const link_model *model, const link_pairs *pairs, const link_clusters *c, double found, const double own_p[], double *missed)
{
    SCRATCH(tmp);
    outside *o;
    size_t n;
    double *size, out = 0, own = 0;
    CHECK(find_outside(tmp, pairs, c, own_p, &n, &o));
    ALLOC(tmp, size, c->clusters);
    for (size_t i = 0; i < c->records; i++) size[c->cluster[i]]++;
    for (size_t i = 0, end; i < n; i = end) {
        double p = 0, own_p = 0;
        for (end = i; end < n && o[end].clusters == o[i].clusters; end++) p += o[end].p, own_p += o[end].own;
        double share = joint_share(o + i, end - i, size[o[i].clusters >> 32] * size[o[i].clusters & UINT32_MAX]);
        out += p * share, own += own_p * share;
    }
    *missed = doubted_times(model, pairs) * own + UNSEEN_TIMES * fmax(model->matches - found - out, 0);
    return ST_OK;
}

/* What the model itself is off by, in shares of what it says is wrong or missed: found over made-up files of many kinds with few and
 * many duplicates, errors and gaps (bench/linkage_quality.c, tests/linkage/test_quality.c). */
#define WRONG_SD 0.25
#define MISSED_SD 0.3

#define WITHIN 0.03     /* as well as precision and recall are to be known: */
#define MANY_KIN WITHIN /* more of the links, */
#define FIRM 0.99       /* beyond doubt; */
#define LEAST_FIRM 0.25 /* where fewer of the pairs of one person are, nothing shows how errors look, */
#define MOST_FIRM 0.6   /* or too roughly for what is missed */

/* Names, birth and numbers of a person's own: all of them differ in most pairs. */
static bool
own_fields_differ(const link_model *model)
{
    int own = 0, differ = 0;
    for (size_t f = 0; f < model->r->attributes; f++) {
        switch (model->r->attribute[f].kind) {
        case KIND_given_name:
        case KIND_full_name:
        case KIND_date_of_birth:
        case KIND_birth_year:
        case KIND_number:
        case KIND_email: own++, differ += model->m[f][LEVEL_EXACT] <= LINK_LEAST_EQUAL + 1e-9;
        default: break;
        }
    }
    return own && differ == own;
}

static const char *
find_alarm(const link_model *model, const link_pairs *pairs, const link_quality *q, double kin, double left)
{
    double sum = 0, firm = 0;
    for (size_t k = 0; k < pairs->n; k++) sum += pairs->p[k], firm += pairs->p[k] > FIRM ? pairs->p[k] : 0;
    if (sum < 2 && q->linked < 2) return WORD("precision and recall are not known: hardly any pair of one person was found to tell how errors look here");
    if (own_fields_differ(model)) return WORD("precision and recall are not known: names and birth differ in most linked pairs, which may be households or chance");
    if (q->precision.value < 0.5) return WORD("precision and recall are not certain: most links are doubtful, the fields say too little or the model does not fit");
    if (firm < LEAST_FIRM * model->matches)
        return WORD("precision and recall are not known: few pairs are beyond doubt, for the fields hardly tell persons apart");
    if (kin > MANY_KIN)
        return WORD("precision and recall are not certain: given names differ wholly in more links than errors explain, so relatives may pass for one person");
    if (left > MANY_KIN * q->expected)
        return WORD("recall is not certain: given names differ wholly in more pairs than errors explain; most were left apart as relatives, and some may be one person");
    if (WRONG_SD * (1 - q->precision.value) > WITHIN)
        return WORD("precision is not known within .03: many links are in doubt, so it may be anything between the bounds given");
    if (MISSED_SD * (1 - q->recall.value) > WITHIN || firm < MOST_FIRM * model->matches)
        return WORD("recall is not known within .03: too little is known of many pairs to tell them from chance, so it may be anything between the bounds given");
    return NULL;
}

/* pairs  of one person; the truth about so many is itself a draw, and so is what the model learned from them */
static link_estimate
interval(double value, double variance, double model_sd, double pairs)
{
    double off = model_sd * (1 - value), own = 2 * (value * (1 - value) + 0.25 / fmax(pairs, 1)) / fmax(pairs, 1);
    double sd = sqrt(variance + off * off + own);
    return (link_estimate){value, fmax(value - 1.96 * sd, 0), fmin(value + 1.96 * sd, 1)};
}

/* Pairs between different given names, by p of the model. */
typedef struct doubted {
    double links[2], left[2]; /* of one person, of relatives: links, and those given up */
} doubted;

static doubted
count_doubted(const link_pairs *pairs, const link_clusters *c, const link_kin *kin)
{
    doubted d = {{0}, {0}};
    for (size_t k = 0; k < pairs->n; k++) {
        double share = kin->share[k], *to = c->cluster[pairs->a[k]] == c->cluster[pairs->b[k]] ? d.links : d.left;
        if (share <= 0 || share >= 1 || (to == d.left && !kin->model)) continue;
        to[0] += pairs->p[k] * (1 - share), to[1] += pairs->p[k] * share;
    }
    return d;
}

/* A link is of one person when it is neither of two by chance nor of relatives. */
static status
estimate(arena *tmp, const link_model *model, const link_pairs *by_model, const link_clusters *c, const link_kin *kin, link_quality *q)
{
    link_pairs own = *by_model;
    doubted d = count_doubted(by_model, c, kin);
    double sum, variance, missed, related = 0;
    ALLOC(tmp, own.p, own.n);
    for (size_t k = 0; k < own.n; k++) {
        double share = link_kin_share(model, by_model, kin, k);
        own.p[k] = by_model->p[k] * (1 - share);
        related += c->cluster[own.a[k]] == c->cluster[own.b[k]] ? by_model->p[k] * share : 0;
    }
    CHECK(linked_pairs(&own, c, &q->linked, &sum, &variance));
    double linked = fmax((double)q->linked, 1);
    q->precision = q->linked ? interval(sum / linked, variance / linked / linked, WRONG_SD, linked) : (link_estimate){1, 0, 1};
    q->precision.low = fmax(fmin(q->precision.low, q->precision.value - d.links[0] / linked), 0); /* they may be relatives all the same, */
    q->precision.high = fmin(fmax(q->precision.high, q->precision.value + d.links[1] / linked), 1); /* and these may not */
    CHECK(missed_pairs(model, by_model, c, sum + related, own.p, &missed));
    q->expected = sum + missed + WRONG_TIMES * fmax((double)q->linked - sum - related, 0);
    q->recall = interval(q->expected > 0 ? sum / q->expected : 1, 0, MISSED_SD, sum);
    q->recall.low = fmin(q->recall.low, sum / fmax(q->expected + d.left[1], 1)); /* and so with those given up */
    q->recall.high = fmin(fmax(q->recall.high, sum / fmax(q->expected - doubted_times(model, by_model) * d.left[0], 1)), 1);
    q->alarm = find_alarm(model, by_model, q, d.links[1] / linked, d.left[0]);
    return ST_OK;
}

status
link_quality_estimate(const link_model *model, const link_pairs *pairs, const link_clusters *c, const link_kin *kin, double threshold, link_quality *result)
{
    SCRATCH(tmp);
    link_quality q = {0};
    double p = threshold > 0 ? threshold : 0.5, prior = link_prior(model);
    link_pairs by_model = *pairs;
    if (kin->model) by_model.p = kin->model;
    CHECK(estimate(tmp, model, &by_model, c, kin, &q));
    size_t unlinkable = 0;
#pragma omp parallel for schedule(static) reduction(+ : unlinkable)
    for (size_t i = 0; i < model->r->n; i++) unlinkable += link_weight(model, link_levels(model, i, i), i, i, NULL) + prior <= link_log_odds(p);
    q.unlinkable = unlinkable;
    *result = q;
    return ST_OK;
}
