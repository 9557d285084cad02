#include "linkage/review.h"

#include "table/csv.h"

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

/* 1 the same, 0 different, -1 nobody has decided about these two. */
static int
decided(const link_result *l, size_t i, size_t j)
{
    size_t low = 0, high = l->decisions;
    while (low < high) {
        size_t mid = (low + high) / 2;
        const link_decision *d = &l->decision[mid];
        if (d->a < i || (d->a == i && d->b < j)) low = mid + 1;
        else high = mid;
    }
    return low < l->decisions && l->decision[low].a == i && l->decision[low].b == j ? l->decision[low].same : -1;
}

static void
add_part(link_waterfall *w, const char *name, const char *what, double part)
{
    w->name[w->n] = name, w->what[w->n] = what, w->part[w->n++] = part;
    w->log_odds += part;
}

/* What the model does not say by itself. */
static void
add_outside(const link_result *l, size_t i, size_t j, link_waterfall *w)
{
    size_t at = link_pairs_find(&l->pairs, (uint32_t)i, (uint32_t)j);
    bool listed = at != SIZE_MAX;
    int is = w->p == 0 || w->p == 1 || !listed ? decided(l, i, j) : -1;
    if (is >= 0) {
        w->p = is;
        add_part(w, WORD("decided"), is ? WORD("the same person") : WORD("different persons"), link_log_odds(w->p) - w->log_odds);
    } else if (!listed) w->p = 1 / (1 + exp(-w->log_odds));
    else if (l->simple) add_part(w, WORD("few records"), WORD("a rule, no model"), link_log_odds(w->p) - w->log_odds);
    else {
        double p = l->kin.model ? l->kin.model[at] : w->p;
        if (l->model.two) add_part(w, WORD("one to one"), WORD("others compete"), link_log_odds(p) - w->log_odds);
        if (p != w->p) add_part(w, WORD("relatives"), WORD("another given name"), link_log_odds(w->p) - w->log_odds);
    }
}

void
link_waterfall_of_records(const link_result *l, size_t first, size_t second, link_waterfall *result)
{
    const link_model *model = &l->model;
    size_t i = first < second ? first : second, j = first < second ? second : first;
    size_t pair = link_pairs_find(&l->pairs, (uint32_t)i, (uint32_t)j);
    link_code c = link_levels(model, i, j);
    double field[LINK_FIELDS];
    link_waterfall w = {.fields = model->r->attributes, .p = pair == SIZE_MAX ? 0 : l->pairs.p[pair]};
    (void)link_weight(model, c, i, j, field);
    add_part(&w, WORD("prior"), WORD("any two records"), link_prior(model));
    for (size_t f = 0; f < model->r->attributes; f++) {
        int level = code_level(c, f);
        const attribute *at = &model->r->attribute[f];
        add_part(&w, at->name, level == LEVEL_MISSING ? WORD("missing") : level_name(&model->r->set[at->set], level), field[f]);
    }
    add_part(&w, WORD("errors together"), WORD("fields that differ"), model->theta[link_unequal(model, c)]);
    add_outside(l, i, j, &w);
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

typedef struct numbered {
    int32_t number;
    uint32_t record;
} numbered;

static int
compare_numbered(const void *x, const void *y)
{
    const numbered *a = x, *b = y;
    if (a->number != b->number) return a->number < b->number ? -1 : 1;
    return (a->record > b->record) - (a->record < b->record);
}

/* Between one and the others of records [n] with an equal number: the first record of each other cluster. */
static void
apart_from_first(const link_result *l, const numbered r[], size_t n, bool seen[], link_refused refused[], size_t *count)
{
    const int32_t *cluster = l->clusters.cluster;
    seen[cluster[r[0].record]] = true;
    for (size_t k = 1; k < n; k++) {
        if (seen[cluster[r[k].record]]) continue;
        seen[cluster[r[k].record]] = true;
        if (decided(l, r[0].record, r[k].record) < 0)
            refused[(*count)++] = (link_refused){r[0].record, r[k].record, "not joined: an equal number but the rest contradicts"};
    }
    for (size_t k = 0; k < n; k++) seen[cluster[r[k].record]] = false;
}

static status
equal_numbers(const link_result *l, const attribute *at, link_refused refused[], size_t *count)
{
    SCRATCH(tmp);
    numbered *r;
    bool *seen;
    size_t n = 0;
    ALLOC(tmp, r, l->records.n);
    ALLOC(tmp, seen, l->clusters.clusters);
    for (size_t i = 0; i < l->records.n; i++)
        if (at->of[i] >= 0 && l->records.set[at->set].valid[at->of[i]]) r[n++] = (numbered){at->of[i], (uint32_t)i};
    qsort(r, n, sizeof *r, compare_numbered);
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && r[end].number == r[i].number;) end++;
        apart_from_first(l, r + i, end - i, seen, refused, count);
    }
    return ST_OK;
}

