#include "linkage/em.h"

#include "linkage/partner.h"

#include <math.h>

enum { BLOCK = 8192, PRIOR_WEIGHT = 10, PRIOR_ERRORS = 5, PSEUDO = 20, MOST_PARTNERS = 10, FEW = 4000, DRAWS = 8000, FREE_TURNS = 4 };
#define MOST_ODDS 60 /* ln: from sums with greater odds in them nothing smaller can be taken off again */
#define LEAST_SEEN 0.25 /* less, and the model would speak of little but what it made up */

void
link_pairs_weigh(const link_model *model, link_pairs *pairs)
{
#pragma omp parallel for schedule(static) if (pairs->n > FEW)
    for (size_t k = 0; k < pairs->n; k++) pairs->fixed[k] = (float)link_fixed_weight(model, pairs->code[k], pairs->a[k], pairs->b[k]);
}

/* What a code alone says: there are few codes among many pairs. */
enum { MEMO = 512 };
typedef struct told {
    link_code code;
    double agreement, share; /* link_agreement */
    int unequal;
    bool relatives, known;
} told;

static inline const told *
tell(const link_model *model, told memo[MEMO], link_code c)
{
    told *t = &memo[c * UINT64_C(0x9e3779b97f4a7c15) >> 55];
    if (t->known && t->code == c) return t;
    *t = (told){.code = c, .unequal = link_unequal(model, c), .relatives = link_relatives(model, c), .known = true};
    t->agreement = link_agreement(model, c, &t->share);
    return t;
}

/* One partner at most: what a record's other pairs claim is not left for this one, as far as those others are free themselves. Belief
 * propagation, exact where candidates form a tree; free_a, free_b: how far a pair's records are free of their other pairs. */
static status
compete(const link_model *model, link_pairs *pairs, int turns)
{
    SCRATCH(tmp);
    double *free_a, *free_b, *claimed;
    ALLOC(tmp, free_a, pairs->n);
    ALLOC(tmp, free_b, pairs->n);
    ALLOC(tmp, claimed, model->r->n);
    for (size_t k = 0; k < pairs->n; k++) free_a[k] = free_b[k] = 1;
    for (int turn = 0; turn < turns; turn++) {
        memset(claimed, 0, model->r->n * sizeof *claimed);
        for (size_t k = 0; k < pairs->n; k++) claimed[pairs->a[k]] += pairs->p[k] * free_b[k], claimed[pairs->b[k]] += pairs->p[k] * free_a[k];
        for (size_t k = 0; k < pairs->n; k++) {
            double of_a = claimed[pairs->a[k]] - pairs->p[k] * free_b[k], of_b = claimed[pairs->b[k]] - pairs->p[k] * free_a[k];
            free_a[k] = 1 / (1 + fmax(of_a, 0)), free_b[k] = 1 / (1 + fmax(of_b, 0));
        }
    }
    for (size_t k = 0; k < pairs->n; k++) {
        double o = pairs->p[k] * free_a[k] * free_b[k];
        pairs->p[k] = o / (1 + o);
    }
    return ST_OK;
}

static status
posterior(const link_model *model, link_pairs *pairs, int turns)
{
    double prior = link_prior(model);
#pragma omp parallel if (pairs->n > FEW)
    {
        told memo[MEMO] = {{0}};
#pragma omp for schedule(static)
        for (size_t k = 0; k < pairs->n; k++) {
            const told *t = tell(model, memo, pairs->code[k]);
            double w = fmin(prior + pairs->fixed[k] + model->theta[t->unequal] + t->agreement, MOST_ODDS);
            pairs->p[k] = model->two ? exp(w) : 1 / (1 + exp(-w));
        }
    }
    return model->two ? compete(model, pairs, turns) : ST_OK;
}

status
link_pairs_posterior(const link_model *model, link_pairs *pairs, double partners[])
{
    CHECK(posterior(model, pairs, FREE_TURNS));
    if (!partners) return ST_OK;
    memset(partners, 0, model->r->n * sizeof *partners);
    for (size_t k = 0; k < pairs->n; k++) partners[pairs->a[k]] += pairs->p[k], partners[pairs->b[k]] += pairs->p[k];
    return ST_OK;
}

/* Sums of p by level and by number of unequal fields, and by which fields are known. */
typedef struct counts {
    double level[LINK_FIELDS][LEVELS], away[LINK_FIELDS][LEVELS];
    double unequal[LINK_FIELDS + 1];
    double p, moved;
} counts;

static void
count_code(const link_model *model, const told *t, double p, counts *s)
{
    link_code c = t->code;
    if (p < 1e-9) return;
    s->p += p;
    s->moved += p * t->share;
    s->unequal[t->unequal] += p;
    for (size_t f = 0; f < model->r->attributes; f++, c >>= 4) {
        double gone = model->places >> f & 1 ? p * t->share : 0;
        s->level[f][c & 15] += p - gone;
        s->away[f][c & 15] += gone;
    }
}

