#include "linkage/partner.h"

#include "linkage/candidates.h"

#include <math.h>

static int
draw_level(rng *g, compare_type type, const double m[], int family)
{
    double u = rng_uniform(g);
    int last = 0;
    for (int l = 0; l < level_count(type); l++) {
        if (level_rules(type)[l].family != family) continue;
        last = l;
        if ((u -= m[l]) < 0) return l;
    }
    return last;
}

static int
known_family(const value_set *s, int32_t v)
{
    return s->type == COMPARE_DATE && (!s->dates[v].month || !s->dates[v].day);
}

/* A value of the file at that level from v, by lot: a mistake is rarely as rare as the name it was made in. */
static size_t
draw_value(const link_model *model, rng *g, size_t set, size_t v, int level)
{
    if (!model->similar) return v;
    const similar *s = &model->similar[set];
    size_t n = s->start[v + 1] - s->start[v], from = rng_below(g, n + 1);
    for (size_t k = 0; k < n; k++) {
        uint32_t e = s->entry[s->start[v] + (from + k < n ? from + k : from + k - n)];
        if ((int)(e & 15) == level) return e >> 4;
    }
    return v;
}

static double
draw_rarity(const link_model *model, rng *g, size_t f, int level, size_t i)
{
    const attribute *at = &model->r->attribute[f];
    if (level == LEVEL_MISSING || level == LEVEL_EXACT || level == level_else(link_type(model, f))) return link_rarity(model, f, level, i, i);
    size_t v = (size_t)at->of[i], w = draw_value(model, g, at->set, v, level);
    return -0.5 * (model->log_f[f][v * LEVELS + (size_t)level] + model->log_f[f][w * LEVELS + (size_t)level]);
}

static link_code
draw_code(const link_model *model, rng *g, size_t i, size_t j, double *rarity)
{
    link_code c = 0;
    *rarity = 0;
    bool moved = rng_uniform(g) < model->moved;
    for (size_t f = 0; f < model->r->attributes; f++) {
        const attribute *at = &model->r->attribute[f];
        compare_type type = link_type(model, f);
        int level = LEVEL_MISSING;
        if (at->of[i] >= 0 && at->of[j] >= 0) {
            const value_set *s = &model->r->set[at->set];
            int family = known_family(s, at->of[i]) | known_family(s, at->of[j]);
            level = draw_level(g, type, moved && model->places >> f & 1 ? model->away[f] : model->m[f], family);
            if (level == NAME_SWAPPED && type == COMPARE_NAME) level = NAME_ELSE;
        }
        c |= (link_code)level << 4 * f;
        *rarity += draw_rarity(model, g, f, level, i);
    }
    return c;
}

void
link_partners_draw(const link_model *model, uint64_t seed, size_t n, link_partner draw[])
{
    size_t records = model->r->n, first = model->two ? model->r->split : records;
    if (!first || (model->two && records == first)) return; /* nobody: draws that stand for nothing */
    bool passes = model->passes > 0;
#pragma omp parallel for schedule(static)
    for (size_t k = 0; k < n; k++) {
        rng g = rng_new(seed, UINT64_C(0x7061727400000000) + k);
        size_t i = rng_below(&g, first), j = model->two ? first + rng_below(&g, records - first) : rng_below(&g, records);
        double rarity;
        link_code c = draw_code(model, &g, i, j, &rarity);
        draw[k] = (link_partner){.record = (uint32_t)i, .code = c, .rarity = (float)rarity, .by = (float)exp(model->theta[link_unequal(model, c)])};
        draw[k].seen = (!passes || link_passes_see(model, c)) && link_agreement(model, c, NULL) + rarity >= model->cut;
    }
}

double
link_partners_seen(size_t n, const link_partner draw[])
{
    double all = 0, seen = 0;
    for (size_t k = 0; k < n; k++) all += draw[k].by, seen += draw[k].seen ? draw[k].by : 0;
    return all > 0 ? seen / all : 1;
}
