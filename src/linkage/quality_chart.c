#include "linkage/quality.h"

#include <math.h>
#include <stdio.h>

void
link_quality_curve(const link_pairs *pairs, const link_quality *q, link_point curve[LINK_POINTS])
{
    for (int i = 0; i < LINK_POINTS; i++) {
        double t = 0.05 * (i + 1), n = 0, sum = 0;
        for (size_t k = 0; k < pairs->n; k++)
            if (pairs->p[k] >= t) n++, sum += pairs->p[k];
        curve[i] = (link_point){t, n, n > 0 ? sum / n : 1, q->expected > 0 ? fmin(sum / q->expected, 1) : 1};
    }
}

static void
put_line(text_builder *b, const link_point curve[], bool recall, const char *colour, const char *dash)
{
    text_printf(b, "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"2\"%s points=\"", colour, dash);
    for (int i = 0; i < LINK_POINTS; i++)
        text_printf(b, "%s%.1f,%.1f", i ? " " : "", 60 + 500 * curve[i].threshold, 270 - 240 * (recall ? curve[i].recall : curve[i].precision));
    text_put(b, "\"/>\n");
}

static void
put_estimate(text_builder *b, language in, const char *id, link_estimate e)
{
    char value[3][WORDS_DECIMAL];
    words_put(b, in, id, (const char *[]){words_decimal(in, e.value, 3, value[0]), words_decimal(in, e.low, 3, value[1]), words_decimal(in, e.high, 3, value[2])});
}

/* What is said above the chart: the estimates for the clusters made, and of an alarm what is not to be trusted. */
static void
put_estimates(text_builder *b, const link_quality *q, language in)
{
    const char *alarm = q->alarm ? words_get(in, q->alarm) : NULL;
    text_put(b, "<text x=\"10\" y=\"-18\">");
    put_estimate(b, in, WORD("clusters made: estimated precision {1} ({2}-{3})"), q->precision);
    put_estimate(b, in, WORD(", recall {1} ({2}-{3})"), q->recall);
    text_put(b, "</text>\n");
    if (alarm) text_printf(b, "<text x=\"10\" y=\"2\" font-weight=\"bold\">%s: %.*s</text>\n", words_get(in, WORD("alarm")), (int)strcspn(alarm, ":"), alarm);
}

static void
put_axes(text_builder *b, language in)
{
    char mark[WORDS_DECIMAL];
    for (int i = 0; i <= 4; i++)
        text_printf(b, "<line x1=\"60\" x2=\"560\" y1=\"%d\" y2=\"%d\" stroke=\"#ccc\"/><text x=\"52\" y=\"%d\" text-anchor=\"end\">%s</text>\n", 270 - 60 * i,
                    270 - 60 * i, 274 - 60 * i, words_decimal(in, 0.25 * i, 2, mark));
    for (int i = 1; i < 10; i += 2)
        text_printf(b, "<text x=\"%d\" y=\"290\" text-anchor=\"middle\">%s</text>\n", 60 + 50 * i, words_decimal(in, 0.1 * i, 1, mark));
    text_printf(b, "<text x=\"310\" y=\"312\" text-anchor=\"middle\">%s</text>\n", words_get(in, WORD("threshold (probability); pairs one by one, before clusters are made")));
}

status
link_quality_chart(arena *a, const link_quality *q, const link_point curve[LINK_POINTS], language in, text *svg)
{
    text_builder b = text_builder_new(a);
    char links[32], value[2][WORDS_DECIMAL];
    const link_point *half = &curve[9];
    snprintf(links, sizeof links, "%.0f", half->links);
    text_printf(&b, "<svg xmlns=\"http://www.w3.org/2000/svg\" lang=\"%s\" viewBox=\"0 -40 640 370\" role=\"img\" aria-labelledby=\"t d\" font-family=\"sans-serif\" "
                    "font-size=\"13\">\n<title id=\"t\">%s</title>\n<desc id=\"d\">", language_code(in),
                words_get(in, WORD("Estimated precision and recall by threshold, over pairs one by one")));
    words_put(&b, in, WORD("At one half: {1} pairs, precision {2}, recall {3}. Clusters join more or fewer of them, so their estimates differ."),
              (const char *[]){links, words_decimal(in, half->precision, 3, value[0]), words_decimal(in, half->recall, 3, value[1])});
    text_put(&b, "</desc>\n<rect y=\"-40\" width=\"640\" height=\"370\" fill=\"#fff\"/>\n");
    put_estimates(&b, q, in);
    put_axes(&b, in);
    put_line(&b, curve, false, "#01689b", "");
    put_line(&b, curve, true, "#a90061", " stroke-dasharray=\"6 4\"");
    text_printf(&b, "<text x=\"540\" y=\"%.0f\" fill=\"#01689b\">%s</text>\n", 264 - 240 * curve[LINK_POINTS - 1].precision, words_get(in, WORD("precision")));
    text_printf(&b, "<text x=\"540\" y=\"%.0f\" fill=\"#a90061\">%s</text>\n</svg>\n", 284 - 240 * curve[LINK_POINTS - 1].recall, words_get(in, WORD("recall")));
    return text_builder_end(&b, svg);
}