static void
counts_add(counts *to, const counts *from, size_t attributes)
{
    for (size_t f = 0; f < attributes; f++)
        for (int l = 0; l < LEVELS; l++) to->level[f][l] += from->level[f][l], to->away[f][l] += from->away[f][l];
    for (size_t k = 0; k <= attributes; k++) to->unequal[k] += from->unequal[k];
    to->p += from->p;
    to->moved += from->moved;
}

/* Blocks are summed in order: the result does not depend on the threads. */
static status
count_pairs(const link_model *model, const link_pairs *pairs, counts *total)
{
    SCRATCH(tmp);
    size_t blocks = (pairs->n + BLOCK - 1) / BLOCK;
    counts *part;
    ALLOC(tmp, part, blocks);
#pragma omp parallel if (pairs->n > FEW)
    {
        told memo[MEMO] = {{0}};
#pragma omp for schedule(static)
        for (size_t b = 0; b < blocks; b++)
            for (size_t k = b * BLOCK; k < pairs->n && k < (b + 1) * BLOCK; k++) {
                const told *t = tell(model, memo, pairs->code[k]);
                if (!t->relatives) count_code(model, t, pairs->p[k], &part[b]);
            }
    }
    memset(total, 0, sizeof *total);
    for (size_t b = 0; b < blocks; b++) counts_add(total, &part[b], model->r->attributes);
    return ST_OK;
}

/* Pairs of one person that are no candidates, or look like relatives, as the model draws them: how many to each that is neither,
 * and which. */
typedef struct unseen {
    size_t n;
    link_partner *draw;
    double each; /* a draw that is not seen stands for so many pairs to every candidate pair of one person */
} unseen;

static status
unseen_draw(arena *tmp, const link_model *model, unseen *u)
{
    *u = (unseen){.n = DRAWS};
    ALLOC(tmp, u->draw, DRAWS);
    link_partners_draw(model, 1, DRAWS, u->draw);
    for (size_t k = 0; k < DRAWS; k++) u->draw[k].seen = u->draw[k].seen && !link_relatives(model, u->draw[k].code);
    double seen = link_partners_seen(u->n, u->draw), hidden = 0;
    for (size_t k = 0; k < u->n; k++) hidden += u->draw[k].seen ? 0 : u->draw[k].by;
    if (hidden > 0) u->each = (1 / fmax(seen, LEAST_SEEN) - 1) / hidden;
    return ST_OK;
}

static void
count_unseen(const link_model *model, const unseen *u, counts *s)
{
    double seen = s->p;
    told memo[MEMO] = {{0}};
    for (size_t k = 0; k < u->n; k++)
        if (!u->draw[k].seen) count_code(model, tell(model, memo, u->draw[k].code), u->draw[k].by * u->each * seen, s);
}

/* Where the date of birth is all that is a person's own, EM learns nothing from pairs born on wholly different days (link_relatives): what
 * is drawn of these repeats what was said before. So no more of them count than are said beforehand beside the mistakes in one part. */
static void
limit_drawn_dates(const link_model *model, const counts *seen, counts *all)
{
    const level_rule *rules = level_rules(COMPARE_DATE);
    for (size_t f = 0; f < model->r->attributes; f++) {
        double one_part = 0, said = 0;
        if (link_type(model, f) != COMPARE_DATE || model->own != 1u << f) continue;
        for (int l = DATE_SWAPPED; l < DATE_YEAR_ONLY; l++) one_part += all->level[f][l], said += rules[l].share;
        one_part += PRIOR_ERRORS * said / (1000 - rules[0].share);
        for (int l = DATE_YEAR_ONLY; l <= DATE_ELSE; l++)
            all->level[f][l] = fmin(all->level[f][l], seen->level[f][l] + one_part * rules[l].share / said);
    }
}

/* Dates of which several parts differ: as rare as other such dates say. Of those wholly different as much less is said as of the others
 * fewer are seen than said; and of each the mode counts, one pair less than the mean: where chance explains all of them nothing is left,
 * where EM would stay at what it began with. */
static double
count_date(const level_rule *rules, int level, const double seen[], double errors)
{
    double near = 0, said = 0, unequal = 1000 - rules[0].share;
    for (int l = DATE_YEAR_ONLY; l < DATE_ELSE; l++) near += seen[l], said += rules[l].share / unequal;
    double less = level == DATE_ELSE ? fmin((near + PRIOR_ERRORS * said) / (errors + PRIOR_ERRORS) / said, 1) : 1;
    return fmax(seen[level] - 1, 0) + less * PRIOR_ERRORS * rules[level].share / unequal;
}

/* Level shares of one family: first whether the field is equal, then how it is not; each with a prior of its own, so
 * that a mistake not seen yet among few is not taken for impossible. */
