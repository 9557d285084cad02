/* The report in words, Dutch and English. */
#include "estimate/report.h"

#include "estimate/elementary.h"

#include <math.h>
#include <stdio.h>

/* A whole number with the language's mark between thousands. */
static const char *
grouped(arena *a, double x, language in)
{
    char digits[32], out[48], *to = out;
    int n = snprintf(digits, sizeof digits, "%.0f", fabs(x));
    if (x < 0) *to++ = '-';
    for (int i = 0; i < n; i++) {
        if (i > 0 && (n - i) % 3 == 0) *to++ = in == LANGUAGE_NL ? '.' : ',';
        *to++ = digits[i];
    }
    return arena_copy(a, out, (size_t)(to - out));
}

/* Three significant digits: nobody knows more. */
static const char *
rounded(arena *a, double x, language in)
{
    double unit = 1;
    while (fabs(x) / unit >= 1000) unit *= 10;
    return grouped(a, unit * floor(x / unit + 0.5), in);
}

static const char *
number(arena *a, double x, language in)
{
    if (isnan(x)) return words_get(in, WORD("none"));
    if (isinf(x)) return words_get(in, WORD("unbounded"));
    return grouped(a, floor(x + 0.5), in);
}

static const char *
decimal(arena *a, double x, int places, language in)
{
    char out[WORDS_DECIMAL];
    words_decimal(in, x, places, out);
    return arena_copy(a, out, strlen(out) + 1);
}

static const char *
method_label(method m, language in)
{
    static const char *const labels[METHOD_COUNT] = {WORD("stepwise choice"), WORD("lowest BIC"), WORD("decomposable graphs"),
                                                     WORD("latent classes"), WORD("independent lists")};
    return words_get(in, labels[m]);
}

static const char *
agreement(double factor)
{
    if (factor < 1.1) return WORD("They agree.");
    if (factor < 1.25) return WORD("They agree roughly.");
    if (factor < 2) return WORD("They disagree clearly.");
    return WORD("They disagree strongly: these lists alone do not settle the size of the population.");
}

static void
put_range(text_builder *b, arena *a, const report *r, language in)
{
    const char *values[] = {rounded(a, r->finding[r->lowest].estimate, in), method_label(r->lowest, in),
                            rounded(a, r->finding[r->highest].estimate, in), method_label(r->highest, in), decimal(a, r->factor, 1, in)};
    words_put(b, in, WORD("The methods put the whole population, seen and unseen, anywhere from {1} ({2}) to {3} ({4}): "
                               "a factor of {5}."), values);
    text_put_char(b, ' ');
    text_put(b, words_get(in, agreement(r->factor)));
    if (!r->apart) return;
    const char *pairs[] = {arena_printf(a, "%d", r->apart), arena_printf(a, "%d", r->used * (r->used - 1) / 2)};
    text_put_char(b, ' ');
    words_put(b, in, WORD("In {1} of {2} pairs of methods the intervals do not even touch: no single interval shows "
                               "this uncertainty."), pairs);
}

static void
put_held_out(text_builder *b, arena *a, const report *r, language in)
{
    if (!r->held_out_tried[0]) return;
    const char *values[] = {arena_printf(a, "%zu", r->held_out_tried[0]), arena_printf(a, "%zu", r->held_out_covered[0])};
    text_put_char(b, ' ');
    words_put(b, in, WORD("Asked {1} times about persons whose number is known, the stepwise interval held the true "
                               "number {2} times."), values);
}

status
report_sentence(arena *out, const report *r, language in, text *result)
{
    SCRATCH(tmp);
    text_builder b = text_builder_new(out);
    if (r->used == 0) {
        text_put(&b, words_get(in, WORD("No method gives an estimate that may be used.")));
    } else if (r->used == 1) {
        const char *values[] = {method_label(r->lowest, in), rounded(tmp, r->finding[r->lowest].estimate, in)};
        words_put(&b, in, WORD("Only one method gives an estimate ({1}): {2} persons, seen and unseen. Nothing shows how "
                                    "far other methods would be from it."), values);
    } else {
        put_range(&b, tmp, r, in);
    }
    put_held_out(&b, tmp, r, in);
    return text_builder_end(&b, result);
}

static void
put_interval(text_builder *b, arena *a, double estimate, double lower, double upper, language in)
{
    text_printf(b, "%12s", number(a, estimate, in));
    if (isnan(lower) && isnan(upper)) text_printf(b, "%26s", "");
    else text_printf(b, "   %10s - %10s", number(a, lower, in), number(a, upper, in));
}

static status
put_methods(text_builder *b, arena *a, const report *r, language in)
{
    text_printf(b, "%s\n", words_get(in, WORD("Methods (estimate, 95 % interval, model)")));
    for (int m = 0; m < METHOD_COUNT; m++) {
        const finding *f = &r->finding[m];
        text_printf(b, "  %-24s", method_label((method)m, in));
        put_interval(b, a, f->estimate, f->shown_lower, f->shown_upper, in);
        if (f->has_model) {
            text notation;
            CHECK(model_text(a, &f->model, &notation));
            text_printf(b, "   %s", notation.bytes);
        }
        if (f->resample.failed) text_printf(b, "   %s: %zu / %zu", words_get(in, WORD("replicates without an estimate")), f->resample.failed, f->resample.n);
        if (!isnan(f->r_hat)) text_printf(b, "   R-hat %s", decimal(a, f->r_hat, 2, in));
        if (!r->usable[m]) text_printf(b, "   %s", words_get(in, WORD("not usable")));
        text_put_char(b, '\n');
        if (f->why) text_printf(b, "      %s\n", words_get(in, f->why));
    }
    return ST_OK;
}

static void
put_variants(text_builder *b, arena *a, const char *title, size_t n, const variant list[], language in)
{
    if (!n) return;
    text_printf(b, "\n%s\n", words_get(in, title));
    for (size_t i = 0; i < n; i++) {
        const variant *v = &list[i];
        text_printf(b, "  %-24s", v->name);
        put_interval(b, a, v->estimate, v->lower, v->upper, in);
        if (!isnan(v->known)) text_printf(b, "   %s %s", words_get(in, WORD("known:")), number(a, v->known, in));
        if (v->why) text_printf(b, "   %s", words_get(in, v->why));
        text_put_char(b, '\n');
    }
}

status
report_text(arena *out, const report *r, language in, text *result)
{
    SCRATCH(tmp);
    text_builder b = text_builder_new(out);
    text sentence;
    const char *values[] = {number(tmp, r->table->total, in), arena_printf(tmp, "%d", r->table->lists)};
    CHECK(report_sentence(tmp, r, in, &sentence));
    words_put(&b, in, WORD("{1} persons on {2} lists."), values);
    text_printf(&b, " %s\n\n", sentence.bytes);
    CHECK(put_methods(&b, tmp, r, in));
    put_variants(&b, tmp, WORD("Each list left out (stepwise)"), r->without, r->left_out, in);
    put_variants(&b, tmp, WORD("Two lists merged (stepwise)"), r->merges, r->merged, in);
    put_variants(&b, tmp, WORD("Known answers: persons on one list only, estimated from the other lists (stepwise)"), r->without,
                 r->held_out[0], in);
    return text_builder_end(&b, result);
}
