#include "linkage/em.h"

#include <math.h>

enum { BLOCK = 8192, PRIOR_WEIGHT = 10, PSEUDO = 20, MOST_PARTNERS = 10 };

void
link_pairs_weigh(const link_model *model, link_pairs *pairs)
{
#pragma omp parallel for schedule(static)
    for (size_t k = 0; k < pairs->n; k++) pairs->fixed[k] = (float)link_fixed_weight(model, pairs->code[k], pairs->a[k], pairs->b[k]);
}

static double
log_odds(const link_model *model, const link_pairs *pairs, size_t k, double prior)
{
    link_code c = pairs->code[k];
    double w = prior + pairs->fixed[k] + model->theta[link_unequal(model, c)];
    for (size_t f = 0; f < model->r->attributes; f++, c >>= 4)
        if ((c & 15) != LEVEL_MISSING) w += model->log_m[f][c & 15];
    return w;
}

/* One partner at most: what a record's other pairs claim is not left for this one. */
static status
compete(const link_model *model, link_pairs *pairs)
{
    SCRATCH(tmp);
    double *sum;
    ALLOC(tmp, sum, model->r->n);
    for (size_t k = 0; k < pairs->n; k++) sum[pairs->a[k]] += pairs->p[k], sum[pairs->b[k]] += pairs->p[k];
    for (size_t k = 0; k < pairs->n; k++) {
        double o = pairs->p[k];
        pairs->p[k] = o / (1 + fmax(sum[pairs->a[k]] + sum[pairs->b[k]] - o, o));
    }
    return ST_OK;
}

status
link_pairs_posterior(const link_model *model, link_pairs *pairs, double partners[])
{
    double prior = link_prior(model);
#pragma omp parallel for schedule(static)
    for (size_t k = 0; k < pairs->n; k++) {
        double w = fmin(log_odds(model, pairs, k, prior), 600);
        pairs->p[k] = model->two ? exp(w) : 1 / (1 + exp(-w));
    }
    if (model->two) CHECK(compete(model, pairs));
    if (!partners) return ST_OK;
    memset(partners, 0, model->r->n * sizeof *partners);
    for (size_t k = 0; k < pairs->n; k++) partners[pairs->a[k]] += pairs->p[k], partners[pairs->b[k]] += pairs->p[k];
    return ST_OK;
}

/* Sums of p by level and by number of unequal fields, and by which fields are known. */
typedef struct counts {
    double level[LINK_FIELDS][LEVELS];
    double unequal[LINK_FIELDS + 1];
    double p;
} counts;

static void
count_pair(const link_model *model, const link_pairs *pairs, size_t k, counts *s)
{
    double p = pairs->p[k];
    if (p < 1e-9) return;
    link_code c = pairs->code[k];
    s->p += p;
    s->unequal[link_unequal(model, c)] += p;
    for (size_t f = 0; f < model->r->attributes; f++, c >>= 4) s->level[f][c & 15] += p;
}

static void
counts_add(counts *to, const counts *from, size_t attributes)
{
    for (size_t f = 0; f < attributes; f++)
        for (int l = 0; l < LEVELS; l++) to->level[f][l] += from->level[f][l];
    for (size_t k = 0; k <= attributes; k++) to->unequal[k] += from->unequal[k];
    to->p += from->p;
}

/* Blocks are summed in order: the result does not depend on the threads. */
static status
count_pairs(const link_model *model, const link_pairs *pairs, counts *total)
{
    SCRATCH(tmp);
    size_t blocks = (pairs->n + BLOCK - 1) / BLOCK;
    counts *part;
    ALLOC(tmp, part, blocks);
#pragma omp parallel for schedule(static)
    for (size_t b = 0; b < blocks; b++)
        for (size_t k = b * BLOCK; k < pairs->n && k < (b + 1) * BLOCK; k++) count_pair(model, pairs, k, &part[b]);
    memset(total, 0, sizeof *total);
    for (size_t b = 0; b < blocks; b++) counts_add(total, &part[b], model->r->attributes);
    return ST_OK;
}

static void
update_m(link_model *model, const counts *s)
{
    for (size_t f = 0; f < model->r->attributes; f++) {
        compare_type type = link_type(model, f);
        const level_rule *rules = level_rules(type);
        double total[2] = {0, 0};
        for (int l = 0; l < level_count(type); l++) {
            model->m[f][l] = s->level[f][l] + PRIOR_WEIGHT * rules[l].share / 1000.0;
            total[rules[l].family] += model->m[f][l];
        }
        for (int l = 0; l < level_count(type); l++) {
            model->m[f][l] /= total[rules[l].family];
            model->log_m[f][l] = log(model->m[f][l]);
        }
    }
}

/* Share of pairs of one person with k unequal fields, when fields err independently, over the fields in `known`. */
static void
unequal_shares(const link_model *model, const bool known[], double share[LINK_FIELDS + 1])
{
    memset(share, 0, (LINK_FIELDS + 1) * sizeof *share);
    share[0] = 1;
    for (size_t f = 0; f < model->r->attributes; f++) {
        if (!known[f]) continue;
        double d = 1 - model->m[f][LEVEL_EXACT];
        for (size_t k = LINK_FIELDS; k > 0; k--) share[k] = share[k] * (1 - d) + share[k - 1] * d;
        share[0] *= 1 - d;
    }
}

static unsigned
known_mask(const link_model *model, link_code c)
{
    unsigned mask = 0;
    for (size_t f = 0; f < model->r->attributes; f++, c >>= 4) mask |= (unsigned)((c & 15) != LEVEL_MISSING) << f;
    return mask;
}

static status
update_theta(link_model *model, const link_pairs *pairs, const counts *s)
{
    SCRATCH(tmp);
    double *by_mask, expected[LINK_FIELDS + 1] = {0}, share[LINK_FIELDS + 1];
    unsigned masks = 1u << model->r->attributes;
    ALLOC(tmp, by_mask, masks);
    for (size_t k = 0; k < pairs->n; k++)
        if (pairs->p[k] > 1e-6) by_mask[known_mask(model, pairs->code[k])] += pairs->p[k];
    for (unsigned mask = 0; mask < masks; mask++) {
        if (by_mask[mask] <= 0) continue;
        bool known[LINK_FIELDS];
        for (size_t f = 0; f < model->r->attributes; f++) known[f] = mask >> f & 1;
        unequal_shares(model, known, share);
        for (size_t k = 0; k <= model->r->attributes; k++) expected[k] += by_mask[mask] * share[k];
    }
    for (size_t k = 0; k <= model->r->attributes; k++)
        model->theta[k] = fmin(fmax(log((s->unequal[k] + PSEUDO) / (expected[k] + PSEUDO)), -4), 3);
    return ST_OK;
}

status
link_model_fit(link_model *model, link_pairs *pairs, int rounds, link_fit *fit)
{
    SCRATCH(tmp);
    counts *s;
    ALLOC(tmp, s, 1);
    *fit = (link_fit){0};
    for (fit->rounds = 1; fit->rounds <= rounds; fit->rounds++) {
        CHECK(link_pairs_posterior(model, pairs, NULL));
        CHECK(count_pairs(model, pairs, s));
        double before = model->matches;
        update_m(model, s);
        CHECK(update_theta(model, pairs, s));
        model->matches = fmin(fmax(s->p, 1), MOST_PARTNERS * (double)model->r->n);
        fit->converged = fabs(model->matches - before) < 1e-4 * before;
        if (fit->converged) break;
    }
    return link_pairs_posterior(model, pairs, NULL);
}
