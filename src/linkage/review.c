#include "linkage/review.h"

#include <math.h>
#include <stdlib.h>

void
link_waterfall_of(const link_result *l, size_t pair, link_waterfall *result)
{
    link_waterfall_of_records(l, l->pairs.a[pair], l->pairs.b[pair], result);
}

status
link_pair_find(const link_records *r, text a, text b, size_t *i, size_t *j)
{
    *i = link_record_find(r, a, false), *j = link_record_find(r, b, r->split < r->n);
    if (*i == SIZE_MAX || *j == SIZE_MAX) FAIL(ST_NOT_FOUND, "no record has the %s id: expected two ids as in the data", *i == SIZE_MAX ? "first" : "second");
    if (*i == *j) FAIL(ST_INVALID, "expected two records, found one twice");
    return ST_OK;
}

void
link_waterfall_of_records(const link_result *l, size_t first, size_t second, link_waterfall *result)
{
    const link_model *model = &l->model;
    size_t i = first < second ? first : second, j = first < second ? second : first;
    size_t pair = link_pairs_find(&l->pairs, (uint32_t)i, (uint32_t)j);
    link_code c = link_levels(model, i, j);
    double field[LINK_FIELDS];
    link_waterfall w = {.p = pair == SIZE_MAX ? 0 : l->pairs.p[pair]};
    double weight = link_weight(model, c, i, j, field), theta = model->theta[link_unequal(model, c)];
    w.name[w.n] = "prior", w.what[w.n] = "any two records", w.part[w.n++] = link_prior(model);
    for (size_t f = 0; f < model->r->attributes; f++) {
        int level = code_level(c, f);
        w.name[w.n] = model->r->attribute[f].name;
        w.what[w.n] = level == LEVEL_MISSING ? "missing" : level_name(&model->r->set[model->r->attribute[f].set], level);
        w.part[w.n++] = field[f];
    }
    w.name[w.n] = "errors together", w.what[w.n] = "fields that differ", w.part[w.n++] = theta;
    w.log_odds = weight + link_prior(model);
    *result = w;
}

typedef struct doubtful {
    double distance;
    uint32_t pair;
} doubtful;

static int
compare_doubtful(const void *x, const void *y)
{
    const doubtful *a = x, *b = y;
    if (a->distance != b->distance) return a->distance < b->distance ? -1 : 1;
    return (a->pair > b->pair) - (a->pair < b->pair);
}

status
link_review_pairs(arena *a, const link_result *l, double low, double high, size_t *n, uint32_t **pairs)
{
    SCRATCH(tmp);
    doubtful *d;
    size_t k = 0;
    ALLOC(tmp, d, l->pairs.n);
    for (size_t i = 0; i < l->pairs.n; i++)
        if (l->pairs.p[i] >= low && l->pairs.p[i] <= high) d[k++] = (doubtful){fabs(l->pairs.p[i] - 0.5), (uint32_t)i};
    qsort(d, k, sizeof *d, compare_doubtful);
    ALLOC(a, *pairs, k);
    for (size_t i = 0; i < k; i++) (*pairs)[i] = d[i].pair;
    *n = k;
    return ST_OK;
}

status
link_waterfall_text(arena *a, const link_waterfall *w, text *result)
{
    text_builder b = text_builder_new(a);
    double sum = 0;
    for (size_t i = 0; i < w->n; i++) {
        sum += w->part[i];
        int bar = (int)fmin(fabs(w->part[i]) * 2 + 0.5, 30);
        text_printf(&b, "%-16.16s %-24.24s %+7.2f %+7.2f ", w->name[i], w->what[i], w->part[i], sum);
        for (int k = 0; k < bar; k++) text_put_char(&b, w->part[i] < 0 ? '-' : '+');
        text_put_char(&b, '\n');
    }
    text_printf(&b, "%-16s %-24s %7s %+7.2f probability %.4f\n", "together", "", "", w->log_odds, w->p);
    return text_builder_end(&b, result);
}

static void
put_escaped(text_builder *b, const char *s)
{
    for (; *s; s++) {
        if (*s == '<') text_put(b, "&lt;");
        else if (*s == '>') text_put(b, "&gt;");
        else if (*s == '&') text_put(b, "&amp;");
        else text_put_char(b, *s);
    }
}

status
link_waterfall_svg(arena *a, const link_waterfall *w, text *result)
{
    text_builder b = text_builder_new(a);
    double low = fmin(w->log_odds, 0), high = fmax(w->log_odds, 0), sum = 0;
    for (size_t i = 0; i < w->n; i++) sum += w->part[i], low = fmin(low, sum), high = fmax(high, sum);
    double scale = 330 / fmax(high - low, 1), height = 30 * (double)w->n + 60;
    text_printf(&b, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 760 %.0f\" role=\"img\" aria-labelledby=\"t d\" font-family=\"sans-serif\" "
                    "font-size=\"13\">\n<title id=\"t\">What each field says</title>\n<desc id=\"d\">Log-odds %.2f, probability %.4f.</desc>\n"
                    "<rect width=\"760\" height=\"%.0f\" fill=\"#fff\"/>\n", height, w->log_odds, w->p, height);
    sum = 0;
    for (size_t i = 0; i < w->n; i++) {
        double from = 350 + scale * (fmin(sum, sum + w->part[i]) - low), y = 20 + 30 * (double)i;
        text_printf(&b, "<text x=\"10\" y=\"%.0f\">", y + 14);
        put_escaped(&b, w->name[i]);
        text_put(&b, ": ");
        put_escaped(&b, w->what[i]);
        text_printf(&b, "</text><rect x=\"%.1f\" y=\"%.0f\" width=\"%.1f\" height=\"18\" fill=\"%s\"/><text x=\"700\" y=\"%.0f\">%+.2f</text>\n", from, y,
                    fmax(scale * fabs(w->part[i]), 1), w->part[i] < 0 ? "#a90061" : "#01689b", y + 14, w->part[i]);
        sum += w->part[i];
    }
    text_printf(&b, "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"14\" y2=\"%.0f\" stroke=\"#000\"/>\n<text x=\"10\" y=\"%.0f\">probability %.4f</text>\n</svg>\n",
                350 - scale * low, 350 - scale * low, height - 30, height - 12, w->p);
    return text_builder_end(&b, result);
}