status
link_review_refused(arena *a, const link_result *l, size_t *n, link_refused **refused)
{
    size_t count = 0, kept = 0, most = l->clusters.clashes;
    link_refused *r;
    bool one = l->records.split == l->records.n; /* in two files each record has one partner at most: an equal number may be left over */
    for (size_t f = 0; f < l->records.attributes && one; f++) most += l->records.attribute[f].identifies ? l->records.n : 0;
    ALLOC(a, r, most);
    for (; count < l->clusters.clashes; count++)
        r[count] = (link_refused){l->clusters.clash[count].a, l->clusters.clash[count].b, "not joined: their clusters have two different valid numbers"};
    for (size_t f = 0; f < l->records.attributes && one; f++)
        if (l->records.attribute[f].identifies) CHECK(equal_numbers(l, &l->records.attribute[f], r, &count));
    for (size_t k = 0; k < count; k++) {
        size_t pair = link_pairs_find(&l->pairs, r[k].a, r[k].b);
        if (pair == SIZE_MAX || l->pairs.p[pair] < LINK_REVIEW_LOW || l->pairs.p[pair] > LINK_REVIEW_HIGH) r[kept++] = r[k];
    }
    *n = kept;
    *refused = r;
    return ST_OK;
}

static void
put_line(text_builder *b, text ids, const link_waterfall *w, const char *name, const char *what)
{
    text_put_bytes(b, ids.bytes, ids.n);
    text_printf(b, "%.6f,%.4f,", w->p, w->log_odds);
    csv_put_field(b, text_of(name));
    text_put_char(b, ',');
    csv_put_field(b, text_of(what));
    text_put_char(b, ',');
}

void
link_waterfall_lines(text_builder *b, text ids, const link_waterfall *w, const char *why)
{
    for (size_t i = 0; i < w->n; i++) {
        put_line(b, ids, w, w->name[i], w->what[i]);
        text_printf(b, "%.4f\n", w->part[i]);
    }
    if (!why) return;
    put_line(b, ids, w, "refused", why);
    text_put(b, "0\n");
}

/* The first `most` characters of a column's name, filled up with spaces to that where `fill`. */
static text
cut(arena *tmp, const char *name, size_t most, bool fill)
{
    text_builder b = text_builder_new(tmp);
    text out = {"", 0};
    size_t n = 0;
    for (; *name && (n < most || (*name & 0xC0) == 0x80); name++) {
        n += (*name & 0xC0) != 0x80;
        text_put_char(&b, *name);
    }
    for (; fill && n < most; n++) text_put_char(&b, ' ');
    return text_builder_end(&b, &out) == ST_OK ? out : (text){"", 0};
}

/* Two decimals with their sign, without a zero that has a minus. */
static const char *
shown(language in, double x, char out[WORDS_DECIMAL + 1])
{
    x = fabs(x) < 0.005 ? 0 : x;
    out[0] = x < 0 ? '-' : '+';
    words_decimal(in, fabs(x), 2, out + 1);
    return out;
}

/* Columns stand as they are called. */
static const char *
part_name(const link_waterfall *w, size_t i, language in)
{
    return i >= 1 && i <= w->fields ? w->name[i] : words_get(in, w->name[i]);
}