static void
update_family(const level_rule *rules, int levels, int family, const double seen[], double m[])
{
    int first = 0;
    while (first < levels && rules[first].family != family) first++;
    if (first == levels) return;
    double all = 0, sum = 0, count[LEVELS], prior = rules[first].share / 1000.0;
    for (int l = first; l < levels; l++) all += rules[l].family == family ? seen[l] : 0;
    m[first] = fmax((seen[first] + PRIOR_WEIGHT * prior) / (all + PRIOR_WEIGHT), LINK_LEAST_EQUAL);
    for (int l = first + 1; l < levels; l++) {
        if (rules[l].family != family) continue;
        bool parts = rules == level_rules(COMPARE_DATE) && l >= DATE_YEAR_ONLY && l <= DATE_ELSE;
        count[l] = parts ? count_date(rules, l, seen, all - seen[first]) : seen[l] + PRIOR_ERRORS * rules[l].share / 1000.0 / (1 - prior);
        sum += count[l];
    }
    for (int l = first + 1; l < levels; l++)
        if (rules[l].family == family) m[l] = (1 - m[first]) * count[l] / sum;
}

static void
update_m(link_model *model, const counts *s)
{
    for (size_t f = 0; f < model->r->attributes; f++) {
        compare_type type = link_type(model, f);
        int levels = level_count(type);
        double gone = 0;
        update_family(level_rules(type), levels, 0, s->level[f], model->m[f]);
        update_family(level_rules(type), levels, 1, s->level[f], model->m[f]);
        for (int l = 0; l < levels; l++) gone += s->away[f][l];
        for (int l = 0; l < levels; l++) {
            model->away[f][l] = (s->away[f][l] + PRIOR_WEIGHT * link_away_share(type, l)) / (gone + PRIOR_WEIGHT);
            model->log_m[f][l] = log(model->m[f][l]);
            model->log_away[f][l] = log(model->away[f][l]);
        }
    }
    if (model->moved > 0) model->moved = (s->moved + PRIOR_WEIGHT * LINK_MOVED) / (s->p + PRIOR_WEIGHT);
}

/* Share of pairs of one person with k unequal fields, when fields err independently, over the fields in `known`, added `by` times. */
static void
unequal_shares(const link_model *model, unsigned known, bool moved, double by, double expected[LINK_FIELDS + 1])
{
    double share[LINK_FIELDS + 1] = {1};
    for (size_t f = 0; f < model->r->attributes; f++) {
        if (!(known >> f & 1)) continue;
        double d = 1 - (moved && model->places >> f & 1 ? model->away : model->m)[f][LEVEL_EXACT];
        for (size_t k = LINK_FIELDS; k > 0; k--) share[k] = share[k] * (1 - d) + share[k - 1] * d;
        share[0] *= 1 - d;
    }
    for (size_t k = 0; k <= LINK_FIELDS; k++) expected[k] += by * share[k];
}

static unsigned
known_mask(const link_model *model, link_code c)
{
    unsigned mask = 0;
    for (size_t f = 0; f < model->r->attributes; f++, c >>= 4) mask |= (unsigned)((c & 15) != LEVEL_MISSING) << f;
    return mask;
}

static status
update_theta(link_model *model, const link_pairs *pairs, const unseen *u, double seen, const counts *s)
{
    SCRATCH(tmp);
    double *by_mask, expected[LINK_FIELDS + 1] = {0};
    unsigned masks = 1u << model->r->attributes;
    ALLOC(tmp, by_mask, masks);
    for (size_t k = 0; k < pairs->n; k++)
        if (pairs->p[k] > 1e-6 && !link_relatives(model, pairs->code[k])) by_mask[known_mask(model, pairs->code[k])] += pairs->p[k];
    for (size_t k = 0; k < u->n; k++)
        if (!u->draw[k].seen) by_mask[known_mask(model, u->draw[k].code)] += u->draw[k].by * u->each * seen;
    for (unsigned mask = 0; mask < masks; mask++) {
        if (by_mask[mask] <= 0) continue;
        unequal_shares(model, mask, false, by_mask[mask] * (1 - model->moved), expected);
        if (model->moved > 0) unequal_shares(model, mask, true, by_mask[mask] * model->moved, expected);
    }
    for (size_t k = 0; k <= model->r->attributes; k++)
        model->theta[k] = fmin(fmax(log((s->unequal[k] + PSEUDO) / (expected[k] + PSEUDO)), -4), 3);
    return ST_OK;
}

status
link_model_fit(link_model *model, link_pairs *pairs, int rounds, link_fit *fit)
{
    SCRATCH(tmp);
    counts *s, *candidates;
    unseen u;
    ALLOC(tmp, s, 1);
    ALLOC(tmp, candidates, 1);
    CHECK(unseen_draw(tmp, model, &u));
    *fit = (link_fit){0};
    for (fit->rounds = 1; fit->rounds <= rounds; fit->rounds++) {
        CHECK(posterior(model, pairs, 1)); /* with more, EM would give records without a partner whoever is left */
        CHECK(count_pairs(model, pairs, s));
        double before = model->matches, seen = s->p;
        *candidates = *s;
        count_unseen(model, &u, s);
        limit_drawn_dates(model, candidates, s);
        update_m(model, s);
        CHECK(update_theta(model, pairs, &u, seen, s));
        model->matches = fmin(fmax(s->p, 1), MOST_PARTNERS * (double)model->r->n);
        fit->converged = fabs(model->matches - before) < 1e-4 * before;
        if (fit->converged) break;
    }
    return link_pairs_posterior(model, pairs, NULL);
}