status
link_waterfall_text(arena *a, const link_waterfall *w, language in, text *result)
{
    SCRATCH(tmp);
    text_builder b = text_builder_new(a);
    double sum = 0;
    char part[WORDS_DECIMAL + 1], all[WORDS_DECIMAL + 1];
    for (size_t i = 0; i < w->n; i++) {
        text name = cut(tmp, part_name(w, i, in), 16, true), what = cut(tmp, words_get(in, w->what[i]), 24, true);
        sum += w->part[i];
        int bar = (int)fmin(fabs(w->part[i]) * 2 + 0.5, 30);
        text_printf(&b, "%.*s %.*s %7s %7s", (int)name.n, name.bytes, (int)what.n, what.bytes, shown(in, w->part[i], part), shown(in, sum, all));
        if (bar) text_put_char(&b, ' ');
        for (int k = 0; k < bar; k++) text_put_char(&b, w->part[i] < 0 ? '-' : '+');
        text_put_char(&b, '\n');
    }
    text_printf(&b, "%-16s %-24s %7s %7s %s %s\n", words_get(in, WORD("together")), "", "", shown(in, w->log_odds, all), words_get(in, WORD("probability")),
                words_decimal(in, w->p, 4, part));
    return text_builder_end(&b, result);
}

static void
put_escaped(text_builder *b, text s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.bytes[i] == '<') text_put(b, "&lt;");
        else if (s.bytes[i] == '>') text_put(b, "&gt;");
        else if (s.bytes[i] == '&') text_put(b, "&amp;");
        else text_put_char(b, s.bytes[i]);
    }
}

/* "log-odds -0.20, probability 0.4503" */
static void
put_score(text_builder *b, const link_waterfall *w, language in)
{
    char odds[WORDS_DECIMAL + 1], p[WORDS_DECIMAL];
    words_put(b, in, WORD("log-odds {1}, probability {2}"), (const char *[]){shown(in, w->log_odds, odds), words_decimal(in, w->p, 4, p)});
}

status
link_waterfall_svg(arena *a, const link_waterfall *w, language in, text *result)
{
    SCRATCH(tmp);
    text_builder b = text_builder_new(a);
    char part[WORDS_DECIMAL + 1];
    double low = fmin(w->log_odds, 0), high = fmax(w->log_odds, 0), sum = 0;
    for (size_t i = 0; i < w->n; i++) sum += w->part[i], low = fmin(low, sum), high = fmax(high, sum);
    double scale = 330 / fmax(high - low, 1), height = 30 * (double)w->n + 60;
    text_printf(&b, "<svg xmlns=\"http://www.w3.org/2000/svg\" lang=\"%s\" viewBox=\"0 0 760 %.0f\" role=\"img\" aria-labelledby=\"t d\" font-family=\"sans-serif\" "
                    "font-size=\"13\">\n<title id=\"t\">%s</title>\n<desc id=\"d\">", language_code(in), height, words_get(in, WORD("What each field says")));
    put_score(&b, w, in);
    text_printf(&b, ".</desc>\n<rect width=\"760\" height=\"%.0f\" fill=\"#fff\"/>\n", height);
    sum = 0;
    for (size_t i = 0; i < w->n; i++) {
        double from = 350 + scale * (fmin(sum, sum + w->part[i]) - low), y = 20 + 30 * (double)i;
        text_printf(&b, "<text x=\"10\" y=\"%.0f\">", y + 14);
        put_escaped(&b, cut(tmp, part_name(w, i, in), 22, false));
        text_put(&b, ": ");
        put_escaped(&b, text_of(words_get(in, w->what[i])));
        text_printf(&b, "</text><rect x=\"%.1f\" y=\"%.0f\" width=\"%.1f\" height=\"18\" fill=\"%s\"/><text x=\"700\" y=\"%.0f\">%s</text>\n", from, y,
                    fmax(scale * fabs(w->part[i]), 1), w->part[i] < 0 ? "#a90061" : "#01689b", y + 14, shown(in, w->part[i], part));
        sum += w->part[i];
    }
    text_printf(&b, "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"14\" y2=\"%.0f\" stroke=\"#000\"/>\n<text x=\"10\" y=\"%.0f\">", 350 - scale * low, 350 - scale * low, height - 30,
                height - 12);
    put_score(&b, w, in);
    text_put(&b, "</text>\n</svg>\n");
    return text_builder_end(&b, result);
}
